import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** What decides how fast it is. A changed document or test measures no other program. */
const MEASURED = ['src', 'migrations', 'policies', 'package-lock.json'];

export interface Source {
  /** Short name of the commit; null outside of a repository. */
  readonly commit: string | null;
  /** Short hash over what is measured, changes that are not committed included: results with the same one belong together. */
  readonly tree: string;
}

export function readSource(): Source {
  const git = (...words: string[]): string =>
    execFileSync('git', words, { encoding: 'utf8', maxBuffer: 2 ** 28 }).trim();
  try {
    const parts = [
      ...MEASURED.map((place) => git('rev-parse', `HEAD:${place}`)),
      git('diff', 'HEAD', '--', ...MEASURED),
      git('ls-files', '--others', '--exclude-standard', '--', ...MEASURED),
    ];
    return {
      commit: git('rev-parse', '--short', 'HEAD'),
      tree: createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12),
    };
  } catch {
    return { commit: null, tree: 'unknown' };
  }
}
