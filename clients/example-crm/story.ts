import { deepStrictEqual } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { Webhook } from 'standardwebhooks';

import { type MandaatClient, type Refusal, reportObligation } from '../typescript/src/index.ts';
import { CALL_HEADER, type Contract, createCrm, readChanges, STOPPING } from './crm.ts';
import { HOOKS, type Inbox } from './hooks.ts';

/** The service as this CRM reaches it. */
export interface Service {
  /** For messages of a trial. */
  readonly url: string;
  /** With a key of scope `crm`. */
  readonly crm: MandaatClient;
  /** With a key of scope `agent`, for the employee at the desk. */
  readonly desk: MandaatClient;
  /** With a key of scope `admin`, to make the webhook. */
  readonly admin: MandaatClient;
  /** Takes the service away, to see what the CRM does then. */
  readonly stop: () => Promise<void>;
}

/** Of the example export, so that names are the same everywhere. */
const HOLDER = { ref: 'P-1001', name: 'Hanna Voorbeeld', phone: '+447700900101' } as const;
const PROXY = { ref: 'P-1002', name: 'Willem Verzonnen', phone: '+447700900102' } as const;
const CONTRACT = 'C-5001';
/** How long something may take that others do. Milliseconds. */
const PATIENCE = 30_000;

/**
 * A proxy calls. The CRM enforces what they may have done, asks the holder where it must, and drops what it had planned when
 * the holder takes the mandate back.
 *
 * @throws AssertionError at the first step that is not as it should be
 */
export async function playStory(service: Service, say: (text: string) => void): Promise<void> {
  const { crm: mandaat, desk } = service;
  const contracts = new Map<string, Contract>([[CONTRACT, { ref: CONTRACT, isEnded: false, planned: [] }]]);
  const contract = contracts.get(CONTRACT) as Contract;
  const inbox: Inbox = { secret: null, heard: new Set() };
  let isHeard = true;
  const server = createCrm(
    mandaat,
    contracts,
    (sentence) => {
      if (!isHeard) throw new Error('The caller did not hear it.');
      say(`   · The screen shows the agent what to say first: “${sentence}”`);
    },
    inbox,
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const screen = `${own}/contracts/${CONTRACT}`;
  const hooks = `${own}${HOOKS}`;
  try {
    await tellCrmData(mandaat);
    const types = [...STOPPING];
    ({ secret: inbox.secret } = await done(service.admin.POST('/v1/webhooks', { body: { url: hooks, types } })));

    say(`\n1. ${PROXY.name} calls about ${HOLDER.name}'s contract. Nobody gave a mandate.`);
    const stranger = await openCall(desk);
    refused(await act(stranger, 'GET', 'invoices'), 'no_mandate');
    await done(desk.POST('/v1/calls/{call_id}/end', { params: { path: { call_id: stranger } } }));

    say(`\n2. ${HOLDER.name} gives a mandate for bills, the subscription and faults.`);
    const mandateId = await giveMandate(service);
    const { next: start } = await done(mandaat.GET('/v1/changes', { params: { query: { after: 'now' } } }));

    say(`\n3. ${PROXY.name} calls again. The mandate is there; who calls is not proven yet.`);
    const callId = await openCall(desk);
    refused(await act(callId, 'GET', 'invoices'), 'caller_level_too_low');
    await identify(service, callId);
    permitted(await act(callId, 'GET', 'invoices'), 'The invoices are on the screen.');

    say('\n4. Blocking the SIM card is in no mandate that he has: the CRM’s own button does nothing.');
    refused(await act(callId, 'POST', 'block-sim'), 'scope_not_covered');

    say(
      '\n5. Testing the line may cut the connection: the caller has to hear that first, and the CRM reports that they did.',
    );
    isHeard = false;
    const { status: unheard, body: why } = await act(callId, 'POST', 'test-line');
    deepStrictEqual([unheard, why.code], [503, 'obligation_failed']);
    say(`   ✗ ${unheard}: the caller did not hear it. ${why.detail}`);
    isHeard = true;
    refused(await act(callId, 'POST', 'test-line'), 'condition_failed');
    await reportLate(desk, callId);
    permitted(await act(callId, 'POST', 'test-line'), 'The caller has heard it; the line is tested.');

    say('\n6. Ending the contract needs the holder’s own yes, for exactly this.');
    refused(await act(callId, 'POST', 'end'), 'holder_confirmation_required');
    await askHolder(service, callId);
    permitted(await act(callId, 'POST', 'end'), 'The contract is ended, once.');
    deepStrictEqual(contract.isEnded, true);
    refused(await act(callId, 'POST', 'end'), 'holder_confirmation_required');

    say(`\n7. The CRM plans a call back to ${PROXY.name}. ${HOLDER.name} takes the mandate back.`);
    const plan = { what: `call ${PROXY.name} back`, mandateId };
    contract.planned.push(plan);
    const forged = JSON.stringify({ type: 'mandate.withdrawn', data: { mandate_id: mandateId } });
    const headers = { 'content-type': 'application/json', ...signedByAnother(forged) };
    const { status: notOurs } = await fetch(hooks, { method: 'POST', headers, body: forged });
    deepStrictEqual([notOurs, contract.planned], [401, [plan]]);
    say(`   ✗ ${notOurs}: a webhook that says so, and that somebody else signed, is not heard.`);
    await done(mandaat.POST('/v1/mandates/{id}/withdraw', { params: { path: { id: mandateId } }, body: {} }));
    await untilSo(() => Promise.resolve(contract.planned.length === 0));
    say(`   ✓ Told by a webhook, and dropped: ${plan.what}.`);
    contract.planned.push(plan);
    let next = start;
    await untilSo(async () => {
      const read = await readChanges(mandaat, contracts.values(), next);
      ({ next } = read);
      return read.dropped.length > 0;
    });
    deepStrictEqual(contract.planned, []);
    say('   ✓ Restored from a backup the CRM has it planned again. It reads the change feed on, and drops it again.');
    refused(await act(callId, 'GET', 'invoices'), 'mandate_withdrawn');

    say('\n8. The service is gone. The CRM does nothing that nobody permitted.');
    await service.stop();
    const { status, body } = await act(callId, 'GET', 'invoices');
    deepStrictEqual([status, body.code], [503, 'no_decision']);
    say(`   ✗ 503: ${body.detail}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }

  async function act(callId: string, method: string, what: string): Promise<{ status: number; body: Refusal }> {
    const response = await fetch(`${screen}/${what}`, { method, headers: { [CALL_HEADER]: callId } });
    return { status: response.status, body: (await response.json()) as Refusal };
  }

  function permitted({ status }: { status: number }, text: string): void {
    deepStrictEqual(status, 200);
    say(`   ✓ ${text}`);
  }

  function refused({ status, body }: { status: number; body: Refusal }, reason: string): void {
    deepStrictEqual([status, body.decision?.reason], [403, reason]);
    const steps = body.decision?.next_steps?.map(({ type }) => type).join(', ');
    say(`   ✗ 403 ${reason}. The agent can say: “${body.detail}” Next: ${steps}.`);
  }
}

/** What the CRM knows comes from the CRM: two people and a contract. */
async function tellCrmData(mandaat: MandaatClient): Promise<void> {
  const verifiedAt = '2024-03-04T10:00:00Z';
  for (const { ref, name, phone } of [HOLDER, PROXY]) {
    const body = {
      kind: 'person' as const,
      name,
      language: 'en' as const,
      contact_points: [{ kind: 'phone' as const, value: phone, verified_at: verifiedAt }],
    };
    await done(mandaat.PUT('/v1/people/{crm_ref}', { params: { path: { crm_ref: ref } }, body }));
  }
  const body = { joint_rule: 'any' as const, holders: [HOLDER.ref], properties: { product: 'internet' } };
  await done(mandaat.PUT('/v1/contracts/{contract_ref}', { params: { path: { contract_ref: CONTRACT } }, body }));
}

/** The holder grants on paper and confirms by code; the proxy types the acceptance code that the holder passed on. */
async function giveMandate({ crm, url }: Service): Promise<string> {
  const body = {
    holder: HOLDER.ref,
    proxy: PROXY.ref,
    scopes: ['billing', 'subscription', 'faults'],
    contracts: [CONTRACT],
    form: 'letter' as const,
  };
  const { id } = await done(crm.POST('/v1/mandates', { body }));
  const path = { id };
  const asked = await done(crm.POST('/v1/mandates/{id}/confirmations', { params: { path }, body: {} }));
  await tryCode(crm, asked.id, { code: await codeTo(url, HOLDER.phone, SIX_DIGITS) });
  const code = await codeTo(url, HOLDER.phone, TWO_GROUPS);
  const { accepted } = await done(crm.POST('/v1/mandates/{id}/acceptance', { params: { path }, body: { code } }));
  deepStrictEqual(accepted, true);
  return id;
}

async function openCall(desk: MandaatClient): Promise<string> {
  const claim = { as: 'proxy' as const, name: PROXY.name, calling_number: PROXY.phone };
  const { call } = await done(desk.POST('/v1/calls', { body: { channel: 'phone', contract_ref: CONTRACT, claim } }));
  return call.id;
}

/** The caller reads out a code that was sent to their own number. */
async function identify({ desk, url }: Service, callId: string): Promise<void> {
  const path = { call_id: callId };
  const { id: verificationId } = await done(
    desk.POST('/v1/calls/{call_id}/verifications', { params: { path }, body: { method: 'code' } }),
  );
  if (verificationId === null) throw new Error('Nothing was sent.');
  const body = { code: await codeTo(url, PROXY.phone, SIX_DIGITS) };
  const params = { path: { ...path, verification_id: verificationId } };
  const { accepted } = await done(
    desk.POST('/v1/calls/{call_id}/verifications/{verification_id}/attempts', { params, body }),
  );
  deepStrictEqual(accepted, true);
}

/** A code goes to the holder, for exactly this action; they read it out to the caller, and the agent types it in. */
async function askHolder({ desk, url }: Service, callId: string): Promise<void> {
  const actions = [{ name: 'contract.terminate' }];
  const params = { path: { call_id: callId } };
  const { confirmations } = await done(desk.POST('/v1/calls/{call_id}/confirmations', { params, body: { actions } }));
  const [asked] = confirmations;
  if (asked === undefined) throw new Error('Nobody was asked.');
  await tryCode(desk, asked.id, { code: await codeTo(url, HOLDER.phone, EIGHT_DIGITS), call_id: callId, actions });
}

/** The agent says it after all, and ticks it off. */
async function reportLate(desk: MandaatClient, callId: string): Promise<void> {
  const params = { path: { call_id: callId } };
  const { obligations } = await done(desk.GET('/v1/calls/{call_id}/obligations', { params }));
  for (const { id, status } of obligations) {
    if (status !== 'done') deepStrictEqual(await reportObligation(desk, callId, id, 'done'), true);
  }
}

/** A message as somebody signs it who has another secret. */
function signedByAnother(body: string): Readonly<Record<string, string>> {
  const at = new Date();
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(`whsec_${randomBytes(32).toString('base64')}`).sign('msg_1', at, body),
  };
}

async function untilSo(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await wait(100)) if (await isSo()) return;
  throw new Error(`It did not come about within ${PATIENCE / 1000} s.`);
}

async function tryCode(
  mandaat: MandaatClient,
  id: string,
  body: { code: string; call_id?: string; actions?: { name: string }[] },
): Promise<void> {
  const params = { path: { confirmation_id: id } };
  const { accepted } = await done(mandaat.POST('/v1/confirmations/{confirmation_id}/attempts', { params, body }));
  deepStrictEqual(accepted, true);
}

// A text message begins with its code. Anywhere in it others stand too: one link in forty has eight digits in a row.
const SIX_DIGITS = /^Code (\d{6})\./;
const EIGHT_DIGITS = /^Code (\d{8})\./;
const TWO_GROUPS = /^Code ([A-Z0-9]{4}-[A-Z0-9]{4})\./;

/** Codes that were read already. */
const read = new Set<string>();

/** The newest that has arrived there and was not read yet. A trial sends nothing: messages stand in the demo inbox. */
async function codeTo(url: string, phone: string, shape: RegExp): Promise<string> {
  for (const until = Date.now() + PATIENCE; Date.now() < until; await wait(100)) {
    const response = await fetch(new URL('/demo/inbox.json', url));
    const { messages } = (await response.json()) as { messages: { recipient: string; body: string }[] };
    for (const { recipient, body } of messages) {
      const [, code] = shape.exec(body) ?? [];
      if (recipient !== phone || code === undefined || read.has(code)) continue;
      read.add(code);
      return code;
    }
  }
  throw new Error(`No message arrived at ${phone} within ${PATIENCE / 1000} s.`);
}

/** The answer, or an Error with the problem's own words. */
async function done<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (data === undefined) throw new Error(`${response.url} was answered ${response.status}: ${JSON.stringify(error)}`);
  return data;
}
