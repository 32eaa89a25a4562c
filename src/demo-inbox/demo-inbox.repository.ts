import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CodeRoute } from '../policy/vocabulary.ts';

/** What the sandbox would have sent. */
export interface InboxMessage {
  readonly id: string;
  readonly route: CodeRoute;
  readonly recipient: string;
  readonly subject: string | null;
  readonly body: string;
  readonly link: string | null;
  readonly receivedAt: Date;
  /** Whether it is a letter that can be looked at as it would be printed. */
  readonly hasLetter: boolean;
}

@Injectable()
export class DemoInboxRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The newest first.
   *
   * @param recipient exactly this one's; null = everybody's
   */
  async newest(recipient: string | null, limit: number): Promise<InboxMessage[]> {
    return this.dataSource.query<InboxMessage[]>(
      `SELECT message_id AS id, route, recipient, subject, body, link, received_at AS "receivedAt",
         letter IS NOT NULL AS "hasLetter" FROM demo_inbox
       WHERE $1::text IS NULL OR recipient = $1 ORDER BY received_at DESC, message_id LIMIT $2`,
      [recipient, limit],
    );
  }

  /** The letter as a PDF; null when there is none. */
  async letter(messageId: string): Promise<Buffer | null> {
    const [row] = await this.dataSource.query<{ letter: Buffer | null }[]>(
      'SELECT letter FROM demo_inbox WHERE message_id = $1',
      [messageId],
    );
    return row?.letter ?? null;
  }
}
