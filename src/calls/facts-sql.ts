import { inForceSql, IS_PROVEN, STANDS } from '../life-events/in-force.ts';
import { policyInForceSql } from '../policy-documents/policy-in-force.ts';

/** Longest window of any cap of safe delivery, in days; the policy check keeps to it. */
const DELIVERY_WINDOW_DAYS = 400;

/** How far software counts that the CRM brought along, and no holder declared. */
const UNDECLARED_CEILING = 2;

/** The latest ended mandates of a pair that a check still knows: a long history must not slow down every call. */
const ENDED_MANDATES = 5;

/**
 * Rows as a JSON array of arrays of texts, for values that need no escaping: ids, numbers, truths, and words that a CHECK
 * lists. The whole query costs the database a seventh less than with its own JSON functions. Every value must be there: a NULL would be left out.
 */
const plainRows = (columns: readonly string[], order?: string): string =>
  `'[["' || string_agg(concat_ws('","', ${columns.join(', ')}), '"],["'${order === undefined ? '' : ` ORDER BY ${order}`}) || '"]]'`;
/** What may be missing, as an empty text. */
const orEmpty = (value: string): string => `coalesce(${value}::text, '')`;
/** Seconds: a number is written and read faster than a date. See `instantOf`. */
const seconds = (at: string): string => `date_part('epoch', ${at})`;

/** A mandate that nobody accepted in time has ended, whether or not that has been noticed. */
const LAPSED = 'm.accept_before <= o.now AND m.accepted_at IS NULL';
const BLOCKED = `EXISTS (SELECT FROM blocks b
        WHERE b.caller_id = o.caller_id AND b.holder_id = o.holder_id AND b.lifted_at IS NULL)`;
/** The holder of the parent `p` blocked who passed it on. */
const HAS_BLOCKED_PROXY = `EXISTS (SELECT FROM blocks b
        WHERE b.caller_id = p.proxy_id AND b.holder_id = p.holder_id AND b.lifted_at IS NULL)`;
/** What happened to who passed the parent `p` on, as far as it takes anything from others: kinds, with proof and lapse. */
const eventsOfGiver = (now: string): string => `coalesce((
        SELECT string_agg(DISTINCT concat_ws(' ', e.kind, v.id IS NOT NULL,
          CASE WHEN v.id IS NULL THEN ${seconds('e.suspends_until')} END), ',')
        FROM life_events e LEFT JOIN legal_verdicts v ON v.life_event_id = e.id
        WHERE e.person_id = p.proxy_id AND e.kind IN ('death', 'separation') AND ${inForceSql(now)}), '')`;
/** Mandates, what those were made from that were passed on, and those of companions; NULLs are nothing's id. */
const WITH_PARENTS = 'ARRAY (SELECT unnest(ARRAY[id, parent_id]) FROM granted UNION ALL SELECT id FROM companions)';

/** Purposes, with a blank between them. */
const REFUSED_RECORDINGS = `(SELECT array_to_string(h.refused_recordings, ' ') FROM people h WHERE h.id = o.holder_id)`;

/**
 * SQL: how strongly a person can be asked at `o.now`, whose best contact point reaches `p.level`. Who can open a session of
 * strength 3, as `signInLevelOf` has it, is told of the question there and answers it in that.
 */
const askLevel = (person: string): string => `CASE WHEN p.level > 0 AND (
    EXISTS (SELECT FROM passkeys k WHERE k.person_id = ${person} AND k.ended_at IS NULL)
    OR (p.level = 2 AND EXISTS (SELECT FROM authenticators t
      WHERE t.person_id = ${person} AND t.ended_at IS NULL AND t.usable_from <= o.now))
  ) THEN 3 ELSE coalesce(p.level, 0) END`;
const REACHED_AT = `max(CASE p.kind WHEN 'phone' THEN 2 WHEN 'email' THEN 1 ELSE 0 END) FILTER (
            WHERE p.verified_at <= o.now AND p.changed_at <= o.aged`;
/** Whether the holder of `o` is an organisation that speaks through contact persons. */
const HAS_CONTACTS = `EXISTS (SELECT FROM mandates m WHERE m.holder_id = o.holder_id AND m.contact_rule IS NOT NULL
        AND m.state = 'active' AND m.starts_at <= o.now AND o.now < m.ends_at)`;

/**
 * The one query of a check: every fact of every call in the batch, read from committed rows in one statement. Each kind of
 * fact is gathered once for the whole batch, in one row of JSON texts that name their call by its place among the ids:
 * that is cheaper on both sides than gathering it for each call.
 *
 * `source` has a row `c` for each call, with its place `n`; `now` is an SQL expression. Ended mandates older than 15 months are history, and history is
 * not told on the phone; nor is what was ended in silence, which the law takes for none: to read it would take time, by which it
 * could be told from none.
 */
const factsSql = (source: string, now: string): string => `
  WITH asked AS MATERIALIZED (
    SELECT i.n, c.id, c.channel, c.claim, c.is_software, c.language, c.agent_id, a.role, a.is_active, a.skills, a.flags, least(c.ends_at, k.ended_at, a.leaves_at) AS ends_at,
      c.ended_at, c.caller_id, c.contract_id, k.resource_type, k.joint_rule, k.properties, own.has_phone, own.points, t.now,
      t.aged
    -- Computed once: without the bounds it would be computed again wherever it is used.
    FROM (SELECT now, now - interval '7 days' AS aged FROM (SELECT ${now} AS now OFFSET 0) t OFFSET 0) t
      CROSS JOIN ${source} JOIN contracts k ON k.id = c.contract_id
      CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(p.kind = 'phone' AND p.verified_at <= t.now AND p.changed_at <= t.aged), false) AS has_phone,
          coalesce(array_agg(p.value_index), '{}') AS points
        FROM contact_points p WHERE p.person_id = c.caller_id AND p.ended_at IS NULL) own
  ), owned AS MATERIALIZED (
    SELECT c.n, c.caller_id, c.points, c.now, c.aged, ch.holder_id, ch.position
    FROM asked c JOIN contract_holders ch ON ch.contract_id = c.contract_id
  ), granted AS MATERIALIZED (
    SELECT o.n, m.id, m.holder_id, CASE WHEN ${LAPSED} THEN 'ended' ELSE m.state END AS state,
      CASE WHEN ${LAPSED} THEN coalesce(m.ending, 'expired') ELSE m.ending END AS ending,
      m.is_silent, m.starts_at, m.ends_at, m.revision, m.terms_revision, m.call_id, m.parent_id, m.while_partner,
      coalesce(m.contact_rule = 'joint', false) AS is_joint
    FROM owned o JOIN mandates m ON m.proxy_id = o.caller_id AND m.holder_id = o.holder_id
    WHERE m.ended_at IS NULL OR m.id IN (SELECT e.id FROM mandates e
      WHERE e.proxy_id = m.proxy_id AND e.holder_id = m.holder_id AND e.ended_at > o.now - interval '15 months'
        AND NOT e.is_silent
      ORDER BY e.ended_at DESC LIMIT ${ENDED_MANDATES})
  ), companions AS MATERIALIZED (
    -- The other contact persons of those for whom the caller acts jointly; nobody to whom something happened.
    SELECT o.n, o.now, o.aged, o.points, m.*
    FROM (SELECT DISTINCT n, holder_id FROM granted WHERE is_joint AND state = 'active') g
      JOIN owned o ON o.n = g.n AND o.holder_id = g.holder_id
      -- By its holder, and not all that there are.
      CROSS JOIN LATERAL (
      SELECT m.id, m.holder_id, m.proxy_id, m.starts_at, m.ends_at, m.revision, m.terms_revision FROM mandates m
      WHERE m.holder_id = o.holder_id AND m.proxy_id <> o.caller_id AND m.contact_rule IS NOT NULL AND m.state = 'active'
      OFFSET 0) m
    WHERE NOT EXISTS (SELECT FROM blocks b
        WHERE b.caller_id = m.proxy_id AND b.holder_id = m.holder_id AND b.lifted_at IS NULL)
      AND NOT EXISTS (SELECT FROM life_events e LEFT JOIN legal_verdicts v ON v.life_event_id = e.id
        WHERE e.person_id = m.proxy_id AND ${inForceSql(now)})
  )
  SELECT (${policyInForceSql(now)}) AS policy_hash, calls.*,
    (SELECT ${plainRows(
      [
        'o.n',
        'o.holder_id',
        askLevel('o.holder_id'),
        BLOCKED,
        orEmpty(seconds('p.address_changed_at')),
        REFUSED_RECORDINGS,
        HAS_CONTACTS,
      ],
      'o.position',
    )}
      FROM owned o CROSS JOIN LATERAL (
        SELECT ${REACHED_AT}
              -- A point that is the caller's too would ask the caller. The index is keyed with its kind.
              AND (o.holder_id = o.caller_id OR p.value_index <> ALL (o.points))) AS level,
          max(p.changed_at) FILTER (WHERE p.kind = 'postal' AND NOT p.is_shared) AS address_changed_at
        FROM contact_points p WHERE p.person_id = o.holder_id AND p.ended_at IS NULL) p) AS holders,
    (SELECT json_agg(json_build_array(o.n || ' ' || o.holder_id, f.scope) ORDER BY f.scope)
      FROM owned o JOIN ask_first f ON f.person_id = o.holder_id) AS ask_first,
    (SELECT json_agg(json_build_array(c.n, p.properties,
        CASE WHEN p.kind = 'software' THEN coalesce(
          (SELECT s.ceiling FROM software_callers s WHERE s.person_id = p.id), ${UNDECLARED_CEILING}) END, c.is_software))
      FROM asked c
      JOIN people p ON p.id = c.caller_id AND (p.properties <> '{}' OR p.kind = 'software')) AS caller_properties,
    (SELECT json_agg(json_build_array(c.n, c.skills, c.flags))
      FROM asked c WHERE c.skills <> '{}' OR c.flags <> '{}') AS standing,
    (SELECT ${plainRows(
      ['c.n', 't.kind', orEmpty('t.channel'), seconds('t.issued_at'), seconds('t.expires_at')],
      't.kind, t.expires_at, t.issued_at, t.channel',
    )}
      -- Without an agent there is an empty text. What counts elsewhere alone would only make the record longer.
      FROM asked c JOIN agent_attestations t ON t.agent_id = nullif(c.agent_id::text, '')::uuid AND t.withdrawn_at IS NULL
        AND t.expires_at > c.now AND coalesce(t.channel, c.channel) = c.channel) AS attestations,
    (SELECT json_agg(c.n) FROM asked c
      JOIN authenticators t ON t.person_id = c.caller_id AND t.ended_at IS NULL AND t.usable_from <= c.now) AS totp,
    (SELECT json_agg(c.n) FROM asked c
      JOIN passkeys k ON k.person_id = c.caller_id AND k.ended_at IS NULL) AS passkeys,
    (SELECT ${plainRows(
      ['c.n', 'v.method', orEmpty('v.route'), seconds('v.verified_at'), orEmpty('v.session_strength')],
      'v.verified_at, v.id',
    )}
      FROM asked c JOIN verifications v ON v.call_id = c.id AND v.person_id = c.caller_id) AS verifications,
    (SELECT ${plainRows(
      [
        'm.n',
        'm.id',
        'm.holder_id',
        'm.state',
        orEmpty('m.ending'),
        'm.is_silent',
        seconds('m.starts_at'),
        seconds('m.ends_at'),
        'm.revision',
        'm.terms_revision',
        orEmpty('m.call_id'),
        orEmpty('m.parent_id'),
        'm.while_partner',
        'm.is_joint',
      ],
      'm.id',
    )} FROM granted m) AS mandates,
    (SELECT ${plainRows(
      [
        'o.n',
        'o.proxy_id',
        askLevel('o.proxy_id'),
        'o.id',
        'o.holder_id',
        seconds('o.starts_at'),
        seconds('o.ends_at'),
        'o.revision',
        'o.terms_revision',
      ],
      'o.id',
    )} FROM companions o CROSS JOIN LATERAL (
        SELECT ${REACHED_AT} AND p.value_index <> ALL (o.points)) AS level
        FROM contact_points p WHERE p.person_id = o.proxy_id AND p.ended_at IS NULL) p) AS companions,
    (SELECT ${plainRows([
      'p.id',
      'p.state',
      orEmpty('p.ending'),
      'p.is_silent',
      seconds('p.starts_at'),
      seconds('p.ends_at'),
      'p.revision',
      'p.terms_revision',
      orEmpty('p.call_id'),
      'p.may_pass_on',
      HAS_BLOCKED_PROXY,
      'p.while_partner',
      'p.proxy_id',
      eventsOfGiver(now),
    ])} FROM mandates p WHERE p.id = ANY (ARRAY (SELECT parent_id FROM granted WHERE parent_id IS NOT NULL))) AS parents,
    (SELECT json_agg(json_build_array(s.mandate_id, s.scope) ORDER BY s.mandate_id, s.scope)
      FROM mandate_scopes s WHERE s.mandate_id = ANY (${WITH_PARENTS})) AS scopes,
    (SELECT ${plainRows(['mc.mandate_id', 'mc.contract_id'])}
      FROM mandate_contracts mc WHERE mc.mandate_id = ANY (${WITH_PARENTS})) AS contracts,
    (SELECT ${plainRows(['e.mandate_id', 'e.form', 'e.session_strength', seconds('e.registered_at'), 'e.terms_revision'])}
      FROM mandate_evidence e WHERE e.mandate_id = ANY (${WITH_PARENTS})) AS evidence,
    (SELECT json_agg(json_build_array(c.n, q.id, q.person_id, q.caller_id, q.state, q.route, q.session_strength,
        ${seconds('q.answered_at')}, q.mandate_id, q.mandate_revision, q.actions,
        (SELECT json_agg(encode(u.action_key_hash, 'hex')) FROM code_uses u WHERE u.code_id = q.id)
      ) ORDER BY q.id)
      FROM asked c JOIN codes q ON q.call_id = c.id AND q.purpose = 'action' AND q.state IN ('approved', 'declined')
      ) AS confirmations,
    (SELECT json_agg(json_build_array(c.n, x.action, ${seconds('x.executed_at')}) ORDER BY x.executed_at)
      FROM asked c JOIN executions x ON x.contract_id = c.contract_id AND x.is_safe_delivery
        AND x.executed_at > c.now - interval '${DELIVERY_WINDOW_DAYS} days') AS deliveries,
    (SELECT ${plainRows(
      ['x.n', 'x.person_id', 'x.kind', 'x.is_proven', orEmpty(seconds('x.until'))],
      'x.person_id, x.kind, x.until',
    )} FROM (
      SELECT DISTINCT o.n, e.person_id, e.kind, v.id IS NOT NULL AS is_proven,
        CASE WHEN v.id IS NULL THEN e.suspends_until END AS until
      FROM owned o JOIN life_events e ON e.person_id = ANY (ARRAY[o.holder_id, o.caller_id])
        LEFT JOIN legal_verdicts v ON v.life_event_id = e.id
      WHERE ${inForceSql('o.now')}) x) AS life_events,
    (SELECT ${plainRows(
      ['o.n', 'r.id', 'r.holder_id', 'r.kind', IS_PROVEN, seconds('r.starts_at'), seconds('r.ends_at')],
      'r.id',
    )} FROM owned o JOIN representations r ON r.representative_id = o.caller_id AND r.holder_id = o.holder_id
      WHERE r.ends_at > o.now AND ${STANDS}) AS representations,
    (SELECT ${plainRows(['c.n', 'b.id', 'b.type', 'b.scope'], 'b.id')}
      FROM asked c JOIN obligations b ON b.call_id = c.id AND b.needs_receipt AND b.state <> 'done') AS obligations
  FROM (
    SELECT max(now) AS now, json_agg(role) AS roles, json_agg(properties) AS properties,
      ${plainRows([
        'n',
        'id',
        'channel',
        'claim',
        'language',
        'agent_id',
        'is_active',
        seconds('ends_at'),
        orEmpty(seconds('ended_at')),
        orEmpty('caller_id'),
        'contract_id',
        'joint_rule',
        'has_phone',
        'resource_type',
      ])} AS calls
    FROM asked) calls`;

/**
 * $1 ids of the calls, $2 who may see each: the agent whose it must be, NULL = whoever's it is. Asked for here, so that a call of
 * another agent takes no longer than none.
 */
const OF_CALLS = `unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY i (id, agent_id, n)
      JOIN calls c ON c.id = i.id AND c.agent_id = coalesce(i.agent_id, c.agent_id) JOIN agents a ON a.id = c.agent_id`;
/**
 * $1 a list of `AskedSubject` as JSON: it says what a call would say, where there is none. Who asks about software names it
 * by that type, and so says what it is.
 */
const OF_SUBJECTS = `ROWS FROM (json_to_recordset($1::json) AS (id uuid, channel text, claim text, "agentId" uuid,
        "callerId" uuid, "contractId" uuid)) WITH ORDINALITY i (id, channel, claim, agent_id, caller_id, contract_id, n)
      CROSS JOIN LATERAL (SELECT i.id, i.channel, i.claim, true AS is_software, 'nl' AS language, coalesce(i.agent_id::text, '') AS agent_id,
        t.now + interval '5 minutes' AS ends_at, NULL::timestamptz AS ended_at, i.caller_id, i.contract_id) c
      CROSS JOIN LATERAL (SELECT coalesce(min(role), '') AS role, coalesce(bool_and(is_active AND coalesce(t.now < leaves_at, true)), true) AS is_active, min(leaves_at) AS leaves_at,
          coalesce(min(skills), '{}') AS skills, coalesce(min(flags), '{}') AS flags
        FROM agents WHERE id = i.agent_id) a`;

const THIS_MOMENT = "date_trunc('milliseconds', statement_timestamp())";
/** At a moment that the caller has read, inside its transaction. */
export const FACTS_AT = factsSql(OF_CALLS, '$3::timestamptz');
/** At the moment of reading. Every use of the clock in one statement shows the same time. */
export const FACTS_NOW = factsSql(OF_CALLS, THIS_MOMENT);
export const FACTS_OF_SUBJECTS_NOW = factsSql(OF_SUBJECTS, THIS_MOMENT);
