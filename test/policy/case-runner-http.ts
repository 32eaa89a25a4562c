import { randomBytes, randomUUID } from 'node:crypto';

import { actionKeyHash } from '../../src/calls/action-key-hash.ts';
import { actionKey } from '../../src/policy/binding.ts';
import type { CodeRoute } from '../../src/policy/vocabulary.ts';
import type { Answer, Desk } from '../support/desk.ts';
import { callerRefOf, evidenceRows, holdersOf, instantOf, leftBehind, mandateRef, questionOf } from './case-facts.ts';
import type {
  Asked,
  Case,
  CaseAgent,
  CaseConfirmation,
  CaseHolder,
  CaseLifeEvent,
  CaseMandate,
  CaseRepresentation,
  Wanted,
} from './case-format.ts';

/** A case's world as rows, and the call in it. */
export interface ArrangedCase {
  readonly callId: string;
  readonly agentRef: string;
  /** Ids of the mandates, by the names that the case gives them. */
  readonly mandateIds: ReadonlyMap<string, string>;
}

/** Aged well beyond every minimum. */
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

/**
 * Builds the world of a case in the database: the past can't be made over HTTP. It counts from the database's clock, so
 * that the check a moment later finds everything where the case says, but for the milliseconds between.
 */
export async function arrange(desk: Desk, one: Case): Promise<ArrangedCase> {
  const { rows } = await desk.owner.query<{ now: Date }>("SELECT date_trunc('milliseconds', now()) AS now");
  return new Arrangement(desk, one, rows[0]!.now.getTime()).build();
}

class Arrangement {
  private readonly people = new Map<string, string>();
  private readonly points = new Map<string, string>();
  private readonly mandateIds = new Map<string, string>();
  private readonly holders: readonly CaseHolder[];
  private readonly here = randomUUID();
  private readonly elsewhere = randomUUID();
  private readonly callId = randomUUID();
  private readonly earlierCallId = randomUUID();

  constructor(
    private readonly desk: Desk,
    private readonly one: Case,
    private readonly now: number,
  ) {
    this.holders = holdersOf(one);
  }

  async build(): Promise<ArrangedCase> {
    const { world = {}, call = {}, confirmations = [] } = this.one;
    // Cases share an agent of their role, but for those about what one agent has.
    const isAboutAgent = Object.keys(call.agent ?? {}).some((name) => name !== 'role');
    const agentRef = isAboutAgent ? `case-${randomUUID()}` : `case-${call.agent?.role ?? 'employee'}`;
    for (const holder of this.holders) await this.addHolder(holder);
    await this.addPostalAddress();
    const caller = callerRefOf(this.one);
    for (const ref of ['proxy', 'stranger', 'giver']) if (!this.people.has(ref)) await this.addPerson(ref);
    await this.addMethods(this.people.get(caller));
    await this.addSoftware(this.people.get(caller));
    await this.addContracts();
    const agentId = await this.addAgent(agentRef, call.agent);
    const callerId = this.people.get(caller) ?? null;
    await this.addCall(this.callId, agentId, callerId);
    await this.addCall(this.earlierCallId, agentId, callerId);
    const proxyId = callerId ?? this.person('proxy');
    for (const [at, mandate] of (world.mandates ?? []).entries()) await this.addMandate(mandate, at, proxyId);
    for (const { who, ask = 'phone', ...mandate } of world.contacts ?? []) {
      await this.addHolder({ ref: who, ask });
      await this.addGiven({ contact_rule: 'several', ...mandate, ref: who }, 0, this.person(who));
    }
    for (const event of world.life_events ?? []) await this.addLifeEvent(event, agentId);
    for (const one of world.representations ?? []) await this.addRepresentation(one, proxyId, agentId);
    for (const holder of this.holders) if (holder.blocked === true) await this.block(holder.ref, proxyId);
    for (const verification of call.verified ?? []) {
      const { by, at } = typeof verification === 'string' ? { by: verification, at: '-1m' } : verification;
      const [method, detail] = by.split(':');
      await this.insert('verifications', {
        call_id: this.callId,
        person_id: callerId,
        method,
        route: method === 'code' ? detail : null,
        session_strength: method === 'support_code' ? detail : null,
        verified_at: this.date(at),
      });
    }
    for (const confirmation of confirmations) await this.addConfirmation(confirmation, agentId, caller);
    for (const one of call.owed ?? []) await this.addObligation(one);
    for (const { action, at } of world.deliveries ?? []) await this.addExecution(action, true, this.date(at));
    return { callId: this.callId, agentRef, mandateIds: this.mandateIds };
  }

  private date(moment: string): Date {
    return new Date(instantOf(moment, this.now));
  }

  private person(ref: string): string {
    const known = this.people.get(ref);
    if (known === undefined) throw new Error(`the case names nobody as ${ref}`);
    return known;
  }

  /** Every row has an id of its own; answers it. */
  private async insert(table: string, row: Record<string, unknown>): Promise<string> {
    const id = typeof row.id === 'string' ? row.id : randomUUID();
    await this.insertPlain(table, { ...row, id });
    return id;
  }

  private async insertPlain(table: string, row: Record<string, unknown>): Promise<void> {
    const columns = Object.keys(row);
    const places = columns.map((_, at) => `$${at + 1}`);
    await this.desk.owner.query(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`,
      Object.values(row),
    );
  }

  private async addPerson(ref: string): Promise<string> {
    const id = await this.insert('people', {
      crm_ref: randomUUID(),
      kind: 'person',
      language: 'nl',
      created_at: LONG_AGO,
      changed_at: LONG_AGO,
    });
    this.people.set(ref, id);
    return id;
  }

  private addPoint(personId: string, kind: 'phone' | 'email' | 'postal', changedAt: Date): Promise<string> {
    // A check reads that there is a contact point, never what it says.
    return this.insert('contact_points', {
      person_id: personId,
      kind,
      value_sealed: randomBytes(32),
      value_index: randomBytes(32),
      verified_at: LONG_AGO,
      changed_at: changedAt,
    });
  }

  private async addHolder({
    ref,
    ask = 'phone',
    ask_first: askFirst = [],
    refused_recordings: refused = [],
  }: CaseHolder): Promise<void> {
    const personId = await this.addPerson(ref);
    // None to ask by means: one that is too new.
    const changedAt = ask === 'none' ? this.date('-1d') : LONG_AGO;
    this.points.set(
      ref,
      await this.addPoint(personId, ask === 'email' || ask === 'session' ? 'email' : 'phone', changedAt),
    );
    if (ask === 'session') await this.addPasskey(personId);
    await this.desk.owner.query('UPDATE people SET refused_recordings = $2 WHERE id = $1', [personId, refused]);
    for (const scope of askFirst) {
      await this.insertPlain('ask_first', { person_id: personId, scope, chosen_at: LONG_AGO });
    }
  }

  private async addPostalAddress(): Promise<void> {
    const moment = this.one.world?.address_of_record ?? '-700d';
    const first = this.holders[0];
    if (moment !== 'none' && first !== undefined) {
      await this.addPoint(this.person(first.ref), 'postal', this.date(moment));
    }
  }

  private async addPasskey(personId: string): Promise<void> {
    await this.insert('passkeys', {
      person_id: personId,
      credential_hash: randomBytes(32),
      credential_sealed: randomBytes(32),
      sign_count: 0,
      added_at: LONG_AGO,
    });
  }

  private async addMethods(callerId: string | undefined): Promise<void> {
    if (callerId === undefined) return;
    const isHolder = this.holders.some(({ ref }) => this.people.get(ref) === callerId);
    const left = leftBehind(this.one);
    // A holder's telephone stands there already.
    if (left.includes('code') && !isHolder) await this.addPoint(callerId, 'phone', LONG_AGO);
    if (left.includes('passkey')) {
      await this.addPasskey(callerId);
    }
    if (!left.includes('totp')) return;
    await this.insert('authenticators', {
      person_id: callerId,
      secret_sealed: randomBytes(32),
      enrolled_at: LONG_AGO,
      confirmed_at: LONG_AGO,
      usable_from: LONG_AGO,
    });
  }

  private async addSoftware(callerId: string | undefined): Promise<void> {
    const { software } = this.one.call ?? {};
    if (software === undefined || callerId === undefined) return;
    await this.desk.owner.query("UPDATE people SET kind = 'software' WHERE id = $1", [callerId]);
    // The usual ceiling needs no declaration: the CRM may have brought it along.
    if (software.ceiling === undefined) return;
    await this.insertPlain('software_callers', {
      person_id: callerId,
      holder_id: this.person(this.holders[0]!.ref),
      ceiling: software.ceiling,
      operator_sealed: randomBytes(32),
      declared_at: LONG_AGO,
    });
  }

  private async addContracts(): Promise<void> {
    const { joint_rule = 'any', properties = { status: 'active' } } = this.one.world?.contract ?? {};
    const times = { created_at: LONG_AGO, changed_at: LONG_AGO };
    await this.insert('contracts', { id: this.here, contract_ref: randomUUID(), joint_rule, properties, ...times });
    await this.insert('contracts', {
      id: this.elsewhere,
      contract_ref: randomUUID(),
      joint_rule: 'any',
      properties,
      ...times,
    });
    for (const [position, { ref }] of this.holders.entries()) {
      for (const contract of [this.here, this.elsewhere]) {
        await this.insertPlain('contract_holders', { contract_id: contract, holder_id: this.person(ref), position });
      }
    }
  }

  private async addAgent(ref: string, agent: CaseAgent = {}): Promise<string> {
    const { role = 'employee', skills = [], flags = [], attestations = [] } = agent;
    const { rows } = await this.desk.owner.query<{ id: string }>(
      `INSERT INTO agents (id, agent_ref, pseudonym, role, skills, flags, created_at)
       VALUES (gen_random_uuid(), $1, $1, $2, $3, $4, now())
       ON CONFLICT (agent_ref) DO UPDATE SET role = EXCLUDED.role RETURNING id`,
      [ref, role, skills, flags],
    );
    const { id } = rows[0]!;
    for (const { kind, channel, issued = '-30d', expires = '+300d' } of attestations) {
      await this.insert('agent_attestations', {
        agent_id: id,
        kind,
        channel: channel ?? null,
        issued_at: this.date(issued),
        expires_at: this.date(expires),
        recorded_by: 'system:test',
        recorded_at: this.date('-40d'),
      });
    }
    return id;
  }

  private async addCall(callId: string, agentId: string, callerId: string | null): Promise<void> {
    const { channel = 'phone', claim = 'proxy', ends = '+4h' } = this.one.call ?? {};
    await this.insert('calls', {
      id: callId,
      channel,
      contract_id: this.here,
      agent_id: agentId,
      claim,
      caller_id: callerId,
      language: 'nl',
      is_software: this.one.call?.software !== undefined && this.one.call.software.announced !== false,
      opened_at: this.date('-1h'),
      ends_at: this.date(ends),
    });
  }

  private async addMandate(mandate: CaseMandate, at: number, proxyId: string): Promise<void> {
    const { from, holder } = mandate;
    if (from === undefined) return void (await this.addGiven(mandate, at, proxyId));
    const parent = { ...from, ref: 'parent', holder };
    const parentId = await this.addGiven(parent, at, this.person('giver'), { may_pass_on: from.may_pass_on ?? true });
    if (from.blocked === true) await this.block(holder ?? this.holders[0]!.ref, this.person('giver'));
    await this.addGiven(mandate, at, proxyId, { parent_id: parentId });
  }

  private async addGiven(
    mandate: CaseMandate,
    at: number,
    proxyId: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const { state = 'active', terms_revision: termsRevision = 1 } = mandate;
    const id = await this.insert('mandates', {
      mandate_ref: randomUUID(),
      holder_id: this.person(mandate.holder ?? this.holders[0]!.ref),
      proxy_id: proxyId,
      state,
      ending: mandate.ending ?? null,
      is_silent: mandate.silent ?? false,
      starts_at: this.date(mandate.starts ?? '-30d'),
      ends_at: this.date(mandate.ends ?? '+300d'),
      revision: mandate.revision ?? 1,
      terms_revision: termsRevision,
      call_id: mandate.call === undefined ? null : mandate.call === 'here' ? this.callId : this.earlierCallId,
      created_at: this.date('-1h'),
      ended_at: state === 'ended' ? this.date('-1h') : null,
      accept_before: state === 'pending_acceptance' ? this.date('+7d') : null,
      while_partner: mandate.while_partner ?? false,
      contact_rule: mandate.contact_rule ?? null,
      acceptance_key_id: state === 'pending_acceptance' ? 'test' : null,
      ...more,
    });
    this.mandateIds.set(mandateRef(mandate, at), id);
    for (const scope of mandate.scopes ?? ['billing', 'contract', 'care']) {
      await this.insertPlain('mandate_scopes', { mandate_id: id, scope, scope_version: 1 });
    }
    for (const contract of mandate.contracts ?? ['here']) {
      const contractId = contract === 'here' ? this.here : this.elsewhere;
      await this.insertPlain('mandate_contracts', { mandate_id: id, contract_id: contractId });
    }
    for (const evidence of evidenceRows(mandate)) {
      await this.insert('mandate_evidence', {
        mandate_id: id,
        terms_revision: evidence.terms_revision ?? termsRevision,
        form: evidence.form ?? 'portal',
        session_strength: evidence.session_strength ?? 3,
        registered_by: 'system:test',
        registered_at: this.date(evidence.at ?? '-30d'),
      });
    }
    return id;
  }

  private async addLifeEvent({ kind, of, lapses }: CaseLifeEvent, agentId: string): Promise<void> {
    const personId = this.person(of ?? this.holders[0]!.ref);
    const id = await this.insert('life_events', {
      person_id: personId,
      kind,
      occurred_on: LONG_AGO,
      reported_by: 'other',
      suspends_until: lapses === undefined ? null : this.date(lapses),
      recorded_by: agentId,
      recorded_at: this.date('-1d'),
    });
    if (lapses === undefined) await this.approve('life_event_id', id, agentId);
  }

  private async addRepresentation(
    { kind, of, proven = true, starts = '-30d', ends = '+300d' }: CaseRepresentation,
    representativeId: string,
    agentId: string,
  ): Promise<void> {
    const id = await this.insert('representations', {
      holder_id: this.person(of ?? this.holders[0]!.ref),
      representative_id: representativeId,
      kind,
      starts_at: this.date(starts),
      ends_at: this.date(ends),
      recorded_by: agentId,
      recorded_at: this.date('-1d'),
    });
    if (proven) await this.approve('representation_id', id, agentId);
  }

  /** By a second employee, on one's word and paper. */
  private async approve(column: string, subjectId: string, agentId: string): Promise<void> {
    const evidenceId = await this.insert('legal_evidence', {
      [column]: subjectId,
      form: 'court',
      file_hash: randomBytes(32),
      dated_on: LONG_AGO,
      details_sealed: randomBytes(32),
      filed_by: agentId,
      filed_at: this.date('-1d'),
    });
    await this.insert('legal_verdicts', {
      [column]: subjectId,
      verdict: 'approved',
      recorded_by: agentId,
      evidence_id: evidenceId,
      evidence_by: agentId,
      decided_by: await this.addAgent('case-second'),
      decided_at: this.date('-1h'),
    });
  }

  private async block(ref: string, callerId: string): Promise<void> {
    await this.insert('blocks', {
      holder_id: this.person(ref),
      caller_id: callerId,
      blocked_at: this.date('-1d'),
    });
  }

  private async addConfirmation(confirmation: CaseConfirmation, agentId: string, caller: string): Promise<void> {
    const { answer = 'approved', at = '-1m' } = confirmation;
    const route: CodeRoute = confirmation.route ?? 'sms';
    const holderRef = confirmation.holder ?? this.holders[0]!.ref;
    const mandate = this.askedAbout(confirmation, holderRef);
    const answeredAt = this.date(at);
    const actions = confirmation.actions.map((asked) => {
      const { action: name, properties } = questionOf(asked);
      return { name, properties, key: actionKey(name, properties ?? {}) };
    });
    const id = await this.insert('codes', {
      purpose: 'action',
      person_id: this.person(holderRef),
      contact_point_id: this.points.get(holderRef),
      route,
      call_id: this.callId,
      agent_id: agentId,
      caller_id: this.people.get(confirmation.caller ?? caller) ?? null,
      mandate_id: mandate?.id ?? null,
      mandate_revision: mandate === null ? null : (confirmation.revision ?? mandate.revision),
      actions: JSON.stringify(actions),
      key_id: 'test',
      digits: 6,
      state: answer,
      session_strength: confirmation.session ?? null,
      issued_at: new Date(answeredAt.getTime() - 30_000),
      expires_at: new Date(answeredAt.getTime() + 270_000),
      answered_at: answeredAt,
    });
    if (confirmation.used !== true) return;
    for (const { name, key } of actions) {
      const executionId = await this.addExecution(name, false, answeredAt);
      await this.insertPlain('code_uses', {
        code_id: id,
        action_key_hash: actionKeyHash(key),
        execution_id: executionId,
      });
    }
  }

  private askedAbout(
    { about }: CaseConfirmation,
    holderRef: string,
  ): { readonly id: string; readonly revision: number } | null {
    const mandates = (this.one.world?.mandates ?? []).map((mandate, at) => ({ mandate, ref: mandateRef(mandate, at) }));
    const asked = mandates.find(({ mandate, ref }) =>
      about === undefined ? (mandate.holder ?? this.holders[0]!.ref) === holderRef : ref === about,
    );
    const contact = this.one.world?.contacts?.find(({ who }) => who === holderRef);
    if (contact !== undefined) return { id: this.mandateIds.get(holderRef) ?? '', revision: contact.revision ?? 1 };
    const id = asked === undefined ? undefined : this.mandateIds.get(asked.ref);
    return asked === undefined || id === undefined ? null : { id, revision: asked.mandate.revision ?? 1 };
  }

  private async addObligation(one: NonNullable<NonNullable<Case['call']>['owed']>[number]): Promise<void> {
    const { action, scope, state = 'open', needs_receipt: needs = true } = one;
    await this.insertPlain('obligations', {
      id: `${randomUUID()}.0.0`,
      execution_id: await this.addExecution(action, false, this.date('-1m')),
      call_id: this.callId,
      action,
      scope,
      type: 'announce',
      needs_receipt: needs,
      state,
      sealed_for: this.person(this.holders[0]!.ref),
      opened_at: this.date('-1m'),
      reported_at: state === 'open' ? null : this.date('-30s'),
    });
  }

  private addExecution(action: string, isSafeDelivery: boolean, at: Date): Promise<string> {
    return this.insert('executions', {
      call_id: this.callId,
      contract_id: this.here,
      action,
      decision_id: randomUUID(),
      is_safe_delivery: isSafeDelivery,
      sealed_for: this.person(this.holders[0]!.ref),
      details_sealed: randomBytes(32),
      executed_at: at,
    });
  }
}

/** Asks the API what the case asks, and picks the answers to it. */
export async function askOverHttp(desk: Desk, { ask, in_general = false }: Case, at: ArrangedCase): Promise<Answer> {
  const actions = ask.map((asked: Asked) => {
    const { action: name, properties } = questionOf(asked);
    return { name, properties };
  });
  const body = in_general ? {} : { actions };
  const path = `/v1/calls/${at.callId}/checks`;
  return desk.expectSuccess(desk.post('agent', path, body, { 'mandaat-agent': at.agentRef }));
}

/** A decision as the API tells it, in the words of a case. The API shows how many holders are asked, never who. */
export function toldOf(
  decision: Answer['body'],
  wanted: Wanted,
  decidedAt: string,
  { mandateIds }: ArrangedCase,
): Record<string, unknown> {
  const refs = new Map([...mandateIds].map(([ref, id]) => [id, ref]));
  const steps: Answer['body'][] = decision.next_steps;
  const seen: Record<string, unknown> = {
    action: decision.action,
    outcome: decision.outcome,
    reason: decision.reason,
    category: decision.category,
    next_steps: steps.map(({ type }) => type),
    channels: steps.flatMap(({ channels = [] }) => channels),
    methods: steps.flatMap(({ methods = [] }) => methods),
    asks: steps.find(({ holders }) => holders !== undefined)?.holders ?? 0,
    had: [decision.had.mandate, decision.had.caller, decision.had.confirmation],
    required: [decision.required.mandate, decision.required.caller, decision.required.confirmation],
    authority: decision.authority.kind,
    mandates: decision.authority.mandate_ids.map((id: string) => refs.get(id)).toSorted(),
    obligations: decision.obligations.map(({ type }: { type: string }) => type),
    valid_for: (Date.parse(decision.valid_until) - Date.parse(decidedAt)) / 1000,
  };
  return Object.fromEntries(Object.entries(seen).filter(([name]) => name in wanted));
}

/** What a case wants, as far as the API tells it. */
export function toldIn({ uses: _inside, asks, ...rest }: Wanted): Record<string, unknown> {
  return asks === undefined ? rest : { ...rest, asks: asks.length };
}
