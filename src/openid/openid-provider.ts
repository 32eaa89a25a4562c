import { Logger } from '@nestjs/common';
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  customFetch,
  type CustomFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client';

import { isSafe } from '../config/openid.ts';
import { AppError } from '../errors.ts';

/** Seconds for each of the provider's answers. */
const PATIENCE = 4;
/** Of each answer, in bytes. */
const ANSWER_LIMIT = 64 * 1024;
/** After this its document is read again. Milliseconds. */
const FRESH = 60 * 60_000;
/** After a failure it is left alone for a moment: each visitor would be a question otherwise. Milliseconds. */
const RETRY = 10_000;

/** The document at its address is of another issuer than the one that is configured. */
class ForeignIssuer extends Error {
  override readonly name = 'ForeignIssuer';
}

/** An OpenID provider, and as whom we ask it. */
export interface ProviderOptions {
  /** Undefined: there is none. */
  readonly issuer: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly isProduction: boolean;
  /** For the log. */
  readonly name: string;
}

/**
 * An OpenID provider where people sign in, found by its discovery document when the first one wants to: the service starts
 * without it.
 */
export class OpenIdProvider {
  private readonly logger = new Logger(OpenIdProvider.name);
  #known: { readonly at: number; readonly provider: Promise<Configuration> } | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: ProviderOptions) {}

  get isConfigured(): boolean {
    return this.options.issuer !== undefined;
  }

  /** @throws AppError `not_found` when there is none, `unavailable` when it can't be asked */
  async get(): Promise<Configuration> {
    const { issuer, name } = this.options;
    if (issuer === undefined) throw new AppError('not_found', 'There is no other sign-in service here.');
    if (this.#known === null || !isWithin(this.#known.at, FRESH)) {
      if (isWithin(this.#failedAt, RETRY)) throw providerUnavailable();
      this.#known = { at: Date.now(), provider: this.#discover(issuer) };
    }
    try {
      return await this.#known.provider;
    } catch (error) {
      this.#known = null;
      this.#failedAt = Date.now();
      this.logger.warn(`The OpenID provider of the ${name} cannot be asked: ${(error as Error).name}`);
      throw providerUnavailable(error);
    }
  }

  async #discover(issuer: string): Promise<Configuration> {
    // Plain text is for a trial on this machine: the configuration takes no other such address.
    const { clientId = '', clientSecret = '', isProduction } = this.options;
    const isPlain = !isProduction && issuer.startsWith('http://');
    const provider = await discovery(new URL(issuer), clientId, undefined, authOf(clientSecret), {
      timeout: PATIENCE,
      // What it says is signed, and that is looked at: its word lets people in.
      execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
      [customFetch]: bounded,
    });
    // OpenID Connect Discovery 1.0, section 4.3: to the letter. The library compares addresses, and takes from two large providers a
    // document of another issuer, such as one that lets in the accounts of every organisation.
    if (provider.serverMetadata().issuer !== issuer) throw new ForeignIssuer();
    const { authorization_endpoint: start, token_endpoint: token, jwks_uri: keys } = provider.serverMetadata();
    const isUsable = [start, token, keys].every(
      (address) => address !== undefined && URL.canParse(address) && this.#isUsable(new URL(address)),
    );
    if (!isUsable) throw new TypeError('The document names an address that is not safe.');
    return provider;
  }

  #isUsable(address: URL): boolean {
    return isSafe(address) && (!this.options.isProduction || address.protocol === 'https:');
  }
}

/** @returns what is told to somebody who can't be let in because nobody can be asked */
export function providerUnavailable(cause?: unknown): AppError {
  return new AppError('unavailable', 'The other sign-in service cannot be asked now: try again.', {
    cause,
    retryAfter: RETRY / 1000,
  });
}

/** As the provider likes it; the standard's own way unless it says otherwise. */
function authOf(secret: string): ClientAuth {
  const basic = ClientSecretBasic(secret);
  const post = ClientSecretPost(secret);
  return (server, client, body, headers) => {
    const { token_endpoint_auth_methods_supported: methods } = server;
    const isBasic = methods === undefined || methods.includes('client_secret_basic');
    return (isBasic ? basic : post)(server, client, body, headers);
  };
}

/** No redirects: the provider may not send us elsewhere, nor to something on our own network. And no endless answers. */
const bounded: CustomFetch = async (address, options) => {
  const response = await fetch(address, { ...options, redirect: 'manual' } as RequestInit);
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the body.
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > ANSWER_LIMIT) throw new TypeError('The answer is too large.');
    parts.push(part);
  }
  const { status, headers } = response;
  const hasBody = status !== 204 && status !== 304 && status >= 200;
  return new Response(hasBody ? Buffer.concat(parts) : null, { status, headers });
};

/** By the wall clock. One that is set back counts as long ago. */
function isWithin(since: number, duration: number): boolean {
  const passed = Date.now() - since;
  return passed >= 0 && passed < duration;
}
