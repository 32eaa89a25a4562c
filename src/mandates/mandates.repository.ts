import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inForceSql } from '../life-events/in-force.ts';
import type { Verification } from '../policy/facts.ts';
import type { CallerId, CallId, ContractId, HolderId, Instant, MandateId } from '../policy/ids.ts';
import type { CodeRoute, ContactRule, EvidenceForm, Level, VerificationMethod } from '../policy/vocabulary.ts';
import { MandateContractEntity, MandateEvidenceEntity } from './mandate-parts.entity.ts';
import { MandateEntity } from './mandate.entity.ts';
import type { MandatePart, MandateRecord, MandateScope, ParentRecord, Side } from './mandate.ts';

/** As `restsUntil` has it. */
const isSeparatedSql = (people: string): string => `EXISTS (
      SELECT FROM life_events e LEFT JOIN legal_verdicts v ON v.life_event_id = e.id
      WHERE e.person_id = ANY (${people}) AND e.kind = 'separation' AND ${inForceSql('clock_timestamp()')})`;

/** A mandate with everything that hangs on it, in one query. */
const SELECT = `
  SELECT m.*, holder.crm_ref AS holder_ref, proxy.crm_ref AS proxy_ref,
    proxy.kind = 'software' AS is_to_software,
    (SELECT coalesce(json_agg(json_build_object('name', s.scope, 'version', s.scope_version) ORDER BY s.scope), '[]')
       FROM mandate_scopes s WHERE s.mandate_id = m.id) AS scopes,
    (SELECT coalesce(json_agg(json_build_object('id', c.id, 'ref', c.contract_ref) ORDER BY c.contract_ref), '[]')
       FROM mandate_contracts mc JOIN contracts c ON c.id = mc.contract_id WHERE mc.mandate_id = m.id) AS contracts,
    (SELECT coalesce(json_agg(json_build_object('form', e.form, 'sessionStrength', e.session_strength,
         'at', extract(epoch FROM e.registered_at) * 1000, 'termsRevision', e.terms_revision,
         'reference', e.reference, 'registeredBy', e.registered_by) ORDER BY e.registered_at, e.id), '[]')
       FROM mandate_evidence e WHERE e.mandate_id = m.id) AS evidence,
    (SELECT json_build_object('id', p.id, 'ref', p.mandate_ref, 'holderId', p.holder_id, 'proxyId', p.proxy_id,
         'state', p.state, 'ending', p.ending, 'isSilent', p.is_silent, 'mayPassOn', p.may_pass_on,
         'startsAt', extract(epoch FROM p.starts_at) * 1000, 'endsAt', extract(epoch FROM p.ends_at) * 1000,
         'revision', p.revision, 'termsRevision', p.terms_revision, 'callId', p.call_id,
         'scopes', ARRAY (SELECT s.scope FROM mandate_scopes s WHERE s.mandate_id = p.id),
         'contractIds', ARRAY (SELECT c.contract_id FROM mandate_contracts c WHERE c.mandate_id = p.id),
         'evidence', (SELECT json_agg(json_build_object('form', e.form, 'sessionStrength', e.session_strength,
             'at', extract(epoch FROM e.registered_at) * 1000, 'termsRevision', e.terms_revision))
           FROM mandate_evidence e WHERE e.mandate_id = p.id),
         'hasBlockedProxy', EXISTS (SELECT FROM blocks b
           WHERE b.holder_id = p.holder_id AND b.caller_id = p.proxy_id AND b.lifted_at IS NULL))
       FROM mandates p WHERE p.id = m.parent_id) AS parent,
    ((m.while_partner AND ${isSeparatedSql('ARRAY[m.holder_id, m.proxy_id]')})
      OR EXISTS (SELECT FROM mandates p WHERE p.id = m.parent_id AND p.while_partner
        AND ${isSeparatedSql('ARRAY[p.holder_id, p.proxy_id]')})) AS is_set_aside
  FROM mandates m JOIN people holder ON holder.id = m.holder_id JOIN people proxy ON proxy.id = m.proxy_id`;

interface MandateRow {
  readonly id: MandateId;
  readonly mandate_ref: string;
  readonly holder_id: HolderId;
  readonly proxy_id: CallerId;
  readonly holder_ref: string;
  readonly proxy_ref: string;
  readonly state: MandateRecord['state'];
  readonly ending: MandateRecord['ending'];
  readonly is_silent: boolean;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly asked_ends_at: Date | null;
  readonly revision: number;
  readonly terms_revision: number;
  readonly call_id: CallId | null;
  readonly created_at: Date;
  readonly accept_before: Date | null;
  readonly acceptance_tries: number;
  readonly acceptance_key_id: string | null;
  readonly accepted_at: Date | null;
  readonly ended_at: Date | null;
  readonly scopes: readonly MandateScope[];
  readonly contracts: MandateRecord['contracts'];
  readonly evidence: MandateRecord['evidence'];
  readonly may_pass_on: boolean;
  readonly while_partner: boolean;
  readonly is_to_software: boolean;
  readonly contact_rule: ContactRule | null;
  readonly is_set_aside: boolean;
  readonly parent: ParentRecord | null;
}

/** Columns of the mandate itself that a change writes. */
export type MandateChanges = Partial<
  Pick<
    MandateEntity,
    | 'state'
    | 'ending'
    | 'isSilent'
    | 'startsAt'
    | 'endsAt'
    | 'askedEndsAt'
    | 'revision'
    | 'termsRevision'
    | 'acceptBefore'
    | 'acceptanceTries'
    | 'acceptanceKeyId'
    | 'acceptedAt'
    | 'endedAt'
    | 'mayPassOn'
  >
>;

export type NewMandate = Omit<
  MandateEntity,
  'ending' | 'isSilent' | 'revision' | 'termsRevision' | 'acceptanceTries' | 'acceptedAt' | 'endedAt'
>;

export interface NewEvidence {
  readonly form: EvidenceForm;
  readonly sessionStrength: Level;
  readonly termsRevision: number;
  readonly reference: string | null;
  readonly registeredBy: string;
}

/** A call in which somebody asks for a mandate. */
export interface MandateCall {
  readonly agentId: string;
  readonly contractId: ContractId;
  readonly callerId: CallerId | null;
  readonly openedAt: Date;
  readonly isOpen: boolean;
  readonly verifications: readonly Verification[];
}

export interface ListedMandates<By extends Side = 'holder' | 'proxy'> {
  readonly by: By;
  readonly personId: string;
  /** Ended before this moment: left out. */
  readonly endedSince: Date;
  readonly limit: number;
  /** The last mandate of the page before; null = the first page. */
  readonly after: string | null;
}

/** As `stateAt` has it; $4 is now. */
const IS_LIVE = `(m.state <> 'ended' AND m.ends_at > $4
  AND (m.state NOT IN ('draft', 'pending_acceptance') OR m.accept_before IS NULL OR m.accept_before > $4))`;

/** Who is on each side, and what they know of, as `personOn` and `isKnownTo` have it; $1 is the person. */
const ON_SIDE: Readonly<Record<Side, string>> = {
  holder: 'm.holder_id = $1::uuid',
  proxy: `m.proxy_id = $1::uuid AND NOT m.is_silent AND EXISTS (
    SELECT 1 FROM mandate_evidence e WHERE e.mandate_id = m.id AND e.session_strength > 0)`,
  // What the holder gave is on the holder's side.
  giver: 'm.parent_id IN (SELECT p.id FROM mandates p WHERE p.proxy_id = $1::uuid) AND NOT m.is_silent',
};

/** The proxy of `m` is a contact person of its holder at the moment `now`. */
const isContactSql = (now: string): string =>
  `m.contact_rule IS NOT NULL AND m.state = 'active' AND m.starts_at <= ${now} AND m.ends_at > ${now}`;

/** The same, and speaks for it: nobody whom the organisation blocked, or to whom something happened. */
const speaksSql = (now: string): string => `${isContactSql(now)}
  AND NOT EXISTS (SELECT FROM blocks b
    WHERE b.holder_id = m.holder_id AND b.caller_id = m.proxy_id AND b.lifted_at IS NULL)
  AND NOT EXISTS (SELECT FROM life_events e LEFT JOIN legal_verdicts v ON v.life_event_id = e.id
    WHERE e.person_id = m.proxy_id AND ${inForceSql(now)})`;

/** Rows that one step of going through a whole table looks at. */
const PAGE = 500;

@Injectable()
export class MandatesRepository {
  /** The database's clock, outside a recorded transaction. */
  async clock(manager: EntityManager): Promise<Instant> {
    const [row] = await manager.query<[{ now: Date }]>('SELECT clock_timestamp() AS now');
    return row.now.getTime();
  }

  async find(manager: EntityManager, id: string): Promise<MandateRecord | null> {
    const [row] = await manager.query<MandateRow[]>(`${SELECT} WHERE m.id = $1`, [id]);
    return row === undefined ? null : toRecord(row);
  }

  /** Whether an employee took it down, and no second one has approved that. The database keeps it a draft meanwhile. */
  async needsColleague(tx: EntityManager, id: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT FROM registrations r WHERE r.mandate_id = $1 AND NOT EXISTS (
         SELECT FROM registration_verdicts v WHERE v.registration_id = r.id AND v.verdict = 'approved')`,
      [id],
    );
    return rows.length > 0;
  }

  /** References of contracts, in their own order. */
  async contractRefs(manager: EntityManager, ids: readonly string[]): Promise<string[]> {
    const rows = await manager.query<{ ref: string }[]>(
      'SELECT contract_ref AS ref FROM contracts WHERE id = ANY ($1::uuid[]) ORDER BY contract_ref',
      [ids],
    );
    return rows.map(({ ref }) => ref);
  }

  async findByRef(manager: EntityManager, ref: string): Promise<MandateRecord | null> {
    const [row] = await manager.query<MandateRow[]>(`${SELECT} WHERE m.mandate_ref = $1`, [ref]);
    return row === undefined ? null : toRecord(row);
  }

  /**
   * Of the next rows behind `after`, suspends every active mandate and ends those that nobody has accepted yet.
   *
   * @returns `last`: null = there are no more; the mandates as they are then
   */
  async setAsidePage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly changed: readonly MandateRecord[] }> {
    const [row] = await tx.query<[{ last: string | null; ids: string[] }]>(
      `WITH page AS (SELECT id FROM mandates WHERE id > $1 ORDER BY id LIMIT ${PAGE}), suspended AS (
         UPDATE mandates m SET state = 'suspended', revision = revision + 1 FROM page
         WHERE m.id = page.id AND m.state = 'active' AND m.ends_at > $2 RETURNING m.id
       ), ended AS (
         UPDATE mandates m SET state = 'ended', ending = 'refused_by_organisation', ended_at = $2,
           revision = revision + 1, accept_before = NULL, acceptance_key_id = NULL FROM page
         WHERE m.id = page.id AND m.state IN ('draft', 'pending_acceptance') RETURNING m.id
       )
       SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
         ARRAY (SELECT id FROM suspended UNION ALL SELECT id FROM ended) AS ids`,
      [after, now],
    );
    if (row.ids.length === 0) return { last: row.last, changed: [] };
    const rows = await tx.query<MandateRow[]>(`${SELECT} WHERE m.id = ANY ($1::uuid[]) ORDER BY m.id`, [row.ids]);
    return { last: row.last, changed: rows.map(toRecord) };
  }

  /** Locks the row first, so that what is read is what the change will find. */
  async lock(tx: EntityManager, id: string): Promise<MandateRecord | null> {
    await tx.query('SELECT 1 FROM mandates WHERE id = $1 FOR UPDATE', [id]);
    return this.find(tx, id);
  }

  /** Those on this side of a person that have not ended, locked: what was made from others after those. */
  async lockLive(tx: EntityManager, side: 'holder' | 'proxy', personId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT id FROM mandates WHERE ${side}_id = $1 AND state <> 'ended' ORDER BY parent_id IS NOT NULL, id FOR UPDATE`,
      [personId],
    );
    return rows.map((row) => row.id);
  }

  /** What was made from this mandate and has not ended, locked. */
  async lockSubMandates(tx: EntityManager, parentId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT id FROM mandates WHERE parent_id = $1 AND state <> 'ended' ORDER BY id FOR UPDATE`,
      [parentId],
    );
    return rows.map((row) => row.id);
  }

  /** What was made from this mandate and has not ended, the oldest first. */
  async subMandates(manager: EntityManager, parentId: string, now: Date): Promise<MandateRecord[]> {
    const rows = await manager.query<MandateRow[]>(
      `${SELECT} WHERE m.parent_id = $1 AND m.state <> 'ended' AND m.ends_at > $2 ORDER BY m.created_at, m.id LIMIT 100`,
      [parentId, now],
    );
    return rows.map(toRecord);
  }

  /**
   * By which somebody speaks for organisations now, the oldest first.
   *
   * @param organisationId null = for whichever
   */
  async contactMandates(
    manager: EntityManager,
    proxyId: string,
    organisationId: string | null,
    now: Date,
  ): Promise<MandateRecord[]> {
    const rows = await manager.query<MandateRow[]>(
      `${SELECT} WHERE m.proxy_id = $1 AND m.holder_id = coalesce($2::uuid, m.holder_id) AND ${speaksSql('$3')}
       ORDER BY m.created_at, m.id LIMIT 100`,
      [proxyId, organisationId, now],
    );
    return rows.map(toRecord);
  }

  /** By which people speak for an organisation now, the oldest first. */
  async contactsOf(manager: EntityManager, organisationId: string, now: Date): Promise<MandateRecord[]> {
    const rows = await manager.query<MandateRow[]>(
      `${SELECT} WHERE m.holder_id = $1 AND ${speaksSql('$2')} ORDER BY m.created_at, m.id LIMIT 100`,
      [organisationId, now],
    );
    return rows.map(toRecord);
  }

  /** Whether an organisation has contact persons, whatever became of them. */
  async hasContacts(manager: EntityManager, organisationId: string, now: Date): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM mandates m WHERE m.holder_id = $1 AND ${isContactSql('$2')} LIMIT 1`,
      [organisationId, now],
    );
    return rows.length > 0;
  }

  /** The newest first. One more than `limit` when there are more. */
  async list(
    manager: EntityManager,
    { by, personId, endedSince, limit, after }: ListedMandates,
  ): Promise<MandateRecord[]> {
    const rows = await manager.query<MandateRow[]>(
      `${SELECT}
       WHERE m.${by === 'holder' ? 'holder_id' : 'proxy_id'} = $1 AND coalesce(m.ended_at, m.ends_at) > $2
         AND ($4::uuid IS NULL
           OR (m.created_at, m.id) < (SELECT a.created_at, a.id FROM mandates a WHERE a.id = $4))
       ORDER BY m.created_at DESC, m.id DESC LIMIT $3`,
      [personId, endedSince, limit + 1, after],
    );
    return rows.map(toRecord);
  }

  /** What a person sees of their own, on one side. The newest first; one more than `limit` when there are more. */
  async listOwn(
    manager: EntityManager,
    { by, personId, endedSince, limit, after }: ListedMandates<Side>,
    part: MandatePart,
    now: Date,
  ): Promise<MandateRecord[]> {
    const rows = await manager.query<MandateRow[]>(
      `${SELECT}
       WHERE ${ON_SIDE[by]} AND coalesce(m.ended_at, m.ends_at) > $2 AND ${part === 'live' ? '' : 'NOT '}${IS_LIVE}
         AND ($5::uuid IS NULL
           OR (m.created_at, m.id) < (SELECT a.created_at, a.id FROM mandates a WHERE a.id = $5))
       ORDER BY m.created_at DESC, m.id DESC LIMIT $3`,
      [personId, endedSince, limit + 1, now, after],
    );
    return rows.map(toRecord);
  }

  /** False when the reference is taken: try another. */
  async insert(tx: EntityManager, mandate: NewMandate): Promise<boolean> {
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(MandateEntity)
      .values(mandate)
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  async update(tx: EntityManager, id: string, changes: MandateChanges): Promise<void> {
    await tx.update(MandateEntity, { id }, changes);
  }

  /** After the mandate itself: a trigger copies its period to each scope, for the exclusion constraint. */
  async setScopes(tx: EntityManager, id: string, scopes: readonly MandateScope[]): Promise<void> {
    const names = scopes.map((scope) => scope.name);
    await tx.query('DELETE FROM mandate_scopes WHERE mandate_id = $1 AND scope <> ALL ($2::text[])', [id, names]);
    await tx.query(
      `INSERT INTO mandate_scopes (mandate_id, scope, scope_version)
       SELECT $1, * FROM unnest($2::text[], $3::integer[]) ON CONFLICT (mandate_id, scope) DO NOTHING`,
      [id, names, scopes.map((scope) => scope.version)],
    );
  }

  async setContracts(tx: EntityManager, id: string, contractIds: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM mandate_contracts WHERE mandate_id = $1 AND contract_id <> ALL ($2::uuid[])', [
      id,
      contractIds,
    ]);
    await tx
      .createQueryBuilder()
      .insert()
      .into(MandateContractEntity)
      .values(contractIds.map((contractId) => ({ mandateId: id, contractId })))
      .orIgnore()
      .execute();
  }

  async addEvidence(tx: EntityManager, mandateId: string, evidence: NewEvidence, now: Date): Promise<void> {
    await tx.insert(MandateEvidenceEntity, { id: randomUUID(), mandateId, registeredAt: now, ...evidence });
  }

  /**
   * Mandates of this pair that time has ended, and nobody has written that down; locked. New terms for one pair follow each
   * other: two inserts that wait on each other's exclusion constraint would both run into the lock's time limit.
   */
  async overdue(tx: EntityManager, holderId: string, proxyId: string, now: Date): Promise<string[]> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`mandate ${holderId} ${proxyId}`]);
    const rows = await tx.query<{ id: string }[]>(
      `SELECT id FROM mandates WHERE holder_id = $1 AND proxy_id = $2 AND state <> 'ended'
         AND (ends_at <= $3 OR (state IN ('draft', 'pending_acceptance') AND accept_before <= $3))
       ORDER BY id FOR UPDATE`,
      [holderId, proxyId, now],
    );
    return rows.map((row) => row.id);
  }

  /** Takes one of the five tries, atomically. False when there is none left or the mandate waits for nobody. */
  async takeAcceptanceTry(tx: EntityManager, id: string, now: Date): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE mandates SET acceptance_tries = acceptance_tries + 1
       WHERE id = $1 AND state = 'pending_acceptance' AND acceptance_tries < 5 AND accept_before > $2 AND ends_at > $2
       RETURNING id`,
      [id, now],
    );
    return rows.length === 1;
  }

  /** Locks the person's row, so that two sends at once count each other. */
  async countSends(tx: EntityManager, personId: string, template: string, since: Date): Promise<number> {
    // Not FOR UPDATE: rows that refer to this person may be written meanwhile.
    await tx.query('SELECT 1 FROM people WHERE id = $1 FOR NO KEY UPDATE', [personId]);
    const [row] = await tx.query<[{ count: number }]>(
      'SELECT count(*)::integer AS count FROM messages WHERE person_id = $1 AND template = $2 AND queued_at > $3',
      [personId, template, since],
    );
    return row.count;
  }

  /**
   * Invitations to mandates that this person gave in the self-service, their own or passed on. Locks the person's row, so that
   * two at once count each other.
   */
  async countSelfSends(tx: EntityManager, giverId: string, since: Date): Promise<number> {
    await tx.query('SELECT 1 FROM people WHERE id = $1 FOR NO KEY UPDATE', [giverId]);
    const [row] = await tx.query<[{ count: number }]>(
      `SELECT count(*)::integer AS count FROM (
         SELECT id, proxy_id FROM mandates WHERE holder_id = $1 AND parent_id IS NULL
         UNION ALL
         SELECT m.id, m.proxy_id FROM mandates p JOIN mandates m ON m.parent_id = p.id WHERE p.proxy_id = $1) m
         JOIN messages i ON i.person_id = m.proxy_id AND i.template = 'invitation' AND i.queued_at > $2
           AND i.parameters->>'mandateId' = m.id::text
       WHERE EXISTS (
         SELECT 1 FROM mandate_evidence e WHERE e.mandate_id = m.id AND e.registered_by ~ '^(agent:[^ ]+ )?person:')`,
      [giverId, since],
    );
    return row.count;
  }

  async findCall(tx: EntityManager, id: string, now: Date): Promise<MandateCall | null> {
    const [call] = await tx.query<Omit<MandateCall, 'verifications'>[]>(
      `SELECT agent_id AS "agentId", contract_id AS "contractId", caller_id AS "callerId", opened_at AS "openedAt",
         (ended_at IS NULL AND ends_at > $2) AS "isOpen"
       FROM calls WHERE id = $1`,
      [id, now],
    );
    if (call === undefined) return null;
    const rows = await tx.query<{ method: VerificationMethod; route: CodeRoute | null; verified_at: Date }[]>(
      'SELECT method, route, verified_at FROM verifications WHERE call_id = $1 AND person_id = $2',
      [id, call.callerId],
    );
    const verifications = rows.map(({ method, route, verified_at: at }) => ({ method, route, at: at.getTime() }));
    return { ...call, verifications };
  }
}

function toRecord(row: MandateRow): MandateRecord {
  return {
    id: row.id,
    ref: row.mandate_ref,
    holderId: row.holder_id,
    proxyId: row.proxy_id,
    holderRef: row.holder_ref,
    proxyRef: row.proxy_ref,
    state: row.state,
    ending: row.ending,
    isSilent: row.is_silent,
    startsAt: row.starts_at.getTime(),
    endsAt: row.ends_at.getTime(),
    askedEndsAt: instantOf(row.asked_ends_at),
    revision: row.revision,
    termsRevision: row.terms_revision,
    callId: row.call_id,
    createdAt: row.created_at.getTime(),
    acceptBefore: instantOf(row.accept_before),
    acceptanceTries: row.acceptance_tries,
    acceptanceKeyId: row.acceptance_key_id,
    acceptedAt: instantOf(row.accepted_at),
    endedAt: instantOf(row.ended_at),
    scopes: row.scopes.map((scope) => scope.name),
    scopeVersions: row.scopes,
    contractIds: row.contracts.map((contract) => contract.id),
    contracts: row.contracts,
    evidence: row.evidence,
    mayPassOn: row.may_pass_on,
    isWhilePartner: row.while_partner,
    isToSoftware: row.is_to_software,
    contactRule: row.contact_rule,
    isSetAside: row.is_set_aside,
    ...(row.parent === null ? {} : { parent: row.parent }),
  };
}

function instantOf(at: Date | null): Instant | null {
  return at === null ? null : at.getTime();
}
