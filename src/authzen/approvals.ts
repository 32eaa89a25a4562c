import { isDeepStrictEqual } from 'node:util';

import { Injectable } from '@nestjs/common';

import { agentWhoseCalls, type Principal } from '../auth/principal.ts';
import { ChecksService } from '../calls/checks.service.ts';
import type { Decision } from '../policy/decision.ts';
import { bindingHash, REFUSALS, type Refusal, type RequestedItem } from './access-request.ts';
import { AccessRequestsRepository } from './access-requests.repository.ts';
import { type EvaluationRequest, isUuid } from './evaluation.ts';

/** What a question says that it was approved by, as we find it. */
export interface Approval {
  /** Why it is none for this question; null = it is for exactly this. */
  readonly refusal: Refusal | null;
  readonly told: { readonly id: string; readonly approved_until: string } | null;
}

/** An approval as it is handed out, and as it has to come back. */
export interface HandedApproval {
  readonly id: string;
  readonly approved_at: string;
  readonly approved_until: string;
}

/** Seconds until an answer may be another one: somebody is being identified. */
const SOON = 5;

/**
 * What the enforcing side gives back after a yes. It opens nothing: the holder's yes is among the facts that the one check weighs,
 * with it or without it. One that does not fit makes the answer a deny.
 */
@Injectable()
export class Approvals {
  constructor(
    private readonly repository: AccessRequestsRepository,
    private readonly checks: ChecksService,
  ) {}

  /** @param request as it was weighed */
  async find(presented: unknown, request: EvaluationRequest, principal: Principal): Promise<Approval> {
    const id = idOf(presented);
    const unverifiable: Approval = { refusal: 'approval_unverifiable', told: null };
    if (id === null) return unverifiable;
    const found = await this.repository.byApproval(id.approval, agentWhoseCalls(principal));
    const handed = found === null ? null : handedApproval(id.approval, found.items, id.place);
    // Unchanged, and with nothing beside it that we didn't give: what was altered says something that nobody approved.
    if (found === null || handed === null || !isDeepStrictEqual(plain(presented), handed)) return unverifiable;
    const told = { id: handed.id, approved_until: handed.approved_until };
    if (Date.parse(handed.approved_until) <= found.now.getTime()) return { refusal: 'approval_expired', told };
    const isInScope = found.items[id.place]?.scope === this.scopeOf(request);
    return { refusal: isInScope ? null : 'out_of_scope', told };
  }

  /** What an approval is for: keyed, as an action's properties may be personal. */
  scopeOf(request: EvaluationRequest): string {
    return this.checks.conceal(bindingHash(request));
  }
}

/** Null while it is not approved. */
export function handedApproval(
  approvalId: string,
  items: readonly RequestedItem[],
  place: number,
): HandedApproval | null {
  const { approvedAt, approvedUntil } = items[place] ?? {};
  if (approvedAt === undefined || approvedUntil === undefined) return null;
  return { id: `${approvalId}.${place}`, approved_at: approvedAt, approved_until: approvedUntil };
}

/**
 * Why this is denied all the same, and what to do now.
 *
 * @param isRequestable the denial says how to ask anew
 */
export function refused(
  { refusal }: Approval,
  decision: Decision | null,
  isRequestable: boolean,
): Readonly<Record<string, unknown>> {
  const reason = refusal ?? reasonOf(decision);
  const next = REFUSALS[reason];
  const after = next === 'retry' ? { retry_after: SOON } : {};
  return { reason, next_action: next === 'request' && !isRequestable ? 'none' : next, ...after };
}

function reasonOf(decision: Decision | null): Refusal {
  // Used, too old, or given about a mandate that has changed since: the holder has to say it again.
  if (decision?.outcome === 'ask_holder') return 'approval_expired';
  // The yes is there, and whoever it is about is not known well enough (yet).
  return decision?.outcome === 'verify_caller' ? 'grant_pending' : 'policy_denied';
}

function idOf(presented: unknown): { readonly approval: string; readonly place: number } | null {
  const id: unknown = typeof presented === 'object' && presented !== null && 'id' in presented ? presented.id : null;
  if (typeof id !== 'string') return null;
  const [approval = '', place = '', more] = id.split('.');
  return more === undefined && isUuid(approval) && /^\d$/.test(place) ? { approval, place: Number(place) } : null;
}

/** As it came over the wire, without the class that a reader may have made of it. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
