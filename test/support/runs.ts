/** `MANDAAT_LAW_SHARE` below 1 takes that part of the generated worlds: mutation testing asks each law hundreds of times. */
export const LAW_SHARE = Number(process.env.MANDAAT_LAW_SHARE ?? '1');

/** So many runs of a property; in a part of the worlds never none. */
export function runs(most: number): { readonly numRuns: number } {
  return { numRuns: Math.max(2, Math.round(most * LAW_SHARE)) };
}
