import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AskedLanguage } from '../http/preferred-language.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer as Answer, seeOther } from '../pages/page.ts';
import type { Language } from '../policy/vocabulary.ts';
import { AttemptResponse, ConfirmationParams, PageAnswer, PageRefusal } from './confirmations.dto.ts';
import { QuestionPage, QuestionsPage } from './own-confirmation-pages.tsx';
import {
  ApproveMyConfirmationRequest,
  DeclineMyConfirmationRequest,
  MyConfirmationResponse,
} from './own-confirmations.dto.ts';
import { OwnConfirmations } from './own-confirmations.service.ts';

/** What waits for the answer of the one who asks. */
@ApiTags('self-service')
@Controller('v1/me/confirmations')
@Scopes('person')
export class OwnConfirmationsController {
  constructor(private readonly own: OwnConfirmations) {}

  /** What waits for your yes or no, the newest first. */
  @Get()
  async list(
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<MyConfirmationResponse[]> {
    return (await this.own.waiting(principal, language)).map((view) => MyConfirmationResponse.of(view));
  }

  /** One of them, also when it has been answered. */
  @Get(':confirmation_id')
  async get(
    @Param() { confirmation_id: id }: ConfirmationParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<MyConfirmationResponse> {
    return MyConfirmationResponse.of(await this.own.get(id, principal, language));
  }

  /** Your yes: by the code that you got, or without it in a session of strength 3. A wrong code is an answer, not an error. */
  @Post(':confirmation_id/approve')
  @HttpCode(HttpStatus.OK)
  async approve(
    @Param() { confirmation_id: id }: ConfirmationParams,
    @Body() { code }: ApproveMyConfirmationRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AttemptResponse> {
    return AttemptResponse.of(await this.own.approve(id, principal, code ?? null));
  }

  /** Your no. With `block`, whoever asked can arrange nothing for you any more. Nothing can be wrong with it. */
  @Post(':confirmation_id/decline')
  @HttpCode(HttpStatus.NO_CONTENT)
  async decline(
    @Param() { confirmation_id: id }: ConfirmationParams,
    @Body() { block }: DeclineMyConfirmationRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.own.decline(id, principal, block === true);
  }
}

/** The same on pages. */
@Controller('portal/questions')
@Pages()
export class QuestionPagesController {
  constructor(private readonly own: OwnConfirmations) {}

  @Get()
  async list(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<Answer> {
    return QuestionsPage({ page, questions: await this.own.waiting(principal, page.language) });
  }

  @Get(':confirmation_id')
  async show(
    @CurrentPage() page: Page,
    @Param() { confirmation_id: id }: ConfirmationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer> {
    return QuestionPage({ page, principal, view: await this.own.get(id, principal, page.language) });
  }

  @Post(':confirmation_id/yes')
  @UseGuards(VisitorLimitGuard)
  async approve(
    @CurrentPage() page: Page,
    @Param() { confirmation_id: id }: ConfirmationParams,
    @Body() { code = '' }: PageAnswer,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer> {
    const fault = await this.own.approveOnPage(id, principal, code);
    if (fault === null) return seeOther(`/portal/questions/${id}`);
    const view = await this.own.get(id, principal, page.language);
    return { page: QuestionPage({ page, principal, view, fault }), status: HttpStatus.BAD_REQUEST };
  }

  @Post(':confirmation_id/no')
  async decline(
    @Param() { confirmation_id: id }: ConfirmationParams,
    @Body() { block }: PageRefusal,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer> {
    await this.own.decline(id, principal, block === 'yes');
    return seeOther(`/portal/questions/${id}`);
  }
}
