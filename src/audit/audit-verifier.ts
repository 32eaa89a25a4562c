import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { PG_POOL } from '../database/database.module.ts';
import { readChainIds, readHeads, readRecords, type StoredRecord } from './audit.repository.ts';
import { genesisHash, recordHash } from './chain.ts';

/** The first record at which a chain does not hold. */
export interface ChainFault {
  readonly chainId: number;
  readonly sequence: bigint;
  readonly recordId: string | null;
  readonly fault: 'missing' | 'altered' | 'unlinked' | 'head_differs' | 'head_missing';
}

export interface Verification {
  readonly chains: number;
  readonly records: number;
  readonly faults: readonly ChainFault[];
}

const PAGE = 1000;

/** Walks every chain from its first record and recomputes each hash. */
@Injectable()
export class AuditVerifier {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /**
   * Reads one snapshot, so that a service that goes on writing doesn't look like a fault.
   * @param onProgress records checked so far, and how many there are by the heads
   */
  async verify(onProgress: (done: number, total: number) => void = () => undefined): Promise<Verification> {
    const client = await this.pool.connect();
    let isCommitted = false;
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const heads = new Map((await readHeads(client)).map((head) => [head.chainId, head]));
      const chainIds = new Set([...heads.keys(), ...(await readChainIds(client))]);
      const total = [...heads.values()].reduce((sum, head) => sum + Number(head.sequence), 0);
      let records = 0;
      const faults: ChainFault[] = [];
      for (const chainId of chainIds) {
        const walk = { sequence: 0n, hash: genesisHash(chainId) };
        let fault: ChainFault | null = null;
        for (;;) {
          const page = await readRecords(client, chainId, walk.sequence, PAGE);
          for (const record of page) {
            fault ??= faultOf(record, walk);
            walk.sequence = record.sequence;
            walk.hash = record.hash;
            records += 1;
          }
          onProgress(records, total);
          if (fault !== null || page.length < PAGE) break;
        }
        const head = heads.get(chainId);
        if (fault === null && head === undefined) {
          fault = { chainId, sequence: walk.sequence, recordId: null, fault: 'head_missing' };
        } else if (fault === null && (head?.sequence !== walk.sequence || !head.hash.equals(walk.hash))) {
          fault = { chainId, sequence: walk.sequence, recordId: null, fault: 'head_differs' };
        }
        if (fault !== null) faults.push(fault);
      }
      await client.query('COMMIT');
      isCommitted = true;
      return { chains: chainIds.size, records, faults };
    } finally {
      // Half way it is still inside its transaction: nobody gets that connection.
      client.release(!isCommitted);
    }
  }
}

function faultOf(record: StoredRecord, walk: { sequence: bigint; hash: Buffer }): ChainFault | null {
  const where = { chainId: record.chainId, sequence: record.sequence, recordId: record.id };
  if (record.sequence !== walk.sequence + 1n) {
    return { chainId: record.chainId, sequence: walk.sequence + 1n, recordId: null, fault: 'missing' };
  }
  if (!record.previousHash.equals(walk.hash)) return { ...where, fault: 'unlinked' };
  return record.isWhole && recordHash(record).equals(record.hash) ? null : { ...where, fault: 'altered' };
}
