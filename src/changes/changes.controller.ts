import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Scopes } from '../auth/access.decorators.ts';
import { ChangesQuery, ChangesResponse } from './changes.dto.ts';
import { ChangesService } from './changes.service.ts';

@ApiTags('changes')
@Controller('v1/changes')
@Scopes('crm')
export class ChangesController {
  constructor(private readonly changes: ChangesService) {}

  /**
   * What changed since, for subscribers that were away: references, in order, with nothing left out and nothing twice. Kept for
   * 30 days.
   */
  @Get()
  async list(@Query() { after, types, limit }: ChangesQuery): Promise<ChangesResponse> {
    return ChangesResponse.of(await this.changes.after(after ?? null, types ?? null, limit));
  }
}
