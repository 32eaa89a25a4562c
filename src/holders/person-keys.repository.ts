import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { LivePersonKey } from '../crypto/person-keys.ts';

export interface OldKey extends LivePersonKey {
  readonly crmRef: string;
}

export interface NameSample extends LivePersonKey {
  readonly nameSealed: Buffer;
  readonly nameIndex: Buffer;
}

/** The wrapped keys of people, as a whole. */
@Injectable()
export class PersonKeysRepository {
  /** The ring's entries that people's keys are wrapped with. */
  async ringIds(manager: EntityManager): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      'SELECT DISTINCT key_ring_id AS id FROM people WHERE key_wrapped IS NOT NULL',
    );
    return rows.map((row) => row.id);
  }

  /** Anybody who was not erased. */
  async sample(manager: EntityManager): Promise<NameSample | null> {
    const [row] = await manager.query<NameSample[]>(
      `SELECT id, key_wrapped AS "keyWrapped", key_ring_id AS "keyRingId", name_sealed AS "nameSealed",
         name_index AS "nameIndex"
       FROM people WHERE key_wrapped IS NOT NULL AND name_sealed IS NOT NULL AND name_index IS NOT NULL LIMIT 1`,
    );
    return row ?? null;
  }

  async countOld(manager: EntityManager, currentKeyId: string): Promise<number> {
    const [row] = await manager.query<{ count: number }[]>(
      'SELECT count(*)::integer AS count FROM people WHERE key_wrapped IS NOT NULL AND key_ring_id <> $1',
      [currentKeyId],
    );
    return row?.count ?? 0;
  }

  /** The next ones after a CRM reference, in that order: a million people are walked once, not once a batch. */
  lockOld(tx: EntityManager, currentKeyId: string, after: string, most: number): Promise<OldKey[]> {
    return tx.query(
      `SELECT id, crm_ref AS "crmRef", key_wrapped AS "keyWrapped", key_ring_id AS "keyRingId" FROM people
       WHERE crm_ref > $2 AND key_wrapped IS NOT NULL AND key_ring_id <> $1 ORDER BY crm_ref LIMIT $3 FOR UPDATE`,
      [currentKeyId, after, most],
    );
  }

  async replace(tx: EntityManager, keys: readonly LivePersonKey[]): Promise<void> {
    await tx.query(
      `UPDATE people SET key_wrapped = new.key_wrapped, key_ring_id = new.key_ring_id
       FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS new (id, key_wrapped, key_ring_id) WHERE people.id = new.id`,
      [keys.map((key) => key.id), keys.map((key) => key.keyWrapped), keys.map((key) => key.keyRingId)],
    );
  }
}
