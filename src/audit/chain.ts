import { createHash } from 'node:crypto';

import { canonicalJson } from '../policy/binding.ts';

/** Where a chain stands: the next record follows `hash`. */
export interface ChainHead {
  readonly chainId: number;
  readonly sequence: bigint;
  readonly hash: Buffer;
}

/** Everything of a record that its hash vouches for. */
export interface ChainedRecord {
  readonly chainId: number;
  readonly sequence: bigint;
  readonly id: string;
  /** Database clock, to the millisecond. */
  readonly recordedAt: Date;
  readonly kind: string;
  readonly callId: string | null;
  readonly personIds: readonly string[];
  readonly actor: string;
  /** JSON text, hashed byte by byte as it stands in the table. */
  readonly body: string;
  readonly previousHash: Buffer;
}

/** The hash before a chain's first record: bound to the chain, so that one chain can't be passed off as another. */
export function genesisHash(chainId: number): Buffer {
  return createHash('sha256').update(`mandaat audit chain ${chainId}`).digest();
}

/**
 * SHA-256 over the canonical JSON of the record, the previous hash included. The body, which is the bulk of it, goes in by
 * its own hash, so that it is read once and escaped never.
 */
export function recordHash(record: ChainedRecord): Buffer {
  const text = canonicalJson([
    record.chainId,
    record.sequence.toString(),
    record.id,
    record.recordedAt.toISOString(),
    record.kind,
    record.callId,
    record.personIds,
    record.actor,
    createHash('sha256').update(record.body).digest('hex'),
    record.previousHash.toString('hex'),
  ]);
  return createHash('sha256').update(text).digest();
}
