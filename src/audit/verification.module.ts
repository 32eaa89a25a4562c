import { Module } from '@nestjs/common';

import { AuditVerifier } from './audit-verifier.ts';
import { CheckpointVerifier } from './checkpoint-verifier.ts';

/** Verifying alone: it reads the database, and needs neither keys nor the right to record anything. */
@Module({ providers: [AuditVerifier, CheckpointVerifier] })
export class VerificationModule {}
