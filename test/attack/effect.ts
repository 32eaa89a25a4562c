/**
 * Cliff's delta: how much more often a value of one sample is above one of the other than below it, −1 to 1. No
 * assumption about how times are spread, which is never as a bell.
 */
export function cliffsDelta(one: readonly number[], other: readonly number[]): number {
  const sorted = other.toSorted((first, second) => first - second);
  let sum = 0;
  for (const value of one) sum += below(sorted, value, false) - (sorted.length - below(sorted, value, true));
  return sum / (one.length * other.length);
}

/** How many are below a value, or not above it. */
function below(sorted: readonly number[], value: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] ?? 0;
    if (at < value || (orEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Below this an effect is called negligible (Romano et al., 2006). */
export const NEGLIGIBLE = 0.147;
/** From this on it is called large. */
export const LARGE = 0.474;

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}
