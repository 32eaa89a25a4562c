import { Global, Module } from '@nestjs/common';

import { AuditReader } from './audit-reader.ts';
import { AuditVerifier } from './audit-verifier.ts';
import { AuditWriter } from './audit-writer.ts';
import { AuditService } from './audit.service.ts';

/** Global: whatever changes something records it. */
@Global()
@Module({
  providers: [AuditWriter, AuditService, AuditReader, AuditVerifier],
  exports: [AuditService, AuditReader, AuditVerifier],
})
export class AuditModule {}
