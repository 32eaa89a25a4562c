import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { withoutSecret } from '../holders/secret-words.ts';
import { ACTIVITY, ActivityListPage, NoProofPage, QuestionPage, ReportedPage } from './activity-pages.tsx';
import { activityCsv, ActivityForm, ActivityParams, EXPORT } from './activity.dto.ts';
import { ActivityService } from './activity.service.ts';
import { ReportedQuery, ReportForm } from './incidents.dto.ts';
import { IncidentsService } from './incidents.service.ts';

const PAGE = 25;

/** What happened, and "this is not right". */
@Controller('portal/activity')
@Pages()
export class ActivityPagesController {
  constructor(
    private readonly activity: ActivityService,
    private readonly incidents: IncidentsService,
  ) {}

  @Get()
  async list(
    @CurrentPage() page: Page,
    @Query() typed: ActivityForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const query = typed.toQuery(PAGE);
    if (query === null) return { page: ActivityListPage({ page, typed, found: null }), status: 400 };
    const found = await this.activity.list(signedInOf(principal).id, query, () => page.language);
    return ActivityListPage({ page, typed, found });
  }

  /** What the list shows, in one file. */
  @Get('export')
  async export(
    @CurrentPage() page: Page,
    @Query() typed: ActivityForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const query = typed.toQuery(EXPORT);
    if (query === null) return { page: ActivityListPage({ page, typed, found: null }), status: 400 };
    const found = await this.activity.list(signedInOf(principal).id, query, () => page.language);
    return { file: { name: 'activity.csv', type: 'text/csv; charset=utf-8', text: activityCsv(found) } };
  }

  @Get(':id')
  async ask(
    @CurrentPage() page: Page,
    @Param() { id }: ActivityParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const questioned = await this.incidents.question(principal, id, () => page.language);
    return QuestionPage({ page, questioned, typed: { text: '', stop: 'none' }, isFaulty: false });
  }

  /** That it was there and was not changed, in one file. */
  @Get(':id/proof')
  async proof(
    @CurrentPage() page: Page,
    @Param() { id }: ActivityParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    try {
      const proof = await this.activity.prove(signedInOf(principal).id, id);
      const text = `${JSON.stringify(proof, null, 2)}\n`;
      return { file: { name: `proof-${proof.record_id}.json`, type: 'application/json; charset=utf-8', text } };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid_state') throw error;
      const { retryAfter } = error;
      const minutes = retryAfter === undefined ? null : Math.ceil(retryAfter / 60);
      return { page: NoProofPage({ page, id, minutes }), status: 409, retryAfter };
    }
  }

  @Post(':id')
  async report(
    @CurrentPage() page: Page,
    @Param() { id }: ActivityParams,
    @Body() form: ReportForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const request = form.toReport();
    if (request === null) {
      const questioned = await this.incidents.question(principal, id, () => page.language);
      const { text = '', stop = 'none' } = form;
      return {
        page: QuestionPage({ page, questioned, typed: { text: withoutSecret(text), stop }, isFaulty: true }),
        status: 400,
      };
    }
    const { incident, stopped } = await this.incidents.report(principal, id, request.text, request.stop);
    return seeOther(`${ACTIVITY}/reports/${incident.id}?stopped=${stopped.length}`);
  }

  @Get('reports/:id')
  async reported(
    @CurrentPage() page: Page,
    @Param() { id }: ActivityParams,
    @Query() { stopped }: ReportedQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const incident = await this.incidents.find(principal, id);
    return ReportedPage({ page, incident, stopped: stopped === undefined ? null : Number(stopped) });
  }
}
