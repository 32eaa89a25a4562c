import { Injectable, Logger } from '@nestjs/common';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type CryptoKey,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type RemoteJWKSet,
} from 'jose';
import { isSafe } from '../config/openid.ts';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';

/** Milliseconds for the provider's two answers together. */
const PATIENCE = 4_000;
/** Of each answer, in bytes. */
const ANSWER_LIMIT = 64 * 1024;
/** After this the keys are asked for again, while the known ones still serve: one that was taken away stops then. */
const FRESH = 5 * 60_000;
/** So long known keys serve while the provider can't be asked. After that nobody is let in. */
const LONGEST = 60 * 60_000;
/** Between two questions because of a key that we don't know: anybody can name one in a token. */
const COOLDOWN = 30_000;
/** After a question that failed. Without it each token would be a question while the provider is down. */
const RETRY = 10_000;

/** The provider can't be asked, or its answer is no answer. */
class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
}

/**
 * The public keys of the OpenID provider, found by its discovery document when the first token comes: the service starts
 * without it. Only the configured issuer says where they are; an address or a key inside a token is never looked at.
 */
@Injectable()
export class StaffKeys {
  private readonly logger = new Logger(StaffKeys.name);
  private readonly remote: RemoteJWKSet | null;
  private askedAt = Number.NEGATIVE_INFINITY;
  private failedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly config: Config) {
    const { oidcIssuer: issuer } = config;
    this.remote =
      issuer === undefined
        ? null
        : createRemoteJWKSet(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`), {
            timeoutDuration: PATIENCE,
            cooldownDuration: COOLDOWN,
            cacheMaxAge: LONGEST,
            [customFetch]: (address, options) => this.ask(address, options),
          });
  }

  /**
   * @throws AppError `unavailable` when the key isn't known and the provider can't be asked
   * @throws JOSEError when the provider has no such key
   */
  async keyFor(header: JWTHeaderParameters): Promise<CryptoKey> {
    if (this.remote === null) throw new errors.JWKSNoMatchingKey();
    // In the background: nobody waits for it, and a failure is logged where it happens.
    if (!isWithin(this.askedAt, FRESH) && !isWithin(this.failedAt, RETRY)) this.remote.reload().catch(() => undefined);
    try {
      return await this.remote(header);
    } catch (error) {
      const isOfToken =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      if (isOfToken) throw error;
      throw new AppError('unavailable', 'The sign-in service cannot be asked now: try again.', {
        cause: error,
        retryAfter: RETRY / 1000,
      });
    }
  }

  /** Discovery and keys in one go, so that keys which move are found where they are now. */
  private async ask(address: string, options: Parameters<FetchImplementation>[1]): Promise<Response> {
    if (isWithin(this.failedAt, RETRY)) throw new ProviderUnavailable('It was asked a moment ago.');
    try {
      const keys = await json(await this.keysAddress(address, options), options);
      // Here already, so that an answer which can't be used counts as a failure.
      createLocalJWKSet(keys as JSONWebKeySet);
      this.askedAt = Date.now();
      return Response.json(keys);
    } catch (error) {
      this.failedAt = Date.now();
      this.logger.warn(`The OpenID provider cannot be asked: ${reasonOf(error)}`);
      throw error;
    }
  }

  private async keysAddress(discovery: string, options: Parameters<FetchImplementation>[1]): Promise<string> {
    const document = await json(discovery, options);
    const { issuer, jwks_uri: address } = document as { issuer?: unknown; jwks_uri?: unknown };
    // OpenID Connect Discovery 1.0, section 4.3: another issuer's document has another issuer's keys.
    if (issuer !== this.config.oidcIssuer) throw new ProviderUnavailable('The document is of another issuer.');
    const isUsable = typeof address === 'string' && URL.canParse(address) && isSafe(new URL(address));
    if (!isUsable || (this.config.production && !address.startsWith('https://'))) {
      throw new ProviderUnavailable('The document names no safe address of keys.');
    }
    return address;
  }
}

/** Texts of ours, and names of errors: never what stood in an answer. */
function reasonOf(error: unknown): string {
  if (error instanceof ProviderUnavailable) return error.message;
  return error instanceof errors.JOSEError ? error.code : (error as Error).name;
}

/** By the wall clock, as `jose` does. One that is set back counts as long ago. */
function isWithin(since: number, duration: number): boolean {
  const passed = Date.now() - since;
  return passed >= 0 && passed < duration;
}

/** No redirects: the provider may not send us elsewhere, nor to something on our own network. */
async function json(
  address: string,
  { headers, signal }: Pick<Parameters<FetchImplementation>[1], 'headers' | 'signal'>,
): Promise<object> {
  const response = await fetch(address, { headers, signal, redirect: 'manual' });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new ProviderUnavailable('The answer is not 200.');
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the body.
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > ANSWER_LIMIT) throw new ProviderUnavailable('The answer is too large.');
    parts.push(part);
  }
  const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new ProviderUnavailable('The answer is no JSON object.');
  return value;
}
