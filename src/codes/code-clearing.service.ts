import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { CodeClearingRepository } from './code-clearing.repository.ts';

const HOUR = 3_600_000;

/** What counts no more by itself goes, also of people who never come back. */
@Injectable()
export class CodeClearing {
  private readonly logger = new Logger(CodeClearing.name);

  constructor(private readonly repository: CodeClearingRepository) {}

  /** Never fails: what couldn't be cleared is tried again an hour later. Of several processes each takes what it finds. */
  @Interval(HOUR)
  async clear(): Promise<void> {
    try {
      await this.repository.clearBudgets();
      await this.repository.clearClaims();
    } catch (error) {
      this.logger.warn({ event: 'past_budgets_not_cleared', err: error });
    }
  }
}
