import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** Made for tests alone: nobody trusts it but who is handed {@link CERTIFICATE}. It is for receiver.example.nl. */
export const CERTIFICATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9yh270ayrPmu5OB7
TNElSFYkPc1fDVlNGm8JCqzq066hRANCAAQiIbGltOprkrztaiCsJFx7h1R25auu
oP4CN64UIU92UZvtw6qa/JmDfOV6gEu1s6skOg+FrHgwFjkdzGuJVkIY
-----END PRIVATE KEY-----`;
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIBATAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNyZWNlaXZl
ci5leGFtcGxlLm5sMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAe
MRwwGgYDVQQDDBNyZWNlaXZlci5leGFtcGxlLm5sMFkwEwYHKoZIzj0CAQYIKoZI
zj0DAQcDQgAEIiGxpbTqa5K87WogrCRce4dUduWrrqD+AjeuFCFPdlGb7cOqmvyZ
g3zleoBLtbOrJDoPhax4MBY5HcxriVZCGKNSMFAwDwYDVR0TAQH/BAUwAwEB/zAe
BgNVHREEFzAVghNyZWNlaXZlci5leGFtcGxlLm5sMB0GA1UdDgQWBBTr4X9/O3aw
Wi5bGe294w0d/o3XAzAKBggqhkjOPQQDAgNJADBGAiEApODXpzFM8AehxrVIVhpv
xe4IpSpzpiUkpkPkudHNWkwCIQCVLIpcQUlxucB7xmQ03FG6SavouxpvIlG1/Umh
U0SMzA==
-----END CERTIFICATE-----`;

/** One message as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a message, or doesn't. `count`: how many came to this path, this one included. */
export type Answering = (response: http.ServerResponse, count: number, request: http.IncomingMessage) => void;

const YES: Answering = (response) => void response.writeHead(204).end();

/** Somebody who receives webhooks on this machine: by path, as each case wants it. */
export class Receiver {
  readonly received: Received[] = [];
  readonly #answers = new Map<string, Answering>();
  /** Connections that were ever made, and how many messages were being answered at the same time at most, by path. */
  readonly most = new Map<string, number>();
  connections = 0;
  readonly #open = new Map<string, number>();

  private constructor(
    private readonly server: http.Server,
    readonly host: string,
    private readonly scheme: string,
  ) {}

  static async start(host = '127.0.0.1', port = 0, isSecure = false): Promise<Receiver> {
    const server = isSecure ? https.createServer({ key: CERTIFICATE_KEY, cert: CERTIFICATE }) : http.createServer();
    const receiver = new Receiver(server, host, isSecure ? 'https' : 'http');
    server.on('connection', () => (receiver.connections += 1));
    server.on('request', (request, response) => void receiver.#take(request, response));
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string, host = this.host): string {
    return `${this.scheme}://${host}:${this.port}${path}`;
  }

  answer(path: string, answering: Answering): void {
    this.#answers.set(path, answering);
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const open = (this.#open.get(path) ?? 0) + 1;
    this.#open.set(path, open);
    this.most.set(path, Math.max(open, this.most.get(path) ?? 0));
    response.on('close', () => this.#open.set(path, (this.#open.get(path) ?? 1) - 1));
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    this.received.push({ path, headers, body: Buffer.concat(parts).toString() });
    (this.#answers.get(path) ?? YES)(response, this.at(path).length, request);
  }
}
