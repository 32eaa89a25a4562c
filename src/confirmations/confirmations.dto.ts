import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';

import { ActionRequest } from '../calls/calls.dto.ts';
import { CompiledBody } from '../http/compiled-body.ts';
import type { Attempt } from '../codes/code-answers.service.ts';
import { CODE_PURPOSES, CODE_STATES, type CodePurpose, type CodeState } from '../codes/code.ts';
import { IsLeftOutOr, IsListOf } from '../holders/field-rules.ts';
import { type Delivery, DELIVERY_FAULTS, DELIVERY_STATES, type DeliveryFault } from '../messages/delivery.ts';
import { CODE_ROUTES, type CodeRoute } from '../policy/vocabulary.ts';
import type { ConfirmationView } from './confirmations.service.ts';

/** Asks the holder, or every joint holder whose yes is missing, by one-time code. */
export class AskHolderRequest {
  /** 1 to 5 actions with their exact properties, all of which a check answers with `ask_holder`. */
  @IsListOf(() => ActionRequest)
  @ArrayMinSize(1)
  @ArrayMaxSize(5)
  actions: ActionRequest[];
}

export class ResendRequest {
  /**
   * Another road: one of the confirmation's `next_routes`. Left out: the same one again, while the code is open.
   * @example voice
   */
  @IsLeftOutOr(IsIn(CODE_ROUTES))
  @ApiProperty({ enum: CODE_ROUTES, required: false })
  route?: CodeRoute;
}

export class ConfirmationParams {
  @IsUUID()
  confirmation_id: string;
}

/** One try: the code, and what it is for. Anything that differs from what the holder was asked is a wrong code. */
@CompiledBody()
export class AttemptRequest {
  /**
   * As the holder read it out; blanks and hyphens are forgiven.
   * @example 123 456
   */
  @IsString()
  @Length(1, 32)
  code: string;

  /** The call in which the holder was asked. Left out for a code about a mandate. */
  @IsOptional()
  @IsUUID()
  call_id?: string;

  /** The exact actions that were asked, in any order. Left out for a code about a mandate. */
  @IsOptional()
  @IsListOf(() => ActionRequest)
  @ArrayMaxSize(5)
  actions?: ActionRequest[];
}

/** What became of a code's newest message. Nothing in it says where it went. */
export class DeliveryResponse {
  @ApiProperty({ enum: CODE_ROUTES })
  route: CodeRoute;
  /** `sent`: the gateway, mail server or print house has it. `dropped`: its code had ended when its turn came. */
  @ApiProperty({ enum: DELIVERY_STATES })
  state: Delivery['state'];
  /** Why it will not arrive; null unless it failed. */
  @ApiProperty({ type: String, enum: DELIVERY_FAULTS, nullable: true })
  fault: DeliveryFault | null;
}

/** What to do when no road is left. */
const WITHOUT_ROAD = ['letter', 'call_back'] as const;

/** What became of a code. It never shows the code, nor where it went. */
export class ConfirmationResponse {
  id: string;
  @ApiProperty({ enum: CODE_PURPOSES })
  purpose: CodePurpose;
  @ApiProperty({ enum: CODE_STATES })
  state: CodeState;
  @ApiProperty({ enum: CODE_ROUTES })
  route: CodeRoute;
  /** Names of the actions that it is about. */
  actions: string[];
  call_id: string | null;
  mandate_id: string | null;
  /** Tries that are left, 0 to 5. */
  tries_left: number;
  /** ISO 8601, UTC. */
  expires_at: string;
  /** When it ended, in whatever way; null while it is open. */
  answered_at: string | null;
  /** Null when nothing is known of a message. */
  @ApiProperty({ type: DeliveryResponse, nullable: true })
  delivery: DeliveryResponse | null;
  /** Other roads on which the same question could be asked now, the best first: name one to `resend`. */
  @ApiProperty({ enum: CODE_ROUTES, isArray: true })
  next_routes: CodeRoute[];
  /** When it could not be delivered and no road is left: what to offer the caller instead. */
  @ApiProperty({ enum: WITHOUT_ROAD, isArray: true })
  next_steps: (typeof WITHOUT_ROAD)[number][];

  static of(view: ConfirmationView): ConfirmationResponse {
    const { code, state, triesLeft, delivery, nextRoutes } = view;
    return Object.assign(new ConfirmationResponse(), {
      id: code.id,
      purpose: code.purpose,
      state,
      route: code.route,
      actions: code.actions.map(({ name }) => name),
      call_id: code.callId,
      mandate_id: code.mandateId,
      tries_left: triesLeft,
      expires_at: code.expiresAt.toISOString(),
      answered_at: code.answeredAt?.toISOString() ?? null,
      delivery: delivery === null ? null : { route: delivery.route, state: delivery.state, fault: delivery.fault },
      next_routes: nextRoutes,
      next_steps: state === 'undeliverable' && nextRoutes.length === 0 ? WITHOUT_ROAD : [],
    });
  }
}

/** One code for each holder who was asked. */
export class AskedHolderResponse {
  confirmations: ConfirmationResponse[];
}

/** The answer to a try. A wrong code is an answer, not an error. */
export class AttemptResponse {
  accepted: boolean;
  @ApiProperty({ enum: CODE_STATES })
  state: CodeState;
  tries_left: number;

  static of(attempt: Attempt): AttemptResponse {
    return Object.assign(
      new AttemptResponse(),
      attempt.accepted
        ? { accepted: true, state: attempt.code.state, tries_left: 0 }
        : { accepted: false, state: attempt.state, tries_left: attempt.triesLeft },
    );
  }
}

/** What the holder types on the page behind a message. */
export class PageAnswer {
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  code?: string;
}

/** The holder's no, by the button that was used. */
export class PageRefusal {
  @IsIn(['yes', 'no'])
  block: 'yes' | 'no';
}
