import { type Mark, marksOf, verdictOf } from './marks.ts';
import { MOST_CONNECTIONS } from './options.ts';
import type { Result } from './results.ts';
import { type Summary, summarise } from './summary.ts';
import { bar, image, line, text, WIDTH } from './svg.ts';

/** Where the bars begin and end; what stands beside them is text. */
const TRACK = { from: 250, to: 640 } as const;
const ROW = 26;
const HEAD = 62;
const COLOURS = { aim: 'good', must: 'one', below: 'bad', 'not measured': 'faint' } as const;

/** One panel under the other, each as high as it has rows. */
interface Panel {
  readonly height: number;
  readonly draw: (top: number) => readonly string[];
}

/** `docs/performance.svg`: the marks, the rates and the CPU of these results. */
export function chartOf(results: readonly Result[]): string {
  const marks = marksOf(results);
  const rates = results.find(({ part }) => part === 'rates');
  const summaries = summarise(rates?.all ?? []).filter(({ connections }) => connections === MOST_CONNECTIONS);
  // It does nothing, and would make all others short.
  const rows = summaries.filter(({ row }) => row !== 'b');
  const panels = [marksPanel(marks), ...(rows.length === 0 ? [] : [ratesPanel(rows), cpuPanel(rows)])];
  let top = 16;
  const parts = panels.flatMap((panel) => {
    const drawn = panel.draw(top);
    top += panel.height;
    return drawn;
  });
  return image('Performance of Mandaat', descriptionOf(marks, rows), top, parts);
}

function marksPanel(marks: readonly Mark[]): Panel {
  // Times the mark, so that all fit one scale, and more is better.
  const sharesOf = ({ value, must, aim, isBound }: Mark): { value: number | null; aim: number } =>
    isBound
      ? { value: value === null ? null : must / value, aim: must / aim }
      : { value: value === null ? null : value / must, aim: aim / must };
  const all = marks.map(sharesOf);
  const most = Math.min(2.5, Math.max(1.7, ...all.map(({ value }) => (value ?? 0) * 1.05)));
  const x = (share: number): number => TRACK.from + (Math.min(share, most) / most) * (TRACK.to - TRACK.from);
  return {
    height: HEAD + marks.length * ROW + 14,
    draw: (top) => [
      text(16, top + 16, 'Marks', 'head'),
      text(
        16,
        top + 36,
        'How much of what must be is reached; further right is better. Solid line: must. Dashed: aim.',
        'faint',
      ),
      ...marks.flatMap((mark, at) => {
        const y = top + HEAD + at * ROW;
        const share = all[at];
        const sign = mark.isBound ? '≤' : '≥';
        const value = mark.value === null ? 'not measured' : `${figure(mark.value)}: ${verdictOf(mark)}`;
        return [
          text(TRACK.from - 10, y + 4, mark.name, 'end'),
          ...(share?.value === null || share === undefined
            ? []
            : [
                bar(
                  { x: TRACK.from, y: y - 8, width: x(share.value) - TRACK.from, height: 16 },
                  COLOURS[verdictOf(mark)],
                ),
              ]),
          line(x(share?.aim ?? 1), y - 11, x(share?.aim ?? 1), y + 11, 'ink', '3 3'),
          text(TRACK.to + 14, y + 4, value),
          text(WIDTH - 16, y + 4, `${sign} ${mark.must} (${mark.aim})`, 'faint end'),
        ];
      }),
      line(x(1), top + HEAD - 16, x(1), top + HEAD + marks.length * ROW - 10, 'ink'),
    ],
  };
}

function ratesPanel(rows: readonly Summary[]): Panel {
  const most = Math.max(...rows.map(({ fastest }) => fastest));
  const x = (rate: number): number => TRACK.from + (rate / most) * (TRACK.to - TRACK.from);
  return {
    height: HEAD + rows.length * ROW + 14,
    draw: (top) => [
      text(16, top + 16, `Requests a second at ${MOST_CONNECTIONS} connections`, 'head'),
      text(
        16,
        top + 36,
        'Median of the rounds; the thin line reaches from the slowest round to the fastest. Grey: floors.',
        'faint',
      ),
      ...rows.flatMap(({ row, perSecond, slowest, fastest, p99 }, at) => {
        const y = top + HEAD + at * ROW;
        return [
          text(TRACK.from - 10, y + 4, row, 'end'),
          bar(
            { x: TRACK.from, y: y - 8, width: x(perSecond) - TRACK.from, height: 16 },
            isFloor(row) ? 'faint' : 'one',
          ),
          line(x(slowest), y, x(fastest), y, 'ink'),
          text(TRACK.to + 14, y + 4, Math.round(perSecond).toLocaleString('en')),
          text(WIDTH - 16, y + 4, `p99 ${p99.toFixed(0)} ms`, 'faint end'),
        ];
      }),
    ],
  };
}

function cpuPanel(rows: readonly Summary[]): Panel {
  const told = rows.flatMap(({ row, serverCpu, databaseCpu }) =>
    serverCpu === null || databaseCpu === null ? [] : [{ row, serverCpu, databaseCpu }],
  );
  const most = Math.max(1, ...told.map(({ serverCpu, databaseCpu }) => serverCpu + databaseCpu));
  const width = (cpu: number): number => (cpu / most) * (TRACK.to - TRACK.from);
  return {
    height: HEAD + told.length * ROW + 14,
    draw: (top) => [
      text(16, top + 16, 'CPU for each request, µs', 'head'),
      text(16, top + 36, 'First part: server. Second: database.', 'faint'),
      ...told.flatMap(({ row, serverCpu, databaseCpu }, at) => {
        const y = top + HEAD + at * ROW;
        const split = TRACK.from + width(serverCpu);
        return [
          text(TRACK.from - 10, y + 4, row, 'end'),
          bar({ x: TRACK.from, y: y - 8, width: width(serverCpu) - 1, height: 16 }, 'one'),
          bar({ x: split + 1, y: y - 8, width: width(databaseCpu) - 1, height: 16 }, 'two'),
          text(TRACK.to + 14, y + 4, `${Math.round(serverCpu)} + ${Math.round(databaseCpu)}`),
        ];
      }),
    ],
  };
}

function isFloor(row: string): boolean {
  return ['c', 'd', 'T'].includes(row);
}

function figure(value: number): string {
  return value.toFixed(value >= 100 ? 0 : 2);
}

function descriptionOf(marks: readonly Mark[], rows: readonly Summary[]): string {
  const reached = marks.map(
    (mark) => `${mark.name} ${mark.value === null ? '–' : figure(mark.value)} (${verdictOf(mark)})`,
  );
  const rates = rows.map(({ row, perSecond }) => `${row} ${Math.round(perSecond)}`);
  return `Marks: ${reached.join('; ')}. Requests a second at ${MOST_CONNECTIONS} connections: ${rates.join(', ')}. The tables of performance.md hold the same figures and more.`;
}
