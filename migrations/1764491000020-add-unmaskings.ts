import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who an agent really is, told to one employee after another one agreed. */
export class AddUnmaskings1764491000020 implements MigrationInterface {
  readonly name = 'AddUnmaskings1764491000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE unmaskings (
        id uuid CONSTRAINT unmaskings_pkey PRIMARY KEY,
        -- The agent behind the pseudonym.
        subject_id uuid NOT NULL,
        -- Of a closed list, and the organisation's own number: no text, in which people would be named.
        reason text NOT NULL,
        case_ref text NOT NULL,
        asked_by uuid NOT NULL,
        asked_at timestamptz NOT NULL,
        CONSTRAINT unmaskings_asker_key UNIQUE (id, asked_by, subject_id),
        CONSTRAINT unmaskings_subject_fkey FOREIGN KEY (subject_id) REFERENCES agents (id),
        CONSTRAINT unmaskings_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES agents (id),
        CONSTRAINT unmaskings_reason_check CHECK (reason IN ('complaint', 'incident', 'legal_claim', 'authority'))
      );
      -- What waits for a second employee, and what was asked lately?
      CREATE INDEX unmaskings_asked_idx ON unmaskings (asked_at, id);

      -- Who asked, and about whom, stands here again, so that the database itself keeps one employee from doing both.
      CREATE TABLE unmasking_verdicts (
        unmasking_id uuid CONSTRAINT unmasking_verdicts_pkey PRIMARY KEY,
        verdict text NOT NULL,
        asked_by uuid NOT NULL,
        subject_id uuid NOT NULL,
        decided_by uuid NOT NULL,
        decided_at timestamptz NOT NULL,
        CONSTRAINT unmasking_verdicts_unmasking_fkey FOREIGN KEY (unmasking_id, asked_by, subject_id)
          REFERENCES unmaskings (id, asked_by, subject_id),
        CONSTRAINT unmasking_verdicts_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES agents (id),
        CONSTRAINT unmasking_verdicts_verdict_check CHECK (verdict IN ('approved', 'rejected')),
        CONSTRAINT unmasking_verdicts_four_eyes_check CHECK (verdict <> 'approved' OR decided_by <> asked_by),
        -- Nobody says yes or no about themselves.
        CONSTRAINT unmasking_verdicts_subject_check CHECK (decided_by <> subject_id)
      );
      GRANT SELECT, INSERT ON unmaskings, unmasking_verdicts TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unmasking_verdicts, unmaskings');
  }
}
