import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type Principal, signedInOf } from '../auth/principal.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { type LifeEventRow, type LifeEventState, stateOf } from './life-event.ts';
import { LifeEventsRepository } from './life-events.repository.ts';
import { LegalFilesRepository } from './legal-files.repository.ts';
import { type RepresentationRow, type RepresentationState, stateOf as standingOf } from './representation.ts';
import { RepresentationsRepository } from './representations.repository.ts';

export interface OwnLifeEvent extends LifeEventRow {
  readonly state: LifeEventState;
}

export interface OwnRepresentation extends RepresentationRow {
  readonly state: RepresentationState;
  /** Which side the reader is on. */
  readonly side: 'holder' | 'representative';
  /** The name of the other side; null once they were erased. */
  readonly other: string | null;
}

/** What people see of their own: that something is recorded, and how it stands; not who filed which paper. */
@Injectable()
export class OwnLife {
  constructor(
    private readonly dataSource: DataSource,
    private readonly files: LegalFilesRepository,
    private readonly events: LifeEventsRepository,
    private readonly representations: RepresentationsRepository,
    private readonly holders: HoldersService,
  ) {}

  /** The newest first, 100 at most. */
  async lifeEvents(principal: Principal): Promise<readonly OwnLifeEvent[]> {
    const { manager } = this.dataSource;
    const now = await this.files.clock(manager);
    const rows = await this.events.ofPerson(manager, signedInOf(principal).id);
    return rows.map((row) => ({ ...row, state: stateOf(row, now) }));
  }

  /** On either side, the newest first, 100 at most. What was rejected was none. */
  async ownRepresentations(principal: Principal): Promise<readonly OwnRepresentation[]> {
    const { manager } = this.dataSource;
    const { id } = signedInOf(principal);
    const now = await this.files.clock(manager);
    const rows = await this.representations.ofPerson(manager, id);
    const names = await this.holders.names(manager, [...new Set(rows.map((row) => otherOf(row, id)))]);
    return rows.map((row) => ({
      ...row,
      state: standingOf(row, now),
      side: row.holderId === id ? ('holder' as const) : ('representative' as const),
      other: names.get(otherOf(row, id)) ?? null,
    }));
  }
}

function otherOf({ holderId, representativeId }: RepresentationRow, id: string): string {
  return holderId === id ? representativeId : holderId;
}
