import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { ReachService } from './reach.service.ts';

/** What was found, and how it is recorded. */
export interface LookedUp<Found> {
  readonly result: Found;
  readonly entries: readonly AuditEntry[];
}

/** What there is of somebody, outside calls, for who knows their reference: counted, and recorded before it is answered. */
@Injectable()
export class LookUps {
  constructor(
    private readonly audit: AuditService,
    private readonly holders: HoldersService,
    private readonly reach: ReachService,
  ) {}

  /**
   * @param read what to answer; null = nobody has this reference, which is counted too
   * @throws AppError `rate_limited` for who has looked up enough people for now
   */
  async of<Found>(
    personRef: string,
    principal: Principal,
    read: (tx: EntityManager, now: Date, personId: string | null) => Promise<LookedUp<Found>>,
  ): Promise<Found> {
    const found = await this.audit.record<LookedUp<Found> | AppError>(async (tx, now) => {
      const person = await this.holders.personByRef(tx, personRef);
      const reached = person === null ? null : [person.id];
      const { agent, scope } = principal;
      const actor = actorOf(principal);
      // To an agent it is one customer more, whether they called or not.
      const over =
        scope === 'agent' && agent !== null
          ? await this.reach.call(tx, now, agent.id, reached, actor)
          : await this.reach.lookUp(tx, now, actor, reached);
      if (over !== null) return { result: over.error, entries: [over.entry] };
      const seen = await read(tx, now, person?.id ?? null);
      return { result: seen, entries: [...seen.entries] };
    });
    if (found instanceof AppError) throw found;
    return found.result;
  }
}
