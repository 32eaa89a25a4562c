import { deepStrictEqual } from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

import type { CheckResponse, DecisionResponse, OpenedCallResponse } from '../calls/calls.dto.ts';
import type { AskedHolderResponse, AttemptResponse, ConfirmationResponse } from '../confirmations/confirmations.dto.ts';
import type { AcceptanceResponse, MandateResponse } from '../mandates/mandates.dto.ts';
import type { AskedSignInResponse } from '../sign-in/sign-in.dto.ts';
import type { VerificationResponse } from '../verifications/verifications.dto.ts';
import type { Api } from './api.ts';
import type { Screen } from './screen.ts';

/** Whom the story is about; they stand at the top of the example export. */
export const CAST = {
  holder: { ref: 'P-1001', name: 'Hanna Voorbeeld', phone: '+447700900101' },
  proxy: { ref: 'P-1002', name: 'Willem Verzonnen', phone: '+447700900102' },
  contract: 'C-5001',
} as const;

export interface StoryKeys {
  readonly crm: Api;
  readonly agent: Api;
}

interface InboxMessage {
  readonly recipient: string;
  readonly body: string;
}

/** How long a message may take to arrive. Milliseconds. */
const PATIENCE = 10_000;

/**
 * The main job, step by step, over the service's own HTTP API. Each step shows what a person wants to see and insists on
 * what it should be.
 *
 * @throws AssertionError at the first step that differs
 */
export async function playStory({ crm, agent }: StoryKeys, screen: Screen): Promise<void> {
  const { holder, proxy, contract } = CAST;

  screen.heading(`${proxy.name} calls about ${contract}, ${holder.name}'s contract. There is no mandate.`);
  const stranger = await open();
  show('invoice.explain', stranger.check, 'deny', 'no_mandate');
  await agent.send('POST', `/v1/calls/${stranger.call.id}/end`, {});

  screen.heading(`${holder.name} gives a mandate for bills and the subscription, and confirms it by code.`);
  const granted = await crm.send<MandateResponse>('POST', '/v1/mandates', {
    holder: holder.ref,
    proxy: proxy.ref,
    scopes: ['billing', 'subscription'],
    contracts: [contract],
    form: 'letter',
  });
  const confirmation = await crm.send<ConfirmationResponse>('POST', `/v1/mandates/${granted.id}/confirmations`, {});
  const mandateMessage = await messageTo(crm, holder.phone, SIX_DIGITS);
  screen.message(`text message to ${holder.name}`, mandateMessage.body);
  const confirmed = await crm.send<AttemptResponse>('POST', `/v1/confirmations/${confirmation.id}/attempts`, {
    code: mandateMessage.found,
  });
  deepStrictEqual(confirmed.accepted, true);
  screen.done('The holder confirmed: the mandate is proven at strength 2.');

  const invitation = await messageTo(crm, holder.phone, TWO_GROUPS);
  screen.message(`text message to ${holder.name}, who passes the code on`, invitation.body);
  const accepted = await crm.send<AcceptanceResponse>('POST', `/v1/mandates/${granted.id}/acceptance`, {
    code: invitation.found,
  });
  deepStrictEqual(accepted.accepted, true);
  const active = await crm.send<MandateResponse>('GET', `/v1/mandates/${granted.id}`);
  deepStrictEqual([active.state, active.strength.level], ['active', 2]);
  screen.done(`${proxy.name} accepted. Mandate ${active.mandate_ref} is active until ${active.ends_at.slice(0, 10)}.`);

  screen.heading(`${proxy.name} calls again. One request opens the call and answers every action.`);
  const opened = await open(active.mandate_ref);
  screen.check(opened.check);
  decide(opened.check, 'invoice.explain', 'verify_caller', 'caller_level_too_low');
  const callId = opened.call.id;

  screen.heading('The agent identifies the caller, by a code to the number that the proxy registered.');
  const sent = await agent.send<VerificationResponse>('POST', `/v1/calls/${callId}/verifications`, { method: 'code' });
  const own = await messageTo(crm, proxy.phone, SIX_DIGITS);
  screen.message(`text message to ${proxy.name}`, own.body);
  const identified = await agent.send<AttemptResponse>(
    'POST',
    `/v1/calls/${callId}/verifications/${sent.id}/attempts`,
    { code: own.found },
  );
  deepStrictEqual(identified.accepted, true);
  show('invoice.explain', await check('invoice.explain'), 'permit', 'permitted');

  screen.heading('The caller wants to end the subscription. That needs the holder, now, for exactly this.');
  show('contract.terminate', await check('contract.terminate'), 'ask_holder', 'holder_confirmation_required');
  const actions = [{ name: 'contract.terminate' }];
  const asked = await agent.send<AskedHolderResponse>('POST', `/v1/calls/${callId}/confirmations`, { actions });
  const question = await messageTo(crm, holder.phone, EIGHT_DIGITS);
  screen.message(`text message to ${holder.name}`, question.body);
  const [askedOnce] = asked.confirmations;
  const answer = await agent.send<AttemptResponse>('POST', `/v1/confirmations/${askedOnce?.id}/attempts`, {
    code: question.found,
    call_id: callId,
    actions,
  });
  deepStrictEqual(answer.accepted, true);
  screen.done('The holder read the code out to the caller, and the agent typed it in.');

  screen.heading('The CRM executes. The confirmation is used up, and the holder hears of it.');
  show('contract.terminate', await check('contract.terminate', 'execute'), 'permit', 'permitted');
  const notice = await messageTo(crm, holder.phone, /(Medewerker|medewerker)/);
  screen.message(`text message to ${holder.name}`, notice.body);
  show(
    'contract.terminate',
    await check('contract.terminate', 'execute'),
    'ask_holder',
    'holder_confirmation_required',
  );

  screen.heading(`${holder.name} withdraws the mandate, during the call.`);
  await crm.send('POST', `/v1/mandates/${granted.id}/withdraw`, {});
  show('invoice.explain', await check('invoice.explain'), 'deny', 'mandate_withdrawn');
  await agent.send('POST', `/v1/calls/${callId}/end`, {});

  function open(mandateRef?: string): Promise<OpenedCallResponse> {
    return agent.send('POST', '/v1/calls', {
      channel: 'phone',
      contract_ref: contract,
      claim: {
        as: 'proxy',
        name: proxy.name,
        calling_number: proxy.phone,
        ...(mandateRef === undefined ? {} : { mandate_ref: mandateRef }),
      },
    });
  }

  function check(action: string, purpose = 'advise'): Promise<CheckResponse> {
    // Agents ask; what the CRM does, the CRM says.
    const who = purpose === 'execute' ? crm : agent;
    return who.send('POST', `/v1/calls/${callId}/checks`, { purpose, actions: [{ name: action }] });
  }

  function show(action: string, checked: CheckResponse, outcome: string, reason: string): void {
    const decision = decide(checked, action, outcome, reason);
    screen.check({ decisions: [decision] });
    screen.say(`   The agent can say: “${decision.sentence}”`);
  }
}

// A text message begins with its code. Anywhere in it others stand too: one link in forty has eight digits in a row.
const SIX_DIGITS = /^Code (\d{6})\./;
export const EIGHT_DIGITS = /^Code (\d{8})\./;
const TWO_GROUPS = /^Code ([A-Z0-9]{4}-[A-Z0-9]{4})\./;

/** What was shown already. */
const seen = new Set<string>();

function decide(check: CheckResponse, action: string, outcome: string, reason: string): DecisionResponse {
  const decision = check.decisions.find((one) => one.action === action);
  deepStrictEqual([decision?.action, decision?.outcome, decision?.reason], [action, outcome, reason]);
  return decision as DecisionResponse;
}

/** The newest message to this number that holds what is looked for; each is used once. */
export async function messageTo(api: Api, phone: string, pattern: RegExp): Promise<{ body: string; found: string }> {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    const { messages } = await api.send<{ messages: InboxMessage[] }>('GET', '/demo/inbox.json');
    for (const { recipient, body } of messages) {
      const [, found] = pattern.exec(body) ?? [];
      if (recipient === phone && !seen.has(body) && found !== undefined) {
        seen.add(body);
        return { body, found };
      }
    }
    await wait(100);
  }
  throw new Error(`No message arrived at ${phone} within ${PATIENCE / 1000} s.`);
}

/**
 * Links that sign somebody of the story in to the self-service, once, while their code works.
 *
 * @throws Error when no code arrives
 */
export async function signInLinks(api: Api, url: string): Promise<{ readonly name: string; readonly link: string }[]> {
  const links: { name: string; link: string }[] = [];
  for (const { name, phone } of [CAST.holder, CAST.proxy]) {
    const asked = await api.send<AskedSignInResponse>('POST', '/v1/me/sign-ins', { contact: phone });
    const { found } = await messageTo(api, phone, SIX_DIGITS);
    links.push({ name, link: `${url}/demo/sign-in/${asked.id}/${found}` });
  }
  return links;
}
