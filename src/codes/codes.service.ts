import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { metrics } from '../http/metrics.ts';
import type { DeliveryFault } from '../messages/delivery.ts';
import type { Way } from '../messages/delivery-routes.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import { CodeBudgets, ownerOf } from './code-budgets.service.ts';
import { bindingOf, deriveCode, requireKey } from './code-derivation.ts';
import { entryOf } from './code-entry.ts';
import { CodeRoads } from './code-roads.service.ts';
import {
  type CancelledCode,
  type Code,
  CODE_PURPOSES,
  type CodePurpose,
  isSent,
  LETTER,
  mayBeDecoy,
  type SentCode,
  stateAt,
} from './code.ts';
import type { ActionDetails, CodeRequest } from './code-request.ts';
import { CodesRepository } from './codes.repository.ts';

/** Digits of a code about a mandate that does not come by post. */
const MANDATE_DIGITS = 6;
const DAY = 24 * 60 * 60_000;

/** The life of a one-time code but for its answer: issued, resent, rerouted, shown, ended. */
@Injectable()
export class CodesService {
  constructor(
    private readonly config: Config,
    private readonly ring: KeyRing,
    private readonly repository: CodesRepository,
    private readonly budgets: CodeBudgets,
    private readonly holders: HoldersService,
    private readonly roads: CodeRoads,
    private readonly audit: AuditService,
  ) {
    for (const purpose of CODE_PURPOSES) {
      for (const event of ['failed', 'approved']) metrics.codes.inc({ purpose, event }, 0);
    }
  }

  /**
   * Makes a code and queues its message, in the caller's transaction. An open code of the same person, call, mandate and
   * purpose is superseded: nobody has to guess which of two messages counts.
   *
   * A verification for somebody who is unknown, or can't be reached, is a decoy with the same life, budgets and answers, after
   * the same work: whether this desk knows a caller is not for the caller to find out. So where it goes is looked up later.
   * The same is true of whoever wants to sign in.
   *
   * @throws AppError `no_usable_contact_point` but for those two, `code_budget_exhausted`
   */
  async issue(
    tx: EntityManager,
    now: Date,
    request: CodeRequest,
  ): Promise<{ readonly result: Code; readonly entry: AuditEntry }> {
    const question = { ...request, mandateId: request.mandate?.id ?? null };
    const isLookedUpLater = mayBeDecoy(request.purpose);
    const { pointId, isSpoken = false } = request;
    const ways = isLookedUpLater
      ? []
      : pointId === undefined
        ? await this.roads.waysTo(tx, now, question)
        : await this.roads.waysToPoint(tx, pointId, isSpoken);
    const way = ways.find(({ route }) => route === (request.route ?? route)) ?? null;
    if (way === null && !isLookedUpLater) throw noUsablePoint(ways);
    const { personId } = request;
    const id = randomUUID();
    await this.budgets.requireSend(tx, now, ownerOf(request));
    const superseded = await this.supersede(tx, now, question);
    const route = way?.route ?? request.route ?? (await this.roads.usualRoute(tx));
    const code: Code = {
      id,
      purpose: request.purpose,
      personId,
      contactPointId: way?.point.id ?? null,
      route,
      level: request.level,
      callId: request.callId,
      agentId: request.agentId,
      callerId: request.callerId,
      claimKeys: request.claimKeys,
      mandateId: request.mandate?.id ?? null,
      mandateRevision: request.mandate?.revision ?? null,
      actions: request.actions,
      detailsSealed: await this.sealDetails(tx, id, personId, request.details),
      keyId: this.ring.currentKeyId,
      digits: route === 'letter' ? LETTER.digits : request.digits,
      counter: 0,
      tries: 0,
      state: 'pending',
      sessionStrength: null,
      issuedAt: now,
      expiresAt: this.expiry(now, route),
      answeredAt: null,
    };
    await this.repository.insert(tx, code);
    await this.send(tx, code, now);
    return {
      result: code,
      entry: entryOf('code.issued', code, request.actor, {
        route: way?.route ?? null,
        digits: code.digits,
        expiresAt: code.expiresAt,
        actions: code.actions.map((action) => action.name),
        mandateId: code.mandateId,
        mandateRevision: code.mandateRevision,
        superseded,
      }),
    };
  }

  /**
   * Looks up where a verification goes, and queues its message; a decoy's turn passes. Nobody waits for it, so nobody learns
   * from it. Asked twice, it does it once.
   */
  address(id: string, counter: number): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const nothing = { result: undefined, entries: [] };
      const known = await this.repository.find(tx, id);
      const address = known === null ? null : await this.roads.addressOf(tx, now, known);
      if (address === null) return nothing;
      const code = await this.repository.address(tx, id, counter, address, now);
      if (code === null || !isSent(code)) return nothing;
      await this.roads.enqueue(tx, code, now);
      return { result: undefined, entries: [entryOf('code.addressed', code, 'system', { route: code.route })] };
    });
  }

  /**
   * A new value for an open code; the old one is dead. Neither tries nor budgets are given back.
   *
   * @throws AppError `not_found`, `invalid_state` when the code is no longer open or its key is gone, `code_budget_exhausted`
   */
  resend(id: string, actor: string): Promise<Code> {
    return this.audit.record(async (tx, now) => {
      const code = await this.require(tx, id);
      requireKey(this.ring, code);
      await this.budgets.requireSend(tx, now, ownerOf(code));
      const raised = await this.repository.raiseCounter(tx, id, now, this.expiry(now, code.route));
      if (raised === null) throw new AppError('invalid_state', 'This code is no longer open. Ask for a new one.');
      await this.send(tx, raised, now);
      return { result: raised, entries: [resentEntry(raised, actor)] };
    });
  }

  /**
   * The same question by another road, while it is open or after its message could not be delivered. A new value, bound to
   * where it now goes; the old one is dead. Neither tries nor budgets are given back, and what the yes must be worth stays.
   *
   * @throws AppError `not_found`, `invalid_state` when the question is no longer open or its mandate has changed,
   * `no_usable_contact_point` when this road leads nowhere, `code_budget_exhausted`
   */
  async reroute(
    tx: EntityManager,
    now: Date,
    id: string,
    route: CodeRoute,
    actor: string,
  ): Promise<{ readonly result: Code; readonly entry: AuditEntry }> {
    const known = await this.require(tx, id);
    if (known.mandateId !== null) await this.repository.lockMandate(tx, known.mandateId);
    await this.budgets.requireSend(tx, now, ownerOf(known));
    // Read again: whoever held the budget before us may have changed it.
    const code = await this.require(tx, id);
    const current = await this.repository.currentBinding(tx, code);
    if (current.mandateRevision !== code.mandateRevision) throw notReroutable();
    const ways = await this.roads.nextWays(tx, now, code);
    const way = ways.find((one) => one.route === route);
    if (way === undefined) throw noUsablePoint(ways);
    // One that was asked meanwhile would leave two codes to choose from.
    if (code.state === 'undeliverable') await this.supersede(tx, now, code);
    const rerouted = await this.repository.reroute(
      tx,
      id,
      {
        route,
        contactPointId: way.point.id,
        digits: route === 'letter' ? LETTER.digits : code.digits === LETTER.digits ? MANDATE_DIGITS : code.digits,
        expiresAt: this.expiry(now, route),
      },
      now,
    );
    if (rerouted === null) throw notReroutable();
    await this.send(tx, rerouted, now);
    return { result: rerouted, entry: resentEntry(rerouted, actor) };
  }

  /** Other roads for this question now, the best first: not the one that it is on, nor one on which it failed. */
  async nextRoutes(manager: EntityManager, now: Date, code: Code): Promise<readonly CodeRoute[]> {
    const state = stateAt(code, now);
    if (!isSent(code) || (state !== 'pending' && state !== 'undeliverable')) return [];
    return (await this.roads.nextWays(manager, now, code)).map(({ route }) => route);
  }

  /** @throws AppError `not_found`, `invalid_state` */
  cancel(id: string, actor: string): Promise<Code> {
    return this.audit.record(async (tx, now) => {
      await this.require(tx, id);
      const cancelled = await this.cancelOne(tx, now, id, actor);
      if (cancelled === null) throw new AppError('invalid_state', 'This code is no longer open.');
      return { result: cancelled.code, entries: [cancelled.entry] };
    });
  }

  /** Null when something else ended it first: then that stands. */
  async cancelOne(
    tx: EntityManager,
    now: Date,
    id: string,
    actor: string,
  ): Promise<{ readonly code: Code; readonly entry: AuditEntry } | null> {
    const code = await this.repository.settle(tx, id, 'cancelled', now);
    return code === null ? null : { code, entry: entryOf('code.cancelled', code, actor, {}) };
  }

  /** After a restore that lost something: nobody knows which were answered meanwhile. */
  async cancelPage(
    tx: EntityManager,
    now: Date,
    after: string,
    actor: string,
  ): Promise<{ readonly last: string | null; readonly entries: readonly AuditEntry[] }> {
    const { last, cancelled } = await this.repository.cancelPage(tx, now, after);
    return { last, entries: cancelled.map((code) => entryOf('code.cancelled', code, actor, { reason: 'restored' })) };
  }

  /** Open codes about a mandate die with its every change. */
  cancelOfMandate(tx: EntityManager, now: Date, mandateId: string): Promise<readonly string[]> {
    return this.repository.settleOpen(tx, { mandateId }, 'cancelled', now);
  }

  /** Open codes to a person die when nothing may be asked of them any more. */
  cancelOfPerson(tx: EntityManager, now: Date, personId: string): Promise<readonly string[]> {
    return this.repository.cancelOfPerson(tx, personId, now);
  }

  /** Open codes of a call die with it. */
  cancelOfCall(tx: EntityManager, now: Date, callId: string): Promise<readonly string[]> {
    return this.repository.settleOpen(tx, { callId }, 'cancelled', now);
  }

  /** Every open code that this agent asked for dies, in calls and out of them. */
  cancelOfAgent(tx: EntityManager, now: Date, agentId: string): Promise<readonly CancelledCode[]> {
    return this.repository.cancelOfAgent(tx, agentId, now);
  }

  /**
   * The message could not be delivered and no later one is under way. One that may be a decoy stays open all the same: nobody
   * can ask where it went, and a code that ended by itself would tell that it had gone somewhere.
   */
  markUndeliverable(id: string, counter: number, fault: DeliveryFault): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const known = await this.repository.find(tx, id);
      if (known?.counter !== counter) return { result: undefined, entries: [] };
      const code = mayBeDecoy(known.purpose) ? known : await this.repository.settle(tx, id, 'undeliverable', now);
      if (code === null) return { result: undefined, entries: [] };
      const body = { route: code.route, fault };
      return { result: undefined, entries: [entryOf('code.undeliverable', code, 'system', body)] };
    });
  }

  /** The open code with which the holder confirms this mandate; null when there is none. */
  openAbout(mandateId: string, manager?: EntityManager): Promise<string | null> {
    return this.repository.openAbout(mandateId, manager);
  }

  /** What somebody is asked and has not answered, the newest first. */
  waitingFor(personId: string, purpose: CodePurpose, limit: number): Promise<readonly Code[]> {
    return this.repository.waitingFor(personId, purpose, limit);
  }

  /** What was asked in a call, the newest first. */
  ofCall(manager: EntityManager, callId: string, purpose: CodePurpose, limit: number): Promise<readonly Code[]> {
    return this.repository.ofCall(manager, callId, purpose, limit);
  }

  /** The letter with the code by which this person says on the phone who they are; null when none is under way, or its key is gone. */
  async openLetterTo(manager: EntityManager, personId: string, now: Date): Promise<Code | null> {
    const letter = await this.repository.openLetterTo(manager, personId, now);
    return letter !== null && this.ring.has(letter.keyId) ? letter : null;
  }

  /** Null when unknown. */
  find(manager: EntityManager, id: string): Promise<Code | null> {
    return this.repository.find(manager, id);
  }

  /** See {@link CodesRepository.findQuestion}. */
  findQuestion(manager: EntityManager, id: string, agentId: string | null): Promise<Code | null> {
    return this.repository.findQuestion(manager, id, agentId);
  }

  /** The database's clock: what a code's state is measured by, also when it is only shown. */
  clock(): Promise<Date> {
    return this.repository.clock();
  }

  /** @throws AppError `not_found` */
  async require(tx: EntityManager, id: string): Promise<SentCode> {
    const code = await this.known(tx, id);
    if (!isSent(code)) throw unknownCode();
    return code;
  }

  /** A decoy too. @throws AppError `not_found` */
  async known(tx: EntityManager, id: string): Promise<Code> {
    const code = await this.repository.find(tx, id);
    if (code === null) throw unknownCode();
    return code;
  }

  /** The value to send, derived now; null when it need not be sent any more. */
  valueOf(code: Code, counter: number | null, now: Date): string | null {
    if (code.counter !== counter || stateAt(code, now) !== 'pending' || !this.ring.has(code.keyId)) return null;
    return deriveCode(this.ring, bindingOf(code), code);
  }

  /** The actions in full, as the recipient may read them. */
  async detailsOf(tx: EntityManager, code: SentCode): Promise<readonly ActionDetails[]> {
    if (code.detailsSealed === null) return [];
    const text = await this.holders.open(tx, code.personId, code.detailsSealed, detailsPlace(code.id));
    return JSON.parse(text) as ActionDetails[];
  }

  /** Ends the open codes that ask the same: at most one of them is to be answered. */
  private async supersede(
    tx: EntityManager,
    now: Date,
    { personId, purpose, callId, mandateId }: Pick<Code, 'personId' | 'purpose' | 'callId' | 'mandateId'>,
  ): Promise<readonly string[]> {
    // Who calls, asked in no call: by post.
    if (purpose === 'verification' && callId === null) {
      return personId === null ? [] : this.repository.supersedeLetters(tx, personId, now);
    }
    if (callId === null && mandateId === null) return [];
    const where = {
      ...(personId === null ? {} : { personId }),
      purpose,
      ...(callId === null ? {} : { callId }),
      ...(purpose === 'mandate' && mandateId !== null ? { mandateId } : {}),
    };
    return this.repository.settleOpen(tx, where, 'superseded', now);
  }

  private async sealDetails(
    tx: EntityManager,
    codeId: string,
    personId: string | null,
    details: readonly ActionDetails[],
  ): Promise<Buffer | null> {
    if (personId === null || details.length === 0) return null;
    return this.holders.seal(tx, personId, JSON.stringify(details), detailsPlace(codeId));
  }

  private async send(tx: EntityManager, code: Code, now: Date): Promise<void> {
    await this.budgets.addSend(tx, now, ownerOf(code), code.id);
    if (isSent(code)) await this.roads.enqueue(tx, code, now);
    else await this.roads.enqueueAddressing(tx, code);
  }

  private expiry(now: Date, route: CodeRoute): Date {
    return new Date(now.getTime() + (route === 'letter' ? LETTER.days * DAY : this.config.codeMinutes * 60_000));
  }
}

/** @param ways where it could go instead of where somebody wanted it */
function noUsablePoint(ways: readonly Way[]): AppError {
  const [first] = ways;
  const detail =
    first === undefined
      ? "No code can be sent: no road that is open today leads to a contact point that has aged and is not the caller's too."
      : `No code can be sent by this road. These are open: ${ways.map(({ route }) => route).join(', ')}.`;
  return new AppError('no_usable_contact_point', detail);
}

function notReroutable(): AppError {
  return new AppError('invalid_state', 'This question is no longer open. Ask anew.');
}

function unknownCode(): AppError {
  return new AppError('not_found', 'There is no such code.');
}

function detailsPlace(codeId: string): ReturnType<typeof placeOf> {
  return placeOf('codes', 'details_sealed', codeId);
}

function resentEntry(code: Code, actor: string): AuditEntry {
  return entryOf('code.resent', code, actor, { counter: code.counter, route: code.route });
}
