import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';

import type { Confirmation, Evidence, Facts, HolderFacts, Mandate, Verification } from '../policy/facts.ts';
import type { AgentId, CallerId, CallId, ContractId, HolderId, Instant, PolicyHash } from '../policy/ids.ts';
import type { Properties } from '../policy/policy.ts';
import type { Language, Level } from '../policy/vocabulary.ts';

/** The facts of one call, and what the service needs beside them. */
export interface LoadedFacts {
  readonly facts: Facts;
  /** When they were true, by the database's clock, to the millisecond. */
  readonly at: Date;
  /** The policy in force. */
  readonly policyHash: PolicyHash;
  readonly language: Language;
  readonly endedAt: Instant | null;
}

/** Longest window of any cap of safe delivery, in days; the policy check keeps to it. */
const DELIVERY_WINDOW_DAYS = 400;

/** The latest ended mandates of a pair that a check still knows: a long history must not slow down every call. */
const ENDED_MANDATES = 5;

/**
 * The one query of a check: every fact of every call in the batch, read from committed rows in one statement. Instants
 * leave the database as ISO texts inside JSON, which costs less on both sides than columns of their own.
 *
 * $1 ids of the calls; `now` an SQL expression. Ended mandates older than 15 months are history, and history is not told on the phone.
 */
const factsSql = (now: string): string => `
  SELECT c.id, c.channel, c.claim, c.language, c.agent_id, a.role, a.is_active, least(c.ends_at, k.ended_at) AS ends_at, c.ended_at,
    c.caller_id, k.id AS contract_id, k.joint_rule, k.properties,
    (SELECT hash FROM policy_activations ORDER BY id DESC LIMIT 1) AS policy_hash,
    h.holders, h.address_changed_at, v.verifications, m.mandates, q.confirmations, x.deliveries, own.has_phone,
    EXISTS (SELECT FROM authenticators t
      WHERE t.person_id = c.caller_id AND t.ended_at IS NULL AND t.usable_from <= ${now}) AS has_totp,
    ${now} AS now
  FROM calls c
    JOIN agents a ON a.id = c.agent_id
    JOIN contracts k ON k.id = c.contract_id
    CROSS JOIN LATERAL (
      SELECT coalesce(bool_or(p.kind = 'phone' AND p.verified_at <= ${now} AND p.changed_at <= ${now} - interval '7 days'),
          false) AS has_phone,
        coalesce(array_agg(p.value_index), '{}') AS points
      FROM contact_points p WHERE p.person_id = c.caller_id AND p.ended_at IS NULL) own
    CROSS JOIN LATERAL (
      SELECT json_agg(json_build_array(ch.holder_id, p.level,
          EXISTS (SELECT FROM blocks b
            WHERE b.caller_id = c.caller_id AND b.holder_id = ch.holder_id AND b.lifted_at IS NULL)
          ) ORDER BY ch.position) AS holders,
        (array_agg(p.address_changed_at ORDER BY ch.position))[1] AS address_changed_at
      FROM contract_holders ch
        CROSS JOIN LATERAL (
          SELECT max(CASE p.kind WHEN 'phone' THEN 2 WHEN 'email' THEN 1 ELSE 0 END) FILTER (
              WHERE p.verified_at <= ${now} AND p.changed_at <= ${now} - interval '7 days'
                -- A point that is the caller's too would ask the caller. The index is keyed with its kind.
                AND (ch.holder_id = c.caller_id OR p.value_index <> ALL (own.points))) AS level,
            max(p.changed_at) FILTER (WHERE p.kind = 'postal') AS address_changed_at
          FROM contact_points p WHERE p.person_id = ch.holder_id AND p.ended_at IS NULL) p
      WHERE ch.contract_id = k.id) h
    CROSS JOIN LATERAL (
      SELECT json_agg(json_build_array(v.method, v.route, v.verified_at) ORDER BY v.verified_at, v.id) AS verifications
      FROM verifications v WHERE v.call_id = c.id AND v.person_id = c.caller_id) v
    CROSS JOIN LATERAL (
      SELECT json_agg(json_build_array(m.id, m.holder_id,
        CASE WHEN m.accept_before <= ${now} AND m.accepted_at IS NULL THEN 'ended' ELSE m.state END,
        CASE WHEN m.accept_before <= ${now} AND m.accepted_at IS NULL THEN coalesce(m.ending, 'expired') ELSE m.ending END,
        m.is_silent, m.starts_at, m.ends_at,
        m.revision, m.terms_revision, m.call_id,
        ARRAY (SELECT s.scope FROM mandate_scopes s WHERE s.mandate_id = m.id ORDER BY s.scope),
        ARRAY (SELECT mc.contract_id FROM mandate_contracts mc WHERE mc.mandate_id = m.id),
        (SELECT json_agg(json_build_array(e.form, e.session_strength, e.registered_at, e.terms_revision))
          FROM mandate_evidence e WHERE e.mandate_id = m.id)
      ) ORDER BY m.id) AS mandates
      FROM mandates m
      WHERE m.proxy_id = c.caller_id
        AND m.holder_id IN (SELECT ch.holder_id FROM contract_holders ch WHERE ch.contract_id = k.id)
        AND (m.ended_at IS NULL OR m.id IN (SELECT e.id FROM mandates e
          WHERE e.proxy_id = m.proxy_id AND e.holder_id = m.holder_id AND e.ended_at > ${now} - interval '15 months'
          ORDER BY e.ended_at DESC LIMIT ${ENDED_MANDATES}))) m
    CROSS JOIN LATERAL (
      SELECT json_agg(json_build_array(q.id, q.person_id, q.caller_id, q.state, q.route, q.answered_at, q.mandate_id,
        q.mandate_revision, q.actions,
        (SELECT json_agg(encode(u.action_key_hash, 'hex')) FROM code_uses u WHERE u.code_id = q.id)
      ) ORDER BY q.id) AS confirmations
      FROM codes q WHERE q.call_id = c.id AND q.purpose = 'action' AND q.state IN ('approved', 'declined')) q
    CROSS JOIN LATERAL (
      SELECT json_agg(json_build_array(x.action, x.executed_at) ORDER BY x.executed_at) AS deliveries
      FROM executions x
      WHERE x.contract_id = k.id AND x.is_safe_delivery
        AND x.executed_at > ${now} - interval '${DELIVERY_WINDOW_DAYS} days') x
  WHERE c.id = ANY ($1::uuid[])`;

/** At a moment that the caller has read, inside its transaction. */
const FACTS_AT = factsSql('$2::timestamptz');
/** At the moment of reading. Every use of the clock in one statement shows the same time. */
const FACTS_NOW = factsSql("date_trunc('milliseconds', statement_timestamp())");

type HolderRow = readonly [HolderId, Level | null, boolean];
type VerificationRow = readonly [Verification['method'], Verification['route'], string];
type EvidenceRow = readonly [Evidence['form'], Level, string, number];
type MandateRow = readonly [
  Mandate['id'],
  HolderId,
  Mandate['state'],
  Mandate['ending'],
  boolean,
  string,
  string,
  number,
  number,
  CallId | null,
  readonly string[],
  readonly ContractId[],
  readonly EvidenceRow[] | null,
];
type ConfirmationRow = readonly [
  Confirmation['id'],
  HolderId,
  CallerId,
  Confirmation['answer'],
  Confirmation['route'],
  string,
  Confirmation['mandateId'],
  number | null,
  readonly { readonly name: string; readonly key: string }[],
  readonly string[] | null,
];

interface FactsRow {
  readonly id: CallId;
  readonly channel: Facts['call']['channel'];
  readonly claim: Facts['call']['claim'];
  readonly language: Language;
  readonly agent_id: AgentId;
  readonly role: string;
  readonly is_active: boolean;
  readonly ends_at: Date;
  readonly ended_at: Date | null;
  readonly caller_id: CallerId | null;
  readonly contract_id: ContractId;
  readonly joint_rule: 'any' | 'all';
  readonly properties: Properties;
  readonly policy_hash: PolicyHash | null;
  readonly holders: readonly HolderRow[] | null;
  readonly verifications: readonly VerificationRow[] | null;
  readonly mandates: readonly MandateRow[] | null;
  readonly confirmations: readonly ConfirmationRow[] | null;
  readonly has_phone: boolean;
  readonly has_totp: boolean;
  readonly address_changed_at: Date | null;
  readonly deliveries: readonly (readonly [string, string])[] | null;
  readonly now: Date;
}

@Injectable()
export class FactsRepository {
  /**
   * Facts by the call's id; unknown calls are left out.
   *
   * @param now null = the moment of reading, for what is read outside a transaction
   */
  async load(
    client: Pick<ClientBase, 'query'>,
    callIds: readonly string[],
    now: Date | null,
  ): Promise<ReadonlyMap<string, LoadedFacts>> {
    const query =
      now === null
        ? { name: 'calls-facts-now', text: FACTS_NOW, values: [callIds] }
        : { name: 'calls-facts', text: FACTS_AT, values: [callIds, now] };
    const { rows } = await client.query<FactsRow>(query);
    return new Map(rows.map((row) => [row.id, factsOf(row)]));
  }

  /**
   * Before doing something: nothing that this call's decision stands on may change until it is done. Withdrawals and
   * other executions wait, or were first and are seen.
   */
  async lock(client: ClientBase, callId: string): Promise<void> {
    await client.query({
      name: 'calls-lock-contract',
      text: 'SELECT 1 FROM contracts WHERE id = (SELECT contract_id FROM calls WHERE id = $1) FOR UPDATE',
      values: [callId],
    });
    await client.query({
      name: 'calls-lock-mandates',
      text: `SELECT 1 FROM mandates WHERE proxy_id = (SELECT caller_id FROM calls WHERE id = $1) ORDER BY id FOR SHARE`,
      values: [callId],
    });
    await client.query({
      name: 'calls-lock-codes',
      text: 'SELECT 1 FROM codes WHERE call_id = $1 ORDER BY id FOR UPDATE',
      values: [callId],
    });
  }
}

/** How a used confirmation names its action: keys may be long, an index entry may not. */
export function actionKeyHash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function factsOf(row: FactsRow): LoadedFacts {
  if (row.policy_hash === null) throw new Error('no policy is in force');
  const methods: Facts['caller']['methods'] = [
    ...(row.has_phone ? (['code'] as const) : []),
    ...(row.has_totp ? (['totp'] as const) : []),
  ];
  const facts: Facts = {
    call: {
      id: row.id,
      channel: row.channel,
      claim: row.claim,
      agentId: row.agent_id,
      agentRole: row.role,
      isAgentActive: row.is_active,
      endsAt: row.ends_at.getTime(),
    },
    contract: {
      id: row.contract_id,
      jointRule: row.joint_rule,
      properties: row.properties,
      holders: (row.holders ?? []).map(holderOf),
    },
    caller: { id: row.caller_id, verifications: (row.verifications ?? []).map(verificationOf), methods },
    mandates: (row.mandates ?? []).map(mandateOf),
    confirmations: (row.confirmations ?? []).map(confirmationOf),
    delivery: {
      addressChangedAt: row.address_changed_at?.getTime() ?? null,
      deliveredAt: deliveriesOf(row.deliveries ?? []),
    },
  };
  return {
    facts,
    at: row.now,
    policyHash: row.policy_hash,
    language: row.language,
    endedAt: row.ended_at?.getTime() ?? null,
  };
}

function holderOf([id, askLevel, hasBlockedCaller]: HolderRow): HolderFacts {
  return { id, askLevel: askLevel ?? 0, hasBlockedCaller };
}

function verificationOf([method, route, at]: VerificationRow): Verification {
  return { method, route, at: Date.parse(at) };
}

function mandateOf(row: MandateRow): Mandate {
  const [
    id,
    holderId,
    state,
    ending,
    isSilent,
    startsAt,
    endsAt,
    revision,
    termsRevision,
    callId,
    scopes,
    contractIds,
  ] = row;
  return {
    id,
    holderId,
    state,
    ending,
    isSilent,
    startsAt: Date.parse(startsAt),
    endsAt: Date.parse(endsAt),
    revision,
    termsRevision,
    callId,
    scopes,
    contractIds,
    evidence: (row[12] ?? []).map(([form, sessionStrength, at, terms]) => ({
      form,
      sessionStrength,
      at: Date.parse(at),
      termsRevision: terms,
    })),
  };
}

function confirmationOf(row: ConfirmationRow): Confirmation {
  const [id, holderId, callerId, answer, route, answeredAt, mandateId, mandateRevision, actions, uses] = row;
  const used = new Set(uses ?? []);
  return {
    id,
    holderId,
    callerId,
    answer,
    route,
    answeredAt: Date.parse(answeredAt),
    mandateId,
    mandateRevision,
    actions: actions.map(({ name, key }) => ({
      name,
      key,
      isUsed: used.size > 0 && used.has(actionKeyHash(key).toString('hex')),
    })),
  };
}

function deliveriesOf(rows: readonly (readonly [string, string])[]): Readonly<Record<string, readonly Instant[]>> {
  const byAction: Record<string, Instant[]> = {};
  for (const [action, at] of rows) (byAction[action] ??= []).push(Date.parse(at));
  return byAction;
}
