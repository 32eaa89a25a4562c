import { Module } from '@nestjs/common';

import { AuditWriter } from './audit-writer.ts';
import { AuditRetention } from './retention.service.ts';

/** Taking months out of the audit, and recording that: as the owner of the tables, and without keys. */
@Module({ providers: [AuditWriter, AuditRetention] })
export class RetentionModule {}
