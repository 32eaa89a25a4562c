import { actionKey } from '../../src/policy/binding.ts';
import type {
  Companion,
  Confirmation,
  Evidence,
  Facts,
  LifeEvent,
  Mandate,
  Question,
  Representation,
  SoftwareFacts,
  Verification,
} from '../../src/policy/facts.ts';
import type { CallerId, Instant, ObligationId } from '../../src/policy/ids.ts';
import type { CodeRoute, Level } from '../../src/policy/vocabulary.ts';
import {
  aHolder,
  aLifeEvent,
  aMandate,
  anEvidence,
  aRepresentation,
  aVerification,
  id,
  someFacts,
} from '../support/facts.ts';
import type {
  Asked,
  Call,
  Case,
  CaseConfirmation,
  CaseEvidence,
  CaseHolder,
  CaseLifeEvent,
  CaseMandate,
  CaseRepresentation,
  CaseVerification,
} from './case-format.ts';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The instant that a case means, counted from `now`. Months and years are the calendar's, in UTC. */
export function instantOf(moment: string, now: Instant): Instant {
  const date = new Date(now);
  for (const [, sign, digits, unit] of moment.matchAll(/([+-])(\d+)(ms|s|mo|m|h|d|y)/g)) {
    const amount = Number(`${sign}${digits}`);
    if (unit === 'mo') date.setUTCMonth(date.getUTCMonth() + amount);
    else if (unit === 'y') date.setUTCFullYear(date.getUTCFullYear() + amount);
    else date.setTime(date.getTime() + amount * UNITS[unit as keyof typeof UNITS]);
  }
  return date.getTime();
}

const ASK_LEVEL: Readonly<Record<NonNullable<CaseHolder['ask']>, Level>> = { session: 3, phone: 2, email: 1, none: 0 };

/** The world of a case as the repository would hand it to `decide` at `now`. */
export function factsOf({ world = {}, call = {}, confirmations = [] }: Case, now: Instant): Facts {
  const holders = holdersOf({ world });
  const claim = call.claim ?? 'proxy';
  const caller = callerRefOf({ world, call });
  const mandates = (world.mandates ?? []).map((mandate, at) => mandateOf(mandate, at, holders, now));
  const companions = companionsOf({ world }, holders, now);
  const deliveredAt: Record<string, Instant[]> = {};
  for (const { action, at } of world.deliveries ?? []) (deliveredAt[action] ??= []).push(instantOf(at, now));
  const address = world.address_of_record ?? '-700d';
  // The repository hands over only what holds something up.
  const owed = (call.owed ?? []).flatMap(({ scope, state = 'open', needs_receipt: needs = true }, at) =>
    needs && state !== 'done' ? [{ id: `decision.0.${at}` as ObligationId, type: 'announce' as const, scope }] : [],
  );
  return someFacts({
    call: {
      channel: call.channel ?? 'phone',
      claim,
      agentRole: call.agent?.role ?? 'employee',
      isAgentActive: call.agent?.active ?? true,
      ...standingOf(call, now),
      endsAt: instantOf(call.ends ?? '+4h', now),
    },
    contract: {
      jointRule: world.contract?.joint_rule ?? 'any',
      properties: world.contract?.properties ?? { status: 'active' },
      holders: holders.map(
        ({ ref, ask = 'phone', blocked = false, ask_first: askFirst, refused_recordings: refused }, at) =>
          aHolder({
            id: id.holder(ref),
            askLevel: ASK_LEVEL[ask],
            hasBlockedCaller: blocked,
            ...(askFirst === undefined ? {} : { askFirst }),
            ...(refused === undefined ? {} : { refusedRecordings: refused }),
            ...(at === 0 && hasContacts({ world }, now) ? { hasContacts: true } : {}),
          }),
      ),
    },
    caller: {
      id: callerOf(caller),
      verifications: (call.verified ?? []).map((verification) => verificationOf(verification, now)),
      ...(caller === 'unknown' ? { methods: [], signInLevel: 0 } : methodsOf({ call })),
      ...(call.software === undefined ? {} : { software: softwareOf(call.software) }),
    },
    // The repository hands over only what holders of this contract gave: a stranger's mandate stays where it is.
    mandates: mandates.filter(({ holderId }) => holders.some(({ ref }) => id.holder(ref) === holderId)),
    ...(companions.length === 0 ? {} : { companions }),
    confirmations: confirmations.map((confirmation, at) =>
      confirmationOf(confirmation, at, caller, holders, [...mandates, ...companions.map(asAsked)], now),
    ),
    ...(world.life_events === undefined
      ? {}
      : { lifeEvents: world.life_events.map((event) => lifeEventOf(event, holders, now)) }),
    ...(world.representations === undefined
      ? {}
      : { representations: world.representations.map((one, at) => representationOf(one, at, holders, now)) }),
    ...(owed.length === 0 ? {} : { openObligations: owed }),
    delivery: { addressChangedAt: address === 'none' ? null : instantOf(address, now), deliveredAt },
  });
}

/** As the repository hands it over: nothing where there is nothing, and of the attestations those that may count. */
function standingOf({ agent = {}, channel = 'phone' }: Call, now: Instant): Pick<Facts['call'], 'agent'> {
  const { skills = [], flags = [], attestations = [] } = agent;
  const here = attestations
    .map(({ kind, channel: only, issued = '-30d', expires = '+300d' }) => ({
      kind,
      channel: only ?? null,
      issuedAt: instantOf(issued, now),
      expiresAt: instantOf(expires, now),
    }))
    .filter((one) => one.expiresAt > now && (one.channel === null || one.channel === channel));
  return skills.length + flags.length + here.length === 0 ? {} : { agent: { skills, flags, attestations: here } };
}

/** A contact person is asked about their own mandate. */
function asAsked({ id: holderId, mandate }: Companion): Mandate {
  return { ...mandate, holderId };
}

/** Whom the repository hands over: active, where the caller acts jointly. */
function companionsOf({ world }: Pick<Case, 'world'>, holders: readonly CaseHolder[], now: Instant): Companion[] {
  const isJoint = world?.mandates?.some((one) => one.contact_rule === 'joint' && (one.state ?? 'active') === 'active');
  const active = (world?.contacts ?? []).filter(({ state = 'active' }) => isJoint === true && state === 'active');
  return active.map(({ who, ask = 'phone', ...mandate }) => ({
    id: id.holder(who),
    askLevel: ASK_LEVEL[ask],
    mandate: givenOf({ ...mandate, contact_rule: 'several', ref: who }, 0, holders, now),
  }));
}

/** Whether somebody speaks for the first holder now. */
function hasContacts({ world }: Pick<Case, 'world'>, now: Instant): boolean {
  const contacts = (world?.contacts ?? []).map((one) => ({ ...one, contact_rule: 'several' as const }));
  return [...(world?.mandates ?? []), ...contacts].some(
    ({ contact_rule: rule, state = 'active', starts = '-30d', ends = '+300d' }) =>
      rule !== undefined && state === 'active' && instantOf(starts, now) <= now && now < instantOf(ends, now),
  );
}

export function holdersOf({ world }: Pick<Case, 'world'>): readonly CaseHolder[] {
  return world?.contract?.holders ?? [{ ref: 'anna' }];
}

/** Who is on the line: a ref, or `unknown`. */
export function callerRefOf({ world, call }: Pick<Case, 'world' | 'call'>): string {
  return call?.caller ?? (call?.claim === 'holder' ? (holdersOf({ world })[0]?.ref ?? 'unknown') : 'proxy');
}

/** What the caller left to be recognised by: by default a telephone number, no authenticator app, and no passkey. */
export function leftBehind({ call }: Pick<Case, 'call'>): NonNullable<Call['recognisable_by']> {
  return call?.recognisable_by ?? ['code'];
}

/** Whoever has a telephone or a passkey can sign in, and get a support code. */
function methodsOf(one: Pick<Case, 'call'>): Pick<Facts['caller'], 'methods' | 'signInLevel'> {
  const left = leftBehind(one);
  const usable = (['code', 'totp'] as const).filter((method) => left.includes(method));
  // Software signs in nowhere.
  if (one.call?.software !== undefined) return { methods: usable, signInLevel: 0 };
  const signInLevel =
    left.includes('passkey') || (left.includes('code') && left.includes('totp')) ? 3 : left.includes('code') ? 2 : 0;
  return { methods: signInLevel === 0 ? usable : [...usable, 'support_code'], signInLevel };
}

function softwareOf({ ceiling = 2, announced = true }: NonNullable<Call['software']>): SoftwareFacts {
  return { ceiling, isAnnounced: announced };
}

function callerOf(ref: string): CallerId | null {
  return ref === 'unknown' ? null : id.caller(ref);
}

export function questionOf(asked: Asked, isInGeneral = false): Question {
  if (typeof asked !== 'string') return asked;
  return { action: asked, properties: isInGeneral ? null : {} };
}

/** The name by which a case may speak of a mandate: its own, or its place in the list. */
export function mandateRef(mandate: CaseMandate, at: number): string {
  return mandate.ref ?? ['first', 'second', 'third', 'fourth'][at] ?? `number-${at}`;
}

export function evidenceRows(mandate: CaseMandate): readonly CaseEvidence[] {
  const { form, session_strength, at, evidence } = mandate;
  return evidence ?? [{ form, session_strength, at, terms_revision: mandate.terms_revision }];
}

function mandateOf(mandate: CaseMandate, at: number, holders: readonly CaseHolder[], now: Instant): Mandate {
  const { from } = mandate;
  const own = givenOf(mandate, at, holders, now);
  if (from === undefined) return own;
  const given = givenOf({ ...from, ref: 'parent', holder: mandate.holder }, at, holders, now);
  return {
    ...own,
    parent: {
      ...given,
      proxyId: id.caller('giver'),
      mayPassOn: from.may_pass_on ?? true,
      hasBlockedProxy: from.blocked ?? false,
    },
  };
}

function givenOf(mandate: CaseMandate, at: number, holders: readonly CaseHolder[], now: Instant): Mandate {
  const { state = 'active', terms_revision: termsRevision = 1 } = mandate;
  return aMandate({
    id: id.mandate(mandateRef(mandate, at)),
    holderId: id.holder(mandate.holder ?? holders[0]!.ref),
    state,
    ending: mandate.ending ?? null,
    isSilent: mandate.silent ?? false,
    startsAt: instantOf(mandate.starts ?? '-30d', now),
    endsAt: instantOf(mandate.ends ?? '+300d', now),
    revision: mandate.revision ?? 1,
    termsRevision,
    callId: mandate.call === undefined ? null : id.call(mandate.call === 'here' ? 'now' : 'before'),
    scopes: mandate.scopes ?? ['billing', 'contract', 'care'],
    contractIds: (mandate.contracts ?? ['here']).map((name) => id.contract(name)),
    evidence: evidenceRows(mandate).map((evidence) => evidenceOf(evidence, termsRevision, now)),
    ...(mandate.while_partner === true ? { isWhilePartner: true } : {}),
    ...(mandate.contact_rule === 'joint' ? { isJoint: true } : {}),
  });
}

function lifeEventOf({ kind, of, lapses }: CaseLifeEvent, holders: readonly CaseHolder[], now: Instant): LifeEvent {
  return aLifeEvent({
    personId: id.holder(of ?? holders[0]!.ref),
    kind,
    isProven: lapses === undefined,
    until: lapses === undefined ? null : instantOf(lapses, now),
  });
}

function representationOf(
  one: CaseRepresentation,
  at: number,
  holders: readonly CaseHolder[],
  now: Instant,
): Representation {
  return aRepresentation({
    id: id.representation(String(at)),
    holderId: id.holder(one.of ?? holders[0]!.ref),
    kind: one.kind,
    isProven: one.proven ?? true,
    startsAt: instantOf(one.starts ?? '-30d', now),
    endsAt: instantOf(one.ends ?? '+300d', now),
  });
}

function evidenceOf(evidence: CaseEvidence, termsRevision: number, now: Instant): Evidence {
  return anEvidence({
    form: evidence.form ?? 'portal',
    sessionStrength: evidence.session_strength ?? 3,
    at: instantOf(evidence.at ?? '-30d', now),
    termsRevision: evidence.terms_revision ?? termsRevision,
  });
}

function verificationOf(verification: CaseVerification, now: Instant): Verification {
  const { by, at } = typeof verification === 'string' ? { by: verification, at: '-1m' } : verification;
  const [method, detail] = by.split(':') as [Verification['method'], string | undefined];
  return aVerification({
    method,
    route: method === 'code' ? (detail as CodeRoute) : null,
    ...(method === 'support_code' ? { sessionStrength: Number(detail) as Level } : {}),
    at: instantOf(at, now),
  });
}

function confirmationOf(
  confirmation: CaseConfirmation,
  at: number,
  caller: string,
  holders: readonly CaseHolder[],
  mandates: readonly Mandate[],
  now: Instant,
): Confirmation {
  const holderId = id.holder(confirmation.holder ?? holders[0]!.ref);
  const mandate = mandateAskedAbout(confirmation, mandates, holderId);
  return {
    id: id.confirmation(String(at)),
    holderId,
    callerId: id.caller(confirmation.caller ?? caller),
    answer: confirmation.answer ?? 'approved',
    route: confirmation.route ?? 'sms',
    sessionStrength: confirmation.session ?? null,
    answeredAt: instantOf(confirmation.at ?? '-1m', now),
    mandateId: mandate?.id ?? null,
    mandateRevision: mandate === undefined ? null : (confirmation.revision ?? mandate.revision),
    actions: confirmation.actions.map((asked) => {
      const { action, properties } = questionOf(asked);
      return { name: action, key: actionKey(action, properties ?? {}), isUsed: confirmation.used ?? false };
    }),
  };
}

function mandateAskedAbout(
  { about }: CaseConfirmation,
  mandates: readonly Mandate[],
  holderId: string,
): Mandate | undefined {
  if (about === 'none') return undefined;
  if (about !== undefined) return mandates.find(({ id: mandateId }) => mandateId === id.mandate(about));
  return mandates.find((mandate) => mandate.holderId === holderId);
}
