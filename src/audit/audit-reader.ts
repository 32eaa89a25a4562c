import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';

import { PG_POOL } from '../database/database.module.ts';
import {
  findOfPerson,
  findRecord,
  type PersonRecord,
  type PersonRecords,
  readHeads,
  readOfCalls,
  readOfPerson,
  readRecords,
  readRecordsBefore,
  type RecordedCall,
  type StoredRecord,
} from './audit.repository.ts';

export type { PersonRecord, PersonRecords } from './audit.repository.ts';

const PAGE = 500;
/** How far back the first look goes for what concerns a person, and how much further each next one. Milliseconds, times. */
const FIRST_SPAN = 31 * 24 * 60 * 60 * 1_000;
const WIDER = 4;

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
   * What was recorded about one person, the newest first. It looks at the newest month first and goes back in ever longer
   * steps: whoever has thousands of records is read no more of than the page needs, about.
   */
  async ofPerson(query: PersonRecords): Promise<readonly PersonRecord[]> {
    const found: PersonRecord[] = [];
    let to = query.after === null || query.after.at >= query.to ? query.to : new Date(query.after.at.getTime() + 1);
    for (let span = FIRST_SPAN; to > query.from && found.length < query.limit; span *= WIDER) {
      const from = new Date(Math.max(query.from.getTime(), to.getTime() - span));
      found.push(...(await readOfPerson(this.pool, { ...query, from, to, limit: query.limit - found.length })));
      to = from;
    }
    return found;
  }

  /** What an agent did in these calls; see {@link readOfCalls}. */
  ofCalls(
    agentId: string,
    calls: readonly RecordedCall[],
    most: number,
    after: string | null = null,
  ): Promise<readonly PersonRecord[]> {
    return readOfCalls(this.pool, agentId, calls, most, after);
  }

  /** One record, if it names this person. */
  findOfPerson(personId: string, id: string): Promise<PersonRecord | null> {
    return findOfPerson(this.pool, personId, id);
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

  /**
   * Records from the newest on, back to a moment: of every chain a page in turn, so that no writer is left out.
   *
   * @param visit false = enough
   * @param onProgress records read so far
   * @returns whether it came to that moment everywhere
   */
  async eachBackTo(
    from: Date,
    visit: (record: StoredRecord) => Promise<boolean>,
    onProgress: (done: number) => void = () => undefined,
  ): Promise<boolean> {
    const heads = await this.read(readHeads);
    let chains = heads.map(({ chainId, sequence }) => ({ chainId, before: sequence + 1n }));
    let done = 0;
    while (chains.length > 0) {
      const left: typeof chains = [];
      for (const { chainId, before } of chains) {
        const page = await this.read((client) => readRecordsBefore(client, chainId, before, from, PAGE));
        for (const record of page) {
          if (!(await visit(record))) return false;
          done += 1;
        }
        const last = page.at(-1);
        if (last !== undefined) left.push({ chainId, before: last.sequence });
        onProgress(done);
      }
      chains = left;
    }
    return true;
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
