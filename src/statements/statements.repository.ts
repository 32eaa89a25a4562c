import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Statement } from './statement.ts';

/** With what is read to open it. */
export interface StatementRow extends Omit<Statement, 'facts' | 'crmValue'> {
  readonly sealedFor: string;
  readonly factsSealed: Buffer;
}

/** With what is only kept. */
export interface NewStatement extends Omit<StatementRow, 'isCorrected'> {
  readonly contractId: string;
  readonly agentId: string;
}

const SELECT = `
  SELECT s.id, s.call_id AS "callId", s.role, s.heard_as AS "heardAs", s.subject, s.source, s.comparison, s.corrects,
    EXISTS (SELECT FROM statements c WHERE c.corrects = coalesce(s.corrects, s.id) AND (c.said_at, c.id) > (s.said_at, s.id)
      AND c.id <> s.id) AS "isCorrected", s.said_at AS "saidAt",
    s.sealed_for AS "sealedFor", s.facts_sealed AS "factsSealed"
  FROM statements s`;

@Injectable()
export class StatementsRepository {
  /** False when one with this id was there. */
  async insert(tx: EntityManager, one: NewStatement): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `INSERT INTO statements (id, call_id, contract_id, agent_id, role, heard_as, subject, source, comparison, corrects, sealed_for,
         facts_sealed, said_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING RETURNING id`,
      [
        one.id,
        one.callId,
        one.contractId,
        one.agentId,
        one.role,
        one.heardAs,
        one.subject,
        one.source,
        one.comparison,
        one.corrects,
        one.sealedFor,
        one.factsSealed,
        one.saidAt,
      ],
    );
    return rows.length === 1;
  }

  async count(tx: EntityManager, callId: string): Promise<number> {
    const [row] = await tx.query<{ count: number }[]>(
      'SELECT count(*)::integer AS count FROM statements s WHERE s.call_id = $1',
      [callId],
    );
    return row?.count ?? 0;
  }

  /** In the order in which they were said. */
  ofCall(manager: EntityManager, callId: string): Promise<readonly StatementRow[]> {
    return manager.query<StatementRow[]>(`${SELECT} WHERE s.call_id = $1 ORDER BY s.said_at, s.id`, [callId]);
  }

  findAll(manager: EntityManager, ids: readonly string[]): Promise<readonly StatementRow[]> {
    return manager.query<StatementRow[]>(`${SELECT} WHERE s.id = ANY ($1::uuid[])`, [ids]);
  }

  /** The first one of those about this contract among which is this id. */
  async first(tx: EntityManager, id: string, contractId: string): Promise<{ readonly id: string } | null> {
    const [row] = await tx.query<{ id: string }[]>(
      'SELECT coalesce(s.corrects, s.id) AS id FROM statements s WHERE s.id = $1 AND s.contract_id = $2',
      [id, contractId],
    );
    return row ?? null;
  }

  /** Whose it was; null = there is none. */
  async agentOf(manager: EntityManager, id: string): Promise<string | null> {
    const [row] = await manager.query<{ agentId: string }[]>(
      'SELECT s.agent_id AS "agentId" FROM statements s WHERE s.id = $1',
      [id],
    );
    return row?.agentId ?? null;
  }
}
