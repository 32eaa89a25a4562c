import { Controller, Delete, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import { SessionResponse, SignInParams } from '../sign-in/sign-in.dto.ts';
import { MeResponse } from './me.dto.ts';

/** The same as the pages, for the organisation's own site or app. */
@ApiTags('self-service')
@Controller('v1/me')
@Scopes('person')
export class MeController {
  constructor(
    private readonly holders: HoldersService,
    private readonly sessions: SessionsService,
    private readonly dataSource: DataSource,
  ) {}

  /** Who is signed in, and how strongly. */
  @Get()
  async get(@CurrentPrincipal() principal: Principal): Promise<MeResponse> {
    const person = await this.holders.describe(this.dataSource.manager, signedInOf(principal).id);
    return MeResponse.of(person, principal);
  }

  /** Where they are signed in now, the newest first. */
  @Get('sessions')
  async list(@CurrentPrincipal() principal: Principal): Promise<SessionResponse[]> {
    const { id, sessionId } = signedInOf(principal);
    return (await this.sessions.list(id)).map((session) => SessionResponse.of(session, sessionId));
  }

  /** Signs out everywhere else: at once, and for good. Needs no other proof, as it only shuts out. */
  @Post('sessions/end-others')
  @HttpCode(HttpStatus.NO_CONTENT)
  endOthers(@CurrentPrincipal() principal: Principal): Promise<void> {
    return this.sessions.endOthers(signedInOf(principal), actorOf(principal));
  }

  /** Signs out, here or elsewhere: at once, and for good. */
  @Delete('sessions/:id')
  @HttpCode(HttpStatus.NO_CONTENT)
  end(@Param() { id }: SignInParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.sessions.end(id, signedInOf(principal).id);
  }
}
