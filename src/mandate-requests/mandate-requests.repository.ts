import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';

import { MandateRequestEntity } from './mandate-request.entity.ts';

/** Months that somebody still sees what they asked for, as of an ended mandate. */
const KEPT = '15 months';
/** A draft that waits for its holder and came of a request; $2 is now. */
const IS_OPEN = `m.holder_id = $1 AND m.state = 'draft' AND m.accept_before > $2 AND m.ends_at > $2`;

@Injectable()
export class MandateRequestsRepository {
  /** How many this person made since then. Locks their row, so that two at once count each other. */
  async countSince(tx: EntityManager, personId: string, since: Date): Promise<number> {
    // Not FOR UPDATE: rows that refer to this person may be written meanwhile.
    await tx.query('SELECT 1 FROM people WHERE id = $1 FOR NO KEY UPDATE', [personId]);
    return tx.countBy(MandateRequestEntity, { personId, askedAt: MoreThan(since) });
  }

  async insert(tx: EntityManager, request: MandateRequestEntity): Promise<void> {
    await tx.insert(MandateRequestEntity, request);
    // What is long over is of no use to anybody: some of it goes with each new one.
    await tx.query(
      `DELETE FROM mandate_requests WHERE id IN
         (SELECT id FROM mandate_requests WHERE person_id = $1 AND asked_at < $2::timestamptz - interval '${KEPT}' LIMIT 10)`,
      [request.personId, request.askedAt],
    );
  }

  /** Null when there is none. */
  lock(tx: EntityManager, id: string): Promise<MandateRequestEntity | null> {
    return tx.findOne(MandateRequestEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Those of one person, the newest first; 100 at most. */
  list(manager: EntityManager, personId: string, now: Date): Promise<MandateRequestEntity[]> {
    return manager
      .createQueryBuilder(MandateRequestEntity, 'request')
      .where(`request.personId = :personId AND request.askedAt > CAST(:now AS timestamptz) - interval '${KEPT}'`, {
        personId,
        now,
      })
      .orderBy('request.askedAt', 'DESC')
      .addOrderBy('request.id', 'ASC')
      .take(100)
      .getMany();
  }

  async setMandate(tx: EntityManager, id: string, mandateId: string): Promise<void> {
    await tx.update(MandateRequestEntity, { id }, { mandateId });
  }

  /**
   * The drafts that wait for this holder because others asked for them, the newest first.
   *
   * @param isLocked locks the holder's row first, so that two that come in at once count each other
   */
  async open(tx: EntityManager, holderId: string, now: Date, isLocked = false): Promise<readonly string[]> {
    if (isLocked) await tx.query('SELECT 1 FROM people WHERE id = $1 FOR NO KEY UPDATE', [holderId]);
    const rows = await tx.query<{ id: string }[]>(
      `SELECT m.id FROM mandates m JOIN mandate_requests r ON r.mandate_id = m.id
       WHERE ${IS_OPEN} ORDER BY m.created_at DESC, m.id`,
      [holderId, now],
    );
    return rows.map(({ id }) => id);
  }
}
