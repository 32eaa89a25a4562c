import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { text, type TextKey } from '../../src/pages/text.ts';
import { LANGUAGES } from '../../src/policy/vocabulary.ts';
import { Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { PAGES } from '../support/pages.ts';
import { until } from '../support/until.ts';
import { PlainBrowser, Visitor } from '../support/visitor.ts';

const PUBLIC_URL = 'http://localhost';
const NOBODY_YET = 'leeg@example.nl';
const FULL = '+44 7700 900221';
const OTHER = '+44 7700 900222';

/** Pages with a list that may be empty, and what they say then. */
const LISTS: Readonly<Record<string, readonly TextKey[]>> = {
  '/portal': ['mandates.none', 'mandates.got_none'],
  '/portal/mandates': ['mandates.none'],
  '/portal/requests': ['requests.none'],
  '/portal/asked': ['asked.none'],
  '/portal/held': ['held.none'],
  '/portal/held/ended': ['held.none_ended'],
  '/portal/held/recognition': ['recognition.none'],
  '/portal/questions': ['questions.none'],
  '/portal/calls': ['calls.none'],
  '/portal/activity?category=changed&from=2020-01-01&to=2020-01-02': ['activity.none'],
  '/portal/organisations': ['organisations.none'],
  '/portal/software': ['software.none'],
  '/portal/life': ['life.none', 'life.representations_none'],
};

/** Of what somebody who is signed in can be on, without more: those that have no list, or one that is never empty. */
const NO_LISTS = new Set([
  '/portal/*',
  '/portal/mandates/new',
  '/portal/ways',
  '/portal/ways/contact',
  '/portal/ways/contact/new',
  '/portal/ways/authenticator',
  '/portal/ways/passkeys/new',
  '/portal/prove',
  '/portal/prove/code',
  '/portal/prove/passkey',
  // One's own is there.
  '/portal/sessions',
  '/portal/requests/new',
  '/portal/preferences',
  '/portal/preferences/ask-first',
  '/portal/software/new',
  '/portal/activity/export',
]);

/** The same of the desk, by the role that sees it. */
const DESK_LISTS: Readonly<Record<string, TextKey>> = {
  '/desk/files': 'files.none',
  '/desk/log': 'log.none',
  '/desk/incidents': 'incidents.none',
  '/desk/unmaskings': 'unmasking.none',
};

let provider: OpenIdProvider;
let desk: Desk;
let empty: PlainBrowser;
let full: PlainBrowser;

/** What a page says, without its markup. */
function plain(html: string): string {
  return html.replaceAll(/<[^>]+>/g, '').replaceAll('&#39;', "'");
}

beforeAll(async () => {
  provider = await OpenIdProvider.start(PUBLIC_URL);
  desk = await Desk.open({ publicUrl: PUBLIC_URL, ...provider.settings });
  await desk.person('P-0', { email: NOBODY_YET, name: 'L. Leeg' });
  await desk.person('P-1', { phone: FULL, name: 'V. Vol' });
  await desk.person('P-2', { phone: OTHER, name: 'A. Ander' });
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-2']);
  const visitor = new Visitor(desk);
  empty = visitor.browser();
  full = visitor.browser();
  await empty.signIn(NOBODY_YET);
  await full.signIn(FULL);
}, 60_000);
afterAll(async () => {
  await desk?.close();
  await provider?.stop();
});

describe('a page with a list', () => {
  it('is in the table of this test, or has none', () => {
    const pages = Object.entries(PAGES)
      .filter(([route, whose]) => whose === 'person' && route.startsWith('GET ') && !route.includes('{'))
      .map(([route]) => route.slice('GET '.length));
    const known = [...Object.keys(LISTS).map((path) => path.split('?')[0] ?? ''), ...NO_LISTS];
    expect(known.toSorted()).toEqual(pages.toSorted());
  });

  it.each(LANGUAGES)('says that there is nothing, in %s', async (language) => {
    const said = async (browser: PlainBrowser, path: string): Promise<string> => {
      const { status, text: html } = await browser.get(`${path}${path.includes('?') ? '&' : '?'}lang=${language}`);
      expect([path, status]).toEqual([path, 200]);
      return plain(html);
    };
    for (const [path, keys] of Object.entries(LISTS)) {
      const page = await said(empty, path);
      for (const key of keys) {
        const phone = desk.api.config.organisationPhone;
        expect([path, page.includes(text(language, key, { phone }))]).toEqual([path, true]);
      }
    }
  });

  it('says so no more once there is something (the control)', async () => {
    const visitor = new Visitor(desk);
    const me = await visitor.signIn(FULL);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const given = await desk.mandate('P-1', 'P-2', ['subscription'], ['C-1']);
    await desk.mandate('P-2', 'P-1', ['billing'], ['C-2']);
    const gone = await desk.mandate('P-2', 'P-1', ['faults'], ['C-2']);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${gone.id}/withdraw`));
    await desk.put('crm', '/v1/people/O-1', {
      kind: 'organisation',
      name: 'Verzonnen BV',
      language: 'nl',
      contact_points: [],
    });
    await desk.contract('C-O', ['O-1']);
    const contact = {
      holder: 'O-1',
      proxy: 'P-1',
      scopes: ['billing'],
      contracts: ['C-O'],
      contact_rule: 'several',
      form: 'portal',
    };
    const { body: spoken } = await desk.expectSuccess(desk.post('crm', '/v1/mandates', contact));
    await desk.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [spoken.id]);
    const law = { holder: 'P-2', representative: 'P-1', kind: 'bewind', ends_at: '2031-01-01' };
    await desk.expectSuccess(desk.post('agent', '/v1/representations', law));
    await desk.owner.query('UPDATE sessions SET strength = 3');
    const operator = { kind: 'email', value: 'maker@example.nl' };
    const program = { name: 'Rekenhulp', operator, scopes: ['faults'], contracts: ['C-1'] };
    await desk.expectSuccess(me.send('POST', '/v1/me/software', program));
    await desk.expectSuccess(
      me.send('POST', '/v1/me/mandate-requests', { contracts: ['C-2'], scopes: ['complaints'] }),
    );
    await desk.owner.query('DELETE FROM code_budget_entries');
    const other = await visitor.signIn(OTHER);
    await desk.expectSuccess(other.send('POST', '/v1/me/mandate-requests', { contracts: ['C-1'], scopes: ['faults'] }));
    await until(async () => ((await me.get('/v1/me/asked')).body as unknown[]).length > 0);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const { body } = await desk.expectSuccess(desk.open('C-1', { number: OTHER, mandateRef: given.ref }));
    await desk.identify(body.call.id);
    await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${body.call.id}/confirmations`, { actions: [{ name: 'contract.terminate' }] }),
    );
    await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: FULL }));
    const event = { person: 'P-1', kind: 'separation', occurred_on: '2026-01-20', reported_by: 'holder' };
    const still: unknown[] = [];
    for (const [path, keys] of Object.entries(LISTS)) {
      // Whoever something happened to speaks for no organisation: so this comes after those.
      if (path === '/portal/life') await desk.expectSuccess(desk.post('agent', '/v1/life-events', event));
      const page = plain(
        (await full.get(path.startsWith('/portal/activity') ? '/portal/activity?lang=nl' : `${path}?lang=nl`)).text,
      );
      const phone = desk.api.config.organisationPhone;
      still.push(...keys.filter((key) => page.includes(text('nl', key, { phone }))).map((key) => [path, key]));
    }
    expect(still).toEqual([]);
  });

  it.each(LANGUAGES)('of the desk says so too, in %s', async (language) => {
    const browser = new PlainBrowser(desk);
    await desk.put('admin', '/v1/agents/N-1', { role: 'agent', team: 'service', is_active: true });
    provider.roles.set('N-1', ['desk-agent', 'desk-privacy']);
    provider.atKeyboard = 'N-1';
    const start = await browser.get('/desk/sign-in/start');
    const back = new URL(await provider.walkBack(start.location ?? ''));
    await browser.get(`${back.pathname}${back.search}`);
    for (const [path, key] of Object.entries(DESK_LISTS)) {
      const who = path === '/desk/files' ? '?person=P-0&' : '?';
      const { status, text: html } = await browser.get(`${path}${who}lang=${language}`);
      expect([path, status, plain(html).includes(text(language, key))]).toEqual([path, 200, true]);
    }
  });
});

describe('a page that can not be shown', () => {
  it.each(LANGUAGES)('says what it means and what to do, and nothing of the inside, in %s', async (language) => {
    const { organisationPhone: phone } = desk.api.config;
    const faults = async (path: string): Promise<{ readonly status: number; readonly page: string }> => {
      const { status, text: html } = await empty.get(`${path}?lang=${language}`);
      return { status, page: plain(html) };
    };
    const gone = await faults('/portal/mandates/11111111-2222-4333-8444-555555555555');
    expect(gone.status).toBe(404);
    expect(gone.page).toContain(text(language, 'fault.gone.title'));
    const forged = await empty.post(`/portal/preferences?lang=${language}`, {});
    expect(forged.status).toBe(403);
    expect(plain(forged.text)).toContain(text(language, 'fault.expired.title'));
    await desk.owner.query('REVOKE SELECT ON mandates FROM mandaat_app');
    try {
      const broken = await faults('/portal/mandates');
      expect(broken.status).toBe(500);
      expect(broken.page).toContain(text(language, 'fault.broken.title'));
      expect(broken.page).toContain(phone);
      expect(broken.page).not.toMatch(/permission|relation|select|node_modules/i);
    } finally {
      await desk.owner.query('GRANT SELECT ON mandates TO mandaat_app');
    }
    // The same page, once it is mended (the control).
    expect((await faults('/portal/mandates')).status).toBe(200);
  });
});
