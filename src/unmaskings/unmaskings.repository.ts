import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Unmasking, UnmaskingVerdict } from './unmasking.ts';

/** An employee as JSON, by the column that names them. */
const employee = (column: string): string =>
  `(SELECT json_build_object('id', a.id, 'pseudonym', a.pseudonym) FROM agents a WHERE a.id = ${column})`;

const SELECT = `
  SELECT u.id, ${employee('u.subject_id')} AS subject, u.reason, u.case_ref AS "caseRef",
    ${employee('u.asked_by')} AS "askedBy", u.asked_at AS "askedAt",
    v.verdict, ${employee('v.decided_by')} AS "decidedBy", v.decided_at AS "decidedAt"
  FROM unmaskings u LEFT JOIN unmasking_verdicts v ON v.unmasking_id = u.id`;

@Injectable()
export class UnmaskingsRepository {
  /** Null: nobody has this pseudonym. */
  async subject(tx: EntityManager, pseudonym: string): Promise<string | null> {
    const rows = await tx.query<{ id: string }[]>('SELECT id FROM agents WHERE pseudonym = $1', [pseudonym]);
    return rows[0]?.id ?? null;
  }

  async insert(
    tx: EntityManager,
    { id, reason, caseRef }: Pick<Unmasking, 'id' | 'reason' | 'caseRef'>,
    subjectId: string,
    askedBy: string,
    now: Date,
  ): Promise<void> {
    await tx.query(
      'INSERT INTO unmaskings (id, subject_id, reason, case_ref, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, subjectId, reason, caseRef, askedBy, now],
    );
  }

  async find(tx: EntityManager, id: string): Promise<Unmasking | null> {
    const [row] = await tx.query<Unmasking[]>(`${SELECT} WHERE u.id = $1`, [id]);
    return row ?? null;
  }

  /** The latest first. */
  list(tx: EntityManager, limit: number): Promise<readonly Unmasking[]> {
    return tx.query<Unmasking[]>(`${SELECT} ORDER BY u.asked_at DESC, u.id DESC LIMIT $1`, [limit]);
  }

  /** The database refuses who approves their own: see `unmasking_verdicts_four_eyes_check`. */
  async decide(
    tx: EntityManager,
    { id, askedBy, subject }: Unmasking,
    verdict: UnmaskingVerdict,
    decidedBy: string,
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO unmasking_verdicts (unmasking_id, verdict, asked_by, subject_id, decided_by, decided_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, verdict, askedBy.id, subject.id, decidedBy, now],
    );
  }
}
