import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';

import { ActivityForm, ActivityPageResponse } from '../activity/activity.dto.ts';
import { ActivityService } from '../activity/activity.service.ts';
import { ReportedResponse, ReportForm } from '../activity/incidents.dto.ts';
import { IncidentsService } from '../activity/incidents.service.ts';
import { CurrentPrincipal } from '../auth/access.decorators.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import type { Typed } from '../desk/desk-form.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { DeskCallParams } from '../desk/desk.dto.ts';
import { AppError } from '../errors.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import { AskFirstResponse } from '../preferences/ask-first.dto.ts';
import { AskFirstService } from '../preferences/ask-first.service.ts';
import { PreferencesForm, PreferencesResponse } from '../preferences/preferences.dto.ts';
import { PreferencesService } from '../preferences/preferences.service.ts';
import { DeskHelp } from './desk-help.service.ts';
import { HelpActivityPage } from './help-activity.tsx';
import { HelpPreferencesPage } from './help-preferences.tsx';
import { HelpParams } from './help.dto.ts';
import { helped, helpPath, helpSaidOf } from './help-said.ts';

/** Entries on a page. */
const LENGTH = 25;

/** How the caller wants to be treated, and what happened to them. */
@Controller('desk/calls/:call_id/help')
@DeskPages()
export class HelpWishesController {
  constructor(
    private readonly help: DeskHelp,
    private readonly preferences: PreferencesService,
    private readonly askFirst: AskFirstService,
    private readonly activities: ActivityService,
    private readonly incidents: IncidentsService,
  ) {}

  @Get('preferences')
  async wishes(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    if ((await this.help.current(callId, principal)) === null) return seeOther(`${helpPath(callId)}?said=over`);
    const { answer, language } = await this.help.act(callId, principal, 'preferencesGet', async (person) =>
      PreferencesResponse.of(await this.preferences.get(person)),
    );
    const { answer: askFirst } = await this.help.act(callId, principal, 'askFirstGet', async (person, spoken) =>
      AskFirstResponse.of(await this.askFirst.get(person, spoken)),
    );
    const said = helpSaidOf(what);
    return HelpPreferencesPage({ page, callId, preferences: answer, askFirst, spoken: language, said });
  }

  @Post('preferences')
  save(
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: PreferencesForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return helped(callId, '/preferences', async () => {
      await this.help.require(callId, principal);
      const chosen = form.toPreferences();
      if (chosen === null) return 'hours';
      try {
        await this.help.act(callId, principal, 'preferencesSave', async (person) => {
          await this.preferences.save(person, chosen, false);
          return PreferencesResponse.of(await this.preferences.get(person));
        });
        return 'done';
      } catch (error) {
        if (error instanceof AppError && error.code === 'validation_failed') return 'unreachable';
        throw error;
      }
    });
  }

  @Post('ask-first')
  saveAskFirst(
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return helped(callId, '/preferences', async () => {
      await this.help.act(callId, principal, 'askFirstSave', async (person, language) => {
        const offered = (await this.askFirst.get(person, language)).groups.map(({ scope }) => scope);
        await this.askFirst.save(
          person,
          chosenOf(form, 'scope').filter((scope) => offered.includes(scope)),
        );
        return AskFirstResponse.of(await this.askFirst.get(person, language));
      });
      return 'done';
    });
  }

  @Get('activity')
  async activity(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query('after') after: unknown,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    if ((await this.help.current(callId, principal)) === null) return seeOther(`${helpPath(callId)}?said=over`);
    const asked = Object.assign(new ActivityForm(), typeof after === 'string' ? { after } : {});
    const query = asked.toQuery(LENGTH);
    if (query === null) throw new AppError('not_found', 'There is no such page.');
    const { answer, language } = await this.help.act(callId, principal, 'activityList', async (person, spoken) =>
      ActivityPageResponse.of(await this.activities.list(signedInOf(person).id, query, () => spoken)),
    );
    return HelpActivityPage({ page, callId, activity: answer, spoken: language, said: helpSaidOf(what) });
  }

  @Post('activity/:id')
  report(
    @Param() { call_id: callId, id }: HelpParams,
    @Body() form: ReportForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return helped(callId, '/activity', async () => {
      await this.help.require(callId, principal);
      const report = form.toReport();
      if (report === null) return 'empty';
      await this.help.act(callId, principal, 'ownIncidentsReport', async (person) =>
        ReportedResponse.ofReported(await this.incidents.report(person, id, report.text, report.stop)),
      );
      return 'done';
    });
  }
}
