import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../database/prepared.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyHash } from '../policy/ids.ts';
import { PolicyActivationEntity } from './policy-activation.entity.ts';
import { PolicyEntity } from './policy.entity.ts';

/** Two processes that load at once follow each other, so that both see what the other published. */
const LOAD_LOCK = '7310593858020254333';

@Injectable()
export class PolicyDocumentsRepository {
  /** Held until the transaction ends. */
  async lock(tx: EntityManager): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(${LOAD_LOCK})`);
  }

  /** The policy in force; null before the first one. */
  async activeHash(manager: EntityManager): Promise<PolicyHash | null> {
    const [newest] = await prepared<{ hash: PolicyHash }>(
      manager,
      { name: 'policies-active', text: 'SELECT hash FROM policy_activations ORDER BY id DESC LIMIT 1' },
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

  /** Keeps the document if it is new, and brings it into force. */
  async activate(tx: EntityManager, { hash, name }: Policy, document: string, now: Date): Promise<void> {
    await tx
      .createQueryBuilder()
      .insert()
      .into(PolicyEntity)
      .values({ hash, name, document, loadedAt: now })
      .orIgnore()
      .execute();
    await tx.insert(PolicyActivationEntity, { hash, activatedAt: now });
  }
}
