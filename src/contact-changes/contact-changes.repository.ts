import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';

import { ContactChangeEntity } from './contact-change.entity.ts';

@Injectable()
export class ContactChangesRepository {
  /** In place of another of the same kind that still waited. */
  async replace(tx: EntityManager, change: ContactChangeEntity): Promise<void> {
    await tx.upsert(ContactChangeEntity, change, ['personId', 'kind']);
  }

  /** Those that wait, the oldest first. */
  list(manager: EntityManager, personId: string, now: Date): Promise<ContactChangeEntity[]> {
    return manager.find(ContactChangeEntity, {
      where: { personId, expiresAt: MoreThan(now) },
      order: { askedAt: 'ASC', id: 'ASC' },
    });
  }

  /** Of this person, while it waits; nobody changes it meanwhile. */
  lock(tx: EntityManager, personId: string, id: string, now: Date): Promise<ContactChangeEntity | null> {
    return tx.findOne(ContactChangeEntity, {
      where: { personId, id, expiresAt: MoreThan(now) },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async update(
    tx: EntityManager,
    { personId, kind }: ContactChangeEntity,
    changes: Partial<Pick<ContactChangeEntity, 'knownCodeId' | 'newCodeId' | 'knownConfirmedAt' | 'newConfirmedAt'>>,
  ): Promise<void> {
    await tx.update(ContactChangeEntity, { personId, kind }, changes);
  }

  async remove(tx: EntityManager, { personId, kind }: ContactChangeEntity): Promise<void> {
    await tx.delete(ContactChangeEntity, { personId, kind });
  }
}
