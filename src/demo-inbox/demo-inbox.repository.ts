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
      `SELECT message_id AS id, route, recipient, subject, body, link, received_at AS "receivedAt" FROM demo_inbox
       WHERE $1::text IS NULL OR recipient = $1 ORDER BY received_at DESC, message_id LIMIT $2`,
      [recipient, limit],
    );
  }
}
