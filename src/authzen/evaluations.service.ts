import { Injectable } from '@nestjs/common';

import { decisionResponse } from '../calls/calls.dto.ts';
import { decisionId } from '../calls/check-record.ts';
import { type Check, ChecksService, itself, type NamedQuestion } from '../calls/checks.service.ts';
import type { AskedAction } from '../calls/questions.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { PROBLEMS } from '../http/problem.filter.ts';
import type { Decision } from '../policy/decision.ts';
import { type Approval, Approvals, refused } from './approvals.ts';
import { Denials } from './denials.ts';
import { CALLER, type Context, contextOf, type EvaluationRequest, traceOf } from './evaluation.ts';
import { type Obligation, obligationsOf, unsupported } from './obligations.ts';
import {
  askedOf,
  ignoredOf,
  type Known,
  requireCall,
  RequestReader,
  requireSound,
  weighedOf,
} from './request-reader.ts';
import { SignedDecisions } from './signed-decisions.ts';

/** An answer on the wire. */
export interface Evaluated {
  readonly decision: boolean;
  readonly context: Readonly<Record<string, unknown>> & { readonly obligations?: readonly Obligation[] };
}

/** Who asks, and how they want to be answered. */
export interface Asker {
  readonly principal: Principal;
  readonly languages: string | undefined;
}

/**
 * The standard's questions, put to the one check there is: same decisions, same records, same batches.
 */
@Injectable()
export class EvaluationsService {
  constructor(
    private readonly checks: ChecksService,
    private readonly reader: RequestReader,
    private readonly denials: Denials,
    private readonly approvals: Approvals,
    private readonly signed: SignedDecisions,
  ) {}

  /** What these requests name, each thing looked up once. */
  find(requests: readonly EvaluationRequest[]): Promise<Known> {
    return this.reader.find(requests);
  }

  /**
   * One question. What can't be weighed is a deny that says why.
   *
   * @param operation what a repetition of this request has in common with it
   * @throws AppError when the service fails: that is no answer to this question
   */
  async evaluate(
    request: EvaluationRequest,
    known: Known,
    asker: Asker,
    operation: string | null = null,
  ): Promise<Evaluated> {
    try {
      const context = contextOf(request.subject, request.context);
      requireCall(context, asker.principal);
      const weighed = weighedOf(request, known.policy, asker.principal);
      const asked = [askedOf(weighed.action, known.policy)];
      if (context.callId === null) requireSound(weighed, context, asked, known.policy);
      const named = await this.reader.questionOf(weighed, context, known, asker.principal);
      const question = { ...named, trace: traceOf(request.action, request.context) };
      const approval =
        context.approval === undefined ? null : await this.approvals.find(context.approval, weighed, asker.principal);
      const check = await this.ask(question, context, asker, asked, approval, operation);
      const answer = await this.complete(answerOf(check, context, asker, approval), weighed, check, approval);
      return context.isSigned ? await this.signed.sign(weighed, ignoredOf(request, weighed), context, answer) : answer;
    } catch (error) {
      if (isTheirs(error)) return denialOf(error, request.context?.['approval'] !== undefined);
      throw error;
    }
  }

  /** With how the holder can be asked, and what an approval came to. */
  private async complete(
    answer: Evaluated,
    weighed: EvaluationRequest,
    check: Check,
    approval: Approval | null,
  ): Promise<Evaluated> {
    const [decision] = check.decisions;
    const { decision: isPermitted, context } = answer;
    if (isPermitted)
      return approval === null ? answer : { ...answer, context: { ...context, approval: approval.told } };
    const requestable =
      decision?.outcome === 'ask_holder'
        ? await this.denials.requestable(weighed, decisionId(check.id, 0), check.decidedAt, decision.validUntil)
        : null;
    const why = approval === null ? {} : refused(approval, decision ?? null, requestable !== null);
    return { decision: false, context: { ...context, ...requestable, ...why } };
  }

  /** @throws AppError as {@link evaluate}, and for what can't be weighed */
  private async ask(
    question: NamedQuestion,
    { callId, purpose, supported }: Context,
    { principal }: Asker,
    asked: readonly AskedAction[],
    approval: Approval | null,
    operation: string | null,
  ): Promise<Check> {
    if (purpose === 'advise') return this.checks.adviseNamed(question, principal, asked, itself);
    if (callId === null) throw new Error('an execution outside calls: `requireSound` lets none through');
    // Nothing is done that the asking side would then not be able to carry out, nor what was approved as something else.
    const isFit = (decision: Decision): boolean =>
      (approval?.refusal ?? null) === null && unsupported(obligationsOf(decision, 'en'), supported).length === 0;
    const { named, trace } = question;
    return this.checks.execute(callId, principal, asked, operation, { named, trace, isFit });
  }

  /**
   * Every action on this resource, in general, that is permitted; in the policy's order, with its place there. None for whom or
   * what nobody knows, nor for a subject who is not on the line: what anybody may have done is not theirs.
   *
   * @throws AppError `forbidden` to an agent outside a call
   */
  async permitted(
    { subject, resource, context: given }: Omit<EvaluationRequest, 'action'>,
    { principal, languages }: Asker,
  ): Promise<readonly PermittedAction[]> {
    const context = contextOf(subject, given);
    requireCall(context, principal);
    const request = { subject, resource, action: { name: '' }, context: given };
    const known = await this.find([request]);
    const weighed = weighedOf(request, known.policy, principal);
    try {
      if (context.callId === null) requireSound(weighed, context, [], known.policy);
      const named = await this.reader.questionOf(weighed, context, known, principal);
      const question = { ...named, trace: traceOf(null, given) };
      return await this.checks.adviseNamed(question, principal, null, (check) => {
        if (!check.isCallerKnown && subject.type !== CALLER) return [];
        const language = preferredLanguage(languages, check.language);
        return check.decisions.flatMap((decision, place) => {
          const obligations = obligationsOf(decision, language);
          return decision.outcome === 'permit' && unsupported(obligations, context.supported).length === 0
            ? [{ name: decision.action, place, obligations }]
            : [];
        });
      });
    } catch (error) {
      if (isTheirs(error)) return [];
      throw error;
    }
  }
}

/** An action that is permitted in general. */
export interface PermittedAction {
  readonly name: string;
  /** Among all of the policy's, from 0. */
  readonly place: number;
  readonly obligations: readonly Obligation[];
}

function answerOf(check: Check, { supported }: Context, { languages }: Asker, approval: Approval | null): Evaluated {
  const [decision] = check.decisions;
  if (decision === undefined) throw new Error('a check of one action without a decision');
  const language = preferredLanguage(languages, check.language);
  const isDone = check.executions[decision.action] !== undefined;
  const obligations = obligationsOf(decision, language, isDone ? decisionId(check.id, 0) : null);
  const isOpen = decision.outcome === 'permit' && !isDone;
  const missing = isOpen ? unsupported(obligations, supported) : [];
  const said: object = decisionResponse(check, decision, 0, language);
  const decidedAt = new Date(check.decidedAt).toISOString();
  const context = { ...said, policy: check.policy.hash, decided_at: decidedAt, obligations };
  if (isOpen && (approval?.refusal ?? null) !== null)
    return { decision: false, context: { ...context, outcome: 'deny' } };
  if (missing.length === 0) return { decision: decision.outcome === 'permit', context };
  const message = `It is permitted with an obligation that you say you can't perform: ${missing.join(', ')}.`;
  return { decision: false, context: { ...context, outcome: 'deny', error: { status: 409, message } } };
}

export function obligationsIn({ context }: Evaluated): readonly Obligation[] {
  return context.obligations ?? [];
}

/**
 * What went wrong, as the answer to one question.
 *
 * @param isAgain it came with an approval
 */
export function denialOf(error: AppError, isAgain = false): Evaluated {
  const errors = error.faults.length === 0 ? {} : { errors: error.faults };
  // An approval ends with its call.
  const refusal = error.code === 'call_ended' ? 'approval_expired' : 'approval_unverifiable';
  return {
    decision: false,
    context: {
      error: { status: PROBLEMS[error.code].status, message: error.message, ...errors },
      ...(isAgain ? refused({ refusal, told: null }, null, false) : {}),
    },
  };
}

/** A broken question, and not a failure of the service. */
function isTheirs(error: unknown): error is AppError {
  return error instanceof AppError && PROBLEMS[error.code].status < 500;
}
