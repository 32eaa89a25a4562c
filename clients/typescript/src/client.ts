import createClient, { type Client } from 'openapi-fetch';

import { baseOf } from './address.ts';
import type { paths } from './schema.ts';

/** Where the service is, and as whom to ask. */
export interface ClientOptions {
  /** Of the service, without a path. */
  readonly url: string | URL;
  /** An API key, or an employee's token. */
  readonly key: string;
  /** The employee for whom a system asks, by the organisation's own reference. */
  readonly agent?: string;
  /** Of the sentences in the answers; left out: the caller's own. */
  readonly language?: 'nl' | 'en';
  /** For how long an answer is waited for. Milliseconds; 5,000 unless told, which is less than the service's own 15 s. */
  readonly timeout?: number;
  /** Instead of the one that comes with Node. */
  readonly fetch?: typeof fetch;
}

/** Every operation of the service, typed by its OpenAPI document. */
export type MandaatClient = Client<paths>;

const TIMEOUT = 5_000;

/**
 * A client for every operation. Paths, parameters, bodies and answers are checked by the compiler:
 *
 *     const { data, error } = await mandaat.POST('/v1/calls', { body: { channel: 'phone', contract_ref: 'C-5001', claim: { as: 'holder' } } });
 *
 * A redirect is refused: the key goes nowhere else.
 */
export function createMandaat(options: ClientOptions): MandaatClient {
  const { url, key, agent, language, timeout = TIMEOUT } = options;
  const send = options.fetch ?? fetch;
  return createClient<paths>({
    baseUrl: baseOf(url),
    headers: {
      authorization: `Bearer ${key}`,
      ...(agent === undefined ? {} : { 'Mandaat-Agent': agent }),
      ...(language === undefined ? {} : { 'Accept-Language': language }),
    },
    redirect: 'error',
    fetch: (request: Request) =>
      send(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]) }),
  });
}
