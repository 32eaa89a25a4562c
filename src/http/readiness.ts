import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { AppError } from '../errors.ts';
import { OutboxRunner } from '../messages/outbox.runner.ts';

/** Fails when what it looks at isn't fit for work. */
type Check = () => Promise<void> | void;

/** A probe gets its answer within this, whatever the database does. Milliseconds. */
const CHECK_TIMEOUT = 2_000;

/** What has to be well before this process is sent requests. */
@Injectable()
export class Readiness {
  readonly #checks = new Map<string, Check>();

  constructor(
    private readonly indicators: HealthIndicatorService,
    dataSource: DataSource,
    outbox: OutboxRunner,
  ) {
    this.#checks.set('database', async () => {
      await dataSource.query('SELECT 1');
    });
    this.#checks.set('migrations', async () => {
      const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
      const known = new Set(rows.map(({ name }) => name));
      if (!dataSource.migrations.every(({ name }) => name !== undefined && known.has(name))) throw new Error('missing');
    });
    this.#checks.set('outbox', () => {
      if (!outbox.isRunning) throw new Error('stopped');
    });
  }

  /**
   * @returns the names of what was checked
   * @throws AppError `unavailable`, naming what isn't well and nothing more
   */
  async check(): Promise<string[]> {
    const results = await Promise.all(
      [...this.#checks].map(async ([name, check]) => {
        const result = await this.indicators
          .check(name)
          .attempt(async () => {
            await check();
          })
          .withTimeout(CHECK_TIMEOUT);
        return { name, isWell: result[name]?.status === 'up' };
      }),
    );
    const faults = results
      .filter(({ isWell }) => !isWell)
      .map(({ name }) => ({ pointer: `/${name}`, detail: 'is not well' }));
    if (faults.length > 0) throw new AppError('unavailable', 'Not ready.', { faults });
    return results.map(({ name }) => name);
  }
}
