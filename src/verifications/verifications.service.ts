import { randomUUID } from 'node:crypto';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { normaliseCode } from '../codes/code-derivation.ts';
import type { Code } from '../codes/code.ts';
import { CodeBudgets, ownerOf } from '../codes/code-budgets.service.ts';
import { CodeLinks } from '../codes/code-links.service.ts';
import { type Attempt, CodeAnswers } from '../codes/code-answers.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { Config } from '../config/config.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { type Decoy, HoldersService } from '../holders/holders.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import type { QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import type { AuthenticatorEntity } from './authenticator.entity.ts';
import { enrolmentOf, fittingStep, newTotpSecret, type TotpEnrolment } from './totp.ts';
import { VerificationsRepository } from './verifications.repository.ts';

/** No person has this id. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface Enrolment extends TotpEnrolment {
  readonly id: string;
}

/** Whether what a caller showed was right. */
export interface TotpAnswer {
  readonly accepted: boolean;
}

/** Who is on the line: codes to the caller's own number, and authenticator apps. */
@Injectable()
export class VerificationsService implements OnModuleInit {
  /** What is opened for whoever has no app. Its secret is thrown away. */
  private readonly decoy: Decoy;

  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: VerificationsRepository,
    private readonly calls: CallsService,
    private readonly codes: CodesService,
    private readonly answers: CodeAnswers,
    private readonly budgets: CodeBudgets,
    private readonly links: CodeLinks,
    private readonly holders: HoldersService,
    private readonly agents: AgentsService,
    private readonly messages: MessagesService,
    private readonly notices: Notices,
  ) {
    this.decoy = holders.sealDecoy(newTotpSecret(), secretPlace(NOBODY));
  }

  onModuleInit(): void {
    this.messages.provide('verification_code', (message) => this.onMessage(message));
    this.messages.provideAddressing((codeId, counter) => this.codes.address(codeId, counter));
    this.messages.provide('authenticator_changed', async ({ parameters: { change, changedAt } }) => ({
      change: change === 'removed' ? 'removed' : 'added',
      changedAt: new Date(String(changedAt)),
    }));
    this.messages.onUndeliverable('verification_code', ({ codeId, codeCounter }, fault) =>
      codeId === null || codeCounter === null
        ? Promise.resolve()
        : this.codes.markUndeliverable(codeId, codeCounter, fault),
    );
  }

  /**
   * Sends a code to the caller's own registered number, which is looked up after this was answered. A caller whom nobody
   * knows, or who has no number that aged, gets the same answer after the same work, and no code.
   *
   * @throws AppError `not_found`, `call_ended`, `code_budget_exhausted`
   */
  sendCode(callId: string, principal: Principal): Promise<Code> {
    return this.audit.record(async (tx, now) => {
      const call = await this.calls.requireOpen(tx, callId, principal, now);
      const { result, entry } = await this.codes.issue(tx, now, {
        purpose: 'verification',
        personId: call.callerId,
        callId,
        agentId: call.agentId,
        callerId: call.callerId,
        claimKeys: call.claimKeys,
        mandate: null,
        actions: [],
        details: [],
        digits: 6,
        level: 2,
        actor: actorOf(principal),
      });
      return { result, entries: [entry] };
    });
  }

  /**
   * The code that the caller read out. Right: they are identified at the strength of the road that it took.
   *
   * @throws AppError `not_found`
   */
  async attempt(callId: string, codeId: string, principal: Principal, presented: string): Promise<Attempt> {
    await this.calls.get(callId, principal);
    const code = await this.codes.find(this.dataSource.manager, codeId);
    if (code?.purpose !== 'verification' || code.callId !== callId) {
      throw new AppError('not_found', 'There is no such verification.');
    }
    const named = { callId, agentId: principal.agent?.id ?? code.agentId, actionKeys: [] };
    return this.answers.attempt(codeId, presented, named, actorOf(principal), async (tx, now, approved) => {
      const verificationId = randomUUID();
      await this.repository.insert(tx, {
        id: verificationId,
        callId,
        personId: approved.personId,
        method: 'code',
        route: approved.route,
        verifiedAt: now,
      });
      return [verifiedEntry(principal, callId, approved.personId, 'code')];
    });
  }

  /**
   * The six digits of the caller's authenticator app. Counted before they are compared; a time step is accepted once. Who
   * is unknown, or has no app that counts yet, shows a wrong one, after the same work.
   *
   * @throws AppError `not_found`, `call_ended`, `code_budget_exhausted`
   */
  async verifyTotp(callId: string, principal: Principal, presented: string): Promise<TotpAnswer> {
    const personId = await this.audit.record(async (tx, now) => {
      const call = await this.calls.requireOpen(tx, callId, principal, now);
      const owner = ownerOf({ purpose: 'verification', personId: call.callerId, callId, claimKeys: call.claimKeys });
      await this.budgets.countFailure(tx, now, owner, callId);
      return { result: call.callerId, entries: [triedEntry(principal, callId, call.callerId)] };
    });
    return this.audit.record<TotpAnswer>(async (tx, now) => {
      const isRight = await this.takeTotp(tx, now, personId, presented, true);
      if (!isRight || personId === null) return { result: { accepted: false }, entries: [] };
      await this.budgets.giveBackFailure(tx, { personId }, callId);
      await this.repository.insert(tx, {
        id: randomUUID(),
        callId,
        personId,
        method: 'totp',
        route: null,
        verifiedAt: now,
      });
      return { result: { accepted: true }, entries: [verifiedEntry(principal, callId, personId, 'totp')] };
    });
  }

  /**
   * Begins the enrolment of an authenticator app; it counts a week after its first right code. An earlier enrolment that was
   * never confirmed is replaced.
   *
   * @throws AppError `not_found`, `conflict` when the person has a confirmed one: that must be removed first
   */
  async enrol(crmRef: string, principal: Principal): Promise<Enrolment> {
    const secret = newTotpSecret();
    const id = randomUUID();
    await this.audit.record(async (tx, now) => {
      const personId = await this.requirePerson(tx, crmRef);
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
        enrolledAt: now,
        confirmedAt: null,
        usableFrom: null,
        lastStep: '-1',
        endedAt: null,
      });
      return { result: undefined, entries: [authenticatorEntry('authenticator.enrolled', principal, personId, id)] };
    });
    return { id, ...(await enrolmentOf(secret, this.config.organisationName, crmRef)) };
  }

  /**
   * The first code from the app. Its owner is told where they were reachable before, and it identifies them a week later:
   * time to say that it isn't theirs.
   */
  async confirmEnrolment(crmRef: string, principal: Principal, presented: string): Promise<TotpAnswer> {
    const personId = await this.audit.record(async (tx, now) => {
      const found = await this.requirePerson(tx, crmRef);
      const known = await this.repository.liveAuthenticator(tx, found);
      if (known === null) throw new AppError('not_found', 'No enrolment is open.');
      await this.budgets.countFailure(tx, now, { personId: found }, known.id);
      return { result: found, entries: [authenticatorEntry('authenticator.tried', principal, found, known.id)] };
    });
    return this.audit.record<TotpAnswer>(async (tx, now) => {
      const known = await this.repository.liveAuthenticator(tx, personId);
      const isRight = await this.takeTotp(tx, now, personId, presented, false);
      if (known === null || !isRight) return { result: { accepted: false }, entries: [] };
      await this.budgets.giveBackFailure(tx, { personId }, known.id);
      await this.tellOfChange(tx, now, personId, 'added');
      const entry = authenticatorEntry('authenticator.confirmed', principal, personId, known.id);
      return { result: { accepted: true }, entries: [entry] };
    });
  }

  /** Removes the person's authenticator app; removing none changes nothing. */
  remove(crmRef: string, principal: Principal): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const personId = await this.requirePerson(tx, crmRef);
      const known = await this.repository.liveAuthenticator(tx, personId);
      if (known === null) return { result: undefined, entries: [] };
      await this.repository.endAuthenticator(tx, known.id, now);
      if (known.confirmedAt !== null) await this.tellOfChange(tx, now, personId, 'removed');
      return {
        result: undefined,
        entries: [authenticatorEntry('authenticator.removed', principal, personId, known.id)],
      };
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

  /** @param personId null = somebody unknown: the same look-ups, opening and comparing, which find nothing */
  private async takeTotp(
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

  private async requirePerson(tx: EntityManager, crmRef: string): Promise<string> {
    const person = await this.holders.personByRef(tx, crmRef);
    if (person === null) throw new AppError('not_found', 'There is no such person.');
    return person.id;
  }

  private async onMessage(message: QueuedMessage): Promise<TemplateValues['verification_code'] | 'drop'> {
    const code = await this.codes.require(this.dataSource.manager, message.codeId ?? '');
    const value = this.codes.valueOf(code, message.codeCounter, await this.codes.clock());
    const agent = code.agentId === null ? null : await this.agents.byId(code.agentId);
    if (value === null || agent === null) return 'drop';
    return {
      code: value,
      agent: { role: agent.role, pseudonym: agent.pseudonym },
      expiresAt: code.expiresAt,
      link: this.links.of(code),
    };
  }
}

function isUsable({ usableFrom }: AuthenticatorEntity, now: Date): boolean {
  return usableFrom !== null && usableFrom <= now;
}

function secretPlace(authenticatorId: string): ReturnType<typeof placeOf> {
  return placeOf('authenticators', 'secret_sealed', authenticatorId);
}

function verifiedEntry(principal: Principal, callId: string, personId: string, method: string): AuditEntry {
  return { kind: 'caller.verified', actor: actorOf(principal), callId, personIds: [personId], body: { method } };
}

function triedEntry(principal: Principal, callId: string, personId: string | null): AuditEntry {
  const personIds = personId === null ? [] : [personId];
  return { kind: 'totp.tried', actor: actorOf(principal), callId, personIds, body: {} };
}

function authenticatorEntry(kind: string, principal: Principal, personId: string, authenticatorId: string): AuditEntry {
  return { kind, actor: actorOf(principal), personIds: [personId], body: { authenticatorId } };
}
