/**
 * The statements that fill a world. Ids are made from numbers, so that no statement has to look anything up. Where a
 * statement has bounds, $1 and $2 are the first and the last holder of the chunk, $3 is how many there are.
 */

/** A UUID of version 4 in looks, the same one for the same text. */
const uuid = (text: string): string => `overlay(overlay(md5(${text}) placing '4' from 13) placing '8' from 17)::uuid`;
const id = (kind: string, number: string): string => uuid(`'${kind} ' || ${number}`);
/** As long as what stands there for real, and as hard to compress. */
const bytes = (kind: string, number: string, length: number): string =>
  `substring(sha256(('${kind} ' || ${number})::bytea) || sha256(('${kind}2 ' || ${number})::bytea), 1, ${length})`;
/** Who holds mandate `which` (1 or 2) of holder `n`. */
const PROXY = id('person', '((n - 1 + CASE which WHEN 1 THEN 1 ELSE 7 END) % $3 + 1)');
/** Bounds of every mandate. The day's, so that two statements mean the same. */
const STARTS = "date_trunc('day', now()) - interval '90 days'";
const ENDS = "date_trunc('day', now()) + interval '275 days'";
const AGENTS = 20;

/** The floors' table, and the desk. */
export const FIXED_STATEMENTS: readonly string[] = [
  `CREATE TABLE bench_records (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     call_id uuid NOT NULL,
     recorded_at timestamptz NOT NULL,
     body text NOT NULL
   )`,
  'GRANT SELECT, INSERT ON bench_records TO mandaat_app',
  `INSERT INTO agents (id, agent_ref, pseudonym, role, team, created_at)
   SELECT ${id('agent', 'n')}, 'BA-' || n, 'Medewerker B' || n, 'employee', 'Bench', now()
   FROM generate_series(0, ${AGENTS - 1}) n`,
];

/** A statement about the holders from $1 to $2. */
export interface BoundedStatement {
  readonly text: string;
  /** Whether it has $3 too. */
  readonly needsTotal: boolean;
}

export const DATA_STATEMENTS: readonly BoundedStatement[] = [
  {
    // No index of the name: at its start the service opens a name that has one, to see whether its keys fit.
    needsTotal: false,
    text: `INSERT INTO people (id, crm_ref, kind, name_sealed, name_index, key_wrapped, key_ring_id, language, created_at, changed_at)
      SELECT ${id('person', 'n')}, 'B-' || n, 'person', ${bytes('name', 'n', 50)}, NULL,
        ${bytes('key', 'n', 61)}, 'bench', 'nl', now() - interval '400 days', now() - interval '400 days'
      FROM generate_series($1::int, $2::int) n`,
  },
  {
    needsTotal: false,
    text: `INSERT INTO contact_points (id, person_id, kind, value_sealed, value_index, verified_at, changed_at)
      SELECT ${uuid(`kind || ' ' || n`)}, ${id('person', 'n')}, kind, ${bytes('value', 'kind || n', 45)},
        ${bytes('index', 'kind || n', 32)}, now() - interval '400 days', now() - interval '400 days'
      FROM generate_series($1::int, $2::int) n, unnest(ARRAY['phone', 'email', 'postal']) kind`,
  },
  {
    needsTotal: false,
    text: `INSERT INTO contracts (id, contract_ref, joint_rule, properties, created_at, changed_at)
      SELECT ${id('contract', 'n')}, 'BC-' || n, CASE WHEN n % 20 = 0 THEN 'all' ELSE 'any' END,
        '{"product": "glasvezel", "status": "active"}', now() - interval '400 days', now() - interval '400 days'
      FROM generate_series($1::int, $2::int) n`,
  },
  {
    // One contract in twenty belongs to two people jointly.
    needsTotal: true,
    text: `INSERT INTO contract_holders (contract_id, holder_id, position)
      SELECT ${id('contract', 'n')}, ${id('person', '((n - 1 + 13 * (position - 1)) % $3 + 1)')}, position
      FROM generate_series($1::int, $2::int) n, generate_series(1, CASE WHEN n % 20 = 0 THEN 2 ELSE 1 END) position
      WHERE $3::int > 0`,
  },
  {
    needsTotal: true,
    text: `INSERT INTO mandates (id, mandate_ref, holder_id, proxy_id, state, starts_at, ends_at, created_at, accepted_at)
      SELECT ${id('mandate', "which || ' ' || n")}, 'M-' || which || '-' || n, ${id('person', 'n')},
        ${PROXY}, 'active', ${STARTS}, ${ENDS}, now() - interval '90 days', now() - interval '90 days'
      FROM generate_series($1::int, $2::int) n, generate_series(1, 2) which
      WHERE $3::int > 0`,
  },
  {
    // With what the trigger copies: it does not run while the tables are filled.
    needsTotal: true,
    text: `INSERT INTO mandate_scopes (mandate_id, scope, scope_version, holder_id, proxy_id, period, is_live)
      SELECT ${id('mandate', "which || ' ' || n")}, scope, 1, ${id('person', 'n')},
        ${PROXY}, tstzrange(${STARTS}, ${ENDS}), true
      FROM generate_series($1::int, $2::int) n, generate_series(1, 2) which,
        unnest(CASE which WHEN 1 THEN ARRAY['billing', 'subscription'] ELSE ARRAY['billing', 'appointments'] END) scope
      WHERE $3::int > 0`,
  },
  {
    needsTotal: false,
    text: `INSERT INTO mandate_contracts (mandate_id, contract_id)
      SELECT ${id('mandate', "which || ' ' || n")}, ${id('contract', 'n')}
      FROM generate_series($1::int, $2::int) n, generate_series(1, 2) which`,
  },
  {
    needsTotal: false,
    text: `INSERT INTO mandate_evidence (id, mandate_id, terms_revision, form, session_strength, registered_by, registered_at)
      SELECT ${id('evidence', "which || ' ' || n")}, ${id('mandate', "which || ' ' || n")}, 1,
        CASE which WHEN 1 THEN 'code' ELSE 'portal' END, CASE which WHEN 1 THEN 2 ELSE 3 END, 'bench',
        now() - interval '90 days'
      FROM generate_series($1::int, $2::int) n, generate_series(1, 2) which`,
  },
];

/**
 * Open calls: $1 of them for checks and as many for codes, spread over $2 holders. Nine callers in ten hold the wide
 * mandate, the tenth one the other. Every number fits; two callers in three were recognised by a code as well.
 */
export const DONE_STATEMENTS: readonly string[] = [
  `INSERT INTO calls (id, channel, contract_id, agent_id, claim, caller_id, case_ref, language, opened_at, ends_at)
   SELECT ${uuid(`use || ' call ' || call`)}, 'phone', ${id('contract', 'n')}, ${id('agent', `(call % ${AGENTS})`)}, 'proxy',
     ${id('person', '((n - 1 + CASE WHEN call % 10 = 0 THEN 7 ELSE 1 END) % $2::bigint + 1)')}, use, 'nl', now(),
     now() + interval '8 hours'
   FROM (SELECT use, call, (call - 1) * $2::bigint / $1::bigint + 1 AS n
     FROM generate_series(1, $1::bigint) call, unnest(ARRAY['check', 'code']) use) spread`,
  `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at)
   SELECT ${uuid('method || c.id')}, c.id, c.caller_id, method, CASE method WHEN 'code' THEN 'sms' END, c.opened_at
   FROM calls c, unnest(CASE WHEN ('x' || left(md5(c.id::text), 6))::bit(24)::int % 3 = 0
     THEN ARRAY['calling_number'] ELSE ARRAY['calling_number', 'code'] END) method
   WHERE c.case_ref IS NOT NULL AND $1::bigint > 0 AND $2::bigint > 0`,
];

/**
 * What a year of use leaves behind, so that no table that grows is empty when plans are looked at. Not part of what the
 * bench measures. Bounds as above.
 */
export const HISTORY_STATEMENTS: readonly BoundedStatement[] = [
  `INSERT INTO calls (id, channel, contract_id, agent_id, claim, caller_id, language, opened_at, ends_at, ended_at)
   SELECT ${id('old call', 'n')}, 'phone', ${id('contract', 'n')}, ${id('agent', `(n % ${AGENTS})`)}, 'holder',
     ${id('person', 'n')}, 'nl', now() - interval '90 days', now() - interval '89 days', now() - interval '90 days'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at)
   SELECT ${id('old verification', 'n')}, ${id('old call', 'n')}, ${id('person', 'n')}, 'code', 'sms',
     now() - interval '90 days'
   FROM generate_series($1::int, $2::int) n`,
  // One in twenty is open still.
  `INSERT INTO codes (id, purpose, person_id, contact_point_id, route, call_id, agent_id, caller_id, mandate_id,
     mandate_revision, key_id, digits, state, issued_at, expires_at, answered_at)
   SELECT ${id('code', 'n')}, 'action', ${id('person', 'n')}, ${id('phone', 'n')}, 'sms', ${id('old call', 'n')},
     ${id('agent', `(n % ${AGENTS})`)}, ${id('person', 'n')}, ${id('mandate', "'1 ' || n")}, 1, 'bench', 6,
     CASE WHEN n % 20 = 0 THEN 'pending' ELSE 'approved' END, now() - interval '90 days', now() - interval '89 days',
     CASE WHEN n % 20 = 0 THEN NULL ELSE now() - interval '90 days' END
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO code_budget_entries (person_id, kind, code_id, at)
   SELECT ${id('person', 'n')}, kind, ${id('code', 'n')}, now() - interval '20 hours'
   FROM generate_series($1::int, $2::int) n, unnest(ARRAY['send', 'failure']) kind`,
  `INSERT INTO executions (id, call_id, contract_id, action, decision_id, caller_id, is_safe_delivery, sealed_for,
     details_sealed, executed_at)
   SELECT ${id('execution', 'n')}, ${id('old call', 'n')}, ${id('contract', 'n')}, 'invoice.copy', 'old.' || n,
     ${id('person', 'n')}, n % 2 = 0, ${id('person', 'n')}, ${bytes('details', 'n', 80)}, now() - interval '90 days'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO code_uses (code_id, action_key_hash, execution_id)
   SELECT ${id('code', 'n')}, ${bytes('key', 'n', 32)}, ${id('execution', 'n')}
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO messages (id, template, person_id, contact_point_id, route, language, code_id, code_counter, state,
     attempts, queued_at, settled_at)
   SELECT ${id('message', 'n')}, 'action_code', ${id('person', 'n')}, ${id('phone', 'n')}, 'sms', 'nl', ${id('code', 'n')},
     0, 'sent', 1, now() - interval '90 days', now() - interval '90 days'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO blocks (id, holder_id, caller_id, blocked_at, lifted_at)
   SELECT ${id('block', 'n')}, ${id('person', 'n')}, ${id('person', '(CASE n WHEN 1 THEN 2 ELSE n - 1 END)')},
     now() - interval '90 days', CASE WHEN n % 2 = 0 THEN now() END
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO authenticators (id, person_id, secret_sealed, enrolled_at, confirmed_at, usable_from)
   SELECT ${id('authenticator', 'n')}, ${id('person', 'n')}, ${bytes('secret', 'n', 48)}, now() - interval '90 days',
     now() - interval '90 days', now() - interval '83 days'
   FROM generate_series($1::int, $2::int) n`,
  // Of everybody, and half of them proved to be wrong: far more than there will ever be.
  `INSERT INTO life_events (id, person_id, kind, occurred_on, reported_by, suspends_until, recorded_by, recorded_at)
   SELECT ${id('life event', 'n')}, ${id('person', 'n')}, 'separation', now() - interval '90 days', 'holder',
     now() - interval '76 days', ${id('agent', `(n % ${AGENTS})`)}, now() - interval '90 days'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO representations (id, holder_id, representative_id, kind, starts_at, ends_at, recorded_by, recorded_at)
   SELECT ${id('representation', 'n')}, ${id('person', 'n')}, ${id('person', '(CASE n WHEN 1 THEN 2 ELSE n - 1 END)')},
     'executor', now() - interval '90 days', now() + interval '275 days', ${id('agent', `(n % ${AGENTS})`)},
     now() - interval '90 days'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO legal_evidence (id, life_event_id, representation_id, form, file_hash, dated_on, details_sealed, filed_by,
     filed_at)
   SELECT ${uuid("what || ' evidence ' || n")}, CASE what WHEN 'event' THEN ${id('life event', 'n')} END,
     CASE what WHEN 'law' THEN ${id('representation', 'n')} END, 'court', ${bytes('file', 'n', 32)},
     now() - interval '91 days', ${bytes('paper', 'n', 60)}, ${id('agent', `(n % ${AGENTS})`)}, now() - interval '90 days'
   FROM generate_series($1::int, $2::int) n, unnest(ARRAY['event', 'law']) what`,
  `INSERT INTO legal_verdicts (id, life_event_id, representation_id, verdict, recorded_by, decided_by, decided_at)
   SELECT ${uuid("what || ' verdict ' || n")}, CASE what WHEN 'event' THEN ${id('life event', 'n')} END,
     CASE what WHEN 'law' THEN ${id('representation', 'n')} END, 'rejected', ${id('agent', `(n % ${AGENTS})`)},
     ${id('agent', `((n + 1) % ${AGENTS})`)}, now() - interval '89 days'
   FROM generate_series($1::int, $2::int) n, unnest(ARRAY['event', 'law']) what WHERE n % 2 = 0`,
  `INSERT INTO idempotency_keys (principal, key, request_hash, status, response_sealed, created_at, expires_at)
   SELECT 'key:bench', 'old-' || n, ${bytes('request', 'n', 32)}, 201, ${bytes('answer', 'n', 64)}, now(),
     now() + interval '1 day'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO demo_inbox (message_id, route, recipient, body, received_at)
   SELECT ${id('message', 'n')}, 'sms', 'nobody', 'Voorbeeld', now() - interval '90 days'
   FROM generate_series($1::int, $2::int) n`,
  // Some that wait for their next try.
  `SELECT count(graphile_worker.add_job('send_message', json_build_object('messageId', ${id('message', 'n')}),
     job_key => 'old:' || n, run_at => now() + interval '1 day'))
   FROM generate_series($1::int, $2::int) n WHERE n <= 2000 OR n % 1000 = 0`,
].map((text) => ({ text, needsTotal: false }));
