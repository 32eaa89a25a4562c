import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import {
  type ActivityPage,
  type ActivityQuery,
  ActivityService,
  type ChooseLanguage,
} from '../activity/activity.service.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { AcceptanceService, type ShownCode } from '../mandates/acceptance.service.ts';
import { ContactPersons, type Spoken } from '../mandates/contact-persons.service.ts';
import { MandateNotices } from '../mandates/mandate-notices.ts';
import { MandatesService, type OwnMandateQuery } from '../mandates/mandates.service.ts';
import {
  GrantingService,
  type OfferedScope,
  type OwnGranted,
  type OwnSubGrant,
} from '../my-mandates/granting.service.ts';
import { MyMandatesService, type OwnMandate, type OwnMandatePage } from '../my-mandates/my-mandates.service.ts';
import type { Instant, PersonId } from '../policy/ids.ts';
import { monthsAfter } from '../policy/strength.ts';
import type { ContactRule, Language } from '../policy/vocabulary.ts';

/** Milliseconds. What is usual ends with its last day. */
const DAY = 86_400_000;

/** An organisation as one of its contact persons sees it. */
export interface Organisation {
  readonly id: PersonId;
  /** Null once it was erased. */
  readonly name: string | null;
  readonly rule: ContactRule;
  /** What the reader may do for it, and let others do. */
  readonly scopes: readonly OfferedScope[];
  /** References of the contracts about which they may. */
  readonly contracts: readonly string[];
  /** Until when the reader speaks for it, if nothing changes. */
  readonly until: Instant;
}

/**
 * What a contact person does in the place of an organisation: they are signed in as themselves. For whom they don't speak does
 * not exist for them.
 */
@Injectable()
export class OrganisationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly contacts: ContactPersons,
    private readonly holders: HoldersService,
    private readonly notices: MandateNotices,
    private readonly mine: MyMandatesService,
    private readonly granting: GrantingService,
    private readonly mandates: MandatesService,
    private readonly acceptance: AcceptanceService,
    private readonly activities: ActivityService,
  ) {}

  async list(principal: Principal, language: Language): Promise<readonly Organisation[]> {
    const spoken = await this.contacts.organisationsOf(principal);
    return Promise.all(spoken.map((one) => this.#inWords(one, language)));
  }

  /** @throws AppError `not_found` */
  async get(id: string, principal: Principal, language: Language): Promise<Organisation> {
    const { spoken } = await this.contacts.inPlaceOf(principal, id);
    return this.#inWords(spoken, language);
  }

  /** The mandates that it gave. @throws AppError `not_found` */
  async listMandates(
    id: string,
    query: Omit<OwnMandateQuery, 'side'>,
    principal: Principal,
    language: Language,
  ): Promise<OwnMandatePage> {
    const { acting } = await this.contacts.inPlaceOf(principal, id);
    return this.mine.list({ ...query, side: 'holder' }, acting, language);
  }

  /**
   * Gives a mandate in its name: never more than the reader may do themselves. Who speaks alone needs a session of strength 3, or
   * a code to the organisation's own contact point; who speaks jointly needs another contact person, who gets the code.
   *
   * @throws AppError `not_found`, `validation_failed`, `forbidden` where nobody can join, and as `GrantingService.grant`
   */
  async grant(
    id: string,
    grant: OwnSubGrant,
    principal: Principal,
    language: Language,
  ): Promise<Omit<OwnGranted, 'mandate'> & { readonly own: OwnMandate }> {
    const { acting, spoken } = await this.contacts.inPlaceOf(principal, id);
    // Whoever names no end means as long as they can give.
    const ends = grant.ends_at === undefined ? endWithin(spoken) : {};
    const given = { ...grant, ...ends, may_pass_on: false, while_partner: false };
    const { mandate, ...rest } = await this.granting.grant(given, acting);
    return { ...rest, own: await this.mine.asOwn(mandate, acting, language) };
  }

  /** What the proxy types to accept. @throws AppError `not_found`, `invalid_state` */
  async showCode(id: string, mandateId: string, principal: Principal): Promise<ShownCode> {
    const { acting } = await this.contacts.inPlaceOf(principal, id);
    return this.acceptance.showCode(mandateId, { principal: acting, callId: null });
  }

  /** The same, with the name of who gets it. @throws AppError `not_found`, `invalid_state` */
  async codeToPassOn(
    id: string,
    mandateId: string,
    principal: Principal,
    language: Language,
  ): Promise<{ readonly name: string | null; readonly shown: ShownCode }> {
    const { acting } = await this.contacts.inPlaceOf(principal, id);
    const { proxy } = await this.mine.get(mandateId, acting, language);
    return { name: proxy, shown: await this.showCode(id, mandateId, principal) };
  }

  /** At once, by any of them: taking away does no harm that waiting would prevent. Never in silence. @throws AppError `not_found` */
  async withdraw(id: string, mandateId: string, principal: Principal, language: Language): Promise<OwnMandate> {
    const { acting } = await this.contacts.inPlaceOf(principal, id);
    const ended = await this.mandates.end(mandateId, 'withdraw', { principal: acting, callId: null });
    return this.mine.asOwn(ended, acting, language);
  }

  /** What was looked up, decided and done about it. @throws AppError `not_found` */
  async activity(
    id: string,
    query: ActivityQuery,
    principal: Principal,
    choose: ChooseLanguage,
  ): Promise<ActivityPage> {
    const { acting } = await this.contacts.inPlaceOf(principal, id);
    return this.activities.list(signedInOf(acting).id, query, choose);
  }

  async #inWords({ organisationId, rule, until, mandates }: Spoken, language: Language): Promise<Organisation> {
    const { manager } = this.dataSource;
    const names = await this.holders.names(manager, [organisationId]);
    const scopes = [...new Set(mandates.flatMap((mandate) => mandate.scopes))].toSorted();
    const words = await this.notices.inWords({ scopes }, language);
    const contracts = mandates.flatMap((mandate) => mandate.contracts.map(({ ref }) => ref));
    return {
      id: organisationId,
      name: names.get(organisationId) ?? null,
      rule,
      scopes: scopes.map((name, at) => ({ name, ...(words[at] ?? { title: name, text: null, excludes: null }) })),
      contracts: [...new Set(contracts)].toSorted(),
      until,
    };
  }
}

/** The end that is usual, a year from now, needs no word. */
function endWithin({ until }: Spoken): { readonly ends_at?: string } {
  return until < monthsAfter(Date.now(), 12) + DAY ? { ends_at: new Date(until).toISOString() } : {};
}
