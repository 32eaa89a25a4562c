import { Body, Controller, Get, HttpStatus, Param, Post, Query } from '@nestjs/common';

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
import { withoutSecret } from '../holders/secret-words.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import { AskFirstResponse } from '../preferences/ask-first.dto.ts';
import { AskFirstService } from '../preferences/ask-first.service.ts';
import { PreferencesForm, PreferencesResponse } from '../preferences/preferences.dto.ts';
import { PreferencesService } from '../preferences/preferences.service.ts';
import { DeskHelp } from './desk-help.service.ts';
import { HelpActivityPage, type HelpActivityPageProps } from './help-activity.tsx';
import { HelpPreferencesPage } from './help-preferences.tsx';
import { HelpParams } from './help.dto.ts';
import { helpSaidOf } from './help-said.ts';

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
  wishes(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.show(callId, principal, async (person) => {
      const { answer: preferences, language } = await this.help.act(person, 'preferencesGet', async () =>
        PreferencesResponse.of(await this.preferences.get(person)),
      );
      const { answer: askFirst } = await this.help.act(person, 'askFirstGet', async (spoken) =>
        AskFirstResponse.of(await this.askFirst.get(person, spoken)),
      );
      const said = helpSaidOf(what);
      return HelpPreferencesPage({ page, callId, preferences, askFirst, spoken: language, said });
    });
  }

  @Post('preferences')
  save(
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: PreferencesForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.help.do(callId, principal, '/preferences', async (person) => {
      const chosen = form.toPreferences();
      if (chosen === null) return 'hours';
      try {
        await this.help.act(person, 'preferencesSave', async () => {
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
    return this.help.do(callId, principal, '/preferences', async (person) => {
      await this.help.act(person, 'askFirstSave', async (language) => {
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
  activity(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query('after') after: unknown,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#activity(page, callId, after, principal, { said: helpSaidOf(what), bad: null });
  }

  /** What can't be taken is shown again on the page it was written on, but for a secret. */
  @Post('activity/:id')
  async report(
    @CurrentPage() page: Page,
    @Param() { call_id: callId, id }: HelpParams,
    @Query('after') after: unknown,
    @Body() form: ReportForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const report = form.toReport();
    const { text = '', stop = 'none' } = form;
    if (report === null && text.trim() !== '') {
      const bad = { id, text: withoutSecret(text), stop };
      return this.#activity(page, callId, after, principal, { said: 'words', bad });
    }
    return this.help.do(callId, principal, '/activity', async (person) => {
      if (report === null) return 'empty';
      await this.help.act(person, 'ownIncidentsReport', async () =>
        ReportedResponse.ofReported(await this.incidents.report(person, id, report.text, report.stop)),
      );
      return 'done';
    });
  }

  #activity(
    page: Page,
    callId: string,
    after: unknown,
    principal: Principal,
    shown: Pick<HelpActivityPageProps, 'said' | 'bad'>,
  ): Promise<PageAnswer> {
    return this.help.show(callId, principal, async (person) => {
      const asked = Object.assign(new ActivityForm(), typeof after === 'string' ? { after } : {});
      const query = asked.toQuery(LENGTH);
      if (query === null) throw new AppError('not_found', 'There is no such page.');
      const { answer: activity, language } = await this.help.act(person, 'activityList', async (spoken) =>
        ActivityPageResponse.of(await this.activities.list(signedInOf(person).id, query, () => spoken)),
      );
      const { after: from = null } = asked;
      const answer = HelpActivityPage({ page, callId, activity, from, spoken: language, ...shown });
      return shown.bad === null ? answer : { page: answer, status: HttpStatus.BAD_REQUEST };
    });
  }
}
