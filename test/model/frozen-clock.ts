import { Client } from 'pg';

import type { TestDatabase } from '../support/database.ts';

/** Every way to ask PostgreSQL what time it is but the keywords, which nothing can stand before. */
const CLOCKS = ['clock_timestamp', 'statement_timestamp', 'transaction_timestamp', 'now'];

/**
 * The database's own clock, standing still until it is moved: functions of the same names stand before PostgreSQL's in
 * the search path of every connection made after `install`. Nothing in the service knows of it, and every edge of every
 * period can be stood on to the millisecond.
 */
export class FrozenClock {
  private constructor(
    private readonly owner: Client,
    /** Where it stood first: after everything that was there. */
    readonly start: number,
  ) {}

  static async install({ name, appUrl, ownerUrl }: TestDatabase): Promise<FrozenClock> {
    const start = Date.now() + 60_000;
    const role = decodeURIComponent(new URL(appUrl).username);
    const owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    await owner.query(`
      CREATE SCHEMA frozen;
      CREATE TABLE frozen.dial (at timestamptz NOT NULL);
      INSERT INTO frozen.dial VALUES (to_timestamp(${start} / 1000.0));
      ${CLOCKS.map((name) => `CREATE FUNCTION frozen.${name}() RETURNS timestamptz LANGUAGE sql AS 'SELECT at FROM frozen.dial';`).join('\n')}
      GRANT USAGE ON SCHEMA frozen TO ${role};
      GRANT SELECT ON frozen.dial TO ${role};
      ALTER DATABASE ${name} SET search_path = frozen, pg_catalog, public;
    `);
    return new FrozenClock(owner, start);
  }

  async close(): Promise<void> {
    await this.owner.end();
  }

  async set(at: number): Promise<void> {
    await this.owner.query('UPDATE frozen.dial SET at = to_timestamp($1 / 1000.0)', [at]);
  }
}
