import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { RecognisedNumberResponse } from './held-mandates.dto.ts';
import { RecognitionService } from './recognition.service.ts';

@ApiTags('self-service')
@Controller('v1/me/recognition')
@Scopes('person')
export class RecognitionController {
  constructor(private readonly recognition: RecognitionService) {}

  /** Your phone numbers, and by which of them you are recognised when you call for somebody else. */
  @Get()
  async numbers(@CurrentPrincipal() principal: Principal): Promise<RecognisedNumberResponse[]> {
    const numbers = await this.recognition.numbers(signedInOf(principal).id);
    return numbers.map((number) => RecognisedNumberResponse.of(number));
  }
}
