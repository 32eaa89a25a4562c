import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configTable, envExample } from '../config/documents.ts';
import { buildSchema } from '../database/build-schema.ts';
import { EXAMPLE_OPTIONS, exampleLines } from '../holders/example-export.ts';
import { openApiText } from '../http/open-api-text.ts';
import { Failure } from './failure.ts';

/** A file that differs from what the code says. */
export interface StaleFile {
  /** Relative to the project. */
  readonly name: string;
  /** The whole of it, as it should be. */
  readonly wanted: string;
  /** Where it begins to differ, from 1. */
  readonly line: number;
}

const TABLE_BEGIN = '<!-- configuration: written by "npm run cli contract write" -->';
const TABLE_END = '<!-- /configuration -->';

/**
 * Compares each file with the code. Builds an empty database for it, on a server of its own that is gone afterwards.
 *
 * @param project folder of the project
 * @throws Failure when README.md has no place for the table
 */
export async function staleFiles(project: string): Promise<StaleFile[]> {
  const makers: Record<string, (present: string) => Promise<string>> = {
    'openapi.json': openApiText,
    '.env.example': async () => envExample(),
    'README.md': async (present) => withTable(present, configTable()),
    'migrations/schema.sql': buildSchema,
    'examples/crm-export.ndjson': async () => [...exampleLines(EXAMPLE_OPTIONS)].join(''),
  };
  const stale: StaleFile[] = [];
  for (const [name, make] of Object.entries(makers)) {
    const present = await readFile(path.join(project, name), 'utf8').catch(() => '');
    const wanted = await make(present);
    if (present !== wanted) stale.push({ name, wanted, line: firstDifference(present, wanted) });
  }
  return stale;
}

export async function writeFiles(project: string, files: readonly StaleFile[]): Promise<void> {
  for (const { name, wanted } of files) await writeFile(path.join(project, name), wanted);
}

function withTable(readme: string, rows: string): string {
  const begin = readme.indexOf(TABLE_BEGIN);
  const end = readme.indexOf(TABLE_END);
  if (begin === -1 || end < begin) {
    throw new Failure(
      `README.md needs these two lines, for the table of settings between them:\n${TABLE_BEGIN}\n${TABLE_END}`,
    );
  }
  // The table is generated, so the formatter leaves it alone.
  const block = `${TABLE_BEGIN}\n<!-- prettier-ignore-start -->\n\n${rows.trim()}\n\n<!-- prettier-ignore-end -->\n`;
  return readme.slice(0, begin) + block + readme.slice(end);
}

function firstDifference(present: string, wanted: string): number {
  const [left, right] = [present.split('\n'), wanted.split('\n')];
  const at = right.findIndex((line, index) => line !== left[index]);
  return (at === -1 ? right.length : at) + 1;
}
