import { createHash, randomUUID } from 'node:crypto';

import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';

import { NON_DIGITAL } from '../../src/assistance/functions.ts';
import * as lines from '../../src/assistance/letter-lines.ts';
import { Say } from '../../src/assistance/letter-lines.ts';
import { LIFE_EVENT_STATES } from '../../src/life-events/life-event.ts';
import { REPRESENTATION_STATES } from '../../src/life-events/representation.ts';
import { REQUEST_STATES } from '../../src/mandate-requests/mandate-request.ts';
import { everyText, text, type TextKey } from '../../src/pages/text.ts';
import { CODE_ROUTES, LANGUAGES, LIFE_EVENT_KINDS, REPRESENTATION_KINDS } from '../../src/policy/vocabulary.ts';
import { SIGN_IN_METHODS } from '../../src/sessions/session.ts';
import { type Answer, type CallOptions, Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';

let desk: Desk;
let number = 100;

/** The German drama numbers: nobody has them. */
const nextPhone = (): string => `+49 30 23125 ${number++}`;
const as = (agent: string) => ({ 'mandaat-agent': agent });
const by = (agent: string, path: string, body: unknown = {}): Promise<Answer> =>
  desk.post('agent', path, body, as(agent));

const PAPER = { reference: 'DOC-2026-17', sha256: createHash('sha256').update('a form').digest('hex') };

interface Household {
  readonly holder: string;
  readonly holderId: string;
  readonly proxy: string;
  readonly proxyId: string;
  readonly contract: string;
  readonly phone: string;
}

/** A holder and a proxy; both can be written to, and the holder has a telephone if need be. */
async function household(how: { withPhone?: boolean } = {}): Promise<Household> {
  // No digits: nothing in a message but the code may look like one.
  const key = randomUUID()
    .slice(0, 8)
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)));
  const [holder, proxy, contract, phone] = [`H-${key}`, `P-${key}`, `C-${key}`, nextPhone()];
  const address = (street: string) => `${street} ${key}, 0000 XX Nergenshuizen`;
  const holderId = await desk.person(holder, {
    name: 'Hanna Voorbeeld',
    postal: address('Voorbeeldstraat'),
    ...(how.withPhone === true ? { phone, email: `${key}@example.nl` } : {}),
  });
  const proxyId = await desk.person(proxy, { name: 'Willem Verzonnen', postal: address('Fictielaan') });
  await desk.contract(contract, [holder]);
  return { holder, holderId, proxy, proxyId, contract, phone };
}

/** The ten digits on the newest letter of this kind. */
async function lettered(personId: string, template: string): Promise<string> {
  const { body } = await desk.message('person_id', personId, template);
  return /(\d{5}) (\d{5})/.exec(body)?.[0] ?? `no code in: ${body}`;
}

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

describe('somebody without a telephone', () => {
  const verify = (callId: string, body: object, agent = 'A-1'): Promise<Answer> =>
    by(agent, `/v1/calls/${callId}/verifications`, body);
  const read = (callId: string, code: string): Promise<Answer> =>
    verify(callId, { method: 'letter_code', letter_code: code });
  const called = async (contract: string, more: CallOptions = {}): Promise<string> =>
    (await desk.expectSuccess(desk.open(contract, { as: 'holder', ...more }))).body.call.id;
  const levelOf = async (callId: string): Promise<number> => (await desk.decide(callId, 'invoice.explain')).had.caller;
  const letters = async (personId: string): Promise<number> => {
    await desk.addressed();
    const sent = "SELECT FROM messages WHERE person_id = $1 AND template = 'verification_code' AND route = 'letter'";
    return (await desk.owner.query(sent, [personId])).rowCount ?? 0;
  };

  /** The ten digits of the letter that was asked for last. */
  async function written(personId: string): Promise<string> {
    const { rows } = await desk.owner.query<{ id: string }>(
      "SELECT id FROM codes WHERE person_id = $1 AND route = 'letter' ORDER BY issued_at DESC LIMIT 1",
      [personId],
    );
    const { body } = await desk.message('code_id', rows[0]?.id ?? '');
    return /(\d{5}) (\d{5})/.exec(body)?.[0] ?? `no code in: ${body}`;
  }

  it('is sent a code by post, reads it out in a later call, and has done what others do on a screen', async () => {
    const house = await household();
    const mandate = await desk.mandate(house.holder, house.proxy, ['billing'], [house.contract]);
    const asked = await called(house.contract, { agent: 'A-2' });
    const sent = await verify(asked, { method: 'letter' }, 'A-2');
    expect(sent).toMatchObject({
      status: 201,
      body: { id: null, method: 'letter', state: 'pending', route: 'letter', tries_left: 5 },
    });
    const days = (Date.parse(sent.body.expires_at) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(21);
    // It outlives the call, somebody else on the line, and a code by another road.
    await desk.expectSuccess(verify(asked, { method: 'code' }, 'A-2'));
    await desk.expectSuccess(by('A-2', `/v1/calls/${asked}/caller`, { as: 'proxy' }));
    await desk.expectSuccess(by('A-2', `/v1/calls/${asked}/end`));
    const code = await written(house.holderId);
    const later = await called(house.contract);
    const assistance = `/v1/calls/${later}/assistance`;
    expect((await by('A-1', assistance)).body).toMatchObject({ code: 'proof_required' });
    expect((await read(later, code)).body).toMatchObject({ method: 'letter_code', state: 'approved' });
    expect(await levelOf(later)).toBe(2);
    const { body: opened } = await desk.expectSuccess(by('A-1', assistance));
    const helped = new Visitor(desk).as(opened.token);
    expect((await helped.send('POST', `/v1/me/mandates/${mandate.id}/withdraw`, {})).body).toMatchObject({
      state: 'ended',
    });
    // Once, and in that call alone.
    const again = await called(house.contract);
    expect(await levelOf(again)).toBe(0);
    expect((await read(again, code)).body.state).toBe('declined');
    expect(await levelOf(again)).toBe(0);
  });

  it('has one letter that counts, the newest, with five tries; nobody else’s is right', async () => {
    const [house, other] = [await household(), await household()];
    const call = await called(house.contract);
    await desk.expectSuccess(verify(call, { method: 'letter' }));
    const first = await written(house.holderId);
    // Asked twice in an hour, it is the same one; after that another.
    const letterOf = async (): Promise<unknown> =>
      (
        await desk.owner.query(
          "SELECT id FROM codes WHERE person_id = $1 AND route = 'letter' AND state = 'pending' ORDER BY issued_at",
          [house.holderId],
        )
      ).rows;
    const before = await letterOf();
    const twice = await desk.expectSuccess(verify(call, { method: 'letter' }));
    expect(twice.body).toMatchObject({ method: 'letter', state: 'pending', tries_left: 5 });
    expect(await letterOf()).toEqual(before);
    await desk.owner.query("UPDATE codes SET issued_at = issued_at - interval '61 minutes' WHERE person_id = $1", [
      house.holderId,
    ]);
    await desk.expectSuccess(verify(await called(house.contract), { method: 'letter' }));
    const second = await written(house.holderId);
    await desk.expectSuccess(verify(await called(other.contract), { method: 'letter' }));
    const foreign = await written(other.holderId);
    for (const wrong of [first, foreign, '0'.repeat(10)]) expect((await read(call, wrong)).body.state).toBe('declined');
    // Three tries are gone: blanks cost none.
    expect((await read(call, second.replaceAll(' ', ' - '))).body.state).toBe('approved');
    // In which call each was tried is on record, right or wrong.
    const { rows: tried } = await desk.owner.query(
      "SELECT FROM audit_records WHERE kind = 'letter_code.tried' AND call_id = $1",
      [call],
    );
    expect(tried.length).toBe(4);
    const theirs = await called(other.contract);
    for (let at = 0; at < 5; at += 1) await read(theirs, '1'.repeat(10));
    expect((await read(theirs, foreign)).body.state).toBe('declined');
    expect(await levelOf(theirs)).toBe(0);
  });

  it('gets none at an address of 29 days, and the answers are those of a caller whom nobody knows', async () => {
    const [house, moved] = [await household(), await household()];
    const days = (count: number): Promise<unknown> =>
      desk.owner.query("UPDATE contact_points SET changed_at = now() - $2 * interval '1 day' WHERE person_id = $1", [
        moved.holderId,
        count,
      ]);
    await days(29);
    const unknown = await called(house.contract, { as: 'proxy', name: 'Niemand Bekend' });
    const answers = [];
    for (const call of [unknown, await called(moved.contract)]) {
      const { status, body } = await verify(call, { method: 'letter' });
      const tried = await read(call, '2'.repeat(10));
      answers.push([status, { ...body, expires_at: typeof body.expires_at }, tried.status, tried.body]);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(await letters(moved.holderId)).toBe(0);
    // On the thirtieth day it goes out.
    await days(30);
    await desk.owner.query("UPDATE codes SET issued_at = issued_at - interval '61 minutes' WHERE person_id = $1", [
      moved.holderId,
    ]);
    await desk.expectSuccess(verify(await called(moved.contract), { method: 'letter' }));
    expect(await letters(moved.holderId)).toBe(1);
    // The tries of both end at ten.
    for (const call of [unknown, await called(moved.contract)]) {
      for (let at = 0; at < 9; at += 1) await read(call, '3'.repeat(10));
      expect((await read(call, '3'.repeat(10))).body).toMatchObject({ status: 429, code: 'code_budget_exhausted' });
    }
  });

  it('is written to when they ask for a letter, also where there is a telephone', async () => {
    const house = await household({ withPhone: true });
    const call = await called(house.contract);
    await desk.expectSuccess(verify(call, { method: 'letter' }));
    expect(await letters(house.holderId)).toBe(1);
    expect((await read(call, await written(house.holderId))).body).toMatchObject({ state: 'approved' });
  });

  it('reads out nothing that counts while the key of the letter is out of the ring', async () => {
    const house = await household();
    const call = await called(house.contract);
    await desk.expectSuccess(verify(call, { method: 'letter' }));
    const code = await written(house.holderId);
    const { rows } = await desk.owner.query<{ id: string; key_id: string }>(
      "SELECT id, key_id FROM codes WHERE person_id = $1 AND route = 'letter'",
      [house.holderId],
    );
    const keyIs = (key: string) => desk.owner.query('UPDATE codes SET key_id = $2 WHERE id = $1', [rows[0]?.id, key]);
    await keyIs('retired');
    expect((await read(call, code)).body).toMatchObject({ method: 'letter_code', state: 'declined' });
    await keyIs(rows[0]?.key_id ?? '');
    expect((await read(call, code)).body).toMatchObject({ method: 'letter_code', state: 'approved' });
  });

  it('says no to a letter that they did not ask for, without any proof; the answer is that of nobody', async () => {
    const house = await household();
    const call = await called(house.contract);
    await desk.expectSuccess(verify(call, { method: 'letter' }));
    const code = await written(house.holderId);
    const unknown = await called(house.contract, { as: 'proxy', name: 'Niemand Bekend' });
    const [theirs, nobodys] = [
      await verify(call, { method: 'letter_cancel' }),
      await verify(unknown, { method: 'letter_cancel' }),
    ];
    expect(theirs).toMatchObject({ status: 201, body: { method: 'letter_cancel', state: 'cancelled' } });
    expect(nobodys.body).toEqual(theirs.body);
    expect((await read(call, code)).body.state).toBe('declined');
  });

  it('gets a letter that dies with what they may do, also days after it was sent', async () => {
    const house = await household();
    await desk.expectSuccess(verify(await called(house.contract), { method: 'letter' }));
    const code = await written(house.holderId);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const event = { person: house.holder, kind: 'curatele', occurred_on: '2026-01-20', reported_by: 'relative' };
    const proof = {
      form: 'court',
      source: 'Rechtbank',
      reference: 'VZ-1',
      sha256: PAPER.sha256,
      dated_on: '2026-01-15',
    };
    const { body } = await desk.expectSuccess(by('A-1', '/v1/life-events', { ...event, evidence: proof }));
    await desk.expectSuccess(by('A-2', `/v1/life-events/${body.id}/approve`));
    expect((await read(await called(house.contract), code)).body.state).toBe('declined');
  });

  it('and a call that has ended takes no code, nor is a letter sent in it', async () => {
    const house = await household();
    const call = await called(house.contract);
    await desk.expectSuccess(verify(call, { method: 'letter' }));
    const code = await written(house.holderId);
    await desk.expectSuccess(by('A-1', `/v1/calls/${call}/end`));
    for (const body of [{ method: 'letter' }, { method: 'letter_code', letter_code: code }]) {
      expect((await verify(call, body)).body).toMatchObject({ code: 'call_ended' });
    }
    expect((await read(await called(house.contract), code)).body.state).toBe('approved');
  });
});

describe('a mandate that is taken down', () => {
  const wish = ({ holder, proxy, contract }: Household, more: Record<string, unknown> = {}) => ({
    holder,
    proxy,
    scopes: ['billing'],
    contracts: [contract],
    form: 'letter',
    paper: PAPER,
    ...more,
  });
  const takenDown = async (people: Household, more: Record<string, unknown> = {}): Promise<Answer['body']> =>
    (await desk.expectSuccess(by('A-1', '/v1/registrations', wish(people, more)))).body;
  const mandateOf = async (id: string): Promise<Answer['body']> => (await desk.get('crm', `/v1/mandates/${id}`)).body;

  it('from paper goes from one employee to another, by letter to the holder, to whoever takes their call, and to the proxy', async () => {
    const people = await household();
    const registered = await takenDown(people);
    expect(registered).toMatchObject({
      state: 'waiting',
      mandate_state: 'draft',
      paper: PAPER,
      scopes: ['billing'],
      contracts: [people.contract],
      route: 'letter',
      decided_by: null,
      confirmation_id: null,
    });
    const path = `/v1/registrations/${registered.id}`;
    expect((await desk.get('agent', '/v1/registrations')).body).toContainEqual(registered);
    expect((await by('A-1', `${path}/approve`)).body).toMatchObject({ code: 'forbidden' });
    const approved = await desk.expectSuccess(by('A-2', `${path}/approve`));
    expect(approved.body).toMatchObject({ state: 'approved', mandate_state: 'draft', decided_by: expect.any(String) });
    expect(approved.body.decided_by).not.toBe(approved.body.registered_by);
    expect((await by('A-2', `${path}/approve`)).body).toMatchObject({ code: 'conflict' });
    expect(await mandateOf(registered.mandate_id)).toMatchObject({ state: 'draft', strength: { level: 0 } });

    // Weeks later they call, with the letter in their hand, and get somebody else on the line.
    await desk.owner.query(
      `UPDATE codes SET issued_at = issued_at - interval '20 days', expires_at = expires_at - interval '20 days'
       WHERE mandate_id = $1`,
      [registered.mandate_id],
    );
    const code = await lettered(people.holderId, 'mandate_code');
    const letter = await desk.message('person_id', people.holderId, 'mandate_code');
    expect(letter).toMatchObject({ link: null, body: expect.stringContaining(registered.mandate_ref) });
    const found = await desk.get('agent', `/v1/registrations?mandate_ref=${registered.mandate_ref}`);
    const attempt = await by('A-2', `/v1/confirmations/${found.body[0].confirmation_id}/attempts`, { code });
    expect(attempt.body).toMatchObject({ accepted: true });
    expect(await mandateOf(registered.mandate_id)).toMatchObject({
      state: 'pending_acceptance',
      strength: { level: 2 },
    });
    // The code for the proxy is on the holder's paper, and on nobody else's.
    const passedOn = /code is ([A-Z0-9]{4}[- ][A-Z0-9]{4})/;
    const toHolder = await desk.message('person_id', people.holderId, 'acceptance_code');
    const toProxy = await desk.message('person_id', people.proxyId, 'invitation');
    const acceptance = passedOn.exec(toHolder.body)?.[1] ?? '';
    expect(acceptance).not.toBe('');
    expect(toProxy.body).not.toContain(acceptance);
    const accepted = await desk.post('crm', `/v1/mandates/${registered.mandate_id}/acceptance`, { code: acceptance });
    expect(accepted.body).toMatchObject({ accepted: true });
    // What becomes of it now, in silence or not, is told to nobody who has no call about it.
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${registered.mandate_id}/withdraw`, { silent: true }));
    expect((await desk.get('agent', path)).body).toMatchObject({ code: 'not_found' });
    const byRef = `/v1/registrations?mandate_ref=${registered.mandate_ref}`;
    expect((await desk.get('agent', byRef)).body).toEqual([]);
    expect((await desk.get('crm', byRef)).body).toMatchObject([{ id: registered.id, mandate_state: 'ended' }]);
    const kinds = await desk.owner.query<{ kind: string; actor: string }>(
      "SELECT kind, actor FROM audit_records WHERE kind LIKE 'registration.%' AND body LIKE '%' || $1 || '%' ORDER BY sequence",
      [registered.id],
    );
    expect(kinds.rows.map(({ kind }) => kind)).toEqual(['registration.recorded', 'registration.approved']);
    expect(new Set(kinds.rows.map(({ actor }) => actor)).size).toBe(2);
  });

  it('on the phone is said by a verified holder in the call, and their yes may come over it at once', async () => {
    const people = await household({ withPhone: true });
    const claim = { as: 'holder', number: people.phone } as const;
    const { body: opened } = await desk.expectSuccess(desk.open(people.contract, claim));
    const said = { form: 'oral', paper: undefined, call_id: opened.call.id, route: 'voice' };
    const registered = await takenDown(people, said);
    expect(registered).toMatchObject({ form: 'oral', paper: null, call_id: opened.call.id, mandate_state: 'draft' });
    await desk.expectSuccess(by('A-2', `/v1/registrations/${registered.id}/approve`));
    const view = (await desk.get('agent', `/v1/registrations/${registered.id}`)).body;
    const code = await desk.codeOf(view.confirmation_id);
    const attempt = await by('A-1', `/v1/confirmations/${view.confirmation_id}/attempts`, { code });
    expect(attempt.body).toMatchObject({ accepted: true });
    expect(await mandateOf(registered.mandate_id)).toMatchObject({
      state: 'pending_acceptance',
      strength: { level: 2 },
      bound_to_call: null,
    });
  });

  it('counts for nothing before a second employee has looked, whatever else proves it: the database holds that', async () => {
    const people = await household({ withPhone: true });
    const { id, mandate_id: mandateId } = await takenDown(people);
    expect((await desk.post('crm', `/v1/mandates/${mandateId}/confirmations`)).body).toMatchObject({
      code: 'invalid_state',
    });
    const proof = desk.send('crm', 'PATCH', `/v1/mandates/${mandateId}`, { form: 'portal' }, { 'if-match': '"1"' });
    expect((await proof).body).toMatchObject({ code: 'invalid_state' });
    for (const state of ['active', 'pending_acceptance']) {
      const forced = desk.owner.query(
        'UPDATE mandates SET state = $2, accepted_at = now(), accept_before = NULL WHERE id = $1',
        [mandateId, state],
      );
      await expect(forced).rejects.toThrow('nobody else has looked');
    }
    const { rows } = await desk.owner.query<{ registered_by: string }>(
      'SELECT registered_by FROM registrations WHERE id = $1',
      [id],
    );
    const own = desk.owner.query("INSERT INTO registration_verdicts VALUES ($1, 'approved', $2, $2, now())", [
      id,
      rows[0]?.registered_by,
    ]);
    await expect(own).rejects.toThrow('registration_verdicts_four_eyes_check');
    const another = desk.owner.query(
      `INSERT INTO registration_verdicts SELECT $1, 'approved', a.id, $2, now() FROM agents a WHERE a.id <> $2 LIMIT 1`,
      [id, rows[0]?.registered_by],
    );
    await expect(another).rejects.toThrow('registration_verdicts_registration_fkey');
  });

  it('that is not so ends in silence, also by who took it down; the proxy never hears of it', async () => {
    const people = await household();
    const { id, mandate_id: mandateId } = await takenDown(people);
    const rejected = await desk.expectSuccess(by('A-1', `/v1/registrations/${id}/reject`));
    expect(rejected.body).toMatchObject({ state: 'rejected', mandate_state: 'ended' });
    expect((await by('A-2', `/v1/registrations/${id}/approve`)).body).toMatchObject({ code: 'conflict' });
    expect(await mandateOf(mandateId)).toMatchObject({ ending: 'refused_by_organisation', is_silent: true });
    const again = await takenDown(people);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${again.mandate_id}/withdraw`));
    const told = await desk.owner.query('SELECT FROM messages WHERE person_id = $1', [people.proxyId]);
    expect(told.rowCount).toBe(0);
    const named = await desk.owner.query(
      "SELECT FROM audit_records WHERE $1 = ANY (person_ids) AND kind ~ '^(mandate|registration)'",
      [people.proxyId],
    );
    expect(named.rowCount).toBe(0);
  });

  it('takes what is said from the holder alone, papers with what they look like, and nobody else’s word', async () => {
    const people = await household({ withPhone: true });
    const claim = { as: 'holder', number: people.phone } as const;
    const unproven = (await desk.expectSuccess(desk.open(people.contract, { as: 'holder' }))).body.call.id;
    const calling = (await desk.expectSuccess(desk.open(people.contract, claim))).body.call.id;
    const faults = async (more: Record<string, unknown>, agent = 'A-1'): Promise<unknown> => {
      const { status, body } = await by(agent, '/v1/registrations', wish(people, more));
      return [status, body.errors?.map(({ pointer }: { pointer: string }) => pointer)];
    };
    expect(await faults({ paper: undefined })).toEqual([400, ['/paper']]);
    expect(await faults({ form: 'oral' })).toEqual([400, ['/call_id', '/paper']]);
    expect(await faults({ form: 'portal' })).toEqual([400, ['/form']]);
    expect(await faults({ paper: { ...PAPER, sha256: 'x' } })).toEqual([400, ['/paper/sha256']]);
    expect(await faults({ route: 'email' })).toEqual([400, ['/route']]);
    expect(await faults({ form: 'oral', paper: undefined, call_id: unproven })).toEqual([400, ['/call_id']]);
    expect(await faults({ form: 'oral', paper: undefined, call_id: calling }, 'A-2')).toEqual([400, ['/call_id']]);
    expect(await faults({ proxy: people.holder })).toEqual([400, ['/proxy']]);
    const alone = { ...wish(people), paper: undefined, evidence_ref: 'L-9', call_id: calling };
    expect((await by('A-1', '/v1/mandates', alone)).body).toMatchObject({ code: 'forbidden' });
    expect((await desk.get('agent', '/v1/registrations?mandate_ref=M-0000-0000')).body).toEqual([]);
  });

  it('is not asked of a holder who can give nothing any more, or can be written to nowhere safe', async () => {
    const people = await household();
    const { id } = await takenDown(people);
    await desk.owner.query('UPDATE contact_points SET changed_at = now() WHERE person_id = $1', [people.holderId]);
    expect((await by('A-2', `/v1/registrations/${id}/approve`)).body).toMatchObject({
      code: 'no_usable_contact_point',
    });
    // What could not be asked is not approved either.
    expect((await desk.get('agent', `/v1/registrations/${id}`)).body).toMatchObject({ state: 'waiting' });
    const event = { person: people.holder, kind: 'curatele', occurred_on: '2026-01-20', reported_by: 'relative' };
    await desk.expectSuccess(by('A-1', '/v1/life-events', event));
    expect((await by('A-2', `/v1/registrations/${id}/approve`)).body).toMatchObject({ code: 'forbidden' });
  });
});

describe('the self-service, in a call', () => {
  const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const operations = new Map(
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, { operationId }]) => [operationId, `${method.toUpperCase()} ${path}`] as const,
      ),
    ),
  );
  const byEmployee = Object.keys(NON_DIGITAL).filter((id) => NON_DIGITAL[id]?.by === 'employee');
  /** Operations that were used below. */
  const used = new Set<string>();
  let people: Household;
  let me: Me;
  let sessionId: string;

  /** An assisted session of whoever calls from this number. */
  async function assisted(contract: string, claim: 'holder' | 'proxy', number: string): Promise<Answer['body']> {
    const { body } = await desk.expectSuccess(desk.open(contract, { as: claim, number }));
    await desk.identify(body.call.id);
    const opened = await desk.expectSuccess(by('A-1', `/v1/calls/${body.call.id}/assistance`));
    return { ...opened.body, callId: body.call.id };
  }

  /** As the employee calls it; the operation's name is looked up in the document. */
  async function use(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const answer = await me.send(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    const plain = path.split('?')[0] ?? '';
    for (const [id, route] of operations) {
      const [verb, template = ''] = route.split(' ');
      const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      // `/v1/me/mandates/x` is no `/v1/me/{y}`: the most exact one counts.
      if (verb === method && pattern.test(plain)) used.add(id);
    }
    return answer;
  }

  beforeAll(async () => {
    people = await household({ withPhone: true });
    // An app of theirs, from before: where it is added later, sessions end, this one too.
    const app = `/v1/people/${people.holder}/authenticator`;
    const enrolled = await desk.expectSuccess(desk.post('crm', app));
    const secret = new URL(enrolled.body.otpauth_uri).searchParams.get('secret') ?? '';
    const code = generateSync({ strategy: 'totp', secret });
    await desk.expectSuccess(desk.post('crm', `${app}/confirmation`, { code }));
    const { token } = await assisted(people.contract, 'holder', people.phone);
    me = new Visitor(desk).as(token);
    sessionId = (await me.get('/v1/me/sessions')).body[0].id;
  });

  it('has a row for every operation, and one for nothing else; what is done instead exists', () => {
    const own = [...operations].filter(([, route]) => / \/v1\/me(\/|$)/.test(route)).map(([id]) => id);
    expect(Object.keys(NON_DIGITAL).toSorted()).toEqual(own.toSorted());
    for (const [id, row] of Object.entries(NON_DIGITAL)) {
      if (row.by === 'instead')
        expect([id, [...operations.values()]]).toEqual([id, expect.arrayContaining([row.operation])]);
      else expect([id, Object.keys(everyText)]).toEqual([id, expect.arrayContaining([`assisted.${id}`])]);
    }
  });

  it.each(LANGUAGES)('has words in %s for whatever can be answered', (language) => {
    const say = new Say(language);
    const at = '2026-01-20T10:00:00.000Z';
    const every = [
      lines.lifeEvents(
        LIFE_EVENT_STATES.flatMap((state) =>
          LIFE_EVENT_KINDS.map((kind) => ({
            id: '',
            kind,
            state,
            is_reversal: state === 'approved',
            occurred_on: '2026-01-20',
            recorded_at: at,
            suspends_until: state === 'suspended_pending_evidence' ? at : null,
          })),
        ),
        say,
      ),
      lines.representations(
        REPRESENTATION_STATES.flatMap((state) =>
          REPRESENTATION_KINDS.map((kind) => ({
            id: '',
            kind,
            state,
            side: kind === 'bewind' ? 'holder' : 'representative',
            other: kind === 'executor' ? null : 'Hanna Voorbeeld',
            starts_at: at,
            ends_at: at,
          })),
        ),
        say,
      ),
      lines.requests(
        REQUEST_STATES.map((state) => ({
          id: '',
          state,
          holder: null,
          contracts: ['C-1'],
          scopes: ['billing'],
          asked_at: at,
          expires_at: at,
          mandate_id: null,
        })),
        say,
      ),
      lines.sessions(
        [
          {
            id: '',
            methods: [...SIGN_IN_METHODS],
            strength: 2,
            opened_at: at,
            proved_at: at,
            used_at: at,
            expires_at: at,
            is_current: true,
          },
        ],
        say,
      ),
      lines.preferences(
        { language, large_type: false, declined: [...CODE_ROUTES], safe_hours: null, refused_recordings: [] },
        say,
      ),
    ];
    for (const told of every) {
      expect(told?.length).toBeGreaterThan(0);
      for (const line of told ?? []) expect(line).not.toMatch(/[{}]|undefined|null/);
    }
  });

  it('lets an employee do every one of them for the person on the line', async () => {
    const { holder, holderId, contract } = people;
    // What there is to look at and to change.
    const first = await desk.mandate(holder, people.proxy, ['billing', 'subscription'], [contract]);
    const held = await household({ withPhone: true });
    const grant = (from: Household, scope: string) =>
      desk.expectSuccess(
        desk.post('crm', '/v1/mandates', {
          holder: from.holder,
          proxy: holder,
          scopes: [scope],
          contracts: [from.contract],
          form: 'portal',
        }),
      );
    const visitor = new Visitor(desk);

    await use('GET', '/v1/me');
    await use('GET', '/v1/me/ways');
    await use('GET', '/v1/me/recognition');
    await use('GET', '/v1/me/life-events');
    await use('GET', '/v1/me/representations');
    await visitor.signIn(people.phone);
    const sessions = (await use('GET', '/v1/me/sessions')).body;
    const other = sessions.find(({ is_current: isCurrent }: { is_current: boolean }) => !isCurrent);
    await use('DELETE', `/v1/me/sessions/${other.id}`);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const signedInElsewhere = await visitor.signIn(people.phone);
    await use('POST', '/v1/me/sessions/end-others');
    expect((await signedInElsewhere.get('/v1/me')).status).toBe(401);
    await desk.owner.query('DELETE FROM code_budget_entries');

    const preferred = {
      language: 'nl',
      large_type: true,
      declined: [],
      safe_hours: { from: 9, until: 20 },
      refused_recordings: ['training'],
    };
    expect((await use('PUT', '/v1/me/preferences', preferred)).body).toMatchObject({ large_type: true });
    await use('GET', '/v1/me/preferences');
    await use('PUT', '/v1/me/ask-first', { scopes: ['faults'] });
    await use('GET', '/v1/me/ask-first');

    // Its secret is for whoever runs it: the holder declares software in a session of their own, and anybody stops it.
    await desk.owner.query('DELETE FROM code_budget_entries');
    const own = await visitor.signIn(people.phone);
    const program = await desk.expectSuccess(
      own.send('POST', '/v1/me/software', {
        name: 'Verzonnen programma',
        operator: { kind: 'email', value: 'maker@example.nl' },
        scopes: ['faults'],
        contracts: [people.contract],
      }),
    );
    expect((await use('GET', '/v1/me/software')).body).toHaveLength(1);
    await use('POST', `/v1/me/software/${program.body.id}/revoke`);
    expect((await use('GET', '/v1/me/software')).body).toEqual([]);

    // An organisation for which they speak.
    await desk.put('crm', '/v1/people/O-9', {
      kind: 'organisation',
      name: 'Fictief',
      language: 'nl',
      contact_points: [],
    });
    await desk.contract('C-O9', ['O-9']);
    const speaks = { holder: 'O-9', proxy: people.holder, scopes: ['billing'], contracts: ['C-O9'], form: 'portal' };
    await desk.expectSuccess(desk.post('crm', '/v1/mandates', { ...speaks, contact_rule: 'several' }));
    await desk.owner.query("UPDATE mandates SET state = 'active' WHERE contact_rule IS NOT NULL");
    const { id: theirs } = await desk.mandate('O-9', people.proxy, ['billing'], ['C-O9']);
    const organisation = `/v1/me/organisations/${(await use('GET', '/v1/me/organisations')).body[0].id}`;
    await use('GET', organisation);
    await use('GET', `${organisation}/mandates`);
    await use('POST', `${organisation}/mandates/${theirs}/withdraw`);
    await use('GET', `${organisation}/activity`);

    // Mandates that they gave.
    const path = `/v1/me/mandates/${first.id}`;
    await use('GET', '/v1/me/mandates?side=holder');
    await use('GET', path);
    await use('POST', `${path}/suspend`);
    await use('POST', `${path}/resume`);
    const { revision } = (await use('GET', path)).body;
    const narrower = await use('PATCH', path, { scopes: ['billing'] }, { 'if-match': `"${revision}"` });
    expect(narrower.body).toMatchObject({ confirmation: null });
    const tag = { 'if-match': `"${narrower.body.revision}"` };
    const wider = await use('PATCH', path, { scopes: ['billing', 'complaints'] }, tag);
    const asked = await desk.message('code_id', wider.body.confirmation.id);
    const agent = (
      await desk.owner.query<{ pseudonym: string }>("SELECT pseudonym FROM agents WHERE agent_ref = 'A-1'")
    ).rows[0]?.pseudonym;
    // Not "type it only yourself": the employee is who types it, and the message says which one.
    expect(asked.body).toContain(agent);
    const code = await desk.codeOf(wider.body.confirmation.id);
    const typed = await use('POST', `${path}/confirmations/${wider.body.confirmation.id}/attempts`, { code });
    expect([asked.body, code, typed.body]).toEqual([asked.body, code, expect.objectContaining({ accepted: true })]);
    const byPost = await use('POST', `${path}/confirmations`, { route: 'letter' });
    expect(byPost.body).toMatchObject({ route: 'letter', digits: 10 });
    const waiting = await desk.post('crm', '/v1/mandates', {
      holder,
      proxy: held.holder,
      scopes: ['faults'],
      contracts: [contract],
      form: 'portal',
    });
    await use('POST', `/v1/me/mandates/${waiting.body.id}/invitation`);
    await use('POST', `/v1/me/mandates/${waiting.body.id}/withdraw`, { silent: true });
    await use('POST', `${path}/withdraw`, {});

    // Mandates that they got, and what others ask of them.
    const got = await grant(held, 'billing');
    const passed = await desk.message('person_id', held.holderId, 'acceptance_code');
    // Spoken, letter by letter.
    const spoken = /code is: ([A-Z0-9, ]+)\./.exec(passed.body)?.[1] ?? '';
    const accepted = await use('POST', `/v1/me/mandates/${got.body.id}/acceptance`, {
      code: spoken.replaceAll(', ', ''),
    });
    expect(accepted.body).toMatchObject({ accepted: true });
    await desk.owner.query('UPDATE mandates SET may_pass_on = true WHERE id = $1', [got.body.id]);
    const onward = {
      proxy: { name: 'Bram Fictief', contact: { kind: 'phone', value: '+49 30 23125 990' } },
      scopes: ['billing'],
      contracts: [held.contract],
    };
    const subMandates = `/v1/me/mandates/${got.body.id}/sub-mandates`;
    expect((await use('POST', subMandates, onward)).body).toMatchObject({
      state: 'draft',
      confirmation: { id: expect.any(String) },
    });
    expect((await use('GET', subMandates)).body.mandates).toHaveLength(1);
    await use('POST', `/v1/me/mandates/${got.body.id}/renounce`);
    await use('POST', '/v1/me/mandate-requests', { contracts: [held.contract], scopes: ['faults'] });
    await use('GET', '/v1/me/mandate-requests');
    const asker = await visitor.signIn(held.phone);
    for (const scope of ['faults', 'complaints']) {
      await desk.expectSuccess(
        asker.send('POST', '/v1/me/mandate-requests', { contracts: [contract], scopes: [scope], holder }),
      );
    }
    let drafts: readonly { readonly id: string }[] = [];
    for (let wait = 0; wait < 400 && drafts.length < 2; wait += 1) {
      drafts = (await use('GET', '/v1/me/asked')).body;
      if (drafts.length < 2) await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await use('POST', `/v1/me/asked/${drafts[0]?.id}/approve`, {});
    await use('POST', `/v1/me/asked/${drafts[1]?.id}/decline`, {});

    // A question of somebody else who is on another line.
    const { ref } = await desk.mandate(holder, held.holder, ['subscription'], [contract]);
    const elsewhere = await desk.expectSuccess(
      desk.open(contract, { number: held.phone, mandateRef: ref, agent: 'A-1' }),
    );
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.identify(elsewhere.body.call.id);
    const question = async (name: string): Promise<string> => {
      await desk.owner.query('DELETE FROM code_budget_entries');
      const sent = await desk.expectSuccess(
        by('A-1', `/v1/calls/${elsewhere.body.call.id}/confirmations`, { actions: [{ name }] }),
      );
      return sent.body.confirmations[0].id;
    };
    const yes = await question('contract.terminate');
    expect((await use('GET', '/v1/me/confirmations')).body).toHaveLength(1);
    await use('GET', `/v1/me/confirmations/${yes}`);
    // An employee says no yes of their own: without the code there is none.
    expect((await me.send('POST', `/v1/me/confirmations/${yes}/approve`, {})).body).toMatchObject({
      code: 'proof_required',
    });
    const right = await use('POST', `/v1/me/confirmations/${yes}/approve`, { code: await desk.codeOf(yes) });
    expect(right.body).toMatchObject({ accepted: true });
    await use('POST', `/v1/me/confirmations/${await question('contract.renew')}/decline`, {});

    // What happened, and that it isn't right.
    const { entries } = (await use('GET', '/v1/me/activity?limit=100')).body;
    expect(entries.map(({ sentence }: { sentence: string }) => sentence)).toContainEqual(
      expect.stringContaining('Een machtiging intrekken'),
    );
    const doubted = entries.find(({ category }: { category: string }) => category === 'decided');
    await use('POST', `/v1/me/activity/${doubted.id}/incidents`, { text: 'Dat was ik niet.' });
    await use('GET', '/v1/me/incidents');

    // How they are reached and recognised.
    await use('DELETE', '/v1/me/authenticator');
    const passkey = randomUUID();
    await desk.owner.query(
      `INSERT INTO passkeys (id, person_id, credential_hash, credential_sealed, sign_count, added_at)
       VALUES ($1, $2, $3, $4, 0, now())`,
      [passkey, holderId, createHash('sha256').update(passkey).digest(), Buffer.from('x')],
    );
    await use('DELETE', `/v1/me/passkeys/${passkey}`);
    const { contact_points: points } = (await use('GET', '/v1/me/contact-points')).body;
    const pointOf = (kind: string): string => points.find((one: { kind: string }) => one.kind === kind).id;
    const changes = '/v1/me/contact-changes';
    const dropped = await use('POST', changes, { kind: 'email', value: 'anders@example.nl' });
    await use('DELETE', `${changes}/${dropped.body.id}`);
    await use('PUT', `/v1/me/contact-points/${pointOf('email')}/shared`, { shared: true });
    const change = await use('POST', changes, { remove: pointOf('email'), confirm_at: pointOf('phone') });
    await use('GET', `${changes}/${change.body.id}`);
    await use('POST', `${changes}/${change.body.id}/codes`, { side: 'known' });
    const { rows } = await desk.owner.query<{ id: string }>(
      'SELECT known_code_id AS id FROM contact_changes WHERE id = $1',
      [change.body.id],
    );
    expect((await desk.message('code_id', rows[0]?.id ?? '')).body).toContain(agent);
    const known = { side: 'known', code: await desk.codeOf(rows[0]?.id ?? '') };
    expect((await use('POST', `${changes}/${change.body.id}/attempts`, known)).body).toMatchObject({ done: true });

    expect(byEmployee.filter((id) => !used.has(id))).toEqual([]);
  });

  it('is told afterwards in one letter, each act with what was answered, but for what is silent', async () => {
    const { body, link, subject } = await desk.assistedLetter(sessionId);
    expect([link, subject]).toEqual([null, expect.stringContaining('Dit deden wij voor u')]);
    for (const id of byEmployee) expect(body).toContain(text('nl', `assisted.${id}` as TextKey));
    expect(body).toContain('Brieven in grote letters');
    expect(body).toContain('om onze medewerkers te leren: nooit');
    expect(body).toContain('als bewijs van wat er is afgesproken: alleen als u ja zegt');
    expect(body).toContain('Dat was ik niet.');
    expect(body).toContain('Willem Verzonnen');
    const silent = await desk.owner.query<{ ref: string }>('SELECT mandate_ref AS ref FROM mandates WHERE is_silent');
    expect(silent.rows.length).toBeGreaterThan(0);
    // It waited for the proxy when its code was sent again; that it ended is nowhere.
    for (const { ref } of silent.rows) expect(body).not.toMatch(new RegExp(`${ref}[^\\n]*Afgelopen`));
    // Nor in the log, which was read to them.
    expect(body).not.toContain(text('nl', 'activity.mandate.silent'));
  });

  it('needs a caller who was identified, and is over with the call, the caller and the employee', async () => {
    const house = await household({ withPhone: true });
    const { body: opened } = await desk.expectSuccess(desk.open(house.contract, { as: 'holder', number: house.phone }));
    const path = `/v1/calls/${opened.call.id}/assistance`;
    // The number that the telephone shows is worth 1.
    expect((await by('A-1', path)).body).toMatchObject({ code: 'proof_required' });
    await desk.identify(opened.call.id);
    expect((await by('A-2', path)).status).toBe(404);
    await desk.owner.query(
      "UPDATE verifications SET verified_at = verified_at - interval '61 minutes' WHERE call_id = $1",
      [opened.call.id],
    );
    expect((await by('A-1', path)).body).toMatchObject({ code: 'proof_required' });
    // Nor does that number renew what was proved before.
    const { body: shown } = await desk.expectSuccess(desk.open(house.contract, { as: 'holder', number: house.phone }));
    await desk.identify(shown.call.id);
    await desk.owner.query(
      "UPDATE verifications SET verified_at = verified_at - interval '50 minutes' WHERE call_id = $1 AND method = 'code'",
      [shown.call.id],
    );
    const { body: older } = await desk.expectSuccess(by('A-1', `/v1/calls/${shown.call.id}/assistance`));
    expect(Date.parse(older.proved_at)).toBeLessThan(Date.parse(shown.call.opened_at));
    await desk.identify(opened.call.id);
    const session = async (): Promise<Me> =>
      new Visitor(desk).as((await desk.expectSuccess(by('A-1', path))).body.token);
    const helped = await session();
    expect((await helped.get('/v1/me')).body).toMatchObject({ strength: 2 });
    await desk.put('admin', '/v1/agents/A-1', { role: 'agent', team: 'service', is_active: false });
    expect((await helped.get('/v1/me')).status).toBe(401);
    await desk.put('admin', '/v1/agents/A-1', { role: 'agent', team: 'service', is_active: true });
    expect((await helped.get('/v1/me')).status).toBe(200);
    await desk.expectSuccess(by('A-1', `/v1/calls/${opened.call.id}/caller`, { as: 'proxy' }));
    expect((await helped.get('/v1/me')).status).toBe(401);
    // "It is me again" is a claim like any other.
    const back = { as: 'holder', calling_number: house.phone };
    await desk.expectSuccess(by('A-1', `/v1/calls/${opened.call.id}/caller`, back));
    expect((await helped.get('/v1/me')).status).toBe(401);
    expect((await by('A-1', path)).body).toMatchObject({ code: 'proof_required' });
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.identify(opened.call.id);
    expect((await (await session()).get('/v1/me')).status).toBe(200);
    expect((await helped.get('/v1/me')).status).toBe(401);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const again = await assisted(house.contract, 'holder', house.phone);
    const later = new Visitor(desk).as(again.token);
    expect((await later.get('/v1/me')).status).toBe(200);
    const own = await new Visitor(desk).signIn(house.phone);
    const listed = async (): Promise<number> => (await own.get('/v1/me/sessions')).body.length;
    const before = await listed();
    await desk.expectSuccess(by('A-1', `/v1/calls/${again.callId}/end`));
    expect((await later.get('/v1/me')).status).toBe(401);
    // What opens nothing any more is not shown as if it did.
    expect(await listed()).toBe(before - 1);
  });

  it('is told as begun when nobody knows how it went, but for a withdrawal; what was refused is not told', async () => {
    const house = await household({ withPhone: true });
    const helped = new Visitor(desk).as((await assisted(house.contract, 'holder', house.phone)).token);
    const { body: sessions } = await helped.get('/v1/me/sessions');
    const { id: mandateId } = await desk.mandate(house.holder, house.proxy, ['billing'], [house.contract]);
    await helped.get('/v1/me/preferences');
    expect((await helped.send('POST', `/v1/me/mandates/${mandateId}/withdraw`, { silent: true })).status).toBe(200);
    // As if the process had died right after each of them.
    await desk.owner.query('UPDATE assisted_acts SET done_at = NULL, lines_sealed = NULL WHERE session_id = $1', [
      sessions[0].id,
    ]);
    expect((await helped.send('POST', `/v1/me/mandates/${randomUUID()}/suspend`)).status).toBe(404);
    const { body } = await desk.assistedLetter(sessions[0].id);
    expect(body).toContain(text('nl', 'assisted.preferencesGet'));
    expect(body).toContain(text('nl', 'assisted.line.unknown'));
    expect(body).not.toContain(text('nl', 'assisted.myMandatesWithdraw'));
    expect(body).not.toContain(text('nl', 'assisted.myMandatesSuspend'));
  });

  it('shows no employee a code, opens no page, and lets nobody give, enrol or sign in for somebody else', async () => {
    const house = await household({ withPhone: true });
    const { token } = await assisted(house.contract, 'holder', house.phone);
    const helped = new Visitor(desk).as(token);
    const grant = { proxy: { name: 'Willem Verzonnen', contact: { kind: 'email', value: 'w@example.nl' } } };
    const refused = [
      ['POST', '/v1/me/mandates', { ...grant, scopes: ['billing'], contracts: [house.contract] }],
      ['GET', `/v1/me/mandates/${randomUUID()}/acceptance-code`],
      ['POST', '/v1/me/support-code'],
      ['GET', '/v1/me/support-code'],
      ['GET', '/v1/me/calls'],
      ['POST', '/v1/me/authenticator'],
      ['POST', '/v1/me/passkeys/questions'],
      ['POST', '/v1/me/proofs/passkey-questions'],
      ['GET', '/v1/me/activity/export'],
      ['GET', `/v1/me/activity/${randomUUID()}/proof`],
    ] as const;
    for (const [method, path, body] of refused) {
      const answer = await helped.send(method, path, body ?? (method === 'GET' ? undefined : {}));
      expect([path, answer.status, answer.body.detail]).toEqual([path, 403, expect.stringContaining('No employee')]);
    }
    const browser = new Visitor(desk).browser();
    browser.put('session', token);
    expect(await browser.get('/portal')).toMatchObject({ status: 303, location: expect.stringContaining('sign-in') });
  });

  it('leaves no letter when nothing was done, and says in the log of its person who looked', async () => {
    const house = await household({ withPhone: true });
    const { token, letter: road } = await assisted(house.contract, 'holder', house.phone);
    expect(road).toBe('letter');
    const idle = (await desk.owner.query<{ id: string }>('SELECT id FROM sessions ORDER BY used_at DESC LIMIT 1'))
      .rows[0];
    expect((await desk.assistedLetter(idle?.id ?? '')).subject).toBe('dropped');
    const helped = new Visitor(desk).as(token);
    await helped.get('/v1/me/mandates?side=holder');
    const own = await new Visitor(desk).signIn(house.phone);
    const { entries } = (await own.get('/v1/me/activity')).body;
    const entry = entries.find(({ sentence }: { sentence: string }) => sentence.includes('Uw machtigingen bekijken'));
    expect(entry).toMatchObject({ who: { is: 'agent' }, channel: 'phone' });
  });
});
