import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { IsNull, type EntityManager } from 'typeorm';
import { PG_POOL } from '../database/database.module.ts';
import type { Level } from '../policy/vocabulary.ts';
import { ApiKeyEntity } from './api-key.entity.ts';
import type { KeyScope } from './principal.ts';

/** A key as people may see it. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scope: KeyScope;
  readonly strength: Level;
  /** With scope `crm`: it may search with the standard decision API. */
  readonly maySearch: boolean;
  readonly agentId: string | null;
  readonly rotatedFrom: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

export interface ListedKey extends ApiKey {
  readonly agentRef: string | null;
  /** By the database's clock at the time of listing. */
  readonly state: 'live' | 'expired' | 'revoked';
}

/** What a request needs of a key that is neither expired nor revoked. */
export interface LiveKey {
  readonly id: string;
  readonly scope: KeyScope;
  readonly strength: Level;
  readonly maySearch: boolean;
  readonly agentId: string | null;
}

/** A key with its hash, and for how many milliseconds more it lives; or nothing in the shape of one. */
export interface StoredKey extends LiveKey {
  /** By the database's clock. `unknown`: there is no such key; `early`: it was made in the future. */
  readonly state: 'live' | 'revoked' | 'expired' | 'early' | 'unknown';
  readonly hash: Buffer;
  readonly livesFor: number;
}

@Injectable()
export class KeysRepository {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /**
   * Always a row of the same columns: what there is not takes as long to read as what there is, so that nobody finds out which
   * ids are of live keys.
   */
  async find(id: string): Promise<StoredKey> {
    const { rows } = await this.pool.query<StoredKey>({
      name: 'live_key',
      text: `
        SELECT CASE WHEN k.id IS NULL THEN 'unknown' WHEN k.revoked_at IS NOT NULL THEN 'revoked'
            WHEN k.expires_at <= now() THEN 'expired' WHEN k.created_at > now() THEN 'early' ELSE 'live' END AS state,
          $1 AS id, coalesce(k.scope, 'agent') AS scope, coalesce(k.strength, 0) AS strength,
          coalesce(k.may_search, false) AS "maySearch", k.agent_id AS "agentId",
          coalesce(k.secret_hash, decode(repeat('00', 32), 'hex')) AS hash,
          coalesce(extract(epoch FROM k.expires_at - now()) * 1000, 0)::float8 AS "livesFor"
        FROM (SELECT) AS asked LEFT JOIN api_keys k ON k.id = $1`,
      values: [id],
    });
    const [row] = rows;
    if (row === undefined) throw new Error('a look-up without a row');
    return row;
  }

  /** Newest first. */
  async list(): Promise<ListedKey[]> {
    const { rows } = await this.pool.query<ListedKey>(`
      SELECT k.id, k.name, k.scope, k.strength, k.may_search AS "maySearch", k.agent_id AS "agentId", a.agent_ref AS "agentRef",
        k.rotated_from AS "rotatedFrom", k.created_at AS "createdAt", k.expires_at AS "expiresAt",
        k.revoked_at AS "revokedAt",
        CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= now() THEN 'expired' ELSE 'live' END AS state
      FROM api_keys k LEFT JOIN agents a ON a.id = k.agent_id
      ORDER BY k.created_at DESC, k.id`);
    return rows;
  }

  /** Locks the row: rotations and revocations of one key follow each other. */
  async lock(tx: EntityManager, id: string): Promise<ApiKey | null> {
    return tx.findOne(ApiKeyEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async findSuccessor(tx: EntityManager, id: string): Promise<ApiKey | null> {
    return tx.findOneBy(ApiKeyEntity, { rotatedFrom: id, revokedAt: IsNull() });
  }

  async insert(tx: EntityManager, key: ApiKey, hash: Buffer): Promise<void> {
    await tx.insert(ApiKeyEntity, { ...key, secretHash: hash });
  }

  async expire(tx: EntityManager, id: string, expiresAt: Date): Promise<void> {
    await tx.update(ApiKeyEntity, { id }, { expiresAt });
  }

  async revoke(tx: EntityManager, id: string, revokedAt: Date): Promise<void> {
    await tx.update(ApiKeyEntity, { id }, { revokedAt });
  }

  /** Of those bound to this agent, the ones that were revoked now. */
  async revokeOf(tx: EntityManager, agentId: string, revokedAt: Date): Promise<readonly string[]> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      'UPDATE api_keys SET revoked_at = $2 WHERE agent_id = $1 AND revoked_at IS NULL RETURNING id',
      [agentId, revokedAt],
    );
    return rows.map(({ id }) => id);
  }

  /** Heard by every process when the transaction commits. */
  async notify(tx: EntityManager, id: string): Promise<void> {
    await tx.query(`SELECT pg_notify('api_keys_changed', $1)`, [id]);
  }
}
