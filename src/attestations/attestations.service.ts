import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { AppError } from '../errors.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { Attestation, NewAttestation } from './attestation.ts';
import { AttestationsRepository } from './attestations.repository.ts';

/** The latest of one agent that are told. */
const TOLD = 100;
/** Nothing is attested for good. */
const LONGEST_YEARS = 5;

/** What agents were trained in or signed for. A check reads it with all its other facts: what is withdrawn counts no more at once. */
@Injectable()
export class AttestationsService {
  constructor(
    private readonly audit: AuditService,
    private readonly agents: AgentsService,
    private readonly policies: PolicyDocuments,
    private readonly repository: AttestationsRepository,
  ) {}

  /**
   * Records one. A renewal is another one; the very same is recorded once.
   *
   * @param actor see `actorOf`
   * @throws AppError `not_found` for an unknown agent; `validation_failed` for a kind that the policy doesn't know, or a period that
   *   is none
   */
  async record(agentRef: string, said: NewAttestation, actor: string): Promise<Attestation> {
    const agent = await this.agents.get(agentRef);
    return this.audit.record(async (tx, now) => {
      const { agentWords } = await this.policies.current(tx);
      requireRight(said, now, agentWords.attestations);
      const { kind, channel, expiresAt } = said;
      const attestation: Attestation = {
        id: randomUUID(),
        agentRef,
        kind,
        channel,
        issuedAt: said.issuedAt ?? now,
        expiresAt,
        recordedBy: actor,
        recordedAt: now,
      };
      if (!(await this.repository.add(tx, agent.id, attestation))) {
        return { result: await this.repository.same(tx, agent.id, attestation), entries: [] };
      }
      const body = {
        agentId: agent.id,
        attestationId: attestation.id,
        kind,
        channel,
        issuedAt: attestation.issuedAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      };
      return { result: attestation, entries: [{ kind: 'agent.attested', actor, body }] };
    });
  }

  /** @throws AppError `not_found` for an unknown agent */
  async of(agentRef: string): Promise<readonly Attestation[]> {
    return this.repository.of((await this.agents.get(agentRef)).id, TOLD);
  }

  /**
   * It counts no more, for any check that begins after this was answered.
   *
   * @throws AppError `not_found`
   */
  async withdraw(agentRef: string, id: string, actor: string): Promise<void> {
    const agent = await this.agents.get(agentRef);
    await this.audit.record(async (tx, now) => {
      const kind = await this.repository.withdraw(tx, agent.id, id, now);
      if (kind === null) throw new AppError('not_found', 'This agent has no such attestation.');
      const body = { agentId: agent.id, attestationId: id, kind };
      return { result: undefined, entries: [{ kind: 'agent.attestation_withdrawn', actor, body }] };
    });
  }

  /** What ends soon and nothing renews, of agents who are active. */
  async expiring(
    withinDays: number,
    limit: number,
    after: string | null,
  ): Promise<{ readonly attestations: readonly Attestation[]; readonly next: string | null }> {
    const rows = await this.repository.expiring(withinDays, limit + 1, after);
    const attestations = rows.slice(0, limit);
    return { attestations, next: rows.length > limit ? (attestations.at(-1)?.id ?? null) : null };
  }
}

function requireRight({ kind, issuedAt, expiresAt }: NewAttestation, now: Date, known: readonly string[]): void {
  const from = issuedAt ?? now;
  const latest = new Date(from);
  latest.setUTCFullYear(latest.getUTCFullYear() + LONGEST_YEARS);
  const faults = [
    ...(known.includes(kind)
      ? []
      : [{ pointer: '/kind', detail: `The policy knows no "${kind}"; it knows: ${known.join(', ') || 'none'}.` }]),
    ...(from < expiresAt && expiresAt <= latest
      ? []
      : [{ pointer: '/expires_at', detail: `After issued_at, and at most ${LONGEST_YEARS} years later.` }]),
  ];
  if (faults.length > 0) throw new AppError('validation_failed', 'This can’t be attested.', { faults });
}
