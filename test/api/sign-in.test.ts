import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MessageCaps } from '../../src/messages/message-caps.ts';
import { SessionsRepository } from '../../src/sessions/sessions.repository.ts';
import { Desk } from '../support/desk.ts';
import { changed } from '../support/two-desks.ts';
import { Visitor } from '../support/visitor.ts';

const PHONE = '+44 7700 900141';
const SHARED = '+44 7700 900142';
const FRESH = '+44 7700 900143';
const UNKNOWN = '+44 7700 900149';

let desk: Desk;
let visitor: Visitor;

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  await desk.person('P-1', { phone: PHONE, email: 'fictief@example.nl', name: 'H. Fictief' });
  await desk.person('P-2', { phone: SHARED, name: 'A. Verzonnen' });
  await desk.person('P-3', { phone: SHARED, name: 'B. Verzonnen' });
  const fresh = await desk.person('P-4', { phone: FRESH, name: 'C. Nieuw' });
  await desk.owner.query("UPDATE contact_points SET changed_at = now() - interval '6 days' WHERE person_id = $1", [
    fresh,
  ]);
});
afterAll(() => desk.close());

describe('signing in with a code', () => {
  it('opens a session of strength 2 by phone, for exactly this person', async () => {
    const asked = await visitor.ask(PHONE);
    const { body } = await visitor.attempt(asked.id, await desk.codeOf(asked.id));
    expect(body).toMatchObject({ accepted: true, session: { strength: 2, methods: ['sms'], is_current: true } });
    const me = await visitor.as(body.token).get('/v1/me');
    expect(me.body).toEqual({ ref: 'P-1', name: 'H. Fictief', language: 'nl', strength: 2 });
  });

  it('opens one of strength 1 by e-mail', async () => {
    const me = await visitor.signIn('fictief@example.nl');
    expect((await me.get('/v1/me')).body).toMatchObject({ ref: 'P-1', strength: 1 });
  });

  it('speaks the code on request', async () => {
    const asked = await visitor.ask(PHONE, { spoken: true });
    expect(asked.route).toBe('voice');
    const { body } = await visitor.attempt(asked.id, await desk.codeOf(asked.id));
    expect(body).toMatchObject({ accepted: true, session: { strength: 2, methods: ['voice'] } });
  });

  it('takes a code once', async () => {
    const asked = await visitor.ask('fictief@example.nl');
    const code = await desk.codeOf(asked.id);
    expect((await visitor.attempt(asked.id, code)).body.accepted).toBe(true);
    expect((await visitor.attempt(asked.id, code)).body).toMatchObject({ accepted: false, tries_left: 0, token: null });
  });

  it('does not take the code of another sign-in of the same person', async () => {
    const first = await visitor.ask('fictief@example.nl');
    const code = await desk.codeOf(first.id);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const second = await visitor.ask('fictief@example.nl');
    const other = await desk.codeOf(second.id);
    if (other !== code) expect((await visitor.attempt(second.id, code)).body.accepted).toBe(false);
    expect((await visitor.attempt(second.id, other)).body.accepted).toBe(true);
  });
});

describe('a link that types the code, as the demo prints it', () => {
  it('signs in once, and never again', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const { id } = await visitor.ask(PHONE);
    const link = `/demo/sign-in/${id}/${await desk.codeOf(id)}`;
    const stranger = visitor.browser();
    expect((await stranger.get(`/demo/sign-in/${id}/000000`)).location).toMatch(/^\/portal\/sign-in/);
    const browser = visitor.browser();
    expect(await browser.get(link)).toMatchObject({ status: 303, location: '/portal' });
    expect((await browser.get('/portal')).text).toContain('H. Fictief');
    const second = visitor.browser();
    expect((await second.get(link)).location).toMatch(/^\/portal\/sign-in/);
    expect((await second.get('/portal')).status).toBe(303);
  });
});

describe('who is nobody here', () => {
  it('gets the answers of somebody, and no code ever fits', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    for (const contact of [UNKNOWN, SHARED, FRESH]) {
      const asked = await visitor.ask(contact);
      expect(Object.keys(asked)).toEqual(['id', 'route', 'digits', 'expires_at']);
      expect(asked).toMatchObject({ route: 'sms', digits: 6 });
      await desk.addressed();
      for (const triesLeft of [4, 3, 2, 1, 0]) {
        const { status, body } = await visitor.attempt(asked.id, '000000');
        expect(status).toBe(200);
        expect(body).toEqual({ accepted: false, tries_left: triesLeft, token: null, session: null });
      }
      const { rows } = await desk.owner.query('SELECT FROM messages WHERE code_id = $1', [asked.id]);
      expect(rows).toHaveLength(0);
    }
  });

  it('meets the same budgets as somebody, counted by what was typed', async () => {
    const asks = async (contact: string): Promise<number[]> => {
      await desk.owner.query('DELETE FROM code_budget_entries');
      const statuses: number[] = [];
      for (let time = 0; time < 4; time += 1) statuses.push((await visitor.tryToAsk(contact)).status);
      return statuses;
    };
    expect(await asks(PHONE)).toEqual([202, 202, 202, 429]);
    expect(await asks(UNKNOWN)).toEqual([202, 202, 202, 429]);
    await desk.owner.query('DELETE FROM code_budget_entries');
  });

  it('meets the same budget of wrong codes, at whatever sign-in, and nobody’s own is touched by it', async () => {
    const guesses = async (contact: string): Promise<number> => {
      await desk.owner.query('DELETE FROM code_budget_entries');
      for (let time = 0; time < 2; time += 1) {
        const asked = await visitor.ask(contact);
        await desk.addressed();
        for (let guess = 0; guess < 5; guess += 1) await visitor.attempt(asked.id, '000000');
      }
      return (await visitor.tryToAsk(contact)).status;
    };
    expect([await guesses(PHONE), await guesses(UNKNOWN)]).toEqual([429, 429]);
    await guesses(PHONE);
    const { rows } = await desk.owner.query('SELECT DISTINCT person_id FROM code_budget_entries');
    expect(rows).toEqual([{ person_id: null }]);
    await desk.owner.query('DELETE FROM code_budget_entries');
  });

  it('is anybody while the road is closed: nothing is sent, and the answers are the same', async () => {
    const caps = desk.api.app.get(MessageCaps, { strict: false });
    const most = Reflect.get(caps, 'most') as Record<string, number>;
    const sent = async (contact: string): Promise<number | null> => {
      const asked = await visitor.ask(contact);
      expect(asked).toMatchObject({ route: 'sms', digits: 6 });
      await desk.addressed();
      return (await desk.owner.query('SELECT FROM messages WHERE code_id = $1', [asked.id])).rowCount;
    };
    Object.assign(caps, { most: { ...most, sms: 0 } });
    const closed: unknown[] = [];
    try {
      closed.push(await sent(PHONE), await sent(UNKNOWN));
    } finally {
      Object.assign(caps, { most });
    }
    expect([...closed, await sent(PHONE)]).toEqual([0, 0, 1]);
    await desk.owner.query('DELETE FROM code_budget_entries');
  });

  it('is told what would be right when it is no contact point at all', async () => {
    const { status, body } = await visitor.tryToAsk('zomaar iets');
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ pointer: '/contact', detail: expect.stringContaining('e-mail address') });
  });

  it('needs the customer number besides, where several people share a number', async () => {
    const me = await visitor.signIn(SHARED, { customer: ' p-3 ' });
    expect((await me.get('/v1/me')).body).toMatchObject({ ref: 'P-3' });
  });
});

describe('a session', () => {
  it('is shown to its person alone, and ends at once', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const here = await visitor.signIn(PHONE);
    const there = await visitor.signIn('fictief@example.nl');
    const somebody = await visitor.signIn(SHARED, { customer: 'P-2' });
    const { body: sessions } = await here.get('/v1/me/sessions');
    expect(sessions.length).toBeGreaterThanOrEqual(2);
    expect(sessions.filter((one: { is_current: boolean }) => one.is_current)).toHaveLength(1);
    const other = (await there.get('/v1/me/sessions')).body.find((one: { is_current: boolean }) => one.is_current);

    expect((await somebody.send('DELETE', `/v1/me/sessions/${other.id}`)).status).toBe(404);
    expect((await here.send('DELETE', `/v1/me/sessions/${other.id}`)).status).toBe(204);
    expect((await there.get('/v1/me')).status).toBe(401);
    expect((await here.get('/v1/me')).status).toBe(200);
  });

  it('ends all others of its person at once when they say so, and none of anybody else', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const there = await visitor.signIn('fictief@example.nl');
    const somebody = await visitor.signIn(SHARED, { customer: 'P-2' });
    const here = await visitor.signIn(PHONE);
    expect((await here.send('POST', '/v1/me/sessions/end-others')).status).toBe(204);
    const statuses = async () =>
      Promise.all([here, there, somebody].map(async (who) => (await who.get('/v1/me')).status));
    expect(await statuses()).toEqual([200, 401, 200]);
    expect((await here.get('/v1/me/sessions')).body).toHaveLength(1);
    // Nothing is left to end, and who is out ends nothing.
    expect((await here.send('POST', '/v1/me/sessions/end-others')).status).toBe(204);
    expect((await there.send('POST', '/v1/me/sessions/end-others')).status).toBe(401);
    expect(await statuses()).toEqual([200, 401, 200]);
  });

  it('ends with all others when the CRM says so, which is recorded as a look-up, and nobody else is signed out', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.owner.query('UPDATE sessions SET ended_at = now()');
    const [here, there] = [await visitor.signIn(PHONE), await visitor.signIn('fictief@example.nl')];
    const somebody = await visitor.signIn(SHARED, { customer: 'P-2' });
    expect((await desk.post('agent', '/v1/people/P-1/sign-out')).status).toBe(403);
    expect((await here.send('POST', '/v1/people/P-2/sign-out')).status).toBe(403);
    expect((await desk.post('crm', '/v1/people/P-NONE/sign-out')).status).toBe(404);
    const statuses = async () =>
      Promise.all([here, there, somebody].map(async (who) => (await who.get('/v1/me')).status));
    expect(await statuses()).toEqual([200, 200, 200]);
    expect((await desk.post('crm', '/v1/people/P-1/sign-out')).status).toBe(204);
    expect(await statuses()).toEqual([401, 401, 200]);
    const { rows } = await desk.owner.query<{ kind: string; actor: string }>(
      "SELECT kind, actor FROM audit_records WHERE kind IN ('lookup', 'session.ended') ORDER BY recorded_at DESC, sequence DESC LIMIT 3",
    );
    expect(rows.map(({ kind }) => kind).toSorted()).toEqual(['lookup', 'session.ended', 'session.ended']);
    for (const { actor } of rows) expect(actor).toMatch(/^key:/);
    // They come back as ever, and nothing is left to end.
    await desk.owner.query('DELETE FROM code_budget_entries');
    const again = await visitor.signIn(PHONE);
    expect((await desk.post('admin', '/v1/people/P-1/sign-out')).status).toBe(204);
    expect((await desk.post('admin', '/v1/people/P-1/sign-out')).status).toBe(204);
    const { body } = await (await visitor.signIn('fictief@example.nl')).get('/v1/me/activity?limit=20');
    expect((await again.get('/v1/me')).status).toBe(401);
    const sentences = body.entries.map(({ sentence }: { sentence: string }) => sentence);
    expect(sentences).toContain('Bekeken is of u ergens was ingelogd.');
  });

  it('is one of ten at most: the oldest ends', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const first = await visitor.signIn('fictief@example.nl');
    const own = (await first.get('/v1/me/sessions')).body.find((one: { is_current: boolean }) => one.is_current);
    await desk.owner.query('UPDATE sessions SET ended_at = now() WHERE id <> $1', [own.id]);
    // Eight more of a moment ago, and one that nobody used for long.
    const copied = `INSERT INTO sessions (id, person_id, token_hash, methods, contact_point_ids, strength, opened_at, proved_at, used_at, expires_at)
      SELECT gen_random_uuid(), person_id, sha256(gen_random_uuid()::text::bytea), methods, contact_point_ids, strength,
        opened_at + n * interval '1 millisecond', opened_at + n * interval '1 millisecond', $2::timestamptz + n * interval '1 millisecond', expires_at
      FROM sessions, generate_series(1, $3::integer) n WHERE id = $1`;
    await desk.owner.query(copied, [own.id, new Date(), 8]);
    await desk.owner.query(
      "UPDATE sessions SET opened_at = opened_at - interval '1 hour', proved_at = proved_at - interval '1 hour'",
    );
    await desk.owner.query(copied, [own.id, new Date(Date.now() - 30 * 60_000), 1]);
    await visitor.signIn(PHONE);
    const listed = async (me: typeof first): Promise<number> => (await me.get('/v1/me/sessions')).body.length;
    expect([(await first.get('/v1/me')).status, await listed(first)]).toEqual([200, 10]);
    const eleventh = await visitor.signIn(PHONE);
    expect([(await first.get('/v1/me')).status, await listed(eleventh)]).toEqual([401, 10]);
    const { rows } = await desk.owner.query<{ body: string }>(
      "SELECT body FROM audit_records WHERE kind = 'session.ended' ORDER BY recorded_at DESC, sequence DESC LIMIT 1",
    );
    expect(JSON.parse(rows[0]?.body ?? '')).toMatchObject({ sessionId: own.id, reason: 'too_many' });
  });

  it('ends with the contact point that was proved in it, when the CRM has that no more; others go on', async () => {
    const [first, kept, moved] = ['+44 7700 900181', 'kwijt@example.nl', '+44 7700 900182'];
    await desk.person('P-18', { phone: first, email: kept, name: 'K. Verzonnen' });
    await desk.owner.query('DELETE FROM code_budget_entries');
    const byPhone = await visitor.signIn(first);
    const byEmail = await visitor.signIn(kept);
    const statuses = async (): Promise<readonly number[]> => [
      (await byPhone.get('/v1/me')).status,
      (await byEmail.get('/v1/me')).status,
    ];
    // Said again, or one more: nobody is signed out.
    await desk.person('P-18', {
      phone: first,
      email: kept,
      postal: 'Fictielaan 18, 0000 XX Nergenshuizen',
      name: 'K. Verzonnen',
    });
    expect(await statuses()).toEqual([200, 200]);
    await desk.person('P-18', { phone: moved, email: kept, name: 'K. Verzonnen' });
    expect(await statuses()).toEqual([401, 200]);
    const { rows } = await desk.owner.query<{ actor: string; body: string }>(
      "SELECT actor, body FROM audit_records WHERE kind = 'session.ended' ORDER BY recorded_at DESC, sequence DESC LIMIT 1",
    );
    expect(rows[0]?.actor).toMatch(/^key:/);
    expect(JSON.parse(rows[0]?.body ?? '')).toMatchObject({ reason: 'contact_ended' });
  });

  it('is open, and its cookie sent, where the one of before can not be ended', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = visitor.browser();
    await browser.signIn(PHONE);
    const before = browser.cookie('session') ?? '';
    const { id } = await visitor.ask(PHONE);
    const code = await desk.codeOf(id);
    const sessions = desk.api.app.get(SessionsRepository, { strict: false });
    const away = [{ of: sessions, does: { lock: () => Promise.reject(new Error('no connection')) } }];
    const entered = await changed(away, () => browser.get(`/demo/sign-in/${id}/${code}`));
    expect(entered.status).toBe(303);
    const after = browser.cookie('session') ?? '';
    expect(after).not.toBe(before);
    expect((await browser.get('/portal/sessions')).status).toBe(200);
    // It goes on until its own end.
    expect((await visitor.as(before).get('/v1/me')).status).toBe(200);
  });

  it('ends when it is not used, and when its hours are over, by the clock of the database', async () => {
    for (const change of [
      "used_at = now() - interval '16 minutes', opened_at = now() - interval '20 minutes', proved_at = now() - interval '20 minutes'",
      "opened_at = now() - interval '3 hours', proved_at = now() - interval '3 hours', expires_at = now() - interval '1 hour'",
    ]) {
      await desk.owner.query('DELETE FROM code_budget_entries');
      const me = await visitor.signIn(PHONE);
      expect((await me.get('/v1/me')).status).toBe(200);
      await desk.owner.query(`UPDATE sessions SET ${change}`);
      expect((await me.get('/v1/me')).status).toBe(401);
    }
  });

  it('opens nothing that is for keys, and keys open nothing of it', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const me = await visitor.signIn(PHONE);
    expect((await me.get('/v1/people/P-1')).status).toBe(403);
    expect((await desk.get('crm', '/v1/me')).status).toBe(403);
    expect((await visitor.as(`mds_${'0'.repeat(32)}_${'A'.repeat(43)}`).get('/v1/me')).status).toBe(401);
  });

  it('has a token that the database does not hold', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const asked = await visitor.ask(PHONE);
    const { body } = await visitor.attempt(asked.id, await desk.codeOf(asked.id));
    const { rows } = await desk.owner.query('SELECT s::text AS row FROM sessions s');
    const secret = body.token.split('_').at(-1);
    expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
  });
});

describe('the pages', () => {
  it('take somebody in, show where they are signed in, and let them out', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = visitor.browser();
    const start = await browser.get('/portal/sessions');
    expect(start.location).toBe('/portal/sign-in?back=%2Fportal%2Fsessions');
    const ask = await browser.get(start.location ?? '');
    expect(ask.text).toContain('Inloggen');
    const sent = await browser.submit('/portal/sign-in', { contact: PHONE, how: 'text', back: '/portal/sessions' });
    expect(sent.location).toBe('/portal/sign-in/code?back=%2Fportal%2Fsessions');
    await browser.get(sent.location ?? '');
    const wrong = await browser.submit('/portal/sign-in/code', { code: '000000' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('Deze code klopt niet. U kunt het nog 4 keer proberen.');
    const before = browser.cookie('form');
    const id = browser.cookie('sign-in')?.split('.')[0] ?? '';
    const entered = await browser.submit('/portal/sign-in/code', {
      code: await desk.codeOf(id),
      back: '/portal/sessions',
    });
    expect(entered.location).toBe('/portal/sessions');
    const list = await browser.get('/portal/sessions');
    expect(browser.cookie('form')).not.toBe(before);
    expect(list.text).toContain('Deze browser');
    expect(list.text).toContain('H. Fictief');
    const out = await browser.submit('/portal/sign-out', {});
    expect(out.location).toBe('/portal/sign-in');
    // Who comes back to this computer finds nothing of it.
    expect(out.headers.get('clear-site-data')).toBe('"cache", "storage"');
    expect((await browser.get('/portal')).location).toBe('/portal/sign-in');
  });

  it('sign out everywhere else with one button, which is there when there is an elsewhere', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.owner.query('UPDATE sessions SET ended_at = now()');
    const browser = visitor.browser();
    await browser.signIn(PHONE);
    expect((await browser.get('/portal/sessions')).text).not.toContain('end-others');
    const there = await visitor.signIn('fictief@example.nl');
    expect((await browser.get('/portal/sessions')).text).toContain('Overal elders uitloggen');
    const done = await browser.submit('/portal/sessions/end-others', {});
    expect(done.location).toBe('/portal/sessions?others=ended');
    expect((await browser.get(done.location ?? '')).text).toContain('U bent overal elders uitgelogd.');
    expect((await there.get('/v1/me')).status).toBe(401);
    // One's own is a sign-out too.
    const id = /\/portal\/sessions\/([0-9a-f-]{36})\/end/.exec((await browser.get('/portal/sessions')).text)?.[1];
    const out = await browser.submit(`/portal/sessions/${id}/end`, {});
    expect([out.location, out.headers.get('clear-site-data')]).toEqual(['/portal/sign-in', '"cache", "storage"']);
  });

  it('refuse a form that is not ours, and change nothing', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = visitor.browser();
    await browser.signIn(PHONE);
    const forged = await browser.post('/portal/sign-out', { form_token: 'abc' });
    expect(forged.status).toBe(403);
    expect(forged.text).toContain('te oud');
    const other = visitor.browser();
    await other.get('/portal/sign-in');
    const foreign = await browser.post('/portal/sign-out', { form_token: other.formToken });
    expect(foreign.status).toBe(403);
    expect((await browser.get('/portal')).status).toBe(200);
  });

  it('go nowhere but to pages of their own after signing in', async () => {
    for (const back of ['https://example.com/', '//example.com', '/portal/../v1', '/portal\\example', '/v1/me']) {
      const browser = visitor.browser();
      const { text } = await browser.get(`/portal/sign-in?back=${encodeURIComponent(back)}`);
      expect(text).not.toContain('name="back"');
    }
  });

  it('do not take the token of a session from anywhere but the cookie', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const me = await visitor.signIn(PHONE);
    expect((await me.get('/portal')).status).toBe(303);
  });

  it('answer a page that does not exist, and one that fails, with a page', async () => {
    const browser = visitor.browser();
    await browser.signIn('fictief@example.nl');
    const gone = await browser.submit('/portal/sessions/00000000-0000-4000-8000-000000000000/end', {});
    expect(gone.status).toBe(404);
    expect(gone.text).toContain('Deze pagina is er niet');
    expect(gone.text).toContain('lang="nl"');
  });
});
