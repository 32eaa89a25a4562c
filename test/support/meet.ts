/** Whoever waits at a place for somebody else to come there. */
const waiting = new Map<string, () => void>();

/**
 * Goes on when another transaction has come to the same place, so that both are between their two statements; alone
 * after `patience` milliseconds.
 */
export async function meet(place: string, patience = 400): Promise<void> {
  const other = waiting.get(place);
  if (other !== undefined) {
    waiting.delete(place);
    return other();
  }
  await new Promise<void>((resolve) => {
    const alone = setTimeout(() => {
      waiting.delete(place);
      resolve();
    }, patience);
    waiting.set(place, () => {
      clearTimeout(alone);
      resolve();
    });
  });
}
