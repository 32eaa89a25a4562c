import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';

import { TELLINGS } from '../../src/activity/activity-kinds.ts';
import { appendRecords, ensureChain, lockChain } from '../../src/audit/audit.repository.ts';
import { CheckpointService } from '../../src/audit/checkpoint.service.ts';
import { AgentsService } from '../../src/auth/agents.service.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { Unmaskings } from '../../src/unmaskings/unmaskings.service.ts';
import { Leavers } from '../../src/leavers/leavers.service.ts';
import { CanaryWatch } from '../../src/canaries/canary-watch.service.ts';
import { AuditRetention } from '../../src/audit/retention.service.ts';
import { Obligations } from '../../src/obligations/obligations.service.ts';
import { RemindersService } from '../../src/mandates/reminders.service.ts';
import { StaffSessions } from '../../src/staff/staff-sessions.service.ts';
import { makeKey } from '../support/app.ts';
import { Senders } from '../../src/messages/senders.ts';
import type { ToldChange } from '../../src/changes/told-change.ts';
import { TEST_TYPE } from '../../src/webhooks/webhook.ts';
import { Desk } from '../support/desk.ts';
import { Receiver } from '../support/receiver.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { until } from '../support/until.ts';
import { type Me, Visitor } from '../support/visitor.ts';
import { documentedTypes } from '../support/webhook-types.ts';

interface Row {
  readonly kind: string;
  readonly actor: string;
  readonly call_id: string | null;
  readonly person_ids: readonly string[];
  readonly body: string;
}

let desk: Desk;
let rows: readonly Row[];
/** Somebody else's system, which is told of everything; and what it was told. */
let receiver: Receiver;
let told: readonly ToldChange[];

/** A call with everything in it, so that every kind of record that belongs to one is written at least once. */
beforeAll(async () => {
  receiver = await Receiver.start();
  desk = await Desk.open({ leaverContractsPerDay: 0 });
  const everything = await desk.expectSuccess(desk.post('admin', '/v1/webhooks', { url: receiver.url('/everything') }));
  await desk.person('P-1', {
    name: 'Hanna Voorbeeld',
    phone: '+49 30 23125 001',
    postal: 'Voorbeeldstraat 1, 0000 XX Nergenshuizen',
  });
  await desk.person('P-2', { name: 'Willem Verzonnen', phone: '+49 30 23125 002' });
  await desk.contract('C-1', ['P-1']);
  const { id, ref } = await desk.mandate('P-1', 'P-2', ['billing', 'subscription', 'faults'], ['C-1']);
  const patched = desk.send(
    'crm',
    'PATCH',
    `/v1/mandates/${id}`,
    { scopes: ['billing', 'subscription'] },
    { 'if-match': '"1"' },
  );
  await desk.expectSuccess(patched);
  const opened = await desk.open('C-1', { number: '+49 30 23125 002', mandateRef: ref });
  const callId = opened.body.call.id;
  await desk.identify(callId);
  const terminate = [{ name: 'contract.terminate' }];
  await desk.confirm(callId, terminate);
  await desk.check(callId, null);
  const report = { name: 'fault.report', properties: { description: 'Er knippert een lampje.' } };
  await desk.check(callId, [report, 'contract.terminate', 'invoice.copy'], 'execute');
  const ask = () => desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: terminate }));
  const wrong = (await ask()).body.confirmations[0].id;
  await desk.post('agent', `/v1/confirmations/${wrong}/attempts`, {
    code: '00000000',
    call_id: callId,
    actions: terminate,
  });
  await desk.post('agent', `/v1/confirmations/${wrong}/cancel`);
  await desk.post('agent', `/v1/confirmations/${wrong}/attempts`, {
    code: '00000000',
    call_id: callId,
    actions: terminate,
  });
  await desk.owner.query('DELETE FROM code_budget_entries');
  const guessed = (await ask()).body.confirmations[0].id;
  for (let tries = 0; tries < 5; tries += 1) {
    const guess = { code: '00000000', call_id: callId, actions: terminate };
    await desk.post('agent', `/v1/confirmations/${guessed}/attempts`, guess);
  }
  await desk.owner.query('DELETE FROM code_budget_entries');
  await leadNowhere(async () => (await ask()).body.confirmations[0].id);
  await desk.owner.query('DELETE FROM code_budget_entries');
  await askByTheStandard(callId);
  const resent = (await ask()).body.confirmations[0].id;
  await desk.post('agent', `/v1/confirmations/${resent}/resend`);
  const { link } = await desk.message('code_id', resent);
  await desk.codeOf(resent);
  await fetch(`${desk.api.url}${new URL(link ?? '').pathname}/no`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'block=yes',
    redirect: 'manual',
  });
  for (const verb of ['suspend', 'resume', 'withdraw']) await desk.post('crm', `/v1/mandates/${id}/${verb}`);
  await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/caller`, { as: 'holder' }));
  await desk.post('agent', `/v1/calls/${callId}/end`);
  await desk.get('crm', '/v1/people/P-1');
  await desk.get('crm', '/v1/contracts/C-1');
  await desk.get('crm', `/v1/mandates/${id}`);
  await desk.open('C-NONE');
  await desk.owner.query('DELETE FROM code_budget_entries');
  const wish = { holder: 'P-1', proxy: 'P-2', scopes: ['complaints'], contracts: ['C-1'], form: 'portal' };
  const waiting = await desk.expectSuccess(desk.post('crm', '/v1/mandates', wish));
  const me = await new Visitor(desk).signIn('+49 30 23125 001');
  await desk.expectSuccess(me.get(`/v1/me/mandates/${waiting.body.id}/acceptance-code`));
  await mandatesComeAndGo(me);
  await answerInPerson(me);
  await invitedByLink(me);
  const calling = await desk.open('C-1', { as: 'holder' });
  const { body: support } = await me.send('POST', '/v1/me/support-code');
  await desk.identify(calling.body.call.id);
  const { body: helped } = await desk.expectSuccess(desk.post('agent', `/v1/calls/${calling.body.call.id}/assistance`));
  await desk.expectSuccess(new Visitor(desk).as(helped.token).get('/v1/me'));
  const shown = { method: 'support_code', support_code: support.code };
  const verifying = `/v1/calls/${calling.body.call.id}/verifications`;
  await desk.expectSuccess(desk.post('agent', verifying, shown));
  const read = { method: 'letter_code', letter_code: '0'.repeat(10) };
  await desk.expectSuccess(desk.post('agent', verifying, read));
  const dialled = { method: 'call_back', dialled_number: '+49 30 23125 001' };
  await desk.expectSuccess(desk.post('crm', verifying, dialled));
  await obliged();
  await signInAndChange();
  await somebodyAtTheDesk();
  await somethingHappens();
  await webhooksComeAndGo();
  await shutOut();
  await detachOldMonth();
  await planAPolicy();
  const last = await desk.expectSuccess(desk.post('admin', `/v1/webhooks/${everything.body.id}/test`));
  // Nothing is told in order: what came before is here when nothing waits any more.
  await until(async () => {
    const waiting = 'SELECT FROM webhook_deliveries WHERE webhook_id = $1 AND state <> $2';
    const { rowCount } = await desk.owner.query(waiting, [everything.body.id, 'delivered']);
    return rowCount === 0 && hasArrived(last.body.message_id);
  }, 60_000);
  told = receiver.at('/everything').map(({ body }) => JSON.parse(body) as ToldChange);
  const found = await desk.owner.query<Row>(
    'SELECT kind, actor, call_id, person_ids, body FROM audit_records ORDER BY chain_id, sequence',
  );
  rows = found.rows;
});
afterAll(async () => {
  await desk.close();
  await receiver.stop();
});

function hasArrived(messageId: string): boolean {
  return receiver.at('/everything').some(({ headers }) => headers['webhook-id'] === messageId);
}

/** Somebody of whom the holder alone gave the number. */
async function invitedByLink(me: Me): Promise<void> {
  const proxyId = await desk.person('P-9', { name: 'Nora Nieuw', phone: '+49 30 23125 009' });
  const wish = { holder: 'P-1', proxy: 'P-9', scopes: ['faults'], contracts: ['C-1'], form: 'portal' };
  const { body: mandate } = await desk.expectSuccess(desk.post('crm', '/v1/mandates', wish));
  const { link } = await desk.message('person_id', proxyId, 'invitation');
  await desk.owner.query('UPDATE contact_points SET verified_at = NULL WHERE person_id = $1', [proxyId]);
  const { body: shown } = await desk.expectSuccess(me.get(`/v1/me/mandates/${mandate.id}/acceptance-code`));
  const path = `/v1/me/invitations/${new URL(link ?? '').pathname.split('/').at(-1)}/acceptance`;
  await desk.expectSuccess(me.send('POST', path, { code: shown.code }));
}

async function planAPolicy(): Promise<void> {
  const { rows: loaded } = await desk.owner.query<{ document: string }>('SELECT document FROM policies LIMIT 1');
  const load = await fetch(`${desk.api.url}/v1/policies`, {
    method: 'POST',
    headers: { authorization: desk.authorization('admin'), 'content-type': 'text/yaml' },
    body: `${loaded[0]?.document ?? ''}\n# again\n`,
  });
  expect(load.status).toBeLessThan(300);
  const { hash } = (await desk.get('crm', '/v1/policies/current')).body;
  const starts_at = new Date(Date.now() + 3_600_000).toISOString();
  const planned = await desk.expectSuccess(desk.post('admin', '/v1/policy-activations', { hash, starts_at }));
  const { activation_id: id } = planned.body;
  await desk.expectSuccess(desk.send('admin', 'DELETE', `/v1/policy-activations/${id}`));
}

/** A denial that the holder is asked to lift, over the wire of AuthZEN. */
async function askByTheStandard(callId: string): Promise<void> {
  const asked = {
    subject: { type: 'caller', id: callId },
    action: { name: 'contract.terminate' },
    resource: { type: 'contract', id: 'C-1' },
  };
  const { body: denied } = await desk.post('agent', '/access/v1/evaluation', asked);
  const { evaluation_id, access_request } = denied.context;
  const denial = { evaluation_id, ...access_request };
  const { body } = await desk.expectSuccess(desk.post('agent', '/access/v1/requests', { ...asked, denial }));
  await desk.expectSuccess(desk.post('agent', `/access/v1/requests/${body.task.id}/cancel`));
}

/** A question that nobody takes to the holder. */
async function leadNowhere(ask: () => Promise<string>): Promise<void> {
  const senders = desk.api.app.get(Senders, { strict: false });
  const refuses = {
    send: () => Promise.resolve({ outcome: 'refused', fault: 'rejected_400' } as const),
    close: () => {},
  };
  senders.of = () => refuses;
  try {
    const id = await ask();
    const lost = "SELECT FROM codes WHERE id = $1 AND state = 'undeliverable'";
    await until(async () => (await desk.owner.query(lost, [id])).rowCount === 1, 30_000);
  } finally {
    Reflect.deleteProperty(senders, 'of');
  }
}

/** What else becomes of mandates: confirmed, accepted, given up; asked for, approved, and accepted too late. And one is not right. */
async function mandatesComeAndGo(me: Me): Promise<void> {
  const phone = '+49 30 23125 005';
  await desk.owner.query('DELETE FROM code_budget_entries');
  await desk.person('P-5', { name: 'Greta Voorbeeld', phone });
  await desk.contract('C-5', ['P-1']);
  const wish = { scopes: ['billing'], contracts: ['C-5'] };
  const proxy = { name: 'Greta Voorbeeld', contact: { kind: 'phone', value: phone } };
  const { body: given } = await desk.expectSuccess(me.send('POST', '/v1/me/mandates', { ...wish, proxy }));
  const path = `/v1/me/mandates/${given.id}`;
  const attempts = `${path}/confirmations/${given.confirmation.id}/attempts`;
  await desk.expectSuccess(me.send('POST', attempts, { code: await desk.codeOf(given.confirmation.id) }));
  const { body: shown } = await desk.expectSuccess(me.get(`${path}/acceptance-code`));
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${given.id}/acceptance`, { code: shown.code }));
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${given.id}/renounce`));
  await desk.owner.query('DELETE FROM code_budget_entries');
  const asking = await new Visitor(desk).signIn(phone);
  await desk.expectSuccess(asking.send('POST', '/v1/me/mandate-requests', { ...wish, holder: 'P-1' }));
  await until(async () => (await me.get('/v1/me/asked')).body.length === 1, 30_000);
  const [{ id }] = (await me.get('/v1/me/asked')).body;
  await desk.owner.query('UPDATE sessions SET strength = 3');
  await desk.expectSuccess(me.send('POST', `/v1/me/asked/${id}/approve`, {}));
  await desk.owner.query('UPDATE sessions SET strength = 2');
  await desk.owner.query("UPDATE mandates SET accept_before = now() - interval '1 second' WHERE id = $1", [id]);
  const anew = { ...wish, holder: 'P-1', proxy: 'P-5', form: 'portal' };
  await desk.expectSuccess(desk.post('crm', '/v1/mandates', anew));
  const [entry] = (await me.get('/v1/me/activity')).body.entries;
  const text = { text: 'Dit klopt niet.' };
  const { body: report } = await desk.expectSuccess(me.send('POST', `/v1/me/activity/${entry.id}/incidents`, text));
  await desk.expectSuccess(desk.post('privacy', `/v1/incidents/${report.id}/close`));
}

/** Something that has to be said beside what is done: said late, and once not at all. */
async function obliged(): Promise<void> {
  const { body } = await desk.open('C-1', { as: 'holder', number: '+49 30 23125 001' });
  const path = `/v1/calls/${body.call.id}`;
  const [{ id }] = (await desk.decide(body.call.id, 'line.test', 'execute')).obligations;
  for (const status of ['failed', 'done']) {
    await desk.expectSuccess(
      desk.post('agent', `${path}/receipts`, { obligation_id: id, status, note: 'Opgehangen.' }),
    );
  }
  await desk.decide(body.call.id, 'line.test', 'execute');
  const said = { subject: 'price', source: 'terms', amount: { cents: 2995, currency: 'EUR' }, text: 'Per maand.' };
  const { body: first } = await desk.expectSuccess(desk.post('agent', `${path}/statements`, said));
  await desk.expectSuccess(desk.post('agent', `${path}/statements`, { ...said, corrects: first.id }));
  const came = { type: 'secret_received', text: 'Er werd een code voorgelezen.' };
  await desk.expectSuccess(desk.post('agent', `${path}/incidents`, came));
  await desk.post('agent', `${path}/end`);
  await desk.api.app.get(Obligations, { strict: false }).tellOpen();
}

/** An employee signs in to the desk, and out. */
async function somebodyAtTheDesk(): Promise<void> {
  const sessions = desk.api.app.get(StaffSessions, { strict: false });
  const { rows: agents } = await desk.owner.query<{ id: string }>("SELECT id FROM agents WHERE agent_ref = 'A-1'");
  const session = await sessions.authenticate(
    await sessions.open(agents[0]?.id ?? '', ['desk-agent'], new Date()),
    true,
  );
  await sessions.end(session?.id ?? '');
}

/** A question that the holder answers in a session of strength 3, about a mandate that is about to end. */
async function answerInPerson(me: Me): Promise<void> {
  await desk.owner.query('DELETE FROM code_budget_entries');
  await desk.person('P-4', { phone: '+49 30 23125 004' });
  const { id, ref } = await desk.mandate('P-1', 'P-4', ['subscription'], ['C-1']);
  const opened = await desk.open('C-1', { number: '+49 30 23125 004', mandateRef: ref });
  await desk.identify(opened.body.call.id);
  const actions = [{ name: 'contract.terminate' }];
  const path = `/v1/calls/${opened.body.call.id}/confirmations`;
  const asked = await desk.expectSuccess(desk.post('agent', path, { actions }));
  await desk.owner.query('UPDATE sessions SET strength = 3');
  await desk.expectSuccess(me.send('POST', `/v1/me/confirmations/${asked.body.confirmations[0].id}/approve`, {}));
  await desk.owner.query("UPDATE mandates SET ends_at = now() + interval '6 days 12 hours' WHERE id = $1", [id]);
  await desk.owner.query("UPDATE mandate_reminders SET ends_at = ends_at - interval '1 day'");
  await desk.api.app.get(RemindersService, { strict: false }).remind();
}

/** Somebody signs in, shows once more who they are, and adds and removes what they are recognised by. */
async function signInAndChange(): Promise<void> {
  await desk.owner.query('DELETE FROM code_budget_entries');
  await desk.person('P-3', { phone: '+49 30 23125 003', email: 'voorbeeld@example.nl' });
  const visitor = new Visitor(desk);
  const first = await visitor.signIn('+49 30 23125 003');
  const { body: ways } = await first.get('/v1/me/ways');
  const point = ways.contact_points.find(({ kind }: { kind: string }) => kind === 'email').id;
  const { body: asked } = await first.send('POST', '/v1/me/proofs/codes', { contact_point_id: point });
  const code = await desk.codeOf(asked.id);
  const proved = await first.send('POST', `/v1/me/proofs/codes/${asked.id}/attempts`, { code });
  const me = visitor.as(proved.body.token);
  const { body: app } = await me.send('POST', '/v1/me/authenticator');
  const secret = new URL(app.otpauth_uri).searchParams.get('secret') ?? '';
  await me.send('POST', '/v1/me/authenticator/confirmation', { code: generateSync({ strategy: 'totp', secret }) });
  await me.send('POST', '/v1/me/proofs/authenticator', { code: '000000' });
  await me.send('DELETE', '/v1/me/authenticator');
  await me.send('PUT', '/v1/me/ask-first', { scopes: ['billing'] });
  await desk.contract('C-3', ['P-3']);
  const operator = { kind: 'email', value: 'maker@example.nl' };
  const program = { name: 'Verzonnen programma', operator, scopes: ['billing'], contracts: ['C-3'] };
  const { body: software } = await desk.expectSuccess(me.send('POST', '/v1/me/software', program));
  await desk.expectSuccess(me.send('POST', `/v1/me/software/${software.id}/revoke`));
  await desk.owner.query('DELETE FROM code_budget_entries');
  const { body: own } = await me.get('/v1/me/contact-points');
  const path = '/v1/me/contact-changes';
  const { body: dropped } = await me.send('POST', path, { kind: 'email', value: 'anders@example.nl' });
  await me.send('DELETE', `${path}/${dropped.id}`);
  const mail = own.contact_points.find(({ kind }: { kind: string }) => kind === 'email').id;
  await me.send('PUT', `/v1/me/contact-points/${mail}/shared`, { shared: true });
  const { body: change } = await me.send('POST', path, { remove: mail });
  const { rows: asking } = await desk.owner.query<{ id: string }>('SELECT known_code_id AS id FROM contact_changes');
  const known = { side: 'known', code: await desk.codeOf(asking[0]?.id ?? '') };
  await desk.expectSuccess(me.send('POST', `${path}/${change.id}/attempts`, known));
  const device = new SoftwarePasskey({ origin: 'http://localhost', rpId: 'localhost' });
  const { body: question } = await me.send('POST', '/v1/me/passkeys/questions');
  const { body: passkey } = await me.send('POST', '/v1/me/passkeys', { credential: device.add(question.options) });
  const { body: proof } = await me.send('POST', '/v1/me/proofs/passkey-questions');
  device.count = -1;
  const worn = device.show(proof.options, { count: 0 });
  await desk.owner.query('UPDATE passkeys SET sign_count = 5');
  await me.send('POST', '/v1/me/proofs/passkey', { credential: worn });
  await me.send('DELETE', `/v1/me/passkeys/${passkey.id}`);
  const { body: sessions } = await me.get('/v1/me/sessions');
  for (const { id } of sessions) await me.send('DELETE', `/v1/me/sessions/${id}`);
}

/** Events in a life, and who acts for somebody by law: recorded, proven, approved, rejected, taken back. */
async function somethingHappens(): Promise<void> {
  const by = (agent: string, path: string, body: unknown = {}) =>
    desk.expectSuccess(desk.post('agent', path, body, { 'mandaat-agent': agent }));
  const evidence = {
    form: 'court',
    source: 'Rechtbank Voorbeeldstad',
    reference: 'VZ-2026-17',
    sha256: '0'.repeat(64),
    dated_on: '2026-01-15',
  };
  await desk.owner.query('DELETE FROM code_budget_entries');
  const paper = { reference: 'DOC-1', sha256: '0'.repeat(64) };
  const wish = { holder: 'P-1', proxy: 'P-3', scopes: ['billing'], contracts: ['C-1'], form: 'letter', paper };
  for (const verdict of ['approve', 'reject']) {
    const { body: down } = await by('A-1', '/v1/registrations', wish);
    await by('A-2', `/v1/registrations/${down.id}/${verdict}`);
    await desk.post('crm', `/v1/mandates/${down.mandate_id}/withdraw`);
  }
  await desk.owner.query('DELETE FROM code_budget_entries');
  await desk.mandate('P-1', 'P-2', ['faults', 'subscription'], ['C-1']);
  const { body: opened } = await desk.open('C-1', { as: 'holder', number: '+49 30 23125 001' });
  await desk.identify(opened.call.id);
  await by('A-1', `/v1/calls/${opened.call.id}/confirmations`, { actions: [{ name: 'contract.terminate' }] });
  const event = { person: 'P-1', kind: 'curatele', occurred_on: '2026-01-20', reported_by: 'relative' };
  const { body: curatele } = await by('A-1', '/v1/life-events', event);
  await by('A-1', `/v1/life-events/${curatele.id}/evidence`, evidence);
  await by('A-2', `/v1/life-events/${curatele.id}/approve`);
  const reversal = { occurred_on: '2026-01-21', reported_by: 'court', evidence };
  const { body: back } = await by('A-1', `/v1/life-events/${curatele.id}/reversals`, reversal);
  await by('A-2', `/v1/life-events/${back.id}/reject`);
  const asked = { holder: 'P-1', representative: 'P-2', ends_at: '2031-01-01' };
  const { body: curator } = await by('A-1', '/v1/representations', { ...asked, kind: 'curatele' });
  await by('A-1', `/v1/representations/${curator.id}/evidence`, evidence);
  await by('A-2', `/v1/representations/${curator.id}/approve`);
  await by('A-2', `/v1/representations/${curator.id}/revoke`);
  const { body: other } = await by('A-1', '/v1/representations', { ...asked, kind: 'bewind' });
  await by('A-2', `/v1/representations/${other.id}/reject`);
  await desk.get('privacy', '/v1/life-events?person=P-1');
}

/** Somebody else's system is told of changes, until its address is gone. */
async function webhooksComeAndGo(): Promise<void> {
  receiver.answer('/', (response) => void response.writeHead(410).end());
  const admin = (method: string, path: string, body?: unknown) =>
    desk.expectSuccess(desk.send('admin', method, `/v1/webhooks${path}`, body));
  const { body: made } = await admin('POST', '', { url: receiver.url('/'), types: ['mandate.withdrawn'] });
  await admin('PATCH', `/${made.id}`, { description: 'CRM' });
  await admin('POST', `/${made.id}/rotate`, {});
  await admin('POST', `/${made.id}/replay`, { since: '2026-01-01T00:00:00Z' });
  const { body: sent } = await admin('POST', `/${made.id}/test`);
  await until(async () => (await admin('GET', `/${made.id}`)).body.disabled_reason === 'gone', 30_000);
  await admin('PATCH', `/${made.id}`, { status: 'enabled' });
  await admin('POST', `/${made.id}/deliveries/${sent.id}/replay`);
  await admin('DELETE', `/${made.id}`);
}

/** An employee with an open call and a key loses both. */
async function shutOut(): Promise<void> {
  await desk.put('admin', '/v1/agents/A-3', { role: 'agent' });
  await makeKey(desk.api, 'agent', { agentRef: 'A-3' });
  await desk.expectSuccess(desk.open('C-1', { as: 'holder', agent: 'A-3' }));
  await desk.put('admin', '/v1/agents/A-3', { role: 'agent', skills: ['mailbox'] });
  const until = { expires_at: new Date(Date.now() + 86_400_000).toISOString() };
  const path = '/v1/agents/A-3/attestations';
  const { body } = await desk.expectSuccess(desk.post('admin', path, { kind: 'training', channel: 'chat', ...until }));
  await desk.expectSuccess(desk.send('admin', 'DELETE', `${path}/${body.id}`));
  await desk.expectSuccess(desk.post('admin', '/v1/agents/A-3/shut-out'));
  await touchCanary();
  await leave();
  await unmask();
}

/** Two people who signed in themselves find out who a third one is. */
async function unmask(): Promise<void> {
  const agents = desk.api.app.get(AgentsService, { strict: false });
  const unmaskings = desk.api.app.get(Unmaskings, { strict: false });
  const of = async (ref: string): Promise<Principal> => {
    const agent = await agents.get(ref);
    return { keyId: `staff-${agent.id}`, issuer: 'https://login.example.nl', scope: 'privacy', strength: 0, agent };
  };
  const [asker, other, { pseudonym }] = [await of('A-1'), await of('A-2'), await agents.get('A-4')];
  for (const verdict of ['approved', 'rejected'] as const) {
    const { unmasking } = await unmaskings.ask({ pseudonym, reason: 'complaint', caseRef: 'k-1' }, asker);
    await unmaskings.decide(unmasking.id, verdict, other);
    await unmaskings.get(unmasking.id, asker);
  }
}

/** Somebody on their last day has more calls than ever. */
async function leave(): Promise<void> {
  const today = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Amsterdam' }).format(new Date());
  await desk.put('admin', '/v1/agents/A-4', { role: 'agent', leaves_on: today });
  await desk.expectSuccess(desk.open('C-1', { as: 'holder', agent: 'A-4' }));
  await desk.api.app.get(Leavers, { strict: false }).look();
  const { body } = await desk.get('privacy', '/v1/leaver-alarms');
  await desk.expectSuccess(desk.post('privacy', `/v1/leaver-alarms/${body.alarms[0].id}/close`));
}

/** Somebody looks at a customer who does not exist. */
async function touchCanary(): Promise<void> {
  await desk.person('P-9', {});
  await desk.expectSuccess(desk.post('admin', '/v1/canaries', { person: 'P-9' }));
  await desk.get('crm', '/v1/people/P-9');
  await desk.api.app.get(CanaryWatch, { strict: false }).look();
  const { body } = await desk.get('privacy', '/v1/canary-alarms');
  await desk.expectSuccess(desk.post('privacy', `/v1/canary-alarms/${body.alarms[0].id}/close`));
  const { body: canaries } = await desk.get('admin', '/v1/canaries');
  await desk.expectSuccess(desk.send('admin', 'DELETE', `/v1/canaries/${canaries[0].id}`));
}

/** A record of long ago, in a chain of its own that was signed, and its month taken out. */
async function detachOldMonth(): Promise<void> {
  const { api, owner } = desk;
  const at = new Date(Date.UTC(new Date().getUTCFullYear() - 10, 0, 2));
  await owner.query('SELECT audit_records_make_month($1)', [at]);
  await ensureChain(owner, 90);
  await owner.query('BEGIN');
  const head = await lockChain(owner, 90);
  await appendRecords(owner, head, [{ kind: 'call.ended', actor: 'system', body: { cancelled: [] } }], at);
  await owner.query('COMMIT');
  await api.app.get(CheckpointService).make();
  const { months } = await api.app.get(AuditRetention).detach(api.database.ownerUrl, 'cli');
  expect(months).toHaveLength(1);
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const HASH = /^[0-9a-f]{64}$/;
/** Of a closed list, or of the policy: `mandate.granted`, `portal`, `voorbeeld-telecom`. */
const WORD = /^[a-z][a-z0-9_-]*(\.[a-z0-9_]+)*$/;
/** An operation of the OpenAPI document: `myMandatesList`. */
const OPERATION = /^[a-z]+([A-Z][a-z]+)+$/;
/** A decision of a check, and a place in its list. */
const OBLIGATION = /^[0-9a-f-]{36}\.\d+\.\d+$/;
/** A personal property stands in a record as a keyed value; other strings of a property as they were given. */
const KEYED = /^[\w-]{43}$/;
const KEY_ID = /^[\w]{12}$/;
/** A record's number: too long for a number of JSON. */
const SEQUENCE = /^\d+$/;

/** What each kind of record says. Somebody who adds a member here says that it is no personal data. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  'access_request.made': ['checkIds', 'codeIds', 'requestId'],
  'access_request.settled': ['requestId', 'status', 'statuses'],
  'agent.attestation_withdrawn': ['agentId', 'attestationId', 'kind'],
  'agent.attested': ['agentId', 'attestationId', 'channel', 'expiresAt', 'issuedAt', 'kind'],
  'agent.changed': ['agentId', 'flags', 'isActive', 'leavesAt', 'role', 'skills', 'team'],
  'agent.registered': ['agentId', 'flags', 'isActive', 'leavesAt', 'role', 'skills', 'team'],
  'agent.shut_out': ['agentId'],
  'audit.detached': ['anchors', 'tables'],
  'assistance.used': ['actId', 'operation', 'sessionId'],
  'ask_first.changed': ['added', 'removed'],
  'authenticator.confirmed': ['authenticatorId'],
  'authenticator.enrolled': ['authenticatorId'],
  'authenticator.removed': ['authenticatorId'],
  'authenticator.tried': ['authenticatorId'],
  'block.set': ['blockId', 'callerId'],
  'call_back.tried': [],
  'call.ended': ['cancelled', 'reason'],
  'call.handed_over': [
    'callerId',
    'cancelled',
    'caseRef',
    'channel',
    'claim',
    'contractId',
    'isNumberTheirs',
    'isSoftware',
  ],
  'call.opened': ['callerId', 'caseRef', 'channel', 'claim', 'contractId', 'isNumberTheirs', 'isSoftware'],
  'canary.ended': ['canaryId'],
  'canary.marked': ['canaryId'],
  'canary_alarm.closed': ['alarmId'],
  'caller.verified': ['method'],
  'check.advised': ['asked', 'decisions', 'facts', 'now', 'policy', 'purpose'],
  'check.executed': ['asked', 'decisions', 'executions', 'facts', 'isInOrder', 'now', 'policy', 'purpose'],
  'code.addressed': ['codeId', 'purpose', 'route'],
  'code.approved': ['codeId', 'purpose'],
  'code.approved_in_session': ['codeId', 'purpose', 'strength'],
  'code.cancelled': ['codeId', 'purpose'],
  'code.declined': ['codeId', 'purpose'],
  'code.failed': ['codeId', 'purpose', 'state', 'tries'],
  'code.issued': [
    'actions',
    'codeId',
    'digits',
    'expiresAt',
    'mandateId',
    'mandateRevision',
    'purpose',
    'route',
    'superseded',
  ],
  'code.refused': ['codeId', 'purpose', 'state'],
  'code.resent': ['codeId', 'counter', 'purpose', 'route'],
  'code.tried': ['codeId', 'purpose', 'tries'],
  'code.undeliverable': ['codeId', 'fault', 'purpose', 'route'],
  'contact.change_asked': ['addedId', 'changeId', 'endedId', 'kind'],
  'contact.change_cancelled': ['changeId'],
  'contact.changed': ['added', 'ended', 'personId'],
  'contact.shown': ['contactPointId'],
  'contact.shared': ['contactPointId', 'isShared'],
  'contract.created': ['contractId', 'isEnding', 'jointRule'],
  'letter_code.tried': [],
  'incident.canary': ['alarmId', 'canaryId', 'recordId'],
  'incident.reported': ['incident', 'incidentId'],
  'incident.closed': ['incidentId', 'recordId', 'recordKind'],
  'incident.leaver': ['agentId', 'alarmId', 'most', 'reached'],
  'incident.opened': ['incidentId', 'recordId', 'recordKind'],
  'leaver_alarm.closed': ['alarmId'],
  'unmasking.approved': ['agentId', 'unmaskingId'],
  'unmasking.asked': ['agentId', 'caseRef', 'reason', 'unmaskingId'],
  'unmasking.rejected': ['agentId', 'unmaskingId'],
  'unmasking.told': ['agentId', 'unmaskingId'],
  'key.revoked': ['keyId'],
  'key.created': ['agentId', 'expiresAt', 'keyId', 'rotatedFrom', 'scope', 'strength'],
  'life_event.approved': ['event', 'lifeEventId', 'proofs', 'reversesId', 'suspendsUntil'],
  'life_event.codes_cancelled': ['cancelled'],
  'life_event.evidence_added': ['event', 'lifeEventId', 'proofs', 'reversesId', 'suspendsUntil'],
  'life_event.recorded': ['event', 'lifeEventId', 'proofs', 'reversesId', 'suspendsUntil'],
  'life_event.rejected': ['event', 'lifeEventId', 'proofs', 'reversesId', 'suspendsUntil'],
  'life_event.reversal_recorded': ['event', 'lifeEventId', 'proofs', 'reversesId', 'suspendsUntil'],
  lookup: ['contractId', 'isFound', 'mandateIds', 'personId', 'what'],
  'mandate.acceptance_attempted': ['mandateId', 'tries'],
  'mandate.accepted': ['cancelled', 'mandateId', 'revision'],
  'mandate.approved': ['cancelled', 'endsAt', 'mandateId', 'revision', 'state'],
  'mandate.changed': [
    'cancelled',
    'contractIds',
    'difference',
    'endsAt',
    'form',
    'mandateId',
    'mayPassOn',
    'revision',
    'scopes',
    'startsAt',
    'state',
    'termsRevision',
    'whilePartner',
  ],
  'mandate.code_shown': ['mandateId'],
  'mandate.confirmed': ['cancelled', 'codeId', 'endsAt', 'mandateId', 'revision', 'route', 'state'],
  'mandate.ended': ['cancelled', 'isSilent', 'mandateId', 'revision'],
  'mandate.expired': ['cancelled', 'endedAt', 'mandateId'],
  'mandate.granted': [
    'contractIds',
    'endsAt',
    'evidence',
    'holderId',
    'mandateId',
    'mayPassOn',
    'parentId',
    'proxyId',
    'scopes',
    'startsAt',
    'state',
    'whilePartner',
  ],
  'mandate.refused': ['cancelled', 'isSilent', 'mandateId', 'revision'],
  'mandate.reminded': ['days', 'mandateId'],
  'mandate.renounced': ['cancelled', 'isSilent', 'mandateId', 'revision'],
  'mandate.requested': ['requestId', 'scopes'],
  'mandate.resumed': ['cancelled', 'mandateId', 'revision'],
  'mandate.suspended': ['cancelled', 'mandateId', 'revision'],
  'mandate.withdrawn': ['cancelled', 'isSilent', 'mandateId', 'revision'],
  'obligation.done': ['action', 'isCorrection', 'obligation', 'obligationId'],
  'obligation.failed': ['action', 'isCorrection', 'obligation', 'obligationId'],
  'obligation.open': ['obligation', 'obligationId'],
  'passkey.added': ['passkeyId'],
  'passkey.refused': ['passkeyId'],
  'passkey.removed': ['passkeyId'],
  'person.changed': ['personId'],
  'person.created': ['personId'],
  'policy.cancelled': ['activationId', 'hash', 'name', 'startsAt'],
  'policy.loaded': ['hash', 'name', 'previous'],
  'policy.scheduled': ['activationId', 'hash', 'name', 'startsAt'],
  'registration.approved': ['codeId', 'mandateId', 'registrationId'],
  'registration.recorded': ['form', 'mandateId', 'registrationId', 'route'],
  'registration.rejected': ['mandateId', 'registrationId'],
  'representation.approved': ['endsAt', 'proofs', 'representation', 'representationId', 'startsAt'],
  'representation.evidence_added': ['endsAt', 'proofs', 'representation', 'representationId', 'startsAt'],
  'representation.recorded': ['endsAt', 'proofs', 'representation', 'representationId', 'startsAt'],
  'representation.rejected': ['endsAt', 'proofs', 'representation', 'representationId', 'startsAt'],
  'representation.revoked': ['endsAt', 'proofs', 'representation', 'representationId', 'startsAt'],
  'session.ended': ['sessionId'],
  'session.opened': ['method', 'sessionId', 'strength'],
  'session.proved': ['method', 'sessionId', 'strength'],
  'software.declared': ['ceiling', 'softwareId'],
  'software.revoked': ['softwareId'],
  'staff_session.ended': ['agentId', 'sessionId'],
  'staff_session.opened': ['agentId', 'sessionId'],
  'statement.corrected': ['comparison', 'corrects', 'heardAs', 'source', 'statementId', 'subject'],
  'statement.recorded': ['comparison', 'corrects', 'heardAs', 'source', 'statementId', 'subject'],
  'support_code.issued': ['expiresAt', 'strength', 'supportCodeId'],
  'support_code.tried': [],
  'totp.tried': [],
  'webhook.changed': ['status', 'types', 'urlHash', 'webhookId'],
  'webhook.created': ['types', 'urlHash', 'webhookId'],
  'webhook.disabled': ['reason', 'webhookId'],
  'webhook.removed': ['webhookId'],
  'webhook.replayed': ['deliveryId', 'since', 'webhookId'],
  'webhook.rotated': ['previousUntil', 'webhookId'],
  'webhook.tested': ['deliveryId', 'webhookId'],
};

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(stringsOf);
}

function bodyOf({ body }: Row): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}

describe('The audit', () => {
  it('has these kinds of records for a whole call, and each says these things', () => {
    const found: Record<string, readonly string[]> = {};
    for (const row of rows) {
      found[row.kind] = [...new Set([...(found[row.kind] ?? []), ...Object.keys(bodyOf(row))])].toSorted();
    }
    expect(found).toEqual(MEMBERS);
  });

  it('is told of to who asked for everything: every type that the documentation names, by references alone', async () => {
    const documented = await documentedTypes();
    const changes = told.filter(({ type }) => type !== TEST_TYPE);
    expect([...new Set(changes.map(({ type }) => type))].toSorted()).toEqual([...documented.keys()].toSorted());
    const DATA = [ID, INSTANT, HASH, WORD, OBLIGATION, SEQUENCE, KEY_ID, /^[AP]-\d$/];
    for (const { type, data } of changes) {
      const unknown = Object.keys(data).filter((name) => documented.get(type)?.includes(name) !== true);
      const { checkpoint: _signed, ...references } = data;
      const others = stringsOf(references).filter((value) => !DATA.some((one) => one.test(value)));
      expect([type, unknown, others]).toEqual([type, [], []]);
    }
  });

  it('names who did it by an id, and whom it concerns by theirs', () => {
    for (const { kind, actor, call_id: callId, person_ids: personIds } of rows) {
      expect([kind, actor]).toEqual([
        kind,
        expect.stringMatching(
          /^(cli|system(:\w+)?|(agent:[0-9a-f-]{36} )?key:\w{12}|(holder|proxy):[0-9a-f-]{36}|visitor|agent:[0-9a-f-]{36} issuer:\S*|(agent:[0-9a-f-]{36} )?person:[0-9a-f-]{36} session:[0-9a-f-]{36})$/,
        ),
      ]);
      expect([kind, personIds.length === new Set(personIds).size]).toEqual([kind, true]);
      const isOfCall = /^(check|call|caller)\./.test(kind);
      expect([kind, isOfCall && callId === null]).toEqual([kind, false]);
      if (isOfCall) expect([kind, personIds.length > 0 || kind === 'call.ended']).toEqual([kind, true]);
    }
  });

  it('holds ids, moments, hashes, keyed values and words of closed lists, and no text of anybody', () => {
    for (const row of rows) {
      const { facts, ...rest } = bodyOf(row) as { facts?: { confirmations: { actions: { key: string }[] }[] } };
      // A confirmation names its action with its properties, as the policy lets them be recorded.
      const keys = facts?.confirmations.flatMap(({ actions }) => actions.map(({ key }) => key)) ?? [];
      const strings = [...stringsOf(rest), ...stringsOf(facts).filter((text) => !keys.includes(text))];
      strings.push(...keys.flatMap((key) => stringsOf(JSON.parse(key))));
      const others = strings.filter(
        (text) =>
          ![
            ID,
            INSTANT,
            HASH,
            WORD,
            OPERATION,
            OBLIGATION,
            ...(row.kind.startsWith('check.') ? [KEYED] : row.kind.startsWith('audit.') ? [SEQUENCE] : [KEY_ID]),
          ].some((one) => one.test(text)),
      );
      expect([row.kind, others]).toEqual([row.kind, []]);
    }
  });

  it('has words for everything that concerns a person, so that they can read what happened', () => {
    const untold = rows.filter(({ kind, person_ids: ids }) => ids.length > 0 && TELLINGS[kind] === undefined);
    expect([...new Set(untold.map(({ kind }) => kind))]).toEqual([]);
  });

  it('keeps what somebody described only as a keyed value: equal ones are equal, and none can be read', () => {
    const executed = rows.find(({ kind }) => kind === 'check.executed');
    const { asked } = JSON.parse(executed?.body ?? '{}') as { asked: [string, Record<string, unknown>][] };
    expect(asked[0]).toEqual(['fault.report', { description: expect.stringMatching(KEYED) }]);
  });
});
