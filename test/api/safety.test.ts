import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { COOKIES } from '../../src/pages/cookies.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';

/** For people whom somebody near them must not find out: what is shown, sent and said, and what is not. */

const HOLDER = '+44 7700 900171';
const HOLDER_EMAIL = 'veilig@example.nl';
const PROXY = '+44 7700 900172';
const EXIT = 'https://weer.example.nl/vandaag';

let desk: Desk;
let visitor: Visitor;
let holderId: string;
let proxyId: string;

beforeAll(async () => {
  desk = await Desk.open({ exitUrl: EXIT });
  visitor = new Visitor(desk);
  const postal = 'Voorbeeldstraat 1, 0000 XX Nergens';
  holderId = await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER, email: HOLDER_EMAIL, postal });
  proxyId = await desk.person('P-2', { name: 'Willem Verzonnen', phone: PROXY });
  await desk.person('P-3', { name: 'Fee Fictief', phone: '+44 7700 900173' });
  await desk.person('P-4', { name: 'Sara Voorbeeld', phone: '+44 7700 900174' });
  await desk.contract('C-1', ['P-1']);
});
afterAll(() => desk.close());
beforeEach(() => desk.owner.query('DELETE FROM code_budget_entries'));

async function messagesTo(personId: string): Promise<readonly string[]> {
  await desk.sent();
  const { rows } = await desk.owner.query<{ told: string }>(
    `SELECT m.template || ' ' || i.recipient AS told FROM messages m JOIN demo_inbox i ON i.message_id = m.id
     WHERE m.person_id = $1 AND m.code_id IS NULL ORDER BY m.queued_at, m.id`,
    [personId],
  );
  return rows.map(({ told }) => told);
}

describe('leaving quickly', () => {
  it('is the first thing on every page, ends the session and leaves nothing behind', async () => {
    const browser = visitor.browser();
    const first = /class="govuk-skip-link">[^<]*<\/a><form method="post" action="\/portal\/leave"/;
    expect((await browser.get('/portal/sign-in')).text).toMatch(first);
    await browser.signIn(HOLDER);
    const session = browser.cookie('session') ?? '';
    for (const path of ['/portal', '/portal/mandates', '/portal/calls', '/portal/ways/contact', '/portal/nowhere']) {
      const { text } = await browser.get(path);
      if (text.includes('<h1')) expect([path, first.test(text)]).toEqual([path, true]);
    }
    // No field, no token: nothing that could be too old.
    const response = await fetch(`${desk.api.url}/portal/leave`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `mandaat-session=${session}` },
    });
    const headers = Object.fromEntries(response.headers);
    expect([response.status, await response.text()]).toEqual([303, '']);
    expect(headers).toMatchObject({
      location: EXIT,
      'referrer-policy': 'no-referrer',
      // Not the cookies: those of the desk, and of the organisation's other sites, are somebody else's to clear.
      'clear-site-data': '"cache", "storage"',
      'cache-control': 'no-store',
    });
    const cleared = response.headers.getSetCookie();
    expect(cleared.map((line) => line.split('=')[0]).toSorted()).toEqual(
      COOKIES.map((name) => `mandaat-${name}`).toSorted(),
    );
    expect(cleared.filter((line) => !/^[\w-]+=; Max-Age=0; Path=\/;/.test(line))).toEqual([]);
    expect((await browser.get('/portal')).location).toBe('/portal/sign-in');
    expect((await visitor.as(session).get('/v1/me')).status).toBe(401);
  });

  it('works for who is not signed in any more, and is a form that browsers follow to that other site alone', async () => {
    const leave = (cookie: string) =>
      fetch(`${desk.api.url}/portal/leave`, { method: 'POST', redirect: 'manual', headers: { cookie } });
    for (const cookie of ['', 'mandaat-session=nothing', `mandaat-session=mds_${'0'.repeat(32)}_${'x'.repeat(43)}`]) {
      const { status, headers } = await leave(cookie);
      expect([status, headers.get('location')]).toEqual([303, EXIT]);
    }
    const policy = (await fetch(`${desk.api.url}/portal/sign-in`)).headers.get('content-security-policy');
    expect(policy).toContain("form-action 'self' https://weer.example.nl;");
  });

  it('only leads away where a form on another site asks for it, and never keeps anybody from leaving', async () => {
    const leave = (session: string, said: string) =>
      fetch(`${desk.api.url}/portal/leave`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie: `mandaat-session=${session}`, 'sec-fetch-site': said },
      });
    const browser = visitor.browser();
    await browser.signIn(HOLDER);
    const session = browser.cookie('session') ?? '';
    for (const said of ['cross-site', 'same-site']) {
      const { status, headers } = await leave(session, said);
      expect([status, headers.get('location')]).toEqual([303, EXIT]);
      expect([headers.getSetCookie(), headers.get('clear-site-data')]).toEqual([[], null]);
      expect((await visitor.as(session).get('/v1/me')).status).toBe(200);
    }
    // Also what no browser says today: whoever wants to be away is away.
    for (const said of ['same-origin', 'none', 'whatever']) {
      await desk.owner.query('DELETE FROM code_budget_entries');
      const reader = visitor.browser();
      await reader.signIn(HOLDER);
      const own = reader.cookie('session') ?? '';
      const { status, headers } = await leave(own, said);
      expect([status, headers.get('location')]).toEqual([303, EXIT]);
      expect(headers.getSetCookie()).toHaveLength(COOKIES.length);
      expect((await visitor.as(own).get('/v1/me')).status).toBe(401);
    }
  });
});

describe('a mandate that is withdrawn in silence', () => {
  /** All that a proxy can see and try, and what an agent is told about them. */
  async function seenBy(proxy: Me, browser: ReturnType<Visitor['browser']>): Promise<unknown> {
    const list = async (path: string) => (await proxy.get(path)).body;
    const pages = ['/portal', '/portal/held', '/portal/held/ended', '/portal/activity'];
    const texts: string[] = [];
    for (const path of pages) texts.push((await browser.get(path)).text.replaceAll(/form_token" value="[^"]*"/g, ''));
    return {
      held: await list('/v1/me/mandates?side=proxy'),
      ended: await list('/v1/me/mandates?side=proxy&part=ended'),
      requests: await list('/v1/me/mandate-requests'),
      activity: (await list('/v1/me/activity?limit=100')).entries.map(({ sentence }: { sentence: string }) => sentence),
      texts,
      messages: await messagesTo(proxyId),
    };
  }

  async function refusal(claim: Parameters<Desk['open']>[1]): Promise<unknown> {
    const opened = await desk.expectSuccess(desk.open('C-1', claim));
    const strip = ({ body }: Answer): unknown =>
      body.decisions.map(({ id: _id, valid_until: _until, ...rest }: Record<string, unknown>) => rest);
    return strip(await desk.expectSuccess(desk.check(opened.body.call.id, ['invoice.explain', 'contract.terminate'])));
  }

  it('leaves its proxy with what somebody has who never had it, and nobody tells them otherwise', async () => {
    const proxy = await visitor.signIn(PROXY);
    const browser = visitor.browser();
    await browser.signIn(PROXY);
    const holder = await visitor.signIn(HOLDER);
    const other = await desk.mandate('P-1', 'P-2', ['faults'], ['C-1']);
    const before = await seenBy(proxy, browser);
    const { id, ref } = await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1']);
    const told = await messagesTo(proxyId);
    const ended = await holder.send('POST', `/v1/me/mandates/${id}/withdraw`, { silent: true });
    expect(ended.body).toMatchObject({ state: 'ended', is_silent: true });

    // No message, and no entry but that it was once granted.
    const after = (await seenBy(proxy, browser)) as Record<string, unknown>;
    expect(await messagesTo(proxyId)).toEqual(told);
    expect(after['held']).toEqual((before as Record<string, unknown>)['held']);
    expect(after['ended']).toEqual((before as Record<string, unknown>)['ended']);
    expect(after['requests']).toEqual((before as Record<string, unknown>)['requests']);
    const words = JSON.stringify([after['activity'], after['texts'], after['messages']]);
    expect(words).not.toMatch(/ingetrokken|gestopt door de klant/i);
    for (const path of ['', '/acceptance-code']) {
      expect((await proxy.get(`/v1/me/mandates/${id}${path}`)).status).toBe(404);
    }
    expect((await browser.get(`/portal/held/${id}`)).status).toBe(404);
    expect((await proxy.send('POST', `/v1/me/mandates/${id}/renounce`)).status).toBe(404);
    expect((await browser.get(`/portal/held/${other.id}`)).status).toBe(200);

    // The agent sees and says about them what is true of whoever never had one.
    const theirs = await refusal({ mandateRef: ref });
    expect(await refusal({ mandateRef: ref, number: PROXY })).toEqual(theirs);
    expect(await refusal({ number: '+49 30 23125 999' })).toEqual(theirs);
    expect(theirs).toContainEqual(
      expect.objectContaining({
        reason: 'no_mandate',
        sentence: expect.stringMatching(/^Ik zie op dit moment niet dat ik dit voor u mag doen/),
      }),
    );
    // Asking for one gets the answer that somebody gets who never had any.
    const ask = async (me: Me): Promise<unknown> => {
      const { status, body } = await me.send('POST', '/v1/me/mandate-requests', {
        contracts: ['C-1'],
        scopes: ['billing'],
      });
      return [status, Object.keys(body as object).toSorted()];
    };
    expect(await ask(proxy)).toEqual(await ask(await visitor.signIn('+44 7700 900174')));
    // The holder alone reads that it ended, and how.
    const { body } = await holder.get('/v1/me/activity?category=changed&limit=5');
    const sentences = body.entries.map(({ sentence }: { sentence: string }) => sentence);
    expect(sentences).toContainEqual('Een machtiging van u is beëindigd. De ander kreeg geen bericht.');
  });
});

describe('a contact point that others read too', () => {
  const pointOf = async (me: Me, kind: string): Promise<string> =>
    (await me.get('/v1/me/contact-points')).body.contact_points.find((one: { kind: string }) => one.kind === kind).id;
  const share = async (me: Me, kind: string, shared: boolean): Promise<Answer> =>
    me.send('PUT', `/v1/me/contact-points/${await pointOf(me, kind)}/shared`, { shared });
  const news = async (): Promise<string | undefined> => {
    const before = await messagesTo(holderId);
    const { id } = await desk.mandate('P-1', 'P-3', ['billing'], ['C-1']);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`));
    return (await messagesTo(holderId)).slice(before.length).at(-1);
  };

  it('gets no news and no code, and is said to be so by an e-mail alone', async () => {
    expect(await news()).toBe('mandate_changed +447700900171');
    const me = await visitor.signIn(HOLDER_EMAIL);
    expect((await share(me, 'phone', true)).status).toBe(204);
    expect(await news()).toBe(`mandate_changed ${HOLDER_EMAIL}`);
    expect((await me.get('/v1/me/contact-points')).body.contact_points).toContainEqual(
      expect.objectContaining({ kind: 'phone', is_shared: true, is_usable: false }),
    );
    // Nobody signs in there, and no agent can send a code there or ask by it.
    const asked = await visitor.ask(HOLDER);
    await desk.addressed();
    expect((await desk.owner.query('SELECT FROM messages WHERE code_id = $1', [asked.id])).rowCount).toBe(0);
    const { ref } = await desk.mandate('P-1', 'P-2', ['sim_and_number'], ['C-1']);
    const callId = (await desk.open('C-1', { mandateRef: ref })).body.call.id;
    await desk.identify(callId);
    const decisions = (await desk.expectSuccess(desk.check(callId, null))).body.decisions;
    expect(decisions.filter(({ outcome }: { outcome: string }) => outcome === 'ask_holder')).toEqual([]);
    // Whatever the CRM says of it.
    await desk.put('crm', '/v1/people/P-1', {
      kind: 'person',
      name: 'Hanna Voorbeeld',
      language: 'nl',
      contact_points: [
        { kind: 'phone', value: HOLDER, verified_at: '2021-01-01T00:00:00Z' },
        { kind: 'email', value: HOLDER_EMAIL, verified_at: '2020-01-01T00:00:00Z' },
        { kind: 'postal', value: 'Voorbeeldstraat 1, 0000 XX Nergens', verified_at: '2020-01-01T00:00:00Z' },
      ],
    });
    expect(await news()).toBe(`mandate_changed ${HOLDER_EMAIL}`);
    expect(await share(me, 'email', true)).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    expect((await share(me, 'postal', true)).status).toBe(204);
    expect((await share(me, 'phone', false)).body.code).toBe('proof_required');
    const { body } = await me.get('/v1/me/activity?category=changed&limit=3');
    expect(body.entries[0].sentence).toBe('U zei of iemand meeleest op een nummer of adres van u.');
  });

  it('gets no message that was waiting for it, and counts anew when it is one’s own again', async () => {
    await desk.owner.query(
      "UPDATE contact_points SET is_shared = false, verified_at = '2020-01-01' WHERE person_id = $1 AND ended_at IS NULL",
      [holderId],
    );
    const browser = visitor.browser();
    await browser.signIn(HOLDER_EMAIL);
    const page = (await browser.get('/portal/ways/contact')).text;
    const me = await visitor.signIn(HOLDER);
    const action = `/portal/ways/contact/${await pointOf(me, 'phone')}/shared`;
    expect(page).toContain(`action="${action}"`);
    const hour = new Date().getUTCHours();
    const from = hour < 18 ? hour + 4 : 3;
    const hours = (first: number | null, last: number | null) =>
      desk.owner.query('UPDATE people SET safe_from = $2, safe_until = $3 WHERE id = $1', [holderId, first, last]);
    await hours(from, from + 1);
    const { id } = await desk.mandate('P-1', 'P-3', ['billing'], ['C-1']);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`));
    expect((await browser.submit(action, { shared: 'yes' })).location).toBe('/portal/ways/contact');
    expect((await browser.get('/portal/ways/contact')).text).toContain('Wij sturen er niets naartoe.');
    await hours(null, null);
    await desk.owner.query('UPDATE graphile_worker._private_jobs SET run_at = now()');
    expect((await messagesTo(holderId)).at(-1)).toBe(`mandate_changed ${HOLDER_EMAIL}`);
    expect(
      (await me.send('PUT', `/v1/me/contact-points/${await pointOf(me, 'phone')}/shared`, { shared: false })).status,
    ).toBe(204);
    const [phone] = (await me.get('/v1/me/contact-points')).body.contact_points.filter(
      ({ kind }: { kind: string }) => kind === 'phone',
    );
    expect([phone.is_shared, phone.is_usable]).toEqual([false, false]);
    expect(Date.parse(phone.usable_from) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
  });
});
