import { randomUUID } from 'node:crypto';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, type SignedIn, signedInOf } from '../auth/principal.ts';
import { normaliseCode } from '../codes/code-derivation.ts';
import { CodeBudgets } from '../codes/code-budgets.service.ts';
import { Config } from '../config/config.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { type Decoy, HoldersService } from '../holders/holders.service.ts';
import { NOBODY } from '../holders/person.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import type { PersonId } from '../policy/ids.ts';
import type { TemplateValues } from '../messages/template-values.ts';
import { type OpenedSession, SessionsService } from '../sessions/sessions.service.ts';
import type { AuthenticatorEntity } from './authenticator.entity.ts';
import { enrolmentOf, fittingStep, newTotpSecret, type TotpEnrolment } from './totp.ts';
import { VerificationsRepository } from './verifications.repository.ts';

export interface Enrolment extends TotpEnrolment {
  readonly id: string;
}

/** Whether what somebody showed was right. */
export interface ShownAnswer {
  readonly accepted: boolean;
}

export type TotpProof = ({ readonly accepted: true } & OpenedSession) | { readonly accepted: false };

/** An app that is somebody's. */
export interface Authenticator {
  readonly confirmedAt: Date;
  readonly usableFrom: Date;
}

/** Whose app it is about, and how that is known. */
interface Owner {
  readonly personId: PersonId;
  readonly crmRef: string;
  /** In which they are signed in; null = the CRM asks. */
  readonly session: SignedIn | null;
}

/** Authenticator apps: added, confirmed, shown and removed, whoever asks. */
@Injectable()
export class AuthenticatorsService implements OnModuleInit {
  /** What is opened for whoever has no app. Its secret is thrown away. */
  private readonly decoy: Decoy;

  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: VerificationsRepository,
    private readonly budgets: CodeBudgets,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
    private readonly notices: Notices,
    private readonly sessions: SessionsService,
  ) {
    this.decoy = holders.sealDecoy(newTotpSecret(), secretPlace(NOBODY));
  }

  onModuleInit(): void {
    this.messages.provide('authenticator_changed', async ({ parameters: { change, changedAt } }) => ({
      change: change === 'removed' || change === 'added_at_once' ? change : 'added',
      changedAt: new Date(String(changedAt)),
    }));
  }

  /** Somebody's confirmed app; null when they have none. */
  async find(personId: string): Promise<Authenticator | null> {
    const known = await this.repository.liveAuthenticator(this.dataSource.manager, personId);
    if (known === null || known.confirmedAt === null || known.usableFrom === null) return null;
    return { confirmedAt: known.confirmedAt, usableFrom: known.usableFrom };
  }

  /**
   * Begins to add an app. An earlier one that was never confirmed is replaced. Asked by the CRM, which proves nothing about
   * who sees the picture, it counts a week after its first right code; by its owner in a session that is worth it, at once.
   *
   * @param crmRef whose; null = of who is signed in
   * @throws AppError `not_found`, `conflict` when there is a confirmed one: that must be removed first, `proof_required`
   */
  async enrol(crmRef: string | null, principal: Principal): Promise<Enrolment> {
    const secret = newTotpSecret();
    const id = randomUUID();
    const label = await this.audit.record(async (tx, now) => {
      const { personId, session, crmRef: ref } = await this.ownerOf(tx, crmRef, principal);
      if (session !== null) await this.sessions.requireProof(tx, now, session, 'enrol');
      const known = await this.repository.liveAuthenticator(tx, personId);
      if (known !== null && known.confirmedAt !== null) {
        throw new AppError('conflict', 'This person has an authenticator app. Remove it first.');
      }
      if (known !== null) await this.repository.endAuthenticator(tx, known.id, now);
      const secretSealed = await this.holders.seal(tx, personId, secret, secretPlace(id));
      await this.repository.insertAuthenticator(tx, {
        id,
        personId,
        secretSealed,
        sessionId: session?.sessionId ?? null,
        enrolledAt: now,
        confirmedAt: null,
        usableFrom: null,
        lastStep: '-1',
        endedAt: null,
      });
      return { result: ref, entries: [authenticatorEntry('authenticator.enrolled', principal, personId, id)] };
    });
    return { id, ...(await enrolmentOf(secret, this.config.organisationName, label)) };
  }

  /** What was begun in this very session and is to be confirmed; null when nothing was. To be shown to its owner alone. */
  async pending(principal: Principal): Promise<Enrolment | null> {
    const { manager } = this.dataSource;
    const { personId, session, crmRef } = await this.ownerOf(manager, null, principal);
    const known = await this.repository.liveAuthenticator(manager, personId);
    if (known === null || known.confirmedAt !== null || known.sessionId !== session?.sessionId) return null;
    const secret = await this.secretOf(manager, known);
    return { id: known.id, ...(await enrolmentOf(secret, this.config.organisationName, crmRef)) };
  }

  /**
   * A secret for software that its holder has just declared: nobody scans a picture, and it counts at once. In the caller's
   * recorded transaction. It is told this once.
   *
   * @param sessionId in which it was declared
   */
  async issueIn(tx: EntityManager, now: Date, personId: string, sessionId: string): Promise<string> {
    const id = randomUUID();
    const secret = newTotpSecret();
    const secretSealed = await this.holders.seal(tx, personId, secret, secretPlace(id));
    const times = { enrolledAt: now, confirmedAt: now, usableFrom: now, endedAt: null };
    await this.repository.insertAuthenticator(tx, { id, personId, secretSealed, sessionId, lastStep: '-1', ...times });
    return secret;
  }

  /** Its secret is worth nothing from now on. In the caller's recorded transaction. */
  async revokeIn(tx: EntityManager, now: Date, personId: string): Promise<void> {
    const known = await this.repository.liveAuthenticator(tx, personId);
    if (known !== null) await this.repository.endAuthenticator(tx, known.id, now);
  }

  /**
   * The first code from the app. Its owner is told where they were reachable before, and their other sessions end. One that the CRM began is not confirmed
   * in a session, nor the other way about: who confirms must be who saw it.
   *
   * @throws AppError `not_found`, `proof_required`, `code_budget_exhausted`
   */
  async confirm(crmRef: string | null, principal: Principal, presented: string): Promise<ShownAnswer> {
    const { personId, sessionId } = await this.audit.record(async (tx, now) => {
      const { personId: found, session } = await this.ownerOf(tx, crmRef, principal);
      if (session !== null) await this.sessions.requireProof(tx, now, session, 'enrol');
      const known = await this.repository.liveAuthenticator(tx, found);
      const isTheirs = known !== null && known.sessionId === (session?.sessionId ?? null);
      if (!isTheirs || (session !== null && known.confirmedAt !== null)) {
        throw new AppError('not_found', 'No enrolment is open.');
      }
      await this.budgets.countFailure(tx, now, { personId: found }, known.id);
      const result = { personId: found, sessionId: session?.sessionId ?? null };
      return { result, entries: [authenticatorEntry('authenticator.tried', principal, found, known.id)] };
    });
    return this.audit.record<ShownAnswer>(async (tx, now) => {
      const known = await this.repository.liveAuthenticator(tx, personId);
      const isRight = await this.takeStep(tx, now, personId, presented, false);
      if (known === null || !isRight) return { result: { accepted: false }, entries: [] };
      await this.budgets.giveBackFailure(tx, { personId }, known.id);
      await this.tellOfChange(tx, now, personId, known.sessionId === null ? 'added' : 'added_at_once');
      const entry = authenticatorEntry('authenticator.confirmed', principal, personId, known.id);
      const others = { but: sessionId, actor: actorOf(principal) };
      return {
        result: { accepted: true },
        entries: [entry, ...(await this.sessions.endAll(tx, now, personId, others))],
      };
    });
  }

  /**
   * Removes the app, and ends the other sessions of its owner; removing none changes nothing. A fresh proof of any strength is
   * enough: whose telephone was stolen has e-mail alone.
   *
   * @throws AppError `not_found`, `proof_required`
   */
  remove(crmRef: string | null, principal: Principal): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const { personId, session } = await this.ownerOf(tx, crmRef, principal);
      if (session !== null) await this.sessions.requireProof(tx, now, session, 'change');
      const known = await this.repository.liveAuthenticator(tx, personId);
      if (known === null) return { result: undefined, entries: [] };
      await this.repository.endAuthenticator(tx, known.id, now);
      const entry = authenticatorEntry('authenticator.removed', principal, personId, known.id);
      // One that was never confirmed let nobody in.
      if (known.confirmedAt === null) return { result: undefined, entries: [entry] };
      await this.tellOfChange(tx, now, personId, 'removed');
      const others = { but: session?.sessionId ?? null, actor: actorOf(principal) };
      return { result: undefined, entries: [entry, ...(await this.sessions.endAll(tx, now, personId, others))] };
    });
  }

  /**
   * After a restore that lost something: perhaps its owner had it removed meanwhile, as the phone was stolen. Nobody is told:
   * who still has theirs enrols it anew.
   */
  async endPage(
    tx: EntityManager,
    now: Date,
    after: string,
    actor: string,
  ): Promise<{
    readonly last: string | null;
    readonly entries: readonly AuditEntry[];
    readonly ownerRefs: readonly string[];
  }> {
    const { last, ended } = await this.repository.endPage(tx, now, after);
    const entries = ended.map(({ id, personId }) => ({
      kind: 'authenticator.removed',
      actor,
      personIds: [personId],
      body: { authenticatorId: id, reason: 'restored' },
    }));
    return { last, entries, ownerRefs: ended.map(({ ownerRef }) => ownerRef) };
  }

  /**
   * The six digits, as another proof by who is signed in. Counted before they are compared; a time step is accepted once.
   *
   * @throws AppError `code_budget_exhausted`, `unauthenticated` when the session ended meanwhile
   */
  async prove(principal: Principal, presented: string): Promise<TotpProof> {
    const { id: personId, sessionId } = signedInOf(principal);
    await this.audit.record(async (tx, now) => {
      await this.budgets.countFailure(tx, now, { personId }, sessionId);
      const entry = { kind: 'totp.tried', actor: actorOf(principal), personIds: [personId], body: {} };
      return { result: undefined, entries: [entry] };
    });
    return this.audit.record<TotpProof>(async (tx, now) => {
      if (!(await this.take(tx, now, personId, presented))) return { result: { accepted: false }, entries: [] };
      await this.budgets.giveBackFailure(tx, { personId }, sessionId);
      const proof = { method: 'totp', level: 2 } as const;
      const { entries, ...opened } = await this.sessions.prove(tx, now, { id: sessionId, personId }, proof);
      return { result: { accepted: true, ...opened }, entries };
    });
  }

  /**
   * Whether these are the digits of this person's app now, which then never are again. In the caller's transaction; the try
   * has been counted before.
   *
   * @param personId null = somebody unknown: the same look-ups, opening and comparing, which find nothing
   */
  take(tx: EntityManager, now: Date, personId: string | null, presented: string): Promise<boolean> {
    return this.takeStep(tx, now, personId, presented, true);
  }

  private async takeStep(
    tx: EntityManager,
    now: Date,
    personId: string | null,
    presented: string,
    mustBeUsable: boolean,
  ): Promise<boolean> {
    const authenticator = await this.repository.liveAuthenticator(tx, personId ?? NOBODY);
    const secret =
      authenticator === null ? await this.holders.openDecoy(tx, this.decoy) : await this.secretOf(tx, authenticator);
    const step = fittingStep(secret, normaliseCode(presented), now, Number(authenticator?.lastStep ?? -1));
    if (authenticator === null || (mustBeUsable && !isUsable(authenticator, now))) return false;
    return step !== null && this.repository.takeStep(tx, authenticator.id, step, now);
  }

  private secretOf(tx: EntityManager, { id, personId, secretSealed }: AuthenticatorEntity): Promise<string> {
    return this.holders.open(tx, personId, secretSealed, secretPlace(id));
  }

  private async tellOfChange(
    tx: EntityManager,
    now: Date,
    personId: string,
    change: TemplateValues['authenticator_changed']['change'],
  ): Promise<void> {
    const parameters = { change, changedAt: now.toISOString() };
    await this.notices.send(tx, now, personId, { template: 'authenticator_changed', parameters });
  }

  private async ownerOf(tx: EntityManager, crmRef: string | null, principal: Principal): Promise<Owner> {
    if (crmRef === null) {
      const session = signedInOf(principal);
      const { crmRef: ref } = await this.holders.describe(tx, session.id);
      return { personId: session.id, crmRef: ref, session };
    }
    const person = await this.holders.personByRef(tx, crmRef);
    if (person === null) throw new AppError('not_found', 'There is no such person.');
    return { personId: person.id, crmRef, session: null };
  }
}

function isUsable({ usableFrom }: AuthenticatorEntity, now: Date): boolean {
  return usableFrom !== null && usableFrom <= now;
}

function secretPlace(authenticatorId: string): ReturnType<typeof placeOf> {
  return placeOf('authenticators', 'secret_sealed', authenticatorId);
}

function authenticatorEntry(kind: string, principal: Principal, personId: string, authenticatorId: string): AuditEntry {
  return { kind, actor: actorOf(principal), personIds: [personId], body: { authenticatorId } };
}
