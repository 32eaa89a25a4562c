import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was recorded about one person is found without reading a month: for people who look at their own activity. A new month
 * gets the index when it is attached, as it gets the others.
 *
 * Built beside the writers, month by month: building it in place would stop every append for as long as it takes. So there
 * is no transaction, and what an earlier try left half done goes first.
 */
export class IndexRecordsByPerson1764130000000 implements MigrationInterface {
  readonly name = 'IndexRecordsByPerson1764130000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // It waits for who reads, and nobody waits for it.
    await runner.query('SET lock_timeout = 0');
    try {
      // What was recorded about this person? New entries wait in a list of the index, so that an append costs next to nothing
      // more; audit_records_tidy sorts them in.
      await runner.query(
        'CREATE INDEX IF NOT EXISTS audit_records_person_idx ON ONLY audit_records USING gin (person_ids)',
      );
      for (const { month } of await this.monthsWithout(runner)) {
        const index = `${month}_person_ids_idx`;
        await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`);
        await runner.query(`CREATE INDEX CONCURRENTLY ${index} ON ${month} USING gin (person_ids)`);
        await runner.query(`ALTER INDEX audit_records_person_idx ATTACH PARTITION ${index}`);
      }
    } finally {
      await runner.query('RESET lock_timeout');
    }
    await runner.query(`
      -- Sorts in what waits in the index, while others append. With the owner's rights: nobody else may. One at a time.
      CREATE OR REPLACE FUNCTION audit_records_tidy() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, public, pg_temp AS $$
      BEGIN
        IF NOT pg_try_advisory_xact_lock(7310593858020254340) THEN RETURN; END IF;
        PERFORM gin_clean_pending_list(inhrelid) FROM pg_inherits
          WHERE inhparent = 'public.audit_records_person_idx'::regclass;
      END $$;
      REVOKE EXECUTE ON FUNCTION audit_records_tidy FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION audit_records_tidy TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION audit_records_tidy; DROP INDEX audit_records_person_idx');
  }

  /** Partitions whose index is not part of the whole one yet. */
  private monthsWithout(runner: QueryRunner): Promise<{ month: string }[]> {
    return runner.query(`
      SELECT m.inhrelid::regclass::text AS month FROM pg_inherits m
      WHERE m.inhparent = 'audit_records'::regclass AND NOT EXISTS (
        SELECT FROM pg_index x JOIN pg_inherits i ON i.inhrelid = x.indexrelid
        WHERE x.indrelid = m.inhrelid AND i.inhparent = 'audit_records_person_idx'::regclass)
      ORDER BY 1`);
  }
}
