/**
 * Whether a concurrent history can be put into one order in which each answer is right, without moving anything before
 * what had been answered when it began: linearizability, decided by the search of Wing and Gong (1993) with the cache of
 * Lowe (2017).
 */

/** What something was told to do, when it was told and answered, by one clock; milliseconds. */
export interface Operation<Input, Output> {
  readonly input: Input;
  readonly calledAt: number;
  /** Null: no answer came. It may have been done, at any time after it was called, or never. */
  readonly answer: { readonly at: number; readonly output: Output } | null;
}

/** What one thing does when it is told one thing after the other. States must be equal when their texts are. */
export interface Sequential<State, Input, Output> {
  readonly initial: State;
  /** Every state that this input can lead to from `state` with this output; null output: with whatever output. */
  readonly step: (state: State, input: Input, output: Output | null) => readonly State[];
}

/** @returns null when there is such an order; else the longest beginning of one, and what fits nowhere after it */
export function findViolation<State, Input, Output>(
  spec: Sequential<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
): { readonly order: readonly Operation<Input, Output>[] } | null {
  const known = new Set<string>();
  const isDone = history.map(() => false);
  const order: Operation<Input, Output>[] = [];
  let longest: readonly Operation<Input, Output>[] = [];

  const search = (state: State): boolean => {
    const open = history.flatMap((one, at) => (isDone[at] === true ? [] : [{ one, at }]));
    // Whatever had no answer needs no place.
    if (open.every(({ one }) => one.answer === null)) return true;
    const key = `${JSON.stringify(state)} ${open.map(({ at }) => at).join()}`;
    if (known.has(key)) return false;
    known.add(key);
    if (order.length > longest.length) longest = [...order];
    // First can only be what was called before anything that is still open was answered.
    const firstAnswer = Math.min(...open.map(({ one }) => one.answer?.at ?? Infinity));
    for (const { one, at } of open) {
      if (one.calledAt > firstAnswer) continue;
      for (const next of spec.step(state, one.input, one.answer?.output ?? null)) {
        isDone[at] = true;
        order.push(one);
        if (search(next)) return true;
        order.pop();
        isDone[at] = false;
      }
    }
    return false;
  };
  return search(spec.initial) ? null : { order: longest };
}
