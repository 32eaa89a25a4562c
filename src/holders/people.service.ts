import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService, type AuditEntry } from '../audit/audit.service.ts';
import { AppError } from '../errors.ts';
import { ReachService } from '../reach/reach.service.ts';
import type { ContactPoint } from './contact-point.ts';
import { HoldersService } from './holders.service.ts';
import { PeopleRegister } from './people-register.ts';
import type { Person } from './person.ts';
import type { Outcome, PersonRecord } from './records.ts';

export interface PersonWithContactPoints {
  readonly person: Person;
  readonly contactPoints: readonly ContactPoint[];
}

/** People, one at a time, for the CRM and for who answers holders' questions about their data. */
@Injectable()
export class PeopleService {
  constructor(
    private readonly audit: AuditService,
    private readonly register: PeopleRegister,
    private readonly holders: HoldersService,
    private readonly reach: ReachService,
  ) {}

  /**
   * Registers the person or changes what is known of them.
   *
   * @param actor see `actorOf`
   * @throws AppError `validation_failed` when a verification lies in the future; `invalid_state` when the person was erased
   */
  async put(record: PersonRecord, actor: string): Promise<PersonWithContactPoints & { outcome: Outcome }> {
    return this.audit.record(async (tx, now) => {
      const { results, entries } = await this.register.apply(tx, now, actor, [record]);
      const { outcome, personId } = results[0] ?? { outcome: 'unchanged' as const, personId: null };
      if (typeof outcome === 'object') throw refusal(outcome.fault, personId);
      if (personId === null) throw new Error('A person was applied without an id.');
      const own: AuditEntry = { kind: `person.${outcome}`, actor, personIds: [personId], body: { personId } };
      const result = { outcome, ...(await this.#read(tx, personId, 'live')) };
      return { result, entries: outcome === 'unchanged' ? [] : [own, ...entries] };
    });
  }

  /**
   * Who this is and how they are reached. The look-up is recorded before it is answered, also when it finds nobody.
   *
   * @param part `live`: the contact points in use; `all`: their history too
   * @throws AppError `not_found`, `rate_limited` for who has looked up enough people for now
   */
  async lookUp(crmRef: string, part: 'live' | 'all', actor: string): Promise<PersonWithContactPoints> {
    const found = await this.audit.record<PersonWithContactPoints | AppError>(async (tx, now) => {
      const person = await this.holders.personByRef(tx, crmRef);
      const over = await this.reach.lookUp(tx, now, actor, person === null ? null : [person.id]);
      if (over !== null) return { result: over.error, entries: [over.entry] };
      const what = part === 'live' ? 'person' : 'contact_point_history';
      // Not the reference that found nobody: people type names into the wrong field.
      if (person === null) return { result: nobody(), entries: [lookUpEntry(actor, [], { what, isFound: false })] };
      const result = await this.#read(tx, person.id, part);
      return { result, entries: [lookUpEntry(actor, [person.id], { what, isFound: true, personId: person.id })] };
    });
    if (found instanceof AppError) throw found;
    return found;
  }

  async #read(tx: EntityManager, personId: string, part: 'live' | 'all'): Promise<PersonWithContactPoints> {
    const person = await this.holders.describe(tx, personId);
    const contactPoints =
      part === 'live'
        ? await this.holders.contactPoints(tx, personId)
        : await this.holders.contactPointHistory(tx, personId);
    return { person, contactPoints };
  }
}

function nobody(): AppError {
  return new AppError('not_found', 'Nobody has this reference.');
}

/** The holder's right to see who looked, and the insider guard, both read these. */
export function lookUpEntry(actor: string, personIds: readonly string[], body: Record<string, unknown>): AuditEntry {
  return { kind: 'lookup', actor, personIds, body };
}

/** A contract that there is not: guessing at references is a look-up too. */
export function missedLookUp(actor: string): AuditEntry {
  return lookUpEntry(actor, [], { what: 'contract', isFound: false });
}

function refusal(fault: { pointer: string; detail: string }, personId: string | null): AppError {
  if (personId !== null) return new AppError('invalid_state', fault.detail);
  return new AppError('validation_failed', 'Some fields are not as they should be; errors says which.', {
    faults: [fault],
  });
}
