import { Injectable } from '@nestjs/common';

import { actorOf, type Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import type { PersonId } from '../policy/ids.ts';
import { LookUps } from '../reach/look-ups.service.ts';
import { SessionsService } from '../sessions/sessions.service.ts';

/** Signing somebody out for them, who says that somebody else is in. */
@Injectable()
export class SignOuts {
  constructor(
    private readonly lookUps: LookUps,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Ends all sessions of this person, in every process. It is a look-up too, as it tells whether there is such a person.
   *
   * @throws AppError `not_found`, `rate_limited`
   */
  signOut(personRef: string, principal: Principal): Promise<void> {
    const actor = actorOf(principal);
    return this.lookUps.of<void>(personRef, principal, async (tx, now, personId) => {
      const body = { what: 'sessions', isFound: personId !== null };
      if (personId === null) {
        const nobody = new AppError('not_found', 'Nobody has this reference.');
        return { result: nobody, entries: [lookUpEntry(actor, [], body)] };
      }
      await this.sessions.holdSignIns(tx, personId as PersonId);
      const ended = await this.sessions.endAll(tx, now, personId as PersonId, { but: null, actor });
      return { result: undefined, entries: [lookUpEntry(actor, [personId], body), ...ended] };
    });
  }
}
