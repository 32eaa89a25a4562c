import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { ComparisonRequest, ComparisonResponse } from './register-comparison.dto.ts';
import { EvidenceRequest, FileParams, FilesQuery } from './legal-files.dto.ts';
import { RegisterImportRequest, RegisterImportResponse } from './representation-import.dto.ts';
import { RepresentationImports } from './representation-imports.service.ts';
import { RepresentationRequest, RepresentationResponse } from './representations.dto.ts';
import { RepresentationsService } from './representations.service.ts';

/** For employees: one records, another approves. */
@ApiTags('representations')
@Controller('v1/representations')
@Scopes('agent', 'crm')
export class RepresentationsController {
  constructor(
    private readonly representations: RepresentationsService,
    private readonly imports: RepresentationImports,
  ) {}

  /** Somebody acts for another by law. Worth nothing until a second employee has approved a proof. */
  @Post()
  async record(
    @Body() request: RepresentationRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RepresentationResponse> {
    return RepresentationResponse.of(await this.representations.record(request.toReport(), principal));
  }

  /** Of one person on either side, the newest first; or what waits for a second employee. The look-up is recorded. */
  @Get()
  @Scopes('agent', 'crm', 'privacy')
  async list(
    @Query() { person }: FilesQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RepresentationResponse[]> {
    const found = await this.representations.list(person ?? null, principal);
    return found.map((one) => RepresentationResponse.of(one));
  }

  /**
   * What a public register says about some people, beside what is on file about them: what is missing on either side, waits, or
   * differs. A register's word changes nothing by itself. The look-up is recorded.
   */
  @Post('comparisons')
  @HttpCode(200)
  @Scopes('crm', 'privacy')
  async compare(
    @Body() request: ComparisonRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ComparisonResponse> {
    const { looked_up: lookedUp, entries } = request;
    const read = entries.map((entry) => entry.toEntry());
    return ComparisonResponse.of(await this.representations.compare(lookedUp, read, principal));
  }

  /**
   * Rows of a register's extract, which is the proof of each. Every row is recorded as if it were typed, and is worth nothing until a
   * second employee has approved it. What is on file already is left as it is. The look-up is recorded, and counts as
   * one of everybody whom it names.
   */
  @Post('imports')
  @HttpCode(200)
  async import(
    @Body() request: RegisterImportRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegisterImportResponse> {
    return RegisterImportResponse.of(await this.imports.take(request.toReports(), principal));
  }

  /** One representation; the look-up is recorded. */
  @Get(':id')
  @Scopes('agent', 'crm', 'privacy')
  async get(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<RepresentationResponse> {
    return RepresentationResponse.of(await this.representations.get(id, principal));
  }

  /** Puts a proof on file: what the paper looks like and where it lies. */
  @Post(':id/evidence')
  async addEvidence(
    @Param() { id }: FileParams,
    @Body() request: EvidenceRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RepresentationResponse> {
    return RepresentationResponse.of(await this.representations.addProof(id, request.toProof(), principal));
  }

  /** The second pair of eyes: neither who recorded it nor who filed the proof. Counts from the next check on. */
  @Post(':id/approve')
  @HttpCode(200)
  async approve(
    @Param() { id }: FileParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RepresentationResponse> {
    return RepresentationResponse.of(await this.representations.approve(id, principal));
  }

  /** It is not so. */
  @Post(':id/reject')
  @HttpCode(200)
  async reject(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<RepresentationResponse> {
    return RepresentationResponse.of(await this.representations.reject(id, principal));
  }

  /** It is over, from the next check on. Saying it again changes nothing. */
  @Post(':id/revoke')
  @HttpCode(200)
  async revoke(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<RepresentationResponse> {
    return RepresentationResponse.of(await this.representations.revoke(id, principal));
  }
}
