import { randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';

import { AuditReader } from '../audit/audit-reader.ts';
import { type AuditEntry, AuditService, written, type WrittenEntry } from '../audit/audit.service.ts';
import { actorOf, agentWhoseCalls, type Principal } from '../auth/principal.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { missedLookUp } from '../holders/people.service.ts';
import { metrics } from '../http/metrics.ts';
import { Notices } from '../messages/notices.service.ts';
import { Obligations } from '../obligations/obligations.service.ts';
import { actionKey } from '../policy/binding.ts';
import { decide } from '../policy/decide.ts';
import type { Decision } from '../policy/decision.ts';
import type { Facts, Question } from '../policy/facts.ts';
import type { Instant, PolicyHash } from '../policy/ids.ts';
import type { Policy } from '../policy/policy.ts';
import { REASON_CATEGORY } from '../policy/reasons.ts';
import type { Channel, Language, Purpose } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { factsFor, type Named } from './asked-facts.ts';
import { Batcher } from './batcher.ts';
import { decideAll, decisionId, isInOrder, orderOf, recordOf, type Trace } from './check-record.ts';
import { DecisionTally } from './decision-tally.ts';
import { ExecutionsRepository } from './executions.repository.ts';
import type { LoadedFacts } from './loaded-facts.ts';
import { type AskedCall, type AskedSubject, FactsRepository } from './facts.repository.ts';
import { type AskedAction, type PreparedQuestion, prepareQuestions } from './questions.ts';
import { type EarlierExecution, executionCheckId, findEarlier } from './repeated-execution.ts';

/** The answer to a check, in terms of the law; the controller puts it into words. */
export interface Check {
  readonly id: string;
  /** Of the question alone, where it was asked outside a call. */
  readonly callId: string;
  readonly purpose: Purpose;
  readonly policy: Policy;
  readonly language: Language;
  readonly decidedAt: Instant;
  readonly decisions: readonly Decision[];
  /** Ids of what was done, by action. */
  readonly executions: Readonly<Record<string, string>>;
  /** It was about somebody whom we know. */
  readonly isCallerKnown: boolean;
}

interface CheckRequest {
  /** Of the call, or of {@link subject}. */
  readonly callId: string;
  /** Who is asked about where there is no call. */
  readonly subject?: AskedSubject;
  /** Whom and what the question names; null = the call's own caller and contract. */
  readonly named?: Named | null;
  readonly trace?: Trace | undefined;
  readonly principal: Principal;
  /** Null = every action. */
  readonly asked: readonly AskedAction[] | null;
}

/** What an execution of a system depends on beside the law. */
export interface ExecutionConditions {
  readonly named?: Named | null;
  readonly trace?: Trace | undefined;
  /** False: this permit is answered, and not done. For one action alone: of several the next is decided as if it had been. */
  readonly isFit?: (decision: Decision) => boolean;
}

/** What a system asks that names its subject and resource itself. */
export interface NamedQuestion {
  /** Null: outside a call. */
  readonly callId: string | null;
  /** Outside a call: by which channel, and in which part. */
  readonly channel: Channel;
  readonly claim: 'holder' | 'proxy';
  readonly named: Named;
  readonly trace?: Trace | undefined;
}

/**
 * What is made of a check at once. Some wait for their record in hundreds, and grow old: whoever needs a text alone, and has it
 * made here, spares each collection of garbage the copying of all decisions, which takes longer than making them.
 */
type Make<T> = (check: Check) => T;

interface BatchedRequest extends CheckRequest {
  readonly make: Make<unknown>;
}

/** One answer of a batch: a check that fails alone fails alone. */
type Settled = { readonly answer: unknown; readonly entry: WrittenEntry } | { readonly failure: unknown };

/** The policy in force is one that this process has not compiled yet. */
class UnreadPolicy extends Error {
  constructor(readonly hash: PolicyHash) {
    super('a policy has to be read first');
  }
}

const MOST_CHECKS_IN_A_BATCH = 128;

/** Asks what is possible, in batches; and does it, one at a time. */
@Injectable()
export class ChecksService {
  private readonly logger = new Logger(ChecksService.name);
  private readonly batcher = this.batches();
  /** Outside calls: the facts come by another statement, so they are batches of their own. */
  private readonly subjectBatcher = this.batches();

  constructor(
    private readonly audit: AuditService,
    private readonly reader: AuditReader,
    private readonly facts: FactsRepository,
    private readonly executions: ExecutionsRepository,
    private readonly policies: PolicyDocuments,
    private readonly holders: HoldersService,
    private readonly notices: Notices,
    private readonly obligations: Obligations,
    private readonly ring: KeyRing,
  ) {
    metrics.decisions.inc({ outcome: 'deny', reason: 'internal_error' }, 0);
  }

  /**
   * @throws AppError `validation_failed` when everything is to be executed at once: doing is always by name
   */
  async check(
    callId: string,
    principal: Principal,
    { purpose, asked }: { readonly purpose: Purpose; readonly asked: readonly AskedAction[] | null },
    operation: string | null = null,
  ): Promise<Check> {
    if (purpose === 'advise') return this.advise(callId, principal, asked, itself);
    if (asked !== null) return this.execute(callId, principal, asked, operation);
    const fault = { pointer: '/actions', detail: 'Name the actions to execute.' };
    throw new AppError('validation_failed', 'An execution names its actions.', { faults: [fault] });
  }

  /**
   * What may this caller have done now? Joins the current batch.
   *
   * @param make what the answer is made into as soon as it is decided; {@link itself} for the check itself
   * @throws AppError `not_found`, `call_ended`, `validation_failed`, `unavailable`
   */
  advise<T>(callId: string, principal: Principal, asked: readonly AskedAction[] | null, make: Make<T>): Promise<T> {
    return this.join(this.batcher, { callId, principal, asked, make });
  }

  /**
   * The same for a system that names whom and what it asks about; outside a call too, where the policy says so.
   *
   * @throws AppError as {@link advise}; `conflict` for a call about another contract, `invalid_state` where a call is needed
   */
  async adviseNamed<T>(
    { callId, channel, claim, named, trace }: NamedQuestion,
    principal: Principal,
    asked: readonly AskedAction[] | null,
    make: Make<T>,
  ): Promise<T> {
    return callId === null
      ? this.join(this.subjectBatcher, { ...outsideCalls({ channel, claim, named, trace }, principal, asked), make })
      : this.join(this.batcher, { callId, named, trace, principal, asked, make });
  }

  private async join<T>(
    batcher: Batcher<BatchedRequest, Settled>,
    request: CheckRequest & { readonly make: Make<T> },
  ): Promise<T> {
    const settled = await batcher.add(request);
    if ('failure' in settled) throw settled.failure;
    return settled.answer as T;
  }

  /** A system asked about something that there is not. */
  recordMissedLookUp(principal: Principal): Promise<void> {
    const entries = [missedLookUp(actorOf(principal))];
    return this.audit.record(() => Promise.resolve({ result: undefined, entries }));
  }

  /**
   * Does it now: decides everything again with what it stands on locked, uses confirmations up, records the execution and
   * queues the holder's notice, all in one transaction. Actions that are not permitted are answered and not done. Several are
   * done in the order asked: what comes with the permit of one can keep the next of its scope waiting.
   *
   * @param conditions whom and what the question names, when it does; and which permits are done, when not every one
   * @param operation what a repetition of this request has in common with it: what was done under it is told, not done again
   */
  execute(
    callId: string,
    principal: Principal,
    asked: readonly AskedAction[],
    operation: string | null = null,
    { named = null, trace, isFit = () => true }: ExecutionConditions = {},
  ): Promise<Check> {
    return this.audit.record(async (tx, now, client) => {
      await this.facts.lock(client, callId);
      const earlier = operation === null ? null : await findEarlier(this.reader, client, operation, now);
      if (earlier !== null)
        return { result: await this.tellAgain(tx, client, now, callId, asked, earlier), entries: [] };
      const loaded = (await this.facts.load(client, [askedBy(callId, principal)], now)).get(callId);
      const whole = requireOpen(loaded, principal, now);
      const policy = await this.policies.byHash(whole.policyHash, tx);
      const open = { ...whole, facts: factsFor(whole.facts, policy, named, false) };
      const prepared = prepareQuestions(policy, asked, this.conceal);
      const id = operation === null ? randomUUID() : executionCheckId(operation, now);
      const request = { callId, trace, principal, asked };
      const { check, entry } = this.settle(request, open, policy, prepared, now, 'execute', id);
      DecisionTally.count(check.decisions);
      const done: Record<string, string> = {};
      for (const [index, decision] of check.decisions.entries()) {
        const question = prepared[index];
        if (decision.outcome !== 'permit' || question === undefined || !isFit(decision)) continue;
        done[decision.action] = await this.perform(
          tx,
          now,
          open.facts,
          policy,
          decisionId(check.id, index),
          decision,
          question,
        );
      }
      const body = { ...entry.body, executions: done };
      return { result: { ...check, executions: done }, entries: [{ ...entry, body }] };
    });
  }

  /** What was answered, or would have been: decided anew from its own record, as nothing else is kept of an answer. */
  private async tellAgain(
    tx: EntityManager,
    client: ClientBase,
    now: Date,
    callId: string,
    asked: readonly AskedAction[],
    { id, record }: EarlierExecution,
  ): Promise<Check> {
    const policy = await this.policies.byHash(record.policy, tx);
    const language = (await this.facts.load(client, [{ callId, agentId: null }], now)).get(callId)?.language ?? 'nl';
    const questions = prepareQuestions(policy, asked, this.conceal).map(({ question }) => question);
    const decisions = decideAll(policy, record.facts, questions, record.now, orderOf(record, id), this.decideSafely);
    const { now: decidedAt, executions = {} } = record;
    const isCallerKnown = record.facts.caller.id !== null;
    return { id, callId, purpose: 'execute', policy, language, decidedAt, decisions, executions, isCallerKnown };
  }

  /** Decides every action inside a transaction that opens the call. */
  async firstCheck(
    tx: EntityManager,
    loaded: LoadedFacts | undefined,
    principal: Principal,
    now: Date,
  ): Promise<{ readonly check: Check; readonly entry: AuditEntry }> {
    const open = requireOpen(loaded, principal, now);
    const policy = await this.policies.byHash(open.policyHash, tx);
    const prepared = prepareQuestions(policy, null, this.conceal, open.facts.contract.type);
    const asked = { callId: open.facts.call.id, principal, asked: null };
    const first = this.settle(asked, open, policy, prepared, now, 'advise');
    DecisionTally.count(first.check.decisions);
    return first;
  }

  /**
   * Weighs actions without answering them: for who acts on what a check would say. Records nothing.
   *
   * @param named whom and what each question names, when it does
   * @throws AppError `not_found`, `call_ended`, `validation_failed`; `conflict` for a call about something else
   */
  async weigh(
    tx: EntityManager,
    client: ClientBase,
    now: Date,
    callId: string,
    principal: Principal,
    asked: readonly AskedAction[],
    named: readonly Named[] = [],
  ): Promise<{
    readonly policy: Policy;
    readonly prepared: readonly PreparedQuestion[];
    readonly decisions: readonly Decision[];
  }> {
    const loaded = (await this.facts.load(client, [askedBy(callId, principal)], now)).get(callId);
    const open = requireOpen(loaded, principal, now);
    const policy = await this.policies.byHash(open.policyHash, tx);
    const prepared = prepareQuestions(policy, asked, this.conceal);
    const decisions = prepared.map(({ question }, index) => {
      const facts = factsFor(open.facts, policy, named[index] ?? null, false);
      return this.decideSafely(policy, facts, question, now.getTime());
    });
    return { policy, prepared, decisions };
  }

  /** The keyed value that stands for a personal property in decisions, codes and records. */
  readonly conceal = (text: string): string =>
    this.ring.mac('property', text, this.ring.indexKeyId).toString('base64url');

  /**
   * Asking again changes nothing, so a batch that the database dropped is tried once more before all of it is a 503. A
   * policy that this process has not read yet is read between two tries, as nothing may wait inside a transaction.
   */
  private async runBatch(requests: readonly BatchedRequest[], onRead: () => void): Promise<readonly Settled[]> {
    for (let isSecond = false; ;) {
      try {
        return await this.decideBatch(requests, onRead);
      } catch (error) {
        if (error instanceof UnreadPolicy) await this.policies.byHash(error.hash);
        else if (isSecond || !(error instanceof AppError) || error.code !== 'unavailable') throw error;
        else isSecond = true;
      }
    }
  }

  private batches(): Batcher<BatchedRequest, Settled> {
    return new Batcher((requests, onRead) => this.runBatch(requests, onRead), MOST_CHECKS_IN_A_BATCH);
  }

  private decideBatch(requests: readonly BatchedRequest[], onRead: () => void): Promise<readonly Settled[]> {
    return this.audit.recordReading(async (pool) => {
      const subjects = requests.flatMap(({ subject }) => (subject === undefined ? [] : [subject]));
      const loaded = await (subjects.length === 0
        ? this.facts.load(pool, askedBySome(requests), null)
        : this.facts.loadSubjects(pool, subjects));
      for (const { policyHash } of loaded.values()) {
        if (this.policies.kept(policyHash) === null) throw new UnreadPolicy(policyHash);
      }
      // One statement read them all, at one time. Without any there is nothing to decide or to record either.
      const now = loaded.values().next().value?.at ?? new Date(0);
      const tally = new DecisionTally();
      const settled = requests.map((request) => this.decideOne(request, loaded.get(request.callId), now, tally));
      tally.publish();
      return { result: settled, entries: settled.flatMap((one) => ('entry' in one ? [one.entry] : [])), now };
    }, onRead);
  }

  private decideOne(
    request: BatchedRequest,
    loaded: LoadedFacts | undefined,
    now: Date,
    tally: DecisionTally,
  ): Settled {
    try {
      const { principal, subject, named = null, asked } = request;
      const whole = subject === undefined ? requireOpen(loaded, principal, now) : requireKnown(loaded);
      const policy = this.policies.kept(whole.policyHash);
      if (policy === null) throw new UnreadPolicy(whole.policyHash);
      const open = { ...whole, facts: factsFor(whole.facts, policy, named, subject !== undefined) };
      const prepared = prepareQuestions(policy, asked, this.conceal, open.facts.contract.type);
      const { check, entry } = this.settle(request, open, policy, prepared, now, 'advise');
      const settled = { answer: request.make(check), entry: written(entry) };
      tally.add(check.decisions);
      return settled;
    } catch (failure) {
      return { failure };
    }
  }

  private settle(
    { callId, subject, trace, principal, asked }: CheckRequest,
    { facts, language, policyHash }: LoadedFacts,
    policy: Policy,
    prepared: readonly PreparedQuestion[],
    at: Date,
    purpose: Purpose,
    id: string = randomUUID(),
  ): { readonly check: Check; readonly entry: AuditEntry } {
    const now = at.getTime();
    const questions = prepared.map(({ question }) => question);
    const decisions = decideAll(
      policy,
      facts,
      questions,
      now,
      isInOrder(purpose, questions) ? id : null,
      this.decideSafely,
    );
    const holderIds: readonly string[] = facts.contract.holders.map((holder) => holder.id);
    const { id: callerId } = facts.caller;
    const entry: AuditEntry = {
      id,
      kind: purpose === 'advise' ? 'check.advised' : 'check.executed',
      actor: actorOf(principal),
      callId: subject === undefined ? callId : null,
      personIds: callerId === null || holderIds.includes(callerId) ? holderIds : [...holderIds, callerId],
      body: {
        ...recordOf(policyHash, purpose, now, asked === null ? null : questions, facts, decisions),
        ...(trace === undefined ? {} : { trace }),
      },
    };
    const isCallerKnown = callerId !== null;
    const check = { id, callId, purpose, policy, language, decidedAt: now, decisions, executions: {}, isCallerKnown };
    return { check, entry };
  }

  /** The law does not throw. Should it ever, this one action is denied and the fault is ours to find. */
  private readonly decideSafely = (policy: Policy, facts: Facts, question: Question, now: Instant): Decision => {
    try {
      return decide(policy, facts, question, now);
    } catch (error) {
      this.logger.error({ event: 'decide_failed', err: error });
      const none = { mandate: 0, caller: 0, confirmation: 0 } as const;
      return {
        action: question.action,
        outcome: 'deny',
        reason: 'internal_error',
        category: REASON_CATEGORY.internal_error,
        had: none,
        required: none,
        authority: { kind: 'none' },
        nextSteps: [{ type: 'call_back' }],
        obligations: [],
        confirmationIds: [],
        validUntil: now,
      };
    }
  };

  private async perform(
    tx: EntityManager,
    now: Date,
    facts: Facts,
    policy: Policy,
    ofDecision: string,
    decision: Decision,
    { question, properties }: PreparedQuestion,
  ): Promise<string> {
    const id = randomUUID();
    const [first] = facts.contract.holders;
    if (first === undefined) throw new Error('a permit without a holder');
    const details = JSON.stringify({ name: question.action, properties });
    await this.executions.insert(tx, {
      id,
      callId: facts.call.id,
      contractId: facts.contract.id,
      action: question.action,
      decisionId: ofDecision,
      callerId: facts.caller.id,
      isSafeDelivery: decision.authority.kind === 'safe_delivery',
      sealedFor: first.id,
      detailsSealed: await this.holders.seal(tx, first.id, details, executionPlace(id)),
      executedAt: now,
    });
    const key = actionKey(question.action, question.properties ?? {});
    for (const confirmationId of decision.confirmationIds) await this.executions.use(tx, confirmationId, key, id);
    const owing = {
      executionId: id,
      callId: facts.call.id,
      action: question.action,
      scope: policy.actions.get(question.action)?.scope ?? '',
      sealedFor: first.id,
    };
    await this.obligations.owe(tx, now, ofDecision, owing, decision.obligations);
    const mustNotify = decision.obligations.some((obligation) => obligation.type === 'notify_holder');
    if (mustNotify) await this.notifyHolders(tx, now, facts, id);
    return id;
  }

  /** Every holder of the contract hears of it, by whatever road reaches them safely. */
  private async notifyHolders(tx: EntityManager, now: Date, facts: Facts, executionId: string): Promise<void> {
    for (const { id } of facts.contract.holders) {
      await this.notices.send(tx, now, id, { template: 'action_executed', parameters: { executionId } });
    }
  }
}

/** For who needs the check itself. */
export const itself: Make<Check> = (check) => check;

export function executionPlace(executionId: string): ReturnType<typeof placeOf> {
  return placeOf('executions', 'details_sealed', executionId);
}

/** Another agent's call is as absent as one that never was. */
const askedBy = (callId: string, principal: Principal): AskedCall => ({ callId, agentId: agentWhoseCalls(principal) });

/** @throws AppError `not_found` for what there is not */
function outsideCalls(
  { channel, claim, named, trace }: Omit<NamedQuestion, 'callId'>,
  principal: Principal,
  asked: readonly AskedAction[] | null,
): CheckRequest {
  const { contractId, callerId = null } = named;
  if (contractId === null) throw new AppError('not_found', 'There is no such resource.');
  const id = randomUUID();
  const subject = { id, channel, claim, agentId: principal.agent?.id ?? null, callerId, contractId };
  return { callId: id, subject, named, trace, principal, asked };
}

function requireKnown(loaded: LoadedFacts | undefined): LoadedFacts {
  if (loaded === undefined) throw new AppError('not_found', 'There is no such resource.');
  return loaded;
}

/** Each call once for each agent whose it must be. */
function askedBySome(requests: readonly CheckRequest[]): readonly AskedCall[] {
  const asked = new Map<string, AskedCall>();
  for (const { callId, principal } of requests) {
    const one = askedBy(callId, principal);
    asked.set(`${callId} ${one.agentId}`, one);
  }
  return [...asked.values()];
}

function requireOpen(loaded: LoadedFacts | undefined, principal: Principal, now: Date): LoadedFacts {
  const isTheirs = principal.scope !== 'agent' || loaded?.facts.call.agentId === principal.agent?.id;
  if (loaded === undefined || !isTheirs) throw new AppError('not_found', 'There is no such call.');
  const endedAt = loaded.endedAt ?? loaded.facts.call.endsAt;
  if (endedAt <= now.getTime()) throw new AppError('call_ended', 'This call has ended. Open a new one.');
  return loaded;
}
