import { Body, Controller, HttpStatus, Param, Post } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import type { Language } from '../policy/vocabulary.ts';
import { Statements } from '../statements/statements.service.ts';
import { withoutSecret } from '../holders/secret-words.ts';
import { DeskCallPage } from './desk-call-page.tsx';
import { DeskCalls } from './desk-calls.service.ts';
import { operationOf, type Typed } from './desk-form.ts';
import { DeskPages, Spoken } from './desk-page.decorators.ts';
import { said } from './desk-said.ts';
import { statementOf, type TypedStatement } from './desk-statement-form.ts';
import { DeskCallParams } from './desk.dto.ts';

/** What the employee says to the caller. */
@Controller('desk/calls/:call_id/statements')
@DeskPages()
export class DeskStatementsController {
  constructor(
    private readonly desk: DeskCalls,
    private readonly statements: Statements,
  ) {}

  /** The same form sent twice records it once. */
  @Post()
  async record(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @Spoken() spoken: Language | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.desk.require(callId, principal);
    const again = async (typed: Omit<TypedStatement, 'form'>, status: number): Promise<PageAnswer> => {
      const view = await this.desk.view(callId, principal, page.language, spoken);
      const shown = { ...form, text: withoutSecret(form['text'] ?? '') };
      return { page: DeskCallPage({ page, view, said: null, statement: { form: shown, ...typed } }), status };
    };
    const asked = await statementOf(form);
    if ('faults' in asked) return again({ faults: asked.faults, warned: null }, HttpStatus.BAD_REQUEST);
    try {
      return await said(callId, async () => {
        await this.statements.record(callId, principal, asked, operationOf(form));
        return asked.corrects === null ? 'said' : 'corrected';
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'statement_differs') throw error;
      return again({ faults: {}, warned: asked }, HttpStatus.CONFLICT);
    }
  }
}
