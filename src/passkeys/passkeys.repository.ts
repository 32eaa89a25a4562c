import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';

import { PasskeyEntity } from './passkey.entity.ts';

@Injectable()
export class PasskeysRepository {
  async insert(tx: EntityManager, passkey: PasskeyEntity): Promise<void> {
    await tx.insert(PasskeyEntity, passkey);
  }

  /** A person's live ones, the oldest first. */
  list(tx: EntityManager, personId: string): Promise<PasskeyEntity[]> {
    return tx.find(PasskeyEntity, { where: { personId, endedAt: IsNull() }, order: { addedAt: 'ASC', id: 'ASC' } });
  }

  byCredential(tx: EntityManager, credentialHash: Buffer): Promise<PasskeyEntity | null> {
    return tx.findOneBy(PasskeyEntity, { credentialHash, endedAt: IsNull() });
  }

  /**
   * Takes the count that an authenticator showed. False when it is not higher than the last one, whoever races: then there
   * are two of it. Those that don't count always say 0.
   */
  async takeCount(tx: EntityManager, id: string, count: number, now: Date): Promise<boolean> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE passkeys SET sign_count = $2, used_at = $3
       WHERE id = $1 AND ended_at IS NULL AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0)) RETURNING id`,
      [id, count, now],
    );
    return rows.length === 1;
  }

  /** False when it is not a live one of this person. */
  async end(tx: EntityManager, id: string, personId: string, now: Date): Promise<boolean> {
    const { affected } = await tx.update(PasskeyEntity, { id, personId, endedAt: IsNull() }, { endedAt: now });
    return affected === 1;
  }
}
