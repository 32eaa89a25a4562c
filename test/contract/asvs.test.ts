import { access, readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from '@jest/globals';

/** How many items of levels 1 and 2 each section of OWASP ASVS 5.0 has. They come first in each, without a gap. */
const ITEMS: Readonly<Record<string, number>> = {
  '1.1': 2,
  '1.2': 9,
  '1.3': 11,
  '1.4': 3,
  '1.5': 2,
  '2.1': 3,
  '2.2': 3,
  '2.3': 4,
  '2.4': 1,
  '3.2': 2,
  '3.3': 4,
  '3.4': 6,
  '3.5': 5,
  '3.7': 2,
  '4.1': 3,
  '4.2': 1,
  '4.3': 2,
  '4.4': 4,
  '5.1': 1,
  '5.2': 3,
  '5.3': 2,
  '5.4': 3,
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
  '8.1': 2,
  '8.2': 3,
  // The second is of level 3: design and SECURITY.md claim it.
  '8.3': 2,
  '8.4': 1,
  '9.1': 3,
  '9.2': 4,
  '10.1': 2,
  '10.2': 2,
  '10.3': 4,
  '10.4': 11,
  '10.5': 5,
  '10.6': 2,
  '10.7': 3,
  '11.1': 2,
  '11.2': 3,
  '11.3': 3,
  '11.4': 4,
  '11.5': 1,
  '11.6': 1,
  '12.1': 3,
  '12.2': 2,
  '12.3': 4,
  '13.1': 1,
  '13.2': 5,
  '13.3': 2,
  '13.4': 5,
  '14.1': 2,
  '14.2': 4,
  '14.3': 3,
  '15.1': 3,
  '15.2': 3,
  '15.3': 7,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 3,
  '17.1': 1,
  '17.2': 4,
  '17.3': 2,
};
const STATES = ['held', 'partly', 'not held', 'not ours'];

let rows: readonly (readonly string[])[];
let counted: Readonly<Record<string, number>>;
beforeAll(async () => {
  const page = await readFile('docs/asvs.md', 'utf8');
  const cells = page.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.split('|').slice(1, -1)] : []));
  const trimmed = cells.map((row) => row.map((cell) => cell.trim()));
  rows = trimmed.filter(([first = '']) => /^\d/.test(first));
  counted = Object.fromEntries(
    trimmed.flatMap(([state = '', , count]) => (state.startsWith('`') ? [[state.slice(1, -1), Number(count)]] : [])),
  );
});

/** Files that a cell names: below `test/`, or from the root. What else stands in backticks are settings, fields, headers. */
function filesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`\s]+\/[^`\s]+\.(?:tsx?|js|md|conf|yml|yaml|sh|json|sql|service|env))`/g)].map(
    ([, path = '']) => path,
  );
}

async function isThere(path: string): Promise<boolean> {
  const places = await Promise.allSettled([access(path), access(`test/${path}`)]);
  return places.some(({ status }) => status === 'fulfilled');
}

describe('The list of OWASP ASVS 5.0, levels 1 and 2', () => {
  it('has a row for each item, in order, with one of four states', () => {
    const items = Object.entries(ITEMS).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, at) => `${section}.${at + 1}`),
    );
    expect(rows.map(([item]) => item)).toEqual(items);
    expect(rows.filter((row) => row.length !== 4 || row.includes(''))).toEqual([]);
    expect([...new Set(rows.map(([, , state]) => state))].filter((state = '') => !STATES.includes(state))).toEqual([]);
  });

  it('counts them truly', () => {
    const count = (wanted: string): number => rows.filter(([, , state]) => state === wanted).length;
    expect(counted).toEqual(Object.fromEntries(STATES.map((state) => [state, count(state)])));
  });

  it('names for what is held a file that shows it, and no file that is not there', async () => {
    const bare = rows.filter(([, , state, by = '']) => state === 'held' && !by.includes('`'));
    expect(bare.map(([item]) => item)).toEqual([]);
    const named = [...new Set(rows.flatMap(([, , , by = '']) => filesIn(by)))];
    const missing: string[] = [];
    for (const path of named) if (!(await isThere(path))) missing.push(path);
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(60);
    expect(await isThere('api/no-such-thing.test.ts')).toBe(false);
  });
});
