import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Pool } from 'pg';

import { PG_POOL } from '../database/database.module.ts';
import { metrics } from '../http/metrics.ts';
import { prepareMonths, tidyIndex } from './partitions.repository.ts';

/** So that a service whose database refuses for weeks still has the month that begins then. */
const MONTHS_AHEAD = 3;
const HOUR = 3_600_000;
/** Often enough that little waits: an append that finds more than 4 MB has to sort it in itself, and others wait for it. */
const TIDY = 5_000;

/** Sees to it that the months of the audit's table exist before their first record does. */
@Injectable()
export class AuditPartitions implements OnModuleInit {
  private readonly logger = new Logger(AuditPartitions.name);

  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** At the start, and every six hours after it; every process does, and the first one makes them. */
  @Interval(6 * HOUR)
  async prepare(): Promise<void> {
    try {
      const client = await this.pool.connect();
      try {
        const made = await prepareMonths(client, MONTHS_AHEAD);
        metrics.auditMonths.setToCurrentTime();
        if (made > 0) this.logger.log({ event: 'audit_months_made', count: made });
      } finally {
        client.release();
      }
    } catch (error) {
      // There are months for weeks to come, and behind them the partition for everything else: nothing is lost yet.
      this.logger.warn({ event: 'audit_months_not_made', err: error });
    }
  }

  /** Beside the appends; when nothing waits, it is nothing. */
  @Interval(TIDY)
  async tidy(): Promise<void> {
    try {
      await tidyIndex(this.pool);
    } catch (error) {
      // It begins again where it was: what waits is found all the same, only more slowly.
      this.logger.debug({ event: 'audit_index_not_tidied', err: error });
    }
  }

  async onModuleInit(): Promise<void> {
    await this.prepare();
  }
}
