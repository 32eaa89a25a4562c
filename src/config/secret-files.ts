import { readFileSync } from 'node:fs';
import { settings } from './setting.ts';

/** The environment with what stands in files put in. */
export interface FilledEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** Naming variables, never values, and no path: somebody may have put the secret itself there. */
  readonly faults: readonly string[];
  /** Settings that were to come from a file and did not. */
  readonly unread: readonly string[];
}

/** The variable that names the file of a secret setting. */
export function fileVariable(variable: string): string {
  return `${variable}_FILE`;
}

/**
 * Reads the secrets that come from files: NAME_FILE is the path of a file that holds what NAME would. So they stand in no
 * environment, where `docker inspect` and child processes find them. White space around them, as the line end at the end of a
 * file, does not count.
 */
export function withSecretsFromFiles(env: NodeJS.ProcessEnv): FilledEnvironment {
  const filled = { ...env };
  const faults: string[] = [];
  const unread: string[] = [];
  for (const { variable } of settings.filter(({ isSecret }) => isSecret)) {
    const file = fileVariable(variable);
    const path = env[file]?.trim() ?? '';
    if (path === '') continue;
    const isTwice = (env[variable]?.trim() ?? '') !== '';
    const { text, fault } = isTwice
      ? { text: '', fault: `is set, and so is ${variable}: set one of them` }
      : read(path);
    if (fault === null) {
      filled[variable] = text;
      continue;
    }
    faults.push(`${file} ${fault}.`);
    unread.push(variable);
  }
  return { env: filled, faults, unread };
}

function read(path: string): { readonly text: string; readonly fault: string | null } {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return { text, fault: text === '' ? 'names an empty file: it must hold the secret' : null };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return {
      text: '',
      fault: `names a file that can't be read (${code}): it must be there, and readable to the service`,
    };
  }
}
