import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

import { Desk } from '../support/desk.ts';
import { type Forgery, forgeInto } from '../support/forged-id-token.ts';
import { LoginProvider } from '../support/login-provider.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { PlainBrowser } from '../support/visitor.ts';

const PUBLIC_URL = 'http://localhost';

let customers: LoginProvider;
let employees: OpenIdProvider;
let desk: Desk;

beforeAll(async () => {
  customers = await LoginProvider.start(PUBLIC_URL);
  employees = await OpenIdProvider.start(PUBLIC_URL);
  desk = await Desk.open({ publicUrl: PUBLIC_URL, ...customers.settings, ...employees.settings });
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: '+49 30 23125 001' });
  employees.roles.set('A-1', ['desk-agent']);
});
afterEach(() => {
  customers.forgery = null;
  employees.intercept = () => false;
});
afterAll(async () => {
  await desk?.close();
  await customers?.stop();
  await employees?.stop();
});

interface Door {
  /** Status of the page that one lands on when this stands in the place of the ID token, and whether one is signed in. */
  signIn(forgery: Forgery): Promise<readonly [status: number, isIn: boolean]>;
  /** What we share with the provider, and nobody else has. */
  secret(): string;
}

const DOORS: Readonly<Record<string, Door>> = {
  'the self-service': {
    async signIn(forgery) {
      customers.forgery = forgery;
      const browser = new PlainBrowser(desk);
      const start = await browser.get('/portal/sign-in/openid');
      const back = await customers.walk(start.location ?? '', { ref: 'P-1', acr: 'substantial' });
      const { status } = await browser.get(back.slice(PUBLIC_URL.length));
      return [status, browser.cookie('session') !== undefined];
    },
    secret: () => customers.settings.loginClientSecret ?? '',
  },
  'the desk': {
    async signIn(forgery) {
      employees.intercept = (request, response) => {
        if (request.url === '/token') forgeInto(response, employees.signingKey, forgery);
        return false;
      };
      employees.atKeyboard = 'A-1';
      const browser = new PlainBrowser(desk);
      const start = await browser.get('/desk/sign-in/start');
      const back = await employees.walkBack(start.location ?? '');
      const { status } = await browser.get(back.slice(PUBLIC_URL.length));
      return [status, browser.cookie('staff') !== undefined];
    },
    secret: () => employees.settings.deskClientSecret ?? '',
  },
};

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function signed(claims: JWTPayload, key: JWK): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '' }).sign(key);
}

/** Some claims of the provider's own token changed; undefined = left out. Signed by the provider. */
function changed(change: (claims: JWTPayload) => JWTPayload): Forgery {
  return (claims, key) => {
    const entries = Object.entries({ ...claims, ...change(claims) }).filter(([, value]) => value !== undefined);
    return signed(Object.fromEntries(entries), key);
  };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Each changes one thing of the token that lets somebody in. */
const FORGED: Readonly<Record<string, Forgery>> = {
  'signed by another under the same key id': async (claims, key) => {
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '' }).sign(privateKey);
  },
  'with claims changed after signing': async (claims, key) => {
    const [header, , signature] = (await signed(claims, key)).split('.');
    return [header, encoded({ ...claims, customer_ref: 'P-2' }), signature].join('.');
  },
  'without a signature': (claims) => `${encoded({ alg: 'none' })}.${encoded(claims)}.`,
  'of algorithm none, with a signature': async (claims, key) => {
    const [, body, signature] = (await signed(claims, key)).split('.');
    return [encoded({ alg: 'none', kid: key.kid }), body, signature].join('.');
  },
  'with a nonce of another sign-in': changed(() => ({ nonce: 'of-another-sign-in' })),
  'without a nonce': changed(() => ({ nonce: undefined })),
  'for another client': changed(() => ({ aud: 'another-client' })),
  'for us among others, without saying who asked': changed(({ aud }) => ({ aud: [String(aud), 'another-client'] })),
  'for nobody': changed(() => ({ aud: undefined })),
  'of another issuer': changed(() => ({ iss: 'https://login.example.nl' })),
  'of the issuer with a slash': changed(({ iss }) => ({ iss: `${iss}/` })),
  'of no issuer': changed(() => ({ iss: undefined })),
  'that has ended': changed(() => ({ iat: now() - 400, exp: now() - 100 })),
  'without an end': changed(() => ({ exp: undefined })),
  'that begins later': changed(() => ({ nbf: now() + 120 })),
  'issued nobody knows when': changed(() => ({ iat: undefined })),
  'of a proof of yesterday': changed(() => ({ auth_time: now() - 24 * 60 * 60 })),
  'of a proof nobody knows when': changed(() => ({ auth_time: undefined })),
  'of no subject': changed(() => ({ sub: undefined })),
  'that never came': () => null,
};

describe.each(Object.keys(DOORS))('An ID token at the door of %s', (name) => {
  const door = DOORS[name] as Door;

  it('as a control: lets in when nothing of it is changed', async () => {
    expect(await door.signIn(signed)).toEqual([303, true]);
    expect(await door.signIn(changed(() => ({})))).toEqual([303, true]);
  });

  it.each(Object.entries(FORGED))('lets nobody in %s', async (_what, forgery) => {
    expect(await door.signIn(forgery)).toEqual([400, false]);
  });

  it('lets nobody in signed with the secret that we share with the provider', async () => {
    const secret = Buffer.from(door.secret());
    const forgery: Forgery = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    expect(await door.signIn(forgery)).toEqual([400, false]);
  });

  it('leaves no session and no record of one behind when it is refused', async () => {
    const count = async (): Promise<unknown> =>
      (
        await desk.owner.query(
          `SELECT (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM staff_sessions) AS staff,
            (SELECT count(*) FROM audit_records WHERE kind IN ('session.opened', 'staff_session.opened')) AS records`,
        )
      ).rows;
    const before = await count();
    expect(await door.signIn(FORGED['without a nonce'] as Forgery)).toEqual([400, false]);
    expect(await count()).toEqual(before);
  });
});
