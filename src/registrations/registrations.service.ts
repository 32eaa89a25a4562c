import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { CodesService } from '../codes/codes.service.ts';
import { AppError } from '../errors.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import { employeeOf } from '../life-events/legal-files.service.ts';
import { GrantsService } from '../mandates/grants.service.ts';
import type { AskedPeriod } from '../mandates/mandate-period.ts';
import { parseMandateRef } from '../mandates/mandate-ref.ts';
import { stateAt } from '../mandates/mandate.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import type { ContactRule } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { Registration, RegistrationView, TakenDownForm, YesRoute } from './registration.ts';
import { RegistrationsRepository } from './registrations.repository.ts';

export interface NewRegistration extends AskedPeriod {
  /** The CRM's references. */
  readonly holder: string;
  readonly proxy: string;
  readonly scopes: readonly string[];
  readonly contracts: readonly string[];
  /** How the proxy is to speak for the organisation; null = they don't. */
  readonly contactRule: ContactRule | null;
  readonly form: TakenDownForm;
  /** Where the paper lies and what it looks like; null = it was said in the call. */
  readonly paper: { readonly reference: string; readonly sha256: string } | null;
  readonly callId: string | null;
  readonly route: YesRoute;
}

/**
 * A mandate without a screen: one employee takes down what the holder says or writes, another looks at it, and then the holder
 * gets a code and says yes. Two employees' word alone is worth nothing, so it is a draft until that.
 */
@Injectable()
export class RegistrationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: RegistrationsRepository,
    private readonly grants: GrantsService,
    private readonly mandates: MandatesService,
    private readonly codes: CodesService,
    private readonly policies: PolicyDocuments,
  ) {}

  /** @throws AppError `validation_failed` with every fault, `mandate_overlaps`, `forbidden` */
  async register(asked: NewRegistration, principal: Principal): Promise<RegistrationView> {
    const agent = employeeOf(principal);
    if (principal.strength === 0) throw new AppError('forbidden', 'A session of strength 0 proves nothing.');
    const policy = await this.policies.current();
    const { holder, proxy, scopes, contracts, contactRule, starts_at, ends_at, form, paper, callId, route } = asked;
    return this.audit.record(async (tx, now) => {
      const request = {
        holder,
        proxy,
        scopes,
        contracts,
        starts_at,
        ends_at,
        form,
        evidence_ref: paper?.reference ?? null,
        call_id: callId,
        may_pass_on: false,
        while_partner: false,
        contact_rule: contactRule,
        is_taken_down: true,
      } as const;
      const { result, entries } = await this.grants.grantIn(tx, now, request, principal, policy);
      const { id: mandateId, holderId } = result.mandate;
      const id = randomUUID();
      const fileHash = paper === null ? null : Buffer.from(paper.sha256, 'hex');
      await this.repository.insert(tx, { id, mandateId, form, fileHash, callId, route }, agent.id, now);
      const entry: AuditEntry = {
        id,
        kind: 'registration.recorded',
        actor: actorOf(principal),
        callId,
        personIds: [holderId],
        body: { registrationId: id, mandateId, form, route },
      };
      return { result: await this.#view(tx, now, await this.#read(tx, id)), entries: [...entries, entry] };
    });
  }

  /**
   * The second pair of eyes. The holder gets their code in the same transaction.
   *
   * @throws AppError `not_found`, `forbidden` to who took it down, `conflict`, `invalid_state` when it lapsed or ended,
   * `no_usable_contact_point`, `code_budget_exhausted`
   */
  approve(id: string, principal: Principal): Promise<RegistrationView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const registration = await this.#undecided(tx, id);
      const { mandateId, registeredBy, callId, route } = registration;
      if (registeredBy.id === agent.id) throw new AppError('forbidden', OWN);
      await this.repository.decide(tx, registration, 'approved', agent.id, now);
      const asked = { agentId: registeredBy.id, callId, route, actor: actorOf(principal) };
      const { result: code, entries } = await this.mandates.askTakenDownIn(tx, now, mandateId, asked);
      return this.#decided(tx, now, id, principal, 'registration.approved', entries, { codeId: code.id });
    });
  }

  /** It is not so, or can't be read: nobody is asked, and the draft is over. Who took it down may say so too. @throws AppError `not_found`, `conflict` */
  reject(id: string, principal: Principal): Promise<RegistrationView> {
    const agent = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const registration = await this.#undecided(tx, id);
      await this.repository.decide(tx, registration, 'rejected', agent.id, now);
      const asker = { principal, callId: null };
      const entries = await this.mandates.refuseTakenDownIn(tx, now, registration.mandateId, asker);
      return this.#decided(tx, now, id, principal, 'registration.rejected', entries, {});
    });
  }

  /** One of them; recorded as a look-up. @throws AppError `not_found`, also to who takes calls, once its holder has answered */
  get(id: string, principal: Principal): Promise<RegistrationView> {
    return this.audit.record(async (tx, now) => {
      const view = await this.#view(tx, now, await this.#read(tx, id));
      if (!isShownTo(principal, view)) throw absent();
      return { result: view, entries: [lookUp(principal, [view])] };
    });
  }

  /**
   * What waits for a colleague; or, by the number that the holder reads off their letter, the one of this mandate. A number of
   * nothing is an empty list. Recorded as a look-up.
   */
  list(mandateRef: string | null, principal: Principal): Promise<readonly RegistrationView[]> {
    const ref = mandateRef === null ? null : parseMandateRef(mandateRef);
    return this.audit.record(async (tx, now) => {
      const found = ref === null ? null : await this.repository.findByMandateRef(tx, ref);
      const rows = mandateRef === null ? await this.repository.waiting(tx, now) : found === null ? [] : [found];
      const views: RegistrationView[] = [];
      for (const row of rows) {
        const view = await this.#view(tx, now, row);
        if (isShownTo(principal, view)) views.push(view);
      }
      return { result: views, entries: [lookUp(principal, views)] };
    });
  }

  async #read(manager: EntityManager, id: string): Promise<Registration> {
    const registration = await this.repository.find(manager, id);
    if (registration === null) throw absent();
    return registration;
  }

  async #undecided(tx: EntityManager, id: string): Promise<Registration> {
    const registration = await this.#read(tx, id);
    if (registration.verdict === null) return registration;
    throw new AppError('conflict', `This was ${registration.verdict} already.`);
  }

  async #view(manager: EntityManager, now: Date, registration: Registration): Promise<RegistrationView> {
    const mandate = await this.mandates.find(manager, registration.mandateId);
    if (mandate === null) throw new Error('a registration of no mandate');
    const confirmationId = await this.codes.openAbout(mandate.id, manager);
    return { ...registration, mandate: { ...mandate, ...stateAt(mandate, now.getTime()) }, confirmationId };
  }

  async #decided(
    tx: EntityManager,
    now: Date,
    id: string,
    principal: Principal,
    kind: string,
    effects: readonly AuditEntry[],
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly result: RegistrationView; readonly entries: readonly AuditEntry[] }> {
    const result = await this.#view(tx, now, await this.#read(tx, id));
    const { mandateId, mandate } = result;
    const entry: AuditEntry = {
      kind,
      actor: actorOf(principal),
      personIds: [mandate.holderId],
      body: { registrationId: id, mandateId, ...body },
    };
    return { result, entries: [entry, ...effects] };
  }
}

/**
 * Who takes calls sees it until the holder has answered, or when nobody asked them. What became of a mandate is for who speaks with
 * its people: it may have ended in silence.
 */
function isShownTo({ scope }: Principal, { verdict, mandate }: RegistrationView): boolean {
  return scope !== 'agent' || verdict !== 'approved' || mandate.state === 'draft';
}

function absent(): AppError {
  return new AppError('not_found', 'There is no such registration.');
}

const OWN = 'A colleague has to approve this: somebody else than who took it down.';

function lookUp(principal: Principal, views: readonly RegistrationView[]): AuditEntry {
  const personIds = [...new Set(views.map(({ mandate }) => mandate.holderId))];
  return lookUpEntry(actorOf(principal), personIds, { what: 'registrations', isFound: views.length > 0 });
}
