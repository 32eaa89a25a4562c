import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CallParams } from '../calls/calls.dto.ts';
import { AttemptResponse } from '../confirmations/confirmations.dto.ts';
import { AppError } from '../errors.ts';
import { PersonParams } from '../holders/people.dto.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import { AuthenticatorsService } from './authenticators.service.ts';
import {
  AcceptedResponse,
  CodeRequestBody,
  EnrolmentResponse,
  VerificationParams,
  VerificationResponse,
  VerifyCallerRequest,
} from './verifications.dto.ts';
import { VerificationsService } from './verifications.service.ts';

@ApiTags('verifications')
@Controller('v1')
export class VerificationsController {
  constructor(
    private readonly verifications: VerificationsService,
    private readonly authenticators: AuthenticatorsService,
  ) {}

  /** Identifies the caller: by a code to their own registered number or by post, their authenticator app, or a code from the self-service. */
  @Post('calls/:call_id/verifications')
  @Scopes('agent', 'crm')
  @Idempotent()
  @ApiCreatedResponse({ type: VerificationResponse })
  async verify(
    @Param() { call_id }: CallParams,
    @Body() request: VerifyCallerRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<VerificationResponse> {
    const { method, totp = '', support_code = '', letter_code = '', dialled_number = '' } = request;
    switch (method) {
      case 'code':
        return VerificationResponse.ofCode(await this.verifications.sendCode(call_id, principal));
      case 'letter':
        return VerificationResponse.ofCode(await this.verifications.sendLetter(call_id, principal));
      case 'letter_cancel':
        await this.verifications.cancelLetter(call_id, principal);
        return VerificationResponse.ofCancelled();
      case 'letter_code':
        return VerificationResponse.ofShown(
          method,
          await this.verifications.verifyLetterCode(call_id, principal, letter_code),
        );
      case 'call_back':
        // A staff token may be mapped to that scope: an employee's word is none.
        if (principal.scope !== 'crm' || principal.issuer !== undefined) {
          throw new AppError(
            'forbidden',
            'Which number was called is told by the telephone system: it takes a key of scope crm.',
          );
        }
        return VerificationResponse.ofShown(
          method,
          await this.verifications.verifyCallBack(call_id, principal, dialled_number),
        );
      case 'totp':
        return VerificationResponse.ofShown(method, await this.verifications.verifyTotp(call_id, principal, totp));
      case 'support_code':
        return VerificationResponse.ofShown(
          method,
          await this.verifications.verifySupportCode(call_id, principal, support_code),
        );
    }
  }

  /** The code that the caller read out. 5 tries, counted before they are compared. */
  @Post('calls/:call_id/verifications/:verification_id/attempts')
  @HttpCode(200)
  @Scopes('agent', 'crm')
  @ApiOkResponse({ type: AttemptResponse })
  async attempt(
    @Param() { call_id, verification_id }: VerificationParams,
    @Body() { code }: CodeRequestBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AttemptResponse> {
    return AttemptResponse.of(await this.verifications.attempt(call_id, verification_id, principal, code));
  }

  /** Begins the enrolment of an authenticator app, for the person's own eyes. */
  @Post('people/:crm_ref/authenticator')
  @Scopes('crm')
  @ApiCreatedResponse({ type: EnrolmentResponse })
  async enrol(
    @Param() { crm_ref }: PersonParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<EnrolmentResponse> {
    return EnrolmentResponse.of(await this.authenticators.enrol(crm_ref, principal));
  }

  /** The first code from the app. The person is told, and a week later it identifies them on the phone. */
  @Post('people/:crm_ref/authenticator/confirmation')
  @HttpCode(200)
  @Scopes('crm')
  @ApiOkResponse({ type: AcceptedResponse })
  confirm(
    @Param() { crm_ref }: PersonParams,
    @Body() { code }: CodeRequestBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AcceptedResponse> {
    return this.authenticators.confirm(crm_ref, principal, code);
  }

  /** Removes the person's authenticator app. */
  @Delete('people/:crm_ref/authenticator')
  @HttpCode(204)
  @Scopes('crm')
  @ApiNoContentResponse()
  async remove(@Param() { crm_ref }: PersonParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.authenticators.remove(crm_ref, principal);
  }
}
