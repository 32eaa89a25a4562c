/**
 * Mandates, codes and calls once more, as plain data and a few rules of product.md: one holder, one proxy, two contracts,
 * three actions. Written without a look at src/policy and importing nothing of src: what both get wrong in the same way
 * must have been misread twice.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const ACTIONS = {
  explain: { name: 'invoice.explain', scope: 'billing', mandate: 2, caller: 2, yes: 0, properties: {} },
  appoint: { name: 'appointment.make', scope: 'appointments', mandate: 1, caller: 1, yes: 0, properties: {} },
  plan: {
    name: 'payment.plan',
    scope: 'billing',
    mandate: 2,
    caller: 2,
    yes: 2,
    properties: { amount: 250.5, months: 6 },
  },
} as const;
export type Action = keyof typeof ACTIONS;
export const ALL_ACTIONS = Object.keys(ACTIONS) as readonly Action[];

export const SCOPES = ['billing', 'appointments'] as const;
export type Scope = (typeof SCOPES)[number];
export const CONTRACTS = ['first', 'second'] as const;
export type Contract = (typeof CONTRACTS)[number];
export type Side = 'holder' | 'proxy';

/** What a code, a budget or a call is about; an unknown caller has only their call. */
type Owner = Side | `call ${number}`;

interface Proof {
  readonly form: 'oral' | 'letter' | 'portal' | 'code';
  readonly level: number;
  readonly at: number;
  readonly terms: number;
}

export interface Mandate {
  state: 'draft' | 'pending_acceptance' | 'active' | 'suspended' | 'ended';
  ending: string | null;
  endedAt: number | null;
  isSilent: boolean;
  readonly startsAt: number;
  endsAt: number;
  askedEndsAt: number | null;
  revision: number;
  terms: number;
  readonly call: number | null;
  scopes: readonly Scope[];
  contracts: readonly Contract[];
  proofs: readonly Proof[];
  acceptBefore: number | null;
  tries: number;
}

export interface Code {
  readonly purpose: 'action' | 'mandate' | 'verification';
  readonly owner: Owner;
  readonly call: number | null;
  readonly mandate: number | null;
  readonly revision: number | null;
  readonly action: Action | null;
  /** As it was last written down; time may have ended it since. */
  state: 'pending' | 'approved' | 'declined' | 'expired' | 'cancelled' | 'superseded' | 'tries_exhausted';
  tries: number;
  counter: number;
  expiresAt: number;
  answeredAt: number | null;
  isUsed: boolean;
}

export interface Call {
  readonly contract: Contract;
  readonly caller: Side | null;
  readonly claim: Side;
  readonly openedAt: number;
  readonly endsAt: number;
  endedAt: number | null;
  level: number;
}

export interface MandateView {
  readonly state: Mandate['state'];
  readonly ending: string | null;
  readonly isSilent: boolean;
  readonly revision: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly askedEndsAt: number | null;
  readonly acceptBefore: number | null;
  readonly strength: number;
  readonly until: number | null;
  readonly scopes: readonly string[];
  readonly contracts: readonly string[];
}

export interface DecisionView {
  readonly outcome: 'permit' | 'verify_caller' | 'ask_holder' | 'deny';
  readonly reason: string;
  readonly validUntil: number;
}

export interface Attempted {
  readonly accepted: boolean;
  readonly state: Code['state'];
  readonly triesLeft: number;
}

export interface Refused {
  readonly error:
    | 'call_ended'
    | 'code_budget_exhausted'
    | 'invalid_state'
    | 'mandate_overlaps'
    | 'not_found'
    | 'revision_conflict'
    | 'validation_failed';
}

export interface Terms {
  readonly scopes: readonly Scope[];
  readonly contracts: readonly Contract[];
}

/** Told in the middle of a step: nothing of it happened. */
class Refusal extends Error {
  constructor(readonly error: Refused['error']) {
    super(error);
  }
}

export class Reference {
  mandates: Mandate[] = [];
  codes: Code[] = [];
  calls: Call[] = [];
  isBlocked = false;
  executions = 0;
  /** The service was too busy to answer a step: what it did is not known, and the story ends. */
  isCutShort = false;
  private sends: { readonly owner: Owner; readonly at: number }[] = [];
  private failures: { readonly owner: Owner; readonly at: number; readonly code: number }[] = [];

  now: number;

  constructor(readonly start: number) {
    this.now = start;
  }

  // --- mandates ------------------------------------------------------------------------------------------------------

  grant(form: 'portal' | 'letter' | 'oral', terms: Terms, startsAt: number, endsAt: number, call: number | null) {
    return this.attemptTo(() => {
      if (endsAt <= startsAt) throw new Refusal('validation_failed');
      const level = form === 'portal' ? 2 : form === 'letter' ? 1 : this.spokenLevel(call, terms, startsAt);
      const state = level === 0 ? 'draft' : form === 'oral' ? 'active' : 'pending_acceptance';
      this.writeEndings();
      this.requireNoOverlap(terms.scopes, startsAt, endsAt, null);
      const spokenEnd = form === 'oral' ? this.call(call).openedAt + DAY : Infinity;
      const mandate: Mandate = {
        state,
        ending: null,
        endedAt: null,
        isSilent: false,
        startsAt,
        endsAt: Math.min(endsAt, spokenEnd),
        askedEndsAt: spokenEnd < endsAt ? endsAt : null,
        revision: 1,
        terms: 1,
        call: form === 'oral' ? call : null,
        ...terms,
        proofs: [{ form, level, at: this.now, terms: 1 }],
        acceptBefore: state === 'pending_acceptance' ? this.now + 7 * DAY : null,
        tries: 0,
      };
      this.mandates.push(mandate);
      return this.view(mandate);
    });
  }

  /** What somebody says on the phone counts as far as they are known; what the proxy says counts for nothing. */
  private spokenLevel(at: number | null, { contracts }: Terms, startsAt: number): number {
    const call = this.call(at);
    if (!this.isOpen(call) || call.caller === null || !contracts.includes(call.contract)) {
      throw new Refusal('validation_failed');
    }
    if (startsAt >= call.openedAt + DAY) throw new Refusal('validation_failed');
    if (call.caller === 'proxy') return 0;
    if (call.level === 0) throw new Refusal('validation_failed');
    return 1;
  }

  accept(at: number, isRight: boolean): { accepted: boolean; triesLeft: number } | Refused {
    return this.attemptTo(() => {
      const mandate = this.mandate(at);
      this.require(mandate, ['pending_acceptance']);
      if (mandate.tries >= 5) return { accepted: false, triesLeft: 0 };
      mandate.tries += 1;
      if (isRight) {
        mandate.state = 'active';
        mandate.acceptBefore = null;
        this.bump(at);
      }
      return { accepted: isRight, triesLeft: 5 - mandate.tries };
    });
  }

  end(at: number, ending: string, isSilent = false): MandateView {
    const mandate = this.mandate(at);
    if (this.stateOf(mandate) !== 'ended') {
      Object.assign(mandate, { state: 'ended', ending, isSilent, endedAt: this.now });
      this.bump(at);
    }
    return this.view(mandate);
  }

  suspend(at: number): MandateView | Refused {
    return this.attemptTo(() => {
      const mandate = this.mandate(at);
      if (this.require(mandate, ['active', 'suspended', 'ended']) === 'active') {
        mandate.state = 'suspended';
        this.bump(at);
      }
      return this.view(mandate);
    });
  }

  resume(at: number): MandateView | Refused {
    return this.attemptTo(() => {
      const mandate = this.mandate(at);
      if (this.require(mandate, ['active', 'suspended']) === 'suspended') {
        mandate.state = 'active';
        this.bump(at);
      }
      return this.view(mandate);
    });
  }

  change(
    at: number,
    seen: number,
    wanted: Partial<Terms> & { readonly endsAt?: number | undefined },
    form: 'portal' | 'letter' | null,
  ): MandateView | Refused {
    return this.attemptTo(() => {
      const mandate = this.mandate(at);
      this.require(mandate, ['draft', 'pending_acceptance', 'active', 'suspended']);
      if (mandate.revision !== seen) throw new Refusal('revision_conflict');
      const asked = mandate.askedEndsAt ?? mandate.endsAt;
      const { scopes = mandate.scopes, contracts = mandate.contracts, endsAt = asked } = wanted;
      if (endsAt <= mandate.startsAt || endsAt <= this.now) throw new Refusal('validation_failed');
      const isIn = <T>(list: readonly T[], all: readonly T[]): boolean => list.every((one) => all.includes(one));
      const isWider = !isIn(scopes, mandate.scopes) || !isIn(contracts, mandate.contracts) || endsAt > asked;
      const isOther = isWider || !isIn(mandate.scopes, scopes) || !isIn(mandate.contracts, contracts) || endsAt < asked;
      if (isWider && form === null) throw new Refusal('validation_failed');
      if (!isOther && form === null) return this.view(mandate);

      const { state } = mandate;
      const isLive = state === 'active' || state === 'suspended';
      const isOnlySaid = isLive && mandate.call !== null && !this.isWritten(mandate);
      const mustBeAccepted = isLive && form === 'letter' && (isWider || isOnlySaid);
      this.writeEndings();
      this.requireNoOverlap(scopes, mandate.startsAt, endsAt, at);
      const becomes = mustBeAccepted || (form !== null && state === 'draft') ? 'pending_acceptance' : state;
      if (isOther || becomes !== state) this.bump(at);
      if (isWider) mandate.terms = mandate.revision;
      const isStillSpoken = form === null && mandate.askedEndsAt !== null && mandate.endsAt < endsAt;
      Object.assign(mandate, {
        scopes,
        contracts,
        state: becomes,
        ...(isStillSpoken ? { askedEndsAt: endsAt } : { endsAt, askedEndsAt: null }),
        ...(mustBeAccepted ? { tries: 0 } : {}),
        ...(becomes !== state || (isWider && state === 'pending_acceptance')
          ? { acceptBefore: this.now + 7 * DAY }
          : {}),
      });
      if (form !== null) this.prove(mandate, form, form === 'portal' ? 2 : 1);
      return this.view(mandate);
    });
  }

  view(mandate: Mandate): MandateView {
    const state = this.stateOf(mandate);
    const { level, until } = this.strengthOf(mandate);
    return {
      state,
      ending: state === 'ended' ? (mandate.ending ?? 'expired') : null,
      isSilent: mandate.isSilent,
      revision: mandate.revision,
      startsAt: mandate.startsAt,
      endsAt: mandate.endsAt,
      askedEndsAt: mandate.askedEndsAt,
      acceptBefore: mandate.acceptBefore,
      strength: level,
      until,
      scopes: mandate.scopes.toSorted(),
      contracts: mandate.contracts.toSorted(),
    };
  }

  /** Time ends a mandate whether or not anybody writes that down. */
  private stateOf(mandate: Mandate): Mandate['state'] {
    const isAwaited = mandate.state === 'draft' || mandate.state === 'pending_acceptance';
    const isLate = isAwaited && mandate.acceptBefore !== null && this.now >= mandate.acceptBefore;
    return isLate || this.now >= mandate.endsAt ? 'ended' : mandate.state;
  }

  /** New terms write down which mandates time has ended. */
  private writeEndings(): void {
    for (const [at, mandate] of this.mandates.entries()) {
      if (mandate.state === 'ended' || this.stateOf(mandate) !== 'ended') continue;
      const awaited = mandate.state === 'active' || mandate.state === 'suspended' ? null : mandate.acceptBefore;
      const endedAt = Math.min(mandate.endsAt, awaited ?? Infinity);
      Object.assign(mandate, { state: 'ended', ending: 'expired', endedAt });
      this.bump(at);
    }
  }

  private requireNoOverlap(scopes: readonly Scope[], startsAt: number, endsAt: number, except: number | null): void {
    const meets = this.mandates.some(
      (other, at) =>
        at !== except &&
        other.state !== 'ended' &&
        other.scopes.some((scope) => scopes.includes(scope)) &&
        other.startsAt < endsAt &&
        startsAt < (other.askedEndsAt ?? other.endsAt),
    );
    if (meets) throw new Refusal('mandate_overlaps');
  }

  private bump(at: number): void {
    this.mandate(at).revision += 1;
    this.settle((code) => code.mandate === at, 'cancelled');
  }

  private prove(mandate: Mandate, form: Proof['form'], level: number): void {
    mandate.proofs = [...mandate.proofs, { form, level, at: this.now, terms: mandate.terms }];
  }

  private isWritten(mandate: Mandate): boolean {
    return mandate.proofs.some(({ form, terms }) => form !== 'oral' && terms === mandate.terms);
  }

  private strengthOf(mandate: Mandate): { readonly level: number; readonly until: number | null } {
    const proofs = mandate.proofs.filter(({ terms }) => terms === mandate.terms);
    const best = Math.max(0, ...proofs.map(({ level }) => level));
    if (best < 2) return { level: best, until: null };
    const until = Math.max(...proofs.filter(({ level }) => level === 2).map(({ at }) => monthsLater(at, 12)));
    return this.now < until ? { level: 2, until } : { level: 1, until: null };
  }

  // --- calls and checks ----------------------------------------------------------------------------------------------

  open(contract: Contract, claim: Side, how: 'number' | 'nothing'): void {
    this.calls.push({
      contract,
      claim,
      caller: claim === 'holder' ? 'holder' : how === 'number' ? 'proxy' : null,
      openedAt: this.now,
      endsAt: this.now + HOUR,
      endedAt: null,
      level: claim === 'proxy' && how === 'number' ? 1 : 0,
    });
  }

  hangUp(at: number): void {
    const call = this.call(at);
    if (call.endedAt !== null) return;
    call.endedAt = this.now;
    this.settle((code) => code.call === at, 'cancelled');
  }

  advise(at: number, actions: readonly Action[]): readonly DecisionView[] | Refused {
    return this.attemptTo(() => {
      this.requireOpen(at);
      return actions.map((action) => this.decide(at, action).view);
    });
  }

  execute(at: number, action: Action): readonly DecisionView[] | Refused {
    return this.attemptTo(() => {
      this.requireOpen(at);
      const { view, uses } = this.decide(at, action);
      if (view.outcome === 'permit') {
        this.executions += 1;
        if (uses !== null) uses.isUsed = true;
      }
      return [view];
    });
  }

  private decide(at: number, action: Action): { readonly view: DecisionView; readonly uses: Code | null } {
    const call = this.call(at);
    const rule = ACTIONS[action];
    const answer = (
      outcome: DecisionView['outcome'],
      reason: string,
      boundary = Infinity,
      uses: Code | null = null,
    ) => ({
      view: { outcome, reason, validUntil: Math.min(this.now + 5 * MINUTE, call.endsAt, boundary) },
      uses,
    });
    const unidentified = call.level === 0 ? 'caller_not_identified' : 'caller_level_too_low';
    if (call.claim === 'holder') {
      return call.level < rule.caller ? answer('verify_caller', unidentified) : answer('permit', 'permitted');
    }
    const said = this.codes.filter((code) => code.purpose === 'action' && code.call === at && code.action === action);
    if (said.some(({ state }) => state === 'declined')) return answer('deny', 'holder_declined');
    if (this.isBlocked && call.caller === 'proxy') return answer('deny', 'holder_block');

    const index = this.mandates.findIndex((one) => call.caller === 'proxy' && this.covers(one, at, rule.scope));
    const mandate = this.mandates[index];
    if (mandate === undefined) {
      const { reason, from } = this.whyNot(at, rule.scope);
      return answer('deny', reason, from);
    }
    const { level, until } = this.strengthOf(mandate);
    const yes = said
      .filter(({ state, isUsed }) => state === 'approved' && !isUsed)
      .filter((code) => code.mandate === index && code.revision === mandate.revision)
      .filter(({ answeredAt }) => this.now < (answeredAt ?? 0) + 15 * MINUTE)
      .toSorted((one, other) => (other.answeredAt ?? 0) - (one.answeredAt ?? 0))[0];
    const freshUntil = yes === undefined ? Infinity : (yes.answeredAt ?? 0) + 15 * MINUTE;
    const boundary = Math.min(mandate.endsAt, until ?? Infinity, freshUntil);
    if (level < rule.mandate && yes === undefined) return answer('ask_holder', 'mandate_level_too_low', boundary);
    if (call.level < rule.caller) return answer('verify_caller', unidentified, boundary);
    if (rule.yes > 0 && yes === undefined) return answer('ask_holder', 'holder_confirmation_required', boundary);
    const isNeeded = rule.yes > 0 || level < rule.mandate;
    return answer('permit', 'permitted', boundary, isNeeded ? (yes ?? null) : null);
  }

  private covers(mandate: Mandate, call: number, scope: Scope): boolean {
    return (
      this.stateOf(mandate) === 'active' &&
      mandate.startsAt <= this.now &&
      mandate.scopes.includes(scope) &&
      mandate.contracts.includes(this.call(call).contract) &&
      !this.isOfOtherCall(mandate, call)
    );
  }

  private isOfOtherCall(mandate: Mandate, call: number): boolean {
    return mandate.call !== null && mandate.call !== call && !this.isWritten(mandate);
  }

  /** Only a caller who proved who they are is told what became of their mandates; the most useful reason of all. */
  private whyNot(at: number, scope: Scope): { readonly reason: string; readonly from: number } {
    const { level, contract } = this.call(at);
    const never = { reason: 'no_mandate', from: Infinity };
    if (level < 2) return never;
    const whys = this.mandates
      .filter((mandate) => !mandate.isSilent && !this.isOfOtherCall(mandate, at))
      .filter(({ endedAt }) => endedAt === null || endedAt > monthsLater(this.now, -15))
      .map((mandate) => ({ reason: this.lacks(mandate, contract, scope), from: mandate.startsAt }));
    for (const reason of [
      'mandate_suspended',
      'mandate_pending',
      'mandate_not_started',
      'scope_not_covered',
      'contract_not_covered',
      'mandate_expired',
      'mandate_withdrawn',
    ]) {
      const found = whys.filter((why) => why.reason === reason);
      if (found.length === 0) continue;
      const from = reason === 'mandate_not_started' ? Math.min(...found.map((why) => why.from)) : Infinity;
      return { reason, from };
    }
    return never;
  }

  private lacks(mandate: Mandate, contract: Contract, scope: Scope): string {
    const state = this.stateOf(mandate);
    if (state === 'ended') {
      return (mandate.ending ?? 'expired') === 'expired' ? 'mandate_expired' : 'mandate_withdrawn';
    }
    if (!mandate.contracts.includes(contract)) return 'contract_not_covered';
    if (!mandate.scopes.includes(scope)) return 'scope_not_covered';
    if (state === 'suspended') return 'mandate_suspended';
    return state === 'active' ? 'mandate_not_started' : 'mandate_pending';
  }

  // --- codes ---------------------------------------------------------------------------------------------------------

  askAboutAction(at: number, action: Action): { expiresAt: number } | Refused {
    return this.attemptTo(() => {
      this.requireOpen(at);
      const { view } = this.decide(at, action);
      if (view.outcome !== 'ask_holder') throw new Refusal('invalid_state');
      const { scope } = ACTIONS[action];
      const mandate = this.mandates.findIndex((one) => this.covers(one, at, scope));
      const sibling = (code: Code): boolean => code.purpose === 'action' && code.call === at;
      const about = { call: at, mandate, revision: this.mandate(mandate).revision, action };
      return this.issue({ purpose: 'action', owner: 'holder', ...about }, sibling);
    });
  }

  askAboutMandate(at: number): { expiresAt: number } | Refused {
    return this.attemptTo(() => {
      const mandate = this.mandate(at);
      this.require(mandate, ['draft', 'pending_acceptance', 'active']);
      const sibling = (code: Code): boolean => code.purpose === 'mandate' && code.mandate === at;
      const about = { call: null, mandate: at, revision: mandate.revision, action: null };
      return this.issue({ purpose: 'mandate', owner: 'holder', ...about }, sibling);
    });
  }

  /** An unknown caller gets a code that nobody is sent, with the life of any other. */
  askCaller(at: number): { expiresAt: number } | Refused {
    return this.attemptTo(() => {
      this.requireOpen(at);
      const owner = this.call(at).caller ?? (`call ${at}` as const);
      const sibling = (code: Code): boolean => code.purpose === 'verification' && code.call === at;
      return this.issue(
        { purpose: 'verification', owner, call: at, mandate: null, revision: null, action: null },
        sibling,
      );
    });
  }

  isDecoy(at: number): boolean {
    return this.code(at).owner.startsWith('call');
  }

  attempt(at: number, isRight: boolean): Attempted | Refused {
    const code = this.code(at);
    if (this.codeStateOf(code) !== 'pending') return { accepted: false, state: this.codeStateOf(code), triesLeft: 0 };
    if (this.count(this.failures, code.owner, DAY) >= 10)
      return { accepted: false, state: 'tries_exhausted', triesLeft: 0 };
    code.tries += 1;
    this.failures.push({ owner: code.owner, at: this.now, code: at });
    if (isRight && !this.isDecoy(at)) return this.approve(at);
    if (code.tries >= 5) Object.assign(code, { state: 'tries_exhausted', answeredAt: this.now });
    return { accepted: false, state: code.state, triesLeft: 5 - code.tries };
  }

  private approve(at: number): Attempted | Refused {
    return this.attemptTo(() => {
      const code = this.code(at);
      if (code.purpose === 'mandate')
        this.require(this.mandate(code.mandate), ['draft', 'pending_acceptance', 'active']);
      Object.assign(code, { state: 'approved', answeredAt: this.now });
      this.failures.splice(
        this.failures.findLastIndex((one) => one.code === at),
        1,
      );
      if (code.purpose === 'verification' && code.call !== null) this.call(code.call).level = 2;
      if (code.purpose === 'mandate') this.confirm(code.mandate ?? -1);
      return { accepted: true, state: 'approved', triesLeft: 0 };
    });
  }

  /** The holder said yes with a code: what was only said lasts until its asked end. Drafts here were said on the phone. */
  private confirm(at: number): void {
    const mandate = this.mandate(at);
    this.prove(mandate, 'code', 2);
    if (mandate.askedEndsAt !== null) Object.assign(mandate, { endsAt: mandate.askedEndsAt, askedEndsAt: null });
    if (mandate.state !== 'draft') return;
    mandate.state = 'active';
    this.bump(at);
  }

  decline(at: number, alsoBlock: boolean): { done: true } | Refused {
    const code = this.code(at);
    if ((code.answeredAt ?? code.expiresAt) + 7 * DAY <= this.now) return { error: 'not_found' };
    const isOpen = code.state === 'pending';
    if (isOpen) Object.assign(code, { state: 'declined', answeredAt: this.now });
    if (isOpen && code.purpose === 'mandate' && code.mandate !== null)
      this.end(code.mandate, 'withdrawn_by_holder', true);
    if (alsoBlock) this.isBlocked = true;
    return { done: true };
  }

  resend(at: number): { expiresAt: number } | Refused {
    return this.attemptTo(() => {
      const code = this.code(at);
      this.requireBudget(code.owner);
      if (this.codeStateOf(code) !== 'pending') throw new Refusal('invalid_state');
      code.counter += 1;
      code.expiresAt = this.now + 5 * MINUTE;
      this.sends.push({ owner: code.owner, at: this.now });
      return { expiresAt: code.expiresAt };
    });
  }

  cancel(at: number): { done: true } | Refused {
    const code = this.code(at);
    if (code.state !== 'pending') return { error: 'invalid_state' };
    Object.assign(code, { state: 'cancelled', answeredAt: this.now });
    return { done: true };
  }

  codeView(at: number): { state: Code['state']; triesLeft: number; expiresAt: number } {
    const code = this.code(at);
    const state = this.codeStateOf(code);
    return { state, triesLeft: state === 'pending' ? 5 - code.tries : 0, expiresAt: code.expiresAt };
  }

  private codeStateOf(code: Code): Code['state'] {
    return code.state === 'pending' && this.now >= code.expiresAt ? 'expired' : code.state;
  }

  private issue(
    about: Pick<Code, 'purpose' | 'owner' | 'call' | 'mandate' | 'revision' | 'action'>,
    isSibling: (code: Code) => boolean,
  ): { expiresAt: number } {
    this.requireBudget(about.owner);
    this.settle(isSibling, 'superseded');
    const expiresAt = this.now + 5 * MINUTE;
    const life = { state: 'pending', tries: 0, counter: 0, expiresAt, answeredAt: null, isUsed: false } as const;
    this.codes.push({ ...about, ...life });
    this.sends.push({ owner: about.owner, at: this.now });
    return { expiresAt };
  }

  private requireBudget(owner: Owner): void {
    const isSpent =
      this.count(this.failures, owner, DAY) >= 10 ||
      this.count(this.sends, owner, DAY) >= 10 ||
      this.count(this.sends, owner, 10 * MINUTE) >= 3;
    if (isSpent) throw new Refusal('code_budget_exhausted');
  }

  private count(
    entries: readonly { readonly owner: Owner; readonly at: number }[],
    owner: Owner,
    window: number,
  ): number {
    return entries.filter((entry) => entry.owner === owner && entry.at > this.now - window).length;
  }

  private settle(which: (code: Code) => boolean, state: Code['state']): void {
    for (const code of this.codes) {
      if (code.state === 'pending' && which(code)) Object.assign(code, { state, answeredAt: this.now });
    }
  }

  // --- what all need -------------------------------------------------------------------------------------------------

  /** A refused step leaves everything as it was. */
  private attemptTo<T>(step: () => T): T | Refused {
    const { mandates, codes, calls, sends, failures, executions } = this;
    const before = structuredClone({ mandates, codes, calls, sends, failures, executions });
    try {
      return step();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      Object.assign(this, before);
      return { error: error.error };
    }
  }

  private require(mandate: Mandate, states: readonly Mandate['state'][]): Mandate['state'] {
    const state = this.stateOf(mandate);
    if (!states.includes(state)) throw new Refusal('invalid_state');
    return state;
  }

  private requireOpen(at: number): void {
    if (!this.isOpen(this.call(at))) throw new Refusal('call_ended');
  }

  private isOpen(call: Call): boolean {
    return call.endedAt === null && this.now < call.endsAt;
  }

  private mandate(at: number | null): Mandate {
    return existing(this.mandates, at);
  }

  private code(at: number): Code {
    return existing(this.codes, at);
  }

  private call(at: number | null): Call {
    return existing(this.calls, at);
  }
}

function existing<T>(list: readonly T[], at: number | null): T {
  const one = at === null ? undefined : list[at];
  if (one === undefined) throw new Error('a step about something that is not there');
  return one;
}

/** Calendar months in UTC; from a day that the month lacks, its last. */
function monthsLater(at: number, months: number): number {
  const from = new Date(at);
  const first = new Date(at);
  first.setUTCDate(1);
  first.setUTCMonth(first.getUTCMonth() + months);
  const following = new Date(first);
  following.setUTCMonth(following.getUTCMonth() + 1);
  const days = Math.round((following.getTime() - first.getTime()) / DAY);
  return first.getTime() + (Math.min(from.getUTCDate(), days) - 1) * DAY;
}
