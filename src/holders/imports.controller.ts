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
   * Imports people and contracts from a file: NDJSON or CSV, in UTF-8, of at most 64 MiB.
   *
   * @remarks A line is a person or a contract with its reference, and otherwise what the two PUT routes take; people come before the contracts
   * that name them. A line has at most 64 KiB. All good lines are kept. The same file again goes on where it was interrupted, or
   * changes nothing. The file waits encrypted until it is done; it is not kept, and never handed out.
   *
   * NDJSON has one object a line: the body of that PUT, with `type` (`person` or `contract`) and its reference.
   *
   * CSV has commas, double quotes and a header. An empty cell is left out. The columns, in any order: `type`, which must be there; of a
   * person `crm_ref`, `kind`, `name`, `language`, `large_type`, `phone`, `phone_verified_at`, `email`, `email_verified_at`, `postal`,
   * `postal_verified_at`; of a contract `contract_ref`, `resource_type`, `joint_rule`, `holders` (references with a space between
   * them), `ended_at`; of either `property.<name>`, such as `property.product`.
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
