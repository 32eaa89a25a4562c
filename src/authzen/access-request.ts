import { createHash } from 'node:crypto';

import type { CodeState } from '../codes/code.ts';
import { canonicalJson, type Json } from '../policy/binding.ts';
import type { Properties } from '../policy/policy.ts';
import type { EvaluationRequest } from './evaluation.ts';

// The words of the Access Request and Approval Profile, and what our codes are called in them.

/** Says that a service keeps to the profile. */
export const ACCESS_REQUEST = 'urn:openid:authzen:capability:access-request';

export const TASK_STATUSES = ['pending', 'approved', 'denied', 'expired', 'cancelled', 'failed', 'partial'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];
export type ItemStatus = Exclude<TaskStatus, 'partial'>;

/** One action of a request, and what became of it. No personal data: properties are in `scope` alone, by a keyed value. */
export interface RequestedItem {
  readonly resource: { readonly type: string; readonly id: string; readonly properties?: Properties };
  readonly action: string;
  /** The channel that the action named; null = none. */
  readonly channel: string | null;
  /** {@link bindingHash} under our key: what the approval is for. */
  readonly scope: string;
  /** Codes whose yes it misses, and of a list the yes to one; each of the request's codes is about every one of its actions. */
  readonly needs: readonly (string | readonly string[])[];
  /** Until when it was wanted at most; null = for as long as a yes counts. */
  readonly wantedUntil: string | null;
  readonly status: ItemStatus;
  /** With status `approved` alone. */
  readonly approvedAt?: string;
  readonly approvedUntil?: string;
}

/**
 * What was asked of the holder over the standard's wire, and what its end was told to be. Where the question stands is in its codes
 * alone, until it ends.
 */
export interface AccessRequest {
  readonly id: string;
  readonly approvalId: string;
  readonly callId: string;
  /** Of the call: another agent's is absent. */
  readonly agentId: string;
  /** The key that asked, and its agent. */
  readonly requester: string;
  readonly idempotencyKey: string | null;
  readonly requestHash: Buffer;
  /** Decisions that denied it: each is good for one request. */
  readonly evaluationIds: string[];
  readonly codeIds: string[];
  /** It came as a list, and is answered as one. */
  readonly isList: boolean;
  readonly items: readonly RequestedItem[];
  readonly status: TaskStatus;
  readonly createdAt: Date;
  /** With the call. */
  readonly expiresAt: Date;
}

/** Why a question with an approval is denied, and what the asking side does then. */
export const REFUSALS = {
  approval_expired: 'request',
  out_of_scope: 'request',
  grant_pending: 'retry',
  policy_denied: 'none',
  approval_unverifiable: 'none',
} as const;
export type Refusal = keyof typeof REFUSALS;

/** Members of a context that an approval is bound to. The others change from question to question. */
export const BOUND_MEMBERS = ['call_id'] as const;

/**
 * Names what was asked, member by member, as the profile has it: base64url of SHA-256 of canonical JSON.
 *
 * @param request as it was weighed: what counts for nothing is not bound
 */
export function bindingHash({ subject, resource, action, context = {} }: EvaluationRequest): string {
  const bound = Object.fromEntries(
    BOUND_MEMBERS.flatMap((name) => (context[name] === undefined ? [] : [[name, context[name]]])),
  );
  const asked = { subject, resource, action, context: bound } as unknown as Json;
  return createHash('sha256').update(canonicalJson(asked)).digest('base64url');
}

/** What the end of a code means for who asked. */
const ENDS: Readonly<Record<CodeState, ItemStatus>> = {
  pending: 'pending',
  approved: 'approved',
  declined: 'denied',
  expired: 'expired',
  cancelled: 'cancelled',
  superseded: 'cancelled',
  tries_exhausted: 'failed',
  undeliverable: 'failed',
};
/** Which of several ends is told. */
const GRAVITY: readonly ItemStatus[] = ['denied', 'cancelled', 'failed', 'expired'];

/**
 * @param needed states of the codes whose yes this action misses: of each group one
 * @param all states of all codes of the request: a no is a no to every action that it was asked about
 */
export function itemStatus(needed: readonly (readonly CodeState[])[], all: readonly CodeState[]): ItemStatus {
  if (all.includes('declined')) return 'denied';
  const ends = needed.map(groupStatus);
  return gravest(ends) ?? (ends.includes('pending') ? 'pending' : 'approved');
}

/** As long as somebody can still say yes, nothing is over. */
function groupStatus(states: readonly CodeState[]): ItemStatus {
  const ends = states.map((state) => ENDS[state]);
  if (ends.includes('approved')) return 'approved';
  return ends.includes('pending') ? 'pending' : (gravest(ends) ?? 'approved');
}

function gravest(ends: readonly ItemStatus[]): ItemStatus | undefined {
  return GRAVITY.find((status) => ends.includes(status));
}

export function taskStatus(items: readonly Pick<RequestedItem, 'status'>[]): TaskStatus {
  const statuses = new Set(items.map(({ status }) => status));
  if (statuses.has('pending')) return 'pending';
  const [only = 'pending', other] = statuses;
  return other === undefined ? only : 'partial';
}
