import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { PasskeysService } from '../passkeys/passkeys.service.ts';
import {
  AskedSignInResponse,
  AttemptSignInRequest,
  SignInAttemptResponse,
  SignInParams,
} from '../sign-in/sign-in.dto.ts';
import { SignInService } from '../sign-in/sign-in.service.ts';
import { AuthenticatorsService } from '../verifications/authenticators.service.ts';
import { AcceptedResponse, EnrolmentResponse } from '../verifications/verifications.dto.ts';
import {
  PasskeyAnswerRequest,
  PasskeyParams,
  PasskeyQuestionResponse,
  PasskeyResponse,
  ProofResponse,
  SendProofCodeRequest,
  TypedDigitsRequest,
  WaysResponse,
} from './ways.dto.ts';
import { WaysService } from './ways.service.ts';

/** How somebody shows who they are: the same as the pages. */
@ApiTags('self-service')
@Controller('v1/me')
@Scopes('person')
export class WaysController {
  constructor(
    private readonly ways: WaysService,
    private readonly signIns: SignInService,
    private readonly authenticators: AuthenticatorsService,
    private readonly passkeys: PasskeysService,
  ) {}

  /** Contact points for codes, the authenticator app and the passkeys of who is signed in. */
  @Get('ways')
  async list(@CurrentPrincipal() principal: Principal): Promise<WaysResponse> {
    return WaysResponse.of(await this.ways.of(principal));
  }

  /** Sends a code to one of one's own contact points, to show once more who one is. */
  @Post('proofs/codes')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiNotFoundResponse()
  async sendCode(
    @Body() { contact_point_id, spoken }: SendProofCodeRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AskedSignInResponse> {
    return AskedSignInResponse.of(await this.ways.sendCode(principal, contact_point_id, spoken ?? false));
  }

  /** One of five tries. A right code proves this session once more; its token changes. */
  @Post('proofs/codes/:id/attempts')
  @HttpCode(HttpStatus.OK)
  async attempt(
    @Param() { id }: SignInParams,
    @Body() { code }: AttemptSignInRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SignInAttemptResponse> {
    return SignInAttemptResponse.of(await this.signIns.attempt(id, code, signedInOf(principal)));
  }

  /** The digits of one's authenticator app, as a second factor: a session of strength 2 is one of 3 then. */
  @Post('proofs/authenticator')
  @HttpCode(HttpStatus.OK)
  async proveByApp(
    @Body() { code }: TypedDigitsRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ProofResponse> {
    return ProofResponse.of(await this.authenticators.prove(principal, code));
  }

  /** What the browser needs to show a passkey. */
  @Post('proofs/passkey-questions')
  async askForPasskey(@CurrentPrincipal() principal: Principal): Promise<PasskeyQuestionResponse> {
    return PasskeyQuestionResponse.of((await this.passkeys.ask(signedInOf(principal))).options);
  }

  /** A passkey of one's own, as another proof: the session has strength 3 then. */
  @Post('proofs/passkey')
  @HttpCode(HttpStatus.OK)
  async proveByPasskey(
    @Body() { credential }: PasskeyAnswerRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ProofResponse> {
    return ProofResponse.of(await this.passkeys.prove(credential, null, signedInOf(principal)));
  }

  /**
   * Begins to add an authenticator app. Needs a proof of the last 10 minutes, in a session of strength 3, or of 2 with codes to
   * two contact points.
   */
  @Post('authenticator')
  async enrol(@CurrentPrincipal() principal: Principal): Promise<EnrolmentResponse> {
    return EnrolmentResponse.of(await this.authenticators.enrol(null, principal));
  }

  /** The first code from the app, in the same session. It counts from then on, its owner is told, and their other sessions end. */
  @Post('authenticator/confirmation')
  @HttpCode(HttpStatus.OK)
  @ApiNotFoundResponse()
  confirm(@Body() { code }: TypedDigitsRequest, @CurrentPrincipal() principal: Principal): Promise<AcceptedResponse> {
    return this.authenticators.confirm(null, principal, code);
  }

  /** Removes one's authenticator app, and ends one's other sessions. Needs a proof of the last 10 minutes. */
  @Delete('authenticator')
  @HttpCode(HttpStatus.NO_CONTENT)
  removeApp(@CurrentPrincipal() principal: Principal): Promise<void> {
    return this.authenticators.remove(null, principal);
  }

  /** What the browser needs to make a passkey. Needs as much as adding an app. */
  @Post('passkeys/questions')
  async askToAdd(@CurrentPrincipal() principal: Principal): Promise<PasskeyQuestionResponse> {
    return PasskeyQuestionResponse.of(await this.passkeys.beginAdding(principal));
  }

  /** Adds the passkey that the browser made. Its owner is told, and their other sessions end. */
  @Post('passkeys')
  async add(
    @Body() { credential }: PasskeyAnswerRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PasskeyResponse> {
    return PasskeyResponse.of(await this.passkeys.add(principal, credential));
  }

  /** Removes a passkey of one's own, and ends one's other sessions. Needs a proof of the last 10 minutes. */
  @Delete('passkeys/:id')
  @HttpCode(HttpStatus.NO_CONTENT)
  removePasskey(@Param() { id }: PasskeyParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.passkeys.remove(principal, id);
  }
}
