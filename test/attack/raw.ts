import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface RawAnswer {
  /** Everything that came back. */
  readonly text: string;
  /** Status lines, in order. */
  readonly statuses: readonly number[];
  /** Who ended the connection: the service, or we because it stayed open. */
  readonly isClosed: boolean;
  /** Milliseconds until it ended. */
  readonly took: number;
}

interface RawOptions {
  /** Milliseconds between two pieces. */
  readonly pause?: number;
  /** Milliseconds after which we go. */
  readonly patience?: number;
}

/** Bytes that no client library would send, over a connection of their own. */
export async function raw(
  url: string,
  pieces: Iterable<string | Buffer>,
  { pause = 0, patience = 3_000 }: RawOptions = {},
): Promise<RawAnswer> {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  const started = performance.now();
  let text = '';
  let isClosed = false;
  const ended = new Promise<void>((resolve) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('end', () => {
      isClosed = true;
    });
    socket.on('close', () => {
      isClosed = true;
      resolve();
    });
  });
  const gone = new AbortController();
  const write = async (): Promise<void> => {
    for (const piece of pieces) {
      if (isClosed || gone.signal.aborted) return;
      socket.write(piece);
      if (pause > 0) await wait(pause, undefined, { ref: false });
    }
  };
  const patient = wait(patience, undefined, { signal: gone.signal }).catch(() => undefined);
  void write();
  await Promise.race([ended, patient]);
  gone.abort();
  const closedByThem = isClosed;
  const took = performance.now() - started;
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return { text, statuses, isClosed: closedByThem, took };
}

/** The bodies of answers that follow each other. */
export function problemIn({ text }: RawAnswer): { readonly code?: string; readonly status?: number } | null {
  const found = /\{"type":"urn:mandaat:problem:[^]*?\}(?=HTTP\/|$)/.exec(text);
  return found === null ? null : (JSON.parse(found[0]) as { code?: string; status?: number });
}
