// Through config.ts, whose class fills the list.
import { settings } from './config.ts';

/** The settings as a Markdown table, for the README. */
export function configTable(): string {
  const rows = settings.map(
    ({ variable, default: fixed, defaultInWords, bounds, about }) =>
      `| \`${variable}\` | ${fixed ? `\`${fixed}\`` : (defaultInWords ?? '')} | ${bounds} | ${about} |`,
  );
  return ['| Variable | Default | Accepts | What it is |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

/** The settings as an `.env` file in which nothing is set. */
export function envExample(): string {
  const blocks = settings.map(
    ({ variable, default: fixed, defaultInWords, bounds, about }) =>
      `# ${about}\n# Accepts ${bounds}.${defaultInWords === undefined ? '' : ` Default: ${defaultInWords}.`}\n#${variable}=${fixed ?? ''}\n`,
  );
  return [
    '# Copy this to .env and set what differs. What the environment says wins over this file.\n',
    '# A secret may stand in a file of its own: MANDAAT_KEYS_FILE=/run/secrets/mandaat-keys, and no MANDAAT_KEYS (see the README).\n',
    "# A key for MANDAAT_KEYS: node -p \"'k1:' + crypto.randomBytes(32).toString('base64')\"\n\n",
    blocks.join('\n'),
  ].join('');
}
