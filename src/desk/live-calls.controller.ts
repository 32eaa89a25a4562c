import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import type { StaffSession } from '../staff/staff-session.ts';
import { DeskCalls } from './desk-calls.service.ts';
import { CurrentStaffSession, DeskAnswers } from './desk-page.decorators.ts';
import { DeskCallParams } from './desk.dto.ts';
import { LiveCalls, type LiveState } from './live-calls.service.ts';

/** Tells a browser that the page of a call became otherwise (server-sent events). */
@Controller('desk/calls/:call_id/live')
@DeskAnswers()
export class LiveCallsController {
  constructor(
    private readonly desk: DeskCalls,
    private readonly live: LiveCalls,
  ) {}

  /** The same for who hears no stream, and asks now and then. Nothing is decided, and nothing recorded. */
  @Get('state')
  async state(
    @Param() { call_id: callId }: DeskCallParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LiveState> {
    await this.desk.require(callId, principal);
    return this.live.state(callId);
  }

  @Get()
  async listen(
    @Param() { call_id: callId }: DeskCallParams,
    @Query('version') version: unknown,
    @CurrentPrincipal() principal: Principal,
    @CurrentStaffSession() { id: sessionId }: StaffSession,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.desk.require(callId, principal);
    const headers = Object.fromEntries(
      Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
        name === 'set-cookie' ? [] : [[name, String(value)]],
      ),
    );
    this.live.open({ callId, sessionId, version: String(version) }, headers, reply.raw);
    // What is sent from now on, and when it ends, is no business of the framework's any more.
    reply.hijack();
  }
}
