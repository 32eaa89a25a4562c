import { Command, Option } from 'commander';
import { KEY_ENVIRONMENTS, type KeyEnvironment } from '../auth/key-format.ts';
import type { KeysService, MintedKey } from '../auth/keys.service.ts';
import { KEY_SCOPES, type KeyScope } from '../auth/principal.ts';
import type { Level } from '../policy/vocabulary.ts';
import { wholeNumber } from './arguments.ts';
import { moment, note, print, table, withProgress } from './output.ts';

interface CreateOptions {
  readonly name: string;
  readonly scope: KeyScope;
  readonly strength?: `${Level}`;
  readonly search?: true;
  readonly agent?: string;
  readonly days?: number;
  readonly environment?: KeyEnvironment;
  readonly json?: true;
}

interface RotateOptions {
  readonly overlapHours?: number;
  readonly days?: number;
  readonly environment?: KeyEnvironment;
  readonly json?: true;
}

export function keysCommand(): Command {
  const keys = new Command('keys').description('API keys, and the keys that people’s data is sealed with');

  keys
    .command('create')
    .description('make a key; its text is shown once')
    .requiredOption('--name <name>', 'what it is for; never a person’s name')
    .addOption(new Option('--scope <scope>', 'what it may do').choices(KEY_SCOPES).makeOptionMandatory())
    .addOption(
      new Option(
        '--strength <level>',
        'strength of its sessions (default: agent 1, crm 2, admin 2, privacy 0)',
      ).choices(['0', '1', '2', '3', '4']),
    )
    .option('--search', 'let a key of scope crm search with the standard decision API')
    .option('--agent <agent_ref>', 'bind a key of scope agent to one agent')
    .option('--days <number>', 'days that it lives, at most 730 (default: 365)', wholeNumber)
    .addOption(environmentOption())
    .option('--json', 'print JSON')
    .action(async ({ name, scope, strength, search, agent, days, environment: marked, json }: CreateOptions) => {
      const wanted = {
        name,
        scope,
        strength: strength === undefined ? undefined : (Number(strength) as Level),
        maySearch: search,
        agentRef: agent,
        days,
        environment: marked,
      };
      printMinted(await withKeys((service, actor) => service.create(wanted, actor)), json === true);
    });

  keys
    .command('list')
    .description('every key, newest first; never a secret')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const listed = await withKeys((service) => service.list());
      if (json === true) {
        print(JSON.stringify(listed, null, 2));
        return;
      }
      const columns = ['ID', 'NAME', 'SCOPE', 'STRENGTH', 'AGENT', 'STATE', 'EXPIRES', 'REPLACES'];
      const rows = listed.map(({ id, name, scope, strength, maySearch, agentRef, state, expiresAt, rotatedFrom }) => {
        return [
          id,
          name,
          maySearch ? `${scope} search` : scope,
          String(strength),
          agentRef ?? '',
          state,
          moment(expiresAt),
          rotatedFrom ?? '',
        ];
      });
      print(table(columns, rows));
    });

  keys
    .command('rotate')
    .argument('<id>', 'the key to replace')
    .description('make a key with the same rights; both live until the overlap is over')
    .option('--overlap-hours <number>', 'hours that the old key still works, at most 720 (default: 24)', wholeNumber)
    .option('--days <number>', 'days that the new key lives, at most 730 (default: 365)', wholeNumber)
    .addOption(environmentOption())
    .option('--json', 'print JSON')
    .action(async (id: string, { json, ...rotation }: RotateOptions) => {
      printMinted(await withKeys((service, actor) => service.rotate(id, rotation, actor)), json === true);
    });

  keys
    .command('revoke')
    .argument('<id>', 'the key to end')
    .description('end a key at once, in every process')
    .action(async (id: string) => {
      const { revokedAt } = await withKeys((service, actor) => service.revoke(id, actor));
      note(`Revoked ${moment(revokedAt)}.`);
    });

  keys
    .command('rewrap')
    .description(
      'seal every person’s key, and the secrets of webhooks, with the current master key, so that an old one can be taken out',
    )
    .action(async () => {
      const { CLI_ACTOR, withApplication } = await import('./application.ts');
      const [{ RegisterModule }, { PersonKeyRotation }, { WebhooksModule }, { WebhookSecrets }] = await Promise.all([
        import('../holders/register.module.ts'),
        import('../holders/person-key-rotation.service.ts'),
        import('../webhooks/webhooks.module.ts'),
        import('../webhooks/webhook-secrets.ts'),
      ]);
      const [webhooks, { done }] = await withApplication([RegisterModule, WebhooksModule], async (application) => [
        await application.get(WebhookSecrets, { strict: false }).rewrap(CLI_ACTOR),
        await withProgress('people', (show) =>
          application.get(PersonKeyRotation).rewrapPersonKeys({
            actor: CLI_ACTOR,
            onProgress: (progress) => show(progress.done, progress.total),
          }),
        ),
      ]);
      const anew = `The keys of ${done} people and the secrets of ${webhooks} webhooks were sealed anew.`;
      note(done + webhooks === 0 ? 'Nothing is sealed with an older key.' : anew);
    });

  return keys;
}

function environmentOption(): Option {
  return new Option('--environment <name>', 'what the key is marked with; production accepts live alone').choices(
    KEY_ENVIRONMENTS,
  );
}

async function withKeys<T>(work: (keys: KeysService, actor: string) => Promise<T>): Promise<T> {
  const [{ CLI_ACTOR, withApplication }, service] = await Promise.all([
    import('./application.ts'),
    import('../auth/keys.service.ts'),
  ]);
  return withApplication([], (application) => work(application.get(service.KeysService), CLI_ACTOR));
}

function printMinted({ key, text }: MintedKey, isJson: boolean): void {
  if (isJson) {
    print(JSON.stringify({ ...key, text }, null, 2));
    return;
  }
  note(`Key ${key.id} of scope ${key.scope} and strength ${key.strength} lives until ${moment(key.expiresAt)}.`);
  note('This is the only time that it is shown:');
  print(text);
}
