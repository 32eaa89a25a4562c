import { Body, Controller, HttpCode, HttpStatus, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Public } from '../auth/access.decorators.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { PasskeysService } from '../passkeys/passkeys.service.ts';
import {
  AttemptPasskeySignInRequest,
  PasskeySignInAttemptResponse,
  PasskeySignInResponse,
} from './passkey-sign-ins.dto.ts';

@ApiTags('self-service')
@Controller('v1/me/passkey-sign-ins')
@Public()
@UseGuards(VisitorLimitGuard)
export class PasskeySignInsController {
  constructor(private readonly passkeys: PasskeysService) {}

  /** What a browser needs to show a passkey. */
  @Post()
  async ask(): Promise<PasskeySignInResponse> {
    return PasskeySignInResponse.of(await this.passkeys.ask(null));
  }

  /** What the browser answered. A right answer opens a session of strength 3. */
  @Post('attempts')
  @HttpCode(HttpStatus.OK)
  async attempt(@Body() { secret, credential }: AttemptPasskeySignInRequest): Promise<PasskeySignInAttemptResponse> {
    return PasskeySignInAttemptResponse.of(await this.passkeys.prove(credential, secret, null));
  }
}
