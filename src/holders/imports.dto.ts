import type { ImportReport } from './import.service.ts';

/** A line that could not be used. */
export class ImportErrorResponse {
  /** Beginning at 1. */
  line: number;

  /** What is wrong, and what would be right. */
  detail: string;
}

/** What an import did. */
export class ImportResponse {
  /** Lines read. */
  lines: number;

  /** People and contracts registered or changed. */
  imported: number;

  /** Those that were as the file says. */
  unchanged: number;

  /** The first 100 lines that could not be used; all others were. */
  errors: ImportErrorResponse[];

  error_count: number;

  /** The line after which an import of the same file that was interrupted went on; 0: it was read from the beginning. */
  resumed_after: number;

  static of(report: ImportReport): ImportResponse {
    const { lines, imported, unchanged, errors, errorCount, resumedAfter } = report;
    return Object.assign(new ImportResponse(), {
      lines,
      imported,
      unchanged,
      errors,
      error_count: errorCount,
      resumed_after: resumedAfter,
    });
  }
}
