import { Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { SupportCodes } from '../codes/support-codes.service.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { CALL_SCOPES } from './calls.controller.ts';
import { CallParams } from './calls.dto.ts';
import { OwnCallsPage } from './own-calls-page.tsx';
import { OwnCallResponse, ReverseCodeResponse } from './reverse-verification.dto.ts';
import { ReverseVerification } from './reverse-verification.service.ts';

/** For the agent. */
@ApiTags('calls')
@Controller('v1/calls')
@Scopes(...CALL_SCOPES)
export class ReverseVerificationController {
  constructor(private readonly reverse: ReverseVerification) {}

  /** The caller asks whether this is really the organisation: the code to read out, which their own page shows too. */
  @Post(':call_id/reverse-verification')
  @HttpCode(HttpStatus.OK)
  async show(@Param() { call_id }: CallParams, @CurrentPrincipal() principal: Principal): Promise<ReverseCodeResponse> {
    return Object.assign(new ReverseCodeResponse(), { code: await this.reverse.show(call_id, principal) });
  }
}

/** For the one on the line. */
@ApiTags('self-service')
@Controller('v1/me/calls')
@Scopes('person')
export class OwnCallsController {
  constructor(private readonly reverse: ReverseVerification) {}

  /** The calls that go on now with the one who asks, with the code that a real agent can read out. */
  @Get()
  async list(@CurrentPrincipal() principal: Principal): Promise<OwnCallResponse[]> {
    return (await this.reverse.own(principal)).map((call) => OwnCallResponse.of(call));
  }
}

/** The same on a page. */
@Controller('portal/calls')
@Pages()
export class OwnCallsPageController {
  constructor(
    private readonly reverse: ReverseVerification,
    private readonly codes: SupportCodes,
  ) {}

  @Get()
  async list(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    const supportCode = await this.codes.own(principal);
    return OwnCallsPage({ page, calls: await this.reverse.own(principal), supportCode, strength: principal.strength });
  }
}
