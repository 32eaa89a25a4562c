import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { AppError } from '../errors.ts';
import type { Attestation } from './attestation.ts';

const ATTESTATION = `t.id, a.agent_ref AS "agentRef", t.kind, t.channel, t.issued_at AS "issuedAt", t.expires_at AS "expiresAt",
  t.recorded_by AS "recordedBy", t.recorded_at AS "recordedAt"`;
const FROM = 'FROM agent_attestations t JOIN agents a ON a.id = t.agent_id';

@Injectable()
export class AttestationsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** False when the very same is recorded already. */
  async add(
    tx: EntityManager,
    agentId: string,
    { id, kind, channel, issuedAt, expiresAt, recordedBy, recordedAt }: Omit<Attestation, 'agentRef'>,
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `INSERT INTO agent_attestations (id, agent_id, kind, channel, issued_at, expires_at, recorded_by, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id`,
      [id, agentId, kind, channel, issuedAt, expiresAt, recordedBy, recordedAt],
    );
    return rows.length === 1;
  }

  /** The very same one, which is there. */
  async same(
    tx: EntityManager,
    agentId: string,
    { kind, channel, issuedAt, expiresAt }: Omit<Attestation, 'agentRef'>,
  ): Promise<Attestation> {
    const [one] = await tx.query<Attestation[]>(
      `SELECT ${ATTESTATION} ${FROM} WHERE t.agent_id = $1 AND t.kind = $2 AND t.channel IS NOT DISTINCT FROM $3
         AND t.issued_at = $4 AND t.expires_at = $5 AND t.withdrawn_at IS NULL`,
      [agentId, kind, channel, issuedAt, expiresAt],
    );
    // Withdrawn in between: who recorded it comes again.
    if (one === undefined) throw new AppError('conflict', 'This was withdrawn just now. Record it again.');
    return one;
  }

  /** What was not withdrawn, the last to expire first. */
  async of(agentId: string, limit: number): Promise<readonly Attestation[]> {
    return this.dataSource.manager.query<Attestation[]>(
      `SELECT ${ATTESTATION} ${FROM} WHERE t.agent_id = $1 AND t.withdrawn_at IS NULL
       ORDER BY t.expires_at DESC, t.id LIMIT $2`,
      [agentId, limit],
    );
  }

  /** Null when there is none of this agent, or it was withdrawn before. */
  async withdraw(tx: EntityManager, agentId: string, id: string, now: Date): Promise<string | null> {
    const [rows] = await tx.query<[{ kind: string }[], number]>(
      `UPDATE agent_attestations SET withdrawn_at = greatest($3, recorded_at)
       WHERE id = $1 AND agent_id = $2 AND withdrawn_at IS NULL RETURNING kind`,
      [id, agentId, now],
    );
    return rows[0]?.kind ?? null;
  }

  /** Those of active agents that end within so many days and that none renews; the first to end first, behind the one with this id. */
  async expiring(withinDays: number, limit: number, after: string | null): Promise<readonly Attestation[]> {
    return this.dataSource.manager.query<Attestation[]>(
      `SELECT ${ATTESTATION} ${FROM}
       WHERE t.withdrawn_at IS NULL AND a.is_active AND t.expires_at > now() AND t.expires_at <= now() + make_interval(days => $1)
         AND NOT EXISTS (SELECT FROM agent_attestations l WHERE l.agent_id = t.agent_id AND l.kind = t.kind
           AND coalesce(l.channel, t.channel) IS NOT DISTINCT FROM t.channel AND l.withdrawn_at IS NULL
           AND (l.expires_at, l.id) > (t.expires_at, t.id) AND l.issued_at <= t.expires_at)
         AND ($3::uuid IS NULL
           OR (t.expires_at, t.id) > (SELECT b.expires_at, b.id FROM agent_attestations b WHERE b.id = $3))
       ORDER BY t.expires_at, t.id LIMIT $2`,
      [withinDays, limit, after],
    );
  }
}
