import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { IncidentEntity } from './incident.entity.ts';
import type { IncidentState } from './incident.ts';

@Injectable()
export class IncidentsRepository {
  /** False when they have an open one about this record already. */
  async insert(tx: EntityManager, incident: IncidentEntity): Promise<boolean> {
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(IncidentEntity)
      .values(incident)
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  findOpen(tx: EntityManager, personId: string, recordId: string): Promise<IncidentEntity | null> {
    return tx.findOneBy(IncidentEntity, { personId, recordId, state: 'open', type: 'questioned' });
  }

  find(manager: EntityManager, id: string): Promise<IncidentEntity | null> {
    return manager.findOneBy(IncidentEntity, { id });
  }

  countOfCall(tx: EntityManager, callId: string): Promise<number> {
    return tx.countBy(IncidentEntity, { callId });
  }

  /** What they questioned themselves: the newest first, 100 at most. */
  ofPerson(manager: EntityManager, personId: string): Promise<IncidentEntity[]> {
    return manager.find(IncidentEntity, {
      where: { personId, type: 'questioned' },
      order: { openedAt: 'DESC', id: 'ASC' },
      take: 100,
    });
  }

  /** The oldest first, behind the one with this id. */
  list(tx: EntityManager, state: IncidentState, limit: number, after: string | null): Promise<IncidentEntity[]> {
    const query = tx
      .createQueryBuilder(IncidentEntity, 'i')
      .where('i.state = :state', { state })
      .orderBy('i.openedAt')
      .addOrderBy('i.id')
      .take(limit);
    if (after !== null) {
      query.andWhere('(i.openedAt, i.id) > (SELECT a.opened_at, a.id FROM incidents a WHERE a.id = :after)', { after });
    }
    return query.getMany();
  }

  lock(tx: EntityManager, id: string): Promise<IncidentEntity | null> {
    return tx.findOne(IncidentEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async close(
    tx: EntityManager,
    id: string,
    now: Date,
    { noteSealed, closedBy }: Pick<IncidentEntity, 'noteSealed' | 'closedBy'>,
  ): Promise<void> {
    await tx.update(IncidentEntity, { id }, { state: 'closed', closedAt: now, noteSealed, closedBy });
  }
}
