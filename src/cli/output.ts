import { SingleBar } from 'cli-progress';

/** Results go to standard output; everything said beside them goes to standard error. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Columns under their names. An empty list shows its names alone. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [columns, ...rows].map(line).join('\n');
}

/** To the minute, in UTC: what people compare. */
export function moment(date: Date | null): string {
  return date === null ? '' : `${date.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** Shows how far `work` is, on a terminal; nothing is drawn into a file or a pipe. */
export async function withProgress<T>(
  unit: string,
  work: (show: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(0, 0);
  try {
    return await work((done, total) => {
      bar.setTotal(Math.max(total, done));
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}
