import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mandates that an employee took down for the holder, on the phone or from paper: a second one looks before anybody is asked. */
export class AddRegistrations1764310000000 implements MigrationInterface {
  readonly name = 'AddRegistrations1764310000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registrations (
        id uuid CONSTRAINT registrations_pkey PRIMARY KEY,
        mandate_id uuid NOT NULL,
        form text NOT NULL,
        -- SHA-256 of the paper that the organisation keeps; null = it was said on the phone.
        file_hash bytea,
        -- In which it was said; null = it came on paper.
        call_id uuid,
        -- The road of the code with which the holder says yes.
        route text NOT NULL,
        registered_by uuid NOT NULL,
        registered_at timestamptz NOT NULL,
        CONSTRAINT registrations_mandate_key UNIQUE (mandate_id),
        CONSTRAINT registrations_recorder_key UNIQUE (id, registered_by),
        CONSTRAINT registrations_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES mandates (id),
        CONSTRAINT registrations_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        CONSTRAINT registrations_registered_by_fkey FOREIGN KEY (registered_by) REFERENCES agents (id),
        CONSTRAINT registrations_form_check CHECK (form IN ('oral', 'email', 'letter')),
        CONSTRAINT registrations_source_check CHECK ((form = 'oral') = (call_id IS NOT NULL)
          AND (form = 'oral') = (file_hash IS NULL) AND length(file_hash) = 32),
        CONSTRAINT registrations_route_check CHECK (route IN ('sms', 'voice', 'letter'))
      );
      -- What waits for a second employee, the oldest first?
      CREATE INDEX registrations_registered_idx ON registrations (registered_at, id);

      -- Who took it down stands here again, so that the database itself keeps one employee from doing both.
      CREATE TABLE registration_verdicts (
        registration_id uuid CONSTRAINT registration_verdicts_pkey PRIMARY KEY,
        verdict text NOT NULL,
        registered_by uuid NOT NULL,
        decided_by uuid NOT NULL,
        decided_at timestamptz NOT NULL,
        CONSTRAINT registration_verdicts_registration_fkey FOREIGN KEY (registration_id, registered_by)
          REFERENCES registrations (id, registered_by),
        CONSTRAINT registration_verdicts_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES agents (id),
        CONSTRAINT registration_verdicts_verdict_check CHECK (verdict IN ('approved', 'rejected')),
        CONSTRAINT registration_verdicts_four_eyes_check CHECK (verdict <> 'approved' OR decided_by <> registered_by)
      );
      GRANT SELECT, INSERT ON registrations, registration_verdicts TO mandaat_app;

      -- Whatever else proves it: before a second employee has looked, it is a draft or it is over.
      CREATE FUNCTION mandates_need_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM registrations r WHERE r.mandate_id = NEW.id AND NOT EXISTS (
          SELECT FROM registration_verdicts v WHERE v.registration_id = r.id AND v.verdict = 'approved')) THEN
          RAISE EXCEPTION 'nobody else has looked at this registration'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mandates_four_eyes_check';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER mandates_need_four_eyes BEFORE UPDATE OF state ON mandates FOR EACH ROW
        WHEN (OLD.state = 'draft' AND NEW.state NOT IN ('draft', 'ended')) EXECUTE FUNCTION mandates_need_four_eyes();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER mandates_need_four_eyes ON mandates;
      DROP FUNCTION mandates_need_four_eyes();
      DROP TABLE registration_verdicts, registrations;
    `);
  }
}
