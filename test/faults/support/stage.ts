import { randomUUID } from 'node:crypto';

import { closeApp } from '../../../src/start.ts';
import { makeKey } from '../../support/app.ts';
import { Asking } from '../../support/asking.ts';
import { Desk } from '../../support/desk.ts';
import { Cluster, type ClusterOptions, withClient } from './cluster.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Service, type ServiceOptions } from './service.ts';
import { type Question, Traffic } from './traffic.ts';

/** Permitted to the proxy without asking the holder; every execution is another one. */
export const REFUND = { name: 'refund.request' };
/** Needs the holder's confirmation, which is used up by it. */
export const PLAN = { name: 'payment.plan', properties: { amount: 250.5, months: 6 } };
export const EXPLAIN = { name: 'invoice.explain' };

export interface StageOptions extends ClusterOptions {
  /** Calls in which the holder has said yes to {@link PLAN}. */
  readonly confirmed?: number;
  /** Codes that the holder was sent and nobody has typed yet. */
  readonly asked?: number;
  /** Further proxies, each with a mandate of their own and an open call. */
  readonly proxies?: number;
  /** Further keys of scope `agent`. */
  readonly keys?: number;
}

export interface AskedCode {
  readonly callId: string;
  readonly id: string;
  readonly code: string;
}

export interface Proxy {
  readonly callId: string;
  readonly mandateId: string;
}

/** A database of its own with people, mandates and open calls, and whatever runs on it. `close` leaves nothing behind. */
export class Stage {
  private readonly services: Service[] = [];
  private readonly lines: FaultProxy[] = [];
  private readonly running: Traffic[] = [];

  private constructor(
    readonly cluster: Cluster,
    private readonly arranged: Desk,
    /** A call in which the identified proxy may do {@link REFUND} and {@link EXPLAIN}. */
    readonly callId: string,
    readonly confirmed: string[],
    readonly asked: AskedCode[],
    readonly proxies: Proxy[],
    readonly keys: { readonly id: string; readonly text: string }[],
    /** A key of scope `agent`, and one of scope `crm`. */
    readonly token: string,
    readonly crmToken: string,
  ) {}

  static async open({ confirmed = 0, asked = 0, proxies = 0, keys = 0, ...how }: StageOptions = {}): Promise<Stage> {
    const cluster = await Cluster.start(how);
    try {
      cluster.use();
      // Long enough for codes to be still alive when their turn comes.
      const desk = await Desk.open({ codeMinutes: 10 });
      try {
        const asking = await Asking.at(desk);
        const stage = new Stage(
          cluster,
          desk,
          await asking.call(),
          [],
          [],
          [],
          [],
          bearer(desk, 'agent'),
          bearer(desk, 'crm'),
        );
        for (let left = confirmed; left > 0; left -= 1) {
          const { callId, id, code } = await asking.fresh([PLAN]);
          const { body } = await asking.attempt(id, code, callId, { actions: [PLAN] });
          if (body.accepted !== true) throw new Error(`not accepted: ${JSON.stringify(body)}`);
          stage.confirmed.push(callId);
        }
        for (let left = asked; left > 0; left -= 1) stage.asked.push(await asking.fresh([PLAN]));
        for (let left = proxies; left > 0; left -= 1) stage.proxies.push(await addProxy(desk, left));
        for (let left = keys; left > 0; left -= 1) {
          const { key, text } = await makeKey(desk.api, 'agent');
          stage.keys.push({ id: key.id, text });
        }
        await asking.forgetBudgets();
        return stage;
      } finally {
        // It has arranged everything; what follows happens in processes of their own.
        await desk.owner.end();
        await closeApp(desk.api.app);
      }
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get appUrl(): string {
    return this.arranged.api.database.appUrl;
  }

  get ownerUrl(): string {
    return this.arranged.api.database.ownerUrl;
  }

  /** Starts the program on this database, or on the one that `through` makes of its address. */
  async service({
    through,
    ...options
  }: Partial<Pick<ServiceOptions, 'env' | 'careless'>> & {
    readonly through?: Pick<FaultProxy, 'url'>;
  } = {}): Promise<Service> {
    const databaseUrl = through?.url(this.appUrl) ?? this.appUrl;
    const service = await Service.start({ databaseUrl, ownerUrl: this.ownerUrl, ...options });
    this.services.push(service);
    return service;
  }

  async proxy(): Promise<FaultProxy> {
    const proxy = await FaultProxy.start(this.cluster.socket);
    this.lines.push(proxy);
    return proxy;
  }

  /** @param urls where to ask; looked at before each question */
  traffic(urls: () => readonly string[], next: () => Question | null, clients = 8): Traffic {
    const traffic = new Traffic(urls, this.token, next, clients);
    this.running.push(traffic);
    return traffic;
  }

  /** The same desk, at one of the processes. */
  at({ url }: Service): Desk {
    return this.arranged.at({ ...this.arranged.api, url });
  }

  /** Mostly looking, and now and then doing something, each time under a key of its own. */
  mixed(callIds: readonly string[] = [this.callId]): () => Question {
    let turn = 0;
    return () => {
      const callId = callIds[turn % callIds.length]!;
      turn += 1;
      if (turn % 4 !== 0) return { callId, purpose: 'advise', action: EXPLAIN };
      return { callId, purpose: 'execute', action: REFUND, key: randomUUID() };
    };
  }

  query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return withClient(this.ownerUrl, async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  async close(): Promise<void> {
    const stopped = this.running.map((traffic) => traffic.stop());
    for (const service of this.services) await service.kill();
    await Promise.all(stopped);
    for (const line of this.lines) await line.stop();
    await this.cluster.stop();
  }
}

function bearer(desk: Desk, scope: 'agent' | 'crm'): string {
  return desk.authorization(scope).slice('Bearer '.length);
}

/** Somebody else who may act for the holder, on the line and identified. */
async function addProxy(desk: Desk, number: number): Promise<Proxy> {
  const ref = `X-${number}`;
  const personId = await desk.person(ref);
  const mandate = await desk.mandate('P-1', ref, ['billing'], ['C-1']);
  const { body } = await desk.expectSuccess(desk.open('C-1', { mandateRef: mandate.ref }));
  await desk.owner.query(
    `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at)
     VALUES (gen_random_uuid(), $1, $2, 'code', 'sms', now())`,
    [body.call.id, personId],
  );
  return { callId: body.call.id, mandateId: mandate.id };
}
