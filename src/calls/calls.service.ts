import { randomUUID } from 'node:crypto';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, type Agent, agentWhoseCalls, type Principal } from '../auth/principal.ts';
import { CodesService } from '../codes/codes.service.ts';
import { Config } from '../config/config.ts';
import { BlindIndex } from '../crypto/blind-index.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { missedLookUp } from '../holders/people.service.ts';
import type { Contract } from '../holders/person.ts';
import { parsePhone } from '../holders/phone-number.ts';
import { parseMandateRef } from '../mandates/mandate-ref.ts';
import { MessagesService } from '../messages/messages.service.ts';
import type { QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import type { Channel, Language } from '../policy/vocabulary.ts';
import { ReachService } from '../reach/reach.service.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { ActionDetails } from '../codes/code-request.ts';
import { actionOnMessage, callerOnMessage } from './action-on-message.ts';
import type { CallEntity } from './call.entity.ts';
import { type AgentsCall, CallsRepository } from './calls.repository.ts';
import { claimKeysOf } from './claim-keys.ts';
import { type Check, ChecksService, executionPlace, itself } from './checks.service.ts';
import { ExecutionsRepository } from './executions.repository.ts';
import { FactsRepository } from './facts.repository.ts';

/** What the one on the line says, and what the telephone shows. It only points at somebody; it proves nothing. */
export interface Claim {
  readonly as: 'holder' | 'proxy';
  readonly mandateRef: string | null;
  /** As dialled or shown; any usual spelling. */
  readonly callingNumber: string | null;
  readonly name: string | null;
  /** It says that it is software, and so it is no human being's claim. */
  readonly isSoftware: boolean;
}

export interface OpenCall {
  readonly channel: Channel;
  readonly contractRef: string;
  readonly claim: Claim;
  readonly caseRef: string | null;
  readonly language: Language | null;
}

/** A call, and what was answered first. */
export interface Opened {
  readonly call: CallEntity;
  readonly check: Check;
}

/** Channels on which the network shows the caller's own number. */
const NUMBER_CHANNELS: ReadonlySet<Channel> = new Set(['phone', 'whatsapp', 'video']);

@Injectable()
export class CallsService implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: CallsRepository,
    private readonly facts: FactsRepository,
    private readonly executions: ExecutionsRepository,
    private readonly checks: ChecksService,
    private readonly codes: CodesService,
    private readonly holders: HoldersService,
    private readonly agents: AgentsService,
    private readonly policies: PolicyDocuments,
    private readonly index: BlindIndex,
    private readonly messages: MessagesService,
    private readonly reach: ReachService,
  ) {}

  onModuleInit(): void {
    this.messages.provide('action_executed', (message) => this.executedOnMessage(message));
  }

  /**
   * Opens a call and answers every action for this caller, contract and channel.
   *
   * @throws AppError `not_found` for a contract that doesn't exist, `validation_failed`, `rate_limited` for an agent who has reached
   *   enough people for now
   */
  async open(request: OpenCall, principal: Principal): Promise<Opened> {
    const agent = requireAgent(principal);
    const number = numberOf(request.channel, request.claim);
    const opened = await this.audit.record<Opened | AppError>(async (tx, now, client) => {
      const known = await this.holders.contractByRef(tx, request.contractRef);
      const contract = known !== null && (known.endedAt === null || known.endedAt > now) ? known : null;
      // Before it is said whether there is such a contract: who may see no more learns nothing from the difference.
      const over = await this.reach.call(tx, now, agent.id, contract?.holderIds ?? null, actorOf(principal));
      if (over !== null) return { result: over.error, entries: [over.entry] };
      if (contract === null) {
        // Guessing at references is a look-up too: it is recorded, and counts.
        return { result: noContract(), entries: [missedLookUp(actorOf(principal))] };
      }
      const { callerId, claimKeys, isNumberTheirs } = await this.recognise(tx, contract, request.claim, number, now);
      const call: CallEntity = {
        id: randomUUID(),
        channel: request.channel,
        contractId: contract.id,
        agentId: agent.id,
        claim: request.claim.as,
        callerId,
        claimKeys,
        isSoftware: request.claim.isSoftware,
        caseRef: request.caseRef,
        language: request.language ?? (await this.languageOf(tx, request.claim.as, callerId)),
        handedOverAt: null,
        openedAt: now,
        endsAt: new Date(now.getTime() + this.config.callMinutes * 60_000),
        endedAt: null,
      };
      await this.repository.insert(tx, call);
      const byNumber = isNumberTheirs ? callerId : null;
      await this.repository.insertVerification(tx, randomUUID(), call.id, byNumber, 'calling_number', now);
      const loaded = (await this.facts.load(client, [{ callId: call.id, agentId: null }], now)).get(call.id);
      const { check, entry } = await this.checks.firstCheck(tx, loaded, principal, now);
      const entries = [openedEntry(call, contract, principal, isNumberTheirs), entry];
      return { result: { call, check }, entries, isAdvice: true };
    });
    if (opened instanceof AppError) throw opened;
    return opened;
  }

  /** In what these calls were held and about which case: what the people whom they concern may be told of them. */
  async settings(
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, Pick<CallEntity, 'channel' | 'caseRef' | 'agentId'>>> {
    if (ids.length === 0) return new Map();
    const calls = await this.repository.findAll(this.dataSource.manager, ids);
    return new Map(calls.map(({ id, channel, caseRef, agentId }) => [id, { channel, caseRef, agentId }]));
  }

  /** An agent's calls, the newest first, behind the one with this id. */
  ofAgent(agentId: string, limit: number, after: string | null): Promise<readonly AgentsCall[]> {
    return this.repository.ofAgent(agentId, limit, after);
  }

  /** One of an agent's calls. @throws AppError `not_found` */
  async oneOfAgent(agentId: string, id: string): Promise<AgentsCall> {
    const call = await this.repository.oneOfAgent(agentId, id);
    if (call === null) throw new AppError('not_found', 'There is no such call.');
    return call;
  }

  /** @throws AppError `not_found` */
  get(id: string, principal: Principal): Promise<CallEntity> {
    return this.findOwn(this.dataSource.manager, id, principal);
  }

  /**
   * The call inside a transaction, still open.
   *
   * @throws AppError `not_found`, `call_ended`
   */
  async requireOpen(tx: EntityManager, id: string, principal: Principal, now: Date): Promise<CallEntity> {
    const call = await this.findOwn(tx, id, principal);
    if ((call.endedAt ?? call.endsAt) <= now) throw new AppError('call_ended', 'This call has ended. Open a new one.');
    return call;
  }

  /**
   * Another person comes to the phone in the same call: a holder who hands over to the proxy, or the other way round. What
   * was proved about the one before stays about that one; open codes die, as they name who asked, and so do assisted sessions.
   *
   * @throws AppError `not_found`, `call_ended`, `validation_failed`
   */
  handOver(id: string, principal: Principal, claim: Claim): Promise<Opened> {
    return this.audit.record(async (tx, now, client) => {
      const call = await this.requireOpen(tx, id, principal, now);
      const contract = await this.holders.contractById(tx, call.contractId);
      if (contract === null) throw new Error('a call about no contract');
      const { callerId, claimKeys, isNumberTheirs } = await this.recognise(
        tx,
        contract,
        claim,
        numberOf(call.channel, claim),
        now,
      );
      const { isSoftware } = claim;
      const handed = Object.assign(call, { claim: claim.as, callerId, claimKeys, isSoftware, handedOverAt: now });
      await this.repository.handOver(tx, id, handed);
      await this.repository.insertVerification(
        tx,
        randomUUID(),
        id,
        isNumberTheirs ? callerId : null,
        'calling_number',
        now,
      );
      const cancelled = await this.codes.cancelOfCall(tx, now, id);
      const loaded = (await this.facts.load(client, [{ callId: id, agentId: null }], now)).get(id);
      const { check, entry } = await this.checks.firstCheck(tx, loaded, principal, now);
      const opened = openedEntry(handed, contract, principal, isNumberTheirs);
      const entries = [{ ...opened, kind: 'call.handed_over', body: { ...opened.body, cancelled } }, entry];
      return { result: { call: handed, check }, entries, isAdvice: true };
    });
  }

  /** A call that was opened before, decided anew: an answer from then would be a decision from then. */
  async reopen(id: string, principal: Principal): Promise<Opened> {
    const call = await this.get(id, principal);
    return { call, check: await this.checks.advise(id, principal, null, itself) };
  }

  /** Ends a call; its open codes die with it. Ending an ended call changes nothing. */
  end(id: string, principal: Principal): Promise<CallEntity> {
    return this.audit.record(async (tx, now) => {
      const call = await this.findOwn(tx, id, principal);
      if (call.endedAt !== null) return { result: call, entries: [] };
      await this.repository.end(tx, id, now);
      const cancelled = await this.codes.cancelOfCall(tx, now, id);
      const endedAt = now < call.endsAt ? now : call.endsAt;
      const entry: AuditEntry = { kind: 'call.ended', actor: actorOf(principal), callId: id, body: { cancelled } };
      return { result: Object.assign(call, { endedAt }), entries: [entry] };
    });
  }

  /** Whether this call goes on, with this one on the line. */
  async isWith(manager: EntityManager, id: string, callerId: string | null, now: Date): Promise<boolean> {
    const call = await this.repository.find(manager, id, null);
    return call !== null && call.callerId === callerId && (call.endedAt ?? call.endsAt) > now;
  }

  /** For who is shut out: ends what they have open. Their codes and the records are the caller's. */
  endOf(tx: EntityManager, now: Date, agentId: string): Promise<readonly string[]> {
    return this.repository.endOf(tx, now, agentId);
  }

  /** After a restore that lost something: confirmations and verifications hang on a call, and are of no use without it. */
  async endPage(
    tx: EntityManager,
    now: Date,
    after: string,
    actor: string,
  ): Promise<{ readonly last: string | null; readonly entries: readonly AuditEntry[] }> {
    const { last, ended } = await this.repository.endPage(tx, now, after);
    const body = { cancelled: [], reason: 'restored' };
    return { last, entries: ended.map((callId) => ({ kind: 'call.ended', actor, callId, body })) };
  }

  private async findOwn(manager: EntityManager, id: string, principal: Principal): Promise<CallEntity> {
    const call = await this.repository.find(manager, id, agentWhoseCalls(principal));
    if (call === null) throw new AppError('not_found', 'There is no such call.');
    return call;
  }

  /** At whom the claim points. The same look-ups are made whatever they find. */
  private async recognise(
    tx: EntityManager,
    contract: Contract,
    claim: Claim,
    number: ReturnType<typeof parsePhone>,
    now: Date,
  ): Promise<Pick<CallEntity, 'callerId' | 'claimKeys'> & { readonly isNumberTheirs: boolean }> {
    const holderIds: readonly string[] = contract.holderIds;
    const around = await this.repository.peopleAround(tx, holderIds);
    const owners = number === null ? [] : await this.holders.findByPhone(tx, number, now);
    const byNumber: readonly string[] = owners.map((owner) => owner.id);
    const byName: readonly string[] = claim.name === null ? [] : await this.holders.findByName(tx, claim.name, around);
    const ref = claim.mandateRef === null ? null : parseMandateRef(claim.mandateRef);
    const byRef = ref === null ? null : await this.repository.proxyOfMandate(tx, ref);
    const isFitting = (id: string): boolean =>
      claim.as === 'holder' ? holderIds.includes(id) : !holderIds.includes(id) && around.includes(id);
    const pointed = claim.as === 'holder' ? holder() : (byRef ?? proxy());
    // Software that says so is nobody but itself: not the human being whose number or name it comes with.
    const isElse = claim.isSoftware && !(await this.repository.isSoftware(tx, pointed));
    const callerId = isElse ? null : pointed;
    const claimed = claimKeysOf(this.index, contract.id, { number, name: claim.name, mandateRef: ref });
    return {
      callerId,
      // Of somebody known nothing more is kept.
      claimKeys: callerId === null ? claimed : [],
      // A number that somebody put on a record just now points at them, and proves nothing yet.
      isNumberTheirs: owners.some(({ id, isAged }) => id === callerId && isAged),
    };

    function holder(): string | null {
      const fitting = only(byName.filter(isFitting), byNumber.filter(isFitting));
      // "I am the holder" points at the only one there is.
      return fitting ?? (holderIds.length === 1 ? (holderIds[0] ?? null) : null);
    }
    function proxy(): string | null {
      // A joint holder may also be another holder's proxy: fitting ones first, then anybody with that number.
      return (
        only(byName.filter(isFitting), byNumber.filter(isFitting)) ??
        (byNumber.length === 1 ? (byNumber[0] ?? null) : null)
      );
    }
  }

  /** A proxy's own language would tell a known person from an unknown one before either has proved anything. */
  private async languageOf(tx: EntityManager, as: Claim['as'], callerId: string | null): Promise<Language> {
    return callerId === null || as === 'proxy' ? 'nl' : (await this.holders.describe(tx, callerId)).language;
  }

  private async executedOnMessage(message: QueuedMessage): Promise<TemplateValues['action_executed'] | 'drop'> {
    const { manager } = this.dataSource;
    const execution = await this.executions.find(manager, String(message.parameters['executionId']));
    const agent = execution === null ? null : await this.agents.byId(execution.agentId);
    if (execution === null || agent === null) return 'drop';
    const text = await this.holders.open(
      manager,
      execution.sealedFor,
      execution.detailsSealed,
      executionPlace(execution.id),
    );
    const policy = await this.policies.current();
    const { callerId } = execution;
    const name = callerId === null ? null : (await this.holders.describe(manager, callerId)).name;
    return {
      actions: [actionOnMessage(policy, JSON.parse(text) as ActionDetails, message.language)],
      caller: callerOnMessage(callerId, name, message.personId),
      agent: { role: agent.role, pseudonym: agent.pseudonym },
      executedAt: execution.executedAt,
    };
  }
}

/** One person who fits both, or the only one who fits either; null when nobody or more than one does. */
function only(byName: readonly string[], byNumber: readonly string[]): string | null {
  const both = byName.filter((id) => byNumber.includes(id));
  for (const found of [both, byName, byNumber]) if (found.length === 1) return found[0] ?? null;
  return null;
}

function requireAgent(principal: Principal): Agent {
  if (principal.agent !== null) return principal.agent;
  throw new AppError('malformed_request', 'A call belongs to an agent: name one with the header Mandaat-Agent.');
}

function numberOf(channel: Channel, claim: Claim): ReturnType<typeof parsePhone> {
  if (claim.callingNumber === null || !NUMBER_CHANNELS.has(channel)) return null;
  const number = parsePhone(claim.callingNumber);
  if (number !== null) return number;
  const fault = { pointer: '/claim/calling_number', detail: 'Give a phone number, such as +49 30 23125 001.' };
  throw new AppError('validation_failed', 'The calling number is not a phone number.', { faults: [fault] });
}

function noContract(): AppError {
  return new AppError('not_found', 'There is no such contract.');
}

function openedEntry(call: CallEntity, contract: Contract, principal: Principal, isNumberTheirs: boolean): AuditEntry {
  const { callerId } = call;
  const holderIds: readonly string[] = contract.holderIds;
  return {
    kind: 'call.opened',
    actor: actorOf(principal),
    callId: call.id,
    personIds: callerId === null || holderIds.includes(callerId) ? holderIds : [...holderIds, callerId],
    body: {
      channel: call.channel,
      contractId: call.contractId,
      claim: call.claim,
      callerId,
      isNumberTheirs,
      isSoftware: call.isSoftware,
      caseRef: call.caseRef,
    },
  };
}
