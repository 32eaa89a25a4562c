import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { MandatesRepository } from '../../src/mandates/mandates.repository.ts';
import { startSibling, type TestApp } from '../support/app.ts';
import { meet } from '../support/meet.ts';
import { Desk } from '../support/desk.ts';
import { type Alteration, altered } from '../support/two-desks.ts';
import { type Me, type PlainBrowser, Visitor } from '../support/visitor.ts';

const HOLDER = '+44 7700 900251';
const PROXY = '+44 7700 900252';
/** What differs between two requests that are the same. */
const CHANGING = { id: null, asked_at: null, expires_at: null };
const NEW = '+44 7700 900254';
const STRANGER = '+44 7700 900253';

let desk: Desk;
let visitor: Visitor;
let proxy: Me;
let stranger: Me;
const ids: Record<string, string> = {};
/** The proxy, at their computer. */
let browser: PlainBrowser;

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  ids['P-1'] = await desk.person('P-1', { phone: HOLDER, name: 'H. Fictief' });
  ids['P-2'] = await desk.person('P-2', { phone: PROXY, email: 'krijgt@example.nl', name: 'G. Voorbeeld' });
  await desk.person('P-3', { phone: STRANGER, name: 'V. Verzonnen' });
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-1']);
  proxy = await visitor.signIn(PROXY);
  stranger = await visitor.signIn(STRANGER);
  browser = visitor.browser();
  await browser.signIn(PROXY);
});
afterAll(() => desk.close());
/** Nothing of one test stands in the way of the next. */
beforeEach(async () => {
  await desk.owner.query(
    "UPDATE mandates SET state = 'ended', ending = 'expired', ended_at = now() WHERE state <> 'ended'",
  );
  await desk.owner.query('DELETE FROM code_budget_entries');
});

/** An invitation that waits for P-2, with the code that the holder got. */
async function invitation(
  proxyRef = 'P-2',
): Promise<{ readonly id: string; readonly code: string; readonly link: string }> {
  // Three messages in ten minutes are a person's share.
  await desk.owner.query("UPDATE messages SET queued_at = queued_at - interval '1 hour'");
  const terms = { holder: 'P-1', proxy: proxyRef, scopes: ['billing'], contracts: ['C-1'], form: 'portal' };
  const { body } = await desk.expectSuccess(desk.post('crm', '/v1/mandates', terms));
  const code = /\b[2-9B-Z]{4}-[2-9B-Z]{4}\b/.exec(
    (await desk.message('person_id', ids['P-1'] ?? '', 'acceptance_code')).body,
  );
  const { link } = await desk.message('person_id', ids[proxyRef] ?? '', 'invitation');
  return { id: body.id, code: code?.[0] ?? '', link: new URL(link ?? '').pathname };
}

/** To somebody whose number came just now, after the invitation had gone out to them. */
async function invitationToSomebodyNew(): ReturnType<typeof invitation> {
  ids['P-4'] = await desk.person('P-4', { phone: NEW, name: 'N. Nieuw' });
  const sent = await invitation('P-4');
  await desk.owner.query("UPDATE contact_points SET changed_at = now() - interval '1 day' WHERE person_id = $1", [
    ids['P-4'],
  ]);
  return sent;
}

/** A code of the right shape that is not this one. */
function wrongFor(code: string): string {
  return `${code.startsWith('B') ? 'C' : 'B'}${code.slice(1)}`;
}

describe('a mandate that somebody holds', () => {
  it('is shown to them in words: what it lets them do, what it never includes, and until when', async () => {
    const { id, ref } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    const list = await browser.get('/portal/held');
    expect(list.text).toContain('Voor H. Fictief');
    expect(list.text).toContain(`href="/portal/held/${id}"`);
    const { text } = await browser.get(`/portal/held/${id}`);
    for (const words of [
      'Uw machtiging voor H. Fictief',
      'Facturen en betalingen',
      'Deze persoon mag over uw facturen praten',
      'Uw rekeningnummer veranderen',
      'C-1',
      ref,
      'Tot en met',
    ]) {
      expect(text).toContain(words);
    }
    const other = visitor.browser();
    await other.signIn(STRANGER);
    expect((await other.get(`/portal/held/${id}`)).status).toBe(404);
    await other.get('/portal/held');
    expect((await other.submit(`/portal/held/${id}/renounce`, {})).status).toBe(404);
  });

  it('is none that its holder sees on this side', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    const giver = visitor.browser();
    await giver.signIn(HOLDER);
    expect((await giver.get(`/portal/held/${id}`)).status).toBe(404);
  });

  it('is not shown once it was withdrawn in silence', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['faults'], ['C-1']);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`, { silent: true }));
    for (const path of ['/portal/held', '/portal/held/ended']) expect((await browser.get(path)).text).not.toContain(id);
    expect((await browser.get(`/portal/held/${id}`)).status).toBe(404);
    expect((await proxy.send('POST', `/v1/me/mandates/${id}/renounce`)).status).toBe(404);
  });

  it('is laid down on two pages, and the holder is told', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    expect((await browser.get(`/portal/held/${id}`)).text).toContain(`href="/portal/held/${id}/renounce"`);
    expect((await browser.get(`/portal/held/${id}/renounce`)).text).toContain('Ja, neerleggen');
    const done = await browser.submit(`/portal/held/${id}/renounce`, {});
    expect(done.location).toBe(`/portal/held/${id}`);
    expect((await browser.get(done.location ?? '')).text).toContain('Door u neergelegd');
    expect((await browser.get('/portal/held')).text).not.toContain(id);
    expect((await browser.get('/portal/held/ended')).text).toContain(id);
    expect((await desk.message('person_id', ids['P-1'] ?? '', 'mandate_changed')).body).toContain('G. Voorbeeld');
  });

  it('is laid down by the API too, by its proxy alone, and can be laid down again', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    expect((await stranger.send('POST', `/v1/me/mandates/${id}/renounce`)).status).toBe(404);
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await proxy.send('POST', `/v1/me/mandates/${id}/renounce`);
      expect([status, body.state, body.ending, body.side]).toEqual([200, 'ended', 'renounced_by_proxy', 'proxy']);
    }
  });
});

describe('an invitation', () => {
  it('waits on the page of its proxy, who accepts it with the code that the holder passed on', async () => {
    const { id, code } = await invitation();
    expect((await browser.get('/portal/held')).text).toContain('Wacht op uw antwoord');
    await browser.get(`/portal/held/${id}`);
    const empty = await browser.submit(`/portal/held/${id}/acceptance`, { code: ' ' });
    expect([empty.status, empty.text.includes('Vul de code in')]).toEqual([400, true]);
    const wrong = await browser.submit(`/portal/held/${id}/acceptance`, { code: wrongFor(code) });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('U kunt het nog 4 keer proberen');
    const accepted = await browser.submit(`/portal/held/${id}/acceptance`, { code: code.toLowerCase() });
    expect(accepted.location).toBe(`/portal/held/${id}/recognition`);
    const { text } = await browser.get(accepted.location ?? '');
    expect(text).toContain('U heeft de machtiging aangenomen');
    expect(text).toContain('Uw nummer dat eindigt op 252: hieraan herkennen wij u nu al.');
    // Four ways, each with what it is worth and where it is set up.
    for (const [worth, href, words] of [
      ['Dat is één manier. Dat u met dat nummer belt', '/portal/ways/contact', 'Uw nummers bekijken of veranderen'],
      ['Samen met een code op uw telefoonnummer', '/portal/ways', 'Een app met codes instellen'],
      ['evenveel waard als twee manieren', '/portal/ways', 'Een toegangssleutel instellen'],
      ['Met alleen een e-mail krijgt u geen belcode', '/portal/calls', 'Een belcode vragen'],
    ] as const) {
      expect(text).toContain(worth);
      expect(text).toContain(`href="${href}">${words}</a>`);
      expect([href, (await browser.get(href)).status]).toEqual([href, 200]);
    }
    expect((await browser.get(`/portal/held/${id}`)).text).toContain('Geldig');
  });

  it('gives five tries, on pages and by the API together, and then takes not even the right code', async () => {
    const { id, code } = await invitation();
    const tries = async (typed: string) =>
      (await proxy.send('POST', `/v1/me/mandates/${id}/acceptance`, { code: typed })).body;
    for (const left of [4, 3, 2, 1]) expect(await tries(wrongFor(code))).toEqual({ accepted: false, tries_left: left });
    await browser.get(`/portal/held/${id}`);
    const last = await browser.submit(`/portal/held/${id}/acceptance`, { code: wrongFor(code) });
    expect(last.text).toContain('te vaak verkeerd ingevuld');
    expect(last.text).not.toContain('id="code"');
    expect(await tries(code)).toEqual({ accepted: false, tries_left: 0 });
  });

  it('is nobody else’s to accept, not even with the code', async () => {
    const { id, code } = await invitation();
    expect((await stranger.send('POST', `/v1/me/mandates/${id}/acceptance`, { code })).status).toBe(404);
    const giver = await visitor.signIn(HOLDER);
    expect((await giver.send('POST', `/v1/me/mandates/${id}/acceptance`, { code })).status).toBe(404);
    expect((await proxy.send('POST', `/v1/me/mandates/${id}/acceptance`, { code })).body.accepted).toBe(true);
  });

  it('is refused on two pages', async () => {
    const { id, code } = await invitation();
    expect((await browser.get(`/portal/held/${id}`)).text).toContain('Nee, ik wil deze machtiging niet');
    expect((await browser.get(`/portal/held/${id}/renounce`)).text).toContain('Nee zeggen');
    await browser.submit(`/portal/held/${id}/renounce`, {});
    expect((await proxy.send('POST', `/v1/me/mandates/${id}/acceptance`, { code })).status).toBe(409);
  });
});

describe('the link in an invitation', () => {
  it('tells who invites, what for and until when, and sends who is known to where they sign in', async () => {
    const { id, code, link } = await invitation();
    const visit = visitor.browser();
    const { status, text } = await visit.get(link);
    expect(status).toBe(200);
    for (const words of ['Uitnodiging van H. Fictief', 'Facturen en betalingen', `href="/portal/held/${id}"`]) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain('id="code"');
    expect(text).not.toContain('C-1');
    expect((await visit.get(`/portal/held/${id}`)).location).toBe(`/portal/sign-in?back=%2Fportal%2Fheld%2F${id}`);
    expect((await visit.submit(link, { code })).status).toBe(403);
    const api = `/v1/me/invitations/${link.split('/').at(-1)}`;
    const seen = await stranger.get(api);
    expect(seen.body).toMatchObject({ holder: 'H. Fictief', needs_sign_in: true, tries_left: 5 });
    expect((await stranger.send('POST', `${api}/acceptance`, { code })).status).toBe(403);
  });

  it('is enough, with the code, for somebody to whom no code can go yet; once', async () => {
    const { id, code, link } = await invitationToSomebodyNew();
    const visit = visitor.browser();
    expect((await visit.get(link)).text).toContain('id="code"');
    const wrong = await visit.submit(link, { code: wrongFor(code) });
    expect([wrong.status, wrong.text.includes('U kunt het nog 4 keer proberen')]).toEqual([400, true]);
    const accepted = await visit.submit(link, { code });
    expect(accepted.location).toBe('/portal/invitations/accepted');
    expect((await visit.get(accepted.location ?? '')).text).toContain('U heeft de machtiging aangenomen');
    const { rows } = await desk.owner.query('SELECT state FROM mandates WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'active' }]);
    const over = await visit.get(link);
    expect([over.status, over.text.includes('Deze uitnodiging is voorbij')]).toEqual([404, true]);
  });

  it('shows that the number to which it went is theirs, and it counts once it has aged; of two nobody knows which', async () => {
    for (const [ref, phone, email, isShown] of [
      ['P-5', '+44 7700 900255', undefined, true],
      ['P-6', '+44 7700 900256', 'ook@example.nl', false],
    ] as const) {
      ids[ref] = await desk.person(ref, { phone, name: `N. ${ref}`, ...(email === undefined ? {} : { email }) });
      const { code, link } = await invitation(ref);
      // As whoever gives a mandate writes it down: nobody has shown that it is theirs.
      const points = `UPDATE contact_points SET verified_at = NULL, changed_at = now() - interval '6 days' WHERE person_id = $1`;
      await desk.owner.query(points, [ids[ref]]);
      const path = `/v1/me/invitations/${link.split('/').at(-1)}/acceptance`;
      await stranger.send('POST', path, { code: wrongFor(code) });
      const shown = async (): Promise<unknown[]> =>
        (
          await desk.owner.query(
            'SELECT verified_at IS NOT NULL AS shown FROM contact_points WHERE person_id = $1 AND ended_at IS NULL ORDER BY kind',
            [ids[ref]],
          )
        ).rows.map((row: { shown: boolean }) => row.shown);
      expect(await shown()).not.toContain(true);
      expect((await stranger.send('POST', path, { code })).body).toMatchObject({ accepted: true });
      expect([ref, await shown()]).toEqual([ref, email === undefined ? [true] : [false, false]]);
      const isLetIn = async (): Promise<boolean> => {
        const asked = await visitor.ask(phone);
        await desk.addressed();
        const sent = await desk.owner.query('SELECT FROM messages WHERE code_id = $1', [asked.id]);
        return sent.rowCount === 1;
      };
      expect(await isLetIn()).toBe(false);
      await desk.owner.query("UPDATE contact_points SET changed_at = now() - interval '7 days' WHERE person_id = $1", [
        ids[ref],
      ]);
      expect([ref, await isLetIn()]).toEqual([ref, isShown]);
    }
  });

  it('shows nothing of a number that came after the invitation had gone out elsewhere', async () => {
    ids['P-7'] = await desk.person('P-7', { email: 'eerst@example.nl', name: 'N. Elders' });
    const { code, link } = await invitation('P-7');
    await desk.owner.query('UPDATE contact_points SET ended_at = now() WHERE person_id = $1', [ids['P-7']]);
    await desk.put('crm', '/v1/people/P-7', {
      kind: 'person',
      name: 'N. Elders',
      language: 'nl',
      contact_points: [{ kind: 'phone', value: '+44 7700 900257' }],
    });
    const path = `/v1/me/invitations/${link.split('/').at(-1)}/acceptance`;
    expect((await stranger.send('POST', path, { code })).body).toMatchObject({ accepted: true });
    const { rows } = await desk.owner.query(
      'SELECT verified_at FROM contact_points WHERE person_id = $1 AND ended_at IS NULL',
      [ids['P-7']],
    );
    expect(rows).toEqual([{ verified_at: null }]);
  });

  describe('guessed at in two processes at once', () => {
    let sibling: TestApp;
    let both: readonly Me[];
    beforeAll(async () => {
      sibling = await startSibling(desk.api);
      both = [stranger, await new Visitor(desk.at(sibling)).signIn(STRANGER)];
    });
    afterAll(() => sibling.stop());

    /** Twelve wrong codes, and then the right one. */
    async function guessed(): Promise<{ readonly compared: number; readonly afterwards: unknown }> {
      const { id, code, link } = await invitationToSomebodyNew();
      const path = `/v1/me/invitations/${link.split('/').at(-1)}/acceptance`;
      const guesses = await Promise.all(
        Array.from({ length: 12 }, (_, n) => both[n % 2]!.send('POST', path, { code: wrongFor(code) })),
      );
      expect(guesses.every(({ body }) => body.accepted === false)).toBe(true);
      const { rows } = await desk.owner.query<{ compared: number }>(
        `SELECT count(*)::int AS compared FROM audit_records
         WHERE kind = 'mandate.acceptance_attempted' AND body::jsonb ->> 'mandateId' = $1`,
        [id],
      );
      const { body } = await stranger.send('POST', path, { code });
      return { compared: rows[0]?.compared ?? -1, afterwards: body };
    }

    it('has the same five tries by the API, and compares five', async () => {
      expect(await guessed()).toEqual({ compared: 5, afterwards: { accepted: false, tries_left: 0 } });
    });

    it('would compare more, if tries were read before they are written (positive control)', async () => {
      const careless: Alteration = (app) => {
        const takeAcceptanceTry: MandatesRepository['takeAcceptanceTry'] = async (tx, id) => {
          const text = 'SELECT acceptance_tries AS tries FROM mandates WHERE id = $1';
          const [row] = await tx.query<[{ tries: number }]>(text, [id]);
          if (row.tries >= 5) return false;
          await meet('acceptance');
          await tx.query('UPDATE mandates SET acceptance_tries = $2 WHERE id = $1', [id, row.tries + 1]);
          return true;
        };
        return [{ of: app.get(MandatesRepository, { strict: false }), does: { takeAcceptanceTry } }];
      };
      const { compared } = await altered([desk.api.app, sibling.app], careless, guessed);
      expect(compared).toBeGreaterThan(5);
    });
  });

  it('opens nothing when it is not ours, or was made about other terms', async () => {
    const { id, code, link } = await invitationToSomebodyNew();
    const path = (way: string): string => `/v1/me/invitations/${way.split('/').at(-1)}`;
    const altered = `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`;
    expect((await stranger.get(path(altered))).status).toBe(404);
    expect((await stranger.send('POST', `${path(altered)}/acceptance`, { code })).status).toBe(404);
    const wider = { scopes: ['billing', 'faults'], form: 'portal' };
    await desk.expectSuccess(desk.send('crm', 'PATCH', `/v1/mandates/${id}`, wider, { 'if-match': '"1"' }));
    expect((await stranger.get(path(link))).status).toBe(404);
    expect((await stranger.send('POST', `${path(link)}/acceptance`, { code })).status).toBe(404);
  });
});

describe('how somebody is recognised on the phone', () => {
  it('says which of their numbers count, from when a new one does, and which never will by itself', async () => {
    const change = (sql: string) =>
      desk.owner.query(`UPDATE contact_points SET ${sql} WHERE person_id = $1 AND kind = 'phone'`, [ids['P-2']]);
    const numbers = async () => (await proxy.get('/v1/me/recognition')).body;
    expect(await numbers()).toEqual([{ ending: '252', counts: true, counts_from: null }]);
    await change("changed_at = now() - interval '2 days'");
    const [fresh] = await numbers();
    expect(fresh).toMatchObject({ ending: '252', counts: false });
    expect(Date.parse(fresh.counts_from)).toBeGreaterThan(Date.now());
    expect((await browser.get('/portal/held/recognition')).text).toContain('dit is nieuw. Het telt vanaf');
    await change('verified_at = NULL');
    expect(await numbers()).toEqual([{ ending: '252', counts: false, counts_from: null }]);
    await change("verified_at = '2020-01-01', changed_at = '2020-01-01'");
  });
});

/** What somebody asks for, until it has been found out whom they mean. */
async function ask(me: Me, more: Record<string, unknown>): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await me.send('POST', '/v1/me/mandate-requests', { contracts: ['C-1'], scopes: ['billing'], ...more });
  await desk.sent();
  return answer;
}

async function askedOf(me: Me): Promise<string[]> {
  return (await me.get('/v1/me/asked')).body.map(({ id }: { id: string }) => id);
}

describe('asking for a mandate', () => {
  let giver: Me;
  beforeEach(async () => {
    await desk.owner.query('DELETE FROM mandate_requests');
    await desk.owner.query('DELETE FROM blocks');
    giver ??= await visitor.signIn(HOLDER);
  });

  it('brings a draft to the holder, who is told, confirms it by code, and passes the acceptance code on', async () => {
    const asked = await ask(proxy, { holder: 'P-1' });
    expect(asked).toMatchObject({ status: 202, body: { state: 'waiting', holder: 'P-1', mandate_id: null } });
    const told = await desk.message('person_id', ids['P-1'] ?? '', 'mandate_asked');
    expect(told.body).toContain('G. Voorbeeld');
    expect(told.link).toContain('/portal/asked');
    const { body: waiting } = await giver.get('/v1/me/asked');
    expect(waiting).toEqual([expect.objectContaining({ state: 'draft', proxy: 'G. Voorbeeld', contracts: ['C-1'] })]);
    const { id } = waiting[0];
    const yes = await giver.send('POST', `/v1/me/asked/${id}/approve`, {});
    expect(yes.body).toMatchObject({ mandate: { state: 'draft' }, confirmation: { route: 'sms' } });
    const code = await desk.codeOf(yes.body.confirmation.id);
    const path = `/v1/me/mandates/${id}/confirmations/${yes.body.confirmation.id}/attempts`;
    expect((await giver.send('POST', path, { code })).body.accepted).toBe(true);
    expect(await askedOf(giver)).toEqual([]);
    const [request] = (await proxy.get('/v1/me/mandate-requests')).body;
    expect(request).toMatchObject({ state: 'approved', mandate_id: id });
    expect((await proxy.get(`/v1/me/mandates/${id}`)).body.state).toBe('pending_acceptance');
  });

  it('needs no code of a holder whose session is an approval by itself', async () => {
    await ask(proxy, {});
    const [id] = await askedOf(giver);
    await desk.owner.query('UPDATE sessions SET strength = 3 WHERE person_id = $1', [ids['P-1']]);
    const yes = await giver.send('POST', `/v1/me/asked/${id}/approve`, {});
    await desk.owner.query('UPDATE sessions SET strength = 2 WHERE person_id = $1', [ids['P-1']]);
    expect(yes.body).toMatchObject({
      confirmation: null,
      mandate: { state: 'pending_acceptance', strength: { level: 3 } },
    });
    const { rows } = await desk.owner.query("SELECT body FROM audit_records WHERE kind = 'mandate.approved'");
    const body = JSON.parse(rows[0].body);
    expect(Object.keys(body).toSorted()).toEqual(['cancelled', 'endsAt', 'mandateId', 'revision', 'state']);
  });

  it('says nothing of whether there is such a customer or contract, who said no, or that the asker is blocked', async () => {
    const shape = ({ status, body }: Awaited<ReturnType<typeof ask>>) => ({ status, ...body, ...CHANGING });
    const named = { holder: 'P-1', contracts: ['C-1'] };
    const real = await ask(proxy, named);
    expect(await askedOf(giver)).toHaveLength(1);
    const nobody = await ask(proxy, { ...named, holder: 'P-404' });
    expect(shape(nobody)).toEqual({ ...shape(real), holder: 'P-404' });
    const foreign = await ask(proxy, { ...named, contracts: ['C-404'] });
    expect(shape(foreign)).toEqual({ ...shape(real), contracts: ['C-404'] });
    const [id] = await askedOf(giver);
    expect((await giver.send('POST', `/v1/me/asked/${id}/decline`, { block: true })).status).toBe(204);
    expect(await askedOf(giver)).toEqual([]);
    const seen = (await proxy.get('/v1/me/mandate-requests')).body;
    expect(seen.map(({ state }: { state: string }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
    expect((await proxy.get(`/v1/me/mandates/${id}`)).status).toBe(404);
    for (const part of ['live', 'ended']) {
      const held = await proxy.get(`/v1/me/mandates?side=proxy&part=${part}`);
      expect(held.body.mandates.some((one: { id: string }) => one.id === id)).toBe(false);
    }
    const mine = await desk.owner.query<{ body: string }>(
      "SELECT body FROM audit_records WHERE person_ids @> ARRAY[$1::uuid] AND kind LIKE 'mandate.%'",
      [ids['P-2']],
    );
    expect(mine.rows.some(({ body }) => body.includes(String(id)))).toBe(false);

    await desk.owner.query('DELETE FROM mandate_requests');
    expect(shape(await ask(proxy, named))).toEqual(shape(real));
    expect(await askedOf(giver)).toEqual([]);
  });

  it('is possible three times a day for one person, and three requests wait for one holder', async () => {
    for (const scopes of [['billing'], ['faults'], ['subscription']]) await ask(proxy, { scopes });
    expect((await ask(proxy, { scopes: ['appointments'] })).status).toBe(429);
    expect(await askedOf(giver)).toHaveLength(3);
    expect((await ask(stranger, {})).status).toBe(202);
    expect(await askedOf(giver)).toHaveLength(3);
  });

  it('lapses after a week, and is nobody else’s to answer', async () => {
    await ask(proxy, {});
    const [id] = await askedOf(giver);
    for (const verb of ['approve', 'decline']) {
      expect((await stranger.send('POST', `/v1/me/asked/${id}/${verb}`, {})).status).toBe(404);
      expect((await proxy.send('POST', `/v1/me/asked/${id}/${verb}`, {})).status).toBe(404);
    }
    await desk.owner.query("UPDATE mandates SET accept_before = now() - interval '1 second' WHERE id = $1", [id]);
    await desk.owner.query(
      "UPDATE mandate_requests SET asked_at = now() - interval '8 days', expires_at = now() - interval '1 day'",
    );
    expect(await askedOf(giver)).toEqual([]);
    expect((await giver.send('POST', `/v1/me/asked/${id}/approve`, {})).status).toBe(404);
    expect((await proxy.get('/v1/me/mandate-requests')).body).toEqual([expect.objectContaining({ state: 'lapsed' })]);
  });

  it('keeps what was asked from whoever reads the database, and says what is wrong with it', async () => {
    await ask(proxy, { holder: 'P-404', contracts: ['C-404'] });
    const { rows } = await desk.owner.query('SELECT r::text AS row FROM mandate_requests r');
    expect(rows[0].row).not.toContain(Buffer.from('P-404').toString('hex'));
    const { status, body } = await ask(proxy, { scopes: ['everything'], ends_at: '2020-01-01' });
    expect(status).toBe(400);
    expect((body.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(['/scopes/0', '/ends_at']);
  });

  it('is asked, and answered, on pages', async () => {
    await browser.get('/portal/requests/new');
    const wrong = await browser.submit('/portal/requests/new', { holder: 'P 1', contracts: '', ends_at: '2020-01-01' });
    expect(wrong.status).toBe(400);
    for (const words of ['Vul een klantnummer in', 'Vul 1 tot 10', 'Kies wat u', 'Kies een dag', 'value="P 1"']) {
      expect(wrong.text).toContain(words);
    }
    const fields = { holder: '', contracts: 'C-1, C-2', 'scope.billing': 'on', ends_at: '' };
    expect((await browser.submit('/portal/requests/new', fields)).location).toBe('/portal/requests');
    expect((await browser.get('/portal/requests')).text).toContain('Wacht op antwoord');
    await desk.sent();

    const other = visitor.browser();
    await other.signIn(HOLDER);
    const list = await other.get('/portal/asked');
    expect(list.text).toContain('G. Voorbeeld');
    const [id] = await askedOf(giver);
    expect((await other.get(`/portal/asked/${id}`)).text).toContain('Mag G. Voorbeeld dit voor u regelen?');
    const yes = await other.submit(`/portal/asked/${id}/approve`, {});
    expect(yes.location).toBe(`/portal/mandates/${id}/code`);
    const { rows } = await desk.owner.query("SELECT id FROM codes WHERE mandate_id = $1 AND state = 'pending'", [id]);
    expect((await other.get(yes.location ?? '')).text).toContain('id="code"');
    await other.submit(`/portal/mandates/${id}/confirm`, { code: await desk.codeOf(rows[0].id) });
    expect((await browser.get('/portal/requests')).text).toContain('De klant heeft ja gezegd');
    expect((await browser.get(`/portal/held/${id}`)).text).toContain('Wacht op uw antwoord');
  });

  it('is declined for good on a page, and the page of the asker says no more than that it waits', async () => {
    await ask(proxy, {});
    const [id] = await askedOf(giver);
    const other = visitor.browser();
    await other.signIn(HOLDER);
    await other.get(`/portal/asked/${id}`);
    expect((await other.submit(`/portal/asked/${id}/decline`, { block: 'yes' })).location).toBe('/portal/asked');
    expect((await other.get('/portal/asked')).text).toContain('Niemand vraagt u nu iets.');
    expect((await browser.get('/portal/requests')).text).toContain('Wacht op antwoord');
    const blocks = await desk.get('crm', '/v1/blocks?holder=P-1');
    expect(blocks.body.blocks).toEqual([expect.objectContaining({ caller: 'P-2' })]);
  });
});
