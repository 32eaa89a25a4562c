import { Injectable } from '@nestjs/common';

import { decisionResponse } from '../calls/calls.dto.ts';
import { type Check, ChecksService, type NamedQuestion } from '../calls/checks.service.ts';
import type { AskedAction } from '../calls/questions.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { PROBLEMS } from '../http/problem.filter.ts';
import type { Decision } from '../policy/decision.ts';
import type { CallerId } from '../policy/ids.ts';
import type { Policy } from '../policy/policy.ts';
import { PERSON_KINDS, type PersonKind } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { CALLER, channelOf, type Context, contextOf, type Entity, type EvaluationRequest } from './evaluation.ts';
import { type NamedPerson, type NamedResource, NamesRepository } from './names.repository.ts';
import { type Obligation, obligationsOf, unsupported } from './obligations.ts';
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

/** What a request names, found in our own store. */
export interface Known {
  readonly policy: Policy;
  readonly people: ReadonlyMap<string, NamedPerson>;
  readonly resources: ReadonlyMap<string, NamedResource>;
}

/**
 * The standard's questions, put to the one check there is: same decisions, same records, same batches. Properties of a
 * request are no facts but where the policy trusts them.
 */
@Injectable()
export class EvaluationsService {
  constructor(
    private readonly checks: ChecksService,
    private readonly policies: PolicyDocuments,
    private readonly names: NamesRepository,
    private readonly signed: SignedDecisions,
  ) {}

  /** What these requests name, each thing looked up once. */
  async find(requests: readonly EvaluationRequest[]): Promise<Known> {
    const subjects = requests.flatMap(({ subject }) => (subject.type === CALLER ? [] : [subject.id]));
    const references = requests.map(({ resource }) => resource.id);
    const [policy, { people, resources }] = await Promise.all([
      this.policies.current(),
      this.names.named([...new Set(subjects)], [...new Set(references)]),
    ]);
    return { policy, people: byRef(people), resources: byRef(resources) };
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
      const question = await this.questionOf(weighed, context, known, asker.principal);
      const check = await this.ask(question, context, asker, [askedOf(weighed.action, known.policy)], operation);
      const answer = answerOf(check, context, asker);
      return context.isSigned ? await this.signed.sign(weighed, context, answer) : answer;
    } catch (error) {
      if (isTheirs(error)) return denialOf(error);
      throw error;
    }
  }

  /** @throws AppError as {@link evaluate}, and for what can't be weighed */
  private async ask(
    question: NamedQuestion,
    { callId, purpose, supported }: Context,
    { principal }: Asker,
    asked: readonly AskedAction[],
    operation: string | null,
  ): Promise<Check> {
    if (purpose === 'advise') return this.checks.adviseNamed(question, principal, asked);
    if (callId === null) {
      throw new AppError('invalid_state', 'Something is executed in an open call alone: name it in context.call_id.');
    }
    // Nothing is done that the asking side would then not be able to carry out.
    const isFit = (decision: Decision): boolean => unsupported(obligationsOf(decision, 'en'), supported).length === 0;
    return this.checks.execute(callId, principal, asked, operation, { named: question.named, isFit });
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
      const question = await this.questionOf(weighed, context, known, principal);
      const check = await this.checks.adviseNamed(question, principal, null);
      if (!check.isCallerKnown && subject.type !== CALLER) return [];
      const language = preferredLanguage(languages, check.language);
      return check.decisions.flatMap((decision, place) => {
        const obligations = obligationsOf(decision, language);
        return decision.outcome === 'permit' && unsupported(obligations, context.supported).length === 0
          ? [{ name: decision.action, place, obligations }]
          : [];
      });
    } catch (error) {
      if (isTheirs(error)) return [];
      throw error;
    }
  }

  /** @throws AppError `not_found` for what there is not, outside a call; inside one that is another contract, as any other */
  private async questionOf(
    { subject, action, resource }: EvaluationRequest,
    { callId }: Context,
    { policy, people, resources }: Known,
    principal: Principal,
  ): Promise<NamedQuestion> {
    const named = resources.get(resource.id);
    const found = named?.type === resource.type ? named : undefined;
    if (found === undefined && callId === null) {
      // Guessing at references is a look-up too: it is recorded, and counts.
      await this.checks.recordMissedLookUp(principal);
      throw new AppError('not_found', 'There is no such resource.');
    }
    const person = people.get(subject.id);
    const callerId = person?.kind === kindOf(policy, subject.type) ? ((person?.id ?? null) as CallerId | null) : null;
    const channel = channelOf(action.properties);
    return {
      callId,
      channel: channel ?? policy.resourceTypes.get(resource.type)?.channelWithoutCall ?? 'desk',
      claim: callerId !== null && found?.holderIds.includes(callerId) === true ? 'holder' : 'proxy',
      named: {
        contractId: found?.id ?? null,
        ...(subject.type === CALLER ? {} : { callerId }),
        ...(channel === null ? {} : { channel }),
        resource: resource.properties ?? {},
        subject: subject.properties ?? {},
      },
    };
  }
}

/** An action that is permitted in general. */
export interface PermittedAction {
  readonly name: string;
  /** Among all of the policy's, from 0. */
  readonly place: number;
  readonly obligations: readonly Obligation[];
}

/** An agent looks nobody and nothing up outside their calls. */
function requireCall({ callId }: Context, { scope }: Principal): void {
  if (callId !== null || scope === 'crm') return;
  throw new AppError('forbidden', 'An agent asks in an open call: name it in context.call_id.');
}

/** The request without what counts for nothing: this is what is decided, and what a signature covers. */
function weighedOf(request: EvaluationRequest, policy: Policy, { scope }: Principal): EvaluationRequest {
  const { subject, action, resource, context } = request;
  const trusted = policy.resourceTypes.get(resource.type)?.trusted;
  // The word of a system counts; an employee's own browser is none.
  const only = (entity: Entity, names: ReadonlyMap<string, unknown> | undefined): Entity => {
    const properties = scope === 'crm' ? picked(entity.properties, (name) => names?.has(name) === true) : {};
    return { type: entity.type, id: entity.id, ...(Object.keys(properties).length === 0 ? {} : { properties }) };
  };
  const declared = policy.actions.get(action.name)?.properties;
  const properties = picked(action.properties, (name) => name === 'channel' || declared?.has(name) === true);
  return {
    subject: only(subject, trusted?.subject),
    action: { name: action.name, ...(Object.keys(properties).length === 0 ? {} : { properties }) },
    resource: only(resource, trusted?.resource),
    context,
  };
}

function picked(
  members: Readonly<Record<string, unknown>> | null | undefined,
  isWanted: (name: string) => boolean,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members ?? {}).filter(([name]) => isWanted(name)));
}

/** The kind of people that a system means by a type; undefined = none. */
export function kindOf(policy: Policy, type: string): PersonKind | undefined {
  return policy.subjectTypes.get(type) ?? PERSON_KINDS.find((kind) => kind === type);
}

function byRef<One extends { readonly ref: string }>(found: readonly One[]): ReadonlyMap<string, One> {
  return new Map(found.map((one) => [one.ref, one]));
}

function askedOf({ name, properties = {} }: EvaluationRequest['action'], policy: Policy): AskedAction {
  const declared = policy.actions.get(name)?.properties;
  return { name, properties: picked(properties, (property) => declared?.has(property) === true) };
}

function answerOf(check: Check, { supported }: Context, { languages }: Asker): Evaluated {
  const [decision] = check.decisions;
  if (decision === undefined) throw new Error('a check of one action without a decision');
  const language = preferredLanguage(languages, check.language);
  const obligations = obligationsOf(decision, language);
  const isDone = check.executions[decision.action] !== undefined;
  const missing = decision.outcome === 'permit' && !isDone ? unsupported(obligations, supported) : [];
  const said: object = decisionResponse(check, decision, 0, language);
  const decidedAt = new Date(check.decidedAt).toISOString();
  const context = { ...said, policy: check.policy.hash, decided_at: decidedAt, obligations };
  if (missing.length === 0) return { decision: decision.outcome === 'permit', context };
  const message = `It is permitted with an obligation that you say you can't perform: ${missing.join(', ')}.`;
  return { decision: false, context: { ...context, outcome: 'deny', error: { status: 409, message } } };
}

export function obligationsIn({ context }: Evaluated): readonly Obligation[] {
  return context.obligations ?? [];
}

/** What went wrong, as the answer to one question. */
export function denialOf(error: AppError): Evaluated {
  const errors = error.faults.length === 0 ? {} : { errors: error.faults };
  return {
    decision: false,
    context: { error: { status: PROBLEMS[error.code].status, message: error.message, ...errors } },
  };
}

/** A broken question, and not a failure of the service. */
function isTheirs(error: unknown): error is AppError {
  return error instanceof AppError && PROBLEMS[error.code].status < 500;
}
