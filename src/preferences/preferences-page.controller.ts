import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { PREFERENCES, PreferencesPage, type PreferencesPageProps } from './preferences-page.tsx';
import { PreferencesForm } from './preferences.dto.ts';
import { PreferencesService } from './preferences.service.ts';

/** How somebody wants to be treated. */
@Controller('portal/preferences')
@Pages()
export class PreferencesPageController {
  constructor(private readonly preferences: PreferencesService) {}

  @Get()
  async show(
    @CurrentPage() page: Page,
    @Query('saved') saved: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { safeHours, declinedRoutes, refusedRecordings, ...rest } = await this.preferences.get(principal);
    const from = safeHours === null ? '' : String(safeHours.from);
    const until = safeHours === null ? '' : String(safeHours.until);
    const { language, isLargeType } = rest;
    const typed = { language, isLargeType, declined: declinedRoutes, from, until, refused: refusedRecordings };
    return PreferencesPage({ page, typed, isSaved: saved === 'yes' });
  }

  @Post()
  async save(
    @CurrentPage() page: Page,
    @Body() form: PreferencesForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const chosen = form.toPreferences();
    if (chosen === null) return faulty(page, form, 'hours');
    try {
      await this.preferences.save(principal, chosen, form.unreachable === 'yes');
      return seeOther(`${PREFERENCES}?saved=yes`);
    } catch (error) {
      if (error instanceof AppError && error.code === 'validation_failed') return faulty(page, form, 'unreachable');
      throw error;
    }
  }
}

function faulty(page: Page, form: PreferencesForm, fault: NonNullable<PreferencesPageProps['fault']>): PageAnswer {
  const typed = {
    language: form.language ?? 'nl',
    isLargeType: form.large_type === 'yes',
    declined: form.declined(),
    from: form.safe_from ?? '',
    until: form.safe_until ?? '',
    refused: form.refusedRecordings(),
  };
  return { page: PreferencesPage({ page, typed, isSaved: false, fault }), status: 400 };
}
