import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../database/prepared.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyHash } from '../policy/ids.ts';
import { PolicyActivationEntity } from './policy-activation.entity.ts';
import { PolicyEntity } from './policy.entity.ts';
import { policyInForceSql } from './policy-in-force.ts';

/** Two processes that load at once follow each other, so that both see what the other published. */
const LOAD_LOCK = '7310593858020254333';

/** A policy's moment, behind or ahead. */
export interface Activation {
  readonly id: string;
  readonly hash: PolicyHash;
  readonly name: string;
  readonly startsAt: Date;
  /** Its moment has not come yet. */
  readonly isAhead: boolean;
  readonly cancelledAt: Date | null;
}

const ACTIVATIONS = `SELECT a.id::text, a.hash, p.name, a.activated_at AS "startsAt",
    a.activated_at > statement_timestamp() AS "isAhead", a.cancelled_at AS "cancelledAt"
  FROM policy_activations a JOIN policies p ON p.hash = a.hash`;

@Injectable()
export class PolicyDocumentsRepository {
  /** Held until the transaction ends. */
  async lock(tx: EntityManager): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(${LOAD_LOCK})`);
  }

  /** To the millisecond. */
  async clock(tx: EntityManager): Promise<Date> {
    const [row] = await tx.query<{ now: Date }[]>("SELECT date_trunc('milliseconds', clock_timestamp()) AS now");
    if (row === undefined) throw new Error('The database tells no time.');
    return row.now;
  }

  /** The policy in force; null before the first one. */
  async activeHash(manager: EntityManager): Promise<PolicyHash | null> {
    const [newest] = await prepared<{ hash: PolicyHash }>(
      manager,
      { name: 'policies-active', text: policyInForceSql('statement_timestamp()') },
      [],
    );
    return newest?.hash ?? null;
  }

  async findDocument(manager: EntityManager, hash: PolicyHash): Promise<string | null> {
    const row = await manager.findOne(PolicyEntity, { select: { document: true }, where: { hash } });
    return row?.document ?? null;
  }

  /** The hashes of every policy that was ever in force. */
  async allHashes(manager: EntityManager): Promise<readonly PolicyHash[]> {
    const rows = await manager.find(PolicyEntity, { select: { hash: true }, order: { loadedAt: 'ASC', hash: 'ASC' } });
    return rows.map(({ hash }) => hash as PolicyHash);
  }

  /** Keeps the document, if it is new. */
  async keep(tx: EntityManager, { hash, name }: Policy, document: string, now: Date): Promise<void> {
    await tx
      .createQueryBuilder()
      .insert()
      .into(PolicyEntity)
      .values({ hash, name, document, loadedAt: now })
      .orIgnore()
      .execute();
  }

  /** Brings a policy that is kept into force at that moment. Answers the activation's id. */
  async activate(tx: EntityManager, hash: PolicyHash, startsAt: Date): Promise<string> {
    const { identifiers } = await tx.insert(PolicyActivationEntity, { hash, activatedAt: startsAt });
    return String(identifiers[0]?.['id']);
  }

  /** What comes and what was, the latest first. */
  async activations(manager: EntityManager, limit: number): Promise<readonly Activation[]> {
    return manager.query<Activation[]>(`${ACTIVATIONS} ORDER BY a.activated_at DESC, a.id DESC LIMIT $1`, [limit]);
  }

  /** Null: there is none with this id. */
  async activation(tx: EntityManager, id: string): Promise<Activation | null> {
    const [found] = await tx.query<Activation[]>(`${ACTIVATIONS} WHERE a.id = $1`, [id]);
    return found ?? null;
  }

  async cancel(tx: EntityManager, id: string, now: Date): Promise<void> {
    await tx.update(PolicyActivationEntity, { id }, { cancelledAt: now });
  }
}
