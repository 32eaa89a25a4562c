import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { ACTIVITY_CATEGORIES, TELLINGS } from '../../src/activity/activity-kinds.ts';
import { CheckpointKeys, type CheckpointVerificationKeys, readPublicKeys } from '../../src/audit/checkpoint-keys.ts';
import { CheckpointService } from '../../src/audit/checkpoint.service.ts';
import { type InclusionProof, verifyProof } from '../../src/audit/inclusion-proof.ts';
import { createProgram } from '../../src/cli/program.ts';
import { text } from '../../src/pages/text.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';

const HOLDER = '+44 7700 900151';
const PROXY = '+44 7700 900152';
const OTHER = '+44 7700 900153';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly category: string;
  readonly who: { readonly is: string; readonly text: string };
  readonly sentence: string;
  readonly details: readonly string[];
  readonly channel: string | null;
  readonly case_ref: string | null;
}

let desk: Desk;
let visitor: Visitor;
let holder: Me;
let proxy: Me;
let other: Me;
let holderId: string;
let mandate: { readonly id: string; readonly ref: string };

/** A proxy calls, is recognised, and has something done that the holder confirms. */
beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  holderId = await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER, email: 'hanna@example.nl' });
  await desk.person('P-2', { name: 'Willem Verzonnen', phone: PROXY });
  await desk.person('P-3', { name: 'Fee Fictief', phone: OTHER });
  await desk.contract('C-1', ['P-1']);
  mandate = await desk.mandate('P-1', 'P-2', ['billing', 'subscription', 'faults'], ['C-1']);
  const opened = await desk.open('C-1', { number: PROXY, mandateRef: mandate.ref });
  const callId = opened.body.call.id;
  await desk.identify(callId);
  await desk.confirm(callId, [{ name: 'contract.terminate' }]);
  await desk.expectSuccess(desk.check(callId, ['contract.terminate', 'contract.gift'], 'execute'));
  await desk.expectSuccess(desk.check(callId, ['invoice.explain']));
  await desk.get('crm', '/v1/people/P-1');
  [holder, proxy, other] = [await visitor.signIn(HOLDER), await visitor.signIn(PROXY), await visitor.signIn(OTHER)];
});
afterAll(() => desk.close());

async function activityOf(me: Me, query = ''): Promise<readonly Entry[]> {
  const { status, body } = await me.get(`/v1/me/activity?limit=100${query}`);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.entries;
}

function sentencesOf(entries: readonly Entry[]): readonly string[] {
  return entries.map(({ sentence }) => sentence);
}

describe('the activity of a holder', () => {
  it('tells who looked, decided and did what, when, in which contact, and with what outcome', async () => {
    const entries = await activityOf(holder);
    const done = entries.find(({ category }) => category === 'done');
    expect(done).toMatchObject({
      sentence: 'Er is iets gedaan.',
      details: ['Het abonnement opzeggen: gedaan', expect.stringContaining(': mag niet')],
      channel: 'phone',
      who: { is: 'agent', text: expect.stringMatching(/^Medewerker [A-Z2-9]{4} \(agent, service\)$/) },
    });
    expect(sentencesOf(entries)).toEqual(
      expect.arrayContaining([
        'Er was contact over een contract van u, met iemand die zei Willem Verzonnen te zijn.',
        'Uw machtiging voor Willem Verzonnen is vastgelegd.',
        'Bekeken is wie u bent en hoe wij u bereiken.',
        'Wij stuurden u een code, om te vragen of iets mag.',
        'Er is ja gezegd, met de code die naar u ging.',
        'Er is ingelogd: code per sms.',
        'Uw gegevens zijn vastgelegd.',
      ]),
    );
    expect(entries.find(({ category }) => category === 'looked_up')?.who).toEqual({
      is: 'system',
      text: 'Een systeem van ons',
    });
    expect(entries.toSorted((a, b) => b.at.localeCompare(a.at))).toEqual(entries);
    // Nothing of ours goes out: no reference of an agent, no key, no id of another person.
    const everything = JSON.stringify(entries);
    for (const inside of ['A-1', 'key:', 'session:', 'facts', holderId]) expect(everything).not.toContain(inside);
  });

  it('tells it in the language that is asked for', async () => {
    const { body } = await holder.send('GET', '/v1/me/activity?category=done', undefined, { 'accept-language': 'en' });
    expect(body.entries[0].sentence).toBe('Something was done.');
  });

  it('can be read by category, by period and page by page, and misses and repeats nothing', async () => {
    const all = await activityOf(holder);
    const byCategory = [];
    for (const category of ACTIVITY_CATEGORIES) {
      const found = await activityOf(holder, `&category=${category}`);
      expect(found.every((entry) => entry.category === category)).toBe(true);
      byCategory.push(...found);
    }
    const ids = (entries: readonly Entry[]): string[] => entries.map(({ id }) => id).toSorted();
    expect(ids(byCategory)).toEqual(ids(all));

    const paged: Entry[] = [];
    let after = '';
    for (let page = 0; page < 50; page += 1) {
      const { body } = await holder.get(`/v1/me/activity?limit=2${after}`);
      paged.push(...body.entries);
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(paged).toEqual(all);

    const today = new Date().toISOString().slice(0, 10);
    expect(await activityOf(holder, `&from=2020-01-01&to=2020-12-31`)).toEqual([]);
    expect((await activityOf(holder, `&to=${all[3]?.at}`)).map(({ id }) => id)).not.toContain(all[3]?.id);
    expect((await activityOf(holder, '&from=2020-01-01')).length).toBe(all.length);
    for (const wrong of ['from=gisteren', `from=${today}&to=2020-01-01`, 'limit=101', 'category=x', 'after=x']) {
      expect([wrong, (await holder.get(`/v1/me/activity?${wrong}`)).status]).toEqual([wrong, 400]);
    }
  });

  it('can be taken along as JSON and as a table that no spreadsheet runs', async () => {
    const json = await holder.get('/v1/me/activity/export?category=changed');
    expect(json.headers.get('content-disposition')).toBe('attachment; filename="activity.json"');
    expect(json.body.entries).toEqual(await activityOf(holder, '&category=changed'));
    const csv = await holder.get('/v1/me/activity/export?format=csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = (csv.body as string).split('\r\n');
    expect(lines[0]).toBe('id,at,category,who,sentence,details,why');
    expect(lines).toHaveLength((await activityOf(holder)).length + 2);
    await desk.person('P-9', { name: '=1+1', phone: '+44 7700 900159' });
    await desk.mandate('P-1', 'P-9', ['billing'], ['C-1']);
    const again = await holder.get('/v1/me/activity/export?format=csv&category=changed');
    expect(again.body).not.toMatch(/(^|,)"?[=+@-]/m);
  });

  it('says in which contact and about which case, in data, in the table and on the page', async () => {
    const claim = { as: 'proxy', calling_number: PROXY, mandate_ref: mandate.ref };
    await desk.expectSuccess(
      desk.post('agent', '/v1/calls', { channel: 'chat', contract_ref: 'C-1', case_ref: 'ZAAK-17', claim }),
    );
    const [looked] = await activityOf(holder, '&category=looked_up');
    expect(looked).toMatchObject({ channel: 'chat', case_ref: 'ZAAK-17' });
    const { body: table } = await holder.get('/v1/me/activity/export?format=csv&category=looked_up');
    const line = (table as string).split('\r\n').find((one) => one.startsWith(looked?.id ?? '?')) ?? '';
    expect(line).toMatch(/Contact per chat, zaak ZAAK-17"?$/);
    const browser = visitor.browser();
    await desk.owner.query('DELETE FROM code_budget_entries');
    await browser.signIn(HOLDER);
    expect((await browser.get('/portal/activity?category=looked_up')).text).toContain('zaak ZAAK-17');
    expect((await browser.get('/portal/activity?category=looked_up&lang=en')).text).toContain('case ZAAK-17');
  });

  it('is not made longer by looking at it', async () => {
    const before = await activityOf(holder);
    await activityOf(holder);
    expect(await activityOf(holder)).toEqual(before);
  });

  it('has words for every kind of record that was written about anybody', async () => {
    const { rows } = await desk.owner.query<{ kind: string }>(
      "SELECT DISTINCT kind FROM audit_records WHERE person_ids <> '{}'",
    );
    expect(rows.map(({ kind }) => kind).filter((kind) => TELLINGS[kind] === undefined)).toEqual([]);
    expect(rows.length).toBeGreaterThan(10);
  });
});

describe('the activity of a proxy', () => {
  it('is their own: calls in which they were on the line, and mandates that name them', async () => {
    const sentences = sentencesOf(await activityOf(proxy));
    expect(sentences).toEqual(
      expect.arrayContaining([
        'Er was contact met iemand die zei dat hij of zij u was.',
        'De machtiging die u van Hanna Voorbeeld heeft is vastgelegd.',
        'Iemand bewees dat hij of zij u was, met de code die naar u ging.',
      ]),
    );
    // What the holder was asked and answered is between the holder and us.
    expect(sentences.filter((one) => /ja gezegd|nee gezegd|of iets mag/.test(one))).toEqual([]);
  });

  it('says nothing of an ending in silence, nor of an answer that ended a mandate', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const silent = await desk.mandate('P-1', 'P-3', ['billing'], ['C-1']);
    const asked = await desk.mandate('P-1', 'P-3', ['faults'], ['C-1']);
    const before = await activityOf(other);
    expect(sentencesOf(before)).toContain('De machtiging die u van Hanna Voorbeeld heeft is vastgelegd.');
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${silent.id}/withdraw`, { silent: true }));
    const confirmation = await desk.expectSuccess(desk.post('crm', `/v1/mandates/${asked.id}/confirmations`));
    const { link } = await desk.message('code_id', confirmation.body.id);
    await fetch(`${desk.api.url}${new URL(link ?? '').pathname}/no`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'block=yes',
      redirect: 'manual',
    });
    expect(await activityOf(other)).toEqual(before);
    const theirs = sentencesOf(await activityOf(holder));
    expect(theirs.filter((one) => one.includes('De ander kreeg geen bericht'))).toHaveLength(2);
    expect(theirs).toContain('U blokkeerde Fee Fictief.');
  });

  it('names nobody whom they only asked for a mandate', async () => {
    await desk.person('P-4', { name: 'Greta Geheim', phone: '+44 7700 900154' });
    await desk.contract('C-4', ['P-4']);
    const body = { holder: 'P-4', proxy: 'P-3', scopes: ['billing'], contracts: ['C-4'], form: 'letter' };
    await desk.expectSuccess(desk.post('crm', '/v1/mandates', body));
    const entries = await activityOf(other);
    expect(sentencesOf(entries)).toContain('De machtiging die u van iemand anders heeft is vastgelegd.');
    expect(JSON.stringify(entries)).not.toContain('Greta');
  });
});

describe('an entry that is not right', () => {
  async function report(me: Me, id: string, body: unknown): Promise<Answer> {
    return me.send('POST', `/v1/me/activity/${id}/incidents`, body);
  }

  it('opens one incident, which who deals with it can read and close, and its person follow', async () => {
    const [entry] = await activityOf(holder, '&category=done');
    const { status, body } = await report(holder, entry?.id ?? '', { text: 'Dit heb ik nooit gevraagd.' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ entry_id: entry?.id, state: 'open', stopped: [] });
    expect((await report(holder, entry?.id ?? '', { text: 'Nog een keer.' })).body.id).toBe(body.id);

    const listed = await desk.get('privacy', '/v1/incidents');
    expect(listed.body).toEqual({
      incidents: [
        expect.objectContaining({
          id: body.id,
          person: 'P-1',
          text: 'Dit heb ik nooit gevraagd.',
          entry_kind: 'check.executed',
        }),
      ],
      next: null,
    });
    expect((await desk.get('crm', '/v1/incidents')).status).toBe(403);
    expect(sentencesOf(await activityOf(holder))).toContain('Bekeken is wat u heeft gemeld.');

    expect((await desk.post('privacy', `/v1/incidents/${body.id}/close`)).status).toBe(204);
    expect((await desk.post('privacy', `/v1/incidents/${body.id}/close`)).status).toBe(204);
    expect((await desk.get('privacy', '/v1/incidents')).body.incidents).toEqual([]);
    expect((await holder.get('/v1/me/incidents')).body).toEqual([
      expect.objectContaining({ id: body.id, state: 'closed', closed_at: expect.any(String) }),
    ]);
    const told = sentencesOf(await activityOf(holder)).filter((one) => /meld/.test(one));
    expect(told.filter((one) => one === 'U meldde dat er iets niet klopt.')).toHaveLength(1);
    expect(told.filter((one) => one === 'Uw melding is afgehandeld.')).toHaveLength(1);
  });

  it('keeps what was said where nobody reads it in the database', async () => {
    const { rows } = await desk.owner.query<{ row: string }>('SELECT i::text AS row FROM incidents i');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ row }) => row.includes('nooit') || row.includes(Buffer.from('nooit').toString('hex')))).toBe(
      false,
    );
  });

  it('is nobody else’s to question, and needs a text of at most 1,000 characters', async () => {
    const [entry] = await activityOf(holder, '&category=signed_in');
    const foreign = await report(other, entry?.id ?? '', { text: 'x' });
    const absent = await report(other, '11111111-2222-4333-8444-555555555555', { text: 'x' });
    expect([foreign.status, foreign.body.detail]).toEqual([404, absent.body.detail]);
    for (const text of ['', '   ', 'x'.repeat(1_001), 'a\u0000b', 7]) {
      expect((await report(holder, entry?.id ?? '', { text })).status).toBe(400);
    }
  });

  it('that is hidden from its reader is not theirs to question either', async () => {
    const { rows } = await desk.owner.query<{ id: string }>(
      "SELECT id FROM audit_records WHERE kind = 'code.approved' AND cardinality(person_ids) = 2 LIMIT 1",
    );
    expect(rows).toHaveLength(1);
    expect((await report(proxy, rows[0]?.id ?? '', { text: 'x' })).status).toBe(404);
  });

  it('can be questioned on a page, which stops the mandate at once', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = visitor.browser();
    await browser.signIn(HOLDER);
    const list = await browser.get('/portal/activity?category=done&from=&to=');
    expect(list.text).toContain('Er is iets gedaan.');
    const [entry] = await activityOf(holder, '&category=done');
    const path = `/portal/activity/${entry?.id}`;
    expect(list.text).toContain(`href="${path}"`);
    const ask = await browser.get(path);
    expect(ask.text).toContain('Nu stilzetten');
    const empty = await browser.submit(path, { text: ' ', stop: 'suspend' });
    expect(empty.status).toBe(400);
    expect(empty.text).toContain('Vertel in hoogstens 1000 tekens');
    const stateOf = async (): Promise<string> => (await desk.get('crm', `/v1/mandates/${mandate.id}`)).body.state;
    expect(await stateOf()).toBe('active');
    const sent = await browser.submit(path, { text: 'Dit was ik niet.\r\nEcht niet.', stop: 'suspend' });
    expect(sent.status).toBe(303);
    expect(await stateOf()).toBe('suspended');
    const done = await browser.get(sent.location ?? '');
    expect(done.text).toContain('1 machtiging geldt niet meer.');
    expect((await browser.get('/portal/activity?from=gisteren')).status).toBe(400);

    // The same by the API; once more is once.
    const withdrawn = await report(holder, entry?.id ?? '', { text: 'Weg ermee.', stop: 'withdraw' });
    expect(withdrawn.body.stopped).toEqual([mandate.ref]);
    expect(await stateOf()).toBe('ended');
    const actors = sentencesOf(await activityOf(holder)).filter((one) => one.startsWith('Uw machtiging voor Willem'));
    expect(actors.slice(0, 2)).toEqual([
      'Uw machtiging voor Willem Verzonnen is ingetrokken.',
      'Uw machtiging voor Willem Verzonnen is stilgezet.',
    ]);
  });
});

describe('"am I really talking to you?"', () => {
  it('is answered by a code that the agent’s screen and the caller’s own page show, and nobody else’s', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const opened = await desk.open('C-1', { as: 'holder', number: HOLDER, name: 'Hanna Voorbeeld' });
    const path = `/v1/calls/${opened.body.call.id}/reverse-verification`;
    const { status, body } = await desk.post('agent', path);
    expect([status, body.code]).toEqual([200, expect.stringMatching(/^\d{6}$/)]);
    expect((await desk.post('agent', path)).body).toEqual(body);
    const { body: calls } = await holder.get('/v1/me/calls');
    expect(calls).toContainEqual(
      expect.objectContaining({
        id: opened.body.call.id,
        channel: 'phone',
        code: body.code,
        agent: expect.any(String),
      }),
    );
    expect((await other.get('/v1/me/calls')).body).toEqual([]);
    const browser = visitor.browser();
    await browser.signIn('hanna@example.nl');
    expect((await browser.get('/portal/calls')).text).toContain(`${body.code.slice(0, 3)} ${body.code.slice(3)}`);
    expect(sentencesOf(await activityOf(holder))).toContain(
      'Een medewerker kreeg de code te zien die bewijst dat u echt met ons spreekt.',
    );

    // Another employee's call is none, another caller has another code, and a call that is over has none.
    const stranger = await desk.send('agent', 'POST', path, undefined, { 'mandaat-agent': 'A-2' });
    expect(stranger.status).toBe(404);
    await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${opened.body.call.id}/caller`, { as: 'proxy', calling_number: PROXY }),
    );
    const handed = await desk.post('agent', path);
    expect(handed.body.code).not.toBe(body.code);
    const theirs = (await proxy.get('/v1/me/calls')).body as readonly { id: string; code: string }[];
    expect(theirs.find(({ id }) => id === opened.body.call.id)?.code).toBe(handed.body.code);
    expect((await holder.get('/v1/me/calls')).body).toEqual([]);
    await desk.post('agent', `/v1/calls/${opened.body.call.id}/end`);
    expect((await desk.post('agent', path)).status).toBe(409);
    expect(((await proxy.get('/v1/me/calls')).body as readonly { id: string }[]).map(({ id }) => id)).not.toContain(
      opened.body.call.id,
    );
  });

  it('tells nothing of a caller whom nobody knows: their code is like any other', async () => {
    const opened = await desk.open('C-1', { name: 'Niemand Bekend' });
    const { body } = await desk.post('agent', `/v1/calls/${opened.body.call.id}/reverse-verification`);
    expect(body).toEqual({ code: expect.stringMatching(/^\d{6}$/) });
  });
});

describe('the proof of an entry', () => {
  const ABSENT = '11111111-2222-4333-8444-555555555555';
  const pathOf = (id: string): string => `/v1/me/activity/${id}/proof`;

  const sign = (): Promise<unknown> => desk.api.app.get(CheckpointService, { strict: false }).make();

  /** What anybody may have: no secret of ours, and no database. */
  async function published(): Promise<CheckpointVerificationKeys> {
    return readPublicKeys(await (await fetch(`${desk.api.url}/v1/audit/checkpoint-keys`)).text());
  }

  /** A record of this kind that names somebody. */
  async function recordOf(condition: string): Promise<string> {
    const { rows } = await desk.owner.query<{ id: string }>(`SELECT id FROM audit_records WHERE ${condition} LIMIT 1`);
    return rows[0]?.id ?? 'there is none';
  }

  it('is not there before it is signed, and both the answer and the page say when to come back', async () => {
    const [entry] = await activityOf(holder);
    const id = entry?.id ?? '';
    const { status, body, headers } = await holder.get(pathOf(id));
    expect([status, body.code, headers.get('retry-after')]).toEqual([409, 'invalid_state', '600']);
    expect(body.detail).toContain('One is made every 10 minute(s).');
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = visitor.browser();
    await browser.signIn(HOLDER);
    for (const language of ['nl', 'en'] as const) {
      const page = await browser.get(`/portal/activity/${id}/proof?lang=${language}`);
      expect([page.status, page.headers.get('content-disposition')]).toEqual([409, null]);
      expect(page.text).toContain(text(language, 'proof.later_text', { count: 10 }));
      expect(page.text).toContain(`href="/portal/activity/${id}"`);
    }
  });

  it('holds for every one of them with the published keys alone, and tells nothing of it', async () => {
    const entries = await activityOf(holder);
    await sign();
    const keys = await published();
    for (const { id } of entries) {
      const { status, body } = await holder.get(pathOf(id));
      expect([status, Object.keys(body as object).toSorted()]).toEqual([
        200,
        ['chain', 'checkpoint', 'path', 'record_hash', 'record_id', 'sequence'],
      ]);
      expect(await verifyProof(JSON.stringify(body), keys)).toMatchObject({ proof: { record_id: id } });
    }
    expect(entries.length).toBeGreaterThan(10);
    // Upper case is the same id.
    const [first] = entries;
    expect((await holder.get(pathOf((first?.id ?? '').toUpperCase()))).body.record_id).toBe(first?.id);
  });

  it('does not hold when a hash of it is another, nor for other keys', async () => {
    const [entry] = await activityOf(holder, '&category=done');
    const proof = (await holder.get(pathOf(entry?.id ?? ''))).body as InclusionProof;
    const other64 = 'ab'.repeat(32);
    expect(proof.path.length).toBeGreaterThan(2);
    const keys = await published();
    for (const changed of [
      { ...proof, record_hash: other64 },
      ...proof.path.map((_, at) => ({ ...proof, path: proof.path.with(at, other64) })),
      { ...proof, path: proof.path.slice(1) },
      { ...proof, sequence: proof.sequence + 1 },
    ]) {
      expect(await verifyProof(JSON.stringify(changed), keys)).toBe('not_included');
    }
    const named = (id: string): CheckpointKeys => new CheckpointKeys([{ id, key: randomBytes(32) }]);
    expect(await verifyProof(JSON.stringify(proof), named('another'))).toBe('unknown_key');
    const [{ kid = '' } = {}] = keys.jwks.keys;
    expect(await verifyProof(JSON.stringify(proof), named(kid))).toBe('bad_signature');
  });

  it('does not show whose it is: with another id it holds as well, and the command line says what it does not show', async () => {
    const [one, other] = await activityOf(holder);
    const proof = (await holder.get(pathOf(one?.id ?? ''))).body as InclusionProof;
    const relabelled = JSON.stringify({ ...proof, record_id: other?.id });
    expect(await verifyProof(relabelled, await published())).toMatchObject({
      proof: { record_hash: proof.record_hash },
    });
  });

  it('is as absent for what is hidden or somebody else’s as for what never was', async () => {
    const [own] = await activityOf(holder, '&category=done');
    const hidden = await recordOf(`kind = 'code.tried' AND person_ids[1] = '${holderId}'`);
    const notForSecond = await recordOf("kind = 'code.approved' AND cardinality(person_ids) = 2");
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browsers = [visitor.browser(), visitor.browser(), visitor.browser()] as const;
    for (const [at, phone] of [HOLDER, PROXY, OTHER].entries()) await browsers[at]?.signIn(phone);
    for (const [me, browser, id] of [
      [other, browsers[2], own?.id ?? ''],
      [holder, browsers[0], hidden],
      [proxy, browsers[1], notForSecond],
    ] as const) {
      // It is there, and signed (positive control).
      expect((await desk.get('privacy', `/v1/audit/records/${id}/proof`)).status).toBe(200);
      const [theirs, absent] = await Promise.all([id, ABSENT].map((one) => me.get(pathOf(one))));
      const plain = ({ status, body, headers }: Answer): unknown => [
        status,
        JSON.stringify({ ...body, requestId: '' }),
        [...headers.keys()].toSorted(),
      ];
      expect(theirs?.status).toBe(404);
      expect(plain(theirs!)).toEqual(plain(absent!));
      const pages = [];
      for (const one of [id, ABSENT]) pages.push(await browser.get(`/portal/activity/${one}/proof`));
      const bare = pages.map(({ status, text: html }) => [
        status,
        html
          .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '')
          .replaceAll(/name="form_token" value="[^"]*"/g, ''),
      ]);
      expect(bare[0]?.[0]).toBe(404);
      expect(bare[0]).toEqual(bare[1]);
    }
    expect((await holder.get(pathOf('x'))).status).toBe(400);
  });

  it('is for people alone: every key is refused', async () => {
    const [entry] = await activityOf(holder);
    const path = pathOf(entry?.id ?? '');
    for (const scope of ['agent', 'crm', 'admin', 'privacy'] as const) {
      expect([scope, (await desk.get(scope, path)).status]).toEqual([scope, 403]);
    }
    expect((await fetch(`${desk.api.url}${path}`)).status).toBe(401);
  });

  it('is a file to keep, from the page of its entry', async () => {
    const [entry] = await activityOf(holder, '&category=done');
    const path = `/portal/activity/${entry?.id}`;
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = visitor.browser();
    await browser.signIn(HOLDER);
    for (const language of ['nl', 'en'] as const) {
      const page = await browser.get(`${path}?lang=${language}`);
      expect(page.text).toContain(`href="${path}/proof"`);
      expect(page.text).toContain(text(language, 'proof.text'));
      expect(page.text).toContain('href="/v1/audit/checkpoint-keys"');
    }
    const file = await browser.get(`${path}/proof`);
    expect([file.status, file.headers.get('content-type'), file.headers.get('content-disposition')]).toEqual([
      200,
      'application/json; charset=utf-8',
      `attachment; filename="proof-${entry?.id}.json"`,
    ]);
    expect(await verifyProof(file.text, await published())).toMatchObject({ proof: { record_id: entry?.id } });
    expect(JSON.parse(file.text)).toEqual((await holder.get(pathOf(entry?.id ?? ''))).body);

    // The command line takes it as it is, with keys from a file and without a database.
    const folder = await mkdtemp(join(tmpdir(), 'mandaat-proof-'));
    const [proofFile, keyFile] = [join(folder, 'proof.json'), join(folder, 'keys.json')];
    await writeFile(keyFile, await (await fetch(`${desk.api.url}/v1/audit/checkpoint-keys`)).text());
    const said: string[] = [];
    jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => said.push(String(chunk)) > 0);
    const check = async (proof: string): Promise<void> => {
      await writeFile(proofFile, proof);
      await createProgram().parseAsync(['node', 'mandaat', 'audit', 'verify-proof', proofFile, '--key', keyFile]);
    };
    try {
      await check(file.text);
      expect(said.join('')).toMatch(
        new RegExp(
          `^The proof holds: a record with the hash [0-9a-f]{64} was in chain .* nor that its id is ${entry?.id}, as`,
          's',
        ),
      );
      const moved = file.text.replace(/"sequence": (\d+)/, '"sequence": 1$1');
      await expect(check(moved)).rejects.toThrow('The proof does not hold: not_included.');
    } finally {
      jest.restoreAllMocks();
      await rm(folder, { recursive: true });
    }
  });

  it('is none for a record that was altered, and the page says whom to call', async () => {
    const [entry] = await activityOf(holder, '&category=done');
    const id = entry?.id ?? '';
    const alter = async (from: string, to: string): Promise<void> => {
      await desk.owner.query('ALTER TABLE audit_records DISABLE TRIGGER audit_records_refuse');
      const { rowCount } = await desk.owner.query(
        'UPDATE audit_records SET body = replace(body, $2, $3) WHERE id = $1 AND body LIKE $4',
        [id, from, to, `%${from}%`],
      );
      await desk.owner.query('ALTER TABLE audit_records ENABLE TRIGGER audit_records_refuse');
      expect(rowCount).toBe(1);
    };
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = visitor.browser();
    await browser.signIn(HOLDER);
    await alter('"permit"', '"denied"');
    try {
      const { status, body, headers } = await holder.get(pathOf(id));
      expect([status, body.code, headers.get('retry-after')]).toEqual([409, 'invalid_state', null]);
      expect(body.detail).toContain('not the record that was signed');
      const page = await browser.get(`/portal/activity/${id}/proof?lang=en`);
      expect([page.status, page.headers.get('content-disposition')]).toEqual([409, null]);
      expect(page.text).toContain(text('en', 'proof.none_text', { phone: desk.api.config.organisationPhone, id }));
    } finally {
      await alter('"denied"', '"permit"');
    }
    // As it was, it is proven again (positive control).
    expect((await holder.get(pathOf(id))).status).toBe(200);
  });
});
