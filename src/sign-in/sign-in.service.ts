import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { Config } from '../config/config.ts';
import type { Code, CodeAddress } from '../codes/code.ts';
import { CodeAnswers } from '../codes/code-answers.service.ts';
import { CodeRoads } from '../codes/code-roads.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { BlindIndex } from '../crypto/blind-index.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { normaliseValue, tidy } from '../holders/normalise.ts';
import { countryOf, isFixedLine, type E164 } from '../holders/phone-number.ts';
import { MessagesService } from '../messages/messages.service.ts';
import type { QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import type { PersonId } from '../policy/ids.ts';
import { routeLevel } from '../policy/strength.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import type { SignedIn } from '../auth/principal.ts';
import type { Proof } from '../sessions/session.ts';
import { type OpenedSession, SessionsService } from '../sessions/sessions.service.ts';
import { SignInsRepository } from './sign-ins.repository.ts';

/** With what somebody wants to sign in, as they typed it. */
export interface SignInRequest {
  /** A phone number or an e-mail address. */
  readonly contact: string;
  /** Needed only where several people share that; null = not named. */
  readonly customer: string | null;
  /** Have the code spoken. */
  readonly isSpoken: boolean;
}

/** What the one who asks is told: the same whether or not anybody gets the code. */
export interface AskedSignIn {
  readonly id: string;
  readonly route: CodeRoute;
  readonly digits: number;
  readonly expiresAt: Date;
}

export type SignInAttempt =
  ({ readonly accepted: true } & OpenedSession) | { readonly accepted: false; readonly triesLeft: number };

interface Claim {
  readonly kind: 'phone' | 'email';
  readonly indexed: string;
  readonly route: CodeRoute;
}

/** How the audit names somebody of whom nothing is known yet. */
const VISITOR = 'visitor';
/** The strength that a sign-in asks of its code: any road will do, and the session is worth what the road is. */
const ANY = 1;

/**
 * Signing in with a code to a phone number or an e-mail address that has aged. Known or unknown, asking and trying take the
 * same work and get the same answer: who is a customer here is not for a visitor to find out.
 */
@Injectable()
export class SignInService implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly index: BlindIndex,
    private readonly codes: CodesService,
    private readonly roads: CodeRoads,
    private readonly answers: CodeAnswers,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
    private readonly sessions: SessionsService,
    private readonly repository: SignInsRepository,
  ) {}

  onModuleInit(): void {
    this.roads.provideSignIns((tx, now, code) => this.addressOf(tx, now, code));
    this.messages.provide('sign_in_code', (message) => this.onMessage(message));
    this.messages.onUndeliverable('sign_in_code', ({ codeId, codeCounter }, fault) =>
      codeId === null || codeCounter === null
        ? Promise.resolve()
        : this.codes.markUndeliverable(codeId, codeCounter, fault),
    );
  }

  /**
   * Asks for a code. Whether it goes anywhere is found out afterwards.
   *
   * @throws AppError `validation_failed` when the contact is neither a phone number nor an e-mail address,
   * `code_budget_exhausted` after too many for this contact, known or not
   */
  ask({ contact, customer, isSpoken }: SignInRequest): Promise<AskedSignIn> {
    const claim = this.read(contact, isSpoken);
    return this.audit.record(async (tx, now) => {
      const { result: code, entry } = await this.codes.issue(tx, now, {
        purpose: 'sign_in',
        personId: null,
        callId: null,
        agentId: null,
        callerId: null,
        // A key of its own: budgets of visitors meet no contact point.
        claimKeys: [this.index.of('claim', JSON.stringify(['sign_in', claim.kind, claim.indexed]))],
        mandate: null,
        actions: [],
        details: [],
        digits: 6,
        level: ANY,
        route: claim.route,
        actor: VISITOR,
      });
      await this.repository.insert(tx, {
        codeId: code.id,
        kind: claim.kind,
        valueIndex: this.index.of(claim.kind, claim.indexed),
        customerIndex: customer === null || tidy(customer) === '' ? null : this.customerIndex(tidy(customer)),
        askedAt: now,
      });
      const { id, route, digits, expiresAt } = code;
      return { result: { id, route, digits, expiresAt }, entries: [entry] };
    });
  }

  /**
   * One try. A right one opens a session worth what the code's road proves: 2 by phone, 1 by e-mail; or it proves once
   * more who is signed in.
   *
   * @param current the session that it is for; null = a new one
   * @throws AppError `not_found` for an id that nobody was given, or when the code is somebody else's than the session
   */
  async attempt(id: string, typed: string, current: SignedIn | null = null): Promise<SignInAttempt> {
    await this.requireSignIn(id);
    let opened: OpenedSession | undefined;
    const attempt = await this.answers.attempt(id, typed, null, VISITOR, async (tx, now, approved) => {
      const { route, contactPointId } = approved;
      const personId = approved.personId as PersonId;
      if (current !== null && current.id !== personId) throw noSuchSignIn();
      // A letter is no road for signing in: see `read`.
      const method = route === 'letter' ? 'email' : route;
      const proof: Proof = { method, level: routeLevel(route), contactPointId };
      const { session, token, entries } =
        current === null
          ? await this.sessions.open(tx, now, personId, proof)
          : await this.sessions.prove(tx, now, { id: current.sessionId, personId }, proof);
      opened = { session, token };
      return entries;
    });
    if (!attempt.accepted) return { accepted: false, triesLeft: attempt.triesLeft };
    if (opened === undefined) throw new Error('a right code opened no session');
    return { accepted: true, ...opened };
  }

  private async requireSignIn(id: string): Promise<void> {
    const code = await this.codes.find(this.dataSource.manager, id);
    if (code?.purpose !== 'sign_in') throw noSuchSignIn();
  }

  private read(contact: string, isSpoken: boolean): Claim {
    const email = contact.includes('@') ? normaliseValue('email', contact) : null;
    if (email !== null) return { kind: 'email', indexed: email.indexed, route: 'email' };
    const phone = contact.includes('@') ? null : normaliseValue('phone', contact);
    if (phone !== null && this.isReachable(phone.value as E164)) {
      const route = isSpoken || isFixedLine(phone.value as E164) ? 'voice' : 'sms';
      return { kind: 'phone', indexed: phone.indexed, route };
    }
    const countries = this.config.allowedCountries.join(', ');
    throw new AppError('validation_failed', 'This is no contact point that a code can be sent to.', {
      faults: [
        {
          pointer: '/contact',
          detail: `must be an e-mail address, or a phone number of one of these countries: ${countries}`,
        },
      ],
    });
  }

  private isReachable(number: E164): boolean {
    const country = countryOf(number);
    return country !== null && this.config.allowedCountries.includes(country);
  }

  /**
   * Exactly one person must be meant: a number that several people share opens nothing without a customer number. It must
   * have aged, like everything that a code goes to.
   */
  private async addressOf(tx: EntityManager, now: Date, code: Code): Promise<CodeAddress | null> {
    const asked = await this.repository.find(tx, code.id);
    if (asked === null) return null;
    const found = await this.holders.pointsByIndex(tx, asked.kind, asked.valueIndex);
    // Software and the dead sign in nowhere, and an organisation with contact persons through those alone.
    const out = await this.sessions.absent(
      tx,
      found.map(({ personId }) => personId),
    );
    const points = found.filter(({ personId }) => !out.includes(personId));
    const { customerIndex } = asked;
    const meant = points.filter(
      ({ crmRef }) => customerIndex === null || this.customerIndex(crmRef).equals(customerIndex),
    );
    const [only] = meant;
    if (only === undefined || meant.length > 1) return null;
    const usable = await this.holders.usableContactPoints(tx, only.personId, now, { kinds: [asked.kind] });
    if (!usable.some((point) => point.id === only.id)) return null;
    return { route: code.route, contactPointId: only.id, personId: only.personId };
  }

  /** Customer numbers are read off a bill: case and blanks don't count. */
  private customerIndex(customer: string): Buffer {
    return this.index.of('claim', JSON.stringify(['customer', customer.replaceAll(/\s/g, '').toLowerCase()]));
  }

  private async onMessage({ codeId, codeCounter }: QueuedMessage): Promise<TemplateValues['sign_in_code'] | 'drop'> {
    const code = codeId === null ? null : await this.codes.find(this.dataSource.manager, codeId);
    const value = code === null ? null : this.codes.valueOf(code, codeCounter, await this.codes.clock());
    return code === null || value === null ? 'drop' : { code: value, expiresAt: code.expiresAt };
  }
}

function noSuchSignIn(): AppError {
  return new AppError('not_found', 'There is no such sign-in. Ask for a new code.');
}
