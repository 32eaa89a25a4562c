import { Ajv } from 'ajv';

import { recordHash } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointVerificationKeys, Unreadable } from './checkpoint-keys.ts';
import { leafHash, verifyInclusion } from './merkle.ts';

/**
 * Shows, to whoever has the public keys, that a record was in the audit when a checkpoint was signed. Hashes are in
 * hexadecimal. Without `record` it tells nothing about the record but its hash.
 */
export interface InclusionProof {
  readonly record_id: string;
  readonly chain: number;
  /** From 1; the leaf's index is one less. */
  readonly sequence: number;
  readonly record_hash: string;
  /** From the leaf to the root (RFC 9162, 2.1.3). */
  readonly path: readonly string[];
  /** The signed checkpoint whose tree it leads to. */
  readonly checkpoint: string;
  readonly record?: RecordContent;
}

/** Everything of a record that its hash is made of. */
export interface RecordContent {
  readonly recorded_at: string;
  readonly kind: string;
  readonly call_id: string | null;
  readonly person_ids: readonly string[];
  readonly actor: string;
  readonly body: string;
  readonly previous_hash: string;
}

/** `not_included`: the path doesn't lead to what was signed; `altered`: the record isn't the one with this hash. */
export type ProofFault = Unreadable | 'malformed' | 'not_included' | 'altered';

/**
 * Whether a proof holds, from itself and the public keys alone.
 *
 * @param text JSON of an {@link InclusionProof}
 */
export async function verifyProof(
  text: string,
  keys: CheckpointVerificationKeys,
): Promise<{ readonly proof: InclusionProof; readonly checkpoint: Checkpoint } | ProofFault> {
  const proof = readProof(text);
  if (proof === null) return 'malformed';
  const checkpoint = await keys.read(proof.checkpoint);
  if (typeof checkpoint === 'string') return checkpoint;
  const point = checkpoint.chains.find(({ chainId }) => chainId === proof.chain);
  const inclusion = {
    leaf: leafHash(Buffer.from(proof.record_hash, 'hex')),
    index: proof.sequence - 1,
    path: proof.path.map((hash) => Buffer.from(hash, 'hex')),
  };
  if (point === undefined || !verifyInclusion({ ...inclusion, size: point.size, root: point.root })) {
    return 'not_included';
  }
  if (proof.record !== undefined && hashOf(proof, proof.record) !== proof.record_hash) return 'altered';
  return { proof, checkpoint };
}

function hashOf(proof: InclusionProof, content: RecordContent): string {
  return recordHash({
    chainId: proof.chain,
    sequence: BigInt(proof.sequence),
    id: proof.record_id,
    recordedAt: new Date(content.recorded_at),
    kind: content.kind,
    callId: content.call_id,
    personIds: content.person_ids,
    actor: content.actor,
    body: content.body,
    previousHash: Buffer.from(content.previous_hash, 'hex'),
  }).toString('hex');
}

const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const TEXT = { type: 'string' };
const isProof = new Ajv({ strict: true }).compile<InclusionProof>({
  type: 'object',
  required: ['record_id', 'chain', 'sequence', 'record_hash', 'path', 'checkpoint'],
  additionalProperties: false,
  properties: {
    record_id: TEXT,
    chain: { type: 'integer', minimum: 1 },
    sequence: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    record_hash: HASH,
    path: { type: 'array', items: HASH, maxItems: 53 },
    checkpoint: TEXT,
    record: {
      type: 'object',
      required: ['recorded_at', 'kind', 'call_id', 'person_ids', 'actor', 'body', 'previous_hash'],
      additionalProperties: false,
      properties: {
        recorded_at: { type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$` },
        kind: TEXT,
        call_id: { anyOf: [TEXT, { type: 'null' }] },
        person_ids: { type: 'array', items: TEXT },
        actor: TEXT,
        body: TEXT,
        previous_hash: HASH,
      },
    },
  },
});

function readProof(text: string): InclusionProof | null {
  let proof: unknown;
  try {
    proof = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isProof(proof)) return null;
  return proof.record === undefined || !Number.isNaN(Date.parse(proof.record.recorded_at)) ? proof : null;
}
