import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AttemptResponse } from '../confirmations/confirmations.dto.ts';
import { MyConfirmationResponse } from '../confirmations/own-confirmations.dto.ts';
import { OwnConfirmations } from '../confirmations/own-confirmations.service.ts';
import type { Typed } from '../desk/desk-form.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { DeskCallParams } from '../desk/desk.dto.ts';
import { AskedService } from '../mandate-requests/asked.service.ts';
import { ApprovedResponse } from '../mandate-requests/mandate-requests.dto.ts';
import { MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import { MyMandatesService } from '../my-mandates/my-mandates.service.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { DeskHelp } from './desk-help.service.ts';
import { HelpQuestionsPage } from './help-questions.tsx';
import { HelpParams, LONGEST_CODE } from './help.dto.ts';
import { helpSaidOf } from './help-said.ts';

/** What waits for the caller's yes or no. No employee says a yes of their own: it takes the code that the caller reads out. */
@Controller('desk/calls/:call_id/help')
@DeskPages()
export class HelpQuestionsController {
  constructor(
    private readonly help: DeskHelp,
    private readonly confirmations: OwnConfirmations,
    private readonly asked: AskedService,
    private readonly mine: MyMandatesService,
  ) {}

  @Get('questions')
  list(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.show(callId, principal, async (person) => {
      const { answer: questions, language } = await this.help.act(person, 'ownConfirmationsList', async (spoken) =>
        (await this.confirmations.waiting(person, spoken)).map((view) => MyConfirmationResponse.of(view)),
      );
      const { answer: asked } = await this.help.act(person, 'askedList', async (spoken) =>
        (await this.asked.list(person, spoken)).map((own) => MyMandateResponse.of(own)),
      );
      return HelpQuestionsPage({ page, callId, questions, asked, spoken: language, said: helpSaidOf(what) });
    });
  }

  /** A field that was left empty costs no try. */
  @Post('questions/:id/yes')
  approve(
    @Param() { call_id: callId, id }: HelpParams,
    @Body() { code = '' }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/questions', async (person) => {
      if (code.trim() === '') return 'empty';
      const { answer } = await this.help.act(person, 'ownConfirmationsApprove', async () =>
        AttemptResponse.of(await this.confirmations.approve(id, person, code.slice(0, LONGEST_CODE))),
      );
      return answer.accepted ? 'done' : 'wrong';
    });
  }

  @Post('questions/:id/no')
  decline(
    @Param() { call_id: callId, id }: HelpParams,
    @Body() { block }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/questions', async (person) => {
      await this.help.act(person, 'ownConfirmationsDecline', () =>
        this.confirmations.decline(id, person, block === 'yes'),
      );
      return 'done';
    });
  }

  /** The caller gets a code, and it is typed where their mandates are. */
  @Post('asked/:id/yes')
  approveAsked(
    @Param() { call_id: callId, id }: HelpParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/given', async (person) => {
      await this.help.act(person, 'askedApprove', async (language) => {
        const code = await this.asked.approve(id, person, null);
        return ApprovedResponse.of(await this.mine.get(id, person, language), code);
      });
      return 'code_sent';
    });
  }

  @Post('asked/:id/no')
  declineAsked(
    @Param() { call_id: callId, id }: HelpParams,
    @Body() { block }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/questions', async (person) => {
      await this.help.act(person, 'askedDecline', () => this.asked.decline(id, person, block === 'yes'));
      return 'done';
    });
  }
}
