import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { CallsRepository } from './calls.repository.ts';

const HOUR = 3_600_000;

/** What unknown callers said of themselves serves their budgets, and nothing after those. */
@Injectable()
export class ClaimClearing {
  private readonly logger = new Logger(ClaimClearing.name);

  constructor(private readonly repository: CallsRepository) {}

  /** Never fails: what couldn't be cleared is tried again an hour later. Of several processes each takes what it finds. */
  @Interval(HOUR)
  async clear(): Promise<void> {
    try {
      await this.repository.clearClaims();
    } catch (error) {
      this.logger.warn({ event: 'past_claims_not_cleared', err: error });
    }
  }
}
