import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { type Attempt, CodeAnswers } from '../codes/code-answers.service.ts';
import { isBySession, isLinked, isSent, type LinkedCode, stateAt, triesLeft } from '../codes/code.ts';
import { CodesService } from '../codes/codes.service.ts';
import { AppError } from '../errors.ts';
import { isApproval } from '../mandates/mandate-terms.ts';
import type { Language } from '../policy/vocabulary.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import {
  type ConfirmationPageView,
  ConfirmationsService,
  faultOf,
  type PageFault,
  unknownConfirmation,
} from './confirmations.service.ts';

/** More than can wait for one person at a time: that is what their budgets are for. */
const MOST = 20;

/**
 * What waits for the answer of somebody who is signed in. A session of strength 3 says yes without the code; a weaker one types
 * the code from the message; everybody can say no.
 */
@Injectable()
export class OwnConfirmations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly sessions: SessionsService,
    private readonly codes: CodesService,
    private readonly answers: CodeAnswers,
    private readonly confirmations: ConfirmationsService,
  ) {}

  /** The newest first. */
  async waiting(principal: Principal, language: Language): Promise<readonly ConfirmationPageView[]> {
    const codes = await this.codes.waitingFor(signedInOf(principal).id, 'action', MOST);
    return Promise.all(codes.filter(isLinked).map((code) => this.confirmations.describe(code, language)));
  }

  /** How many there are, without looking into them. */
  async countWaiting(principal: Principal): Promise<number> {
    return (await this.codes.waitingFor(signedInOf(principal).id, 'action', MOST)).length;
  }

  /** Also one that has ended, in whatever way. @throws AppError `not_found` also for what is somebody else's */
  async get(id: string, principal: Principal, language: Language): Promise<ConfirmationPageView> {
    return this.confirmations.describe(await this.#require(id, principal), language);
  }

  /**
   * The holder's yes. A wrong code is an answer, not an error.
   *
   * @param typed what a session below strength 3 must show; nobody looks at it in a stronger one
   * @throws AppError `not_found`; `proof_required` without a code in a session that is below 3, or was last proved more than
   * 10 minutes ago
   */
  async approve(id: string, principal: Principal, typed: string | null): Promise<Attempt> {
    const asked = await this.#require(id, principal);
    if (needsStronger(asked, principal)) {
      throw new AppError('proof_required', 'Sign in at strength 3 or more: there is no code for this.');
    }
    if (!isApproval(principal)) {
      if (typed === null) throw new AppError('proof_required', 'Type the code that you got, or sign in at strength 3.');
      return this.answers.attempt(id, typed, null, actorOf(principal), NOTHING_MORE);
    }
    return this.audit.record<Attempt>(async (tx, now) => {
      await this.sessions.requireProof(tx, now, signedInOf(principal), 'change');
      const approved = await this.answers.approveInSession(tx, now, asked.id, principal.strength, actorOf(principal));
      if (approved !== null && isSent(approved.code)) {
        return { result: { accepted: true, code: approved.code }, entries: [approved.entry] };
      }
      const code = await this.codes.require(tx, id);
      const state = stateAt(code, now);
      const refusal = { accepted: false, state, triesLeft: triesLeft(code, now), isBudgetSpent: false } as const;
      return { result: refusal, entries: [] };
    });
  }

  /** The same as on the page behind a message. Null: it was a yes. @throws AppError as {@link approve} */
  async approveOnPage(id: string, principal: Principal, typed: string): Promise<PageFault | null> {
    const asked = await this.#require(id, principal);
    if (!isApproval(principal) && !needsStronger(asked, principal) && typed.trim() === '') return 'empty';
    return faultOf(await this.approve(id, principal, typed));
  }

  /** The holder's no, and on wish a block of the caller: as on the page behind the message. @throws AppError `not_found` */
  async decline(id: string, principal: Principal, alsoBlock: boolean): Promise<void> {
    await this.confirmations.decline(await this.#require(id, principal), alsoBlock, actorOf(principal));
  }

  async #require(id: string, principal: Principal): Promise<LinkedCode> {
    const code = await this.codes.find(this.dataSource.manager, id);
    const isOwn = code?.purpose === 'action' && code.personId === signedInOf(principal).id;
    if (!isOwn || !isLinked(code)) throw unknownConfirmation();
    return code;
  }
}

/** No code was sent, and this session says no yes without one. */
export function needsStronger(code: LinkedCode, principal: Principal): boolean {
  return isBySession(code) && (!isApproval(principal) || principal.strength < code.level);
}

/** The yes itself is the fact that the next check finds. */
const NOTHING_MORE = (): Promise<readonly []> => Promise.resolve([]);
