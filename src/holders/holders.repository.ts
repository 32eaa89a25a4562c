import { Injectable } from '@nestjs/common';
import { In, IsNull, type EntityManager } from 'typeorm';
import type { ContractId, HolderId, PersonId } from '../policy/ids.ts';
import { ContactPointEntity } from './contact-point.entity.ts';
import { type ContactPointKind, MINIMUM_AGE_DAYS } from './contact-point.ts';
import { ContractHolderEntity } from './contract-holder.entity.ts';
import { ContractEntity } from './contract.entity.ts';
import { PersonEntity } from './person.entity.ts';
import type { Contract } from './person.ts';

/** Reads what is known about people and contracts, by exact keys alone. Values come out sealed. */
@Injectable()
export class HoldersRepository {
  personByRef(manager: EntityManager, crmRef: string): Promise<PersonEntity | null> {
    return manager.findOneBy(PersonEntity, { crmRef });
  }

  person(manager: EntityManager, personId: string): Promise<PersonEntity | null> {
    return manager.findOneBy(PersonEntity, { id: personId });
  }

  people(manager: EntityManager, personIds: readonly string[]): Promise<PersonEntity[]> {
    return manager.findBy(PersonEntity, { id: In([...personIds]) });
  }

  /** Live ones first by kind, the oldest first; with their history when asked for. */
  points(manager: EntityManager, personId: string, part: 'live' | 'all'): Promise<ContactPointEntity[]> {
    return manager.find(ContactPointEntity, {
      where: part === 'live' ? { personId, endedAt: IsNull() } : { personId },
      order: { changedAt: 'ASC', id: 'ASC' },
    });
  }

  async point(manager: EntityManager, contactPointId: string): Promise<ContactPointEntity | null> {
    return manager.findOne(ContactPointEntity, { where: { id: contactPointId }, relations: { person: true } });
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
    return manager.query<{ id: PersonId; isAged: boolean }[]>(
      `SELECT person_id AS id, bool_or(verified_at <= $2 AND changed_at <= $2::timestamptz - $3 * interval '1 day') IS TRUE AS "isAged"
       FROM contact_points WHERE value_index = $1 AND kind = 'phone' AND ended_at IS NULL GROUP BY person_id`,
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
    return this.#contract(manager, { contractRef });
  }

  contractById(manager: EntityManager, id: string): Promise<Contract | null> {
    return this.#contract(manager, { id });
  }

  async #contract(manager: EntityManager, where: { contractRef: string } | { id: string }): Promise<Contract | null> {
    const row = await manager.findOneBy(ContractEntity, where);
    if (row === null) return null;
    const holders = await manager.find(ContractHolderEntity, {
      where: { contractId: row.id },
      order: { position: 'ASC' },
    });
    return {
      id: row.id as ContractId,
      ref: row.contractRef,
      jointRule: row.jointRule,
      properties: row.properties,
      holderIds: holders.map((one) => one.holderId as HolderId),
      endedAt: row.endedAt,
    };
  }
}
