import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SupportCodeEntity } from './support-code.entity.ts';

const ROW = `id, person_id AS "personId", session_id AS "sessionId", session_strength AS "sessionStrength", key_id AS "keyId",
  tries, issued_at AS "issuedAt", expires_at AS "expiresAt", used_at AS "usedAt"`;

/** Of the person $1, not used or over at the moment $2; and nor is the session in which it was asked for. */
const LIVE = `person_id = $1 AND used_at IS NULL AND issued_at <= $2 AND expires_at > $2
  AND EXISTS (SELECT FROM sessions s WHERE s.id = session_id AND s.ended_at IS NULL AND s.expires_at > $2)`;

@Injectable()
export class SupportCodesRepository {
  /** Takes the place of the one before, whose value is dead from now on. */
  async replace(tx: EntityManager, code: SupportCodeEntity): Promise<void> {
    await tx.upsert(SupportCodeEntity, code, ['personId']);
  }

  /** Null when there is none that could be tried. */
  async find(tx: EntityManager, personId: string, now: Date): Promise<SupportCodeEntity | null> {
    const [row] = await tx.query<SupportCodeEntity[]>(`SELECT ${ROW} FROM support_codes WHERE ${LIVE} AND tries < 5`, [
      personId,
      now,
    ]);
    return row ?? null;
  }

  /** Takes one of the five tries. Null when there is none that could be tried. */
  async takeTry(tx: EntityManager, personId: string, now: Date): Promise<SupportCodeEntity | null> {
    const [rows] = await tx.query<[SupportCodeEntity[], number]>(
      `UPDATE support_codes SET tries = tries + 1 WHERE ${LIVE} AND tries < 5 RETURNING ${ROW}`,
      [personId, now],
    );
    return rows[0] ?? null;
  }

  /** Uses up exactly the code that was compared. False when it was used, replaced or ended meanwhile, whoever races. */
  async use(tx: EntityManager, { personId, id }: SupportCodeEntity, now: Date): Promise<boolean> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE support_codes SET used_at = $2 WHERE ${LIVE} AND id = $3 RETURNING id`,
      [personId, now, id],
    );
    return rows.length === 1;
  }
}
