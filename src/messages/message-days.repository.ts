import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../database/prepared.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';

/** Roads that cost money by the message. */
export type PaidRoute = Exclude<CodeRoute, 'email'>;

/** What went out today. */
export type DayUse = Readonly<Record<PaidRoute | 'cents', number>>;

/** Days are UTC days of the database's clock. */
const TODAY = `(now() AT TIME ZONE 'UTC')::date`;

/** Counts of what was sent, one row a day. A column's name comes from the closed list of roads. */
@Injectable()
export class MessageDaysRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Counts the message on today's row, both or neither. The row is the lock: whoever comes second reads what the first one
   * wrote.
   */
  take(
    messageId: string,
    route: PaidRoute,
    cents: number,
    { most, mostCents }: { readonly most: number; readonly mostCents: number },
  ): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const [message] = await tx.query<{ charged: boolean }[]>(
        'SELECT charged_on IS NOT NULL AS charged FROM messages WHERE id = $1 FOR UPDATE',
        [messageId],
      );
      // The try before this one was counted: nobody knows whether it arrived, and the provider drops what it has.
      if (message?.charged === true) return true;
      await tx.query(`INSERT INTO message_days (day) VALUES (${TODAY}) ON CONFLICT (day) DO NOTHING`);
      const [counted] = await tx.query<[unknown[], number]>(
        `UPDATE message_days SET ${route} = ${route} + 1, cents = cents + $1
         WHERE day = ${TODAY} AND ${route} < $2 AND cents + $1 <= $3 RETURNING day`,
        [cents, most, mostCents],
      );
      if (counted.length === 0) return false;
      await tx.query(`UPDATE messages SET charged_on = ${TODAY}, charged_cents = $2 WHERE id = $1`, [messageId, cents]);
      return true;
    });
  }

  async giveBack(messageId: string): Promise<void> {
    await this.dataSource.query(
      `WITH charged AS (SELECT id, route, charged_on, charged_cents FROM messages WHERE id = $1 AND charged_on IS NOT NULL FOR UPDATE),
       freed AS (UPDATE messages SET charged_on = NULL, charged_cents = NULL FROM charged WHERE messages.id = charged.id)
       UPDATE message_days SET cents = cents - charged_cents, sms = sms - (route = 'sms')::integer,
         voice = voice - (route = 'voice')::integer, letter = letter - (route = 'letter')::integer
       FROM charged WHERE day = charged_on`,
      [messageId],
    );
  }

  async today(manager: EntityManager): Promise<DayUse> {
    const text = `SELECT sms, voice, letter, cents::float8 AS cents FROM message_days WHERE day = ${TODAY}`;
    const [row] = await prepared<DayUse>(manager, { name: 'messages-today', text }, []);
    return row ?? { sms: 0, voice: 0, letter: 0, cents: 0 };
  }
}
