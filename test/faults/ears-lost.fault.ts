import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { withClient } from './support/cluster.ts';
import type { FaultProxy } from './support/fault-proxy.ts';
import { commandLine, type Service } from './support/service.ts';
import { EXPLAIN, Stage } from './support/stage.ts';
import { ask, until } from './support/traffic.ts';

let stage: Stage;
let proxy: FaultProxy;
let deaf: Service;

beforeAll(async () => {
  stage = await Stage.open({ keys: 4 });
  proxy = await stage.proxy();
  deaf = await stage.service({ through: proxy });
});
afterAll(() => stage?.close());

async function statusWith(token: string, { url }: Service = deaf): Promise<number | null> {
  return (await ask(url, token, { callId: stage.callId, purpose: 'advise', action: EXPLAIN })).status;
}

/** What it says of itself. */
async function isListening({ url }: Service): Promise<boolean> {
  return /^mandaat_changes_listening 1$/m.test(await (await fetch(`${url}/metrics`)).text());
}

/** In one transaction, and told to everybody who listens: what the service does, without the time it takes to start. */
async function revokeAtOnce(id: string): Promise<void> {
  await withClient(stage.ownerUrl, (client) =>
    client.query(
      `WITH revoked AS (UPDATE api_keys SET revoked_at = now() WHERE id = '${id}' RETURNING id)
       SELECT pg_notify('api_keys_changed', id) FROM revoked`,
    ),
  );
}

describe('a process whose connection for news has broken', () => {
  it('keeps nothing in memory: a key that is revoked elsewhere is refused at its very next request', async () => {
    const key = stage.keys.pop()!;
    expect(await statusWith(key.text)).toBe(200);
    expect(proxy.count('listening')).toBe(1);
    // It can't be mended for as long as this takes.
    proxy.weather = 'refusing';
    proxy.reset('listening');
    try {
      expect(await statusWith(key.text)).toBe(200);
      expect(await commandLine(stage, ['keys', 'revoke', key.id])).toBe(0);
      expect(await statusWith(key.text)).toBe(401);
    } finally {
      proxy.weather = 'fine';
    }
    expect(await statusWith(stage.token)).toBe(200);
  });

  it('hears again by itself, and what was revoked elsewhere is refused while it keeps keys again', async () => {
    await until(() => proxy.count('listening') === 1);
    const key = stage.keys.pop()!;
    expect(await statusWith(key.text)).toBe(200);
    await revokeAtOnce(key.id);
    // The news travels for some milliseconds.
    await until(async () => (await statusWith(key.text)) === 401);
  });

  it('that nobody has cut off keeps nothing either, as soon as it gets no answers on it', async () => {
    const key = stage.keys.pop()!;
    proxy.silence('listening');
    await until(async () => !(await isListening(deaf)));
    expect(await statusWith(key.text)).toBe(200);
    await revokeAtOnce(key.id);
    expect(await statusWith(key.text)).toBe(401);
  });

  it('and listens again by itself on another one', async () => {
    await until(() => isListening(deaf));
  });

  it('would go on with a revoked key if it asked for no answers (positive control)', async () => {
    const trusting = `
      import { ChangeListener } from './dist/src/auth/change-listener.js';
      ChangeListener.prototype.ask = async () => undefined;
      Object.defineProperty(ChangeListener.prototype, 'isListening', { get() { return this.client !== undefined; } });
    `;
    const service = await stage.service({ through: proxy, careless: trusting });
    const key = stage.keys.pop()!;
    proxy.silence('listening');
    expect(await statusWith(key.text, service)).toBe(200);
    await revokeAtOnce(key.id);
    expect(await statusWith(key.text, service)).toBe(200);
    // What is in memory is looked up again after 5 s.
    await until(async () => (await statusWith(key.text, service)) === 401);
  });
});
