import { createHash, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { afterWorkingDays } from '../../src/life-events/working-days.ts';
import { LIFE_EVENT_KINDS } from '../../src/policy/vocabulary.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';

let desk: Desk;
let visitor: Visitor;
let number = 100;

/** The German drama numbers: nobody has them. */
const nextPhone = (): string => `+49 30 23125 ${number++}`;

const EVIDENCE = {
  form: 'court',
  source: 'Rechtbank Voorbeeldstad',
  reference: 'VZ-2026-17',
  sha256: createHash('sha256').update('a decision').digest('hex'),
  dated_on: '2026-01-15',
};

interface Family {
  readonly holder: string;
  readonly holderId: string;
  readonly holderPhone: string;
  readonly proxy: string;
  readonly proxyId: string;
  readonly proxyPhone: string;
  readonly contract: string;
  readonly mandateId: string;
}

/** A holder, their proxy with a mandate for money and for care, and one contract. */
async function family(): Promise<Family> {
  const key = randomUUID().slice(0, 8);
  const [holder, proxy, contract] = [`H-${key}`, `P-${key}`, `C-${key}`];
  const [holderPhone, proxyPhone] = [nextPhone(), nextPhone()];
  const holderId = await desk.person(holder, { name: 'Hanna Voorbeeld', phone: holderPhone });
  const proxyId = await desk.person(proxy, { name: 'Willem Verzonnen', phone: proxyPhone });
  await desk.contract(contract, [holder]);
  const { id: mandateId } = await desk.mandate(holder, proxy, ['billing', 'appointments', 'subscription'], [contract]);
  return { holder, holderId, holderPhone, proxy, proxyId, proxyPhone, contract, mandateId };
}

const as = (agent: string) => ({ 'mandaat-agent': agent });
const by = (agent: string, path: string, body: unknown = {}): Promise<Answer> =>
  desk.post('agent', path, body, as(agent));

function record(person: string, kind: string, more: Record<string, unknown> = {}, agent = 'A-1'): Promise<Answer> {
  return by(agent, '/v1/life-events', { person, kind, occurred_on: '2026-01-20', reported_by: 'relative', ...more });
}

/** Recorded with proof by one, approved by another. */
async function proven(person: string, kind: string): Promise<string> {
  const { body } = await desk.expectSuccess(record(person, kind, { evidence: EVIDENCE }));
  await desk.expectSuccess(by('A-2', `/v1/life-events/${body.id}/approve`));
  return body.id;
}

async function represented(holder: string, representative: string, kind: string): Promise<string> {
  const asked = { holder, representative, kind, ends_at: '2031-01-01', evidence: EVIDENCE };
  const { body } = await desk.expectSuccess(by('A-1', '/v1/representations', asked));
  await desk.expectSuccess(by('A-2', `/v1/representations/${body.id}/approve`));
  return body.id;
}

/** A call of this person, identified by a code. */
async function calling(contract: string, phone: string, claim: 'proxy' | 'holder' = 'proxy'): Promise<string> {
  const { body } = await desk.expectSuccess(desk.open(contract, { as: claim, number: phone }));
  await desk.identify(body.call.id);
  return body.call.id;
}

const explain = (callId: string): Promise<Answer['body']> => desk.decide(callId, 'invoice.explain');
const move = (callId: string): Promise<Answer['body']> => desk.decide(callId, 'appointment.make');

async function stateOf(mandateId: string): Promise<Record<string, unknown>> {
  const { body } = await desk.get('crm', `/v1/mandates/${mandateId}`);
  return { state: body.state, ending: body.ending };
}

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
});
afterAll(() => desk.close());

describe('a Dutch working day', () => {
  it.each([
    // From a Sunday: two weeks of work.
    ['2026-11-22T08:00:00Z', 10, '2026-12-04T23:00:00.000Z'],
    // Good Friday and the Monday of Easter.
    ['2026-04-01T08:00:00Z', 2, '2026-04-07T22:00:00.000Z'],
    // King's Day, Liberation Day.
    ['2026-04-24T08:00:00Z', 2, '2026-04-29T22:00:00.000Z'],
    ['2026-05-04T08:00:00Z', 1, '2026-05-06T22:00:00.000Z'],
    // Ascension, and the Monday of Pentecost.
    ['2026-05-13T08:00:00Z', 1, '2026-05-15T22:00:00.000Z'],
    ['2026-05-22T08:00:00Z', 1, '2026-05-26T22:00:00.000Z'],
    // Both days of Christmas, the weekend, New Year.
    ['2025-12-24T08:00:00Z', 4, '2026-01-02T23:00:00.000Z'],
    // Late in the evening it is the next day there.
    ['2026-11-24T23:30:00Z', 1, '2026-11-26T23:00:00.000Z'],
  ])('from %s on, %i of them are over at %s', (at, count, end) => {
    expect(new Date(afterWorkingDays(Date.parse(at), count)).toISOString()).toBe(end);
  });
});

describe('a life event', () => {
  it('that is only reported suspends from the next check on, but for what does little harm', async () => {
    const { holder, contract, proxyPhone, holderId } = await family();
    const callId = await calling(contract, proxyPhone);
    expect(await explain(callId)).toMatchObject({ outcome: 'permit', authority: { kind: 'mandate' } });
    const { status, body } = await record(holder, 'curatele');
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'suspended_pending_evidence', evidence: [], decided_by: null });
    expect(await explain(callId)).toMatchObject({ outcome: 'deny', reason: 'life_event' });
    expect(await move(callId)).toMatchObject({ outcome: 'permit' });
    // Who is told of it can say that it isn't so.
    expect((await desk.message('person_id', holderId, 'life_event')).body).toContain('curatele');
  });

  it('suspends for ten working days, and then no more, by the clock of the database', async () => {
    const { holder, contract, proxyPhone } = await family();
    const { body } = await desk.expectSuccess(record(holder, 'death'));
    const days = (Date.parse(body.suspends_until) - Date.parse(body.recorded_at)) / 86_400_000;
    expect(days).toBeGreaterThan(11);
    const callId = await calling(contract, proxyPhone);
    expect(await explain(callId)).toMatchObject({ reason: 'life_event' });
    // What a row says can't be changed by the application; its owner can move it into the past.
    await desk.owner.query(
      "UPDATE life_events SET recorded_at = now() - interval '20 days', suspends_until = now() WHERE id = $1",
      [body.id],
    );
    expect(await explain(callId)).toMatchObject({ outcome: 'permit' });
    expect((await by('A-1', `/v1/life-events/${body.id}/approve`)).status).toBe(403);
    // Saying it again does not suspend again.
    const again = await desk.expectSuccess(record(holder, 'death'));
    expect(again.body).toMatchObject({ state: 'waiting', suspends_until: null });
    expect(await explain(callId)).toMatchObject({ outcome: 'permit' });
  });

  it('needs a proof and a second employee', async () => {
    const { holder, contract, proxyPhone, mandateId } = await family();
    const { body } = await desk.expectSuccess(record(holder, 'curatele'));
    const path = `/v1/life-events/${body.id}`;
    expect((await by('A-2', `${path}/approve`)).body).toMatchObject({ code: 'invalid_state' });
    await desk.expectSuccess(by('A-2', `${path}/evidence`, { ...EVIDENCE, form: 'other' }));
    expect((await by('A-2', `${path}/approve`)).body).toMatchObject({ code: 'invalid_state' });
    await desk.expectSuccess(by('A-2', `${path}/evidence`, EVIDENCE));
    // One recorded it, the other filed the proof: neither may approve.
    expect((await by('A-1', `${path}/approve`)).body).toMatchObject({ code: 'forbidden' });
    expect((await by('A-2', `${path}/approve`)).body).toMatchObject({ code: 'forbidden' });
    await desk.put('admin', '/v1/agents/A-3', { role: 'agent', team: 'service', is_active: true });
    const callId = await calling(contract, proxyPhone);
    const approved = await desk.expectSuccess(by('A-3', `${path}/approve`));
    expect(approved.body).toMatchObject({ state: 'in_force', evidence: [{ form: 'other' }, { ...EVIDENCE }] });
    expect(await stateOf(mandateId)).toEqual({ state: 'ended', ending: 'life_event' });
    expect(await move(callId)).toMatchObject({ outcome: 'deny', reason: 'life_event' });
    expect((await by('A-3', `${path}/approve`)).body).toMatchObject({ code: 'invalid_state' });
  });

  it('is kept from one pair of eyes by the database too, and from being edited', async () => {
    const { holder } = await family();
    const { body } = await desk.expectSuccess(record(holder, 'bewind', { evidence: EVIDENCE }));
    const { rows } = await desk.owner.query<{ id: string; filed_by: string }>(
      'SELECT id, filed_by FROM legal_evidence WHERE life_event_id = $1',
      [body.id],
    );
    const approve = (recordedBy: string, decidedBy: string): Promise<unknown> =>
      desk.owner.query(
        `INSERT INTO legal_verdicts (id, life_event_id, verdict, recorded_by, evidence_id, evidence_by, decided_by, decided_at)
         VALUES (gen_random_uuid(), $1, 'approved', $2, $3, $4, $5, now())`,
        [body.id, recordedBy, rows[0]?.id, rows[0]?.filed_by, decidedBy],
      );
    const one = rows[0]?.filed_by ?? '';
    const { rows: others } = await desk.owner.query<{ id: string }>("SELECT id FROM agents WHERE agent_ref = 'A-2'");
    const other = others[0]?.id ?? '';
    await expect(approve(one, one)).rejects.toThrow('legal_verdicts_four_eyes_check');
    // Nor by saying that somebody else recorded it.
    await expect(approve(other, one)).rejects.toThrow(/legal_verdicts_(four_eyes_check|life_event_fkey)/);
    const { rows: grants } = await desk.owner.query<{ privilege_type: string }>(
      `SELECT DISTINCT privilege_type FROM information_schema.role_table_grants WHERE grantee = 'mandaat_app'
         AND table_name IN ('life_events', 'representations', 'legal_evidence', 'legal_verdicts') ORDER BY 1`,
    );
    expect(grants.map((grant) => grant.privilege_type)).toEqual(['INSERT', 'SELECT']);
  });

  it('waits in a list until somebody decides, and is kept from repetition', async () => {
    const { holder, holderId } = await family();
    const { body } = await desk.expectSuccess(record(holder, 'mentorschap'));
    const waiting = async (): Promise<string[]> =>
      (await desk.get('agent', '/v1/life-events')).body.map((event: { id: string }) => event.id);
    expect(await waiting()).toContain(body.id);
    expect((await record(holder, 'mentorschap')).body).toMatchObject({ code: 'conflict' });
    const rejected = await desk.expectSuccess(by('A-2', `/v1/life-events/${body.id}/reject`));
    expect(rejected.body).toMatchObject({ state: 'rejected' });
    expect((await desk.message('person_id', holderId, 'life_event')).body).toContain('teruggenomen');
    expect(await waiting()).not.toContain(body.id);
    const own = await desk.get('privacy', `/v1/life-events?person=${holder}`);
    expect(own.body).toMatchObject([{ id: body.id, state: 'rejected' }]);
  });

  it('tells what is wrong with it', async () => {
    const { holder } = await family();
    expect((await record('H-NOBODY', 'death')).body.errors).toMatchObject([{ pointer: '/person' }]);
    expect((await record(holder, 'wedding')).body.errors).toMatchObject([{ pointer: '/kind' }]);
    const tomorrow = { occurred_on: '2099-01-01' };
    expect((await record(holder, 'death', tomorrow)).body.errors).toMatchObject([{ pointer: '/occurred_on' }]);
    const file = { ...EVIDENCE, sha256: 'the file itself' };
    expect((await record(holder, 'death', { evidence: file })).body.errors).toMatchObject([
      { pointer: '/evidence/sha256' },
    ]);
    expect(
      (
        await desk.post('crm', '/v1/life-events', {
          person: holder,
          kind: 'death',
          occurred_on: '2026-01-20',
          reported_by: 'other',
        })
      ).status,
    ).toBe(400);
    expect((await desk.get('agent', `/v1/life-events/${randomUUID()}`)).status).toBe(404);
  });
});

describe('a death', () => {
  it('ends every mandate and open code, on both sides, and leaves the executor alone', async () => {
    const { holder, holderId, contract, proxyPhone, mandateId, proxy, proxyId } = await family();
    const other = await family();
    const held = await desk.mandate(other.holder, holder, ['billing'], [other.contract]);
    const callId = await calling(contract, proxyPhone);
    const asked = await desk.expectSuccess(
      by('A-1', `/v1/calls/${callId}/confirmations`, { actions: [{ name: 'contract.change' }] }),
    );
    const codeId = asked.body.confirmations[0].id;
    await proven(holder, 'death');
    expect(await stateOf(mandateId)).toEqual({ state: 'ended', ending: 'life_event' });
    expect(await stateOf(held.id)).toEqual({ state: 'ended', ending: 'life_event' });
    const code = await desk.get('agent', `/v1/confirmations/${codeId}`);
    expect(code.body).toMatchObject({ state: 'cancelled' });
    expect((await desk.message('person_id', proxyId, 'mandate_changed')).body).toContain('leven');
    // The other's mandate is gone as well, and that other is told.
    expect((await desk.message('person_id', other.holderId, 'mandate_changed')).body).toContain('leven');
    const told = await desk.owner.query(
      "SELECT FROM messages WHERE person_id = $1 AND template IN ('mandate_changed', 'life_event') AND parameters->>'stage' IS DISTINCT FROM 'reported'",
      [holderId],
    );
    expect(told.rowCount).toBe(0);
    expect(await desk.decide(callId, 'bereavement.settle')).toMatchObject({ reason: 'life_event' });

    const executor = await represented(holder, proxy, 'executor');
    expect(await desk.decide(callId, 'bereavement.settle')).toMatchObject({
      outcome: 'permit',
      authority: { kind: 'representation', representation_ids: [executor], mandate_ids: [] },
    });
    expect(await explain(callId)).toMatchObject({ outcome: 'deny', reason: 'life_event' });
  });
});

/** What each leaves of a mandate for bills and appointments, once it is proven; and who acts then, in what. Source: product.md. */
const EFFECTS = {
  death: { state: 'ended', bills: 'life_event', visits: 'life_event', by: 'executor', acts: 'bereavement.settle' },
  curatele: { state: 'ended', bills: 'life_event', visits: 'life_event', by: 'curatele', acts: 'invoice.explain' },
  bewind: { state: 'active', bills: 'life_event', visits: 'permitted', by: 'bewind', acts: 'invoice.explain' },
  mentorschap: {
    state: 'active',
    bills: 'permitted',
    visits: 'life_event',
    by: 'mentorschap',
    acts: 'appointment.make',
  },
  bankruptcy: { state: 'ended', bills: 'life_event', visits: 'life_event', by: 'insolvency', acts: 'invoice.explain' },
  debt_rescheduling: {
    state: 'ended',
    bills: 'life_event',
    visits: 'life_event',
    by: 'insolvency',
    acts: 'invoice.explain',
  },
  separation: { state: 'active', bills: 'permitted', visits: 'permitted', by: null, acts: null },
  majority: { state: 'active', bills: 'permitted', visits: 'permitted', by: null, acts: null },
} as const;

describe('each kind of life event', () => {
  it.each(LIFE_EVENT_KINDS)('%s takes away what it should, and lets in whoever acts then', async (kind) => {
    const { holder, contract, proxyPhone, mandateId } = await family();
    const callId = await calling(contract, proxyPhone);
    await proven(holder, kind);
    const { state, bills, visits, by: successor, acts } = EFFECTS[kind];
    expect((await stateOf(mandateId)).state).toBe(state);
    expect([(await explain(callId)).reason, (await move(callId)).reason]).toEqual([bills, visits]);
    if (successor === null) return;
    const phone = nextPhone();
    await desk.person(`R-${contract}`, { name: 'Carla Bedacht', phone });
    const id = await represented(holder, `R-${contract}`, successor);
    expect(await desk.decide(await calling(contract, phone), acts)).toMatchObject({
      outcome: 'permit',
      authority: { kind: 'representation', representation_ids: [id] },
    });
  });

  it('majority ends what a parent may do', async () => {
    const { holder, contract } = await family();
    const phone = nextPhone();
    await desk.person(`R-${contract}`, { name: 'Petra Zelden', phone });
    await represented(holder, `R-${contract}`, 'parental_authority');
    const callId = await calling(contract, phone);
    expect(await explain(callId)).toMatchObject({ outcome: 'permit', authority: { kind: 'representation' } });
    await proven(holder, 'majority');
    expect((await explain(callId)).outcome).toBe('deny');
  });
});

describe('a representation', () => {
  it('gives a curator everything, once it is approved, until it is revoked', async () => {
    const { holder, contract, holderPhone } = await family();
    const phone = nextPhone();
    const curator = `R-${contract}`;
    await desk.person(curator, { name: 'Carla Bedacht', phone });
    await proven(holder, 'curatele');
    const asked = { holder, representative: curator, kind: 'curatele', ends_at: '2031-01-01', evidence: EVIDENCE };
    const { body } = await desk.expectSuccess(by('A-1', '/v1/representations', asked));
    expect(body).toMatchObject({ state: 'reported' });
    const callId = await calling(contract, phone);
    expect(await explain(callId)).toMatchObject({ outcome: 'deny', reason: 'life_event' });
    const path = `/v1/representations/${body.id}`;
    expect((await by('A-1', `${path}/approve`)).status).toBe(403);
    await desk.expectSuccess(by('A-2', `${path}/approve`));
    expect(await explain(callId)).toMatchObject({ outcome: 'permit', had: { mandate: 4, caller: 2 } });
    // A holder would confirm this; nobody can any more.
    const done = await desk.decide(callId, 'contract.change', 'execute');
    expect(done).toMatchObject({ outcome: 'permit', authority: { kind: 'representation' } });
    const own = await calling(contract, holderPhone, 'holder');
    expect(await explain(own)).toMatchObject({ outcome: 'deny', reason: 'life_event' });

    const revoked = await desk.expectSuccess(by('A-1', `${path}/revoke`));
    expect(revoked.body).toMatchObject({ state: 'revoked' });
    expect(await explain(callId)).toMatchObject({ outcome: 'deny', reason: 'life_event' });
    await desk.expectSuccess(by('A-1', `${path}/revoke`));
    const listed = await desk.get('crm', `/v1/representations?person=${curator}`);
    expect(listed.body).toMatchObject([{ id: body.id, state: 'revoked', evidence: [EVIDENCE] }]);
  });

  it('is found by name on the phone, and tells what is wrong with it', async () => {
    const { holder, contract } = await family();
    const parent = `R-${contract}`;
    await desk.person(parent, { name: 'Petra Zelden', phone: nextPhone() });
    await represented(holder, parent, 'parental_authority');
    const opened = await desk.open(contract, { name: 'Petra Zelden' });
    expect(opened.body.call.caller_known ?? true).toBe(true);
    await desk.identify(opened.body.call.id);
    expect(await explain(opened.body.call.id)).toMatchObject({ authority: { kind: 'representation' } });
    const wrong = { holder, representative: holder, kind: 'curatele', ends_at: '2020-01-01' };
    const { body } = await by('A-1', '/v1/representations', wrong);
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer).toSorted()).toEqual([
      '/ends_at',
      '/representative',
    ]);
    const again = { holder, representative: parent, kind: 'parental_authority', ends_at: '2031-01-01' };
    expect((await by('A-1', '/v1/representations', again)).body).toMatchObject({ code: 'conflict' });
  });
});

describe('what a public register says', () => {
  const compared = (body: unknown, scope: 'crm' | 'agent' = 'crm'): Promise<Answer> =>
    desk.post(scope, '/v1/representations/comparisons', body);

  it('is laid beside what is on file: what is missing, waits or differs, and nothing is changed by it', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => family()));
    const [agrees, unrecorded, gone, waits, other, longer] = people.map(({ holder, proxy }) => ({ holder, proxy }));
    if (!agrees || !unrecorded || !gone || !waits || !other || !longer) throw new Error('six families');
    await represented(agrees.holder, agrees.proxy, 'bewind');
    const absent = await represented(gone.holder, gone.proxy, 'bewind');
    const asked = { holder: waits.holder, representative: waits.proxy, kind: 'bewind', ends_at: '2031-01-01' };
    const waiting = (await desk.expectSuccess(by('A-1', '/v1/representations', asked))).body.id;
    const another = await represented(other.holder, other.proxy, 'bewind');
    const shorter = await represented(longer.holder, longer.proxy, 'bewind');
    const entry = (holder: string, representative: string, more = {}) => ({
      holder,
      representative,
      kind: 'bewind',
      ...more,
    });
    const entries = [
      entry(agrees.holder, agrees.proxy, { ends_at: '2031-01-01' }),
      entry(unrecorded.holder, unrecorded.proxy),
      entry(waits.holder, waits.proxy),
      entry(other.holder, 'BEWIND-BV'),
      entry(longer.holder, longer.proxy, { ends_at: '2033-01-01' }),
    ];
    const before = (await desk.owner.query('SELECT FROM representations')).rowCount;
    const { body } = await desk.expectSuccess(compared({ looked_up: people.map(({ holder }) => holder), entries }));
    expect(body.agreeing).toBe(1);
    const found = (what: string, holder: string, id: string | null, at: number | null) => ({
      what,
      holder,
      kind: 'bewind',
      representation_id: id,
      entry: at,
    });
    expect(body.discrepancies).toEqual([
      found('not_on_file', unrecorded.holder, null, 1),
      found('waits_for_approval', waits.holder, waiting, 2),
      found('other_representative', other.holder, another, 3),
      found('other_period', longer.holder, shorter, 4),
      found('not_in_register', gone.holder, absent, null),
    ]);
    expect((await desk.owner.query('SELECT FROM representations')).rowCount).toBe(before);
    // Each of them sees that it was looked up; what ended is compared no more.
    const { rows } = await desk.owner.query<{ ids: string[] }>(
      "SELECT person_ids AS ids FROM audit_records WHERE kind = 'lookup' ORDER BY recorded_at DESC, sequence DESC LIMIT 1",
    );
    expect(rows[0]?.ids.toSorted()).toEqual(people.map(({ holderId }) => holderId).toSorted());
    await desk.expectSuccess(by('A-1', `/v1/representations/${absent}/revoke`));
    const { body: after } = await desk.expectSuccess(compared({ looked_up: [gone.holder], entries: [] }));
    expect(after).toMatchObject({ agreeing: 0, discrepancies: [] });
  });

  it('is brought in by an employee row by row, counts for nothing until another has approved a row, and is edited by nobody', async () => {
    const [family1, family2] = [await family(), await family()];
    const entry = (one: Family, more = {}) => ({
      holder: one.holder,
      representative: one.proxy,
      kind: 'curatele',
      ends_at: '2031-01-01',
      ...more,
    });
    const extract = { ...EVIDENCE, form: 'register', source: 'Verzonnen register', reference: 'UITTREKSEL-7' };
    const entries = [
      entry(family1),
      entry(family2, { ends_at: 'ooit' }),
      entry(family2, { representative: 'P-NOBODY' }),
      entry(family2),
    ];
    const { body } = await desk.expectSuccess(by('A-1', '/v1/representations/imports', { evidence: extract, entries }));
    expect(body.rows).toEqual([
      { entry: 0, outcome: 'proposed', representation_id: expect.any(String), errors: [] },
      {
        entry: 1,
        outcome: 'refused',
        representation_id: null,
        errors: [expect.objectContaining({ pointer: '/ends_at' })],
      },
      {
        entry: 2,
        outcome: 'refused',
        representation_id: null,
        errors: [expect.objectContaining({ pointer: '/representative' })],
      },
      { entry: 3, outcome: 'proposed', representation_id: expect.any(String), errors: [] },
    ]);
    // The same file once more records nothing.
    const count = async (): Promise<number> => (await desk.owner.query('SELECT FROM representations')).rowCount ?? 0;
    const before = await count();
    const again = await desk.expectSuccess(by('A-2', '/v1/representations/imports', { evidence: extract, entries }));
    expect(again.body.rows.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'on_file',
      'refused',
      'refused',
      'on_file',
    ]);
    expect(await count()).toBe(before);

    // Alone it gives nothing: the representative is refused what the approval gives (the control below).
    const [first] = body.rows;
    const path = `/v1/representations/${first.representation_id}`;
    expect((await desk.get('crm', path)).body).toMatchObject({
      state: 'reported',
      evidence: [{ form: 'register', source: 'Verzonnen register', reference: 'UITTREKSEL-7' }],
    });
    await proven(family1.holder, 'curatele');
    const callId = await calling(family1.contract, family1.proxyPhone);
    expect((await explain(callId)).outcome).toBe('deny');
    expect((await by('A-1', `${path}/approve`)).body).toMatchObject({ code: 'forbidden' });
    await desk.expectSuccess(by('A-2', `${path}/approve`));
    expect(await explain(callId)).toMatchObject({
      outcome: 'permit',
      authority: { kind: 'representation', representation_ids: [first.representation_id] },
    });
    // Nobody edits it, and there is a report of what differs.
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect([method, (await desk.send('crm', method, path, { ends_at: '2040-01-01' })).status]).toEqual([method, 404]);
    }
    const { ends_at: _, ...named } = entry(family1);
    const looked = { looked_up: [family1.holder], entries: [named] };
    expect((await desk.expectSuccess(compared(looked))).body).toMatchObject({ agreeing: 1, discrepancies: [] });
  });

  it('is brought in by an employee who is named, a hundred rows at a time, and each look at a reference is recorded', async () => {
    const { holder, holderId, proxy, proxyId } = await family();
    const entry = { holder, representative: proxy, kind: 'bewind', ends_at: '2031-01-01' };
    const body = (count: number) => ({ evidence: EVIDENCE, entries: Array.from({ length: count }, () => entry) });
    expect((await desk.post('crm', '/v1/representations/imports', body(1))).body).toMatchObject({
      code: 'malformed_request',
    });
    expect((await desk.post('privacy', '/v1/representations/imports', body(1))).status).toBe(403);
    for (const count of [0, 101]) {
      expect((await by('A-1', '/v1/representations/imports', body(count))).body.errors).toMatchObject([
        { pointer: '/entries' },
      ]);
    }
    expect((await by('A-1', '/v1/representations/imports', { entries: [entry] })).body.errors).toMatchObject([
      { pointer: '/evidence' },
    ]);
    const listed = await by('A-1', '/v1/representations/imports', { evidence: [EVIDENCE], entries: [entry] });
    expect([listed.status, listed.body.errors]).toMatchObject([400, [{ pointer: '/evidence' }]]);
    const nested = await by('A-1', '/v1/representations/imports', { evidence: EVIDENCE, entries: [[entry]] });
    expect([nested.status, nested.body.errors]).toEqual([400, [{ pointer: '/entries', detail: 'must hold objects' }]]);
    // The others of the list are looked at all the same.
    const mixed = [entry, null, { ...entry, kind: 'beheer' }, [entry]];
    const some = await by('A-1', '/v1/representations/imports', { evidence: EVIDENCE, entries: mixed });
    expect([some.status, some.body.errors]).toMatchObject([
      400,
      [{ pointer: '/entries' }, { pointer: '/entries/2/kind' }],
    ]);
    await desk.expectSuccess(
      by('A-1', '/v1/representations/imports', {
        evidence: EVIDENCE,
        entries: [
          { ...entry, ends_at: 'ooit' },
          { ...entry, representative: 'P-GUESS' },
        ],
      }),
    );
    const { rows } = await desk.owner.query<{ ids: string[] }>(
      "SELECT person_ids AS ids FROM audit_records WHERE kind = 'lookup' ORDER BY recorded_at DESC, sequence DESC LIMIT 1",
    );
    expect(rows[0]?.ids.toSorted()).toEqual([holderId, proxyId].toSorted());
    // A row twice in one extract is one.
    const twice = await desk.expectSuccess(by('A-1', '/v1/representations/imports', body(2)));
    expect(twice.body.rows.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['proposed', 'on_file']);
  });

  it('is left as it is where it is on file, for another period or from the same extract, and each row names what is', async () => {
    const { holder, proxy } = await family();
    const row = { holder, representative: proxy, kind: 'bewind', starts_at: '2026-02-01', ends_at: '2031-01-01' };
    const later = { ...row, ends_at: '2033-01-01' };
    const imported = async (entry: object, sha256 = 'a'.repeat(64)): Promise<readonly [string, string]> => {
      const evidence = { ...EVIDENCE, form: 'register', sha256 };
      const { body } = await desk.expectSuccess(
        by('A-1', '/v1/representations/imports', { evidence, entries: [entry] }),
      );
      return [body.rows[0].outcome, body.rows[0].representation_id];
    };
    const [outcome, id] = await imported(row);
    expect(outcome).toBe('proposed');
    const { starts_at: _, ...open } = row;
    for (const same of [row, open]) expect(await imported(same)).toEqual(['on_file', id]);
    for (const other of [later, { ...row, starts_at: '2026-03-01' }]) {
      expect(await imported(other)).toEqual(['differs', id]);
    }
    // Rejected, it does not come back by the same paper; by another, for the right period or by hand it does.
    await desk.expectSuccess(by('A-2', `/v1/representations/${id}/reject`));
    expect(await imported(row)).toEqual(['decided_before', id]);
    const [righted, second] = await imported(later);
    expect(righted).toBe('proposed');
    await desk.expectSuccess(by('A-2', `/v1/representations/${second}/approve`));
    expect(await imported(later)).toEqual(['on_file', second]);
    await desk.expectSuccess(by('A-1', `/v1/representations/${second}/revoke`));
    expect(await imported(later)).toEqual(['decided_before', second]);
    const [renewed, third] = await imported(later, 'b'.repeat(64));
    expect([renewed, third === second]).toEqual(['proposed', false]);
    await desk.expectSuccess(by('A-2', `/v1/representations/${third}/reject`));
    const proof = { ...EVIDENCE, form: 'register', sha256: 'b'.repeat(64) };
    expect((await by('A-1', '/v1/representations', { ...later, evidence: proof })).status).toBe(201);
  });

  // The clock goes forward on 31 March 2030, which has 23 hours, and back on 27 October, which has 25.
  it.each([
    ['from 31 March, and from the day after', { starts_at: '2030-03-31' }, { starts_at: '2030-04-01' }, false],
    ['to 30 March, and to the day after', { ends_at: '2030-03-30' }, { ends_at: '2030-03-31' }, false],
    [
      'from both ends of 27 October',
      { starts_at: '2030-10-27T00:00:00+02:00' },
      { starts_at: '2030-10-27T23:30:00+01:00' },
      true,
    ],
    [
      'to the beginning of 27 October, and to its end',
      { ends_at: '2030-10-27T00:30:00+02:00' },
      { ends_at: '2030-10-27' },
      true,
    ],
    ['from 27 October, and from the day before', { starts_at: '2030-10-27' }, { starts_at: '2030-10-26' }, false],
    [
      'from two days that are 21 hours apart',
      { starts_at: '2030-06-01T12:00:00+02:00' },
      { starts_at: '2030-06-02T09:00:00+02:00' },
      false,
    ],
    [
      'to one day, as a date and as its midnight',
      { ends_at: '2030-06-30' },
      { ends_at: '2030-07-01T00:00:00+02:00' },
      true,
    ],
  ])('is compared by days of Amsterdam: %s', async (_what, ours, theirs, isSame) => {
    const { holder, proxy } = await family();
    const both = { holder, representative: proxy, kind: 'bewind', starts_at: '2027-01-01', ends_at: '2031-01-01' };
    const asked = { ...both, ...ours, evidence: EVIDENCE };
    const { id } = (await desk.expectSuccess(by('A-1', '/v1/representations', asked))).body;
    await desk.expectSuccess(by('A-2', `/v1/representations/${id}/approve`));
    const entries = [{ ...both, ...theirs }];
    const { body } = await desk.expectSuccess(compared({ looked_up: [holder], entries }));
    expect([body.agreeing, body.discrepancies.map(({ what }: { what: string }) => what)]).toEqual(
      isSame ? [1, []] : [0, ['other_period']],
    );
    // An extract that is brought in says the same of it.
    const extract = { evidence: { ...EVIDENCE, form: 'register' }, entries };
    const imported = await desk.expectSuccess(by('A-1', '/v1/representations/imports', extract));
    expect(imported.body.rows).toMatchObject([{ outcome: isSame ? 'on_file' : 'differs', representation_id: id }]);
  });

  it('is compared with all that is on file, also about who represents a hundred others since', async () => {
    const [{ holder, holderId, proxy }, other] = [await family(), await family()];
    const id = await represented(holder, proxy, 'bewind');
    await proven(holder, 'separation');
    await desk.owner.query(
      `INSERT INTO representations (id, holder_id, representative_id, kind, starts_at, ends_at, recorded_by, recorded_at)
       SELECT gen_random_uuid(), $1, $2, 'bewind', now(), now() + interval '1 year', recorded_by, now()
       FROM representations CROSS JOIN generate_series(1, 120) WHERE id = $3`,
      [other.holderId, holderId, id],
    );
    await desk.owner.query(
      `INSERT INTO life_events (id, person_id, kind, occurred_on, reported_by, recorded_by, recorded_at)
       SELECT gen_random_uuid(), person_id, 'bankruptcy', occurred_on, reported_by, recorded_by, now()
       FROM life_events CROSS JOIN generate_series(1, 120) WHERE person_id = $1`,
      [holderId],
    );
    const entries = [{ holder, representative: proxy, kind: 'bewind', ends_at: '2031-01-01' }];
    const { body } = await desk.expectSuccess(compared({ looked_up: [holder], entries }));
    expect(body).toMatchObject({ agreeing: 1, discrepancies: [] });
    const imported = await desk.expectSuccess(
      by('A-1', '/v1/representations/imports', { evidence: EVIDENCE, entries }),
    );
    expect(imported.body.rows).toMatchObject([{ outcome: 'on_file', representation_id: id }]);
    expect((await by('A-1', '/v1/representations', entries[0])).body).toMatchObject({ code: 'conflict' });
    expect((await record(holder, 'separation')).body).toMatchObject({ code: 'conflict' });
  });

  it('is about people whom we know and who were looked up, and for no employee alone', async () => {
    const { holder, proxy } = await family();
    const entries = [{ holder: 'P-ELSE', representative: proxy, kind: 'bewind', starts_at: 'ooit' }];
    const { status, body } = await compared({ looked_up: [holder, 'P-NOBODY'], entries });
    expect(status).toBe(400);
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer).toSorted()).toEqual([
      '/entries/0/holder',
      '/entries/0/starts_at',
      '/looked_up/1',
    ]);
    const nested = await compared({ looked_up: [holder], entries: [[{ ...entries[0], holder }]] });
    expect([nested.status, nested.body.errors]).toEqual([400, [{ pointer: '/entries', detail: 'must hold objects' }]]);
    // To guess at a reference is a look-up too.
    const looks = async (): Promise<number> =>
      (await desk.owner.query("SELECT FROM audit_records WHERE kind = 'lookup'")).rowCount ?? 0;
    const before = await looks();
    expect((await compared({ looked_up: ['P-GUESS'], entries: [] })).status).toBe(400);
    expect(await looks()).toBe(before + 1);
    expect((await compared({ looked_up: [], entries: [] })).status).toBe(400);
    expect((await compared({ looked_up: [holder], entries: [] }, 'agent')).status).toBe(403);
    expect((await compared({ looked_up: [holder], entries: [] })).status).toBe(200);
  });
});

describe('what an event took', () => {
  it('comes back with its reversal where it was suspended, and stays away where it ended', async () => {
    const { holder, holderId, contract, proxyPhone, mandateId } = await family();
    const callId = await calling(contract, proxyPhone);
    const eventId = await proven(holder, 'bewind');
    expect(await explain(callId)).toMatchObject({ reason: 'life_event' });
    expect(await move(callId)).toMatchObject({ outcome: 'permit' });
    expect(await stateOf(mandateId)).toEqual({ state: 'active', ending: null });
    const reversal = { occurred_on: '2026-02-01', reported_by: 'court', evidence: EVIDENCE };
    const { body } = await desk.expectSuccess(by('A-1', `/v1/life-events/${eventId}/reversals`, reversal));
    expect(body).toMatchObject({ state: 'waiting', reverses_id: eventId });
    expect(await explain(callId)).toMatchObject({ reason: 'life_event' });
    expect((await by('A-1', `/v1/life-events/${body.id}/approve`)).status).toBe(403);
    await desk.expectSuccess(by('A-2', `/v1/life-events/${body.id}/approve`));
    expect(await explain(callId)).toMatchObject({ outcome: 'permit' });
    expect((await desk.get('agent', `/v1/life-events/${eventId}`)).body).toMatchObject({ state: 'reversed' });
    expect((await desk.message('person_id', holderId, 'life_event')).body).toContain('teruggenomen');
    expect((await by('A-1', `/v1/life-events/${eventId}/reversals`, reversal)).body.code).toBe('invalid_state');

    const ended = await proven(holder, 'bankruptcy');
    const second = await desk.expectSuccess(by('A-1', `/v1/life-events/${ended}/reversals`, reversal));
    await desk.expectSuccess(by('A-2', `/v1/life-events/${second.body.id}/approve`));
    expect(await stateOf(mandateId)).toEqual({ state: 'ended', ending: 'life_event' });
    expect(await explain(callId)).toMatchObject({ outcome: 'deny', reason: 'life_event' });
  });

  it('is not approved once it was taken back: nothing ends for somebody to whom nothing happened', async () => {
    const { holder, mandateId } = await family();
    const reported = await desk.expectSuccess(record(holder, 'death', { evidence: EVIDENCE }));
    const reversal = { occurred_on: '2026-02-01', reported_by: 'holder', evidence: EVIDENCE };
    const { body } = await desk.expectSuccess(by('A-1', `/v1/life-events/${reported.body.id}/reversals`, reversal));
    await desk.expectSuccess(by('A-2', `/v1/life-events/${body.id}/approve`));
    expect((await by('A-2', `/v1/life-events/${reported.body.id}/approve`)).body.code).toBe('invalid_state');
    expect(await stateOf(mandateId)).toEqual({ state: 'active', ending: null });
    const waiting = (await desk.get('agent', '/v1/life-events')).body as readonly { id: string }[];
    expect(waiting.map(({ id }) => id)).not.toContain(reported.body.id);
  });

  it('is not given back by the holder: under curatele they can grant nothing', async () => {
    const { holder, contract } = await family();
    await desk.person(`N-${contract}`, { phone: nextPhone() });
    const grant = { holder, proxy: `N-${contract}`, scopes: ['billing'], contracts: [contract], form: 'portal' };
    await proven(holder, 'curatele');
    const { status, body } = await desk.post('crm', '/v1/mandates', grant);
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(body.detail).toContain('curatele');
    // A report is enough: what they gave before stays, and becomes no more.
    const reported = await family();
    await desk.expectSuccess(record(reported.holder, 'curatele'));
    const wider = { scopes: ['billing', 'appointments', 'subscription', 'faults'], form: 'portal' };
    const change = (terms: unknown) =>
      desk.send('crm', 'PATCH', `/v1/mandates/${reported.mandateId}`, terms, { 'if-match': '"1"' });
    expect((await change(wider)).status).toBe(403);
    expect((await change({ scopes: ['billing'] })).status).toBe(200);
  });

  it('is taken from every check that begins after the answer', async () => {
    /** Permits to checks that began once the report was answered, while others asked all the time. */
    const permitsAfter = async (kind: string): Promise<number> => {
      const { holder, contract, proxyPhone } = await family();
      const callId = await calling(contract, proxyPhone);
      let isAnswered = false;
      let begun = 0;
      let permits = 0;
      const ask = async (): Promise<void> => {
        while (begun < 8) {
          const isAfter = isAnswered;
          if (isAfter) begun += 1;
          const { outcome } = await explain(callId);
          if (isAfter && outcome === 'permit') permits += 1;
        }
      };
      const asking = [ask(), ask(), ask()];
      await desk.expectSuccess(record(holder, kind));
      isAnswered = true;
      await Promise.all(asking);
      return permits;
    };
    expect(await permitsAfter('death')).toBe(0);
    // The control: an event that takes nothing away.
    expect(await permitsAfter('separation')).toBeGreaterThan(0);
  });
});

describe('a separation', () => {
  it('lets rest what was given to a partner, from the report on and until it is taken back; and nothing else', async () => {
    const { holder, holderId, holderPhone, proxy, proxyPhone, contract } = await family();
    const terms = {
      holder,
      proxy,
      scopes: ['personal_data'],
      contracts: [contract],
      form: 'portal',
      while_partner: true,
    };
    const { body: given } = await desk.expectSuccess(desk.post('crm', '/v1/mandates', terms));
    expect(given.while_partner).toBe(true);
    await desk.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [given.id]);
    const callId = (await desk.open(contract, { number: proxyPhone, mandateRef: given.mandate_ref })).body.call.id;
    await desk.identify(callId);
    const reasons = async () => [
      (await desk.decide(callId, 'personal_data.explain')).reason,
      (await desk.decide(callId, 'invoice.explain')).reason,
    ];
    const seen = async () => (await desk.get('crm', `/v1/mandates/${given.id}`)).body.state;
    expect([await reasons(), await seen()]).toEqual([['permitted', 'permitted'], 'active']);
    const { body: reported } = await desk.expectSuccess(record(holder, 'separation', { evidence: EVIDENCE }));
    expect([await reasons(), await seen()]).toEqual([['mandate_suspended', 'permitted'], 'suspended']);
    await desk.expectSuccess(by('A-2', `/v1/life-events/${reported.id}/approve`));
    expect([await reasons(), await seen()]).toEqual([['mandate_suspended', 'permitted'], 'suspended']);
    // Whom it concerns is asked at once what to do about the others.
    const told = await desk.message('person_id', holderId, 'life_event');
    expect(told.body).toContain('Kijk aan wie u een machtiging gaf');
    const page = visitor.browser();
    await page.signIn(holderPhone);
    const { text } = await page.get(`/portal/mandates/${given.id}`);
    expect(text).toContain('Deze machtiging staat stil');
    expect(text).not.toContain('Weer aanzetten');
    // Saying that it works again does not make it so: they would have to give another.
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${given.id}/resume`));
    expect(await seen()).toBe('suspended');
    const reversal = { occurred_on: '2026-01-21', reported_by: 'holder', evidence: EVIDENCE };
    const { body: back } = await desk.expectSuccess(by('A-1', `/v1/life-events/${reported.id}/reversals`, reversal));
    await desk.expectSuccess(by('A-2', `/v1/life-events/${back.id}/approve`));
    expect([await reasons(), await seen()]).toEqual([['permitted', 'permitted'], 'active']);
  });
});

describe('whose life it is', () => {
  let me: Me;

  it('sees what is recorded, in the activity too, and says that it is not right', async () => {
    const { holder, holderPhone, proxy } = await family();
    const { body } = await desk.expectSuccess(record(holder, 'bankruptcy', { evidence: EVIDENCE }));
    await represented(holder, proxy, 'mentorschap');
    me = await visitor.signIn(holderPhone);
    const events = await me.get('/v1/me/life-events');
    expect(events.body).toMatchObject([
      { id: body.id, kind: 'bankruptcy', state: 'suspended_pending_evidence', is_reversal: false },
    ]);
    // The papers and who filed them are the organisation's.
    expect(JSON.stringify(events.body)).not.toContain('VZ-2026-17');
    const representations = await me.get('/v1/me/representations');
    expect(representations.body).toMatchObject([{ kind: 'mentorschap', side: 'holder', other: 'Willem Verzonnen' }]);
    const browser = visitor.browser();
    await browser.signIn(holderPhone);
    for (const [lang, words] of [
      [
        'nl',
        ['Een faillissement', 'Wij wachten op bewijs', 'Willem Verzonnen regelt voor u: mentorschap', 'Dit klopt niet'],
      ],
      [
        'en',
        ['A bankruptcy', 'We wait for proof', 'Willem Verzonnen acts for you: care (mentorschap)', 'This is not right'],
      ],
    ] as const) {
      const page = await browser.get(`/portal/life?lang=${lang}`);
      expect(page.status).toBe(200);
      for (const one of words) expect(page.text).toContain(one);
      expect(page.text).toContain(`/portal/activity/${body.id}`);
      expect(page.text).not.toContain('VZ-2026-17');
    }
    const activity = await me.get('/v1/me/activity');
    expect(JSON.stringify(activity.body)).toContain('faillissement');
    const contested = await me.send('POST', `/v1/me/activity/${body.id}/incidents`, { text: 'Ik ben niet failliet.' });
    expect(contested.status).toBe(201);
    // Told to an employee on the phone it is the same incident.
    const told = await by('A-1', `/v1/life-events/${body.id}/contests`, { text: 'Hij zegt dat het niet klopt.' });
    expect([told.status, told.body.incident_id]).toEqual([201, contested.body.id]);
    const incidents = await desk.get('privacy', '/v1/incidents');
    expect(JSON.stringify(incidents.body)).toContain('Ik ben niet failliet.');
  });

  it('sees nothing of others', async () => {
    const { holderPhone } = await family();
    const other = await visitor.signIn(holderPhone);
    expect((await other.get('/v1/me/life-events')).body).toEqual([]);
    expect((await other.get('/v1/me/representations')).body).toEqual([]);
  });
});
