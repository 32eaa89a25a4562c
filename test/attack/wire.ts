import http from 'node:http';

/** A request as it goes out: nothing is tidied on the way, as `fetch` would. */
export interface Sent {
  readonly method: string;
  /** Path and query, already encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | null;
}

export interface Got {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const PATIENCE = 60_000;

/** A client that sends what no client library would. */
export class Wire {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

  constructor(readonly url: string) {}

  close(): void {
    this.agent.destroy();
  }

  /** Status 0: the connection ended without an answer. */
  send(sent: Sent): Promise<Got> {
    const { method, target, headers, body } = sent;
    return new Promise((resolve) => {
      const { hostname, port } = new URL(this.url);
      const request = http.request({
        agent: this.agent,
        hostname,
        port,
        method,
        path: target,
        headers: {
          ...(headers as http.OutgoingHttpHeaders),
          ...(body === null ? {} : { 'content-length': body.length }),
        },
        timeout: PATIENCE,
      });
      request.on('timeout', () => request.destroy(new Error('no answer')));
      request.on('error', (error) => {
        // A connection that was kept may be closed at any moment: then it is nobody's fault, and asked anew.
        if (request.reusedSocket) resolve(this.send(sent));
        else resolve({ status: 0, headers: {}, text: error.message });
      });
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString(),
          }),
        );
      });
      request.end(body ?? undefined);
    });
  }
}

/** What somebody types to see it again; keys are named, not shown. */
export function asCurl({ method, target, headers, body }: Sent): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => `-H '${name}: ${name === 'authorization' ? 'Bearer $KEY' : one}'`),
  );
  const text = body === null ? [] : [`--data-binary ${JSON.stringify(body.toString().slice(0, 600))}`];
  return [`curl --path-as-is -X ${method} "$URL${target.slice(0, 400)}"`, ...lines, ...text].join(' \\\n    ');
}
