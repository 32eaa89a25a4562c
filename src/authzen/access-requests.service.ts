import { createHash, randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, agentWhoseCalls, type Principal } from '../auth/principal.ts';
import type { CodeState } from '../codes/code.ts';
import { ChecksService } from '../calls/checks.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { ConfirmationsService } from '../confirmations/confirmations.service.ts';
import { AppError } from '../errors.ts';
import { requesterOf } from '../idempotency/idempotency.interceptor.ts';
import { canonicalJson, type Json } from '../policy/binding.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { readCallback } from './access-callback.ts';
import { AccessCallbacks } from './access-callbacks.service.ts';
import { type AccessRequest, type RequestedItem, type TaskStatus, taskStatus } from './access-request.ts';
import type { AccessRequestSubmission } from './access-requests.dto.ts';
import { AccessRequestsRepository } from './access-requests.repository.ts';
import { Approvals } from './approvals.ts';
import { Denials, notBound } from './denials.ts';
import { isUuid } from './evaluation.ts';
import { readSubmission } from './submission.ts';
import { RequestReader } from './request-reader.ts';
import { RequestStanding } from './request-standing.ts';

/** A request as it is shown: with the exact actions, where it came as a list. */
export interface TaskView {
  readonly request: AccessRequest;
  /** Properties by the name of the action. */
  readonly properties: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

const HOUR = 3_600_000;

/**
 * Requests over the standard's wire, put to the holders by the confirmations that there are: same budgets, codes and messages. The
 * codes alone say where a request stands; once that it ended was told, it has ended.
 */
@Injectable()
export class AccessRequests {
  private readonly logger = new Logger(AccessRequests.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: AccessRequestsRepository,
    private readonly reader: RequestReader,
    private readonly denials: Denials,
    private readonly approvals: Approvals,
    private readonly confirmations: ConfirmationsService,
    private readonly codes: CodesService,
    private readonly policies: PolicyDocuments,
    private readonly checks: ChecksService,
    private readonly callbacks: AccessCallbacks,
    private readonly standing: RequestStanding,
  ) {}

  /**
   * Asks the holders. The same key and body again is the same request.
   *
   * @throws AppError of the profile; `validation_failed`, `forbidden`, `no_usable_contact_point`, `code_budget_exhausted`
   */
  async submit(body: AccessRequestSubmission, key: string | null, principal: Principal): Promise<TaskView> {
    const requestHash = createHash('sha256')
      // What is personal in it stands nowhere but under a key.
      .update(this.checks.conceal(canonicalJson(body as unknown as Json)))
      .digest();
    const requester = requesterOf(principal);
    const asking = await readSubmission(body, this.reader, principal);
    const callback = readCallback(body.callback);
    if (callback !== null) await this.callbacks.requireAllowed(callback);
    const request = await this.audit.record<AccessRequest>(async (tx, now, client) => {
      const earlier = key === null ? null : await this.repository.ofKey(tx, requester, key);
      if (earlier !== null) {
        if (earlier.requestHash.equals(requestHash)) return { result: earlier, entries: [] };
        throw new AppError('duplicate_request', 'Use a new Idempotency-Key for a new request.');
      }
      if (asking === null) throw new AppError('not_requestable', 'Nobody is asked outside a call.');
      const { callId, items } = asking;
      const evaluationIds: string[] = [];
      for (const item of items) evaluationIds.push(await this.denials.require(item, callId, client, now));
      const asked = await this.confirmations
        .askIn(
          { tx, now, client },
          callId,
          principal,
          items.map((one) => one.asked),
          items.map((one) => one.named),
        )
        .catch(inTheirWords);
      // Behind the holder's budget, so that of two at once one sees the other.
      if (await this.repository.isUsed(tx, callId, evaluationIds)) throw notBound('This denial was used before.');
      const made: AccessRequest = {
        id: randomUUID(),
        approvalId: randomUUID(),
        callId,
        agentId: asked.agentId,
        requester,
        idempotencyKey: key,
        requestHash,
        evaluationIds,
        codeIds: asked.codes.map(({ id }) => id),
        isList: body.items !== undefined,
        items: items.map(({ weighed, wantedUntil, named }, place) => ({
          // As it was weighed: of the types that the policy declares.
          resource: weighed.resource as RequestedItem['resource'],
          action: weighed.action.name,
          channel: named.channel ?? null,
          scope: this.approvals.scopeOf(weighed),
          needs: (asked.needed[place] ?? []).map((group) => (group.length === 1 ? (group[0] ?? '') : group)),
          wantedUntil: wantedUntil?.toISOString() ?? null,
          status: 'pending',
        })),
        status: 'pending',
        createdAt: now,
        expiresAt: asked.endsAt,
      };
      await this.repository.insert(tx, made);
      if (callback !== null) await this.callbacks.insert(tx, made.id, callback);
      const checkIds = evaluationIds.map((id) => id.split('.')[0]);
      const entry = entryOf('access_request.made', made, actorOf(principal), { codeIds: made.codeIds, checkIds });
      return { result: made, entries: [...asked.entries, entry] };
    });
    return this.view(await this.settled(request, actorOf(principal)));
  }

  /** @throws AppError `unknown_task`, `task_expired` */
  async get(id: string, principal: Principal): Promise<TaskView> {
    return this.view(await this.settled(await this.requireOwn(id, principal), actorOf(principal)));
  }

  /** Takes the question back, as far as nobody has answered it. @throws AppError as {@link get}; `invalid_task_state` */
  async cancel(id: string, principal: Principal): Promise<TaskView> {
    await this.requireOwn(id, principal);
    const minutes = await this.minutes();
    const cancelled = await this.audit.record<AccessRequest | null>(async (tx, now) => {
      const before = await this.settle(tx, now, id, minutes, actorOf(principal));
      if (before.request.status !== 'pending') return { result: null, entries: before.entries };
      const entries = [...before.entries];
      for (const codeId of before.request.codeIds) {
        const one = await this.codes.cancelOne(tx, now, codeId, actorOf(principal));
        if (one !== null) entries.push(one.entry);
      }
      // The holder may have been quicker: then their answer stands.
      const after = await this.settle(tx, now, id, minutes, actorOf(principal), 'cancelled');
      const isTakenBack = after.request.items.some(({ status }) => status === 'cancelled');
      return { result: isTakenBack ? after.request : null, entries: [...entries, ...after.entries] };
    });
    if (cancelled === null) throw new AppError('invalid_task_state', 'It has ended, and that stands.');
    return this.view(cancelled);
  }

  /** Looks whether it has ended, for who is told of it instead of asking. */
  async notice(id: string): Promise<void> {
    const known = await this.repository.find(id, null);
    if (known !== null) await this.settled(known, 'system:callbacks');
  }

  /** Never fails: what couldn't be cleared is tried again an hour later. Of several processes each takes what it finds. */
  @Interval(HOUR)
  async clear(): Promise<void> {
    await this.repository.clear().catch((error: unknown) => {
      this.logger.warn({ event: 'past_access_requests_not_cleared', err: error });
    });
  }

  private async requireOwn(id: string, principal: Principal): Promise<AccessRequest> {
    const found = isUuid(id) ? await this.repository.find(id, agentWhoseCalls(principal)) : null;
    if (found === null) throw new AppError('unknown_task', 'There is no request with this id in your calls.');
    if (found.expiresAt <= (await this.codes.clock())) {
      throw new AppError('task_expired', 'It ended with its call.');
    }
    return found;
  }

  /** As it stands now. What has ended is written down before it is told, once. */
  private async settled(known: AccessRequest, actor: string): Promise<AccessRequest> {
    if (known.status !== 'pending') return known;
    const minutes = await this.minutes();
    const items = await this.standing.of(this.dataSource.manager, await this.codes.clock(), known, minutes);
    if (items === null) return known;
    return this.audit.record(async (tx, now) => {
      const { request, entries } = await this.settle(tx, now, known.id, minutes, actor);
      return { result: request, entries };
    });
  }

  /** Asked for before a transaction begins: it may need a connection of its own. */
  private async minutes(): Promise<number> {
    return (await this.policies.current()).limits.confirmationMinutes;
  }

  private async settle(
    tx: EntityManager,
    now: Date,
    id: string,
    minutes: number,
    actor: string,
    lost: CodeState = 'pending',
  ): Promise<{ readonly request: AccessRequest; readonly entries: readonly AuditEntry[] }> {
    const known: AccessRequest | null = await this.repository.lock(tx, id);
    if (known === null) throw new AppError('unknown_task', 'There is no request with this id in your calls.');
    const items = await this.standing.of(tx, now, known, minutes, lost);
    if (items === null) return { request: known, entries: [] };
    const status = taskStatus(items);
    await this.repository.settle(tx, id, status, items);
    if (status !== 'pending') await this.callbacks.end(tx, id, status, now);
    const statuses = items.map((one) => one.status);
    const entry = entryOf('access_request.settled', known, actor, { status, statuses });
    return { request: { ...known, items, status }, entries: [entry] };
  }

  private async view(request: AccessRequest): Promise<TaskView> {
    const [first = ''] = request.codeIds;
    const { manager } = this.dataSource;
    const details = request.isList ? await this.codes.detailsOf(manager, await this.codes.require(manager, first)) : [];
    return { request, properties: new Map(details.map(({ name, properties }) => [name, properties])) };
  }
}

/** What the confirmations refuse, as the profile says it. */
function inTheirWords(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  switch (error.code) {
    case 'invalid_state':
      throw new AppError('not_requestable', error.message, { cause: error, faults: error.faults });
    case 'call_ended':
      throw new AppError('expired_denial', error.message, { cause: error });
    case 'not_found':
    case 'conflict':
      throw new AppError('invalid_denial_binding', 'This was not denied in a call of yours.', { cause: error });
    default:
      throw error;
  }
}

function entryOf(
  kind: string,
  { id, callId }: AccessRequest,
  actor: string,
  body: { readonly status?: TaskStatus } & Record<string, unknown>,
): AuditEntry {
  return { kind, actor, callId, body: { requestId: id, ...body } };
}
