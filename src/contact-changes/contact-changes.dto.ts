import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, IsUUID, Length, MaxLength } from 'class-validator';

import { AppError } from '../errors.ts';
import {
  agesAt,
  CONTACT_POINT_KINDS,
  type ContactPoint,
  type ContactPointKind,
  masked,
} from '../holders/contact-point.ts';
import { IsLeftOutOr } from '../holders/field-rules.ts';
import { VALUE_LENGTH } from '../holders/normalise.ts';
import type { ChangeAttempt, ContactWish, Side, WaitingChange } from './contact-changes.service.ts';

const SIDES = ['known', 'new'] as const satisfies readonly Side[];

export class OwnPointResponse {
  id: string;
  @ApiProperty({ enum: CONTACT_POINT_KINDS })
  kind: ContactPointKind;
  /** The last three digits, the first letter and the domain, or the first letters of an address. */
  masked: string;
  /** Codes go to it, and a change can be confirmed by it. An address of record is for letters alone. */
  is_usable: boolean;
  /** ISO 8601, UTC: when it has been unchanged long enough. */
  usable_from: string;
  /** Others read it too: nothing goes there. */
  is_shared: boolean;

  static of(point: ContactPoint, isUsable: boolean): OwnPointResponse {
    return Object.assign(new OwnPointResponse(), {
      id: point.id,
      kind: point.kind,
      masked: masked(point),
      is_usable: isUsable,
      usable_from: agesAt(point).toISOString(),
      is_shared: point.isShared,
    });
  }
}

/** What comes, what goes, or both: then one takes the place of the other. */
export class ContactChangeRequest {
  @IsLeftOutOr(IsIn(CONTACT_POINT_KINDS))
  @ApiPropertyOptional({ enum: CONTACT_POINT_KINDS })
  kind?: ContactPointKind;
  /**
   * The new one, with its `kind`; left out when one only goes.
   * @example +44 7700 900199
   */
  @IsLeftOutOr(IsString(), MaxLength(VALUE_LENGTH.postal))
  value?: string;
  /** The one that goes. An address of record is replaced by the next by itself. */
  @IsLeftOutOr(IsUUID())
  remove?: string;
  /** Where the change is confirmed: one that has aged. Left out: at what goes, or else at the best. */
  @IsLeftOutOr(IsUUID())
  confirm_at?: string;
  /** Have the codes spoken. */
  @IsLeftOutOr(IsBoolean())
  spoken?: boolean;

  /** @throws AppError `validation_failed` */
  toWish(): ContactWish {
    const { kind, value, remove, confirm_at: confirmAt, spoken = false } = this;
    if ((kind === undefined) !== (value === undefined)) {
      const missing = kind === undefined ? '/kind' : '/value';
      const faults = [{ pointer: missing, detail: 'must be given: kind and value belong together' }];
      throw new AppError('validation_failed', 'A kind without a value, or the other way about.', { faults });
    }
    const add = kind === undefined || value === undefined ? null : { kind, value };
    return { add, endedId: remove ?? null, confirmAtId: confirmAt ?? null, isSpoken: spoken };
  }
}

export class SharedRequest {
  /** Others read it too. */
  @IsBoolean()
  shared: boolean;
}

export class ChangeSideRequest {
  /** `known`: the contact point that confirms the change. `new`: the one that comes. */
  @IsIn(SIDES)
  @ApiProperty({ enum: SIDES })
  side: Side;
}

export class ChangeCodeRequest extends ChangeSideRequest {
  @IsLeftOutOr(IsBoolean())
  spoken?: boolean;
}

export class ChangeAttemptRequest extends ChangeSideRequest {
  /**
   * Blanks and hyphens are forgiven.
   * @example 123 456
   */
  @IsString()
  @Length(1, 32)
  code: string;
}

export class ContactChangeParams {
  @IsUUID()
  id: string;
}

/** A change that waits for its codes. */
export class ContactChangeResponse {
  id: string;
  @ApiProperty({ enum: CONTACT_POINT_KINDS })
  kind: ContactPointKind;
  /** What comes, masked; null when one only goes. */
  @ApiProperty({ type: String, nullable: true })
  added: string | null;
  /** What goes, masked; null when one only comes. */
  @ApiProperty({ type: String, nullable: true })
  ended: string | null;
  /** Where the first code went, masked. */
  @ApiProperty({ type: String, nullable: true })
  known: string | null;
  is_known_confirmed: boolean;
  is_new_confirmed: boolean;
  /** ISO 8601, UTC. */
  expires_at: string;

  static of(change: WaitingChange): ContactChangeResponse {
    const text = (point: ContactPoint | null): string | null => (point === null ? null : masked(point));
    return Object.assign(new ContactChangeResponse(), {
      id: change.id,
      kind: change.kind,
      added: text(change.added),
      ended: text(change.ended),
      known: text(change.known),
      is_known_confirmed: change.isKnownConfirmed,
      is_new_confirmed: change.isNewConfirmed,
      expires_at: change.expiresAt.toISOString(),
    });
  }
}

export class OwnPointsResponse {
  contact_points: OwnPointResponse[];
  /** Changes that wait for their codes. */
  waiting: ContactChangeResponse[];

  static of(
    points: readonly ContactPoint[],
    usable: readonly string[],
    waiting: readonly WaitingChange[],
  ): OwnPointsResponse {
    return Object.assign(new OwnPointsResponse(), {
      contact_points: points.map((point) => OwnPointResponse.of(point, usable.includes(point.id))),
      waiting: waiting.map((change) => ContactChangeResponse.of(change)),
    });
  }
}

export class ChangeAttemptResponse {
  accepted: boolean;
  /** The change is made: the other code was right before. */
  done: boolean;
  tries_left: number;

  static of(attempt: ChangeAttempt): ChangeAttemptResponse {
    return Object.assign(
      new ChangeAttemptResponse(),
      attempt.accepted
        ? { accepted: true, done: attempt.isDone, tries_left: 0 }
        : { accepted: false, done: false, tries_left: attempt.triesLeft },
    );
  }
}

const LINE = 400;

export class SharedForm {
  @IsLeftOutOr(IsString(), MaxLength(LINE))
  shared?: string;
}

/** The same from a page. */
export class ContactForm {
  @IsLeftOutOr(IsString(), MaxLength(LINE))
  value?: string;
  @IsLeftOutOr(IsString(), MaxLength(LINE))
  remove?: string;
  @IsLeftOutOr(IsString(), MaxLength(LINE))
  confirm_at?: string;
  @IsLeftOutOr(IsString(), MaxLength(LINE))
  how?: string;
}

export class ChangeCodeForm {
  @IsLeftOutOr(IsString(), MaxLength(LINE))
  side?: string;
  @IsLeftOutOr(IsString(), MaxLength(LINE))
  code?: string;
  @IsLeftOutOr(IsString(), MaxLength(LINE))
  how?: string;
}
