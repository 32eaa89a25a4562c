import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { testConfig } from '../../support/config.ts';
import { PROGRAM_VARIABLE } from './names.ts';

/** A killed test run must leave no service behind: its input ends with the run. */
const LEASH =
  "data:text/javascript,process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume().unref()";

export interface ServiceOptions {
  readonly databaseUrl: string;
  /** As the role that migrates. */
  readonly ownerUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** An ES module that runs inside the process before the program: how a positive control breaks it. */
  readonly careless?: string;
}

/** The built program in a process of its own. */
export class Service {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    /** Resolves with the exit code, or the signal's name. */
    readonly ended: Promise<number | string>,
    /** What it logged as an error, newest last: faults of ours, not of the database. */
    readonly errors: readonly string[],
  ) {}

  /** @throws Error with what the program said when it ends instead of listening */
  static async start(options: ServiceOptions): Promise<Service> {
    const { child, ended } = await launch(options);
    const errors: string[] = [];
    let said = '';
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    const url = new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const listens = /Mandaat listens on (http:[^;\s]+)/.exec(line);
        if (listens?.[1] !== undefined) resolve(listens[1]);
        if (line.includes('"level":"error"')) errors.push(line);
      });
      void ended.then((how) => reject(new Error(`The program ended (${how}): ${said}`)));
    });
    return new Service(child, await url, ended, errors);
  }

  /** Starts it and waits for its end, `patience` milliseconds at most: null when it still runs then, and is killed. */
  static async run(
    options: ServiceOptions,
    patience: number,
  ): Promise<{ readonly code: number | string | null; readonly said: string }> {
    const { child, ended } = await launch(options);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<null>((resolve) => (timer = setTimeout(resolve, patience, null)));
    const code = await Promise.race([ended, tooLong]);
    clearTimeout(timer);
    child.kill('SIGKILL');
    await ended;
    return { code, said };
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }
}

async function launch({
  databaseUrl,
  ownerUrl,
  env = {},
  careless,
}: ServiceOptions): Promise<{ readonly child: ChildProcess; readonly ended: Promise<number | string> }> {
  const program = programFolder();
  const imports = [LEASH];
  if (careless !== undefined) {
    const file = `careless-${randomUUID()}.mjs`;
    await writeFile(path.join(program, file), careless);
    imports.push(`./${file}`);
  }
  const child = spawn(process.execPath, [...imports.flatMap((file) => ['--import', file]), 'dist/src/main.js'], {
    cwd: program,
    env: { ...environment(databaseUrl, ownerUrl), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // Written to by nobody; a process that dies takes it along.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return { child, ended };
}

/** Runs the command line beside the services. Answers its exit code. */
export async function commandLine(
  { appUrl, ownerUrl }: { readonly appUrl: string; readonly ownerUrl: string },
  args: readonly string[],
): Promise<number | null> {
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...args], {
    cwd: programFolder(),
    env: environment(appUrl, ownerUrl),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

function programFolder(): string {
  const program = process.env[PROGRAM_VARIABLE];
  if (program === undefined) throw new Error('Run this with the configuration for faults: npm run test:faults.');
  return program;
}

function environment(databaseUrl: string, ownerUrl: string): NodeJS.ProcessEnv {
  const { keyRing } = testConfig();
  return {
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    PORT: '0',
    PUBLIC_URL: 'http://localhost',
    MANDAAT_KEYS: keyRing.map(({ id, key }) => `${id}:${Buffer.from(key).toString('base64')}`).join(','),
    RATE_LIMIT: '1000000',
    AGENT_HOLDERS_PER_HOUR: '1000000',
    KEY_PEOPLE_PER_HOUR: '1000000',
    DATABASE_URL: databaseUrl,
    DATABASE_OWNER_URL: ownerUrl,
  };
}
