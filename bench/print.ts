import { type Mark, verdictInWords } from './marks.ts';
import type { Row } from './rows.ts';
import type { Summary } from './summary.ts';

export function printSummaries(rows: readonly Row[], summaries: readonly Summary[]): void {
  const lines = summaries.map((one) => [
    one.row,
    String(one.connections),
    Math.round(one.perSecond).toLocaleString('en'),
    `±${one.spread.toFixed(0)} %`,
    one.p50.toFixed(1),
    one.p99.toFixed(1),
    whole(one.serverCpu),
    whole(one.databaseCpu),
    whole(one.clientCpu),
    whole(one.memory),
    twoPlaces(one.overC),
    twoPlaces(one.overD),
  ]);
  const heads = [
    'row',
    'conn',
    'req/s',
    'spread',
    'p50 ms',
    'p99 ms',
    'server µs',
    'db µs',
    'client µs',
    'MB',
    '÷ c',
    '÷ d',
  ];
  printTable(heads, lines);
  const shown = new Set(summaries.map(({ row }) => row));
  console.log(rows.flatMap(({ name, about }) => (shown.has(name) ? [`${name}: ${about}`] : [])).join('\n'));
}

export function printMarks(marks: readonly Mark[]): void {
  const lines = marks.map((mark) => {
    const { name, value, must, aim, isBound } = mark;
    const sign = isBound ? '≤' : '≥';
    return [name, twoPlaces(value), `${sign} ${must}`, `${sign} ${aim}`, verdictInWords(mark).toUpperCase()];
  });
  printTable(['mark', 'measured', 'must', 'aim', 'reached'], lines);
}

function whole(value: number | null): string {
  return value === null ? '–' : String(Math.round(value));
}

function twoPlaces(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

function printTable(heads: readonly string[], lines: readonly (readonly string[])[]): void {
  const widths = heads.map((head, column) => Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const show = (line: readonly string[]): string =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  console.log(['', show(heads), ...lines.map(show), ''].join('\n'));
}
