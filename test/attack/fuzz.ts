import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { KeyScope } from '../../src/auth/principal.ts';
import type { Desk } from '../support/desk.ts';
import type { OpenIdProvider } from '../support/openid-provider.ts';
import { Document, type Operation } from './document.ts';
import { changed, damaged } from './hostile.ts';
import { judge, pageOperations, type Violation } from './judge.ts';
import { encode, isKnown, planOf, type Plan } from './plan.ts';
import { asCurl, type Got, type Sent, Wire } from './wire.ts';
import { type Recipe, World } from './world.ts';

type Scope = KeyScope | 'person' | 'none' | 'garbage';

export interface Finding extends Violation {
  /** The smallest request that still shows it, as a command. */
  readonly repro: string;
}

export interface Report {
  readonly seed: number;
  /** Requests that were judged, without those that prepared others. */
  readonly requests: number;
  /** Answers of a machine that had too much to do, after which the same was asked again. */
  readonly busy: number;
  readonly findings: readonly Finding[];
  readonly routes: ReadonlyMap<string, { readonly asked: number; readonly succeeded: number }>;
  readonly statuses: ReadonlyMap<number, number>;
}

/** More than these, and something is so broken that the rest says nothing. */
const MOST_FINDINGS = 25;
/** At once: what two of them do to one thing is part of the attack. */
const CLIENTS = 4;
const RUNS_A_TURN = 10;
const PATIENCE = 5;

/**
 * Sends generated requests to every operation of our own document, and judges every answer by it. Requests are made while
 * it runs, of what earlier answers told; a violation is shrunk by asking again, and the run goes on with the others.
 */
export class Fuzz {
  private readonly document = new Document();
  private readonly operations: readonly Operation[] = [...this.document.operations, ...pageOperations()];
  private readonly wire: Wire;
  private readonly routes = new Map<string, { asked: number; succeeded: number }>();
  private readonly statuses = new Map<number, number>();
  private readonly known = new Set<string>();
  private requests = 0;
  private busy = 0;

  private constructor(
    private readonly desk: Desk,
    private readonly world: World,
  ) {
    this.wire = new Wire(desk.api.url);
  }

  /** @param provider with which employees of this desk sign in */
  static async at(desk: Desk, provider: OpenIdProvider): Promise<Fuzz> {
    const staff = (sub: string, role: string): Promise<string> => provider.forge({ sub, roles: [role] });
    return new Fuzz(desk, await World.at(patient(desk), staff));
  }

  close(): void {
    this.wire.close();
  }

  /** Routes of which nobody says what they take when all is well: chance alone would get there. */
  get unknownRoutes(): readonly string[] {
    return this.operations.map(({ route }) => route).filter((route) => !this.world.hasRecipe(route));
  }

  get routeCount(): number {
    return this.operations.length;
  }

  async run(count: number, seed: number, only: (route: string) => boolean = () => true): Promise<Report> {
    const operations = this.operations.filter(({ route }) => only(route));
    const plans = operations.map((operation) => ({ operation, plan: planOf(this.document, operation) }));
    const findings: Finding[] = [];
    const first = this.requests;
    let turn = 0;
    const work = async (): Promise<void> => {
      // In turn: every route gets its share however many runs there are.
      while (this.requests - first < count && findings.length < MOST_FINDINGS) {
        const { operation, plan } = plans[turn % plans.length] ?? fail();
        turn += 1;
        findings.push(...(await this.explore(operation, plan, seed + turn, Math.min(RUNS_A_TURN, count))));
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, work));
    const { routes, statuses, busy } = this;
    return { seed, busy, requests: this.requests - first, findings, routes, statuses };
  }

  private async explore(
    operation: Operation,
    plan: fc.Arbitrary<Plan>,
    seed: number,
    numRuns: number,
  ): Promise<Finding[]> {
    let shown: readonly Finding[] = [];
    const property = fc.asyncProperty(plan, async (one) => {
      const found = (await this.ask(operation, one)).filter(({ what, route }) => !this.known.has(`${route} ${what}`));
      if (found.length === 0) return;
      shown = found;
      throw new Error('a violation');
    });
    const result = await fc.check(property, { seed, numRuns, interruptAfterTimeLimit: 60_000 });
    // Called failed as well when its time was over before the first request was answered: a slow machine finds nothing.
    if (result.failed && !result.interrupted && shown.length === 0)
      throw result.errorInstance ?? new Error('no reason');
    return shown.filter(({ what, route }) => {
      const name = `${route} ${what}`;
      const isNew = !this.known.has(name);
      this.known.add(name);
      return isNew;
    });
  }

  private async ask(operation: Operation, plan: Plan): Promise<readonly Finding[]> {
    const recipe = plan.base === 'recipe' ? await this.world.recipe(operation.route) : null;
    const scope = plan.scope ?? recipe?.scope ?? scopeOf(operation);
    const own = recipe?.scope === scope ? recipe.token : undefined;
    const token = own ?? (scope === 'person' ? await this.world.somebody() : null);
    const sent = this.requestOf(operation, plan, recipe, scope, token);
    const answers = await Promise.all(Array.from({ length: plan.isDouble ? 2 : 1 }, () => this.sendPatiently(sent)));
    for (const got of answers) this.count(operation, sent, got);
    if (token !== null && answers.some(({ status }) => status === 401)) this.world.forgetSomebody();
    const isPolicy = sent.method === 'POST' && sent.target.startsWith('/v1/policies');
    if (isPolicy && answers.some(({ status }) => status === 200)) await this.world.restorePolicy();
    // Who was shut out, or left, answers nothing but that.
    if (['PUT', 'POST'].includes(sent.method) && sent.target.startsWith('/v1/agents/A-')) await this.reinstate();
    return answers.flatMap((got) => judge(this.document, sent, got).map((one) => ({ ...one, repro: asCurl(sent) })));
  }

  /** A 503 with the time to wait is an honest answer of a busy machine; one that stays is none. */
  private async sendPatiently(sent: Sent): Promise<Got> {
    for (let left = PATIENCE; ; left -= 1) {
      const got = await this.wire.send(sent);
      if (got.status !== 503 || got.headers['retry-after'] === undefined || left === 0) return got;
      this.busy += 1;
      await wait(Number(got.headers['retry-after']) * 1_000);
    }
  }

  private count(operation: Operation, sent: Sent, { status, headers, text }: Got): void {
    this.requests += 1;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const counts = this.routes.get(operation.route) ?? { asked: 0, succeeded: 0 };
    counts.asked += 1;
    const isOwn =
      this.document.find(sent.method, sent.target)?.route === operation.route || operation.answers.size === 0;
    // A page may send its reader on; an operation that is documented answers.
    const isSuccess = status >= 200 && status < (operation.answers.size === 0 ? 400 : 300);
    if (isOwn && isSuccess) counts.succeeded += 1;
    this.routes.set(operation.route, counts);
    if (status < 300 && sent.method !== 'HEAD' && headers['content-type']?.startsWith('application/json') === true) {
      this.world.learnFrom(operation.template, JSON.parse(text));
    }
  }

  private async reinstate(): Promise<void> {
    for (const ref of ['A-1', 'A-2']) {
      const there = { role: 'agent', team: 'service', is_active: true, leaves_on: null };
      await this.desk.put('admin', `/v1/agents/${ref}`, there);
    }
  }

  private requestOf(operation: Operation, plan: Plan, recipe: Recipe | null, scope: Scope, token: string | null): Sent {
    const inPlace = this.filled(plan.parameters) as Record<string, unknown>;
    const values: Record<string, string> = {};
    const query: string[] = [];
    const headers: Record<string, string | readonly string[]> = {};
    for (const { name, in: place } of operation.parameters) {
      const own = recipe?.[place === 'path' ? 'path' : place === 'query' ? 'query' : 'headers']?.[name];
      const value = own ?? (recipe === null || place === 'path' ? inPlace[name] : undefined);
      if (value === undefined) continue;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (place === 'path') values[name] = text;
      else if (place === 'query') query.push(`${name}=${encode(text)}`);
      else headers[name.toLowerCase()] = text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
    }
    for (const [name, value] of Object.entries(recipe?.query ?? {})) {
      if (!query.some((one) => one.startsWith(`${name}=`))) query.push(`${name}=${encode(value)}`);
    }
    const names = Object.keys(values);
    if (plan.parameter !== null && names.length > 0) {
      values[names[plan.parameter.where % names.length] ?? ''] = plan.parameter.text;
    }
    if (plan.query !== '') query.push(plan.query);
    const asked = operation.template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(values[name] ?? ''));
    const target = query.length === 0 ? asked : `${asked}?${query.join('&')}`;
    const { body, type } = this.bodyOf(operation, plan, recipe);
    return {
      method: plan.method ?? operation.method,
      target,
      headers: {
        ...(scope === 'none' ? {} : { authorization: token === null ? this.authorization(scope) : `Bearer ${token}` }),
        ...(scope === 'agent' ? { 'mandaat-agent': 'A-1' } : {}),
        ...(type === null ? {} : { 'content-type': type }),
        ...headers,
        ...recipe?.headers,
        ...plan.headers,
      },
      body,
    };
  }

  private authorization(scope: Exclude<Scope, 'none'>): string {
    return scope === 'garbage'
      ? 'Bearer mdt_test_000000000000_000000000000000000000000_000000'
      : this.desk.authorization(scope);
  }

  private bodyOf(
    operation: Operation,
    plan: Plan,
    recipe: Recipe | null,
  ): { body: Buffer | null; type: string | null } {
    const [documented = 'application/json'] = Object.keys(operation.bodies);
    const value = recipe === null ? this.filled(plan.body) : recipe.body;
    const type = recipe?.type ?? documented;
    const isBare = value === undefined && plan.changes.length === 0 && plan.damage === null;
    if (isBare) return { body: null, type: null };
    let done: unknown = value ?? {};
    for (const { where, change } of plan.changes) done = changed(done, where, change);
    const text = typeof done === 'string' && type !== 'application/json' ? done : JSON.stringify(done ?? null);
    return { body: plan.damage === null ? Buffer.from(text) : damaged(text, plan.damage), type };
  }

  /** Puts what is known in the places that wait for it. */
  private filled(value: unknown): unknown {
    if (isKnown(value)) return this.world.one(value.known, value.index);
    if (Array.isArray(value)) return value.map((member) => this.filled(member));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.filled(member)]));
  }
}

/** A key that may use the route, or else may not: the sweep says who may. */
function scopeOf({ route, answers }: Operation): Scope {
  if (answers.size === 0 || / \/v1\/me\/(sign-ins|passkey-sign-ins|invitations)/.test(route)) return 'none';
  if (route.includes(' /v1/me')) return 'person';
  if (/ \/v1\/(agents|policies)/.test(route)) return 'admin';
  return /\/v1\/(calls|confirmations|life-events|representations)/.test(route) ? 'agent' : 'crm';
}

/** What prepares a request is asked again when the machine is busy. */
function patient(desk: Desk): Desk {
  const send = desk.send.bind(desk);
  desk.send = async (...given) => {
    for (let left = PATIENCE; ; left -= 1) {
      try {
        const answer = await send(...given);
        if (answer.status !== 503 || left === 0) return answer;
      } catch (error) {
        // A connection that was kept may be closed at the moment in which it is used again.
        if (!(error instanceof TypeError) || left === 0) throw error;
      }
      await wait(1_000);
    }
  };
  return desk;
}

function fail(): never {
  throw new Error('There is no operation to ask.');
}

/** Lines for people: what was asked and how often it went well. */
export function linesOf({ requests, seed, busy, routes, statuses, findings }: Report): string {
  const rows = [...routes].map(([route, { asked, succeeded }]) => {
    const share = `${Math.round((100 * succeeded) / asked)} %`.padStart(5);
    return `  ${String(asked).padStart(5)} asked, ${share} succeeded  ${route}`;
  });
  const counts = [...statuses].toSorted(([one], [two]) => one - two).map(([status, count]) => `${status}: ${count}`);
  const found = findings.map(({ route, what, repro }) => `\n${route}\n  ${what}\n  ${repro}`);
  return [
    `${requests} requests, seed ${seed} (MANDAAT_FUZZ_SEED)`,
    ...rows,
    `  ${[...routes.values()].filter(({ succeeded }) => succeeded > 0).length} of ${routes.size} routes were answered with success`,
    `  ${counts.join(', ')}; busy ${busy} times`,
    ...found,
    '',
  ].join('\n');
}
