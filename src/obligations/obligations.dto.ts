import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID, Matches } from 'class-validator';

import { IsPlainText } from '../holders/field-rules.ts';
import { type Language, OBLIGATION_TYPES, type ObligationType } from '../policy/vocabulary.ts';
import {
  NOTE_LENGTH,
  type Obligation,
  OBLIGATION_STATES,
  type ObligationState,
  RECEIPT_STATUSES,
  type ReceiptStatus,
} from './obligation.ts';
import type { Receipt } from './obligations.service.ts';

export class ObligationsParams {
  /** The call's id. */
  @IsUUID()
  call_id: string;
}

/** What became of one obligation. */
export class ReceiptRequest {
  /**
   * As it stood in the answer to the execution.
   * @example 018f4e4e-0000-4000-8000-000000000000.0.0
   */
  @Matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d{1,3}\.\d{1,2}$/, {
    message: 'must be the id of an obligation, as it stood in the answer to the execution',
  })
  obligation_id: string;

  /** `failed`: it could not be done, and is still owed. */
  @IsIn(RECEIPT_STATUSES)
  @ApiProperty({ enum: RECEIPT_STATUSES })
  status: ReceiptStatus;

  /** For colleagues, such as why it failed. 1 to 500 characters. Stored sealed. The one of the last report stands. */
  @IsOptional()
  @IsPlainText(NOTE_LENGTH)
  @ApiProperty({ required: false, minLength: 1, maxLength: NOTE_LENGTH })
  note?: string;

  toReceipt(): Receipt {
    return { obligationId: this.obligation_id, status: this.status, note: this.note ?? null };
  }
}

/** Something that came with a permit, and what became of it. */
export class OwedResponse {
  id: string;
  action: string;
  @ApiProperty({ enum: OBLIGATION_TYPES })
  type: ObligationType;
  /** What to say; null when there is nothing to say. */
  text: string | null;
  /** True: until it is `done`, nothing else of its scope is permitted in this call. */
  receipt_required: boolean;
  @ApiProperty({ enum: OBLIGATION_STATES })
  status: ObligationState;
  note: string | null;
  /** ISO 8601, UTC. */
  opened_at: string;
  /** Null while nobody has reported anything. */
  reported_at: string | null;

  static of(one: Obligation, language: Language): OwedResponse {
    return Object.assign(new OwedResponse(), {
      id: one.id,
      action: one.action,
      type: one.type,
      text: one.texts?.[language] ?? null,
      receipt_required: one.needsReceipt,
      status: one.state,
      note: one.note,
      opened_at: one.openedAt.toISOString(),
      reported_at: one.reportedAt?.toISOString() ?? null,
    });
  }
}

export class ObligationListResponse {
  obligations: OwedResponse[];

  static of(all: readonly Obligation[], language: Language): ObligationListResponse {
    return Object.assign(new ObligationListResponse(), {
      obligations: all.map((one) => OwedResponse.of(one, language)),
    });
  }
}
