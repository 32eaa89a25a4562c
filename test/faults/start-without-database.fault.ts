import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { FaultProxy } from './support/fault-proxy.ts';
import { Service } from './support/service.ts';
import { EXPLAIN, Stage } from './support/stage.ts';
import { ask } from './support/traffic.ts';

let stage: Stage;
let proxy: FaultProxy;

/** Far longer than a start takes on a busy machine. */
const PATIENCE = 90_000;

beforeAll(async () => {
  stage = await Stage.open();
  proxy = await stage.proxy();
});
afterAll(() => stage?.close());

function start(): ReturnType<typeof Service.run> {
  const secret = (url: string): string => {
    const changed = new URL(proxy.url(url));
    changed.password = 'verzonnen-wachtwoord';
    return changed.href;
  };
  return Service.run({ databaseUrl: secret(stage.appUrl), ownerUrl: secret(stage.ownerUrl) }, PATIENCE);
}

describe('a service that is started while its database', () => {
  it('lets nobody in, ends with an error and says why, without the password', async () => {
    proxy.weather = 'refusing';
    const { code, said } = await start();
    expect(code).toBe(1);
    expect(said).toMatch(/database|ECONN|Connection/i);
    expect(said).not.toContain('verzonnen-wachtwoord');
    expect(said).not.toContain('listens on');
  });

  it('says nothing at all, ends in the same way instead of waiting for ever', async () => {
    proxy.weather = 'silent';
    const { code, said } = await start();
    expect(code).toBe(1);
    expect(said).toMatch(/database|timeout|Connection/i);
    expect(said).not.toContain('verzonnen-wachtwoord');
  });

  it('is well, listens and works: only the weather was wrong (positive control)', async () => {
    proxy.weather = 'fine';
    const service = await stage.service({ through: proxy });
    const outcome = await ask(service.url, stage.token, { callId: stage.callId, purpose: 'advise', action: EXPLAIN });
    expect(outcome.status).toBe(200);
  });
});
