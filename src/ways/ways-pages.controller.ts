import { Body, Controller, Get, HttpStatus, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { PasskeysService } from '../passkeys/passkeys.service.ts';
import { squaresOf } from '../verifications/totp.ts';
import { AuthenticatorsService } from '../verifications/authenticators.service.ts';
import { AddAppPage, AddPasskeyPage, WaysPage } from './ways-pages.tsx';
import { DigitsForm, PasskeyForm, PasskeyParams } from './ways.dto.ts';
import { WaysService } from './ways.service.ts';

const WAYS = '/portal/ways';
/** Where one reads that a passkey or app came or went. */
const CHANGED = `${WAYS}?changed=yes`;

/** How the reader signs in, and changing that. */
@Controller('portal/ways')
@Pages()
export class WaysPagesController {
  constructor(
    private readonly ways: WaysService,
    private readonly authenticators: AuthenticatorsService,
    private readonly passkeys: PasskeysService,
  ) {}

  @Get()
  async list(
    @CurrentPage() page: Page,
    @CurrentPrincipal() principal: Principal,
    @Query('changed') changed: unknown,
  ): Promise<PageAnswer> {
    const ways = await this.ways.of(principal);
    return WaysPage({ page, ways, arePasskeysPossible: this.passkeys.isPossible, isChanged: changed === 'yes' });
  }

  @Post('authenticator')
  async begin(@CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.authenticators.enrol(null, principal);
    return seeOther(`${WAYS}/authenticator`);
  }

  @Get('authenticator')
  async show(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    const enrolment = await this.authenticators.pending(principal);
    if (enrolment === null) return seeOther(WAYS);
    return AddAppPage({ page, enrolment, squares: await squaresOf(enrolment.uri) });
  }

  @Post('authenticator/confirmation')
  async confirm(
    @CurrentPage() page: Page,
    @Body() { code = '' }: DigitsForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const isTyped = code.trim() !== '';
    if (isTyped && (await this.authenticators.confirm(null, principal, code)).accepted) return seeOther(CHANGED);
    const enrolment = await this.authenticators.pending(principal);
    if (enrolment === null) return seeOther(WAYS);
    const fault = isTyped ? 'wrong' : 'empty';
    const squares = await squaresOf(enrolment.uri);
    return { page: AddAppPage({ page, enrolment, squares, fault }), status: HttpStatus.BAD_REQUEST };
  }

  @Post('authenticator/removal')
  async removeApp(@CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.authenticators.remove(null, principal);
    return seeOther(CHANGED);
  }

  @Get('passkeys/new')
  async ask(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return AddPasskeyPage({ page, options: await this.passkeys.beginAdding(principal) });
  }

  @Post('passkeys')
  async add(
    @CurrentPage() page: Page,
    @Body() { credential = '' }: PasskeyForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    try {
      await this.passkeys.add(principal, credential);
      return seeOther(CHANGED);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'validation_failed') throw error;
      const options = await this.passkeys.beginAdding(principal);
      return { page: AddPasskeyPage({ page, options, isRefused: true }), status: HttpStatus.BAD_REQUEST };
    }
  }

  @Post('passkeys/:id/removal')
  async removePasskey(@Param() { id }: PasskeyParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.passkeys.remove(principal, id);
    return seeOther(CHANGED);
  }
}
