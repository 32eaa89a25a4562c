import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';

import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { Config } from '../config/config.ts';
import { PG_POOL } from '../database/database.module.ts';
import { readCheckpoints, type SignedCheckpoint } from './checkpoint.repository.ts';

/** A checkpoint as somebody holds it, outside the database. */
export interface CheckpointFile {
  readonly name: string;
  readonly jws: string;
}

/** The folder has another checkpoint under this number than the database: one of the two was rolled back or changed. */
export class CheckpointConflictError extends Error {
  readonly code = 'checkpoint_conflict';

  constructor(name: string) {
    super(`${name} is there already, and differs from the checkpoint in the database. Nothing was overwritten.`);
    this.name = 'CheckpointConflictError';
  }
}

const PAGE = 500;
/** Milliseconds after which nobody is still writing a file that was begun aside. */
const ABANDONED = 3_600_000;
const ASIDE = /^\.checkpoint-\d{10,16}\.jws\.[0-9a-f]{12}$/;
const NAME = /^checkpoint-(\d{10,16})\.jws$/;

/** Brings checkpoints out of the database: a file each, in their order, whole or not at all. */
@Injectable()
export class CheckpointFolder {
  /** The highest number that is known to be there. */
  #highest: number | null = null;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly config: Config,
  ) {}

  /**
   * Writes what the folder lacks. Several processes may share one, or have one each.
   *
   * @returns how many files are new
   * @throws CheckpointConflictError when the folder isn't one of this database's
   */
  async export(): Promise<number> {
    const folder = this.config.checkpointFolder;
    await mkdir(folder, { recursive: true });
    if (this.#highest === null) await clearAside(folder);
    const highest = this.#highest ?? (await highestIn(folder));
    let written = 0;
    // The newest one is looked at again each time: is it still the database's own?
    for (let after = Math.max(highest - 1, 0); ;) {
      const page = await this.read(after);
      if (page.length === 0 && after < highest) throw new CheckpointConflictError(fileName(highest));
      for (const checkpoint of page) {
        if (await writeOnce(folder, checkpoint)) written += 1;
        after = this.#highest = checkpoint.number;
      }
      if (page.length < PAGE) return written;
    }
  }

  private async read(after: number): Promise<readonly SignedCheckpoint[]> {
    const client = await this.pool.connect();
    try {
      return await readCheckpoints(client, after, PAGE);
    } finally {
      client.release();
    }
  }
}

/**
 * The checkpoint in this file, or every one in this folder, by name.
 *
 * @throws Error when there is none
 */
export async function readCheckpointFiles(place: string): Promise<readonly CheckpointFile[]> {
  const isFolder = (await stat(place)).isDirectory();
  const names = isFolder ? (await readdir(place)).filter((name) => NAME.test(name)).toSorted() : [path.basename(place)];
  if (names.length === 0) throw new Error(`There is no checkpoint in ${place}.`);
  const folder = isFolder ? place : path.dirname(place);
  const files: CheckpointFile[] = [];
  for (const name of names) files.push({ name, jws: (await readFile(path.join(folder, name), 'utf8')).trim() });
  return files;
}

function fileName(number: number): string {
  return `checkpoint-${String(number).padStart(10, '0')}.jws`;
}

async function highestIn(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map((name) => Number(NAME.exec(name)?.[1] ?? 0));
  return numbers.reduce((highest, number) => Math.max(highest, number), 0);
}

/**
 * Written aside, made durable, and then given its name by a link: that fails where a name is taken, and a rename would not.
 * A process that dies in between leaves a file that nobody reads: the next export tries again, and one that starts an hour
 * later takes the rest away.
 */
async function writeOnce(folder: string, { number, jws }: SignedCheckpoint): Promise<boolean> {
  const name = fileName(number);
  const target = path.join(folder, name);
  const text = `${jws}\n`;
  const known = await readIfThere(target);
  if (known !== null) return keepKnown(target, known, text);
  const aside = path.join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
  const file = await open(aside, 'wx', 0o644);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(aside, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return keepKnown(target, await readFile(target, 'utf8'), text);
  } finally {
    await unlink(aside);
  }
  await syncFolder(folder);
  return true;
}

async function keepKnown(target: string, known: string, text: string): Promise<false> {
  if (known !== text) throw new CheckpointConflictError(path.basename(target));
  // Whoever gave it its name may have died, or met a disk that is ill, before the name would last.
  await syncFolder(path.dirname(target));
  return false;
}

/** Only what is old: another process may be writing beside us. */
async function clearAside(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!ASIDE.test(name)) continue;
    const file = path.join(folder, name);
    try {
      if (Date.now() - (await stat(file)).mtimeMs > ABANDONED) await unlink(file);
    } catch (error) {
      // Its writer, or somebody who clears as well, was faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** So that the name outlives a power cut too. Windows knows no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
