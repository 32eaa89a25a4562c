import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A mandate that could still be used, or become so. */
export interface LiveMandate {
  readonly id: string;
  readonly ref: string;
  readonly isActive: boolean;
}

@Injectable()
export class CounterpartsRepository {
  /**
   * Who of these stands on the other side of a mandate with this person, whatever became of it since: an ending that nobody
   * was told of must not show in a name that goes away. To a proxy, the holder of one that was accepted alone: whoever only
   * asks for a mandate learns nobody's name. The same for who passed one on and who got it from them.
   */
  async among(manager: EntityManager, personId: string, others: readonly string[]): Promise<readonly string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT proxy_id AS id FROM mandates WHERE holder_id = $1 AND proxy_id = ANY ($2::uuid[])
       UNION
       SELECT holder_id FROM mandates WHERE proxy_id = $1 AND holder_id = ANY ($2::uuid[]) AND accepted_at IS NOT NULL
       UNION
       SELECT s.proxy_id FROM mandates p JOIN mandates s ON s.parent_id = p.id
       WHERE p.proxy_id = $1 AND s.proxy_id = ANY ($2::uuid[])
       UNION
       SELECT p.proxy_id FROM mandates s JOIN mandates p ON p.id = s.parent_id
       WHERE s.proxy_id = $1 AND p.proxy_id = ANY ($2::uuid[]) AND s.accepted_at IS NOT NULL`,
      [personId, others],
    );
    return rows.map(({ id }) => id);
  }

  /** Mandates that this holder gave one of these people and that have not ended. */
  async live(manager: EntityManager, holderId: string, proxyIds: readonly string[]): Promise<readonly LiveMandate[]> {
    return manager.query(
      `SELECT id, mandate_ref AS ref, state = 'active' AS "isActive" FROM mandates
       WHERE holder_id = $1 AND proxy_id = ANY ($2::uuid[]) AND state <> 'ended' AND ends_at > clock_timestamp()
       ORDER BY created_at, id LIMIT 100`,
      [holderId, proxyIds],
    );
  }
}
