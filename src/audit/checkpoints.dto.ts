import { ApiProperty } from '@nestjs/swagger';
import type { JWK } from 'jose';
import { IsUUID } from 'class-validator';

import type { InclusionProof } from './inclusion-proof.ts';

export class AuditRecordParams {
  @IsUUID()
  record_id: string;
}

/** A JWK set (RFC 7517). */
export class CheckpointKeysResponse {
  /** Public Ed25519 keys; their `kid` stands in the header of what they signed. The first is the one that signs now. */
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } })
  keys: readonly JWK[];

  static of(keys: readonly JWK[]): CheckpointKeysResponse {
    return Object.assign(new CheckpointKeysResponse(), { keys });
  }
}

/** Shows that a record was in the audit when a checkpoint was signed, and tells of what it says nothing but its hash. */
export class InclusionProofResponse {
  record_id: string;

  /** Number of the chain that it stands in. */
  chain: number;

  /** Its place in that chain, from 1. */
  sequence: number;

  /** SHA-256, in hexadecimal: the data of the leaf. */
  record_hash: string;

  /** Hashes from the leaf to the root (RFC 9162, 2.1.3), in hexadecimal. */
  path: string[];

  /** The signed checkpoint (JWS, compact) that names the root. */
  checkpoint: string;

  static of(proof: InclusionProof): InclusionProofResponse {
    return Object.assign(new InclusionProofResponse(), proof);
  }
}
