import type { Principal } from '../auth/principal.ts';
import type { Named } from '../calls/asked-facts.ts';
import type { AskedAction } from '../calls/questions.ts';
import { AppError } from '../errors.ts';
import type { Policy } from '../policy/policy.ts';
import type { AccessRequestSubmission } from './access-requests.dto.ts';
import type { PresentedDenial } from './denials.ts';
import { contextOf, type EvaluationRequest } from './evaluation.ts';
import { askedOf, requireCall, type RequestReader, weighedOf } from './request-reader.ts';

/** One action of a submission, as it was weighed when it was denied. */
export interface AskedItem {
  readonly weighed: EvaluationRequest;
  readonly asked: AskedAction;
  readonly named: Named;
  readonly policy: Policy;
  readonly denial: PresentedDenial;
  readonly wantedUntil: Date | null;
}

/** A submission in one call. */
export interface Asking {
  readonly callId: string;
  readonly items: readonly AskedItem[];
}

/**
 * Reads what is asked for. Nothing of it is believed before its denial is.
 *
 * @returns null for what is asked outside a call
 * @throws AppError `not_requestable`, `validation_failed`, `forbidden`
 */
export async function readSubmission(
  body: AccessRequestSubmission,
  reader: RequestReader,
  principal: Principal,
): Promise<Asking | null> {
  const all = itemsOf(body);
  requireActor(body.client, principal);
  const { subject, context: given } = body;
  const context = contextOf(subject, given);
  requireCall(context, principal);
  if (context.callId === null) return null;
  const wanted = all.map(({ denial = body.denial, requested_access: access, ...one }, place) => {
    if (denial === undefined) {
      throw new AppError('not_requestable', 'Only what was denied with access_request is requested: give its denial.');
    }
    const ofItem = access?.['requested_until'];
    const wantedUntil =
      ofItem === undefined
        ? untilOf(body.requested_access?.['requested_until'], '/requested_access')
        : untilOf(ofItem, `/items/${place}/requested_access`);
    return { request: { ...one, subject, context: given }, denial, wantedUntil };
  });
  const known = await reader.find(wanted.map(({ request }) => request));
  const items = await Promise.all(
    wanted.map(async ({ request, ...rest }): Promise<AskedItem> => {
      const weighed = weighedOf(request, known.policy, principal);
      const asked = askedOf(weighed.action, known.policy);
      const { named } = await reader.questionOf(weighed, context, known, principal);
      return { ...rest, weighed, named, policy: known.policy, asked };
    }),
  );
  return { callId: context.callId, items };
}

type Item = NonNullable<AccessRequestSubmission['items']>[number];

/** One, or several: not both, and not neither. */
function itemsOf({ resource, action, items }: AccessRequestSubmission): readonly Item[] {
  if (items === undefined && resource !== undefined && action !== undefined) return [{ resource, action }];
  if (items !== undefined && resource === undefined && action === undefined) return items;
  const detail = 'Give resource and action, or items in their place.';
  throw new AppError('validation_failed', detail, { faults: [{ pointer: '/items', detail }] });
}

function untilOf(until: unknown, pointer: string): Date | null {
  if (until === undefined) return null;
  const time = typeof until === 'string' ? Date.parse(until) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time);
  const detail = 'Give an RFC 3339 timestamp.';
  throw new AppError('validation_failed', detail, { faults: [{ pointer: `${pointer}/requested_until`, detail }] });
}

/** Whom a key acts for is known from the key and its agent: a body can name no other. */
function requireActor(client: Readonly<Record<string, unknown>> = {}, { agent }: Principal): void {
  const { actor } = client;
  if (actor === undefined) return;
  const { id, act } = typeof actor === 'object' && actor !== null ? (actor as Record<string, unknown>) : {};
  if (agent !== null && id === agent.ref && act === undefined) return;
  throw new AppError('forbidden', 'client.actor is the agent of the request, and nobody else acts.');
}
