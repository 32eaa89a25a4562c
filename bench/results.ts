import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Measurement } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { PART_NAMES, type PartName } from './parts.ts';
import type { Source } from './source.ts';

/** What one run has found out. */
export interface Result {
  readonly part: PartName | null;
  /** ISO 8601. */
  readonly at: string;
  readonly source: Source;
  readonly machine: string;
  readonly options: Pick<BenchOptions, 'holders' | 'records' | 'rounds' | 'seconds' | 'warmUp'>;
  /** Outcomes of the sampled checks, most frequent first. */
  readonly mix: readonly (readonly [string, number])[];
  /** Decisions a second on one core. */
  readonly decideAlone: number | null;
  /** MB. */
  readonly idleMemory: number | null;
  readonly all: readonly Measurement[];
}

const FOLDER = 'bench/results';

/** @returns the new file */
export async function writeResult(result: Result): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${result.at.replaceAll(/[:.]/g, '-')}-${result.part ?? 'own'}.json`);
  await writeFile(file, textOf(result));
  return file;
}

/** The newest result of each part of the program that was measured last. */
export async function newestResults(): Promise<readonly Result[]> {
  const names = (await readdir(FOLDER).catch(() => []))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .toReversed();
  const texts = await Promise.all(names.map((name) => readFile(path.join(FOLDER, name), 'utf8')));
  const results = texts.map((text) => JSON.parse(text) as Result).filter(({ part }) => part !== null);
  const tree = results[0]?.source.tree;
  return PART_NAMES.flatMap((name) => {
    const newest = results.find(({ part, source }) => part === name && source.tree === tree);
    return newest === undefined ? [] : [newest];
  });
}

/** A line for each measurement, and no digits that say nothing. */
export function textOf(value: object): string {
  const isFlat = (one: unknown): boolean => typeof one === 'object' && one !== null && 'round' in one && 'row' in one;
  const lines: string[] = [];
  const text = JSON.stringify(
    value,
    (_key, one: unknown) => {
      if (typeof one === 'number') return Number(one.toPrecision(5));
      if (!isFlat(one)) return one;
      lines.push(
        JSON.stringify(one, (_, part: unknown) => (typeof part === 'number' ? Number(part.toPrecision(5)) : part)),
      );
      return `line ${lines.length - 1}`;
    },
    2,
  );
  return `${text.replaceAll(/"line (\d+)"/g, (_, at: string) => lines[Number(at)] ?? '')}\n`;
}
