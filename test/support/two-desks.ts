import { setTimeout as wait } from 'node:timers/promises';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { makeKey, startSibling, type TestApp } from './app.ts';
import { type Answer, Desk } from './desk.ts';

/** Methods of one of the application's own objects that are done differently while a scenario runs. */
export interface Altered {
  readonly of: object;
  readonly does: Readonly<Record<string, unknown>>;
}
export type Alteration = (app: NestFastifyApplication) => readonly Altered[];

/**
 * Two instances of the application on one database. Inside an instance recorded transactions are serial: only two of
 * them can race.
 */
export class TwoDesks {
  private alteration: Alteration = () => [];

  private constructor(
    readonly desk: Desk,
    readonly token: string,
    private second: TestApp,
  ) {}

  static async open(): Promise<TwoDesks> {
    const desk = await Desk.open();
    try {
      const token = (await makeKey(desk.api, 'agent')).text;
      return new TwoDesks(desk, token, await startSibling(desk.api));
    } catch (error) {
      await desk.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.second.stop();
    await this.desk.close();
  }

  /** The second instance stops, and another takes its place, altered like it: nothing in its memory survives. */
  async restart(): Promise<void> {
    await this.second.stop();
    this.second = await startSibling(this.desk.api);
    for (const { of, does } of this.alteration(this.second.app)) Object.assign(of, does);
  }

  /** As agent A-1, at either instance. */
  async post(
    instance: number,
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly body: Answer['body']; readonly retryAfter: string | null }> {
    const response = await fetch(`${this.urlOf(instance)}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'mandaat-agent': 'A-1',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, body: await response.json(), retryAfter };
  }

  /** {@link post}, again for as long as the service says that it was too busy and did nothing: as an honest client does. */
  async postUntilAnswered(instance: number, path: string, body: unknown): ReturnType<TwoDesks['post']> {
    for (let turn = 1; ; turn += 1) {
      const answer = await this.post(instance, path, body);
      if (answer.status !== 503 || turn === 10) return answer;
      await wait(500);
    }
  }

  /** The same form as a browser sends it, without a key. */
  async submit(instance: number, path: string, form: Readonly<Record<string, string>>): Promise<number> {
    const init = { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' } as const;
    return (await fetch(`${this.urlOf(instance)}${path}`, init)).status;
  }

  urlOf(instance: number): string {
    return instance % 2 === 0 ? this.desk.api.url : this.second.url;
  }

  /** Runs a scenario in which both instances do something differently. */
  async altered<T>(alteration: Alteration, scenario: () => Promise<T>): Promise<T> {
    const before = this.second;
    this.alteration = alteration;
    try {
      return await altered([this.desk.api.app, before.app], alteration, scenario);
    } finally {
      this.alteration = () => [];
      // One that took its place meanwhile is still altered.
      if (this.second !== before) await this.restart();
    }
  }
}

/** Runs a scenario in which these instances do something differently. */
export async function altered<T>(
  apps: readonly NestFastifyApplication[],
  alteration: Alteration,
  scenario: () => Promise<T>,
): Promise<T> {
  return changed(apps.flatMap(alteration), scenario);
}

/** Runs a scenario while these objects do something differently. */
export async function changed<T>(changes: readonly Altered[], scenario: () => Promise<T>): Promise<T> {
  for (const { of, does } of changes) Object.assign(of, does);
  try {
    return await scenario();
  } finally {
    // What was assigned hides the class's own method; without it that one is back.
    for (const { of, does } of changes) for (const name of Object.keys(does)) Reflect.deleteProperty(of, name);
  }
}
