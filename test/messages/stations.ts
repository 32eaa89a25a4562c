import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { CERTIFICATE, CERTIFICATE_KEY } from '../support/receiver.ts';

export interface GatewayRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

/** How the gateway behaves once: a status, a lost answer, silence, or whatever the test does itself. */
export type Behaviour = number | 'reset' | 'silence' | ((response: ServerResponse) => void);

export interface Gateway {
  readonly url: string;
  /** What arrived, in order. */
  readonly requests: GatewayRequest[];
  /** What to do with the next requests; after these it answers 200. */
  script: Behaviour[];
  stop(): Promise<void>;
}

/** An SMS gateway on this machine, that takes everything and answers as it is told. */
export async function startGateway(): Promise<Gateway> {
  const requests: GatewayRequest[] = [];
  const gateway = { requests, script: [] as Behaviour[] };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests.push({ headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString()) });
      const behaviour = gateway.script.shift() ?? 200;
      if (typeof behaviour === 'function') behaviour(response);
      else if (behaviour === 'reset') request.socket.resetAndDestroy();
      else if (behaviour !== 'silence') {
        response.writeHead(behaviour, { 'content-type': 'application/json', location: '/elsewhere' });
        response.end(JSON.stringify({ id: `gw-${requests.length}` }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(gateway, {
    url: `http://127.0.0.1:${port}/messages`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

export interface MailServer {
  readonly url: string;
  readonly mails: { readonly raw: string; readonly parsed: Email; readonly to: string[] }[];
  /** Status and text with which the next recipients are refused. */
  refusals: { readonly code: number; readonly text: string }[];
  /** Passwords that were tried. */
  readonly passwords: string[];
  stop(): Promise<void>;
}

/**
 * A real mail server on this machine: for everybody, or for whoever has the password; in plain text, or with a certificate that
 * nobody trusts.
 */
export async function startMailServer(
  password: string | null = null,
  security: 'none' | 'smtps' | 'starttls' = 'none',
): Promise<MailServer> {
  const mail = { mails: [] as MailServer['mails'], refusals: [] as MailServer['refusals'], passwords: [] as string[] };
  const server = new SMTPServer({
    authOptional: password === null,
    // Passwords in plain text: it is on this machine.
    allowInsecureAuth: true,
    secure: security === 'smtps',
    ...(security === 'none' ? {} : { key: CERTIFICATE_KEY, cert: CERTIFICATE }),
    disabledCommands: [...(security === 'starttls' ? [] : ['STARTTLS']), ...(password === null ? ['AUTH'] : [])],
    onAuth(given, _session, callback) {
      mail.passwords.push(given.password ?? '');
      const isRight = given.username === 'mandaat' && given.password === password;
      if (isRight) callback(null, { user: 'mandaat' });
      else callback(Object.assign(new Error('not the password'), { responseCode: 535 }));
    },
    onRcptTo(_address, _session, callback) {
      const refusal = mail.refusals.shift();
      if (refusal === undefined) callback();
      else callback(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData(stream, session, callback) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      const keep = async (): Promise<void> => {
        const raw = Buffer.concat(parts);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mail.mails.push({ raw: raw.toString('latin1'), parsed: await PostalMime.parse(raw), to });
        callback();
      };
      stream.on('end', () => void keep());
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return Object.assign(mail, {
    url:
      security === 'smtps'
        ? `smtps://127.0.0.1:${port}`
        : `smtp://127.0.0.1:${port}${security === 'starttls' ? '?requireTLS=true' : ''}`,
    stop: () => new Promise<void>((resolve) => server.close(resolve)),
  });
}
