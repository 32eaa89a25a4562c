import { readFile, writeFile } from 'node:fs/promises';

import type { Plan } from './plans.ts';

/** The plans of the hot queries as a million holders get them. Written by `npm run test:large`, read by people too. */
export const PLANS_FILE = 'test/contract/hot-plans.txt';

/** By the clock and not by a call: of the queue, over jobs that wait, which no history adds to; and of leavers. A slow machine hears them too. */
export const HOUSEKEEPING = [
  "where locked_at < now() - interval '4 hours'",
  'graphile_worker.force_unlock_workers',
  'FROM graphile_worker.jobs WHERE task_identifier IN',
  'FROM agents a WHERE a.leaves_at <= now()',
];

export interface PlansOnFile {
  /** How many holders the database had. */
  readonly holders: number;
  /** Shape of the plan, by the statement. */
  readonly shapes: ReadonlyMap<string, string>;
}

export async function readPlans(): Promise<PlansOnFile> {
  const [head = '', ...blocks] = (await readFile(PLANS_FILE, 'utf8')).trimEnd().split('\n\n');
  const shapes = blocks.map((block): readonly [string, string] => {
    const [text = '', ...shape] = block.split('\n');
    return [text, shape.join('\n')];
  });
  return { holders: Number(/^(\d+) holders/.exec(head)?.[1]), shapes: new Map(shapes) };
}

export async function writePlans(holders: number, plans: ReadonlyMap<string, Plan>): Promise<void> {
  const blocks = [...shapesOf(plans)].toSorted().map(([text, shape]) => `${text}\n${shape}`);
  await writeFile(PLANS_FILE, `${[`${holders} holders`, ...blocks].join('\n\n')}\n`);
}

export function shapesOf(plans: ReadonlyMap<string, Plan>): ReadonlyMap<string, string> {
  return new Map([...plans].map(([text, { shape }]) => [short(text), shape]));
}

/** Which indexes a plan goes by, each once: less than its shape, and the same in a small database. */
export function indexesOf(shape: string): readonly string[] {
  return [
    ...new Set([...shape.matchAll(/ using (audit_records_<month>\w*|\w+)/g)].map(([, name = '']) => name)),
  ].toSorted();
}

/** Without the long list of columns that TypeORM writes. */
function short(text: string): string {
  return text.replace(/^SELECT "\w+"\."\w+" AS .*? FROM "/, 'SELECT … FROM "');
}
