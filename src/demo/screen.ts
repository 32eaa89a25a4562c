import type { CheckResponse } from '../calls/calls.dto.ts';

const WIDTH = 100;

/** What the demo shows: headings, sentences, tables. Colour only where a person looks at a terminal. */
export class Screen {
  private step = 0;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  heading(text: string): void {
    this.step += 1;
    this.out.write(`\n${this.bold(`${this.step}. ${text}`)}\n`);
  }

  say(text: string): void {
    this.out.write(`${text}\n`);
  }

  /** A message as its reader got it. */
  message(to: string, text: string): void {
    const lines = text.split('\n').flatMap((line) => wrap(line, WIDTH - 8));
    this.out.write([`   ┌─ ${to}`, ...lines.map((line) => `   │ ${line}`), '   └─'].join('\n'));
    this.out.write('\n');
  }

  /** Every answer of a check: what may be done, why not, and what works instead. */
  check(check: Pick<CheckResponse, 'decisions'>): void {
    const rows = check.decisions.map(({ action, outcome, reason, next_steps: steps }) => [
      action,
      `${MARK[outcome]} ${outcome}`,
      reason,
      steps.map(({ type }) => type).join(', '),
    ]);
    const head = ['action', 'outcome', 'reason', 'next step'];
    const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
    const line = (cells: readonly string[]): string =>
      `   ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
    this.out.write([this.bold(line(head)), ...rows.map(line)].join('\n'));
    this.out.write('\n');
  }

  done(text: string): void {
    this.out.write(`   ✓ ${text}\n`);
  }

  bold(text: string): string {
    return this.out.isTTY ? `\u001b[1m${text}\u001b[0m` : text;
  }
}

const MARK: Readonly<Record<string, string>> = { permit: '●', verify_caller: '◐', ask_holder: '◑', deny: '○' };

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
