import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditReader, type PersonRecord } from '../audit/audit-reader.ts';
import { CheckpointProofs } from '../audit/checkpoint-proof.ts';
import type { InclusionProof } from '../audit/inclusion-proof.ts';
import { AgentsService } from '../auth/agents.service.ts';
import type { Agent } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { CounterpartsService } from '../mandates/counterparts.service.ts';
import type { PersonId, PolicyHash } from '../policy/ids.ts';
import type { Policy } from '../policy/policy.ts';
import type { Channel, Language } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { Statements } from '../statements/statements.service.ts';
import {
  type ActivityCategory,
  HIDDEN_KINDS,
  KINDS_TO_FIRST,
  kindsOf,
  type Telling,
  tellingOf,
} from './activity-kinds.ts';
import { actorIn, type Around, toldOf, type Who, whoOf } from './activity-words.ts';

/** Which part of somebody's activity. */
export interface ActivityQuery {
  readonly category: ActivityCategory | null;
  /** Half-open; null = from the first, or to the newest. */
  readonly from: Date | null;
  readonly to: Date | null;
  /** `next` of the page before. */
  readonly after: ActivityPlace | null;
  /** 1 to 1000. */
  readonly limit: number;
}

/** In which language to tell it, given the reader's own. */
export type ChooseLanguage = (own: Language) => Language;

/** Where a page of activity ended. */
export interface ActivityPlace {
  readonly at: Date;
  readonly id: string;
}

/** Something that was looked up, decided, done or changed about somebody, as they are told it. */
export interface ActivityEntry extends ActivityPlace {
  readonly category: ActivityCategory;
  readonly who: Who;
  readonly sentence: string;
  /** An action each, with what became of it. */
  readonly details: readonly string[];
  readonly call: { readonly channel: Channel; readonly caseRef: string | null } | null;
}

export interface ActivityPage {
  readonly entries: readonly ActivityEntry[];
  /** Null on the last one. */
  readonly next: ActivityPlace | null;
  /** In which it is told. */
  readonly language: Language;
}

/** An entry that can be questioned, with whom else it is about. */
export interface QuestionableEntry {
  readonly entry: ActivityEntry;
  readonly kind: string;
  /** The others whom it names. */
  readonly others: readonly string[];
}

/** Milliseconds. */
const CLOCK_DIFFERENCE = 60 * 60_000;

/** The audit as its people may read it. Their own reading is no record: that would be about nothing but itself. */
@Injectable()
export class ActivityService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: AuditReader,
    private readonly proofs: CheckpointProofs,
    private readonly agents: AgentsService,
    private readonly calls: CallsService,
    private readonly holders: HoldersService,
    private readonly counterparts: CounterpartsService,
    private readonly policies: PolicyDocuments,
    private readonly statements: Statements,
  ) {}

  /**
   * The newest first.
   *
   * @param choose of the person's own language, the one to tell it in
   */
  async list(personId: PersonId, query: ActivityQuery, choose: ChooseLanguage): Promise<ActivityPage> {
    const { category, after, limit } = query;
    const records = await this.reader.ofPerson({
      personId,
      from: query.from ?? new Date(0),
      // The database's clock may be ahead of ours.
      to: query.to ?? new Date(Date.now() + CLOCK_DIFFERENCE),
      after,
      kinds: kindsOf(category),
      hidden: HIDDEN_KINDS,
      toFirst: KINDS_TO_FIRST,
      limit: limit + 1,
    });
    const page = records.slice(0, limit);
    const last = page.at(-1);
    const { entries, language } = await this.#tell(personId, page, choose);
    const next = records.length > limit && last !== undefined ? { at: last.at, id: last.id } : null;
    return { entries, next, language };
  }

  /** @throws AppError `not_found` when it doesn't name them, or is not for them to read */
  async find(personId: PersonId, id: string, choose: ChooseLanguage): Promise<QuestionableEntry> {
    const record = await this.reader.findOfPerson(personId, id);
    const told = record === null ? null : await this.#tell(personId, [record], choose);
    const entry = told?.entries[0];
    if (record === null || entry === undefined) throw new AppError('not_found', 'There is no such entry.');
    return { entry, kind: record.kind, others: othersIn(record, personId) };
  }

  /**
   * Shows that it was recorded and not changed since, and tells nothing of what it says.
   *
   * @throws AppError `not_found` where {@link find} does, `invalid_state` as of {@link CheckpointProofs.prove}
   */
  async prove(personId: PersonId, id: string): Promise<InclusionProof> {
    const { entry } = await this.find(personId, id, (own) => own);
    return this.proofs.prove(entry.id, false);
  }

  async #tell(
    personId: PersonId,
    records: readonly PersonRecord[],
    choose: ChooseLanguage,
  ): Promise<Pick<ActivityPage, 'entries' | 'language'>> {
    const told = records.flatMap((record) => {
      const telling = tellingOf(record, personId);
      return telling === null ? [] : [{ record, telling }];
    });
    const around = await this.#around(personId, records, choose);
    const entries = told.map(({ record, telling }) => entryOf(record, telling, around));
    return { entries, language: around.language };
  }

  async #around(personId: PersonId, records: readonly PersonRecord[], choose: ChooseLanguage): Promise<Around> {
    const { manager } = this.dataSource;
    const others = [...new Set(records.flatMap((record) => othersIn(record, personId)))];
    const callIds = [...new Set(records.flatMap(({ callId }) => (callId === null ? [] : [callId])))];
    return {
      personId,
      names: await this.counterparts.names(manager, personId, others),
      agents: await this.#agents(records),
      calls: await this.calls.settings(callIds),
      statements: await this.statements.told(statementsIn(records)),
      policies: await this.#policies(records),
      policy: await this.policies.current(),
      language: choose((await this.holders.describe(manager, personId)).language),
    };
  }

  async #agents(records: readonly PersonRecord[]): Promise<ReadonlyMap<string, Agent>> {
    const agents = new Map<string, Agent>();
    for (const { actor } of records) {
      const { agentId } = actorIn(actor);
      if (agentId === null || agents.has(agentId)) continue;
      const agent = await this.agents.byId(agentId);
      if (agent !== null) agents.set(agentId, agent);
    }
    return agents;
  }

  async #policies(records: readonly PersonRecord[]): Promise<ReadonlyMap<string, Policy>> {
    const policies = new Map<string, Policy>();
    for (const { kind, body } of records) {
      const hash = kind.startsWith('check.') ? body['policy'] : undefined;
      if (typeof hash === 'string' && !policies.has(hash)) {
        policies.set(hash, await this.policies.byHash(hash as PolicyHash));
      }
    }
    return policies;
  }
}

function entryOf(record: PersonRecord, telling: Telling, around: Around): ActivityEntry {
  const { id, at, callId } = record;
  const call = callId === null ? undefined : around.calls.get(callId);
  return {
    id,
    at,
    category: telling.category,
    who: whoOf(record, around),
    ...toldOf(record, telling, around),
    call: call === undefined ? null : { channel: call.channel, caseRef: call.caseRef },
  };
}

function statementsIn(records: readonly PersonRecord[]): readonly string[] {
  return records.flatMap(({ kind, body }) => {
    const id = kind.startsWith('statement.') ? body['statementId'] : undefined;
    return typeof id === 'string' ? [id] : [];
  });
}

/** Whom else a record names: those whom it concerns, who did it, and who was on the line. */
function othersIn({ personIds, actor, body }: PersonRecord, personId: string): readonly string[] {
  const { callerId } = body;
  const by = actorIn(actor).personId;
  const all = [...personIds, ...(by === null ? [] : [by]), ...(typeof callerId === 'string' ? [callerId] : [])];
  return [...new Set(all)].filter((id) => id !== personId);
}
