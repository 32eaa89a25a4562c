import type {
  Attestation,
  Companion,
  Confirmation,
  Facts,
  HolderFacts,
  LifeEvent,
  Mandate,
  ParentMandate,
  Representation,
  Verification,
} from '../policy/facts.ts';
import type { HolderId, Instant, PolicyHash } from '../policy/ids.ts';
import { CONTRACT } from '../policy/policy.ts';
import type { Language, Level, RecordingPurpose } from '../policy/vocabulary.ts';
import { actionKeyHash } from './action-key-hash.ts';
import type {
  Truth,
  HolderRow,
  AskFirstRow,
  VerificationRow,
  MandateRow,
  CompanionRow,
  ParentRow,
  ConfirmationRow,
  LifeEventRow,
  RepresentationRow,
  StandingRow,
  AttestationRow,
  DeliveryRow,
  RowsText,
  FactsRow,
} from './facts-rows.ts';

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

export function factsOf(row: FactsRow): readonly LoadedFacts[] {
  const { policy_hash: policyHash, now: at, roles, properties } = row;
  if (at === null) return [];
  if (policyHash === null) throw new Error('no policy is in force');
  const holders = byFirst(parsed(row.holders));
  const askFirst = byFirst(row.ask_first ?? []);
  const verifications = byFirst(parsed(row.verifications));
  const mandates = byFirst(parsed(row.mandates));
  const scopes = byFirst(row.scopes ?? []);
  const contracts = byFirst(parsed(row.contracts));
  const parents = byFirst(parsed(row.parents));
  const evidence = byFirst(parsed(row.evidence));
  const partsOf = (id: Mandate['id']): Parts => ({
    scopes: (scopes.get(id) ?? []).map(([, scope]) => scope),
    contractIds: (contracts.get(id) ?? []).map(([, contractId]) => contractId),
    evidence: (evidence.get(id) ?? []).map(([, form, strength, given, terms]) => ({
      form,
      sessionStrength: Number(strength) as Level,
      at: instantOf(given),
      termsRevision: Number(terms),
    })),
  });
  const companions = byFirst(parsed(row.companions));
  const confirmations = byFirst(row.confirmations ?? []);
  const deliveries = byFirst(row.deliveries ?? []);
  const lifeEvents = byFirst(parsed(row.life_events));
  const representations = byFirst(parsed(row.representations));
  const obligations = byFirst(parsed(row.obligations));
  const callerProperties = byFirst(row.caller_properties ?? []);
  const standing = byFirst(row.standing ?? []);
  const attestations = byFirst(parsed(row.attestations));
  const totp = new Set(row.totp);
  const passkeys = new Set(row.passkeys);
  return parsed(row.calls).map((call, index): LoadedFacts => {
    const [place, id, channel, claim, language, agentId, isActive, endsAt, endedAt, callerId, contractId, jointRule] =
      call;
    const owners = holders.get(place) ?? [];
    const granted = (mandates.get(place) ?? []).map(
      (mandate) => [mandate, parents.get(mandate[11] as Mandate['id'])?.[0]] as const,
    );
    const told = new Set<string>([callerId, ...owners.map(([, holderId]) => holderId)]);
    const events = [...(lifeEvents.get(place) ?? []).map(lifeEventOf), ...eventsOfGivers(granted, told)];
    const own = representations.get(place);
    const others = companions.get(place);
    const owed = obligations.get(place);
    const resourceType = call[13];
    const [known] = callerProperties.get(Number(place)) ?? [];
    const software =
      known === undefined || known[2] === null ? undefined : { ceiling: known[2], isAnnounced: known[3] };
    const ways = { phone: isTrue(call[12]), totp: totp.has(Number(place)), passkey: passkeys.has(Number(place)) };
    // Software signs in nowhere.
    const signInLevel = software === undefined ? signInLevelOf(ways) : 0;
    const facts: Facts = {
      call: {
        id,
        channel,
        claim,
        agentId: orNull(agentId),
        agentRole: roles?.[index] ?? '',
        isAgentActive: isTrue(isActive),
        ...agentOf(standing.get(Number(place))?.[0], attestations.get(place)),
        endsAt: instantOf(endsAt),
      },
      contract: {
        id: contractId,
        jointRule,
        ...(resourceType === CONTRACT ? {} : { type: resourceType }),
        properties: properties?.[index] ?? {},
        holders: owners.map((owner) => holderOf(owner, askFirst.get(`${place} ${owner[1]}`))),
      },
      caller: {
        id: orNull(callerId),
        verifications: (verifications.get(place) ?? []).map(verificationOf),
        methods: [
          ...(ways.phone ? (['code'] as const) : []),
          ...(ways.totp ? (['totp'] as const) : []),
          ...(signInLevel > 0 ? (['support_code'] as const) : []),
        ],
        signInLevel,
        ...(known === undefined || Object.keys(known[1]).length === 0 ? {} : { properties: known[1] }),
        ...(software === undefined ? {} : { software }),
      },
      mandates: granted.map(([mandate, parent]) => mandateOf(mandate, parent, partsOf)),
      confirmations: (confirmations.get(Number(place)) ?? []).map(confirmationOf),
      // Few have any: neither a decision nor its record pays for what is not there.
      ...(events.length === 0 ? {} : { lifeEvents: events }),
      ...(own === undefined ? {} : { representations: own.map(representationOf) }),
      ...(owed === undefined
        ? {}
        : { openObligations: owed.map(([, obligation, type, scope]) => ({ id: obligation, type, scope })) }),
      ...(others === undefined ? {} : { companions: others.map((other) => companionOf(other, partsOf)) }),
      delivery: {
        addressChangedAt: instantOrNull(owners[0]?.[4] ?? ''),
        deliveredAt: deliveriesOf(deliveries.get(Number(place)) ?? []),
      },
    };
    return { facts, at, policyHash, language, endedAt: instantOrNull(endedAt) };
  });
}

function parsed<Row>(rows: RowsText<Row> | null): readonly Row[] {
  return rows === null ? [] : (JSON.parse(rows) as readonly Row[]);
}

/** Rows by what stands first in them, in their order. */
function byFirst<Row extends readonly [unknown, ...unknown[]]>(
  rows: readonly Row[],
): ReadonlyMap<Row[0], readonly Row[]> {
  const groups = new Map<Row[0], Row[]>();
  for (const row of rows) {
    const group = groups.get(row[0]);
    if (group === undefined) groups.set(row[0], [row]);
    else group.push(row);
  }
  return groups;
}

function isTrue(truth: Truth): boolean {
  return truth === 't';
}

function orNull<Text extends string>(text: Text | ''): Text | null {
  return text === '' ? null : text;
}

/** Seconds as the statement tells them, whose binary fraction is off by less than a microsecond; cut to milliseconds. */
function instantOf(at: string | number): Instant {
  return Math.floor(Math.round(Number(at) * 1e6) / 1e3);
}

function instantOrNull(at: string): Instant | null {
  return at === '' ? null : instantOf(at);
}

function holderOf(
  [, id, level, isBlocked, , refused, hasContacts]: HolderRow,
  askFirst: readonly AskFirstRow[] | undefined,
): HolderFacts {
  const holder = { id, askLevel: Number(level) as Level, hasBlockedCaller: isTrue(isBlocked) };
  return {
    ...holder,
    ...(askFirst === undefined ? {} : { askFirst: askFirst.map(([, scope]) => scope) }),
    ...(refused === '' ? {} : { refusedRecordings: refused.split(' ') as RecordingPurpose[] }),
    ...(isTrue(hasContacts) ? { hasContacts: true } : {}),
  };
}

/** Most agents of a policy that asks for nothing have nothing. */
function agentOf(
  standing: StandingRow | undefined,
  attestations: readonly AttestationRow[] | undefined,
): Pick<Facts['call'], 'agent'> {
  if (standing === undefined && attestations === undefined) return {};
  const [, skills = [], flags = []] = standing ?? [];
  return { agent: { skills, flags, attestations: (attestations ?? []).map(attestationOf) } };
}

function attestationOf([, kind, channel, issuedAt, expiresAt]: AttestationRow): Attestation {
  return { kind, channel: orNull(channel), issuedAt: instantOf(issuedAt), expiresAt: instantOf(expiresAt) };
}

/** The strongest session that they could open by themselves, as `strengthWith` has it; an e-mail opens none that counts. */
function signInLevelOf({ phone, totp, passkey }: Readonly<Record<'phone' | 'totp' | 'passkey', boolean>>): Level {
  if (passkey || (phone && totp)) return 3;
  return phone ? 2 : 0;
}

function verificationOf([, method, route, at, strength]: VerificationRow): Verification {
  const verification = { method, route: orNull(route), at: instantOf(at) };
  return strength === '' ? verification : { ...verification, sessionStrength: Number(strength) as Level };
}

/** What hangs on a mandate in rows of its own. */
type Parts = Pick<Mandate, 'scopes' | 'contractIds' | 'evidence'>;

function mandateOf(row: MandateRow, parent: ParentRow | undefined, partsOf: (id: Mandate['id']) => Parts): Mandate {
  const [, id, holderId, state, ending, isSilent, startsAt, endsAt, revision, termsRevision, callId] = row;
  return {
    id,
    holderId,
    state,
    ending: orNull(ending),
    isSilent: isTrue(isSilent),
    startsAt: instantOf(startsAt),
    endsAt: instantOf(endsAt),
    revision: Number(revision),
    termsRevision: Number(termsRevision),
    callId: orNull(callId),
    ...partsOf(id),
    ...(isTrue(row[12]) ? { isWhilePartner: true } : {}),
    ...(isTrue(row[13]) ? { isJoint: true } : {}),
    ...(parent === undefined ? {} : { parent: parentOf(parent, holderId, partsOf) }),
  };
}

function companionOf(row: CompanionRow, partsOf: (id: Mandate['id']) => Parts): Companion {
  const [, id, level, mandateId, holderId, startsAt, endsAt, revision, termsRevision] = row;
  const mandate = {
    id: mandateId,
    holderId,
    state: 'active' as const,
    ending: null,
    isSilent: false,
    startsAt: instantOf(startsAt),
    endsAt: instantOf(endsAt),
    revision: Number(revision),
    termsRevision: Number(termsRevision),
    callId: null,
    ...partsOf(mandateId),
  };
  return { id, askLevel: Number(level) as Level, mandate };
}

function parentOf(row: ParentRow, holderId: HolderId, partsOf: (id: Mandate['id']) => Parts): ParentMandate {
  const [id, state, ending, isSilent, startsAt, endsAt, revision, termsRevision, callId, mayPassOn, isBlocked] = row;
  return {
    id,
    holderId,
    state,
    ending: orNull(ending),
    isSilent: isTrue(isSilent),
    startsAt: instantOf(startsAt),
    endsAt: instantOf(endsAt),
    revision: Number(revision),
    termsRevision: Number(termsRevision),
    callId: orNull(callId),
    ...partsOf(id),
    mayPassOn: isTrue(mayPassOn),
    hasBlockedProxy: isTrue(isBlocked),
    ...(isTrue(row[11]) ? { isWhilePartner: true } : {}),
    proxyId: row[12],
  };
}

/** @param told whose events are told already */
function eventsOfGivers(
  granted: readonly (readonly [MandateRow, ParentRow | undefined])[],
  told: ReadonlySet<string>,
): readonly LifeEvent[] {
  // Who passed two mandates on has each event once.
  const givers = new Map(
    granted.flatMap(([, parent]) => (parent === undefined ? [] : [[parent[12], parent[13]] as const])),
  );
  return [...givers].flatMap(([personId, events]) =>
    told.has(personId) || events === ''
      ? []
      : events.split(',').map((event) => {
          const [kind, isProven, until = ''] = event.split(' ') as [LifeEvent['kind'], Truth, string?];
          return { personId, kind, isProven: isTrue(isProven), until: instantOrNull(until) };
        }),
  );
}

function confirmationOf(row: ConfirmationRow): Confirmation {
  const [, id, holderId, callerId, answer, route, sessionStrength, ...rest] = row;
  const [answeredAt, mandateId, mandateRevision, actions, uses] = rest;
  const used = new Set(uses ?? []);
  return {
    id,
    holderId,
    callerId,
    answer,
    route,
    sessionStrength,
    answeredAt: instantOf(answeredAt),
    mandateId,
    mandateRevision,
    actions: actions.map(({ name, key }) => ({
      name,
      key,
      isUsed: used.size > 0 && used.has(actionKeyHash(key).toString('hex')),
    })),
  };
}

function lifeEventOf([, personId, kind, isProven, until]: LifeEventRow): LifeEvent {
  return { personId, kind, isProven: isTrue(isProven), until: instantOrNull(until) };
}

function representationOf([, id, holderId, kind, isProven, startsAt, endsAt]: RepresentationRow): Representation {
  return { id, holderId, kind, isProven: isTrue(isProven), startsAt: instantOf(startsAt), endsAt: instantOf(endsAt) };
}

function deliveriesOf(rows: readonly DeliveryRow[]): Readonly<Record<string, readonly Instant[]>> {
  const byAction: Record<string, Instant[]> = {};
  for (const [, action, at] of rows) (byAction[action] ??= []).push(instantOf(at));
  return byAction;
}
