import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { routeOf } from '../holders/contact-change.ts';
import type { ContactPoint } from '../holders/contact-point.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { metrics } from '../http/metrics.ts';
import { MessagesService } from '../messages/messages.service.ts';
import type { TemplateName } from '../messages/template-values.ts';
import type { CodeBinding } from '../policy/binding.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import { bindingOf, deriveCode, isSameCode } from './code-derivation.ts';
import { CodeBudgets, ownerOf } from './code-budgets.service.ts';
import {
  type Code,
  type CodePurpose,
  type CodeState,
  isSent,
  MAXIMUM_TRIES,
  type SentCode,
  stateAt,
  triesLeft,
} from './code.ts';
import type { ActionDetails, CodeRequest } from './code-request.ts';
import { CodesRepository } from './codes.repository.ts';

/** A phone or e-mail address gets codes once it has been unchanged this long. Days. */
const CONTACT_POINT_DAYS = 7;

const TEMPLATE: Readonly<Record<CodePurpose, TemplateName>> = {
  action: 'action_code',
  mandate: 'mandate_code',
  verification: 'verification_code',
};

/** What a try named of the code's binding; any difference to what was asked is a wrong code. */
export type NamedBinding = Pick<CodeBinding, 'callId' | 'agentId' | 'actionKeys'>;

export type Attempt =
  | { readonly accepted: true; readonly code: SentCode }
  | {
      readonly accepted: false;
      readonly state: CodeState;
      readonly triesLeft: number;
      /** Refused uncompared, right or wrong: too many wrong codes were tried today, at this code or at others. */
      readonly isBudgetSpent: boolean;
    };

/** A try that was counted, with what the code's binding names of the world now; or one that was refused uncompared. */
type CountedTry =
  | { readonly code: Code; readonly current: Pick<CodeBinding, 'mandateRevision' | 'contactPointId'> }
  | { readonly code: null; readonly refusal: Extract<Attempt, { accepted: false }> };

/** What a yes does, in the transaction that consumes the code. */
export type OnApproval = (tx: EntityManager, now: Date, code: SentCode) => Promise<readonly AuditEntry[]>;

/** The life of a one-time code: issued, resent, counted, compared, consumed, refused. */
@Injectable()
export class CodesService {
  constructor(
    private readonly config: Config,
    private readonly ring: KeyRing,
    private readonly repository: CodesRepository,
    private readonly budgets: CodeBudgets,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes a code and queues its message, in the caller's transaction. An open code of the same person, call, mandate and
   * purpose is superseded: nobody has to guess which of two messages counts.
   *
   * A verification for somebody who is unknown, or can't be reached, is a decoy with the same life, budgets and answers:
   * whether this desk knows a caller is not for the caller to find out.
   *
   * @throws AppError `no_usable_contact_point` but for a verification, `code_budget_exhausted`
   */
  async issue(
    tx: EntityManager,
    now: Date,
    request: CodeRequest,
  ): Promise<{ readonly result: Code; readonly entry: AuditEntry }> {
    const point = await this.pointFor(tx, now, request);
    if (point === null && request.purpose !== 'verification') throw noUsablePoint();
    const { personId } = request;
    const id = randomUUID();
    await this.budgets.requireSend(tx, now, ownerOf(request));
    const superseded =
      request.callId === null && request.mandate === null
        ? []
        : await this.repository.settleOpen(
            tx,
            {
              ...(personId === null ? {} : { personId }),
              purpose: request.purpose,
              ...(request.callId === null ? {} : { callId: request.callId }),
              ...(request.purpose === 'mandate' && request.mandate !== null ? { mandateId: request.mandate.id } : {}),
            },
            'superseded',
            now,
          );
    const route: CodeRoute = point === null ? 'sms' : routeOf(point);
    const details = JSON.stringify(request.details);
    const code: Code = {
      id,
      purpose: request.purpose,
      personId,
      contactPointId: point?.id ?? null,
      route,
      callId: request.callId,
      agentId: request.agentId,
      callerId: request.callerId,
      mandateId: request.mandate?.id ?? null,
      mandateRevision: request.mandate?.revision ?? null,
      actions: request.actions,
      detailsSealed: personId === null ? null : await this.holders.seal(tx, personId, details, detailsPlace(id)),
      keyId: this.ring.currentKeyId,
      digits: request.digits,
      counter: 0,
      tries: 0,
      state: 'pending',
      issuedAt: now,
      expiresAt: this.expiry(now),
      answeredAt: null,
    };
    await this.repository.insert(tx, code);
    await this.send(tx, code, now);
    return {
      result: code,
      entry: entryOf('code.issued', code, request.actor, {
        route,
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
   * A new value for an open code; the old one is dead. Neither tries nor budgets are given back.
   *
   * @throws AppError `not_found`, `invalid_state` when the code is no longer open, `code_budget_exhausted`
   */
  resend(id: string, actor: string): Promise<Code> {
    return this.audit.record(async (tx, now) => {
      const code = await this.require(tx, id);
      await this.budgets.requireSend(tx, now, ownerOf(code));
      const raised = await this.repository.raiseCounter(tx, id, now, this.expiry(now));
      if (raised === null) throw new AppError('invalid_state', 'This code is no longer open. Ask for a new one.');
      await this.send(tx, raised, now);
      return { result: raised, entries: [entryOf('code.resent', raised, actor, { counter: raised.counter })] };
    });
  }

  /**
   * One try. Count, then compare, then consume: each a committed transaction of its own, so that a request that dies
   * in between has used its try up, and of many right ones exactly one counts.
   *
   * @param presented what was typed; blanks and hyphens between the digits are forgiven
   * @param named null when the holder answers on their own page, which shows the binding in full
   * @throws AppError `not_found`
   */
  async attempt(
    id: string,
    presented: string,
    named: NamedBinding | null,
    actor: string,
    onApproval: OnApproval,
  ): Promise<Attempt> {
    const counted = await this.countTry(id, actor);
    if (counted.code === null) return counted.refusal;
    const { code, current } = counted;
    const binding: CodeBinding = {
      ...bindingOf(code),
      ...current,
      ...(named ?? { callId: code.callId, agentId: code.agentId, actionKeys: code.actions.map(({ key }) => key) }),
    };
    // The same work for a decoy, which is never right.
    const isRight = isSameCode(deriveCode(this.ring, binding, code), presented) && isSent(code);
    return isRight ? this.consume(code, actor, onApproval) : this.fail(code, actor);
  }

  /** The holder's no. Null when the code was not open any more: then what ended it stands. */
  async decline(
    tx: EntityManager,
    now: Date,
    id: string,
    actor: string,
  ): Promise<{ readonly code: Code; readonly entry: AuditEntry } | null> {
    await this.repository.lockMandateOf(tx, id);
    const code = await this.repository.settle(tx, id, 'declined', now);
    return code === null ? null : { code, entry: entryOf('code.declined', code, actor, {}) };
  }

  /** @throws AppError `not_found`, `invalid_state` */
  cancel(id: string, actor: string): Promise<Code> {
    return this.audit.record(async (tx, now) => {
      await this.require(tx, id);
      const code = await this.repository.settle(tx, id, 'cancelled', now);
      if (code === null) throw new AppError('invalid_state', 'This code is no longer open.');
      return { result: code, entries: [entryOf('code.cancelled', code, actor, {})] };
    });
  }

  /** Open codes about a mandate die with its every change. */
  cancelOfMandate(tx: EntityManager, now: Date, mandateId: string): Promise<readonly string[]> {
    return this.repository.settleOpen(tx, { mandateId }, 'cancelled', now);
  }

  /** Open codes of a call die with it. */
  cancelOfCall(tx: EntityManager, now: Date, callId: string): Promise<readonly string[]> {
    return this.repository.settleOpen(tx, { callId }, 'cancelled', now);
  }

  /** The message could not be delivered and no later one is under way. */
  markUndeliverable(id: string, counter: number): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const known = await this.repository.find(tx, id);
      if (known?.counter !== counter) return { result: undefined, entries: [] };
      const code = await this.repository.settle(tx, id, 'undeliverable', now);
      return { result: undefined, entries: code === null ? [] : [entryOf('code.undeliverable', code, 'system', {})] };
    });
  }

  /** Null when unknown. */
  find(manager: EntityManager, id: string): Promise<Code | null> {
    return this.repository.find(manager, id);
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

  private async known(tx: EntityManager, id: string): Promise<Code> {
    const code = await this.repository.find(tx, id);
    if (code === null) throw unknownCode();
    return code;
  }

  /** The value to send, derived now; null when it need not be sent any more. */
  valueOf(code: Code, counter: number | null, now: Date): string | null {
    if (code.counter !== counter || stateAt(code, now) !== 'pending') return null;
    return deriveCode(this.ring, bindingOf(code), code);
  }

  /** The actions in full, as the recipient may read them. */
  async detailsOf(tx: EntityManager, code: SentCode): Promise<readonly ActionDetails[]> {
    if (code.detailsSealed === null) return [];
    const text = await this.holders.open(tx, code.personId, code.detailsSealed, detailsPlace(code.id));
    return JSON.parse(text) as ActionDetails[];
  }

  private countTry(id: string, actor: string): Promise<CountedTry> {
    return this.audit.record<CountedTry>(async (tx, now) => {
      const known = await this.known(tx, id);
      const isBudgetSpent = await this.budgets.isSpent(tx, now, ownerOf(known));
      const code = isBudgetSpent ? null : await this.repository.takeTry(tx, id, now);
      if (code === null) {
        const state = isBudgetSpent ? 'tries_exhausted' : stateAt(known, now);
        const refusal = { accepted: false, state, triesLeft: 0, isBudgetSpent } as const;
        return { result: { code, refusal }, entries: [entryOf('code.refused', known, actor, { state })] };
      }
      await this.budgets.addFailure(tx, now, ownerOf(code), id);
      const current = await this.repository.currentBinding(tx, code);
      return { result: { code, current }, entries: [entryOf('code.tried', code, actor, { tries: code.tries })] };
    });
  }

  private consume(counted: Code, actor: string, onApproval: OnApproval): Promise<Attempt> {
    return this.audit.record<Attempt>(async (tx, now) => {
      await this.repository.lockMandateOf(tx, counted.id);
      const code = await this.repository.approve(tx, counted.id, counted.counter, now);
      // It was right, if perhaps too late: no guess, whatever became of the code meanwhile.
      await this.budgets.giveBackFailure(tx, counted.id);
      if (code === null || !isSent(code)) {
        const known = await this.require(tx, counted.id);
        const state = stateAt(known, now);
        return {
          result: { accepted: false, state, triesLeft: triesLeft(known, now), isBudgetSpent: false },
          entries: [entryOf('code.refused', known, actor, { state })],
        };
      }
      const entries = await onApproval(tx, now, code);
      return { result: { accepted: true, code }, entries: [entryOf('code.approved', code, actor, {}), ...entries] };
    });
  }

  private fail(counted: Code, actor: string): Promise<Attempt> {
    return this.audit.record(async (tx, now) => {
      const isLast = counted.tries >= MAXIMUM_TRIES;
      const ended = isLast ? await this.repository.settle(tx, counted.id, 'tries_exhausted', now) : null;
      const code = ended ?? (await this.known(tx, counted.id));
      const state = stateAt(code, now);
      const result = { accepted: false, state, triesLeft: triesLeft(code, now), isBudgetSpent: false } as const;
      return { result, entries: [entryOf('code.failed', code, actor, { tries: counted.tries, state })] };
    });
  }

  /** Where the code goes; null when nowhere. */
  private async pointFor(tx: EntityManager, now: Date, request: CodeRequest): Promise<ContactPoint | null> {
    const { personId, callerId, level } = request;
    if (personId === null) return null;
    return this.holders.usableContactPoint(tx, personId, now, {
      minimumAgeDays: CONTACT_POINT_DAYS,
      kinds: level >= 2 ? ['phone'] : ['phone', 'email'],
      // Whoever asks must not be the one who reads the answer: a family's one telephone proves the caller, not the holder.
      ...(callerId === null || callerId === personId ? {} : { notSharedWith: callerId }),
    });
  }

  private async send(tx: EntityManager, code: Code, now: Date): Promise<void> {
    await this.budgets.addSend(tx, now, ownerOf(code), code.id);
    if (!isSent(code)) return;
    const { language } = await this.holders.describe(tx, code.personId);
    await this.messages.enqueue(
      tx,
      {
        template: TEMPLATE[code.purpose],
        personId: code.personId,
        contactPointId: code.contactPointId,
        route: code.route,
        language,
        codeId: code.id,
        codeCounter: code.counter,
      },
      now,
    );
  }

  private expiry(now: Date): Date {
    return new Date(now.getTime() + this.config.codeMinutes * 60_000);
  }
}

function noUsablePoint(): AppError {
  const detail = "No code can be sent: there is no contact point that has aged and is not the caller's too.";
  return new AppError('no_usable_contact_point', detail);
}

function unknownCode(): AppError {
  return new AppError('not_found', 'There is no such code.');
}

function detailsPlace(codeId: string): ReturnType<typeof placeOf> {
  return placeOf('codes', 'details_sealed', codeId);
}

function entryOf(kind: string, code: Code, actor: string, body: Record<string, unknown>): AuditEntry {
  metrics.codes.inc({ purpose: code.purpose, event: kind.slice('code.'.length) });
  return {
    kind,
    actor,
    callId: code.callId,
    personIds: [...new Set([code.personId, code.callerId].filter((id) => id !== null))],
    body: { codeId: code.id, purpose: code.purpose, ...body },
  };
}
