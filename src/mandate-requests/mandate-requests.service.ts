import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { placeOf, type Place } from '../crypto/place.ts';
import { AppError, type Fault } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { isKnownToProxy } from '../mandates/mandate.ts';
import { readPeriod } from '../mandates/mandate-period.ts';
import { MandateTerms, refusal } from '../mandates/mandate-terms.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { MandateRequestEntity } from './mandate-request.entity.ts';
import { ASKED, type AskedMandate, type MandateRequest, REQUEST_LIFE, type RequestState } from './mandate-request.ts';
import { MandateRequestsRepository } from './mandate-requests.repository.ts';

/**
 * Somebody asks for a mandate. Whether the one they mean exists is looked up afterwards: the answer, the work for it and all
 * that the asker sees are the same.
 */
@Injectable()
export class MandateRequestsService {
  constructor(
    private readonly audit: AuditService,
    private readonly repository: MandateRequestsRepository,
    private readonly holders: HoldersService,
    private readonly terms: MandateTerms,
    private readonly mandates: MandatesService,
    private readonly messages: MessagesService,
    private readonly policies: PolicyDocuments,
  ) {}

  /** @throws AppError `validation_failed`, `code_budget_exhausted` after three in a day */
  async ask(asked: AskedMandate, principal: Principal): Promise<MandateRequest> {
    const policy = await this.policies.current();
    const { id: personId, sessionId } = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      const faults: Fault[] = [];
      this.terms.scopes(policy, asked.scopes, [], faults);
      const period = readPeriod(asked, now.getTime());
      if ('faults' in period) faults.push(...period.faults);
      if (faults.length > 0) throw refusal(faults);
      const since = new Date(now.getTime() - ASKED.window);
      if ((await this.repository.countSince(tx, personId, since)) >= ASKED.most) {
        throw new AppError('code_budget_exhausted', `You asked ${ASKED.most} times today. Wait until tomorrow.`, {
          retryAfter: ASKED.window / 1_000,
        });
      }
      const id = randomUUID();
      const row: MandateRequestEntity = {
        id,
        personId,
        sessionId,
        termsSealed: await this.holders.seal(tx, personId, JSON.stringify(asked), termsPlace(id)),
        askedAt: now,
        expiresAt: new Date(now.getTime() + REQUEST_LIFE),
        mandateId: null,
      };
      await this.repository.insert(tx, row);
      await this.messages.enqueueRequest(tx, id);
      const { scopes } = asked;
      const entry = { kind: 'mandate.requested', actor: actorOf(principal), callId: null, personIds: [personId] };
      const result = { id, asked, state: 'waiting', askedAt: now, expiresAt: row.expiresAt, mandateId: null } as const;
      return { result, entries: [{ ...entry, body: { requestId: id, scopes } }] };
    });
  }

  /** What the reader asked for in the last 15 months, the newest first. */
  list(principal: Principal): Promise<readonly MandateRequest[]> {
    const { id: personId } = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      const rows = await this.repository.list(tx, personId, now);
      const result: MandateRequest[] = [];
      for (const row of rows) result.push(await this.#read(tx, now, row));
      return { result, entries: [] };
    });
  }

  /** What somebody asked, for who looks up whom they mean. */
  async termsOf(tx: EntityManager, { id, personId, termsSealed }: MandateRequestEntity): Promise<AskedMandate> {
    return JSON.parse(await this.holders.open(tx, personId, termsSealed, termsPlace(id))) as AskedMandate;
  }

  async #read(tx: EntityManager, now: Date, row: MandateRequestEntity): Promise<MandateRequest> {
    const { id, askedAt, expiresAt } = row;
    const mandateId = await this.#given(tx, row);
    const state: RequestState = mandateId !== null ? 'approved' : expiresAt > now ? 'waiting' : 'lapsed';
    return { id, asked: await this.termsOf(tx, row), state, askedAt, expiresAt, mandateId };
  }

  /** Only what its proxy may know of has been given. */
  async #given(tx: EntityManager, { mandateId }: MandateRequestEntity): Promise<string | null> {
    const mandate = mandateId === null ? null : await this.mandates.find(tx, mandateId);
    return mandate !== null && isKnownToProxy(mandate) ? mandate.id : null;
  }
}

function termsPlace(requestId: string): Place {
  return placeOf('mandate_requests', 'terms_sealed', requestId);
}
