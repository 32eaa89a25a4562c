import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import type { Principal } from '../auth/principal.ts';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { KnownPerson } from '../holders/person.ts';
import { BlocksService } from '../mandates/blocks.service.ts';
import { GrantsService } from '../mandates/grants.service.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import type { QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { PersonId } from '../policy/ids.ts';
import type { MandateRequestEntity } from './mandate-request.entity.ts';
import { type AskedMandate, OPEN_MOST } from './mandate-request.ts';
import { MandateRequestsRepository } from './mandate-requests.repository.ts';
import { MandateRequestsService } from './mandate-requests.service.ts';

/** Where a holder reads what is asked of them. */
export const ASKED_PATH = '/portal/asked';

/** Brings a request to the one who is meant, if there is one: as a draft, in which nothing counts. The asker is told nothing. */
@Injectable()
export class RequestDelivery implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: MandateRequestsRepository,
    private readonly requests: MandateRequestsService,
    private readonly holders: HoldersService,
    private readonly blocks: BlocksService,
    private readonly grants: GrantsService,
    private readonly mandates: MandatesService,
    private readonly policies: PolicyDocuments,
    private readonly messages: MessagesService,
    private readonly notices: Notices,
  ) {}

  onModuleInit(): void {
    this.messages.provideRequests((id) => this.deliver(id));
    this.messages.provide('mandate_asked', (message) => this.#onMessage(message));
  }

  /** May be asked twice. What can't be granted at all comes to nothing, in silence. */
  async deliver(id: string): Promise<void> {
    const policy = await this.policies.current();
    try {
      await this.audit.record(async (tx, now) => {
        const request = await this.repository.lock(tx, id);
        if (request === null || request.mandateId !== null || request.expiresAt <= now) return NOTHING;
        const asked = await this.requests.termsOf(tx, request);
        const holder = await this.#holderOf(tx, asked);
        if (holder === null || !(await this.#mayAsk(tx, now, holder.id, request.personId))) return NOTHING;
        const { scopes, contracts, starts_at, ends_at } = asked;
        const granted = await this.grants.grantIn(
          tx,
          now,
          {
            holder: holder.crmRef,
            proxy: (await this.holders.describe(tx, request.personId)).crmRef,
            scopes,
            contracts,
            may_pass_on: false,
            while_partner: false,
            starts_at,
            ends_at,
            form: 'portal',
            evidence_ref: null,
            call_id: null,
          },
          principalOf(request),
          policy,
        );
        const { id: mandateId } = granted.result.mandate;
        await this.repository.setMandate(tx, id, mandateId);
        await this.notices.send(tx, now, holder.id, { template: 'mandate_asked', parameters: { mandateId } });
        return { result: undefined, entries: granted.entries };
      });
    } catch (error) {
      // Contracts of somebody else, a mandate that stands already: the holder is not bothered, the asker learns nothing.
      if (error instanceof AppError && REFUSALS.has(error.code)) return;
      throw error;
    }
  }

  /** By their customer number, or as the only holder of the first contract. */
  async #holderOf(tx: EntityManager, { holder, contracts }: AskedMandate): Promise<KnownPerson | null> {
    if (holder !== null) return this.holders.personByRef(tx, holder);
    const [first] = contracts;
    const contract = first === undefined ? null : await this.holders.contractByRef(tx, first);
    const [only, another] = contract?.holderIds ?? [];
    if (only === undefined || another !== undefined) return null;
    return this.holders.describe(tx, only);
  }

  async #mayAsk(tx: EntityManager, now: Date, holderId: string, askerId: string): Promise<boolean> {
    if (await this.blocks.isBlocked(tx, holderId, askerId)) return false;
    return (await this.repository.open(tx, holderId, now, true)).length < OPEN_MOST;
  }

  async #onMessage({ parameters, language }: QueuedMessage): Promise<TemplateValues['mandate_asked'] | 'drop'> {
    const { manager } = this.dataSource;
    const id = String(parameters.mandateId);
    const mandate = await this.mandates.find(manager, id);
    if (mandate?.state !== 'draft' || mandate.acceptBefore === null) return 'drop';
    const summary = await this.mandates.summaryOf(manager, id, mandate.holderId, language, null);
    if (summary === null) return 'drop';
    const { proxy, scopes, contracts, startsAt, endsAt } = summary;
    return {
      proxy,
      scopes: scopes.map(({ title }) => title),
      contracts,
      startsAt,
      endsAt,
      answerBefore: new Date(mandate.acceptBefore),
      link: new URL(ASKED_PATH, this.config.publicUrl).href,
    };
  }
}

const NOTHING = { result: undefined, entries: [] };
const REFUSALS: ReadonlySet<string> = new Set(['validation_failed', 'mandate_overlaps', 'not_found']);

/** Who asked, in the session in which they did. What they say proves nothing. */
function principalOf({ personId, sessionId, askedAt }: MandateRequestEntity): Principal {
  const person = { id: personId as PersonId, sessionId, provedAt: askedAt, assistance: null };
  return { keyId: `session-${sessionId}`, scope: 'person', strength: 0, agent: null, person };
}
