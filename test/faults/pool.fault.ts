import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import type { Answer } from '../support/desk.ts';
import { balance, CLEAN } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { REFUND, Stage } from './support/stage.ts';
import { ask, type Outcome } from './support/traffic.ts';

let stage: Stage;

const PROXIES = 7;

beforeAll(async () => {
  stage = await Stage.open({ proxies: PROXIES });
});
afterAll(() => stage?.close());

/** Every kind of work there is: what reads, what changes, what sends, what asks. Each is made anew for each use. */
function kinds(service: Service, number: number): Readonly<Record<string, () => Promise<Answer>>> {
  const desk = stage.at(service);
  const { callId } = stage;
  const ref = `N-${number}`;
  const person = { kind: 'person', name: `${ref} Voorbeeld`, language: 'nl', contact_points: [] };
  const contract = { joint_rule: 'any', holders: ['P-1'], properties: { product: 'internet', status: 'active' } };
  const grant = {
    holder: 'P-1',
    proxy: `X-${1 + (number % PROXIES)}`,
    scopes: ['faults'],
    contracts: ['C-1'],
    form: 'portal',
  };
  return {
    person: () => desk.send('crm', 'PUT', `/v1/people/${ref}`, person),
    contract: () => desk.send('crm', 'PUT', `/v1/contracts/K-${number}`, contract),
    grant: () => desk.post('crm', '/v1/mandates', grant),
    open: () => desk.post('agent', '/v1/calls', { channel: 'phone', contract_ref: 'C-1', claim: { as: 'holder' } }),
    read: () => desk.get('agent', `/v1/calls/${callId}`),
    advise: () => desk.check(callId, null),
    execute: () =>
      desk.post(
        'agent',
        `/v1/calls/${callId}/checks`,
        { purpose: 'execute', actions: [REFUND] },
        { 'idempotency-key': `pool-${service.url}-${number}` },
      ),
    verify: () => desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }),
    confirm: () => desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [{ name: 'contract.renew' }] }),
    ready: () => desk.get('agent', '/health/ready'),
  };
}

describe('a pool of one connection', () => {
  it('is enough for every kind of request: none needs a second connection while it has one', async () => {
    const service = await stage.service({ env: { DATABASE_POOL_SIZE: '1' } });
    for (const [kind, send] of Object.entries(kinds(service, 1))) {
      const { status } = await send();
      expect([kind, status < 300]).toEqual([kind, true]);
    }
  });

  it('answers everybody when all kinds come together, and works on', async () => {
    const service = await stage.service({ env: { DATABASE_POOL_SIZE: '1' } });
    const together = [10, 11, 12, 13, 14, 15].flatMap((number) => Object.values(kinds(service, number)));
    const answers = await Promise.all(together.map((send) => send()));
    const odd = answers.filter(
      ({ status, headers }) =>
        ![200, 201, 202, 409, 429].includes(status) && !(status === 503 && headers.has('retry-after')),
    );
    expect(odd.map(({ status, body }) => [status, body])).toEqual([]);
    expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(0);
    const after = await ask(service.url, stage.token, { callId: stage.callId, purpose: 'execute', action: REFUND });
    expect(after.status).toBe(200);
    expect(await balance(stage.ownerUrl, [after])).toEqual(CLEAN);
    expect(service.errors).toEqual([]);
  });

  it('would be too small, if the record were written with a second one (positive control)', async () => {
    // Takes another connection of the pool for a moment, inside every recorded transaction.
    const greedy = `
      import pg from 'pg';
      let pool;
      const { connect } = pg.Pool.prototype;
      pg.Pool.prototype.connect = function (...rest) {
        if (this.options.application_name === 'mandaat') pool = this;
        return connect.apply(this, rest);
      };
      const { query } = pg.Client.prototype;
      pg.Client.prototype.query = function (config, ...rest) {
        const text = typeof config === 'string' ? config : config?.text;
        // What comes with a callback is the pool's own, outside of any transaction.
        const isOwn = typeof rest.at(-1) === 'function';
        if (isOwn || !/INTO audit_records/.test(text ?? '')) return query.call(this, config, ...rest);
        return pool.query('SELECT 1').then(() => query.call(this, config, ...rest));
      };
    `;
    const one = await stage.service({ careless: greedy, env: { DATABASE_POOL_SIZE: '1' } });
    const two = await stage.service({ careless: greedy, env: { DATABASE_POOL_SIZE: '2' } });
    const execute = ({ url }: Service): Promise<Outcome> =>
      ask(url, stage.token, { callId: stage.callId, purpose: 'execute', action: REFUND });
    expect((await execute(one)).status).toBe(503);
    expect((await execute(two)).status).toBe(200);
  });
});

describe('a pool whose every connection waits', () => {
  it('answers everybody with 503 and when to come again, stays alive, and works on as soon as it can', async () => {
    const service = await stage.service();
    const desk = stage.at(service);
    const read = (): Promise<Answer> => desk.get('agent', `/v1/calls/${stage.callId}`);
    const gauge = async (state: string): Promise<number> => {
      const text = await (await fetch(`${service.url}/metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith('mandaat_') && one.includes(`"${state}"`));
      return Number(line?.split(' ').at(-1));
    };
    expect((await read()).status).toBe(200);

    const holder = new Client({ connectionString: stage.ownerUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE');
      const waiting = Promise.all(Array.from({ length: 60 }, read));
      // The fault is there: all of the pool's connections are busy, and requests wait for one.
      let isExhausted = false;
      const watch = (async () => {
        while (!isExhausted) isExhausted = (await gauge('waiting')) > 0 && (await gauge('busy')) === 4;
      })();
      expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
      const answers = await waiting;
      await watch;
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
      expect(answers.every(({ headers }) => headers.has('retry-after'))).toBe(true);
    } finally {
      await holder.end();
    }
    const after = await Promise.all(Array.from({ length: 8 }, read));
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
    expect(service.errors).toEqual([]);
  });
});
