import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';

import { CHANGE_TYPES } from '../audit/changes.ts';
import { IsLeftOutOr, IsLine, IsMoment } from '../holders/field-rules.ts';
import {
  ATTEMPT_FAULTS,
  type AttemptFault,
  type Delivery,
  DELIVERY_STATES,
  type DeliveryState,
  DISABLED_REASONS,
  type DisabledReason,
  type Webhook,
  WEBHOOK_STATUSES,
  type WebhookStatus,
} from './webhook.ts';
import type { Shown, WebhookTerms } from './webhooks.service.ts';

const DEFAULT_PAGE = 50;
const URL_LENGTH = 500;
const DESCRIPTION_LENGTH = 200;
/** A week: long enough to change a secret everywhere. */
const MOST_OVERLAP_HOURS = 168;

export class WebhookParams {
  @IsUUID()
  id: string;
}

export class DeliveryParams extends WebhookParams {
  @IsUUID()
  delivery_id: string;
}

/** May be null, which says: all, or none. */
const IsNullOr = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined && value !== null);

/** What somebody wants to be told, and where. */
export class WebhookRequest {
  /** Where messages are posted: https, at a public address. It may hold a key in its path or query; messages are signed anyway. */
  @IsString()
  @MaxLength(URL_LENGTH)
  url: string;

  /** Which types, as in the change feed; left out or null: all, also those that come later. */
  @IsNullOr()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CHANGE_TYPES.length)
  @ArrayUnique()
  @IsIn(CHANGE_TYPES, { each: true })
  @ApiProperty({ enum: CHANGE_TYPES, isArray: true, nullable: true, required: false })
  types?: string[] | null;

  /** What people call it. */
  @IsNullOr()
  @IsLine(DESCRIPTION_LENGTH)
  @ApiProperty({ type: String, nullable: true, required: false })
  description?: string | null;

  toTerms(): WebhookTerms {
    return { url: this.url, types: this.types ?? null, description: this.description ?? null };
  }
}

/** What is left out stays as it is. */
export class WebhookChangeRequest {
  @IsLeftOutOr(IsString(), MaxLength(URL_LENGTH))
  url?: string;

  /** Null: all. */
  @IsNullOr()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CHANGE_TYPES.length)
  @ArrayUnique()
  @IsIn(CHANGE_TYPES, { each: true })
  @ApiProperty({ enum: CHANGE_TYPES, isArray: true, nullable: true, required: false })
  types?: string[] | null;

  @IsNullOr()
  @IsLine(DESCRIPTION_LENGTH)
  @ApiProperty({ type: String, nullable: true, required: false })
  description?: string | null;

  /** A disabled one is told nothing. Enabled again it is told what it missed, as far as that is kept. */
  @IsLeftOutOr(IsIn(WEBHOOK_STATUSES))
  @ApiProperty({ enum: WEBHOOK_STATUSES, required: false })
  status?: WebhookStatus;
}

export class RotationRequest {
  /** Hours for which messages are signed with the secret until now, too: 0 to 168. As configured when left out. */
  @IsLeftOutOr(IsInt(), Min(0), Max(MOST_OVERLAP_HOURS))
  overlap_hours?: number;
}

export class ReplayRequest {
  /** What happened from this moment on, and whose delivery failed, is sent again. */
  @IsMoment()
  since: string;
}

export class DeliveriesQuery {
  @IsLeftOutOr(IsIn(DELIVERY_STATES))
  @ApiProperty({ enum: DELIVERY_STATES, required: false })
  state?: DeliveryState;

  /** 1 to 100; 50 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]\d?|100)$/, { message: 'must be a number from 1 to 100' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 100, required: false })
  limit?: string;

  /** `next` of the page before. */
  @IsLeftOutOr(IsUUID())
  after?: string;

  toQuery(): { state: DeliveryState | null; limit: number; after: string | null } {
    const { state = null, after = null } = this;
    return { state, limit: this.limit === undefined ? DEFAULT_PAGE : Number(this.limit), after };
  }
}

export class WebhookResponse {
  id: string;
  url: string;
  /** Null: all. */
  @ApiProperty({ type: [String], nullable: true })
  types: readonly string[] | null;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ enum: WEBHOOK_STATUSES })
  status: WebhookStatus;
  /** Why it is disabled: `by_hand`; `gone` (its address answered 410); `failing` (nothing arrived there for days). */
  @ApiProperty({ enum: DISABLED_REASONS, nullable: true })
  disabled_reason: DisabledReason | null;
  /** Since when every try has failed; null = the last one arrived, or there was none. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  failing_since: string | null;
  /** Until when messages are signed with the secret before this one, too. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  previous_secret_until: string | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  @ApiProperty({ format: 'date-time' })
  changed_at: string;

  static of({ id, url, types, description, status, ...webhook }: Webhook): WebhookResponse {
    return Object.assign(new WebhookResponse(), {
      id,
      url,
      types,
      description,
      status,
      disabled_reason: webhook.disabledReason,
      failing_since: webhook.failingSince?.toISOString() ?? null,
      previous_secret_until: webhook.previousUntil?.toISOString() ?? null,
      created_at: webhook.createdAt.toISOString(),
      changed_at: webhook.changedAt.toISOString(),
    });
  }
}

export class WebhookSecretResponse extends WebhookResponse {
  /** What messages are signed with. Shown this once: keep it. */
  secret: string;

  static ofShown({ webhook, secret }: Shown): WebhookSecretResponse {
    return Object.assign(new WebhookSecretResponse(), WebhookResponse.of(webhook), { secret });
  }
}

export class WebhookListResponse {
  /** The first that was made comes first; 50 at most. */
  webhooks: WebhookResponse[];

  static of(webhooks: readonly Webhook[]): WebhookListResponse {
    return Object.assign(new WebhookListResponse(), {
      webhooks: webhooks.map((webhook) => WebhookResponse.of(webhook)),
    });
  }
}

export class WebhookDeliveryResponse {
  id: string;
  /** The `webhook-id` that it has on every try: the id of the change, also in the feed. */
  message_id: string;
  type: string;
  /** When that happened which it tells of. */
  @ApiProperty({ format: 'date-time' })
  at: string;
  /** `failed`: it is not tried any more. */
  @ApiProperty({ enum: DELIVERY_STATES })
  state: DeliveryState;
  attempts: number;
  /** When it is tried next. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  next_attempt_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_attempt_at: string | null;
  /** The status of the last answer; null when there was none. */
  @ApiProperty({ type: Number, nullable: true })
  last_status: number | null;
  /** What went wrong the last time. */
  @ApiProperty({ enum: ATTEMPT_FAULTS, nullable: true })
  last_fault: AttemptFault | null;

  static of(delivery: Delivery): WebhookDeliveryResponse {
    return Object.assign(new WebhookDeliveryResponse(), {
      id: delivery.id,
      message_id: delivery.messageId,
      type: delivery.type,
      at: delivery.at.toISOString(),
      state: delivery.state,
      attempts: delivery.attempts,
      next_attempt_at: delivery.dueAt?.toISOString() ?? null,
      last_attempt_at: delivery.triedAt?.toISOString() ?? null,
      last_status: delivery.lastStatus,
      last_fault: delivery.lastFault,
    });
  }
}

export class DeliveryPageResponse {
  /** The newest first. */
  deliveries: WebhookDeliveryResponse[];
  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}

export class ReplayResponse {
  /** How many are sent again. */
  replayed: number;
}
