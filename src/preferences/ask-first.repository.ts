import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';

import { AskFirstEntity } from './ask-first.entity.ts';

@Injectable()
export class AskFirstRepository {
  /** Names of scopes, in the order of the alphabet. */
  async list(manager: EntityManager, personId: string): Promise<string[]> {
    const rows = await manager.find(AskFirstEntity, { where: { personId }, order: { scope: 'ASC' } });
    return rows.map(({ scope }) => scope);
  }

  async add(tx: EntityManager, personId: string, scopes: readonly string[], now: Date): Promise<void> {
    if (scopes.length === 0) return;
    await tx.insert(
      AskFirstEntity,
      scopes.map((scope) => ({ personId, scope, chosenAt: now })),
    );
  }

  async remove(tx: EntityManager, personId: string, scopes: readonly string[]): Promise<void> {
    await tx.delete(AskFirstEntity, { personId, scope: In([...scopes]) });
  }
}
