import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People, contracts, mandates, calls, codes, executions, messages, keys, policies and the audit chain. */
export class CreateFoundation1763700000000 implements MigrationInterface {
  readonly name = 'CreateFoundation1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE EXTENSION IF NOT EXISTS btree_gist;

      -- The application logs in as a member of this role. It owns nothing: what it may do is granted below.
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mandaat_app') THEN
          CREATE ROLE mandaat_app NOLOGIN;
        END IF;
      END $$;

      CREATE TABLE people (
        id uuid PRIMARY KEY,
        crm_ref text NOT NULL,
        kind text NOT NULL,
        -- Sealed with the person's own key; erasure destroys that key. Null after erasure.
        name_sealed bytea,
        name_index bytea,
        key_wrapped bytea,
        key_ring_id text,
        language text NOT NULL,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT people_crm_ref_key UNIQUE (crm_ref),
        CONSTRAINT people_crm_ref_check CHECK (crm_ref <> '' AND length(crm_ref) <= 64),
        CONSTRAINT people_kind_check CHECK (kind IN ('person', 'organisation', 'software')),
        CONSTRAINT people_language_check CHECK (language IN ('nl', 'en'))
      );

      -- History is kept: a change ends one row and begins another.
      CREATE TABLE contact_points (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL,
        kind text NOT NULL,
        value_sealed bytea NOT NULL,
        value_index bytea NOT NULL,
        verified_at timestamptz,
        changed_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT contact_points_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT contact_points_kind_check CHECK (kind IN ('phone', 'email', 'postal')),
        CONSTRAINT contact_points_period_check CHECK (ended_at >= changed_at)
      );
      -- The contact points of a person, now and before; and one address of record.
      CREATE INDEX contact_points_person_idx ON contact_points (person_id, kind);
      CREATE UNIQUE INDEX contact_points_live_key ON contact_points (person_id, kind, value_index) WHERE ended_at IS NULL;
      CREATE UNIQUE INDEX contact_points_postal_key ON contact_points (person_id) WHERE kind = 'postal' AND ended_at IS NULL;
      -- Who calls from this number?
      CREATE INDEX contact_points_value_idx ON contact_points (value_index) WHERE ended_at IS NULL;

      CREATE TABLE contracts (
        id uuid PRIMARY KEY,
        contract_ref text NOT NULL,
        joint_rule text NOT NULL,
        -- What conditions read: product, status. Never personal data.
        properties jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT contracts_contract_ref_key UNIQUE (contract_ref),
        CONSTRAINT contracts_contract_ref_check CHECK (contract_ref <> '' AND length(contract_ref) <= 64),
        CONSTRAINT contracts_joint_rule_check CHECK (joint_rule IN ('any', 'all'))
      );

      CREATE TABLE contract_holders (
        contract_id uuid NOT NULL,
        holder_id uuid NOT NULL,
        position integer NOT NULL,
        CONSTRAINT contract_holders_pkey PRIMARY KEY (contract_id, holder_id),
        CONSTRAINT contract_holders_contract_fkey FOREIGN KEY (contract_id) REFERENCES contracts (id),
        CONSTRAINT contract_holders_holder_fkey FOREIGN KEY (holder_id) REFERENCES people (id)
      );
      -- The contracts of a holder: a grant may name only these.
      CREATE INDEX contract_holders_holder_idx ON contract_holders (holder_id);

      CREATE TABLE agents (
        id uuid PRIMARY KEY,
        agent_ref text NOT NULL,
        -- What holders see instead of a name.
        pseudonym text NOT NULL,
        role text NOT NULL,
        team text,
        is_active boolean NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL,
        CONSTRAINT agents_agent_ref_key UNIQUE (agent_ref),
        CONSTRAINT agents_pseudonym_key UNIQUE (pseudonym),
        CONSTRAINT agents_agent_ref_check CHECK (agent_ref <> '' AND length(agent_ref) <= 64)
      );

      CREATE TABLE api_keys (
        id text PRIMARY KEY,
        name text NOT NULL,
        scope text NOT NULL,
        -- Strength of a session opened with this key: nothing registered with it counts for more.
        strength integer NOT NULL,
        secret_hash bytea NOT NULL,
        -- A key of one agent; null = the caller names the agent on each request.
        agent_id uuid,
        -- The key that this one replaces; both live until the old one expires.
        rotated_from text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        CONSTRAINT api_keys_scope_check CHECK (scope IN ('agent', 'crm', 'admin', 'privacy')),
        CONSTRAINT api_keys_strength_check CHECK (strength BETWEEN 0 AND 4),
        CONSTRAINT api_keys_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        CONSTRAINT api_keys_rotated_from_fkey FOREIGN KEY (rotated_from) REFERENCES api_keys (id),
        CONSTRAINT api_keys_period_check CHECK (expires_at > created_at)
      );
      -- A key is rotated once: two live at a time, never three.
      CREATE UNIQUE INDEX api_keys_rotated_from_key ON api_keys (rotated_from) WHERE revoked_at IS NULL;

      CREATE TABLE policies (
        hash text PRIMARY KEY,
        name text NOT NULL,
        document text NOT NULL,
        loaded_at timestamptz NOT NULL,
        CONSTRAINT policies_hash_check CHECK (hash ~ '^[0-9a-f]{64}$')
      );
      -- Which policy was in force since when; the newest row rules.
      CREATE TABLE policy_activations (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        hash text NOT NULL,
        activated_at timestamptz NOT NULL,
        CONSTRAINT policy_activations_hash_fkey FOREIGN KEY (hash) REFERENCES policies (hash)
      );

      CREATE TABLE calls (
        id uuid PRIMARY KEY,
        channel text NOT NULL,
        contract_id uuid NOT NULL,
        agent_id uuid NOT NULL,
        claim text NOT NULL,
        -- Whom the claim points at; null = nobody we know.
        caller_id uuid,
        case_ref text,
        language text NOT NULL,
        opened_at timestamptz NOT NULL,
        -- Hard end, whatever happens.
        ends_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT calls_channel_check
          CHECK (channel IN ('phone', 'chat', 'whatsapp', 'email', 'video', 'desk', 'letter', 'social')),
        CONSTRAINT calls_claim_check CHECK (claim IN ('holder', 'proxy')),
        CONSTRAINT calls_language_check CHECK (language IN ('nl', 'en')),
        CONSTRAINT calls_period_check CHECK (ends_at > opened_at AND ended_at >= opened_at),
        CONSTRAINT calls_contract_fkey FOREIGN KEY (contract_id) REFERENCES contracts (id),
        CONSTRAINT calls_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        CONSTRAINT calls_caller_fkey FOREIGN KEY (caller_id) REFERENCES people (id)
      );

      CREATE TABLE mandates (
        id uuid PRIMARY KEY,
        -- What people read out on the phone.
        mandate_ref text NOT NULL,
        holder_id uuid NOT NULL,
        proxy_id uuid NOT NULL,
        state text NOT NULL,
        ending text,
        is_silent boolean NOT NULL DEFAULT false,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        -- The end that was asked for, while an unconfirmed oral mandate ends before it; null = ends_at is what was asked.
        asked_ends_at timestamptz,
        revision integer NOT NULL DEFAULT 1,
        terms_revision integer NOT NULL DEFAULT 1,
        -- Oral mandates count in this call alone until confirmed.
        call_id uuid,
        created_at timestamptz NOT NULL,
        -- The proxy types the acceptance code before this moment.
        accept_before timestamptz,
        acceptance_tries integer NOT NULL DEFAULT 0,
        -- The key that the acceptance code is derived with; a rotation leaves the codes that were sent as they are.
        acceptance_key_id text,
        accepted_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT mandates_mandate_ref_key UNIQUE (mandate_ref),
        CONSTRAINT mandates_state_check CHECK (state IN ('draft', 'pending_acceptance', 'active', 'suspended', 'ended')),
        CONSTRAINT mandates_ending_check CHECK (
          (state = 'ended') = (ending IS NOT NULL) AND (state = 'ended') = (ended_at IS NOT NULL)
          AND ending IN ('expired', 'withdrawn_by_holder', 'renounced_by_proxy', 'refused_by_organisation', 'life_event')
        ),
        CONSTRAINT mandates_pair_check CHECK (holder_id <> proxy_id),
        CONSTRAINT mandates_period_check CHECK (
          ends_at > starts_at AND asked_ends_at > ends_at
          AND coalesce(asked_ends_at, ends_at) <= starts_at + interval '5 years'
        ),
        CONSTRAINT mandates_acceptance_check
          CHECK (state <> 'pending_acceptance' OR (accept_before IS NOT NULL AND acceptance_key_id IS NOT NULL)),
        CONSTRAINT mandates_revision_check CHECK (terms_revision BETWEEN 1 AND revision),
        CONSTRAINT mandates_acceptance_tries_check CHECK (acceptance_tries BETWEEN 0 AND 5),
        CONSTRAINT mandates_holder_fkey FOREIGN KEY (holder_id) REFERENCES people (id),
        CONSTRAINT mandates_proxy_fkey FOREIGN KEY (proxy_id) REFERENCES people (id),
        CONSTRAINT mandates_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id)
      );
      -- What may this caller do for these holders?
      CREATE INDEX mandates_proxy_idx ON mandates (proxy_id, holder_id);
      -- Which mandates did this holder give?
      CREATE INDEX mandates_holder_idx ON mandates (holder_id);

      CREATE TABLE mandate_scopes (
        mandate_id uuid NOT NULL,
        scope text NOT NULL,
        -- The version of the scope's text that the holder saw.
        scope_version integer NOT NULL,
        -- Copies from the mandate, kept equal by a trigger, so that the constraint below can see them.
        holder_id uuid NOT NULL,
        proxy_id uuid NOT NULL,
        period tstzrange NOT NULL,
        is_live boolean NOT NULL,
        CONSTRAINT mandate_scopes_pkey PRIMARY KEY (mandate_id, scope),
        CONSTRAINT mandate_scopes_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES mandates (id),
        -- Two live mandates for one pair and one scope cannot exist, whoever races.
        CONSTRAINT mandate_scopes_overlap_excl
          EXCLUDE USING gist (holder_id WITH =, proxy_id WITH =, scope WITH =, period WITH &&) WHERE (is_live)
      );

      CREATE FUNCTION mandate_scopes_copy() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        -- The whole time asked for: confirming an oral mandate must never meet a later one.
        SELECT m.holder_id, m.proxy_id, tstzrange(m.starts_at, coalesce(m.asked_ends_at, m.ends_at)), m.state <> 'ended'
          INTO NEW.holder_id, NEW.proxy_id, NEW.period, NEW.is_live
          FROM mandates m WHERE m.id = NEW.mandate_id;
        RETURN NEW;
      END $$;
      CREATE TRIGGER mandate_scopes_copy BEFORE INSERT OR UPDATE ON mandate_scopes
        FOR EACH ROW EXECUTE FUNCTION mandate_scopes_copy();
      CREATE FUNCTION mandates_spread() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE mandate_scopes SET is_live = is_live WHERE mandate_id = NEW.id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER mandates_spread AFTER UPDATE OF starts_at, ends_at, asked_ends_at, state ON mandates
        FOR EACH ROW EXECUTE FUNCTION mandates_spread();
      -- An ended mandate stays ended.
      CREATE FUNCTION mandates_refuse_revival() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'an ended mandate stays ended' USING ERRCODE = 'check_violation', CONSTRAINT = 'mandates_revival_check';
      END $$;
      CREATE TRIGGER mandates_refuse_revival BEFORE UPDATE ON mandates
        FOR EACH ROW WHEN (OLD.state = 'ended') EXECUTE FUNCTION mandates_refuse_revival();

      CREATE TABLE mandate_contracts (
        mandate_id uuid NOT NULL,
        contract_id uuid NOT NULL,
        CONSTRAINT mandate_contracts_pkey PRIMARY KEY (mandate_id, contract_id),
        CONSTRAINT mandate_contracts_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES mandates (id),
        CONSTRAINT mandate_contracts_contract_fkey FOREIGN KEY (contract_id) REFERENCES contracts (id)
      );

      CREATE TABLE mandate_evidence (
        id uuid PRIMARY KEY,
        mandate_id uuid NOT NULL,
        terms_revision integer NOT NULL,
        form text NOT NULL,
        session_strength integer NOT NULL,
        -- Where the proof lies: a document number, a register's reference, the code's id. Never personal data.
        reference text,
        registered_by text NOT NULL,
        registered_at timestamptz NOT NULL,
        CONSTRAINT mandate_evidence_form_check
          CHECK (form IN ('oral', 'email', 'letter', 'code', 'portal', 'eid', 'notarial', 'court')),
        CONSTRAINT mandate_evidence_session_strength_check CHECK (session_strength BETWEEN 0 AND 4),
        CONSTRAINT mandate_evidence_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES mandates (id)
      );
      -- The evidence of a mandate, at decision time.
      CREATE INDEX mandate_evidence_mandate_idx ON mandate_evidence (mandate_id);

      CREATE TABLE blocks (
        id uuid PRIMARY KEY,
        holder_id uuid NOT NULL,
        caller_id uuid NOT NULL,
        blocked_at timestamptz NOT NULL,
        lifted_at timestamptz,
        CONSTRAINT blocks_holder_fkey FOREIGN KEY (holder_id) REFERENCES people (id),
        CONSTRAINT blocks_caller_fkey FOREIGN KEY (caller_id) REFERENCES people (id)
      );
      CREATE UNIQUE INDEX blocks_live_key ON blocks (caller_id, holder_id) WHERE lifted_at IS NULL;

      CREATE TABLE verifications (
        id uuid PRIMARY KEY,
        call_id uuid NOT NULL,
        person_id uuid NOT NULL,
        method text NOT NULL,
        route text,
        verified_at timestamptz NOT NULL,
        CONSTRAINT verifications_method_check CHECK (method IN ('calling_number', 'code', 'totp')),
        CONSTRAINT verifications_route_check CHECK (route IN ('sms', 'voice', 'email', 'letter')),
        CONSTRAINT verifications_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        CONSTRAINT verifications_person_fkey FOREIGN KEY (person_id) REFERENCES people (id)
      );
      -- How was the caller of this call recognised?
      CREATE INDEX verifications_call_idx ON verifications (call_id);

      CREATE TABLE authenticators (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL,
        secret_sealed bytea NOT NULL,
        enrolled_at timestamptz NOT NULL,
        -- Enrolment counts once the person proved it with a first code.
        confirmed_at timestamptz,
        -- And identifies from here on: in the days before, its owner hears of it on what they had already.
        usable_from timestamptz,
        -- The last time step accepted: no step is accepted twice.
        last_step bigint NOT NULL DEFAULT -1,
        ended_at timestamptz,
        CONSTRAINT authenticators_usable_check
          CHECK ((confirmed_at IS NULL) = (usable_from IS NULL) AND usable_from >= confirmed_at),
        CONSTRAINT authenticators_person_fkey FOREIGN KEY (person_id) REFERENCES people (id)
      );
      CREATE UNIQUE INDEX authenticators_live_key ON authenticators (person_id) WHERE ended_at IS NULL;

      -- One-time codes. No code and no secret stands here: both are derived from the binding and a key outside.
      CREATE TABLE codes (
        id uuid PRIMARY KEY,
        purpose text NOT NULL,
        -- Who gets it, and whose budget it counts on. A verification without both is a decoy: it is never sent and never
        -- right, so that a caller whom nobody knows, or nobody can reach, gets the answer of everybody else.
        person_id uuid,
        contact_point_id uuid,
        route text NOT NULL,
        call_id uuid,
        agent_id uuid,
        -- Who asked, in the part of the caller.
        caller_id uuid,
        mandate_id uuid,
        mandate_revision integer,
        -- [{"name","key"}], exactly what the holder is asked.
        actions jsonb NOT NULL DEFAULT '[]',
        -- The actions with their properties in full, for the holder to read: sealed with the holder's own key.
        details_sealed bytea,
        key_id text NOT NULL,
        digits integer NOT NULL,
        counter integer NOT NULL DEFAULT 0,
        tries integer NOT NULL DEFAULT 0,
        state text NOT NULL DEFAULT 'pending',
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        answered_at timestamptz,
        CONSTRAINT codes_purpose_check CHECK (purpose IN ('action', 'mandate', 'verification')),
        CONSTRAINT codes_decoy_check CHECK (
          (person_id IS NOT NULL AND contact_point_id IS NOT NULL)
          OR (purpose = 'verification' AND call_id IS NOT NULL AND contact_point_id IS NULL)
        ),
        CONSTRAINT codes_route_check CHECK (route IN ('sms', 'voice', 'email', 'letter')),
        CONSTRAINT codes_digits_check CHECK (digits BETWEEN 6 AND 10),
        CONSTRAINT codes_tries_check CHECK (tries BETWEEN 0 AND 5),
        CONSTRAINT codes_state_check CHECK (state IN (
          'pending', 'approved', 'declined', 'expired', 'cancelled', 'superseded', 'tries_exhausted', 'undeliverable'
        )),
        CONSTRAINT codes_answered_check CHECK ((state = 'pending') = (answered_at IS NULL)),
        CONSTRAINT codes_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT codes_contact_point_fkey FOREIGN KEY (contact_point_id) REFERENCES contact_points (id),
        CONSTRAINT codes_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        CONSTRAINT codes_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        CONSTRAINT codes_caller_fkey FOREIGN KEY (caller_id) REFERENCES people (id),
        CONSTRAINT codes_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES mandates (id)
      );
      -- The answers of this call, at decision time.
      CREATE INDEX codes_call_idx ON codes (call_id);
      -- Open codes of a mandate: they die with it.
      CREATE INDEX codes_mandate_idx ON codes (mandate_id) WHERE state = 'pending';

      -- Budgets that new codes don't reset. One row a send, one a failed attempt. A caller whom nobody knows has the
      -- budget of their call.
      CREATE TABLE code_budget_entries (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        person_id uuid,
        call_id uuid,
        kind text NOT NULL,
        code_id uuid NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT code_budget_entries_kind_check CHECK (kind IN ('send', 'failure')),
        CONSTRAINT code_budget_entries_owner_check CHECK (num_nonnulls(person_id, call_id) = 1),
        CONSTRAINT code_budget_entries_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT code_budget_entries_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id)
      );
      -- How many sends or failures of this person, or in this call of somebody unknown, lie within a window?
      CREATE INDEX code_budget_entries_person_idx ON code_budget_entries (person_id, kind, at);
      CREATE INDEX code_budget_entries_call_idx ON code_budget_entries (call_id, kind, at) WHERE call_id IS NOT NULL;

      CREATE TABLE executions (
        id uuid PRIMARY KEY,
        call_id uuid NOT NULL,
        contract_id uuid NOT NULL,
        action text NOT NULL,
        decision_id text NOT NULL,
        -- Who was on the line then: the phone may be handed over afterwards.
        caller_id uuid,
        is_safe_delivery boolean NOT NULL,
        -- What was done in full, for the holder's notice: sealed with this holder's own key.
        sealed_for uuid NOT NULL,
        details_sealed bytea NOT NULL,
        executed_at timestamptz NOT NULL,
        CONSTRAINT executions_decision_id_key UNIQUE (decision_id),
        CONSTRAINT executions_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        CONSTRAINT executions_contract_fkey FOREIGN KEY (contract_id) REFERENCES contracts (id),
        CONSTRAINT executions_caller_fkey FOREIGN KEY (caller_id) REFERENCES people (id),
        CONSTRAINT executions_sealed_for_fkey FOREIGN KEY (sealed_for) REFERENCES people (id)
      );
      -- How often was this delivered lately? The cap of safe delivery.
      CREATE INDEX executions_delivery_idx ON executions (contract_id, executed_at) WHERE is_safe_delivery;

      -- A confirmation is used once for each action it names.
      CREATE TABLE code_uses (
        code_id uuid NOT NULL,
        action_key_hash bytea NOT NULL,
        execution_id uuid NOT NULL,
        CONSTRAINT code_uses_pkey PRIMARY KEY (code_id, action_key_hash),
        CONSTRAINT code_uses_code_fkey FOREIGN KEY (code_id) REFERENCES codes (id),
        CONSTRAINT code_uses_execution_fkey FOREIGN KEY (execution_id) REFERENCES executions (id)
      );

      -- What goes out. References only: the text is rendered, and a code derived, at the moment of sending.
      CREATE TABLE messages (
        id uuid PRIMARY KEY,
        template text NOT NULL,
        person_id uuid NOT NULL,
        contact_point_id uuid NOT NULL,
        route text NOT NULL,
        language text NOT NULL,
        code_id uuid,
        -- A resend raises the code's counter: an older message is not sent any more.
        code_counter integer,
        parameters jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'queued',
        attempts integer NOT NULL DEFAULT 0,
        provider_ref text,
        last_error text,
        queued_at timestamptz NOT NULL,
        settled_at timestamptz,
        CONSTRAINT messages_route_check CHECK (route IN ('sms', 'voice', 'email', 'letter')),
        CONSTRAINT messages_language_check CHECK (language IN ('nl', 'en')),
        CONSTRAINT messages_state_check CHECK (state IN ('queued', 'sent', 'failed', 'dropped')),
        CONSTRAINT messages_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT messages_contact_point_fkey FOREIGN KEY (contact_point_id) REFERENCES contact_points (id),
        CONSTRAINT messages_code_fkey FOREIGN KEY (code_id) REFERENCES codes (id)
      );
      -- The state of a code's message, and what was sent to a person.
      CREATE INDEX messages_code_idx ON messages (code_id);
      CREATE INDEX messages_person_idx ON messages (person_id, queued_at);
      -- How many messages that cost money went out in the last day?
      CREATE INDEX messages_paid_idx ON messages (settled_at) WHERE state = 'sent' AND route IN ('sms', 'voice');

      -- The demo's inbox: what the sandbox sender would have sent. Production never writes here.
      CREATE TABLE demo_inbox (
        message_id uuid PRIMARY KEY,
        route text NOT NULL,
        recipient text NOT NULL,
        subject text,
        body text NOT NULL,
        link text,
        received_at timestamptz NOT NULL
      );

      CREATE TABLE idempotency_keys (
        principal text NOT NULL,
        key text NOT NULL,
        request_hash bytea NOT NULL,
        status integer,
        response_sealed bytea,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, key)
      );
      -- Clearing away what has expired.
      CREATE INDEX idempotency_keys_expires_idx ON idempotency_keys (expires_at);

      CREATE TABLE imports (
        id uuid PRIMARY KEY,
        file_hash text NOT NULL,
        line integer NOT NULL,
        errors integer NOT NULL DEFAULT 0,
        started_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT imports_file_hash_key UNIQUE (file_hash)
      );

      -- One chain a writer. Locking its row is the first thing that a recorded transaction does, so the order of a
      -- chain is the order in which its transactions saw each other.
      CREATE TABLE audit_chains (
        id integer PRIMARY KEY,
        sequence bigint NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT audit_chains_id_check CHECK (id > 0),
        CONSTRAINT audit_chains_hash_check CHECK (length(hash) = 32)
      );
      -- A partition a month, by UTC, so that an old month goes by detaching a table instead of deleting rows.
      --
      -- A key over all partitions would have to hold recorded_at too, and so would say nothing about (chain_id, sequence).
      -- It is unique within each partition, by that partition's own primary key. Across months it follows from the row of
      -- the chain, which is locked before the next number is taken; who writes around that is found by audit verify.
      CREATE TABLE audit_records (
        chain_id integer NOT NULL,
        sequence bigint NOT NULL,
        id uuid NOT NULL,
        recorded_at timestamptz NOT NULL,
        kind text NOT NULL,
        -- Whom it concerns, for the holder's log and the agent's own: ids alone.
        call_id uuid,
        person_ids uuid[] NOT NULL DEFAULT '{}',
        actor text NOT NULL,
        -- The exact text that was hashed; jsonb would not give it back byte by byte.
        body text NOT NULL,
        previous_hash bytea NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT audit_records_hash_check CHECK (length(previous_hash) = 32 AND length(hash) = 32)
      ) PARTITION BY RANGE (recorded_at);
      -- The record of one decision, for replay.
      CREATE INDEX audit_records_id_idx ON audit_records (id);

      CREATE FUNCTION audit_records_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$;
      CREATE TRIGGER audit_records_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
        FOR EACH STATEMENT EXECUTE FUNCTION audit_records_refuse();

      -- Where records go for which nobody made a month: no insert ever fails for that. Nothing stays there for long.
      CREATE TABLE audit_records_other PARTITION OF audit_records (
        CONSTRAINT audit_records_other_pkey PRIMARY KEY (chain_id, sequence)
      ) DEFAULT;
      -- A statement on a partition itself fires no trigger of the table above it, so each has its own. Nor has anybody but
      -- the owner a grant on one: records come in through audit_records alone.
      CREATE TRIGGER audit_records_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records_other
        FOR EACH STATEMENT EXECUTE FUNCTION audit_records_refuse();

      -- Makes the partition of the month that this day lies in; false = it was there. For the owner.
      CREATE FUNCTION audit_records_make_month(day date) RETURNS boolean LANGUAGE plpgsql
        SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
      DECLARE
        month timestamptz := date_trunc('month', day::timestamptz);
        next_month timestamptz := date_trunc('month', day::timestamptz) + interval '1 month';
        name text := 'audit_records_' || to_char(day, 'YYYY_MM');
      BEGIN
        -- Several processes start at once.
        PERFORM pg_advisory_xact_lock(7310593858020254333);
        IF to_regclass('public.' || name) IS NOT NULL THEN RETURN false; END IF;
        EXECUTE format('CREATE TABLE public.%I (LIKE audit_records INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
          CONSTRAINT %I PRIMARY KEY (chain_id, sequence))', name, name || '_pkey');
        -- Records that came before their month did move into it, unchanged; attaching would refuse otherwise.
        LOCK TABLE audit_records_other IN ACCESS EXCLUSIVE MODE;
        IF EXISTS (SELECT FROM audit_records_other WHERE recorded_at >= month AND recorded_at < next_month) THEN
          ALTER TABLE audit_records_other DISABLE TRIGGER audit_records_refuse;
          EXECUTE format('WITH moved AS (
              DELETE FROM audit_records_other WHERE recorded_at >= $1 AND recorded_at < $2 RETURNING *
            ) INSERT INTO public.%I SELECT * FROM moved', name) USING month, next_month;
          ALTER TABLE audit_records_other ENABLE TRIGGER audit_records_refuse;
        END IF;
        EXECUTE format('CREATE TRIGGER audit_records_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I
          FOR EACH STATEMENT EXECUTE FUNCTION audit_records_refuse()', name);
        -- Attached, not created in place: that would lock out every writer for a moment.
        EXECUTE format('ALTER TABLE audit_records ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
          name, month, next_month);
        RETURN true;
      END $$;

      -- The months from now on, as many as asked for. With the owner's rights, so that the application, which owns nothing,
      -- can have them made; it decides on nothing but how many.
      CREATE FUNCTION audit_records_prepare(months_ahead integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
      DECLARE
        made integer := 0;
      BEGIN
        IF months_ahead IS NULL OR months_ahead NOT BETWEEN 0 AND 24 THEN
          RAISE EXCEPTION 'from 0 to 24 months ahead' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        FOR ahead IN 0 .. months_ahead LOOP
          IF audit_records_make_month((date_trunc('month', clock_timestamp()) + make_interval(months => ahead))::date) THEN
            made := made + 1;
          END IF;
        END LOOP;
        RETURN made;
      END $$;
      REVOKE EXECUTE ON FUNCTION audit_records_make_month, audit_records_prepare FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION audit_records_prepare TO mandaat_app;
      SELECT audit_records_prepare(3);

      -- Where detached months wait to be archived or dropped. The application can't even look inside.
      CREATE SCHEMA audit_archive;
      -- The last record of each chain that was detached, each time: the rest is verified from the newest one on.
      CREATE TABLE audit_anchors (
        chain_id integer NOT NULL,
        sequence bigint NOT NULL,
        hash bytea NOT NULL,
        detached_at timestamptz NOT NULL,
        CONSTRAINT audit_anchors_pkey PRIMARY KEY (chain_id, sequence),
        CONSTRAINT audit_anchors_hash_check CHECK (length(hash) = 32)
      );
      GRANT SELECT ON audit_anchors TO mandaat_app;

      GRANT SELECT, INSERT ON policies, policy_activations, audit_records, executions, code_uses, mandate_evidence,
        verifications TO mandaat_app;
      GRANT SELECT, INSERT, UPDATE ON people, contact_points, contracts, agents, api_keys, calls, mandates, blocks,
        authenticators, codes, messages, imports, audit_chains TO mandaat_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON contract_holders, mandate_scopes, mandate_contracts, code_budget_entries,
        demo_inbox, idempotency_keys TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Fails while it holds detached months: those are nobody's to throw away here.
      DROP SCHEMA audit_archive;
      DROP TABLE audit_anchors, audit_records, audit_chains, imports, idempotency_keys, demo_inbox, messages, code_uses, executions,
        code_budget_entries, codes, authenticators, verifications, blocks, mandate_evidence, mandate_contracts,
        mandate_scopes, mandates, calls, policy_activations, policies, api_keys, agents, contract_holders, contracts,
        contact_points, people;
      DROP FUNCTION audit_records_prepare, audit_records_make_month, audit_records_refuse, mandates_refuse_revival, mandates_spread, mandate_scopes_copy;
    `);
  }
}
