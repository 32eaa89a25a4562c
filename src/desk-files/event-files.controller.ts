import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import type { Typed } from '../desk/desk-form.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { EvidenceRequest, FileParams } from '../life-events/legal-files.dto.ts';
import {
  ContestRequest,
  LifeEventRequest,
  LifeEventResponse,
  ReversalRequest,
} from '../life-events/life-events.dto.ts';
import { LifeEventsService } from '../life-events/life-events.service.ts';
import { withoutSecret } from '../holders/secret-words.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { EventPage } from './event-page.tsx';
import { CONTEST_FIELDS, EVENT_FIELDS, evidenceFields, type FileField, REVERSAL_FIELDS } from './file-fields.ts';
import { FileFormPage, type FileFormPageProps } from './file-form.tsx';
import { readForm, taken } from './file-request.ts';
import { EVENTS } from './file-paths.ts';
import { type FileSaid, said, saidOf } from './file-said.ts';

/** Life events: one employee records, another says whether it is so. */
@Controller('desk/files/life-events')
@DeskPages()
export class EventFilesController {
  constructor(private readonly events: LifeEventsService) {}

  @Get('new')
  ask(@CurrentPage() page: Page): PageAnswer {
    return formOf(page, EVENTS, {}, []);
  }

  @Post()
  record(
    @CurrentPage() page: Page,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return taken(
      (refused) => formOf(page, EVENTS, form, refused),
      async () => {
        const request = await readForm(form, LifeEventRequest);
        const { id } = await this.events.record(request.toReport(), principal);
        return seeOther(`${EVENTS}/${id}?said=recorded`);
      },
    );
  }

  @Get(':id')
  async show(
    @CurrentPage() page: Page,
    @Param() { id }: FileParams,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return EventPage({ page, event: LifeEventResponse.of(await this.events.get(id, principal)), said: saidOf(what) });
  }

  @Post(':id/evidence')
  evidence(
    @CurrentPage() page: Page,
    @Param() { id }: FileParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#changed(page, id, 'evidence', form, evidenceFields('', false), 'added', async () => {
      await this.events.addProof(id, (await readForm(form, EvidenceRequest)).toProof(), principal);
    });
  }

  @Post(':id/approve')
  approve(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return said(`${EVENTS}/${id}`, () => this.events.approve(id, principal).then(() => 'decided'));
  }

  @Post(':id/reject')
  reject(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return said(`${EVENTS}/${id}`, () => this.events.reject(id, principal).then(() => 'decided'));
  }

  @Post(':id/contest')
  contest(
    @CurrentPage() page: Page,
    @Param() { id }: FileParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#changed(page, id, 'contest', form, CONTEST_FIELDS, 'contested', async () => {
      await this.events.contest(id, (await readForm(form, ContestRequest)).text, principal);
    });
  }

  /** An event of its own, which a colleague looks at. */
  @Post(':id/reverse')
  reverse(
    @CurrentPage() page: Page,
    @Param() { id }: FileParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#changed(page, id, 'reverse', form, REVERSAL_FIELDS, 'recorded', async () => {
      const request = await readForm(form, ReversalRequest);
      const { evidence, occurred_on: occurredOn, reported_by: reportedBy } = request;
      await this.events.reverse(id, evidence.toProof(), occurredOn, reportedBy, principal);
    });
  }

  #changed(
    page: Page,
    id: string,
    what: 'evidence' | 'contest' | 'reverse',
    form: Typed,
    fields: readonly FileField[],
    word: FileSaid,
    work: () => Promise<void>,
  ): Promise<PageAnswer> {
    const path = `${EVENTS}/${id}`;
    const title = ({ evidence: 'files.add_evidence', contest: 'files.contest', reverse: 'files.reverse' } as const)[
      what
    ];
    const button =
      what === 'contest' ? 'files.contest_send' : what === 'evidence' ? 'files.add_evidence' : 'files.record';
    const again = (refused: readonly string[]): FileFormPageProps => ({
      page,
      title,
      action: `${path}/${what}`,
      fields,
      typed: { ...form, text: withoutSecret(form['text'] ?? '') },
      refused,
      button,
    });
    return taken(
      (refused) => FileFormPage(again(refused)),
      () => said(path, async () => (await work(), word)),
    );
  }
}

function formOf(page: Page, action: string, typed: Typed, refused: readonly string[]): ReturnType<typeof FileFormPage> {
  return FileFormPage({
    page,
    title: 'files.new_event',
    action,
    fields: EVENT_FIELDS,
    typed,
    refused,
    button: 'files.record',
  });
}
