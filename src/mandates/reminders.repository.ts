import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** How far reminders have come: mandates up to this end, and of those that end together up to this id. */
export interface ReminderMark {
  readonly endsAt: Date;
  readonly mandateId: string;
}

@Injectable()
export class RemindersRepository {
  /** Null while another process reminds. */
  async lockMark(tx: EntityManager, daysBefore: number): Promise<ReminderMark | null> {
    const [row] = await tx.query<ReminderMark[]>(
      `SELECT ends_at AS "endsAt", mandate_id AS "mandateId" FROM mandate_reminders WHERE days_before = $1
       FOR UPDATE SKIP LOCKED`,
      [daysBefore],
    );
    return row ?? null;
  }

  /** Mandates in force that end behind the mark, at `until` at the latest, in that order. */
  due(tx: EntityManager, { endsAt, mandateId }: ReminderMark, until: Date, limit: number): Promise<ReminderMark[]> {
    return tx.query<ReminderMark[]>(
      `SELECT ends_at AS "endsAt", id AS "mandateId" FROM mandates
       WHERE state IN ('active', 'suspended') AND (ends_at, id) > ($1, $2::uuid) AND ends_at <= $3
       ORDER BY ends_at, id LIMIT $4`,
      [endsAt, mandateId, until, limit],
    );
  }

  async move(tx: EntityManager, daysBefore: number, { endsAt, mandateId }: ReminderMark): Promise<void> {
    await tx.query('UPDATE mandate_reminders SET ends_at = $2, mandate_id = $3 WHERE days_before = $1', [
      daysBefore,
      endsAt,
      mandateId,
    ]);
  }
}
