import { hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readKeyList, type KeyEntry } from './kinds.ts';

const TRIAL_ID = 'trial';

/** Keys that this module made never count as a secret of the operator's own. */
export function isTrialKey(id: string): boolean {
  return id === TRIAL_ID;
}

/**
 * The keys of a trial: random, made once, kept beside the data that they seal, readable by this user alone.
 *
 * @throws Error naming the file when it can't be read as keys
 */
export function trialKeys(dataFolder: string): readonly KeyEntry[] {
  const file = path.resolve(dataFolder, 'keys');
  const found = readIfThere(file) ?? make(file);
  const entries = readKeyList(found.trim());
  // Making new ones would lose every name that the old ones sealed.
  if (entries.length === 0) throw new Error(`${file} does not hold keys. Restore it, or remove the whole data folder.`);
  return entries;
}

/** What signs in a trial: a key made from each master key, so that nobody has to keep a second file. */
export function trialSigningKeys(
  master: readonly KeyEntry[],
  purpose: 'checkpoints' | 'decisions',
): readonly KeyEntry[] {
  return master.map(({ id, key }) => ({
    id,
    key: Buffer.from(hkdfSync('sha256', key, '', `mandaat/1/${purpose}`, 32)),
  }));
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written aside and linked: of two processes that start at once one wins, and nobody reads half a file. */
function make(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(aside, `${TRIAL_ID}:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(aside);
  }
  return readFileSync(file, 'utf8');
}
