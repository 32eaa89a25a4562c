import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { DisabledReason, Recipient, SealedSecret, Webhook } from './webhook.ts';

/** What one look at all of them finds. */
export interface Look {
  readonly id: string;
  /** Disabled, and by nobody's hand. */
  readonly isBroken: boolean;
  /** Something changed that it was not told of. */
  readonly hasNews: boolean;
  /** By how many seconds the message that waits longest is late; negative = it is not due yet; null = none waits. */
  readonly overdue: number | null;
}

interface SecretRow {
  readonly id: string;
  readonly sealed: Buffer;
  readonly keyId: string;
  readonly previousSealed: Buffer | null;
  readonly previousKeyId: string | null;
  readonly previousUntil: Date | null;
}

const COLUMNS = `id, url, types, description, status, disabled_reason AS "disabledReason", failing_since AS "failingSince",
  CASE WHEN previous_until > now() THEN previous_until END AS "previousUntil", created_at AS "createdAt", changed_at AS "changedAt"`;
const SECRETS = `id, secret_sealed AS sealed, secret_key_id AS "keyId", previous_sealed AS "previousSealed",
  previous_key_id AS "previousKeyId", previous_until AS "previousUntil"`;

@Injectable()
export class WebhooksRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The one made first comes first. */
  list(manager: EntityManager = this.dataSource.manager): Promise<Webhook[]> {
    return manager.query(`SELECT ${COLUMNS} FROM webhooks ORDER BY created_at, id`);
  }

  async find(id: string): Promise<Webhook | null> {
    const [row] = await this.dataSource.query<Webhook[]>(`SELECT ${COLUMNS} FROM webhooks WHERE id = $1`, [id]);
    return row ?? null;
  }

  async lock(tx: EntityManager, id: string): Promise<Webhook | null> {
    const [row] = await tx.query<Webhook[]>(`SELECT ${COLUMNS} FROM webhooks WHERE id = $1 FOR UPDATE`, [id]);
    return row ?? null;
  }

  /** Nobody else makes or removes one until the transaction ends. */
  async lockAll(tx: EntityManager): Promise<void> {
    await tx.query('LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE');
  }

  /** It hears of everything that was not committed by now. */
  async insert(
    tx: EntityManager,
    { id, url, types, description }: Pick<Webhook, 'id' | 'url' | 'types' | 'description'>,
    { sealed, keyId }: SealedSecret,
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO webhooks (id, url, types, description, status, secret_sealed, secret_key_id, epoch, heard, created_at, changed_at)
       SELECT $1, $2, $3, $4, 'enabled', $5, $6, (SELECT max(id) FROM change_epochs), pg_current_snapshot(), $7, $7`,
      [id, url, types, description, sealed, keyId, now],
    );
  }

  async update(
    tx: EntityManager,
    { id, url, types, description, status, disabledReason, failingSince }: Webhook,
    now: Date,
  ): Promise<void> {
    await tx.query(
      `UPDATE webhooks SET url = $2, types = $3, description = $4, status = $5, disabled_reason = $6, failing_since = $7,
         changed_at = $8 WHERE id = $1`,
      [id, url, types, description, status, disabledReason, failingSince, now],
    );
  }

  async remove(tx: EntityManager, id: string): Promise<void> {
    await tx.query('DELETE FROM webhooks WHERE id = $1', [id]);
  }

  /** False when it was disabled, or gone, before. */
  async disable(tx: EntityManager, id: string, reason: DisabledReason, now: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE webhooks SET status = 'disabled', disabled_reason = $2, changed_at = $3 WHERE id = $1 AND status = 'enabled'`,
      [id, reason, now],
    );
    return count === 1;
  }

  /** The secret until now is the one before. */
  async rotate(tx: EntityManager, id: string, { sealed, keyId }: SealedSecret, until: Date, now: Date): Promise<void> {
    await tx.query(
      `UPDATE webhooks SET previous_sealed = secret_sealed, previous_key_id = secret_key_id, previous_until = $4,
         secret_sealed = $2, secret_key_id = $3, changed_at = $5 WHERE id = $1`,
      [id, sealed, keyId, until, now],
    );
  }

  /** Null once it is disabled or gone. */
  async recipient(id: string): Promise<Recipient | null> {
    const [row] = await this.dataSource.query<(SecretRow & { readonly url: string })[]>(
      `SELECT url, ${SECRETS} FROM webhooks WHERE id = $1 AND status = 'enabled'`,
      [id],
    );
    return row === undefined ? null : { url: row.url, ...secretsOf(row) };
  }

  async ringIds(): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      'SELECT secret_key_id AS id FROM webhooks UNION SELECT previous_key_id FROM webhooks WHERE previous_until > now()',
    );
    return rows.map(({ id }) => id);
  }

  /** Those with a secret under another entry of the ring. */
  async lockOld(
    tx: EntityManager,
    keyId: string,
  ): Promise<readonly (Pick<Recipient, 'secret' | 'previous'> & { readonly id: string })[]> {
    await this.forgetPrevious(tx);
    const rows = await tx.query<SecretRow[]>(
      `SELECT ${SECRETS} FROM webhooks WHERE secret_key_id <> $1 OR previous_key_id <> $1 ORDER BY id FOR UPDATE`,
      [keyId],
    );
    return rows.map((row) => ({ id: row.id, ...secretsOf(row) }));
  }

  async replaceSecrets(
    tx: EntityManager,
    id: string,
    { secret, previous }: Pick<Recipient, 'secret' | 'previous'>,
  ): Promise<void> {
    await tx.query(
      'UPDATE webhooks SET secret_sealed = $2, secret_key_id = $3, previous_sealed = $4, previous_key_id = $5 WHERE id = $1',
      [id, secret.sealed, secret.keyId, previous?.sealed ?? null, previous?.keyId ?? null],
    );
  }

  /** Secrets that nothing is signed with any more. */
  async forgetPrevious(manager: EntityManager = this.dataSource.manager): Promise<void> {
    await manager.query(
      `UPDATE webhooks SET previous_sealed = NULL, previous_key_id = NULL, previous_until = NULL WHERE previous_until <= now()`,
    );
  }

  /** One statement a second and process, whatever there is to do. */
  look(): Promise<Look[]> {
    return this.dataSource.query(
      `SELECT w.id, w.status = 'disabled' AND w.disabled_reason <> 'by_hand' AS "isBroken",
         w.status = 'enabled' AND (
           EXISTS (SELECT FROM changes c WHERE (c.epoch, c.tx) >= (w.epoch, pg_snapshot_xmax(w.heard)))
           OR EXISTS (SELECT FROM pg_snapshot_xip(w.heard) running (tx) JOIN changes c ON c.epoch = w.epoch AND c.tx = running.tx)
         ) AS "hasNews",
         (SELECT extract(epoch FROM clock_timestamp() - d.due_at)::float8 FROM webhook_deliveries d
          WHERE d.webhook_id = w.id AND w.status = 'enabled' AND d.state = 'pending' ORDER BY d.due_at LIMIT 1) AS overdue
       FROM webhooks w`,
    );
  }
}

function secretsOf(row: SecretRow): Pick<Recipient, 'secret' | 'previous'> {
  const { sealed, keyId, previousSealed, previousKeyId, previousUntil } = row;
  const previous =
    previousSealed === null || previousKeyId === null || previousUntil === null
      ? null
      : { sealed: previousSealed, keyId: previousKeyId, until: previousUntil };
  return { secret: { sealed, keyId }, previous };
}
