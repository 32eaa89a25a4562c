import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Registration, RegistrationVerdict } from './registration.ts';

/** An employee as JSON, by the column that names them. */
const employee = (column: string): string =>
  `(SELECT json_build_object('id', a.id, 'pseudonym', a.pseudonym) FROM agents a WHERE a.id = ${column})`;

const SELECT = `
  SELECT r.id, r.mandate_id AS "mandateId", r.form, r.file_hash AS "fileHash", r.call_id AS "callId", r.route,
    ${employee('r.registered_by')} AS "registeredBy", r.registered_at AS "registeredAt",
    v.verdict, ${employee('v.decided_by')} AS "decidedBy", v.decided_at AS "decidedAt"
  FROM registrations r LEFT JOIN registration_verdicts v ON v.registration_id = r.id`;

@Injectable()
export class RegistrationsRepository {
  async insert(
    tx: EntityManager,
    registration: Pick<Registration, 'id' | 'mandateId' | 'form' | 'fileHash' | 'callId' | 'route'>,
    registeredBy: string,
    now: Date,
  ): Promise<void> {
    const { id, mandateId, form, fileHash, callId, route } = registration;
    await tx.query(
      `INSERT INTO registrations (id, mandate_id, form, file_hash, call_id, route, registered_by, registered_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, mandateId, form, fileHash, callId, route, registeredBy, now],
    );
  }

  async find(manager: EntityManager, id: string): Promise<Registration | null> {
    const [row] = await manager.query<Registration[]>(`${SELECT} WHERE r.id = $1`, [id]);
    return row ?? null;
  }

  async findByMandateRef(manager: EntityManager, mandateRef: string): Promise<Registration | null> {
    const [row] = await manager.query<Registration[]>(
      `${SELECT} WHERE r.mandate_id = (SELECT id FROM mandates WHERE mandate_ref = $1)`,
      [mandateRef],
    );
    return row ?? null;
  }

  /** Nobody has decided about these yet, and they have not lapsed. The oldest first, 100 at most. */
  waiting(manager: EntityManager, now: Date): Promise<Registration[]> {
    return manager.query(
      `${SELECT} JOIN mandates m ON m.id = r.mandate_id AND m.state = 'draft' AND m.accept_before > $1 AND m.ends_at > $1
       WHERE v.registration_id IS NULL ORDER BY r.registered_at, r.id LIMIT 100`,
      [now],
    );
  }

  /** The database refuses who approves their own: see `registration_verdicts_four_eyes_check`. */
  async decide(
    tx: EntityManager,
    { id, registeredBy }: Registration,
    verdict: RegistrationVerdict,
    decidedBy: string,
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO registration_verdicts (registration_id, verdict, registered_by, decided_by, decided_at)
       VALUES ($1, $2, $3, $4, $5)`,
      [id, verdict, registeredBy.id, decidedBy, now],
    );
  }
}
