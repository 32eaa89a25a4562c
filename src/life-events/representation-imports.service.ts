import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { AppError, type Fault } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import { employeeOf } from './legal-files.service.ts';
import { type ReportedRepresentation, RepresentationsService } from './representations.service.ts';

export const IMPORT_OUTCOMES = ['proposed', 'on_file', 'refused'] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

/** What became of one row. */
export interface ImportedRow {
  readonly outcome: ImportOutcome;
  /** Null where nothing was recorded. */
  readonly representationId: string | null;
  readonly faults: readonly Fault[];
}

/**
 * Rows of a register's extract, brought in by an employee. Each is recorded like one that is typed: worth nothing until a second
 * employee has approved it, and edited by nobody. A row that is wrong keeps no other from coming in, and the same file twice
 * records nothing twice.
 */
@Injectable()
export class RepresentationImports {
  constructor(
    private readonly audit: AuditService,
    private readonly holders: HoldersService,
    private readonly representations: RepresentationsService,
  ) {}

  async take(reports: readonly ReportedRepresentation[], principal: Principal): Promise<readonly ImportedRow[]> {
    employeeOf(principal);
    await this.#lookUp(reports, principal);
    const rows: ImportedRow[] = [];
    for (const report of reports) rows.push(await this.#one(report, principal));
    return rows;
  }

  /** Whether a reference is anybody's is told: so it is a look-up, of those who are. */
  async #lookUp(reports: readonly ReportedRepresentation[], principal: Principal): Promise<void> {
    await this.audit.record(async (tx) => {
      const found = new Set<string>();
      for (const ref of new Set(reports.flatMap(({ holder, representative }) => [holder, representative]))) {
        const person = await this.holders.personByRef(tx, ref);
        if (person !== null) found.add(person.id);
      }
      const looked = { what: 'representations', isFound: found.size > 0 };
      return { result: undefined, entries: [lookUpEntry(actorOf(principal), [...found], looked)] };
    });
  }

  async #one(report: ReportedRepresentation, principal: Principal): Promise<ImportedRow> {
    try {
      const { id } = await this.representations.record(report, principal);
      return { outcome: 'proposed', representationId: id, faults: [] };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'conflict') return { outcome: 'on_file', representationId: null, faults: [] };
      if (error.code !== 'validation_failed') throw error;
      return { outcome: 'refused', representationId: null, faults: error.faults };
    }
  }
}
