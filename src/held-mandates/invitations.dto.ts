import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';

import type { Invitation } from './invitations.service.ts';

export class InvitationParams {
  /** The last part of the address in the invitation. */
  @IsString()
  @MaxLength(200)
  token: string;
}

export class InvitedScopeResponse {
  title: string;

  /** What it lets the proxy do; null when it is offered no more. */
  @ApiProperty({ type: String, nullable: true })
  text: string | null;

  /** What it never includes; null when it is offered no more. */
  @ApiProperty({ type: String, nullable: true })
  excludes: string | null;
}

/** What an invitation is about. */
export class InvitationResponse {
  /** Of the mandate. */
  mandate_ref: string;

  /** Name of the one to act for; null once they were erased. */
  @ApiProperty({ type: String, nullable: true })
  holder: string | null;

  /** Name of the proxy who passes the holder's mandate on, and has the code; null where the holder invites. */
  @ApiProperty({ type: String, nullable: true })
  passed_on_by: string | null;

  scopes: InvitedScopeResponse[];

  @ApiProperty({ format: 'date-time' })
  starts_at: string;

  /** It holds before this moment, and not at it. */
  @ApiProperty({ format: 'date-time' })
  ends_at: string;

  /** It can be accepted before this moment. */
  @ApiProperty({ format: 'date-time' })
  accept_before: string;

  /** 0: it can't be accepted any more. */
  tries_left: number;

  /** True: the proxy accepts it in a session of theirs, and not here. */
  needs_sign_in: boolean;

  static of(invitation: Invitation): InvitationResponse {
    const { ref, holder, giver, scopes, startsAt, endsAt, acceptBefore, triesLeft, needsSignIn } = invitation;
    return Object.assign(new InvitationResponse(), {
      mandate_ref: ref,
      holder,
      passed_on_by: giver,
      scopes: scopes.map((scope) => Object.assign(new InvitedScopeResponse(), scope)),
      starts_at: startsAt.toISOString(),
      ends_at: endsAt.toISOString(),
      accept_before: acceptBefore.toISOString(),
      tries_left: triesLeft,
      needs_sign_in: needsSignIn,
    });
  }
}
