import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Principal } from '../auth/principal.ts';
import { decisionResponse, type DecisionResponse } from '../calls/calls.dto.ts';
import { CallsService } from '../calls/calls.service.ts';
import { type Check, ChecksService, itself } from '../calls/checks.service.ts';
import { type AskedConfirmation, ConfirmationsService } from '../confirmations/confirmations.service.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { Obligation } from '../obligations/obligation.ts';
import { Obligations } from '../obligations/obligations.service.ts';
import type { PropertyRule } from '../policy/policy.ts';
import type { Language } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { Statement } from '../statements/statement.ts';
import { Statements } from '../statements/statements.service.ts';
import { VerificationsService } from '../verifications/verifications.service.ts';
import { LiveCalls } from './live-calls.service.ts';

export type DeskCall = Awaited<ReturnType<CallsService['get']>>;

/** Something that has to be given to have an action done. */
export interface DeskProperty {
  readonly name: string;
  readonly title: string;
  readonly rule: PropertyRule;
}

/** One answer as an employee reads it: its name in their language, what to say in the caller's. */
export interface DeskAction extends Pick<
  DecisionResponse,
  'action' | 'title' | 'outcome' | 'reason' | 'sentence' | 'next_steps' | 'obligations'
> {
  readonly properties: readonly DeskProperty[];
}

/** Everything on the page of a call. */
export interface DeskCallView {
  readonly call: DeskCall;
  readonly contractRef: string;
  readonly isOver: boolean;
  /** In which the employee speaks. */
  readonly callerLanguage: Language;
  /** In the policy's order; empty once the call is over. */
  readonly actions: readonly DeskAction[];
  readonly decidedAt: Date | null;
  /** Seconds until the first answer is stale; null = there is none. */
  readonly freshSeconds: number | null;
  readonly confirmations: readonly AskedConfirmation[];
  /** What came with what was done, in the order in which it came. */
  readonly obligations: readonly Obligation[];
  /** What was said, in its order. */
  readonly statements: readonly Statement[];
  /** Names of actions in the employee's language. */
  readonly titles: ReadonlyMap<string, string>;
  readonly verification: Awaited<ReturnType<VerificationsService['lastCode']>>;
  readonly version: string;
}

/** Calls as the desk shows them. Nothing is decided here: the services of the API are asked. */
@Injectable()
export class DeskCalls {
  constructor(
    private readonly dataSource: DataSource,
    private readonly calls: CallsService,
    private readonly checks: ChecksService,
    private readonly confirmations: ConfirmationsService,
    private readonly verifications: VerificationsService,
    private readonly holders: HoldersService,
    private readonly policies: PolicyDocuments,
    private readonly obligations: Obligations,
    private readonly statements: Statements,
    private readonly live: LiveCalls,
  ) {}

  /** A call of the one who asks, whatever else their role may see by the API. @throws AppError `not_found` */
  async require(callId: string, principal: Principal): Promise<DeskCall> {
    const call = await this.calls.get(callId, principal);
    if (call.agentId !== principal.agent?.id) throw new AppError('not_found', 'There is no such call.');
    return call;
  }

  /** @param spoken the caller's language, where the employee chose one */
  async view(callId: string, principal: Principal, language: Language, spoken: Language | null): Promise<DeskCallView> {
    // Before anything else is read: what changes meanwhile makes the page stale, and the browser hears of it.
    const { version } = await this.live.state(callId);
    const call = await this.require(callId, principal);
    const callerLanguage = spoken ?? call.language;
    const check = await this.#advise(call, principal);
    const contract = await this.holders.contractById(this.dataSource.manager, call.contractId);
    const until = Math.min(...(check?.decisions ?? []).map(({ validUntil }) => validUntil));
    return {
      call,
      contractRef: contract?.ref ?? '',
      isOver: check === null,
      callerLanguage,
      actions: check === null ? [] : actionsOf(check, language, callerLanguage),
      decidedAt: check === null ? null : new Date(check.decidedAt),
      freshSeconds: check === null ? null : Math.max(1, Math.ceil((until - check.decidedAt) / 1000)),
      confirmations: await this.confirmations.ofCall(callId, principal),
      obligations: await this.obligations.ofCall(callId, principal),
      statements: await this.statements.ofCall(callId, principal),
      titles: titlesOf(check?.policy ?? (await this.policies.current()), language),
      verification: await this.verifications.lastCode(callId, principal),
      version,
    };
  }

  /** A question that the holder was asked in this call. @throws AppError `not_found` */
  async confirmation(callId: string, id: string, principal: Principal): Promise<AskedConfirmation> {
    await this.require(callId, principal);
    const found = (await this.confirmations.ofCall(callId, principal)).find(({ code }) => code.id === id);
    if (found === undefined) throw new AppError('not_found', 'There is no such confirmation.');
    return found;
  }

  /** What the policy wants to know of an action; nothing for one that it doesn't know. */
  async properties(action: string, language: Language): Promise<readonly DeskProperty[]> {
    return propertiesOf(await this.policies.current(), action, language);
  }

  async #advise(call: DeskCall, principal: Principal): Promise<Check | null> {
    if (call.endedAt !== null) return null;
    try {
      return await this.checks.advise(call.id, principal, null, itself);
    } catch (error) {
      // It may have ended while we looked.
      if (error instanceof AppError && error.code === 'call_ended') return null;
      throw error;
    }
  }
}

/** A check in words: names in the employee's language, sentences in the caller's. */
export function actionsOf(check: Check, language: Language, callerLanguage: Language): readonly DeskAction[] {
  return check.decisions.map((decision, index) => {
    const { action, outcome, reason, sentence, next_steps, obligations } = decisionResponse(
      check,
      decision,
      index,
      callerLanguage,
    );
    const title = check.policy.actions.get(action)?.title[language] ?? action;
    const properties = propertiesOf(check.policy, action, language);
    return { action, title, outcome, reason, sentence, next_steps, obligations, properties };
  });
}

function titlesOf({ actions }: Check['policy'], language: Language): ReadonlyMap<string, string> {
  return new Map([...actions.values()].map(({ name, title }) => [name, title[language]]));
}

function propertiesOf(policy: Check['policy'], action: string, language: Language): readonly DeskProperty[] {
  const rules = policy.actions.get(action)?.properties ?? new Map<string, PropertyRule>();
  return [...rules].map(([name, rule]) => ({ name, title: rule.title[language], rule }));
}
