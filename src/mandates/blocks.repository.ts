import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BlockEntity } from './block.entity.ts';

/** A holder's standing no to one person. */
export interface Block {
  readonly id: string;
  readonly holderId: string;
  readonly callerId: string;
  readonly callerRef: string;
  readonly blockedAt: Date;
}

const SELECT = `
  SELECT b.id, b.holder_id AS "holderId", b.caller_id AS "callerId", caller.crm_ref AS "callerRef", b.blocked_at AS "blockedAt"
  FROM blocks b JOIN people caller ON caller.id = b.caller_id WHERE b.lifted_at IS NULL`;

@Injectable()
export class BlocksRepository {
  /** The live ones, the newest first; 100 at most. */
  list(manager: EntityManager, holderId: string): Promise<Block[]> {
    return manager.query<Block[]>(`${SELECT} AND b.holder_id = $1 ORDER BY b.blocked_at DESC, b.id LIMIT 100`, [
      holderId,
    ]);
  }

  async find(manager: EntityManager, holderId: string, callerId: string): Promise<Block | null> {
    const [block] = await manager.query<Block[]>(`${SELECT} AND b.holder_id = $1 AND b.caller_id = $2`, [
      holderId,
      callerId,
    ]);
    return block ?? null;
  }

  /** Null when it stands already. */
  async insert(tx: EntityManager, holderId: string, callerId: string, now: Date): Promise<string | null> {
    const id = randomUUID();
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(BlockEntity)
      .values({ id, holderId, callerId, blockedAt: now, liftedAt: null })
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length === 1 ? id : null;
  }

  /** The block that was lifted by this; null when there is none, or it was lifted before. */
  async lift(tx: EntityManager, id: string, now: Date): Promise<{ holderId: string; callerId: string } | null> {
    const [rows] = await tx.query<[{ holderId: string; callerId: string }[], number]>(
      `UPDATE blocks SET lifted_at = $2 WHERE id = $1 AND lifted_at IS NULL
       RETURNING holder_id AS "holderId", caller_id AS "callerId"`,
      [id, now],
    );
    return rows[0] ?? null;
  }
}
