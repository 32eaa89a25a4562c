import { Controller, Get, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { REFERENCE } from '../holders/field-rules.ts';
import { LifeEventResponse } from '../life-events/life-events.dto.ts';
import { LifeEventsService } from '../life-events/life-events.service.ts';
import { RepresentationResponse } from '../life-events/representations.dto.ts';
import { RepresentationsService } from '../life-events/representations.service.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { RegistrationResponse } from '../registrations/registrations.dto.ts';
import { RegistrationsService } from '../registrations/registrations.service.ts';
import { FilesPage } from './files-page.tsx';

/** What waits for a second employee, or what is on file of one customer. Every look is recorded, as by the API. */
@Controller('desk/files')
@DeskPages()
export class FilesController {
  constructor(
    private readonly events: LifeEventsService,
    private readonly representations: RepresentationsService,
    private readonly registrations: RegistrationsService,
  ) {}

  @Get()
  async list(
    @CurrentPage() page: Page,
    @Query('person') named: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const person = typeof named === 'string' && REFERENCE.test(named.trim()) ? named.trim() : null;
    const events = await this.events.list(person, principal);
    const representations = await this.representations.list(person, principal);
    const registrations = person === null ? await this.registrations.list(null, principal) : [];
    return FilesPage({
      page,
      person,
      events: events.map((one) => LifeEventResponse.of(one)),
      representations: representations.map((one) => RepresentationResponse.of(one)),
      registrations: registrations.map((one) => RegistrationResponse.of(one)),
    });
  }
}
