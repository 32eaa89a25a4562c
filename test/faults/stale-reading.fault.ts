import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { folderName } from './support/cluster.ts';
import type { Service } from './support/service.ts';
import { EXPLAIN, type Proxy, Stage } from './support/stage.ts';
import { ask, isPermit, type Outcome, until } from './support/traffic.ts';

let stage: Stage;
let folder: string;
let steady: Service;
let held: Service;

beforeAll(async () => {
  stage = await Stage.open({ proxies: 4 });
  folder = await mkdtemp(folderName());
  steady = await stage.service();
  held = await stage.service({ careless: holding() });
});
afterAll(async () => {
  await stage?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The order to stand still after reading the facts next time, and the sign that it does. */
const order = (): string => path.join(folder, 'order');
const sign = (): string => path.join(folder, 'sign');

/** A process that stands still where it was told to, as one that is paused by its machine. */
function holding(): string {
  return `
    import { existsSync, renameSync } from 'node:fs';
    import { setTimeout as wait } from 'node:timers/promises';
    import { FactsRepository } from './dist/src/calls/facts.repository.js';
    const [order, sign] = ${JSON.stringify([order(), sign()])};
    const { load } = FactsRepository.prototype;
    FactsRepository.prototype.load = async function (...asked) {
      const loaded = await load.apply(this, asked);
      if (existsSync(order)) {
        renameSync(order, sign);
        while (existsSync(sign)) await wait(10);
      }
      return loaded;
    };
  `;
}

/** Does something while the process stands between reading and recording, and lets it go on when that was too long. */
async function whileHeld(work: () => Promise<unknown>): Promise<void> {
  await until(() => existsSync(sign()));
  await work();
  // By the database's clock, which is the one that counts.
  await stage.query('SELECT pg_sleep(4.1)');
  await rm(sign());
}

async function withdraw({ mandateId }: Proxy): Promise<void> {
  const answer = await stage.at(steady).post('crm', `/v1/mandates/${mandateId}/withdraw`);
  expect(answer.status).toBe(200);
}

function explain({ callId }: Proxy, { url }: Service): Promise<Outcome> {
  return ask(url, stage.token, { callId, purpose: 'advise', action: EXPLAIN });
}

/** A check that was read before a withdrawal, and is recorded long after it. */
async function withdrawnMeanwhile(service: Service): Promise<Outcome> {
  const proxy = stage.proxies.pop()!;
  expect(isPermit(await explain(proxy, service))).toBe(true);
  await writeFile(order(), '');
  const answer = explain(proxy, service);
  await whileHeld(() => withdraw(proxy));
  return answer;
}

describe('a process that stands still between reading and recording', () => {
  it('reads again what has become too old: a mandate that was withdrawn meanwhile permits nothing', async () => {
    const outcome = await withdrawnMeanwhile(held);
    expect(outcome.status).toBe(200);
    expect(isPermit(outcome)).toBe(false);
  });

  it('answers 503 when that becomes too old as well', async () => {
    const proxy = stage.proxies.at(-1)!;
    await writeFile(order(), '');
    const answer = explain(proxy, held);
    await whileHeld(() => writeFile(order(), ''));
    await whileHeld(() => Promise.resolve());
    expect(await answer).toMatchObject({ status: 503, retryAfter: '1' });
    expect(isPermit(await explain(proxy, held))).toBe(true);
  });

  it('opens no call with an answer that is too old', async () => {
    const { ref } = (await stage.query<{ ref: string }>('SELECT mandate_ref AS ref FROM mandates LIMIT 1'))[0]!;
    const open = () => stage.at(held).open('C-1', { mandateRef: ref });
    await writeFile(order(), '');
    const answer = open();
    await whileHeld(() => Promise.resolve());
    expect((await answer).status).toBe(503);
    expect((await open()).status).toBe(201);
  });

  it('would permit what was withdrawn long before, if nothing were too old (positive control)', async () => {
    const careless = `
      ${holding()}
      import pg from 'pg';
      const { query } = pg.Client.prototype;
      pg.Client.prototype.query = function (asked, ...rest) {
        if (asked?.name === 'audit-append') asked.values[7] = null;
        return query.call(this, asked, ...rest);
      };
    `;
    expect(isPermit(await withdrawnMeanwhile(await stage.service({ careless })))).toBe(true);
  });
});
