import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** Between a service and its database: how the network fails. */
export type Weather =
  /** Everything passes. */
  | 'fine'
  /** Nothing passes any more, and nobody is told: a half-open connection. What was sent meanwhile is gone. */
  | 'silent'
  /** New connections are cut off at once. */
  | 'refusing';

/**
 * How a commit goes wrong: it is done, and then the connection is reset, or nothing comes on it ever again; or the connection is
 * reset before it gets there, and nothing was done.
 */
export type Loss = 'reset' | 'silent' | 'undone';

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** What the client has said since its last transaction. */
  said: string;
  /** The beginning of a message of the server's that is not whole yet. */
  rest: Buffer;
  /** The last statement failed, or took everything back. */
  hasFailed: boolean;
  isListening: boolean;
  isSilent: boolean;
}

const COMMAND_COMPLETE = 'C';
const ERROR = 'E';
const READY = 'Z';
/** Beside READY: outside of a transaction, so whatever was done before is committed, unless it failed. */
const IDLE = 'I';
const LONGEST_SAID = 1_000_000;

/** Carries PostgreSQL's protocol from a port on this machine to the server's socket, and fails as it is told. */
export class FaultProxy {
  weather: Weather = 'fine';
  /** How many commits, or the answers to them, got lost. */
  lost = 0;
  private readonly lines = new Set<Line>();
  private losing: { needle: string; left: number; how: Loss } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  static async start(target: string): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, target);
    server.on('connection', (client) => proxy.open(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The same database, by way of this. */
  url(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** For the next transactions in which the client said `needle`: its side never hears what became of them. */
  loseCommits(needle: string, count: number, how: Loss = 'reset'): void {
    this.losing = { needle, left: count, how };
  }

  /** Connections that are open now, to hear of changes or for anything else. */
  count(which: 'all' | 'listening' = 'all'): number {
    return this.pick(which).length;
  }

  /** Cuts connections off, as a firewall or a dying machine does. */
  reset(which: 'all' | 'listening' = 'all'): void {
    for (const line of this.pick(which)) {
      line.client.resetAndDestroy();
      line.server.destroy();
      this.lines.delete(line);
    }
  }

  /** Nothing passes on these any more, for as long as they last; others are as before. */
  silence(which: 'all' | 'listening' = 'all'): void {
    for (const line of this.pick(which)) line.isSilent = true;
  }

  async stop(): Promise<void> {
    for (const { client, server } of this.lines) {
      client.destroy();
      server.destroy();
    }
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pick(which: 'all' | 'listening'): Line[] {
    return [...this.lines].filter(({ client, isListening }) => !client.destroyed && (which === 'all' || isListening));
  }

  private open(client: Socket): void {
    if (this.weather === 'refusing') {
      client.resetAndDestroy();
      return;
    }
    const server = createConnection(this.target);
    const state = { said: '', rest: Buffer.alloc(0), hasFailed: false, isListening: false, isSilent: false };
    const line: Line = { client, server, ...state };
    this.lines.add(line);
    // Where nothing passes, the one side doesn't learn that the other has gone either.
    const end = (other: Socket): void => {
      if (!this.isSilent(line)) other.destroy();
      if (client.destroyed && server.destroyed) this.lines.delete(line);
    };
    client.on('error', () => undefined).on('close', () => end(server));
    server.on('error', () => undefined).on('close', () => end(client));
    client.on('data', (bytes) => this.carryThere(line, bytes));
    server.on('data', (bytes) => this.carryBack(line, bytes));
  }

  private isSilent(line: Line): boolean {
    if (this.weather === 'silent') line.isSilent = true;
    return line.isSilent;
  }

  private carryThere(line: Line, bytes: Buffer): void {
    if (this.isSilent(line)) return;
    const text = bytes.toString('latin1');
    line.said = (line.said + text).slice(-LONGEST_SAID);
    // A statement of its own is its own transaction.
    const isEnding = !line.said.includes('BEGIN') || text.includes('COMMIT');
    if (this.losing?.how === 'undone' && isEnding && this.isToBeLost(line)) return;
    if (line.said.includes('LISTEN "api_keys_changed"')) line.isListening = true;
    line.server.write(bytes);
  }

  /** Message by message: a type of one byte, then a length that counts itself but not the type. */
  private carryBack(line: Line, bytes: Buffer): void {
    if (this.isSilent(line)) return;
    const all = Buffer.concat([line.rest, bytes]);
    let at = 0;
    while (all.length >= at + 5) {
      const end = at + 1 + all.readInt32BE(at + 1);
      if (all.length < end) break;
      const type = String.fromCharCode(all[at]!);
      if (type === ERROR) line.hasFailed = true;
      if (type === COMMAND_COMPLETE) line.hasFailed = all.toString('latin1', at + 5, end - 1) === 'ROLLBACK';
      if (type === READY && all.toString('latin1', at + 5, end) === IDLE) {
        if (this.losing?.how !== 'undone' && !line.hasFailed && this.isToBeLost(line)) return;
        line.said = '';
        line.hasFailed = false;
      }
      at = end;
    }
    line.rest = all.subarray(at);
    if (at > 0) line.client.write(all.subarray(0, at));
  }

  private isToBeLost(line: Line): boolean {
    const { losing } = this;
    if (losing === undefined || losing.left === 0 || !line.said.includes(losing.needle)) return false;
    losing.left -= 1;
    this.lost += 1;
    if (losing.how === 'silent') line.isSilent = true;
    else line.client.resetAndDestroy();
    return true;
  }
}
