import { randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { type Principal, signedInOf } from '../auth/principal.ts';
import { type Place, placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { NamedProxy } from './proxies.service.ts';
import { GrantDraftsRepository } from './grant-drafts.repository.ts';

/** What was filled in so far. */
export interface GrantAnswers {
  readonly proxy: NamedProxy;
  /** Empty until it was asked, like the next one. */
  readonly scopes: readonly string[];
  readonly contracts: readonly string[];
  /** The proxy may have somebody else do it. */
  readonly mayPassOn?: boolean;
  /** For as long as the two are partners. */
  readonly isWhilePartner?: boolean;
  /** The mandate of theirs that they pass on; left out by who gives one of their own. */
  readonly parentId?: string;
  /** Dates such as 2026-12-01; null until they were asked. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

const QUARTER = 15 * 60_000;

/**
 * What a holder fills in on the screens before a mandate exists. Kept here and sealed: the address of a page and a cookie hold
 * nothing of anybody. It is of use in its own session alone, and for two hours.
 */
@Injectable()
export class GrantDrafts {
  private readonly logger = new Logger(GrantDrafts.name);

  constructor(
    private readonly repository: GrantDraftsRepository,
    private readonly holders: HoldersService,
  ) {}

  /** @returns its id, a random one */
  async start(answers: GrantAnswers, principal: Principal): Promise<string> {
    const id = randomUUID();
    await this.save(id, answers, principal);
    return id;
  }

  async save(id: string, answers: GrantAnswers, principal: Principal): Promise<void> {
    const { id: personId, sessionId } = signedInOf(principal);
    const text = JSON.stringify(answers);
    const sealed = await this.holders.seal(this.repository.manager, personId, text, placeOfAnswers(id));
    await this.repository.save(id, sessionId, personId, sealed);
  }

  /** @throws AppError `not_found` when it is over, or another session's */
  async read(id: string, principal: Principal): Promise<GrantAnswers> {
    const { id: personId, sessionId } = signedInOf(principal);
    const sealed = await this.repository.find(id, sessionId);
    if (sealed === null) throw new AppError('not_found', 'What was filled in is gone. Begin anew.');
    const text = await this.holders.open(this.repository.manager, personId, sealed, placeOfAnswers(id));
    return JSON.parse(text) as GrantAnswers;
  }

  async drop(id: string, principal: Principal): Promise<void> {
    await this.repository.remove(id, signedInOf(principal).sessionId);
  }

  @Interval(QUARTER)
  async forget(): Promise<void> {
    try {
      await this.repository.forget();
    } catch (error) {
      this.logger.warn({ event: 'grant_drafts_not_cleared', err: error });
    }
  }
}

function placeOfAnswers(id: string): Place {
  return placeOf('grant_drafts', 'answers_sealed', id);
}
