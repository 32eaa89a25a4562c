import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { PG_POOL } from '../database/database.module.ts';
import { prepared } from '../database/prepared.ts';
import type { AgentId } from '../policy/ids.ts';
import { AgentEntity } from './agent.entity.ts';
import type { Agent } from './principal.ts';

/** What the organisation says about an agent; the rest of an {@link Agent} is ours. */
export interface AgentDetails {
  readonly role: string;
  readonly team: string | null;
  readonly isActive: boolean;
  readonly leavesAt: Date | null;
  readonly skills: readonly string[];
  readonly flags: readonly string[];
}

interface AgentRow {
  readonly id: AgentId;
  readonly ref: string;
  readonly pseudonym: string;
  readonly role: string;
  readonly team: string | null;
  readonly isActive: boolean;
  readonly leavesAt: Date | null;
  readonly skills: readonly string[];
  readonly flags: readonly string[];
}

/** Whose last day is over is out, whether or not that has been noticed. */
const COLUMNS = `id, agent_ref AS ref, pseudonym, role, team, is_active AND coalesce(now() < leaves_at, true) AS "isActive",
  leaves_at AS "leavesAt", skills, flags`;

@Injectable()
export class AgentsRepository {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  async findByRef(ref: string): Promise<Agent | null> {
    const { rows } = await this.pool.query<AgentRow>({
      name: 'agent_by_ref',
      text: `SELECT ${COLUMNS} FROM agents WHERE agent_ref = $1`,
      values: [ref],
    });
    return rows[0] ?? null;
  }

  async findById(id: string): Promise<Agent | null> {
    const { rows } = await this.pool.query<AgentRow>({
      name: 'agent_by_id',
      text: `SELECT ${COLUMNS} FROM agents WHERE id = $1`,
      values: [id],
    });
    return rows[0] ?? null;
  }

  /** Keeps the row from being changed until the transaction ends, and others from holding it too. */
  async holdById(tx: EntityManager, id: string): Promise<Agent | null> {
    const text = `SELECT ${COLUMNS} FROM agents WHERE id = $1 FOR NO KEY UPDATE`;
    const [row] = await prepared<AgentRow & Record<string, unknown>>(tx, { name: 'agent_hold', text }, [id]);
    return row ?? null;
  }

  /** Locks the row, so that two changes of one agent follow each other. */
  async lockByRef(tx: EntityManager, ref: string): Promise<Agent | null> {
    const row = await tx.findOne(AgentEntity, { where: { agentRef: ref }, lock: { mode: 'pessimistic_write' } });
    return row === null ? null : toAgent(row);
  }

  /** False when the reference or the pseudonym is taken: by us, or by who came in between. */
  async insert(tx: EntityManager, ref: string, pseudonym: string, details: AgentDetails, now: Date): Promise<boolean> {
    const lists = { skills: [...details.skills], flags: [...details.flags] };
    const row = { id: randomUUID(), agentRef: ref, pseudonym, ...details, ...lists, createdAt: now };
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(AgentEntity)
      .values(row)
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  async update(tx: EntityManager, id: AgentId, details: AgentDetails): Promise<void> {
    const { skills, flags, ...rest } = details;
    await tx.update(AgentEntity, { id }, { ...rest, skills: [...skills], flags: [...flags] });
  }

  /** Heard by every process when the transaction commits. */
  async notify(tx: EntityManager, id: AgentId): Promise<void> {
    await tx.query(`SELECT pg_notify('agents_changed', $1)`, [id]);
  }
}

function toAgent(row: AgentEntity): Agent {
  const { id, agentRef, pseudonym, role, team, isActive, leavesAt, skills, flags } = row;
  return { id: id as AgentId, ref: agentRef, pseudonym, role, team, isActive, leavesAt, skills, flags };
}
