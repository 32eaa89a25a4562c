import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { AuditEntry } from '../audit/audit.service.ts';
import { BlindIndex } from '../crypto/blind-index.ts';
import type { ContactPointKind } from '../holders/contact-point.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { normaliseValue, tidy, VALUE_HELP } from '../holders/normalise.ts';
import { PeopleRegister } from '../holders/people-register.ts';
import type { PersonRecord } from '../holders/records.ts';
import { refusal } from '../mandates/mandate-terms.ts';
import type { Language } from '../policy/vocabulary.ts';

/** Somebody whom a holder names: we may know them, and never say so. */
export interface NamedProxy {
  readonly name: string;
  readonly kind: ContactPointKind;
  readonly value: string;
}

/** Ours, where the CRM has none; no reference of a CRM begins like this. */
const OWN_REF = 'self-';

/** Whom a holder means. */
@Injectable()
export class ProxiesService {
  constructor(
    private readonly holders: HoldersService,
    private readonly register: PeopleRegister,
    private readonly index: BlindIndex,
  ) {}

  /**
   * The one person who has this contact point and this name; else somebody new, whose contact point nobody has verified. The
   * holder gets the same answer in both cases.
   *
   * @param language in which somebody new is written to, until they choose another
   * @returns their reference, and what to record
   * @throws AppError `validation_failed` when the contact point is no such thing
   */
  async findOrRegister(
    tx: EntityManager,
    now: Date,
    { name, kind, value }: NamedProxy,
    language: Language,
    actor: string,
  ): Promise<{ readonly ref: string; readonly entries: readonly AuditEntry[] }> {
    const contact = normaliseValue(kind, value);
    if (contact === null) throw refusal([{ pointer: '/proxy/contact/value', detail: VALUE_HELP[kind] }]);
    const points = await this.holders.pointsByIndex(tx, kind, this.index.of(kind, contact.indexed));
    const among = [...new Set(points.map(({ personId }) => personId))];
    const known = await this.holders.findByName(tx, name, among);
    const [only] = known;
    if (only !== undefined && known.length === 1) {
      return { ref: points.find(({ personId }) => personId === only)?.crmRef ?? '', entries: [] };
    }
    const record = { kind: 'person', name: tidy(name), language } as const;
    const contactPoints = [{ kind, ...contact, verifiedAt: null }];
    const { ref, entries } = await this.#registerNew(tx, now, { ...record, contactPoints }, actor);
    return { ref, entries };
  }

  /** Software is nobody whom we know, and has no number that it could be known by. */
  registerSoftware(
    tx: EntityManager,
    now: Date,
    name: string,
    language: Language,
    actor: string,
  ): Promise<{ readonly ref: string; readonly personId: string; readonly entries: readonly AuditEntry[] }> {
    return this.#registerNew(tx, now, { kind: 'software', name: tidy(name), language, contactPoints: [] }, actor);
  }

  async #registerNew(
    tx: EntityManager,
    now: Date,
    record: Omit<PersonRecord, 'crmRef'>,
    actor: string,
  ): Promise<{ readonly ref: string; readonly personId: string; readonly entries: readonly AuditEntry[] }> {
    const ref = `${OWN_REF}${randomBytes(12).toString('hex')}`;
    const { results, entries } = await this.register.apply(tx, now, actor, [{ ...record, crmRef: ref }]);
    const personId = results[0]?.personId ?? null;
    if (personId === null) throw new Error('Somebody new was not registered.');
    const created: AuditEntry = { kind: 'person.created', actor, personIds: [personId], body: { personId } };
    return { ref, personId, entries: [...entries, created] };
  }
}
