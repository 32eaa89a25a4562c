// Builds `dist` when a source is newer than it, and not otherwise: a command beside a running service must not pull the
// files away under it, and should not take a minute.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = ['src', 'migrations', 'package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
const BUILT = 'dist/src/main.js';

/** @param {string} place @returns {number} */
function newest(place) {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(place).map((name) => newest(path.join(place, name))));
}

if (Math.max(...SOURCES.map(newest)) > newest(BUILT)) {
  const { status } = spawnSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}
