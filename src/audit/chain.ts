import { hash } from 'node:crypto';

/** Bytes of SHA-256. */
export const HASH_SIZE = 32;

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
  return hash('sha256', `mandaat audit chain ${chainId}`, 'buffer');
}

/**
 * SHA-256 over the canonical JSON (RFC 8785) of the record, the previous hash included. The body, which is the bulk of it,
 * goes in by its own hash, so that it is read once and escaped never.
 *
 * @param record its body as text, or as the bytes of that in UTF-8
 */
export function recordHash(record: Omit<ChainedRecord, 'body'> & { readonly body: string | Buffer }): Buffer {
  // A list of texts and numbers: here JSON.stringify is canonical.
  const text = JSON.stringify([
    record.chainId,
    record.sequence.toString(),
    record.id,
    record.recordedAt.toISOString(),
    record.kind,
    record.callId,
    record.personIds,
    record.actor,
    hash('sha256', record.body, 'hex'),
    record.previousHash.toString('hex'),
  ]);
  return hash('sha256', text, 'buffer');
}

/** Whether a record as it stands in the table is the one that its hash was made of. */
export function isAsHashed(record: ChainedRecord & { readonly hash: Buffer; readonly isWhole: boolean }): boolean {
  return record.isWhole && recordHash(record).equals(record.hash);
}
