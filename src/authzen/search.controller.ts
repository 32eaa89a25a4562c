import { Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CALL_SCOPES } from '../calls/calls.controller.ts';
import { AtLeast } from '../changes/at-least.ts';
import { AppError } from '../errors.ts';
import { ActionSearchRequest, ResourceSearchRequest, SearchResponse, SubjectSearchRequest } from './authzen.dto.ts';
import { type FoundPage, SearchService } from './search.service.ts';
import { TolerantBody } from './tolerant-body.ts';

/** Searches of the standard decision API. What is found is what a question about it would permit at that moment. */
@ApiTags('authzen')
@Controller('access/v1/search')
@AtLeast()
export class SearchController {
  constructor(private readonly searches: SearchService) {}

  /** Who may have this done on this one resource? For a key that may search. */
  @Post('subject')
  @HttpCode(200)
  @Scopes('crm')
  @ApiBody({ type: SubjectSearchRequest })
  @ApiOkResponse({ type: SearchResponse })
  subject(
    @TolerantBody() request: SubjectSearchRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<FoundPage> {
    requireSearch(principal);
    return this.searches.subjects(request, { principal, languages });
  }

  /** On what may this one subject have this done? For a key that may search. */
  @Post('resource')
  @HttpCode(200)
  @Scopes('crm')
  @ApiBody({ type: ResourceSearchRequest })
  @ApiOkResponse({ type: SearchResponse })
  resource(
    @TolerantBody() request: ResourceSearchRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<FoundPage> {
    requireSearch(principal);
    return this.searches.resources(request, { principal, languages });
  }

  /** What may this subject have done on this resource? */
  @Post('action')
  @HttpCode(200)
  @Scopes(...CALL_SCOPES)
  @ApiBody({ type: ActionSearchRequest })
  @ApiOkResponse({ type: SearchResponse })
  action(
    @TolerantBody() request: ActionSearchRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<FoundPage> {
    return this.searches.actions(request, { principal, languages });
  }
}

function requireSearch({ maySearch }: Principal): void {
  if (maySearch === true) return;
  throw new AppError('forbidden', 'This key may not search: it takes a key of scope crm that was made for it.');
}
