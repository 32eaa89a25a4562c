import { setTimeout as wait } from 'node:timers/promises';

import type { Answer } from '../../support/desk.ts';

/** One request to check or to do one action. */
export interface Question {
  readonly callId: string;
  readonly purpose: 'advise' | 'execute';
  readonly action: { readonly name: string; readonly properties?: Readonly<Record<string, unknown>> };
  /** The Idempotency-Key. */
  readonly key?: string;
}

/** What became of a question. Times by this process's own clock, in milliseconds. */
export interface Outcome {
  readonly question: Question;
  readonly url: string;
  /** Null = no answer: the connection broke, or nothing came for 40 s. */
  readonly status: number | null;
  readonly retryAfter: string | null;
  readonly body: Answer['body'];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Longer than the service lets any request last. */
const PATIENCE = 40_000;

export async function ask(url: string, token: string, question: Question): Promise<Outcome> {
  const { callId, purpose, action, key } = question;
  const startedAt = performance.now();
  const none = { status: null, retryAfter: null, body: null };
  const answer = await fetch(`${url}/v1/calls/${callId}/checks`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'mandaat-agent': 'A-1',
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify({ purpose, actions: [action] }),
    signal: AbortSignal.timeout(PATIENCE),
  })
    .then(async (response) => {
      const body: unknown = await response.json();
      return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
    })
    .catch(() => none);
  return { question, url, ...answer, startedAt, endedAt: performance.now() };
}

/** Clients that ask all the time, until they are told to stop. Each waits for its answer before it asks again. */
export class Traffic {
  readonly outcomes: Outcome[] = [];
  private isOver = false;
  private readonly clients: Promise<void>[];

  /**
   * @param urls where to ask; looked at before each question
   * @param next the next question; null when there are no more
   * @param most questions after which a client stops by itself
   */
  constructor(urls: () => readonly string[], token: string, next: () => Question | null, clients = 8, most = 5_000) {
    this.clients = Array.from({ length: clients }, async (_, index) => {
      for (let turn = index; turn < index + most && !this.isOver; turn += 1) {
        const open = urls();
        const url = open[turn % Math.max(1, open.length)];
        if (url === undefined) {
          await wait(20);
          continue;
        }
        const question = next();
        if (question === null) return;
        const outcome = await ask(url, token, question);
        this.outcomes.push(outcome);
        // As the answer says, only that nobody here waits a whole second.
        if (outcome.status !== 200) await wait(50);
      }
    });
  }

  /** Until so many were answered with 200 from now on. */
  async answered(count: number): Promise<void> {
    const from = this.outcomes.length;
    const enough = (): boolean => this.outcomes.slice(from).filter(({ status }) => status === 200).length >= count;
    await until(enough);
  }

  async stop(): Promise<readonly Outcome[]> {
    this.isOver = true;
    await Promise.all(this.clients);
    return this.outcomes;
  }
}

/** @param patience milliseconds; nearly all that we wait for takes seconds at most */
export async function until(isSo: () => Promise<boolean> | boolean, patience = 90_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('It did not come to pass.');
    await wait(25);
  }
}

/** How often each status came; `none` for no answer. */
export function statuses(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const count: Record<string, number> = {};
  for (const { status } of outcomes) count[status ?? 'none'] = (count[status ?? 'none'] ?? 0) + 1;
  return count;
}

/** Answers that no fault excuses: neither 200, nor a 503 that says when to come again. */
export function dishonest(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(({ status, retryAfter }) => status !== 200 && (status !== 503 || retryAfter === null));
}

export function isPermit({ status, body }: Outcome): boolean {
  return status === 200 && body.decisions[0].outcome === 'permit';
}

/** What was done, by the answer; null when nothing was. */
export function executionOf({ status, body }: Outcome): string | null {
  return status === 200 ? (body.decisions[0].execution_id ?? null) : null;
}
