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
   SELECT ${id('agent', 'n')}, 'A-' || n, 'Medewerker B' || n, 'employee', 'Bench', now()
   FROM generate_series(0, ${AGENTS - 1}) n`,
];

export const DATA_STATEMENTS: readonly { readonly text: string; readonly needsTotal: boolean }[] = [
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
      SELECT ${id('contract', 'n')}, 'C-' || n, CASE WHEN n % 20 = 0 THEN 'all' ELSE 'any' END,
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
        ${id('person', '((n - 1 + CASE which WHEN 1 THEN 1 ELSE 7 END) % $3 + 1)')}, 'active',
        now() - interval '90 days', now() + interval '275 days', now() - interval '90 days', now() - interval '90 days'
      FROM generate_series($1::int, $2::int) n, generate_series(1, 2) which
      WHERE $3::int > 0`,
  },
  {
    needsTotal: false,
    text: `INSERT INTO mandate_scopes (mandate_id, scope, scope_version)
      SELECT ${id('mandate', "which || ' ' || n")}, scope, 1
      FROM generate_series($1::int, $2::int) n, generate_series(1, 2) which,
        unnest(CASE which WHEN 1 THEN ARRAY['billing', 'subscription'] ELSE ARRAY['billing', 'appointments'] END) scope`,
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
   WHERE $1::bigint > 0 AND $2::bigint > 0`,
];

/** Records of the size of a check's, in a chain of their own: no service appends to it. $1 and $2: first and last. */
export const RECORD_STATEMENT = `
  INSERT INTO audit_records (chain_id, sequence, id, recorded_at, kind, call_id, person_ids, actor, body, previous_hash, hash)
  SELECT 1000000, n, ${id('record', 'n')}, now() - interval '1 day', 'check.advised', ${id('old call', 'n')},
    ARRAY[${id('person', 'n')}, ${id('person', 'n + 1')}], 'agent:' || ${id('agent', `(n % ${AGENTS})`)},
    repeat(encode(sha256(n::text::bytea), 'hex'), 18), ${bytes('hash', '(n - 1)', 32)}, ${bytes('hash', 'n', 32)}
  FROM generate_series($1::bigint, $2::bigint) n`;
