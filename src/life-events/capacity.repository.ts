import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { inForceSql } from './in-force.ts';

@Injectable()
export class CapacityRepository {
  async hasLostOwnWord(tx: EntityManager, now: Date, personId: string): Promise<boolean> {
    await tx.query('SELECT FROM people WHERE id = $1 FOR KEY SHARE', [personId]);
    const rows = await tx.query<unknown[]>(
      `SELECT FROM life_events e LEFT JOIN legal_verdicts v ON v.life_event_id = e.id
       WHERE e.person_id = $1 AND e.kind IN ('death', 'curatele') AND ${inForceSql('$2')} LIMIT 1`,
      [personId, now],
    );
    return rows.length > 0;
  }
}
