import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Public } from '../auth/access.decorators.ts';
import { SIGN_IN } from '../pages/page.filter.ts';
import { SignedInBrowser } from '../sign-in/signed-in-browser.ts';
import { SignInService } from '../sign-in/sign-in.service.ts';
import { DemoSignInParams } from './demo-inbox.dto.ts';

/** A link that types a code for its reader, as a trial prints it. In the sandbox alone: who has such a link is in. */
@Public()
@ApiExcludeController()
@Controller('demo/sign-in')
export class DemoSignInController {
  constructor(
    private readonly signIns: SignInService,
    private readonly browser: SignedInBrowser,
  ) {}

  @Get(':id/:code')
  async enter(
    @Param() { id, code }: DemoSignInParams,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const attempt = await this.signIns.attempt(id, code);
    if (attempt.accepted) await this.browser.keep(request, reply, attempt.token);
    void reply.redirect(attempt.accepted ? '/portal' : SIGN_IN, 303);
  }
}
