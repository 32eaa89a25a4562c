import { readFile } from 'node:fs/promises';

import { describe, expect, it } from '@jest/globals';

const [page, settings] = await Promise.all(['docs/limits.md', 'README.md'].map((name) => readFile(name, 'utf8')));

/** Cells of the rows of a section's table. */
function rowsOf(section: string): readonly (readonly string[])[] {
  const part = (page ?? '').split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = part.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(1).flatMap((line) => (line.startsWith('| -') ? [] : [cellsOf(line)]));
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** `64 KiB` → bytes. */
function numberOf(text: string): number {
  const [count = '', unit = ''] = text.split(' ');
  return Number(count) * ({ KiB: 1_024, MiB: 1_024 ** 2 }[unit] ?? 1);
}

/** The first number of a constant, products worked out; `{ most: 3, window: … }` → 3. */
function valueIn(source: string, name: string): number {
  const [, text = ''] = new RegExp(`^(?:export )?const ${name} = ([^;]+);`, 'm').exec(source) ?? [];
  const [product = ''] = /\d[\d_]*(?: \* [\d_]+)*/.exec(text) ?? [];
  return product.split(' * ').reduce((whole, factor) => whole * Number(factor.replaceAll('_', '')), 1);
}

describe('The limits on the page', () => {
  it.each(rowsOf('Fixed'))('for %s: %s', async (_what, shown = '', _whose = '', where = '') => {
    const [, file = '', name = ''] = /^`(src\/[\w./-]+)` `([A-Z_]+)`$/.exec(where) ?? [];
    const source = await readFile(file, 'utf8');
    expect(source).toMatch(new RegExp(`const ${name} = `));
    expect(numberOf(shown)).toBe(valueIn(source, name));
  });

  it.each(rowsOf('Settings'))('for %s by default: %s', (_what, shown = '', _whose = '', where = '') => {
    const row = (settings ?? '').split('\n').find((line) => line.startsWith(`| ${where} |`)) ?? '';
    expect(cellsOf(row)[1]).toBe(`\`${shown}\``);
  });

  it('are read from it, and of codes those in the text, too', async () => {
    expect([rowsOf('Fixed').length, rowsOf('Settings').length]).toEqual([23, 4]);
    const codes = await readFile('src/codes/code-budgets.service.ts', 'utf8');
    expect(codes).toContain('sendsInDay: 10, failuresInDay: 10 }');
    expect(valueIn('const MOST = { most: 3, window: 10 * 60_000 };', 'MOST')).toBe(3);
    expect(valueIn('const MOST = 64 * 1_024 * 2;', 'MOST')).toBe(131_072);
  });
});
