import { Controller, Get, Post } from '@nestjs/common';
import { ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { SupportCodes } from '../codes/support-codes.service.ts';
import { AppError } from '../errors.ts';
import { Pages } from '../pages/page.decorators.ts';
import { type PageAnswer, seeOther } from '../pages/page.ts';
import { OWN_CALLS } from './own-calls-page.tsx';
import { SupportCodeResponse } from './support-codes.dto.ts';

/** For who calls us, and is signed in. */
@ApiTags('self-service')
@Controller('v1/me/support-code')
@Scopes('person')
export class SupportCodesController {
  constructor(private readonly codes: SupportCodes) {}

  /**
   * A code to read out on the phone: it says who one is, as strongly as this session, once, for ten minutes. The one before is
   * dead. Needs a session of strength 2 at least.
   */
  @Post()
  async issue(@CurrentPrincipal() principal: Principal): Promise<SupportCodeResponse> {
    return SupportCodeResponse.of(await this.codes.issue(principal));
  }

  /** The one that was asked for in this session, while it can be used. */
  @Get()
  @ApiNotFoundResponse()
  async show(@CurrentPrincipal() principal: Principal): Promise<SupportCodeResponse> {
    const code = await this.codes.own(principal);
    if (code === null) throw new AppError('not_found', 'There is no support code in this session.');
    return SupportCodeResponse.of(code);
  }
}

/** The same on a page; it is shown where one sees whom one talks to. */
@Controller(`${OWN_CALLS.slice(1)}/support-code`)
@Pages()
export class SupportCodePagesController {
  constructor(private readonly codes: SupportCodes) {}

  @Post()
  async issue(@CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.codes.issue(principal);
    return seeOther(OWN_CALLS);
  }
}
