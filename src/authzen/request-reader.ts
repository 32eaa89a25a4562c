import { Injectable } from '@nestjs/common';

import type { Principal } from '../auth/principal.ts';
import { ChecksService, type NamedQuestion } from '../calls/checks.service.ts';
import { trustedIn } from '../calls/asked-facts.ts';
import { type AskedAction, prepareQuestions } from '../calls/questions.ts';
import { AppError } from '../errors.ts';
import type { CallerId } from '../policy/ids.ts';
import type { Policy } from '../policy/policy.ts';
import { PERSON_KINDS, type PersonKind } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { CALLER, channelOf, type Context, type Entity, type EvaluationRequest } from './evaluation.ts';
import { type NamedPerson, type NamedResource, NamesRepository } from './names.repository.ts';

/** What a request names, found in our own store. */
export interface Known {
  readonly policy: Policy;
  readonly people: ReadonlyMap<string, NamedPerson>;
  readonly resources: ReadonlyMap<string, NamedResource>;
}

/** Turns the standard's questions into ours. Properties of a request are no facts but where the policy trusts them. */
@Injectable()
export class RequestReader {
  constructor(
    private readonly checks: ChecksService,
    private readonly policies: PolicyDocuments,
    private readonly names: NamesRepository,
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

  /** @throws AppError `not_found` for what there is not, outside a call; inside one that is another contract, as any other */
  async questionOf(
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

/** An agent looks nobody and nothing up outside their calls. @throws AppError `forbidden` */
export function requireCall({ callId }: Context, { scope }: Principal): void {
  if (callId !== null || scope === 'crm') return;
  throw new AppError('forbidden', 'An agent asks in an open call: name it in context.call_id.');
}

/** The request without what counts for nothing: this is what is decided, and what a signature covers. */
export function weighedOf(request: EvaluationRequest, policy: Policy, { scope }: Principal): EvaluationRequest {
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

/** Which properties were sent and count for nothing, as JSON pointers, in order. */
export function ignoredOf(request: EvaluationRequest, weighed: EvaluationRequest): readonly string[] {
  const parts = ['subject', 'action', 'resource'] as const;
  const names = parts.flatMap((part) =>
    Object.keys(request[part].properties ?? {})
      .filter((name) => !Object.hasOwn(weighed[part].properties ?? {}, name))
      .map((name) => pointerTo(part, name)),
  );
  return names.toSorted();
}

/** RFC 6901. */
function pointerTo(part: string, name: string): string {
  return `/${part}/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The kind of people that a system means by a type; undefined = none. */
export function kindOf(policy: Policy, type: string): PersonKind | undefined {
  return policy.subjectTypes.get(type) ?? PERSON_KINDS.find((kind) => kind === type);
}

/** How policies name actions, as our own routes have it: in parts after a dot. */
export const ACTION_NAME = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/;

/**
 * @throws AppError `validation_failed` for what is no name: the record of a decision keeps an unknown one as it was asked, and nobody
 * is to be described in it
 */
export function askedOf({ name, properties = {} }: EvaluationRequest['action'], policy: Policy): AskedAction {
  const known = policy.actions.get(name);
  if (known === undefined && !ACTION_NAME.test(name)) {
    const detail = 'Give a name such as invoice.explain.';
    throw new AppError('validation_failed', detail, { faults: [{ pointer: '/action/name', detail }] });
  }
  return { name, properties: picked(properties, (property) => known?.properties.has(property) === true) };
}

/**
 * Whatever can be wrong with a question outside calls beside naming what there is not. It is told before anything is looked up: told
 * afterwards, unrecorded, it would tell what there is.
 *
 * @throws AppError `validation_failed`, `invalid_state`
 */
export function requireSound(
  { subject, action, resource }: EvaluationRequest,
  { purpose }: Context,
  asked: readonly AskedAction[],
  policy: Policy,
): void {
  if (purpose === 'execute') {
    throw new AppError('invalid_state', 'Something is executed in an open call alone: name it in context.call_id.');
  }
  channelOf(action.properties);
  trustedIn(policy, resource.type, { resource: resource.properties ?? {}, subject: subject.properties ?? {} }, true);
  prepareQuestions(policy, asked, (text) => text);
}

function picked(
  members: Readonly<Record<string, unknown>> | null | undefined,
  isWanted: (name: string) => boolean,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members ?? {}).filter(([name]) => isWanted(name)));
}

function byRef<One extends { readonly ref: string }>(found: readonly One[]): ReadonlyMap<string, One> {
  return new Map(found.map((one) => [one.ref, one]));
}
