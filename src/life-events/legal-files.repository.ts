import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Decided, Employee, ProofForm, Subject, Verdict } from './legal-file.ts';

export interface ProofRow {
  readonly id: string;
  readonly form: ProofForm;
  readonly fileHash: Buffer;
  readonly datedOn: string;
  readonly detailsSealed: Buffer;
  readonly filedBy: Employee;
  readonly filedAt: Date;
}

/** SQL: an employee as JSON, by the column that names them. */
export const employeeSql = (column: string): string =>
  `(SELECT json_build_object('id', a.id, 'pseudonym', a.pseudonym) FROM agents a WHERE a.id = ${column})`;

/** SQL: the verdicts of a subject as JSON, the last one first. */
export const decidedSql = (column: string, id: string): string =>
  `(SELECT json_build_object('verdict', v.verdict, 'by', ${employeeSql('v.decided_by')}, 'at', v.decided_at)
      FROM legal_verdicts v WHERE v.${column} = ${id} ORDER BY v.verdict = 'revoked' DESC LIMIT 1)`;

/** As JSON has it. */
export type DecidedJson = Omit<Decided, 'at'> & { readonly at: string };

export function decidedOf(json: DecidedJson | null): Decided | null {
  return json === null ? null : { ...json, at: new Date(json.at) };
}

/** Proofs and verdicts, of life events and of representations. */
@Injectable()
export class LegalFilesRepository {
  /** The database's clock. */
  async clock(manager: EntityManager): Promise<Date> {
    const [row] = await manager.query<[{ now: Date }]>('SELECT clock_timestamp() AS now');
    return row.now;
  }

  /** The oldest first. */
  proofs(manager: EntityManager, { lifeEventId, representationId }: Subject): Promise<ProofRow[]> {
    return manager.query<ProofRow[]>(
      `SELECT e.id, e.form, e.file_hash AS "fileHash", e.dated_on::text AS "datedOn", e.details_sealed AS "detailsSealed",
         ${employeeSql('e.filed_by')} AS "filedBy", e.filed_at AS "filedAt"
       FROM legal_evidence e WHERE ${lifeEventId === null ? 'e.representation_id' : 'e.life_event_id'} = $1
       ORDER BY e.filed_at, e.id`,
      [lifeEventId ?? representationId],
    );
  }

  async addProof(
    tx: EntityManager,
    subject: Subject,
    proof: Omit<ProofRow, 'filedBy'> & { readonly filedBy: string },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO legal_evidence (id, life_event_id, representation_id, form, file_hash, dated_on, details_sealed, filed_by,
         filed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        proof.id,
        subject.lifeEventId,
        subject.representationId,
        proof.form,
        proof.fileHash,
        proof.datedOn,
        proof.detailsSealed,
        proof.filedBy,
        proof.filedAt,
      ],
    );
  }

  /** The database refuses who approves their own: see `legal_verdicts_four_eyes_check`. */
  async decide(
    tx: EntityManager,
    subject: Subject,
    verdict: {
      readonly verdict: Verdict;
      readonly recordedBy: string;
      readonly proof: { readonly id: string; readonly filedBy: Employee } | null;
      readonly decidedBy: string | null;
    },
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO legal_verdicts (id, life_event_id, representation_id, verdict, recorded_by, evidence_id, evidence_by,
         decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        randomUUID(),
        subject.lifeEventId,
        subject.representationId,
        verdict.verdict,
        verdict.recordedBy,
        verdict.proof?.id ?? null,
        verdict.proof?.filedBy.id ?? null,
        verdict.decidedBy,
        now,
      ],
    );
  }

  /**
   * Nothing that stands on this person's authority is decided or given meanwhile: executions wait for their contracts,
   * grants for the person, and see what was written.
   */
  async lockLife(tx: EntityManager, personId: string): Promise<void> {
    // In the order of an execution and of a grant, which write about people; rows that refer to the contract may be written meanwhile.
    await tx.query(
      `SELECT FROM contracts WHERE id IN (SELECT contract_id FROM contract_holders WHERE holder_id = $1)
       ORDER BY id FOR NO KEY UPDATE`,
      [personId],
    );
    await tx.query('SELECT FROM mandates WHERE holder_id = $1 OR proxy_id = $1 ORDER BY id FOR UPDATE', [personId]);
    await tx.query('SELECT FROM people WHERE id = $1 FOR UPDATE', [personId]);
  }
}
