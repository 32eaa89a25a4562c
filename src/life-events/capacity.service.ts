import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { AppError } from '../errors.ts';
import { CapacityRepository } from './capacity.repository.ts';

/** Whether somebody can still give anything by their own word. Apart from the rest of this room, so that mandates can ask. */
@Injectable()
export class Capacity {
  constructor(private readonly repository: CapacityRepository) {}

  /**
   * In the transaction that gives something: an event that is recorded at the same time waits for it, or is seen.
   *
   * @throws AppError `forbidden` for who died or is under guardianship, proven or reported
   */
  async requireOwnWord(tx: EntityManager, now: Date, personId: string): Promise<void> {
    if (!(await this.repository.hasLostOwnWord(tx, now, personId))) return;
    throw new AppError(
      'forbidden',
      'This holder can give no mandate: a death or a guardianship (curatele) is recorded or reported. If that is not right, have it reversed first.',
    );
  }
}
