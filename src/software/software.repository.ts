import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';

import { SoftwareCallerEntity } from './software-caller.entity.ts';

@Injectable()
export class SoftwareRepository {
  async insert(tx: EntityManager, caller: SoftwareCallerEntity): Promise<void> {
    await tx.insert(SoftwareCallerEntity, caller);
  }

  /** Of this holder and in use, the oldest first. */
  list(manager: EntityManager, holderId: string): Promise<SoftwareCallerEntity[]> {
    return manager.find(SoftwareCallerEntity, {
      where: { holderId, endedAt: IsNull() },
      order: { declaredAt: 'ASC', personId: 'ASC' },
    });
  }

  /** Locked; null also for what another holder declared. Ended ones are found too. */
  lock(tx: EntityManager, personId: string, holderId: string): Promise<SoftwareCallerEntity | null> {
    return tx.findOne(SoftwareCallerEntity, {
      where: { personId, holderId },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async end(tx: EntityManager, personId: string, now: Date): Promise<void> {
    await tx.update(SoftwareCallerEntity, { personId }, { endedAt: now });
  }
}
