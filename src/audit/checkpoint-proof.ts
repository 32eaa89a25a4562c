import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';

import { Config } from '../config/config.ts';
import { PG_POOL } from '../database/database.module.ts';
import { AppError } from '../errors.ts';
import { readRecords, type StoredRecord } from './audit.repository.ts';
import { isAsHashed } from './chain.ts';
import type { ChainPoint } from './checkpoint.ts';
import { CheckpointKeys } from './checkpoint-keys.ts';
import { findRecord, readLatest, readTiles } from './checkpoint.repository.ts';
import type { InclusionProof, RecordContent } from './inclusion-proof.ts';
import { inclusionRanges, leafHash, rangeHash, verifyInclusion } from './merkle.ts';
import { MissingTileError, nodesOf, tilesFor } from './merkle-tiles.ts';

/** Makes proofs for single records. */
/** What was changed, by the word of the log. */
const NOT_AS_SIGNED = {
  twins: 'Several records have this id',
  checkpoint: 'The newest checkpoint was changed',
  record: 'This is not the record that was signed',
} as const;

@Injectable()
export class CheckpointProofs {
  private readonly logger = new Logger(CheckpointProofs.name);

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly keys: CheckpointKeys,
    private readonly config: Config,
  ) {}

  /**
   * @param withRecord puts the record in, so that the proof also shows what it says
   * @throws AppError `not_found` for no such record in the database, `invalid_state` when no checkpoint covers it yet, which
   *   alone has a `retryAfter`, or when it, or the checkpoint, isn't what was signed
   */
  async prove(recordId: string, withRecord: boolean): Promise<InclusionProof> {
    const client = await this.pool.connect();
    try {
      return await this.proveWith(client, recordId, withRecord);
    } finally {
      client.release();
    }
  }

  private async proveWith(client: ClientBase, recordId: string, withRecord: boolean): Promise<InclusionProof> {
    const [place, twin] = await findRecord(client, recordId);
    if (twin !== undefined) throw this.notAsSigned(recordId, 'twins');
    const [record] = place === undefined ? [] : await readRecords(client, place.chainId, place.sequence - 1n, 1);
    if (record?.id !== recordId) {
      throw new AppError(
        'not_found',
        'There is no record with this id. Months that were taken out of the audit are proven from their archive.',
      );
    }
    const latest = await readLatest(client);
    const checkpoint = latest === null ? null : await this.keys.readOwn(latest.jws);
    if (latest !== null && checkpoint === null) throw this.notAsSigned(recordId, 'checkpoint');
    const point = checkpoint?.chains.find(({ chainId }) => chainId === record.chainId);
    const sequence = Number(record.sequence);
    if (latest === null || point === undefined || point.size < sequence) {
      const minutes = this.config.checkpointMinutes;
      const detail = `This is not signed yet: no checkpoint covers it. One is made every ${minutes} minute(s).`;
      throw new AppError('invalid_state', detail, { retryAfter: minutes * 60 });
    }
    const path = isAsHashed(record) ? await pathTo(client, record, point) : null;
    if (path === null) throw this.notAsSigned(recordId, 'record');
    return {
      record_id: record.id,
      chain: record.chainId,
      sequence,
      record_hash: record.hash.toString('hex'),
      path: path.map((hash) => hash.toString('hex')),
      checkpoint: latest.jws,
      ...(withRecord ? { record: contentOf(record) } : {}),
    };
  }

  /** Whoever asks may be a customer: whoever runs this must hear of it too. */
  private notAsSigned(recordId: string, code: keyof typeof NOT_AS_SIGNED): AppError {
    this.logger.error({ event: 'record_not_as_signed', recordId, code });
    return new AppError(
      'invalid_state',
      `${NOT_AS_SIGNED[code]}, so it can't be proven. Whoever runs this service finds out more by audit verify.`,
    );
  }
}

/** Null when the record is none of the signed tree, or that tree is no longer there. */
async function pathTo(
  client: ClientBase,
  { chainId, sequence, hash }: StoredRecord,
  { size, root }: ChainPoint,
): Promise<readonly Buffer[] | null> {
  const index = Number(sequence) - 1;
  const ranges = inclusionRanges(index, size);
  try {
    const nodes = nodesOf(await readTiles(client, chainId, tilesFor(ranges)));
    const path = ranges.map((range) => rangeHash(range, nodes));
    return verifyInclusion({ leaf: leafHash(hash), index, size, path, root }) ? path : null;
  } catch (error) {
    if (error instanceof MissingTileError) return null;
    throw error;
  }
}

function contentOf(record: StoredRecord): RecordContent {
  return {
    recorded_at: record.recordedAt.toISOString(),
    kind: record.kind,
    call_id: record.callId,
    person_ids: record.personIds,
    actor: record.actor,
    body: record.body,
    previous_hash: record.previousHash.toString('hex'),
  };
}
