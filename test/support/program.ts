import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { transformFile } from '@swc/core';

const PROJECT = path.resolve(import.meta.dirname, '../..');

const SETTINGS = {
  module: { type: 'es6' as const },
  jsc: {
    target: 'es2023' as const,
    keepClassNames: true,
    experimental: { keepImportAttributes: true },
    // Known to swc, not yet to its types.
    rewriteRelativeImportExtensions: true,
    parser: { syntax: 'typescript' as const, tsx: true, decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      react: { runtime: 'automatic' as const, importSource: 'preact' },
    },
  },
};

export interface CompiledProject {
  readonly folder: string;
  /** Runs `source`, an ES module that imports `./src/…js`, in a process of its own. */
  start(source: string, options?: { uid?: number; gid?: number }): Promise<Program>;
  /** Runs a compiled file as its command does, with these words and in this environment. */
  run(file: string, words?: readonly string[], env?: NodeJS.ProcessEnv): Program;
  /** Kills what still runs. */
  remove(): Promise<void>;
}

/** What a program left when it ended. */
export interface Output {
  /** The exit code, or the signal's name. */
  readonly ended: number | string;
  readonly printed: string;
  readonly errors: string;
}

export interface Program {
  readonly child: ChildProcess;
  /** The next line that the program prints; rejects with its error output when it ends before. */
  line(): Promise<string>;
  /** All that it printed until it ended, beside what {@link line} has taken; and what it said of errors. */
  rest(): Promise<Output>;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/**
 * Some things happen only to whole processes: a kill, another user, two at once. Node runs no TypeScript, so this compiles
 * the named folders into a temporary project first.
 *
 * @param into where in it, as a build does; left out = at the top
 * @param links what else of the project has to be there
 */
export async function compileProject(
  folders: readonly string[],
  { into = '', links = [] }: { readonly into?: string; readonly links?: readonly string[] } = {},
): Promise<CompiledProject> {
  const folder = path.join(tmpdir(), `mandaat-program-${randomUUID()}`);
  const children: ChildProcess[] = [];
  const names = await Promise.all(folders.map((name) => readdir(path.join(PROJECT, name), { recursive: true })));
  const files = folders.flatMap((name, at) => names[at]!.map((file) => path.join(name, file)));
  for (const file of files.filter((name) => /\.tsx?$/.test(name))) {
    const { code } = await transformFile(path.join(PROJECT, file), { ...SETTINGS, configFile: false, swcrc: false });
    const target = path.join(folder, into, file.replace(/\.tsx?$/, '.js'));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, code);
  }
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const target = path.join(folder, into, file);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(path.join(PROJECT, file), target);
  }
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of ['node_modules', ...links]) await symlink(path.join(PROJECT, name), path.join(folder, name));
  return {
    folder,
    async remove() {
      for (const child of children) child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
    async start(source, options = {}) {
      const file = path.join(folder, `${randomUUID()}.js`);
      await writeFile(file, source);
      const child = spawn(process.execPath, [file], { ...options, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      children.push(child);
      return follow(child);
    },
    run(file, words = [], env = process.env) {
      const child = spawn(process.execPath, [file, ...words], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      children.push(child);
      return follow(child);
    },
  };
}

function follow(child: ChildProcess): Program {
  let errors = '';
  child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    child,
    ended,
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error(`The program ended (${await ended}): ${errors}`);
      return next.value;
    },
    async rest() {
      const printed: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) printed.push(next.value);
      return { ended: await ended, printed: printed.join('\n'), errors };
    },
  };
}
