import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import Provider, { errors, type Configuration } from 'oidc-provider';

import type { Config } from '../../src/config/config.ts';

/** As the API is known to the provider; a resource indicator (RFC 8707), hence an address. */
export const AUDIENCE = 'https://mandaat.example.nl/';
/** The desk's own pages, as a client. */
const DESK = { id: 'mandaat-desk', secret: randomBytes(24).toString('hex') };
const CLIENT = { id: 'desk', secret: randomBytes(24).toString('hex'), redirect: 'https://desk.example.nl/back' };

export interface SignedIn {
  readonly accessToken: string;
  readonly idToken: string;
}

/** What stands in the way of an answer; true = it has answered. */
type Interception = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * A real OpenID provider on this machine. People sign in by the authorization code flow with PKCE, and get access tokens
 * as RFC 9068 has them.
 */
export class OpenIdProvider {
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  /** Who has which roles, at the moment when a token is made. */
  readonly roles = new Map<string, readonly string[]>();
  /** Seconds that its tokens live. */
  tokenLife = 300;
  /** Seconds ago that whoever comes to it signed in there. */
  signedInAgo = 0;
  intercept: Interception = () => false;
  /** Who sits in front of its own page, where nobody is named; null = they go back. */
  atKeyboard: string | null = null;
  /** How people sign in there, as its ID tokens tell it; null = they don't. */
  acr: string | null = null;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    private readonly publicUrl: string | null,
    private keys: { readonly current: JWK; readonly all: readonly JWK[] },
    private provider: Provider,
  ) {}

  /** @param publicUrl of a service whose desk people sign in to; null = they don't */
  static async start(publicUrl: string | null = null): Promise<OpenIdProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const keys = await makeKeys();
    const started: OpenIdProvider = new OpenIdProvider(server, port, publicUrl, keys, null as never);
    started.provider = started.configured();
    server.on('request', (request, response) => {
      started.answer(request, response).catch((error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      });
    });
    return started;
  }

  /** What the service has to be told of it: one role for each scope. */
  get settings(): Partial<Config> {
    return {
      oidcIssuer: this.issuer,
      oidcAudience: AUDIENCE,
      oidcRoleMap: [
        { role: 'desk-lead', scope: 'crm', strength: 2 },
        { role: 'desk-agent', scope: 'agent', strength: 1 },
        { role: 'desk-admin', scope: 'admin', strength: 2 },
        { role: 'desk-privacy', scope: 'privacy', strength: 0 },
      ],
      ...(this.publicUrl === null
        ? {}
        : {
            deskClientId: DESK.id,
            deskClientSecret: DESK.secret,
            deskScope: 'openid desk',
            deskResource: AUDIENCE,
          }),
    };
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The private key that it signs with now. */
  get signingKey(): JWK {
    return this.keys.current;
  }

  keyQuestions(): number {
    return this.asked.filter((path) => path === '/jwks').length;
  }

  /** New keys, and no trace of the old ones. */
  async rotate(): Promise<void> {
    this.keys = await makeKeys();
    this.provider = this.configured();
  }

  /** Nobody answers at its address any more. */
  async down(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    if (this.server.listening) await this.down();
  }

  /** The person goes the whole way, as a browser and the desk's own server would. */
  async signIn(person: string, roles: readonly string[]): Promise<SignedIn> {
    this.roles.set(person, roles);
    const verifier = randomBytes(32).toString('base64url');
    const wish = new URLSearchParams({
      client_id: CLIENT.id,
      redirect_uri: CLIENT.redirect,
      response_type: 'code',
      scope: 'openid desk',
      resource: AUDIENCE,
      nonce: randomBytes(12).toString('hex'),
      login_hint: person,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const code = await this.walk(`${this.issuer}/auth?${wish.toString()}`);
    const { access_token: accessToken, id_token: idToken } = await this.fetchToken({
      grant_type: 'authorization_code',
      code,
      redirect_uri: CLIENT.redirect,
      code_verifier: verifier,
      resource: AUDIENCE,
    });
    return { accessToken, idToken };
  }

  /** What the client gets for itself, without any person. */
  async clientToken(): Promise<string> {
    this.roles.set(CLIENT.id, ['desk-agent']);
    const answer = await this.fetchToken({ grant_type: 'client_credentials', scope: 'desk', resource: AUDIENCE });
    return answer.access_token;
  }

  /** A token with its signature, that it would never give: `claims` and `header` over what it gives otherwise. */
  async forge(claims: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.issuer, aud: AUDIENCE, client_id: CLIENT.id, jti: 'x', iat: now, exp: now + 300 };
    const { kid = '' } = this.signingKey;
    return new SignJWT(defined({ ...usual, sub: 'A-1', roles: ['desk-agent'], ...claims }))
      .setProtectedHeader(defined({ alg: 'RS256', typ: 'at+jwt', kid, ...header }) as { alg: string })
      .sign(this.signingKey);
  }

  private configured(): Provider {
    const configuration: Configuration = {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [CLIENT.redirect],
          grant_types: ['authorization_code', 'client_credentials'],
        },
        ...(this.publicUrl === null
          ? []
          : [
              {
                client_id: DESK.id,
                client_secret: DESK.secret,
                redirect_uris: [`${this.publicUrl}/desk/sign-in/back`],
                grant_types: ['authorization_code'],
              },
            ]),
      ],
      jwks: { keys: [...this.keys.all] as never },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      acrValues: ['password', 'two-factors'],
      // Said only so that it does not warn about its defaults. Seconds.
      ttl: {
        AccessToken: () => this.tokenLife,
        ClientCredentials: 300,
        Grant: 3_600,
        IdToken: 300,
        Interaction: 300,
        Session: 3_600,
      },
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      extraTokenClaims: (_context, token) => {
        const person = 'accountId' in token ? token.accountId : CLIENT.id;
        return { roles: [...(this.roles.get(person) ?? [])] };
      },
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
      // Nobody is asked for consent to use the desk of their own employer.
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({
          clientId: oidc.client?.clientId ?? CLIENT.id,
          accountId: oidc.session?.accountId ?? '',
        });
        grant.addOIDCScope('openid');
        grant.addResourceScope(AUDIENCE, 'desk');
        await grant.save();
        return grant;
      },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: (_context, resource) => {
            if (resource !== AUDIENCE) throw new errors.InvalidTarget();
            return {
              scope: 'desk',
              audience: AUDIENCE,
              accessTokenTTL: this.tokenLife,
              accessTokenFormat: 'jwt',
              jwt: { sign: { alg: 'RS256' } },
            };
          },
        },
      },
    };
    return new Provider(this.issuer, configuration);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    this.asked.push(path);
    if (this.intercept(request, response)) return;
    // Each of its tests comes from this one machine; a connection that is kept would outlive `down`.
    response.setHeader('connection', 'close');
    if (!path.startsWith('/interaction/')) {
      await this.provider.callback()(request, response);
      return;
    }
    // Whoever they say they are: passwords are no business of this test.
    const { params, prompt } = await this.provider.interactionDetails(request, response);
    if (prompt.name !== 'login') throw new Error(`asked for ${JSON.stringify(prompt)}`);
    const person = typeof params.login_hint === 'string' ? params.login_hint : this.atKeyboard;
    const outcome =
      person === null
        ? { error: 'access_denied', error_description: 'they went back' }
        : {
            login: {
              accountId: person,
              ts: Math.floor(Date.now() / 1000) - this.signedInAgo,
              ...(this.acr === null ? {} : { acr: this.acr }),
            },
          };
    await this.provider.interactionFinished(request, response, outcome);
  }

  /** Follows the redirects to the desk, and takes the code out of the last one. */
  private async walk(start: string): Promise<string> {
    const address = await this.walkBack(start);
    const code = new URL(address).searchParams.get('code');
    if (code === null) throw new Error(`no code in ${address}`);
    return code;
  }

  /** Goes through the provider's pages in a new browser. Answers the address that it sends the browser back to. */
  async walkBack(start: string): Promise<string> {
    const jar = new Map<string, string>();
    let address = start;
    for (let step = 0; address.startsWith(`${this.issuer}/`); step += 1) {
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

  private async fetchToken(wish: Record<string, string>): Promise<{ access_token: string; id_token: string }> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}` },
      body: new URLSearchParams(wish),
    });
    const answer = (await response.json()) as { access_token: string; id_token: string };
    if (!response.ok) throw new Error(`no token: ${JSON.stringify(answer)}`);
    return answer;
  }
}

async function makeKeys(): Promise<{ current: JWK; all: JWK[] }> {
  const all = await Promise.all(
    ['RS256', 'ES256'].map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: randomBytes(8).toString('hex') };
    }),
  );
  const [current] = all;
  if (current === undefined) throw new Error('no keys');
  return { current, all };
}

/** Left out where undefined. */
function defined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
}
