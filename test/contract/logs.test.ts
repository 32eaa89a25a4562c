import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { TELLINGS } from '../../src/activity/activity-kinds.ts';
import { FIELDS } from '../../src/http/log.ts';

const page = await readFile('docs/logs.md', 'utf8');

/** One section of the page, up to the next one. */
function section(text: string, title: string): string {
  const [, after = ''] = text.split(`\n## ${title}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** What stands in the first cell of the rows of its table. */
function firstCells(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** Of the kinds that the test of the audit makes, and holds to a list of its own. */
async function made(): Promise<string[]> {
  const source = await readFile('test/contract/audit-shape.test.ts', 'utf8');
  const [, list = ''] = /^const MEMBERS: [^{]*\{\n([^]*?)^\};$/m.exec(source) ?? [];
  return [...list.matchAll(/^ {2}'?([a-z_.]+)'?: \[/gm)].map(([, name = '']) => name);
}

/** Of the kinds that stand in the program in one piece: also what only happens after a fault or a restore. */
async function written(): Promise<string[]> {
  const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts'));
  const sources = await Promise.all(files.map((file) => readFile(`src/${file}`, 'utf8')));
  return sources.flatMap((source) =>
    [...source.matchAll(/\bkind: '([a-z_]+\.[a-z_]+)'/g)].map(([, name = '']) => name),
  );
}

/** The names in what is logged as an object, of which `event` is the first. */
function fieldsIn(source: string): string[] {
  return [...source.matchAll(/\.(?:log|warn|error|info|debug|fatal)\(\{ (event\b(?:[^{}]|\$\{[^}]*\})*)\}/g)].flatMap(
    ([, fields = '']) => [...fields.matchAll(/(?:^|, )(?!\.\.\.)(\w+)/g)].map(([, name = '']) => name),
  );
}

async function fieldsGiven(): Promise<string[]> {
  const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts'));
  const sources = await Promise.all(files.map((file) => readFile(`src/${file}`, 'utf8')));
  return [...new Set(sources.flatMap(fieldsIn))];
}

/** Every kind of record that there is, or that an activity has words for. */
async function kinds(): Promise<string[]> {
  return [...new Set([...(await made()), ...(await written()), ...Object.keys(TELLINGS)])].toSorted();
}

describe('docs/logs.md', () => {
  it('says what each field of the service’s log is, and names no other', () => {
    expect(FIELDS.size).toBeGreaterThan(15);
    expect(firstCells(section(page, "Fields of the service's log")).toSorted()).toEqual([...FIELDS].toSorted());
  });

  it('leaves out nothing that the program gives the log with an event: what is no field is dropped unseen', async () => {
    const given = await fieldsGiven();
    expect(given).toEqual(expect.arrayContaining(['event', 'err', 'code', 'messageId', 'recordId']));
    expect(given.filter((name) => !FIELDS.has(name))).toEqual([]);
    // Positive control.
    expect(fieldsIn("logger.warn({ event: 'x', wrongName, err: error })")).toEqual(['event', 'wrongName', 'err']);
  });

  it('promises every kind of record once, and no other', async () => {
    const wanted = await kinds();
    expect(wanted).toEqual(expect.arrayContaining(['lookup', 'sign_in.refused', 'database.restored', 'key.revoked']));
    expect(wanted.length).toBeGreaterThan(120);
    expect(firstCells(section(page, 'Events that are promised')).toSorted()).toEqual(wanted);
  });

  it('would be found to leave one out (positive control)', async () => {
    const wanted = await kinds();
    for (const without of [page.replace('`key.revoked`, ', ''), page.replace('`key.revoked`', '`key.invented`')]) {
      expect(without).not.toBe(page);
      expect(firstCells(section(without, 'Events that are promised')).toSorted()).not.toEqual(wanted);
    }
  });

  it('names alarms that there are', async () => {
    const rules = parse(await readFile('ops/prometheus/rules.yaml', 'utf8')) as {
      groups: { rules: { alert: string }[] }[];
    };
    const alerts = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
    const named = page.match(/\bMandaat[A-Z]\w+/g) ?? [];
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !alerts.includes(name))).toEqual([]);
  });

  it('says the settings that keep values out of the log of a database, as the compose file has them', async () => {
    const compose = await readFile('docker-compose.yml', 'utf8');
    for (const setting of ['log_parameter_max_length_on_error=0', 'log_min_error_statement=panic']) {
      expect(compose).toContain(`'${setting}'`);
      expect(page).toContain(`\`${setting.replace('=', ' = ')}\``);
    }
  });
});
