import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Fault } from '../errors.ts';
import { canonicalJson } from '../policy/binding.ts';
import type { ContractRecord, Outcome } from './records.ts';
import { RegisterRepository, type ContractRow } from './register.repository.ts';

export interface ContractResult {
  readonly outcome: Outcome | { readonly faults: readonly Fault[] };
  readonly contractId: string | null;
  /** Whom it concerns: those who hold it now and those who did before. */
  readonly personIds: readonly string[];
}

/** Brings contracts to what the CRM says, in one transaction, however many. */
@Injectable()
export class ContractsRegister {
  constructor(private readonly repository: RegisterRepository) {}

  /**
   * Saying the same again changes nothing. The holders come in the place of the earlier ones. A good record is applied
   * whatever is wrong with another.
   *
   * @param records at most some hundreds, with different references
   */
  async apply(tx: EntityManager, now: Date, records: readonly ContractRecord[]): Promise<ContractResult[]> {
    const people = await this.repository.personIds(tx, [...new Set(records.flatMap((record) => record.holders))]);
    const good = records.filter((record) => unknownHolders(record, people).length === 0);
    const known = await this.#lock(tx, good);
    const fresh = good.filter((record) => !known.has(record.contractRef)).map((record) => rowOf(randomUUID(), record));
    const inserted = await this.repository.insertContracts(tx, fresh, now);
    const created = new Map(fresh.filter((row) => inserted.has(row.id)).map((row) => [row.contractRef, row]));
    // Another process registered these between our look and our insert; it has committed, so now they are there.
    const late = good.filter((record) => !known.has(record.contractRef) && !created.has(record.contractRef));
    if (late.length > 0) for (const [ref, row] of await this.#lock(tx, late)) known.set(ref, row);
    const holders = await this.repository.contractHolders(
      tx,
      [...known.values()].map((row) => row.id),
    );

    const updates: ContractRow[] = [];
    const replaced: { id: string; holderIds: readonly string[] }[] = [];
    const results = records.map((record): ContractResult => {
      const faults = unknownHolders(record, people);
      if (faults.length > 0) return { outcome: { faults }, contractId: null, personIds: [] };
      const holderIds = record.holders.map((ref) => people.get(ref) ?? '');
      const row = created.get(record.contractRef);
      if (row !== undefined) {
        replaced.push({ id: row.id, holderIds });
        return { outcome: 'created', contractId: row.id, personIds: holderIds };
      }
      const before = known.get(record.contractRef);
      if (before === undefined) throw new Error('A contract was neither found nor inserted.');
      const after = rowOf(before.id, record);
      const holdersBefore = holders.get(before.id) ?? [];
      const isSameHolders = canonicalJson(holdersBefore) === canonicalJson(holderIds);
      if (isSameHolders && isSame(before, after)) {
        return { outcome: 'unchanged', contractId: before.id, personIds: holderIds };
      }
      updates.push(after);
      if (!isSameHolders) replaced.push({ id: before.id, holderIds });
      return { outcome: 'changed', contractId: before.id, personIds: [...new Set([...holdersBefore, ...holderIds])] };
    });
    await this.repository.updateContracts(tx, updates, now);
    await this.repository.replaceContractHolders(tx, replaced);
    return results;
  }

  async #lock(tx: EntityManager, records: readonly ContractRecord[]): Promise<Map<string, ContractRow>> {
    const rows = await this.repository.lockContracts(
      tx,
      records.map((record) => record.contractRef),
    );
    return new Map(rows.map((row) => [row.contractRef, row]));
  }
}

function unknownHolders(record: ContractRecord, people: ReadonlyMap<string, string>): Fault[] {
  return record.holders.flatMap((ref, position) =>
    people.has(ref)
      ? []
      : [
          {
            pointer: `/holders/${position}`,
            detail: 'must be the crm_ref of somebody who is registered; register them first',
          },
        ],
  );
}

function rowOf(id: string, record: ContractRecord): ContractRow {
  const { contractRef, resourceType, jointRule, properties, endedAt } = record;
  return { id, contractRef, resourceType, jointRule, properties, endedAt };
}

function isSame(before: ContractRow, after: ContractRow): boolean {
  return (
    before.resourceType === after.resourceType &&
    before.jointRule === after.jointRule &&
    before.endedAt?.getTime() === after.endedAt?.getTime() &&
    canonicalJson(before.properties) === canonicalJson(after.properties)
  );
}
