import { Injectable } from '@nestjs/common';

import type { Principal } from '../auth/principal.ts';
import type { Fault } from '../errors.ts';
import { lookUpEntries, LookUps, type Named } from '../reach/look-ups.service.ts';
import { employeeOf } from './legal-files.service.ts';
import { type ReportedRepresentation, RepresentationsService } from './representations.service.ts';

export const IMPORT_OUTCOMES = ['proposed', 'on_file', 'differs', 'decided_before', 'refused'] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

/** What became of one row. */
export interface ImportedRow {
  readonly outcome: ImportOutcome;
  /** What waits now, or is on file; null where it was refused. */
  readonly representationId: string | null;
  readonly faults: readonly Fault[];
}

/**
 * Rows of a register's extract, brought in by an employee. Each is recorded like one that is typed: worth nothing until a second
 * employee has approved it, and edited by nobody. A row that is wrong keeps no other from coming in, and the same file twice
 * records nothing twice: not what waits or counts, nor what a colleague has rejected or revoked.
 */
@Injectable()
export class RepresentationImports {
  constructor(
    private readonly lookUps: LookUps,
    private readonly representations: RepresentationsService,
  ) {}

  /** @throws AppError `rate_limited` when it names more people than may be looked up for now; nothing is recorded then */
  async take(reports: readonly ReportedRepresentation[], principal: Principal): Promise<readonly ImportedRow[]> {
    employeeOf(principal);
    const people = await this.#lookUp(reports, principal);
    const rows: ImportedRow[] = [];
    for (const report of reports) {
      const taken = await this.representations.propose(report, people, principal);
      const { outcome } = taken;
      if (taken.outcome === 'refused') rows.push({ outcome, representationId: null, faults: taken.faults });
      else rows.push({ outcome, representationId: taken.id, faults: [] });
    }
    return rows;
  }

  /** Whether a reference is anybody's is told: so all of them are looked up, before any row is recorded. */
  #lookUp(reports: readonly ReportedRepresentation[], principal: Principal): Promise<Named> {
    const refs = reports.flatMap(({ holder, representative }) => [holder, representative]);
    return this.lookUps.ofAll<Named>(refs, principal, (_tx, _now, people) => {
      const entries = lookUpEntries(principal, people, { what: 'representations', isFound: true });
      return Promise.resolve({ result: people, entries });
    });
  }
}
