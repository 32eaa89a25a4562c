import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { NOBODY } from '../holders/person.ts';
import type { CodeBinding } from '../policy/binding.ts';
import type { Level } from '../policy/vocabulary.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import { CodeBudgets } from './code-budgets.service.ts';
import { deriveCode, isSameCode } from './code-derivation.ts';
import type { SupportCodeEntity } from './support-code.entity.ts';
import { SupportCodesRepository } from './support-codes.repository.ts';

/** What its owner is shown, and reads out on the phone. */
export interface SupportCode {
  readonly code: string;
  /** Of the session: what it proves on the phone, where more than 3 is not possible. */
  readonly strength: Level;
  readonly expiresAt: Date;
}

/** A try that was counted; null = at nothing, as there was no code. */
export type CountedSupportCode = SupportCodeEntity | null;

const MINUTE = 60_000;
/** Minutes in which it must be read out. */
const LIFE = 10;
const DIGITS = 6;
/**
 * A one-time code that somebody who is signed in reads out to an agent: it says who calls, as strongly as their session does.
 * Like every code it is derived, counted before it is compared, and used once; unlike the others it is sent to nobody.
 */
@Injectable()
export class SupportCodes {
  constructor(
    private readonly config: Config,
    private readonly ring: KeyRing,
    private readonly audit: AuditService,
    private readonly repository: SupportCodesRepository,
    private readonly budgets: CodeBudgets,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * A new one; the one before is dead, whoever asked for it.
   *
   * @throws AppError `proof_required` in a session of strength 1, which e-mail alone opens; `code_budget_exhausted` when so
   * many wrong codes were tried today that no code would be compared; `unauthenticated` when the session ended meanwhile
   */
  issue(principal: Principal): Promise<SupportCode> {
    return this.audit.record(async (tx, now) => {
      const person = signedInOf(principal);
      const { strength, expiresAt } = await this.sessions.require(tx, person);
      if (strength < 2) {
        throw new AppError('proof_required', 'An e-mail says too little of who calls. Show it with a telephone first.');
      }
      await this.budgets.requireTry(tx, now, { personId: person.id });
      // A session that nobody uses ends by itself, and its code not after it.
      const minutes = Math.min(LIFE, this.config.sessionIdleMinutes);
      const row: SupportCodeEntity = {
        personId: person.id,
        id: randomUUID(),
        sessionId: person.sessionId,
        sessionStrength: strength,
        keyId: this.ring.currentKeyId,
        tries: 0,
        issuedAt: now,
        expiresAt: new Date(Math.min(now.getTime() + minutes * MINUTE, expiresAt.getTime())),
        usedAt: null,
      };
      await this.repository.replace(tx, row);
      const body = { supportCodeId: row.id, strength, expiresAt: row.expiresAt };
      const entry = { kind: 'support_code.issued', actor: actorOf(principal), personIds: [person.id], body };
      return { result: this.#shown(row), entries: [entry] };
    });
  }

  /** The one that was asked for in this very session; null when there is none that could still be used. */
  own(principal: Principal): Promise<SupportCode | null> {
    return this.audit.record(async (tx, now) => {
      const { id, sessionId } = signedInOf(principal);
      const row = await this.repository.find(tx, id, now);
      const isShown = row !== null && row.sessionId === sessionId && this.ring.has(row.keyId);
      return { result: isShown ? this.#shown(row) : null, entries: [] };
    });
  }

  /**
   * Counts a try at the code of this person, before it is compared. The budget has been counted before.
   *
   * @param personId null = somebody unknown: the same statement, which finds nothing
   */
  takeTry(tx: EntityManager, now: Date, personId: string | null): Promise<CountedSupportCode> {
    return this.repository.takeTry(tx, personId ?? NOBODY, now);
  }

  /**
   * Compares what was read out with the code whose try was counted, and uses that up.
   *
   * @returns whether it was right, and how strong a session it proves: null when it is wrong, or was used or ended meanwhile
   */
  async take(
    tx: EntityManager,
    now: Date,
    counted: CountedSupportCode,
    presented: string,
  ): Promise<{ readonly isRight: boolean; readonly strength: Level | null }> {
    const isKnown = counted !== null && this.ring.has(counted.keyId);
    // The same work for nobody, whose code is never right.
    const isSame = isSameCode(this.#valueOf(isKnown ? counted : this.#decoy()), presented);
    if (!isKnown || !isSame) return { isRight: false, strength: null };
    const isUsed = await this.repository.use(tx, counted, now);
    return { isRight: true, strength: isUsed ? counted.sessionStrength : null };
  }

  #shown(row: SupportCodeEntity): SupportCode {
    return { code: this.#valueOf(row), strength: row.sessionStrength, expiresAt: row.expiresAt };
  }

  #valueOf({
    id,
    personId,
    sessionId,
    keyId,
  }: Pick<SupportCodeEntity, 'id' | 'personId' | 'sessionId' | 'keyId'>): string {
    const binding: CodeBinding = {
      purpose: 'support',
      codeId: id,
      personId,
      sessionId,
      contactPointId: null,
      callId: null,
      agentId: null,
      mandateId: null,
      mandateRevision: null,
      actionKeys: [],
    };
    return deriveCode(this.ring, binding, { keyId, counter: 0, digits: DIGITS });
  }

  #decoy(): Pick<SupportCodeEntity, 'id' | 'personId' | 'sessionId' | 'keyId'> {
    return { id: randomUUID(), personId: NOBODY, sessionId: NOBODY, keyId: this.ring.currentKeyId };
  }
}
