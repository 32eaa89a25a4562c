import { Global, Module } from '@nestjs/common';

import { Config } from '../config/config.ts';
import { AuditReader } from './audit-reader.ts';
import { AuditVerifier } from './audit-verifier.ts';
import { AuditWriter } from './audit-writer.ts';
import { AuditService } from './audit.service.ts';
import { CheckpointFolder } from './checkpoint-folder.ts';
import { CheckpointKeys } from './checkpoint-keys.ts';
import { CheckpointProofs } from './checkpoint-proof.ts';
import { CheckpointVerifier } from './checkpoint-verifier.ts';
import { CheckpointRunner } from './checkpoint.runner.ts';
import { CheckpointService } from './checkpoint.service.ts';
import { CheckpointsController } from './checkpoints.controller.ts';
import { AuditPartitions } from './partitions.service.ts';
import { AuditRetention } from './retention.service.ts';

/** Global: whatever changes something records it. */
@Global()
@Module({
  controllers: [CheckpointsController],
  providers: [
    AuditPartitions,
    AuditWriter,
    AuditService,
    AuditReader,
    AuditVerifier,
    AuditRetention,
    {
      provide: CheckpointKeys,
      inject: [Config],
      useFactory: (config: Config) => new CheckpointKeys(config.checkpointKeys),
    },
    CheckpointService,
    CheckpointFolder,
    CheckpointProofs,
    CheckpointVerifier,
    CheckpointRunner,
  ],
  exports: [
    AuditWriter,
    AuditService,
    AuditReader,
    AuditVerifier,
    AuditRetention,
    CheckpointKeys,
    CheckpointService,
    CheckpointFolder,
    CheckpointProofs,
    CheckpointVerifier,
  ],
})
export class AuditModule {}
