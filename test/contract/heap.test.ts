import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** V8 passes over a flag that it does not know with a line on the error output alone. */
describe('the heap of a start', () => {
  const source = readFileSync('src/main.ts', 'utf8');
  const options = execFileSync(process.execPath, ['--v8-options']).toString();
  const flags = (name: string): readonly string[] =>
    [...(new RegExp(`${name} = \\[([^\\]]*)\\]`).exec(source)?.[1] ?? '').matchAll(/'--([^']+)'/g)].map(
      ([, flag = '']) => flag,
    );
  const nameOf = (flag: string): string => flag.replace(/^no-/, '').replace(/=.*/, '');

  it('is put back to what V8 has by itself, flag by flag', () => {
    const [small, usual] = [flags('SMALL_STEPS'), flags('USUAL_STEPS')];
    expect(small.length).toBeGreaterThan(0);
    expect(usual.map(nameOf)).toEqual(small.map(nameOf));
    for (const flag of usual) {
      const [, value = ''] = new RegExp(`--${nameOf(flag)} \\([^]*?default: --(\\S+)`).exec(options) ?? [];
      expect(value).toBe(flag);
    }
  });
});
