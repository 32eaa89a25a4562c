import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

import type { Config } from '../config/config.ts';

const AUDIENCE = 'https://mandaat.example.nl/';
const ROLE = 'desk-agent';
const CLIENT = 'mandaat-desk';

/** Who may sit at the desk of the demo. */
export interface DemoEmployee {
  /** As registered here. */
  readonly ref: string;
  readonly name: string;
}

/**
 * The employees' OpenID provider of the demo: a real one, on this machine alone, at which one signs in by saying who one is.
 * Only the demo starts it, and the demo refuses to be production, as production refuses an issuer without https.
 */
export class StaffProvider {
  readonly #secret = randomBytes(24).toString('hex');

  private constructor(
    private readonly server: Server,
    private readonly employees: readonly DemoEmployee[],
    private readonly publicUrl: string,
    private readonly key: JWK,
  ) {}

  static async start(employees: readonly DemoEmployee[], publicUrl: string): Promise<StaffProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: randomBytes(8).toString('hex') };
    const started = new StaffProvider(server, employees, publicUrl, key);
    const provider = new Provider(started.#issuer, started.#configuration());
    server.on('request', (request, response) => {
      started.#answer(provider, request, response).catch(() => {
        response.writeHead(500);
        response.end();
      });
    });
    return started;
  }

  /** What the service has to be told of it. */
  get settings(): Partial<Config> {
    return {
      oidcIssuer: this.#issuer,
      oidcAudience: AUDIENCE,
      oidcRoleMap: [{ role: ROLE, scope: 'agent', strength: 1 }],
      deskClientId: CLIENT,
      deskClientSecret: this.#secret,
      deskScope: 'openid desk',
      deskResource: AUDIENCE,
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get #issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async #answer(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    if (!path.startsWith('/interaction/')) return provider.callback()(request, response);
    const chosen = new URLSearchParams(query).get('as');
    const employee = this.employees.find(({ ref }) => ref === chosen);
    if (employee === undefined) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
      response.end(pageOf(path, this.employees));
      return;
    }
    await provider.interactionFinished(request, response, { login: { accountId: employee.ref } });
  }

  #configuration(): Configuration {
    return {
      clients: [
        {
          client_id: CLIENT,
          client_secret: this.#secret,
          redirect_uris: [`${this.publicUrl}/desk/sign-in/back`],
          grant_types: ['authorization_code'],
        },
      ],
      jwks: { keys: [this.key] as never },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      // Seconds.
      ttl: { AccessToken: 300, Grant: 3_600, IdToken: 300, Interaction: 600, Session: 8 * 3_600 },
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      extraTokenClaims: () => ({ roles: [ROLE] }),
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({ clientId: CLIENT, accountId: oidc.session?.accountId ?? '' });
        grant.addOIDCScope('openid');
        grant.addResourceScope(AUDIENCE, 'desk');
        await grant.save();
        return grant;
      },
      features: {
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: 'desk',
            audience: AUDIENCE,
            accessTokenTTL: 300,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    };
  }
}

/** Names and references of ours alone stand in it. */
function pageOf(path: string, employees: readonly DemoEmployee[]): string {
  const links = employees.map(({ ref, name }) => `<li><a href="${path}?as=${ref}">${name} (${ref})</a></li>`).join('');
  return (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<title>Demo sign-in</title><h1>Demo sign-in</h1><p>Who sits at the desk?</p><ul>${links}</ul></html>`
  );
}
