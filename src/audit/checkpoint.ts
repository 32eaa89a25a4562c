import { createHash } from 'node:crypto';

/** Where one chain stood. */
export interface ChainPoint {
  readonly chainId: number;
  /** Records from its first one on: the leaves of its tree. */
  readonly size: number;
  /** Head of the Merkle tree over them. */
  readonly root: Buffer;
  /** Hash of the last of them, as it stands in the record. */
  readonly head: Buffer;
  /** Consistency proof from the size that this chain had in the checkpoint before; none if it is new or unchanged. */
  readonly consistency: readonly Buffer[];
}

/** Where every chain stood at one moment. What a checkpoint says; its signature is around it. */
export interface Checkpoint {
  /** 1, 2, 3, …, without gaps. */
  readonly number: number;
  /** The database's clock. */
  readonly takenAt: Date;
  /** {@link checkpointHash} of the one before; null for the first. */
  readonly previous: Buffer | null;
  /** By number of the chain. One without records is left out. */
  readonly chains: readonly ChainPoint[];
}

/** The payload as it is signed, and as others read it. Hashes are in hexadecimal. */
interface Payload {
  readonly number: number;
  readonly taken_at: string;
  readonly previous: string | null;
  readonly chains: readonly {
    readonly chain: number;
    readonly size: number;
    readonly root: string;
    readonly head: string;
    readonly consistency: readonly string[];
  }[];
}

/** By this the next checkpoint names this one: over the signed text, so over the signature too. */
export function checkpointHash(jws: string): Buffer {
  return createHash('sha256').update(jws).digest();
}

export function writePayload({ number, takenAt, previous, chains }: Checkpoint): string {
  const payload: Payload = {
    number,
    taken_at: takenAt.toISOString(),
    previous: previous?.toString('hex') ?? null,
    chains: chains.map(({ chainId, size, root, head, consistency }) => ({
      chain: chainId,
      size,
      root: root.toString('hex'),
      head: head.toString('hex'),
      consistency: consistency.map((hash) => hash.toString('hex')),
    })),
  };
  return JSON.stringify(payload);
}

/** @returns null when it isn't a checkpoint: whoever signed it, we can't rely on it */
export function readPayload(text: string): Checkpoint | null {
  let payload: Partial<Payload> | null;
  try {
    payload = JSON.parse(text) as Partial<Payload> | null;
  } catch {
    return null;
  }
  if (typeof payload !== 'object' || payload === null) return null;
  const { number, taken_at: takenAt, previous, chains } = payload;
  if (!isCount(number) || typeof takenAt !== 'string' || !Array.isArray(chains)) return null;
  if (Number.isNaN(Date.parse(takenAt)) || !(previous === null || isHash(previous))) return null;
  const points = (chains as Payload['chains']).map(readPoint);
  if (points.includes(null)) return null;
  const read = points.filter((point) => point !== null);
  const isInOrder = read.every(({ chainId }, at) => chainId > (read[at - 1]?.chainId ?? 0));
  if (!isInOrder) return null;
  return {
    number,
    takenAt: new Date(takenAt),
    previous: previous === null ? null : Buffer.from(previous, 'hex'),
    chains: read,
  };
}

/** What a signed text says, whoever signed it. */
export function readUnverified(jws: string): Checkpoint | null {
  return readPayload(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

function readPoint(point: Partial<Payload['chains'][number]> | null): ChainPoint | null {
  if (typeof point !== 'object' || point === null) return null;
  const { chain, size, root, head, consistency } = point;
  if (!isCount(chain) || !isCount(size) || !isHash(root) || !isHash(head)) return null;
  if (!Array.isArray(consistency) || !consistency.every(isHash)) return null;
  return {
    chainId: chain,
    size,
    root: Buffer.from(root, 'hex'),
    head: Buffer.from(head, 'hex'),
    consistency: consistency.map((hash) => Buffer.from(hash, 'hex')),
  };
}

/** From 1 on. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
