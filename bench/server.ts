import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server under measurement, in a process of its own. */
export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const START_DEADLINE = 60_000;
const STOP_DEADLINE = 20_000;

/**
 * Starts a script and waits until it answers. It gets the port in `PORT`.
 *
 * @param ready a path that answers with a status below 500 once it is ready
 * @throws Error with what the script said when it ends or doesn't answer
 */
export async function startServer(
  script: string,
  environment: Readonly<Record<string, string>>,
  { ready = '/', flags = [] }: { readonly ready?: string; readonly flags?: readonly string[] } = {},
): Promise<BenchServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [...flags, script], {
    // Nothing of ours: a DATABASE_URL of the operator's must never be measured, let alone filled.
    env: { PATH: process.env['PATH'] ?? '', ...environment, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE);
    await exited;
    clearTimeout(timer);
  };
  const deadline = Date.now() + START_DEADLINE;
  while (!(await answers(url + ready))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      await stop();
      throw new Error(`${script} does not answer. It said:\n${said}`);
    }
    await sleep(50);
  }
  if (child.pid === undefined) throw new Error(`${script} did not start.`);
  return { url, pid: child.pid, stop };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => null);
  await response?.body?.cancel();
  return response !== null && response.status < 500;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('127.0.0.1 gives out no ports.');
  return address.port;
}
