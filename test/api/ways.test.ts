import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';

import { type Answer, Desk } from '../support/desk.ts';
import { changedConfig } from '../../src/config/config.ts';
import { createLog } from '../../src/http/log.ts';
import { startSibling } from '../support/app.ts';
import { type AtProvider, LoginProvider } from '../support/login-provider.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { type Me, type PageSeen, type PlainBrowser, Visitor } from '../support/visitor.ts';

const PUBLIC_URL = 'http://localhost';
const START = '/portal/sign-in/openid';
const PHONE = '+44 7700 900151';
const EMAIL = 'hanna@example.nl';
const OTHER = '+44 7700 900152';
const DEVICE = { origin: PUBLIC_URL, rpId: 'localhost' };

const logged: string[] = [];
const log = createLog('info', { write: (line: string) => void logged.push(line) });
let provider: LoginProvider;
let desk: Desk;
let visitor: Visitor;
let hanna: string;

beforeAll(async () => {
  provider = await LoginProvider.start(PUBLIC_URL);
  desk = await Desk.open({ ...provider.settings, publicUrl: PUBLIC_URL }, { log });
  visitor = new Visitor(desk);
  hanna = await desk.person('P-1', { phone: PHONE, email: EMAIL, name: 'H. Fictief' });
  await desk.person('P-2', { phone: OTHER, name: 'A. Verzonnen' });
});
afterAll(async () => {
  await desk.close();
  await provider.stop();
});
beforeEach(() => desk.owner.query('DELETE FROM code_budget_entries'));

async function records(kind: string): Promise<readonly { readonly actor: string; readonly body: string }[]> {
  const { rows } = await desk.owner.query<{ actor: string; body: string }>(
    'SELECT actor, body FROM audit_records WHERE kind = $1 ORDER BY chain_id, sequence',
    [kind],
  );
  return rows;
}

/** Out to the provider and back, as this person there. Answers where the provider sent the browser. */
async function goThere(browser: PlainBrowser, who: AtProvider, start = START): Promise<string> {
  const { location, status } = await browser.get(start);
  expect(status).toBe(303);
  const back = await provider.walk(location ?? '', who);
  expect(back.startsWith(`${PUBLIC_URL}/portal/sign-in/openid/back?`)).toBe(true);
  return back.slice(PUBLIC_URL.length);
}

async function signInThere(browser: PlainBrowser, who: AtProvider, start = START): Promise<PageSeen> {
  return browser.get(await goThere(browser, who, start));
}

/** Signed in by phone, with a code to a second contact point: enough to add something. */
async function signedInTwice(): Promise<Me> {
  await desk.owner.query('DELETE FROM code_budget_entries');
  const me = await visitor.signIn(PHONE);
  return visitor.as((await proveByCode(me, 'email')).body.token);
}

async function pointOf(me: Me, kind: 'phone' | 'email'): Promise<string> {
  const { body } = await me.get('/v1/me/ways');
  return body.contact_points.find((point: { kind: string }) => point.kind === kind).id;
}

async function proveByCode(me: Me, kind: 'phone' | 'email'): Promise<Answer> {
  const asked = await me.send('POST', '/v1/me/proofs/codes', { contact_point_id: await pointOf(me, kind) });
  expect(asked.status).toBe(202);
  const code = await desk.codeOf(asked.body.id);
  return me.send('POST', `/v1/me/proofs/codes/${asked.body.id}/attempts`, { code });
}

function digits(uri: string, stepsAgo = 0): string {
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return generateSync({ strategy: 'totp', secret, epoch: Math.floor(Date.now() / 1000) - 30 * stepsAgo });
}

/** Digits of a step are taken once; a test need not wait for the next one. */
async function nextStep(): Promise<void> {
  await desk.owner.query('UPDATE authenticators SET last_step = last_step - 10 WHERE ended_at IS NULL');
}

async function stale(): Promise<void> {
  await desk.owner.query(
    "UPDATE sessions SET opened_at = opened_at - interval '11 minutes', proved_at = proved_at - interval '11 minutes'",
  );
}

async function addPasskey(me: Me): Promise<SoftwarePasskey> {
  const device = new SoftwarePasskey(DEVICE);
  const { body } = await me.send('POST', '/v1/me/passkeys/questions');
  const added = await me.send('POST', '/v1/me/passkeys', { credential: device.add(body.options) });
  expect(added.status).toBe(201);
  return device;
}

async function signInBy(device: SoftwarePasskey, wrong = {}): Promise<Answer['body']> {
  const asked = await visitor.as('').send('POST', '/v1/me/passkey-sign-ins', undefined, { authorization: '' });
  expect(Object.keys(asked.body)).toEqual(['options', 'secret']);
  return attemptBy(asked.body.secret, device.show(asked.body.options, wrong));
}

async function attemptBy(secret: string, credential: string): Promise<Answer['body']> {
  const path = '/v1/me/passkey-sign-ins/attempts';
  const answer = await visitor.as('').send('POST', path, { secret, credential }, { authorization: '' });
  expect(answer.status).toBe(200);
  return answer.body;
}

const NOTHING = { accepted: false, token: null, session: null };

describe("signing in at the customers' own login", () => {
  it('opens a session of the strength that its way of signing in is worth', async () => {
    for (const [acr, strength] of [
      ['basic', 2],
      ['substantial', 3],
      ['urn:example:eid:high', 4],
    ] as const) {
      const browser = visitor.browser();
      const landed = await signInThere(browser, { ref: 'P-1', acr }, `${START}?back=/portal/sessions`);
      expect(landed).toMatchObject({ status: 303, location: '/portal/sessions' });
      const me = visitor.as(browser.cookie('session') ?? '');
      expect((await me.get('/v1/me')).body).toMatchObject({ ref: 'P-1', strength });
      expect((await browser.get('/portal')).text).toContain('H. Fictief');
    }
  });

  it('lets nobody in by a process that has the secret of before it was changed, and goes on by one that has the new one', async () => {
    const config = changedConfig(desk.api.config, { loginClientSecret: 'the-secret-of-before-it-was-changed' });
    const before = await startSibling({ ...desk.api, config }, { log });
    try {
      const old = new Visitor(desk.at(before)).browser();
      const refused = await signInThere(old, { ref: 'P-1', acr: 'basic' });
      expect([refused.status, refused.text.includes('/portal/sign-in'), old.cookie('session')]).toEqual([
        400,
        true,
        undefined,
      ]);
      const browser = visitor.browser();
      expect(await signInThere(browser, { ref: 'P-1', acr: 'basic' })).toMatchObject({ status: 303 });
      expect(browser.cookie('session')).toBeDefined();
    } finally {
      await before.stop();
    }
  });

  it('is offered where one signs in, by the name that customers know', async () => {
    const { text } = await visitor.browser().get('/portal/sign-in?lang=en');
    expect(text).toContain('href="/portal/sign-in/openid"');
    expect(text).toContain('Sign in with Mijn Voorbeeld');
  });

  it('asks for everything that binds the answer to this browser, and for the person to show it now', async () => {
    const browser = visitor.browser();
    const { location } = await browser.get(START);
    const asked = Object.fromEntries(new URL(location ?? '').searchParams);
    expect(asked).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      prompt: 'login',
      max_age: '0',
      acr_values: 'substantial basic urn:example:eid:high',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const { rows } = await desk.owner.query<{ text: string }>('SELECT c::text AS text FROM challenges c');
    expect(rows.some(({ text }) => text.includes(asked.state ?? ''))).toBe(false);
  });

  it('says clearly that the organisation does not know a login as a customer', async () => {
    for (const ref of ['P-404', undefined]) {
      const browser = visitor.browser();
      const landed = await signInThere(browser, { ...(ref === undefined ? {} : { ref }), acr: 'substantial' });
      expect(landed.status).toBe(403);
      expect(landed.text).toContain('kent deze inlog niet als klant');
      expect(browser.cookie('session')).toBeUndefined();
    }
    expect((await records('sign_in.refused')).at(-1)).toMatchObject({ actor: 'visitor' });
  });

  it('refuses a way of signing in that is not on the list, and one that is not told', async () => {
    for (const acr of ['low', undefined]) {
      const browser = visitor.browser();
      const landed = await signInThere(browser, { ref: 'P-1', ...(acr === undefined ? {} : { acr }) });
      expect(landed.status).toBe(403);
      expect(landed.text).toContain('op een manier die');
      expect(browser.cookie('session')).toBeUndefined();
    }
  });

  it('takes an answer once, in the browser that set out, and no other state', async () => {
    const browser = visitor.browser();
    const back = await goThere(browser, { ref: 'P-1', acr: 'basic' });
    const asked = provider.tokens;

    const thief = visitor.browser();
    expect((await thief.get(back)).status).toBe(400);
    const another = visitor.browser();
    await another.get(START);
    expect((await another.get(back)).status).toBe(400);
    expect((await browser.get(`${back}&state=another`)).status).toBe(400);
    // Nobody asked the provider for anything meanwhile.
    expect(provider.tokens).toBe(asked);
    expect(browser.cookie('elsewhere')).toBeUndefined();

    const honest = visitor.browser();
    const second = await goThere(honest, { ref: 'P-1', acr: 'basic' });
    const kept = honest.cookie('elsewhere') ?? '';
    expect((await honest.get(second)).status).toBe(303);
    honest.put('elsewhere', kept);
    const again = await honest.get(second);
    expect(again.status).toBe(400);
    expect(again.text).toContain('Het inloggen is niet gelukt');
    for (const name of ['state', 'code', 'iss']) {
      const browserWithout = visitor.browser();
      const address = new URL(await goThere(browserWithout, { ref: 'P-1', acr: 'basic' }), PUBLIC_URL);
      address.searchParams.delete(name);
      expect((await browserWithout.get(`${address.pathname}${address.search}`)).status).toBe(400);
      expect(browserWithout.cookie('session')).toBeUndefined();
    }
  });

  it('lets nobody choose where they land outside the portal', async () => {
    const browser = visitor.browser();
    const landed = await signInThere(browser, { ref: 'P-1', acr: 'basic' }, `${START}?back=//example.com`);
    expect(landed.location).toBe('/portal');
    const tampered = visitor.browser();
    const back = await goThere(tampered, { ref: 'P-1', acr: 'basic' });
    tampered.put('elsewhere', `${tampered.cookie('elsewhere')?.split('|')[0]}|new|https://example.com/`);
    expect((await tampered.get(back)).location).toBe('/portal');
  });

  it('tells who goes back, and who comes when the provider is down', async () => {
    const browser = visitor.browser();
    const cancelled = await signInThere(browser, { isCancelled: true });
    expect(cancelled.text).toContain('U bent niet ingelogd');
    const late = await goThere(browser, { ref: 'P-1', acr: 'basic' });
    provider.isDown = true;
    const down = await browser.get(late);
    provider.isDown = false;
    expect(down.status).toBe(400);
    expect(browser.cookie('session')).toBeUndefined();
  });

  it('is not begun at a provider that names itself otherwise, were it by a slash', async () => {
    for (const loginIssuer of [`${provider.issuer}/`, provider.issuer.replace('127.0.0.1', '127.1')]) {
      expect(new URL(loginIssuer).href).toBe(new URL(provider.issuer).href);
      const config = changedConfig(desk.api.config, { loginIssuer });
      const there = await startSibling({ ...desk.api, config }, { log });
      try {
        expect((await new Visitor(desk.at(there)).browser().get(START)).status).toBe(503);
      } finally {
        await there.stop();
      }
    }
  });

  it('raises a session of the same person, with a new token, and refuses somebody else', async () => {
    const browser = visitor.browser();
    await browser.signIn(PHONE);
    const before = browser.cookie('session') ?? '';
    const prove = `${START}?prove=yes&back=/portal/ways`;
    const other = await signInThere(browser, { ref: 'P-2', acr: 'substantial' }, prove);
    expect(other.text).toContain('Dit is de inlog van iemand anders');
    expect(browser.cookie('session')).toBe(before);
    expect((await visitor.as(before).get('/v1/me')).body).toMatchObject({ ref: 'P-1', strength: 2 });

    expect((await signInThere(browser, { ref: 'P-1', acr: 'substantial' }, prove)).location).toBe('/portal/ways');
    const after = browser.cookie('session') ?? '';
    expect(after).not.toBe(before);
    expect((await visitor.as(before).get('/v1/me')).status).toBe(401);
    expect((await visitor.as(after).get('/v1/me')).body).toMatchObject({ ref: 'P-1', strength: 3 });
    const { body: sessions } = await visitor.as(after).get('/v1/me/sessions');
    expect(sessions.find((one: { is_current: boolean }) => one.is_current)).toMatchObject({
      methods: ['sms', 'openid'],
    });
  });

  it('does not raise a session when the browser lost it on the way', async () => {
    const browser = visitor.browser();
    await browser.signIn(PHONE);
    const back = await goThere(browser, { ref: 'P-1', acr: 'substantial' }, `${START}?prove=yes`);
    browser.put('session', '');
    expect((await browser.get(back)).status).toBe(400);
  });

  it('makes no third factor out of a login that may have sent a code itself', async () => {
    const browser = visitor.browser();
    await browser.signIn(PHONE);
    await signInThere(browser, { ref: 'P-1', acr: 'basic' }, `${START}?prove=yes`);
    expect((await visitor.as(browser.cookie('session') ?? '').get('/v1/me')).body.strength).toBe(2);
  });
});

describe('showing once more who one is', () => {
  it('by a code to one of one’s own contact points gives the session a new token', async () => {
    const me = await visitor.signIn(PHONE);
    const { body } = await proveByCode(me, 'email');
    expect(body).toMatchObject({
      accepted: true,
      session: { strength: 2, methods: ['sms', 'email'], is_current: true },
    });
    expect((await me.get('/v1/me')).status).toBe(401);
    expect((await visitor.as(body.token).get('/v1/me')).status).toBe(200);
  });

  it('does not work with a contact point or a code of somebody else', async () => {
    const me = await visitor.signIn(PHONE);
    const somebody = await visitor.signIn(OTHER);
    const foreign = await pointOf(somebody, 'phone');
    const absent = '00000000-0000-4000-8000-000000000000';
    const answers = await Promise.all(
      [foreign, absent].map((id) => me.send('POST', '/v1/me/proofs/codes', { contact_point_id: id })),
    );
    const [{ requestId: _one, ...first }, { requestId: _two, ...second }] = answers.map(({ body }) => body);
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(first).toEqual(second);

    const asked = await somebody.send('POST', '/v1/me/proofs/codes', { contact_point_id: foreign });
    const code = await desk.codeOf(asked.body.id);
    expect((await me.send('POST', `/v1/me/proofs/codes/${asked.body.id}/attempts`, { code })).status).toBe(404);
    expect((await me.get('/v1/me')).body.strength).toBe(2);
  });

  it('goes by pages too, and back to where it was asked for', async () => {
    const browser = visitor.browser();
    await browser.signIn(EMAIL);
    const before = browser.cookie('session');
    const wanted = await browser.get('/portal/ways/passkeys/new');
    expect(wanted.location).toBe('/portal/prove?back=%2Fportal%2Fways%2Fpasskeys%2Fnew');
    const page = await browser.get(wanted.location ?? '');
    expect(page.text).toContain('Telefoonnummer dat eindigt op 151');
    expect(page.text).not.toContain('7700 900151');
    const none = await browser.submit('/portal/prove/code', { back: '/portal/ways/passkeys/new' });
    expect(none.status).toBe(400);
    const point = /id="point-([0-9a-f-]{36})"[^>]*>\s*<label[^>]*>Telefoonnummer/.exec(page.text)?.[1] ?? '';
    const sent = await browser.submit('/portal/prove/code', { point, back: '/portal/ways/passkeys/new' });
    await browser.get(sent.location ?? '');
    expect((await browser.submit('/portal/prove/code/attempts', { code: '000000' })).status).toBe(400);
    const code = await desk.codeOf(browser.cookie('sign-in')?.split('.')[0] ?? '');
    const proved = await browser.submit('/portal/prove/code/attempts', { code, back: '/portal/ways/passkeys/new' });
    expect(proved.location).toBe('/portal/ways/passkeys/new');
    expect(browser.cookie('session')).not.toBe(before);
    const ready = await browser.get('/portal/ways/passkeys/new');
    expect(ready.status).toBe(200);
    expect(ready.text).toContain('JavaScript staat uit');
  });
});

describe('an authenticator app', () => {
  it('is added only in a session that is worth it, and shortly after a proof', async () => {
    const byMail = await visitor.signIn(EMAIL);
    const byPhone = await visitor.signIn(PHONE);
    for (const me of [byMail, byPhone]) {
      expect(await me.send('POST', '/v1/me/authenticator')).toMatchObject({
        status: 409,
        body: { code: 'proof_required' },
      });
    }
    const me = await signedInTwice();
    await stale();
    expect((await me.send('POST', '/v1/me/authenticator')).body.code).toBe('proof_required');
  });

  it('counts at once, raises a session at 2 to 3, is told to its owner, and goes again', async () => {
    const me = await signedInTwice();
    expect((await me.get('/v1/me/ways')).body).toMatchObject({ may_add: true, authenticator: null });
    const { body: enrolment } = await me.send('POST', '/v1/me/authenticator');
    const elsewhere = await visitor.signIn(PHONE);
    const stolen = await elsewhere.send('POST', '/v1/me/authenticator/confirmation', {
      code: digits(enrolment.otpauth_uri),
    });
    expect(stolen.body.code).toBe('proof_required');
    const confirm = (code: string) => me.send('POST', '/v1/me/authenticator/confirmation', { code });
    expect((await confirm('000000')).body).toEqual({ accepted: false });
    expect((await confirm(digits(enrolment.otpauth_uri))).body).toEqual({ accepted: true });
    expect((await confirm(digits(enrolment.otpauth_uri))).status).toBe(404);
    expect((await desk.message('person_id', hanna, 'authenticator_changed')).body).toContain('aan u gekoppeld');
    expect((await me.send('POST', '/v1/me/authenticator')).status).toBe(409);
    const { body: ways } = await me.get('/v1/me/ways');
    expect(ways.authenticator.usable_from).toBe(ways.authenticator.added_at);

    const here = await visitor.signIn(PHONE);
    const prove = (code: string) => here.send('POST', '/v1/me/proofs/authenticator', { code });
    // The step of the confirmation was used up.
    expect((await prove(digits(enrolment.otpauth_uri))).body).toEqual(NOTHING);
    await nextStep();
    const proved = (await prove(digits(enrolment.otpauth_uri))).body;
    expect(proved).toMatchObject({ accepted: true, session: { strength: 3, methods: ['sms', 'totp'] } });
    expect((await here.get('/v1/me')).status).toBe(401);
    const strong = visitor.as(proved.token);
    const replayed = await strong.send('POST', '/v1/me/proofs/authenticator', { code: digits(enrolment.otpauth_uri) });
    expect(replayed.body).toEqual(NOTHING);

    const somebody = await visitor.signIn(OTHER);
    await nextStep();
    const code = digits(enrolment.otpauth_uri);
    expect((await somebody.send('POST', '/v1/me/proofs/authenticator', { code })).body).toEqual(NOTHING);

    await stale();
    expect((await strong.send('DELETE', '/v1/me/authenticator')).body.code).toBe('proof_required');
    const fresh = (await strong.send('POST', '/v1/me/proofs/authenticator', { code })).body;
    expect((await visitor.as(fresh.token).send('DELETE', '/v1/me/authenticator')).status).toBe(204);
    expect((await visitor.as(fresh.token).get('/v1/me/ways')).body.authenticator).toBeNull();
  });

  it('with wrong digits meets the budget of its person', async () => {
    const me = await visitor.signIn(OTHER);
    const statuses: number[] = [];
    for (let time = 0; time < 11; time += 1) {
      statuses.push((await me.send('POST', '/v1/me/proofs/authenticator', { code: '000000' })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });

  it('that the CRM began is neither shown nor confirmed in a session', async () => {
    await desk.expectSuccess(desk.post('crm', '/v1/people/P-1/authenticator'));
    const me = await signedInTwice();
    expect((await me.send('POST', '/v1/me/authenticator/confirmation', { code: '123456' })).status).toBe(404);
    const browser = visitor.browser();
    await browser.signIn(PHONE);
    expect((await browser.get('/portal/ways/authenticator')).location).toBe('/portal/ways');
    // And the other way about.
    const { body } = await me.send('POST', '/v1/me/authenticator');
    const code = digits(body.otpauth_uri);
    const confirmed = await desk.post('crm', '/v1/people/P-1/authenticator/confirmation', { code });
    expect(confirmed.status).toBe(404);
    await me.send('DELETE', '/v1/me/authenticator');
  });

  it('is added and removed on pages, with a picture that is no foreign image', async () => {
    const browser = visitor.browser();
    await browser.get(START);
    await signInThere(browser, { ref: 'P-1', acr: 'substantial' });
    await browser.get('/portal/ways');
    const begun = await browser.submit('/portal/ways/authenticator', {});
    expect(begun.location).toBe('/portal/ways/authenticator');
    const page = await browser.get(begun.location ?? '');
    expect(page.text).toContain('<svg');
    expect(page.text).not.toContain('data:image');
    expect(page.text).not.toContain('style=');
    const secret = /<code[^>]*>([A-Z2-7 ]+)<\/code>/.exec(page.text)?.[1]?.replaceAll(' ', '') ?? '';
    const wrong = await browser.submit('/portal/ways/authenticator/confirmation', { code: '000000' });
    expect(wrong.status).toBe(400);
    const uri = `otpauth://totp/x?secret=${secret}`;
    const right = await browser.submit('/portal/ways/authenticator/confirmation', { code: digits(uri) });
    expect(right.location).toBe('/portal/ways?changed=yes');
    const ways = await browser.get(right.location ?? '');
    expect(ways.text).toContain('Het is veranderd. U bent overal elders uitgelogd.');
    expect(ways.text).toContain('App met codes verwijderen');
    await nextStep();
    const before = browser.cookie('session');
    await browser.get('/portal/prove?back=/portal/ways');
    const proved = await browser.submit('/portal/prove/authenticator', { code: digits(uri), back: '/portal/ways' });
    expect(proved.location).toBe('/portal/ways');
    expect(browser.cookie('session')).not.toBe(before);
    await browser.get('/portal/ways');
    const removed = await browser.submit('/portal/ways/authenticator/removal', {});
    expect(removed.location).toBe('/portal/ways?changed=yes');
    expect((await browser.get('/portal/ways')).text).toContain('U heeft geen app met codes');
  });
});

describe('a passkey', () => {
  let mine: SoftwarePasskey;

  it('is added only in a session that is worth it, and told to its owner', async () => {
    const weak = await visitor.signIn(PHONE);
    expect((await weak.send('POST', '/v1/me/passkeys/questions')).body.code).toBe('proof_required');
    mine = await addPasskey(await signedInTwice());
    expect((await desk.message('person_id', hanna, 'passkey_changed')).body).toContain('toegangssleutel');
    const { rows } = await desk.owner.query<{ text: string }>('SELECT p::text AS text FROM passkeys p');
    expect(rows.some(({ text }) => text.includes(Buffer.from(mine.id, 'base64url').toString('hex')))).toBe(false);
  });

  it('signs in alone, at strength 3, with a token of its own each time', async () => {
    const first = await signInBy(mine);
    const second = await signInBy(mine);
    expect(first).toMatchObject({ accepted: true, session: { strength: 3, methods: ['passkey'] } });
    expect(second.token).not.toBe(first.token);
    const me = visitor.as(second.token);
    expect((await me.get('/v1/me')).body).toMatchObject({ ref: 'P-1', strength: 3 });
    expect((await me.get('/v1/me/ways')).body.passkeys[0].used_at).not.toBeNull();
  });

  it('answers a challenge once, in five minutes, for the visitor who got it', async () => {
    const ask = async () =>
      (await visitor.as('').send('POST', '/v1/me/passkey-sign-ins', undefined, { authorization: '' })).body;
    const asked = await ask();
    const other = await ask();
    const answer = mine.show(asked.options);
    expect(await attemptBy(other.secret, answer)).toEqual(NOTHING);
    expect((await attemptBy(asked.secret, answer)).accepted).toBe(true);
    mine.count += 1;
    expect(await attemptBy(asked.secret, mine.show(asked.options))).toEqual(NOTHING);
    const late = await ask();
    await desk.owner.query(
      "UPDATE challenges SET made_at = made_at - interval '6 minutes', expires_at = expires_at - interval '5 minutes'",
    );
    expect(await attemptBy(late.secret, mine.show(late.options))).toEqual(NOTHING);
  });

  it('of another site, without a finger, a face or a PIN, or with another key is refused alike', async () => {
    const stranger = new SoftwarePasskey(DEVICE);
    const refused = [
      await signInBy(mine, { origin: 'http://example.com' }),
      await signInBy(mine, { rpId: 'example.com' }),
      await signInBy(mine, { isVerified: false }),
      await signInBy(mine, { key: stranger.key }),
      await signInBy(mine, { type: 'webauthn.create' }),
      await signInBy(mine, { userHandle: Buffer.alloc(16).toString('base64url') }),
      await signInBy(stranger),
      await attemptBy('x', 'no JSON'),
      await attemptBy('x', '{"id":1}'),
      await attemptBy('x', '{"id":"x","response":{}}'),
    ];
    expect(refused).toEqual(refused.map(() => NOTHING));
    // As a control.
    expect((await signInBy(mine)).accepted).toBe(true);
  });

  it('whose count does not go up is refused, and that is recorded', async () => {
    const before = (await records('passkey.refused')).length;
    expect((await signInBy(mine, { count: mine.count })).accepted).toBe(false);
    expect((await signInBy(mine, { count: 0 })).accepted).toBe(false);
    expect((await records('passkey.refused')).length).toBe(before + 2);
    expect((await signInBy(mine)).accepted).toBe(true);
  });

  it('proves a session of its own person alone', async () => {
    const me = await visitor.signIn(PHONE);
    const somebody = await visitor.signIn(OTHER);
    const prove = async (who: Me) => {
      const { body } = await who.send('POST', '/v1/me/proofs/passkey-questions');
      return (await who.send('POST', '/v1/me/proofs/passkey', { credential: mine.show(body.options) })).body;
    };
    expect(await prove(somebody)).toEqual(NOTHING);
    const proved = await prove(me);
    expect(proved).toMatchObject({ accepted: true, session: { strength: 3 } });
    expect((await me.get('/v1/me')).status).toBe(401);
  });

  it('that is refused is in the log, with nothing of it', async () => {
    const before = logged.length;
    const device = new SoftwarePasskey(DEVICE);
    const stranger = await visitor.as('').send('POST', '/v1/me/passkey-sign-ins', undefined, { authorization: '' });
    device.add((await (await signedInTwice()).send('POST', '/v1/me/passkeys/questions')).body.options);
    expect(await attemptBy(stranger.body.secret, device.show(stranger.body.options))).toEqual(NOTHING);
    expect(await attemptBy(stranger.body.secret, 'no JSON')).toEqual(NOTHING);
    const told = logged.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(told.filter(({ event }) => event === 'passkey_refused').map(({ level }) => level)).toEqual(['info', 'info']);
    expect(told.filter(({ context, event }) => context === 'PasskeysService' && event !== 'passkey_refused')).toEqual(
      [],
    );
  });

  it('is nobody’s twice, and is removed by its owner alone', async () => {
    const me = await signedInTwice();
    const { body } = await me.send('POST', '/v1/me/passkeys/questions');
    expect(body.options.excludeCredentials.map(({ id }: { id: string }) => id)).toEqual([mine.id]);
    const again = await me.send('POST', '/v1/me/passkeys', { credential: mine.add(body.options) });
    expect(again.status).toBe(409);
    const asked = (await me.send('POST', '/v1/me/passkeys/questions')).body;
    const foreign = new SoftwarePasskey(DEVICE);
    const other = await signedInTwice();
    const stolen = await other.send('POST', '/v1/me/passkeys', { credential: foreign.add(asked.options) });
    expect(stolen.status).toBe(400);

    const [{ id }] = (await me.get('/v1/me/ways')).body.passkeys;
    const somebody = await visitor.signIn(OTHER);
    const absent = await somebody.send('DELETE', '/v1/me/passkeys/00000000-0000-4000-8000-000000000000');
    const theirs = await somebody.send('DELETE', `/v1/me/passkeys/${id}`);
    expect([absent.status, theirs.status]).toEqual([404, 404]);
    expect({ ...theirs.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    expect((await me.send('DELETE', `/v1/me/passkeys/${id}`)).status).toBe(204);
    expect(await signInBy(mine)).toEqual(NOTHING);
  });

  it('goes by pages too: the question is in the page, the answer in a form of ours', async () => {
    const browser = visitor.browser();
    await signInThere(browser, { ref: 'P-1', acr: 'substantial' });
    const page = await browser.get('/portal/ways/passkeys/new');
    const device = new SoftwarePasskey(DEVICE);
    const added = await browser.submit('/portal/ways/passkeys', { credential: device.add(optionsOf(page)) });
    expect(added.location).toBe('/portal/ways?changed=yes');
    const list = await browser.get(added.location ?? '');
    expect(list.text).toContain('Het is veranderd. U bent overal elders uitgelogd.');
    const id = /passkeys\/([0-9a-f-]{36})\/removal/.exec(list.text)?.[1] ?? '';

    const other = visitor.browser();
    const before = (await other.get('/portal/sign-in')).text;
    expect(before).toContain('href="/portal/sign-in/passkey"');
    const question = await other.get('/portal/sign-in/passkey?back=/portal/ways');
    const credential = device.show(optionsOf(question));
    const signedIn = await other.submit('/portal/sign-in/passkey', { credential, back: '/portal/ways' });
    expect(signedIn.location).toBe('/portal/ways');
    await other.get('/portal/ways');
    const removed = await other.submit(`/portal/ways/passkeys/${id}/removal`, {});
    expect(removed.location).toBe('/portal/ways?changed=yes');
    const third = visitor.browser();
    const late = await third.get('/portal/sign-in/passkey');
    const refused = await third.submit('/portal/sign-in/passkey', { credential: device.show(optionsOf(late)) });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('niet aangenomen');
  });

  it('needs scripts that are ours, under addresses that change with them, and no others', async () => {
    const { text } = await visitor.browser().get('/portal/sign-in/passkey');
    const scripts = [...text.matchAll(/<script[^>]*src="([^"]+)"/g)].map(([, src]) => src ?? '');
    expect(scripts).toEqual([
      expect.stringMatching(/^\/assets\/[0-9a-f]{16}\.js$/),
      expect.stringMatching(/^\/assets\/[0-9a-f]{16}\.js$/),
    ]);
    for (const src of scripts) {
      const response = await fetch(`${desk.api.url}${src}`);
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(response.headers.get('cache-control')).toContain('immutable');
    }
    expect(text.match(/<script/g)).toHaveLength(2);
  });
});

function optionsOf({ text }: PageSeen): { challenge: string; user: { id: string } } {
  const raw = /data-options="([^"]*)"/.exec(text)?.[1] ?? '{}';
  return JSON.parse(raw.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as never;
}

describe('a passkey or an app that comes or goes', () => {
  const statusOf = async (me: Me): Promise<number> => (await me.get('/v1/me')).status;

  it('ends every other session of its owner, and of nobody else; one that was only begun ends none', async () => {
    const me = await signedInTwice();
    const somebody = await visitor.signIn(OTHER);
    let elsewhere = await visitor.signIn(EMAIL);
    const outOf = async (): Promise<readonly number[]> => {
      const statuses = [await statusOf(elsewhere), await statusOf(me), await statusOf(somebody)];
      await desk.owner.query('DELETE FROM code_budget_entries');
      elsewhere = await visitor.signIn(EMAIL);
      return statuses;
    };
    const device = await addPasskey(me);
    expect(await outOf()).toEqual([401, 200, 200]);
    const [{ id }] = (await me.get('/v1/me/ways')).body.passkeys;
    expect((await me.send('DELETE', `/v1/me/passkeys/${id}`)).status).toBe(204);
    expect(await outOf()).toEqual([401, 200, 200]);
    expect(await signInBy(device)).toEqual(NOTHING);

    const { body: enrolment } = await me.send('POST', '/v1/me/authenticator');
    const confirm = (code: string) => me.send('POST', '/v1/me/authenticator/confirmation', { code });
    expect((await confirm('000000')).body).toEqual({ accepted: false });
    expect(await outOf()).toEqual([200, 200, 200]);
    expect((await confirm(digits(enrolment.otpauth_uri))).body).toEqual({ accepted: true });
    expect(await outOf()).toEqual([401, 200, 200]);
    expect((await me.send('DELETE', '/v1/me/authenticator')).status).toBe(204);
    expect(await outOf()).toEqual([401, 200, 200]);
    await me.send('POST', '/v1/me/authenticator');
    expect((await me.send('DELETE', '/v1/me/authenticator')).status).toBe(204);
    expect(await outOf()).toEqual([200, 200, 200]);
  });

  it('by the CRM ends all of them, as nobody knows which one is theirs', async () => {
    const me = await signedInTwice();
    const { body: enrolment } = await desk.expectSuccess(desk.post('crm', '/v1/people/P-1/authenticator'));
    expect(await statusOf(me)).toBe(200);
    const code = { code: digits(enrolment.otpauth_uri) };
    await desk.expectSuccess(desk.post('crm', '/v1/people/P-1/authenticator/confirmation', code));
    expect(await statusOf(me)).toBe(401);
    const again = await signedInTwice();
    await desk.expectSuccess(desk.send('crm', 'DELETE', '/v1/people/P-1/authenticator'));
    expect(await statusOf(again)).toBe(401);
    expect((await records('session.ended')).at(-1)?.actor).toMatch(/^key:/);
  });

  it('goes by an e-mail alone where the telephone was stolen, and its thief is out; nothing is added by that', async () => {
    const device = await addPasskey(await signedInTwice());
    const thief = visitor.as((await signInBy(device)).token);
    expect((await thief.get('/v1/me')).body.strength).toBe(3);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const owner = await visitor.signIn(EMAIL);
    expect((await owner.get('/v1/me')).body.strength).toBe(1);
    const [{ id }] = (await owner.get('/v1/me/ways')).body.passkeys;
    await stale();
    expect((await owner.send('DELETE', `/v1/me/passkeys/${id}`)).body.code).toBe('proof_required');
    const fresh = visitor.as((await proveByCode(owner, 'email')).body.token);
    expect((await fresh.send('DELETE', `/v1/me/passkeys/${id}`)).status).toBe(204);
    expect([await statusOf(thief), await statusOf(fresh)]).toEqual([401, 200]);
    expect(await signInBy(device)).toEqual(NOTHING);
    for (const path of ['/v1/me/passkeys/questions', '/v1/me/authenticator']) {
      expect((await fresh.send('POST', path)).body.code).toBe('proof_required');
    }
  });
});

describe('signing in anew in the same browser', () => {
  it('ends the session that was there, by each way in and whosever it was, and no other', async () => {
    const browser = visitor.browser();
    const elsewhere = await visitor.signIn(PHONE);
    const gone: string[] = [];
    const anew = async (signIn: () => Promise<unknown>): Promise<void> => {
      const before = browser.cookie('session') ?? '';
      expect((await visitor.as(before).get('/v1/me')).status).toBe(200);
      await desk.owner.query('DELETE FROM code_budget_entries');
      await signIn();
      const after = browser.cookie('session') ?? '';
      gone.push(before);
      expect(gone).not.toContain(after);
      for (const one of gone) expect((await visitor.as(one).get('/v1/me')).status).toBe(401);
      expect((await visitor.as(after).get('/v1/me')).status).toBe(200);
    };
    await browser.signIn(OTHER);
    await anew(() => browser.signIn(PHONE));
    await anew(() => signInThere(browser, { ref: 'P-1', acr: 'substantial' }));
    // A passkey that comes ends the others: it is added in this very session.
    const device = new SoftwarePasskey(DEVICE);
    const page = await browser.get('/portal/ways/passkeys/new');
    await browser.submit('/portal/ways/passkeys', { credential: device.add(optionsOf(page)) });
    expect((await elsewhere.get('/v1/me')).status).toBe(401);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const later = await visitor.signIn(PHONE);
    await anew(async () => {
      const question = await browser.get('/portal/sign-in/passkey');
      await browser.submit('/portal/sign-in/passkey', { credential: device.show(optionsOf(question)) });
    });
    await anew(async () => {
      const { id } = await visitor.ask(PHONE);
      await browser.get(`/demo/sign-in/${id}/${await desk.codeOf(id)}`);
    });
    expect((await later.get('/v1/me')).status).toBe(200);
    // What is no token, or one that was altered, ends nothing.
    const other = visitor.browser();
    other.put('session', `${(browser.cookie('session') ?? '').slice(0, -1)}~`);
    await desk.owner.query('DELETE FROM code_budget_entries');
    await other.signIn(PHONE);
    expect((await visitor.as(browser.cookie('session') ?? '').get('/v1/me')).status).toBe(200);
  });
});

describe('somebody who has died', () => {
  const PHONE_OF = '+44 7700 900171';
  const EMAIL_OF = 'dora@example.nl';
  const by = (agent: string, path: string, body: unknown = {}): Promise<Answer> =>
    desk.expectSuccess(desk.post('agent', path, body, { 'mandaat-agent': agent }));
  const evidence = {
    form: 'register',
    source: 'Burgerlijke stand Voorbeeldstad',
    reference: 'OV-2026-3',
    sha256: 'a'.repeat(64),
    dated_on: '2026-01-15',
  };
  const occurred = { occurred_on: '2026-01-20', reported_by: 'relative' };

  it('is signed out once that is in force, and signs in by no way, told as a stranger is, until it is reversed', async () => {
    await desk.person('P-9', { phone: PHONE_OF, email: EMAIL_OF, name: 'D. Fictief' });
    await desk.owner.query('DELETE FROM code_budget_entries');
    const first = await visitor.signIn(PHONE_OF);
    const me = visitor.as((await proveByCode(first, 'email')).body.token);
    const device = await addPasskey(me);
    const { body: event } = await by('A-1', '/v1/life-events', {
      person: 'P-9',
      kind: 'death',
      ...occurred,
      evidence,
    });
    // A report is none yet: who lives says so here.
    expect((await me.get('/v1/me/life-events')).body).toMatchObject([{ kind: 'death' }]);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const onTheirWay = await visitor.ask(PHONE_OF);
    const code = await desk.codeOf(onTheirWay.id);
    await by('A-2', `/v1/life-events/${event.id}/approve`);
    expect((await me.get('/v1/me')).status).toBe(401);
    const ended = (await records('session.ended')).at(-1);
    expect(ended?.actor).toMatch(/^agent:/);
    // A code that was on its way is dead.
    expect((await visitor.attempt(onTheirWay.id, code)).body).toMatchObject({ accepted: false, token: null });

    const ask = async (contact: string): Promise<readonly unknown[]> => {
      await desk.owner.query('DELETE FROM code_budget_entries');
      const { status, body } = await visitor.tryToAsk(contact);
      await desk.addressed();
      const { rowCount } = await desk.owner.query('SELECT FROM messages WHERE code_id = $1', [body.id]);
      const tried = await visitor.attempt(body.id, '000000');
      return [status, Object.keys(body), body.digits, rowCount, tried.status, tried.body];
    };
    expect(await ask(PHONE_OF)).toEqual(await ask('+44 7700 900179'));
    expect(await ask(EMAIL_OF)).toEqual(await ask('niemand@example.nl'));
    expect(await signInBy(device)).toEqual(NOTHING);
    expect(await signInBy(new SoftwarePasskey(DEVICE))).toEqual(NOTHING);
    const refusedAs = async (ref: string): Promise<readonly unknown[]> => {
      const browser = visitor.browser();
      const { status, text } = await signInThere(browser, { ref, acr: 'basic' });
      return [status, text.includes('kent deze inlog niet als klant'), browser.cookie('session')];
    };
    expect(await refusedAs('P-9')).toEqual([403, true, undefined]);
    expect(await refusedAs('P-404')).toEqual([403, true, undefined]);

    const { body: reversal } = await by('A-1', `/v1/life-events/${event.id}/reversals`, { ...occurred, evidence });
    await by('A-2', `/v1/life-events/${reversal.id}/approve`);
    await desk.owner.query('DELETE FROM code_budget_entries');
    expect((await (await visitor.signIn(PHONE_OF)).get('/v1/me')).body.ref).toBe('P-9');
    expect((await signInBy(device)).accepted).toBe(true);
    // What was signed out stays so.
    expect((await me.get('/v1/me')).status).toBe(401);
  });
});

describe('every form of these pages', () => {
  it('changes nothing without a token of ours, and no page may be framed', async () => {
    const browser = visitor.browser();
    await signInThere(browser, { ref: 'P-1', acr: 'substantial' });
    const id = '00000000-0000-4000-8000-000000000000';
    for (const path of [
      '/portal/prove/code',
      '/portal/prove/code/attempts',
      '/portal/prove/authenticator',
      '/portal/prove/passkey',
      '/portal/ways/authenticator',
      '/portal/ways/authenticator/confirmation',
      '/portal/ways/authenticator/removal',
      '/portal/ways/passkeys',
      `/portal/ways/passkeys/${id}/removal`,
      '/portal/sign-in/passkey',
    ]) {
      const forged = await browser.post(path, { form_token: 'abc' });
      expect([path, forged.status]).toEqual([path, 403]);
    }
    const { headers } = await fetch(`${desk.api.url}/portal/sign-in/passkey`);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
  });
});

describe('contact points that somebody changes themselves', () => {
  const START_PHONE = '+44 7700 900160';
  const NEW_PHONE = '+44 7700 900161';
  let serial = 0;
  let personId: string;
  let ref: string;
  let email: string;
  let phone: string;
  let me: Me;

  /** Another person in each test, signed in by phone. */
  beforeEach(async () => {
    serial += 1;
    ref = `P-C${serial}`;
    phone = `+44 7700 9002${String(serial).padStart(2, '0')}`;
    email = `verander${serial}@example.nl`;
    personId = await desk.person(ref, { name: 'Vera Voorbeeld', phone, email, postal: 'Oudstraat 1, 0000 XX Nergens' });
    me = await visitor.signIn(phone);
  });

  type Side = 'known' | 'new';
  const propose = (wish: Record<string, unknown>): Promise<Answer> => me.send('POST', '/v1/me/contact-changes', wish);
  const kinds = async (): Promise<readonly string[]> =>
    (await me.get('/v1/me/contact-points')).body.contact_points
      .map(({ kind, masked }: { kind: string; masked: string }) => `${kind} ${masked}`)
      .toSorted();
  const idOf = async (kind: string): Promise<string> =>
    (await me.get('/v1/me/contact-points')).body.contact_points.find((one: { kind: string }) => one.kind === kind).id;

  async function codeOf(id: string, side: Side): Promise<string> {
    const { rows } = await desk.owner.query<{ known: string; new: string }>(
      'SELECT known_code_id AS known, new_code_id AS new FROM contact_changes WHERE id = $1',
      [id],
    );
    return desk.codeOf(rows[0]?.[side] ?? '');
  }

  function type(id: string, side: Side, code: string): Promise<Answer> {
    return me.send('POST', `/v1/me/contact-changes/${id}/attempts`, { side, code });
  }

  async function confirm(id: string, side: Side): Promise<Answer['body']> {
    return (await desk.expectSuccess(type(id, side, await codeOf(id, side)))).body;
  }

  async function told(): Promise<readonly string[]> {
    await desk.sent();
    const { rows } = await desk.owner.query<{ recipient: string }>(
      `SELECT i.recipient FROM messages m JOIN demo_inbox i ON i.message_id = m.id
       WHERE m.person_id = $1 AND m.template = 'contact_changed' ORDER BY 1`,
      [personId],
    );
    return rows.map(({ recipient }) => recipient);
  }

  it('begin when a code to one that we knew confirms them and a code to the new one came back; then both are told', async () => {
    const elsewhere = await visitor.signIn(email);
    const { status, body } = await propose({ kind: 'phone', value: NEW_PHONE });
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        kind: 'phone',
        added: '161',
        ended: null,
        known: phone.slice(-3),
        is_new_confirmed: false,
      }),
    ]);
    const message = await desk.message('person_id', personId, 'contact_code');
    expect(message.body).toMatch(/telefoonnummer dat eindigt op 161 toevoegen|dat u dit bericht echt krijgt/);
    expect(await confirm(body.id, 'known')).toEqual({ accepted: true, done: false, tries_left: 0 });
    expect(await kinds()).toEqual([`email v…@example.nl`, `phone ${phone.slice(-3)}`, 'postal Oud…']);
    // What was only proposed is nobody's way in, and stands in no history.
    const history = await desk.get('crm', `/v1/people/${ref}/contact-points/history`);
    expect(history.body.contact_points).toHaveLength(3);
    expect(await confirm(body.id, 'new')).toEqual({ accepted: true, done: true, tries_left: 0 });
    expect(await kinds()).toContain('phone 161');
    expect((await me.get(`/v1/me/contact-changes/${body.id}`)).status).toBe(404);
    expect(await told()).toEqual(expect.arrayContaining([email, NEW_PHONE.replaceAll(' ', '')]));
    // Who was signed in elsewhere is not any more.
    expect([(await elsewhere.get('/v1/me')).status, (await me.get('/v1/me')).status]).toEqual([401, 200]);
    // It is new: no code goes there for seven days.
    const own = (await me.get('/v1/me/contact-points')).body.contact_points;
    const added = own.find(({ masked }: { masked: string }) => masked === '161');
    expect(added.is_usable).toBe(false);
    expect(Date.parse(added.usable_from) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    expect((await me.send('POST', '/v1/me/proofs/codes', { contact_point_id: added.id })).status).toBe(404);
    const { body: activity } = await me.get('/v1/me/activity?category=changed&limit=10');
    const sentences = activity.entries.map(({ sentence }: { sentence: string }) => sentence);
    expect(sentences).toEqual(
      expect.arrayContaining([
        'Hoe wij u bereiken, is veranderd.',
        'U wilde veranderen hoe wij u bereiken. Wij stuurden u codes om dat te bevestigen.',
      ]),
    );
  });

  it('take the place of another, or go, as long as one is left that codes go to', async () => {
    const { body } = await propose({ kind: 'email', value: 'nieuw@example.nl', remove: await idOf('email') });
    expect(body).toMatchObject({ added: 'n…@example.nl', ended: 'v…@example.nl', known: 'v…@example.nl' });
    await confirm(body.id, 'new');
    await confirm(body.id, 'known');
    expect(await kinds()).toEqual(['email n…@example.nl', `phone ${phone.slice(-3)}`, 'postal Oud…']);
    expect(await told()).toEqual(['nieuw@example.nl', email]);
    const last = await propose({ remove: await idOf('phone') });
    expect(last).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    expect((await propose({ kind: 'phone', value: NEW_PHONE, remove: await idOf('phone') })).body.code).toBe(
      'invalid_state',
    );
    expect((await propose({ remove: await idOf('postal') })).body.code).toBe('invalid_state');
    await desk.owner.query('DELETE FROM code_budget_entries');
    const gone = await propose({ remove: await idOf('email') });
    expect(await confirm(gone.body.id, 'known')).toMatchObject({ done: true });
    expect(await kinds()).toEqual([`phone ${phone.slice(-3)}`, 'postal Oud…']);
  });

  it('never take the last two away one by one, nor by saying meanwhile that others read the other', async () => {
    const [phoneId, emailId] = [await idOf('phone'), await idOf('email')];
    const first = (await propose({ remove: phoneId })).body.id;
    const second = (await propose({ remove: emailId })).body.id;
    const late = await codeOf(second, 'known');
    const shared = await me.send('PUT', `/v1/me/contact-points/${emailId}/shared`, { shared: true });
    expect(shared.status).toBeLessThan(300);
    expect((await type(first, 'known', await codeOf(first, 'known'))).body.code).toBe('invalid_state');
    await me.send('PUT', `/v1/me/contact-points/${emailId}/shared`, { shared: false });
    await desk.owner.query('UPDATE contact_points SET verified_at = $2, changed_at = $2 WHERE id = $1', [
      emailId,
      '2020-01-01T00:00:00Z',
    ]);
    expect(await confirm(first, 'known')).toMatchObject({ done: true });
    expect((await type(second, 'known', late)).body.code).toBe('invalid_state');
    expect(await kinds()).toEqual(['email v…@example.nl', 'postal Oud…']);
  });

  it('are not made by saying that others read what was never shown to be theirs', async () => {
    const id = await idOf('email');
    await desk.owner.query('UPDATE contact_points SET verified_at = NULL WHERE id = $1', [id]);
    const { status, body } = await me.send('PUT', `/v1/me/contact-points/${id}/shared`, { shared: true });
    expect([status, body.code]).toEqual([409, 'invalid_state']);
  });

  it('are nobody’s but theirs: their codes are no confirmations of the desk', async () => {
    const { body } = await propose({ kind: 'phone', value: NEW_PHONE });
    const { rows } = await desk.owner.query<{ id: string }>(
      'SELECT new_code_id AS id FROM contact_changes WHERE id = $1',
      [body.id],
    );
    for (const path of ['', '/resend', '/cancel', '/attempts']) {
      const sent = path === '/attempts' ? { code: '000000' } : {};
      const way = `/v1/confirmations/${rows[0]?.id}${path}`;
      const answer = await (path === '' ? desk.get('crm', way) : desk.post('crm', way, sent));
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });

  it('of the address of record are shown by a letter, weeks later too', async () => {
    const { body } = await propose({ kind: 'postal', value: 'Nieuwstraat 2, 0000 XX Nergens' });
    expect(body).toMatchObject({ added: 'Nie…', ended: 'Oud…' });
    await confirm(body.id, 'known');
    expect(await type(body.id, 'new', '00000 00000')).toMatchObject({ body: { accepted: false, tries_left: 4 } });
    await desk.owner.query(
      "UPDATE codes SET issued_at = issued_at - interval '20 days', expires_at = expires_at - interval '20 days'",
    );
    const { rows } = await desk.owner.query<{ body: string }>(
      `SELECT i.body FROM messages m JOIN demo_inbox i ON i.message_id = m.id JOIN contact_changes c ON c.new_code_id = m.code_id
       WHERE c.id = $1`,
      [body.id],
    );
    const code = /(\d{5}) (\d{5})/.exec(rows[0]?.body ?? '')?.[0] ?? '';
    expect((await type(body.id, 'new', code)).body).toMatchObject({ accepted: true, done: true });
    expect(await kinds()).toContain('postal Nie…');
    expect(await kinds()).not.toContain('postal Oud…');
  });

  it('need a fresh proof, more than an e-mail, the right codes, and belong to their person', async () => {
    const weak = await visitor.signIn(email);
    expect((await weak.send('POST', '/v1/me/contact-changes', { kind: 'phone', value: NEW_PHONE })).body.code).toBe(
      'proof_required',
    );
    expect((await propose({ kind: 'phone', value: phone })).body.errors[0].pointer).toBe('/value');
    for (const wrong of [
      { kind: 'phone', value: 'niets' },
      { kind: 'phone', value: '+1 212 555 0100' },
      { kind: 'email', value: 'geen-adres' },
      { kind: 'phone' },
      { value: NEW_PHONE },
    ]) {
      expect([wrong, (await propose(wrong)).status]).toEqual([wrong, 400]);
    }
    const foreign = (await (await visitor.signIn(OTHER)).get('/v1/me/contact-points')).body.contact_points[0].id;
    for (const wish of [{ remove: foreign }, { kind: 'email', value: 'a@example.nl', confirm_at: foreign }, {}]) {
      expect([wish, (await propose(wish)).status]).toEqual([wish, 404]);
    }
    const { body } = await propose({ kind: 'phone', value: NEW_PHONE });
    const other = await visitor.signIn(OTHER);
    for (const [method, path, sent] of [
      ['GET', '', undefined],
      ['DELETE', '', undefined],
      ['POST', '/attempts', { side: 'known', code: '000000' }],
      ['POST', '/codes', { side: 'known' }],
    ] as const) {
      expect((await other.send(method, `/v1/me/contact-changes/${body.id}${path}`, sent)).status).toBe(404);
    }
    const [known, fresh] = [await codeOf(body.id, 'known'), await codeOf(body.id, 'new')];
    // The code of one side is none for the other.
    expect((await type(body.id, 'known', fresh)).body.accepted).toBe(known === fresh);
    expect((await me.send('POST', `/v1/me/contact-changes/${body.id}/codes`, { side: 'known' })).status).toBe(204);
    expect((await type(body.id, 'known', known)).body.accepted).toBe(false);
    expect(await confirm(body.id, 'known')).toMatchObject({ accepted: true });
    expect((await type(body.id, 'known', known)).body.code).toBe('invalid_state');
    for (let turn = 0; turn < 5; turn += 1) await type(body.id, 'new', '000000');
    expect((await type(body.id, 'new', fresh)).body).toEqual({ accepted: false, done: false, tries_left: 0 });
    expect((await me.send('DELETE', `/v1/me/contact-changes/${body.id}`)).status).toBe(204);
    await stale();
    expect((await propose({ kind: 'email', value: 'nieuw@example.nl' })).body.code).toBe('proof_required');
    await desk.owner.query('UPDATE contact_points SET changed_at = now() WHERE person_id = $1 AND ended_at IS NULL', [
      personId,
    ]);
    await desk.owner.query('UPDATE sessions SET proved_at = now() WHERE ended_at IS NULL');
    expect((await propose({ kind: 'email', value: 'nieuw@example.nl' })).body.code).toBe('no_usable_contact_point');
  });

  it('stay as they were chosen, whatever the CRM says again, until it says the same or overrules them', async () => {
    const crm = (points: readonly (readonly [string, string])[], more = {}) =>
      desk.put('crm', `/v1/people/${ref}`, {
        kind: 'person',
        name: 'Vera Voorbeeld',
        language: 'nl',
        contact_points: points.map(([kind, value]) => ({ kind, value, verified_at: '2020-01-01T00:00:00Z' })),
        ...more,
      });
    const address = ['postal', 'Oudstraat 1, 0000 XX Nergens'] as const;
    const old = [['phone', phone], ['email', email], address] as const;
    const { body } = await propose({ kind: 'email', value: 'zelf@example.nl', remove: await idOf('email') });
    await confirm(body.id, 'known');
    await confirm(body.id, 'new');
    const chosen = ['email z…@example.nl', `phone ${phone.slice(-3)}`, 'postal Oud…'];
    await crm(old);
    expect(await kinds()).toEqual(chosen);
    // The CRM has heard of it: from now on it says what counts, as ever.
    const agreed = [['phone', phone], ['email', 'zelf@example.nl'], address] as const;
    await crm(agreed);
    expect(await kinds()).toEqual(chosen);
    await crm([['phone', phone], address]);
    expect(await kinds()).toEqual(chosen.slice(1));
    await crm(old);
    expect(await kinds()).toEqual(['email v…@example.nl', ...chosen.slice(1)]);
    await desk.owner.query("UPDATE contact_points SET changed_at = '2020-01-01' WHERE ended_at IS NULL");
    await desk.owner.query('DELETE FROM code_budget_entries');
    const moved = await propose({ kind: 'postal', value: 'Nieuwstraat 2, 0000 XX Nergens' });
    await confirm(moved.body.id, 'known');
    await desk.sent();
    const { rows } = await desk.owner.query<{ body: string }>(
      `SELECT i.body FROM messages m JOIN demo_inbox i ON i.message_id = m.id JOIN contact_changes c ON c.new_code_id = m.code_id
       WHERE c.person_id = $1`,
      [personId],
    );
    expect((await type(moved.body.id, 'new', /(\d{5}) (\d{5})/.exec(rows[0]?.body ?? '')?.[0] ?? '')).body.done).toBe(
      true,
    );
    const third = [
      ['phone', phone],
      ['email', email],
      ['postal', 'Derdestraat 3, 0000 XX Nergens'],
    ] as const;
    await crm(third);
    expect(await kinds()).toContain('postal Nie…');
    await crm(third, { overrule_own_choice: true });
    expect(await kinds()).toEqual(['email v…@example.nl', `phone ${phone.slice(-3)}`, 'postal Der…']);
  });

  it('are changed on pages, which say what to do when everything is lost', async () => {
    const browser = visitor.browser();
    await browser.signIn(phone);
    expect((await browser.get('/portal/ways')).text).toContain('href="/portal/ways/contact"');
    const page = (await browser.get('/portal/ways/contact')).text;
    for (const part of ['Oud…', 'Bent u iets kwijt?', 'Weghalen']) expect(page).toContain(part);
    const removal = /action="(\/portal\/ways\/contact\/[^"]+\/removal)"/.exec(page)?.[1] ?? '';
    await browser.get('/portal/ways/contact/new');
    const wrong = await browser.submit('/portal/ways/contact/new', { value: 'Kort' });
    expect([wrong.status, wrong.text.includes('value="Kort"')]).toEqual([400, true]);
    const bad = await browser.submit('/portal/ways/contact/new', { value: phone });
    expect(bad.status).toBe(400);
    expect(bad.text).toContain('dat wij nog niet van u kennen');
    const asked = await browser.submit('/portal/ways/contact/new', { value: START_PHONE });
    const id = asked.location?.split('/').at(-1) ?? '';
    expect((await browser.get(asked.location ?? '')).text).toContain('Typ de codes over');
    const empty = await browser.submit(`/portal/ways/contact/${id}/code`, { side: 'new', code: '' });
    expect([empty.status, empty.text.includes('Vul de code in')]).toEqual([400, true]);
    const guess = await browser.submit(`/portal/ways/contact/${id}/code`, { side: 'known', code: '000000' });
    expect(guess.text).toContain('U kunt het nog 4 keer proberen.');
    const known = { side: 'known', code: await codeOf(id, 'known') };
    expect((await browser.submit(`/portal/ways/contact/${id}/code`, known)).location).toBe(
      `/portal/ways/contact/${id}`,
    );
    expect((await browser.get('/portal/ways/contact')).text).toContain('Dit wacht nog op uw codes:');
    const fresh = { side: 'new', code: await codeOf(id, 'new') };
    const done = await browser.submit(`/portal/ways/contact/${id}/code`, fresh);
    expect(done.location).toBe('/portal/ways/contact?changed=yes');
    expect((await browser.get(done.location ?? '')).text).toContain('Het is veranderd.');
    await desk.owner.query('DELETE FROM code_budget_entries');
    await browser.get('/portal/ways/contact');
    const gone = await browser.submit(removal, {});
    await browser.get(gone.location ?? '');
    const again = await browser.submit(`${gone.location ?? ''}/resend`, { side: 'known', how: 'voice' });
    expect(again.location).toBe(gone.location);
    expect((await browser.submit(`${gone.location ?? ''}/cancel`, {})).location).toBe('/portal/ways/contact');
  });
});
