import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type Principal, signedInOf } from '../auth/principal.ts';
import { AppError, type Fault } from '../errors.ts';
import type { Instant, PersonId } from '../policy/ids.ts';
import { lowest, mandateStrength } from '../policy/strength.ts';
import type { ContactRule, PersonKind } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { Terms } from './asked-change.ts';
import type { MandateRecord, RegisteredForm } from './mandate.ts';
import { MandatesRepository } from './mandates.repository.ts';

/** An organisation for which somebody speaks, and how. */
export interface Spoken {
  readonly organisationId: PersonId;
  /** Alone where any of their mandates says so. */
  readonly rule: ContactRule;
  /** Until when they do, if nothing changes. */
  readonly until: Instant;
  readonly mandates: readonly MandateRecord[];
}

/**
 * Contact persons: proxies by whom an organisation speaks. They sign in as themselves, and do in its place what their mandate
 * lets them; whoever speaks jointly needs another one. Every step asks anew whether they still do.
 */
@Injectable()
export class ContactPersons {
  constructor(
    private readonly dataSource: DataSource,
    private readonly repository: MandatesRepository,
    private readonly policies: PolicyDocuments,
  ) {}

  /** Those for which the one who is signed in speaks now. */
  async organisationsOf(principal: Principal): Promise<readonly Spoken[]> {
    const found = await this.#mandates(this.dataSource.manager, signedInOf(principal).id, null);
    const organisations = [...new Set(found.map(({ holderId }) => holderId))];
    return organisations.map((organisationId) =>
      spoken(
        organisationId,
        found.filter(({ holderId }) => holderId === organisationId),
      ),
    );
  }

  /**
   * The one who is signed in, in the place of an organisation: what they do is recorded as theirs. No stronger than the weakest of
   * the mandates by which they speak.
   *
   * @throws AppError `not_found` also for an organisation that exists, and for which they don't speak
   */
  async inPlaceOf(
    principal: Principal,
    organisationId: string,
  ): Promise<{ readonly acting: Principal; readonly spoken: Spoken }> {
    const person = signedInOf(principal);
    const mandates = await this.#mandates(this.dataSource.manager, person.id, organisationId);
    const [first] = mandates;
    if (first === undefined) throw new AppError('not_found', 'There is no such organisation.');
    const { limits } = await this.policies.current();
    const strength = mandates.reduce(
      (least, mandate) => lowest(least, mandateStrength(mandate, Date.now(), limits.decayMonths).level),
      principal.strength,
    );
    const acting = { ...principal, strength, person: { ...person, id: first.holderId, speakerId: person.id } };
    return { acting, spoken: spoken(first.holderId, mandates) };
  }

  /** Whether who is signed in still speaks for whom they say; true for whoever is there for themselves. In a transaction. */
  async stillSpeaks(tx: EntityManager, now: Date, { person }: Principal): Promise<boolean> {
    if (person?.speakerId === undefined) return true;
    return (await this.repository.contactMandates(tx, person.speakerId, person.id, now)).length > 0;
  }

  /**
   * Whether a contact person gives this alone; true for whoever gives something of their own.
   *
   * @param faults what goes beyond what they may do themselves
   */
  async allows(
    tx: EntityManager,
    now: Date,
    { person }: Principal,
    terms: Pick<Terms, 'scopes' | 'contractIds' | 'period'>,
    faults: Fault[],
  ): Promise<boolean> {
    if (person?.speakerId === undefined) return true;
    const own = await this.repository.contactMandates(tx, person.speakerId, person.id, now);
    const within = own.filter((mandate) => covers(mandate, terms));
    if (within.length === 0) faults.push({ pointer: '/scopes', detail: BEYOND });
    return within.some(({ contactRule }) => contactRule === 'several');
  }

  /**
   * Whose yes a contact person needs to what they gave in the organisation's place: that of any of these others, who may do it all
   * themselves; the one who speaks for it longest comes first. Null: the organisation's own, over its own contact points.
   *
   * @throws AppError `forbidden` where nobody can join them
   */
  async joining(
    tx: EntityManager,
    now: Date,
    principal: Principal,
    mandate: MandateRecord,
  ): Promise<readonly PersonId[] | null> {
    const { person } = principal;
    if (person?.speakerId === undefined) return null;
    const { holderId, scopeVersions: scopes, contractIds, startsAt, endsAt } = mandate;
    const terms = { scopes, contractIds, period: { startsAt, endsAt } };
    if (await this.allows(tx, now, principal, terms, [])) return null;
    const others = (await this.repository.contactsOf(tx, holderId, now)).filter(
      ({ proxyId }) => proxyId !== person.speakerId,
    );
    const able = others.filter((one) => covers(one, terms)).map(({ proxyId }) => proxyId);
    if (able.length === 0) {
      throw new AppError('forbidden', 'You speak jointly, and no other contact person may do this themselves.');
    }
    return [...new Set(able)];
  }

  /** Whether others speak for this organisation: then what is said on its own telephone is nobody's word. */
  isSpokenFor(tx: EntityManager, now: Date, organisationId: string): Promise<boolean> {
    return this.repository.hasContacts(tx, organisationId, now);
  }

  /**
   * Whoever said yes in the organisation's place may do it all themselves, still: a code lives longer than many a mandate.
   *
   * @throws AppError `invalid_state`
   */
  async requireJoining(tx: EntityManager, now: Date, personId: string | null, mandate: MandateRecord): Promise<void> {
    const { holderId, parent, scopeVersions: scopes, contractIds, startsAt, endsAt } = mandate;
    if (personId === null || personId === holderId || personId === parent?.proxyId) return;
    const own = await this.repository.contactMandates(tx, personId, holderId, now);
    if (own.some((one) => covers(one, { scopes, contractIds, period: { startsAt, endsAt } }))) return;
    throw new AppError('invalid_state', 'Who was asked does not speak for the holder about this any more.');
  }

  async #mandates(manager: EntityManager, personId: string, organisationId: string | null): Promise<MandateRecord[]> {
    const now = new Date(await this.repository.clock(manager));
    return this.repository.contactMandates(manager, personId, organisationId, now);
  }
}

const BEYOND = 'You give no more than you may do yourself: these actions, these contracts, and for as long.';

/** Whether what is given is part of what somebody may do themselves. */
function covers(own: MandateRecord, { scopes, contractIds, period }: Pick<Terms, 'scopes' | 'contractIds' | 'period'>) {
  return (
    scopes.every(({ name }) => own.scopes.includes(name)) &&
    contractIds.every((id) => own.contractIds.includes(id)) &&
    period.endsAt <= own.endsAt
  );
}

function spoken(organisationId: string, mandates: readonly MandateRecord[]): Spoken {
  const isAlone = mandates.some(({ contactRule }) => contactRule === 'several');
  const until = Math.max(...mandates.map(({ endsAt }) => endsAt));
  return { organisationId: organisationId as PersonId, rule: isAlone ? 'several' : 'joint', until, mandates };
}

/** What is wrong with making somebody a contact person. */
export function contactFaults(
  { holderKind, proxyKind }: { readonly holderKind: PersonKind; readonly proxyKind: PersonKind },
  asked: { readonly form: RegisteredForm; readonly may_pass_on: boolean; readonly is_taken_down?: true },
): readonly Fault[] {
  const { form, may_pass_on: mayPassOn, is_taken_down: isTakenDown } = asked;
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string): void => void faults.push({ pointer, detail });
  if (holderKind !== 'organisation') fault('/contact_rule', 'Only an organisation speaks through contact persons.');
  if (proxyKind !== 'person') fault('/proxy', 'A contact person is a human being.');
  if (mayPassOn) fault('/may_pass_on', 'A contact person gives mandates in the name of the organisation instead.');
  if (form === 'oral' && isTakenDown !== true)
    fault('/form', 'Who speaks for an organisation is not said on the phone alone.');
  return faults;
}
