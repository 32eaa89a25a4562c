import { randomUUID } from 'node:crypto';

import { request as httpRequest } from 'node:http';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { changedConfig } from '../../src/config/config.ts';
import { startSibling, type TestApp } from '../support/app.ts';
import { text } from '../../src/pages/text.ts';
import { Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { PAGES } from '../support/pages.ts';
import { until } from '../support/until.ts';
import { PlainBrowser, Visitor } from '../support/visitor.ts';

const PUBLIC_URL = 'http://localhost';
const HOLDER = '+49 30 23125 001';
const PROXY = '+49 30 23125 002';
/** For what a stream says within a second or two, on a machine that has much else to do. Milliseconds. */
const PATIENCE = 20_000;
const STREAMS: { close(): void }[] = [];

let provider: OpenIdProvider;
let desk: Desk;
let mandate: { readonly id: string; readonly ref: string };

beforeAll(async () => {
  provider = await OpenIdProvider.start(PUBLIC_URL);
  desk = await Desk.open({ publicUrl: PUBLIC_URL, ...provider.settings });
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER });
  await desk.person('P-2', { name: 'Willem Verzonnen', phone: PROXY });
  await desk.person('P-3', { name: 'Derk Fictief', phone: '+49 30 23125 003' });
  await desk.contract('C-1', ['P-1']);
  mandate = await desk.mandate('P-1', 'P-2', ['billing', 'subscription', 'faults'], ['C-1']);
  await desk.mandate('P-1', 'P-3', ['faults'], ['C-1']);
}, 60_000);
beforeEach(() => {
  for (const person of ['A-1', 'A-2']) provider.roles.set(person, ['desk-agent']);
});
afterEach(async () => {
  for (const stream of STREAMS.splice(0)) stream.close();
  await desk.owner.query('DELETE FROM code_budget_entries');
});
afterAll(async () => {
  await desk?.close();
  await provider?.stop();
});

/** As far as the way back from the provider. */
async function toProvider(browser: PlainBrowser, person: string | null, query = ''): Promise<string> {
  const start = await browser.get(`/desk/sign-in/start${query}`);
  expect(start.status).toBe(303);
  provider.atKeyboard = person;
  const back = new URL(await provider.walkBack(start.location ?? ''));
  expect(back.origin).toBe(PUBLIC_URL);
  return `${back.pathname}${back.search}`;
}

async function signIn(person = 'A-1', roles: readonly string[] = ['desk-agent'], at = desk): Promise<PlainBrowser> {
  const browser = new PlainBrowser(at);
  provider.roles.set(person, roles);
  const back = await browser.get(await toProvider(browser, person));
  expect([back.status, back.location]).toEqual([303, '/desk']);
  expect((await browser.get('/desk')).status).toBe(200);
  return browser;
}

/** A call of this employee; its page is the last that the browser looked at. */
async function open(browser: PlainBrowser, form: Readonly<Record<string, string>> = {}): Promise<string> {
  await browser.get('/desk');
  const opened = await browser.submit('/desk/calls', {
    contract: 'C-1',
    channel: 'phone',
    as: 'proxy',
    mandate_ref: mandate.ref,
    calling_number: PROXY,
    name: '',
    language: 'nl',
    case_ref: '',
    ...form,
  });
  expect(opened.status).toBe(303);
  const id = /^\/desk\/calls\/([\w-]{36})$/.exec(opened.location ?? '')?.[1] ?? '';
  await browser.get(`/desk/calls/${id}`);
  return id;
}

/** Follows the redirect of a form that did something. */
async function act(browser: PlainBrowser, path: string, form: Readonly<Record<string, string>> = {}): Promise<string> {
  const done = await browser.submit(path, form);
  expect([path, done.status]).toEqual([path, 303]);
  return (await browser.get(done.location ?? '')).text;
}

async function identify(browser: PlainBrowser, callId: string): Promise<string> {
  await act(browser, `/desk/calls/${callId}/verifications`);
  const { rows } = await desk.owner.query<{ id: string }>(
    "SELECT id FROM codes WHERE call_id = $1 AND purpose = 'verification' ORDER BY issued_at DESC LIMIT 1",
    [callId],
  );
  const id = rows[0]?.id ?? '';
  return act(browser, `/desk/calls/${callId}/verifications/${id}`, { code: await desk.codeOf(id) });
}

async function newestQuestion(callId: string): Promise<string> {
  const { rows } = await desk.owner.query<{ id: string }>(
    "SELECT id FROM codes WHERE call_id = $1 AND purpose = 'action' ORDER BY issued_at DESC LIMIT 1",
    [callId],
  );
  return rows[0]?.id ?? '';
}

/** The titles in one group of the list. */
function group(page: string, outcome: string): string[] {
  const [, part = ''] = new RegExp(`id="group-${outcome}"([\\s\\S]*?)</section>`).exec(page) ?? [];
  return [...part.matchAll(/<h3[^>]*>([^<]*)<\/h3>/g)].map(([, title = '']) => title);
}

async function recorded(kind: string): Promise<readonly { readonly actor: string; readonly body: string }[]> {
  const { rows } = await desk.owner.query<{ actor: string; body: string }>(
    'SELECT actor, body FROM audit_records WHERE kind = $1 ORDER BY sequence',
    [kind],
  );
  return rows;
}

/** A stream as a browser holds it. */
async function listen(browser: PlainBrowser, callId: string, version: string, at: TestApp = desk.api) {
  const heard = { text: '', isOver: false, status: 0, headers: {} as Record<string, unknown> };
  const url = new URL(`/desk/calls/${callId}/live?version=${version}`, at.url);
  const request = httpRequest(url, { headers: { cookie: `mandaat-staff=${browser.cookie('staff') ?? ''}` } });
  STREAMS.push({ close: () => request.destroy() });
  await new Promise<void>((resolve, reject) => {
    request.on('error', (error) => (heard.status === 0 ? reject(error) : undefined));
    request.on('response', (response) => {
      heard.status = response.statusCode ?? 0;
      heard.headers = response.headers;
      response.setEncoding('utf8');
      response.on('data', (text: string) => (heard.text += text));
      response.on('close', () => (heard.isOver = true));
      resolve();
    });
    request.end();
  });
  return heard;
}

function versionOf(page: string): string {
  return /data-version="(\w+)"/.exec(page)?.[1] ?? '';
}

describe('signing in to the desk', () => {
  it('goes by the provider of the staff tokens, and gives a session of its own', async () => {
    const browser = await signIn();
    expect((await browser.get('/desk')).text).toContain('Nieuw gesprek');
    const token = browser.cookie('staff') ?? '';
    expect(token).toMatch(/^mdd_[0-9a-f]{32}_[\w-]{43}$/);
    const { rows } = await desk.owner.query(
      'SELECT token_hash = sha256($1::bytea) AS is_hash FROM staff_sessions WHERE ended_at IS NULL ORDER BY opened_at DESC LIMIT 1',
      [Buffer.from(token)],
    );
    expect(rows).toEqual([{ is_hash: true }]);
    const [agent] = (await desk.owner.query<{ id: string }>("SELECT id FROM agents WHERE agent_ref = 'A-1'")).rows;
    expect((await recorded('staff_session.opened')).at(-1)?.actor).toBe(`agent:${agent?.id} issuer:${provider.issuer}`);
    // No API takes it, and no page of the self-service.
    for (const path of ['/v1/calls', '/v1/me']) {
      const answer = await fetch(`${desk.api.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      expect([401, 404]).toContain(answer.status);
    }
    expect((await browser.get('/portal')).location).toBe('/portal/sign-in');
  });

  it('ends at once when they sign out, and when they are shut out, for good', async () => {
    const browser = await signIn();
    const kept = browser.cookie('staff') ?? '';
    expect((await browser.submit('/desk/sign-out', {})).location).toBe('/desk/sign-in?out=yes');
    browser.put('staff', kept);
    expect((await browser.get('/desk')).location).toBe('/desk/sign-in');
    expect((await browser.get('/desk/sign-in?out=yes')).text).toContain('anew=yes');
    // Who comes back to this computer finds nothing of it.
    const again = await signIn();
    const out = await again.submit('/desk/sign-out', {});
    expect(out.headers.get('clear-site-data')).toBe('"cache", "storage"');

    await desk.put('admin', '/v1/agents/A-9', { role: 'agent', team: 'service', is_active: true });
    const other = await signIn('A-9');
    const their = other.cookie('staff') ?? '';
    await desk.put('admin', '/v1/agents/A-9', { role: 'agent', team: 'service', is_active: false });
    expect((await other.get('/desk')).location).toBe('/desk/sign-in');
    await desk.put('admin', '/v1/agents/A-9', { role: 'agent', team: 'service', is_active: true });
    other.put('staff', their);
    expect((await other.get('/desk')).location).toBe('/desk/sign-in');
  });

  it('ends by itself: without a request, and after a shift', async () => {
    for (const change of [
      "used_at = used_at - interval '31 minutes', opened_at = opened_at - interval '1 hour'",
      "expires_at = now(), opened_at = opened_at - interval '9 hours'",
    ]) {
      const browser = await signIn();
      const id = (browser.cookie('staff') ?? '').slice(4, 36);
      await desk.owner.query(`UPDATE staff_sessions SET ${change} WHERE replace(id::text, '-', '') = $1`, [id]);
      expect((await browser.get('/desk/calls/11111111-2222-4333-8444-555555555555')).location).toBe(
        '/desk/sign-in?back=%2Fdesk%2Fcalls%2F11111111-2222-4333-8444-555555555555',
      );
    }
  });

  it('ends a shift after they showed the provider who they are, however late they came from there', async () => {
    const hoursLeft = async (): Promise<number> => {
      const { rows } = await desk.owner.query<{ hours: number }>(
        `SELECT extract(epoch FROM expires_at - now())::float / 3600 AS hours FROM staff_sessions
         WHERE ended_at IS NULL ORDER BY opened_at DESC LIMIT 1`,
      );
      return rows[0]?.hours ?? 0;
    };
    try {
      await signIn();
      expect(await hoursLeft()).toBeCloseTo(8, 1);
      provider.signedInAgo = 3 * 3600;
      await signIn();
      expect(await hoursLeft()).toBeCloseTo(5, 1);
      // A clock that is ahead makes no shift longer.
      provider.signedInAgo = -20;
      await signIn();
      expect(await hoursLeft()).toBeLessThanOrEqual(8);
      // It is asked for less than a shift ago: somebody who is out again in no time would have to come back in a call.
      const { location } = await new PlainBrowser(desk).get('/desk/sign-in/start');
      expect(new URL(location ?? '').searchParams.get('max_age')).toBe(String(7 * 3600));
    } finally {
      provider.signedInAgo = 0;
    }
  });

  it('is one of three at most: the oldest ends', async () => {
    await desk.owner.query('UPDATE staff_sessions SET ended_at = now() WHERE ended_at IS NULL');
    const browsers: PlainBrowser[] = [];
    for (let one = 0; one < 3; one += 1) browsers.push(await signIn());
    const other = await signIn('A-2');
    const statuses = () => Promise.all([...browsers, other].map(async (each) => (await each.get('/desk')).status));
    expect(await statuses()).toEqual([200, 200, 200, 200]);
    browsers.push(await signIn());
    expect(await statuses()).toEqual([303, 200, 200, 200, 200]);
    expect(JSON.parse((await recorded('staff_session.ended')).at(-1)?.body ?? '')).toMatchObject({
      reason: 'too_many',
    });
    // Somebody who signs in anew where they were signed in has no fourth one.
    const [, second, third, fourth] = browsers;
    await fourth!.get(await toProvider(fourth!, 'A-1'));
    expect((await recorded('staff_session.opened')).length).toBeGreaterThan(0);
    expect(await Promise.all([second, third, fourth].map(async (each) => (await each!.get('/desk')).status))).toEqual([
      200, 200, 200,
    ]);
  });

  it('leaves nothing of the session that was in the browser before', async () => {
    const browser = await signIn();
    const before = browser.cookie('staff') ?? '';
    await browser.get(await toProvider(browser, 'A-1'));
    const copied = new PlainBrowser(desk);
    copied.put('staff', before);
    expect((await copied.get('/desk')).location).toBe('/desk/sign-in');
    expect((await browser.get('/desk')).status).toBe(200);
  });

  it('begins at a button of ours, and not at a link on another site', async () => {
    const start = async (site: string | null, query = '') => {
      const headers: Record<string, string> = site === null ? {} : { 'sec-fetch-site': site };
      const url = `${desk.api.url}/desk/sign-in/start${query}`;
      const { headers: answered } = await fetch(url, { headers, redirect: 'manual' });
      return { location: answered.get('location') ?? '', cookies: answered.getSetCookie().join() };
    };
    const wanted = '/desk/calls/11111111-2222-4333-8444-555555555555';
    const foreign = await start('cross-site', `?back=${wanted}`);
    expect(foreign.location).toBe(`/desk/sign-in?back=${encodeURIComponent(wanted)}`);
    expect(foreign.cookies).not.toContain('staff-elsewhere');
    expect((await start('cross-site', '?anew=yes&back=https://example.nl/')).location).toBe('/desk/sign-in');
    expect((await new PlainBrowser(desk).get(foreign.location)).text).toContain('/desk/sign-in/start?back=');
    for (const site of ['same-origin', 'same-site', 'none', null]) {
      expect((await start(site)).location).toContain(`${provider.issuer}/`);
    }
  });

  it('gives nothing to a token that was there before, and another one each time', async () => {
    const browser = new PlainBrowser(desk);
    const planted = `mdd_${'0'.repeat(32)}_${'A'.repeat(43)}`;
    browser.put('staff', planted);
    const back = await toProvider(browser, 'A-1');
    await browser.get(back);
    const first = browser.cookie('staff');
    expect(first).not.toBe(planted);
    await browser.get(await toProvider(browser, 'A-1'));
    expect(browser.cookie('staff')).not.toBe(first);
  });

  it('lets nobody in with an answer of another browser, one that came before, or one that nobody asked for', async () => {
    const attacker = new PlainBrowser(desk);
    const theirs = await toProvider(attacker, 'A-2');
    const victim = new PlainBrowser(desk);
    for (const path of [theirs, '/desk/sign-in/back', '/desk/sign-in/back?code=x&state=y']) {
      const answer = await victim.get(path);
      expect([path, answer.status, victim.cookie('staff')]).toEqual([path, 400, undefined]);
    }
    await toProvider(victim, 'A-1');
    expect((await victim.get(theirs)).status).toBe(400);
    // In the browser that set out it works, once.
    expect((await attacker.get(theirs)).status).toBe(303);
    attacker.put('staff', '');
    expect((await attacker.get(theirs)).status).toBe(400);
  });

  it('says who may not in, and why', async () => {
    const refused = async (person: string | null, roles: readonly string[]) => {
      const browser = new PlainBrowser(desk);
      if (person !== null) provider.roles.set(person, roles);
      const { status, text } = await browser.get(await toProvider(browser, person));
      return [status, /<h1[^>]*>([^<]*)/.exec(text)?.[1], browser.cookie('staff')];
    };
    expect(await refused('A-404', ['desk-agent'])).toEqual([403, 'U staat hier niet als medewerker', undefined]);
    expect(await refused('A-1', [])).toEqual([403, 'De balie is niet voor uw rol', undefined]);
    expect(await refused('A-1', ['desk-admin'])).toEqual([403, 'De balie is niet voor uw rol', undefined]);
    expect(await refused(null, [])).toEqual([200, 'U bent niet ingelogd', undefined]);
    const whys = (await recorded('staff_sign_in.refused')).map(({ body }) => (JSON.parse(body) as { why: string }).why);
    expect(whys).toEqual(['unknown', 'role', 'role']);
  });

  it('lets nobody in by a process that has the secret of before it was changed, and goes on by one that has the new one', async () => {
    const config = changedConfig(desk.api.config, { deskClientSecret: 'the-secret-of-before-it-was-changed' });
    const before = await startSibling({ ...desk.api, config });
    try {
      const browser = new PlainBrowser(desk.at(before));
      const refused = await browser.get(await toProvider(browser, 'A-1'));
      expect([refused.status, refused.text.includes('/desk/sign-in'), browser.cookie('staff')]).toEqual([
        400,
        true,
        undefined,
      ]);
      // Who was in stays in, there too.
      const inside = await signIn();
      const moved = new PlainBrowser(desk.at(before));
      moved.put('staff', inside.cookie('staff') ?? '');
      expect((await moved.get('/desk')).status).toBe(200);
    } finally {
      await before.stop();
    }
  });

  it('takes the ways of signing in that it is told to, asks for them, and says when it was another one', async () => {
    const config = changedConfig(desk.api.config, { oidcAcr: ['two-factors', 'a-key'] });
    const strict = await startSibling({ ...desk.api, config });
    const comeBy = async (acr: string | null) => {
      provider.acr = acr;
      const browser = new PlainBrowser(desk.at(strict));
      const { status, text } = await browser.get(await toProvider(browser, 'A-1'));
      return [status, /<h1[^>]*>([^<]*)/.exec(text)?.[1], browser.cookie('staff') !== undefined];
    };
    try {
      const { location } = await new PlainBrowser(desk.at(strict)).get('/desk/sign-in/start');
      expect(new URL(location ?? '').searchParams.get('acr_values')).toBe('two-factors a-key');
      for (const acr of [null, 'password']) {
        expect(await comeBy(acr)).toEqual([403, 'Zo inloggen is hier niet genoeg', false]);
      }
      const whys = (await recorded('staff_sign_in.refused')).map(({ body }) => JSON.parse(body) as { why: string });
      expect(whys.filter(({ why }) => why === 'weak')).toHaveLength(2);
      expect(await comeBy('two-factors')).toEqual([303, undefined, true]);
      // Control: where nobody is told to look, nobody asks and nobody looks.
      const { location: usual } = await new PlainBrowser(desk).get('/desk/sign-in/start');
      expect(new URL(usual ?? '').searchParams.has('acr_values')).toBe(false);
      provider.acr = 'password';
      expect((await (await signIn()).get('/desk')).status).toBe(200);
    } finally {
      provider.acr = null;
      await strict.stop();
    }
  });

  it('leads nowhere but to the desk', async () => {
    const browser = new PlainBrowser(desk);
    for (const back of ['https://example.nl/', '//example.nl', '/portal', '/desk/../portal', '/desk\\x']) {
      const path = await toProvider(browser, 'A-1', `?back=${encodeURIComponent(back)}`);
      expect((await browser.get(path)).location).toBe('/desk');
    }
    const wanted = '/desk/calls/11111111-2222-4333-8444-555555555555';
    expect((await browser.get(await toProvider(browser, 'A-1', `?back=${wanted}`))).location).toBe(wanted);
  });
});

describe('a form of the desk', () => {
  it('does nothing without the token of a page that was made for this session', async () => {
    const [browser, other] = [await signIn(), await signIn('A-2')];
    const form = { contract: 'C-1', channel: 'phone', as: 'holder' };
    const before = (await recorded('call.opened')).length;
    expect((await browser.post('/desk/calls', form)).status).toBe(403);
    expect((await browser.post('/desk/calls', { ...form, form_token: other.formToken })).status).toBe(403);
    // A page of the self-service, in the same browser, makes no form of the desk.
    const { formToken } = browser;
    await browser.get('/portal/sign-in');
    expect((await browser.submit('/desk/calls', form)).status).toBe(403);
    expect((await recorded('call.opened')).length).toBe(before);
    expect((await browser.post('/desk/calls', { ...form, form_token: formToken })).status).toBe(303);
  });

  /** Those of role privacy stand in `desk-privacy.test.ts`. */
  const OTHERS = /^POST \/desk\/(incidents|unmaskings)/;
  it.each(Object.keys(PAGES).filter((route) => route.startsWith('POST /desk') && !OTHERS.test(route)))(
    'another site can send none: %s',
    async (route) => {
      const browser = await signIn();
      const callId = await open(browser);
      const path = route
        .slice('POST '.length)
        .replace('{call_id}', callId)
        .replaceAll(/\{\w+\}/g, randomUUID());
      const count = async (): Promise<string> =>
        (await desk.owner.query<{ count: string }>('SELECT count(*) FROM audit_records')).rows[0]?.count ?? '';
      const before = await count();
      for (const forged of [{ form_token: '' }, { form_token: 'mine' }, { form_token: `${browser.formToken}x` }]) {
        expect((await browser.post(path, { contract: 'C-1', channel: 'phone', as: 'holder', ...forged })).status).toBe(
          403,
        );
      }
      expect(await count()).toBe(before);
      // With a token of the page it gets as far as being looked at.
      expect((await browser.submit(path, {})).status).not.toBe(403);
    },
  );

  it('keeps what was typed and says what is wrong', async () => {
    const browser = await signIn();
    const empty = await browser.submit('/desk/calls', {
      contract: '',
      channel: 'phone',
      as: 'holder',
      name: 'Iemand <b>',
    });
    expect(empty.status).toBe(400);
    expect(empty.text).toContain('Vul een contractnummer in.');
    expect(empty.text).toContain('Iemand &lt;b>');
    const absent = await browser.submit('/desk/calls', { contract: 'C-NONE', channel: 'phone', as: 'holder' });
    expect([absent.status, absent.text.includes('Dit contract is er niet.')]).toEqual([400, true]);
    const number = await browser.submit('/desk/calls', {
      contract: 'C-1',
      channel: 'phone',
      as: 'holder',
      calling_number: '12',
    });
    expect([number.status, number.text.includes('Dit is geen telefoonnummer.')]).toEqual([400, true]);
  });
});

describe('a call at the desk', () => {
  it('goes from the list to the caller, the holder and the act, and is the same call as by the API', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    let page = (await browser.get(`/desk/calls/${callId}`)).text;
    const [agent] = (
      await desk.owner.query('SELECT a.agent_ref FROM calls c JOIN agents a ON a.id = c.agent_id WHERE c.id = $1', [
        callId,
      ])
    ).rows;
    expect(agent).toEqual({ agent_ref: 'A-1' });
    // The same answers as by the API, one after the other.
    const { body } = await desk.check(callId, null);
    const titles = (outcome: string): string[] =>
      body.decisions
        .filter((one: { outcome: string }) => one.outcome === outcome)
        .map((one: { title: string }) => one.title);
    for (const outcome of ['permit', 'verify_caller', 'ask_holder', 'deny']) {
      expect([outcome, group(page, outcome).toSorted()]).toEqual([outcome, titles(outcome).toSorted()]);
    }
    expect(group(page, 'verify_caller')).toContain('Een factuur uitleggen');
    expect(page).toContain('Ik moet nog zekerder weten wie u bent voor: “Een factuur uitleggen”.');
    // The caller speaks English, the employee Dutch.
    page = (await browser.get(`/desk/calls/${callId}?caller=en`)).text;
    expect(page).toContain('I need to be more certain who you are for: “Explain a bill”.');
    expect(group(page, 'verify_caller')).toContain('Een factuur uitleggen');

    page = await act(browser, `/desk/calls/${callId}/verifications`);
    expect(page).toContain('De code is onderweg.');
    const { rows } = await desk.owner.query<{ id: string }>('SELECT id FROM codes WHERE call_id = $1', [callId]);
    const path = `/desk/calls/${callId}/verifications/${rows[0]?.id}`;
    expect(await act(browser, path, { code: '' })).toContain('Vul eerst een code in.');
    const code = await desk.codeOf(rows[0]?.id ?? '');
    const wrong = code === '000000' ? '000001' : '000000';
    page = await act(browser, path, { code: wrong });
    expect(page).toContain('Deze code klopt niet.');
    expect(page).toContain('Nog 4 keer proberen.');
    page = await act(browser, path, { code });
    expect(page).toContain('Dat klopte. De beller is herkend.');
    expect(group(page, 'permit')).toContain('Een factuur uitleggen');

    expect(group(page, 'ask_holder')).toContain('Het abonnement opzeggen');
    page = await act(browser, `/desk/calls/${callId}/ask`, { action: 'contract.terminate' });
    expect(page).toContain('De vraag is onderweg naar de houder.');
    const question = await newestQuestion(callId);
    const yes = await desk.codeOf(question);
    page = await act(browser, `/desk/calls/${callId}/confirmations/${question}`, { code: yes });
    expect(page).toContain('De houder zei ja');
    expect(group(page, 'permit')).toContain('Het abonnement opzeggen');

    // Recorded once, however often the form comes.
    const form = { action: 'contract.terminate', operation: 'aaaa' };
    const done = await browser.submit(`/desk/calls/${callId}/execute`, form);
    expect(done.text).toContain('Vastgelegd: Het abonnement opzeggen');
    await browser.submit(`/desk/calls/${callId}/execute`, form);
    const { rows: executions } = await desk.owner.query('SELECT action FROM executions WHERE call_id = $1', [callId]);
    expect(executions).toHaveLength(1);
    const again = await browser.submit(`/desk/calls/${callId}/execute`, { ...form, operation: 'bbbb' });
    expect(again.text).toContain('Vraag eerst de houder');

    page = await act(browser, `/desk/calls/${callId}/end`);
    expect(page).toContain('Het gesprek is afgelopen');
    expect((await desk.get('agent', `/v1/calls/${callId}`)).body.ended_at).not.toBeNull();
    expect((await browser.submit(`/desk/calls/${callId}/verifications`, {})).location).toContain('said=ended');
  });

  it('lists what came with what was done, with a button for each end, and lets nothing else of it happen before', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    await identify(browser, callId);
    const execute = (action: string) =>
      browser.submit(`/desk/calls/${callId}/execute`, { action, operation: randomUUID() });
    const done = await execute('line.test');
    expect(done.text).toContain('Dit hoort bij wat u deed');
    expect(done.text).toContain('Ik ga nu de lijn testen.');
    expect(group(done.text, 'deny')).toContain('Het modem opnieuw starten');
    expect(done.text).toContain('er staat nog iets open. Wat kan wel: eerst doen en melden wat er nog openstaat.');
    expect((await execute('modem.restart')).text).toContain('Ik moet eerst nog iets anders doen.');
    const [, obligation = ''] = /name="obligation" value="([^"]+)"/.exec(done.text) ?? [];
    const report = (status: string) => act(browser, `/desk/calls/${callId}/receipts`, { obligation, status });
    expect(await report('failed')).toContain('lukte niet');
    const page = await report('done');
    expect(page).toContain('Dat is vastgelegd als gedaan.');
    expect(page).not.toContain('name="obligation"');
    expect(group(page, 'permit')).toContain('Het modem opnieuw starten');
    // It stays done, and another call's is nobody's here.
    const late = await browser.submit(`/desk/calls/${callId}/receipts`, { obligation, status: 'failed' });
    expect(late.location).toContain('said=not_now');
    const foreign = await browser.submit(`/desk/calls/${callId}/receipts`, {
      obligation: `${randomUUID()}.0.0`,
      status: 'done',
    });
    expect(foreign.status).toBe(404);
  });

  it('asks for what an action needs, and answers what no yes would permit', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    await identify(browser, callId);
    const ask = (fields: Record<string, string>) =>
      browser.submit(`/desk/calls/${callId}/ask`, { action: 'payment.plan', ...fields });
    const missing = await ask({ 'p.amount': '250,50', 'p.months': '' });
    expect(missing.status).toBe(400);
    expect(missing.text).toContain('Aantal maanden: van 1 tot 24.');
    expect(missing.text).toContain('value="250,50"');
    const tooMuch = await ask({ 'p.amount': '5000', 'p.months': '6' });
    expect(tooMuch.status).toBe(200);
    expect(tooMuch.text).toContain('Dit past niet binnen de regels die voor mij gelden');
    const asked = await ask({ 'p.amount': '250,50', 'p.months': '6' });
    expect(asked.location).toContain('said=asked');
    const page = (await browser.get(asked.location ?? '')).text;
    expect(page).toContain('Bedrag in euro: 250.5');
    const question = await newestQuestion(callId);
    await act(browser, `/desk/calls/${callId}/confirmations/${question}`, { code: await desk.codeOf(question) });
    const form = { action: 'payment.plan', operation: 'cccc', 'p.amount': '250.5', 'p.months': '6' };
    const done = await browser.submit(`/desk/calls/${callId}/execute`, form);
    expect(done.text).toContain('Vastgelegd: Een betalingsregeling afspreken');
    expect(done.text).toContain('De houder krijgt vanzelf bericht');
  });

  it('tells a no from what did not arrive, and shows neither a code, nor a number, nor who else may call', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    await identify(browser, callId);
    await act(browser, `/desk/calls/${callId}/ask`, { action: 'contract.terminate' });
    const lost = await newestQuestion(callId);
    await desk.codeOf(lost);
    await desk.owner.query("UPDATE codes SET state = 'undeliverable', answered_at = now() WHERE id = $1", [lost]);
    let page = (await browser.get(`/desk/calls/${callId}`)).text;
    expect(page).toContain('De houder heeft niets gekregen. Dat is geen nee.');
    await act(browser, `/desk/calls/${callId}/ask`, { action: 'contract.terminate' });
    const question = await newestQuestion(callId);
    const code = await desk.codeOf(question);
    const { link } = await desk.message('code_id', question);
    await fetch(`${desk.api.url}${new URL(link ?? '').pathname}/no`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'block=no',
      redirect: 'manual',
    });
    page = (await browser.get(`/desk/calls/${callId}`)).text;
    expect(page).toContain('De houder zei nee');
    expect(group(page, 'deny')).toContain('Het abonnement opzeggen');
    for (const secret of [code, '23125', '2312', 'Hanna', 'Willem', 'Verzonnen', 'Derk', 'Fictief', 'P-1', 'P-2']) {
      expect([secret, page.includes(secret)]).toEqual([secret, false]);
    }
    const readOut = await browser.submit(`/desk/calls/${callId}/reverse`, {});
    const [, digits = ''] = /Lees voor: <strong[^>]*>([\d ]+)</.exec(readOut.text) ?? [];
    const api = await desk.post('agent', `/v1/calls/${callId}/reverse-verification`);
    expect(digits.replace(' ', '')).toBe(api.body.code);
    await act(browser, `/desk/calls/${callId}/caller`, { as: 'holder' });
    expect(await act(browser, `/desk/calls/${callId}/support-code`, { code: '123456' })).toContain(
      'Deze code klopt niet.',
    );
    expect(await act(browser, `/desk/calls/${callId}/totp`, { code: '123456' })).toContain('Deze code klopt niet.');
  });

  it('is as absent to another employee, whatever their role may see by the API', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    await identify(browser, callId);
    await act(browser, `/desk/calls/${callId}/ask`, { action: 'contract.terminate' });
    const question = await newestQuestion(callId);
    const absent = '11111111-2222-4333-8444-555555555555';
    for (const [person, role] of [
      ['A-2', 'desk-agent'],
      ['A-2', 'desk-lead'],
    ] as const) {
      const other = await signIn(person, [role]);
      // Every one that there is, taken from the table.
      const routes = Object.keys(PAGES).filter((route) => route.includes(' /desk/calls/{call_id}'));
      expect(routes.length).toBeGreaterThan(40);
      for (const route of routes) {
        const [method, template = ''] = route.split(' ');
        const typed: Record<string, string> = /\/(ask|execute)$/.test(template) ? { action: 'contract.terminate' } : {};
        const at = (id: string) => {
          const path = template
            .replace('{call_id}', id)
            .replace('{confirmation_id}', question)
            .replaceAll(/\{\w+\}/g, mandate.id);
          return method === 'GET' ? other.get(path) : other.submit(path, typed);
        };
        const [own, none] = [await at(callId), await at(absent)];
        expect([person, role, route, own.status]).toEqual([person, role, route, 404]);
        const bare = (page: string): string => page.replaceAll(/value="[^"]*"/g, '');
        expect(bare(own.text)).toBe(bare(none.text));
      }
    }
    const { rows } = await desk.owner.query('SELECT tries, state FROM codes WHERE id = $1', [question]);
    expect(rows).toEqual([{ tries: 0, state: 'pending' }]);
    // A question of another call of one's own is none of this call.
    const own = await open(browser);
    expect((await browser.submit(`/desk/calls/${own}/confirmations/${question}`, { code: '1' })).status).toBe(404);
  });
});

describe('what an employee says', () => {
  const statements = async (callId: string): Promise<readonly Record<string, unknown>[]> =>
    (await desk.expectSuccess(desk.get('agent', `/v1/calls/${callId}/statements`))).body.statements;
  const typed = {
    subject: 'price',
    source: 'terms',
    amount: '29,95',
    date: '',
    text: '',
    crm_amount: '',
    crm_date: '',
  };

  it('is recorded once, told on the page, and put right beside the first', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    const path = `/desk/calls/${callId}/statements`;
    const form = { ...typed, operation: randomUUID(), date: '2026-12-31', text: 'Zonder borg.' };
    const page = await act(browser, path, form);
    for (const told of ['Het is vastgelegd', 'Prijs, om', 'Bedrag: €', '29,95', '31 december 2026', 'Zonder borg.']) {
      expect([told, page.includes(told)]).toEqual([told, true]);
    }
    await act(browser, path, form);
    // Back in the browser, another amount in the same form: it does not pass for what is recorded.
    expect(await act(browser, path, { ...form, amount: '39,95' })).toContain('is niet vastgelegd');
    const [first, ...others] = await statements(callId);
    expect([first, others]).toMatchObject([
      { amount: { cents: 2995, currency: 'EUR' }, date: '2026-12-31', comparison: 'none' },
      [],
    ]);

    const { text: correcting } = await browser.get(`/desk/calls/${callId}?correct=${String(first?.['id'])}`);
    expect(correcting).toContain('Verbeter wat is gezegd');
    expect(correcting).toContain(`name="corrects" value="${String(first?.['id'])}"`);
    const corrected = await act(browser, path, {
      ...typed,
      operation: randomUUID(),
      amount: '34.95',
      corrects: String(first?.['id']),
    });
    expect(corrected).toContain('De houder krijgt bericht');
    expect(corrected).toContain('Later verbeterd');
    expect(await statements(callId)).toMatchObject([{ is_corrected: true }, { corrects: first?.['id'] }]);

    // After the call there is nothing more to say, but something may have to be put right.
    await act(browser, `/desk/calls/${callId}/end`);
    const { text: over } = await browser.get(`/desk/calls/${callId}`);
    expect(over).toContain('Later verbeterd');
    expect(over).not.toContain('name="subject"');
    expect(await act(browser, path, { ...typed, operation: randomUUID() })).toContain('Het gesprek is afgelopen');
    const late = { ...typed, operation: randomUUID(), corrects: String(first?.['id']) };
    expect((await browser.get(`/desk/calls/${callId}?correct=${String(first?.['id'])}`)).text).toContain(
      'name="subject"',
    );
    await act(browser, path, late);
    expect(await statements(callId)).toHaveLength(3);
  });

  it('that the CRM has otherwise is a warning first, with both, and a box to tick', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    const path = `/desk/calls/${callId}/statements`;
    const form = { ...typed, operation: randomUUID(), date: '2026-12-31', crm_amount: '34,95' };
    const warned = await browser.submit(path, form);
    expect(warned.status).toBe(409);
    for (const told of ['Zeg dit nog niet', 'Er is nog niets vastgelegd', '29,95', '34,95', 'name="anyway"']) {
      expect([told, warned.text.includes(told)]).toEqual([told, true]);
    }
    // What the CRM says nothing of is no part of the warning.
    expect(/role="alert">([\s\S]*?)<\/dl>/.exec(warned.text)?.[1]).not.toContain('2026');
    expect(warned.text).toContain('name="amount" value="29,95"');
    expect((await browser.submit(path, form)).status).toBe(409);
    expect(await statements(callId)).toEqual([]);
    const warnedOf = /name="warned_of" value="([^"]*)"/.exec(warned.text)?.[1] ?? '';
    const ticked = { ...form, anyway: 'yes', warned_of: warnedOf };
    // The tick is for what the warning was about.
    expect((await browser.submit(path, { ...ticked, amount: '19,95' })).status).toBe(409);
    expect((await browser.submit(path, { ...form, anyway: 'yes' })).status).toBe(409);
    expect(await act(browser, path, ticked)).toContain('Anders dan het klantsysteem');
    expect(await statements(callId)).toMatchObject([{ comparison: 'different' }]);
  });

  it('is told what is wrong with it, at its field, with what was typed', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    const path = `/desk/calls/${callId}/statements`;
    const wrong: readonly (readonly [Record<string, string>, string, string])[] = [
      [{ amount: '' }, 'say-amount', 'Vul een bedrag, een datum of woorden in.'],
      [{ amount: 'veel' }, 'say-amount', 'Schrijf het bedrag als 29,95.'],
      [{ amount: '1.250' }, 'say-amount', 'Schrijf het bedrag als 29,95.'],
      [{ date: '31-12-2026' }, 'say-date', 'Kies een dag.'],
      [{ text: 'x'.repeat(201) }, 'say-text', 'Schrijf hoogstens 200 tekens, zonder wachtwoord of code.'],
      [{ crm_amount: '€' }, 'say-amount', ''],
      [{ crm_amount: 'x' }, 'say-crm_amount', 'Schrijf het bedrag als 29,95.'],
      [{ crm_date: '2026-12-31' }, 'say-crm_date', 'Vul ook in wat u zelf wilt zeggen.'],
    ];
    for (const [more, field, fault] of wrong) {
      const { status, text } = await browser.submit(path, { ...typed, source: 'colleague', ...more });
      if (fault === '') {
        // A sign alone is nothing: that is as if it had been left out.
        expect(status).toBe(303);
        continue;
      }
      expect([more, status]).toEqual([more, 400]);
      expect(text).toContain(`href="#${field}"`);
      expect(text).toContain(fault);
      expect(text).toContain('<option value="colleague" selected');
    }
    expect(await statements(callId)).toHaveLength(1);
  });

  it('is as absent to a colleague as the call', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    const other = await signIn('A-2');
    await open(other);
    expect((await other.submit(`/desk/calls/${callId}/statements`, typed)).status).toBe(404);
    expect(await statements(callId)).toEqual([]);
    const before = versionOf((await browser.get(`/desk/calls/${callId}`)).text);
    await act(browser, `/desk/calls/${callId}/statements`, typed);
    const [{ id } = { id: '' }] = await statements(callId);
    // Another window with this call becomes stale.
    expect(versionOf((await browser.get(`/desk/calls/${callId}`)).text)).not.toBe(before);
    // In another call it is not there to be corrected.
    const another = await open(browser);
    expect((await browser.get(`/desk/calls/${another}?correct=${String(id)}`)).text).not.toContain('name="corrects"');
    expect((await browser.get(`/desk/calls/${callId}?correct=${String(id)}`)).text).toContain('name="corrects"');
  });
});

describe('the live page of a call', () => {
  it('hears what changed, in whichever process, and ends with the call', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    await identify(browser, callId);
    await act(browser, `/desk/calls/${callId}/ask`, { action: 'contract.terminate' });
    await desk.sent();
    const version = versionOf((await browser.get(`/desk/calls/${callId}`)).text);
    const sibling = await startSibling(desk.api);
    try {
      const streams = [await listen(browser, callId, version), await listen(browser, callId, version, sibling)];
      for (const { status, headers } of streams) {
        expect([status, headers['content-type'], headers['cache-control'], headers['set-cookie']]).toEqual([
          200,
          'text/event-stream; charset=utf-8',
          'no-store',
          undefined,
        ]);
      }
      const question = await newestQuestion(callId);
      const { link } = await desk.message('code_id', question);
      await fetch(`${sibling.url}${new URL(link ?? '').pathname}/no`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'block=no',
        redirect: 'manual',
      });
      await until(() => streams.every(({ text }) => text.includes('event: changed')), PATIENCE);
      const fresh = versionOf((await browser.get(`/desk/calls/${callId}`)).text);
      for (const { text } of streams) expect(text).toContain(`data: ${fresh}`);
      await desk.post('agent', `/v1/calls/${callId}/end`);
      await until(() => streams.every(({ isOver }) => isOver), PATIENCE);
      for (const { text } of streams) expect(text).toContain('event: over');
    } finally {
      await sibling.stop();
    }
  });

  it('tells nothing of a code to a caller that would tell whether we know them', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    await act(browser, `/desk/calls/${callId}/verifications`);
    const before = versionOf((await browser.get(`/desk/calls/${callId}`)).text);
    await desk.sent();
    expect(versionOf((await browser.get(`/desk/calls/${callId}`)).text)).toBe(before);
  });

  it('ends with the session, and is for a few pages at a time', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    const streams: Awaited<ReturnType<typeof listen>>[] = [];
    for (let page = 0; page < 6; page += 1) streams.push(await listen(browser, callId, 'x'));
    expect((await listen(browser, callId, 'x')).status).toBe(429);
    // One that begins with an old version is told so at once.
    await until(() => streams.every(({ text }) => text.includes('event: changed')), PATIENCE);
    await browser.submit('/desk/sign-out', {});
    await until(() => streams.every(({ isOver }) => isOver), PATIENCE);
    expect((await listen(browser, callId, 'x')).status).toBe(303);
  });

  it('is told to who hears no stream, without a decision and without a record', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    const state = async () => JSON.parse((await browser.get(`/desk/calls/${callId}/live/state`)).text) as object;
    const version = versionOf((await browser.get(`/desk/calls/${callId}`)).text);
    const count = async () => (await desk.owner.query<{ n: string }>('SELECT count(*) AS n FROM audit_records')).rows;
    const before = await count();
    for (let times = 0; times < 3; times += 1) expect(await state()).toEqual({ version, isOver: false });
    expect(await count()).toEqual(before);
    // The control: the page itself decides, and is recorded.
    await browser.get(`/desk/calls/${callId}`);
    expect(await count()).not.toEqual(before);
    await desk.post('agent', `/v1/calls/${callId}/end`);
    expect(await state()).toMatchObject({ isOver: true });
  });

  it('keeps nobody signed in who does nothing', async () => {
    const browser = await signIn();
    const callId = await open(browser);
    const id = (browser.cookie('staff') ?? '').slice(4, 36);
    const idleMinutes = async (path: string, mode: string | null): Promise<number> => {
      await desk.owner.query(
        "UPDATE staff_sessions SET used_at = now() - interval '20 minutes', opened_at = now() - interval '1 hour' WHERE replace(id::text, '-', '') = $1",
        [id],
      );
      const cookie = `mandaat-staff=${browser.cookie('staff') ?? ''}`;
      const headers = { cookie, ...(mode === null ? {} : { 'sec-fetch-mode': mode }) };
      await new Promise<void>((resolve, reject) => {
        const request = httpRequest(new URL(path, desk.api.url), { headers }, (response) => {
          expect(response.statusCode).toBe(200);
          request.destroy();
          resolve();
        });
        request.on('error', reject).end();
      });
      const { rows } = await desk.owner.query<{ idle: number }>(
        "SELECT round(extract(epoch FROM now() - used_at) / 60)::integer AS idle FROM staff_sessions WHERE replace(id::text, '-', '') = $1",
        [id],
      );
      return rows[0]?.idle ?? -1;
    };
    const page = `/desk/calls/${callId}`;
    for (const path of [`${page}/live?version=x`, `${page}/live/state`, page]) {
      expect([path, await idleMinutes(path, 'cors')]).toEqual([path, 20]);
    }
    // Who follows a link does something, also in a browser that says nothing of it.
    expect([await idleMinutes(page, 'navigate'), await idleMinutes(page, null)]).toEqual([0, 0]);
  });
});

describe('in a frame', () => {
  it('the desk stands where it is allowed to, and no other page anywhere', async () => {
    const policyAt = async ({ url }: TestApp, path: string) => {
      const { headers } = await fetch(`${url}${path}`, { redirect: 'manual' });
      const ancestors = /frame-ancestors ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1];
      return [ancestors, headers.get('x-frame-options'), headers.getSetCookie().join(' ')];
    };
    expect((await policyAt(desk.api, '/desk/sign-in')).slice(0, 2)).toEqual(["'none'", 'DENY']);
    const config = changedConfig(desk.api.config, {
      publicUrl: 'https://mandaat.example.nl',
      deskFrameOrigins: ['https://crm.example.nl', 'https://crm.example.com'],
    });
    const framed = await startSibling({ ...desk.api, config });
    try {
      const [ancestors, older, cookies] = await policyAt(framed, '/desk/sign-in');
      expect([ancestors, older]).toEqual(['https://crm.example.nl https://crm.example.com', null]);
      expect(cookies).toMatch(/__Host-mandaat-staff-form=[^;]+;.*Secure.*SameSite=None/);
      for (const path of ['/portal/sign-in', '/docs', '/deskx', '/health/live']) {
        expect([path, ...(await policyAt(framed, path)).slice(0, 2)]).toEqual([path, "'none'", 'DENY']);
      }
      expect((await policyAt(framed, '/portal/sign-in'))[2]).toMatch(/SameSite=Lax/);
      const inFrame = await fetch(`${framed.url}/desk/sign-in`, { headers: { 'sec-fetch-dest': 'iframe' } });
      expect(await inFrame.text()).toContain('target="_blank"');
    } finally {
      await framed.stop();
    }
  });
});

describe('the self-service of the caller, at the desk', () => {
  const letters = async (callId: string): Promise<string[]> => {
    const { rows } = await desk.owner.query<{ operation: string }>(
      `SELECT a.operation FROM assisted_acts a JOIN sessions s ON s.id = a.session_id WHERE s.call_id = $1
       AND (a.lines_sealed IS NOT NULL OR a.done_at IS NULL) ORDER BY a.begun_at`,
      [callId],
    );
    return rows.map(({ operation }) => operation);
  };
  const stateOf = async (id: string): Promise<string> => (await desk.get('crm', `/v1/mandates/${id}`)).body.state;

  /** A holder with a proxy, of this test alone. */
  async function household(key: string, last: number, more: { postal?: string } = {}) {
    const phone = `+49 30 23125 1${last}`;
    await desk.person(`H-${key}`, { name: 'Hedda Fictief', phone, ...more });
    await desk.person(`V-${key}`, { name: 'Volkert Verzonnen', phone: `+49 30 23125 2${last}` });
    await desk.contract(`C-${key}`, [`H-${key}`]);
    return { phone, given: await desk.mandate(`H-${key}`, `V-${key}`, ['subscription'], [`C-${key}`]) };
  }

  async function begun(browser: PlainBrowser, key: string, phone: string): Promise<string> {
    const callId = await open(browser, { contract: `C-${key}`, as: 'holder', mandate_ref: '', calling_number: phone });
    await identify(browser, callId);
    expect(await act(browser, `/desk/calls/${callId}/help`)).toContain('U kunt beginnen.');
    return `/desk/calls/${callId}/help`;
  }

  it('begins with a caller who was identified, and is over with the call, the caller and the proof', async () => {
    const { phone, given } = await household('S1', 1);
    const browser = await signIn();
    const callId = await open(browser, { contract: 'C-S1', as: 'holder', mandate_ref: '', calling_number: phone });
    const help = `/desk/calls/${callId}/help`;
    // The number on the screen is not enough.
    expect(await act(browser, help)).toContain('Herken de beller opnieuw');
    expect((await browser.get(`${help}/given`)).location).toBe(`${help}?said=over`);
    expect((await browser.submit(`${help}/given/${given.id}/suspend`, {})).location).toBe(`${help}?said=proof`);
    expect(await stateOf(given.id)).toBe('active');
    await identify(browser, callId);
    await browser.get(help);
    expect(await act(browser, help)).toContain('U kunt beginnen.');
    expect((await browser.get(`${help}/given`)).text).toContain(given.ref);
    expect(await act(browser, `${help}/given/${given.id}/suspend`)).toContain('Gedaan.');
    expect(await stateOf(given.id)).toBe('suspended');
    // Ten minutes after the proof some things want another; an hour after it nothing is left.
    await desk.owner.query(
      `UPDATE sessions SET opened_at = opened_at - interval '11 minutes', proved_at = proved_at - interval '11 minutes'
       WHERE call_id = $1`,
      [callId],
    );
    await browser.get(`${help}/preferences`);
    const late = await browser.submit(`${help}/preferences`, { language: 'en' });
    expect(late.location).toBe(`${help}?said=proof`);
    await desk.owner.query("UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE call_id = $1", [callId]);
    expect((await browser.submit(`${help}/given/${given.id}/resume`, {})).location).toBe(`${help}?said=proof`);
    await desk.owner.query("UPDATE sessions SET expires_at = now() + interval '5 minutes' WHERE call_id = $1", [
      callId,
    ]);
    expect((await browser.get(`${help}/given`)).status).toBe(200);
    // Somebody else on the phone, and the call's end.
    await act(browser, `/desk/calls/${callId}/caller`, { as: 'holder', calling_number: phone });
    expect((await browser.get(`${help}/given`)).location).toBe(`${help}?said=over`);
    await desk.owner.query('DELETE FROM code_budget_entries');
    await identify(browser, callId);
    await act(browser, help);
    expect((await browser.get(`${help}/given`)).status).toBe(200);
    await act(browser, `/desk/calls/${callId}/end`);
    await browser.get(help);
    expect((await browser.submit(`${help}/given/${given.id}/resume`, {})).location).toBe(`${help}?said=proof`);
    expect((await browser.submit(help, {})).location).toBe(`${help}?said=over`);
    expect(await stateOf(given.id)).toBe('suspended');
  });

  it('does what the caller asks by the operations of the self-service, each recorded and told in the letter', async () => {
    const { phone, given } = await household('S2', 2);
    const other = await household('S3', 3);
    const own = await desk.mandate('H-S3', 'H-S2', ['subscription'], ['C-S3']);
    const browser = await signIn();
    const help = await begun(browser, 'S2', phone);
    const callId = help.split('/')[3] ?? '';
    const list = (await browser.get(`${help}/given`)).text;
    expect(list).toContain('Volkert Verzonnen');
    expect(list).not.toContain(own.ref);
    expect(await act(browser, `${help}/given/${given.id}/suspend`)).toContain('Gedaan.');
    expect(await act(browser, `${help}/given/${given.id}/resume`)).toContain('Gedaan.');
    expect((await browser.get(`${help}/held`)).text).toContain(own.ref);
    // What is for good takes more than one press.
    for (const forGood of [`given/${given.id}/withdraw`, `held/${own.id}/renounce`]) {
      expect(await act(browser, `${help}/${forGood}`)).toContain(text('nl', 'help.said.not_sure'));
    }
    expect([await stateOf(given.id), await stateOf(own.id)]).toEqual(['active', 'active']);
    expect(await act(browser, `${help}/held/${own.id}/renounce`, { sure: 'yes' })).toContain('Gedaan.');
    expect([await stateOf(given.id), await stateOf(own.id)]).toEqual(['active', 'ended']);
    // What is somebody else's is absent, and stays as it is.
    for (const what of ['suspend', 'withdraw', 'code']) {
      await browser.get(help);
      const foreign = await browser.submit(`${help}/given/${other.given.id}/${what}`, { code: '123456', sure: 'yes' });
      expect([what, foreign.status]).toEqual([what, 404]);
    }
    expect(await stateOf(other.given.id)).toBe('active');

    // A question of somebody on another line: with the caller's code, and with nothing else.
    const asking = await desk.open('C-S2', { number: '+49 30 23125 22', mandateRef: given.ref });
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.identify(asking.body.call.id);
    const actions = [{ name: 'contract.terminate' }];
    await desk.owner.query('DELETE FROM code_budget_entries');
    const sent = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${asking.body.call.id}/confirmations`, { actions }),
    );
    const [{ id: question }] = sent.body.confirmations;
    expect((await browser.get(`${help}/questions`)).text).toContain(question);
    const code = await desk.codeOf(question);
    const yes = `${help}/questions/${question}/yes`;
    expect(await act(browser, yes, { code: ' ' })).toContain('Vul eerst iets in.');
    expect(await act(browser, yes, { code: code === '000000' ? '000001' : '000000' })).toContain(
      'Deze code klopt niet.',
    );
    expect(await act(browser, yes, { code })).toContain('Gedaan.');

    await browser.get(`${help}/preferences`);
    const wishes = { language: 'nl', large_type: 'yes', declined_email: 'yes', safe_from: '9', safe_until: '18' };
    expect(await act(browser, `${help}/preferences`, { ...wishes, safe_until: '8' })).toContain(
      'Deze uren kloppen niet.',
    );
    expect(await act(browser, `${help}/preferences`, { ...wishes, declined_voice: 'yes' })).toContain('bereikt niets');
    expect(await act(browser, `${help}/preferences`, wishes)).toContain('Gedaan.');
    expect(await act(browser, `${help}/ask-first`, { 'scope.faults': 'yes', 'scope.nothing': 'yes' })).toContain(
      'Gedaan.',
    );
    const { rows } = await desk.owner.query(
      `SELECT p.large_type AS large, p.declined_routes AS declined, count(f.*)::integer AS asked FROM people p
       LEFT JOIN ask_first f ON f.person_id = p.id WHERE p.crm_ref = 'H-S2' GROUP BY p.id`,
    );
    expect(rows).toEqual([{ large: true, declined: ['email'], asked: 1 }]);

    // "That was not me", and a withdrawal of which nobody hears.
    const page = (await browser.get(`${help}/activity`)).text;
    const [, entry = ''] = /help\/activity\/([\w-]{36})"/.exec(page) ?? [];
    expect(await act(browser, `${help}/activity/${entry}`, { text: '' })).toContain('Vul eerst iets in.');
    // What is not taken says what to leave out, and stays to be mended, but for a secret.
    const secret = 'Zonnebloem77';
    for (const [written, stays] of [
      [`Mijn wachtwoord is ${secret}`, false],
      [`${secret} ${'x'.repeat(1_000)}`, true],
    ] as const) {
      const refused = await browser.submit(`${help}/activity/${entry}`, { text: written, stop: 'suspend' });
      expect([refused.status, refused.text.includes(secret)]).toEqual([400, stays]);
      expect(refused.text).toContain('zonder wachtwoord of code');
      expect(refused.text).not.toContain('Vul eerst iets in.');
      expect(refused.text).toMatch(/<option value="suspend" selected/);
    }
    expect(await act(browser, `${help}/activity/${entry}`, { text: 'Dat was ik niet.', stop: 'none' })).toContain(
      'Gedaan.',
    );
    expect(await act(browser, `${help}/given/${given.id}/withdraw`, { silent: 'yes', sure: 'yes' })).toContain(
      'Gedaan.',
    );
    const { rows: silent } = await desk.owner.query('SELECT state, is_silent FROM mandates WHERE id = $1', [given.id]);
    expect(silent).toEqual([{ state: 'ended', is_silent: true }]);

    const told = await letters(callId);
    for (const operation of [
      'myMandatesList',
      'myMandatesSuspend',
      'myMandatesResume',
      'heldMandatesRenounce',
      'ownConfirmationsList',
      'ownConfirmationsApprove',
      'preferencesSave',
      'askFirstSave',
      'activityList',
      'ownIncidentsReport',
    ]) {
      expect(told).toContain(operation);
    }
    expect(told).not.toContain('myMandatesWithdraw');
    // What was refused was not done, and each act is the employee's in the audit.
    expect(told.filter((one) => one === 'preferencesSave')).toHaveLength(1);
    const used = await recorded('assistance.used');
    expect(used.at(-1)?.actor).toMatch(/^agent:\S+ person:\S+ session:\S+$/);
  });

  it('says where a question is answered that no code is strong enough for, and takes the no', async () => {
    const { phone, given } = await household('S8', 8);
    const browser = await signIn();
    const help = await begun(browser, 'S8', phone);
    const asking = await desk.open('C-S8', { number: '+49 30 23125 28', mandateRef: given.ref });
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.identify(asking.body.call.id);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const sent = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${asking.body.call.id}/confirmations`, {
        actions: [{ name: 'contract.terminate' }],
      }),
    );
    const [{ id: question }] = sent.body.confirmations;
    const yes = `${help}/questions/${question}/yes`;
    const withCode = (await browser.get(`${help}/questions`)).text;
    expect([withCode.includes(yes), withCode.includes(text('nl', 'help.by_session'))]).toEqual([true, false]);
    await desk.owner.query('UPDATE codes SET level = 3 WHERE id = $1', [question]);
    const without = (await browser.get(`${help}/questions`)).text;
    expect([without.includes(yes), without.includes(text('nl', 'help.by_session'))]).toEqual([false, true]);
    // To identify the caller once more would change nothing.
    expect(without).not.toContain(text('nl', 'help.said.proof'));
    expect(await act(browser, `${help}/questions/${question}/no`)).toContain('Gedaan.');
  });

  it.each([
    ['in silence', '6', { silent: 'yes' }, false],
    // The control: nothing but the silence keeps it from the letter.
    ['openly', '7', {}, true],
  ] as const)(
    'a withdrawal %s, with the list before and after it, is told accordingly',
    async (_, last, form, isTold) => {
      const { phone, given } = await household(`S${last}`, Number(last), {
        postal: `Verzonnenlaan ${last}, 0000 XX Nergenshuizen`,
      });
      const browser = await signIn();
      const help = await begun(browser, `S${last}`, phone);
      const callId = help.split('/')[3] ?? '';
      expect((await browser.get(`${help}/given`)).text).toContain(given.ref);
      // The way back leads to the list once more.
      const after = await act(browser, `${help}/given/${given.id}/withdraw`, { ...form, sure: 'yes' });
      expect(after).toContain('Gedaan.');
      expect(after).not.toContain(given.ref);
      await browser.get(`/desk/calls/${callId}`);
      await act(browser, `/desk/calls/${callId}/end`);
      const { rows } = await desk.owner.query<{ id: string }>('SELECT id FROM sessions WHERE call_id = $1', [callId]);
      const { body } = await desk.assistedLetter(rows[0]?.id ?? '');
      expect(body.split(text('nl', 'assisted.myMandatesList'))).toHaveLength(2);
      expect(body.includes(text('nl', 'assisted.myMandatesWithdraw'))).toBe(isTold);
      for (const mark of [given.ref, 'Volkert Verzonnen']) expect([mark, body.includes(mark)]).toEqual([mark, isTold]);
      expect(body).not.toContain(text('nl', 'assisted.line.none'));
    },
  );

  it('says yes to who asks for a mandate by the caller’s own code alone, and accepts by the one that was passed on', async () => {
    const { phone } = await household('S4', 4);
    const asker = await household('S5', 5);
    const visitor = new Visitor(desk);
    const asks = await visitor.signIn(asker.phone);
    const wish = { contracts: ['C-S4'], scopes: ['faults'] };
    await desk.expectSuccess(asks.send('POST', '/v1/me/mandate-requests', wish));
    const arrived =
      "SELECT FROM mandates m JOIN people p ON p.id = m.holder_id WHERE p.crm_ref = 'H-S4' AND m.state = 'draft'";
    await until(async () => ((await desk.owner.query(arrived)).rowCount ?? 0) > 0);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = await signIn();
    const help = await begun(browser, 'S4', phone);
    const [, asked = ''] = /help\/asked\/([\w-]{36})\/yes/.exec((await browser.get(`${help}/questions`)).text) ?? [];
    await desk.owner.query('DELETE FROM code_budget_entries');
    expect(await act(browser, `${help}/asked/${asked}/yes`)).toContain('De beller krijgt een code.');
    expect(await stateOf(asked)).toBe('draft');
    const { rows } = await desk.owner.query<{ id: string }>(
      "SELECT id FROM codes WHERE mandate_id = $1 AND purpose = 'mandate' ORDER BY issued_at DESC LIMIT 1",
      [asked],
    );
    const code = await desk.codeOf(rows[0]?.id ?? '');
    const page = await browser.get(`${help}/given`);
    // The employee reads it nowhere.
    expect(page.text).not.toContain(code);
    const enter = `${help}/given/${asked}/code`;
    expect(await act(browser, enter, { code: code === '000000' ? '000001' : '000000' })).toContain(
      'Deze code klopt niet.',
    );
    expect(await stateOf(asked)).toBe('draft');
    expect(await act(browser, enter, { code })).toContain('Gedaan.');
    expect(await stateOf(asked)).toBe('pending_acceptance');
    await desk.owner.query('DELETE FROM code_budget_entries');
    expect(await act(browser, `${help}/given/${asked}/invite`)).toContain('Gedaan.');

    const { rows: people } = await desk.owner.query<{ id: string }>("SELECT id FROM people WHERE crm_ref = 'H-S4'");
    const { body } = await desk.message('person_id', people[0]?.id ?? '', 'acceptance_code');
    // Spoken, letter by letter.
    const passed = (/De code is: ([A-Z0-9, ]+)\./.exec(body)?.[1] ?? '').replaceAll(', ', '');
    await desk.owner.query('DELETE FROM code_budget_entries');
    const theirs = await begun(browser, 'S5', asker.phone);
    expect(await act(browser, `${theirs}/held/${asked}/acceptance`, { code: 'AAAA-AAAA' })).toContain(
      'Deze code klopt niet.',
    );
    expect(await act(browser, `${theirs}/held/${asked}/acceptance`, { code: passed })).toContain('Gedaan.');
    expect(await stateOf(asked)).toBe('active');
  });
});

describe('the log of an employee', () => {
  it('tells what they did in their calls, by references, to them and to nobody else', async () => {
    const browser = await signIn('A-2');
    expect((await browser.get('/desk/log')).text).toContain('logboek');
    const first = await open(browser, { case_ref: 'Z-77' });
    const second = await open(browser);
    await identify(browser, second);
    await act(browser, `/desk/calls/${second}/ask`, { action: 'contract.terminate' });
    const { text: page } = await browser.get('/desk/log');
    for (const told of [first, second, 'Z-77', 'De klant om een ja gevraagd', 'Gesprek begonnen']) {
      expect([told, page.includes(told)]).toEqual([told, true]);
    }
    // Nobody's name or number, and not whether the caller was known.
    for (const hidden of ['Hanna', 'Willem', 'P-1', 'P-2', 'C-1', '23125', mandate.ref]) {
      expect([hidden, page.includes(hidden)]).toEqual([hidden, false]);
    }
    expect((await browser.get('/desk/log?lang=en')).text).toContain('Asked the customer for a yes');
    const own = await signIn('A-1');
    expect((await own.get('/desk/log')).text).not.toContain(second);

    const log = async (query: string, agent = 'A-2') => {
      const { body } = await desk.expectSuccess(
        desk.send('agent', 'GET', `/v1/agents/me/log${query}`, undefined, { 'mandaat-agent': agent }),
      );
      return body;
    };
    const { calls, next } = await log('?limit=1');
    expect([calls[0].call_id, next]).toEqual([second, second]);
    const kinds = calls[0].records.map(({ kind }: { kind: string }) => kind);
    expect(kinds[0]).toBe('call.opened');
    expect(kinds).toEqual(expect.arrayContaining(['check.advised', 'code.issued']));
    expect(calls[0].records.find(({ kind }: { kind: string }) => kind === 'check.advised').decisions).toContainEqual({
      action: 'contract.terminate',
      outcome: 'verify_caller',
      is_done: false,
    });
    expect((await log(`?limit=1&after=${next}`)).calls).toMatchObject([{ call_id: first, case_ref: 'Z-77' }]);
    // Behind a call of somebody else is nothing.
    expect(await log(`?after=${second}`, 'A-1')).toMatchObject({ calls: [], next: null });
    expect((await desk.get('crm', '/v1/agents/me/log')).status).toBe(400);
  });

  it('says what was done from what was recorded as done, and what was reported, also after the call', async () => {
    const browser = await signIn('A-1');
    const { body } = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: HOLDER }));
    const callId = body.call.id as string;
    const done = await desk.decide(callId, 'line.test', 'execute');
    await desk.decide(callId, 'contract.terminate', 'execute');
    await desk.post('agent', `/v1/calls/${callId}/end`);
    const receipt = { obligation_id: done.obligations[0].id, status: 'failed' };
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/receipts`, receipt));
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/receipts`, { ...receipt, status: 'done' }));
    const { body: call } = await desk.expectSuccess(desk.get('agent', `/v1/agents/me/log/${callId}`));
    const told = call.records.map((one: { kind: string; decisions: { is_done: boolean }[] }) => [
      one.kind,
      one.kind === 'check.executed' ? one.decisions.map(({ is_done: isDone }) => isDone) : [],
    ]);
    expect(told.slice(2)).toEqual([
      ['check.executed', [true]],
      ['check.executed', [false]],
      ['obligation.failed', []],
      ['obligation.done', []],
    ]);
    const { text } = await browser.get(`/desk/log/${callId}`);
    expect(text).toMatch(/Gevraagd om te doen: [^<]*\(gedaan\)/);
    expect(text).toMatch(/Gevraagd om te doen: [^<]*\((eerst|mag niet)/);
    expect(text).toContain('Gemeld: gedaan wat erbij hoort');
  });

  it('goes on where a long call had more than the list tells: all of it once, in order', async () => {
    const { body } = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: HOLDER }));
    const callId = body.call.id as string;
    const checks = 205;
    for (let turn = 0; turn < checks; turn += 1) await desk.expectSuccess(desk.check(callId, ['invoice.explain']));
    const { body: list } = await desk.get('agent', '/v1/agents/me/log?limit=1');
    const [first] = list.calls;
    expect([first.call_id, first.records.length, first.next]).toEqual([callId, 200, first.records[199].id]);
    const { body: rest } = await desk.get('agent', `/v1/agents/me/log/${callId}?after=${first.next}`);
    expect(rest.next).toBeNull();
    const all = [...first.records, ...rest.records] as { id: string; at: string }[];
    // The opening, its first check, and these.
    expect(all).toHaveLength(2 + checks);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted());
    const browser = await signIn('A-1');
    const { text } = await browser.get('/desk/log');
    const more = `/desk/log/${callId}?after=${first.next}`;
    expect(text).toContain(`href="${more}"`);
    expect((await browser.get(more)).text.split('<li>').length - 1).toBeGreaterThanOrEqual(rest.records.length);

    // A colleague's is absent, and so is a place in another call.
    const other = await signIn('A-2');
    expect((await other.get(`/desk/log/${callId}`)).status).toBe(404);
    const by = { 'mandaat-agent': 'A-2' };
    expect((await desk.send('agent', 'GET', `/v1/agents/me/log/${callId}`, undefined, by)).status).toBe(404);
    const { body: elsewhere } = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: HOLDER }));
    const { body: none } = await desk.get('agent', `/v1/agents/me/log/${elsewhere.call.id}?after=${first.next}`);
    expect([none.records, none.next]).toEqual([[], null]);
  });
});

describe('the files of the desk', () => {
  const EVIDENCE = {
    form: 'court',
    source: 'Rechtbank Voorbeeldstad',
    reference: 'VB-2026-17',
    dated_on: '2026-01-31',
    sha256: 'ab'.repeat(32),
  };
  const nested = (evidence: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(evidence).map(([name, value]) => [`evidence.${name}`, value]));

  async function record(browser: PlainBrowser, path: string, form: Readonly<Record<string, string>>): Promise<string> {
    await browser.get(`${path}/new`);
    const done = await browser.submit(path, form);
    const id = new RegExp(`^${path}/([\\w-]{36})[?]said=recorded$`).exec(done.location ?? '')?.[1];
    if (id === undefined) throw new Error(`${done.status} ${done.text}`);
    return id;
  }

  async function answer(
    browser: PlainBrowser,
    path: string,
    form: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    return act(browser, path, form);
  }

  it('take a life event by two employees, as the API does, contest it and take it back', async () => {
    await desk.person('P-5', { name: 'Gerda Fictief' });
    const [first, second] = [await signIn('A-1'), await signIn('A-2')];
    await first.get('/desk/files/life-events/new');
    const wrong = await first.submit('/desk/files/life-events', {
      person: 'P 5',
      kind: 'bewind',
      occurred_on: '',
      reported_by: 'relative',
      ...nested({ ...EVIDENCE, sha256: 'xyz' }),
    });
    expect(wrong.status).toBe(400);
    for (const field of ['Klantnummer', 'Datum van de gebeurtenis', 'Vingerafdruk']) {
      expect(wrong.text).toMatch(new RegExp(`<a href="#[^"]+">${field}[^<]*: kijk dit na`));
    }
    expect(wrong.text).toContain('value="Rechtbank Voorbeeldstad"');
    const form = { person: 'P-5', kind: 'bewind', occurred_on: '2026-02-01', reported_by: 'relative' };
    const id = await record(first, '/desk/files/life-events', { ...form, ...nested({ ...EVIDENCE, form: '' }) });
    const path = `/desk/files/life-events/${id}`;
    const again = await first.submit('/desk/files/life-events', form);
    expect([again.status, again.text.includes('Dit is al vastgelegd')]).toEqual([400, true]);

    expect((await second.get('/desk/files')).text).toContain(path);
    expect(await answer(second, `${path}/approve`)).toContain('Dat kan nu niet.');
    expect(await answer(first, `${path}/evidence`, EVIDENCE)).toContain('Het bewijs is toegevoegd.');
    const own = (await first.get(path)).text;
    expect(own).toContain('Een collega moet het bekijken.');
    expect(own).not.toContain(`${path}/approve`);
    expect(await answer(first, `${path}/approve`)).toContain('Dit moet een ander doen');
    expect(await answer(second, `${path}/approve`)).toContain('Uw antwoord is vastgelegd.');
    const { body } = await desk.get('crm', `/v1/life-events/${id}`);
    expect([body.state, body.evidence[0].sha256]).toEqual(['in_force', EVIDENCE.sha256]);
    expect((await second.get('/desk/files')).text).not.toContain(path);
    expect((await second.get('/desk/files?person=P-5')).text).toContain(path);

    expect(await answer(second, `${path}/contest`, { text: 'Er is geen bewind.' })).toContain(
      'De melding is doorgegeven.',
    );
    const back = { occurred_on: '2026-03-01', reported_by: 'court', ...nested(EVIDENCE) };
    expect(await answer(first, `${path}/reverse`, back)).toContain('Vastgelegd.');
    const waiting = (await second.get('/desk/files')).text;
    const [, reversal = ''] = /href="(\/desk\/files\/life-events\/[\w-]{36})">Niet meer zo: Bewind/.exec(waiting) ?? [];
    expect(await answer(second, `${reversal}/approve`)).toContain('Uw antwoord is vastgelegd.');
    expect((await desk.get('crm', `/v1/life-events/${id}`)).body.state).toBe('reversed');
  });

  it('take a representation by two employees, and end it', async () => {
    const [first, second] = [await signIn('A-1'), await signIn('A-2')];
    const id = await record(first, '/desk/files/representations', {
      holder: 'P-3',
      representative: 'P-2',
      kind: 'mentorschap',
      starts_at: '',
      ends_at: '2099-01-01',
      ...nested(EVIDENCE),
    });
    const path = `/desk/files/representations/${id}`;
    expect(await answer(first, `${path}/approve`)).toContain('Dit moet een ander doen');
    expect(await answer(second, `${path}/approve`)).toContain('Uw antwoord is vastgelegd.');
    expect((await desk.get('crm', `/v1/representations/${id}`)).body.state).toBe('in_force');
    await answer(first, `${path}/revoke`);
    expect((await desk.get('crm', `/v1/representations/${id}`)).body.state).toBe('revoked');
  });

  it('take an extract of a register row by row, each for a second employee', async () => {
    const [first, second] = [await signIn('A-1'), await signIn('A-2')];
    await first.get('/desk/files/representations/import');
    const path = '/desk/files/representations/import';
    const wrong = await first.submit(path, { ...nested({ ...EVIDENCE, sha256: 'xyz' }), entries: 'P-3;P-2;huwelijk' });
    expect(wrong.status).toBe(400);
    for (const field of ['Regels uit het register', 'Vingerafdruk']) {
      expect(wrong.text).toMatch(new RegExp(`<a href="#[^"]+">${field}[^<]*: kijk dit na`));
    }
    expect(wrong.text).toContain('P-3;P-2;huwelijk');
    const rows = 'P-3; P-2; insolvency; ; 2099-01-01\r\n\r\nP-NERGENS\tP-2\tbewind\t2026-01-01\t2099-01-01\r\n';
    const form = { ...nested({ ...EVIDENCE, form: 'register' }), entries: rows };
    const done = await first.submit(path, form);
    expect(done.status).toBe(200);
    expect(done.text).toContain('Eén regel is vastgelegd.');
    expect(done.text).toMatch(/niet vastgelegd(?:(?!<\/td>)[\s\S])*Klantnummer van de houder: kijk dit na/);
    const [, id = ''] = /href="\/desk\/files\/representations\/([\w-]{36})"/.exec(done.text) ?? [];
    expect((await desk.get('crm', `/v1/representations/${id}`)).body).toMatchObject({
      state: 'reported',
      kind: 'insolvency',
    });
    expect((await first.submit(path, form)).text).toContain('was al vastgelegd');
    const one = `/desk/files/representations/${id}`;
    expect((await second.get('/desk/files')).text).toContain(one);
    expect(await answer(first, `${one}/approve`)).toContain('Dit moet een ander doen');
    expect(await answer(second, `${one}/approve`)).toContain('Uw antwoord is vastgelegd.');
    expect((await desk.get('crm', `/v1/representations/${id}`)).body.state).toBe('in_force');
    await answer(second, `${one}/revoke`);
  });

  it('say of an extract that names too many customers to bring it in in parts, with what was pasted', async () => {
    const path = '/desk/files/representations/import';
    const config = changedConfig(desk.api.config, { agentHoldersPerHour: 3 });
    const small = await startSibling({ ...desk.api, config });
    try {
      await desk.owner.query('DELETE FROM reaches');
      const browser = await signIn('A-1', ['desk-agent'], desk.at(small));
      const row = (holder: string): string => `${holder};P-ERGENS;bewind;;ooit`;
      const form = { ...nested({ ...EVIDENCE, form: 'register' }), entries: ['P-1', 'P-2', 'P-3'].map(row).join('\n') };
      for (const [language, hint, said] of [
        ['nl', 'Lees een lang uittreksel daarom in delen in.', 'Een lang uittreksel leest u in delen in.'],
        ['en', 'So bring in a long extract in parts.', 'Bring in a long extract in parts.'],
      ] as const) {
        expect((await browser.get(`${path}?lang=${language}`)).text).toContain(hint);
        const refused = await browser.submit(path, form);
        expect([language, refused.status]).toEqual([language, 429]);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(refused.text).toContain(said);
        expect(refused.text).toContain(row('P-3'));
      }
      expect((await browser.submit(path, { ...form, entries: row('P-1') })).status).toBe(200);
    } finally {
      await small.stop();
    }
  });

  it('take down a mandate by two employees, and the code that the holder reads out', async () => {
    const [first, second] = [await signIn('A-1'), await signIn('A-2')];
    await first.get('/desk/files/registrations/new');
    const form = {
      holder: 'P-1',
      proxy: 'P-3',
      contracts: 'C-1',
      starts_at: '',
      ends_at: '',
      form: 'letter',
      'paper.reference': 'DOC-77',
      'paper.sha256': 'cd'.repeat(32),
      route: 'voice',
    };
    const nothing = await first.submit('/desk/files/registrations', form);
    expect([nothing.status, nothing.text.includes('Waarvoor: kijk dit na.')]).toEqual([400, true]);
    const id = await record(first, '/desk/files/registrations', { ...form, 'scopes.complaints': 'yes' });
    const path = `/desk/files/registrations/${id}`;
    expect((await second.get('/desk/files')).text).toContain(path);
    expect((await second.get(path)).text).toContain('cdcdcdcd');
    expect(await answer(first, `${path}/approve`)).toContain('Dit moet een ander doen');
    expect(await answer(second, `${path}/approve`)).toContain('Uw antwoord is vastgelegd.');
    const { body } = await desk.get('crm', `/v1/registrations/${id}`);
    const code = await desk.codeOf(body.confirmation_id);
    // By a spoken message: the code names who took it down, and is theirs to type.
    expect(await answer(first, `${path}/code`, { code: code === '000000' ? '000001' : '000000' })).toContain(
      'Deze code klopt niet.',
    );
    expect((await first.submit(`${path}/code`, { code })).location).toBe('/desk/files');
    expect((await desk.get('crm', `/v1/registrations/${id}`)).body.mandate_state).toBe('pending_acceptance');

    // Who speaks for an organisation, from its extract.
    const points = [{ kind: 'phone', value: '+49 30 23125 009', verified_at: '2020-01-01T00:00:00Z' }];
    await desk.put('crm', '/v1/people/O-1', {
      kind: 'organisation',
      name: 'Verzonnen BV',
      language: 'nl',
      contact_points: points,
    });
    await desk.contract('C-O', ['O-1']);
    const spoken = { ...form, holder: 'O-1', contracts: 'C-O', contact_rule: 'joint', 'scopes.billing': 'yes' };
    const contact = await record(first, '/desk/files/registrations', spoken);
    expect((await second.get(`/desk/files/registrations/${contact}`)).text).toContain('ja, samen met een ander');
    expect((await desk.get('crm', `/v1/registrations/${contact}`)).body.contact_rule).toBe('joint');
  });
});

describe('every page of the desk', () => {
  const PEOPLE = [
    { ref: 'P-71', name: 'Quirijn Zichtbaar', phone: '+49 30 23125 071', email: 'quirijn@example.nl' },
    { ref: 'P-72', name: 'Ursula Doorzichtig', phone: '+49 30 23125 072', email: 'ursula@example.nl' },
    { ref: 'P-73', name: 'Yvo Onverhuld', phone: '+49 30 23125 073', email: 'yvo@example.nl' },
  ] as const;
  const STREET = 'Openlucht 12';

  /** What of these stands in a text, whatever was put between digits. */
  function foundIn(text: string, codes: readonly string[]): readonly string[] {
    const digits = text.replaceAll(/(?<=\d)[\s().-]+(?=\d)/g, '');
    const words = PEOPLE.flatMap(({ name, email }) => [...name.split(' '), email.split('@')[0] ?? '', email]);
    const numbers = PEOPLE.map(({ phone }) => phone.replaceAll(/\D/g, ''));
    return [
      ...[...words, STREET].filter((one) => text.toLowerCase().includes(one.toLowerCase())),
      ...numbers.filter((one) => digits.includes(one)),
      ...codes.filter((one) => new RegExp(`\\b${Array.from(one).join('[\\s,]{0,2}')}\\b`).test(text)),
    ];
  }

  it('shows neither codes, nor names, numbers and addresses of anybody', async () => {
    for (const { ref, ...known } of PEOPLE) {
      await desk.person(ref, { ...known, postal: `${STREET}, 0000 XX Nergenshuizen` });
    }
    await desk.contract('C-71', ['P-71']);
    const caller = await desk.mandate('P-71', 'P-72', ['subscription'], ['C-71']);
    await desk.mandate('P-71', 'P-73', ['billing'], ['C-71']);
    const evidence = {
      form: 'court',
      source: 'Rechtbank Voorbeeldstad',
      reference: 'VB-2026-71',
      dated_on: '2026-01-31',
      sha256: 'ab'.repeat(32),
    };
    const by = async (agent: string, path: string, body: unknown = {}) =>
      (await desk.expectSuccess(desk.post('agent', path, body, { 'mandaat-agent': agent }))).body;
    const paper = { reference: 'DOC-71', sha256: 'cd'.repeat(32) };
    const wish = {
      holder: 'P-71',
      proxy: 'P-73',
      scopes: ['complaints'],
      contracts: ['C-71'],
      form: 'letter',
      paper,
      route: 'voice',
    };
    const registration = await by('A-1', '/v1/registrations', wish);
    await by('A-2', `/v1/registrations/${registration.id}/approve`);
    const { body: approved } = await desk.get('crm', `/v1/registrations/${registration.id}`);

    const browser = await signIn('A-1', ['desk-agent', 'desk-privacy']);
    const callId = await open(browser, { contract: 'C-71', mandate_ref: caller.ref, calling_number: PEOPLE[1].phone });
    await identify(browser, callId);
    const { rows } = await desk.owner.query<{ id: string }>(
      "SELECT id FROM codes WHERE call_id = $1 AND purpose = 'verification'",
      [callId],
    );
    await act(browser, `/desk/calls/${callId}/ask`, { action: 'contract.terminate' });
    const codes = [
      await desk.codeOf(rows[0]?.id ?? ''),
      await desk.codeOf(await newestQuestion(callId)),
      await desk.codeOf(approved.confirmation_id),
    ];
    await by('A-1', `/v1/calls/${callId}/statements`, { subject: 'price', source: 'crm', text: 'Per maand.' });
    const { body: elsewhere } = await desk.open('C-71', { as: 'holder', agent: 'A-2' });
    await by('A-2', `/v1/calls/${elsewhere.call.id}/incidents`, { type: 'other', text: 'Iets vreemds.' });
    const event = { person: 'P-71', kind: 'bewind', occurred_on: '2026-01-20', reported_by: 'relative', evidence };
    const { id: eventId } = await by('A-2', '/v1/life-events', event);
    const asked = { holder: 'P-71', representative: 'P-73', kind: 'bewind', ends_at: '2031-01-01', evidence };
    const { id: representationId } = await by('A-2', '/v1/representations', asked);
    const { rows: agents } = await desk.owner.query<{ pseudonym: string }>(
      "SELECT pseudonym FROM agents WHERE agent_ref = 'A-2'",
    );
    const form = { pseudonym: agents[0]?.pseudonym ?? '', reason: 'complaint', case_ref: 'K-71' };
    await browser.get('/desk/unmaskings');
    const unmasking = (await browser.submit('/desk/unmaskings', form)).location ?? '';

    await browser.get(`/desk/calls/${callId}/help`);
    expect((await browser.submit(`/desk/calls/${callId}/help`, {})).location).toContain('said=begun');
    const addresses: Readonly<Record<string, string>> = {
      ...Object.fromEntries(
        ['', '/given', '/held', '/questions', '/preferences', '/activity'].map((page) => [
          `GET /desk/calls/{call_id}/help${page}`,
          `/desk/calls/${callId}/help${page}`,
        ]),
      ),
      'GET /desk/*': '/desk/nowhere/at/all',
      'GET /desk': '/desk',
      'GET /desk/calls/{call_id}': `/desk/calls/${callId}`,
      'GET /desk/log': '/desk/log',
      'GET /desk/log/{call_id}': `/desk/log/${callId}`,
      'GET /desk/incidents': '/desk/incidents',
      'GET /desk/unmaskings': '/desk/unmaskings',
      'GET /desk/unmaskings/{id}': unmasking,
      'GET /desk/files': '/desk/files?person=P-71',
      'GET /desk/files/life-events/new': '/desk/files/life-events/new',
      'GET /desk/files/life-events/{id}': `/desk/files/life-events/${eventId}`,
      'GET /desk/files/representations/new': '/desk/files/representations/new',
      'GET /desk/files/representations/import': '/desk/files/representations/import',
      'GET /desk/files/representations/{id}': `/desk/files/representations/${representationId}`,
      'GET /desk/files/registrations/new': '/desk/files/registrations/new',
      'GET /desk/files/registrations/{id}': `/desk/files/registrations/${registration.id}`,
    };
    // Neither a stream is a page, nor what its script asks.
    const routes = Object.entries(PAGES).filter(
      ([route, whose]) => whose === 'staff' && /^GET (?!.*\/live)/.test(route),
    );
    expect(Object.keys(addresses).toSorted()).toEqual(routes.map(([route]) => route).toSorted());
    for (const [route, address] of Object.entries(addresses)) {
      const { status, text } = await browser.get(address);
      // Whoever is on the line hears by name from whom they have a mandate; of others not even that.
      const theirs = route.includes('/help/') ? [...PEOPLE[0].name.split(' '), 'quirijn'] : [];
      const found = foundIn(text, codes).filter((one) => !theirs.includes(one));
      expect([route, status, found]).toEqual([route, route === 'GET /desk/*' ? 404 : 200, []]);
    }

    // The control: the same look finds every one of them where they may stand.
    const { rows: sent } = await desk.owner.query<{ body: string }>('SELECT body FROM demo_inbox');
    const known = await Promise.all(PEOPLE.map(({ ref }) => desk.get('crm', `/v1/people/${ref}`)));
    const everything = [...sent.map(({ body }) => body), ...known.map(({ body }) => JSON.stringify(body))].join('\n');
    expect(new Set(foundIn(everything, codes)).size).toBe(PEOPLE.length * 5 + 1 + codes.length);
  });
});
