import { randomUUID } from 'node:crypto';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { AGENT_HEADER } from '../auth/access.decorators.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, type Agent, type Principal } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError, type Fault } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import type { QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import {
  type Comparison,
  differences,
  MOST_OF_CALL,
  type SaidFacts,
  type Statement,
  type TypedFacts,
} from './statement.ts';
import { rightInWords } from './statement-words.ts';
import { type NewStatement, type StatementRow, StatementsRepository } from './statements.repository.ts';

/** What an agent tells a caller, or is about to. */
export interface AskedStatement extends Pick<Statement, 'subject' | 'source' | 'crmValue'> {
  readonly facts: SaidFacts;
  /** They say it also where the CRM has it otherwise: after the warning, as the desk asks it. */
  readonly isSaidAnyway: boolean;
  /** What was said before, in this call or another one about its contract. */
  readonly corrects: string | null;
}

/** As it is sealed. */
interface Sealed {
  readonly said: SaidFacts;
  readonly crm: TypedFacts | null;
}

/**
 * What agents told callers. What is not as the CRM has it is not recorded until the agent says that they say it all the same: they
 * are warned before they say it. A correction is a statement of its own, which its holders are told of.
 */
@Injectable()
export class Statements implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: StatementsRepository,
    private readonly calls: CallsService,
    private readonly agents: AgentsService,
    private readonly holders: HoldersService,
    private readonly notices: Notices,
    private readonly messages: MessagesService,
  ) {}

  onModuleInit(): void {
    this.messages.provide('statement_corrected', (message) => this.#onMessage(message));
  }

  /**
   * Records what the agent of the call tells the caller. A correction needs nobody on the line, so that it can come after the call.
   *
   * @param id the same one again records nothing more
   * @throws AppError `not_found`, `call_ended`, `statement_differs` before anything is recorded, `invalid_state` where too much was
   *   said, `malformed_request` for a key that acts for no agent
   */
  async record(
    callId: string,
    principal: Principal,
    asked: AskedStatement,
    id: string = randomUUID(),
  ): Promise<Statement> {
    const agent = agentOf(principal);
    const known = await this.calls.get(callId, principal);
    if (known.agentId !== agent.id) throw noCall();
    return this.audit.record(async (tx, now) => {
      const call = asked.corrects === null ? await this.calls.requireOpen(tx, callId, principal, now) : known;
      const first = await this.#first(tx, asked.corrects, call.contractId);
      const comparison = comparisonOf(asked);
      const contract = await this.holders.contractById(tx, call.contractId);
      const [sealedFor] = contract?.holderIds ?? [];
      if (contract === null || sealedFor === undefined) throw new Error('a call about no contract, or one of nobody');
      const { subject, source, facts, crmValue } = asked;
      const sealed: Sealed = { said: facts, crm: crmValue };
      const row: NewStatement = {
        id,
        callId,
        contractId: contract.id,
        agentId: agent.id,
        role: agent.role,
        heardAs: call.claim,
        subject,
        source,
        comparison,
        corrects: first,
        sealedFor,
        factsSealed: await this.holders.seal(tx, sealedFor, JSON.stringify(sealed), factsPlace(id)),
        saidAt: now,
      };
      const isFull = (await this.repository.count(tx, callId)) >= MOST_OF_CALL;
      if (isFull && (await this.repository.findAll(tx, [id])).length === 0) throw tooMany();
      if (!(await this.repository.insert(tx, row))) return { result: await this.#again(tx, row, sealed), entries: [] };
      if (first !== null) {
        for (const holderId of contract.holderIds) {
          await this.notices.send(tx, now, holderId, {
            template: 'statement_corrected',
            parameters: { statementId: id },
          });
        }
      }
      const entry = {
        kind: first === null ? 'statement.recorded' : 'statement.corrected',
        actor: actorOf(principal),
        callId,
        // Nobody else: who is only said to be on the line would read of a contract that may be none of their business.
        personIds: contract.holderIds,
        body: { statementId: id, subject, source, heardAs: call.claim, comparison, corrects: first },
      };
      return { result: { ...withoutSeal(row), isCorrected: false, facts, crmValue }, entries: [entry] };
    });
  }

  /** What was said in one call, in its order. @throws AppError `not_found` */
  async ofCall(callId: string, principal: Principal): Promise<readonly Statement[]> {
    const { manager } = this.dataSource;
    await this.calls.get(callId, principal);
    return this.#opened(manager, await this.repository.ofCall(manager, callId));
  }

  /** For whom the records about these are. By id; what there is not is left out. */
  async told(ids: readonly string[]): Promise<ReadonlyMap<string, Statement>> {
    if (ids.length === 0) return new Map();
    const { manager } = this.dataSource;
    const all = await this.#opened(manager, await this.repository.findAll(manager, ids));
    return new Map(all.map((one) => [one.id, one]));
  }

  async #first(tx: EntityManager, corrects: string | null, contractId: string): Promise<string | null> {
    if (corrects === null) return null;
    const first = await this.repository.first(tx, corrects, contractId);
    if (first === null) throw new AppError('not_found', 'There is no such statement about this contract.');
    return first.id;
  }

  /** The same request once more is answered as before; another one must not pass for what is recorded. */
  async #again(tx: EntityManager, { id, callId, subject, corrects }: NewStatement, sent: Sealed): Promise<Statement> {
    const rows = await this.repository.findAll(tx, [id]);
    const [one] = await this.#opened(
      tx,
      rows.filter((row) => row.callId === callId),
    );
    const isSame =
      one !== undefined &&
      one.subject === subject &&
      one.corrects === corrects &&
      JSON.stringify([one.facts, one.crmValue]) === JSON.stringify([sent.said, sent.crm]);
    if (!isSame)
      throw new AppError('conflict', 'This id is that of another statement, which stays. Send this one with its own.');
    return one;
  }

  async #opened(manager: EntityManager, rows: readonly StatementRow[]): Promise<readonly Statement[]> {
    const opened: Statement[] = [];
    for (const row of rows) {
      const sealed = await this.#unseal(manager, row);
      opened.push({ ...withoutSeal(row), facts: sealed?.said ?? null, crmValue: sealed?.crm ?? null });
    }
    return opened;
  }

  async #unseal(manager: EntityManager, { id, sealedFor, factsSealed }: StatementRow): Promise<Sealed | null> {
    const { name } = await this.holders.describe(manager, sealedFor);
    // Without a name they were erased, and with them the key.
    if (name === null) return null;
    return JSON.parse(await this.holders.open(manager, sealedFor, factsSealed, factsPlace(id))) as Sealed;
  }

  async #onMessage({ parameters, language }: QueuedMessage): Promise<TemplateValues['statement_corrected'] | 'drop'> {
    const { manager } = this.dataSource;
    const statementId = String(parameters['statementId']);
    const known = await this.told([statementId]);
    const correction = known.get(statementId);
    const first = (await this.told([correction?.corrects ?? statementId])).get(correction?.corrects ?? '');
    const agentId = first === undefined ? null : await this.repository.agentOf(manager, first.id);
    const agent = agentId === null ? null : await this.agents.byId(agentId);
    if (correction === undefined || correction.facts === null || first === undefined || agent === null) return 'drop';
    return {
      right: rightInWords(correction.subject, correction.facts, language),
      agent: { role: first.role, pseudonym: agent.pseudonym },
      saidAt: first.saidAt,
    };
  }
}

/** @throws AppError `statement_differs` when nobody said that it is to be said all the same */
function comparisonOf({ facts, crmValue, isSaidAnyway }: AskedStatement): Comparison {
  if (crmValue === null) return 'none';
  const other = differences(facts, crmValue);
  if (other.length === 0) return 'same';
  if (isSaidAnyway) return 'different';
  const faults: readonly Fault[] = other.map((name) => ({
    pointer: `/${name}`,
    detail: 'is not what the CRM has (crm_value)',
  }));
  throw new AppError(
    'statement_differs',
    'Do not say this yet: the CRM has it otherwise. Look again, and send it with said_anyway when it is right.',
    { faults },
  );
}

function agentOf({ agent }: Principal): Agent {
  if (agent !== null) return agent;
  throw new AppError('malformed_request', `Somebody says it: name the agent by the header ${AGENT_HEADER}.`);
}

function tooMany(): AppError {
  return new AppError('invalid_state', `A call has ${MOST_OF_CALL} statements at most. Open a new one.`);
}

function noCall(): AppError {
  return new AppError('not_found', 'There is no such call.');
}

function withoutSeal<Row extends Omit<StatementRow, 'isCorrected'>>({
  sealedFor: _key,
  factsSealed: _sealed,
  ...row
}: Row): Omit<Row, 'sealedFor' | 'factsSealed'> {
  return row;
}

function factsPlace(id: string): ReturnType<typeof placeOf> {
  return placeOf('statements', 'facts_sealed', id);
}
