import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';

import { PG_POOL } from '../database/database.module.ts';
import { findRecord, readHeads, readRecords, type StoredRecord } from './audit.repository.ts';

const PAGE = 500;

/** Reads what was recorded, for rooms that look at it again. Whether it was tampered with is the verifier's question. */
@Injectable()
export class AuditReader {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** The record with one of these ids, written since then, as a transaction sees it. */
  find(
    client: ClientBase,
    ids: readonly string[],
    since: Date,
  ): Promise<{ readonly id: string; readonly body: string } | null> {
    return findRecord(client, ids, since);
  }

  /**
   * Every record of every chain, each chain in its order, up to where it stood at the beginning.
   *
   * @param onProgress records read so far, and how many there are
   */
  async each(
    visit: (record: StoredRecord) => Promise<void>,
    onProgress: (done: number, total: number) => void = () => undefined,
  ): Promise<void> {
    const heads = await this.read(readHeads);
    const total = heads.reduce((sum, head) => sum + Number(head.sequence), 0);
    let done = 0;
    for (const { chainId, sequence: last } of heads) {
      for (let after = 0n; after < last;) {
        const from = after;
        const page = await this.read((client) => readRecords(client, chainId, from, PAGE));
        if (page.length === 0) break;
        for (const record of page) {
          await visit(record);
          after = record.sequence;
          done += 1;
        }
        onProgress(done, total);
      }
    }
  }

  /** Holds a connection for one page alone: whoever visits a record may need one too, and there may be no other. */
  private async read<T>(query: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      return await query(client);
    } finally {
      client.release();
    }
  }
}
