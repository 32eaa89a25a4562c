import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditEntry } from '../audit/audit.service.ts';
import { BlindIndex } from '../crypto/blind-index.ts';
import { PersonKeys, type PersonKey } from '../crypto/person-keys.ts';
import type { Fault } from '../errors.ts';
import { canonicalJson } from '../policy/binding.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import { ContactChangeNotice, type ContactChange, type ContactPointStub } from './contact-change.ts';
import { namePlace, valuePlace } from './holders.service.ts';
import { normaliseName } from './normalise.ts';
import type { ContactPointRecord, Outcome, PersonRecord } from './records.ts';
import { RegisterRepository, type KnownPointRow, type NewPointRow, type PersonRow } from './register.repository.ts';

/** Clocks of two systems differ: a verification this much ahead of ours, in milliseconds, counts as now. */
const CLOCK_DIFFERENCE = 5 * 60_000;

export interface PersonResult {
  readonly outcome: Outcome | { readonly fault: Fault };
  readonly personId: string | null;
}

/** What one batch has to do, gathered first and written in a few statements. */
interface Work {
  readonly updates: PersonRow[];
  readonly added: NewPointRow[];
  readonly ended: string[];
  readonly agreed: string[];
  readonly verified: { id: string; verifiedAt: Date | null }[];
  readonly changes: ContactChange[];
}

/**
 * Brings people to what the CRM says, in one transaction, however many. What they began or ended themselves in the self-service
 * stays as they chose it, however often the CRM says what it said before; the CRM overrules it by saying that it means to.
 */
@Injectable()
export class PeopleRegister {
  constructor(
    private readonly repository: RegisterRepository,
    private readonly keys: PersonKeys,
    private readonly index: BlindIndex,
    private readonly notice: ContactChangeNotice,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Saying the same again changes nothing. A contact point that isn't named any more ends, and with it every session in which
   * its code was typed: who has that telephone now is out. Its row stays, as history. A good record is applied whatever is wrong with another.
   *
   * @param records at most some hundreds, with different references
   * @returns a result for each record, and what to record about those that existed
   */
  async apply(
    tx: EntityManager,
    now: Date,
    actor: string,
    records: readonly PersonRecord[],
  ): Promise<{ results: PersonResult[]; entries: AuditEntry[] }> {
    const known = await this.#lock(tx, records);
    const fresh = records.filter((record) => !known.has(record.crmRef) && futureFault(record, now) === null);
    const created = await this.#create(tx, now, fresh);
    // Another process registered these between our look and our insert; it has committed, so now they are there.
    const late = fresh.filter((record) => !created.has(record.crmRef));
    if (late.length > 0) for (const [ref, row] of await this.#lock(tx, late)) known.set(ref, row);

    const points = await this.repository.knownPoints(
      tx,
      [...known.values()].map((row) => row.id),
    );
    const work: Work = { updates: [], added: [], ended: [], agreed: [], verified: [], changes: [] };
    const results = records.map((record): PersonResult => {
      const fault = futureFault(record, now);
      if (fault !== null) return { outcome: { fault }, personId: null };
      const row = known.get(record.crmRef);
      if (row !== undefined) return this.#change(row, record, points.get(row.id) ?? [], now, work);
      const person = created.get(record.crmRef);
      if (person === undefined) throw new Error('A person was neither found nor inserted.');
      // What a new person brings along was theirs before we heard of it; since when, the verification says.
      for (const point of record.contactPoints)
        work.added.push(this.#point(person, point, now, verified(point, now) ?? now));
      return { outcome: 'created', personId: person.id };
    });

    await this.repository.updatePeople(tx, work.updates, now);
    // Ended before the new ones begin: a person has one address of record at a time.
    await this.repository.endPoints(tx, work.ended, now);
    const signedOut = await this.sessions.endProvedBy(tx, now, work.ended, actor);
    await this.repository.insertPoints(tx, work.added);
    await this.repository.setVerified(tx, work.verified);
    await this.repository.agree(tx, work.agreed);
    for (const change of work.changes) await this.notice.send(tx, now, change);
    return { results, entries: [...work.changes.map((change) => contactEntry(actor, change)), ...signedOut] };
  }

  async #lock(tx: EntityManager, records: readonly PersonRecord[]): Promise<Map<string, PersonRow>> {
    const rows = await this.repository.lockPeople(
      tx,
      records.map((record) => record.crmRef),
    );
    return new Map(rows.map((row) => [row.crmRef, row]));
  }

  async #create(tx: EntityManager, now: Date, records: readonly PersonRecord[]): Promise<Map<string, PersonRow>> {
    const rows = records.map(({ crmRef, kind, language, isLargeType = false, properties = {}, name }): PersonRow => {
      const key = this.keys.create(randomUUID());
      return { ...key, crmRef, kind, language, isLargeType, isOwnChoice: false, properties, ...this.#name(key, name) };
    });
    const inserted = await this.repository.insertPeople(tx, rows, now);
    return new Map(rows.filter((row) => inserted.has(row.id)).map((row) => [row.crmRef, row]));
  }

  #change(row: PersonRow, record: PersonRecord, known: readonly KnownPointRow[], now: Date, work: Work): PersonResult {
    if (row.keyWrapped === null || row.nameSealed === null) {
      return {
        outcome: { fault: { pointer: '', detail: 'This person was erased and cannot be changed.' } },
        personId: row.id,
      };
    }
    const { kind, name, properties = row.properties } = record;
    // What they chose themselves stays, whatever the CRM's books say.
    const { language, isLargeType = row.isLargeType } = row.isOwnChoice ? row : record;
    const isRenamed = this.keys.open(row, row.nameSealed, namePlace(row.id)) !== name;
    const isChanged =
      isRenamed ||
      row.kind !== kind ||
      row.language !== language ||
      row.isLargeType !== isLargeType ||
      canonicalJson(row.properties) !== canonicalJson(properties);
    if (isChanged) {
      work.updates.push({
        ...row,
        kind,
        language,
        isLargeType,
        properties,
        ...(isRenamed ? this.#name(row, name) : {}),
      });
    }

    const { isOverruling = false } = record;
    const points = known.filter(({ isLive }) => isLive);
    const ownAddress = points.find((point) => point.kind === 'postal' && point.isOwnChoice);
    const kept: KnownPointRow[] = [];
    const named: KnownPointRow[] = [];
    const added: NewPointRow[] = [];
    let isVerificationChanged = false;
    for (const wanted of record.contactPoints) {
      const index = this.index.of(wanted.kind, wanted.indexed);
      const alike = known.filter((point) => point.kind === wanted.kind && point.valueIndex.equals(index));
      // Overruled, what somebody said others read begins anew.
      const same = alike.find(({ isLive, isShared }) => isLive && !(isOverruling && isShared));
      named.push(...alike);
      if (same === undefined) {
        // They ended it themselves, or moved: the CRM's books don't know yet.
        const isGivenUp = alike.length > 0 || (wanted.kind === 'postal' && ownAddress !== undefined);
        if (isGivenUp && !isOverruling) continue;
        // New since now, whatever is said about its verification: its age protects the holder.
        added.push(this.#point(row, wanted, now, now));
        continue;
      }
      kept.push(same);
      const verifiedAt = verified(wanted, now);
      // What others read shows nothing of its person, whoever says so.
      if (same.isShared || verifiedAt === undefined || verifiedAt?.getTime() === same.verifiedAt?.getTime()) continue;
      isVerificationChanged = true;
      work.verified.push({ id: same.id, verifiedAt });
    }
    const ended = points.filter((point) => !kept.includes(point) && (isOverruling || !point.isOwnChoice));
    // What they began is named, or what they ended is not: both say the same now.
    const agreed = known.filter((one) => one.isOwnChoice && (isOverruling || one.isLive === named.includes(one)));
    work.agreed.push(...agreed.map(({ id }) => id));
    const isContactChanged = added.length + ended.length > 0;
    if (isContactChanged) {
      // Those that they chose themselves, and the CRM doesn't name, hear of it too.
      const staying = points.filter((point) => !ended.includes(point));
      work.changes.push({ personId: row.id, language, ended, added, kept: staying });
    }
    work.added.push(...added);
    work.ended.push(...ended.map((point) => point.id));
    const outcome = isChanged || isContactChanged || isVerificationChanged ? 'changed' : 'unchanged';
    return { outcome, personId: row.id };
  }

  #name(key: PersonKey, name: string): { nameSealed: Buffer; nameIndex: Buffer } {
    return {
      nameSealed: this.keys.seal(key, name, namePlace(key.id)),
      nameIndex: this.index.of('name', normaliseName(name)),
    };
  }

  #point(person: PersonKey, record: ContactPointRecord, now: Date, changedAt: Date): NewPointRow {
    const id = randomUUID();
    return {
      id,
      personId: person.id,
      kind: record.kind,
      valueSealed: this.keys.seal(person, record.value, valuePlace(id)),
      valueIndex: this.index.of(record.kind, record.indexed),
      verifiedAt: verified(record, now) ?? null,
      changedAt,
      isShared: false,
    };
  }
}

function verified(record: ContactPointRecord, now: Date): Date | null | undefined {
  return record.verifiedAt != null && record.verifiedAt > now ? now : record.verifiedAt;
}

/** A verification from the future would be worth something before it took place. */
function futureFault(record: PersonRecord, now: Date): Fault | null {
  const position = record.contactPoints.findIndex(
    (point) => point.verifiedAt != null && point.verifiedAt.getTime() > now.getTime() + CLOCK_DIFFERENCE,
  );
  if (position === -1) return null;
  return { pointer: `/contact_points/${position}/verified_at`, detail: 'must not lie in the future' };
}

export function contactEntry(actor: string, { personId, ended, added }: ContactChange): AuditEntry {
  return {
    kind: 'contact.changed',
    actor,
    personIds: [personId],
    body: { personId, ended: ended.map(nameOf), added: added.map(nameOf) },
  };
}

function nameOf({ id, kind }: ContactPointStub): { id: string; kind: string } {
  return { id, kind };
}
