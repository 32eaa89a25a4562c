import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.ts';
import { type ContactPoint, MINIMUM_AGE_DAYS } from '../holders/contact-point.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { PersonId } from '../policy/ids.ts';

const DAY = 24 * 60 * 60_000;
/** Of a number, for its owner to know it by. Who looks over their shoulder learns no more. */
const SHOWN_DIGITS = 3;

/** A phone number by which somebody is recognised, now or later. */
export interface RecognisedNumber {
  /** Its last digits. */
  readonly ending: string;
  /** Codes go to it, and it is worth something as the number that somebody calls from. */
  readonly counts: boolean;
  /** From when it counts, if nothing changes; null when it counts already, or when nobody has shown yet that it is theirs. */
  readonly countsFrom: Date | null;
}

/** How an employee on the phone will know that it is them. */
@Injectable()
export class RecognitionService {
  constructor(
    private readonly audit: AuditService,
    private readonly holders: HoldersService,
  ) {}

  /** The numbers that we have of this person, the oldest first. Only those in countries that codes are sent to. */
  numbers(personId: PersonId): Promise<readonly RecognisedNumber[]> {
    return this.audit.record(async (tx, now) => {
      const points = await this.holders.contactPoints(tx, personId);
      const numbers = points.filter((point) => point.kind === 'phone' && this.holders.isReachable(point));
      return { result: numbers.map((point) => recognised(point, now)), entries: [] };
    });
  }
}

function recognised({ value, verifiedAt, changedAt }: ContactPoint, now: Date): RecognisedNumber {
  const ending = value.slice(-SHOWN_DIGITS);
  const from = new Date(changedAt.getTime() + MINIMUM_AGE_DAYS.phone * DAY);
  const isShown = verifiedAt !== null && verifiedAt <= now;
  const counts = isShown && from <= now;
  return { ending, counts, countsFrom: isShown && !counts ? from : null };
}
