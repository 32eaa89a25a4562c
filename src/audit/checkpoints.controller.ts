import { Controller, Get, Param } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';

import { Public, Scopes } from '../auth/access.decorators.ts';
import { CheckpointKeys } from './checkpoint-keys.ts';
import { CheckpointProofs } from './checkpoint-proof.ts';
import { AuditRecordParams, CheckpointKeysResponse, InclusionProofResponse } from './checkpoints.dto.ts';

@ApiTags('audit')
@Controller('v1/audit')
export class CheckpointsController {
  constructor(
    private readonly keys: CheckpointKeys,
    private readonly proofs: CheckpointProofs,
  ) {}

  /** The public keys with which anybody can check a checkpoint or a proof. Keep a copy: this service may be what is doubted. */
  @Get('checkpoint-keys')
  @Public()
  checkpointKeys(): CheckpointKeysResponse {
    return CheckpointKeysResponse.of(this.keys.jwks.keys);
  }

  /** The proof that one record was in the audit when the newest checkpoint was signed. */
  @Get('records/:record_id/proof')
  @ApiConflictResponse()
  @Scopes('privacy')
  async proof(@Param() { record_id }: AuditRecordParams): Promise<InclusionProofResponse> {
    return InclusionProofResponse.of(await this.proofs.prove(record_id, false));
  }
}
