import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { actionKeyHash } from './facts.repository.ts';
import { ExecutionEntity } from './execution.entity.ts';

@Injectable()
export class ExecutionsRepository {
  async insert(tx: EntityManager, execution: ExecutionEntity): Promise<void> {
    await tx.insert(ExecutionEntity, execution);
  }

  find(tx: EntityManager, id: string): Promise<ExecutionEntity | null> {
    return tx.findOneBy(ExecutionEntity, { id });
  }

  /** Uses a confirmation up for one action. The primary key refuses a second use, whoever races. */
  async use(tx: EntityManager, confirmationId: string, key: string, executionId: string): Promise<void> {
    await tx.query('INSERT INTO code_uses (code_id, action_key_hash, execution_id) VALUES ($1, $2, $3)', [
      confirmationId,
      actionKeyHash(key),
      executionId,
    ]);
  }
}
