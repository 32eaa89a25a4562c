import { Controller, Get, Param, Query } from '@nestjs/common';
import { isUUID } from 'class-validator';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { LoggedCallPage, OwnLogPage } from './own-log-page.tsx';
import { DEFAULT_CALLS, LoggedCallParams } from './own-log.dto.ts';
import { OwnLog } from './own-log.service.ts';

/** What an employee did, for that employee. */
@Controller('desk/log')
@DeskPages()
export class OwnLogPageController {
  constructor(
    private readonly log: OwnLog,
    private readonly policies: PolicyDocuments,
  ) {}

  @Get()
  async list(
    @CurrentPage() page: Page,
    @Query('after') after: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const found = await this.log.list(principal, DEFAULT_CALLS, isUUID(after) ? String(after) : null);
    return OwnLogPage({ page, found, policy: await this.policies.current() });
  }

  /** What more there is of one call. */
  @Get(':call_id')
  async ofCall(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: LoggedCallParams,
    @Query('after') after: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const call = await this.log.ofCall(principal, callId, isUUID(after) ? String(after) : null);
    return LoggedCallPage({ page, call, policy: await this.policies.current() });
  }
}
