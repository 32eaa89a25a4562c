import { randomUUID } from 'node:crypto';

import { generateSync } from 'otplib';

import { type Asking, HOLDER_PHONE, PROXY_PHONE } from './asking.ts';
import type { QueryListener } from './captured-queries.ts';
import type { Desk } from './desk.ts';
import { Visitor } from './visitor.ts';

/** What a year of the rest leaves behind, beside what `fillDesk` makes. */
export async function fillFurther({ owner }: Desk): Promise<void> {
  const some = (digits: string): string =>
    `id::text LIKE ANY ('{${Array.from(digits, (one) => `${one}%`).join(',')}}')`;
  await owner.query(`
    INSERT INTO sessions (id, person_id, token_hash, methods, strength, opened_at, proved_at, used_at, expires_at, ended_at)
    SELECT gen_random_uuid(), id, sha256(id::text::bytea), ARRAY['sms'], 2, at, at, at, at + interval '1 day', at + interval '1 day'
    FROM people, (SELECT now() - interval '20 days' AS at) long_ago
    UNION ALL
    SELECT gen_random_uuid(), id, sha256(id::text::bytea), ARRAY['sms'], 2, now(), now(), now(), now() + interval '1 day', NULL::timestamptz
    FROM people WHERE ${some('0')}`);
  await owner.query(`
    INSERT INTO support_codes (id, person_id, session_id, session_strength, key_id, issued_at, expires_at)
    SELECT gen_random_uuid(), id, gen_random_uuid(), 2, 'test', now(), now() + interval '10 minutes' FROM people`);
  await owner.query(`
    INSERT INTO contact_changes (id, person_id, kind, ended_id, asked_at, known_code_id, expires_at)
    SELECT gen_random_uuid(), id, 'email', gen_random_uuid(), now(), gen_random_uuid(), now() + interval '1 hour'
    FROM people WHERE ${some('4567')}`);
  await owner.query(`
    INSERT INTO mandate_requests (id, person_id, session_id, terms_sealed, asked_at, expires_at)
    SELECT gen_random_uuid(), id, gen_random_uuid(), 'sealed', now(), now() + interval '1 hour' FROM people`);
  await owner.query(`
    INSERT INTO incidents (id, person_id, record_id, record_kind, type, text_sealed, opened_at)
    SELECT gen_random_uuid(), id, gen_random_uuid(), 'call.opened', 'questioned', 'sealed', now() FROM people WHERE ${some('0123')}`);
  await owner.query(`
    INSERT INTO statements (id, call_id, contract_id, agent_id, role, heard_as, subject, source, comparison, facts_sealed, sealed_for, said_at)
    SELECT gen_random_uuid(), c.id, c.contract_id, c.agent_id, 'agent', 'holder', 'price', 'terms', 'none', 'sealed',
      c.caller_id, c.opened_at FROM calls c WHERE c.caller_id IS NOT NULL`);
  await owner.query(`
    INSERT INTO access_requests (id, agent_id, approval_id, call_id, code_ids, created_at, evaluation_ids, expires_at, is_list, items,
      request_hash, requester)
    SELECT gen_random_uuid(), agent_id, gen_random_uuid(), id, '{}', opened_at, '{}', ends_at, false, '[]', 'hash', 'bench' FROM calls`);
  await owner.query(`
    INSERT INTO registrations (id, mandate_id, form, file_hash, registered_at, registered_by, route)
    SELECT gen_random_uuid(), m.id, 'letter', sha256(m.id::text::bytea), now(), a.id, 'letter'
    FROM mandates m, (SELECT id FROM agents LIMIT 1) a`);
  await owner.query('VACUUM (ANALYZE)');
}

/** The other ways to say who calls, the standard API, and what is told, owed and reported in a call. After `tellHotStory`. */
export async function tellFurtherStory(desk: Desk, asking: Asking, listener: QueryListener): Promise<void> {
  const verify = async (
    callId: string,
    body: object,
    state: string,
    scope: 'agent' | 'crm' = 'agent',
  ): Promise<void> => {
    const path = `/v1/calls/${callId}/verifications`;
    const answer = await desk.expectSuccess(desk.post(scope, path, body));
    if (answer.body.state !== state) throw new Error(`${JSON.stringify(body)} was ${answer.body.state}`);
  };
  const called = async (): Promise<string> => {
    await asking.forgetBudgets();
    return (await desk.expectSuccess(desk.open('C-1', { mandateRef: asking.mandate.ref }))).body.call.id;
  };
  // Beside the call, and long before it: an app, an address, somebody who is signed in.
  const app = await desk.expectSuccess(desk.post('crm', '/v1/people/P-2/authenticator'));
  const secret = new URL(app.body.otpauth_uri).searchParams.get('secret') ?? '';
  const shown = (steps: number): string =>
    generateSync({ strategy: 'totp', secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 });
  await desk.expectSuccess(desk.post('crm', '/v1/people/P-2/authenticator/confirmation', { code: shown(0) }));
  await desk.owner.query(
    `UPDATE authenticators SET usable_from = usable_from - interval '7 days', confirmed_at = confirmed_at - interval '7 days',
       last_step = last_step - 10 WHERE person_id = $1`,
    [asking.proxyId],
  );
  await desk.person('P-2', {
    name: 'Willem Verzonnen',
    phone: PROXY_PHONE,
    postal: 'Fictielaan 2, 0000 XX Nergenshuizen',
  });
  await asking.forgetBudgets();
  const me = await new Visitor(desk).signIn(PROXY_PHONE);

  const step = (name: string | null): void => listener.step(name);
  try {
    let callId = await called();
    step('totp');
    await verify(callId, { method: 'totp', totp: shown(0) }, 'approved');

    step(null);
    callId = await called();
    // A while ago, or this use would be the same one.
    await desk.owner.query(
      `UPDATE sessions SET opened_at = opened_at - interval '2 minutes', proved_at = proved_at - interval '2 minutes',
         used_at = used_at - interval '2 minutes' WHERE person_id = $1`,
      [asking.proxyId],
    );
    step('support code');
    const issued = await desk.expectSuccess(me.send('POST', '/v1/me/support-code'));
    await verify(callId, { method: 'support_code', support_code: issued.body.code }, 'approved');

    step(null);
    callId = await called();
    step('call back');
    await verify(callId, { method: 'call_back', dialled_number: PROXY_PHONE }, 'approved', 'crm');

    step('standard');
    const question = {
      subject: { type: 'person', id: 'P-2' },
      action: { name: 'payment.plan', properties: { amount: 100, months: 3 } },
      resource: { type: 'contract', id: 'C-1' },
      context: { call_id: callId },
    };
    const denied = await desk.expectSuccess(desk.post('agent', '/access/v1/evaluation', question));
    const { evaluation_id, evaluated_at, reason, access_request: template } = denied.body.context;
    const denial = {
      evaluation_id,
      evaluated_at,
      reason,
      expires_at: template.expires_at,
      binding_token: template.binding_token,
      template: template.template,
    };
    const asked = await desk.expectSuccess(
      desk.post('agent', '/access/v1/requests', { ...question, denial }, { 'idempotency-key': randomUUID() }),
    );
    await desk.expectSuccess(desk.get('agent', `/access/v1/requests/${asked.body.task.id}`));

    step('receipt');
    const holding = (await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: HOLDER_PHONE }))).body.call.id;
    await asking.forgetBudgets();
    await desk.identify(holding);
    const tested = await desk.expectSuccess(desk.check(holding, ['line.test'], 'execute'));
    const [obligation] = tested.body.decisions[0].obligations;
    await desk.expectSuccess(desk.get('agent', `/v1/calls/${holding}/obligations`));
    await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${holding}/receipts`, { obligation_id: obligation.id, status: 'done' }),
    );

    step('statement');
    const said = { subject: 'price', source: 'terms', amount: { cents: 2995, currency: 'EUR' } };
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${holding}/statements`, said));
    await desk.expectSuccess(desk.get('agent', `/v1/calls/${holding}/statements`));

    step('incident');
    const incident = { type: 'incidental_use', text: 'De beller zette de luidspreker aan.' };
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${holding}/incidents`, incident));

    step('letter');
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'letter' }));
    await desk.addressed();
    const { rows } = await desk.owner.query<{ id: string }>(
      "SELECT id FROM codes WHERE person_id = $1 AND route = 'letter' ORDER BY issued_at DESC LIMIT 1",
      [asking.proxyId],
    );
    // The letters of the day are counted when it is handed over.
    const { body } = await desk.message('code_id', rows[0]?.id ?? '');
    step(null);
    const code = /(\d{5}) (\d{5})/.exec(body)?.[0] ?? '';
    callId = await called();
    step('letter code');
    await verify(callId, { method: 'letter_code', letter_code: code }, 'approved');
  } finally {
    step(null);
  }
}
