import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { UPLOAD_TYPES, UploadReader } from './import-upload.ts';
import { ImportResponse } from './imports.dto.ts';
import { ImportService } from './import.service.ts';

@ApiTags('people and contracts')
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly uploads: UploadReader,
    private readonly imports: ImportService,
  ) {}

  /**
   * Imports people and contracts, at most 64 MiB a request. A line is a person or a contract with its reference, and otherwise
   * what the two PUT routes take; people come before the contracts that name them. All good lines are kept. The same
   * file again goes on where it was interrupted, or changes nothing.
   */
  @Post()
  @Scopes('crm', 'admin')
  @HttpCode(200)
  @ApiConsumes(...Object.keys(UPLOAD_TYPES))
  @ApiBody({ schema: { type: 'string' } })
  @ApiOkResponse({ type: ImportResponse })
  async import(@Req() request: FastifyRequest, @CurrentPrincipal() principal: Principal): Promise<ImportResponse> {
    const upload = this.uploads.uploadOf(request);
    const report = await this.uploads.withFile(upload, (source, fileHash) =>
      this.imports.importStream(source, upload.format, { actor: actorOf(principal), fileHash }),
    );
    return ImportResponse.of(report);
  }
}
