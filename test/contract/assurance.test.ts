import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

interface Row {
  readonly section: string;
  readonly cells: readonly string[];
}

/** What has to be held, and the words by which its row is found. */
const RULES = Array.from({ length: 15 }, (_, at) => `${at + 1} `);
const FAULTS = [
  'parallel bypass',
  'when the code is redeemed',
  'counter never saved',
  'limiter in the memory',
  'a space in the code',
  'stored level',
  'keys that run together',
  'case-insensitive',
  'unset audience',
  'smaller than the fan-out',
  'only `__proto__`',
  'leftmost X-Forwarded-For',
  'embedded addresses and rebinding',
  'findOneBy',
];
const CASES: Readonly<Record<string, readonly string[]>> = {
  Codes: [
    'twice in sequence',
    '64 in parallel',
    '64 right, 64 wrong',
    'a wrong guess whose request then dies',
    "don't reset a count",
    'limits across a restart',
    'withdrawn after issue',
    'each bound part altered alone',
    'spellings of the code',
    'spellings of the phone number',
    'expiry edges',
    'wrong by 90 s and a day',
    'send floods',
    '32 honest',
    'no racing yes',
    'content of every message in both languages',
    'undeliverable|can not be delivered',
    'a country that is not on the list',
  ],
  Consistency: [
    'withdraw, then check, in sequence and racing',
    'the new enemy',
    'lost updates',
    'a random model',
    'metamorphic laws',
    'linearizable',
    'one killed, one paused, one new',
  ],
  'Input and isolation': [
    'every route × role',
    'alike in body and headers',
    'alike in time',
    'caps on distinct people',
    'spoofed forwarding headers',
    'canary records',
    'four eyes',
    'unknown body fields are 400',
    'size, depth',
    'types, duplicates, NUL, UTF-8, prototype names',
    '`undefined` and `null` ids',
    'homoglyphs, normalisation',
    'slow clients',
    'a fuzzer made from the OpenAPI document',
    'patterns that take longer',
  ],
  'The standard decision API and what changed': ['of a batch and of a search are one'],
  Faults: [
    'the application killed',
    'PostgreSQL killed under load',
    'disk full',
    'a pool of one; a pool that waits',
    'stands still, resets',
    'the answer to COMMIT is lost',
    'SIGTERM under load',
    'a migration while serving',
  ],
  Webhooks: [
    'private and embedded addresses',
    'a name that means another address',
    'redirects, answers that never come, never end',
    'signature, timestamp',
    'an old message; two secrets',
  ],
  'Keys, audit and logs': [
    'a key revoked in mid-burst',
    'Idempotency-Key: same and other body, in parallel, after a crash',
    '1,000 random tamperings',
    'truncation and re-chaining',
    'no UPDATE, DELETE',
    'canaries never in logs, database',
    'an erased holder',
  ],
};

const FILE = /`([a-z-]+\/[a-z-]+\.(?:test|fault|attack|large)\.ts)`/g;
const DAY = /\b\d{1,2} (?:November|December)\b/;

function rowsOf(page: string): Row[] {
  const rows: Row[] = [];
  let section = '';
  for (const line of page.split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3);
    if (line.startsWith('| '))
      rows.push({
        section,
        cells: line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      });
  }
  return rows.filter(({ cells: [first = ''] }) => !/^(?:-+|Case|Rule|Fault)$/.test(first));
}

/** What is wrong with a row, if anything. */
function faultOf({ cells }: Row): string | null {
  const [first = '', test = '', control = '', figures = ''] = cells;
  if (cells.length !== 4) return `${first}: ${cells.length} cells`;
  if (/^_not shown_: \S/.test(test)) return null;
  if (test.match(FILE) === null && !/`npm run [\w:]+`/.test(test)) return `${first}: no test`;
  if (control.length < 5) return `${first}: no control`;
  if (/^(?:none needed|_not shown_)(?!: \S)/.test(control)) return `${first}: no reason for no control`;
  if (!DAY.test(figures) && !/^_not shown_: \S/.test(figures)) return `${first}: no day`;
  return null;
}

/** Rules, cases and faults without a row. */
function missing(rows: readonly Row[]): string[] {
  const has = (section: string, words: string): boolean =>
    rows.some((row) => row.section === section && words.split('|').some((part) => row.cells[0]?.includes(part)));
  return [
    ...RULES.filter(
      (rule) => !rows.some((row) => row.section === 'The fifteen rules' && row.cells[0]?.startsWith(rule)),
    ),
    ...FAULTS.filter((fault) => !has('What went wrong elsewhere', fault)),
    ...Object.entries(CASES).flatMap(([section, words]) => words.filter((one) => !has(section, one))),
  ];
}

describe('docs/assurance.md', () => {
  const page = (): Promise<string> => readFile('docs/assurance.md', 'utf8');

  it('names tests that exist', async () => {
    const named = new Set([...(await page()).matchAll(FILE)].map(([, file = '']) => file));
    expect(named.size).toBeGreaterThan(30);
    const absent = await Promise.all(
      [...named].map((file) =>
        access(`test/${file}`).then(
          () => null,
          () => file,
        ),
      ),
    );
    expect(absent.filter((file) => file !== null)).toEqual([]);
  });

  it('has a row for every rule, every case and every fault of elsewhere', async () => {
    expect(missing(rowsOf(await page()))).toEqual([]);
  });

  it('gives each row a test, a control and a dated figure, or says why not', async () => {
    const rows = rowsOf(await page());
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.map(faultOf).filter((fault) => fault !== null)).toEqual([]);
  });

  it('has no row twice', async () => {
    const firsts = rowsOf(await page()).map(({ section, cells }) => `${section}: ${cells[0]}`);
    expect(firsts.filter((first, at) => firsts.indexOf(first) !== at)).toEqual([]);
  });

  it('would be found to lack a row, a test, a control or a day (positive control)', async () => {
    const rows = rowsOf(await page());
    for (const words of [...RULES, ...FAULTS, ...Object.values(CASES).flat()]) {
      expect(missing(rows.filter(({ cells }) => !words.split('|').some((part) => cells[0]?.includes(part))))).toContain(
        words,
      );
    }
    const whole = ['a case', '`api/auth.test.ts`', 'a broken one', 'passed, 22 November'];
    expect(faultOf({ section: '', cells: whole })).toBeNull();
    for (const [at, worse] of [
      [1, 'by looking'],
      [2, '–'],
      [2, 'none needed'],
      [3, 'passed'],
      [3, '_not shown_'],
    ] as const) {
      expect(faultOf({ section: '', cells: whole.with(at, worse) })).not.toBeNull();
    }
  });
});
