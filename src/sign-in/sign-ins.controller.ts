import { Body, Controller, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Public } from '../auth/access.decorators.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import {
  AskedSignInResponse,
  AskSignInRequest,
  AttemptSignInRequest,
  SignInAttemptResponse,
  SignInParams,
} from './sign-in.dto.ts';
import { SignInService } from './sign-in.service.ts';

@ApiTags('self-service')
@Controller('v1/me/sign-ins')
@Public()
@UseGuards(VisitorLimitGuard)
export class SignInsController {
  constructor(private readonly signIns: SignInService) {}

  /**
   * Sends a code to sign in with, if this is a contact point of exactly one person and has not changed for 7 days. The answer
   * is the same if it is not.
   */
  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  async ask(@Body() request: AskSignInRequest): Promise<AskedSignInResponse> {
    return AskedSignInResponse.of(await this.signIns.ask(request.toRequest()));
  }

  /** One of five tries. A right code opens a session: strength 2 by phone, 1 by e-mail. */
  @Post(':id/attempts')
  @HttpCode(HttpStatus.OK)
  async attempt(@Param() { id }: SignInParams, @Body() { code }: AttemptSignInRequest): Promise<SignInAttemptResponse> {
    return SignInAttemptResponse.of(await this.signIns.attempt(id, code));
  }
}
