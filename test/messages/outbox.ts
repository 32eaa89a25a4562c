import { randomUUID } from 'node:crypto';
import { ConsoleLogger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { ConfigModule } from '../../src/config/config.module.ts';
import type { Config } from '../../src/config/config.ts';
import { BlindIndex } from '../../src/crypto/blind-index.ts';
import { CryptoModule } from '../../src/crypto/crypto.module.ts';
import { PersonKeys } from '../../src/crypto/person-keys.ts';
import { DatabaseModule } from '../../src/database/database.module.ts';
import { namePlace, valuePlace } from '../../src/holders/holders.service.ts';
import { MessagesModule } from '../../src/messages/messages.module.ts';
import { MessagesService } from '../../src/messages/messages.service.ts';
import { OUTBOX_OPTIONS, type OutboxOptions } from '../../src/messages/outbox-options.ts';
import { OutboxRunner } from '../../src/messages/outbox.runner.ts';
import type { MessageRequest } from '../../src/messages/template-values.ts';
import { testConfig } from '../support/config.ts';

export const QUICK: OutboxOptions = {
  codeDelays: [20, 20, 20],
  noticeDelays: [20, 20, 20, 20],
  pollInterval: 50,
  staleAfter: 60_000,
  sweepInterval: 200,
};

export interface MessageRow {
  readonly state: string;
  readonly attempts: number;
  readonly provider_ref: string | null;
  readonly last_error: string | null;
}

/** The outbox as the service runs it, alone in a process, with short waits. */
export class Outbox {
  private constructor(
    readonly module: TestingModule,
    readonly messages: MessagesService,
    readonly dataSource: DataSource,
  ) {}

  static async start(overrides: Partial<Config>, options: Partial<OutboxOptions> = {}): Promise<Outbox> {
    const outbox = await Outbox.prepare(overrides, options);
    await outbox.run();
    return outbox;
  }

  /** Takes messages in, but sends none until `run`. */
  static async prepare(overrides: Partial<Config>, options: Partial<OutboxOptions> = {}): Promise<Outbox> {
    const config = testConfig({ demoInbox: false, publicUrl: 'https://mandaat.example.nl', ...overrides });
    const module = await Test.createTestingModule({
      imports: [ConfigModule.with(config), DatabaseModule, CryptoModule, MessagesModule],
    })
      .setLogger(new ConsoleLogger({ logLevels: [] }))
      .overrideProvider(OUTBOX_OPTIONS)
      .useValue({ ...QUICK, ...options })
      .compile();
    await module.init();
    return new Outbox(module, module.get(MessagesService), module.get(DataSource));
  }

  run(): Promise<void> {
    return this.module.get(OutboxRunner).start();
  }

  stop(): Promise<void> {
    return this.module.close();
  }

  /** A person with one contact point. */
  async person(kind: 'phone' | 'email' | 'postal', value: string, name = 'H. Fictief'): Promise<Recipient> {
    const [keys, index] = [this.module.get(PersonKeys), this.module.get(BlindIndex)];
    const [personId, contactPointId] = [randomUUID(), randomUUID()];
    const key = keys.create(personId);
    await this.dataSource.query(
      `INSERT INTO people (id, crm_ref, kind, name_sealed, key_wrapped, key_ring_id, language, created_at, changed_at)
       VALUES ($1, $2, 'person', $3, $4, $5, 'nl', now(), now())`,
      [personId, personId, keys.seal(key, name, namePlace(personId)), key.keyWrapped, key.keyRingId],
    );
    await this.dataSource.query(
      `INSERT INTO contact_points (id, person_id, kind, value_sealed, value_index, changed_at)
       VALUES ($1, $2, $3, $4, $5, now() - interval '1 year')`,
      [contactPointId, personId, kind, keys.seal(key, value, valuePlace(contactPointId)), index.of(kind, value)],
    );
    return { personId, contactPointId };
  }

  /** Asks for a message in a transaction that commits. */
  enqueue(message: MessageRequest): Promise<string> {
    return this.dataSource.transaction((tx) => this.messages.enqueue(tx, message, new Date()));
  }

  async row(id: string): Promise<MessageRow> {
    const [row] = await this.dataSource.query<MessageRow[]>(
      'SELECT state, attempts, provider_ref, last_error FROM messages WHERE id = $1',
      [id],
    );
    if (row === undefined) throw new Error('There is no such message.');
    return row;
  }

  /** Once it is sent, failed or dropped. */
  settled(id: string): Promise<MessageRow> {
    return eventually(async () => {
      const row = await this.row(id);
      return row.state === 'queued' ? null : row;
    });
  }
}

export interface Recipient {
  readonly personId: string;
  readonly contactPointId: string;
}

/** Waits until `look` finds something. */
export async function eventually<T>(look: () => Promise<T | null> | T | null, patience = 10_000): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`It did not happen within ${patience} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
