import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { AppError } from '../errors.ts';
import type { ContactPointKind } from './contact-point.ts';
import { LINE_LIMIT, type ImportLine } from './import-line.ts';

/** `property.product` and the like come on top of these. Empty cells mean "left out". */
export const CSV_COLUMNS = [
  'type',
  'crm_ref',
  'kind',
  'name',
  'language',
  'large_type',
  'phone',
  'phone_verified_at',
  'email',
  'email_verified_at',
  'postal',
  'postal_verified_at',
  'contract_ref',
  'resource_type',
  'joint_rule',
  'holders',
  'ended_at',
] as const;

const PROPERTY_COLUMN = /^property\.([a-z][a-z0-9_]{0,39})$/;

/** What the decoder puts for bytes that are no UTF-8, such as the "ë" of an export in Windows-1252. */
const UNREADABLE = '\uFFFD';
const NOT_UTF8 = 'is not valid UTF-8';

type Row = Record<string, string | undefined>;

/**
 * A table with a header; commas, double quotes, UTF-8. A row is a person with at most one contact point of each kind,
 * or a contract with its holders' references separated by spaces. The numbers are those of a row's last line.
 *
 * @throws AppError `validation_failed` when the header is not UTF-8 or names a column that doesn't exist
 */
export async function* csvLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<ImportLine> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => checkedHeader(header),
    info: true,
    max_record_size: LINE_LIMIT,
    // A row of the wrong width comes with its fault, and the next rows are read.
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  // What goes wrong in the source destroys the parser with that error, so the loop below throws it.
  pipeline(Readable.from(source), parser).catch(() => undefined);
  try {
    for await (const row of parser as AsyncIterable<{ record: Row; info: { lines: number; error?: CsvError } }>) {
      const { lines: line, error } = row.info;
      if (Object.values(row.record).some(isUnreadable)) yield { line, fault: NOT_UTF8 };
      else if (error !== undefined) yield { line, fault: 'has not as many cells as the header' };
      else yield { line, value: fields(row.record) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // After a broken quote nobody can tell where the next row begins.
    yield { line: parser.info.lines, fault: 'is not valid CSV (look for a stray quote); nothing after it was read' };
  }
}

function checkedHeader(header: readonly string[]): string[] {
  const columns = header.map((name) => name.trim());
  const isKnown = (name: string): boolean =>
    (CSV_COLUMNS as readonly string[]).includes(name) || PROPERTY_COLUMN.test(name);
  const position = columns.findIndex((name, at) => !isKnown(name) || columns.indexOf(name) !== at);
  if (position === -1 && columns.includes('type')) return columns;
  const detail = columns.some(isUnreadable)
    ? `the first line ${NOT_UTF8}`
    : position === -1
      ? 'the first line must name the columns, and "type" is missing'
      : `column ${position + 1} is unknown or double; allowed are ${CSV_COLUMNS.join(', ')} and property.<name>`;
  throw new AppError('validation_failed', `The header is not usable: ${detail}.`, {
    faults: [{ pointer: '', detail }],
  });
}

function isUnreadable(cell: string | undefined): boolean {
  return cell?.includes(UNREADABLE) === true;
}

/** The same fields as a line of NDJSON. */
function fields(row: Row): Record<string, unknown> {
  const cell = (name: string): string | undefined => (row[name] === '' ? undefined : row[name]);
  const isPerson = cell('type') === 'person';
  const largeType = cell('large_type');
  const properties = Object.entries(row).flatMap(([column, text]) => {
    const name = PROPERTY_COLUMN.exec(column)?.[1];
    return name === undefined || text === undefined || text === '' ? [] : [[name, propertyValue(text)] as const];
  });
  const point = (kind: ContactPointKind): object[] => {
    const value = cell(kind);
    return value === undefined ? [] : [withoutGaps({ kind, value, verified_at: cell(`${kind}_verified_at`) })];
  };
  return withoutGaps({
    type: cell('type'),
    crm_ref: cell('crm_ref'),
    kind: cell('kind'),
    name: cell('name'),
    language: cell('language'),
    large_type: largeType === undefined ? undefined : propertyValue(largeType),
    contact_points: isPerson ? [...point('phone'), ...point('email'), ...point('postal')] : undefined,
    contract_ref: cell('contract_ref'),
    resource_type: cell('resource_type'),
    joint_rule: cell('joint_rule'),
    holders: cell('holders')?.split(/\s+/),
    properties: properties.length === 0 ? undefined : Object.fromEntries(properties),
    ended_at: cell('ended_at'),
  });
}

/** `true`, `false` and numbers as JSON writes them; everything else is text. */
function propertyValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$/.test(text) ? Number(text) : text;
}

function withoutGaps(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
