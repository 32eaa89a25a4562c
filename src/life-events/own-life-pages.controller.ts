import { Controller, Get } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { OwnLifePage } from './own-life-pages.tsx';
import { OwnLife } from './own-life.service.ts';

/** What is recorded about the reader's life, and who acts for them by law. */
@Controller('portal/life')
@Pages()
export class OwnLifePagesController {
  constructor(private readonly own: OwnLife) {}

  @Get()
  async show(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    const events = await this.own.lifeEvents(principal);
    return OwnLifePage({ page, events, representations: await this.own.ownRepresentations(principal) });
  }
}
