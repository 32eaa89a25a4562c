import { Body, Controller, Get, HttpStatus, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { AcceptanceService } from '../mandates/acceptance.service.ts';
import type { MandatePart } from '../mandates/mandate.ts';
import { MandateParams } from '../mandates/mandates.dto.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { type OwnMandate, MyMandatesService } from '../my-mandates/my-mandates.service.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { PasskeysService } from '../passkeys/passkeys.service.ts';
import type { AcceptanceFault } from './acceptance-pages.tsx';
import { AcceptanceCodeForm, HeldPageQuery } from './held-mandates.dto.ts';
import { HeldListPage, HeldMandatePage, RenouncePage } from './held-pages.tsx';
import { RecognitionPage } from './recognition-page.tsx';
import { RecognitionService } from './recognition.service.ts';

/** Mandates on one page. */
const PAGE = 20;

/** The mandates that somebody holds: what each lets them do, accepting one, and laying one down in two pages. */
@Controller('portal/held')
@Pages()
export class HeldPagesController {
  constructor(
    private readonly mine: MyMandatesService,
    private readonly mandates: MandatesService,
    private readonly acceptance: AcceptanceService,
    private readonly recognition: RecognitionService,
    private readonly passkeys: PasskeysService,
  ) {}

  @Get()
  live(
    @CurrentPage() page: Page,
    @Query() query: HeldPageQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#list('live', page, query, principal);
  }

  @Get('ended')
  ended(
    @CurrentPage() page: Page,
    @Query() query: HeldPageQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#list('ended', page, query, principal);
  }

  @Get('recognition')
  howRecognised(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.#recognition(null, page, principal);
  }

  @Get(':id')
  async show(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#page(await this.#held(id, page, principal), page, principal);
  }

  /** The code that the holder passed on. */
  @Post(':id/acceptance')
  async accept(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @Body() { code = '' }: AcceptanceCodeForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    if (code.trim() === '') {
      const own = await this.#held(id, page, principal);
      return { page: await this.#page(own, page, principal, { is: 'empty' }), status: HttpStatus.BAD_REQUEST };
    }
    const { isAccepted, triesLeft } = await this.acceptance.accept(id, code, { principal, callId: null });
    if (isAccepted) return seeOther(`/portal/held/${id}/recognition`);
    const own = await this.#held(id, page, principal);
    const fault = { is: 'wrong', triesLeft } as const;
    return { page: await this.#page(own, page, principal, fault), status: HttpStatus.BAD_REQUEST };
  }

  /** How the proxy will be recognised on the phone: where one goes after accepting. */
  @Get(':id/recognition')
  async recognised(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const own = await this.#held(id, page, principal);
    if (own.mandate.state !== 'active') return seeOther(`/portal/held/${id}`);
    return this.#recognition(own, page, principal);
  }

  @Get(':id/renounce')
  async askRenounce(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const own = await this.#held(id, page, principal);
    return own.mandate.state === 'ended' ? seeOther(`/portal/held/${id}`) : RenouncePage({ page, own });
  }

  @Post(':id/renounce')
  async renounce(@Param() { id }: MandateParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.mandates.end(id, 'renounce', { principal, callId: null });
    return seeOther(`/portal/held/${id}`);
  }

  async #recognition(accepted: OwnMandate | null, page: Page, principal: Principal) {
    const numbers = await this.recognition.numbers(signedInOf(principal).id);
    return RecognitionPage({ page, accepted, numbers, arePasskeysPossible: this.passkeys.isPossible });
  }

  async #page(own: OwnMandate, page: Page, principal: Principal, fault?: AcceptanceFault) {
    const subs = await this.mine.subMandates(own.mandate.id, principal, page.language);
    return HeldMandatePage({ page, own, subs, ...(fault === undefined ? {} : { fault }) });
  }

  async #list(part: MandatePart, page: Page, { after }: HeldPageQuery, principal: Principal): Promise<PageAnswer> {
    const query = { side: 'proxy', part, limit: PAGE, after: after ?? null } as const;
    const { mandates, next } = await this.mine.list(query, principal, page.language);
    return HeldListPage({ page, part, mandates, next });
  }

  /** On this side alone: what the reader gave is on a page of its own. */
  async #held(id: string, { language }: Page, principal: Principal): Promise<OwnMandate> {
    const own = await this.mine.get(id, principal, language);
    if (own.mandate.proxyId !== signedInOf(principal).id) throw new AppError('not_found', 'There is no such mandate.');
    return own;
  }
}
