import { Body, Controller, Get, Headers, HttpCode, HttpStatus, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import { ASK_FIRST, AskFirstPage } from './ask-first-page.tsx';
import { AskFirstRequest, AskFirstResponse } from './ask-first.dto.ts';
import { AskFirstService } from './ask-first.service.ts';

/** What somebody wants to be asked about before it is done. */
@ApiTags('self-service')
@Controller('v1/me/ask-first')
@Scopes('person')
export class AskFirstController {
  constructor(private readonly askFirst: AskFirstService) {}

  /** Every group of actions that there is, and whether they want to be asked about it first. */
  @Get()
  async get(
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages?: string,
  ): Promise<AskFirstResponse> {
    return AskFirstResponse.of(await this.askFirst.get(principal, preferredLanguage(languages, 'nl')));
  }

  /**
   * All of them at once. From then on whatever anybody asks of such a group on their say-so needs their yes to a code, whatever
   * mandate there is. Needs a proof within 10 minutes; leaving out one that was there needs a session of strength 2 too.
   */
  @Put()
  @HttpCode(HttpStatus.OK)
  async save(
    @Body() { scopes }: AskFirstRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages?: string,
  ): Promise<AskFirstResponse> {
    await this.askFirst.save(principal, scopes);
    return this.get(principal, languages);
  }
}

/** The same on a page. */
@Controller(ASK_FIRST.slice(1))
@Pages()
export class AskFirstPageController {
  constructor(private readonly askFirst: AskFirstService) {}

  @Get()
  async show(
    @CurrentPage() page: Page,
    @Query('saved') saved: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const askFirst = await this.askFirst.get(principal, page.language);
    return AskFirstPage({ page, askFirst, isSaved: saved === 'yes' });
  }

  @Post()
  async save(
    @CurrentPage() page: Page,
    @Body() form: Readonly<Record<string, string | undefined>>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { groups } = await this.askFirst.get(principal, page.language);
    const offered = groups.map(({ scope }) => scope);
    await this.askFirst.save(
      principal,
      chosenOf(form, 'scope').filter((scope) => offered.includes(scope)),
    );
    return seeOther(`${ASK_FIRST}?saved=yes`);
  }
}
