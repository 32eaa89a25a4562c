import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, MoreThan, Raw } from 'typeorm';

import type { Level } from '../policy/vocabulary.ts';
import type { CancelledCode, CodeAddress, CodePurpose, CodeState } from './code.ts';
import { CodeEntity } from './code.entity.ts';

/** Whose budget it is: a person's; of a caller whom nobody knows, that of each thing they claim, the fullest of which counts. */
export type BudgetOwner = { readonly personId: string } | { readonly claimKeys: readonly Buffer[] };

/** Sends and failures of one owner that count on the budgets. */
export interface BudgetUse {
  readonly sendsInTenMinutes: number;
  readonly sendsInDay: number;
  readonly failuresInDay: number;
}

/** It names no call: it is read out in a later one. The state stands in the statement, as it stands in the index of what waits. */
const OPEN_LETTER_OF_WHO_CALLS = {
  purpose: 'verification',
  route: 'letter',
  state: Raw((column) => `${column} = 'pending'`),
} as const;

/** Rows that one step of going through a whole table looks at. */
const PAGE = 500;

@Injectable()
export class CodesRepository {
  constructor(private readonly dataSource: DataSource) {}

  async clock(): Promise<Date> {
    const [row] = await this.dataSource.query<[{ now: Date }]>('SELECT clock_timestamp() AS now');
    return row.now;
  }

  async openAbout(mandateId: string, manager: EntityManager = this.dataSource.manager): Promise<string | null> {
    const [row] = await manager.query<{ id: string }[]>(
      `SELECT id FROM codes WHERE mandate_id = $1 AND purpose = 'mandate' AND state = 'pending'
         AND expires_at > clock_timestamp() ORDER BY issued_at DESC LIMIT 1`,
      [mandateId],
    );
    return row?.id ?? null;
  }

  find(tx: EntityManager, id: string): Promise<CodeEntity | null> {
    return tx.findOneBy(CodeEntity, { id });
  }

  /**
   * A question about an action or a mandate. One that the employee may not see is not read: how long that takes would tell that
   * there is one.
   *
   * @param agentId whose call it must be of, unless it went by letter; null = anybody's
   */
  findQuestion(tx: EntityManager, id: string, agentId: string | null): Promise<CodeEntity | null> {
    const questions = tx
      .createQueryBuilder(CodeEntity, 'code')
      .where("code.id = :id AND code.purpose IN ('action', 'mandate')", { id });
    if (agentId !== null) questions.andWhere("(code.agentId = :agentId OR code.route = 'letter')", { agentId });
    return questions.getOne();
  }

  /** The newest first. */
  ofCall(manager: EntityManager, callId: string, purpose: CodePurpose, limit: number): Promise<CodeEntity[]> {
    return manager.find(CodeEntity, {
      where: { callId, purpose },
      order: { issuedAt: 'DESC', id: 'ASC' },
      take: limit,
    });
  }

  /** The letter to this person with a code that says who calls. */
  openLetterTo(manager: EntityManager, personId: string, now: Date): Promise<CodeEntity | null> {
    return manager.findOneBy(CodeEntity, { ...OPEN_LETTER_OF_WHO_CALLS, personId, expiresAt: MoreThan(now) });
  }

  /** Of those letters one counts. */
  async supersedeLetters(tx: EntityManager, personId: string, now: Date): Promise<readonly string[]> {
    const open = await tx.findBy(CodeEntity, { ...OPEN_LETTER_OF_WHO_CALLS, personId });
    for (const { id } of open) await this.settle(tx, id, 'superseded', now);
    return open.map(({ id }) => id);
  }

  async insert(tx: EntityManager, code: CodeEntity): Promise<void> {
    await tx.insert(CodeEntity, code);
  }

  /**
   * Locks the owner's budgets until the transaction ends, and counts what is used of them. Windows are half-open and lie
   * on the database's clock, so restarts, other processes and new codes change nothing.
   *
   * Not the stronger FOR UPDATE: rows that refer to the person would wait for it, and who holds the code while adding one
   * (a block, a verification, a notice) would deadlock with a try that holds the person and waits for the code.
   */
  async lockBudget(tx: EntityManager, owner: BudgetOwner, now: Date): Promise<BudgetUse> {
    const { lock, column, type, keys } = ledgerOf(owner);
    await tx.query(lock, [keys]);
    const [use] = await tx.query<[BudgetUse]>(
      `SELECT coalesce(max(just_sent), 0)::int AS "sendsInTenMinutes", coalesce(max(sent), 0)::int AS "sendsInDay",
         coalesce(max(failed), 0)::int AS "failuresInDay"
       FROM (
         SELECT count(*) FILTER (WHERE kind = 'send' AND at > $2::timestamptz - interval '10 minutes') AS just_sent,
           count(*) FILTER (WHERE kind = 'send') AS sent, count(*) FILTER (WHERE kind = 'failure') AS failed
         FROM code_budget_entries WHERE ${column} = ANY ($1::${type}[]) AND at > $2::timestamptz - interval '24 hours'
         GROUP BY ${column}) used`,
      [keys, now],
    );
    return use;
  }

  async addBudgetEntry(
    tx: EntityManager,
    owner: BudgetOwner,
    kind: 'send' | 'failure',
    codeId: string,
    now: Date,
  ): Promise<void> {
    const { column, type, keys } = ledgerOf(owner);
    // What no window reaches any more goes, so that the table holds a day and not a history of people.
    await tx.query(
      `WITH over AS (
         DELETE FROM code_budget_entries WHERE ${column} = ANY ($1::${type}[]) AND at <= $4::timestamptz - interval '24 hours'
       )
       INSERT INTO code_budget_entries (${column}, kind, code_id, at)
       SELECT owner, $2, $3::uuid, $4::timestamptz FROM unnest($1::${type}[]) AS owner`,
      [keys, kind, codeId, now],
    );
  }

  /** A try counts as a failure from the moment it is made; the one that turns out right, which is somebody's, is given back. */
  async giveBackFailure(tx: EntityManager, owner: BudgetOwner, codeId: string): Promise<void> {
    if ('personId' in owner) {
      await tx.query(
        `DELETE FROM code_budget_entries WHERE id =
           (SELECT id FROM code_budget_entries WHERE person_id = $1 AND kind = 'failure' AND code_id = $2
            ORDER BY id DESC LIMIT 1 FOR UPDATE SKIP LOCKED)`,
        [owner.personId, codeId],
      );
      return;
    }
    // One entry for each thing claimed; whoever gives back holds the lock on all of them.
    await tx.query(
      `DELETE FROM code_budget_entries WHERE id IN
         (SELECT max(id) FROM code_budget_entries
          WHERE claim_key = ANY ($1::bytea[]) AND kind = 'failure' AND code_id = $2 GROUP BY claim_key)`,
      [owner.claimKeys, codeId],
    );
  }

  /**
   * Before the answer to a code about a mandate, which changes the mandate too: every other change of a mandate locks it
   * before its codes, and two orders would deadlock.
   */
  async lockMandateOf(tx: EntityManager, id: string): Promise<void> {
    await tx.query(
      `SELECT 1 FROM mandates WHERE id = (SELECT mandate_id FROM codes WHERE id = $1 AND purpose = 'mandate') FOR UPDATE`,
      [id],
    );
  }

  /** Takes one of the five tries. Null when there is none left, or the code is no longer open; or comes from the future. */
  async takeTry(tx: EntityManager, id: string, now: Date): Promise<CodeEntity | null> {
    return updated(
      tx,
      `UPDATE codes SET tries = tries + 1
       WHERE id = $1 AND state = 'pending' AND tries < 5 AND issued_at <= $2 AND expires_at > $2 RETURNING id`,
      [id, now],
    );
  }

  /** Ends an open code. Null when something else ended it first: then that stands. */
  async settle(tx: EntityManager, id: string, state: CodeState, now: Date): Promise<CodeEntity | null> {
    return updated(
      tx,
      `UPDATE codes SET state = $2, answered_at = $3 WHERE id = $1 AND state = 'pending' RETURNING id`,
      [id, state, now],
    );
  }

  /** Says yes to exactly the value that was compared: not expired since, not resent since. */
  async approve(tx: EntityManager, id: string, counter: number, now: Date): Promise<CodeEntity | null> {
    return updated(
      tx,
      `UPDATE codes SET state = 'approved', answered_at = $3
       WHERE id = $1 AND state = 'pending' AND counter = $2 AND expires_at > $3 RETURNING id`,
      [id, counter, now],
    );
  }

  /** Without the code: tries at it that were wrong don't matter, but that they ended it does. */
  async approveInSession(tx: EntityManager, id: string, strength: Level, now: Date): Promise<CodeEntity | null> {
    return updated(
      tx,
      `UPDATE codes SET state = 'approved', answered_at = $3, session_strength = $2
       WHERE id = $1 AND state = 'pending' AND expires_at > $3 AND tries < 5 RETURNING id`,
      [id, strength, now],
    );
  }

  /** What waits for this person's answer, the newest first. */
  async waitingFor(personId: string, purpose: CodePurpose, limit: number): Promise<readonly CodeEntity[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM codes WHERE person_id = $1 AND state = 'pending' AND expires_at > clock_timestamp()
         AND purpose = $2 AND tries < 5 AND contact_point_id IS NOT NULL ORDER BY issued_at DESC LIMIT $3`,
      [personId, purpose, limit],
    );
    if (rows.length === 0) return [];
    return this.dataSource.manager.find(CodeEntity, {
      where: { id: In(rows.map(({ id }) => id)) },
      order: { issuedAt: 'DESC' },
    });
  }

  /** A new value: the old one is dead. Tries are not given back. */
  async raiseCounter(tx: EntityManager, id: string, now: Date, expiresAt: Date): Promise<CodeEntity | null> {
    return updated(
      tx,
      `UPDATE codes SET counter = counter + 1, expires_at = $3
       WHERE id = $1 AND state = 'pending' AND expires_at > $2 AND tries < 5 RETURNING id`,
      [id, now, expiresAt],
    );
  }

  /**
   * The same question by another road: another value, which is the only one that fits. Also when the one before could not be
   * delivered: what ended then was that value.
   */
  async reroute(
    tx: EntityManager,
    id: string,
    { route, contactPointId, digits, expiresAt }: Pick<CodeEntity, 'route' | 'contactPointId' | 'digits' | 'expiresAt'>,
    now: Date,
  ): Promise<CodeEntity | null> {
    return updated(
      tx,
      `UPDATE codes SET counter = counter + 1, route = $3, contact_point_id = $4, digits = $5, expires_at = $6,
         state = 'pending', answered_at = NULL
       WHERE id = $1 AND tries < 5 AND (state = 'undeliverable' OR (state = 'pending' AND expires_at > $2)) RETURNING id`,
      [id, now, route, contactPointId, digits, expiresAt],
    );
  }

  /** Where an open code goes, once. Null when that was said before, or nobody waits for it any more. */
  async address(
    tx: EntityManager,
    id: string,
    counter: number,
    { route, contactPointId, personId }: CodeAddress,
    now: Date,
  ): Promise<CodeEntity | null> {
    const isFound = personId !== undefined;
    return updated(
      tx,
      `UPDATE codes SET route = $4, contact_point_id = $5${isFound ? ', person_id = $6' : ''}
       WHERE id = $1 AND counter = $2 AND contact_point_id IS NULL AND state = 'pending' AND expires_at > $3 RETURNING id`,
      [id, counter, now, route, contactPointId, ...(isFound ? [personId] : [])],
    );
  }

  /** Nobody changes this mandate until the transaction ends; before its codes, as everywhere. */
  async lockMandate(tx: EntityManager, mandateId: string): Promise<void> {
    await tx.query('SELECT 1 FROM mandates WHERE id = $1 FOR SHARE', [mandateId]);
  }

  /** When the mandate ends by itself as it is now; null = it has ended. */
  async mandateEnd(tx: EntityManager, mandateId: string): Promise<Date | null> {
    const [row] = await tx.query<{ end: Date }[]>(
      `SELECT ends_at AS "end" FROM mandates WHERE id = $1 AND state <> 'ended'`,
      [mandateId],
    );
    return row?.end ?? null;
  }

  /** With what they can open a session that is stronger than any code. */
  async strongMeans(
    manager: EntityManager,
    personId: string,
    now: Date,
  ): Promise<{ readonly hasPasskey: boolean; readonly hasApp: boolean }> {
    const [row] = await manager.query<[{ hasPasskey: boolean; hasApp: boolean }]>(
      `SELECT EXISTS (SELECT FROM passkeys WHERE person_id = $1 AND ended_at IS NULL) AS "hasPasskey",
         EXISTS (SELECT FROM authenticators
           WHERE person_id = $1 AND ended_at IS NULL AND usable_from <= $2) AS "hasApp"`,
      [personId, now],
    );
    return row;
  }

  /** Those that are open: every one of them stands among its person's sends of a day, or names them. */
  async cancelOfPerson(tx: EntityManager, personId: string, now: Date): Promise<readonly string[]> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE codes SET state = 'cancelled', answered_at = $2 WHERE state = 'pending' AND expires_at > $2 AND id IN (
         SELECT code_id FROM code_budget_entries WHERE person_id = $1 AND kind = 'send'
         UNION ALL SELECT id FROM codes WHERE person_id = $1 AND state = 'pending') RETURNING id`,
      [personId, now],
    );
    return rows.map((row) => row.id);
  }

  async cancelOfAgent(tx: EntityManager, agentId: string, now: Date): Promise<readonly CancelledCode[]> {
    const [rows] = await tx.query<[CancelledCode[], number]>(
      `UPDATE codes SET state = 'cancelled', answered_at = $2 WHERE state = 'pending' AND expires_at > $2 AND agent_id = $1
       RETURNING id, purpose, person_id AS "personId", call_id AS "callId"`,
      [agentId, now],
    );
    return rows;
  }

  async settleOpen(
    tx: EntityManager,
    where: {
      readonly callId?: string;
      readonly mandateId?: string;
      readonly personId?: string;
      readonly purpose?: string;
    },
    state: CodeState,
    now: Date,
  ): Promise<readonly string[]> {
    // Only what was named stands in the statement: a plan that has to fit every combination reads all open codes there are.
    const named = Object.entries({
      call_id: where.callId,
      mandate_id: where.mandateId,
      person_id: where.personId,
      purpose: where.purpose,
    }).filter(([, value]) => value !== undefined);
    if (where.callId === undefined && where.mandateId === undefined) return [];
    const rows = await tx.query<[{ id: string }[], number]>(
      `UPDATE codes SET state = $1, answered_at = $2
       WHERE state = 'pending' AND ${named.map(([column], at) => `${column} = $${at + 3}`).join(' AND ')} RETURNING id`,
      [state, now, ...named.map(([, value]) => value)],
    );
    return rows[0].map((row) => row.id);
  }

  /** Of the next rows behind `after`, ends every open code. `last`: null = there are no more. */
  async cancelPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly cancelled: readonly CodeEntity[] }> {
    const [row] = await tx.query<[{ last: string | null; ids: string[] }]>(
      `WITH page AS (SELECT id FROM codes WHERE id > $1 ORDER BY id LIMIT ${PAGE}), changed AS (
         UPDATE codes c SET state = 'cancelled', answered_at = $2 FROM page
         WHERE c.id = page.id AND c.state = 'pending' RETURNING c.id
       )
       SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, ARRAY (SELECT id FROM changed) AS ids`,
      [after, now],
    );
    return { last: row.last, cancelled: row.ids.length === 0 ? [] : await tx.findBy(CodeEntity, { id: In(row.ids) }) };
  }

  /** What the binding names of the world as it is now: a mandate that changed, or a contact point that ended, no longer fits. One that was
   * proposed has not begun. */
  async currentBinding(
    tx: EntityManager,
    code: CodeEntity,
  ): Promise<{ readonly mandateRevision: number | null; readonly contactPointId: string | null }> {
    const [row] = await tx.query<[{ revision: number | null; point: string | null }]>(
      `SELECT (SELECT revision FROM mandates WHERE id = $1 AND state <> 'ended') AS revision,
         (SELECT id FROM contact_points WHERE id = $2 AND (ended_at IS NULL OR is_proposed)) AS point`,
      [code.mandateId, code.contactPointId],
    );
    return { mandateRevision: row.revision, contactPointId: row.point };
  }
}

/** The same statements for both, so that a budget takes the same time whoever's it is. */
function ledgerOf(owner: BudgetOwner): {
  readonly lock: string;
  readonly column: string;
  readonly type: string;
  readonly keys: unknown[];
} {
  if ('personId' in owner) {
    return {
      lock: 'SELECT 1 FROM people WHERE id = ANY ($1::uuid[]) FOR NO KEY UPDATE',
      column: 'person_id',
      type: 'uuid',
      keys: [owner.personId],
    };
  }
  return {
    // No row stands for a claim. Two that meet in 64 bits wait for each other, and count apart.
    lock: "SELECT pg_advisory_xact_lock(hashtextextended(encode(claim, 'hex'), 0)) FROM unnest($1::bytea[]) AS claim",
    column: 'claim_key',
    type: 'bytea',
    keys: [...owner.claimKeys],
  };
}

async function updated(tx: EntityManager, sql: string, parameters: unknown[]): Promise<CodeEntity | null> {
  const [rows] = await tx.query<[{ id: string }[], number]>(sql, parameters);
  const [row] = rows;
  return row === undefined ? null : tx.findOneBy(CodeEntity, { id: row.id });
}
