import { randomUUID } from 'node:crypto';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { AppError, type Fault } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import { readMoment } from '../mandates/mandate-period.ts';
import { refusal } from '../mandates/mandate-terms.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import type { TemplateValues } from '../messages/template-values.ts';
import type { RepresentationKind } from '../policy/vocabulary.ts';
import { type LookedUp, lookUpEntries, LookUps, type Named } from '../reach/look-ups.service.ts';
import type { NewProof, Subject } from './legal-file.ts';
import { employeeOf, type Filed, LegalFiles } from './legal-files.service.ts';
import { compare, type Comparison, type RegisterEntry } from './register-comparison.ts';
import { isOfPeriod, isOpen, type RepresentationRow, type RepresentationView, stateOf } from './representation.ts';
import { RepresentationsRepository } from './representations.repository.ts';

export interface ReportedRepresentation {
  /** The CRM's references. */
  readonly holder: string;
  readonly representative: string;
  readonly kind: RepresentationKind;
  /** A date counts from 00:00 in Europe/Amsterdam, as the end's counts whole; null = from now on. */
  readonly startsAt: string | null;
  readonly endsAt: string;
  readonly proof: NewProof | null;
}

/** As it was sent. */
export interface ReadEntry extends Omit<RegisterEntry, 'startsAt' | 'endsAt'> {
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/**
 * What became of what was asked: `id` is of what waits now, or of what is on file. `on_file`: the same waits or counts. `differs`: it does
 * for another period. `decided_before`: from the same extract, and rejected or revoked since.
 */
export type Taken =
  | { readonly outcome: 'proposed' | 'on_file' | 'differs' | 'decided_before'; readonly id: string }
  | { readonly outcome: 'refused'; readonly faults: readonly Fault[] };

interface Asking {
  readonly people: Named;
  readonly principal: Principal;
  /** What a colleague has decided about it once is not asked again by the same paper. By hand it may be. */
  readonly isExtract: boolean;
}

type Told = TemplateValues['representation'];

/**
 * Who acts for somebody because the law says so. Recorded by one employee, worth nothing until another has approved its
 * proof; taken back by a verdict of its own, never edited.
 */
@Injectable()
export class RepresentationsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: RepresentationsRepository,
    private readonly files: LegalFiles,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
    private readonly notices: Notices,
    private readonly lookUps: LookUps,
  ) {}

  onModuleInit(): void {
    this.messages.provide('representation', async ({ parameters, personId }) => {
      const { manager } = this.dataSource;
      const one = await this.repository.find(manager, String(parameters['representationId']));
      if (one === null) return 'drop';
      const reader = personId === one.holderId ? 'holder' : 'representative';
      const { name } = await this.holders.describe(manager, reader === 'holder' ? one.representativeId : one.holderId);
      const change = parameters['change'] as Told['change'];
      return { representation: one.kind, change, reader, other: name ?? '—', at: new Date(String(parameters['at'])) };
    });
  }

  /**
   * What is refused tells who there is, so it is a look-up.
   *
   * @throws AppError `validation_failed`, `conflict` when the same is reported or in force; `rate_limited`
   */
  record(asked: ReportedRepresentation, principal: Principal): Promise<RepresentationView> {
    employeeOf(principal);
    return this.lookUps.ofAll<RepresentationView>(
      [asked.holder, asked.representative],
      principal,
      async (tx, now, people) => {
        const { result, entries } = await this.#take(tx, now, asked, { people, principal, isExtract: false });
        if (result.outcome === 'proposed') {
          return { result: await this.#view(tx, now, await this.#read(tx, result.id)), entries };
        }
        const error =
          result.outcome === 'refused'
            ? refusal(result.faults)
            : new AppError('conflict', 'The same is recorded or reported already: look at that one.');
        return { result: error, entries: lookUpEntries(principal, people, { what: 'representations', isFound: true }) };
      },
    );
  }

  /** A row of an extract. @param people who was looked up for it, and recorded as such */
  propose(asked: ReportedRepresentation, people: Named, principal: Principal): Promise<Taken> {
    return this.audit.record((tx, now) => this.#take(tx, now, asked, { people, principal, isExtract: true }));
  }

  async #take(
    tx: EntityManager,
    now: Date,
    asked: ReportedRepresentation,
    { people, principal, isExtract }: Asking,
  ): Promise<LookedUp<Taken>> {
    const agent = employeeOf(principal);
    const faults: Fault[] = [];
    const holderId = people.get(asked.holder) ?? null;
    const representativeId = people.get(asked.representative) ?? null;
    const { startsAt, endsAt } = periodOf(asked, now, faults);
    if (holderId === null) faults.push({ pointer: '/holder', detail: 'Nobody has this reference.' });
    if (representativeId === null) faults.push({ pointer: '/representative', detail: 'Nobody has this reference.' });
    if (holderId !== null && holderId === representativeId) {
      faults.push({ pointer: '/representative', detail: 'Nobody represents themselves.' });
    }
    if (holderId === null || representativeId === null || faults.length > 0) {
      return { result: { outcome: 'refused', faults }, entries: [] };
    }
    await this.files.lockLife(tx, holderId);
    const { kind, proof } = asked;
    const alike = (await this.repository.ofHolders(tx, [holderId])).filter(
      (one) => one.representativeId === representativeId && one.kind === kind,
    );
    const period = { startsAt: asked.startsAt === null ? null : startsAt.getTime(), endsAt: endsAt.getTime() };
    const isSame = (one: RepresentationRow): boolean => isOfPeriod(one, period);
    const open = alike.find((one) => isOpen(one, now));
    if (open !== undefined) {
      return { result: { outcome: isSame(open) ? 'on_file' : 'differs', id: open.id }, entries: [] };
    }
    if (isExtract && proof !== null) {
      for (const one of alike.filter(isSame)) {
        if (!(await this.files.isFiled(tx, subjectOf(one.id), proof.sha256))) continue;
        return { result: { outcome: 'decided_before', id: one.id }, entries: [] };
      }
    }
    const id = randomUUID();
    await this.repository.insert(tx, {
      id,
      holderId,
      representativeId,
      kind,
      startsAt,
      endsAt,
      recordedBy: agent.id,
      recordedAt: now,
    });
    if (proof !== null) await this.files.file(tx, now, { subject: subjectOf(id), personId: holderId }, proof, agent);
    const { entries } = await this.#recorded(tx, now, id, principal, 'representation.recorded');
    return { result: { outcome: 'proposed', id }, entries };
  }

  /** @throws AppError `not_found`, `invalid_state` for what is decided already */
  addProof(id: string, proof: NewProof, principal: Principal): Promise<RepresentationView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      await this.files.file(tx, now, filedOf(await this.#undecided(tx, id)), proof, agent);
      return this.#recorded(tx, now, id, principal, 'representation.evidence_added');
    });
  }

  /** The second pair of eyes: from the next check on it counts. @throws AppError `not_found`, `forbidden`, `invalid_state` */
  approve(id: string, principal: Principal): Promise<RepresentationView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const { holderId } = await this.#read(tx, id);
      await this.files.lockLife(tx, holderId);
      const one = await this.#undecided(tx, id);
      await this.files.approve(tx, now, filedOf(one), agent);
      await this.#tellBoth(tx, now, one, 'recorded');
      return this.#recorded(tx, now, id, principal, 'representation.approved');
    });
  }

  /** It is not so. @throws AppError `not_found`, `invalid_state` */
  reject(id: string, principal: Principal): Promise<RepresentationView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      await this.files.close(tx, now, filedOf(await this.#undecided(tx, id)), 'rejected', agent);
      return this.#recorded(tx, now, id, principal, 'representation.rejected');
    });
  }

  /**
   * It is over, from the next check on: taking authority away needs no second employee. Saying it again changes nothing.
   *
   * @throws AppError `not_found`, `invalid_state` for what was never approved
   */
  revoke(id: string, principal: Principal): Promise<RepresentationView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const { holderId } = await this.#read(tx, id);
      await this.files.lockLife(tx, holderId);
      const one = await this.#read(tx, id);
      if (one.decided?.verdict === 'revoked') return { result: await this.#view(tx, now, one), entries: [] };
      if (one.decided?.verdict !== 'approved') {
        throw new AppError('invalid_state', 'This was never in force. Reject it instead.');
      }
      await this.files.close(tx, now, filedOf(one), 'revoked', agent);
      await this.#tellBoth(tx, now, one, 'revoked');
      return this.#recorded(tx, now, id, principal, 'representation.revoked');
    });
  }

  /** Recorded as a look-up. @throws AppError `not_found` */
  get(id: string, principal: Principal): Promise<RepresentationView> {
    return this.audit.record(async (tx, now) => {
      const one = await this.#read(tx, id);
      return { result: await this.#view(tx, now, one), entries: [lookUp(principal, [one])] };
    });
  }

  /** Of one person on either side, the newest first; with null, what waits for a second employee, the oldest first. */
  list(personRef: string | null, principal: Principal): Promise<readonly RepresentationView[]> {
    if (personRef === null) {
      return this.audit.record(async (tx, now) => this.#all(tx, now, principal, await this.repository.waiting(tx)));
    }
    return this.lookUps.of(personRef, principal, async (tx, now, personId) =>
      personId === null
        ? this.#all(tx, now, principal, [])
        : this.#all(tx, now, principal, await this.repository.ofPerson(tx, personId), [personId]),
    );
  }

  async #all(
    tx: EntityManager,
    now: Date,
    principal: Principal,
    rows: readonly RepresentationRow[],
    named: readonly string[] = [],
  ): Promise<LookedUp<readonly RepresentationView[]>> {
    const result: RepresentationView[] = [];
    for (const row of rows) result.push(await this.#view(tx, now, row));
    return { result, entries: [lookUp(principal, rows, named)] };
  }

  /**
   * What a public register says about these people, beside what is on file. Nothing is changed by it; the look-up is recorded.
   *
   * @param lookedUp the CRM's references of who was looked up in the register, also where it has nothing
   * @throws AppError `validation_failed` for a reference that nobody has, an entry about somebody else, or what is no period; `rate_limited`
   */
  compare(
    lookedUp: readonly string[],
    entries: readonly ReadEntry[],
    principal: Principal,
  ): Promise<Comparison & { readonly comparedAt: Date }> {
    return this.lookUps.ofAll<Comparison & { readonly comparedAt: Date }>(
      lookedUp,
      principal,
      async (tx, now, people) => {
        const faults: Fault[] = [];
        const holderIds: string[] = [];
        for (const [at, ref] of lookedUp.entries()) {
          const personId = people.get(ref) ?? null;
          if (personId === null) faults.push({ pointer: `/looked_up/${at}`, detail: 'Nobody has this reference.' });
          else holderIds.push(personId);
        }
        const rows = await this.repository.ofHolders(tx, holderIds);
        const read = entries.map((entry, at) => entryRead(entry, at, lookedUp, faults));
        const looked = lookUpEntries(principal, people, { what: 'representations', isFound: rows.length > 0 });
        // Guessing at references is a look-up too: it is recorded, and refused then.
        if (faults.length > 0) return { result: refusal(faults), entries: looked };
        return { result: { ...compare(read, rows, now), comparedAt: now }, entries: looked };
      },
    );
  }

  /** After a restore that lost something: perhaps it was revoked meanwhile. Nobody is told. */
  async setAsidePage(
    tx: EntityManager,
    now: Date,
    after: string,
    actor: string,
  ): Promise<{
    readonly last: string | null;
    readonly entries: readonly AuditEntry[];
    readonly live: readonly RepresentationRow[];
  }> {
    const { last, live } = await this.repository.livePage(tx, now, after);
    for (const one of live) await this.files.close(tx, now, filedOf(one), 'revoked', null);
    const entries = live.map((one) => entryOf('representation.revoked', actor, one, { reason: 'restored' }));
    return { last, entries, live };
  }

  async #read(tx: EntityManager, id: string): Promise<RepresentationRow> {
    const one = await this.repository.find(tx, id);
    if (one === null) throw new AppError('not_found', 'There is no such representation.');
    return one;
  }

  async #undecided(tx: EntityManager, id: string): Promise<RepresentationRow> {
    const one = await this.#read(tx, id);
    if (one.decided === null) return one;
    throw new AppError('invalid_state', `This was ${one.decided.verdict} already.`);
  }

  async #view(tx: EntityManager, now: Date, one: RepresentationRow): Promise<RepresentationView> {
    return { ...one, state: stateOf(one, now), proofs: await this.files.proofs(tx, filedOf(one)) };
  }

  async #recorded(
    tx: EntityManager,
    now: Date,
    id: string,
    principal: Principal,
    kind: string,
  ): Promise<{ readonly result: RepresentationView; readonly entries: readonly AuditEntry[] }> {
    const result = await this.#view(tx, now, await this.#read(tx, id));
    const proofs = result.proofs.map((proof) => proof.id);
    return { result, entries: [entryOf(kind, actorOf(principal), result, { proofs })] };
  }

  async #tellBoth(tx: EntityManager, now: Date, one: RepresentationRow, change: Told['change']): Promise<void> {
    const parameters = { representationId: one.id, change, at: now.toISOString() };
    await this.notices.send(tx, now, one.representativeId, { template: 'representation', parameters });
    // Nobody writes to the dead.
    if (one.kind === 'executor') return;
    await this.notices.send(tx, now, one.holderId, { template: 'representation', parameters });
  }
}

function periodOf(
  { startsAt, endsAt }: Pick<ReportedRepresentation, 'startsAt' | 'endsAt'>,
  now: Date,
  faults: Fault[],
): { readonly startsAt: Date; readonly endsAt: Date } {
  const start = startsAt === null ? now.getTime() : readMoment(startsAt, 0);
  const end = readMoment(endsAt, 1);
  const what = 'This is neither a date (2026-01-31) nor an instant with an offset (2026-01-31T09:00:00Z).';
  if (start === null) faults.push({ pointer: '/starts_at', detail: what });
  if (end === null) faults.push({ pointer: '/ends_at', detail: what });
  if (start !== null && end !== null && end <= Math.max(start, now.getTime())) {
    faults.push({ pointer: '/ends_at', detail: 'It ends after it starts, and in the future.' });
  }
  return { startsAt: new Date(start ?? 0), endsAt: new Date(end ?? 0) };
}

function entryRead(
  { startsAt, endsAt, ...entry }: ReadEntry,
  at: number,
  lookedUp: readonly string[],
  faults: Fault[],
): RegisterEntry {
  const start = startsAt === null ? null : readMoment(startsAt, 0);
  const end = endsAt === null ? null : readMoment(endsAt, 1);
  const what = 'This is neither a date (2026-01-31) nor an instant with an offset (2026-01-31T09:00:00Z).';
  if (startsAt !== null && start === null) faults.push({ pointer: `/entries/${at}/starts_at`, detail: what });
  if (endsAt !== null && end === null) faults.push({ pointer: `/entries/${at}/ends_at`, detail: what });
  if (!lookedUp.includes(entry.holder)) {
    faults.push({ pointer: `/entries/${at}/holder`, detail: 'This one is not among looked_up.' });
  }
  return { ...entry, startsAt: start, endsAt: end };
}

function subjectOf(id: string): Subject {
  return { lifeEventId: null, representationId: id };
}

function filedOf({ id, holderId, recordedBy }: RepresentationRow): Filed {
  return { subject: subjectOf(id), personId: holderId, recordedBy };
}

function entryOf(
  kind: string,
  actor: string,
  { id, holderId, representativeId, kind: representation, startsAt, endsAt }: RepresentationRow,
  more: Readonly<Record<string, unknown>>,
): AuditEntry {
  const body = { representationId: id, representation, startsAt, endsAt, ...more };
  // The first record has its own id: by that the people concerned find it in their activity, and question it.
  const own = kind.endsWith('recorded') ? { id } : {};
  return { ...own, kind, actor, personIds: [holderId, representativeId], body };
}

/** @param named whom somebody asked about: looked at also where there is nothing of them */
function lookUp(principal: Principal, rows: readonly RepresentationRow[], named: readonly string[] = []): AuditEntry {
  const both = rows.flatMap(({ holderId, representativeId }) => [holderId, representativeId]);
  const personIds = [...new Set([...named, ...both])];
  return lookUpEntry(actorOf(principal), personIds, { what: 'representations', isFound: rows.length > 0 });
}
