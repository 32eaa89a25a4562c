import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

import { settings } from '../../src/config/setting.ts';

const MARK = /_(?:Test|Tested|test|By hand|by hand|Not tried|not tried)_/;

/** Numbered steps of the page, each whole; those of an alert are advice, and its section says how it was tried. */
function steps(page: string): string[] {
  const [before = ''] = page.split('\n## Alerts\n');
  const found: string[] = [];
  let isInside = false;
  for (const line of before.split('\n')) {
    if (/^\d+\. /.test(line)) {
      found.push(line);
      isInside = true;
    } else if (/^(?: {3}|$)/.test(line) && isInside) {
      found.push(`${found.pop()}\n${line}`);
    } else isInside = false;
  }
  return found;
}

/** Steps of the section about restoring of which a part at least was not tried. */
function untriedOfRestoring(page: string): string[] {
  const [, after = ''] = page.split('\n## Restore\n');
  const [section = ''] = after.split('\n## ');
  return steps(section).filter((step) => /not\s+tried/i.test(step));
}

/** The last cells of the table of keys: how each change was tried. */
function keyRows(page: string): string[] {
  const [, section = ''] = /^## Change every key\n([^]*?)^Why /m.exec(page) ?? [];
  return section.split('\n').filter((line) => /^\| (?!-|Key )/.test(line));
}

/** Settings that hold a password and whose rows go by other words. */
const ROWS: Readonly<Record<string, string>> = {
  DATABASE_URL: "password of the application's role",
  DATABASE_OWNER_URL: "password of the owner's role",
};

/** Settings that hold a secret and that the table of keys has no row for. */
function secretsLeftOut(page: string, secrets: readonly string[]): readonly string[] {
  const rows = keyRows(page);
  return secrets.filter((name) => !rows.some((row) => row.includes(ROWS[name] ?? `\`${name}\``)));
}

describe('docs/operations.md', () => {
  it('says of every numbered step by which test it was tried, by hand, or that it was not', async () => {
    const all = steps(await readFile('docs/operations.md', 'utf8'));
    expect(all.length).toBeGreaterThan(24);
    expect(all.filter((step) => !MARK.test(step))).toEqual([]);
  });

  it('leaves no step of restoring untried', async () => {
    expect(untriedOfRestoring(await readFile('docs/operations.md', 'utf8'))).toEqual([]);
  });

  it.each(['_Not tried_.', 'Not\n   tried: on a Sunday.'])(
    'would be found to leave one: %j (positive control)',
    async (words) => {
      const page = await readFile('docs/operations.md', 'utf8');
      const [, after = ''] = page.split('\n## Restore\n');
      const restoring = steps(after.split('\n## ')[0]!);
      expect(restoring.length).toBeGreaterThan(11);
      for (const step of restoring) {
        expect(untriedOfRestoring(page.replace(step, () => `${step.trimEnd()} ${words}\n`))).toHaveLength(1);
      }
    },
  );

  it('says the same of every key that can be changed', async () => {
    const rows = keyRows(await readFile('docs/operations.md', 'utf8'));
    expect(rows.length).toBeGreaterThan(9);
    expect(rows.filter((row) => !MARK.test(row) && !row.includes("can't be changed"))).toEqual([]);
  });

  it('leaves out no setting that holds a secret', async () => {
    const page = await readFile('docs/operations.md', 'utf8');
    // Whoever loads the class fills the list.
    await import('../../src/config/config.ts');
    const secrets = settings.filter(({ isSecret }) => isSecret).map(({ variable }) => variable);
    expect(secrets.length).toBeGreaterThan(9);
    expect(secrets).toEqual(expect.arrayContaining(Object.keys(ROWS)));
    expect(secretsLeftOut(page, secrets)).toEqual([]);
    // Without its rows each would be missed (positive control).
    for (const name of secrets) {
      const without = keyRows(page)
        .filter((row) => row.includes(ROWS[name] ?? `\`${name}\``))
        .reduce((text, row) => text.replace(`${row}\n`, ''), page);
      expect(secretsLeftOut(without, secrets)).toContain(name);
    }
  });

  it('would be found to leave one out (positive control)', async () => {
    const page = await readFile('docs/operations.md', 'utf8');
    const [first = ''] = steps(page);
    const bare = first.replaceAll(new RegExp(MARK, 'g'), '');
    expect(steps(page.replace(first, bare)).filter((step) => !MARK.test(step))).toEqual([bare]);
  });

  it('names tests that exist', async () => {
    const page = await readFile('docs/operations.md', 'utf8');
    const files = (await readdir('test', { recursive: true })).map((file) => file.replaceAll('\\', '/'));
    const named = [
      ...new Set(
        [...page.matchAll(/`(?:test\/)?([\w./-]+\.(?:test|fault|attack|large)\.ts)`/g)].map(([, file = '']) => file),
      ),
    ];
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)))).toEqual([]);
  });
});
