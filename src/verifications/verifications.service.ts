import { randomUUID } from 'node:crypto';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { type Code, LETTER, type SentCode, stateAt, triesLeft } from '../codes/code.ts';
import { CodeBudgets, ownerOf, tooManyFailures } from '../codes/code-budgets.service.ts';
import { CodeLinks } from '../codes/code-links.service.ts';
import { type Attempt, CodeAnswers } from '../codes/code-answers.service.ts';
import { CodeRoads } from '../codes/code-roads.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { SupportCodes } from '../codes/support-codes.service.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { NOBODY } from '../holders/person.ts';
import { parsePhone } from '../holders/phone-number.ts';
import { MessagesService } from '../messages/messages.service.ts';
import type { QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import { AuthenticatorsService, type ShownAnswer } from './authenticators.service.ts';
import { VerificationsRepository } from './verifications.repository.ts';

const DAY = 24 * 60 * 60_000;
/** Within this, who asks for a letter once more means the same one. Milliseconds. */
const SAME_LETTER = 60 * 60_000;

/**
 * Who is on the line: codes to the caller's own number or by post to their address, authenticator apps, and support codes from
 * the self-service.
 */
@Injectable()
export class VerificationsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: VerificationsRepository,
    private readonly calls: CallsService,
    private readonly codes: CodesService,
    private readonly answers: CodeAnswers,
    private readonly budgets: CodeBudgets,
    private readonly links: CodeLinks,
    private readonly roads: CodeRoads,
    private readonly authenticators: AuthenticatorsService,
    private readonly supportCodes: SupportCodes,
    private readonly agents: AgentsService,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
  ) {}

  onModuleInit(): void {
    this.messages.provide('verification_code', (message) => this.onMessage(message));
    this.messages.provideAddressing((codeId, counter) => this.codes.address(codeId, counter));
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
      const { result, entry } = await this.codes.issue(tx, now, { ...askedOf(call, principal), callId });
      return { result, entries: [entry] };
    });
  }

  /**
   * The same by post to their address of record, for who has no telephone. It belongs to no call: it is read out in a later one.
   *
   * @throws AppError `not_found`, `call_ended`, `code_budget_exhausted`; `no_usable_contact_point` when nobody can be sent a
   *   letter today
   */
  sendLetter(callId: string, principal: Principal): Promise<Code> {
    return this.audit.record(async (tx, now) => {
      const call = await this.calls.requireOpen(tx, callId, principal, now);
      if (!(await this.roads.isOpen(tx, 'letter'))) {
        const detail = 'No letters are sent, or no more today. Identify the caller otherwise.';
        throw new AppError('no_usable_contact_point', detail);
      }
      const asked = askedOf(call, principal);
      const open = await this.codes.openLetterTo(tx, call.callerId ?? NOBODY, now);
      if (open !== null && now.getTime() - open.issuedAt.getTime() < SAME_LETTER) {
        // Asked twice: the one that is being written stays. It counts and is answered as another one would be.
        const owner = ownerOf({ ...asked, callId });
        await this.budgets.requireSend(tx, now, owner);
        await this.budgets.addSend(tx, now, owner, open.id);
        const expiresAt = new Date(now.getTime() + LETTER.days * DAY);
        return { result: { ...open, tries: 0, expiresAt }, entries: [] };
      }
      // Who claims nothing points at nobody in any call: the budget is this call's.
      const claimKeys = call.callerId === null && call.claimKeys.length === 0 ? [Buffer.from(callId)] : call.claimKeys;
      const { result, entry } = await this.codes.issue(tx, now, { ...asked, claimKeys, callId: null, route: 'letter' });
      return { result, entries: [{ ...entry, callId }] };
    });
  }

  /**
   * The letter to whom this call is with identifies nobody any more: they did not ask for it, or lost it. To take something away
   * needs no proof. The same where there is none.
   *
   * @throws AppError `not_found`, `call_ended`
   */
  cancelLetter(callId: string, principal: Principal): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const call = await this.calls.requireOpen(tx, callId, principal, now);
      const letter = await this.codes.openLetterTo(tx, call.callerId ?? NOBODY, now);
      const done = letter === null ? null : await this.codes.cancelOne(tx, now, letter.id, actorOf(principal));
      return { result: undefined, entries: done === null ? [] : [{ ...done.entry, callId }] };
    });
  }

  /** The code that was sent to the caller last in this call, as it is now; null = none. @throws AppError `not_found` */
  async lastCode(callId: string, principal: Principal): Promise<(Code & { readonly triesLeft: number }) | null> {
    const { manager } = this.dataSource;
    const { handedOverAt } = await this.calls.get(callId, principal);
    const [code] = await this.codes.ofCall(manager, callId, 'verification', 1);
    const now = await this.codes.clock();
    // What somebody showed who is not on the line any more says nothing of who is.
    const isOver = code !== undefined && handedOverAt !== null && code.issuedAt < handedOverAt;
    return code === undefined || isOver
      ? null
      : { ...code, state: stateAt(code, now), triesLeft: triesLeft(code, now) };
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
    return this.answers.attempt(codeId, presented, named, actorOf(principal), (tx, now, approved) =>
      this.#identified(tx, now, callId, principal, approved),
    );
  }

  /**
   * The ten digits of the letter that the caller was sent, in whichever call that was asked for. Compared with the newest letter
   * to the person whom this call is with, and with nobody else's. Who is unknown, or was sent none, shows a wrong one.
   *
   * @throws AppError `not_found`, `call_ended`, `code_budget_exhausted`
   */
  async verifyLetterCode(callId: string, principal: Principal, presented: string): Promise<ShownAnswer> {
    // The code's own records name no call: this one says in which it was tried.
    const letter = await this.audit.record(async (tx, now) => {
      const { callerId, claimKeys } = await this.calls.requireOpen(tx, callId, principal, now);
      const found = await this.codes.openLetterTo(tx, callerId ?? NOBODY, now);
      // A try at a letter counts as it is made.
      if (found === null) {
        const owner = ownerOf({ purpose: 'verification', personId: callerId, callId, claimKeys });
        await this.budgets.countFailure(tx, now, owner, callId);
      }
      return { result: found, entries: [triedEntry('letter_code.tried', principal, callId, callerId)] };
    });
    if (letter === null) return { accepted: false };
    const attempt = await this.answers.attempt(
      letter.id,
      presented,
      null,
      actorOf(principal),
      async (tx, at, approved) => {
        // Meanwhile somebody else may have come to the phone.
        const call = await this.calls.requireOpen(tx, callId, principal, at);
        if (call.callerId !== approved.personId)
          throw new AppError('invalid_state', 'Somebody else is on the line by now.');
        return this.#identified(tx, at, callId, principal, approved);
      },
    );
    if (!attempt.accepted && attempt.isBudgetSpent) throw tooManyFailures();
    return { accepted: attempt.accepted };
  }

  /**
   * We called them back: who answers at the number of record is them, as far as somebody is who reads a code off it. The word for
   * which number was called is the telephone system's, and no employee's: it is compared with the numbers of the person whom
   * this call is with that have aged and that nobody else answers. Counted before it is compared.
   *
   * @param dialled as the telephone system has it, in any usual spelling
   * @throws AppError `not_found`, `call_ended`, `validation_failed` for what is no number, `invalid_state` on a channel on which
   *   nobody is called, `code_budget_exhausted`
   */
  async verifyCallBack(callId: string, principal: Principal, dialled: string): Promise<ShownAnswer> {
    const number = parsePhone(dialled);
    if (number === null) {
      throw new AppError('validation_failed', 'This is no telephone number.', {
        faults: [{ pointer: '/dialled_number', detail: 'must be a number like +49 30 23125 002' }],
      });
    }
    const { channel } = await this.calls.get(callId, principal);
    if (channel !== 'phone') {
      throw new AppError('invalid_state', 'A number is called in a telephone call. Open one.');
    }
    const personId = await this.#countWrong(callId, principal, 'call_back.tried');
    return this.audit.record<ShownAnswer>(async (tx, now) => {
      const points = await this.holders.usableContactPoints(tx, personId ?? NOBODY, now, { kinds: ['phone'] });
      // Where several live with one telephone, any of them answers it.
      const owners = await this.holders.findByPhone(tx, number, now);
      if (personId === null || owners.length !== 1 || !points.some(({ value }) => value === number)) {
        return { result: { accepted: false }, entries: [] };
      }
      await this.budgets.giveBackFailure(tx, { personId }, callId);
      const proof = { method: 'call_back', route: null, sessionStrength: null, verifiedAt: now } as const;
      await this.repository.insert(tx, { id: randomUUID(), callId, personId, ...proof });
      return { result: { accepted: true }, entries: [verifiedEntry(principal, callId, personId, 'call_back')] };
    });
  }

  /**
   * The six digits of the caller's authenticator app. Counted before they are compared; a time step is accepted once. Who
   * is unknown, or has no app that counts yet, shows a wrong one, after the same work.
   *
   * @throws AppError `not_found`, `call_ended`, `code_budget_exhausted`
   */
  async verifyTotp(callId: string, principal: Principal, presented: string): Promise<ShownAnswer> {
    const personId = await this.#countWrong(callId, principal, 'totp.tried');
    return this.audit.record<ShownAnswer>(async (tx, now) => {
      const isRight = await this.authenticators.take(tx, now, personId, presented);
      if (!isRight || personId === null) return { result: { accepted: false }, entries: [] };
      await this.budgets.giveBackFailure(tx, { personId }, callId);
      await this.repository.insert(tx, {
        id: randomUUID(),
        callId,
        personId,
        method: 'totp',
        route: null,
        sessionStrength: null,
        verifiedAt: now,
      });
      return { result: { accepted: true }, entries: [verifiedEntry(principal, callId, personId, 'totp')] };
    });
  }

  /**
   * The code that the caller has from the self-service. It is compared with that of the person whom the call is with, and with
   * nobody else's: somebody else's is as wrong as one that never was. Counted before it is compared, and used once; who is
   * unknown, or has none, shows a wrong one, after the same work.
   *
   * @throws AppError `not_found`, `call_ended`, `code_budget_exhausted`
   */
  async verifySupportCode(callId: string, principal: Principal, presented: string): Promise<ShownAnswer> {
    const { personId, counted } = await this.audit.record(async (tx, now) => {
      const call = await this.calls.requireOpen(tx, callId, principal, now);
      const owner = ownerOf({ purpose: 'verification', personId: call.callerId, callId, claimKeys: call.claimKeys });
      await this.budgets.countFailure(tx, now, owner, callId);
      const tried = await this.supportCodes.takeTry(tx, now, call.callerId);
      return {
        result: { personId: call.callerId, counted: tried },
        entries: [triedEntry('support_code.tried', principal, callId, call.callerId)],
      };
    });
    return this.audit.record<ShownAnswer>(async (tx, now) => {
      const { isRight, strength } = await this.supportCodes.take(tx, now, counted, presented);
      // Right, if perhaps too late: no guess, whatever became of the code meanwhile.
      if (isRight && personId !== null) await this.budgets.giveBackFailure(tx, { personId }, callId);
      if (strength === null || personId === null) return { result: { accepted: false }, entries: [] };
      await this.repository.insert(tx, {
        id: randomUUID(),
        callId,
        personId,
        method: 'support_code',
        route: null,
        sessionStrength: strength,
        verifiedAt: now,
      });
      return { result: { accepted: true }, entries: [verifiedEntry(principal, callId, personId, 'support_code')] };
    });
  }

  async #identified(
    tx: EntityManager,
    now: Date,
    callId: string,
    principal: Principal,
    { personId, route }: SentCode,
  ): Promise<readonly AuditEntry[]> {
    const proof = { method: 'code', route, sessionStrength: null, verifiedAt: now } as const;
    await this.repository.insert(tx, { id: randomUUID(), callId, personId, ...proof });
    return [verifiedEntry(principal, callId, personId, 'code')];
  }

  /** Before anything is compared: a try counts, whoever it is about. */
  #countWrong(callId: string, principal: Principal, kind: string): Promise<string | null> {
    return this.audit.record(async (tx, now) => {
      const { callerId, claimKeys } = await this.calls.requireOpen(tx, callId, principal, now);
      const owner = ownerOf({ purpose: 'verification', personId: callerId, callId, claimKeys });
      await this.budgets.countFailure(tx, now, owner, callId);
      return { result: callerId, entries: [triedEntry(kind, principal, callId, callerId)] };
    });
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

/** A code by which the caller shows who they are. */
function askedOf(call: Pick<Code, 'callerId' | 'agentId' | 'claimKeys'>, principal: Principal) {
  const { callerId, agentId, claimKeys } = call;
  return {
    purpose: 'verification',
    personId: callerId,
    agentId,
    callerId,
    claimKeys,
    mandate: null,
    actions: [],
    details: [],
    digits: 6,
    level: 2,
    actor: actorOf(principal),
  } as const;
}

function verifiedEntry(principal: Principal, callId: string, personId: string, method: string): AuditEntry {
  return { kind: 'caller.verified', actor: actorOf(principal), callId, personIds: [personId], body: { method } };
}

function triedEntry(kind: string, principal: Principal, callId: string, personId: string | null): AuditEntry {
  const personIds = personId === null ? [] : [personId];
  return { kind, actor: actorOf(principal), callId, personIds, body: {} };
}
