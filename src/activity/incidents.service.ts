import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { AuditReader } from '../audit/audit-reader.ts';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import { CounterpartsService } from '../mandates/counterparts.service.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import type { PersonId } from '../policy/ids.ts';
import { actorIn } from './activity-words.ts';
import { ActivityService, type ChooseLanguage, type QuestionableEntry } from './activity.service.ts';
import type { IncidentEntity } from './incident.entity.ts';
import type { Incident, IncidentState, Stop } from './incident.ts';
import { IncidentsRepository } from './incidents.repository.ts';

/** An entry, and the mandates that could be stopped over it. */
export interface Questioned extends QuestionableEntry {
  readonly mandates: readonly { readonly id: string; readonly ref: string; readonly isActive: boolean }[];
}

/** An incident, and the mandates that were stopped with it, by their references. */
export interface Reported {
  readonly incident: Incident;
  readonly stopped: readonly string[];
}

/** An incident for who deals with it. */
export interface ListedIncident extends Incident {
  /** The CRM's reference of whose it is. */
  readonly personRef: string;
  /** The pseudonym of the agent who reported it; null = none did. */
  readonly reportedBy: string | null;
  /** How it ended. */
  readonly note: string | null;
}

/**
 * "This wasn't me, this isn't right": opened by the one whom an entry is about. What agents report stands beside it. Both are closed by the
 * organisation, never by an employee whom they are about.
 */
@Injectable()
export class IncidentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly activity: ActivityService,
    private readonly holders: HoldersService,
    private readonly mandates: MandatesService,
    private readonly counterparts: CounterpartsService,
    private readonly reader: AuditReader,
    private readonly agents: AgentsService,
    private readonly repository: IncidentsRepository,
  ) {}

  /**
   * What would be questioned, and which of the reader's own mandates the others in it hold.
   *
   * @throws AppError `not_found`
   */
  async question(principal: Principal, recordId: string, choose: ChooseLanguage = (own) => own): Promise<Questioned> {
    const { id } = signedInOf(principal);
    const found = await this.activity.find(id, recordId, choose);
    return { ...found, mandates: await this.counterparts.live(this.dataSource.manager, id, found.others) };
  }

  /**
   * Opens an incident; asked again while it is open, it is answered as it is. What is to be stopped is stopped at once: nothing
   * that is asked afterwards is permitted by it.
   *
   * @param text up to 1,000 characters
   * @throws AppError `not_found` when the entry isn't theirs
   */
  async report(principal: Principal, recordId: string, text: string, stop: Stop): Promise<Reported> {
    const { id: personId } = signedInOf(principal);
    const { kind, mandates } = await this.question(principal, recordId);
    const incident = await this.#open(principal, personId, { recordId, recordKind: kind, text });
    const stopped: string[] = [];
    for (const mandate of mandates) {
      // What waits for somebody's answer permits nothing: there is nothing to suspend.
      if (stop === 'none' || (stop === 'suspend' && !mandate.isActive)) continue;
      const asker = { principal, callId: null };
      if (stop === 'suspend') await this.mandates.switch(mandate.id, 'suspend', asker);
      else await this.mandates.end(mandate.id, 'withdraw', asker);
      stopped.push(mandate.ref);
    }
    return { incident, stopped };
  }

  /** An employee who was told so: opens an incident about a record of this person. Asked again while it is open, it is that one. */
  openFor(
    principal: Principal,
    personId: PersonId,
    record: { readonly recordId: string; readonly recordKind: string; readonly text: string },
  ): Promise<Incident> {
    return this.#open(principal, personId, record);
  }

  /** One of a person's own. @throws AppError `not_found` */
  async find(principal: Principal, id: string): Promise<Incident> {
    const { manager } = this.dataSource;
    const row = await this.repository.find(manager, id);
    if (row?.personId !== signedInOf(principal).id || row.type !== 'questioned') throw noIncident();
    return this.#read(manager, row);
  }

  /** A person's own, the newest first. */
  async own(principal: Principal): Promise<readonly Incident[]> {
    const { manager } = this.dataSource;
    const rows = await this.repository.ofPerson(manager, signedInOf(principal).id);
    return Promise.all(rows.map((row) => this.#read(manager, row)));
  }

  /** For who deals with them: the oldest first, but those about the reader. Recorded as a look-up of each person. */
  async list(
    { state, limit, after }: { state: IncidentState; limit: number; after: string | null },
    principal: Principal,
  ): Promise<{ readonly incidents: readonly ListedIncident[]; readonly next: string | null }> {
    const rows = await this.repository.list(this.dataSource.manager, state, limit + 1, after);
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
    const others: IncidentEntity[] = [];
    for (const row of page) if (!(await this.#isAbout(row, principal))) others.push(row);
    return this.audit.record(async (tx) => {
      const refs = await this.holders.crmRefs(tx, [...new Set(others.map(({ personId }) => personId))]);
      const incidents: ListedIncident[] = [];
      for (const row of others) incidents.push(await this.#readWhole(tx, row, refs.get(row.personId) ?? ''));
      const body = { what: 'incidents', isFound: others.length > 0 };
      // Who reported something reads that it was looked at. Of what an employee reported they hear nothing, not even that.
      const own = others.filter(({ type }) => type === 'questioned').map(({ personId }) => personId);
      return { result: { incidents, next }, entries: [lookUpEntry(actorOf(principal), [...new Set(own)], body)] };
    });
  }

  /**
   * It was dealt with. Closing a closed one changes nothing.
   *
   * @param note how it ended, up to 1,000 characters; null = nothing is said of it
   * @throws AppError `not_found`, also for one about the employee who asks
   */
  async close(id: string, principal: Principal, note: string | null): Promise<void> {
    const found = await this.repository.find(this.dataSource.manager, id);
    if (found === null || (await this.#isAbout(found, principal))) throw noIncident();
    return this.audit.record(async (tx, now) => {
      const row = await this.repository.lock(tx, id);
      if (row === null) throw noIncident();
      if (row.state === 'closed') return { result: undefined, entries: [] };
      const noteSealed = note === null ? null : await this.holders.seal(tx, row.personId, note, notePlace(id));
      await this.repository.close(tx, id, now, { noteSealed, closedBy: principal.agent?.id ?? null });
      const entry = entryOf('incident.closed', actorOf(principal), row);
      // Who is told that it was dealt with is who said it.
      return { result: undefined, entries: [row.type === 'questioned' ? entry : { ...entry, personIds: [] }] };
    });
  }

  /** Whether an employee would deal with what they did, or reported, themselves. A key is nobody. */
  async #isAbout({ personId, recordId, reportedBy }: IncidentEntity, { agent }: Principal): Promise<boolean> {
    if (agent === null) return false;
    if (reportedBy === agent.id) return true;
    const record = await this.reader.findOfPerson(personId, recordId);
    return record !== null && actorIn(record.actor).agentId === agent.id;
  }

  #open(
    principal: Principal,
    personId: PersonId,
    { recordId, recordKind, text }: { recordId: string; recordKind: string; text: string },
  ): Promise<Incident> {
    return this.audit.record(async (tx, now) => {
      const id = randomUUID();
      const row: IncidentEntity = {
        id,
        personId,
        recordId,
        recordKind,
        textSealed: await this.holders.seal(tx, personId, text, textPlace(id)),
        state: 'open',
        openedAt: now,
        closedAt: null,
        type: 'questioned',
        callId: null,
        reportedBy: null,
        noteSealed: null,
        closedBy: null,
      };
      const isNew = await this.repository.insert(tx, row);
      const open = isNew ? row : await this.repository.findOpen(tx, personId, recordId);
      // It was closed in between: the question was answered a moment ago.
      if (open === null) throw new AppError('conflict', 'This was dealt with just now. Look again.');
      const entries = isNew ? [entryOf('incident.opened', actorOf(principal), row)] : [];
      return { result: await this.#read(tx, open), entries };
    });
  }

  async #read(manager: EntityManager, row: IncidentEntity): Promise<Incident> {
    const { id, personId, recordId, recordKind, state, type, callId, openedAt, closedAt } = row;
    const { name } = await this.holders.describe(manager, personId);
    // Without a name they were erased, and with them the key.
    const text = name === null ? null : await this.holders.open(manager, personId, row.textSealed, textPlace(id));
    return { id, personId, recordId, recordKind, type, callId, text, state, openedAt, closedAt };
  }

  async #readWhole(manager: EntityManager, row: IncidentEntity, personRef: string): Promise<ListedIncident> {
    const { id, personId, noteSealed, reportedBy } = row;
    const incident = await this.#read(manager, row);
    const isReadable = noteSealed !== null && incident.text !== null;
    const agent = reportedBy === null ? null : await this.agents.hold(manager, reportedBy);
    return {
      ...incident,
      personRef,
      reportedBy: agent?.pseudonym ?? null,
      note: isReadable ? await this.holders.open(manager, personId, noteSealed, notePlace(id)) : null,
    };
  }
}

export function textPlace(incidentId: string): ReturnType<typeof placeOf> {
  return placeOf('incidents', 'text_sealed', incidentId);
}

function notePlace(incidentId: string): ReturnType<typeof placeOf> {
  return placeOf('incidents', 'note_sealed', incidentId);
}

function noIncident(): AppError {
  return new AppError('not_found', 'There is no such incident.');
}

function entryOf(kind: string, actor: string, { id, personId, recordId, recordKind }: IncidentEntity): AuditEntry {
  return { kind, actor, personIds: [personId], body: { incidentId: id, recordId, recordKind } };
}
