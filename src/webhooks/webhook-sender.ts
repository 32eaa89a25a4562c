import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

import { Inject, Injectable } from '@nestjs/common';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';

import { isOfTls } from '../http/tls-fault.ts';
import { type Destination, Destinations } from './destinations.ts';
import type { AttemptFault } from './webhook.ts';
import { WEBHOOK_OPTIONS, type WebhookOptions } from './webhook-options.ts';

/** How much of an answer is read, in bytes. Nothing in it is used. */
const ANSWER_LIMIT = 64 * 1_024;
/** A receiver that has too much to do may ask to be left alone for so long, in milliseconds. */
const LONGEST_PAUSE = 3_600_000;

export type SendingOutcome =
  | { readonly status: number; readonly fault: null }
  | {
      readonly status: number | null;
      readonly fault: AttemptFault;
      /** Milliseconds that the receiver wants to be left alone. */
      readonly pause?: number;
    };

/** One try at one address, by rule 15: what answers there is nobody's friend. */
@Injectable()
export class WebhookSender {
  constructor(
    private readonly destinations: Destinations,
    @Inject(WEBHOOK_OPTIONS) private readonly options: WebhookOptions,
  ) {}

  /** @param ca whom to trust beside the system, in PEM; for tests */
  async send(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    ca?: string,
  ): Promise<SendingOutcome> {
    if (this.destinations.faultOf(url) !== null) return { status: null, fault: 'address_refused' };
    const target = new URL(url);
    const signal = AbortSignal.timeout(this.options.patience);
    const destination = await Promise.race([this.destinations.find(target.hostname), aborted(signal)]);
    if (destination === 'aborted') return { status: null, fault: 'timed_out' };
    if (typeof destination === 'string') return { status: null, fault: destination };
    try {
      return outcomeOf(await post(target, destination, { headers, body, signal, ca }));
    } catch (error) {
      return { status: null, fault: signal.aborted ? 'timed_out' : faultOf(error) };
    }
  }
}

interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly ca: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** The answer is its status; the rest is read, within bounds, so that the other side can finish. No redirect is followed. */
async function post(target: URL, destination: Destination, { headers, body, signal, ca }: Request): Promise<Answer> {
  const { address, isInside } = destination;
  // The agent looks once more at what is being connected to; the address was found before, and is asked for nowhere else.
  const filter = { keepAlive: false, allowIPAddressList: isInside ? [address] : [] };
  const options: https.RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    lookup: lookupOf(address),
    signal,
  };
  const isSecure = target.protocol === 'https:';
  const request = isSecure
    ? https.request(target, {
        ...options,
        agent: new RequestFilteringHttpsAgent({ ...filter, ...(ca === undefined ? {} : { ca }) }),
      })
    : http.request(target, { ...options, agent: new RequestFilteringHttpAgent(filter) });
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', reject);
      // Whoever wants to speak another protocol, or hangs up without a word, has not answered either.
      request.on('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new Error('The other side wants another protocol.'));
      });
      request.on('close', () => {
        reject(new Error('The other side hung up.'));
      });
      request.end(body);
    });
    await finish(response);
    return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
  } finally {
    request.destroy();
  }
}

/** Whatever happens to the rest, the status has been said. */
async function finish(response: http.IncomingMessage): Promise<void> {
  let size = 0;
  try {
    for await (const part of response) {
      size += (part as Buffer).length;
      if (size > ANSWER_LIMIT) return;
    }
  } catch {
    // Cut off, or too slow.
  }
}

/** Answers with the address that was found, whoever asks, and however often. */
function lookupOf(address: string): LookupFunction {
  const family = isIP(address);
  return (_, { all }, callback) => {
    if (all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function outcomeOf({ status, retryAfter }: Answer): SendingOutcome {
  if (status >= 200 && status < 300) return { status, fault: null };
  if (status === 410) return { status, fault: 'gone' };
  if (status >= 300 && status < 400) return { status, fault: 'redirected' };
  const pause = /^\d{1,9}$/.test(retryAfter ?? '') ? Math.min(Number(retryAfter) * 1_000, LONGEST_PAUSE) : 0;
  return { status, fault: 'rejected', pause };
}

function faultOf(error: unknown): AttemptFault {
  return isOfTls((error as { readonly code?: unknown }).code) ? 'certificate_refused' : 'connection_failed';
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'), { once: true }));
}
