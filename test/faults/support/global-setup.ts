import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { endServer, folderName } from './cluster.ts';
import { PREFIX, PROGRAM_VARIABLE } from './names.ts';

const PROJECT = path.resolve(import.meta.dirname, '../../..');

const PARTS = [
  'src',
  'migrations',
  'policies',
  'package.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

declare global {
  /** Handed from the global set-up to the global tear-down, which run in the same process. */
  var removeFaultsProgram: (() => Promise<void>) | undefined;
}

/** Builds the program as it is shipped, in a folder of its own: nobody's running service loses its files. */
export default async function globalSetup(): Promise<void> {
  await sweep();
  // Jest runs no tear-down when it is interrupted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sweep({ isOver: true }).finally(() => process.exit(1)));
  }
  if (process.env[PROGRAM_VARIABLE] !== undefined) return;
  const folder = await mkdtemp(folderName());
  globalThis.removeFaultsProgram = () => rm(folder, { recursive: true, force: true });
  for (const part of PARTS) await cp(path.join(PROJECT, part), path.join(folder, part), { recursive: true });
  await symlink(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) {
    // Jest runs no tear-down after a failed set-up.
    await globalThis.removeFaultsProgram();
    throw new Error(`The program does not build:\n${stdout}${stderr}`);
  }
  process.env[PROGRAM_VARIABLE] = folder;
}

/** Ends what runs that are no more have left behind, and this run too when it ends: servers, mounts, folders. */
async function sweep({ isOver = false } = {}): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const run = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (run === undefined || (isAlive(Number(run)) && !(isOver && Number(run) === process.pid))) continue;
    const folder = path.join(tmpdir(), name);
    await endServer(folder);
    spawnSync('umount', [folder], { stdio: 'ignore' });
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
