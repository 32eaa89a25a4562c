import { isDeepStrictEqual } from 'node:util';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, agentWhoseCalls, type Principal, signedInOf } from '../auth/principal.ts';
import { actionOnMessage, callerOnMessage } from '../calls/action-on-message.ts';
import type { Named } from '../calls/asked-facts.ts';
import { CallsService } from '../calls/calls.service.ts';
import { ChecksService } from '../calls/checks.service.ts';
import { type AskedAction, prepareQuestions } from '../calls/questions.ts';
import { CodeLinks } from '../codes/code-links.service.ts';
import {
  type Code,
  type CodeState,
  isSent,
  type LinkedCode,
  type SentCode,
  stateAt,
  triesLeft,
} from '../codes/code.ts';
import { type Attempt, CodeAnswers } from '../codes/code-answers.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { termsOf } from '../mandates/asked-change.ts';
import { BlocksService } from '../mandates/blocks.service.ts';
import { GrantsService } from '../mandates/grants.service.ts';
import { type MandateSummary, MandatesService } from '../mandates/mandates.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import type { Delivery } from '../messages/delivery.ts';
import type { ActionOnMessage, CallerOnMessage, QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import { actionKey } from '../policy/binding.ts';
import type { AskedHolder, Decision } from '../policy/decision.ts';
import { highest } from '../policy/strength.ts';
import type { CodeRoute, Language, Level } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';

/** A code with its state at the moment of looking. */
interface CodeView {
  readonly code: Code;
  readonly state: CodeState;
  readonly triesLeft: number;
}

/** The same, with what became of its message. */
export interface ConfirmationView extends CodeView {
  /** The newest message; null once there is nothing known of it. */
  readonly delivery: Delivery | null;
  /** Other roads that the question could go by now, the best first. */
  readonly nextRoutes: readonly CodeRoute[];
}

/** The same, with what the holder was asked, in full: for the employee who asked it. */
export interface AskedConfirmation extends ConfirmationView {
  readonly asked: readonly AskedAction[];
}

/** Confirmations of one call that are shown: more than anybody asks. */
const MOST_OF_CALL = 10;

/** What the page behind a message shows: everything that the holder says yes or no to. */
export interface ConfirmationPageView extends CodeView {
  readonly code: LinkedCode;
  readonly language: Language;
  readonly actions: readonly ActionOnMessage[];
  readonly caller: CallerOnMessage;
  readonly agent: { readonly role: string; readonly pseudonym: string } | null;
  readonly mandate: MandateSummary | null;
  readonly canBlock: boolean;
  readonly isBlocked: boolean;
}

/** What was wrong with the code that was typed; `refused`: nobody looked at it, as too many were wrong today. */
export type PageFault = 'empty' | 'wrong' | 'refused';

/** A recorded transaction, as `AuditService.record` hands it out. */
export interface Transaction {
  readonly tx: EntityManager;
  readonly now: Date;
  readonly client: ClientBase;
}

/** What was asked, and of what call. */
export interface AskedCodes {
  readonly agentId: string;
  /** The call's hard end. */
  readonly endsAt: Date;
  readonly codes: readonly Code[];
  /** For each action the ids of the codes whose yes it misses: of each group one. Each code is about every action all the same. */
  readonly needed: readonly (readonly (readonly string[])[])[];
  readonly entries: readonly AuditEntry[];
}

/** What one holder is asked: actions that miss the yes of the same holder about the same mandate. */
interface Asking {
  readonly holder: AskedHolder;
  readonly level: Level;
}

/** The holder's answers: asked by code, given to the agent or on the holder's own page. */
@Injectable()
export class ConfirmationsService implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly ring: KeyRing,
    private readonly codes: CodesService,
    private readonly answers: CodeAnswers,
    private readonly links: CodeLinks,
    private readonly calls: CallsService,
    private readonly checks: ChecksService,
    private readonly holders: HoldersService,
    private readonly mandates: MandatesService,
    private readonly grants: GrantsService,
    private readonly blocks: BlocksService,
    private readonly agents: AgentsService,
    private readonly policies: PolicyDocuments,
    private readonly messages: MessagesService,
  ) {}

  onModuleInit(): void {
    this.messages.provide('action_code', (message) => this.actionOnCode(message));
    this.messages.provide('action_question', (message) => this.actionOnQuestion(message));
    this.messages.provide('mandate_code', (message) => this.mandateOnCode(message));
    for (const template of ['action_code', 'action_question', 'mandate_code'] as const) {
      this.messages.onUndeliverable(template, ({ codeId, codeCounter }, fault) =>
        codeId === null || codeCounter === null
          ? Promise.resolve()
          : this.codes.markUndeliverable(codeId, codeCounter, fault),
      );
    }
  }

  /**
   * Asks the holders whose yes these actions miss. The check is made again here: nothing is asked that a yes would not
   * permit, and the code is bound to what the check found.
   *
   * @throws AppError `not_found`, `call_ended`, `validation_failed`, `invalid_state`, `no_usable_contact_point`,
   * `code_budget_exhausted`
   */
  ask(callId: string, principal: Principal, asked: readonly AskedAction[]): Promise<readonly ConfirmationView[]> {
    return this.audit.record(async (tx, now, client) => {
      const { codes, entries } = await this.askIn({ tx, now, client }, callId, principal, asked);
      const views: ConfirmationView[] = [];
      for (const code of codes) views.push(await this.view(tx, now, code));
      return { result: views, entries };
    });
  }

  /**
   * The same in a transaction that does more, for a system that names whom and what each question is about.
   *
   * @throws AppError as {@link ask}; `conflict` for a call about something else
   */
  async askIn(
    { tx, now, client }: Transaction,
    callId: string,
    principal: Principal,
    asked: readonly AskedAction[],
    named: readonly Named[] = [],
  ): Promise<AskedCodes> {
    const call = await this.calls.requireOpen(tx, callId, principal, now);
    const { policy, prepared, decisions } = await this.checks.weigh(tx, client, now, callId, principal, asked, named);
    // Only after the questions were weighed: whoever is unknown gets the answer of whoever has no mandate.
    const { callerId } = call;
    const isAboutCaller = named.every((one) => one.callerId === undefined || one.callerId === callerId);
    const unaskable = decisions.filter(({ outcome }) => outcome !== 'ask_holder').map(({ action }) => action);
    if (unaskable.length > 0 || callerId === null || !isAboutCaller) throw notAskable(unaskable);
    const isHighImpact = decisions.some(({ action }) => policy.actions.get(action)?.isHighImpact === true);
    const codes: Code[] = [];
    const entries: AuditEntry[] = [];
    for (const { holder, level } of askingsOf(decisions)) {
      const { result, entry } = await this.codes.issue(tx, now, {
        purpose: 'action',
        personId: holder.id,
        callId,
        agentId: call.agentId,
        callerId,
        claimKeys: [],
        mandate: holder.mandate,
        actions: prepared.map(({ question }) => ({
          name: question.action,
          key: actionKey(question.action, question.properties ?? {}),
        })),
        details: prepared.map(({ question, properties }) => ({ name: question.action, properties })),
        digits: isHighImpact ? 8 : 6,
        level,
        actor: actorOf(principal),
      });
      codes.push(result);
      entries.push(entry);
    }
    const needed = decisions.map((decision) => groupsOf(decision, codes));
    return { agentId: call.agentId, endsAt: call.endsAt, codes, needed, entries };
  }

  /** What was asked in this call, the newest first. @throws AppError `not_found` */
  async ofCall(callId: string, principal: Principal): Promise<readonly AskedConfirmation[]> {
    const { manager } = this.dataSource;
    await this.calls.get(callId, principal);
    const codes = await this.codes.ofCall(manager, callId, 'action', MOST_OF_CALL);
    const now = await this.clock();
    return Promise.all(codes.map((code) => this.asked(manager, now, code)));
  }

  private async asked(manager: EntityManager, now: Date, code: Code): Promise<AskedConfirmation> {
    const details = isSent(code) ? await this.codes.detailsOf(manager, code) : [];
    return { ...(await this.view(manager, now, code)), asked: details };
  }

  /** @throws AppError `not_found` */
  async get(id: string, principal: Principal): Promise<ConfirmationView> {
    return this.view(this.dataSource.manager, await this.clock(), await this.requireOwn(id, principal));
  }

  /**
   * A code that an agent types. The try names call, agent and actions; any difference is a wrong code, and counts.
   *
   * @throws AppError `not_found`
   */
  async attempt(
    id: string,
    principal: Principal,
    presented: string,
    callId: string | null,
    asked: readonly AskedAction[],
  ): Promise<Attempt> {
    // Another agent's is absent, and costs the holder no try.
    const code = await this.requireOwn(id, principal);
    const policy = await this.policies.current();
    const actionKeys = prepareQuestions(policy, asked, this.checks.conceal).map(({ question }) =>
      actionKey(question.action, question.properties ?? {}),
    );
    // A letter names the agent who asked, and is answered to whoever takes the call weeks later.
    const agentId = code.route === 'letter' ? code.agentId : (principal.agent?.id ?? null);
    const named = { callId, agentId, actionKeys };
    return this.answers.attempt(id, presented, named, actorOf(principal), this.onApproval);
  }

  /**
   * A new code for the same question; the old one is dead.
   *
   * @param route another road, also after the message before could not be delivered; null = the same one, while it is open
   * @throws AppError `not_found`, `invalid_state`, `call_ended`, `no_usable_contact_point`, `code_budget_exhausted`
   */
  async resend(id: string, principal: Principal, route: CodeRoute | null): Promise<ConfirmationView> {
    const known = await this.requireOwn(id, principal);
    const actor = actorOf(principal);
    if (route === null || route === known.route) {
      const code = await this.codes.resend(id, actor);
      return this.view(this.dataSource.manager, await this.clock(), code);
    }
    return this.audit.record(async (tx, now) => {
      // A question that ended as undeliverable was not cancelled with its call, nor when the phone was handed over.
      const call = known.callId === null ? null : await this.calls.requireOpen(tx, known.callId, principal, now);
      if (call !== null && call.callerId !== known.callerId) {
        throw new AppError('invalid_state', 'Somebody else is on the line now. Ask anew.');
      }
      const { result, entry } = await this.codes.reroute(tx, now, id, route, actor);
      if (result.route === 'letter' && result.mandateId !== null) {
        await this.mandates.askedByLetter(tx, now, result.mandateId);
      }
      return { result: await this.view(tx, now, result), entries: [entry] };
    });
  }

  async cancel(id: string, principal: Principal): Promise<ConfirmationView> {
    await this.requireOwn(id, principal);
    const code = await this.codes.cancel(id, actorOf(principal));
    return this.view(this.dataSource.manager, await this.clock(), code);
  }

  /**
   * A code that the holder types in their own session, about this mandate of theirs.
   *
   * @throws AppError `not_found` also for what is somebody else's
   */
  async attemptInPerson(id: string, mandateId: string, principal: Principal, presented: string): Promise<Attempt> {
    const code = await this.requireKnown(id, null);
    const isOwn = code.purpose === 'mandate' && code.mandateId === mandateId;
    if (!isOwn || code.personId !== signedInOf(principal).id) throw unknownConfirmation();
    return this.answers.attempt(id, presented, null, actorOf(principal), this.onApproval);
  }

  private async view(manager: EntityManager, now: Date, code: Code): Promise<ConfirmationView> {
    const deliveries = await this.messages.deliveriesOf(manager, code.id);
    return {
      ...viewOf(code, now),
      delivery: deliveries.find(({ counter }) => counter === code.counter) ?? null,
      nextRoutes: await this.codes.nextRoutes(manager, now, code),
    };
  }

  // --- the holder's own page ---------------------------------------------------------------------------------------

  /** @throws AppError `not_found` for a link that we did not make, or that is over: see `CodeLinks.find` */
  async page(token: string, wanted: Language | null): Promise<ConfirmationPageView> {
    const code = await this.requireLinked(token);
    const language = wanted ?? (await this.holders.describe(this.dataSource.manager, code.personId)).language;
    return this.describe(code, language);
  }

  /** Everything that somebody says yes or no to. */
  async describe(code: LinkedCode, language: Language): Promise<ConfirmationPageView> {
    const { manager } = this.dataSource;
    const policy = await this.policies.current();
    const caller = code.callerId === null ? null : await this.holders.describe(manager, code.callerId);
    const agent = code.agentId === null ? null : await this.agents.byId(code.agentId);
    const details = await this.codes.detailsOf(manager, code);
    const behalf = await this.behalfOf(manager, code);
    // An action is shown without the mandate under which it is asked.
    const mandate =
      code.purpose !== 'mandate' || code.mandateId === null
        ? null
        : await this.mandates.summaryOf(manager, code.mandateId, code.personId, language, termsOf(details[0]));
    return {
      ...viewOf(code, await this.clock()),
      code,
      language,
      // What is to change in a mandate is told with the mandate.
      actions: code.purpose === 'mandate' ? [] : details.map((action) => actionOnMessage(policy, action, language)),
      caller: callerOnMessage(code.callerId, caller?.name ?? null, code.personId, behalf),
      agent: agent === null ? null : { role: agent.role, pseudonym: agent.pseudonym },
      mandate,
      // Who speaks for an organisation together with the caller shuts nobody out by themselves.
      canBlock: code.callerId !== null && code.callerId !== code.personId && behalf === null,
      isBlocked: code.callerId !== null && (await this.blocks.isBlocked(manager, code.personId, code.callerId)),
    };
  }

  /** The holder's yes, by the code that they typed. Null: it was one. A field that was left empty costs no try. */
  async approveOnPage(token: string, presented: string): Promise<PageFault | null> {
    if (presented.trim() === '') return 'empty';
    const code = await this.requireLinked(token);
    // A code that says who somebody is goes to the agent who asked: a page can't know who is on the line.
    if (code.purpose === 'verification') throw unknownConfirmation();
    const attempt = await this.answers.attempt(code.id, presented, null, `holder:${code.personId}`, this.onApproval);
    return faultOf(attempt);
  }

  /**
   * The holder's no, and on wish a block of the caller. The block holds whatever became of the code: somebody who
   * notices too late can still keep this caller out. Nothing can be wrong with it.
   */
  async declineOnPage(token: string, alsoBlock: boolean): Promise<null> {
    const code = await this.requireLinked(token);
    await this.decline(code, alsoBlock, `holder:${code.personId}`);
    return null;
  }

  /** @param actor the holder, as the audit names them */
  decline(linked: LinkedCode, alsoBlock: boolean, actor: string): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const declined = await this.answers.decline(tx, now, linked.id, actor);
      const entries: AuditEntry[] = declined === null ? [] : [declined.entry];
      // Who says no to a mandate never gave it: it is over, and not only this code. One that was to be more stays as it is.
      const isGrant = declined?.code.purpose === 'mandate' && declined.code.actions.length === 0;
      if (isGrant && declined.code.mandateId !== null) {
        entries.push(...(await this.mandates.declinedByHolder(tx, now, declined.code.mandateId)));
      }
      if (alsoBlock && linked.callerId !== null && linked.callerId !== linked.personId) {
        entries.push(...(await this.blocks.block(tx, now, linked.personId, linked.callerId)));
      }
      return { result: undefined, entries };
    });
  }

  /** What a yes does beyond being one: a mandate gets its evidence, an action only the fact itself. */
  private readonly onApproval = async (
    tx: EntityManager,
    now: Date,
    code: SentCode,
  ): Promise<readonly AuditEntry[]> => {
    if (code.purpose !== 'mandate' || code.mandateId === null) return [];
    const [details] = await this.codes.detailsOf(tx, code);
    const terms = termsOf(details);
    const answer = { codeId: code.id, route: code.route };
    if (terms !== null) return this.grants.changeConfirmed(tx, now, code.mandateId, terms, answer);
    return this.mandates.confirmedByHolder(tx, now, code.mandateId, { ...answer, personId: code.personId });
  };

  private async actionOnCode(message: QueuedMessage): Promise<TemplateValues['action_code'] | 'drop'> {
    const { manager } = this.dataSource;
    const code = await this.codes.require(manager, message.codeId ?? '');
    const value = this.codes.valueOf(code, message.codeCounter, await this.clock());
    const agent = code.agentId === null ? null : await this.agents.byId(code.agentId);
    if (value === null || agent === null || code.callerId === null) return 'drop';
    const policy = await this.policies.current();
    const details = await this.codes.detailsOf(manager, code);
    const { name } = await this.holders.describe(manager, code.callerId);
    return {
      code: value,
      actions: details.map((action) => actionOnMessage(policy, action, message.language)),
      caller: callerOnMessage(code.callerId, name, message.personId, await this.behalfOf(manager, code)),
      agent: { role: agent.role, pseudonym: agent.pseudonym },
      expiresAt: code.expiresAt,
      link: this.links.of(code),
    };
  }

  /** The organisation for which who is asked speaks together with the caller; null = they are asked for themselves. */
  private async behalfOf(
    manager: EntityManager,
    { purpose, mandateId, personId }: Pick<Code, 'purpose' | 'mandateId' | 'personId'>,
  ): Promise<string | null> {
    const mandate = purpose === 'action' && mandateId !== null ? await this.mandates.find(manager, mandateId) : null;
    if (mandate === null || mandate.proxyId !== personId) return null;
    return (await this.holders.describe(manager, mandate.holderId)).name;
  }

  /** The same without the code: whoever reads it signs in. */
  private async actionOnQuestion(message: QueuedMessage): Promise<TemplateValues['action_question'] | 'drop'> {
    const values = await this.actionOnCode(message);
    if (values === 'drop') return values;
    const { actions, caller, agent, expiresAt } = values;
    const link = `${this.config.publicUrl}/portal/questions/${message.codeId ?? ''}`;
    return { actions, caller, agent, expiresAt, link };
  }

  private async mandateOnCode(message: QueuedMessage): Promise<TemplateValues['mandate_code'] | 'drop'> {
    const { manager } = this.dataSource;
    const code = await this.codes.require(manager, message.codeId ?? '');
    const value = this.codes.valueOf(code, message.codeCounter, await this.clock());
    if (value === null || code.mandateId === null) return 'drop';
    const [details] = await this.codes.detailsOf(manager, code);
    const mandate = await this.mandates.summaryOf(
      manager,
      code.mandateId,
      message.personId,
      message.language,
      termsOf(details),
    );
    if (mandate === null) return 'drop';
    const agent = code.agentId === null ? null : await this.agents.byId(code.agentId);
    return {
      code: value,
      holder: mandate.holder,
      proxy: mandate.proxy,
      scopes: mandate.scopes.map((scope) => scope.title),
      contracts: mandate.contracts,
      mayPassOn: mandate.mayPassOn,
      mandateRef: mandate.ref,
      startsAt: mandate.startsAt,
      endsAt: mandate.endsAt,
      // Who asks for themselves, and with no employee between.
      agent: !mandate.isReaderGiver
        ? 'contact'
        : code.callerId === code.personId && agent === null
          ? null
          : (agent ?? { pseudonym: this.config.organisationName, role: OWN_SYSTEM[message.language] }),
      expiresAt: code.expiresAt,
      link: this.links.of(code),
    };
  }

  private async requireLinked(token: string): Promise<LinkedCode> {
    const code = await this.links.find(this.dataSource.manager, token);
    if (code === null) throw new AppError('not_found', 'This link is not or no longer in use.');
    return code;
  }

  /** A code of the agent's own call, or one that went by letter; the CRM may look at every one. */
  private requireOwn(id: string, principal: Principal): Promise<Code> {
    return this.requireKnown(id, agentWhoseCalls(principal));
  }

  private async requireKnown(id: string, agentId: string | null): Promise<Code> {
    const code = await this.codes.findQuestion(this.dataSource.manager, id, agentId);
    if (code === null) throw unknownConfirmation();
    return code;
  }

  private clock(): Promise<Date> {
    return this.codes.clock();
  }
}

/** Who asked, where no employee did: the organisation's own system. */
const OWN_SYSTEM: Readonly<Record<Language, string>> = { nl: 'ons eigen systeem', en: 'our own system' };

function viewOf(code: Code, now: Date): CodeView {
  return { code, state: stateAt(code, now), triesLeft: triesLeft(code, now) };
}

/** What a page says of a try; null = it was right. */
export function faultOf(attempt: Attempt): PageFault | null {
  if (attempt.accepted) return null;
  return attempt.isBudgetSpent ? 'refused' : 'wrong';
}

export function unknownConfirmation(): AppError {
  return new AppError('not_found', 'There is no such confirmation.');
}

function notAskable(actions: readonly string[]): AppError {
  const faults = actions.map((action) => ({
    pointer: '/actions',
    detail: `A check of "${action}" is not answered with ask_holder: a code would not permit it.`,
  }));
  return new AppError('invalid_state', 'The holder can be asked only about what a check answers with ask_holder.', {
    faults,
  });
}

function notTogether(): AppError {
  const detail = 'These actions stand on different mandates of one holder: ask about each of them apart.';
  return new AppError('invalid_state', detail);
}

/**
 * Whose yes an action misses, each once: who is missed for two mandates, as the contact person of two organisations that must both agree,
 * is asked about the first of them, and after their yes about the other.
 */
function firstAsked({ nextSteps }: Decision): readonly AskedHolder[] {
  const all = nextSteps.flatMap((step) => step.holders ?? []);
  return all.filter(({ id }, index) => all.findIndex((one) => one.id === id) === index);
}

/** Whose yes an action misses, as ids of their codes: of each group one is enough. */
function groupsOf({ nextSteps }: Decision, codes: readonly Code[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const { id, oneOf } of nextSteps.flatMap((step) => step.holders ?? [])) {
    const name = oneOf === undefined ? id : `one of ${oneOf}`;
    const theirs = codes.filter(({ personId }) => personId === id).map((code) => code.id);
    groups.set(name, [...(groups.get(name) ?? []), ...theirs]);
  }
  return [...groups.values()];
}

/**
 * Whom to ask: each holder once, at the strongest level that one of the actions needs. In one order for everybody, as
 * each one's budget is locked in turn.
 *
 * @throws AppError `invalid_state`
 */
function askingsOf(decisions: readonly Decision[]): readonly Asking[] {
  const askings = new Map<string, Asking>();
  for (const decision of decisions) {
    for (const holder of firstAsked(decision)) {
      const asking = askings.get(holder.id);
      // A code is about one mandate, or about none: of another one its yes would permit nothing.
      if (asking !== undefined && !isDeepStrictEqual(asking.holder.mandate, holder.mandate)) throw notTogether();
      askings.set(holder.id, { holder, level: highest(asking?.level ?? 0, holder.level) });
    }
  }
  return [...askings.values()].toSorted((first, second) => (first.holder.id < second.holder.id ? -1 : 1));
}
