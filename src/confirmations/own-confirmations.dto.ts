import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';

import { CODE_STATES, type CodeState, isBySession } from '../codes/code.ts';
import { IsLeftOutOr } from '../holders/field-rules.ts';
import type { ConfirmationPageView } from './confirmations.service.ts';

/** Your yes. */
export class ApproveMyConfirmationRequest {
  /**
   * The code that you got, when the session is below strength 3; blanks and hyphens are forgiven. Nobody looks at it in a
   * stronger one.
   * @example 123 456
   */
  @IsLeftOutOr(IsString(), Length(1, 32))
  code?: string;
}

/** Your no. */
export class DeclineMyConfirmationRequest {
  /** Also keep whoever asked from arranging anything for you, from now on. */
  @IsLeftOutOr(IsIn([true, false]))
  @ApiProperty({ type: Boolean, required: false })
  block?: boolean;
}

/** One of the details of an action. */
export class AskedPropertyResponse {
  /** Its name, in words. */
  title: string;
  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] })
  value: string | number | boolean;
}

/** One of the things that somebody wants done. */
export class AskedActionResponse {
  /** In words. */
  title: string;
  @ApiProperty({ type: AskedPropertyResponse, isArray: true })
  properties: AskedPropertyResponse[];
}

/** Somebody is in contact with us and wants this done; it waits for your answer. */
export class MyConfirmationResponse {
  id: string;
  @ApiProperty({ enum: CODE_STATES })
  state: CodeState;
  @ApiProperty({ type: AskedActionResponse, isArray: true })
  actions: AskedActionResponse[];
  /** Who asks: `you` yourself, or somebody else. */
  @ApiProperty({ enum: ['you', 'somebody_else'] })
  asked_by: 'you' | 'somebody_else';
  /** Their name, when it is somebody else and we know it. */
  @ApiProperty({ type: String, nullable: true })
  caller: string | null;
  /** The organisation for which you and the caller speak together; null = it is asked of you for yourself. */
  @ApiProperty({ type: String, nullable: true })
  behalf: string | null;
  /** By which our employee is known; null when they are not known any more. */
  @ApiProperty({ type: String, nullable: true })
  agent: string | null;
  /** Digits of the code that went to you, 6 to 10; 0 = there is none. */
  digits: number;
  /** True: there is no code for this. Sign in at strength 3 to say yes. */
  by_session: boolean;
  /** Tries that are left, 0 to 5. */
  tries_left: number;
  /** ISO 8601, UTC. */
  expires_at: string;

  static of({ code, state, actions, caller, agent, triesLeft }: ConfirmationPageView): MyConfirmationResponse {
    return Object.assign(new MyConfirmationResponse(), {
      id: code.id,
      state,
      actions: actions.map(({ title, properties }) => ({
        title,
        properties: properties.map((property) => ({ title: property.title, value: property.value })),
      })),
      asked_by: caller.is === 'recipient' ? 'you' : 'somebody_else',
      caller: caller.is === 'recipient' ? null : caller.name,
      behalf: caller.is === 'recipient' ? null : (caller.behalf ?? null),
      agent: agent?.pseudonym ?? null,
      digits: isBySession(code) ? 0 : code.digits,
      by_session: isBySession(code),
      tries_left: triesLeft,
      expires_at: code.expiresAt.toISOString(),
    });
  }
}
