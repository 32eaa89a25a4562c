// Builds `dist` twice, in folders of different names and depths, at different times, in different time zones and
// languages, and compares the two file by file: `node scripts/supply-build.js [folder of the sources]`. Writes
// supply/dist.sha256, with which anybody can compare what they were handed with what they built (sha256sum --check).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashesOf } from './supply-hashes.js';

const SOURCES = [
  'src',
  'migrations',
  'policies',
  'package.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const [project = '.'] = process.argv.slice(2);

/** @param {string} folder @param {Record<string, string>} environment @returns {Map<string, string>} */
function build(folder, environment) {
  mkdirSync(folder, { recursive: true });
  for (const source of SOURCES) cpSync(path.join(project, source), path.join(folder, source), { recursive: true });
  symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  const nest = path.resolve('node_modules/@nestjs/cli/bin/nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build'], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`The build in ${folder} failed.`);
  return hashesOf(path.join(folder, 'dist'));
}

const scratch = mkdtempSync(path.join(tmpdir(), 'mandaat-build-'));
try {
  const one = build(path.join(scratch, 'a'), { TZ: 'Pacific/Auckland', LC_ALL: 'C' });
  const other = build(path.join(scratch, 'another/and/deeper'), { TZ: 'America/New_York', LC_ALL: 'C.UTF-8' });
  const differing = [...new Set([...one.keys(), ...other.keys()])].filter((file) => one.get(file) !== other.get(file));
  for (const file of differing) console.error(`${file} differs between the two builds`);
  if (differing.length > 0 || one.size === 0) process.exit(1);
  mkdirSync('supply', { recursive: true });
  writeFileSync('supply/dist.sha256', [...one].map(([file, hash]) => `${hash}  dist/${file}\n`).join(''));
  console.log(`supply/dist.sha256: ${one.size} files, the same in both builds`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
