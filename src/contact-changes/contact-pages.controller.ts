import { Body, Controller, Get, HttpStatus, Param, Post, Query } from '@nestjs/common';
import type { VNode } from 'preact';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { contactKindOf } from '../holders/normalise.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { ChangeCodeForm, ContactChangeParams, ContactForm, SharedForm } from './contact-changes.dto.ts';
import { ContactChangesService, type Side } from './contact-changes.service.ts';
import { ChangePage, CONTACT, ContactFormPage, type ContactFormFault, ContactPage } from './contact-pages.tsx';

/** The reader's contact points, and changing them. */
@Controller(CONTACT.slice(1))
@Pages()
export class ContactPagesController {
  constructor(private readonly changes: ContactChangesService) {}

  @Get()
  async list(
    @CurrentPage() page: Page,
    @Query('changed') changed: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const waiting = await this.changes.waiting(principal);
    return ContactPage({ page, ...(await this.changes.own(principal)), waiting, isChanged: changed === 'yes' });
  }

  @Get('new')
  async ask(
    @CurrentPage() page: Page,
    @Query('remove') remove: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#form(page, principal, { remove: typeof remove === 'string' ? remove : '' });
  }

  @Post('new')
  async propose(
    @CurrentPage() page: Page,
    @Body() form: ContactForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { value = '', remove = '', confirm_at: confirmAt = '', how } = form;
    const { points } = await this.changes.own(principal);
    const ended = points.find(({ id }) => id === remove);
    try {
      const { id } = await this.changes.propose(principal, {
        add: { kind: ended?.kind ?? contactKindOf(value), value },
        endedId: ended?.id ?? null,
        confirmAtId: confirmAt === '' ? null : confirmAt,
        isSpoken: how === 'voice',
      });
      return seeOther(`${CONTACT}/${id}`);
    } catch (error) {
      return bad(await this.#form(page, principal, form, faultOf(error)));
    }
  }

  /** Of a contact point. */
  @Post(':id/removal')
  async remove(
    @CurrentPage() page: Page,
    @Param() { id }: ContactChangeParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    try {
      const wish = { add: null, endedId: id, confirmAtId: null, isSpoken: false };
      return seeOther(`${CONTACT}/${(await this.changes.propose(principal, wish)).id}`);
    } catch (error) {
      return this.#listWith(page, principal, faultOf(error));
    }
  }

  /** Of a contact point. */
  @Post(':id/shared')
  async share(
    @CurrentPage() page: Page,
    @Param() { id }: ContactChangeParams,
    @Body() { shared }: SharedForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    try {
      await this.changes.share(principal, id, shared === 'yes');
      return seeOther(CONTACT);
    } catch (error) {
      return this.#listWith(page, principal, faultOf(error));
    }
  }

  @Get(':id')
  async show(
    @CurrentPage() page: Page,
    @Param() { id }: ContactChangeParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return ChangePage({ page, change: await this.changes.get(principal, id) });
  }

  @Post(':id/code')
  async enter(
    @CurrentPage() page: Page,
    @Param() { id }: ContactChangeParams,
    @Body() { side, code = '' }: ChangeCodeForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const typed = code.trim();
    const attempt =
      typed === ''
        ? ({ accepted: false, triesLeft: null } as const)
        : await this.changes.attempt(principal, id, sideOf(side), typed);
    if (attempt.accepted) return seeOther(attempt.isDone ? `${CONTACT}?changed=yes` : `${CONTACT}/${id}`);
    const fault = { side: sideOf(side), triesLeft: attempt.triesLeft };
    return bad(ChangePage({ page, change: await this.changes.get(principal, id), fault }));
  }

  @Post(':id/resend')
  async resend(
    @Param() { id }: ContactChangeParams,
    @Body() { side, how }: ChangeCodeForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.changes.resend(principal, id, sideOf(side), how === 'voice');
    return seeOther(`${CONTACT}/${id}`);
  }

  @Post(':id/cancel')
  async cancel(@Param() { id }: ContactChangeParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.changes.cancel(principal, id);
    return seeOther(CONTACT);
  }

  async #listWith(page: Page, principal: Principal, fault: ContactFormFault): Promise<PageAnswer> {
    const waiting = await this.changes.waiting(principal);
    return bad(ContactPage({ page, ...(await this.changes.own(principal)), waiting, isChanged: false, fault }));
  }

  async #form(page: Page, principal: Principal, typed: ContactForm, fault?: ContactFormFault): Promise<VNode> {
    return ContactFormPage({ page, ...(await this.changes.own(principal)), typed, fault });
  }
}

function sideOf(side: string | undefined): Side {
  return side === 'new' ? 'new' : 'known';
}

function bad(page: VNode): PageAnswer {
  return { page, status: HttpStatus.BAD_REQUEST };
}

const FAULTS: Readonly<Partial<Record<AppError['code'], ContactFormFault>>> = {
  validation_failed: 'value',
  invalid_state: 'last',
  no_usable_contact_point: 'none',
  code_budget_exhausted: 'budget',
};

/** @throws whatever is no fault of who chose */
function faultOf(error: unknown): ContactFormFault {
  const fault = error instanceof AppError ? FAULTS[error.code] : undefined;
  if (fault === undefined) throw error;
  return fault;
}
