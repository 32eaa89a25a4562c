import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsObject, IsString, MaxLength } from 'class-validator';

import { IsLeftOutOr, IsListOf, IsObjectOf } from '../holders/field-rules.ts';
import { type ItemStatus, TASK_STATUSES, type TaskStatus } from './access-request.ts';
import { type HandedApproval, handedApproval } from './approvals.ts';
import type { TaskView } from './access-requests.service.ts';
import { IdentifiedEntity, NamedAction } from './authzen.dto.ts';
import type { PresentedDenial } from './denials.ts';

// The wire of the Access Request and Approval Profile 1.0, draft. Fields that are not here are ignored.

const ANYTHING: ApiPropertyOptions = { type: 'object', additionalProperties: true };

/** What the denied evaluation said, given back as it came. */
export class DenialRequest implements PresentedDenial {
  @IsLeftOutOr()
  @IsString()
  @MaxLength(200)
  evaluation_id?: string;

  /** `access_request.expires_at`. */
  @IsLeftOutOr()
  @IsString()
  @MaxLength(40)
  expires_at?: string;

  @IsLeftOutOr()
  @IsString()
  @MaxLength(4_000)
  binding_token?: string;
}

/** `requested_until`: no longer than that. Other members are ignored. */
export type RequestedAccess = Readonly<Record<string, unknown>>;

/** One action of several. */
export class AccessRequestItem {
  @IsObjectOf(() => IdentifiedEntity)
  resource: IdentifiedEntity;

  @IsObjectOf(() => NamedAction)
  action: NamedAction;

  /** Left out: the one at the top, where it is about this. */
  @IsLeftOutOr()
  @IsObjectOf(() => DenialRequest)
  denial?: DenialRequest;

  @IsLeftOutOr()
  @IsObject()
  @ApiPropertyOptional(ANYTHING)
  requested_access?: RequestedAccess;
}

/** Asks the holder to lift a denial: `resource` and `action`, or up to 5 `items`, all in one call. */
export class AccessRequestSubmission {
  @IsObjectOf(() => IdentifiedEntity)
  subject: IdentifiedEntity;

  @IsLeftOutOr()
  @IsObjectOf(() => IdentifiedEntity)
  resource?: IdentifiedEntity;

  @IsLeftOutOr()
  @IsObjectOf(() => NamedAction)
  action?: NamedAction;

  @IsLeftOutOr()
  @IsListOf(() => AccessRequestItem)
  @ArrayMinSize(1)
  @ArrayMaxSize(5)
  items?: AccessRequestItem[];

  /** As it was denied: `call_id` alone means something here. */
  @IsLeftOutOr()
  @IsObject()
  @ApiPropertyOptional(ANYTHING)
  context?: Record<string, unknown>;

  @IsLeftOutOr()
  @IsObjectOf(() => DenialRequest)
  denial?: DenialRequest;

  @IsLeftOutOr()
  @IsObject()
  @ApiPropertyOptional({ ...ANYTHING, example: { requested_until: '2027-01-31T12:00:00Z' } })
  requested_access?: RequestedAccess;

  /**
   * `endpoint`, one of those that the operator allows, is told once of the request's end: by a message that is signed like a webhook's. `state` goes
   * back with it; `events` are the ends to be told, every one when left out.
   */
  @IsLeftOutOr()
  @IsObject()
  @ApiPropertyOptional({ ...ANYTHING, example: { endpoint: 'https://crm.example.nl/hooks/requests', state: 'c-17' } })
  callback?: Record<string, unknown>;

  /** `actor` can be the agent of the request alone; other members are ignored. */
  @IsLeftOutOr()
  @IsObject()
  @ApiPropertyOptional(ANYTHING)
  client?: Record<string, unknown>;
}

/** Goes back unchanged, as `context.approval` of the next evaluation. It opens nothing by itself. */
export class ApprovalResponse implements HandedApproval {
  id: string;
  /** ISO 8601, UTC. */
  approved_at: string;
  /** ISO 8601, UTC. It may count for less long, never for longer. */
  approved_until: string;
}

export class ResultResponse {
  @ApiProperty({ enum: ['reevaluate'] })
  mode: 'reevaluate';
  approval: ApprovalResponse;
}

const ITEM_STATUSES = TASK_STATUSES.filter((status): status is ItemStatus => status !== 'partial');

export class TaskItemResponse {
  resource: IdentifiedEntity;
  action: NamedAction;
  @ApiProperty({ enum: ITEM_STATUSES })
  status: ItemStatus;
  /** With `approved` alone. */
  result?: ResultResponse;
}

class TaskLinks {
  cancel: string;
}

export class TaskResponse {
  id: string;
  @ApiProperty({ enum: TASK_STATUSES })
  status: TaskStatus;
  status_endpoint: string;
  /** When the call ends at the latest; there is nothing to see here from then on. */
  expires_at: string;
  links: TaskLinks;
  /** For a request with `items`, in their order. */
  items?: TaskItemResponse[];
}

export class AccessRequestResponse {
  task: TaskResponse;
  /** With `approved`, for a request without `items`. */
  result?: ResultResponse;

  /** @param endpoint where requests are made */
  static of({ request, properties }: TaskView, endpoint: string): AccessRequestResponse {
    const address = `${endpoint}/${request.id}`;
    const results = request.items.map((_, place) => resultOf(handedApproval(request.approvalId, request.items, place)));
    const items = request.items.map(({ resource, action, channel, status }, place) => {
      const given = { ...properties.get(action), ...(channel === null ? {} : { channel }) };
      const named = { name: action, ...(Object.keys(given).length === 0 ? {} : { properties: given }) };
      return { resource, action: named, status, ...results[place] };
    });
    return Object.assign(new AccessRequestResponse(), {
      task: {
        id: request.id,
        status: request.status,
        status_endpoint: address,
        expires_at: request.expiresAt.toISOString(),
        links: { cancel: `${address}/cancel` },
        ...(request.isList ? { items } : {}),
      },
      ...(request.isList ? {} : results[0]),
    });
  }
}

function resultOf(approval: HandedApproval | null): { readonly result?: ResultResponse } {
  return approval === null ? {} : { result: { mode: 'reevaluate', approval } };
}
