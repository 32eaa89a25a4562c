import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../config/config.ts';
import { BlindIndex } from '../crypto/blind-index.ts';
import { type LivePersonKey, PersonKeys, type PersonKey } from '../crypto/person-keys.ts';
import { placeOf, type Place } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import type { PersonId } from '../policy/ids.ts';
import { isAged, type ContactPoint, type ContactPointKind } from './contact-point.ts';
import { HoldersRepository, type PersonRow, type PointRow } from './holders.repository.ts';
import { normaliseName } from './normalise.ts';
import type { Contract, KnownPerson, Person, Preferences } from './person.ts';
import { countryOf, isFixedLine, type E164 } from './phone-number.ts';

export interface UsableContactPointOptions {
  /** Days unchanged; never less than the minimum of the kind (7 for phone and e-mail, 30 for an address). */
  readonly minimumAgeDays?: number;
  readonly kinds: readonly ContactPointKind[];
  /** For what is no secret, to somebody whom we know by what another gave alone: neither age nor verification is needed. */
  readonly isAnyAge?: boolean;
  /** Somebody who must not be able to read it: points that are live for them too are left out. */
  readonly notSharedWith?: string;
}

/** A contact point that may have ended, with whose it is. For messages, which also go to the point that was replaced. */
export interface OwnedContactPoint extends ContactPoint {
  readonly owner: Person;
}

/** Sealed with a key that is written nowhere. */
export interface Decoy {
  readonly key: LivePersonKey;
  readonly place: Place;
  readonly sealed: Buffer;
}

/**
 * Reads people, contact points and contracts, by exact keys alone. Pass the transaction's manager inside
 * `AuditService.record`, else `DataSource.manager`. Look-ups for an employee are recorded by who asks, not here.
 */
@Injectable()
export class HoldersService {
  constructor(
    private readonly config: Config,
    private readonly keys: PersonKeys,
    private readonly index: BlindIndex,
    private readonly repository: HoldersRepository,
  ) {}

  /** Null when the CRM's reference is unknown. Nothing is decrypted. */
  async personByRef(manager: EntityManager, crmRef: string): Promise<KnownPerson | null> {
    const row = await this.repository.personByRef(manager, crmRef);
    return row === null ? null : known(row);
  }

  /** @throws AppError `not_found` */
  async describe(manager: EntityManager, personId: string): Promise<Person> {
    const row = await this.repository.person(manager, personId);
    if (row === null) throw new AppError('not_found', 'There is no such person.');
    return this.#person(row);
  }

  /** What somebody chose themselves. From now on the CRM changes neither their language nor the size of their letters. */
  savePreferences(tx: EntityManager, personId: PersonId, preferences: Preferences): Promise<void> {
    return this.repository.savePreferences(tx, personId, preferences);
  }

  /** The live ones, the oldest first. Empty for an unknown or erased person. */
  async contactPoints(manager: EntityManager, personId: string): Promise<ContactPoint[]> {
    return this.#points(manager, personId, 'live');
  }

  /** Live and ended ones, the oldest first. */
  async contactPointHistory(manager: EntityManager, personId: string): Promise<ContactPoint[]> {
    return this.#points(manager, personId, 'all');
  }

  /** One contact point, ended or not; null when unknown or when its person was erased. */
  async contactPoint(manager: EntityManager, contactPointId: string): Promise<OwnedContactPoint | null> {
    const found = await this.repository.point(manager, contactPointId);
    if (found === null || found.person.keyWrapped === null) return null;
    return { ...this.#point(found.person, found.point), owner: this.#person(found.person) };
  }

  /** The first of {@link usableContactPoints}; null when there is none. */
  async usableContactPoint(
    manager: EntityManager,
    personId: string,
    now: Date,
    options: UsableContactPointOptions,
  ): Promise<ContactPoint | null> {
    const [best = null] = await this.usableContactPoints(manager, personId, now, options);
    return best;
  }

  /**
   * Where something secret may go: verified, unchanged long enough, and in a country that we send to. A phone
   * comes before e-mail before the address of record; of phones a mobile one, else the one that stands longest.
   */
  async usableContactPoints(
    manager: EntityManager,
    personId: string,
    now: Date,
    options: UsableContactPointOptions,
  ): Promise<ContactPoint[]> {
    const { notSharedWith, isAnyAge = false } = options;
    const shared =
      notSharedWith === undefined ? [] : await this.repository.sharedPoints(manager, personId, notSharedWith);
    const usable = (await this.contactPoints(manager, personId)).filter(
      (point) =>
        options.kinds.includes(point.kind) &&
        !point.isShared &&
        (isAnyAge ||
          (point.verifiedAt !== null && point.verifiedAt <= now && isAged(point, now, options.minimumAgeDays))) &&
        this.isReachable(point) &&
        !shared.includes(point.id),
    );
    // Voice reaches every phone, a text message most of all those that are carried about.
    const isFixed = ({ kind, value }: ContactPoint): boolean => kind === 'phone' && isFixedLine(value as E164);
    const of = (kind: ContactPointKind): ContactPoint[] => usable.filter((point) => point.kind === kind);
    const phones = of('phone').toSorted((first, second) => Number(isFixed(first)) - Number(isFixed(second)));
    return [...phones, ...of('email'), ...of('postal')];
  }

  /** False for phone numbers in countries that the operator doesn't send to: each message costs, and fraud lives on that. */
  isReachable(point: ContactPoint): boolean {
    if (point.kind !== 'phone') return true;
    const country = countryOf(point.value as E164);
    return country !== null && this.config.allowedCountries.includes(country);
  }

  /** Everybody whose number this is, families share one. */
  findByPhone(
    manager: EntityManager,
    number: E164,
    now: Date,
  ): Promise<readonly { readonly id: PersonId; readonly isAged: boolean }[]> {
    return this.repository.peopleWithPhone(manager, this.index.of('phone', number), now);
  }

  /** Everybody's live contact points with this value: see `BlindIndex`. */
  pointsByIndex(
    manager: EntityManager,
    kind: ContactPointKind,
    index: Buffer,
  ): Promise<readonly { readonly id: string; readonly personId: PersonId; readonly crmRef: string }[]> {
    return this.repository.pointsByIndex(manager, kind, index);
  }

  /** Those of `among` who bear this name, whatever its case, accents and dots. */
  async findByName(manager: EntityManager, name: string, among: readonly string[]): Promise<PersonId[]> {
    if (among.length === 0) return [];
    return this.repository.peopleWithName(manager, this.index.of('name', normaliseName(name)), among);
  }

  /** The CRM's references of these people, by id. */
  async crmRefs(manager: EntityManager, personIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.repository.people(manager, personIds);
    return new Map(rows.map((row) => [row.id, row.crmRef]));
  }

  /** The names of these people, by id; an erased one has none. */
  async names(manager: EntityManager, personIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.repository.people(manager, personIds);
    return new Map(rows.flatMap((row) => ((name) => (name === null ? [] : [[row.id, name]]))(this.#person(row).name)));
  }

  /** The contracts that this person has, alone or with others, and that have not ended; by reference. */
  contractsOf(manager: EntityManager, personId: string, now: Date): Promise<readonly string[]> {
    return this.repository.contractsOf(manager, personId, now);
  }

  contractById(manager: EntityManager, id: string): Promise<Contract | null> {
    return this.repository.contractById(manager, id);
  }

  contractByRef(manager: EntityManager, contractRef: string): Promise<Contract | null> {
    return this.repository.contractByRef(manager, contractRef);
  }

  /**
   * Seals something that belongs to this person with their own key: erasure makes it unreadable.
   *
   * @throws AppError `not_found`
   */
  async seal(manager: EntityManager, personId: string, text: string, place: Place): Promise<Buffer> {
    return this.keys.seal(await this.#key(manager, personId), text, place);
  }

  /** @throws AppError `not_found`, UnreadableError when altered or erased */
  async open(manager: EntityManager, personId: string, sealed: Buffer, place: Place): Promise<string> {
    return this.keys.open(await this.#key(manager, personId), sealed, place);
  }

  /** Something of nobody's, for {@link openDecoy}. */
  sealDecoy(text: string, place: Place): Decoy {
    const key = this.keys.create(randomUUID());
    return { key, place, sealed: this.keys.seal(key, text, place) };
  }

  /** The work of {@link open}, where an answer must not tell that there is nothing to open. */
  async openDecoy(manager: EntityManager, { key, place, sealed }: Decoy): Promise<string> {
    await this.repository.person(manager, key.id);
    return this.keys.open(key, sealed, place);
  }

  async #key(manager: EntityManager, personId: string): Promise<PersonKey> {
    const row = await this.repository.person(manager, personId);
    if (row === null) throw new AppError('not_found', 'There is no such person.');
    return row;
  }

  async #points(manager: EntityManager, personId: string, part: 'live' | 'all'): Promise<ContactPoint[]> {
    const found = await this.repository.points(manager, personId, part);
    if (found === null || found.person.keyWrapped === null) return [];
    return found.points.map((row) => this.#point(found.person, row));
  }

  #person(row: PersonRow): Person {
    const name =
      row.nameSealed === null || row.keyWrapped === null
        ? null
        : this.keys.open(row, row.nameSealed, namePlace(row.id));
    return { ...known(row), name };
  }

  #point(person: PersonKey, row: PointRow): ContactPoint {
    return {
      id: row.id,
      kind: row.kind,
      value: this.keys.open(person, row.valueSealed, valuePlace(row.id)),
      verifiedAt: row.verifiedAt,
      changedAt: row.changedAt,
      endedAt: row.endedAt,
      isShared: row.isShared,
    };
  }
}

export function namePlace(personId: string): Place {
  return placeOf('people', 'name_sealed', personId);
}

export function valuePlace(contactPointId: string): Place {
  return placeOf('contact_points', 'value_sealed', contactPointId);
}

function known(row: PersonRow): KnownPerson {
  const { crmRef, kind, language, isLargeType, properties, declinedRoutes, safeFrom, safeUntil, refusedRecordings } =
    row;
  const safeHours = safeFrom === null || safeUntil === null ? null : { from: safeFrom, until: safeUntil };
  const chosen = { language, isLargeType, declinedRoutes, safeHours, refusedRecordings };
  return { id: row.id as PersonId, crmRef, kind, properties, ...chosen };
}
