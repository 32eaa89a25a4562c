import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import type { Code } from '../codes/code.ts';
import { CodesService } from '../codes/codes.service.ts';
import { AppError, type Fault } from '../errors.ts';
import { Capacity } from '../life-events/capacity.service.ts';
import type { MandateChange } from '../messages/template-values.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { actionKey } from '../policy/binding.ts';
import type { Instant, MandateId } from '../policy/ids.ts';
import type { Policy } from '../policy/policy.ts';
import { mandateStrength, routeLevel } from '../policy/strength.ts';
import type { CodeRoute, ContactRule, Level } from '../policy/vocabulary.ts';
import { CHANGE, detailsOf, type Terms } from './asked-change.ts';
import { contactFaults, ContactPersons } from './contact-persons.service.ts';
import type { Asker } from './mandate-calls.ts';
import { MandateEndings } from './mandate-endings.service.ts';
import { type Invited, MandateNotices } from './mandate-notices.ts';
import { type AskedPeriod, type Period, readPeriod } from './mandate-period.ts';
import { entryOf, lookUpsOf, MandateRegister, recordedTerms } from './mandate-register.ts';
import { CONFIRMATION_LEVEL, isApproval, MandateTerms, type Pair, refusal, requireForm } from './mandate-terms.ts';
import {
  isConfirmed,
  type MandateRecord,
  type MandateView,
  ORAL_LIFE,
  provenState,
  type RegisteredForm,
  viewOf,
} from './mandate.ts';
import { type MandateChanges, MandatesRepository, type NewEvidence } from './mandates.repository.ts';

export interface GrantRequest extends AskedPeriod {
  readonly holder: string;
  readonly proxy: string;
  readonly scopes: readonly string[];
  readonly contracts: readonly string[];
  readonly may_pass_on: boolean;
  /** For as long as the two are partners. */
  readonly while_partner: boolean;
  /** The proxy speaks for the organisation that gives it: alone, or together with another; left out = they don't. */
  readonly contact_rule?: ContactRule | null;
  readonly form: RegisteredForm;
  readonly evidence_ref: string | null;
  readonly call_id: string | null;
  /**
   * An employee takes down what the holder said or wrote: a draft in which nothing counts until a colleague has looked and the
   * holder has typed a code. Papers need no call.
   */
  readonly is_taken_down?: true;
}

/** What is null or left out stays as it is. */
export interface ChangeRequest extends AskedPeriod {
  readonly scopes: readonly string[] | null;
  readonly contracts: readonly string[] | null;
  readonly may_pass_on: boolean | null;
  /** New proof; required when the change widens anything. */
  readonly form: RegisteredForm | null;
  readonly evidence_ref: string | null;
}

/** A mandate, and who was told of the invitation; null = there was none to tell of. */
export interface InvitedMandate {
  readonly mandate: MandateView;
  readonly invited: Invited | null;
}

/** The same after a change; with a code it is as it was before, until the holder types that. */
export interface ChangedMandate extends InvitedMandate {
  readonly code: Code | null;
}

/** What proves a change; the revision that it speaks about is the mandate's. */
type Proof = Omit<NewEvidence, 'termsRevision'>;

export interface ReadGrant extends Terms {
  readonly pair: Pair;
  /** What it is made from; null = the holder gives it. */
  readonly parentId: MandateId | null;
  /** For as long as the two are partners. */
  readonly whilePartner: boolean;
  readonly contactRule: ContactRule | null;
  /** Nobody there can accept: it counts once the holder gave it. */
  readonly isToSoftware: boolean;
  readonly sessionStrength: Level;
  /** When the end comes unless the holder confirms; null = no sooner than asked. */
  readonly unconfirmedEnd: Instant | null;
}

/** What a holder gives: granted, narrowed, widened. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly audit: AuditService,
    private readonly repository: MandatesRepository,
    private readonly register: MandateRegister,
    private readonly terms: MandateTerms,
    private readonly notices: MandateNotices,
    private readonly codes: CodesService,
    private readonly policies: PolicyDocuments,
    private readonly capacity: Capacity,
    private readonly endings: MandateEndings,
    private readonly contacts: ContactPersons,
  ) {}

  /**
   * Registers a mandate with its first proof, which decides its first state: see `provenState`.
   *
   * @throws AppError `forbidden` for a form that this key may not register, `validation_failed` with every fault,
   * `mandate_overlaps`
   */
  async grant(request: GrantRequest, principal: Principal): Promise<InvitedMandate> {
    requireForm(principal, request.form, request.evidence_ref);
    const policy = await this.policies.current();
    return this.audit.record((tx, now) => this.grantIn(tx, now, request, principal, policy));
  }

  /** The same in the caller's recorded transaction, of a form that this principal may register. */
  async grantIn(
    tx: EntityManager,
    now: Date,
    request: GrantRequest,
    principal: Principal,
    policy: Policy,
  ): Promise<{ readonly result: InvitedMandate; readonly entries: AuditEntry[] }> {
    const grant = await this.readGrant(tx, now, request, principal, policy);
    return this.giveIn(tx, now, grant, request, principal, policy);
  }

  /** Writes down what was read, in the caller's recorded transaction. */
  async giveIn(
    tx: EntityManager,
    now: Date,
    { pair, parentId, scopes, contractIds, mayPassOn, whilePartner, period, ...rest }: ReadGrant,
    request: Pick<GrantRequest, 'form' | 'evidence_ref' | 'call_id' | 'is_taken_down'>,
    principal: Principal,
    policy: Policy,
  ): Promise<{ readonly result: InvitedMandate; readonly entries: AuditEntry[] }> {
    const { sessionStrength, unconfirmedEnd, isToSoftware, contactRule } = rest;
    const { form, evidence_ref: reference, call_id: callId } = request;
    const expired = await this.register.endOverdue(tx, now, pair);
    await this.capacity.requireOwnWord(tx, now, pair.holderId);
    const isOral = form === 'oral' && request.is_taken_down !== true;
    const state = provenState({ form, sessionStrength }, isOral, isToSoftware);
    const id = await this.register.insert(tx, {
      ...pair,
      state,
      startsAt: new Date(period.startsAt),
      ...endsOf(period, unconfirmedEnd),
      callId: isOral ? callId : null,
      mayPassOn,
      whilePartner,
      contactRule,
      parentId,
      createdAt: now,
      ...this.register.waiting(state, isOral, now),
    });
    await this.repository.setScopes(tx, id, scopes);
    await this.repository.setContracts(tx, id, contractIds);
    const registeredBy = actorOf(principal);
    const evidence: NewEvidence = { form, sessionStrength, termsRevision: 1, reference, registeredBy };
    await this.repository.addEvidence(tx, id, evidence, now);
    const mandate = await this.register.read(tx, id);
    const invited = await this.announce(tx, now, mandate, 'granted');
    const entry = entryOf(
      'mandate.granted',
      mandate,
      { principal, callId },
      {
        ...recordedTerms(mandate),
        ...pair,
        parentId,
        state,
        evidence: { form, sessionStrength },
      },
    );
    // Read again: an invitation by letter waits longer.
    const view = viewOf(await this.register.read(tx, id), now.getTime(), policy.limits.decayMonths);
    return { result: { mandate: view, invited }, entries: [...expired, entry] };
  }

  /**
   * Other scopes, contracts or period, or new proof. Less than before keeps its proof. More than before needs proof of its
   * own, and what was proven earlier doesn't count any more; what an e-mail or letter alone proves has to be accepted first.
   * Agents only make it less: whoever is on the phone could have them make it more. The holder in a session that is no approval
   * by itself gets a code about exactly this change.
   *
   * @param revision the one that the client saw
   * @throws AppError `not_found`, `revision_conflict`, `invalid_state`, `forbidden`, `validation_failed`, `mandate_overlaps`,
   * `no_usable_contact_point`, `code_budget_exhausted`
   */
  async change(id: string, revision: number, asked: ChangeRequest, asker: Asker): Promise<ChangedMandate> {
    const { principal } = asker;
    if (asked.form !== null) requireLastingProof(principal, asked.form, asked.evidence_ref);
    const policy = await this.policies.current();
    return this.audit.record(async (tx, now) => {
      const before = await this.register.lock(tx, now, id, asker, 'change');
      if (before.revision !== revision) {
        throw new AppError('revision_conflict', `The mandate is at revision ${before.revision} now; look at it again.`);
      }
      const terms = await this.readChange(tx, now, asked, before, policy);
      const difference = compare(before, terms);
      const isApproved = principal.scope === 'person' && isApproval(principal);
      if (difference === 'wider' && principal.scope === 'person' && !isApproved) {
        return this.askAbout(tx, now, before, terms, asker, policy);
      }
      // What the holder asks in such a session they approve by asking. Who says less needs no more proof.
      const form = difference === 'wider' && isApproved ? 'portal' : asked.form;
      const isMore = difference === 'wider' || (form !== null && isOnlySaid(before));
      if (isMore && principal.scope === 'agent') throw new AppError('forbidden', NOT_FOR_AGENTS);
      if (difference === 'wider' && form === null) {
        throw refusal([{ pointer: '/form', detail: 'This widens the mandate: say how the holder proved it.' }]);
      }
      if (difference === 'same' && form === null) {
        const view = viewOf(before, now.getTime(), policy.limits.decayMonths);
        return { result: { mandate: view, invited: null, code: null }, entries: lookUpsOf(asker, [before]) };
      }
      const proof =
        form === null
          ? null
          : {
              form,
              sessionStrength: principal.strength,
              reference: asked.evidence_ref,
              registeredBy: actorOf(principal),
            };
      const { mandate, invited, entries } = await this.apply(tx, now, before, terms, proof, policy, asker);
      return { result: { mandate, invited, code: null }, entries };
    });
  }

  /**
   * The holder typed the code about a change of this mandate. In the transaction that consumes the code.
   *
   * @throws AppError `not_found`, `invalid_state`, `mandate_overlaps`: the code is not consumed then
   */
  async changeConfirmed(
    tx: EntityManager,
    now: Date,
    id: string,
    terms: Terms,
    { codeId, route }: { readonly codeId: string; readonly route: CodeRoute },
  ): Promise<readonly AuditEntry[]> {
    const policy = await this.policies.current();
    const before = await this.register.lock(tx, now, id, null, 'change');
    if (terms.period.endsAt <= now.getTime())
      throw new AppError('invalid_state', 'The end that was asked for has passed.');
    const registeredBy = `holder:${before.holderId}`;
    const proof = { form: 'code', sessionStrength: routeLevel(route), reference: codeId, registeredBy } as const;
    const { entries } = await this.apply(tx, now, before, terms, proof, policy, registeredBy);
    return entries;
  }

  /** Nothing changes until the holder types the code, which is about these terms and no others. */
  private async askAbout(
    tx: EntityManager,
    now: Date,
    before: MandateRecord,
    terms: Terms,
    { principal, callId }: Asker,
    { limits }: Policy,
  ): Promise<{ readonly result: ChangedMandate; readonly entries: readonly AuditEntry[] }> {
    const { id, revision, holderId } = before;
    const details = detailsOf(terms);
    const { result: code, entry } = await this.codes.issue(tx, now, {
      purpose: 'mandate',
      personId: holderId,
      callId: null,
      agentId: principal.agent?.id ?? null,
      callerId: holderId,
      claimKeys: [],
      mandate: { id, revision },
      actions: [{ name: CHANGE, key: actionKey(CHANGE, details.properties) }],
      details: [details],
      digits: 6,
      level: CONFIRMATION_LEVEL,
      actor: actorOf(principal),
    });
    if (code.route === 'letter') await this.notices.waitForPost(tx, now, before);
    const mandate = viewOf(await this.register.read(tx, id), now.getTime(), limits.decayMonths);
    return { result: { mandate, invited: null, code }, entries: [{ ...entry, callId }] };
  }

  /** Writes other terms down, or new proof, and tells whom it concerns. */
  private async apply(
    tx: EntityManager,
    now: Date,
    before: MandateRecord,
    terms: Terms,
    proof: Proof | null,
    policy: Policy,
    by: Asker | string,
  ): Promise<InvitedMandate & { readonly entries: readonly AuditEntry[] }> {
    const { id } = before;
    const difference = compare(before, terms);
    const isMore = difference === 'wider' || (proof !== null && isOnlySaid(before));
    const expired = await this.register.endOverdue(tx, now, before);
    if (isMore) await this.capacity.requireOwnWord(tx, now, before.holderId);
    const isLive = before.state === 'active' || before.state === 'suspended';
    const isWithheld =
      isMore && isLive && proof !== null && !before.isToSoftware && !isStrong(before, proof, now, policy);
    const changes = isWithheld ? this.register.withhold(now) : {};
    const after = await this.write(tx, now, before, terms, difference, changes, proof);
    const isReInvited = after.termsRevision !== before.termsRevision || after.state !== before.state;
    const isMoved = difference !== 'same' || isReInvited;
    const invited = isMoved ? await this.announce(tx, now, after, 'changed', isReInvited) : null;
    // Somebody registered proof in the holder's name.
    if (!isMoved) await this.notices.tell(tx, now, after, 'holder', 'confirmed');
    const cancelled = after.revision === before.revision ? [] : await this.codes.cancelOfMandate(tx, now, id);
    const followed = await this.endings.follow(tx, now, after, by);
    const entry = entryOf('mandate.changed', after, by, {
      ...recordedTerms(after),
      difference,
      revision: after.revision,
      termsRevision: after.termsRevision,
      state: after.state,
      form: proof?.form ?? null,
      cancelled,
    });
    const mandate = viewOf(await this.register.read(tx, id), now.getTime(), policy.limits.decayMonths);
    return { mandate, invited, entries: [...expired, entry, ...followed] };
  }

  private async readGrant(
    tx: EntityManager,
    now: Date,
    request: GrantRequest,
    principal: Principal,
    policy: Policy,
  ): Promise<ReadGrant> {
    const faults: Fault[] = [];
    const call = await this.terms.call(tx, now, request, principal, faults);
    const scopes = this.terms.scopes(policy, request.scopes, [], faults);
    const period = periodOf(readPeriod(request, now.getTime()), faults);
    const named = await this.terms.pair(tx, request.holder, request.proxy, principal, faults);
    if (named === null) throw refusal(faults);
    const pair = { holderId: named.holderId, proxyId: named.proxyId };
    const contractIds = await this.terms.contracts(tx, now, request.contracts, pair.holderId, [], faults);
    const { form, contact_rule: contactRule = null } = request;
    if (contactRule !== null) faults.push(...contactFaults(named, request));
    if (form === 'oral' && (await this.contacts.isSpokenFor(tx, now, pair.holderId))) faults.push(SPOKEN_FOR);
    const isTakenDown = request.is_taken_down === true;
    const said = this.terms.sessionStrength(now, form, call, principal, pair, contractIds, faults);
    if (isTakenDown && said === 0 && faults.length === 0) faults.push(NOT_THE_HOLDER);
    // In an organisation's place: no more than they may do themselves, and one of two is no approval.
    const isWithin =
      period === null || (await this.contacts.allows(tx, now, principal, { scopes, contractIds, period }, faults));
    const sessionStrength = isTakenDown || !isWithin ? 0 : said;
    const unconfirmedEnd =
      form === 'oral' && !isTakenDown && call !== null ? call.openedAt.getTime() + ORAL_LIFE : null;
    if (period !== null && unconfirmedEnd !== null && period.startsAt >= unconfirmedEnd) {
      faults.push({ pointer: '/starts_at', detail: 'An oral mandate starts within 24 hours of its call.' });
    }
    if (faults.length > 0 || period === null) throw refusal(faults);
    const { may_pass_on: mayPassOn, while_partner: whilePartner } = request;
    const isToSoftware = named.proxyKind === 'software';
    const given = { pair, parentId: null, scopes, contractIds, mayPassOn, whilePartner, contactRule, period };
    return { ...given, isToSoftware, sessionStrength, unconfirmedEnd };
  }

  private async readChange(
    tx: EntityManager,
    now: Date,
    request: ChangeRequest,
    before: MandateRecord,
    policy: Policy,
  ): Promise<Terms> {
    const faults: Fault[] = [];
    const scopes =
      request.scopes === null
        ? before.scopeVersions
        : this.terms.scopes(policy, request.scopes, before.scopeVersions, faults);
    const contractIds =
      request.contracts === null
        ? before.contractIds
        : await this.terms.contracts(tx, now, request.contracts, before.holderId, before.contracts, faults);
    const period = periodOf(readPeriod(request, now.getTime(), askedPeriod(before)), faults);
    if (period !== null && request.form === null && before.askedEndsAt !== null && period.startsAt >= before.endsAt) {
      faults.push({ pointer: '/starts_at', detail: 'It has to be confirmed first: until then it ends before that.' });
    }
    if (faults.length > 0 || period === null) throw refusal(faults);
    return { scopes, contractIds, mayPassOn: request.may_pass_on ?? before.mayPassOn, period };
  }

  private async write(
    tx: EntityManager,
    now: Date,
    before: MandateRecord,
    { scopes, contractIds, mayPassOn, period }: Terms,
    difference: Difference,
    withheld: MandateChanges,
    proof: Proof | null,
  ): Promise<MandateRecord> {
    const { id } = before;
    const isWider = difference === 'wider';
    const proven = proof === null ? {} : this.register.proof(before, proof, now);
    const isMoved = difference !== 'same' || proven.state !== undefined || withheld.state !== undefined;
    const revision = before.revision + (isMoved ? 1 : 0);
    const termsRevision = isWider ? revision : before.termsRevision;
    const isUnconfirmed = proof === null && before.askedEndsAt !== null;
    // Other terms have another acceptance code: they get the time of a new invitation.
    const isInvitedAnew = isWider && before.state === 'pending_acceptance';
    await this.repository.update(tx, id, {
      ...(isInvitedAnew ? this.register.waiting('pending_acceptance', false, now) : {}),
      ...proven,
      ...withheld,
      startsAt: new Date(period.startsAt),
      ...endsOf(period, isUnconfirmed ? before.endsAt : null),
      mayPassOn,
      revision,
      termsRevision,
    });
    await this.repository.setScopes(tx, id, scopes);
    await this.repository.setContracts(tx, id, contractIds);
    if (proof !== null) await this.repository.addEvidence(tx, id, { ...proof, termsRevision }, now);
    return this.register.read(tx, id);
  }

  /** A draft is nobody's news yet. An invitation goes out when it is new; other changes are told to both. */
  private async announce(
    tx: EntityManager,
    now: Date,
    mandate: MandateRecord,
    change: MandateChange,
    isNew = true,
  ): Promise<Invited | null> {
    if (mandate.state === 'draft') return null;
    if (mandate.state === 'pending_acceptance' && isNew) return this.notices.offer(tx, now, mandate);
    await this.notices.tellAll(tx, now, mandate, change);
    return null;
  }
}

const NOT_FOR_AGENTS =
  'An agent can only make a mandate less. Register a new one, ask the holder for a code, or let the holder change it in self-service.';

const NOT_THE_HOLDER = {
  pointer: '/call_id',
  detail: 'The holder says this, on the line: what a proxy claims is asked of the holder.',
};

type Difference = 'same' | 'narrower' | 'wider';

function compare(before: MandateRecord, { scopes, contractIds, mayPassOn, period }: Terms): Difference {
  const known = askedPeriod(before);
  const isWider =
    scopes.some((scope) => !before.scopes.includes(scope.name)) ||
    contractIds.some((id) => !before.contractIds.includes(id)) ||
    (mayPassOn && !before.mayPassOn) ||
    period.startsAt < known.startsAt ||
    period.endsAt > known.endsAt;
  if (isWider) return 'wider';
  const isSame =
    scopes.length === before.scopes.length &&
    contractIds.length === before.contractIds.length &&
    mayPassOn === before.mayPassOn &&
    period.startsAt === known.startsAt &&
    period.endsAt === known.endsAt;
  return isSame ? 'same' : 'narrower';
}

/** It counts in one call for a day, on words alone: any proof on paper makes it more than that. */
function isOnlySaid({ state, callId, evidence, termsRevision }: MandateRecord): boolean {
  return (state === 'active' || state === 'suspended') && callId !== null && !isConfirmed(evidence, termsRevision);
}

/** Whether this proof alone carries other terms: strength 2, which no e-mail or letter reaches. */
function isStrong(
  mandate: MandateRecord,
  proof: Pick<NewEvidence, 'form' | 'sessionStrength'>,
  now: Date,
  { limits }: Policy,
): boolean {
  const evidence = [{ ...proof, at: now.getTime(), termsRevision: mandate.termsRevision }];
  return mandateStrength({ ...mandate, evidence }, now.getTime(), limits.decayMonths).level >= 2;
}

function askedPeriod(mandate: MandateRecord): Period {
  return { startsAt: mandate.startsAt, endsAt: mandate.askedEndsAt ?? mandate.endsAt };
}

function endsOf({ endsAt }: Period, unconfirmedEnd: Instant | null): { endsAt: Date; askedEndsAt: Date | null } {
  if (unconfirmedEnd === null || unconfirmedEnd >= endsAt) return { endsAt: new Date(endsAt), askedEndsAt: null };
  return { endsAt: new Date(unconfirmedEnd), askedEndsAt: new Date(endsAt) };
}

const SPOKEN_FOR: Fault = {
  pointer: '/form',
  detail: 'This organisation has contact persons: one of them gives it in the self-service, or it comes on paper.',
};

function periodOf(read: ReturnType<typeof readPeriod>, faults: Fault[]): Period | null {
  if (!('faults' in read)) return read;
  faults.push(...read.faults);
  return null;
}

/** Proof of a mandate that exists outlives a call; who proves nothing by their own session can't add any. */
function requireLastingProof(principal: Principal, form: RegisteredForm, evidenceRef: string | null): void {
  requireForm(principal, form, evidenceRef);
  if (form === 'oral') {
    throw refusal([
      { pointer: '/form', detail: 'What is said on the phone is a mandate of its own; ask for a code here.' },
    ]);
  }
  if (principal.strength === 0) throw new AppError('forbidden', 'A session of strength 0 proves nothing.');
}
