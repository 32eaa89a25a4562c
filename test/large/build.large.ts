import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const run = promisify(execFile);

// Takes minutes, not a database: `npm run test:large -- build`. That a difference would be found is shown in contract/supply.test.ts.
it('dist comes out the same, to the byte, of two builds in other folders, time zones and languages', async () => {
  const { stdout } = await run(process.execPath, ['scripts/supply-build.js']);
  const [, files = '0'] = /supply\/dist\.sha256: (\d+) files, the same in both builds/.exec(stdout) ?? [];
  expect(Number(files)).toBeGreaterThan(500);
  const hashes = (await readFile('supply/dist.sha256', 'utf8')).trimEnd().split('\n');
  expect(hashes).toHaveLength(Number(files));
  expect(hashes.filter((line) => !/^[0-9a-f]{64} {2}dist\/\S+$/.test(line))).toEqual([]);
  expect(hashes.some((line) => line.endsWith('  dist/src/main.js'))).toBe(true);
}, 900_000);
