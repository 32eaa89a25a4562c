import { ApiProperty } from '@nestjs/swagger';

import {
  LIFE_EVENT_KINDS,
  type LifeEventKind,
  REPRESENTATION_KINDS,
  type RepresentationKind,
} from '../policy/vocabulary.ts';
import { LIFE_EVENT_STATES, type LifeEventState } from './life-event.ts';
import type { OwnLifeEvent, OwnRepresentation } from './own-life.service.ts';
import { REPRESENTATION_STATES, type RepresentationState } from './representation.ts';

/** What is recorded about the reader. Not right? Question the entry of their activity with the same id. */
export class OwnLifeEventResponse {
  /** Also of the entry in the activity that tells it. */
  id: string;
  @ApiProperty({ enum: LIFE_EVENT_KINDS })
  kind: LifeEventKind;
  /** True: this says that such an event is over, or never was. */
  is_reversal: boolean;
  @ApiProperty({ enum: LIFE_EVENT_STATES })
  state: LifeEventState;
  @ApiProperty({ format: 'date' })
  occurred_on: string;
  @ApiProperty({ format: 'date-time' })
  recorded_at: string;
  /** A report suspends until then; null = it does not. */
  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  suspends_until: string | null;

  static of(event: OwnLifeEvent): OwnLifeEventResponse {
    const { id, kind, reversesId, state, occurredOn, recordedAt, suspendsUntil } = event;
    return Object.assign(new OwnLifeEventResponse(), {
      id,
      kind,
      is_reversal: reversesId !== null,
      state,
      occurred_on: occurredOn,
      recorded_at: recordedAt.toISOString(),
      suspends_until: suspendsUntil?.toISOString() ?? null,
    });
  }
}

/** Who represents the reader by law, or whom they represent. */
export class OwnRepresentationResponse {
  /** Also of the entry in the activity that tells it. */
  id: string;
  @ApiProperty({ enum: REPRESENTATION_KINDS })
  kind: RepresentationKind;
  /** Which side the reader is on. */
  @ApiProperty({ enum: ['holder', 'representative'] })
  side: 'holder' | 'representative';
  /** The name of the other side; null once they were erased. */
  @ApiProperty({ type: String, nullable: true })
  other: string | null;
  @ApiProperty({ enum: REPRESENTATION_STATES })
  state: RepresentationState;
  @ApiProperty({ format: 'date-time' })
  starts_at: string;
  @ApiProperty({ format: 'date-time' })
  ends_at: string;

  static of(one: OwnRepresentation): OwnRepresentationResponse {
    const { id, kind, side, other, state, startsAt, endsAt } = one;
    return Object.assign(new OwnRepresentationResponse(), {
      id,
      kind,
      side,
      other,
      state,
      starts_at: startsAt.toISOString(),
      ends_at: endsAt.toISOString(),
    });
  }
}
