import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { prepared } from '../database/prepared.ts';
import { actionKeyHash } from './action-key-hash.ts';
import type { ExecutionEntity } from './execution.entity.ts';

/** An execution with the agent who did it. */
export type ToldExecution = Pick<ExecutionEntity, 'id' | 'callerId' | 'sealedFor' | 'detailsSealed' | 'executedAt'> & {
  readonly agentId: string;
};

@Injectable()
export class ExecutionsRepository {
  async insert(tx: EntityManager, execution: ExecutionEntity): Promise<void> {
    await prepared(
      tx,
      {
        name: 'executions-insert',
        text: `INSERT INTO executions (id, call_id, contract_id, action, decision_id, caller_id, is_safe_delivery, sealed_for,
           details_sealed, executed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      },
      [
        execution.id,
        execution.callId,
        execution.contractId,
        execution.action,
        execution.decisionId,
        execution.callerId,
        execution.isSafeDelivery,
        execution.sealedFor,
        execution.detailsSealed,
        execution.executedAt,
      ],
    );
  }

  /** What was done, and in whose call: what its notice tells. */
  async find(tx: EntityManager, id: string): Promise<ToldExecution | null> {
    const text = `SELECT x.id, x.caller_id AS "callerId", x.sealed_for AS "sealedFor", x.details_sealed AS "detailsSealed",
        x.executed_at AS "executedAt", c.agent_id AS "agentId"
      FROM executions x JOIN calls c ON c.id = x.call_id WHERE x.id = $1`;
    const [row] = await prepared<ToldExecution>(tx, { name: 'executions-find', text }, [id]);
    return row ?? null;
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
