import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The service beside this CRM, on a database of its own that each run begins anew. */
export interface RunningService {
  readonly url: string;
  /** A key of this scope, made by the command line as an operator does. */
  readonly createKey: (scope: 'crm' | 'agent' | 'admin') => Promise<string>;
  readonly stop: () => Promise<void>;
}

export const AGENT = 'A-100';
/** How long a first start may take on a slow machine. Milliseconds. */
const PATIENCE = 120_000;

/** @throws Error with what the service said when it does not come up */
export async function startService(): Promise<RunningService> {
  const port = await freePort();
  const folder = `.data/example-crm/${port}`;
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    PORT: String(port),
    DATA_FOLDER: folder,
    LOG_LEVEL: 'error',
    DEMO_INBOX: 'true',
    DATABASE_URL: '',
    DATABASE_OWNER_URL: '',
  };
  await rm(folder, { recursive: true, force: true });
  const child = spawn(process.execPath, ['dist/src/main.js'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(child, url);
    await command(env, 'agents', 'put', AGENT, '--role', 'agent', '--team', 'service');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    createKey: async (scope) => {
      const made = await command(env, 'keys', 'create', '--name', `example ${scope}`, '--scope', scope, '--json');
      return (JSON.parse(made) as { text: string }).text;
    },
    stop,
  };
}

async function command(env: NodeJS.ProcessEnv, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/src/cli/main.js', ...words], { env });
  return stdout;
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  for (const until = Date.now() + PATIENCE; Date.now() < until; await wait(200)) {
    if (child.exitCode !== null) throw new Error('The service did not start.');
    const isReady = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
  }
  throw new Error(`The service was not ready within ${PATIENCE / 1000} s.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
