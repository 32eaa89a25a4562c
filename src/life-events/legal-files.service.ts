import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Agent, Principal } from '../auth/principal.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { type Employee, isProof, type NewProof, type Proof, type Subject, type Verdict } from './legal-file.ts';
import { LegalFilesRepository } from './legal-files.repository.ts';

/** What is decided about: a life event or a representation, by whom it was recorded, and the person whose key seals it. */
export interface Filed {
  readonly subject: Subject;
  readonly personId: string;
  readonly recordedBy: Employee;
}

/** Proofs and verdicts, the same for life events and representations. Each inside the caller's recorded transaction. */
@Injectable()
export class LegalFiles {
  constructor(
    private readonly repository: LegalFilesRepository,
    private readonly holders: HoldersService,
  ) {}

  /** See `LegalFilesRepository.lockLife`. */
  lockLife(tx: EntityManager, personId: string): Promise<void> {
    return this.repository.lockLife(tx, personId);
  }

  /** The oldest first. What the person's key sealed is gone with the key. */
  async proofs(manager: EntityManager, { subject, personId }: Omit<Filed, 'recordedBy'>): Promise<Proof[]> {
    const rows = await this.repository.proofs(manager, subject);
    if (rows.length === 0) return [];
    const { name } = await this.holders.describe(manager, personId);
    return Promise.all(
      rows.map(async ({ fileHash, detailsSealed, ...row }): Promise<Proof> => {
        const sha256 = fileHash.toString('hex');
        if (name === null) return { ...row, sha256, source: null, reference: null };
        const text = await this.holders.open(manager, personId, detailsSealed, detailsPlace(row.id));
        const { source, reference } = JSON.parse(text) as Pick<NewProof, 'source' | 'reference'>;
        return { ...row, sha256, source, reference };
      }),
    );
  }

  /** Whether this very paper stands behind it. */
  async isFiled(tx: EntityManager, subject: Subject, sha256: string): Promise<boolean> {
    const rows = await this.repository.proofs(tx, subject);
    return rows.some(({ fileHash }) => fileHash.toString('hex') === sha256);
  }

  /** @returns the id of the proof */
  async file(
    tx: EntityManager,
    now: Date,
    filed: Omit<Filed, 'recordedBy'>,
    proof: NewProof,
    by: Agent,
  ): Promise<string> {
    const id = randomUUID();
    const { form, source, reference, sha256, datedOn } = proof;
    const details = JSON.stringify({ source, reference });
    await this.repository.addProof(tx, filed.subject, {
      id,
      form,
      fileHash: Buffer.from(sha256, 'hex'),
      datedOn,
      detailsSealed: await this.holders.seal(tx, filed.personId, details, detailsPlace(id)),
      filedBy: by.id,
      filedAt: now,
    });
    return id;
  }

  /**
   * A second pair of eyes: neither those that recorded it nor those that filed the proof.
   *
   * @throws AppError `forbidden`, `invalid_state` when nothing proves it yet
   */
  async approve(tx: EntityManager, now: Date, filed: Filed, by: Agent): Promise<void> {
    const { subject, recordedBy } = filed;
    const proofs = (await this.repository.proofs(tx, subject)).filter(isProof);
    if (recordedBy.id === by.id) throw new AppError('forbidden', OWN);
    if (proofs.length === 0) throw new AppError('invalid_state', 'Nothing on file proves this: add evidence first.');
    const proof = proofs.find(({ filedBy }) => filedBy.id !== by.id);
    if (proof === undefined) throw new AppError('forbidden', OWN);
    const verdict = { verdict: 'approved', recordedBy: recordedBy.id, proof, decidedBy: by.id } as const;
    await this.repository.decide(tx, subject, verdict, now);
  }

  /** @param by null = after a restore */
  async close(
    tx: EntityManager,
    now: Date,
    { subject, recordedBy }: Omit<Filed, 'personId'>,
    verdict: Exclude<Verdict, 'approved'>,
    by: Agent | null,
  ): Promise<void> {
    const closing = { verdict, recordedBy: recordedBy.id, proof: null, decidedBy: by?.id ?? null };
    await this.repository.decide(tx, subject, closing, now);
  }
}

const OWN = 'A colleague has to approve this: somebody else than who recorded it or filed its evidence.';

/** @throws AppError `malformed_request` for a key that acts for nobody */
export function employeeOf({ agent }: Principal): Agent {
  if (agent !== null) return agent;
  throw new AppError('malformed_request', 'An employee files this: name one with the header Mandaat-Agent.');
}

function detailsPlace(evidenceId: string): ReturnType<typeof placeOf> {
  return placeOf('legal_evidence', 'details_sealed', evidenceId);
}
