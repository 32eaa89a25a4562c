import { randomUUID } from 'node:crypto';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, type Principal, principalOfSession, signedInOf } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import type { QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import { everyText, type TextKey } from '../pages/text.ts';
import type { Verification } from '../policy/facts.ts';
import type { PersonId } from '../policy/ids.ts';
import { callerStrength } from '../policy/strength.ts';
import type { CodeRoute, Language } from '../policy/vocabulary.ts';
import type { OpenedSession } from '../sessions/sessions.service.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import { AssistanceRepository } from './assistance.repository.ts';
import { NON_DIGITAL } from './functions.ts';
import { Say, type Lines } from './letter-lines.ts';

/** An assisted session, and the road by which its person hears of what was done in it; null = by none. */
export interface OpenedAssistance extends OpenedSession {
  readonly letter: CodeRoute | null;
}

/** What was answered to an act, in the language of its person. */
export interface Acted<Answer> {
  readonly answer: Answer;
  readonly language: Language;
}

/** What the one on the line must have shown: a telephone of theirs, or as much. */
const ENOUGH = 2;
/** From the proof on. Milliseconds. */
const LIFE = 60 * 60_000;

/**
 * What people do in the self-service, an employee does for them in a call: by the very same routes, in a session that is the
 * call's. Each act is recorded before it is done, and one letter tells all of them.
 */
@Injectable()
export class AssistanceService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: AssistanceRepository,
    private readonly calls: CallsService,
    private readonly sessions: SessionsService,
    private readonly holders: HoldersService,
    private readonly agents: AgentsService,
    private readonly notices: Notices,
    private readonly messages: MessagesService,
  ) {}

  onModuleInit(): void {
    this.messages.provide('assisted', (message) => this.#onMessage(message));
  }

  /**
   * For whoever is on the line, identified in this call, since they came to the phone, by what is worth 2. Its letter is queued
   * with it, for when it is over.
   *
   * @throws AppError `not_found`, `call_ended`, `proof_required` when the caller has to be identified (once more)
   */
  open(callId: string, principal: Principal): Promise<OpenedAssistance> {
    return this.audit.record(async (tx, now) => {
      const { callerId, agentId, endsAt, handedOverAt } = await this.calls.requireOpen(tx, callId, principal, now);
      const proofs = callerId === null ? [] : await this.repository.verifications(tx, callId, callerId);
      // The number that the telephone shows comes with every hand-over: only what is enough by itself was shown anew.
      const isEnough = (one: Verification): boolean =>
        one.at >= (handedOverAt?.getTime() ?? 0) && callerStrength([one], now.getTime()) >= ENOUGH;
      const provedAt = Math.max(...proofs.filter(isEnough).map(({ at }) => at));
      const expiresAt = new Date(Math.min(provedAt + LIFE, endsAt.getTime()));
      if (callerId === null || !(expiresAt > now)) throw new AppError('proof_required', IDENTIFY);
      const personId = callerId as PersonId;
      const opened = await this.sessions.openAssisted(
        tx,
        now,
        personId,
        { agentId, callId },
        { provedAt: new Date(provedAt), expiresAt },
      );
      const letter = await this.notices.send(tx, now, personId, {
        template: 'assisted',
        parameters: { sessionId: opened.session.id },
        notBefore: expiresAt,
      });
      return { result: { session: opened.session, token: opened.token, letter }, entries: opened.entries };
    });
  }

  /** Who the employee of a call acts for in it now, and as whom; null where they would have to begin (anew). */
  async current(callId: string, callerId: PersonId | null, employee: Principal): Promise<Principal | null> {
    const { agent } = employee;
    if (agent === null || callerId === null) return null;
    const session = await this.sessions.assisted(callerId, { callId, agentId: agent.id });
    return session === null ? null : principalOfSession(session, agent);
  }

  /**
   * One act of the list, for the person of an assisted session: recorded before it is done, and told in the letter. What was refused
   * was not done.
   *
   * @param work given the language of who hears of it: the employee reads what the letter says
   * @throws AppError `forbidden` for what no employee does for somebody else
   */
  async act<Answer>(
    operation: string,
    principal: Principal,
    work: (language: Language) => Promise<Answer>,
  ): Promise<Acted<Answer>> {
    const row = Object.hasOwn(NON_DIGITAL, operation) ? NON_DIGITAL[operation] : undefined;
    if (row?.by !== 'employee') {
      const other = row === undefined ? '' : ` Use ${row.operation}.`;
      throw new AppError('forbidden', `No employee does this for somebody else.${other}`);
    }
    const { id, language } = await this.#begin(operation, principal);
    const answer = await work(language).catch(async (error: unknown) => {
      if (error instanceof AppError) await this.#refuse(id);
      throw error;
    });
    await this.#finish({ id, language }, row.lines, answer, principal);
    return { answer, language };
  }

  /**
   * Before an act: no record, no act.
   *
   * @returns its id, and the language of who hears of it
   */
  #begin(operation: string, principal: Principal): Promise<{ readonly id: string; readonly language: Language }> {
    const { id: personId, sessionId, assistance } = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      const id = randomUUID();
      await this.repository.begin(tx, { id, sessionId, operation }, now);
      const { language } = await this.holders.describe(tx, personId);
      const entry = {
        id,
        kind: 'assistance.used',
        actor: actorOf(principal),
        callId: assistance?.callId ?? null,
        personIds: [personId],
        body: { actId: id, sessionId, operation },
      };
      return { result: { id, language }, entries: [entry] };
    });
  }

  /** After it: what was answered goes into the letter, in its person's words. */
  async #finish(
    { id, language }: { readonly id: string; readonly language: Language },
    lines: Lines<never>,
    answer: unknown,
    principal: Principal,
  ): Promise<void> {
    const { manager } = this.dataSource;
    const told = lines(answer as never, new Say(language));
    const sealed =
      told === null
        ? null
        : await this.holders.seal(manager, signedInOf(principal).id, JSON.stringify(told), linesPlace(id));
    await this.repository.finish(manager, id, sealed);
  }

  /** It was refused, so there is nothing to tell. */
  #refuse(id: string): Promise<void> {
    return this.repository.finish(this.dataSource.manager, id, null);
  }

  /** What was looked at twice is told once, as it was the last time. */
  async #onMessage({ parameters, language }: QueuedMessage): Promise<TemplateValues['assisted'] | 'drop'> {
    const { manager } = this.dataSource;
    const sessionId = String(parameters['sessionId']);
    const session = await this.repository.session(manager, sessionId);
    const agent = session === null ? null : await this.agents.byId(session.agentId);
    if (session === null || agent === null) return 'drop';
    const say = new Say(language);
    const acts = new Map<string, { title: string; lines: readonly string[] }>();
    for (const { id, operation, linesSealed } of await this.repository.acts(manager, sessionId)) {
      // Whether a mandate ended in silence is not told: nor that it may have.
      if (linesSealed === null && operation === WITHDRAW) continue;
      const text =
        linesSealed === null
          ? JSON.stringify([say.text('assisted.line.unknown')])
          : await this.holders.open(manager, session.personId, linesSealed, linesPlace(id));
      const key = `assisted.${operation}`;
      const title = key in everyText ? say.text(key as TextKey) : operation;
      const lines = JSON.parse(text) as readonly string[];
      // In the order of the last time.
      acts.delete(`${title} ${text}`);
      acts.set(`${title} ${text}`, { title, lines });
    }
    if (acts.size === 0) return 'drop';
    const { pseudonym, role } = agent;
    return { agent: { pseudonym, role }, at: session.openedAt, acts: [...acts.values()] };
  }
}

const WITHDRAW = 'myMandatesWithdraw';

const IDENTIFY = 'Identify the caller in this call first, or once more: by a code to their own number, or as strongly.';

function linesPlace(actId: string): ReturnType<typeof placeOf> {
  return placeOf('assisted_acts', 'lines_sealed', actId);
}
