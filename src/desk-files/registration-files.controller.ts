import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { ConfirmationsService } from '../confirmations/confirmations.service.ts';
import type { Typed } from '../desk/desk-form.ts';
import { CurrentStaffSession, DeskPages } from '../desk/desk-page.decorators.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { RegistrationParams, RegistrationRequest, RegistrationResponse } from '../registrations/registrations.dto.ts';
import { RegistrationsService } from '../registrations/registrations.service.ts';
import type { StaffSession } from '../staff/staff-session.ts';
import { REGISTRATION_FIELDS } from './file-fields.ts';
import { FileFormPage } from './file-form.tsx';
import { listOf, readForm, taken } from './file-request.ts';
import { REGISTRATIONS } from './file-paths.ts';
import { said, saidOf } from './file-said.ts';
import { RegistrationPage } from './registration-page.tsx';

/** A mandate without a screen: one employee takes it down, another looks at it, and then the holder says yes. */
@Controller('desk/files/registrations')
@DeskPages()
export class RegistrationFilesController {
  constructor(
    private readonly registrations: RegistrationsService,
    private readonly confirmations: ConfirmationsService,
    private readonly policies: PolicyDocuments,
  ) {}

  @Get('new')
  ask(@CurrentPage() page: Page): Promise<PageAnswer> {
    return this.#form(page, {}, []);
  }

  @Post()
  async register(
    @CurrentPage() page: Page,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
    @CurrentStaffSession() { callId }: StaffSession,
  ): Promise<PageAnswer> {
    const fields = Object.fromEntries(Object.entries(form).filter(([name]) => !name.startsWith('scopes.')));
    // What was said was said in the call of now.
    const isSaid = form['form'] === 'oral' && callId !== null;
    const lists = { scopes: chosenOf(form, 'scopes'), contracts: listOf(form['contracts']) };
    return taken(
      (refused) => this.#form(page, form, refused),
      async () => {
        const body = { ...fields, ...(isSaid ? { call_id: callId } : {}) };
        const request = await readForm(body, RegistrationRequest, lists);
        const { id } = await this.registrations.register(request.toRegistration(), principal);
        return seeOther(`${REGISTRATIONS}/${id}?said=recorded`);
      },
    );
  }

  @Get(':id')
  async show(
    @CurrentPage() page: Page,
    @Param() { id }: RegistrationParams,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const policy = await this.policies.current();
    const one = RegistrationResponse.of(await this.registrations.get(id, principal));
    const scopes = one.scopes.map((name) => policy.scopes.get(name)?.title[page.language] ?? name);
    return RegistrationPage({ page, one, scopes, said: saidOf(what) });
  }

  @Post(':id/approve')
  approve(@Param() { id }: RegistrationParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return said(`${REGISTRATIONS}/${id}`, () => this.registrations.approve(id, principal).then(() => 'decided'));
  }

  @Post(':id/reject')
  reject(@Param() { id }: RegistrationParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return said(`${REGISTRATIONS}/${id}`, () => this.registrations.reject(id, principal).then(() => 'decided'));
  }

  /** The code that the holder reads out. Once they said yes, what became of it is not for this desk. */
  @Post(':id/code')
  async code(
    @Param() { id }: RegistrationParams,
    @Body() { code = '' }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { confirmationId } = await this.registrations.get(id, principal);
    if (confirmationId === null) return seeOther(`${REGISTRATIONS}/${id}?said=not_now`);
    // Nothing was typed: that is no try.
    if (code.trim() === '') return seeOther(`${REGISTRATIONS}/${id}?said=code_wrong`);
    const attempt = await this.confirmations.attempt(confirmationId, principal, code.slice(0, 32), null, []);
    return seeOther(attempt.accepted ? '/desk/files' : `${REGISTRATIONS}/${id}?said=code_wrong`);
  }

  async #form(page: Page, typed: Typed, refused: readonly string[]): Promise<ReturnType<typeof FileFormPage>> {
    const { scopes } = await this.policies.current();
    return FileFormPage({
      page,
      title: 'files.new_registration',
      action: REGISTRATIONS,
      fields: REGISTRATION_FIELDS,
      typed,
      refused,
      button: 'files.record',
      boxes: [...scopes.values()].map(({ name, title }) => ({ value: name, label: title[page.language] })),
    });
  }
}
