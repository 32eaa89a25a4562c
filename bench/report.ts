import { readFile, writeFile } from 'node:fs/promises';
import { chartOf } from './chart.ts';
import { figuresOf } from './markdown.ts';
import { type Result, textOf } from './results.ts';

/** What the table and the chart are made from. */
const DATA = 'docs/performance.json';
const CHART = 'docs/performance.svg';
const PAGE = 'docs/performance.md';
const MARKERS = ['<!-- figures: made by `npm run bench:report` -->', '<!-- end of figures -->'] as const;

/**
 * Puts the figures of these results into the documents.
 *
 * @returns the files
 */
export async function writeReport(results: readonly Result[]): Promise<readonly string[]> {
  const data = textOf(results);
  const files = await renderReport(data);
  for (const [file, text] of files) await writeFile(file, text);
  return [...files.keys()];
}

/** The documents as they must be for these results; nothing is written. */
export async function renderReport(data: string): Promise<ReadonlyMap<string, string>> {
  // From the text, not from what it was made of: it has fewer digits.
  const results = JSON.parse(data) as readonly Result[];
  const page = await readFile(PAGE, 'utf8');
  const [begin, end] = MARKERS.map((marker) => page.indexOf(marker));
  if (begin === undefined || end === undefined || begin < 0 || end < begin) {
    throw new Error(`${PAGE} has lost its markers: ${MARKERS.join(' and ')}.`);
  }
  const around = [page.slice(0, begin + MARKERS[0].length), page.slice(end)];
  return new Map([
    [DATA, data],
    [CHART, chartOf(results)],
    [PAGE, around.join(`\n\n${figuresOf(results).trimEnd()}\n\n`)],
  ]);
}

/** Documents that differ from what their data says. */
export async function staleDocuments(): Promise<readonly string[]> {
  const files = await renderReport(await readFile(DATA, 'utf8'));
  const stale: string[] = [];
  for (const [file, text] of files) if ((await readFile(file, 'utf8').catch(() => '')) !== text) stale.push(file);
  return stale;
}
