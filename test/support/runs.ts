import type { Parameters } from 'fast-check';

/**
 * `MANDAAT_LAW_SHARE` is the part of the generated worlds that a run takes: all of them where the coverage of the law is
 * measured, some every day, and few in mutation testing, which asks each law hundreds of times.
 */
const LAW_SHARE = Number(process.env.MANDAAT_LAW_SHARE ?? '0.3');

/**
 * `MANDAAT_LAW_SEED` picks the worlds. Every day they are the same, so that what passed once passes again; `npm run test:laws`
 * looks for new ones (`random`), and a seed that it names shows the same again.
 */
const LAW_SEED = process.env.MANDAAT_LAW_SEED ?? '1';

/** What takes long is left to the other tests. */
export const IS_MUTATED = LAW_SHARE < 0.1;

/** So many runs of a property; in a part of the worlds never none. */
export function runs(most: number): Pick<Parameters, 'seed'> & { readonly numRuns: number } {
  const numRuns = Math.max(2, Math.round(most * LAW_SHARE));
  return LAW_SEED === 'random' ? { numRuns } : { numRuns, seed: Number(LAW_SEED) };
}
