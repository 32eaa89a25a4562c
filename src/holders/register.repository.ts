import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Properties } from '../policy/policy.ts';
import type { Language, PersonKind } from '../policy/vocabulary.ts';
import type { ContactPointKind } from './contact-point.ts';
import type { JointRule } from './person.ts';

export interface PersonRow {
  readonly id: string;
  readonly crmRef: string;
  readonly kind: PersonKind;
  readonly language: Language;
  readonly isLargeType: boolean;
  /** They chose the language and the size themselves. */
  readonly isOwnChoice: boolean;
  readonly properties: Properties;
  readonly nameSealed: Buffer | null;
  readonly nameIndex: Buffer | null;
  readonly keyWrapped: Buffer | null;
  readonly keyRingId: string | null;
}

export interface PointRow {
  readonly id: string;
  readonly personId: string;
  readonly kind: ContactPointKind;
  readonly valueIndex: Buffer;
  readonly verifiedAt: Date | null;
  readonly changedAt: Date;
  readonly isShared: boolean;
}

/** A point that a person has, or ended themselves. */
export interface KnownPointRow extends PointRow {
  readonly isLive: boolean;
  /** Begun or ended by its person, while the CRM has not said the same yet. */
  readonly isOwnChoice: boolean;
}

export interface NewPointRow extends PointRow {
  readonly valueSealed: Buffer;
}

export interface ContractRow {
  readonly id: string;
  readonly contractRef: string;
  readonly resourceType: string;
  readonly jointRule: JointRule;
  readonly properties: Properties;
  readonly endedAt: Date | null;
}

/**
 * Writes people and contracts, some hundreds at a time: a fixed number of statements, however many rows. Rows are locked
 * and inserted in the order of their reference, so that two processes never wait for each other.
 */
@Injectable()
export class RegisterRepository {
  lockPeople(tx: EntityManager, crmRefs: readonly string[]): Promise<PersonRow[]> {
    return tx.query(
      `SELECT id, crm_ref AS "crmRef", kind, language, large_type AS "isLargeType", is_own_choice AS "isOwnChoice", properties,
         name_sealed AS "nameSealed", name_index AS "nameIndex", key_wrapped AS "keyWrapped", key_ring_id AS "keyRingId"
       FROM people WHERE crm_ref = ANY ($1) ORDER BY crm_ref FOR UPDATE`,
      [crmRefs],
    );
  }

  /** @returns the ids that were inserted; another process was first with the others */
  async insertPeople(tx: EntityManager, rows: readonly PersonRow[], now: Date): Promise<ReadonlySet<string>> {
    if (rows.length === 0) return new Set();
    const inserted = await tx.query<{ id: string }[]>(
      `INSERT INTO people (id, crm_ref, kind, language, name_sealed, name_index, key_wrapped, key_ring_id, large_type, properties,
         created_at, changed_at)
       SELECT *, $11::timestamptz, $11::timestamptz
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[],
         $9::boolean[], $10::jsonb[]) AS new (
         id, crm_ref, kind, language, name_sealed, name_index, key_wrapped, key_ring_id, large_type, properties)
       ORDER BY crm_ref
       ON CONFLICT (crm_ref) DO NOTHING RETURNING id`,
      [
        rows.map((row) => row.id),
        rows.map((row) => row.crmRef),
        rows.map((row) => row.kind),
        rows.map((row) => row.language),
        rows.map((row) => row.nameSealed),
        rows.map((row) => row.nameIndex),
        rows.map((row) => row.keyWrapped),
        rows.map((row) => row.keyRingId),
        rows.map((row) => row.isLargeType),
        rows.map((row) => JSON.stringify(row.properties)),
        now,
      ],
    );
    return new Set(inserted.map((row) => row.id));
  }

  async updatePeople(tx: EntityManager, rows: readonly PersonRow[], now: Date): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `UPDATE people SET kind = new.kind, language = new.language, name_sealed = new.name_sealed,
         name_index = new.name_index, large_type = new.large_type, properties = new.properties, changed_at = $8
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::boolean[], $7::jsonb[]) AS new (
         id, kind, language, name_sealed, name_index, large_type, properties)
       WHERE people.id = new.id`,
      [
        rows.map((row) => row.id),
        rows.map((row) => row.kind),
        rows.map((row) => row.language),
        rows.map((row) => row.nameSealed),
        rows.map((row) => row.nameIndex),
        rows.map((row) => row.isLargeType),
        rows.map((row) => JSON.stringify(row.properties)),
        now,
      ],
    );
  }

  /** The live ones, and those that their persons ended themselves, by person. */
  async knownPoints(tx: EntityManager, personIds: readonly string[]): Promise<ReadonlyMap<string, KnownPointRow[]>> {
    const rows = await tx.query<KnownPointRow[]>(
      `SELECT id, person_id AS "personId", kind, value_index AS "valueIndex", verified_at AS "verifiedAt",
         changed_at AS "changedAt", is_shared AS "isShared", ended_at IS NULL AS "isLive", is_own_choice AS "isOwnChoice"
       FROM contact_points WHERE person_id = ANY ($1) AND (ended_at IS NULL OR is_own_choice)`,
      [personIds],
    );
    const points = new Map<string, KnownPointRow[]>();
    for (const row of rows) points.set(row.personId, [...(points.get(row.personId) ?? []), row]);
    return points;
  }

  async endPoints(tx: EntityManager, ids: readonly string[], now: Date): Promise<void> {
    if (ids.length === 0) return;
    await tx.query('UPDATE contact_points SET ended_at = greatest(changed_at, $2) WHERE id = ANY ($1)', [ids, now]);
  }

  /** From now on the CRM and the person say the same. */
  async agree(tx: EntityManager, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.query('UPDATE contact_points SET is_own_choice = false WHERE id = ANY ($1)', [ids]);
  }

  async insertProposed(
    tx: EntityManager,
    {
      id,
      personId,
      kind,
      valueSealed,
      valueIndex,
      now,
    }: Omit<NewPointRow, 'verifiedAt' | 'changedAt' | 'isShared'> & { now: Date },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO contact_points (id, person_id, kind, value_sealed, value_index, changed_at, ended_at, is_proposed)
       VALUES ($1, $2, $3, $4, $5, $6, $6, true)`,
      [id, personId, kind, valueSealed, valueIndex, now],
    );
  }

  /** What others read shows nothing of its person; what they no longer read does again, once it has aged anew. */
  async setShared(tx: EntityManager, id: string, isShared: boolean, now: Date): Promise<void> {
    await tx.query(
      `UPDATE contact_points SET is_shared = $2, verified_at = CASE WHEN $2 THEN NULL ELSE $3::timestamptz END,
         changed_at = CASE WHEN $2 THEN changed_at ELSE $3 END
       WHERE id = $1 AND ended_at IS NULL AND is_shared <> $2`,
      [id, isShared, now],
    );
  }

  /** Nothing where the CRM gave the same meanwhile. */
  async beginOwn(tx: EntityManager, id: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE contact_points SET verified_at = $2, changed_at = $2, ended_at = NULL, is_proposed = false, is_own_choice = true
       WHERE id = $1 AND is_proposed AND NOT EXISTS (SELECT FROM contact_points same
         WHERE same.person_id = contact_points.person_id AND same.kind = contact_points.kind
           AND same.value_index = contact_points.value_index AND same.ended_at IS NULL)`,
      [id, now],
    );
  }

  /**
   * The only telephone or e-mail address that they have had since then, where nobody has shown yet that it is theirs. Its age is that
   * of its value.
   */
  async showOnly(tx: EntityManager, personId: string, since: Date, now: Date): Promise<string | null> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE contact_points point SET verified_at = $2
       WHERE person_id = $1 AND kind IN ('phone', 'email') AND verified_at IS NULL AND ended_at IS NULL
         AND NOT is_shared AND NOT is_proposed AND changed_at <= $3 AND NOT EXISTS (SELECT FROM contact_points other
           WHERE other.person_id = $1 AND other.id <> point.id AND other.kind IN ('phone', 'email')
             AND (other.ended_at IS NULL OR other.ended_at > $3))
       RETURNING id`,
      [personId, now, since],
    );
    return rows[0]?.id ?? null;
  }

  async endOwn(tx: EntityManager, id: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE contact_points SET ended_at = greatest(changed_at, $2), is_own_choice = true
       WHERE id = $1 AND ended_at IS NULL`,
      [id, now],
    );
  }

  async insertPoints(tx: EntityManager, rows: readonly NewPointRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `INSERT INTO contact_points (id, person_id, kind, value_sealed, value_index, verified_at, changed_at)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[], $6::timestamptz[], $7::timestamptz[])`,
      [
        rows.map((row) => row.id),
        rows.map((row) => row.personId),
        rows.map((row) => row.kind),
        rows.map((row) => row.valueSealed),
        rows.map((row) => row.valueIndex),
        rows.map((row) => row.verifiedAt),
        rows.map((row) => row.changedAt),
      ],
    );
  }

  async setVerified(
    tx: EntityManager,
    rows: readonly { readonly id: string; readonly verifiedAt: Date | null }[],
  ): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `UPDATE contact_points SET verified_at = new.verified_at
       FROM unnest($1::uuid[], $2::timestamptz[]) AS new (id, verified_at) WHERE contact_points.id = new.id`,
      [rows.map((row) => row.id), rows.map((row) => row.verifiedAt)],
    );
  }

  /** Ids by CRM reference; unknown references are left out. */
  async personIds(tx: EntityManager, crmRefs: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await tx.query<{ id: string; crm_ref: string }[]>(
      'SELECT id, crm_ref FROM people WHERE crm_ref = ANY ($1)',
      [crmRefs],
    );
    return new Map(rows.map((row) => [row.crm_ref, row.id]));
  }

  lockContracts(tx: EntityManager, refs: readonly string[]): Promise<ContractRow[]> {
    return tx.query(
      `SELECT id, contract_ref AS "contractRef", resource_type AS "resourceType", joint_rule AS "jointRule", properties, ended_at AS "endedAt"
       FROM contracts WHERE contract_ref = ANY ($1) ORDER BY contract_ref FOR UPDATE`,
      [refs],
    );
  }

  /** @returns the ids that were inserted; another process was first with the others */
  async insertContracts(tx: EntityManager, rows: readonly ContractRow[], now: Date): Promise<ReadonlySet<string>> {
    if (rows.length === 0) return new Set();
    const inserted = await tx.query<{ id: string }[]>(
      `INSERT INTO contracts (id, contract_ref, resource_type, joint_rule, properties, ended_at, created_at, changed_at)
       SELECT *, $7::timestamptz, $7::timestamptz
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::timestamptz[]) AS new (
         id, contract_ref, resource_type, joint_rule, properties, ended_at)
       ORDER BY contract_ref
       ON CONFLICT (contract_ref) DO NOTHING RETURNING id`,
      [...contractColumns(rows, 'all'), now],
    );
    return new Set(inserted.map((row) => row.id));
  }

  async updateContracts(tx: EntityManager, rows: readonly ContractRow[], now: Date): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `UPDATE contracts SET resource_type = new.resource_type, joint_rule = new.joint_rule, properties = new.properties,
         ended_at = new.ended_at, changed_at = $6
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[]) AS new (
         id, resource_type, joint_rule, properties, ended_at)
       WHERE contracts.id = new.id`,
      [...contractColumns(rows, 'changing'), now],
    );
  }

  /** The holders' ids by contract, in order. */
  async contractHolders(tx: EntityManager, contractIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
    const rows = await tx.query<{ contract_id: string; holder_ids: string[] }[]>(
      `SELECT contract_id, array_agg(holder_id ORDER BY position) AS holder_ids FROM contract_holders
       WHERE contract_id = ANY ($1) GROUP BY contract_id`,
      [contractIds],
    );
    return new Map(rows.map((row) => [row.contract_id, row.holder_ids]));
  }

  /** Puts these holders, in this order, in the place of those that the contracts had. */
  async replaceContractHolders(
    tx: EntityManager,
    contracts: readonly { readonly id: string; readonly holderIds: readonly string[] }[],
  ): Promise<void> {
    if (contracts.length === 0) return;
    await tx.query('DELETE FROM contract_holders WHERE contract_id = ANY ($1)', [contracts.map(({ id }) => id)]);
    const rows = contracts.flatMap(({ id, holderIds }) =>
      holderIds.map((holderId, position) => ({ id, holderId, position })),
    );
    await tx.query(
      `INSERT INTO contract_holders (contract_id, holder_id, position)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[])`,
      [rows.map((row) => row.id), rows.map((row) => row.holderId), rows.map((row) => row.position)],
    );
  }
}

function contractColumns(rows: readonly ContractRow[], part: 'all' | 'changing'): unknown[] {
  return [
    rows.map((row) => row.id),
    ...(part === 'all' ? [rows.map((row) => row.contractRef)] : []),
    rows.map((row) => row.resourceType),
    rows.map((row) => row.jointRule),
    rows.map((row) => JSON.stringify(row.properties)),
    rows.map((row) => row.endedAt),
  ];
}
