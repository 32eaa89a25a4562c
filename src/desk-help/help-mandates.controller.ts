import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { isUUID } from 'class-validator';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AttemptResponse } from '../confirmations/confirmations.dto.ts';
import type { Typed } from '../desk/desk-form.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { DeskCallParams } from '../desk/desk.dto.ts';
import { AcceptanceService } from '../mandates/acceptance.service.ts';
import type { MandateView } from '../mandates/mandate.ts';
import { AcceptanceResponse, MandateConfirmationResponse } from '../mandates/mandates.dto.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { ChangedMyMandateResponse } from '../my-mandates/granting.dto.ts';
import { GrantingService } from '../my-mandates/granting.service.ts';
import { MyMandatePageResponse, MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import { MyMandatesService } from '../my-mandates/my-mandates.service.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import { DeskHelp } from './desk-help.service.ts';
import { HelpMandatesPage } from './help-mandates.tsx';
import { HelpParams, LONGEST_CODE } from './help.dto.ts';
import { type HelpSaid, helpSaidOf } from './help-said.ts';

/** Mandates on a page. */
const LENGTH = 20;

/** The mandates that the caller gave and got: each route is one operation of the self-service, in the caller's place. */
@Controller('desk/calls/:call_id/help')
@DeskPages()
export class HelpMandatesController {
  constructor(
    private readonly help: DeskHelp,
    private readonly mine: MyMandatesService,
    private readonly granting: GrantingService,
    private readonly mandates: MandatesService,
    private readonly acceptance: AcceptanceService,
  ) {}

  @Get('given')
  given(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query() query: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#list(page, callId, 'holder', query, principal);
  }

  @Get('held')
  held(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query() query: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#list(page, callId, 'proxy', query, principal);
  }

  @Post('given/:id/suspend')
  suspend(@Param() params: HelpParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.#pressed(params, principal, 'myMandatesSuspend', '/given', (person) =>
      this.mandates.switch(params.id, 'suspend', { principal: person, callId: null }),
    );
  }

  @Post('given/:id/resume')
  resume(@Param() params: HelpParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.#pressed(params, principal, 'myMandatesResume', '/given', (person) =>
      this.mandates.switch(params.id, 'resume', { principal: person, callId: null }),
    );
  }

  @Post('given/:id/withdraw')
  withdraw(
    @Param() params: HelpParams,
    @Body() { silent, sure }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#forGood(params, sure, principal, 'myMandatesWithdraw', '/given', (person) =>
      this.mandates.end(params.id, 'withdraw', { principal: person, callId: null }, silent === 'yes'),
    );
  }

  @Post('held/:id/renounce')
  renounce(
    @Param() params: HelpParams,
    @Body() { sure }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#forGood(params, sure, principal, 'heldMandatesRenounce', '/held', (person) =>
      this.mandates.end(params.id, 'renounce', { principal: person, callId: null }),
    );
  }

  @Post('given/:id/invite')
  invite(@Param() { call_id: callId, id }: HelpParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/given', async (person) => {
      await this.help.act(person, 'myMandatesInvite', async (language) => {
        const { mandate, invited } = await this.acceptance.invite(id, { principal: person, callId: null });
        return ChangedMyMandateResponse.ofChanged(await this.mine.asOwn(mandate, person, language), null, invited);
      });
      return 'done';
    });
  }

  @Post('given/:id/ask')
  ask(@Param() params: HelpParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.#ask(params, principal, null);
  }

  @Post('given/:id/ask-letter')
  askByLetter(@Param() params: HelpParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.#ask(params, principal, 'letter');
  }

  /** The holder's own code, which they read out. A field that was left empty costs no try. */
  @Post('given/:id/code')
  confirm(
    @Param() { call_id: callId, id }: HelpParams,
    @Body() { code = '' }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/given', async (person) => {
      if (code.trim() === '') return 'empty';
      const { answer } = await this.help.act(person, 'myMandatesConfirm', async (language) => {
        // One of theirs, or there is none.
        await this.mine.get(id, person, language);
        const attempt = await this.granting.confirmOpen(id, code.slice(0, LONGEST_CODE), person);
        return attempt === null ? { accepted: false } : AttemptResponse.of(attempt);
      });
      return typed(answer);
    });
  }

  /** The code that the holder passed on to the caller. */
  @Post('held/:id/acceptance')
  accept(
    @Param() { call_id: callId, id }: HelpParams,
    @Body() { code = '' }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/held', async (person) => {
      if (code.trim() === '') return 'empty';
      const { answer } = await this.help.act(person, 'heldMandatesAccept', async () =>
        AcceptanceResponse.of(
          await this.acceptance.accept(id, code.slice(0, LONGEST_CODE), { principal: person, callId: null }),
        ),
      );
      return typed(answer);
    });
  }

  #list(
    page: Page,
    callId: string,
    side: 'holder' | 'proxy',
    { after, said }: Typed,
    principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.show(callId, principal, async (person) => {
      const query = { side, part: 'live', limit: LENGTH, after: isUUID(after) ? (after ?? null) : null } as const;
      const { answer, language } = await this.help.act(person, 'myMandatesList', async (spoken) =>
        MyMandatePageResponse.of(await this.mine.list(query, person, spoken)),
      );
      const { mandates, next } = answer;
      return HelpMandatesPage({ page, callId, side, mandates, next, spoken: language, said: helpSaidOf(said) });
    });
  }

  #ask({ call_id: callId, id }: HelpParams, principal: Principal, route: CodeRoute | null): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/given', async (person) => {
      await this.help.act(person, 'myMandatesAskAgain', async () =>
        MandateConfirmationResponse.of(await this.mandates.askHolder(id, { principal: person, callId: null }, route)),
      );
      return 'code_sent';
    });
  }

  /** What is done in one press, and answered with the mandate. */
  #pressed(
    { call_id: callId }: HelpParams,
    principal: Principal,
    operation: string,
    back: string,
    work: (person: Principal) => Promise<MandateView>,
  ): Promise<PageAnswer> {
    return this.help.do(callId, principal, back, async (person) => {
      await this.help.act(person, operation, async (language) =>
        MyMandateResponse.of(await this.mine.asOwn(await work(person), person, language)),
      );
      return 'done';
    });
  }

  /** What can't be undone: beside it stands a tick, and without it nothing is done. */
  #forGood(
    params: HelpParams,
    sure: string | undefined,
    principal: Principal,
    operation: string,
    back: string,
    work: (person: Principal) => Promise<MandateView>,
  ): Promise<PageAnswer> {
    if (sure === 'yes') return this.#pressed(params, principal, operation, back, work);
    return this.help.do(params.call_id, principal, back, () => Promise.resolve('not_sure'));
  }
}

function typed({ accepted }: { readonly accepted: boolean }): HelpSaid {
  return accepted ? 'done' : 'wrong';
}
