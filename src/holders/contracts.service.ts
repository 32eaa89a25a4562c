import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService, type AuditEntry } from '../audit/audit.service.ts';
import { AppError } from '../errors.ts';
import { ReachService } from '../reach/reach.service.ts';
import { ContractsRegister } from './contracts-register.ts';
import { HoldersService } from './holders.service.ts';
import { lookUpEntry, missedLookUp } from './people.service.ts';
import type { Contract } from './person.ts';
import type { ContractRecord, Outcome } from './records.ts';

/** Contracts, one at a time, for the CRM. */
@Injectable()
export class ContractsService {
  constructor(
    private readonly audit: AuditService,
    private readonly register: ContractsRegister,
    private readonly holders: HoldersService,
    private readonly reach: ReachService,
  ) {}

  /**
   * Registers the contract or changes what is known of it.
   *
   * @param actor see `actorOf`
   * @throws AppError `validation_failed` when a holder isn't registered
   */
  async put(record: ContractRecord, actor: string): Promise<{ outcome: Outcome; contract: ContractRecord }> {
    return this.audit.record(async (tx, now) => {
      const [applied] = await this.register.apply(tx, now, [record]);
      if (applied === undefined) throw new Error('A contract was not applied.');
      const { outcome, contractId, personIds } = applied;
      if (typeof outcome === 'object') {
        const detail = 'The contract names a holder who is not registered.';
        throw new AppError('validation_failed', detail, { faults: outcome.faults });
      }
      const body = { contractId, jointRule: record.jointRule, isEnding: record.endedAt !== null };
      const entry: AuditEntry = { kind: `contract.${outcome}`, actor, personIds, body };
      return { result: { outcome, contract: record }, entries: outcome === 'unchanged' ? [] : [entry] };
    });
  }

  /** The look-up is recorded before it is answered, also when it finds nothing. @throws AppError `not_found`, `rate_limited` */
  async lookUp(contractRef: string, actor: string): Promise<ContractRecord> {
    const found = await this.audit.record<ContractRecord | AppError>(async (tx, now) => {
      const contract = await this.holders.contractByRef(tx, contractRef);
      const over = await this.reach.lookUp(tx, now, actor, contract?.holderIds ?? null);
      if (over !== null) return { result: over.error, entries: [over.entry] };
      const what = 'contract';
      if (contract === null) {
        return { result: new AppError('not_found', 'No contract has this reference.'), entries: [missedLookUp(actor)] };
      }
      const body = { what, isFound: true, contractId: contract.id };
      return { result: await this.#record(tx, contract), entries: [lookUpEntry(actor, contract.holderIds, body)] };
    });
    if (found instanceof AppError) throw found;
    return found;
  }

  async #record(tx: EntityManager, contract: Contract): Promise<ContractRecord> {
    const { ref, resourceType, jointRule, properties, holderIds, endedAt } = contract;
    const refs = await this.holders.crmRefs(tx, holderIds);
    const holders = holderIds.map((id) => refs.get(id) ?? '');
    return { contractRef: ref, resourceType, jointRule, holders, properties, endedAt };
  }
}
