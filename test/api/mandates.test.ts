import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { Response } from 'supertest';
import { DataSource } from 'typeorm';
import { CodeLinks } from '../../src/codes/code-links.service.ts';
import { CodesService } from '../../src/codes/codes.service.ts';
import { KeyRing } from '../../src/crypto/key-ring.ts';
import { acceptanceCode } from '../../src/mandates/acceptance-code.ts';
import { readPeriod } from '../../src/mandates/mandate-period.ts';
import { makeMandateRef, parseMandateRef } from '../../src/mandates/mandate-ref.ts';
import { SPOKEN_ALPHABET } from '../../src/mandates/spoken-code.ts';
import { MandatesService } from '../../src/mandates/mandates.service.ts';
import { MessagesService } from '../../src/messages/messages.service.ts';
import type { QueuedMessage } from '../../src/messages/template-values.ts';
import { makeKey, startTestApp, type TestApp } from '../support/app.ts';

let api: TestApp;
let owner: Client;
const key = { crm: '', strong: '', weak: '', agent: '', other: '', admin: '', privacy: '' };
let agentId: string;
let people = 0;

interface Body {
  [name: string]: unknown;
}
/** A holder with a contract, and somebody else; both can be reached. */
interface Pair {
  readonly holder: string;
  readonly proxy: string;
  readonly contract: string;
}

beforeAll(async () => {
  api = await startTestApp();
  owner = new Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  key.admin = (await makeKey(api, 'admin')).text;
  for (const ref of ['E-1', 'E-2']) {
    await api.request
      .put(`/v1/agents/${ref}`)
      .auth(key.admin, { type: 'bearer' })
      .send({ role: 'employee' })
      .expect(201);
  }
  key.crm = (await makeKey(api, 'crm', { strength: 3 })).text;
  key.strong = (await makeKey(api, 'crm', { strength: 4 })).text;
  key.weak = (await makeKey(api, 'crm', { strength: 0 })).text;
  key.agent = (await makeKey(api, 'agent', { agentRef: 'E-1' })).text;
  key.other = (await makeKey(api, 'agent', { agentRef: 'E-2' })).text;
  key.privacy = (await makeKey(api, 'privacy')).text;
  agentId = (await one<{ id: string }>(`SELECT id FROM agents WHERE agent_ref = 'E-1'`)).id;
});

afterAll(async () => {
  await owner?.end();
  await api?.stop();
});

async function one<Row>(sql: string, values: unknown[] = []): Promise<Row> {
  const { rows } = await owner.query(sql, values);
  expect(rows).toHaveLength(1);
  return rows[0] as Row;
}

async function many<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await owner.query(sql, values)).rows as Row[];
}

function post(path: string, body: Body = {}, as: keyof typeof key = 'crm'): Promise<Response> {
  return Promise.resolve(api.request.post(path).auth(key[as], { type: 'bearer' }).send(body));
}

function get(path: string, as: keyof typeof key = 'crm'): Promise<Response> {
  return Promise.resolve(api.request.get(path).auth(key[as], { type: 'bearer' }));
}

function patch(id: string, revision: number, body: Body, as: keyof typeof key = 'crm'): Promise<Response> {
  return Promise.resolve(
    api.request
      .patch(`/v1/mandates/${id}`)
      .auth(key[as], { type: 'bearer' })
      .set('If-Match', `"${revision}"`)
      .send(body),
  );
}

async function aPerson(hasPhone = true): Promise<string> {
  people += 1;
  const ref = `P-${people}`;
  const phone = `+447700900${String(people).padStart(3, '0')}`;
  const contact_points = hasPhone ? [{ kind: 'phone', value: phone, verified_at: '2026-01-01T00:00:00Z' }] : [];
  const body = { kind: 'person', name: `Fictief Voorbeeld ${people}`, language: 'nl', contact_points };
  await api.request.put(`/v1/people/${ref}`).auth(key.crm, { type: 'bearer' }).send(body).expect(201);
  await owner.query(
    `UPDATE contact_points SET changed_at = now() - interval '30 days'
    WHERE person_id = (SELECT id FROM people WHERE crm_ref = $1)`,
    [ref],
  );
  return ref;
}

async function aContract(...holders: string[]): Promise<string> {
  const ref = `C-${randomUUID().slice(0, 8)}`;
  await api.request
    .put(`/v1/contracts/${ref}`)
    .auth(key.crm, { type: 'bearer' })
    .send({ joint_rule: 'any', holders })
    .expect(201);
  return ref;
}

async function aPair(): Promise<Pair> {
  const [holder, proxy] = [await aPerson(), await aPerson()];
  return { holder, proxy, contract: await aContract(holder) };
}

function grant(pair: Pair, changes: Body = {}, as: keyof typeof key = 'crm'): Promise<Response> {
  const { holder, proxy, contract } = pair;
  const body = { holder, proxy, scopes: ['billing'], contracts: [contract], form: 'portal', ...changes };
  return post('/v1/mandates', body, as);
}

/** An open call of agent E-1 about the pair's contract. */
async function aCall(
  pair: Pair,
  caller: 'holder' | 'proxy',
  isVerified = true,
  openedAgo = '1 minute',
): Promise<string> {
  const id = randomUUID();
  await owner.query(
    `INSERT INTO calls (id, channel, contract_id, agent_id, claim, caller_id, language, opened_at, ends_at)
     SELECT $1, 'phone', c.id, $2, $3, p.id, 'nl', now() - $4::interval, now() + interval '2 hours'
     FROM contracts c, people p WHERE c.contract_ref = $5 AND p.crm_ref = $6`,
    [id, agentId, caller, openedAgo, pair.contract, pair[caller]],
  );
  if (isVerified) {
    await owner.query(
      `INSERT INTO verifications (id, call_id, person_id, method, verified_at)
       SELECT gen_random_uuid(), $1, caller_id, 'calling_number', now() FROM calls WHERE id = $1`,
      [id],
    );
  }
  return id;
}

async function codeOf(id: string): Promise<string> {
  const row = await one<{ holderId: string; termsRevision: number; keyId: string }>(
    `SELECT holder_id AS "holderId", terms_revision AS "termsRevision", acceptance_key_id AS "keyId"
     FROM mandates WHERE id = $1`,
    [id],
  );
  return acceptanceCode(api.app.get(KeyRing), { id, ...row });
}

async function anActive(pair?: Pair, changes: Body = {}, as: keyof typeof key = 'crm'): Promise<Body & { id: string }> {
  const granted = await grant(pair ?? (await aPair()), changes, as);
  expect(granted.status).toBe(201);
  const { id } = granted.body as { id: string };
  const accepted = await post(`/v1/mandates/${id}/acceptance`, { code: await codeOf(id) });
  expect(accepted.body).toEqual({ accepted: true, tries_left: 4 });
  return (await get(`/v1/mandates/${id}`)).body as Body & { id: string };
}

/** What an agent names: a call of theirs about the pair's contract, with the proxy on the line. */
async function inCall(pair: Pair): Promise<{ call_id: string }> {
  return { call_id: await aCall(pair, 'proxy') };
}

/** Asks the holder by code, and types what they got. */
async function confirm(id: string, as: keyof typeof key = 'crm', body: Body = {}): Promise<Response> {
  const asked = await post(`/v1/mandates/${id}/confirmations`, body, as);
  expect(asked.status).toBe(201);
  return post(`/v1/confirmations/${asked.body.id}/attempts`, { code: await valueOf(asked.body.id) }, as);
}

async function valueOf(codeId: string): Promise<string | null> {
  const codes = api.app.get(CodesService);
  const code = await codes.find(api.app.get(DataSource).manager, codeId);
  if (code === null) throw new Error('There is no such code.');
  return codes.valueOf(code, code.counter, await codes.clock());
}

/** A mandate in this state, made by the API alone. */
async function inState(state: string): Promise<string> {
  if (state === 'draft') return (await grant(await aPair(), { form: 'letter' }, 'weak')).body.id;
  if (state === 'pending_acceptance') return (await grant(await aPair())).body.id;
  const { id } = await anActive();
  if (state === 'suspended') await post(`/v1/mandates/${id}/suspend`);
  if (state === 'ended') await post(`/v1/mandates/${id}/withdraw`);
  return id;
}

/** What an agent may ask of a mandate, besides a change. */
const AGENT_VERBS = ['suspend', 'withdraw', 'renounce', 'invitation', 'confirmations', 'acceptance'];

function bodyOf(verb: string, body: Body): Body {
  return verb === 'acceptance' ? { code: 'WRONG', ...body } : body;
}

/** Messages about this mandate, as template → recipient. */
async function messagesAbout(id: string): Promise<string[]> {
  const rows = await many<{ line: string }>(
    `SELECT concat_ws(' ', m.template, m.parameters->>'change', CASE m.person_id WHEN a.holder_id THEN 'holder' ELSE 'proxy' END) AS line
     FROM messages m JOIN mandates a ON a.id::text = m.parameters->>'mandateId' WHERE a.id = $1 ORDER BY m.queued_at, line`,
    [id],
  );
  return rows.map((row) => row.line);
}

function audited(id: string): Promise<{ kind: string; persons: number; body: string }[]> {
  return many(
    `SELECT kind, cardinality(person_ids) AS persons, body FROM audit_records
     WHERE body LIKE '%' || $1 || '%' AND kind <> 'lookup' ORDER BY chain_id, sequence`,
    [id],
  );
}

describe('A reference', () => {
  it('survives spelling, and any one wrong or swapped character shows', () => {
    for (let round = 0; round < 50; round += 1) {
      const ref = makeMandateRef();
      expect(ref).toMatch(/^M-[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]{4}$/);
      expect(parseMandateRef(` ${ref.toLowerCase().replaceAll('-', ' ')} `)).toBe(ref);
      for (const at of [2, 3, 4, 5, 7, 8, 9, 10]) {
        for (const other of SPOKEN_ALPHABET) {
          const changed = ref.slice(0, at) + other + ref.slice(at + 1);
          if (changed !== ref) expect(parseMandateRef(changed)).toBeNull();
        }
        const next = at === 5 ? 7 : at + 1;
        const swapped = ref.split('');
        [swapped[at], swapped[next]] = [swapped[next] ?? '', swapped[at] ?? ''];
        if (next <= 10 && swapped.join('') !== ref) expect(parseMandateRef(swapped.join(''))).toBeNull();
      }
    }
  });
});

describe('A period', () => {
  const now = Date.parse('2026-03-27T10:00:00Z');
  const read = (starts_at?: string, ends_at?: string): unknown => {
    const period = readPeriod({ starts_at, ends_at }, now);
    if ('faults' in period) return period.faults.map((fault) => fault.pointer);
    return [new Date(period.startsAt).toISOString(), new Date(period.endsAt).toISOString()];
  };

  it('is one year from now when nothing is asked', () => {
    expect(read()).toEqual(['2026-03-27T10:00:00.000Z', '2027-03-27T10:00:00.000Z']);
  });

  it('takes dates as whole days of Amsterdam, in winter, in summer and on the day that the clock changes', () => {
    expect(read('2026-03-28', '2026-03-28')).toEqual(['2026-03-27T23:00:00.000Z', '2026-03-28T23:00:00.000Z']);
    expect(read('2026-03-29', '2026-03-29')).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
    expect(read('2026-10-25', '2026-10-25')).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
    expect(read('2026-03-27')).toEqual(['2026-03-26T23:00:00.000Z', '2027-03-26T23:00:00.000Z']);
  });

  it('takes instants with an offset', () => {
    expect(read('2026-04-01T09:00:00+02:00', '2026-04-02T00:00Z')).toEqual([
      '2026-04-01T07:00:00.000Z',
      '2026-04-02T00:00:00.000Z',
    ]);
  });

  it.each([
    ['a day that does not exist', '2026-02-30', undefined, ['/starts_at']],
    ['an instant without an offset', '2026-04-01T09:00:00', undefined, ['/starts_at']],
    ['words', 'tomorrow', 'never', ['/starts_at', '/ends_at']],
    ['yesterday', '2026-03-26', undefined, ['/starts_at']],
    ['an end before the start', '2026-05-01', '2026-04-30T00:00:00Z', ['/ends_at']],
    ['an end in the past', undefined, '2026-03-27T10:00:00Z', ['/ends_at']],
    ['more than five years', '2026-04-01', '2031-04-01', ['/ends_at']],
  ])('refuses %s', (_what, start, end, pointers) => {
    expect(read(start, end)).toEqual(pointers);
  });

  it('may last five years', () => {
    expect(read('2026-04-01', '2031-03-31')).toEqual(['2026-03-31T22:00:00.000Z', '2031-03-31T22:00:00.000Z']);
  });
});

describe('Granting', () => {
  it.each([
    ['letter', 'crm', 'pending_acceptance', 1],
    ['letter', 'weak', 'draft', 0],
    ['email', 'crm', 'pending_acceptance', 1],
    ['portal', 'crm', 'pending_acceptance', 3],
    ['eid', 'crm', 'pending_acceptance', 3],
    ['eid', 'strong', 'pending_acceptance', 4],
    ['notarial', 'strong', 'pending_acceptance', 4],
  ] as const)('by %s with the key %s begins as %s at strength %s', async (form, as, state, level) => {
    const pair = await aPair();
    const { status, body, headers } = await grant(pair, { form, evidence_ref: 'DOC/2026-7' }, as);
    expect(status).toBe(201);
    expect(headers.etag).toBe('"1"');
    expect(headers.location).toBe(`/v1/mandates/${body.id}`);
    expect(body).toMatchObject({
      state,
      strength: { level, until: null },
      revision: 1,
      is_silent: false,
      ending: null,
    });
    expect(body.evidence).toEqual([
      {
        form,
        registered_at: expect.any(String),
        registered_by: expect.stringMatching(/^(agent|key):/),
        reference: 'DOC/2026-7',
        is_current: true,
      },
    ]);
    expect(body.invited).toEqual(state === 'draft' ? null : { holder: true, proxy: true });
    expect(await messagesAbout(body.id)).toEqual(
      state === 'draft' ? [] : ['acceptance_code holder', 'invitation proxy'],
    );
  });

  it.each([
    ['portal', 'agent'],
    ['eid', 'agent'],
    ['notarial', 'crm'],
    ['court', 'crm'],
    ['portal', 'admin'],
    ['court', 'admin'],
  ] as const)('by %s is refused to the key %s', async (form, as) => {
    const { status, body } = await grant(await aPair(), { form, evidence_ref: 'DOC-7' }, as);
    expect([status, body.code]).toEqual([403, 'forbidden']);
  });

  it('by deed is refused for what only an executor does, whoever registers it', async () => {
    const terms = { form: 'notarial', evidence_ref: 'DOC-7', scopes: ['billing', 'bereavement'] } as const;
    const { status, body } = await grant(await aPair(), terms, 'strong');
    expect([status, body.errors[0].pointer]).toEqual([400, '/scopes/1']);
    expect(body.errors[0].detail).toContain('Record a representation (executor) instead.');
  });

  it('by deed needs the reference of the deed', async () => {
    const { status, body } = await grant(await aPair(), { form: 'court' }, 'strong');
    expect([status, body.errors[0].pointer]).toEqual([400, '/evidence_ref']);
  });

  it('tells every fault at once, and a contract of somebody else looks like none', async () => {
    const pair = await aPair();
    const foreign = await aContract(pair.proxy);
    await owner.query(`UPDATE contracts SET ended_at = now() WHERE contract_ref = $1`, [pair.contract]);
    const { status, body } = await grant(pair, {
      scopes: ['billing', 'everything'],
      contracts: [pair.contract, foreign, 'C-none'],
      ends_at: '2099-01-01',
      call_id: randomUUID(),
    });
    expect(status).toBe(400);
    const faults = new Map<string, string>(
      body.errors.map((fault: { pointer: string; detail: string }) => [fault.pointer, fault.detail] as const),
    );
    expect([...faults.keys()].toSorted()).toEqual([
      '/call_id',
      '/contracts/0',
      '/contracts/1',
      '/contracts/2',
      '/ends_at',
      '/scopes/1',
    ]);
    expect(faults.get('/contracts/1')).toBe(faults.get('/contracts/2'));
    expect(faults.get('/scopes/1')).toContain('billing');
  });

  it('to oneself, and to or from nobody, is refused', async () => {
    const pair = await aPair();
    const self = await grant({ ...pair, proxy: pair.holder });
    expect([self.status, self.body.errors[0].pointer]).toEqual([400, '/proxy']);
    const nobody = await grant({ ...pair, holder: 'P-nobody', proxy: 'P-none' });
    expect(nobody.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(['/holder', '/proxy']);
  });

  it.each([
    ['no scopes', { scopes: [] }],
    ['a scope twice', { scopes: ['billing', 'billing'] }],
    ['21 scopes', { scopes: Array.from({ length: 21 }, (_, at) => `s${at}`) }],
    ['51 contracts', { contracts: Array.from({ length: 51 }, (_, at) => `C-${at}`) }],
    ['a form of ours', { form: 'code' }],
    ['a strength', { strength: 4 }],
    ['a personal evidence_ref', { evidence_ref: 'van Anna, per post' }],
    ['a null call', { call_id: null }],
  ])('with %s is refused', async (_what, changes) => {
    expect((await grant({ holder: 'P-1', proxy: 'P-2', contract: 'C-1' }, changes)).status).toBe(400);
  });

  it('to one of two joint holders names that holder alone', async () => {
    const [first, second, proxy] = [await aPerson(), await aPerson(), await aPerson()];
    const contract = await aContract(first, second);
    const one = await grant({ holder: first, proxy, contract });
    const two = await grant({ holder: second, proxy, contract });
    expect([one.status, two.status]).toEqual([201, 201]);
    expect([one.body.holder, two.body.holder]).toEqual([first, second]);
  });

  it('of the same scope to the same proxy twice at once gives one mandate', async () => {
    const pair = await aPair();
    const answers = await Promise.all([grant(pair), grant(pair), grant(pair), grant(pair)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.code).toBe('mandate_overlaps');
    const other = await grant(pair, { scopes: ['faults'] });
    expect(other.status).toBe(201);
  });

  it('is done once for one Idempotency-Key', async () => {
    const pair = await aPair();
    const { holder, proxy, contract } = pair;
    const send = (): Promise<Response> =>
      Promise.resolve(
        api.request
          .post('/v1/mandates')
          .auth(key.crm, { type: 'bearer' })
          .set('Idempotency-Key', holder)
          .send({ holder, proxy, scopes: ['billing'], contracts: [contract], form: 'portal' }),
      );
    const [first, again] = [await send(), await send()];
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  it('takes the place of an invitation that nobody accepted in time', async () => {
    const pair = await aPair();
    const { id } = (await grant(pair)).body;
    await owner.query(`UPDATE mandates SET accept_before = now() - interval '1 second' WHERE id = $1`, [id]);
    expect((await get(`/v1/mandates/${id}`)).body).toMatchObject({ state: 'ended', ending: 'expired' });
    expect((await grant(pair)).status).toBe(201);
    const before = await one<Body>('SELECT state, ending, revision FROM mandates WHERE id = $1', [id]);
    expect(before).toEqual({ state: 'ended', ending: 'expired', revision: 2 });
    expect((await audited(id)).map(({ kind }) => kind)).toEqual(['mandate.granted', 'mandate.expired']);
  });

  it('says who could not be told', async () => {
    const [holder, proxy] = [await aPerson(false), await aPerson()];
    const { body } = await grant({ holder, proxy, contract: await aContract(holder) });
    expect(body.invited).toEqual({ holder: false, proxy: true });
  });
});

describe('A verb in a state', () => {
  const verbs = ['suspend', 'resume', 'withdraw', 'renounce', 'refuse', 'invitation', 'confirmations', 'acceptance'];
  const refused = 409;
  /** The state after each verb; a number is the refusal. */
  const table: Record<string, (string | number)[]> = {
    draft: [refused, refused, 'ended', 'ended', 'ended', refused, 'draft', refused],
    pending_acceptance: [
      refused,
      refused,
      'ended',
      'ended',
      'ended',
      'pending_acceptance',
      'pending_acceptance',
      'pending_acceptance',
    ],
    active: ['suspended', 'active', 'ended', 'ended', 'ended', refused, 'active', refused],
    suspended: ['suspended', 'active', 'ended', 'ended', 'ended', refused, refused, refused],
    ended: ['ended', refused, 'ended', 'ended', 'ended', refused, refused, refused],
  };
  const cases = Object.entries(table).flatMap(([state, row]) =>
    verbs.map((verb, at) => [verb, state, row[at]] as const),
  );

  it.each(cases)('%s when %s leads to %s', async (verb, state, wanted) => {
    const id = await inState(state);
    const before = (await get(`/v1/mandates/${id}`)).body;
    const { status, body } = await post(`/v1/mandates/${id}/${verb}`, verb === 'acceptance' ? { code: 'WRONG' } : {});
    const after = (await get(`/v1/mandates/${id}`)).body;
    if (typeof wanted === 'number') {
      expect([status, body.code]).toEqual([wanted, 'invalid_state']);
      expect(after).toEqual(before);
    } else {
      expect(status).toBeLessThan(300);
      expect(after.state).toBe(wanted);
      expect(after.revision).toBe(before.revision + (wanted === state ? 0 : 1));
      const endings: Record<string, string> = {
        withdraw: 'withdrawn_by_holder',
        renounce: 'renounced_by_proxy',
        refuse: 'refused_by_organisation',
      };
      // What ended it first stands.
      if (wanted === 'ended') expect(after.ending).toBe(state === 'ended' ? before.ending : endings[verb]);
    }
  });

  it.each(Object.keys(table))('change when %s', async (state) => {
    const id = await inState(state);
    const { revision } = (await get(`/v1/mandates/${id}`)).body;
    const { status, body } = await patch(id, revision, { ends_at: '2026-12-31' });
    if (state === 'ended') expect([status, body.code]).toEqual([409, 'invalid_state']);
    else expect([status, body.state, body.revision]).toEqual([200, state, revision + 1]);
  });

  it('is 404 for a mandate that does not exist, and 400 for what is no id', async () => {
    for (const verb of verbs) {
      const body = verb === 'acceptance' ? { code: 'X' } : {};
      expect((await post(`/v1/mandates/${randomUUID()}/${verb}`, body)).status).toBe(404);
      expect((await post(`/v1/mandates/1/${verb}`, body)).status).toBe(400);
    }
    expect((await get(`/v1/mandates/${randomUUID()}`)).status).toBe(404);
    expect((await patch(randomUUID(), 1, {})).status).toBe(404);
  });

  it.each([
    ['suspend', ['admin', 'privacy']],
    ['resume', ['agent', 'admin', 'privacy']],
    ['withdraw', ['admin', 'privacy']],
    ['renounce', ['admin', 'privacy']],
    ['refuse', ['agent', 'privacy']],
    ['acceptance', ['admin', 'privacy']],
    ['invitation', ['admin', 'privacy']],
    ['confirmations', ['admin', 'privacy']],
  ] as const)('%s is closed to the keys %s', async (verb, keys) => {
    for (const as of keys) expect((await post(`/v1/mandates/${randomUUID()}/${verb}`, {}, as)).status).toBe(403);
  });
});

describe('Ending', () => {
  it('is told to both sides, once', async () => {
    const pair = await aPair();
    const withdrawn = (await anActive(pair)).id;
    const renounced = (await anActive()).id;
    const refused = (await anActive()).id;
    for (let round = 0; round < 2; round += 1) {
      await post(`/v1/mandates/${withdrawn}/withdraw`, await inCall(pair), 'agent');
      await post(`/v1/mandates/${renounced}/renounce`);
      await post(`/v1/mandates/${refused}/refuse`, {}, 'admin');
    }
    const news = async (id: string): Promise<string[]> =>
      (await messagesAbout(id)).filter((line) => /withdrawn|renounced|refused/.test(line));
    const both = (change: string): string[] => [`mandate_changed ${change} holder`, `mandate_changed ${change} proxy`];
    expect(await news(withdrawn)).toEqual(both('withdrawn'));
    expect(await news(renounced)).toEqual(both('renounced'));
    expect(await news(refused)).toEqual(both('refused'));
    // Once to see it active, and once for the answer that changed nothing.
    const lookUps = `SELECT 1 FROM audit_records WHERE kind = 'lookup' AND body LIKE '%' || $1 || '%'`;
    expect(await many(lookUps, [renounced])).toHaveLength(2);
    expect((await audited(withdrawn)).filter(({ kind }) => kind === 'mandate.withdrawn')).toHaveLength(1);
  });

  it("in silence sends nothing, stands in the holder's log alone, and an agent finds nothing", async () => {
    const pair = await aPair();
    const { id, revision } = (await anActive(pair)) as unknown as { id: string; revision: number };
    const before = await messagesAbout(id);
    const call = await inCall(pair);
    const { status, body } = await post(`/v1/mandates/${id}/withdraw`, { silent: true, ...call }, 'agent');
    expect([status, body.is_silent]).toEqual([200, true]);
    expect(await messagesAbout(id)).toEqual(before);
    const record = (await audited(id)).at(-1);
    expect([record?.kind, record?.persons]).toEqual(['mandate.withdrawn', 1]);
    const answers = async (to: string): Promise<unknown[]> =>
      [
        ...(await Promise.all(
          AGENT_VERBS.map((verb) => post(`/v1/mandates/${to}/${verb}`, bodyOf(verb, call), 'agent')),
        )),
        await patch(to, revision + 1, call, 'agent'),
      ].map(({ status, body }) => [status, { ...body, requestId: null }]);
    const hidden = await answers(id);
    expect(hidden).toEqual(await answers(randomUUID()));
    expect(hidden.every((answer) => (answer as [number])[0] === 404)).toBe(true);
  });

  it('needs no body', async () => {
    const { id } = await anActive();
    const { status, body } = await api.request.post(`/v1/mandates/${id}/withdraw`).auth(key.crm, { type: 'bearer' });
    expect([status, body.state, body.is_silent]).toEqual([200, 'ended', false]);
  });

  it('drops what has not been sent yet: the code, the invitation, and after silence every word to the proxy', async () => {
    const valuesOf = async (template: string, side: 'holder' | 'proxy', id: string): Promise<unknown> => {
      const row = await one<Body>(
        `SELECT m.*, a.terms_revision FROM mandates a JOIN LATERAL (
           SELECT id, person_id AS "personId", contact_point_id AS "contactPointId", route, language, queued_at AS "queuedAt"
           FROM messages WHERE person_id = CASE $2 WHEN 'holder' THEN a.holder_id ELSE a.proxy_id END LIMIT 1) m ON true
         WHERE a.id = $1`,
        [id, side],
      );
      const parameters = {
        mandateId: id,
        termsRevision: row.terms_revision,
        change: 'suspended',
        changedAt: '2026-01-01T00:00Z',
      };
      const message = { ...row, template, codeId: null, codeCounter: null, attempts: 0, parameters };
      return api.app.get(MessagesService).valuesOf(message as unknown as QueuedMessage);
    };
    const { id } = (await grant(await aPair())).body;
    expect(await valuesOf('acceptance_code', 'holder', id)).toMatchObject({ scopes: ['Facturen en betalingen'] });
    expect(await valuesOf('invitation', 'proxy', id)).toMatchObject({ holder: expect.stringContaining('Fictief') });
    expect(await valuesOf('mandate_changed', 'proxy', id)).toMatchObject({ reader: 'proxy', change: 'suspended' });
    const unclear = await post(`/v1/mandates/${id}/withdraw`, { silent: null });
    expect([unclear.status, unclear.body.errors?.[0]?.pointer]).toEqual([400, '/silent']);
    await post(`/v1/mandates/${id}/withdraw`, { silent: true });
    expect(await valuesOf('acceptance_code', 'holder', id)).toBe('drop');
    expect(await valuesOf('invitation', 'proxy', id)).toBe('drop');
    expect(await valuesOf('mandate_changed', 'proxy', id)).toBe('drop');
    expect(await valuesOf('mandate_changed', 'holder', id)).toMatchObject({ reader: 'holder' });
  });

  it("comes with the holder's own no to its code, in silence", async () => {
    const id = await inState('draft');
    const now = await api.app.get(CodesService).clock();
    const mandates = api.app.get(MandatesService);
    const { manager } = api.app.get(DataSource);
    const entries = await manager.transaction((tx) => mandates.declinedByHolder(tx, now, id));
    expect(entries.map(({ kind, actor }) => [kind, actor.split(':')[0]])).toEqual([['mandate.withdrawn', 'holder']]);
    expect((await get(`/v1/mandates/${id}`)).body).toMatchObject({ ending: 'withdrawn_by_holder', is_silent: true });
    expect(await manager.transaction((tx) => mandates.declinedByHolder(tx, now, id))).toEqual([]);
  });

  it('kills the open codes about it', async () => {
    for (const verb of ['withdraw', 'suspend']) {
      const { id } = await anActive();
      const asked = (await post(`/v1/mandates/${id}/confirmations`)).body.id as string;
      const value = await valueOf(asked);
      await post(`/v1/mandates/${id}/${verb}`);
      expect((await one<Body>('SELECT state FROM codes WHERE id = $1', [asked])).state).toBe('cancelled');
      const attempt = await post(`/v1/confirmations/${asked}/attempts`, { code: value });
      expect(attempt.body.accepted).not.toBe(true);
      expect((await get(`/v1/mandates/${id}`)).body.evidence).toHaveLength(1);
    }
  });

  it('wins from an acceptance at the same moment, whoever came first', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { id } = (await grant(await aPair())).body;
      const code = await codeOf(id);
      const [accepted, withdrawn] = await Promise.all([
        post(`/v1/mandates/${id}/acceptance`, { code }),
        post(`/v1/mandates/${id}/withdraw`),
      ]);
      expect(withdrawn.status).toBe(200);
      expect([200, 409]).toContain(accepted.status);
      expect((await get(`/v1/mandates/${id}`)).body).toMatchObject({ state: 'ended', ending: 'withdrawn_by_holder' });
    }
  });
});

describe('Acceptance', () => {
  it('takes the code in any spelling, and tells the holder', async () => {
    const pair = await aPair();
    const { id } = (await grant(pair)).body;
    const code = await codeOf(id);
    const typed = ` ${code.slice(0, 3).toLowerCase()} - ${code.slice(3)} `;
    expect(
      (await post(`/v1/mandates/${id}/acceptance`, { code: typed, ...(await inCall(pair)) }, 'agent')).body,
    ).toEqual({
      accepted: true,
      tries_left: 4,
    });
    const { body } = await get(`/v1/mandates/${id}`);
    expect(body).toMatchObject({ state: 'active', revision: 2, accept_before: null });
    expect(body.accepted_at).not.toBeNull();
    expect(await messagesAbout(id)).toContain('mandate_changed accepted holder');
  });

  it('compares exactly five of 64 wrong codes at once, and then not even the right one', async () => {
    const { id } = (await grant(await aPair())).body;
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, at) => post(`/v1/mandates/${id}/acceptance`, { code: `WRNG ${1000 + at}` })),
    );
    expect(answers.every(({ status, body }) => status === 200 && body.accepted === false)).toBe(true);
    expect(
      answers
        .map(({ body }) => body.tries_left as number)
        .toSorted((a, b) => b - a)
        .slice(0, 5),
    ).toEqual([4, 3, 2, 1, 0]);
    const kinds = (await audited(id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'mandate.acceptance_attempted')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'mandate.acceptance_refused')).toHaveLength(59);
    const right = await post(`/v1/mandates/${id}/acceptance`, { code: await codeOf(id) });
    expect(right.body).toEqual({ accepted: false, tries_left: 0 });
    // Neither a new invitation nor other terms give tries back.
    await post(`/v1/mandates/${id}/invitation`);
    await patch(id, 1, { scopes: ['billing', 'faults'], form: 'portal' });
    expect((await post(`/v1/mandates/${id}/acceptance`, { code: await codeOf(id) })).body.accepted).toBe(false);
  });

  it('of 16 right codes at once happens once', async () => {
    const { id } = (await grant(await aPair())).body;
    const code = await codeOf(id);
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => post(`/v1/mandates/${id}/acceptance`, { code })),
    );
    expect(answers.filter(({ body }) => body.accepted === true)).toHaveLength(1);
    expect((await get(`/v1/mandates/${id}`)).body.revision).toBe(2);
  });

  it('does not take the code of another mandate, of other terms, or after its time', async () => {
    const one = (await grant(await aPair())).body.id as string;
    const other = (await grant(await aPair())).body.id as string;
    expect((await post(`/v1/mandates/${one}/acceptance`, { code: await codeOf(other) })).body.accepted).toBe(false);
    const narrow = await codeOf(one);
    await patch(one, 1, { scopes: ['billing', 'faults'], form: 'portal' });
    expect(await codeOf(one)).not.toBe(narrow);
    expect((await post(`/v1/mandates/${one}/acceptance`, { code: narrow })).body.accepted).toBe(false);
    await owner.query('UPDATE mandates SET accept_before = now() WHERE id = $1', [one]);
    const late = await post(`/v1/mandates/${one}/acceptance`, { code: await codeOf(one) });
    expect([late.status, late.body.code]).toEqual([409, 'invalid_state']);
  });

  it('leaves less than before with its code', async () => {
    const { id } = (await grant(await aPair(), { scopes: ['billing', 'faults'] })).body;
    const code = await codeOf(id);
    await patch(id, 1, { scopes: ['faults'] });
    expect((await post(`/v1/mandates/${id}/acceptance`, { code })).body.accepted).toBe(true);
  });

  it('code goes to the holder and to nobody else, and is stored nowhere', async () => {
    const pair = await aPair();
    const { id } = (await grant(pair)).body;
    const code = await codeOf(id);
    const spelt = `${code.slice(0, 4)}-${code.slice(4)}`;
    let inbox: { recipient: string; body: string }[] = [];
    for (let tries = 0; inbox.length < 2 && tries < 100; tries += 1) {
      await sleep(50);
      inbox = await many(
        `SELECT i.recipient, i.body FROM demo_inbox i JOIN messages m ON m.id = i.message_id
         WHERE m.parameters->>'mandateId' = $1 ORDER BY m.template`,
        [id],
      );
    }
    expect(inbox).toHaveLength(2);
    expect(inbox.map(({ body }) => body.includes(spelt))).toEqual([true, false]);
    expect(inbox[0]?.recipient).not.toBe(inbox[1]?.recipient);
    await owner.query('DELETE FROM demo_inbox');
    const stored = await many<{ text: string }>(
      `SELECT m::text AS text FROM mandates m UNION ALL SELECT m::text FROM messages m UNION ALL SELECT a.body FROM audit_records a`,
    );
    expect(stored.some(({ text }) => text.includes(code) || text.includes(spelt))).toBe(false);
  });

  it('invitation can be sent again, three times in ten minutes', async () => {
    const { id } = (await grant(await aPair())).body;
    const again = await post(`/v1/mandates/${id}/invitation`);
    expect([again.status, again.body.invited, again.body.revision]).toEqual([200, { holder: true, proxy: true }, 1]);
    expect((await post(`/v1/mandates/${id}/invitation`)).status).toBe(200);
    const refused = await post(`/v1/mandates/${id}/invitation`);
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
      429,
      'code_budget_exhausted',
      '600',
    ]);
    await owner.query(
      `UPDATE messages SET queued_at = queued_at - interval '10 minutes' WHERE parameters->>'mandateId' = $1`,
      [id],
    );
    expect((await post(`/v1/mandates/${id}/invitation`)).status).toBe(200);
  });
});

describe('A change', () => {
  it('needs the revision that was seen', async () => {
    const { id } = await anActive();
    const send = api.request.patch(`/v1/mandates/${id}`).auth(key.crm, { type: 'bearer' });
    const without = await send.send({ scopes: ['billing'] });
    expect([without.status, without.body.code]).toEqual([428, 'precondition_required']);
    for (const tag of ['2', '*', 'W/"2"', '"2", "3"', '"02"', '"99999999999"']) {
      const request = api.request.patch(`/v1/mandates/${id}`).auth(key.crm, { type: 'bearer' }).set('If-Match', tag);
      expect((await request.send({})).body.code).toBe('malformed_request');
    }
    const stale = await patch(id, 1, { ends_at: '2026-12-31' });
    expect([stale.status, stale.body.code]).toEqual([412, 'revision_conflict']);
  });

  it('made twice at once from the same revision happens once', async () => {
    const { id, revision } = (await anActive()) as unknown as { id: string; revision: number };
    const days = ['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31'];
    const answers = await Promise.all(days.map((ends_at) => patch(id, revision, { ends_at })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
  });

  it('that asks for nothing new changes nothing', async () => {
    const { id } = await anActive();
    const before = (await get(`/v1/mandates/${id}`)).body;
    const { status, body, headers } = await patch(id, 2, {
      scopes: ['billing'],
      ends_at: before.ends_at,
      starts_at: before.starts_at,
    });
    expect([status, headers.etag]).toEqual([200, '"2"']);
    expect(body).toEqual({ ...before, invited: null });
  });

  it('to less keeps its proof', async () => {
    const pair = await aPair();
    const { id } = await anActive(pair, { scopes: ['billing', 'faults'] });
    const { body } = await patch(id, 2, { scopes: ['faults'], ...(await inCall(pair)) }, 'agent');
    expect(body).toMatchObject({ revision: 3, strength: { level: 3 }, scopes: [{ scope: 'faults', version: 1 }] });
    expect(await messagesAbout(id)).toEqual(
      expect.arrayContaining(['mandate_changed changed holder', 'mandate_changed changed proxy']),
    );
  });

  it.each([
    ['another scope', async () => ({ scopes: ['billing', 'faults'] })],
    ['another contract', async (pair: Pair) => ({ contracts: [pair.contract, await aContract(pair.holder)] })],
    ['a later end', async () => ({ ends_at: '2029-12-31' })],
    ['an earlier start', async () => ({ starts_at: new Date(Date.now() + 3_600_000).toISOString() })],
  ])('to more, %s, needs proof of its own, and earlier proof counts no more', async (_what, changes) => {
    const pair = await aPair();
    const start = new Date(Date.now() + 7_200_000).toISOString();
    const { id } = await anActive(pair, { starts_at: start });
    const change = await changes(pair);
    const bare = await patch(id, 2, change);
    expect([bare.status, bare.body.errors[0].pointer]).toEqual([400, '/form']);
    const proven = { ...change, form: 'portal', evidence_ref: 'L-9' };
    const asAgent = await patch(id, 2, { ...proven, form: 'letter', ...(await inCall(pair)) }, 'agent');
    expect([asAgent.status, asAgent.body.code]).toEqual([403, 'forbidden']);
    const { status, body } = await patch(id, 2, proven);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'active', revision: 3, strength: { level: 3, until: null }, invited: null });
    expect(body.evidence.map((one: Body) => one.is_current)).toEqual([false, true]);
    expect((await messagesAbout(id)).slice(-2)).toEqual([
      'mandate_changed changed holder',
      'mandate_changed changed proxy',
    ]);
  });

  it.each(['active', 'suspended'])(
    'to more, proven by a letter alone, makes an %s mandate wait for acceptance, with a new code and new tries',
    async (state) => {
      const id = await inState(state);
      const { revision, contracts } = (await get(`/v1/mandates/${id}`)).body;
      const old = await one<Body>('SELECT acceptance_tries FROM mandates WHERE id = $1', [id]);
      expect(old.acceptance_tries).toBe(1);
      const wider = { scopes: ['billing', 'faults'], form: 'letter', evidence_ref: 'L-9' };
      const { body } = await patch(id, revision, wider);
      expect(body).toMatchObject({
        state: 'pending_acceptance',
        revision: revision + 1,
        strength: { level: 1 },
        accepted_at: null,
        contracts,
        invited: { holder: true, proxy: true },
      });
      expect((await post(`/v1/mandates/${id}/acceptance`, { code: await codeOf(id) })).body).toEqual({
        accepted: true,
        tries_left: 4,
      });
      expect((await get(`/v1/mandates/${id}`)).body).toMatchObject({ state: 'active', strength: { level: 1 } });
    },
  );

  it('made by an agent in a state that is not active yet is refused too when it makes more', async () => {
    const pair = await aPair();
    const { id } = (await grant(pair)).body;
    const wider = { scopes: ['billing', 'faults'], form: 'letter', evidence_ref: 'L-9', ...(await inCall(pair)) };
    expect((await patch(id, 1, wider, 'agent')).status).toBe(403);
  });

  it('may not be proven by words on the phone, by no session at all, or by a form that the key may not register', async () => {
    const pair = await aPair();
    const { id } = await anActive(pair);
    const wider = { scopes: ['billing', 'faults'], ...(await inCall(pair)) };
    expect((await patch(id, 2, { ...wider, form: 'oral' }, 'agent')).status).toBe(400);
    expect((await patch(id, 2, { scopes: wider.scopes, form: 'letter' }, 'weak')).status).toBe(403);
    expect((await patch(id, 2, { ...wider, form: 'portal' }, 'agent')).status).toBe(403);
    expect((await patch(id, 2, { evidence_ref: 'L-9' })).status).toBe(400);
    expect((await get(`/v1/mandates/${id}`)).body.revision).toBe(2);
  });

  it('that only adds proof raises the strength and nothing else', async () => {
    const { id } = (await grant(await aPair(), { form: 'letter' })).body;
    const { body } = await patch(id, 1, { form: 'portal' });
    expect(body).toMatchObject({ state: 'pending_acceptance', revision: 1, strength: { level: 3 } });
    expect((await messagesAbout(id)).at(-1)).toBe('mandate_changed confirmed holder');
  });

  it('by an agent has no paper for proof: what came on paper, a colleague looks at', async () => {
    const pair = await aPair();
    const { id } = await anActive(pair);
    for (const form of ['letter', 'email']) {
      const paper = { form, evidence_ref: 'L-9', ...(await inCall(pair)) };
      for (const answer of [await patch(id, 2, paper, 'agent'), await grant(await aPair(), paper, 'agent')]) {
        expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('/v1/registrations')]);
      }
    }
  });

  it('that proves a draft sends the invitation', async () => {
    const id = await inState('draft');
    const { body } = await patch(id, 1, { form: 'letter' });
    expect(body).toMatchObject({ state: 'pending_acceptance', revision: 2, invited: { holder: true, proxy: true } });
  });

  it('into the time of another mandate is refused', async () => {
    const pair = await aPair();
    const first = (await grant(pair, { ends_at: '2027-01-31' })).body.id as string;
    expect((await grant(pair, { starts_at: '2027-02-01' })).status).toBe(201);
    const { status, body } = await patch(first, 1, { ends_at: '2027-02-01', form: 'portal' });
    expect([status, body.code]).toEqual([409, 'mandate_overlaps']);
    expect((await get(`/v1/mandates/${first}`)).body.revision).toBe(1);
  });
});

describe('Strength', () => {
  it("is raised to 2 by the holder's code, by SMS, for a year, and falls by itself", async () => {
    const pair = await aPair();
    const call = await inCall(pair);
    const { id } = await anActive(pair, { form: 'letter', evidence_ref: 'L-9' });
    const { body } = await confirm(id, 'agent', call);
    expect(body.accepted).toBe(true);
    const confirmed = (await get(`/v1/mandates/${id}`)).body;
    expect(confirmed).toMatchObject({ state: 'active', revision: 2, strength: { level: 2 } });
    const at = confirmed.evidence[1].registered_at as string;
    expect(confirmed.strength.until).toBe(`${Number(at.slice(0, 4)) + 1}${at.slice(4)}`);
    expect(confirmed.evidence[1]).toMatchObject({ form: 'code', registered_by: expect.stringMatching(/^holder:/) });
    await owner.query(
      `UPDATE mandate_evidence SET registered_at = registered_at - interval '1 year 1 second' WHERE mandate_id = $1`,
      [id],
    );
    expect((await get(`/v1/mandates/${id}`)).body.strength).toEqual({ level: 1, until: null });
  });

  it('of a session at 3 does not fall, and a code does not lower it', async () => {
    const { id } = await anActive();
    await confirm(id);
    await owner.query(
      `UPDATE mandate_evidence SET registered_at = registered_at - interval '3 years' WHERE mandate_id = $1`,
      [id],
    );
    expect((await get(`/v1/mandates/${id}`)).body.strength).toEqual({ level: 3, until: null });
  });

  it('of evidence from the future is none', async () => {
    const { id } = await anActive();
    await owner.query(`UPDATE mandate_evidence SET registered_at = now() + interval '1 hour' WHERE mandate_id = $1`, [
      id,
    ]);
    expect((await get(`/v1/mandates/${id}`)).body.strength.level).toBe(0);
  });

  it("of a draft comes with the holder's code, which sends the invitation", async () => {
    const id = await inState('draft');
    expect((await confirm(id)).body.accepted).toBe(true);
    const { body } = await get(`/v1/mandates/${id}`);
    expect(body).toMatchObject({ state: 'pending_acceptance', revision: 2, strength: { level: 2 } });
    expect(await messagesAbout(id)).toEqual(['acceptance_code holder', 'invitation proxy']);
    expect((await post(`/v1/mandates/${id}/acceptance`, { code: await codeOf(id) })).body.accepted).toBe(true);
  });

  it('cannot be asked for where no code can go', async () => {
    const [holder, proxy] = [await aPerson(false), await aPerson()];
    const { id } = (await grant({ holder, proxy, contract: await aContract(holder) })).body;
    const { status, body } = await post(`/v1/mandates/${id}/confirmations`);
    expect([status, body.code]).toEqual([409, 'no_usable_contact_point']);
  });
});

describe('An oral mandate', () => {
  const HOUR = 3_600_000;

  it('by the holder on the line is active at once, in that call, for 24 hours', async () => {
    const pair = await aPair();
    const call_id = await aCall(pair, 'holder', true, '1 hour');
    const { status, body } = await grant(pair, { form: 'oral', call_id }, 'agent');
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'active', bound_to_call: call_id, strength: { level: 1 }, invited: null });
    expect(Math.abs(Date.parse(body.ends_at) - Date.now() - 23 * HOUR)).toBeLessThan(60_000);
    expect(Date.parse(body.asked_ends_at) - Date.parse(body.starts_at)).toBeGreaterThan(364 * 24 * HOUR);
    expect(await messagesAbout(body.id)).toEqual(['mandate_changed granted holder', 'mandate_changed granted proxy']);
  });

  it('confirmed by code counts in every call, until the end that was asked for', async () => {
    const pair = await aPair();
    const call_id = await aCall(pair, 'holder');
    const { id, asked_ends_at } = (await grant(pair, { form: 'oral', call_id }, 'agent')).body;
    expect((await confirm(id, 'agent', { call_id })).body.accepted).toBe(true);
    expect((await get(`/v1/mandates/${id}`)).body).toMatchObject({
      state: 'active',
      bound_to_call: null,
      ends_at: asked_ends_at,
      asked_ends_at: null,
      strength: { level: 2 },
    });
  });

  it('nobody confirmed has ended after 24 hours, can no longer be confirmed, and makes way', async () => {
    const pair = await aPair();
    const call = { call_id: await aCall(pair, 'holder') };
    const { id } = (await grant(pair, { form: 'oral', ...call }, 'agent')).body;
    expect((await grant(pair)).body.code).toBe('mandate_overlaps');
    const asked = (await post(`/v1/mandates/${id}/confirmations`, call, 'agent')).body.id as string;
    await owner.query(
      `UPDATE mandates SET starts_at = starts_at - interval '25 hours', ends_at = ends_at - interval '24 hours' WHERE id = $1`,
      [id],
    );
    expect((await get(`/v1/mandates/${id}`)).body).toMatchObject({ state: 'ended', ending: 'expired' });
    const attempt = await post(`/v1/confirmations/${asked}/attempts`, { code: await valueOf(asked) }, 'agent');
    expect([attempt.status, attempt.body.code]).toEqual([409, 'invalid_state']);
    expect((await post(`/v1/mandates/${id}/confirmations`, call, 'agent')).status).toBe(409);
    expect((await grant(pair)).status).toBe(201);
  });

  it("is a draft of strength 0 when only the proxy says so, and active with the holder's code", async () => {
    const pair = await aPair();
    const call_id = await aCall(pair, 'proxy', true);
    const { body } = await grant(pair, { form: 'oral', call_id }, 'agent');
    expect(body).toMatchObject({ state: 'draft', strength: { level: 0 }, bound_to_call: call_id });
    expect((await confirm(body.id, 'agent', { call_id })).body.accepted).toBe(true);
    expect((await get(`/v1/mandates/${body.id}`)).body).toMatchObject({
      state: 'active',
      strength: { level: 2 },
      bound_to_call: null,
      ends_at: body.asked_ends_at,
    });
  });

  it('of less than a day keeps its end', async () => {
    const pair = await aPair();
    const ends_at = new Date(Date.now() + 2 * HOUR).toISOString();
    const { body } = await grant(pair, { form: 'oral', call_id: await aCall(pair, 'holder'), ends_at }, 'agent');
    expect([body.ends_at, body.asked_ends_at]).toEqual([ends_at, null]);
  });

  it('with another end stays within its day until it is proven', async () => {
    const pair = await aPair();
    const call_id = await aCall(pair, 'holder');
    const { id, ends_at } = (await grant(pair, { form: 'oral', call_id }, 'agent')).body;
    const narrowed = (await patch(id, 1, { ends_at: '2027-03-31', call_id }, 'agent')).body;
    expect([narrowed.ends_at, narrowed.asked_ends_at]).toEqual([ends_at, '2027-03-31T22:00:00.000Z']);
    const proven = (await patch(id, 2, { form: 'portal' })).body;
    expect(proven).toMatchObject({
      state: 'active',
      ends_at: '2027-03-31T22:00:00.000Z',
      asked_ends_at: null,
      bound_to_call: null,
    });
  });

  it('that only the proxy claims is not made active by a letter: it waits for acceptance', async () => {
    const pair = await aPair();
    const call_id = await aCall(pair, 'proxy');
    const { id, asked_ends_at } = (await grant(pair, { form: 'oral', call_id }, 'agent')).body;
    const { body } = await patch(id, 1, { form: 'letter', evidence_ref: 'L-9' });
    expect(body).toMatchObject({
      state: 'pending_acceptance',
      revision: 2,
      strength: { level: 1 },
      ends_at: asked_ends_at,
      accepted_at: null,
      invited: { holder: true, proxy: true },
    });
    expect(body.accept_before).not.toBeNull();
    const accepted = await post(`/v1/mandates/${id}/acceptance`, { code: await codeOf(id), call_id }, 'agent');
    expect(accepted.body.accepted).toBe(true);
    expect((await get(`/v1/mandates/${id}`)).body).toMatchObject({ state: 'active', bound_to_call: null });
  });

  it("is not made more than its day in one call by an agent's letter, and waits for acceptance by the CRM's", async () => {
    const pair = await aPair();
    const call_id = await aCall(pair, 'holder');
    const { id } = (await grant(pair, { form: 'oral', call_id }, 'agent')).body;
    const letter = { form: 'letter', evidence_ref: 'L-9' };
    const asAgent = await patch(id, 1, { ...letter, call_id }, 'agent');
    expect([asAgent.status, asAgent.body.code]).toEqual([403, 'forbidden']);
    const { body } = await patch(id, 1, letter);
    expect(body).toMatchObject({ state: 'pending_acceptance', revision: 2, invited: { holder: true, proxy: true } });
  });

  it.each([
    ['no call', async () => ({})],
    ['a call that does not exist', async () => ({ call_id: randomUUID() })],
    ['the holder unverified', async (pair: Pair) => ({ call_id: await aCall(pair, 'holder', false) })],
    [
      'a call that ended',
      async (pair: Pair) => {
        const call_id = await aCall(pair, 'holder');
        await owner.query('UPDATE calls SET ended_at = now() WHERE id = $1', [call_id]);
        return { call_id };
      },
    ],
    [
      'a call about another contract',
      async (pair: Pair) => ({ call_id: await aCall({ ...pair, contract: await aContract(pair.holder) }, 'holder') }),
    ],
    [
      'a third person on the line',
      async (pair: Pair) => ({ call_id: await aCall({ ...pair, proxy: await aPerson() }, 'proxy') }),
    ],
    [
      'a start after its day',
      async (pair: Pair) => ({
        call_id: await aCall(pair, 'holder'),
        starts_at: new Date(Date.now() + 25 * HOUR).toISOString(),
      }),
    ],
  ])('with %s is refused', async (what, changes) => {
    const pair = await aPair();
    const { status, body } = await grant(pair, { form: 'oral', ...(await changes(pair)) }, 'agent');
    expect([status, body.errors[0].pointer]).toEqual([400, what.startsWith('a start') ? '/starts_at' : '/call_id']);
  });

  it("in a colleague's call, or for nobody, is refused like one in no call", async () => {
    const pair = await aPair();
    const call_id = await aCall(pair, 'holder');
    const colleague = await grant(pair, { form: 'oral', call_id }, 'other');
    const unknown = await grant(pair, { form: 'oral', call_id: randomUUID() }, 'agent');
    expect(colleague.body.errors).toEqual(unknown.body.errors);
    expect((await grant(pair, { form: 'oral', call_id }, 'crm')).body.errors).toEqual(unknown.body.errors);
  });
});

describe('An agent', () => {
  /** Everything that an agent may send about a mandate. */
  async function everything(id: string, call: Body): Promise<[number, Body][]> {
    const answers: Response[] = [];
    for (const verb of AGENT_VERBS) answers.push(await post(`/v1/mandates/${id}/${verb}`, bodyOf(verb, call), 'agent'));
    answers.push(await patch(id, 1, { scopes: ['billing'], ...call }, 'agent'));
    return answers.map(({ status, body }) => [status, { ...body, requestId: null }]);
  }

  it.each([
    ['that does not exist', async () => randomUUID()],
    [
      'about another contract',
      async (pair: Pair) => aCall({ ...pair, contract: await aContract(pair.holder) }, 'proxy'),
    ],
    ['with a third person on the line', async (pair: Pair) => aCall({ ...pair, proxy: await aPerson() }, 'proxy')],
    [
      'with nobody whom we know on the line',
      async (pair: Pair) => {
        const id = await aCall(pair, 'proxy', false);
        await owner.query('UPDATE calls SET caller_id = NULL WHERE id = $1', [id]);
        return id;
      },
    ],
    [
      'that ended',
      async (pair: Pair) => {
        const id = await aCall(pair, 'proxy');
        await owner.query('UPDATE calls SET ended_at = now() WHERE id = $1', [id]);
        return id;
      },
    ],
    [
      'of a colleague',
      async (pair: Pair) => {
        const id = await aCall(pair, 'proxy');
        await owner.query(`UPDATE calls SET agent_id = (SELECT id FROM agents WHERE agent_ref = 'E-2') WHERE id = $1`, [
          id,
        ]);
        return id;
      },
    ],
  ])('in a call %s finds no mandate, and can register none', async (_what, call) => {
    const pair = await aPair();
    const { id } = (await grant(pair)).body;
    const call_id = await call(pair);
    const before = await one('SELECT * FROM mandates WHERE id = $1', [id]);
    const answers = await everything(id, { call_id });
    expect(answers).toEqual(await everything(randomUUID(), { call_id }));
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([404]));
    expect(await one('SELECT * FROM mandates WHERE id = $1', [id])).toEqual(before);
    const granted = await grant(pair, { scopes: ['faults'], form: 'oral', call_id }, 'agent');
    expect([granted.status, granted.body.errors[0].pointer]).toEqual([400, '/call_id']);
  });

  it('in no call is told to name one, and learns of nobody', async () => {
    const { id } = (await grant(await aPair())).body;
    const answers = await everything(id, {});
    expect(answers).toEqual(await everything(randomUUID(), {}));
    for (const [status, body] of answers) {
      expect([status, (body.errors as Body[])[0]?.pointer]).toEqual([400, '/call_id']);
    }
    const nobody = { holder: 'P-nobody', proxy: 'P-none', contract: 'C-none' };
    for (const call of [{}, { call_id: randomUUID() }]) {
      const { body } = await grant(nobody, { form: 'oral', ...call }, 'agent');
      expect(body.errors.map((fault: Body) => fault.pointer)).toEqual(['/call_id']);
    }
  });

  it.each(['holder', 'proxy'] as const)(
    'with the %s on the line is recorded in that call, also for nothing',
    async (side) => {
      const pair = await aPair();
      const { id } = await anActive(pair);
      const call_id = await aCall(pair, side);
      for (const verb of ['suspend', 'suspend', 'withdraw', 'withdraw', 'renounce']) {
        expect((await post(`/v1/mandates/${id}/${verb}`, { call_id }, 'agent')).status).toBe(200);
      }
      const records = await many<{ kind: string }>(
        'SELECT kind FROM audit_records WHERE call_id = $1 ORDER BY chain_id, sequence',
        [call_id],
      );
      expect(records.map(({ kind }) => kind)).toEqual([
        'mandate.suspended',
        'lookup',
        'mandate.withdrawn',
        'lookup',
        'lookup',
      ]);
    },
  );

  it('of the CRM that names a call must be in it too', async () => {
    const pair = await aPair();
    const { id } = (await grant(pair)).body;
    expect((await post(`/v1/mandates/${id}/withdraw`, await inCall(pair))).status).toBe(404);
  });
});

describe('Both sides', () => {
  it('hear that it was switched off and on again, once each', async () => {
    const { id } = await anActive();
    for (const verb of ['suspend', 'suspend', 'resume', 'resume']) await post(`/v1/mandates/${id}/${verb}`);
    const news = (await messagesAbout(id)).filter((line) => /suspended|resumed/.test(line));
    expect(news).toEqual(
      ['suspended', 'resumed'].flatMap((change) => [
        `mandate_changed ${change} holder`,
        `mandate_changed ${change} proxy`,
      ]),
    );
  });
});

describe('What the holder confirms', () => {
  it('shows contracts, period and the fixed text of every scope, on the page and in the messages', async () => {
    const pair = await aPair();
    const second = await aContract(pair.holder);
    const terms = { scopes: ['billing', 'faults'], contracts: [pair.contract, second] };
    const { id } = (await grant(pair, { ...terms, starts_at: '2027-01-01', ends_at: '2027-12-31' })).body;
    const asked = (await post(`/v1/mandates/${id}/confirmations`)).body.id as string;
    const codes = api.app.get(CodesService);
    const code = await codes.require(api.app.get(DataSource).manager, asked);
    const page = new URL(api.app.get(CodeLinks).of(code)).pathname;
    const { text } = await api.request.get(page).query({ lang: 'nl' }).expect(200);
    for (const shown of [
      pair.contract,
      second,
      '1 januari 2027',
      '31 december 2027',
      'Facturen en betalingen',
      'Deze persoon mag over uw facturen praten, ze laten uitleggen en afspraken over betalen maken.',
      'Nooit: Uw rekeningnummer veranderen of geld naar een andere rekening laten gaan.',
      'Nooit: Horen wie u belt of welke websites u bezoekt.',
    ]) {
      expect(text).toContain(shown);
    }
    const english = await api.request.get(page).query({ lang: 'en' }).expect(200);
    expect(english.text).toContain('Never: Changing your account number');
    const messages = await many<QueuedMessage>(
      `SELECT id, template, person_id AS "personId", contact_point_id AS "contactPointId", route, language,
         code_id AS "codeId", code_counter AS "codeCounter", parameters, attempts, queued_at AS "queuedAt"
       FROM messages WHERE code_id = $1 OR (parameters->>'mandateId' = $2 AND template = 'acceptance_code')`,
      [asked, id],
    );
    expect(messages.map(({ template }) => template).toSorted()).toEqual(['acceptance_code', 'mandate_code']);
    for (const message of messages) {
      expect(await api.app.get(MessagesService).valuesOf(message)).toMatchObject({
        contracts: [pair.contract, second].toSorted(),
        scopes: ['Facturen en betalingen', 'Storingen'],
      });
    }
  });
});

describe('Looking up', () => {
  it('a mandate shows what was granted, and is recorded for both', async () => {
    const pair = await aPair();
    const { id } = (await grant(pair)).body;
    const { body } = await get(`/v1/mandates/${id}`, 'privacy');
    expect(body).toMatchObject({ id, holder: pair.holder, proxy: pair.proxy, contracts: [pair.contract] });
    expect(JSON.stringify(body)).not.toContain('Fictief');
    const record = await one<Body>(
      `SELECT cardinality(person_ids) AS persons FROM audit_records WHERE kind = 'lookup' AND body LIKE '%' || $1 || '%'`,
      [id],
    );
    expect(record.persons).toBe(2);
    expect((await get(`/v1/mandates/${id}`, 'agent')).status).toBe(403);
  });

  it('lists by holder or by proxy, in pages, ended ones for 15 months', async () => {
    const [holder, proxy] = [await aPerson(), await aPerson()];
    const contract = await aContract(holder);
    const ids: string[] = [];
    for (const scope of ['billing', 'faults', 'appointments']) {
      ids.unshift((await grant({ holder, proxy, contract }, { scopes: [scope] })).body.id);
    }
    const old = ids[2] ?? '';
    await post(`/v1/mandates/${old}/withdraw`);
    const listed = async (query: string): Promise<unknown[]> => {
      const { body } = await get(`/v1/mandates?${query}`);
      return [body.mandates.map((mandate: Body) => mandate.id), body.next];
    };
    expect(await listed(`holder=${holder}`)).toEqual([ids, null]);
    expect(await listed(`proxy=${proxy}&limit=2`)).toEqual([ids.slice(0, 2), ids[1]]);
    expect(await listed(`proxy=${proxy}&limit=2&after=${ids[1]}`)).toEqual([[old], null]);
    expect(await listed(`proxy=${holder}`)).toEqual([[], null]);
    expect(await listed('holder=P-nobody')).toEqual([[], null]);
    await owner.query('ALTER TABLE mandates DISABLE TRIGGER mandates_refuse_revival');
    await owner.query(`UPDATE mandates SET ended_at = now() - interval '15 months 1 day' WHERE id = $1`, [old]);
    await owner.query('ALTER TABLE mandates ENABLE TRIGGER mandates_refuse_revival');
    expect(await listed(`holder=${holder}`)).toEqual([ids.slice(0, 2), null]);
  });

  it('finds one by its reference as it is read out', async () => {
    const { id, mandate_ref } = (await grant(await aPair())).body;
    const { body } = await get(
      `/v1/mandates?mandate_ref=${encodeURIComponent(mandate_ref.toLowerCase().replaceAll('-', ' '))}`,
    );
    expect(body.mandates.map((mandate: Body) => mandate.id)).toEqual([id]);
    const misheard = mandate_ref.slice(0, -1) + (mandate_ref.endsWith('2') ? '3' : '2');
    expect((await get(`/v1/mandates?mandate_ref=${misheard}`)).body.errors[0].pointer).toBe('/mandate_ref');
  });

  it.each([
    '',
    'holder=P-1&proxy=P-2',
    'holder=P-1&limit=0',
    'holder=P-1&limit=101',
    'holder=P-1&after=x',
    'name=Anna',
  ])('refuses the query "%s"', async (query) => {
    expect((await get(`/v1/mandates?${query}`)).status).toBe(400);
  });
});

describe('A block', () => {
  it('is set once, told to the holder alone, listed, and lifted once', async () => {
    const { holder, proxy: caller } = await aPair();
    const [first, again] = [await post('/v1/blocks', { holder, caller }), await post('/v1/blocks', { holder, caller })];
    expect([first.status, again.body]).toEqual([200, first.body]);
    expect(first.body).toEqual({ id: expect.any(String), caller, blocked_at: expect.any(String) });
    expect((await get(`/v1/blocks?holder=${holder}`)).body).toEqual({ blocks: [first.body] });
    expect((await get(`/v1/blocks?holder=${caller}`)).body).toEqual({ blocks: [] });
    const records = await audited(first.body.id);
    expect(records.map(({ kind, persons }) => [kind, persons])).toEqual([['block.set', 1]]);
    const told = await many<{ crm_ref: string }>(
      `SELECT p.crm_ref FROM messages m JOIN people p ON p.id = m.person_id WHERE m.template = 'blocked' AND p.crm_ref = ANY ($1)`,
      [[holder, caller]],
    );
    expect(told).toEqual([{ crm_ref: holder }]);
    const lift = (): Promise<Response> =>
      Promise.resolve(api.request.delete(`/v1/blocks/${first.body.id}`).auth(key.crm, { type: 'bearer' }));
    expect([(await lift()).status, (await lift()).status]).toEqual([204, 404]);
    const lifted = await many<{ crm_ref: string }>(
      `SELECT p.crm_ref FROM messages m JOIN people p ON p.id = m.person_id WHERE m.template = 'unblocked' AND p.crm_ref = ANY ($1)`,
      [[holder, caller]],
    );
    expect(lifted).toEqual([{ crm_ref: holder }]);
    expect((await get(`/v1/blocks?holder=${holder}`)).body).toEqual({ blocks: [] });
    expect((await post('/v1/blocks', { holder, caller })).body.id).not.toBe(first.body.id);
  });

  it('leaves the mandate as it is', async () => {
    const pair = await aPair();
    const { id } = await anActive(pair);
    await post('/v1/blocks', { holder: pair.holder, caller: pair.proxy });
    expect((await get(`/v1/mandates/${id}`)).body.state).toBe('active');
  });

  it('needs two different people whom we know', async () => {
    const { holder } = await aPair();
    expect((await post('/v1/blocks', { holder, caller: holder })).body.errors[0].pointer).toBe('/caller');
    const { body } = await post('/v1/blocks', { holder: 'P-nobody', caller: 'P-none' });
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(['/holder', '/caller']);
    expect((await post('/v1/blocks', { holder, caller: holder }, 'agent')).status).toBe(403);
  });
});
