import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { Preferences } from '../holders/person.ts';
import { DeliveryRoutes } from '../messages/delivery-routes.ts';
import { SessionsService } from '../sessions/sessions.service.ts';

/** Null of a choice: as it was. */
export type ChosenPreferences = Omit<Preferences, 'refusedRecordings'> & {
  readonly refusedRecordings: Preferences['refusedRecordings'] | null;
};

/** How somebody wants to be treated, as they say themselves. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly holders: HoldersService,
    private readonly routes: DeliveryRoutes,
    private readonly sessions: SessionsService,
  ) {}

  async get(principal: Principal): Promise<Preferences> {
    return this.holders.describe(this.dataSource.manager, signedInOf(principal).id);
  }

  /**
   * Whoever can silence somebody's messages can act behind their back, so this asks for a fresh proof.
   *
   * @param mayBeUnreachable they know that no message will reach them any more
   * @throws AppError `proof_required`, `validation_failed` when no road is left and they have not said that they know
   */
  async save(principal: Principal, chosen: ChosenPreferences, mayBeUnreachable: boolean): Promise<void> {
    const person = signedInOf(principal);
    await this.audit.record(async (tx, now) => {
      await this.sessions.requireProof(tx, now, person, 'change');
      const before = await this.holders.describe(tx, person.id);
      const preferences = { ...chosen, refusedRecordings: chosen.refusedRecordings ?? before.refusedRecordings };
      const news = { level: 0, byLetter: true, isNews: true } as const;
      const waysBefore = await this.routes.ways(tx, person.id, now, news);
      await this.holders.savePreferences(tx, person.id, preferences);
      const after = await this.routes.ways(tx, person.id, now, news);
      if (waysBefore.length > 0 && after.length === 0 && !mayBeUnreachable) throw unreachable();
      const { language, isLargeType, declinedRoutes, safeHours, refusedRecordings } = preferences;
      const entry: AuditEntry = {
        kind: 'preferences.changed',
        actor: actorOf(principal),
        personIds: [person.id],
        body: { language, isLargeType, declinedRoutes, safeHours, refusedRecordings, isReached: after.length > 0 },
      };
      return { result: undefined, entries: [entry] };
    });
  }
}

function unreachable(): AppError {
  const detail = 'leaves no road by which a message could reach you; say unreachable: true if that is meant';
  return new AppError('validation_failed', 'No message would reach you any more.', {
    faults: [{ pointer: '/declined', detail }],
  });
}
