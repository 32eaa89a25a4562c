import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

import type { Config } from '../../src/config/config.ts';
import { type Forgery, forgeInto } from './forged-id-token.ts';

const CLIENT = { id: 'mandaat', secret: randomBytes(24).toString('hex') };
/** What this provider is worth here. `low` is another way of its own, which counts for nothing. */
const ACR_MAP = [
  { acr: 'substantial', strength: 3 },
  { acr: 'basic', strength: 2 },
  { acr: 'urn:example:eid:high', strength: 4 },
] as const;

/** Who sits in front of the provider's own page, and how they sign in there. */
export interface AtProvider {
  /** The customer's reference, as the provider says it; undefined = it says none. */
  readonly ref?: string;
  readonly acr?: string;
  /** They go back instead. */
  readonly isCancelled?: boolean;
}

/** The organisation's own customer login: a real OpenID provider on this machine. */
export class LoginProvider {
  /** How often it was asked for tokens. */
  tokens = 0;
  isDown = false;
  /** Takes the place of its own ID tokens; null = nothing does. */
  forgery: Forgery | null = null;
  #now: AtProvider = {};

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    private readonly provider: Provider,
    private readonly key: JWK,
  ) {}

  static async start(publicUrl: string): Promise<LoginProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const issuer = `http://127.0.0.1:${port}`;
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key: JWK = {
      ...(await exportJWK(privateKey)),
      alg: 'RS256',
      use: 'sig',
      kid: randomBytes(8).toString('hex'),
    };
    const started: { provider?: LoginProvider } = {};
    const provider = new LoginProvider(
      server,
      issuer,
      configured(issuer, publicUrl, key, () => started.provider?.now ?? {}),
      key,
    );
    started.provider = provider;
    server.on('request', (request, response) => {
      provider.answer(request, response).catch((error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      });
    });
    return provider;
  }

  /** What the service has to be told of it. */
  get settings(): Partial<Config> {
    return {
      loginIssuer: this.issuer,
      loginClientId: CLIENT.id,
      loginClientSecret: CLIENT.secret,
      loginAcrMap: ACR_MAP,
      loginName: 'Mijn Voorbeeld',
    };
  }

  get now(): AtProvider {
    return this.#now;
  }

  /** From now on a browser that comes here is this person's. */
  sitDown(who: AtProvider): void {
    this.#now = who;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Goes through the provider's pages as this person. Answers the address that it sends the browser back to. */
  async walk(start: string, who: AtProvider): Promise<string> {
    this.#now = who;
    const jar = new Map<string, string>();
    let address = start;
    for (let step = 0; address.startsWith(this.issuer); step += 1) {
      if (step === 10) throw new Error(`in a circle at ${address}`);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(address, { headers: { cookie }, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '') jar.delete(name);
        else jar.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) throw new Error(`no way on from ${address}: ${response.status} ${await response.text()}`);
      address = new URL(location, address).href;
    }
    return address;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Each of its tests comes from this one machine.
    response.setHeader('connection', 'close');
    const path = request.url?.split('?')[0] ?? '';
    if (path === '/token') this.tokens += 1;
    if (this.isDown) {
      response.writeHead(503);
      response.end();
      return;
    }
    if (path === '/token' && this.forgery !== null) forgeInto(response, this.key, this.forgery);
    if (!path.startsWith('/interaction/')) {
      await this.provider.callback()(request, response);
      return;
    }
    const { ref = 'nobody', acr, isCancelled = false } = this.#now;
    await this.provider.interactionFinished(
      request,
      response,
      isCancelled
        ? { error: 'access_denied', error_description: 'they went back' }
        : { login: { accountId: ref, ...(acr === undefined ? {} : { acr }) } },
    );
  }
}

function configured(issuer: string, publicUrl: string, key: JWK, who: () => AtProvider): Provider {
  const configuration: Configuration = {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${publicUrl}/portal/sign-in/openid/back`],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [key] as never },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    acrValues: ['basic', 'substantial', 'urn:example:eid:high', 'low'],
    claims: { openid: ['sub', 'customer_ref'] },
    conformIdTokenClaims: false,
    ttl: { AccessToken: 300, Grant: 3_600, IdToken: 300, Interaction: 300, Session: 3_600 },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ sub: `login-${accountId}`, ...(who().ref === undefined ? {} : { customer_ref: who().ref }) }),
    }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: CLIENT.id, accountId: oidc.session?.accountId ?? '' });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    features: { devInteractions: { enabled: false } },
  };
  return new Provider(issuer, configuration);
}
