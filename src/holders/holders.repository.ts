import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { prepared } from '../database/prepared.ts';
import type { ContractId, HolderId, PersonId } from '../policy/ids.ts';
import { ContactPointEntity } from './contact-point.entity.ts';
import { type ContactPointKind, MINIMUM_AGE_DAYS } from './contact-point.ts';
import { PersonEntity } from './person.entity.ts';
import type { Contract, JointRule, Preferences } from './person.ts';
import type { Properties } from '../policy/policy.ts';

/** What is read of a person; never the index of their name. */
export type PersonRow = Pick<
  PersonEntity,
  | 'id'
  | 'crmRef'
  | 'kind'
  | 'nameSealed'
  | 'keyWrapped'
  | 'keyRingId'
  | 'language'
  | 'isLargeType'
  | 'properties'
  | 'declinedRoutes'
  | 'refusedRecordings'
  | 'safeFrom'
  | 'safeUntil'
>;
/** What is read of a contact point; never its index. */
export type PointRow = Omit<ContactPointEntity, 'person' | 'valueIndex' | 'isProposed' | 'isOwnChoice'>;

const PERSON = `person.id, person.crm_ref AS "crmRef", person.kind, person.name_sealed AS "nameSealed",
  person.key_wrapped AS "keyWrapped", person.key_ring_id AS "keyRingId", person.language, person.large_type AS "isLargeType",
  person.properties, person.declined_routes AS "declinedRoutes", person.safe_from AS "safeFrom",
  person.safe_until AS "safeUntil", person.refused_recordings AS "refusedRecordings"`;
const POINT = `point.id AS "pointId", point.kind AS "pointKind", point.value_sealed AS "valueSealed",
  point.verified_at AS "verifiedAt", point.changed_at AS "changedAt", point.ended_at AS "endedAt", point.is_shared AS "isShared"`;

/** A person beside one of their points. Without one all that is of the point is null. */
interface JoinedRow extends PersonRow {
  readonly pointId: string | null;
  readonly pointKind: ContactPointEntity['kind'];
  readonly valueSealed: Buffer;
  readonly verifiedAt: Date | null;
  readonly changedAt: Date;
  readonly endedAt: Date | null;
  readonly isShared: boolean;
}

interface ContractRow {
  readonly id: ContractId;
  readonly ref: string;
  readonly resourceType: string;
  readonly jointRule: JointRule;
  readonly properties: Properties;
  readonly endedAt: Date | null;
  readonly holderIds: HolderId[];
}

/** Reads what is known about people and contracts, by exact keys alone. Values come out sealed. */
@Injectable()
export class HoldersRepository {
  personByRef(manager: EntityManager, crmRef: string): Promise<PersonEntity | null> {
    return manager.findOneBy(PersonEntity, { crmRef });
  }

  async person(manager: EntityManager, personId: string): Promise<PersonRow | null> {
    const text = `SELECT ${PERSON} FROM people person WHERE person.id = $1`;
    const [row] = await prepared<PersonRow>(manager, { name: 'holders-person', text }, [personId]);
    return row ?? null;
  }

  people(manager: EntityManager, personIds: readonly string[]): Promise<PersonEntity[]> {
    return manager.findBy(PersonEntity, { id: In([...personIds]) });
  }

  async savePreferences(
    tx: EntityManager,
    personId: string,
    { language, isLargeType, declinedRoutes, safeHours, refusedRecordings }: Preferences,
  ): Promise<void> {
    const hours = { safeFrom: safeHours?.from ?? null, safeUntil: safeHours?.until ?? null };
    const lists = { declinedRoutes: [...declinedRoutes], refusedRecordings: [...refusedRecordings] };
    const chosen = { language, isLargeType, ...lists, ...hours, isOwnChoice: true };
    await tx.update(PersonEntity, { id: personId }, chosen);
  }

  /** A person with their points, the oldest first; with their history when asked for. Null when nobody has this id. */
  async points(
    manager: EntityManager,
    personId: string,
    part: 'live' | 'all',
  ): Promise<{ readonly person: PersonRow; readonly points: readonly PointRow[] } | null> {
    const text = `SELECT ${PERSON}, ${POINT} FROM people person LEFT JOIN contact_points point
        ON point.person_id = person.id AND ${part === 'live' ? 'point.ended_at IS NULL' : 'NOT point.is_proposed'}
      WHERE person.id = $1 ORDER BY point.changed_at, point.id`;
    const rows = await prepared<JoinedRow>(manager, { name: `holders-points-${part}`, text }, [personId]);
    const [person] = rows;
    return person === undefined ? null : { person, points: rows.flatMap(pointOf) };
  }

  /** A contact point, ended or not, with whose it is. */
  async point(
    manager: EntityManager,
    contactPointId: string,
  ): Promise<{ readonly person: PersonRow; readonly point: PointRow } | null> {
    const text = `SELECT ${PERSON}, ${POINT} FROM contact_points point JOIN people person ON person.id = point.person_id
      WHERE point.id = $1`;
    const [row] = await prepared<JoinedRow>(manager, { name: 'holders-point', text }, [contactPointId]);
    const [point] = row === undefined ? [] : pointOf(row);
    return row === undefined || point === undefined ? null : { person: row, point };
  }

  /** The live ones that are live for this other person too. */
  async sharedPoints(manager: EntityManager, personId: string, otherId: string): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT own.id FROM contact_points own
         JOIN contact_points theirs ON theirs.kind = own.kind AND theirs.value_index = own.value_index
       WHERE own.person_id = $1 AND own.ended_at IS NULL AND theirs.person_id = $2 AND theirs.ended_at IS NULL`,
      [personId, otherId],
    );
    return rows.map((row) => row.id);
  }

  /** Everybody whose number this is, and whether it has been shown to be theirs and stood long enough to say who calls. */
  async peopleWithPhone(
    manager: EntityManager,
    index: Buffer,
    now: Date,
  ): Promise<readonly { readonly id: PersonId; readonly isAged: boolean }[]> {
    return prepared<{ id: PersonId; isAged: boolean }>(
      manager,
      {
        name: 'holders-by-phone',
        text: `SELECT person_id AS id, bool_or(verified_at <= $2 AND changed_at <= $2::timestamptz - $3 * interval '1 day') IS TRUE AS "isAged"
       FROM contact_points WHERE value_index = $1 AND kind = 'phone' AND ended_at IS NULL GROUP BY person_id`,
      },
      [index, now, MINIMUM_AGE_DAYS.phone],
    );
  }

  /** Every live contact point with this value, and whose it is. */
  async pointsByIndex(
    manager: EntityManager,
    kind: ContactPointKind,
    index: Buffer,
  ): Promise<readonly { readonly id: string; readonly personId: PersonId; readonly crmRef: string }[]> {
    return manager.query(
      `SELECT c.id, c.person_id AS "personId", p.crm_ref AS "crmRef"
       FROM contact_points c JOIN people p ON p.id = c.person_id
       WHERE c.value_index = $1 AND c.kind = $2 AND c.ended_at IS NULL`,
      [index, kind],
    );
  }

  async peopleWithName(manager: EntityManager, index: Buffer, among: readonly string[]): Promise<PersonId[]> {
    const rows = await manager.query<{ id: PersonId }[]>(
      'SELECT id FROM people WHERE id = ANY ($2) AND name_index = $1',
      [index, among],
    );
    return rows.map((row) => row.id);
  }

  contractByRef(manager: EntityManager, contractRef: string): Promise<Contract | null> {
    return this.#contract(manager, 'contract_ref', contractRef);
  }

  contractById(manager: EntityManager, id: string): Promise<Contract | null> {
    return this.#contract(manager, 'id', id);
  }

  async contractsOf(manager: EntityManager, personId: string, now: Date): Promise<readonly string[]> {
    const rows = await manager.query<{ ref: string }[]>(
      `SELECT c.contract_ref AS ref FROM contract_holders h JOIN contracts c ON c.id = h.contract_id
       WHERE h.holder_id = $1 AND (c.ended_at IS NULL OR c.ended_at > $2) ORDER BY c.contract_ref`,
      [personId, now],
    );
    return rows.map((row) => row.ref);
  }

  async #contract(manager: EntityManager, column: 'contract_ref' | 'id', key: string): Promise<Contract | null> {
    const text = `SELECT c.id, c.contract_ref AS ref, c.resource_type AS "resourceType",
        c.joint_rule AS "jointRule", c.properties, c.ended_at AS "endedAt",
        ARRAY (SELECT h.holder_id FROM contract_holders h WHERE h.contract_id = c.id ORDER BY h.position) AS "holderIds"
      FROM contracts c WHERE c.${column} = $1`;
    const [row] = await prepared<ContractRow>(manager, { name: `holders-contract-${column}`, text }, [key]);
    return row ?? null;
  }
}

function pointOf(row: JoinedRow): PointRow[] {
  const { pointId, pointKind, valueSealed, verifiedAt, changedAt, endedAt, isShared } = row;
  if (pointId === null) return [];
  return [{ id: pointId, personId: row.id, kind: pointKind, valueSealed, verifiedAt, changedAt, endedAt, isShared }];
}
