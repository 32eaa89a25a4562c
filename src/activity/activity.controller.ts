import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { InclusionProofResponse } from '../audit/checkpoints.dto.ts';
import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import {
  activityCsv,
  ActivityExportQuery,
  ActivityPageQuery,
  ActivityPageResponse,
  ActivityParams,
  nextOf,
} from './activity.dto.ts';
import { ActivityService } from './activity.service.ts';

/** What was looked up, decided and done about somebody, for them. */
@ApiTags('self-service')
@Controller('v1/me/activity')
@Scopes('person')
export class ActivityController {
  constructor(private readonly activity: ActivityService) {}

  /** The newest first, in the language that is asked for, or else the person's own. */
  @Get()
  async list(
    @Query() query: ActivityPageQuery,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') wishes?: string,
  ): Promise<ActivityPageResponse> {
    const page = await this.activity.list(signedInOf(principal).id, query.toQuery(), (own) =>
      preferredLanguage(wishes, own),
    );
    return ActivityPageResponse.of(page);
  }

  /**
   * The same in one file, as JSON or CSV: up to 1,000 entries. Where there are more, the header `Link` has the address of the
   * next part.
   */
  @Get('export')
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ActivityPageResponse) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  async export(
    @Query() query: ActivityExportQuery,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept-language') wishes?: string,
  ): Promise<ActivityPageResponse | string> {
    const page = await this.activity.list(signedInOf(principal).id, query.toQuery(), (own) =>
      preferredLanguage(wishes, own),
    );
    const format = query.format ?? 'json';
    void reply.header('content-disposition', `attachment; filename="activity.${format}"`);
    if (page.next !== null) void reply.header('link', `<${nextPartOf(query, nextOf(page.next) ?? '')}>; rel="next"`);
    if (format === 'json') return ActivityPageResponse.of(page);
    void reply.type('text/csv; charset=utf-8');
    return activityCsv(page);
  }

  /**
   * The proof that an entry was there when the newest checkpoint was signed, and was not changed since. It tells nothing of what the
   * entry says but its hash; of the audit as a whole its place there, and how long each chain is. With `/v1/audit/checkpoint-keys` anybody
   * can check it. 409 with `Retry-After`: not signed yet, ask again then.
   */
  @Get(':id/proof')
  @ApiConflictResponse()
  async proof(
    @Param() { id }: ActivityParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<InclusionProofResponse> {
    return InclusionProofResponse.of(await this.activity.prove(signedInOf(principal).id, id));
  }
}

function nextPartOf({ category, from, to, format }: ActivityExportQuery, after: string): string {
  const asked = Object.entries({ category, from, to, format, after });
  const given = asked.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return `/v1/me/activity/export?${new URLSearchParams(given).toString()}`;
}
