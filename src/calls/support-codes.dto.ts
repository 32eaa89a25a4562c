import { ApiProperty } from '@nestjs/swagger';

import type { SupportCode } from '../codes/support-codes.service.ts';

/** To read out to an employee, by whoever called us themselves. */
export class SupportCodeResponse {
  /** Six digits, good for once. */
  code: string;
  /** Of the session in which it was asked for. It identifies at 2 or 3, never more. */
  @ApiProperty({ type: 'integer', minimum: 2, maximum: 4 })
  strength: number;
  /** ISO 8601, UTC: ten minutes after it was asked for, or with the session. */
  expires_at: string;

  static of({ code, strength, expiresAt }: SupportCode): SupportCodeResponse {
    return Object.assign(new SupportCodeResponse(), { code, strength, expires_at: expiresAt.toISOString() });
  }
}
