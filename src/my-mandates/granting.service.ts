import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import type { Code } from '../codes/code.ts';
import { CodesService } from '../codes/codes.service.ts';
import type { Attempt } from '../codes/code-answers.service.ts';
import { ConfirmationsService } from '../confirmations/confirmations.service.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { GrantsService, type InvitedMandate } from '../mandates/grants.service.ts';
import { MandateNotices, type ScopeInWords } from '../mandates/mandate-notices.ts';
import type { AskedPeriod } from '../mandates/mandate-period.ts';
import type { MandateView } from '../mandates/mandate.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { SubMandatesService } from '../mandates/sub-mandates.service.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { mayBePassedOn } from '../policy/passed-on.ts';
import type { Policy, Scope } from '../policy/policy.ts';
import { isOpenToHolders } from '../policy/scopes.ts';
import type { CodeRoute, Language } from '../policy/vocabulary.ts';
import { type NamedProxy, ProxiesService } from './proxies.service.ts';

/** What a proxy lets somebody else do. */
export interface OwnSubGrant extends AskedPeriod {
  readonly proxy: NamedProxy;
  readonly scopes: readonly string[];
  readonly contracts: readonly string[];
  /** The road of the code that confirms it, where one is needed; null = the best. */
  readonly route: CodeRoute | null;
}

/** What a holder gives. */
export interface OwnGrant extends OwnSubGrant {
  readonly may_pass_on: boolean;
  /** For as long as the two are partners. */
  readonly while_partner: boolean;
}

/** What is to be different. What is null or left out stays as it is. */
export interface OwnChange extends AskedPeriod {
  readonly scopes: readonly string[] | null;
  readonly contracts: readonly string[] | null;
  readonly may_pass_on: boolean | null;
}

export interface OwnGranted extends InvitedMandate {
  /** Counts for nothing until this code is typed; null = the session was proof enough. */
  readonly code: Code | null;
}

/** What a scope that can be granted is called here. */
export interface OfferedScope extends ScopeInWords {
  readonly name: string;
}

/** A holder gives a mandate, in person. */
@Injectable()
export class GrantingService {
  constructor(
    private readonly audit: AuditService,
    private readonly dataSource: DataSource,
    private readonly policies: PolicyDocuments,
    private readonly holders: HoldersService,
    private readonly proxies: ProxiesService,
    private readonly grants: GrantsService,
    private readonly subMandates: SubMandatesService,
    private readonly mandates: MandatesService,
    private readonly notices: MandateNotices,
    private readonly confirmations: ConfirmationsService,
    private readonly codes: CodesService,
  ) {}

  /** What can be given, in the reader's words. */
  async offered(language: Language): Promise<readonly OfferedScope[]> {
    const policy = await this.policies.current();
    // Where every action asks for more than a session gives, nobody is offered what would not work.
    return [...policy.scopes.values()]
      .filter(({ name }) => isOpenToHolders(policy, name))
      .map((scope) => inWords(scope, language));
  }

  /** What can be passed on of a mandate that the reader holds, in their words. */
  async passable({ scopes }: MandateView, language: Language): Promise<readonly OfferedScope[]> {
    const policy = await this.policies.current();
    const offered = [...policy.scopes.values()].filter(
      ({ name }) => scopes.includes(name) && mayBePassedOn(policy, name),
    );
    return offered.map((scope) => inWords(scope, language));
  }

  /** References of the contracts that the reader can give a mandate about. */
  async contracts(principal: Principal): Promise<readonly string[]> {
    return this.holders.contractsOf(this.dataSource.manager, signedInOf(principal).id, new Date());
  }

  /**
   * One transaction: whom they mean, the mandate, and the code that confirms it, unless the session is proof enough.
   *
   * @throws AppError `validation_failed`, `mandate_overlaps`, `code_budget_exhausted`, `no_usable_contact_point`
   */
  async grant(grant: OwnGrant, principal: Principal): Promise<OwnGranted> {
    return this.#give(grant, principal, (tx, now, proxy, policy) =>
      this.#grantIn(tx, now, proxy, grant, principal, policy),
    );
  }

  /**
   * The same to a proxy whom the caller's recorded transaction has just made.
   *
   * @param proxy their reference
   * @throws AppError as `grant`
   */
  async grantTo(
    tx: EntityManager,
    now: Date,
    proxy: string,
    grant: Omit<OwnGrant, 'proxy'>,
    principal: Principal,
    policy: Policy,
  ): Promise<{ readonly result: OwnGranted; readonly entries: readonly AuditEntry[] }> {
    const granted = await this.#grantIn(tx, now, proxy, grant, principal, policy);
    return this.#asked(tx, now, granted, grant.route, principal);
  }

  async #grantIn(
    tx: EntityManager,
    now: Date,
    proxy: string,
    { scopes, contracts, may_pass_on, while_partner, starts_at, ends_at }: Omit<OwnGrant, 'proxy'>,
    principal: Principal,
    policy: Policy,
  ): Promise<{ readonly result: InvitedMandate; readonly entries: readonly AuditEntry[] }> {
    const { crmRef: holder } = await this.holders.describe(tx, signedInOf(principal).id);
    const terms = { holder, proxy, scopes, contracts, may_pass_on, while_partner, starts_at, ends_at };
    const request = { ...terms, form: 'portal', evidence_ref: null, call_id: null } as const;
    return this.grants.grantIn(tx, now, request, principal, policy);
  }

  /**
   * The same with a mandate that the reader holds, whose holder lets them.
   *
   * @throws AppError as `grant`, and `not_found`, `invalid_state`, `forbidden`
   */
  async passOn(parentId: string, grant: OwnSubGrant, principal: Principal): Promise<OwnGranted> {
    return this.#give(grant, principal, (tx, now, proxy, policy) =>
      this.subMandates.grantIn(tx, now, parentId, { ...grant, proxy }, principal, policy),
    );
  }

  async #give(
    { proxy: named, route }: OwnSubGrant,
    principal: Principal,
    give: (
      tx: EntityManager,
      now: Date,
      proxyRef: string,
      policy: Policy,
    ) => Promise<{ readonly result: InvitedMandate; readonly entries: readonly AuditEntry[] }>,
  ): Promise<OwnGranted> {
    const policy = await this.policies.current();
    const { id } = signedInOf(principal);
    return this.audit.record<OwnGranted>(async (tx, now) => {
      await this.notices.requireSelfBudget(tx, now, id);
      const { language } = await this.holders.describe(tx, id);
      const proxy = await this.proxies.findOrRegister(tx, now, named, language, actorOf(principal));
      const granted = await give(tx, now, proxy.ref, policy);
      const { result, entries } = await this.#asked(tx, now, granted, route, principal);
      return { result, entries: [...proxy.entries, ...entries] };
    });
  }

  /** A draft waits for the code that confirms it. */
  async #asked(
    tx: EntityManager,
    now: Date,
    { result, entries }: { readonly result: InvitedMandate; readonly entries: readonly AuditEntry[] },
    route: CodeRoute | null,
    principal: Principal,
  ): Promise<{ readonly result: OwnGranted; readonly entries: readonly AuditEntry[] }> {
    if (result.mandate.state !== 'draft') return { result: { ...result, code: null }, entries };
    const asked = await this.mandates.askHolderIn(tx, now, result.mandate.id, { principal, callId: null }, route);
    return { result: { ...result, code: asked.result }, entries: [...entries, ...asked.entries] };
  }

  /**
   * @param revision the one that the holder saw
   * @throws AppError `not_found`, `revision_conflict`, `invalid_state`, `validation_failed`, `mandate_overlaps`; when it would be
   * more and the session is no approval, as `ask`
   */
  async change(id: string, revision: number, change: OwnChange, principal: Principal): Promise<OwnGranted> {
    const request = { ...change, form: null, evidence_ref: null };
    return this.grants.change(id, revision, request, { principal, callId: null });
  }

  /** What is typed on the mandate's page belongs to the code that is open; null = there is none any more. */
  async confirmOpen(mandateId: string, typed: string, principal: Principal): Promise<Attempt | null> {
    const codeId = await this.codes.openAbout(mandateId);
    return codeId === null ? null : this.confirm(mandateId, codeId, typed, principal);
  }

  /**
   * A new code for what is asked about a mandate of theirs; the one before is dead.
   *
   * @throws AppError `not_found`, `invalid_state`, `no_usable_contact_point`, `code_budget_exhausted`
   */
  async askAgain({ id, state }: MandateView, principal: Principal): Promise<void> {
    const codeId = await this.codes.openAbout(id);
    if (codeId !== null) await this.codes.resend(codeId, actorOf(principal));
    else if (state === 'draft') await this.mandates.askHolder(id, { principal, callId: null }, null);
  }

  /** Whether a code is under way that confirms this mandate, or a change of it. */
  async isAsked(mandateId: string): Promise<boolean> {
    return (await this.codes.openAbout(mandateId)) !== null;
  }

  /** The code that the holder types: their yes. A wrong one is an answer, not an error. */
  confirm(mandateId: string, codeId: string, typed: string, principal: Principal): Promise<Attempt> {
    return this.confirmations.attemptInPerson(codeId, mandateId, principal, typed);
  }
}

function inWords({ name, title, text, excludes }: Scope, language: Language): OfferedScope {
  return { name, title: title[language], text: text[language], excludes: excludes[language] };
}
