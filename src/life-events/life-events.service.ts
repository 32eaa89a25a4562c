import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Incident } from '../activity/incident.ts';
import { IncidentsService } from '../activity/incidents.service.ts';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { type Agent, actorOf, type Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import { refusal } from '../mandates/mandate-terms.ts';
import { dateInAmsterdam } from '../mandates/mandate-period.ts';
import type { PersonId } from '../policy/ids.ts';
import type { LifeEventKind } from '../policy/vocabulary.ts';
import { type LookedUp, LookUps } from '../reach/look-ups.service.ts';
import { type LifeEventRow, type LifeEventView, type Reporter, stateOf } from './life-event.ts';
import { LifeEventEffects } from './life-event-effects.service.ts';
import { LifeEventsRepository } from './life-events.repository.ts';
import type { NewProof, Subject } from './legal-file.ts';
import { employeeOf, type Filed, LegalFiles } from './legal-files.service.ts';
import { afterWorkingDays } from './working-days.ts';

export interface ReportedEvent {
  /** The CRM's reference. */
  readonly person: string;
  readonly kind: LifeEventKind;
  /** YYYY-MM-DD. */
  readonly occurredOn: string;
  readonly reportedBy: Reporter;
  readonly proof: NewProof | null;
}

/** Dutch working days that a report suspends without proof. */
const REPORT_LIFE = 10;

/**
 * What happens in people's lives. One employee records it, which suspends for a while; another approves the proof, and it is
 * in force. It is never edited: another event takes it back.
 */
@Injectable()
export class LifeEventsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: LifeEventsRepository,
    private readonly files: LegalFiles,
    private readonly effects: LifeEventEffects,
    private readonly incidents: IncidentsService,
    private readonly lookUps: LookUps,
  ) {}

  /**
   * Counts from the next check on. The first report of a kind suspends; one that comes after another of the same kind about the same
   * person waits, so that nobody is kept from their contracts by repeating it.
   *
   * What is refused tells whether there is such a person, so it is a look-up.
   *
   * @throws AppError `validation_failed`, `conflict` when the same is in force or reported already; `rate_limited`
   */
  record(report: ReportedEvent, principal: Principal): Promise<LifeEventView> {
    const agent = employeeOf(principal);
    return this.lookUps.of<LifeEventView>(report.person, principal, async (tx, now, personId) => {
      const nobody = refusal([{ pointer: '/person', detail: 'Nobody has this reference.' }]);
      if (personId === null) return { result: nobody, entries: [lookUp(principal, [])] };
      const refused = (error: AppError, events: readonly LifeEventRow[]): LookedUp<AppError> => {
        return { result: error, entries: [lookUp(principal, events, [personId])] };
      };
      if (report.occurredOn > dateInAmsterdam(now.getTime())) {
        const detail = 'This lies in the future: record it on the day itself.';
        return refused(refusal([{ pointer: '/occurred_on', detail }]), []);
      }
      await this.files.lockLife(tx, personId);
      const alike = await this.repository.ofKind(tx, personId, report.kind);
      const earlier = alike.filter(({ reversesId }) => reversesId === null);
      if (earlier.some((event) => IS_OPEN.has(stateOf(event, now)))) {
        return refused(
          new AppError('conflict', 'The same is recorded or reported already: look at that one.'),
          earlier,
        );
      }
      const suspendsUntil = earlier.length > 0 ? null : new Date(afterWorkingDays(now.getTime(), REPORT_LIFE));
      const id = await this.#insert(tx, now, { ...report, personId, reversesId: null, suspendsUntil }, agent);
      if (suspendsUntil !== null) await this.effects.tellReported(tx, now, await this.#read(tx, id));
      return this.#recorded(tx, now, id, principal, 'life_event.recorded');
    });
  }

  /**
   * Says that an event is over, or never was. Counts once a second employee has approved its proof: what was suspended counts
   * again then, what has ended stays ended.
   *
   * @throws AppError `not_found`, `invalid_state` for what does not count (any more), `conflict` when a reversal waits already
   */
  reverse(
    id: string,
    proof: NewProof,
    occurredOn: string,
    reportedBy: Reporter,
    principal: Principal,
  ): Promise<LifeEventView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const { personId, kind } = await this.#read(tx, id);
      await this.files.lockLife(tx, personId);
      const event = await this.#read(tx, id);
      if (event.reversesId !== null || !IS_COUNTING.has(stateOf(event, now))) {
        throw new AppError('invalid_state', 'This does not count, so there is nothing to reverse.');
      }
      const alike = await this.repository.ofKind(tx, personId, kind);
      if (alike.some(({ reversesId, decided }) => reversesId === id && decided === null)) {
        throw new AppError('conflict', 'A reversal of this waits for approval already.');
      }
      const reversal = { personId, kind, reversesId: id, occurredOn, reportedBy, suspendsUntil: null, proof };
      const reversalId = await this.#insert(tx, now, reversal, agent);
      return this.#recorded(tx, now, reversalId, principal, 'life_event.reversal_recorded');
    });
  }

  /** @throws AppError `not_found`, `invalid_state` for what is decided already */
  addProof(id: string, proof: NewProof, principal: Principal): Promise<LifeEventView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      await this.files.file(tx, now, filedOf(await this.#undecided(tx, id)), proof, agent);
      return this.#recorded(tx, now, id, principal, 'life_event.evidence_added');
    });
  }

  /**
   * The second pair of eyes. What the law ends, ends in the same transaction.
   *
   * @throws AppError `not_found`, `forbidden`, `invalid_state`
   */
  approve(id: string, principal: Principal): Promise<LifeEventView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const { personId } = await this.#read(tx, id);
      await this.files.lockLife(tx, personId);
      const event = await this.#undecided(tx, id);
      if (event.isReversed)
        throw new AppError('invalid_state', 'This was reversed already: record it anew if it is so.');
      await this.files.approve(tx, now, filedOf(event), agent);
      const effects = await this.effects.apply(tx, now, event, actorOf(principal));
      return this.#recorded(tx, now, id, principal, 'life_event.approved', effects);
    });
  }

  /** It is not so: it counts no more, and never will. @throws AppError `not_found`, `invalid_state` */
  reject(id: string, principal: Principal): Promise<LifeEventView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const event = await this.#undecided(tx, id);
      await this.files.close(tx, now, filedOf(event), 'rejected', agent);
      await this.effects.tellRejected(tx, now, event);
      return this.#recorded(tx, now, id, principal, 'life_event.rejected');
    });
  }

  /**
   * Somebody told an employee that it is not right: an incident, for who deals with those. The event stands until it is
   * rejected or reversed.
   *
   * @throws AppError `not_found`
   */
  async contest(id: string, text: string, principal: Principal): Promise<Incident> {
    employeeOf(principal);
    const { personId } = await this.#read(this.dataSource.manager, id);
    const record = { recordId: id, recordKind: 'life_event.recorded', text };
    return this.incidents.openFor(principal, personId as PersonId, record);
  }

  /** One event; recorded as a look-up. @throws AppError `not_found` */
  get(id: string, principal: Principal): Promise<LifeEventView> {
    return this.audit.record(async (tx, now) => {
      const event = await this.#read(tx, id);
      return { result: await this.#view(tx, now, event), entries: [lookUp(principal, [event])] };
    });
  }

  /** Of one person, the newest first; or, with null, what waits for a second employee, the oldest first. 100 at most. */
  list(personRef: string | null, principal: Principal): Promise<readonly LifeEventView[]> {
    if (personRef === null) {
      return this.audit.record(async (tx, now) => this.#all(tx, now, principal, await this.repository.waiting(tx)));
    }
    return this.lookUps.of(personRef, principal, async (tx, now, personId) =>
      personId === null
        ? { result: [], entries: [lookUp(principal, [])] }
        : this.#all(tx, now, principal, await this.repository.ofPerson(tx, personId), [personId]),
    );
  }

  async #all(
    tx: EntityManager,
    now: Date,
    principal: Principal,
    rows: readonly LifeEventRow[],
    named: readonly string[] = [],
  ): Promise<LookedUp<readonly LifeEventView[]>> {
    const result: LifeEventView[] = [];
    for (const row of rows) result.push(await this.#view(tx, now, row));
    return { result, entries: [lookUp(principal, rows, named)] };
  }

  async #insert(
    tx: EntityManager,
    now: Date,
    event: Omit<ReportedEvent, 'person'> & Pick<LifeEventRow, 'personId' | 'reversesId' | 'suspendsUntil'>,
    agent: Agent,
  ): Promise<string> {
    const id = randomUUID();
    const { proof, ...row } = event;
    await this.repository.insert(tx, { ...row, id, recordedBy: agent.id, recordedAt: now });
    if (proof !== null) {
      const filed = { subject: { lifeEventId: id, representationId: null }, personId: event.personId };
      await this.files.file(tx, now, filed, proof, agent);
    }
    return id;
  }

  async #read(tx: EntityManager, id: string): Promise<LifeEventRow> {
    const event = await this.repository.find(tx, id);
    if (event === null) throw new AppError('not_found', 'There is no such life event.');
    return event;
  }

  async #undecided(tx: EntityManager, id: string): Promise<LifeEventRow> {
    const event = await this.#read(tx, id);
    if (event.decided === null) return event;
    throw new AppError('invalid_state', `This was ${event.decided.verdict} already.`);
  }

  async #view(manager: EntityManager, now: Date, event: LifeEventRow): Promise<LifeEventView> {
    return { ...event, state: stateOf(event, now), proofs: await this.files.proofs(manager, filedOf(event)) };
  }

  async #recorded(
    tx: EntityManager,
    now: Date,
    id: string,
    principal: Principal,
    kind: string,
    effects: readonly AuditEntry[] = [],
  ): Promise<{ readonly result: LifeEventView; readonly entries: readonly AuditEntry[] }> {
    const result = await this.#view(tx, now, await this.#read(tx, id));
    const { personId, kind: event, reversesId, suspendsUntil, proofs } = result;
    const body = { lifeEventId: id, event, reversesId, suspendsUntil, proofs: proofs.map((proof) => proof.id) };
    // The first record has the event's own id: by that its person finds it in their activity, and questions it.
    const own = kind.endsWith('recorded') ? { id } : {};
    const entry: AuditEntry = { ...own, kind, actor: actorOf(principal), personIds: [personId], body };
    return { result, entries: [entry, ...effects] };
  }
}

/** States in which the same need not be recorded again. */
const IS_OPEN: ReadonlySet<string> = new Set(['suspended_pending_evidence', 'waiting', 'in_force']);
/** States in which it takes something away. */
const IS_COUNTING: ReadonlySet<string> = new Set(['suspended_pending_evidence', 'in_force']);

function filedOf({ id, personId, recordedBy }: LifeEventRow): Filed {
  const subject: Subject = { lifeEventId: id, representationId: null };
  return { subject, personId, recordedBy };
}

/** @param named whom somebody asked about: looked at also where there is nothing of them */
function lookUp(principal: Principal, events: readonly LifeEventRow[], named: readonly string[] = []): AuditEntry {
  const personIds = [...new Set([...named, ...events.map(({ personId }) => personId)])];
  return lookUpEntry(actorOf(principal), personIds, { what: 'life_events', isFound: events.length > 0 });
}
