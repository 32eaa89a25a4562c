import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSecret, generateSync } from 'otplib';
import { DataSource } from 'typeorm';

import { ClaimClearing } from '../../src/calls/claim-clearing.service.ts';
import { CodeClearing } from '../../src/codes/code-clearing.service.ts';
import { CodesService } from '../../src/codes/codes.service.ts';
import { fittingStep } from '../../src/verifications/totp.ts';
import { Asking, HOLDER_PHONE, PROXY_PHONE, wrong } from '../support/asking.ts';
import { type Answer, type CallOptions, Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';

let desk: Desk;
let asking: Asking;

beforeAll(async () => {
  desk = await Desk.open();
  asking = await Asking.at(desk);
});
afterAll(() => desk?.close());
beforeEach(() => asking.forgetBudgets());

/** A call in which nobody is identified, by Willem's mandate. */
async function newCall(agent = 'A-1'): Promise<string> {
  return (await desk.open('C-1', { mandateRef: asking.mandate.ref, agent })).body.call.id;
}

function send(callId: string): Promise<Answer> {
  return desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' });
}

function attempt(callId: string, id: string, code: string, agent = 'A-1'): Promise<Answer> {
  return desk.post('agent', `/v1/calls/${callId}/verifications/${id}/attempts`, { code }, { 'mandaat-agent': agent });
}

async function levelOf(callId: string): Promise<number> {
  return (await desk.decide(callId, 'invoice.explain')).had.caller;
}

describe('a code to the number of the caller', () => {
  it('goes to the caller, and identifies them in this call alone', async () => {
    const callId = await newCall();
    expect(await levelOf(callId)).toBe(0);
    const sent = await send(callId);
    expect(sent).toMatchObject({
      status: 201,
      body: { method: 'code', state: 'pending', route: 'sms', tries_left: 5 },
    });
    const { rows } = await desk.owner.query<{ recipient: string; person_id: string }>(
      'SELECT recipient, person_id FROM demo_inbox i JOIN messages m ON m.id = i.message_id WHERE m.code_id = $1',
      [(await desk.message('code_id', sent.body.id)) && sent.body.id],
    );
    expect(rows).toEqual([{ recipient: PROXY_PHONE.replaceAll(' ', ''), person_id: asking.proxyId }]);
    const code = await desk.codeOf(sent.body.id);
    expect((await attempt(callId, sent.body.id, code)).body).toEqual({
      accepted: true,
      state: 'approved',
      tries_left: 0,
    });
    expect(await levelOf(callId)).toBe(2);
    expect(await levelOf(await newCall())).toBe(0);
    expect((await attempt(callId, sent.body.id, ` ${code}`)).body).toMatchObject({
      accepted: false,
      state: 'approved',
    });
  });

  it('has five tries, which count on the budget of the caller and not of the holder', async () => {
    const callId = await newCall();
    const { id } = (await send(callId)).body;
    const code = await desk.codeOf(id);
    for (let by = 1; by <= 5; by += 1) await attempt(callId, id, wrong(code, by));
    expect((await attempt(callId, id, code)).body).toEqual({
      accepted: false,
      state: 'tries_exhausted',
      tries_left: 0,
    });
    expect(await levelOf(callId)).toBe(0);
    expect(await asking.used('failure', asking.proxyId)).toBe(5);
    expect(await asking.used('failure', asking.holderId)).toBe(0);
  });

  it('belongs to one call and its agent, and is no confirmation', async () => {
    const callId = await newCall();
    const { id } = (await send(callId)).body;
    const code = await desk.codeOf(id);
    expect((await attempt(await newCall(), id, code)).status).toBe(404);
    expect((await attempt(callId, id, code, 'A-2')).status).toBe(404);
    expect((await asking.attempt(id, code, callId, { actions: [] })).status).toBe(404);
    expect((await asking.get(id)).status).toBe(404);
    expect((await attempt(callId, id, code)).body.accepted).toBe(true);
  });

  it('and a confirmation is no verification', async () => {
    const { id, callId, code } = await asking.fresh();
    expect((await attempt(callId, id, code)).status).toBe(404);
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(true);
  });

  it('dies with the call, and is not sent in one that has ended', async () => {
    const callId = await newCall();
    const { id } = (await send(callId)).body;
    const code = await desk.codeOf(id);
    await desk.post('agent', `/v1/calls/${callId}/end`);
    expect((await attempt(callId, id, code)).body).toMatchObject({ accepted: false, state: 'cancelled' });
    expect(await send(callId)).toMatchObject({ status: 409, body: { code: 'call_ended' } });
  });

  it('takes the place of the one before in this call, and in no other', async () => {
    const [callId, elsewhere] = [await newCall(), await newCall()];
    const first: string = (await send(callId)).body.id;
    const other: string = (await send(elsewhere)).body.id;
    const code = await desk.codeOf(first);
    const second: string = (await send(callId)).body.id;
    const late = await attempt(callId, first, code);
    expect(late.body).toEqual({ accepted: false, state: 'superseded', tries_left: 0 });
    for (const [call, id] of [
      [callId, second],
      [elsewhere, other],
    ] as const) {
      expect((await attempt(call, id, await desk.codeOf(id))).body.accepted).toBe(true);
    }
  });

  it('is sent three times in ten minutes, and then no more', async () => {
    for (let sent = 0; sent < 3; sent += 1) expect((await send(await newCall())).status).toBe(201);
    const refused = await send(await newCall());
    expect(refused).toMatchObject({ status: 429, body: { code: 'code_budget_exhausted' } });
    expect(refused.headers.get('retry-after')).toBe('600');
  });

  it('does not go to a number of six days, and all answers are those of a caller whom nobody knows', async () => {
    await desk.person('P-6', { name: 'Nieuw Verzonnen', phone: '+49 30 23125 106' });
    const mandate = await desk.mandate('P-1', 'P-6', ['faults'], ['C-1']);
    const age = (interval: string) =>
      desk.owner.query(
        `UPDATE contact_points SET changed_at = now() - $1::interval
         WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-6')`,
        [interval],
      );
    const open = async () => (await desk.open('C-1', { mandateRef: mandate.ref })).body.call.id;
    /** Everything that somebody sees who asks for a code until there is none left, and guesses at two of them. */
    const seen = async (callId: string): Promise<unknown[]> => {
      const answers: Answer[] = [];
      const guess = async (id: string) => {
        for (let by = 1; by <= 6; by += 1) answers.push(await attempt(callId, id, '000000'));
      };
      const first = await send(callId);
      await guess(first.body.id);
      const second = await send(callId);
      answers.push(first, second, await attempt(callId, first.body.id, '000000'));
      await guess(second.body.id);
      answers.push(await send(callId));
      return answers.map(({ status, body: { id: _id, expires_at: _at, requestId: _request, ...rest } }) => [
        status,
        rest,
      ]);
    };
    await age('6 days 23 hours');
    const fresh = await open();
    const unknown = (await desk.open('C-1', { number: '+49 30 23125 997' })).body.call.id;
    const known = await seen(await newCall());
    expect(known[0]).toEqual([200, { accepted: false, state: 'pending', tries_left: 4 }]);
    expect(await seen(fresh)).toEqual(known);
    expect(await seen(unknown)).toEqual(known);
    const sentIn = async (callId: string) => {
      await desk.addressed();
      const { rowCount } = await desk.owner.query(
        'SELECT FROM messages m JOIN codes c ON c.id = m.code_id WHERE c.call_id = $1',
        [callId],
      );
      return rowCount;
    };
    expect([await sentIn(fresh), await sentIn(unknown)]).toEqual([0, 0]);
    // Nor does what is recorded at once say where it goes, whoever it is for.
    const { rows: issued } = await desk.owner.query<{ route: unknown; told: string[] }>(
      `SELECT DISTINCT body::jsonb -> 'route' AS route, ARRAY (SELECT jsonb_object_keys(body::jsonb)) AS told
       FROM audit_records WHERE kind = 'code.issued' AND body::jsonb ->> 'purpose' = 'verification'`,
    );
    const every = ['actions', 'codeId', 'digits', 'expiresAt', 'mandateId', 'mandateRevision', 'purpose', 'route'];
    expect(issued.map(({ route, told }) => [route, told.toSorted()])).toEqual([[null, [...every, 'superseded']]]);

    await asking.forgetBudgets();
    await age('7 days');
    const aged = await open();
    expect((await send(aged)).status).toBe(201);
    expect(await sentIn(aged)).toBe(1);
  });

  it('is for nobody three times in ten minutes and ten times a day, in whatever call the same is claimed', async () => {
    const open = async (claim: CallOptions): Promise<string> => (await desk.open('C-1', claim)).body.call.id;
    const number = '+49 30 23125 998';
    for (let sent = 0; sent < 3; sent += 1) expect((await send(await open({ number }))).status).toBe(201);
    expect((await send(await open({ number: '+493023125998' }))).headers.get('retry-after')).toBe('600');
    // The fullest budget of what is claimed counts, and everything that is claimed is counted.
    expect((await send(await open({ number, name: 'Iemand Fictief' }))).headers.get('retry-after')).toBe('600');
    for (const last of [1, 2, 3]) {
      const claim = { number: `+49 30 23125 98${last}`, name: 'Iemand Fictief' };
      expect((await send(await open(claim))).status).toBe(201);
    }
    expect((await send(await open({ name: 'IEMAND FICTIEF' }))).headers.get('retry-after')).toBe('600');
    expect((await send(await open({ name: 'Iemand Verzonnen' }))).status).toBe(201);
    await desk.owner.query("UPDATE code_budget_entries SET at = at - interval '11 minutes'");
    expect((await send(await open({ number }))).status).toBe(201);
    await desk.owner.query(
      `INSERT INTO code_budget_entries (claim_key, kind, code_id, at)
       SELECT claim_key, 'send', gen_random_uuid(), now() - interval '2 hours'
       FROM generate_series(1, 6), (SELECT claim_key FROM code_budget_entries ORDER BY id DESC LIMIT 1) last`,
    );
    expect((await send(await open({ number }))).headers.get('retry-after')).toBe('86400');
  });

  it('is for nobody three times in one call, where nothing was claimed', async () => {
    const callId = (await desk.open('C-1')).body.call.id;
    for (let sent = 0; sent < 3; sent += 1) expect((await send(callId)).status).toBe(201);
    expect((await send(callId)).status).toBe(429);
    expect((await send((await desk.open('C-1')).body.call.id)).status).toBe(201);
  });

  it('keeps of somebody known nothing that they claimed, and of nobody no text', async () => {
    const kept = async (claim: CallOptions): Promise<Buffer[]> => {
      const { id } = (await desk.open('C-1', claim)).body.call;
      const { rows } = await desk.owner.query<{ claim_keys: Buffer[] }>('SELECT claim_keys FROM calls WHERE id = $1', [
        id,
      ]);
      return rows[0]?.claim_keys ?? [];
    };
    expect(await kept({ number: PROXY_PHONE, name: 'Willem Verzonnen' })).toEqual([]);
    const [one, other] = await kept({ number: '+49 30 23125 998', name: 'Iemand Fictief' });
    expect([one?.length, other?.length]).toEqual([32, 32]);
    const { rowCount } = await desk.owner.query('SELECT FROM contact_points WHERE value_index = ANY ($1)', [
      [one, other],
    ]);
    expect(rowCount).toBe(0);
  });

  describe('leaves', () => {
    const clear = async (): Promise<void> => {
      await desk.api.app.get(CodeClearing, { strict: false }).clear();
      await desk.api.app.get(ClaimClearing, { strict: false }).clear();
    };
    /** The call ends, and the code, so long ago; its budgets were used then. */
    const past = async (callId: string, codeId: string, ago: string): Promise<void> => {
      await desk.owner.query(
        "UPDATE calls SET opened_at = now() - interval '3 days', ends_at = now() - $2::interval WHERE id = $1",
        [callId, ago],
      );
      await desk.owner.query('UPDATE codes SET expires_at = now() - $2::interval WHERE id = $1', [codeId, ago]);
      await desk.owner.query('UPDATE code_budget_entries SET at = now() - $2::interval WHERE code_id = $1', [
        codeId,
        ago,
      ]);
    };

    it('of what somebody unknown claimed a trace for a day, and then none', async () => {
      const kept = async (callId: string, codeId: string): Promise<unknown> =>
        (
          await desk.owner.query(
            `SELECT (SELECT cardinality(claim_keys) FROM calls WHERE id = $1) AS call,
             (SELECT cardinality(claim_keys) FROM codes WHERE id = $2) AS code,
             (SELECT count(*)::int FROM code_budget_entries WHERE code_id = $2) AS entries`,
            [callId, codeId],
          )
        ).rows[0];
      const claim = { number: '+49 30 23125 997', name: 'Iemand Voorbeeld' };
      const callId = (await desk.open('C-1', claim)).body.call.id;
      const { id } = (await send(callId)).body;
      await past(callId, id, '23 hours 59 minutes');
      await asking.useUp('send', 1, '24 hours 1 minute');
      await asking.useUp('send', 2, '23 hours');
      await clear();
      expect(await kept(callId, id)).toEqual({ call: 2, code: 2, entries: 2 });
      await past(callId, id, '24 hours 1 minute');
      await clear();
      expect(await kept(callId, id)).toEqual({ call: 0, code: 0, entries: 0 });
      // Of people who are known the entries of the last day alone are left too.
      const left = await desk.owner.query(
        "SELECT count(*)::int, bool_and(at > now() - interval '1 day') AS is_new FROM code_budget_entries WHERE person_id = $1",
        [asking.holderId],
      );
      expect(left.rows).toEqual([{ count: 2, is_new: true }]);
    });

    it('no trace by which a code that ended long ago tells whether it had gone somewhere', async () => {
      const claim = { number: '+49 30 23125 996' };
      const ended: [string, string][] = [];
      for (const callId of [await newCall(), (await desk.open('C-1', claim)).body.call.id as string]) {
        const { id } = (await send(callId)).body;
        await past(callId, id, '25 hours');
        ended.push([callId, id]);
      }
      await clear();
      await asking.useUp('failure', 10, '1 hour', asking.proxyId);
      const again = (await desk.open('C-1', claim)).body.call.id;
      expect((await send(again)).status).toBe(201);
      await desk.owner.query(
        `INSERT INTO code_budget_entries (claim_key, kind, code_id, at)
         SELECT claim_keys[1], 'failure', id, now() FROM calls, generate_series(1, 10) WHERE id = $1`,
        [again],
      );
      expect([(await send(await newCall())).status, (await send(again)).status]).toEqual([429, 429]);
      for (const [callId, id] of ended) {
        expect((await attempt(callId, id, '000000')).body).toEqual({
          accepted: false,
          state: 'expired',
          tries_left: 0,
        });
      }
    });
  });

  it('goes to its number once, however often its turn comes, and not when the call ended before that', async () => {
    const codes = desk.api.app.get(CodesService, { strict: false });
    const sent = async (id: string) =>
      (await desk.owner.query('SELECT FROM messages WHERE code_id = $1', [id])).rowCount;
    const { id } = (await send(await newCall())).body;
    await Promise.all([1, 2, 3].map(() => codes.address(id, 0)));
    await desk.addressed();
    expect(await sent(id)).toBe(1);
    const { rows } = await desk.owner.query<{ body: string }>(
      "SELECT body FROM audit_records WHERE kind = 'code.addressed' AND body::jsonb ->> 'codeId' = $1",
      [id],
    );
    expect(rows.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { codeId: id, purpose: 'verification', route: 'sms' },
    ]);
    const address = codes.address.bind(codes);
    Object.assign(codes, { address: () => Promise.resolve() });
    const callId = await newCall();
    const late = (await send(callId)).body.id;
    await desk.addressed();
    Object.assign(codes, { address });
    expect((await attempt(callId, late, '000000')).body).toEqual({ accepted: false, state: 'pending', tries_left: 4 });
    await desk.post('agent', `/v1/calls/${callId}/end`);
    await codes.address(late, 0);
    expect(await sent(late)).toBe(0);
  });

  it('that could not be delivered stays open like the one of somebody unknown', async () => {
    const callId = await newCall();
    const { id } = (await send(callId)).body;
    await desk.codeOf(id);
    await desk.api.app.get(CodesService, { strict: false }).markUndeliverable(id, 0, 'rejected');
    expect((await attempt(callId, id, '000000')).body).toEqual({ accepted: false, state: 'pending', tries_left: 4 });
    const { rowCount } = await desk.owner.query(
      "SELECT FROM audit_records WHERE kind = 'code.undeliverable' AND body::jsonb ->> 'codeId' = $1",
      [id],
    );
    expect(rowCount).toBe(1);
  });

  it('is never right for nobody, not even by chance', async () => {
    const { id: callId } = (await desk.open('C-1', { number: '+49 30 23125 998' })).body.call;
    const { id } = (await send(callId)).body;
    // Whatever is shown is what was derived: the comparison itself is not what keeps it out.
    const codes = desk.api.app.get(CodesService, { strict: false });
    const decoy = await codes.find(desk.api.app.get(DataSource).manager, id);
    const value = decoy === null ? null : codes.valueOf(decoy, 0, new Date());
    expect(value).toMatch(/^\d{6}$/);
    expect((await attempt(callId, id, value ?? '')).body).toEqual({ accepted: false, state: 'pending', tries_left: 4 });
    expect(await levelOf(callId)).toBe(0);
  });

  it('is spoken to a number that no text message reaches, and goes to a mobile one before that', async () => {
    const fixed = { kind: 'phone', value: '+49 30 23125 107', verified_at: '2020-01-01T00:00:00Z' };
    const mobile = { ...fixed, value: '+44 7700 900107' };
    const put = async (since: string, ...points: unknown[]) => {
      const person = { kind: 'person', name: 'Vast Verzonnen', language: 'nl', contact_points: points };
      await desk.put('crm', '/v1/people/P-7', person);
      await desk.owner.query("UPDATE contact_points SET changed_at = $1 WHERE changed_at > now() - interval '1 day'", [
        since,
      ]);
    };
    await put('2020-01-01', fixed);
    const mandate = await desk.mandate('P-1', 'P-7', ['faults'], ['C-1']);
    const open = async () => (await desk.open('C-1', { mandateRef: mandate.ref })).body.call.id;
    const callId = await open();
    const spoken = await send(callId);
    // The answer doesn't tell: it would be another one than an unknown caller gets.
    expect(spoken.body.route).toBe('sms');
    expect((await desk.message('code_id', spoken.body.id)).body).toMatch(/Uw code is: (\d, ){5}\d\./);
    expect((await attempt(callId, spoken.body.id, await desk.codeOf(spoken.body.id))).body.accepted).toBe(true);
    await put('2021-01-01', fixed, mobile);
    const written = await send(await open());
    expect((await desk.message('code_id', written.body.id)).body).toMatch(/\b\d{6}\b/);
  });

  const WORDS = {
    nl: ['u heeft nu contact met onze medewerker', 'Wij bellen of mailen u nooit om deze code te vragen'],
    en: ['you are now in contact with our employee', 'We never call or mail you for this code'],
  } as const;
  it.each(['nl', 'en'] as const)('says in %s what it is for, and that we never ask for it', async (language) => {
    await desk.owner.query('UPDATE people SET language = $2 WHERE id = $1', [asking.proxyId, language]);
    const { id } = (await send(await newCall())).body;
    const { body, link } = await desk.message('code_id', id);
    for (const part of ['Voorbeeld Telecom', ...WORDS[language]]) expect(body).toContain(part);
    // It allows nothing, so it names no action and no holder.
    expect(body).not.toContain('Hanna');
    expect(link).not.toBeNull();
    await desk.owner.query("UPDATE people SET language = 'nl' WHERE id = $1", [asking.proxyId]);
  });
});

describe('a caller who will not, or can not, be identified', () => {
  it('loses nothing by it, and each action that needs more keeps another way', async () => {
    const told = async (callId: string): Promise<readonly Answer['body'][]> =>
      (await desk.expectSuccess(desk.check(callId, null))).body.decisions.map(
        ({ action, outcome, reason, had, next_steps }: Answer['body']) => ({
          action,
          outcome,
          reason,
          had,
          next_steps,
        }),
      );
    const callId = await newCall();
    const before = await told(callId);
    // It is sent, and they don't read it out; then they read out another one.
    const { id } = (await send(callId)).body;
    expect(await told(callId)).toEqual(before);
    await attempt(callId, id, wrong(await desk.codeOf(id)));
    expect(await told(callId)).toEqual(before);
    expect(before.some(({ outcome }) => outcome === 'permit')).toBe(true);
    const first = before.filter(({ outcome }) => outcome === 'verify_caller');
    expect(first.length).toBeGreaterThan(0);
    for (const { next_steps: steps } of first) {
      expect(steps.map(({ type }: { type: string }) => type)).toEqual(['verify_caller', 'call_back']);
    }
    // Who is identified has more (positive control).
    await desk.identify(callId);
    expect(await told(callId)).not.toEqual(before);
  });
});

describe('an authenticator app', () => {
  const path = '/v1/people/P-2/authenticator';
  let secret: string;

  async function enrol(): Promise<void> {
    await desk.send('crm', 'DELETE', path);
    const { body } = await desk.expectSuccess(desk.post('crm', path));
    secret = new URL(body.otpauth_uri).searchParams.get('secret') ?? '';
    const [head, picture] = String(body.qr).split(',');
    expect(head).toBe('data:image/svg+xml;base64');
    expect(Buffer.from(picture ?? '', 'base64').toString()).toMatch(/^<svg .*<path .*<\/svg>\s*$/s);
  }

  async function enrolled(): Promise<void> {
    await enrol();
    expect((await confirm(app())).body).toEqual({ accepted: true });
    await later();
    await days(7);
  }

  /** Since it was confirmed. */
  async function days(count: number): Promise<void> {
    await desk.owner.query(
      `UPDATE authenticators SET confirmed_at = confirmed_at - $1::interval, usable_from = usable_from - $1::interval
       WHERE ended_at IS NULL`,
      [`${count} days`],
    );
  }

  /** What the app shows now, or `steps` of 30 seconds later. */
  function app(steps = 0): string {
    return generateSync({ strategy: 'totp', secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 });
  }

  function confirm(code: string): Promise<Answer> {
    return desk.post('crm', `${path}/confirmation`, { code });
  }

  async function verify(callId: string, totp: string): Promise<boolean> {
    const { body } = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'totp', totp }),
    );
    return body.state === 'approved';
  }

  /** The last use was some minutes ago. */
  async function later(): Promise<void> {
    await desk.owner.query('UPDATE authenticators SET last_step = last_step - 10 WHERE ended_at IS NULL');
  }

  it('identifies nobody until its owner confirmed it with a first code', async () => {
    await enrol();
    const callId = await newCall();
    expect(await verify(callId, app())).toBe(false);
    expect(await levelOf(callId)).toBe(0);
    expect((await confirm(wrong(app()))).body).toEqual({ accepted: false });
    expect(await asking.used('failure', asking.proxyId)).toBe(2);
    expect((await confirm(app())).body).toEqual({ accepted: true });
    expect(await asking.used('failure', asking.proxyId)).toBe(2);
  });

  it('identifies a week after that, and its owner hears at once that it came, and that it went', async () => {
    await enrol();
    expect((await confirm(app())).body).toEqual({ accepted: true });
    const told = () => desk.message('person_id', asking.proxyId, 'authenticator_changed');
    expect((await told()).body).toContain('aan u gekoppeld. Na 7 dagen');
    await later();
    await days(6.99);
    const callId = await newCall();
    expect(await verify(callId, app())).toBe(false);
    await days(0.01);
    expect(await verify(callId, app())).toBe(true);
    await desk.send('crm', 'DELETE', path);
    expect((await told()).body).toContain('van u losgekoppeld');
    expect((await told()).body).toContain('Bel ons meteen');
  });

  it('answers the same for somebody without one as for nobody we know, until ten tries are made', async () => {
    await desk.send('crm', 'DELETE', path);
    const unknown = (await desk.open('C-1', { number: '+49 30 23125 998' })).body.call.id;
    const answers = async (callId: string): Promise<unknown[]> => {
      const all: Answer[] = [];
      for (let turn = 0; turn < 11; turn += 1) {
        all.push(await desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'totp', totp: '123456' }));
      }
      return all.map(({ status, body: { requestId: _request, ...rest }, headers }) => [
        status,
        rest,
        headers.get('retry-after'),
      ]);
    };
    const known = await answers(await newCall());
    expect(known[9]).toMatchObject([201, { method: 'totp', state: 'declined' }, null]);
    expect(known[10]).toMatchObject([429, { code: 'code_budget_exhausted' }, '86400']);
    expect(await answers(unknown)).toEqual(known);
  });

  it('accepts a code once: not the one that confirmed it, nor any that was used', async () => {
    await enrol();
    const first = app();
    expect((await confirm(first)).body).toEqual({ accepted: true });
    await days(7);
    const callId = await newCall();
    expect(await verify(callId, first)).toBe(false);
    await later();
    const second = app();
    expect(await verify(callId, second)).toBe(true);
    expect(await verify(callId, second)).toBe(false);
    expect(await verify(await newCall(), ` ${second} `)).toBe(false);
    // Nor one of an earlier step, which the tolerance would let in.
    expect(await verify(callId, app(-1))).toBe(false);
    expect(await levelOf(callId)).toBe(2);
  });

  it('makes level 3 together with a code to the number, and not by being used twice', async () => {
    await enrolled();
    const callId = await newCall();
    expect(await verify(callId, app())).toBe(true);
    await later();
    expect(await verify(callId, app())).toBe(true);
    expect(await levelOf(callId)).toBe(2);
    await desk.identify(callId);
    expect(await levelOf(callId)).toBe(3);
  });

  it('takes the digits of now and of the step before, and of no other', () => {
    const now = new Date('2026-11-23T10:00:29.999Z');
    const seed = generateSecret({ length: 20 });
    const stepOf = (steps: number): number | null => {
      const epoch = Math.floor(now.getTime() / 1000) + steps * 30;
      return fittingStep(seed, generateSync({ strategy: 'totp', secret: seed, epoch }), now, 0);
    };
    const step = Math.floor(now.getTime() / 30_000);
    expect([-3, -2, -1, 0, 1, 2].map(stepOf)).toEqual([null, null, step - 1, step, null, null]);
  });

  it('goes by the clock of the database', async () => {
    await enrolled();
    expect(await verify(await newCall(), app(-3))).toBe(false);
    expect(await verify(await newCall(), app(3))).toBe(false);
    const code = app();
    expect(await verify(await newCall(), `${code.slice(0, 3)} ${code.slice(3)}`)).toBe(true);
  });

  it('counts what is wrong on the budget of the caller, and stops at ten', async () => {
    await enrolled();
    await asking.useUp('failure', 8, '5 hours', asking.proxyId);
    const callId = await newCall();
    expect(await verify(callId, wrong(app()))).toBe(false);
    expect(await verify(callId, 'abcdef')).toBe(false);
    const refused = await desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'totp', totp: app() });
    expect(refused).toMatchObject({ status: 429, body: { code: 'code_budget_exhausted' } });
    expect(refused.headers.get('retry-after')).toBe('86400');
    // One budget for all that guesses at this person's codes.
    expect((await send(callId)).status).toBe(429);
    await asking.forgetBudgets();
    expect(await verify(callId, app())).toBe(true);
    expect(await asking.used('failure', asking.proxyId)).toBe(0);
  });

  it('is replaced only after it was removed, and identifies nobody from then on', async () => {
    await enrolled();
    expect((await desk.post('crm', path)).status).toBe(409);
    const callId = await newCall();
    expect((await desk.send('crm', 'DELETE', path)).status).toBe(204);
    expect(await verify(callId, app())).toBe(false);
    expect((await confirm(app())).status).toBe(404);
  });

  it('is kept sealed: its secret stands nowhere in the database', async () => {
    await enrolled();
    const { rows } = await desk.owner.query<{ text: string }>('SELECT a::text AS text FROM authenticators a');
    const text = rows.map((row) => row.text).join('\n');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('hex'));
  });
});

describe('a call back', () => {
  const back = (callId: string, dialled: unknown, scope: 'agent' | 'crm' = 'crm'): Promise<Answer> =>
    desk.post(scope, `/v1/calls/${callId}/verifications`, { method: 'call_back', dialled_number: dialled });

  it('to a number of theirs that has aged identifies the caller, as the telephone system says and nobody else', async () => {
    const callId = await newCall();
    expect((await back(callId, PROXY_PHONE, 'agent')).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await levelOf(callId)).toBe(0);
    expect((await back(callId, PROXY_PHONE.replaceAll(' ', '-'))).body).toMatchObject({
      id: null,
      method: 'call_back',
      state: 'approved',
    });
    expect(await levelOf(callId)).toBe(2);
    // What was right costs no try. A code to the same telephone is no second factor.
    expect(await asking.used('failure', asking.proxyId)).toBe(0);
    await desk.identify(callId);
    expect(await levelOf(callId)).toBe(2);
  });

  it('elsewhere, or to a number of six days or that others answer, says nothing, as for a caller whom nobody knows', async () => {
    const callId = await newCall();
    const unknown = (await desk.open('C-1', { name: 'Niemand Bekend' })).body.call.id;
    const [wrongly, nobody] = [await back(callId, HOLDER_PHONE), await back(unknown, PROXY_PHONE)];
    expect(wrongly).toMatchObject({ status: 201, body: { state: 'declined' } });
    expect(nobody.body).toEqual(wrongly.body);
    expect(await asking.used('failure', asking.proxyId)).toBe(1);
    for (const [change, undo] of [
      ["changed_at = now() - interval '6 days'", "changed_at = now() - interval '8 days'"],
      ['is_shared = true, verified_at = NULL', "is_shared = false, verified_at = '2020-01-01'"],
    ]) {
      const set = (what?: string): Promise<unknown> =>
        desk.owner.query(`UPDATE contact_points SET ${what} WHERE person_id = $1 AND kind = 'phone'`, [asking.proxyId]);
      await set(change);
      expect([change, (await back(callId, PROXY_PHONE)).body.state]).toEqual([change, 'declined']);
      await set(undo);
    }
    expect(await levelOf(callId)).toBe(0);
    // Two who live with one telephone: either of them answers it.
    await desk.person('P-HOUSE', { name: 'Huib Huisgenoot', phone: PROXY_PHONE });
    expect((await back(callId, PROXY_PHONE)).body.state).toBe('declined');
    await desk.owner.query(
      "UPDATE contact_points SET ended_at = now() WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-HOUSE')",
    );
    expect((await back(callId, PROXY_PHONE)).body.state).toBe('approved');
  });

  it('is no guess at a number: ten wrong ones are the end', async () => {
    const callId = await newCall();
    for (let at = 0; at < 10; at += 1) await back(callId, HOLDER_PHONE);
    expect((await back(callId, PROXY_PHONE)).body).toMatchObject({ status: 429, code: 'code_budget_exhausted' });
  });

  it('is of a telephone call, to a telephone number', async () => {
    const callId = await newCall();
    expect((await back(callId, 'thuis')).body).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/dialled_number' }],
    });
    expect((await back(callId, undefined)).status).toBe(400);
    const chat = (await desk.open('C-1', { mandateRef: asking.mandate.ref, channel: 'chat' })).body.call.id;
    expect((await back(chat, PROXY_PHONE)).body).toMatchObject({ code: 'invalid_state' });
  });
});

describe('a support code', () => {
  beforeAll(async () => {
    await desk.send('crm', 'DELETE', '/v1/people/P-2/authenticator');
  });
  const visitor = () => new Visitor(desk);
  const proxy = () => visitor().signIn(PROXY_PHONE);
  const holder = () => visitor().signIn(HOLDER_PHONE);

  async function issue(me: Me): Promise<string> {
    const { body } = await desk.expectSuccess(me.send('POST', '/v1/me/support-code'));
    return body.code;
  }

  function show(callId: string, code: string): Promise<Answer> {
    return desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'support_code', support_code: code });
  }

  async function verify(callId: string, code: string): Promise<boolean> {
    return (await desk.expectSuccess(show(callId, code))).body.state === 'approved';
  }

  it('is shown to whoever is signed in, read out, and says who calls in this call, once', async () => {
    const me = await proxy();
    const { status, body } = await me.send('POST', '/v1/me/support-code');
    expect([status, body]).toEqual([
      201,
      { code: expect.stringMatching(/^\d{6}$/), strength: 2, expires_at: expect.any(String) },
    ]);
    expect(Date.parse(body.expires_at) - Date.now()).toBeLessThanOrEqual(10 * 60_000);
    expect((await me.get('/v1/me/support-code')).body).toEqual(body);
    const callId = await newCall();
    const refused = await desk.decide(callId, 'invoice.explain');
    expect(refused.next_steps[0]).toEqual({ type: 'verify_caller', methods: ['code', 'support_code'] });
    const answer = await show(callId, ` ${body.code.slice(0, 3)}-${body.code.slice(3)}`);
    expect([answer.status, answer.body]).toEqual([
      201,
      { id: null, method: 'support_code', state: 'approved', route: null, tries_left: 0, expires_at: null },
    ]);
    expect(await levelOf(callId)).toBe(2);
    expect((await me.get('/v1/me/support-code')).status).toBe(404);
    expect(await verify(callId, body.code)).toBe(false);
    expect(await verify(await newCall(), body.code)).toBe(false);
    // It was right, if too late: no guess.
    expect(await asking.used('failure', asking.proxyId)).toBe(2);
    // A code to their telephone is no second factor: that telephone opened the session.
    await desk.identify(callId);
    expect(await levelOf(callId)).toBe(2);
    const told = (await me.get('/v1/me/activity')).body.entries.map(({ sentence }: { sentence: string }) => sentence);
    for (const part of ['U vroeg een belcode', 'is een belcode van u ingevuld', 'met uw belcode']) {
      expect(told).toContainEqual(expect.stringContaining(part));
    }
  });

  it('is worth what its session is: 3 after another factor, and with an e-mail alone there is none', async () => {
    const passkey = randomUUID();
    await desk.owner.query(
      `INSERT INTO passkeys (id, person_id, credential_hash, credential_sealed, sign_count, added_at)
       VALUES ($1, $2, sha256('one'), 'sealed', 0, now())`,
      [passkey, asking.proxyId],
    );
    const strong = await proxy();
    await desk.owner.query('UPDATE sessions SET strength = 3 WHERE person_id = $1', [asking.proxyId]);
    const callId = await newCall();
    expect(await verify(callId, await issue(strong))).toBe(true);
    expect(await levelOf(callId)).toBe(3);
    const { rows } = await desk.owner.query<{ people: string[]; body: string }>(
      `SELECT person_ids AS people, body FROM audit_records WHERE kind = 'support_code.issued'
       ORDER BY recorded_at DESC LIMIT 1`,
    );
    expect(rows.map(({ people, body }) => [people, JSON.parse(body)])).toEqual([
      [[asking.proxyId], { supportCodeId: expect.any(String), strength: 3, expiresAt: expect.any(String) }],
    ]);
    await desk.owner.query('DELETE FROM passkeys WHERE id = $1', [passkey]);

    await desk.person('P-8', { email: 'alleen-post@example.nl' });
    const weak = await visitor().signIn('alleen-post@example.nl');
    expect(await weak.send('POST', '/v1/me/support-code')).toMatchObject({
      status: 409,
      body: { code: 'proof_required' },
    });
    const browser = visitor().browser();
    await browser.signIn('alleen-post@example.nl');
    expect((await browser.get('/portal/calls')).text).toContain('met alleen een e-mail');
    expect((await browser.submit('/portal/calls/support-code', {})).location).toBe(
      '/portal/prove?back=%2Fportal%2Fcalls',
    );
  });

  it('of somebody else is as wrong as one that never was, and all is as for a caller whom nobody knows', async () => {
    const theirs = await issue(await holder());
    const answers = async (callId: string): Promise<unknown[]> => {
      const all: Answer[] = [];
      for (let turn = 0; turn < 11; turn += 1) all.push(await show(callId, turn % 2 === 0 ? theirs : '000000'));
      return all.map(({ status, body: { requestId: _request, ...rest }, headers }) => [
        status,
        rest,
        headers.get('retry-after'),
      ]);
    };
    const without = await answers(await newCall());
    expect(without[9]).toMatchObject([201, { method: 'support_code', state: 'declined' }, null]);
    expect(without[10]).toMatchObject([429, { code: 'code_budget_exhausted' }, '86400']);
    const unknown = (await desk.open('C-1', { number: '+49 30 23125 998' })).body.call.id;
    expect(await answers(unknown)).toEqual(without);
    await asking.forgetBudgets();
    const me = await proxy();
    await issue(me);
    expect(await answers(await newCall())).toEqual(without);
    // None would be compared today: so none is shown.
    expect((await me.send('POST', '/v1/me/support-code')).status).toBe(429);
    await asking.forgetBudgets();
    expect(await verify((await desk.open('C-1', { as: 'holder' })).body.call.id, theirs)).toBe(true);
  });

  it('has five tries, and is dead after a new one, after ten minutes, and when its session ends', async () => {
    const me = await proxy();
    const callId = await newCall();
    let code = await issue(me);
    for (let by = 1; by <= 5; by += 1) expect(await verify(callId, wrong(code, by))).toBe(false);
    expect(await verify(callId, code)).toBe(false);
    expect((await me.get('/v1/me/support-code')).status).toBe(404);
    await asking.forgetBudgets();

    code = await issue(me);
    const next = await issue(me);
    expect(await verify(callId, code)).toBe(next === code);

    code = await issue(me);
    await desk.owner.query("UPDATE support_codes SET issued_at = now() - interval '1 hour', expires_at = now()");
    expect(await verify(callId, code)).toBe(false);

    const other = await proxy();
    code = await issue(other);
    // Shown to the session that asked for it alone.
    expect((await me.get('/v1/me/support-code')).status).toBe(404);
    const sessions = (await other.get('/v1/me/sessions')).body as readonly { id: string; is_current: boolean }[];
    const current = sessions.find((one) => one.is_current)?.id ?? '';
    await other.send('DELETE', `/v1/me/sessions/${current}`);
    expect(await verify(callId, code)).toBe(false);
    expect(await levelOf(callId)).toBe(0);
    const [{ now }] = (await desk.owner.query<{ now: Date }>('SELECT now()')).rows as [{ now: Date }];
    await desk.owner.query("UPDATE sessions SET expires_at = $1::timestamptz + interval '5 minutes'", [now]);
    const { body } = await me.send('POST', '/v1/me/support-code');
    expect(Date.parse(body.expires_at)).toBe(now.getTime() + 5 * 60_000);
  });

  it('is none while its key is out of the ring', async () => {
    const me = await proxy();
    const code = await issue(me);
    const { rows } = await desk.owner.query<{ key_id: string }>(
      'SELECT key_id FROM support_codes WHERE person_id = $1',
      [asking.proxyId],
    );
    const keyIs = (key: string) =>
      desk.owner.query('UPDATE support_codes SET key_id = $2 WHERE person_id = $1', [asking.proxyId, key]);
    await keyIs('retired');
    expect((await me.get('/v1/me/support-code')).status).toBe(404);
    const callId = await newCall();
    expect(await verify(callId, code)).toBe(false);
    await keyIs(rows[0]?.key_id ?? '');
    expect((await me.get('/v1/me/support-code')).body.code).toBe(code);
    expect(await verify(callId, code)).toBe(true);
  });

  it('stands on the page with the calls, and nowhere in the database', async () => {
    const browser = visitor().browser();
    await browser.signIn(PROXY_PHONE);
    expect((await browser.get('/portal/calls')).text).not.toContain('Uw belcode is');
    expect((await browser.submit('/portal/calls/support-code', {})).location).toBe('/portal/calls');
    const { text } = await browser.get('/portal/calls');
    const code = /Uw belcode is <span class="mandaat-code">(\d{3} \d{3})</.exec(text)?.[1] ?? '';
    const { rows } = await desk.owner.query<{ text: string }>(
      'SELECT s::text AS text FROM support_codes s UNION ALL SELECT body FROM audit_records',
    );
    expect(rows.map((row) => row.text).join('\n')).not.toContain(code.replace(' ', ''));
    expect(await verify(await newCall(), code)).toBe(true);
    expect((await browser.get('/portal/calls')).text).not.toContain('Uw belcode is');
  });
});
