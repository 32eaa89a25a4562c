import { createHash, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Answer, Desk } from '../support/desk.ts';

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
  const key = randomUUID().slice(0, 8);
  const [holder, proxy, contract, phone] = [`H-${key}`, `P-${key}`, `C-${key}`, nextPhone()];
  const address = (street: string) => `${street} ${key}, 0000 XX Nergenshuizen`;
  const holderId = await desk.person(holder, {
    name: 'Hanna Voorbeeld',
    postal: address('Voorbeeldstraat'),
    ...(how.withPhone === true ? { phone } : {}),
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
