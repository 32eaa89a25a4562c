import { Body, Controller, Get, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { VNode } from 'preact';

import { ActivityParams } from '../activity/activity.dto.ts';
import { INCIDENT_STATES, INCIDENT_TEXT, type IncidentState } from '../activity/incident.ts';
import { IncidentsService } from '../activity/incidents.service.ts';
import { CurrentPrincipal, PRIVACY_SCOPES } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import type { Typed } from '../desk/desk-form.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { DESK_INCIDENTS } from '../desk/desk-paths.ts';
import { isPlainText } from '../holders/field-rules.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { withoutSecret } from '../holders/secret-words.ts';
import { type BadNote, IncidentsPage } from './incidents-page.tsx';

const PAGE = 25;

/** What people and agents reported, and how it ended. Every look is recorded, as by the API. */
@Controller(DESK_INCIDENTS)
@DeskPages(PRIVACY_SCOPES)
export class IncidentPagesController {
  constructor(private readonly incidents: IncidentsService) {}

  @Get()
  list(
    @CurrentPage() page: Page,
    @Query('state') state: unknown,
    @Query('after') after: unknown,
    @Query('said') said: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const asked = {
      state: INCIDENT_STATES.find((one) => one === state) ?? 'open',
      after: isUUID(after) ? String(after) : null,
    };
    return this.#page(page, principal, asked, { isDone: said === 'closed' });
  }

  @Post(':id/close')
  async close(
    @CurrentPage() page: Page,
    @Param() { id }: ActivityParams,
    @Body() { note = '' }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    // Browsers end a line with two characters.
    const text = note.replaceAll('\r\n', '\n').trim();
    if (text !== '' && !isPlainText(text, INCIDENT_TEXT)) {
      const asked = { state: 'open', after: null } as const;
      return {
        page: await this.#page(page, principal, asked, { bad: { id, text: withoutSecret(text) } }),
        status: HttpStatus.BAD_REQUEST,
      };
    }
    await this.incidents.close(id, principal, text === '' ? null : text);
    return seeOther(`${DESK_INCIDENTS}?said=closed`);
  }

  async #page(
    page: Page,
    principal: Principal,
    { state, after }: { readonly state: IncidentState; readonly after: string | null },
    more: { readonly isDone?: boolean; readonly bad?: BadNote },
  ): Promise<VNode> {
    const { incidents, next } = await this.incidents.list({ state, limit: PAGE, after }, principal);
    return IncidentsPage({ page, state, incidents, next, isDone: false, bad: null, ...more });
  }
}
