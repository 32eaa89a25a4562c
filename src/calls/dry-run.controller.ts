import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';

import { Scopes } from '../auth/access.decorators.ts';
import { policyDocumentBody } from '../policy-documents/policy-documents.controller.ts';
import { PolicyTextPipe } from '../policy-documents/policy-text.pipe.ts';
import { DryRunQuery, DryRunResponse } from './dry-run.dto.ts';
import { DryRunService } from './dry-run.service.ts';

/** What one request may look at: it must be answered in time, beside calls that go on. */
const MOST_CHECKS = 5_000;

@ApiTags('policies')
@Controller('v1/policies/dry-run')
export class DryRunController {
  constructor(private readonly dryRun: DryRunService) {}

  /**
   * What would change: the checks of the last days, decided again under this document from what was recorded. Changes nothing. What it
   * would no longer let anybody ask, by the properties that it declares, is not looked at.
   */
  @Post()
  @HttpCode(200)
  @Scopes('admin')
  @ApiConsumes('application/json', 'text/yaml')
  @ApiBody(policyDocumentBody)
  async run(@Body(PolicyTextPipe) text: string, @Query() { days }: DryRunQuery): Promise<DryRunResponse> {
    return DryRunResponse.of(await this.dryRun.run(text, days, MOST_CHECKS));
  }
}
