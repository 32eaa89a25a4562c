import type { DataSource } from 'typeorm';
import { prepared } from '../database/prepared.ts';
import type { Parcel, Sender, SendResult } from './sender.ts';

/** The sandbox: what would have been sent is kept in a table, readable. Production refuses to start with it. */
export class DemoInboxSender implements Sender {
  constructor(private readonly dataSource: DataSource) {}

  async send({ id, route, recipient, subject, text, link, letter }: Parcel): Promise<SendResult> {
    await prepared(
      this.dataSource.manager,
      {
        name: 'demo-inbox-insert',
        text: `INSERT INTO demo_inbox (message_id, route, recipient, subject, body, link, letter, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now()) ON CONFLICT (message_id) DO NOTHING`,
      },
      [id, route, recipient, subject, text, link, letter?.pdf ?? null],
    );
    return { outcome: 'sent', providerRef: null };
  }

  close(): void {
    // The pool is the application's.
  }
}
