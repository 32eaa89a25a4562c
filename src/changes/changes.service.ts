import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import type { EntityManager } from 'typeorm';

import { CHANGE_TYPES } from '../audit/changes.ts';
import { AppError } from '../errors.ts';
import { type DatedPlace, readToken, tokenOf } from './change-token.ts';
import { ChangesRepository, DAYS_KEPT } from './changes.repository.ts';
import { told, type ToldChange } from './told-change.ts';

export interface ChangesPage {
  readonly changes: readonly ToldChange[];
  /** Where to go on. */
  readonly next: string;
  readonly hasMore: boolean;
}

/** Whoever looks people up reads this feed: they must not hear that somebody is made up. Webhooks are the admin's. */
const FEED_TYPES = CHANGE_TYPES.filter((type) => type !== 'incident.canary');

/** Before everything. */
const BEGINNING = { epoch: 0, tx: '0', n: '0' } as const;
/** Instead of a token: from now on. */
const NOW = 'now';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What changed, for subscribers: written with each change, read in an order in which nothing comes in between later. */
@Injectable()
export class ChangesService {
  private readonly logger = new Logger(ChangesService.name);

  constructor(private readonly repository: ChangesRepository) {}

  /**
   * @param after a token; `now`; null = from the oldest that is kept
   * @param types null = all
   * @param limit 1 to 100
   * @throws AppError `validation_failed` for a token or a type that is none; `invalid_state` for one that is too old
   */
  async after(after: string | null, types: readonly string[] | null, limit: number): Promise<ChangesPage> {
    const unknown = types?.find((type) => !FEED_TYPES.includes(type));
    if (unknown !== undefined) {
      const detail = `There is no type "${unknown}"; there are ${FEED_TYPES.join(', ')}.`;
      throw new AppError('validation_failed', detail, { faults: [{ pointer: '/types', detail }] });
    }
    const latest = await this.repository.latest();
    if (after === NOW) return { changes: [], next: tokenOf(latest), hasMore: false };
    const place = after === null ? { ...BEGINNING, at: latest.at } : readToken(after, '/after');
    requireKept(place, latest.at);
    const { rows, last, isCut } = await this.repository.after(place, types ?? FEED_TYPES, limit + 1);
    const shown = rows.slice(0, limit);
    // With nothing new of these types the place moves on all the same: else it would become too old. What settled between the
    // two statements was walked over and told: it must not be told again.
    const seen = isCut && last !== null ? last : [latest, last ?? place].reduce(furthest, place);
    const isFull = rows.length > limit;
    return {
      changes: shown.map(told),
      next: tokenOf(isFull ? (shown.at(-1) ?? seen) : seen),
      hasMore: isFull || isCut,
    };
  }

  /**
   * For whoever has heard of a change: this service must have seen it too.
   *
   * @throws AppError `unavailable` when it has not (yet), `validation_failed` for a token that is none
   */
  async requireSeen(token: string, pointer: string): Promise<void> {
    if (await this.repository.isSeen(readToken(token, pointer))) return;
    throw new AppError('unavailable', 'What this token stands for has not arrived here.', { retryAfter: 1 });
  }

  /** After a restore: numbers of transactions may begin anew, so what comes now comes after all that was. */
  beginEpoch(tx: EntityManager, now: Date): Promise<void> {
    return this.repository.beginEpoch(tx, now);
  }

  /** Never fails: what couldn't be cleared is tried again an hour later. Of several processes each takes what it finds. */
  @Interval(HOUR)
  async clear(): Promise<void> {
    try {
      await this.repository.clear();
    } catch (error) {
      this.logger.warn({ event: 'past_changes_not_cleared', err: error });
    }
  }
}

function requireKept({ at }: DatedPlace, now: Date): void {
  if (now.getTime() - at.getTime() < DAYS_KEPT * DAY) return;
  const detail = `Changes are kept for ${DAYS_KEPT} days: read everything anew, and go on from after=now.`;
  throw new AppError('invalid_state', detail);
}

function isBefore(one: DatedPlace, other: DatedPlace): boolean {
  if (one.epoch !== other.epoch) return one.epoch < other.epoch;
  if (one.tx !== other.tx) return BigInt(one.tx) < BigInt(other.tx);
  return BigInt(one.n) < BigInt(other.n);
}

function furthest(one: DatedPlace, other: DatedPlace): DatedPlace {
  return isBefore(one, other) ? other : one;
}
