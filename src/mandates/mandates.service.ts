import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import type { Code } from '../codes/code.ts';
import { CodesService } from '../codes/codes.service.ts';
import { AppError } from '../errors.ts';
import type { PersonId } from '../policy/ids.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { Capacity } from '../life-events/capacity.service.ts';
import type { MandateChange } from '../messages/template-values.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { monthsAfter, routeLevel } from '../policy/strength.ts';
import type { CodeRoute, Language } from '../policy/vocabulary.ts';
import { type LookedUp, LookUps } from '../reach/look-ups.service.ts';
import type { Terms } from './asked-change.ts';
import { ContactPersons } from './contact-persons.service.ts';
import { type Asker, MandateCalls } from './mandate-calls.ts';
import { BY_GIVER, BY_LIFE_EVENT, ENDINGS, MandateEndings } from './mandate-endings.service.ts';
import { MandateNotices, type ScopeInWords } from './mandate-notices.ts';
import { entryOf, lookUpsOf, MandateRegister } from './mandate-register.ts';
import { CONFIRMATION_LEVEL } from './mandate-terms.ts';
import {
  isOpenTo,
  type MandatePart,
  type MandateRecord,
  type MandateView,
  moveFrom,
  personOn,
  type Side,
  viewOf,
} from './mandate.ts';
import { MandatesRepository, type NewEvidence } from './mandates.repository.ts';

/** Exactly one of them: there is no list of everything. */
export type MandateQuery =
  | {
      readonly by: 'holder' | 'proxy';
      readonly personRef: string;
      readonly limit: number;
      readonly after: string | null;
    }
  | { readonly by: 'ref'; readonly ref: string };

/** A person's own mandates, on one side of them. */
export interface OwnMandateQuery {
  readonly side: Side;
  readonly part: MandatePart;
  /** 1 to 100. */
  readonly limit: number;
  /** `next` of the page before; null = the first one. */
  readonly after: string | null;
}

/** A mandate as whoever gives it reads it. */
export interface MandateSummary {
  readonly ref: string;
  /** For whom, where the reader passes it on or speaks for them; null = for themselves. */
  readonly holder: string | null;
  /** Whether it is theirs to give; else they join somebody who gives it in the holder's place. */
  readonly isReaderGiver: boolean;
  /** The proxy's name. */
  readonly proxy: string;
  readonly scopes: readonly ScopeInWords[];
  /** References, as the holder knows them. */
  readonly contracts: readonly string[];
  /** The proxy may have somebody else do it. */
  readonly mayPassOn: boolean;
  readonly startsAt: Date;
  /** The end that a yes gives it. */
  readonly endsAt: Date;
}

export interface MandatePage {
  readonly mandates: readonly MandateView[];
  /** Pass it as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

/** A mandate that counts no more until somebody says again that it holds. */
export interface SetAside {
  readonly ref: string;
  /** The CRM's references. */
  readonly holder: string;
  readonly proxy: string;
  readonly state: 'suspended' | 'ended';
}

const SWITCHES = {
  suspend: { change: 'suspended', kind: 'mandate.suspended' },
  resume: { change: 'resumed', kind: 'mandate.resumed' },
} as const satisfies Record<string, { change: MandateChange; kind: string }>;

/** Months that either side still sees an ended mandate. */
const HISTORY = 15;

/** A code about a mandate: who asked for it, in which call, and by which road. */
interface MandateQuestion {
  readonly agentId: string | null;
  readonly callerId: string;
  readonly callId: string | null;
  /** Null = the best. */
  readonly route: CodeRoute | null;
  readonly actor: string;
}

/** Mandates that exist: looked at, confirmed, suspended, ended. New terms are `GrantsService`'s, acceptance is `AcceptanceService`'s. */
@Injectable()
export class MandatesService {
  constructor(
    private readonly audit: AuditService,
    private readonly repository: MandatesRepository,
    private readonly register: MandateRegister,
    private readonly calls: MandateCalls,
    private readonly notices: MandateNotices,
    private readonly holders: HoldersService,
    private readonly codes: CodesService,
    private readonly policies: PolicyDocuments,
    private readonly capacity: Capacity,
    private readonly endings: MandateEndings,
    private readonly contacts: ContactPersons,
    private readonly lookUps: LookUps,
  ) {}

  /** A mandate as it is written down, for other rooms' own rules; null when unknown. */
  find(manager: EntityManager, id: string): Promise<MandateRecord | null> {
    return this.repository.find(manager, id);
  }

  /**
   * What somebody is asked to confirm, in their language; null when unknown. For their own messages and pages.
   *
   * @param readerId who is asked: the holder, who passes it on, or another contact person of the holder
   * @param asked the terms that it would have; null = those that it has
   */
  async summaryOf(
    manager: EntityManager,
    id: string,
    readerId: string,
    language: Language,
    asked: Terms | null,
  ): Promise<MandateSummary | null> {
    const mandate = await this.repository.find(manager, id);
    if (mandate === null) return null;
    const proxy = await this.holders.describe(manager, mandate.proxyId);
    const scopes = asked === null ? mandate.scopes : asked.scopes.map(({ name }) => name);
    const contracts =
      asked === null
        ? mandate.contracts.map((contract) => contract.ref)
        : await this.repository.contractRefs(manager, asked.contractIds);
    return {
      ref: mandate.ref,
      holder:
        mandate.holderId === readerId ? null : ((await this.holders.describe(manager, mandate.holderId)).name ?? '—'),
      isReaderGiver: personOn(mandate, 'giver') === readerId,
      proxy: proxy.name ?? '—',
      scopes: await this.notices.inWords({ scopes }, language),
      contracts,
      mayPassOn: asked?.mayPassOn ?? mandate.mayPassOn,
      startsAt: new Date(asked?.period.startsAt ?? mandate.startsAt),
      endsAt: new Date(asked?.period.endsAt ?? mandate.askedEndsAt ?? mandate.endsAt),
    };
  }

  /**
   * One mandate; the look-up is recorded, also when it finds nothing.
   *
   * @throws AppError `not_found`
   */
  async get(id: string, asker: Asker): Promise<MandateView> {
    const { limits } = await this.policies.current();
    const found = await this.audit.record(async (tx, now) => {
      const known = await this.repository.find(tx, id);
      const mandate = (await this.calls.reaches(tx, now, known, asker, null)) ? known : null;
      return {
        result: mandate === null ? null : viewOf(mandate, now.getTime(), limits.decayMonths),
        entries: lookUpsOf(asker, mandate === null ? [] : [mandate]),
      };
    });
    if (found === null) throw new AppError('not_found', 'There is no such mandate.');
    return found;
  }

  /**
   * The mandates of one holder or one proxy, the newest first, ended ones for 15 months; or the one with this reference.
   * Nobody by that reference is an empty list: it tells no more than a person without mandates.
   */
  async list(query: MandateQuery, asker: Asker): Promise<MandatePage> {
    const { limits } = await this.policies.current();
    const told = (found: readonly MandateRecord[], limit: number, now: Date, named?: string): LookedUp<MandatePage> => {
      const page = pageOf(found, limit, now, limits.decayMonths);
      return { result: page, entries: lookUpsOf(asker, page.mandates, named) };
    };
    if (query.by === 'ref') {
      return this.audit.record(async (tx, now) => {
        const mandate = await this.repository.findByRef(tx, query.ref);
        return told(mandate === null ? [] : [mandate], 1, now);
      });
    }
    const { by, personRef, limit, after } = query;
    return this.lookUps.of(personRef, asker.principal, async (tx, now, personId) => {
      if (personId === null) return told([], limit, now);
      const endedSince = new Date(monthsAfter(now.getTime(), -HISTORY));
      return told(await this.repository.list(tx, { by, personId, endedSince, limit, after }), limit, now, personId);
    });
  }

  /** Those of who is signed in, on one side: those that live, or those that ended in the last 15 months. The newest first. */
  async listOwn({ side, part, limit, after }: OwnMandateQuery, principal: Principal): Promise<MandatePage> {
    const { limits } = await this.policies.current();
    const { id: personId } = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      const endedSince = new Date(monthsAfter(now.getTime(), -HISTORY));
      const found = await this.repository.listOwn(tx, { by: side, personId, endedSince, limit, after }, part, now);
      return { result: pageOf(found, limit, now, limits.decayMonths), entries: [] };
    });
  }

  /** What was made from this mandate and lives, as the reader may know it: its holder, or the proxy who passed it on. */
  async subMandates(id: string, principal: Principal): Promise<readonly MandateView[]> {
    const { limits } = await this.policies.current();
    const { id: personId } = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      const parent = await this.repository.find(tx, id);
      if (parent === null || !isOpenTo(parent, personId, null))
        throw new AppError('not_found', 'There is no such mandate.');
      const subs = (await this.repository.subMandates(tx, id, now)).filter((sub) => isOpenTo(sub, personId, null));
      return { result: subs.map((sub) => viewOf(sub, now.getTime(), limits.decayMonths)), entries: [] };
    });
  }

  /**
   * Ends it, now and for good. A mandate that has ended already is answered as it is: this can always be said again. Both
   * sides are told: the one in whose name it was done may not have been the one who did it.
   *
   * @param isSilent only by the holder: nobody is told anything, the proxy also not later or on the phone: they may read the holder's messages too
   * @throws AppError `not_found`
   */
  async end(id: string, verb: keyof typeof ENDINGS, asker: Asker, isSilent = false): Promise<MandateView> {
    const { limits } = await this.policies.current();
    return this.audit.record(async (tx, now) => {
      const mandate = await this.register.lock(tx, now, id, asker, verb);
      const isByGiver = verb === 'withdraw' && isGiver(mandate, asker);
      const entries = await this.endings.end(
        tx,
        now,
        mandate,
        isByGiver ? BY_GIVER : ENDINGS[verb],
        isSilent && !isByGiver,
        asker,
      );
      if (entries.length === 0) entries.push(...lookUpsOf(asker, [mandate]));
      return { result: viewOf(await this.register.read(tx, id), now.getTime(), limits.decayMonths), entries };
    });
  }

  /** Takes back whatever this holder gave this proxy. In the caller's recorded transaction. */
  async withdrawAllIn(
    tx: EntityManager,
    now: Date,
    { holderId, proxyId }: { readonly holderId: string; readonly proxyId: string },
    asker: Asker,
  ): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (const id of await this.repository.lockLive(tx, 'proxy', proxyId)) {
      const mandate = await this.register.read(tx, id);
      if (mandate.holderId !== holderId || mandate.parent !== undefined) continue;
      entries.push(...(await this.endings.end(tx, now, mandate, ENDINGS.withdraw, false, asker)));
    }
    return entries;
  }

  /**
   * Switches it off for a while, or on again. Saying the same again changes nothing.
   *
   * @throws AppError `not_found`, `invalid_state`, `forbidden` to a person who wants it on and is signed in by e-mail alone
   */
  async switch(id: string, verb: keyof typeof SWITCHES, asker: Asker): Promise<MandateView> {
    const { limits } = await this.policies.current();
    return this.audit.record(async (tx, now) => {
      const mandate = await this.register.lock(tx, now, id, asker, verb);
      if (verb === 'resume' && asker.principal.scope === 'person' && asker.principal.strength < 2) {
        throw new AppError('forbidden', 'Sign in with a code on your phone, or stronger, to switch a mandate on.');
      }
      const state = moveFrom(mandate.state, verb);
      const entries: AuditEntry[] = [];
      if (state !== null && state !== mandate.state) {
        const { change, kind } = SWITCHES[verb];
        const revision = mandate.revision + 1;
        await this.repository.update(tx, id, { state, revision });
        const cancelled = await this.codes.cancelOfMandate(tx, now, id);
        await this.notices.tellAll(tx, now, mandate, change);
        entries.push(entryOf(kind, mandate, asker, { revision, cancelled }));
      } else entries.push(...lookUpsOf(asker, [mandate]));
      return { result: viewOf(await this.register.read(tx, id), now.getTime(), limits.decayMonths), entries };
    });
  }

  /**
   * After a restore that lost something: perhaps the holder took it away meanwhile. Those that wait for somebody's answer
   * end, and can be granted anew. Nobody is told: it is for the organisation to find out which of them hold.
   */
  async setAsidePage(
    tx: EntityManager,
    now: Date,
    after: string,
    actor: string,
  ): Promise<{
    readonly last: string | null;
    readonly entries: readonly AuditEntry[];
    readonly mandates: readonly SetAside[];
  }> {
    const { last, changed } = await this.repository.setAsidePage(tx, now, after);
    const entries = changed.map((mandate) => {
      const { revision, isSilent } = mandate;
      return mandate.state === 'suspended'
        ? entryOf(SWITCHES.suspend.kind, mandate, actor, { revision, cancelled: [], reason: 'restored' })
        : entryOf(ENDINGS.refuse.kind, mandate, actor, { revision, isSilent, cancelled: [], reason: 'restored' });
    });
    const mandates = changed.map(({ ref, holderRef, proxyRef, state }) => ({
      ref,
      holder: holderRef,
      proxy: proxyRef,
      state: state === 'suspended' ? state : ('ended' as const),
    }));
    return { last, entries, mandates };
  }

  /**
   * Sends the holder a code with which they confirm this very mandate.
   *
   * @param route what they asked for, such as a letter; null = the best road
   * @throws AppError `not_found`, `invalid_state`, `no_usable_contact_point`, `code_budget_exhausted`
   */
  askHolder(id: string, asker: Asker, route: CodeRoute | null): Promise<Code> {
    return this.audit.record((tx, now) => this.askHolderIn(tx, now, id, asker, route));
  }

  /** The same in the caller's recorded transaction. */
  async askHolderIn(
    tx: EntityManager,
    now: Date,
    id: string,
    asker: Asker,
    route: CodeRoute | null,
  ): Promise<{ readonly result: Code; readonly entries: AuditEntry[] }> {
    const { principal, callId } = asker;
    const mandate = await this.register.lock(tx, now, id, asker, 'confirm');
    if (await this.repository.needsColleague(tx, id)) {
      throw new AppError('invalid_state', 'An employee took this down, and no colleague has looked at it yet.');
    }
    return this.askFirst(tx, now, mandate, await this.contacts.joining(tx, now, principal, mandate), {
      agentId: principal.agent?.id ?? null,
      // Who asks for themselves asks on nobody else's behalf: the message says so.
      // Who gives in an organisation's place is one who asks: no code goes where they read it.
      callerId: principal.person?.speakerId ?? principal.person?.id ?? mandate.proxyId,
      callId,
      route,
      actor: actorOf(principal),
    });
  }

  /**
   * Asks the holder whether it is so, what one employee took down and another has looked at. In the caller's recorded transaction.
   *
   * @param agentId who took it down, and talks with the holder
   * @throws AppError as {@link askHolder}
   */
  async askTakenDownIn(
    tx: EntityManager,
    now: Date,
    id: string,
    asked: {
      readonly agentId: string;
      readonly callId: string | null;
      readonly route: CodeRoute;
      readonly actor: string;
    },
  ): Promise<{ readonly result: Code; readonly entries: AuditEntry[] }> {
    const mandate = await this.register.lock(tx, now, id, null, 'confirm');
    await this.capacity.requireOwnWord(tx, now, mandate.holderId);
    return this.ask(tx, now, mandate, { ...asked, personId: null, callerId: mandate.proxyId });
  }

  /** A colleague says that it is not so: there never was one. In the caller's recorded transaction. @throws AppError `not_found` */
  async refuseTakenDownIn(tx: EntityManager, now: Date, id: string, asker: Asker): Promise<AuditEntry[]> {
    const mandate = await this.register.lock(tx, now, id, null, 'refuse');
    return this.endings.end(tx, now, mandate, ENDINGS.refuse, true, asker);
  }

  /** Asks the first of these who can be reached; null = who gives it. */
  private async askFirst(
    tx: EntityManager,
    now: Date,
    mandate: MandateRecord,
    people: readonly PersonId[] | null,
    asked: MandateQuestion,
  ): Promise<{ readonly result: Code; readonly entries: AuditEntry[] }> {
    for (const personId of people?.slice(0, -1) ?? []) {
      try {
        return await this.ask(tx, now, mandate, { ...asked, personId });
      } catch (error) {
        // Nothing was written: where a code goes is looked up first.
        if (!(error instanceof AppError && error.code === 'no_usable_contact_point')) throw error;
      }
    }
    return this.ask(tx, now, mandate, { ...asked, personId: people?.at(-1) ?? null });
  }

  private async ask(
    tx: EntityManager,
    now: Date,
    mandate: MandateRecord,
    /** `personId`: whose yes it takes; null = who gives it. */
    asked: MandateQuestion & { readonly personId: string | null },
  ): Promise<{ readonly result: Code; readonly entries: AuditEntry[] }> {
    const { revision, id: mandateId } = mandate;
    const { agentId, callerId, callId, route, actor } = asked;
    const { result, entry } = await this.codes.issue(tx, now, {
      purpose: 'mandate',
      personId: asked.personId ?? personOn(mandate, 'giver'),
      callId: null,
      agentId,
      callerId,
      claimKeys: [],
      mandate: { id: mandateId, revision },
      actions: [],
      details: [],
      digits: 6,
      level: CONFIRMATION_LEVEL,
      ...(route === null ? {} : { route }),
      actor,
    });
    if (result.route === 'letter') await this.notices.waitForPost(tx, now, mandate);
    return { result, entries: [{ ...entry, callId }] };
  }

  /** The code about this mandate goes by letter now: it waits for the answer. */
  async askedByLetter(tx: EntityManager, now: Date, mandateId: string): Promise<void> {
    await this.notices.waitForPost(tx, now, await this.register.read(tx, mandateId));
  }

  /**
   * The holder said yes, with a code, to this mandate as it now is. In the transaction that consumes the code.
   *
   * @param personId whose code it was: the giver's, or of a contact person who joins in what another one gave
   * @throws AppError `not_found`, `invalid_state` when it can't be confirmed any more: the code is not consumed then
   */
  async confirmedByHolder(
    tx: EntityManager,
    now: Date,
    mandateId: string,
    {
      codeId,
      route,
      personId,
    }: { readonly codeId: string; readonly route: CodeRoute; readonly personId: string | null },
  ): Promise<AuditEntry[]> {
    const mandate = await this.register.lock(tx, now, mandateId, null, 'confirm');
    await this.contacts.requireJoining(tx, now, personId, mandate);
    const registeredBy = actorOfGiver(mandate);
    const evidence = { form: 'code', sessionStrength: routeLevel(route), reference: codeId, registeredBy } as const;
    const { after, body } = await this.proved(tx, now, mandate, evidence);
    return [entryOf('mandate.confirmed', after, registeredBy, { codeId, route, ...body })];
  }

  /**
   * The holder says yes to a draft in a session that is an approval by itself: see `isApproval`. In the caller's transaction.
   *
   * @throws AppError `not_found`, `invalid_state`
   */
  async approveIn(tx: EntityManager, now: Date, id: string, asker: Asker): Promise<AuditEntry[]> {
    const { principal } = asker;
    const mandate = await this.register.lock(tx, now, id, asker, 'confirm');
    const { strength: sessionStrength } = principal;
    const evidence = { form: 'portal', sessionStrength, reference: null, registeredBy: actorOf(principal) } as const;
    const { after, body } = await this.proved(tx, now, mandate, evidence);
    return [entryOf('mandate.approved', after, asker, body)];
  }

  /**
   * Who gives it said no: they never gave it. What the holder never gave ends in silence, as there never was one. In the
   * transaction that ends the code.
   *
   * @throws AppError `not_found`
   */
  async declinedByHolder(tx: EntityManager, now: Date, mandateId: string): Promise<AuditEntry[]> {
    const mandate = await this.register.lock(tx, now, mandateId, null, 'withdraw');
    return this.endings.endDeclined(tx, now, mandate, actorOfGiver(mandate));
  }

  /**
   * The same in the holder's own session. In the caller's transaction.
   *
   * @throws AppError `not_found`
   */
  async declineIn(
    tx: EntityManager,
    now: Date,
    id: string,
    asker: Asker,
  ): Promise<{ readonly proxyId: string; readonly entries: AuditEntry[] }> {
    const mandate = await this.register.lock(tx, now, id, asker, 'withdraw');
    const entries = await this.endings.endDeclined(tx, now, mandate, asker);
    return { proxyId: mandate.proxyId, entries };
  }

  /** New proof by the holder, of the terms as they are. A draft moves on, and its proxy is invited. */
  private async proved(
    tx: EntityManager,
    now: Date,
    mandate: MandateRecord,
    evidence: Omit<NewEvidence, 'termsRevision'>,
  ): Promise<{ readonly after: MandateRecord; readonly body: Readonly<Record<string, unknown>> }> {
    const { id, termsRevision } = mandate;
    for (const side of ['holder', 'giver'] as const)
      await this.capacity.requireOwnWord(tx, now, personOn(mandate, side));
    const changes = this.register.proof(mandate, evidence, now);
    const isMoved = changes.state !== undefined;
    const revision = mandate.revision + (isMoved ? 1 : 0);
    await this.repository.update(tx, id, { ...changes, revision });
    await this.repository.addEvidence(tx, id, { ...evidence, termsRevision }, now);
    // Others about the same mandate were bound to the revision before.
    const cancelled = isMoved ? await this.codes.cancelOfMandate(tx, now, id) : [];
    const after = await this.register.read(tx, id);
    if (after.state === 'pending_acceptance' && isMoved) await this.notices.offer(tx, now, after);
    return { after, body: { state: after.state, revision, endsAt: new Date(after.endsAt), cancelled } };
  }

  /**
   * What the law ends when something happens in somebody's life: the live mandates on these sides of theirs. In the caller's
   * transaction.
   *
   * @param isDead nobody writes to them
   */
  async endByLifeEvent(
    tx: EntityManager,
    now: Date,
    {
      personId,
      sides,
      isDead,
      actor,
    }: {
      readonly personId: string;
      readonly sides: readonly ('holder' | 'proxy')[];
      readonly isDead: boolean;
      readonly actor: string;
    },
  ): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (const side of sides) {
      for (const id of await this.repository.lockLive(tx, side, personId)) {
        const mandate = await this.register.read(tx, id);
        const deadId = isDead ? personId : null;
        entries.push(...(await this.endings.end(tx, now, mandate, BY_LIFE_EVENT, false, actor, deadId)));
      }
    }
    return entries;
  }
}

/** @param found one more than `limit` when there are more */
function pageOf(found: readonly MandateRecord[], limit: number, now: Date, decayMonths: number): MandatePage {
  const page = found.slice(0, limit);
  const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
  return { mandates: page.map((mandate) => viewOf(mandate, now.getTime(), decayMonths)), next };
}

/** How the audit names the answer of who gives it. */
function actorOfGiver(mandate: MandateRecord): string {
  return mandate.parent === undefined ? `holder:${mandate.holderId}` : `person:${mandate.parent.proxyId}`;
}

/** Whether who is signed in passed it on. */
function isGiver({ parent }: MandateRecord, { principal }: Asker): boolean {
  return parent !== undefined && parent.proxyId === principal.person?.id;
}
