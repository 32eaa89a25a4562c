import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Answer, Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { PAGES } from '../support/pages.ts';
import { PlainBrowser, Visitor } from '../support/visitor.ts';

const PUBLIC_URL = 'http://localhost';
const HOLDER = '+49 30 23125 041';
const REPORT = 'De beller las een wachtwoord voor.';

let provider: OpenIdProvider;
let desk: Desk;

beforeAll(async () => {
  provider = await OpenIdProvider.start(PUBLIC_URL);
  desk = await Desk.open({ publicUrl: PUBLIC_URL, ...provider.settings });
  for (const ref of ['V-1', 'V-2']) {
    await desk.put('admin', `/v1/agents/${ref}`, { role: 'privacy', team: 'privacy', is_active: true });
  }
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER });
  await desk.person('P-2', { name: 'Joost Voorbeeld', phone: '+49 30 23125 042' });
  await desk.contract('C-1', ['P-1', 'P-2']);
}, 60_000);
afterAll(async () => {
  await desk?.close();
  await provider?.stop();
});

async function signIn(person: string, roles: readonly string[] = ['desk-privacy']): Promise<PlainBrowser> {
  const browser = new PlainBrowser(desk);
  provider.roles.set(person, roles);
  provider.atKeyboard = person;
  const start = await browser.get('/desk/sign-in/start');
  const back = new URL(await provider.walkBack(start.location ?? ''));
  expect((await browser.get(`${back.pathname}${back.search}`)).location).toBe('/desk');
  const { location } = await browser.get('/desk');
  if (location !== null) await browser.get(location);
  return browser;
}

async function call(agent = 'A-1'): Promise<string> {
  const { body } = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: HOLDER, agent }));
  return body.call.id;
}

function report(callId: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return desk.post('agent', `/v1/calls/${callId}/incidents`, body, headers);
}

async function open(): Promise<readonly Answer['body'][]> {
  return (await desk.expectSuccess(desk.get('privacy', '/v1/incidents?limit=100'))).body.incidents;
}

async function pseudonymOf(ref: string): Promise<string> {
  const { rows } = await desk.owner.query<{ pseudonym: string }>('SELECT pseudonym FROM agents WHERE agent_ref = $1', [
    ref,
  ]);
  return rows[0]?.pseudonym ?? '';
}

async function recorded(kind: string): Promise<number> {
  const { rows } = await desk.owner.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM audit_records WHERE kind = $1',
    [kind],
  );
  return rows[0]?.count ?? -1;
}

describe('an incident from a call', () => {
  it('is reported by who runs it, also afterwards, and read by who deals with incidents', async () => {
    const callId = await call();
    const { status, body } = await report(callId, { type: 'secret_received', text: REPORT });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      call_id: callId,
      type: 'secret_received',
      state: 'open',
      opened_at: expect.any(String),
    });
    await desk.post('agent', `/v1/calls/${callId}/end`);
    expect((await report(callId, { type: 'incidental_use', text: 'Gezien, en gebruikt.' })).status).toBe(201);
    expect(await open()).toMatchObject([
      {
        id: body.id,
        type: 'secret_received',
        text: REPORT,
        person: 'P-1',
        call_id: callId,
        reported_by: await pseudonymOf('A-1'),
      },
      { type: 'incidental_use', note: null },
    ]);
    const { rows } = await desk.owner.query<{ row: string }>('SELECT i::text AS row FROM incidents i');
    const spellings = [REPORT, Buffer.from(REPORT).toString('hex')];
    expect(rows.some(({ row }) => spellings.some((one) => row.includes(one)))).toBe(false);
  });

  it('is nobody else’s to report, and needs a type and a text', async () => {
    const callId = await call();
    const before = await recorded('incident.reported');
    const right = { type: 'other', text: REPORT };
    const other = { 'mandaat-agent': 'A-2' };
    const bare = ({ body: { requestId: _id, ...body } }: Answer) => body;
    const foreign = await report(callId, right, other);
    expect([foreign.status, bare(foreign)]).toEqual([404, bare(await report(randomUUID(), right))]);
    expect((await desk.post('crm', `/v1/calls/${callId}/incidents`, right)).body.code).toBe('malformed_request');
    expect((await desk.post('crm', `/v1/calls/${callId}/incidents`, right, other)).status).toBe(404);
    for (const wrong of [
      { type: 'questioned' },
      { type: 'gossip' },
      { text: ' ' },
      { text: 'x'.repeat(1001) },
      { more: 1 },
    ]) {
      expect([wrong, (await report(callId, { ...right, ...wrong })).status]).toEqual([wrong, 400]);
    }
    expect(await recorded('incident.reported')).toBe(before);
    const key = { 'idempotency-key': randomUUID() };
    const [one, two] = [await report(callId, right, key), await report(callId, right, key)];
    expect([one.status, two.body.id]).toEqual([201, one.body.id]);
    expect(await recorded('incident.reported')).toBe(before + 1);
  });

  it('is one of twenty from a call at most', async () => {
    const callId = await call();
    const right = { type: 'other', text: REPORT };
    for (let turn = 0; turn < 20; turn += 1) expect((await report(callId, right)).status).toBe(201);
    expect(await report(callId, right)).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    const other = await call();
    for (let turn = 0; turn < 10; turn += 1) expect((await report(other, right)).status).toBe(201);
    // More than one page of them: each once, the oldest first.
    const browser = await signIn('V-1');
    const seen: string[] = [];
    for (let path: string | undefined = '/desk/incidents'; path !== undefined;) {
      const { text } = await browser.get(path);
      seen.push(...[...text.matchAll(/id="incident-([\w-]{36})"/g)].map(([, id = '']) => id));
      path = /href="(\/desk\/incidents\?state=open&amp;after=[\w-]+)"/.exec(text)?.[1]?.replace('&amp;', '&');
    }
    expect(seen.length).toBeGreaterThan(25);
    expect(seen).toEqual((await open()).map(({ id }) => id));
    await desk.owner.query('DELETE FROM incidents WHERE call_id = ANY ($1)', [[callId, other]]);
  });

  it('is told neither to the holder, nor to anybody who reads their activity', async () => {
    const callId = await call();
    await desk.expectSuccess(report(callId, { type: 'other', text: REPORT }));
    const [{ id }] = (await open()).slice(-1);
    const me = await new Visitor(desk).signIn(HOLDER);
    const { body } = await me.get('/v1/me/activity?limit=100');
    // The control: the call itself is told.
    expect(JSON.stringify(body)).toContain('Er was contact');
    const { rows } = await desk.owner.query<{ id: string }>(
      "SELECT id FROM audit_records WHERE kind = 'incident.reported'",
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const record of rows) {
      expect(JSON.stringify(body)).not.toContain(record.id);
      expect((await me.send('POST', `/v1/me/activity/${record.id}/incidents`, { text: 'Wat is dit?' })).status).toBe(
        404,
      );
    }
    expect((await me.get('/v1/me/incidents')).body).toEqual([]);
    await desk.expectSuccess(desk.post('privacy', `/v1/incidents/${id}/close`, { note: 'Klaar.' }));
    const { body: after } = await me.get('/v1/me/activity?limit=100');
    expect(JSON.stringify(after)).not.toMatch(/afgehandeld|Klaar/);
  });

  it('is reported on the page of the call, once for a form that is sent twice, and counted in the log', async () => {
    const browser = await signIn('A-1', ['desk-agent']);
    const callId = await call();
    await browser.get(`/desk/calls/${callId}`);
    const path = `/desk/calls/${callId}/incidents`;
    const faulty = await browser.submit(path, { type: 'other', what: ' ' });
    expect(faulty.status).toBe(400);
    expect(faulty.text).toContain('href="#report-what"');
    const form = { type: 'secret_received', what: `${REPORT}\r\nDat mag niet.`, operation: randomUUID() };
    for (let turn = 0; turn < 2; turn += 1) {
      const done = await browser.submit(path, form);
      expect([done.status, done.location]).toEqual([303, `/desk/calls/${callId}?said=reported`]);
    }
    expect((await browser.get(`/desk/calls/${callId}?said=reported`)).text).toContain('Het incident is gemeld.');
    const mine = (await open()).filter((one) => one.call_id === callId);
    expect(mine).toMatchObject([{ type: 'secret_received', text: `${REPORT}\nDat mag niet.` }]);
    const { body: log } = await desk.get('agent', `/v1/agents/me/log/${callId}`);
    expect(log.records.filter(({ kind }: { kind: string }) => kind === 'incident.reported')).toHaveLength(1);
    // Other words in a form that was sent already don't pass for what is on file.
    const changed = await browser.submit(path, { ...form, what: 'Iets heel anders.' });
    expect(changed.location).toContain('said=used');
    expect(JSON.stringify(await open())).not.toContain('Iets heel anders.');
    const other = await signIn('A-2', ['desk-agent']);
    expect((await other.submit(path, form)).status).toBe(404);
  });
});

describe('the page of incidents', () => {
  it('lists them, and closes one with a note that colleagues read', async () => {
    const callId = await call();
    await desk.expectSuccess(report(callId, { type: 'incidental_use', text: 'Een buurman zag het contract.' }));
    const browser = await signIn('V-1');
    const looks = await recorded('lookup');
    const { text: page, status } = await browser.get('/desk/incidents');
    expect(status).toBe(200);
    expect(page).toContain('Een buurman zag het contract.');
    expect(page).toContain('Toevallig gezien, en gebruikt');
    // To look is recorded, as by the API; of what an employee reported the holder hears nothing, not even that.
    expect(await recorded('lookup')).toBe(looks + 1);
    const { rows: named } = await desk.owner.query<{ ids: string[] }>(
      "SELECT person_ids AS ids FROM audit_records WHERE kind = 'lookup' ORDER BY recorded_at DESC, sequence DESC LIMIT 1",
    );
    expect(named[0]?.ids).toEqual([]);
    const [incident] = (await open()).filter((one) => one.call_id === callId);
    const path = `/desk/incidents/${incident.id}/close`;
    const faulty = await browser.submit(path, { note: 'x'.repeat(1001) });
    expect(faulty.status).toBe(400);
    expect(faulty.text).toContain(`href="#note-${incident.id}"`);
    expect((await open()).some(({ id }) => id === incident.id)).toBe(true);
    const done = await browser.submit(path, { note: 'Met de buurman gesproken.' });
    expect([done.status, done.location]).toEqual([303, '/desk/incidents?said=closed']);
    expect((await browser.get('/desk/incidents?said=closed')).text).not.toContain('Een buurman zag');
    expect((await browser.get('/desk/incidents?state=closed')).text).toContain('Met de buurman gesproken.');
    const { body } = await desk.get('privacy', '/v1/incidents?state=closed&limit=100');
    expect(body.incidents.find(({ id }: { id: string }) => id === incident.id)).toMatchObject({
      state: 'closed',
      note: 'Met de buurman gesproken.',
    });
    expect((await browser.submit(`/desk/incidents/${randomUUID()}/close`, { note: '' })).status).toBe(404);
  });

  it('has nothing about the employee who reads it: neither what they reported nor what was questioned of them', async () => {
    const callId = await call('A-2');
    const reported = await desk.expectSuccess(
      report(callId, { type: 'other', text: 'Zelf gemeld.' }, { 'mandaat-agent': 'A-2' }),
    );
    const me = await new Visitor(desk).signIn('+49 30 23125 042');
    const { body } = await me.get('/v1/me/activity?category=looked_up&limit=100');
    const entry = body.entries.find((one: { channel: string | null }) => one.channel === 'phone');
    const questioned = await desk.expectSuccess(
      me.send('POST', `/v1/me/activity/${entry.id}/incidents`, { text: 'Wie keek hier?' }),
    );
    const ids = [reported.body.id, questioned.body.id] as const;
    const self = await signIn('A-2', ['desk-privacy']);
    const other = await signIn('V-1');
    const seen = async (browser: PlainBrowser): Promise<readonly boolean[]> => {
      const { text } = await browser.get('/desk/incidents');
      return ids.map((id) => text.includes(`incident-${id}`));
    };
    expect([await seen(self), await seen(other)]).toEqual([
      [false, false],
      [true, true],
    ]);
    for (const id of ids) {
      expect([id, (await self.submit(`/desk/incidents/${id}/close`, { note: '' })).status]).toEqual([id, 404]);
    }
    const token = await provider.forge({ sub: 'A-2', roles: ['desk-privacy'] });
    const byApi = await fetch(`${desk.api.url}/v1/incidents/${ids[0]}/close`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(byApi.status).toBe(404);
    // And the database keeps to it, whoever asks.
    const own = desk.owner.query(
      "UPDATE incidents SET state = 'closed', closed_at = now(), closed_by = reported_by WHERE id = $1",
      [ids[0]],
    );
    await expect(own).rejects.toThrow('incidents_four_eyes_check');
    for (const id of ids) {
      expect([id, (await other.submit(`/desk/incidents/${id}/close`, { note: '' })).status]).toEqual([id, 303]);
    }
  });
});

describe('the page of who it is', () => {
  it('is asked by one, decided by another, and told for a day to the first alone', async () => {
    const pseudonym = await pseudonymOf('A-1');
    const asker = await signIn('V-1');
    const wrong = await asker.submit('/desk/unmaskings', { pseudonym: 'XX', reason: 'complaint', case_ref: 'a b' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('href="#pseudonym"');
    expect(wrong.text).toContain('href="#case_ref"');
    const nobody = await asker.submit('/desk/unmaskings', { pseudonym: '0000', reason: 'complaint', case_ref: 'K-1' });
    expect([nobody.status, nobody.text.includes('Niemand heeft dit pseudoniem.')]).toEqual([400, true]);
    const asked = await asker.submit('/desk/unmaskings', {
      pseudonym: pseudonym.toLowerCase(),
      reason: 'legal_claim',
      case_ref: 'K-2026-7',
    });
    const path = asked.location?.split('?')[0] ?? '';
    expect(path).toMatch(/^\/desk\/unmaskings\/[\w-]{36}$/);
    const waiting = (await asker.get(path)).text;
    expect(waiting).toContain('Wacht op een collega');
    expect(waiting).not.toContain(`${path}/approve`);
    expect(waiting).not.toContain('A-1');
    // Who asked can't agree, whatever form they send.
    expect((await asker.submit(`${path}/approve`, {})).location).toBe(`${path}?said=own`);

    const second = await signIn('V-2');
    expect((await second.get('/desk/unmaskings')).text).toContain('K-2026-7');
    await second.get(path);
    expect((await second.submit(`${path}/approve`, {})).location).toBe(`${path}?said=decided`);
    expect((await second.get(path)).text).not.toContain('A-1');
    expect((await second.submit(`${path}/reject`, {})).location).toBe(`${path}?said=not_now`);
    const told = await recorded('unmasking.told');
    expect((await asker.get(path)).text).toContain('<strong>A-1</strong>');
    expect(await recorded('unmasking.told')).toBe(told + 1);
    await desk.owner.query("UPDATE unmasking_verdicts SET decided_at = decided_at - interval '25 hours'");
    const over = (await asker.get(path)).text;
    expect([over.includes('Voorbij'), over.includes('A-1')]).toEqual([true, false]);
    // Whom it is about finds nothing.
    const subject = await signIn('A-1', ['desk-privacy']);
    expect((await subject.get(path)).status).toBe(404);
    expect((await subject.get('/desk/unmaskings')).text).not.toContain('K-2026-7');
  });
});

describe('the pages of the desk', () => {
  const ABSENT = '11111111-2222-4333-8444-555555555555';
  const isPrivacy = (route: string): boolean => /^\w+ \/desk\/(incidents|unmaskings)/.test(route);
  const isEverybodys = (route: string): boolean => /^(GET \/desk|GET \/desk\/\*|POST \/desk\/sign-out)$/.test(route);

  it.each([
    ['desk-agent', 'A-1', isPrivacy],
    ['desk-lead', 'A-2', isPrivacy],
    ['desk-privacy', 'V-1', (route: string) => !isPrivacy(route)],
  ] as const)(
    'are refused to role %s where they are for another, and open where they are not',
    async (role, who, isClosed) => {
      const browser = await signIn(who, [role]);
      const found: Record<string, boolean> = {};
      const wanted: Record<string, boolean> = {};
      const own = Object.entries(PAGES).filter(([route, whose]) => whose === 'staff' && !isEverybodys(route));
      expect(own.length).toBeGreaterThan(40);
      for (const [route] of own) {
        const [method = '', template = ''] = route.split(' ');
        const path = template.replaceAll(/\{\w+\}/g, ABSENT);
        const { status } = method === 'GET' ? await browser.get(path) : await browser.submit(path, {});
        found[route] = status === 403;
        wanted[route] = isClosed(route);
      }
      expect(found).toEqual(wanted);
    },
  );

  it('take no form of role privacy that another site sends', async () => {
    const browser = await signIn('V-1');
    const own = Object.keys(PAGES).filter((route) => route.startsWith('POST ') && isPrivacy(route));
    expect(own.length).toBeGreaterThan(3);
    for (const route of own) {
      const path = route.slice('POST '.length).replaceAll(/\{\w+\}/g, ABSENT);
      for (const forged of ['', 'mine', `${browser.formToken}x`]) {
        expect([route, (await browser.post(path, { form_token: forged })).status]).toEqual([route, 403]);
      }
      expect([route, (await browser.submit(path, {})).status]).not.toEqual([route, 403]);
    }
  });

  it('lead everybody to where they may begin, and show nobody the way to what is not theirs', async () => {
    const links = async (who: string, roles: readonly string[]): Promise<readonly boolean[]> => {
      const browser = await signIn(who, roles);
      const start = await browser.get('/desk');
      const { text } = start.location === null ? start : await browser.get(start.location);
      return ['"/desk"', '"/desk/log"', '"/desk/incidents"', '"/desk/unmaskings"'].map((one) =>
        text.includes(`href=${one}`),
      );
    };
    expect(await links('A-1', ['desk-agent'])).toEqual([true, true, false, false]);
    expect(await links('V-1', ['desk-privacy'])).toEqual([false, false, true, true]);
    expect(await links('V-2', ['desk-privacy', 'desk-agent'])).toEqual([true, true, true, true]);
  });
});
