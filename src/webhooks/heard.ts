/** `xmin:xmax:xip,xip`, as PostgreSQL writes what a snapshot sees: transactions below `xmax` but for those listed. */
const SNAPSHOT = /^(\d+):(\d+):([\d,]*)$/;

/**
 * What has been heard when everything that a snapshot sees was told, up to and including one transaction: that snapshot, as if
 * nothing had begun after it.
 *
 * @throws Error for a text that is no snapshot
 */
export function heardUpTo(snapshot: string, tx: string): string {
  const [, , , running] = SNAPSHOT.exec(snapshot) ?? [];
  if (running === undefined) throw new Error('no snapshot');
  const next = BigInt(tx) + 1n;
  const before = running
    .split(',')
    .filter((one) => one !== '' && BigInt(one) < next)
    .join(',');
  const [oldest = String(next)] = before.split(',').filter((one) => one !== '');
  return `${oldest}:${next}:${before}`;
}

/** Of an epoch that is over: nobody's transaction of it still runs. */
export function heardOfThePast(tx: string): string {
  const next = BigInt(tx) + 1n;
  return `${next}:${next}:`;
}
