import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService, type AuditEntry } from '../audit/audit.service.ts';
import { ContractsRegister } from './contracts-register.ts';
import { csvLines } from './csv-lines.ts';
import { inWords, readRecord, type ImportLine, type ImportRecord } from './import-line.ts';
import { ImportsRepository } from './imports.repository.ts';
import { ndjsonLines } from './ndjson-lines.ts';
import { PeopleRegister } from './people-register.ts';

export const IMPORT_FORMATS = ['ndjson', 'csv'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export interface LineError {
  /** Beginning at 1. */
  readonly line: number;
  /** What is wrong and what would be right; never the value. */
  readonly detail: string;
}

export interface ImportReport {
  /** Lines with something on them, in this run. */
  readonly lines: number;
  /** People and contracts that were registered or changed. */
  readonly imported: number;
  readonly unchanged: number;
  /** The first 100. */
  readonly errors: readonly LineError[];
  readonly errorCount: number;
  /** The line after which an interrupted import was taken up; 0 = the whole file was read. */
  readonly resumedAfter: number;
}

export interface ImportProgress {
  /** The last line that is done. */
  readonly line: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly errorCount: number;
  /** Bytes read so far. */
  readonly bytes: number;
}

export interface ImportOptions {
  /** See `actorOf`; the command line has a name of its own. */
  readonly actor: string;
  /** SHA-256 of the whole file in hexadecimal. Without it an interrupted import begins at the beginning again. */
  readonly fileHash?: string;
  /** Called after each committed batch. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

const BATCH = 200;
const SHOWN_ERRORS = 100;

interface Pending {
  readonly records: { readonly line: number; readonly item: ImportRecord }[];
  readonly errors: LineError[];
  readonly refs: Set<string>;
  firstLine: number;
  lastLine: number;
}

/**
 * Reads a CRM's export of any size: all good lines are kept, bad ones are numbered. Some 200 lines are one recorded transaction,
 * so other requests come in between, and what is in memory stays small. People must come before the contracts
 * that name them.
 */
@Injectable()
export class ImportService {
  constructor(
    private readonly audit: AuditService,
    private readonly people: PeopleRegister,
    private readonly contracts: ContractsRegister,
    private readonly imports: ImportsRepository,
  ) {}

  /** The format is told by the name: `.csv`, else NDJSON. Interrupted, it goes on where it was when called again. */
  async importFile(
    path: string,
    options: Omit<ImportOptions, 'fileHash'> & { format?: ImportFormat },
  ): Promise<ImportReport> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const format = options.format ?? (path.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson');
    return this.importStream(createReadStream(path), format, { ...options, fileHash: hash.digest('hex') });
  }

  /**
   * @throws AppError `validation_failed` for an unusable CSV header; `unavailable` when the database fails: the lines
   * that were reported as progress are done, and the same call goes on after them
   */
  async importStream(
    source: AsyncIterable<Uint8Array>,
    format: ImportFormat,
    options: ImportOptions,
  ): Promise<ImportReport> {
    const resumedAfter = await this.#begin(format, options);
    const errors: LineError[] = [];
    let [imported, unchanged, errorCount, lines, bytes] = [0, 0, 0, 0, 0];
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of source) {
        bytes += chunk.length;
        yield chunk;
      }
    }

    let pending = emptyBatch();
    const flush = async (): Promise<void> => {
      if (pending.lastLine === 0) return;
      const done = await this.#apply(pending, options);
      imported += done.imported;
      unchanged += done.unchanged;
      errorCount += done.errors.length;
      errors.push(...done.errors.slice(0, SHOWN_ERRORS - errors.length));
      options.onProgress?.({ line: pending.lastLine, imported, unchanged, errorCount, bytes });
      pending = emptyBatch();
    };

    for await (const read of format === 'csv' ? csvLines(counted()) : ndjsonLines(counted())) {
      if (read.line <= resumedAfter) continue;
      lines += 1;
      const item = await itemOf(read);
      // Lines about the same thing are applied one after the other: the last one counts.
      const ref = typeof item === 'string' ? null : refOf(item);
      if (ref !== null && pending.refs.has(ref)) await flush();
      if (pending.firstLine === 0) pending.firstLine = read.line;
      pending.lastLine = read.line;
      if (typeof item === 'string') pending.errors.push({ line: read.line, detail: item });
      else pending.records.push({ line: read.line, item });
      if (ref !== null) pending.refs.add(ref);
      if (pending.records.length + pending.errors.length >= BATCH) await flush();
    }
    await flush();
    await this.#finish(options, { lines, imported, unchanged, errorCount });
    return { lines, imported, unchanged, errors, errorCount, resumedAfter };
  }

  #begin(format: ImportFormat, { actor, fileHash }: ImportOptions): Promise<number> {
    return this.audit.record(async (tx, now) => {
      const line = fileHash === undefined ? 0 : await this.imports.begin(tx, randomUUID(), fileHash, now);
      const body = { format, fileHash: fileHash ?? null, resumedAfter: line };
      return { result: line, entries: [{ kind: 'import.started', actor, body }] };
    });
  }

  #finish({ actor, fileHash }: ImportOptions, counts: Record<string, number>): Promise<void> {
    return this.audit.record(async (tx, now) => {
      if (fileHash !== undefined) await this.imports.finish(tx, fileHash, now);
      const body = { fileHash: fileHash ?? null, ...counts };
      return { result: undefined, entries: [{ kind: 'import.finished', actor, body }] };
    });
  }

  #apply(
    batch: Pending,
    { actor, fileHash }: ImportOptions,
  ): Promise<{ imported: number; unchanged: number; errors: LineError[] }> {
    return this.audit.record(async (tx, now) => {
      const { people, contracts, entries } = await this.#register(tx, now, actor, batch);
      const results = [...people, ...contracts];
      const refused = results
        .filter((one) => one.detail !== null)
        .map(({ line, detail }) => ({ line, detail: detail ?? '' }));
      const errors = [...batch.errors, ...refused].toSorted((a, b) => a.line - b.line);
      const changed = results.filter((one) => one.detail === null && one.isChanged);
      const imported = changed.length;
      const unchanged = results.length - refused.length - imported;
      if (fileHash !== undefined) await this.imports.advance(tx, fileHash, batch.lastLine, errors.length);
      const entry: AuditEntry = {
        kind: 'import.applied',
        actor,
        personIds: [...new Set(changed.flatMap((one) => one.personIds))],
        body: {
          fileHash: fileHash ?? null,
          firstLine: batch.firstLine,
          lastLine: batch.lastLine,
          imported,
          unchanged,
          errors: errors.length,
        },
      };
      return { result: { imported, unchanged, errors }, entries: [entry, ...entries] };
    });
  }

  /** People first: the contracts of the same batch may name them. */
  async #register(
    tx: EntityManager,
    now: Date,
    actor: string,
    batch: Pending,
  ): Promise<{ people: LineResult[]; contracts: LineResult[]; entries: AuditEntry[] }> {
    const people = batch.records.flatMap(({ line, item }) =>
      item.type === 'person' ? [{ line, record: item.record }] : [],
    );
    const contracts = batch.records.flatMap(({ line, item }) =>
      item.type === 'contract' ? [{ line, record: item.record }] : [],
    );
    const applied = await this.people.apply(
      tx,
      now,
      actor,
      people.map(({ record }) => record),
    );
    const agreed = await this.contracts.apply(
      tx,
      now,
      contracts.map(({ record }) => record),
    );
    return {
      people: people.map(({ line }, at) => {
        const { outcome, personId } = applied.results[at] ?? { outcome: 'unchanged', personId: null };
        const detail = typeof outcome === 'object' ? inWords([outcome.fault]) : null;
        return { line, detail, isChanged: outcome !== 'unchanged', personIds: personId === null ? [] : [personId] };
      }),
      contracts: contracts.map(({ line }, at) => {
        const { outcome, personIds } = agreed[at] ?? { outcome: 'unchanged', personIds: [] };
        const detail = typeof outcome === 'object' ? inWords(outcome.faults) : null;
        return { line, detail, isChanged: outcome !== 'unchanged', personIds };
      }),
      entries: applied.entries,
    };
  }
}

interface LineResult {
  readonly line: number;
  /** What is wrong with it; null when it was applied. */
  readonly detail: string | null;
  readonly isChanged: boolean;
  readonly personIds: readonly string[];
}

function emptyBatch(): Pending {
  return { records: [], errors: [], refs: new Set(), firstLine: 0, lastLine: 0 };
}

async function itemOf(line: ImportLine): Promise<ImportRecord | string> {
  return 'fault' in line ? line.fault : readRecord(line.value);
}

function refOf(item: ImportRecord): string {
  return item.type === 'person' ? `person ${item.record.crmRef}` : `contract ${item.record.contractRef}`;
}
