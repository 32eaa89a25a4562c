import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';

import { type Answer, Desk } from '../support/desk.ts';
import { type AtProvider, LoginProvider } from '../support/login-provider.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { type Me, type PageSeen, type PlainBrowser, Visitor } from '../support/visitor.ts';

const PUBLIC_URL = 'http://localhost';
const START = '/portal/sign-in/openid';
const PHONE = '+44 7700 900151';
const EMAIL = 'hanna@example.nl';
const OTHER = '+44 7700 900152';
const DEVICE = { origin: PUBLIC_URL, rpId: 'localhost' };

let provider: LoginProvider;
let desk: Desk;
let visitor: Visitor;
let hanna: string;

beforeAll(async () => {
  provider = await LoginProvider.start(PUBLIC_URL);
  desk = await Desk.open({ ...provider.settings, publicUrl: PUBLIC_URL });
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
    expect(right.location).toBe('/portal/ways');
    const ways = await browser.get('/portal/ways');
    expect(ways.text).toContain('App met codes verwijderen');
    await nextStep();
    const before = browser.cookie('session');
    await browser.get('/portal/prove?back=/portal/ways');
    const proved = await browser.submit('/portal/prove/authenticator', { code: digits(uri), back: '/portal/ways' });
    expect(proved.location).toBe('/portal/ways');
    expect(browser.cookie('session')).not.toBe(before);
    await browser.get('/portal/ways');
    await browser.submit('/portal/ways/authenticator/removal', {});
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
    expect(added.location).toBe('/portal/ways');
    const list = await browser.get('/portal/ways');
    const id = /passkeys\/([0-9a-f-]{36})\/removal/.exec(list.text)?.[1] ?? '';

    const other = visitor.browser();
    const before = (await other.get('/portal/sign-in')).text;
    expect(before).toContain('href="/portal/sign-in/passkey"');
    const question = await other.get('/portal/sign-in/passkey?back=/portal/ways');
    const credential = device.show(optionsOf(question));
    const signedIn = await other.submit('/portal/sign-in/passkey', { credential, back: '/portal/ways' });
    expect(signedIn.location).toBe('/portal/ways');
    await other.get('/portal/ways');
    expect((await other.submit(`/portal/ways/passkeys/${id}/removal`, {})).location).toBe('/portal/ways');
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
