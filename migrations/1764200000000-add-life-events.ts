import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happens in people's lives, and who acts for them by law: filed by one employee, seen by a second, never edited. */
export class AddLifeEvents1764200000000 implements MigrationInterface {
  readonly name = 'AddLifeEvents1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE life_events (
        id uuid CONSTRAINT life_events_pkey PRIMARY KEY,
        person_id uuid NOT NULL,
        kind text NOT NULL,
        -- The event that was none after all, or is over; null = this is an event itself.
        reverses_id uuid,
        occurred_on date NOT NULL,
        -- Who told us, as a kind of person: never a name.
        reported_by text NOT NULL,
        -- A report suspends until then, unless somebody decides before; null = it waits, and suspends nothing.
        suspends_until timestamptz,
        recorded_by uuid NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT life_events_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT life_events_reverses_fkey FOREIGN KEY (reverses_id) REFERENCES life_events (id),
        CONSTRAINT life_events_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES agents (id),
        CONSTRAINT life_events_recorder_key UNIQUE (id, recorded_by),
        CONSTRAINT life_events_kind_check CHECK (kind IN ('death', 'curatele', 'bewind', 'mentorschap', 'bankruptcy',
          'debt_rescheduling', 'separation', 'majority')),
        CONSTRAINT life_events_reported_by_check CHECK (reported_by IN ('holder', 'proxy', 'relative', 'representative',
          'court', 'register', 'other')),
        CONSTRAINT life_events_reversal_check CHECK (reverses_id IS NULL OR suspends_until IS NULL),
        CONSTRAINT life_events_suspends_until_check CHECK (suspends_until > recorded_at)
      );
      CREATE INDEX life_events_person_idx ON life_events (person_id);
      CREATE INDEX life_events_reverses_idx ON life_events (reverses_id) WHERE reverses_id IS NOT NULL;
      CREATE INDEX life_events_recorded_idx ON life_events (recorded_at, id);

      CREATE TABLE representations (
        id uuid CONSTRAINT representations_pkey PRIMARY KEY,
        holder_id uuid NOT NULL,
        representative_id uuid NOT NULL,
        kind text NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        recorded_by uuid NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT representations_holder_fkey FOREIGN KEY (holder_id) REFERENCES people (id),
        CONSTRAINT representations_representative_fkey FOREIGN KEY (representative_id) REFERENCES people (id),
        CONSTRAINT representations_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES agents (id),
        CONSTRAINT representations_recorder_key UNIQUE (id, recorded_by),
        CONSTRAINT representations_kind_check CHECK (kind IN ('curatele', 'bewind', 'mentorschap', 'parental_authority',
          'executor', 'insolvency')),
        CONSTRAINT representations_self_check CHECK (holder_id <> representative_id),
        CONSTRAINT representations_period_check CHECK (starts_at < ends_at)
      );
      CREATE INDEX representations_representative_idx ON representations (representative_id, holder_id);
      CREATE INDEX representations_holder_idx ON representations (holder_id);
      CREATE INDEX representations_recorded_idx ON representations (recorded_at, id);

      -- What lies behind either of them: where the paper is and what it looks like, never the paper.
      CREATE TABLE legal_evidence (
        id uuid CONSTRAINT legal_evidence_pkey PRIMARY KEY,
        life_event_id uuid,
        representation_id uuid,
        form text NOT NULL,
        -- SHA-256 of the file that the organisation keeps.
        file_hash bytea NOT NULL,
        dated_on date NOT NULL,
        -- Source and reference, sealed with the key of the person whom it is about.
        details_sealed bytea NOT NULL,
        filed_by uuid NOT NULL,
        filed_at timestamptz NOT NULL,
        CONSTRAINT legal_evidence_life_event_fkey FOREIGN KEY (life_event_id) REFERENCES life_events (id),
        CONSTRAINT legal_evidence_representation_fkey FOREIGN KEY (representation_id) REFERENCES representations (id),
        CONSTRAINT legal_evidence_filed_by_fkey FOREIGN KEY (filed_by) REFERENCES agents (id),
        CONSTRAINT legal_evidence_filer_key UNIQUE (id, filed_by),
        CONSTRAINT legal_evidence_subject_check CHECK (num_nonnulls(life_event_id, representation_id) = 1),
        CONSTRAINT legal_evidence_form_check CHECK (form IN ('court', 'register', 'notarial', 'other')),
        CONSTRAINT legal_evidence_file_hash_check CHECK (length(file_hash) = 32)
      );
      CREATE INDEX legal_evidence_life_event_idx ON legal_evidence (life_event_id) WHERE life_event_id IS NOT NULL;
      CREATE INDEX legal_evidence_representation_idx ON legal_evidence (representation_id)
        WHERE representation_id IS NOT NULL;

      -- What a second employee made of it. Who recorded it and who filed the proof stand here again, so that the database
      -- itself keeps one employee from doing both.
      CREATE TABLE legal_verdicts (
        id uuid CONSTRAINT legal_verdicts_pkey PRIMARY KEY,
        life_event_id uuid,
        representation_id uuid,
        verdict text NOT NULL,
        recorded_by uuid NOT NULL,
        evidence_id uuid,
        evidence_by uuid,
        -- Null: set aside after a restore that lost something.
        decided_by uuid,
        decided_at timestamptz NOT NULL,
        CONSTRAINT legal_verdicts_life_event_fkey FOREIGN KEY (life_event_id, recorded_by)
          REFERENCES life_events (id, recorded_by),
        CONSTRAINT legal_verdicts_representation_fkey FOREIGN KEY (representation_id, recorded_by)
          REFERENCES representations (id, recorded_by),
        CONSTRAINT legal_verdicts_evidence_fkey FOREIGN KEY (evidence_id, evidence_by)
          REFERENCES legal_evidence (id, filed_by),
        CONSTRAINT legal_verdicts_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES agents (id),
        CONSTRAINT legal_verdicts_subject_check CHECK (num_nonnulls(life_event_id, representation_id) = 1),
        CONSTRAINT legal_verdicts_verdict_check CHECK (verdict IN ('approved', 'rejected')
          OR (verdict = 'revoked' AND representation_id IS NOT NULL)),
        CONSTRAINT legal_verdicts_four_eyes_check CHECK (verdict <> 'approved' OR (evidence_id IS NOT NULL
          AND evidence_by IS NOT NULL AND decided_by IS NOT NULL AND decided_by <> recorded_by AND decided_by <> evidence_by))
      );
      -- Nobody decides twice.
      CREATE UNIQUE INDEX legal_verdicts_life_event_key ON legal_verdicts (life_event_id) WHERE life_event_id IS NOT NULL;
      CREATE UNIQUE INDEX legal_verdicts_representation_key ON legal_verdicts (representation_id, (verdict = 'revoked'))
        WHERE representation_id IS NOT NULL;
      GRANT SELECT, INSERT ON life_events, representations, legal_evidence, legal_verdicts TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE legal_verdicts, legal_evidence, representations, life_events');
  }
}
