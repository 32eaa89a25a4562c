import { Body, Controller, Get, Header, HttpCode, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Public } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { AppError } from '../errors.ts';
import { HTML, renderPage } from '../pages/layout.tsx';
import type { Language } from '../policy/vocabulary.ts';
import { ConfirmationPage, GonePage } from './confirmation-page.tsx';
import { PageLanguagePipe } from './page-language.pipe.ts';
import { PageAnswer, PageRefusal } from './confirmations.dto.ts';
import { ConfirmationsService, type PageFault } from './confirmations.service.ts';

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
    await this.answer(reply, token, language, null);
  }

  @Post(':token')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  async approve(
    @Param('token') token: string,
    @Query('lang', PageLanguagePipe) language: Language | null,
    @Body() { code = '' }: PageAnswer,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(reply, token, language, () => this.confirmations.approveOnPage(token, code));
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
    await this.answer(reply, token, language, () => this.confirmations.declineOnPage(token, block === 'yes'));
  }

  /**
   * The page, with what was wrong; or, after something was done, the way back to it, so that a reload does nothing twice.
   *
   * @param act does what the holder wants, and answers what was wrong with it; null = they only look
   */
  private async answer(
    reply: FastifyReply,
    token: string,
    language: Language | null,
    act: (() => Promise<PageFault | null>) | null,
  ): Promise<void> {
    const sender = organisationOf(this.config);
    const path = `/c/${token}`;
    try {
      const fault = act === null ? undefined : await act();
      if (fault === null) {
        const query = language === null ? '' : `?lang=${language}`;
        return void reply.redirect(`${path}${query}`, HttpStatus.SEE_OTHER);
      }
      const view = await this.confirmations.page(token, language);
      const page = ConfirmationPage({ view, sender, path, ...(fault === undefined ? {} : { fault }) });
      return void reply.type(HTML).send(renderPage(page));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
      const gone = GonePage({ sender, language: language ?? 'nl' });
      return void reply.status(HttpStatus.NOT_FOUND).type(HTML).send(renderPage(gone));
    }
  }
}
