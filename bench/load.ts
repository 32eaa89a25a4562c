import autocannon from 'autocannon';

/** One request as it goes out. */
export interface BenchRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Load {
  /** Where it goes; connections are shared out over all of them. */
  readonly urls: readonly string[];
  readonly connections: number;
  /** Requests for one connection, sent in order and round again. */
  readonly requestsFor: (connection: number) => readonly BenchRequest[];
  /** For how long, or exactly how many in all. */
  readonly until: { readonly seconds: number } | { readonly requests: number };
  /** Whether an answer's body is what the row is about. */
  readonly isRight: (body: string) => boolean;
}

/** What the clients saw. Times in milliseconds. */
export interface Seen {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Puts load on a server and looks at every answer.
 *
 * @throws Error when a single answer is not a 2xx or not what it should be: errors are fast, and would look good
 */
export async function putLoad(load: Load): Promise<Seen> {
  const each = load.connections / load.urls.length;
  const times: number[] = [];
  const wrong: string[] = [];
  let start = 0;
  let last = 0;
  let connection = 0;
  const run = async (url: string): Promise<autocannon.Result> => {
    const options: autocannon.Options = {
      url,
      connections: each,
      ...('seconds' in load.until
        ? { duration: load.until.seconds }
        : { amount: load.until.requests / load.urls.length }),
      method: 'POST',
      timeout: 20,
      // How often it looks whether it is over; the figures come from the answers themselves.
      sampleInt: 100,
      setupClient: (client) => {
        client.setRequests(load.requestsFor(connection).map((request) => ({ ...request, method: 'POST' })));
        connection += 1;
        // Requests are made before the first one is sent, and that takes a while.
        start = performance.now();
      },
      verifyBody: (body) => {
        const text = String(body);
        if (load.isRight(text)) return true;
        if (wrong.length < 3) wrong.push(text.slice(0, 500));
        return false;
      },
    };
    return new Promise((resolve, reject) => {
      const running = autocannon(options, (error: unknown, result) => {
        if (error === null || error === undefined) resolve(result);
        else reject(error instanceof Error ? error : new Error('The load generator failed.'));
      });
      running.on('response', (_client, _status, _bytes, time) => {
        times.push(time);
        last = performance.now();
      });
    });
  };
  for (const { non2xx, errors, timeouts, mismatches } of await Promise.all(load.urls.map(run))) {
    if (non2xx + errors + timeouts + mismatches > 0) {
      const counts = JSON.stringify({ non2xx, errors, timeouts, mismatches });
      throw new Error(`Not every answer was right: ${counts}\n${wrong.join('\n')}`);
    }
  }
  if (times.length === 0)
    throw new Error('Nobody answered in that time: the machine is too busy, or the time too short.');
  const sorted = Float64Array.from(times).toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const seconds = (last - start) / 1000;
  return { requests: times.length, seconds, perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) };
}
