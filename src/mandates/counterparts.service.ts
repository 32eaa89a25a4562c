import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HoldersService } from '../holders/holders.service.ts';
import { CounterpartsRepository, type LiveMandate } from './counterparts.repository.ts';

/** The people on the other side of somebody's mandates: who may be told to them by name. */
@Injectable()
export class CounterpartsService {
  constructor(
    private readonly holders: HoldersService,
    private readonly repository: CounterpartsRepository,
  ) {}

  /** Names of those of `others` whom this person knows by a mandate. Erased ones have none. */
  async names(
    manager: EntityManager,
    personId: string,
    others: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    if (others.length === 0) return new Map();
    const names = new Map<string, string>();
    for (const id of await this.repository.among(manager, personId, others)) {
      const { name } = await this.holders.describe(manager, id);
      if (name !== null) names.set(id, name);
    }
    return names;
  }

  /** What this holder gave one of `proxyIds` and could still take away. */
  live(manager: EntityManager, holderId: string, proxyIds: readonly string[]): Promise<readonly LiveMandate[]> {
    return proxyIds.length === 0 ? Promise.resolve([]) : this.repository.live(manager, holderId, proxyIds);
  }
}
