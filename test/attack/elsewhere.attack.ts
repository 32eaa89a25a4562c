import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';
import { DataSource } from 'typeorm';
import { Desk } from '../support/desk.ts';

/** What went wrong at others, and is not tested by name elsewhere. */
let desk: Desk;
const HOLDER = '+49 30 23125 001';
const PROXY = '+49 30 23125 002';
const UNKNOWN = '+49 30 23125 999';

beforeAll(async () => {
  desk = await Desk.open();
  await desk.person('P-1', { phone: HOLDER });
  await desk.person('P-2', { phone: PROXY });
  await desk.contract('C-1', ['P-1']);
  await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1']);
});
afterAll(() => desk?.close());

const forgetBudgets = () => desk.owner.query('DELETE FROM code_budget_entries');

/** Spellings under which a text may be taken for another one that was not used yet. */
const respelt = (code: string): readonly string[] => [
  code,
  `${code} `,
  ` ${code}`,
  code.split('').join(' '),
  code.split('').join('-'),
  `${code}\n`,
  `\u00a0${code}`,
  code.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  `0${code}`,
  `+${code}`,
  `${code}.0`,
];

describe('A code that was used', () => {
  it('is used in every spelling, for a confirmation and for a verification (a space made Vault take one twice)', async () => {
    await forgetBudgets();
    const { body } = await desk.open('C-1', { number: PROXY });
    const callId = body.call.id;
    const sent = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }));
    const path = `/v1/calls/${callId}/verifications/${sent.body.id}/attempts`;
    const code = await desk.codeOf(sent.body.id);
    expect((await desk.post('agent', path, { code })).body).toMatchObject({ accepted: true });
    for (const text of respelt(code)) {
      expect([text, (await desk.post('agent', path, { code: text })).body.accepted]).toEqual([text, false]);
    }
    const actions = [{ name: 'contract.terminate' }];
    const asked = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
    const { id } = asked.body.confirmations[0];
    const right = await desk.codeOf(id);
    const attempt = (text: string) =>
      desk.post('agent', `/v1/confirmations/${id}/attempts`, { code: text, call_id: callId, actions });
    expect((await attempt(right)).body).toMatchObject({ accepted: true });
    for (const text of respelt(right)) expect([text, (await attempt(text)).body.accepted]).toEqual([text, false]);
    expect((await desk.check(callId, ['contract.terminate'], 'execute')).body.decisions[0].outcome).toBe('permit');
    expect((await desk.check(callId, ['contract.terminate'], 'execute')).body.decisions[0].outcome).not.toBe('permit');
  });

  it('of an authenticator app is used in every spelling', async () => {
    await forgetBudgets();
    const enrolled = await desk.expectSuccess(desk.post('crm', '/v1/people/P-2/authenticator'));
    const secret = new URL(enrolled.body.otpauth_uri).searchParams.get('secret') ?? '';
    const confirmed = generateSync({ strategy: 'totp', secret, epoch: Math.floor(Date.now() / 1000) - 30 });
    await desk.expectSuccess(desk.post('crm', '/v1/people/P-2/authenticator/confirmation', { code: confirmed }));
    await desk.owner.query(
      "UPDATE authenticators SET confirmed_at = confirmed_at - interval '8 days', usable_from = usable_from - interval '8 days'",
    );
    const { body } = await desk.open('C-1', { number: PROXY });
    const show = (totp: string) =>
      desk.post('agent', `/v1/calls/${body.call.id}/verifications`, { method: 'totp', totp });
    const totp = generateSync({ strategy: 'totp', secret });
    expect((await show(totp)).body.state).toBe('approved');
    for (const text of respelt(totp).filter(({ length }) => length >= 6 && length <= 16)) {
      await forgetBudgets();
      const answer = await show(text);
      expect([text, answer.body.state ?? answer.status]).not.toEqual([text, 'approved']);
    }
  });
});

describe('An identifier', () => {
  it('of ours is one person whatever their neighbours are called: case and look-alikes count (OpenFGA took them for one)', async () => {
    for (const ref of ['P-Case', 'p-case', 'P-CASE']) await desk.person(ref, { name: `Voorbeeld ${ref}` });
    for (const ref of ['P-Case', 'p-case', 'P-CASE']) {
      expect((await desk.get('crm', `/v1/people/${ref}`)).body).toMatchObject({
        crm_ref: ref,
        name: `Voorbeeld ${ref}`,
      });
    }
    for (const ref of ['P-cASE', 'P-Case%20', '%D0%A0-Case', 'P%EF%BC%8DCase', 'P-Case%00', 'P-Case%0A']) {
      expect([ref, [400, 404].includes((await desk.get('crm', `/v1/people/${ref}`)).status)]).toEqual([ref, true]);
    }
  });

  it('written in capitals is the same call with the same rights, and no other', async () => {
    const { body } = await desk.open('C-1', { number: PROXY });
    const id = String(body.call.id).toUpperCase();
    expect((await desk.get('agent', `/v1/calls/${id}`)).body.id).toBe(body.call.id);
    const foreign = await desk.send('agent', 'GET', `/v1/calls/${id}`, undefined, { 'mandaat-agent': 'A-2' });
    expect(foreign.status).toBe(404);
  });

  it("of one kind is never found under another's name in what is kept (keys that ran together at OpenFGA and SpiceDB)", async () => {
    const { rows } = await desk.owner.query<{ id: string }>("SELECT id FROM agents WHERE agent_ref = 'A-1'");
    const id = rows[0]?.id ?? '';
    await desk.get('admin', '/v1/agents/A-1');
    expect((await desk.get('admin', `/v1/agents/${id}`)).status).toBe(404);
    await desk.put('admin', `/v1/agents/${id}`, { role: 'agent', team: 'nobody' });
    expect((await desk.get('admin', `/v1/agents/${id}`)).body).toMatchObject({ agent_ref: id, team: 'nobody' });
    expect((await desk.get('admin', '/v1/agents/A-1')).body).toMatchObject({ agent_ref: 'A-1', team: 'service' });
    for (const ref of ['ref:A-1', 'id:A-1', `id:${id}`]) {
      expect((await desk.get('admin', `/v1/agents/${ref}`)).status).toBe(404);
    }
  });

  it('that is undefined or null finds nothing in any table, rather than the first row (TypeORM before 1.0)', async () => {
    const source = desk.api.app.get(DataSource);
    expect(source.entityMetadatas.length).toBeGreaterThan(15);
    for (const { target, primaryColumns } of source.entityMetadatas) {
      for (const value of [undefined, null]) {
        const where = Object.fromEntries(primaryColumns.map(({ propertyName }) => [propertyName, value]));
        const found = await source.manager.findOneBy(target, where as object).catch(() => 'refused');
        expect([String(target), value, found === null || found === 'refused']).toEqual([String(target), value, true]);
      }
    }
  });
});

describe('A level in the database that is too high (a wrong one let people past the second factor at Kratos)', () => {
  const strengthAt = async (form: string): Promise<number> => {
    const { id } = await desk.mandate('P-3', 'P-4', ['billing'], ['C-3']);
    await desk.owner.query('UPDATE mandate_evidence SET form = $2, session_strength = 4 WHERE mandate_id = $1', [
      id,
      form,
    ]);
    const { body } = await desk.expectSuccess(desk.get('crm', `/v1/mandates/${id}`));
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`));
    return body.strength.level;
  };

  beforeAll(async () => {
    await desk.person('P-3', {});
    await desk.person('P-4', {});
    await desk.contract('C-3', ['P-3']);
  });

  it.each([
    ['oral', 1],
    ['email', 1],
    ['letter', 1],
    ['code', 2],
    ['portal', 3],
  ])('makes a mandate by %s no stronger than such a mandate ever is: %i', async (form, ceiling) => {
    expect(await strengthAt(form)).toBe(ceiling);
  });

  it('counts in full where the form is worth as much (positive control)', async () => {
    expect(await strengthAt('eid')).toBe(4);
  });
});

describe('More requests at once than the pool has connections', () => {
  it('are all answered, and nobody waits for somebody who waits (OpenFGA #2425)', async () => {
    const { body } = await desk.open('C-1', { number: PROXY });
    const callId = body.call.id;
    const work = Array.from({ length: 120 }, (_, at) => {
      switch (at % 5) {
        case 0:
          return desk.check(callId, null);
        case 1:
          return desk.open('C-1', { number: PROXY });
        case 2:
          return desk.get('crm', '/v1/people/P-1');
        case 3:
          return desk.post(
            'agent',
            '/v1/calls',
            { channel: 'phone', contract_ref: 'C-1', claim: { as: 'proxy' } },
            { 'idempotency-key': `fan-${at}` },
          );
        default:
          return desk.get('agent', `/v1/calls/${callId}`);
      }
    });
    const answers = await Promise.all(work);
    for (const { status, headers } of answers) {
      expect(status < 300 || (status === 503 && headers.get('retry-after') !== null)).toBe(true);
    }
    expect((await desk.check(callId, null)).status).toBe(200);
  });
});

describe('What a desk may learn by sending codes', () => {
  /** What an agent sees who sends three codes in each of two calls. */
  const sends = async (number: string, isForgotten: boolean): Promise<readonly number[]> => {
    await forgetBudgets();
    const statuses: number[] = [];
    for (let call = 0; call < 2; call += 1) {
      const { body } = await desk.open('C-1', { number });
      if (isForgotten) await desk.owner.query("UPDATE calls SET claim_keys = '{}' WHERE id = $1", [body.call.id]);
      const path = `/v1/calls/${body.call.id}/verifications`;
      for (let time = 0; time < 3; time += 1) {
        statuses.push((await desk.post('agent', path, { method: 'code' })).status);
      }
    }
    return statuses;
  };

  /** The same for wrong digits of an app. */
  const shows = async (number: string): Promise<readonly number[]> => {
    await forgetBudgets();
    const statuses: number[] = [];
    for (let call = 0; call < 2; call += 1) {
      const { body } = await desk.open('C-1', { number });
      const path = `/v1/calls/${body.call.id}/verifications`;
      for (let time = 0; time < 6; time += 1) {
        statuses.push((await desk.post('agent', path, { method: 'totp', totp: '000000' })).status);
      }
    }
    return statuses;
  };

  it('is not whether anybody knows the caller: budgets run out alike, in one call and in the next', async () => {
    expect(await sends(PROXY, false)).toEqual([201, 201, 201, 429, 429, 429]);
    expect(await sends(UNKNOWN, false)).toEqual([201, 201, 201, 429, 429, 429]);
    const known = await shows(PROXY);
    expect(known.slice(-3)).toEqual([201, 429, 429]);
    expect(await shows(UNKNOWN)).toEqual(known);
  });

  it("would be, were the budget of somebody unknown their call's: this test can tell", async () => {
    expect(await sends(UNKNOWN, true)).not.toEqual(await sends(PROXY, true));
  });
});
