/**
 * `MANDAAT_LAW_SHARE` is the part of the generated worlds that a run takes: all of them where the coverage of the law is
 * measured, some every day, and few in mutation testing, which asks each law hundreds of times.
 */
const LAW_SHARE = Number(process.env.MANDAAT_LAW_SHARE ?? '0.3');

/** What takes long is left to the other tests. */
export const IS_MUTATED = LAW_SHARE < 0.1;

/** So many runs of a property; in a part of the worlds never none. */
export function runs(most: number): { readonly numRuns: number } {
  return { numRuns: Math.max(2, Math.round(most * LAW_SHARE)) };
}
