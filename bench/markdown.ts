import { type Mark, marksOf, shortNumber, verdictInWords } from './marks.ts';
import type { Result } from './results.ts';
import { median, type Summary, summarise } from './summary.ts';

/** Share of the machine that others may have taken before its figures are said to be doubtful. */
const QUIET = 0.1;

/** The figures of `docs/performance.md`: everything in it comes from these results. */
export function figuresOf(results: readonly Result[]): string {
  const rates = results.find(({ part }) => part === 'rates');
  const grown = results.filter(({ part }) => part !== 'rates');
  return [
    ...results.map(measuredLine),
    '',
    '![Marks reached, requests a second and CPU for each request; the same figures stand in the tables below](performance.svg)',
    '',
    '### Marks',
    '',
    ...table(['', 'measured', 'rounds', 'must', 'aim', 'reached'], marksOf(results).map(markCells)),
    '',
    ...(rates === undefined ? [] : ratesSection(rates)),
    ...(grown.length === 0 ? [] : growthSection(grown)),
  ].join('\n');
}

function measuredLine({ part, at, source, machine, options, all }: Result): string {
  const others = median(all.map((one) => one.others));
  const share = others === null ? '' : `; others took ${Math.round(others * 100)} % of the machine`;
  const doubt = others !== null && others > QUIET ? ' (**not quiet: read with care**)' : '';
  const { rounds, seconds, holders, records } = options;
  const size = `${shortNumber(holders)} holders, ${records === 0 ? 'no' : shortNumber(records)} records`;
  return `- _${part ?? 'own'}_: ${at.slice(0, 10)}, commit ${source.commit ?? 'unknown'}, ${size}; ${rounds} rounds of ${seconds} s; ${machine}${share}${doubt}.`;
}

function markCells(mark: Mark): readonly string[] {
  const sign = mark.isBound ? '≤' : '≥';
  const value = mark.value === null ? '–' : mark.value.toFixed(mark.value >= 100 ? 0 : 2);
  const { rounds } = mark;
  const range = rounds.length === 0 ? '–' : `${Math.min(...rounds).toFixed(2)}–${Math.max(...rounds).toFixed(2)}`;
  return [mark.name, value, range, `${sign} ${mark.must}`, `${sign} ${mark.aim}`, verdictInWords(mark)];
}

function ratesSection({ all, decideAlone, idleMemory, mix }: Result): readonly string[] {
  const outcomes = mix.map(([outcome, count]) => `\`${outcome}\` ${count}`).join(', ');
  const alone = decideAlone === null ? '' : ` \`decide\` alone takes ${(1e6 / decideAlone).toFixed(1)} µs on one core.`;
  return [
    '### Rates',
    '',
    ...table(
      ['row', 'connections', 'req/s', '±', 'p50 ms', 'p99 ms', 'server µs', 'db µs', 'MB', '÷ c', '÷ d'],
      summarise(all).map((one) => [...summaryCells(one), ratioText(one.overC), ratioText(one.overD)]),
    ),
    '',
    `Idle memory ${wholeText(idleMemory)} MB.${alone} Outcomes of the sampled checks: ${outcomes}.`,
    '',
  ];
}

function growthSection(results: readonly Result[]): readonly string[] {
  const lines = results.flatMap(({ all, options }) =>
    summarise(all).map((one): readonly string[] => {
      const isSmall = one.row === 'check-three-small';
      const { holders, records } = isSmall ? { holders: 10_000, records: 0 } : options;
      return [shortNumber(holders), shortNumber(records), ...summaryCells(one).slice(1)];
    }),
  );
  const heads = ['holders', 'records', 'connections', 'req/s', '±', 'p50 ms', 'p99 ms', 'server µs', 'db µs', 'MB'];
  return [
    '### Growth',
    '',
    'Checks of three actions, the grown world and the small one in the same rounds.',
    '',
    ...table(heads, lines),
    '',
  ];
}

function summaryCells(one: Summary): readonly string[] {
  return [
    one.row,
    String(one.connections),
    Math.round(one.perSecond).toLocaleString('en'),
    `${one.spread.toFixed(0)} %`,
    one.p50.toFixed(1),
    one.p99.toFixed(1),
    wholeText(one.serverCpu),
    wholeText(one.databaseCpu),
    wholeText(one.memory),
  ];
}

function wholeText(value: number | null): string {
  return value === null ? '–' : Math.round(value).toLocaleString('en');
}

function ratioText(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

/** Laid out as the formatter lays it out, or the gate would refuse it. */
function table(heads: readonly string[], lines: readonly (readonly string[])[]): readonly string[] {
  const widths = heads.map((head, at) => Math.max(3, head.length, ...lines.map((line) => line[at]?.length ?? 0)));
  const show = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [show(heads), `| ${rule.join(' | ')} |`, ...lines.map(show)];
}
