import { randomUUID } from 'node:crypto';

import { fill, type Progress, type WorldSize } from '../../bench/world-fill.ts';
import { mintKey } from '../../src/auth/key-format.ts';
import { makeKey } from './app.ts';
import { Asking, HOLDER_PHONE, PLAN, PROXY_PHONE, wrong } from './asking.ts';
import type { QueryListener } from './captured-queries.ts';
import type { Desk } from './desk.ts';

/** Fills the desk's database with holders, records and a year of use, and has the planner look at it. */
export async function fillDesk(desk: Desk, size: WorldSize, onProgress?: Progress): Promise<void> {
  await desk.owner.query('SET synchronous_commit = off');
  await fill(desk.owner, size, mintKey('test'), true, onProgress);
  // What people add themselves: one in four has a passkey, one in ten wants to be asked first.
  await desk.owner.query(`
    INSERT INTO passkeys (id, person_id, credential_hash, credential_sealed, sign_count, added_at)
    SELECT gen_random_uuid(), id, sha256(id::text::bytea), 'sealed', 0, now() FROM people WHERE id::text LIKE ANY ('{0%,4%,8%,c%}')`);
  await desk.owner.query(`
    INSERT INTO ask_first (person_id, scope, chosen_at)
    SELECT id, scope, now() FROM people, unnest(ARRAY['billing', 'subscription']) AS scope WHERE id::text LIKE ANY ('{1%,9%}')`);
  // And what calls for them.
  await desk.owner.query(`
    INSERT INTO software_callers (person_id, holder_id, ceiling, operator_sealed, declared_at)
    SELECT id, id, 2, 'sealed', now() FROM people WHERE id::text LIKE ANY ('{2%,6%}')`);
  // What came with everything that was done; one in fifty is still owed.
  await desk.owner.query(`
    INSERT INTO obligations (id, execution_id, call_id, action, scope, type, needs_receipt, state, sealed_for, opened_at, reported_at)
    SELECT id || '.0.0', id, call_id, action, 'billing', 'announce', true,
      CASE WHEN n % 50 = 0 THEN 'open' ELSE 'done' END, sealed_for, executed_at, CASE WHEN n % 50 = 0 THEN NULL ELSE executed_at END
    FROM (SELECT *, row_number() OVER () AS n FROM executions) x`);
  // A desk of two hundred, each trained for every channel, over the years.
  await desk.owner.query(`
    INSERT INTO agents (id, agent_ref, pseudonym, role, created_at)
    SELECT gen_random_uuid(), 'A-T' || n, 'T' || n, 'agent', now() FROM generate_series(1, 200) n`);
  await desk.owner.query(`
    INSERT INTO agent_attestations (id, agent_id, kind, channel, issued_at, expires_at, recorded_by, recorded_at)
    SELECT gen_random_uuid(), a.id, 'training', c, now() - y * interval '1 year', now() - (y - 1) * interval '1 year', 'cli', now()
    FROM agents a, unnest(ARRAY['phone', 'chat', 'whatsapp', 'email', 'video', 'desk', 'letter', 'social']) c,
      generate_series(0, 3) y`);
  await desk.owner.query('VACUUM (ANALYZE)');
}

/** Everything that happens while somebody is on the line, over HTTP; the listener keeps what the database is asked for it. */
export async function tellHotStory(desk: Desk, listener: QueryListener): Promise<Asking> {
  const asking = await Asking.at(desk);
  await desk.owner.query('UPDATE contact_points SET verified_at = changed_at WHERE verified_at IS NULL');
  const step = (name: string): void => listener.step(name);
  try {
    step('key');
    const key = await makeKey(desk.api, 'agent');
    const asked = await fetch(`${desk.api.url}/v1/calls/${randomUUID()}`, {
      headers: { authorization: `Bearer ${key.text}`, 'mandaat-agent': 'A-2' },
    });
    if (asked.status !== 404) throw new Error(`a fresh key was answered ${asked.status}`);
    step('open');
    for (const claim of [
      { number: PROXY_PHONE },
      { name: 'Willem Verzonnen' },
      { mandateRef: asking.mandate.ref },
      { as: 'holder' as const, number: HOLDER_PHONE },
    ]) {
      await desk.expectSuccess(desk.open('C-1', claim));
    }
    const callId = await asking.call();
    step('verify');
    await desk.identify(callId);
    step('check');
    await desk.expectSuccess(desk.check(callId, null));
    await Promise.all([
      desk.check(callId, ['invoice.explain']),
      desk.check(callId, ['invoice.copy', 'contract.terminate']),
    ]);
    step('ask');
    const id = await asking.ask(callId);
    const code = await desk.codeOf(id);
    await desk.expectSuccess(asking.get(id));
    step('page');
    const page = await asking.page(id);
    await fetch(`${desk.api.url}${page}`);
    step('attempt');
    await desk.expectSuccess(asking.attempt(id, wrong(code), callId));
    await desk.expectSuccess(asking.attempt(id, code, callId));
    step('execute');
    await desk.expectSuccess(desk.check(callId, [{ properties: {}, ...PLAN }], 'execute'));
    step('repeat');
    const headers = { 'idempotency-key': randomUUID() };
    const call = { channel: 'phone', contract_ref: 'C-1', claim: { as: 'holder' } };
    for (let time = 0; time < 2; time += 1) await desk.expectSuccess(desk.post('agent', '/v1/calls', call, headers));
    step('resend');
    await asking.forgetBudgets();
    const again = await asking.ask(callId, [{ name: 'contract.terminate' }]);
    await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${again}/resend`));
    await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${again}/cancel`));
    step('look up');
    for (const path of ['/v1/people/P-1', '/v1/contracts/C-1', `/v1/mandates/${asking.mandate.id}`]) {
      await desk.expectSuccess(desk.get('crm', path));
    }
    step('mandate');
    const other = await desk.expectSuccess(
      desk.post('crm', '/v1/mandates', {
        holder: 'P-1',
        proxy: 'P-2',
        scopes: ['faults'],
        contracts: ['C-1'],
        form: 'portal',
      }),
    );
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${other.body.id}/withdraw`));
    step('end');
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/end`));
    await desk.message('person_id', asking.holderId, 'action_executed');
  } finally {
    listener.step(null);
  }
  return asking;
}
