import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { PG_POOL } from '../database/database.module.ts';
import { readChainIds, readHeads, readRecords, type StoredRecord } from './audit.repository.ts';
import { type ChainHead, genesisHash, isAsHashed } from './chain.ts';
import { DETACHED, type DetachedBody, type Partition, readAnchors, readPartitions } from './partitions.repository.ts';

/**
 * The first record at which a chain does not hold. `duplicate`: it stands under a number that the chain had before it;
 * `misplaced`: its time is none of its partition's; `anchor_differs`: what is left of the chain does not follow the
 * anchor of what was detached; `anchor_unrecorded`: no sound record tells that it was, so somebody cut the chain off.
 */
export interface ChainFault {
  readonly chainId: number;
  readonly sequence: bigint;
  readonly recordId: string | null;
  readonly fault:
    | 'missing'
    | 'duplicate'
    | 'altered'
    | 'unlinked'
    | 'misplaced'
    | 'anchor_differs'
    | 'anchor_unrecorded'
    | 'head_differs'
    | 'head_missing';
}

export interface Verification {
  readonly chains: number;
  readonly records: number;
  readonly faults: readonly ChainFault[];
}

const PAGE = 1000;
/** Below every number of the column: what stands under one that no chain uses must be seen too. */
const LEAST = -(2n ** 63n) - 1n;

/** Walks every chain from its first record, or from where older ones were detached, and recomputes each hash. */
@Injectable()
export class AuditVerifier {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /**
   * Reads one snapshot, so that a service that goes on writing doesn't look like a fault.
   * @param onProgress records checked so far, and how many there are by the heads
   * @param witness sees every record that is read, each chain in its order, up to the page of its first fault
   */
  async verify(
    onProgress: (done: number, total: number) => void = () => undefined,
    witness: (record: StoredRecord) => void = () => undefined,
  ): Promise<Verification> {
    const client = await this.pool.connect();
    let isCommitted = false;
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const heads = new Map((await readHeads(client)).map((head) => [head.chainId, head]));
      const anchors = new Map((await readAnchors(client)).map((anchor) => [anchor.chainId, anchor]));
      const partitions = new Map((await readPartitions(client)).map((partition) => [partition.place, partition]));
      const chainIds = new Set([...heads.keys(), ...anchors.keys(), ...(await readChainIds(client))]);
      const sum = (ends: Iterable<ChainHead>): number => [...ends].reduce((all, end) => all + Number(end.sequence), 0);
      const total = sum(heads.values()) - sum(anchors.values());
      let records = 0;
      const faults: ChainFault[] = [];
      const told = new Set<string>();
      for (const chainId of chainIds) {
        const anchor = anchors.get(chainId);
        const walk = { sequence: anchor?.sequence ?? 0n, hash: anchor?.hash ?? genesisHash(chainId) };
        let fault: ChainFault | null = null;
        let isFirst = true;
        for (let after = LEAST; ;) {
          const page = await readRecords(client, chainId, after, PAGE);
          for (const record of page) {
            fault ??= (isFirst && anchor !== undefined ? anchorFaultOf(record, anchor) : null) ?? faultOf(record, walk);
            if (!isInPlace(record, partitions)) fault ??= { ...whereOf(record), fault: 'misplaced' };
            if (fault === null && record.kind === DETACHED) for (const name of anchorsIn(record)) told.add(name);
            isFirst = false;
            after = walk.sequence = record.sequence;
            walk.hash = record.hash;
            records += 1;
            witness(record);
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
      const broken = new Set(faults.map(({ chainId }) => chainId));
      for (const anchor of anchors.values()) {
        const { chainId, sequence } = anchor;
        if (broken.has(chainId) || told.has(nameOf(anchor))) continue;
        faults.push({ chainId, sequence, recordId: null, fault: 'anchor_unrecorded' });
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

/** What the record says about a detached month names an anchor: its chain, the last record of it that left, and its hash. */
function nameOf({ chainId, sequence, hash }: ChainHead): string {
  return `${chainId} ${sequence} ${hash.toString('hex')}`;
}

/** None where a record of this kind says something else: then nobody of ours wrote it. */
function anchorsIn({ body }: StoredRecord): readonly string[] {
  try {
    const { anchors } = JSON.parse(body) as DetachedBody;
    return anchors.map(({ chainId, sequence, hash }) => `${chainId} ${sequence} ${hash}`);
  } catch {
    return [];
  }
}

function whereOf({ chainId, sequence, id }: StoredRecord): Omit<ChainFault, 'fault'> {
  return { chainId, sequence, recordId: id };
}

function faultOf(record: StoredRecord, walk: { sequence: bigint; hash: Buffer }): ChainFault | null {
  const where = whereOf(record);
  if (record.sequence <= walk.sequence) return { ...where, fault: 'duplicate' };
  if (record.sequence !== walk.sequence + 1n) {
    return { chainId: record.chainId, sequence: walk.sequence + 1n, recordId: null, fault: 'missing' };
  }
  if (!record.previousHash.equals(walk.hash)) return { ...where, fault: 'unlinked' };
  return isAsHashed(record) ? null : { ...where, fault: 'altered' };
}

/** The anchor was written when the record behind it stood there: one of the two is no longer what it was. */
function anchorFaultOf(record: StoredRecord, { chainId, sequence, hash }: ChainHead): ChainFault | null {
  if (record.sequence === sequence + 1n && record.previousHash.equals(hash)) return null;
  return { chainId, sequence, recordId: null, fault: 'anchor_differs' };
}

/** The database sees to this itself, unless its own catalogue was tampered with. */
function isInPlace({ recordedAt, place }: StoredRecord, partitions: ReadonlyMap<string, Partition>): boolean {
  const holds = ({ bounds }: Partition): boolean =>
    bounds !== null && bounds.from <= recordedAt && recordedAt < bounds.to;
  const own = partitions.get(place);
  if (own === undefined) return false;
  return own.bounds === null ? ![...partitions.values()].some(holds) : holds(own);
}
