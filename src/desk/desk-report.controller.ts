import { Body, Controller, HttpStatus, Param, Post } from '@nestjs/common';

import { CallIncidents } from '../activity/call-incidents.service.ts';
import { INCIDENT_TEXT, REPORTED_TYPES } from '../activity/incident.ts';
import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { isPlainText } from '../holders/field-rules.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import type { Language } from '../policy/vocabulary.ts';
import { withoutSecret } from '../holders/secret-words.ts';
import { DeskCallPage } from './desk-call-page.tsx';
import { DeskCalls } from './desk-calls.service.ts';
import { operationOf, type Typed } from './desk-form.ts';
import { DeskPages, Spoken } from './desk-page.decorators.ts';
import { said } from './desk-said.ts';
import { DeskCallParams } from './desk.dto.ts';

/** What the employee came across. */
@Controller('desk/calls/:call_id/incidents')
@DeskPages()
export class DeskReportController {
  constructor(
    private readonly desk: DeskCalls,
    private readonly incidents: CallIncidents,
  ) {}

  /** The same form sent twice reports it once. */
  @Post()
  async report(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @Spoken() spoken: Language | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.desk.require(callId, principal);
    const type = REPORTED_TYPES.find((one) => one === form['type']) ?? 'other';
    // Browsers end a line with two characters.
    const text = form['what']?.replaceAll('\r\n', '\n');
    if (!isPlainText(text, INCIDENT_TEXT)) {
      const view = await this.desk.view(callId, principal, page.language, spoken);
      const report = { ...form, what: withoutSecret(form['what'] ?? '') };
      return { page: DeskCallPage({ page, view, said: null, report }), status: HttpStatus.BAD_REQUEST };
    }
    return said(callId, async () => {
      await this.incidents.report(callId, principal, { type, text }, operationOf(form));
      return 'reported';
    });
  }
}
