/** What is kept in memory is forgotten after 5 s by itself; whoever is told of a change forgets it before, in milliseconds. */
export const BEFORE_IT_IS_FORGOTTEN = 4_000;

/** Waits until it is so; fails when it isn't by then. */
export async function until(isSo: () => boolean | Promise<boolean>, milliseconds = 5_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
