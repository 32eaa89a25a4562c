import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Answer, type CallOptions, Desk, lastingHeaders } from '../support/desk.ts';

const ABSENT_ID = '11111111-2222-4333-8444-555555555555';
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

let serial = 0;
/** A number of the reserved range, each once. */
function phone(): string {
  serial += 1;
  return `+49 30 23125 ${String(serial).padStart(3, '0')}`;
}

let desk: Desk;
/** Every answer that an agent's key got in this file, for the canaries. */
const toAgents: Answer[] = [];

const HOLDER = { name: 'Hanneke Kanariehouder', phone: phone(), email: 'houder.kanarie@example.nl' };
const POSTAL = 'Kanarielaan 77, 0000 XX Nergenshuizen';
const OTHER_PROXY = { name: 'Onno Kanarieproxy', phone: phone() };
const UNREGISTERED = phone();

beforeAll(async () => {
  desk = await Desk.open();
  const send = desk.send.bind(desk);
  desk.send = async (scope, ...rest) => {
    const answer = await send(scope, ...rest);
    if (scope === 'agent') toAgents.push(answer);
    return answer;
  };
  await desk.person('P-1', { ...HOLDER, postal: POSTAL });
  await desk.person('P-2', { name: 'Iemand Anders-Verzonnen', phone: phone() });
  await desk.person('P-OTHER', OTHER_PROXY);
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-2']);
  await desk.mandate('P-1', 'P-OTHER', ['billing', 'subscription', 'personal_data'], ['C-1']);
});
afterAll(() => desk.close());

/** The same answer but for what must differ: ids and moments. */
function neutral(answer: Answer): unknown {
  const text = JSON.stringify(answer.body).replaceAll(UUID, '<id>').replaceAll(INSTANT, '<at>');
  return { status: answer.status, body: JSON.parse(text), headers: lastingHeaders(answer) };
}

/** Kinds of records that one piece of work left behind, and how many people each concerns. */
async function recording<T>(work: () => Promise<T>): Promise<{ result: T; kinds: readonly string[] }> {
  const last = async (): Promise<string> => {
    const { rows } = await desk.owner.query<{ last: string }>(
      'SELECT coalesce(max(sequence), 0)::text AS last FROM audit_records',
    );
    return rows[0]?.last ?? '0';
  };
  const before = await last();
  const result = await work();
  const { rows } = await desk.owner.query<{ kind: string }>(
    'SELECT kind FROM audit_records WHERE sequence > $1 ORDER BY sequence',
    [before],
  );
  return { result, kinds: rows.map(({ kind }) => kind) };
}

interface Stranger {
  readonly who: string;
  readonly claim: CallOptions;
}

/** Everybody who, as long as we don't know better, must look alike on the phone about C-1. */
async function strangers(): Promise<readonly Stranger[]> {
  const known = async (ref: string, language = 'nl'): Promise<{ number: string; name: string }> => {
    const own = { number: phone(), name: `${ref} Voorbeeld` };
    await desk.person(ref, { name: own.name, phone: own.number, language });
    return own;
  };
  const unmandated = await known('P-UNMANDATED');
  const english = await known('P-ENGLISH', 'en');
  const foreign = await known('P-FOREIGN', 'en');
  const { ref: foreignRef } = await desk.mandate('P-2', 'P-FOREIGN', ['billing', 'faults'], ['C-2']);

  const withdrawn = await known('P-WITHDRAWN', 'en');
  const { id: withdrawnId, ref: withdrawnRef } = await desk.mandate('P-1', 'P-WITHDRAWN', ['billing'], ['C-1']);
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${withdrawnId}/withdraw`));

  const silent = await known('P-SILENT', 'en');
  const { id: silentId, ref: silentRef } = await desk.mandate('P-1', 'P-SILENT', ['billing', 'faults'], ['C-1']);
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${silentId}/withdraw`, { silent: true }));

  const expired = await known('P-EXPIRED');
  const { id: expiredId } = await desk.mandate('P-1', 'P-EXPIRED', ['billing'], ['C-1']);
  await desk.owner.query(
    "UPDATE mandates SET starts_at = now() - interval '2 days', ends_at = now() - interval '1 day' WHERE id = $1",
    [expiredId],
  );

  const pending = await known('P-PENDING');
  await desk.expectSuccess(
    desk.post('crm', '/v1/mandates', {
      holder: 'P-1',
      proxy: 'P-PENDING',
      scopes: ['billing'],
      contracts: ['C-1'],
      form: 'portal',
    }),
  );
  return [
    { who: 'unknown', claim: { number: UNREGISTERED, name: 'Niemand Verzonnen' } },
    { who: 'unknown, silent', claim: {} },
    { who: 'known, without a mandate', claim: unmandated },
    { who: 'known, in another language', claim: english },
    { who: "another holder's proxy", claim: { ...foreign, mandateRef: foreignRef } },
    { who: 'withdrawn', claim: withdrawn },
    { who: 'withdrawn, by reference', claim: { number: UNREGISTERED, mandateRef: withdrawnRef } },
    { who: 'withdrawn in silence', claim: silent },
    { who: 'withdrawn in silence, by reference', claim: { ...silent, mandateRef: silentRef } },
    { who: 'expired', claim: expired },
    { who: 'pending', claim: pending },
    { who: 'somebody on another number', claim: { number: UNREGISTERED, name: OTHER_PROXY.name.toUpperCase() + 'X' } },
  ];
}

describe('Unknown, unmandated and foreign', () => {
  let everybody: readonly Stranger[];
  beforeAll(async () => {
    everybody = await strangers();
  });

  it.each(['phone', 'chat', 'whatsapp', 'email', 'desk', 'social'])(
    'callers get one answer on %s: same body, same headers, same records',
    async (channel) => {
      const seen: Record<string, unknown> = {};
      for (const { who, claim } of everybody) {
        const { result: opened, kinds: opening } = await recording(() => desk.open('C-1', { ...claim, channel }));
        expect([who, opened.status]).toEqual([who, 201]);
        const callId = opened.body.call.id;
        const { result: checked, kinds: checking } = await recording(() => desk.check(callId, null));
        const one = await desk.check(callId, ['invoice.explain', 'nobody.knows']);
        const gotten = await desk.get('agent', `/v1/calls/${callId}`);
        seen[who] = [opened, checked, one, gotten].map(neutral).concat([opening, checking]);
      }
      const { unknown, ...others } = seen;
      for (const [who, answers] of Object.entries(others)) expect([who, answers]).toEqual([who, unknown]);
    },
  );

  it('callers cannot be told apart by asking the holder or by what is wrong with a question', async () => {
    const seen: Record<string, unknown> = {};
    for (const { who, claim } of everybody) {
      const { body } = await desk.open('C-1', claim);
      const ask = (actions: readonly object[]) =>
        desk.post('agent', `/v1/calls/${body.call.id}/confirmations`, { actions });
      const answers = [
        await ask([{ name: 'contract.terminate' }]),
        await ask([{ name: 'fault.outage' }, { name: 'contract.terminate' }]),
        await ask([{ name: 'goodwill.credit', properties: { amount: 'many' } }]),
        await ask([{ name: 'nobody.knows' }]),
        await desk.check(body.call.id, [{ name: 'goodwill.credit', properties: { amount: 'many' } }]),
        await desk.check(body.call.id, ['invoice.explain'], 'execute'),
      ];
      seen[who] = answers.map((answer) =>
        JSON.parse(JSON.stringify(neutral(answer)).replaceAll(/"requestId":"[^"]*"/g, '"requestId":""')),
      );
    }
    const { unknown, ...others } = seen;
    for (const [who, answers] of Object.entries(others)) expect([who, answers]).toEqual([who, unknown]);
  });

  it('callers who proved who they are differ only by what they may know: silence looks like no mandate', async () => {
    const answers: Record<string, unknown> = {};
    /** How many mandates were read and weighed: what takes time, too. */
    const weighed: Record<string, number> = {};
    for (const { who, claim } of everybody) {
      if (!['known, without a mandate', 'withdrawn in silence', "another holder's proxy", 'withdrawn'].includes(who))
        continue;
      const { body } = await desk.open('C-1', claim);
      await desk.identify(body.call.id);
      answers[who] = neutral(await desk.check(body.call.id, null));
      const { rows } = await desk.owner.query<{ body: string }>(
        "SELECT body FROM audit_records WHERE kind LIKE 'check.%' ORDER BY recorded_at DESC, sequence DESC LIMIT 1",
      );
      weighed[who] = JSON.parse(rows[0]?.body ?? '').facts.mandates.length;
    }
    expect(weighed).toEqual({
      'known, without a mandate': 0,
      "another holder's proxy": 0,
      withdrawn: 1,
      'withdrawn in silence': 0,
    });
    expect(answers['withdrawn in silence']).toEqual(answers['known, without a mandate']);
    expect(answers["another holder's proxy"]).toEqual(answers['known, without a mandate']);
    // Who was withdrawn openly and proved to be the proxy is told so: this test can tell the difference.
    expect(answers['withdrawn']).not.toEqual(answers['known, without a mandate']);
  });

  it('callers take about the same time; measured, not asserted', async () => {
    const rounds = 15;
    const times = new Map<string, number[]>(everybody.map(({ who }) => [who, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const { who, claim } of everybody) {
        const start = performance.now();
        await desk.open('C-1', claim);
        times.get(who)?.push(performance.now() - start);
      }
    }
    const lines = [...times].map(([who, all]) => {
      const sorted = all.toSorted((one, two) => one - two);
      return `  ${(sorted[Math.floor(rounds / 2)] ?? 0).toFixed(1)} ms  ${who}`;
    });
    process.stdout.write(`Opening a call, median of ${rounds}:\n${lines.join('\n')}\n`);
    expect(lines).toHaveLength(everybody.length);
  });
});

describe("Another agent's", () => {
  /** Byte by byte, but for the request's own id. */
  const bytes = (answer: Answer): unknown => {
    const { requestId, ...rest } = answer.body as Record<string, unknown>;
    expect(typeof requestId).toBe('string');
    return [answer.status, JSON.stringify(rest), lastingHeaders(answer)];
  };

  it('call, confirmation and verification are as absent as those that never were, and stay untouched', async () => {
    const number = phone();
    await desk.person('P-MINE', { phone: number });
    await desk.mandate('P-1', 'P-MINE', ['subscription'], ['C-1']);
    const { body } = await desk.open('C-1', { number });
    const callId = body.call.id;
    await desk.identify(callId);
    const asked = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [{ name: 'contract.terminate' }] }),
    );
    const confirmationId = asked.body.confirmations[0].id;
    const verification = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }),
    );
    const state = async (): Promise<unknown> => {
      const calls = await desk.owner.query('SELECT * FROM calls WHERE id = $1', [callId]);
      const codes = await desk.owner.query('SELECT * FROM codes WHERE call_id = $1 ORDER BY id', [callId]);
      const spent = await desk.owner.query('SELECT count(*) FROM code_budget_entries');
      return [calls.rows, codes.rows, spent.rows];
    };
    const code = await desk.codeOf(confirmationId);
    await desk.addressed();
    const before = await state();
    const named = { code, call_id: callId, actions: [{ name: 'contract.terminate' }] };
    const requests = (call: string, confirmation: string, verified: string) =>
      [
        ['GET', `/v1/calls/${call}`, undefined],
        ['POST', `/v1/calls/${call}/checks`, {}],
        ['POST', `/v1/calls/${call}/checks`, { purpose: 'execute', actions: [{ name: 'fault.outage' }] }],
        ['POST', `/v1/calls/${call}/end`, {}],
        ['POST', `/v1/calls/${call}/confirmations`, { actions: [{ name: 'contract.terminate' }] }],
        ['POST', `/v1/calls/${call}/verifications`, { method: 'code' }],
        ['POST', `/v1/calls/${call}/verifications`, { method: 'totp', totp: '123456' }],
        ['POST', `/v1/calls/${call}/verifications`, { method: 'support_code', support_code: '123456' }],
        ['POST', `/v1/calls/${call}/verifications/${verified}/attempts`, { code: '000000' }],
        ['GET', `/v1/confirmations/${confirmation}`, undefined],
        ['POST', `/v1/confirmations/${confirmation}/attempts`, named],
        ['POST', `/v1/confirmations/${confirmation}/resend`, {}],
        ['POST', `/v1/confirmations/${confirmation}/cancel`, {}],
      ] as const;
    const real = requests(callId, confirmationId, verification.body.id);
    const absent = requests(ABSENT_ID, ABSENT_ID, ABSENT_ID);
    for (const [index, [method, path, body2]] of real.entries()) {
      const foreign = await desk.send('agent', method, path, body2, { 'mandaat-agent': 'A-2' });
      const [, absentPath] = absent[index] ?? [];
      const none = await desk.send('agent', method, absentPath ?? '', body2, { 'mandaat-agent': 'A-2' });
      expect([method, path, foreign.status]).toEqual([method, path, 404]);
      expect(bytes(foreign)).toEqual(bytes(none));
    }
    expect(await state()).toEqual(before);
    // The agent whose call it is gets through with the very same request.
    const mine = await desk.post('agent', `/v1/confirmations/${confirmationId}/attempts`, named);
    expect(mine.body).toMatchObject({ accepted: true });
  });

  it("verification cannot be attempted through one's own call", async () => {
    const { body: mine } = await desk.open('C-1', { number: OTHER_PROXY.phone });
    const { body: theirs } = await desk.open('C-1', { number: OTHER_PROXY.phone, agent: 'A-2' });
    const sent = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${mine.call.id}/verifications`, { method: 'code' }),
    );
    const code = await desk.codeOf(sent.body.id);
    const path = `/v1/calls/${theirs.call.id}/verifications/${sent.body.id}/attempts`;
    const answer = await desk.post('agent', path, { code }, { 'mandaat-agent': 'A-2' });
    expect(answer.status).toBe(404);
    const { rows } = await desk.owner.query('SELECT 1 FROM verifications WHERE call_id = $1 AND method = $2', [
      theirs.call.id,
      'code',
    ]);
    expect(rows).toEqual([]);
  });
});

describe('A look-up', () => {
  it('of a contract that does not exist is a clear 404, is recorded with who did it, and keeps no reference', async () => {
    const { result, kinds } = await recording(() => desk.open('C-NO-SUCH-KANARIE', { number: UNREGISTERED }));
    expect(result.status).toBe(404);
    expect(result.body).toMatchObject({ code: 'not_found', detail: 'There is no such contract.' });
    expect(kinds).toEqual(['lookup']);
    const { rows } = await desk.owner.query<{ actor: string; body: string }>(
      "SELECT actor, body FROM audit_records WHERE kind = 'lookup' ORDER BY sequence DESC LIMIT 1",
    );
    expect(rows[0]?.actor).toMatch(/^agent:/);
    expect(rows[0]?.body).not.toContain('KANARIE');
  });

  it('without a call is recorded, found or not', async () => {
    for (const path of [
      '/v1/people/P-1',
      '/v1/contracts/C-1',
      '/v1/mandates?holder=P-1',
      '/v1/people/P-NONE',
      '/v1/contracts/C-NONE',
    ]) {
      const { kinds } = await recording(() => desk.get('crm', path));
      expect([path, kinds]).toEqual([path, ['lookup']]);
    }
  });

  it('of an ended contract says what one that never was says', async () => {
    await desk.contract('C-ENDED', ['P-1']);
    await desk.owner.query("UPDATE contracts SET ended_at = now() WHERE contract_ref = 'C-ENDED'");
    const ended = await desk.open('C-ENDED', { number: OTHER_PROXY.phone });
    const none = await desk.open('C-NEVER', { number: OTHER_PROXY.phone });
    const strip = ({ status, body }: Answer) => [status, { ...body, requestId: '' }];
    expect(strip(ended)).toEqual(strip(none));
  });
});

describe('An agent', () => {
  it('never gets a name, an address, a number or a code of anybody, whatever is done in a call', async () => {
    const proxy = { name: 'Paula Kanariebeller', phone: phone() };
    const proxyId = await desk.person('P-STORY', { ...proxy, email: 'beller.kanarie@example.nl' });
    const { id, ref } = await desk.mandate('P-1', 'P-STORY', ['billing', 'subscription', 'personal_data'], ['C-1']);
    const opened = await desk.open('C-1', { mandateRef: ref });
    const callId = opened.body.call.id;
    await desk.identify(callId);
    await desk.confirm(callId, [{ name: 'contract.terminate' }]);
    const asked = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [{ name: 'contract.renew' }] }),
    );
    const confirmationId = asked.body.confirmations[0].id;
    const code = await desk.codeOf(confirmationId);
    await desk.get('agent', `/v1/confirmations/${confirmationId}`);
    await desk.post('agent', `/v1/confirmations/${confirmationId}/attempts`, { code: '000000', call_id: callId });
    await desk.check(callId, ['contract.terminate', 'personal_data.explain', 'invoice.copy'], 'execute');
    await desk.check(callId, null);
    for (const verb of ['suspend', 'confirmations', 'invitation', 'withdraw', 'renounce']) {
      await desk.post('agent', `/v1/mandates/${id}/${verb}`, { call_id: callId });
    }
    await desk.post('agent', `/v1/mandates/${id}/acceptance`, { code: 'AAAA-AAAA', call_id: callId });
    const patched = { scopes: ['billing'], call_id: callId };
    await desk.send('agent', 'PATCH', `/v1/mandates/${id}`, patched, { 'if-match': '"1"' });
    await desk.post('agent', '/v1/mandates', {
      holder: 'P-1',
      proxy: 'P-OTHER',
      scopes: ['billing'],
      contracts: ['C-1'],
      form: 'oral',
      call_id: callId,
    });
    await desk.check(callId, null);
    await desk.post('agent', `/v1/calls/${callId}/end`);
    await desk.check(callId, null);
    // Asked by whoever says to be the holder, too.
    const holder = await desk.open('C-1', { as: 'holder', number: HOLDER.phone });
    await desk.check(holder.body.call.id, null);

    expect(toAgents.length).toBeGreaterThan(100);
    const canaries = [
      'Kanarie',
      'Hanneke',
      'Onno',
      'Paula',
      'kanarie@example.nl',
      'Nergenshuizen',
      ...[HOLDER, OTHER_PROXY, proxy].flatMap((person) => [person.phone, person.phone.replaceAll(' ', '')]),
      code,
    ];
    const { rows } = await desk.owner.query<{ body: string }>(
      'SELECT i.body FROM demo_inbox i JOIN messages m ON m.id = i.message_id WHERE m.person_id = $1',
      [proxyId],
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { body, headers } of toAgents) {
      const text = `${JSON.stringify(body)} ${[...headers].join(' ')}`;
      expect(canaries.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()))).toEqual([]);
    }
  });
});
