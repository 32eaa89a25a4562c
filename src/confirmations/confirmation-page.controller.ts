import { Body, Controller, Get, Header, HttpCode, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { VNode } from 'preact';

import { Public } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { AppError } from '../errors.ts';
import { HTML, renderPage } from '../pages/layout.tsx';
import type { Language } from '../policy/vocabulary.ts';
import { ConfirmationPage, type ConfirmationPageProps, GonePage } from './confirmation-page.tsx';
import { PageLanguagePipe } from './page-language.pipe.ts';
import { PageAnswer, PageRefusal } from './confirmations.dto.ts';
import { ConfirmationsService } from './confirmations.service.ts';

/** The page behind a message. Its address is the holder's credential, and the code must be typed besides. */
@ApiExcludeController()
@Controller('c')
@Public()
export class ConfirmationPageController {
  constructor(
    private readonly config: Config,
    private readonly confirmations: ConfirmationsService,
  ) {}

  @Get(':token')
  @Header('Cache-Control', 'no-store')
  async show(
    @Param('token') token: string,
    @Query('lang', PageLanguagePipe) language: Language | null,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(reply, language, () => this.render(token, language));
  }

  @Post(':token')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  async approve(
    @Param('token') token: string,
    @Query('lang', PageLanguagePipe) language: Language | null,
    @Body() { code }: PageAnswer,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(
      reply,
      language,
      async () => {
        if (code === undefined || code.trim() === '') return this.render(token, language, 'empty');
        const attempt = await this.confirmations.attemptOnPage(token, code);
        if (attempt.accepted) return null;
        return this.render(token, language, attempt.isBudgetSpent ? 'refused' : 'wrong');
      },
      token,
    );
  }

  @Post(':token/no')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  async decline(
    @Param('token') token: string,
    @Query('lang', PageLanguagePipe) language: Language | null,
    @Body() { block }: PageRefusal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(
      reply,
      language,
      async () => {
        await this.confirmations.declineOnPage(token, block === 'yes');
        return null;
      },
      token,
    );
  }

  private async render(
    token: string,
    language: Language | null,
    fault?: ConfirmationPageProps['fault'],
  ): Promise<VNode> {
    const view = await this.confirmations.page(token, language);
    const props = { view, sender: organisationOf(this.config), path: `/c/${token}` };
    return ConfirmationPage(fault === undefined ? props : { ...props, fault });
  }

  /** A page; or, after something was done, the way back to it, so that a reload does nothing twice. */
  private async answer(
    reply: FastifyReply,
    language: Language | null,
    page: () => Promise<VNode | null>,
    token = '',
  ): Promise<void> {
    try {
      const made = await page();
      if (made !== null) return void reply.type(HTML).send(renderPage(made));
      const query = language === null ? '' : `?lang=${language}`;
      return void reply.redirect(`/c/${token}${query}`, HttpStatus.SEE_OTHER);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
      const gone = GonePage({ sender: organisationOf(this.config), language: language ?? 'nl' });
      return void reply.status(HttpStatus.NOT_FOUND).type(HTML).send(renderPage(gone));
    }
  }
}
