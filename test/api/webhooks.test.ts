import { lookup } from 'node:dns';
import { readFile } from 'node:fs/promises';
import http from 'node:http';

import { HttpAdapterHost } from '@nestjs/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import ipaddr from 'ipaddr.js';
import { Client } from 'pg';
import { Webhook as Verifier } from 'standardwebhooks';

import { AuditService } from '../../src/audit/audit.service.ts';
import { CheckpointService } from '../../src/audit/checkpoint.service.ts';
import { changedConfig } from '../../src/config/config.ts';
import { KeyRing } from '../../src/crypto/key-ring.ts';
import { metrics } from '../../src/http/metrics.ts';
import { DeliveriesRepository } from '../../src/webhooks/deliveries.repository.ts';
import { WebhookDelivery } from '../../src/webhooks/delivery.service.ts';
import { Destinations } from '../../src/webhooks/destinations.ts';
import { heardOfThePast, heardUpTo } from '../../src/webhooks/heard.ts';
import { isPublicAddress } from '../../src/webhooks/outbound-address.ts';
import { HOST_RESOLVER, type HostResolver } from '../../src/webhooks/resolver.ts';
import { nextTry } from '../../src/webhooks/next-try.ts';
import { WEBHOOK_DEFAULTS, WEBHOOK_OPTIONS, type WebhookOptions } from '../../src/webhooks/webhook-options.ts';
import { WebhookSecrets } from '../../src/webhooks/webhook-secrets.ts';
import { WebhookRunner } from '../../src/webhooks/webhook.runner.ts';
import { WebhookSender } from '../../src/webhooks/webhook-sender.ts';
import { WebhooksRepository } from '../../src/webhooks/webhooks.repository.ts';
import { WebhooksService } from '../../src/webhooks/webhooks.service.ts';
import type { TestApp } from '../support/app.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { CERTIFICATE, type Received, Receiver } from '../support/receiver.ts';
import { type Alteration, altered } from '../support/two-desks.ts';
import { until } from '../support/until.ts';

const PATIENCE = 30_000;
const LONG = 60_000;
/** Everything at once; the times of a real one are in the defaults, and in docs/webhooks.md. */
const QUICK = { tick: 30, delays: [30, 30, 30], patience: 1_000, lease: 1_500, page: 20 };
const PROXY_PHONE = '+49 30 23125 002';

interface Made {
  readonly id: string;
  readonly secret: string;
}

let desk: Desk;
let receiver: Receiver;
let paths = 0;

beforeAll(async () => {
  receiver = await Receiver.start();
  desk = await Desk.open();
  hurry(desk.api);
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: '+49 30 23125 001' });
  await desk.person('P-2', { name: 'Joost Voorbeeld', phone: PROXY_PHONE });
  await desk.contract('C-1', ['P-1']);
}, LONG);
afterEach(async () => {
  // Each case has its own; what others left is told of nothing any more.
  await desk.owner.query('DELETE FROM webhooks');
});
afterAll(async () => {
  await receiver.stop();
  await desk.close();
});

function hurry(api: TestApp, options: Partial<WebhookOptions> = {}): void {
  Object.assign(api.app.get<WebhookOptions>(WEBHOOK_OPTIONS, { strict: false }), QUICK, options);
}

function get<T>(type: new (...parameters: never[]) => T): T {
  return desk.api.app.get(type, { strict: false });
}

/** A path of this case's own. */
function place(): string {
  paths += 1;
  return `/${paths}`;
}

async function subscribe(
  path: string,
  types: readonly string[] | null = ['call.ended'],
  url = receiver.url(path),
): Promise<Made> {
  const { body } = await desk.expectSuccess(desk.post('admin', '/v1/webhooks', { url, types }));
  return body;
}

/** Something changed, so many times. @returns the ids of the changes, as the feed gives them */
async function change(count = 1, type = 'call.ended'): Promise<string[]> {
  const { body } = await desk.get('crm', '/v1/changes?after=now');
  await desk.owner.query(
    `INSERT INTO changes (epoch, at, type, data) SELECT (SELECT max(id) FROM change_epochs), date_trunc('milliseconds', now()), $1, '{}'
     FROM generate_series(1, $2)`,
    [type, count],
  );
  const ids: string[] = [];
  // The feed waits for what others on the same server are doing.
  await until(async () => {
    const { body: feed } = await desk.get('crm', `/v1/changes?limit=100&types=${type}&after=${body.next}`);
    ids.splice(0, ids.length, ...feed.changes.map(({ id }: { id: string }) => id));
    return ids.length === Math.min(count, 100);
  }, PATIENCE);
  return ids;
}

async function deliveries(id: string, query = ''): Promise<Answer['body'][]> {
  return (await desk.expectSuccess(desk.get('admin', `/v1/webhooks/${id}/deliveries${query}`))).body.deliveries;
}

async function settled(id: string, state: string, count = 1): Promise<Answer['body'][]> {
  await until(async () => (await deliveries(id, `?state=${state}&limit=100`)).length >= count, PATIENCE);
  return deliveries(id, `?state=${state}&limit=100`);
}

async function arrived(path: string, count = 1): Promise<Received[]> {
  await until(() => receiver.at(path).length >= count, PATIENCE);
  return receiver.at(path);
}

function verified(secret: string, { body, headers }: Received): Answer['body'] {
  return new Verifier(secret).verify(body, headers);
}

/** Names that mean these addresses, the first time, the second time, and so on. */
function resolving(hosts: Record<string, readonly string[][]>): { readonly asked: string[]; undo(): void } {
  const resolver = desk.api.app.get<HostResolver>(HOST_RESOLVER, { strict: false });
  const original = resolver.resolve.bind(resolver);
  const asked: string[] = [];
  resolver.resolve = (host) => {
    const answers = hosts[host];
    if (answers === undefined) return original(host);
    asked.push(host);
    const at = asked.filter((one) => one === host).length - 1;
    return Promise.resolve(answers[Math.min(at, answers.length - 1)] ?? []);
  };
  return { asked, undo: () => void (resolver.resolve = original) };
}

it('is sent again on the schedule that the documentation tells, each time a tenth shorter or longer at most', async () => {
  const page = await readFile('docs/webhooks.md', 'utf8');
  const [, told = ''] = /Tries follow after ([^.]+?), each up to a tenth shorter or longer/.exec(page) ?? [];
  const MILLISECONDS: Record<string, number> = { second: 1_000, minute: 60_000, hour: 3_600_000 };
  let unit = 0;
  // "2, 5 and 10 hours": a number without a unit has that of the next one.
  const delays = [...told.matchAll(/(\d+)(?: (second|minute|hour)s?)?/g)].toReversed().map(([, number, name]) => {
    unit = MILLISECONDS[name ?? ''] ?? unit;
    return Number(number) * unit;
  });
  expect(delays.toReversed()).toEqual(WEBHOOK_DEFAULTS.delays);
  const failed = { status: 500, fault: 'rejected' } as const;
  for (const [place, delay] of WEBHOOK_DEFAULTS.delays.entries()) {
    for (let round = 0; round < 50; round += 1) {
      const next = nextTry(failed, place + 1, WEBHOOK_DEFAULTS.delays);
      expect(next.state).toBe('pending');
      expect(Math.abs(next.delay - delay)).toBeLessThanOrEqual(delay / 10);
    }
  }
  expect(nextTry(failed, WEBHOOK_DEFAULTS.delays.length + 1, WEBHOOK_DEFAULTS.delays).state).toBe('failed');
  const [, seconds] = /Answer 2xx at once, within (\d+) seconds/.exec(page) ?? [];
  expect(Number(seconds) * 1_000).toBe(WEBHOOK_DEFAULTS.patience);
});

describe('a webhook', () => {
  it('shows its secret once, and keeps it sealed', async () => {
    const { body: made } = await desk.expectSuccess(
      desk.post('admin', '/v1/webhooks', { url: receiver.url('/kept?key=of-theirs'), description: 'CRM' }),
    );
    expect(made).toMatchObject({ types: null, description: 'CRM', status: 'enabled', disabled_reason: null });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { secret, ...rest } = made;
    expect((await desk.get('admin', `/v1/webhooks/${made.id}`)).body).toEqual(rest);
    expect((await desk.get('admin', '/v1/webhooks')).body).toEqual({ webhooks: [rest] });
    const { rows } = await desk.owner.query<{ row: string; sealed: Buffer }>(
      'SELECT w::text AS row, secret_sealed AS sealed FROM webhooks w',
    );
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    expect(rows[0]?.row).not.toContain(key.toString('hex'));
    expect(rows[0]?.sealed.includes(key)).toBe(false);
    const records = await desk.owner.query<{ body: string }>(
      "SELECT body FROM audit_records WHERE kind LIKE 'webhook.%'",
    );
    expect(records.rows.length).toBeGreaterThan(0);
    for (const { body } of records.rows) expect(body).not.toMatch(/of-theirs|whsec/);
  });

  it('tells of a withdrawal: signed, by references alone, under the id that the feed has', async () => {
    const path = place();
    const { id, secret } = await subscribe(path, ['mandate.withdrawn', 'confirmation.cancelled']);
    const { body: start } = await desk.get('crm', '/v1/changes?after=now');
    const mandate = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    const { headers: seen } = await desk.get('crm', `/v1/mandates/${mandate.id}`);
    await desk.expectSuccess(
      desk.post('crm', `/v1/mandates/${mandate.id}/withdraw`, {}, { 'if-match': seen.get('etag') ?? '' }),
    );
    const [message] = await arrived(path);
    if (message === undefined) throw new Error('nothing arrived');
    const { body: feed } = await desk.get('crm', `/v1/changes?types=mandate.withdrawn&after=${start.next}`);
    const [withdrawn] = feed.changes;
    expect(verified(secret, message)).toEqual({
      type: 'mandate.withdrawn',
      timestamp: withdrawn.at,
      data: { mandate_id: mandate.id, revision: expect.any(Number) },
    });
    expect(message.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': withdrawn.id });
    expect(Number(message.headers['content-length'])).toBe(Buffer.byteLength(message.body));
    const { body: opened } = await desk.expectSuccess(desk.open('C-1', { number: PROXY_PHONE }));
    const asked = desk.post(
      'agent',
      `/v1/calls/${opened.call.id}/checks`,
      { purpose: 'advise' },
      {
        'mandaat-at-least': message.headers['webhook-id'] ?? '',
      },
    );
    expect((await asked).status).toBe(200);
    const [delivered] = await settled(id, 'delivered');
    expect(delivered).toMatchObject({
      type: 'mandate.withdrawn',
      message_id: withdrawn.id,
      attempts: 1,
      last_status: 204,
    });
    // What it did not ask for it is not told.
    expect(receiver.at(path)).toHaveLength(1);
  });

  it('is refused by whoever has another secret, other words or an old message', async () => {
    const path = place();
    const { secret } = await subscribe(path);
    await change();
    const [message] = await arrived(path);
    if (message === undefined) throw new Error('nothing arrived');
    const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    expect(() => verified(other, message)).toThrow('No matching signature');
    expect(() => verified(secret, { ...message, body: message.body.replace('call', 'mall') })).toThrow('No matching');
    const later = String(Number(message.headers['webhook-timestamp']) + 1);
    for (const [name, value] of Object.entries({ 'webhook-id': 'another', 'webhook-timestamp': later })) {
      const changed = { ...message, headers: { ...message.headers, [name]: value } };
      expect(() => verified(secret, changed)).toThrow('No matching');
    }
    const old = String(Number(message.headers['webhook-timestamp']) - 301);
    expect(() => verified(secret, { ...message, headers: { ...message.headers, 'webhook-timestamp': old } })).toThrow(
      'too old',
    );
    expect(verified(secret, message)).toMatchObject({ type: 'call.ended' });
  });

  it('tells of nothing that was rolled back, and of what commits late, whatever else still runs', async () => {
    const path = place();
    await subscribe(path);
    const [slow, never] = [0, 1].map(() => new Client({ connectionString: desk.api.database.ownerUrl }));
    if (slow === undefined || never === undefined) throw new Error('unreachable');
    const INSERT = `INSERT INTO changes (epoch, at, type, data) VALUES ((SELECT max(id) FROM change_epochs), now(), 'call.ended', $1)`;
    const order = (): unknown[] => receiver.at(path).map(({ body }) => JSON.parse(body).data.n);
    try {
      for (const other of [slow, never]) await other.connect();
      await slow.query('BEGIN');
      await slow.query(INSERT, ['{"n": 1}']);
      await never.query('BEGIN');
      await never.query(INSERT, ['{"n": 2}']);
      const { body: start } = await desk.get('crm', '/v1/changes?after=now');
      await desk.owner.query(INSERT, ['{"n": 3}']);
      await arrived(path);
      expect(order()).toEqual([3]);
      // The control: who waits for its turn, as the feed does, has not heard of it yet.
      expect((await desk.get('crm', `/v1/changes?after=${start.next}`)).body.changes).toEqual([]);
      await never.query('ROLLBACK');
      await slow.query('COMMIT');
      await desk.owner.query(INSERT, ['{"n": 4}']);
      await arrived(path, 3);
      expect(order().toSorted()).toEqual([1, 3, 4]);
    } finally {
      for (const other of [slow, never]) await other.end();
    }
  });

  it(
    'is told of every change once, whichever process tells it, and however much there is at once',
    async () => {
      // Of another process: it shares the database, and nothing that it remembers.
      const other = new WebhookRunner(
        get(WebhooksRepository),
        get(DeliveriesRepository),
        get(WebhookDelivery),
        get(HttpAdapterHost),
        QUICK,
      );
      other.onApplicationBootstrap();
      try {
        const path = place();
        const { id } = await subscribe(path);
        const status = (value: string) => desk.send('admin', 'PATCH', `/v1/webhooks/${id}`, { status: value });
        for (let n = 0; n < 6; n += 1) await change(n % 2 === 0 ? 1 : 5);
        await arrived(path, 18);
        // More than one page, and its edge in the middle of a transaction.
        await status('disabled');
        for (const count of [12, 12, 3]) await change(count);
        await status('enabled');
        await arrived(path, 45);
        await until(async () => (await deliveries(id, '?state=pending')).length === 0, PATIENCE);
        const ids = receiver.at(path).map(({ headers }) => headers['webhook-id']);
        expect([ids.length, new Set(ids).size]).toEqual([45, 45]);
        // The control: who forgets what was heard of hands it out twice, and that would be seen.
        const { rows } = await desk.owner.query<{ heard: string }>('SELECT heard::text FROM webhooks');
        const [twice] = await change();
        await arrived(path, 46);
        await desk.owner.query('UPDATE webhooks SET heard = $1', [rows[0]?.heard]);
        expect((await arrived(path, 47)).filter(({ headers }) => headers['webhook-id'] === twice)).toHaveLength(2);
      } finally {
        await other.beforeApplicationShutdown();
      }
    },
    LONG,
  );

  it('goes on through a restore: what was committed before it, and what comes in the new epoch', async () => {
    const path = place();
    const { id } = await subscribe(path);
    await desk.send('admin', 'PATCH', `/v1/webhooks/${id}`, { status: 'disabled' });
    const before = await change();
    await desk.owner.query('INSERT INTO change_epochs (began_at) VALUES (now())');
    await desk.owner.query(
      `INSERT INTO changes (epoch, tx, at, type, data) VALUES ((SELECT max(id) FROM change_epochs), '3', now(), 'call.ended', '{}')`,
    );
    await desk.send('admin', 'PATCH', `/v1/webhooks/${id}`, { status: 'enabled' });
    const ids = (await arrived(path, 2)).map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(2);
    expect(ids).toEqual(expect.arrayContaining(before));
  });

  it('is signed with two secrets for a while after a new one was made', async () => {
    const path = place();
    const { id, secret } = await subscribe(path);
    const { body: rotated } = await desk.expectSuccess(desk.post('admin', `/v1/webhooks/${id}/rotate`));
    expect(Date.parse(rotated.previous_secret_until) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await change();
    const [both] = await arrived(path);
    if (both === undefined) throw new Error('nothing arrived');
    expect(both.headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
    for (const one of [secret, rotated.secret]) expect(verified(one, both)).toMatchObject({ type: 'call.ended' });
    // Two live, never three.
    expect((await desk.post('admin', `/v1/webhooks/${id}/rotate`, { overlap_hours: 1 })).status).toBe(409);
    await desk.owner.query("UPDATE webhooks SET previous_until = now() - interval '1 second'");
    await change();
    const [, one] = await arrived(path, 2);
    if (one === undefined) throw new Error('nothing arrived');
    expect(verified(rotated.secret, one)).toMatchObject({ type: 'call.ended' });
    expect(() => verified(secret, one)).toThrow('No matching signature');
    await get(WebhooksService).clear();
    const { rows } = await desk.owner.query<{ gone: boolean }>('SELECT previous_sealed IS NULL AS gone FROM webhooks');
    expect(rows).toEqual([{ gone: true }]);
    // One that leaked ends at once.
    const { body: last } = await desk.expectSuccess(
      desk.post('admin', `/v1/webhooks/${id}/rotate`, { overlap_hours: 0 }),
    );
    await change();
    const [, , newest] = await arrived(path, 3);
    if (newest === undefined) throw new Error('nothing arrived');
    expect(() => verified(rotated.secret, newest)).toThrow('No matching signature');
    expect(verified(last.secret, newest)).toMatchObject({ type: 'call.ended' });
  });

  it('keeps its secret when the key ring changes, and keeps a ring without its key from starting', async () => {
    const path = place();
    const { secret } = await subscribe(path);
    const [audit, repository] = [get(AuditService), get(WebhooksRepository)];
    const old = desk.api.config.keyRing;
    const fresh = { id: 'fresh', key: Buffer.alloc(32, 7) };
    const both = new WebhookSecrets(audit, new KeyRing([fresh, ...old]), repository);
    expect([await both.rewrap('cli'), await both.rewrap('cli')]).toEqual([1, 0]);
    await expect(get(WebhookSecrets).onApplicationBootstrap()).rejects.toThrow('lacks "fresh"');
    const alone = new WebhookSecrets(audit, new KeyRing([fresh]), repository);
    await alone.onApplicationBootstrap();
    const [{ id } = { id: '' }] = await repository.list();
    const recipient = await repository.recipient(id);
    if (recipient === null) throw new Error('it is there');
    const at = new Date();
    const signature = alone.sign(id, recipient, { id: 'message', at, body: '{}' });
    expect(signature).toBe(new Verifier(secret).sign('message', at, '{}'));
  });
});

describe('a message', () => {
  it('that fails is sent again under the same id, signed anew, until it arrives', async () => {
    const path = place();
    receiver.answer(path, (response, count) => void response.writeHead(count < 3 ? 500 : 200).end());
    const { id, secret } = await subscribe(path);
    await change();
    const messages = await arrived(path, 3);
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const message of messages) expect(verified(secret, message)).toMatchObject({ type: 'call.ended' });
    const [delivered] = await settled(id, 'delivered');
    expect(delivered).toMatchObject({ attempts: 3, last_status: 200, last_fault: null, next_attempt_at: null });
    expect((await desk.get('admin', `/v1/webhooks/${id}`)).body.failing_since).toBeNull();
  });

  const switchProtocol: Parameters<Receiver['answer']>[1] = (response) => {
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
  };

  it.each([
    ['an answer that never comes', () => undefined, 'timed_out', null],
    ['a connection that is cut', (response) => void response.destroy(), 'connection_failed', null],
    ['another protocol', switchProtocol, 'connection_failed', null],
    ['a redirect', (response) => void response.writeHead(307, { location: '/elsewhere' }).end(), 'redirected', 307],
    ['a no', (response) => void response.writeHead(404).end('secret words of theirs'), 'rejected', 404],
  ] satisfies [string, Parameters<Receiver['answer']>[1], string, number | null][])(
    'is given up after its last try at %s, which is told by a word of ours',
    async (_, answering, fault, status) => {
      const path = place();
      receiver.answer(path, answering);
      const { id } = await subscribe(path);
      if (fault === 'timed_out') hurry(desk.api, { patience: 250 });
      await change();
      const [failed] = await settled(id, 'failed').finally(() => hurry(desk.api));
      expect(failed).toMatchObject({ attempts: 4, last_fault: fault, last_status: status });
      expect(receiver.at(path)).toHaveLength(4);
      expect(receiver.at('/elsewhere')).toEqual([]);
      const { rows } = await desk.owner.query<{ row: string }>('SELECT d::text AS row FROM webhook_deliveries d');
      expect(rows.map(({ row }) => row).join()).not.toContain('theirs');
      expect((await desk.get('admin', `/v1/webhooks/${id}`)).body.failing_since).toEqual(expect.any(String));
    },
    LONG,
  );

  it('has arrived with the status of its answer, of which little is read', async () => {
    const path = place();
    let written = 0;
    let isCut = false;
    receiver.answer(path, (response) => {
      response.on('close', () => (isCut = true));
      response.writeHead(200);
      const pour = (): void => {
        while (!isCut && response.write(Buffer.alloc(16_384))) written += 16_384;
      };
      response.on('drain', pour);
      pour();
    });
    const { id } = await subscribe(path);
    await change();
    expect(await settled(id, 'delivered')).toHaveLength(1);
    await until(() => isCut, PATIENCE);
    // What the two systems hold in between is not ours to bound.
    expect(written).toBeLessThan(64 * 1_024 * 1_024);
    expect(receiver.at(path)).toHaveLength(1);
  });

  it('comes later when the other side asks for it', async () => {
    const path = place();
    receiver.answer(path, (response) => void response.writeHead(503, { 'retry-after': '600' }).end());
    const { id } = await subscribe(path);
    await change();
    await until(async () => (await deliveries(id))[0]?.last_status === 503, PATIENCE);
    const [waiting] = await deliveries(id, '?state=pending');
    expect(Date.parse(waiting.next_attempt_at) - Date.parse(waiting.last_attempt_at)).toBeGreaterThan(599_000);
  });

  it('is sent again by the process that comes after one that died before it could note the yes', async () => {
    const path = place();
    const { id } = await subscribe(path);
    const repository = get(DeliveriesRepository);
    const settle = repository.settle.bind(repository);
    let deaths = 0;
    repository.settle = () => {
      deaths += 1;
      repository.settle = settle;
      return Promise.reject(new Error('died'));
    };
    await change();
    const [first, second] = await arrived(path, 2).finally(() => (repository.settle = settle));
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(await settled(id, 'delivered')).toMatchObject([{ attempts: 2 }]);
    expect(deaths).toBe(1);
    // The control: who notes first, and then dies, has told nobody.
    const claim = repository.claim.bind(repository);
    repository.claim = async (...asked) => {
      for (const one of await claim(...asked)) {
        await settle(asked[0], one, { state: 'delivered', status: 204, fault: null, delay: 0 });
      }
      return [];
    };
    await change();
    await settled(id, 'delivered', 2).finally(() => (repository.claim = claim));
    expect(receiver.at(path)).toHaveLength(2);
  });

  /** Thirty for a receiver that hangs, and for a healthy one, which gets its own. Answers what the other one holds then. */
  async function hanging(): Promise<{ readonly told: number; readonly most: number; readonly begun: number }> {
    const [dead, healthy] = [place(), place()];
    const held: http.ServerResponse[] = [];
    receiver.answer(dead, (response) => void held.push(response));
    const { id } = await subscribe(dead);
    await subscribe(healthy);
    hurry(desk.api, { patience: 20_000, lease: 60_000 });
    try {
      await change(30);
      await arrived(healthy, 30);
      const told = await deliveries(id, '?state=delivered');
      return { told: told.length, most: receiver.most.get(dead) ?? 0, begun: receiver.at(dead).length };
    } finally {
      hurry(desk.api);
      await desk.owner.query('DELETE FROM webhooks');
      for (const response of held) response.destroy();
    }
  }

  it(
    'to a receiver that hangs holds up its own alone',
    async () => {
      // None of these is answered yet, and they are as many as they may be.
      expect(await hanging()).toEqual({ told: 0, most: 4, begun: 4 });
    },
    LONG,
  );

  it(
    'to a receiver that hangs would be more at once, if whatever is due were taken: the control',
    async () => {
      const greedy: Alteration = (app) => {
        const repository = app.get(DeliveriesRepository, { strict: false });
        const claim: DeliveriesRepository['claim'] = (id, _most, lease) =>
          DeliveriesRepository.prototype.claim.call(repository, id, 30, lease);
        return [{ of: repository, does: { claim } }];
      };
      const { told, most } = await altered([desk.api.app], greedy, hanging);
      expect(told).toBe(0);
      expect(most).toBeGreaterThan(4);
    },
    LONG,
  );

  it('is sent again by hand: one, or all that failed since', async () => {
    const path = place();
    receiver.answer(path, (response, count) => void response.writeHead(count <= 8 ? 500 : 200).end());
    const { id } = await subscribe(path);
    const since = new Date(Date.now() - 60_000).toISOString();
    await change(2);
    const failed = await settled(id, 'failed', 2);
    const [first] = failed;
    const one = await desk.post('admin', `/v1/webhooks/${id}/deliveries/${first.id}/replay`);
    expect([one.status, one.body]).toMatchObject([202, { id: first.id, state: 'pending', attempts: 0 }]);
    expect(await settled(id, 'delivered')).toMatchObject([{ id: first.id, message_id: first.message_id }]);
    const all = await desk.post('admin', `/v1/webhooks/${id}/replay`, { since });
    expect([all.status, all.body]).toEqual([202, { replayed: 1 }]);
    await settled(id, 'delivered', 2);
    expect((await desk.post('admin', `/v1/webhooks/${id}/replay`, { since })).body).toEqual({ replayed: 0 });
    // Of somebody else's webhook there is none.
    const { id: other } = await subscribe(place());
    expect((await desk.post('admin', `/v1/webhooks/${other}/deliveries/${first.id}/replay`)).status).toBe(404);
  });

  it('can be asked for, to see one arrive; and all are listed, page by page', async () => {
    const path = place();
    const { id, secret } = await subscribe(path, null);
    const asked = await desk.post('admin', `/v1/webhooks/${id}/test`);
    expect([asked.status, asked.body]).toMatchObject([202, { type: 'webhook.test', state: 'pending' }]);
    const [message] = await arrived(path);
    if (message === undefined) throw new Error('nothing arrived');
    expect(verified(secret, message)).toEqual({
      type: 'webhook.test',
      timestamp: asked.body.at,
      data: { webhook_id: id },
    });
    await change(2);
    const whole = await settled(id, 'delivered', 3);
    const pages: unknown[] = [];
    for (let after = ''; ;) {
      const { body } = await desk.get('admin', `/v1/webhooks/${id}/deliveries?limit=2${after}`);
      pages.push(...body.deliveries);
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(pages).toEqual(whole);
  });

  it('is forgotten after 30 days, and one that tells of what is no longer kept is not sent', async () => {
    const path = place();
    const { id } = await subscribe(path);
    await desk.owner.query(
      `INSERT INTO webhook_deliveries (id, webhook_id, epoch, tx, n, type, at, due_at)
       VALUES (gen_random_uuid(), $1, 1, '3', 1, 'call.ended', now() - interval '29 days', now()),
         (gen_random_uuid(), $1, 1, '3', 2, 'call.ended', now() - interval '31 days', now() + interval '1 day')`,
      [id],
    );
    expect(await settled(id, 'failed')).toMatchObject([{ last_fault: 'expired', attempts: 1 }]);
    expect(await deliveries(id)).toHaveLength(2);
    await get(WebhooksService).clear();
    expect(await deliveries(id)).toHaveLength(1);
    expect(receiver.at(path)).toEqual([]);
  });

  it('of a checkpoint has the signed checkpoint itself', async () => {
    const path = place();
    const { secret } = await subscribe(path, ['audit.checkpoint']);
    const made = await get(CheckpointService).make();
    const [message] = await arrived(path);
    if (message === undefined || made === null) throw new Error('nothing arrived');
    expect(verified(secret, message)).toMatchObject({
      type: 'audit.checkpoint',
      data: { number: made.number, checkpoint: made.jws },
    });
  });
});

describe('a receiver that is gone', () => {
  it('is told nothing more, which is told to everybody else; enabled again it is told what it missed', async () => {
    const path = place();
    receiver.answer(path, (response, count) => void response.writeHead(count === 1 ? 410 : 200).end());
    const { id } = await subscribe(path);
    const others = place();
    const other = await subscribe(others, ['webhook.disabled']);
    await change();
    const [told] = await arrived(others);
    if (told === undefined) throw new Error('nothing arrived');
    expect(verified(other.secret, told)).toMatchObject({ data: { webhook_id: id, reason: 'gone' } });
    const { body: shown } = await desk.get('admin', `/v1/webhooks/${id}`);
    expect(shown).toMatchObject({ status: 'disabled', disabled_reason: 'gone' });
    expect(await deliveries(id)).toMatchObject([
      { state: 'failed', last_status: 410, last_fault: 'gone', attempts: 1 },
    ]);
    await until(async () => /^mandaat_webhooks_disabled 1$/m.test(await metrics.registry.metrics()), PATIENCE);
    for (const verb of ['test', 'replay', `deliveries/${id}/replay`]) {
      const refused = await desk.post(
        'admin',
        `/v1/webhooks/${id}/${verb}`,
        verb === 'replay' ? { since: shown.created_at } : undefined,
      );
      expect(refused.status).toBe(409);
    }
    const [missed] = await change();
    const enabled = await desk.send('admin', 'PATCH', `/v1/webhooks/${id}`, { status: 'enabled' });
    expect(enabled.body).toMatchObject({ status: 'enabled', disabled_reason: null });
    const [, next] = await arrived(path, 2);
    expect(next?.headers['webhook-id']).toBe(missed);
  });

  it('for days is disabled, and not a day earlier', async () => {
    const path = place();
    receiver.answer(path, (response) => void response.writeHead(500).end());
    const { id } = await subscribe(path);
    await change();
    await settled(id, 'failed');
    await desk.owner.query("UPDATE webhooks SET failing_since = now() - interval '4 days 23 hours'");
    await change();
    await settled(id, 'failed', 2);
    expect((await desk.get('admin', `/v1/webhooks/${id}`)).body.status).toBe('enabled');
    await desk.owner.query("UPDATE webhooks SET failing_since = now() - interval '5 days 1 minute'");
    await change();
    const path2 = `/v1/webhooks/${id}`;
    await until(async () => (await desk.get('admin', path2)).body.disabled_reason === 'failing', PATIENCE);
  });

  it('or was removed, is told nothing', async () => {
    const path = place();
    const { id } = await subscribe(path);
    expect((await desk.send('admin', 'DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
    expect((await desk.get('admin', `/v1/webhooks/${id}/deliveries`)).status).toBe(404);
    const after = place();
    await subscribe(after);
    await change();
    await arrived(after);
    expect(receiver.at(path)).toEqual([]);
  });
});

describe('an address', () => {
  it.each([
    ['no address', 'crm.example.nl'],
    ['another scheme', 'ftp://crm.example.nl/'],
    ['a password', 'https://me:secret@127.0.0.1/'],
    ['a fragment', 'https://127.0.0.1/#part'],
    ['a private address', 'https://10.0.0.1/'],
    ['a neighbour', 'https://169.254.169.254/latest/meta-data'],
    ['an address as one number', 'https://3232235777/'],
    ['an address in octal', 'https://0300.0250.1.1/'],
    ['a mapped one', 'https://[::ffff:10.0.0.1]/'],
    ['a mapped one of this machine', 'https://[::ffff:127.0.0.1]/'],
    ['NAT64', 'https://[64:ff9b::a00:1]/'],
    ['NAT64 of somebody’s own', 'https://[64:ff9b:1::a00:1]/'],
    ['6to4', 'https://[2002:a00:1::1]/'],
    ['Teredo', 'https://[2001:0:0:0:0:0:f5ff:fffe]/'],
    ['ISATAP', 'https://[2a00:1450::5efe:a00:1]/'],
    ['a name for a private address', 'https://inside.example.nl/'],
    ['a name for nothing', 'https://nowhere.example.nl/'],
  ])('is refused when it is made, and when it is changed to: %s', async (_, url) => {
    const names = resolving({
      'inside.example.nl': [['10.0.0.1', 'fd00::1']],
      'nowhere.example.nl': [[]],
      'crm.example.nl': [[]],
    });
    try {
      const refused = await desk.post('admin', '/v1/webhooks', { url });
      expect([refused.status, refused.body.errors]).toEqual([400, [{ pointer: '/url', detail: expect.any(String) }]]);
      const { id } = await subscribe(place());
      expect((await desk.send('admin', 'PATCH', `/v1/webhooks/${id}`, { url })).status).toBe(400);
    } finally {
      names.undo();
    }
  });

  it('must be one of https in production, which also refuses this machine', () => {
    const production = changedConfig(desk.api.config, { production: true, webhookNetworks: [] });
    const destinations = new Destinations(production, { resolve: (host) => Promise.resolve([host]) });
    expect(destinations.faultOf('http://crm.example.nl/')).toContain('https://');
    expect(destinations.faultOf('https://crm.example.nl/')).toBeNull();
    return expect(destinations.find('127.0.0.1')).resolves.toBe('address_refused');
  });

  it.each([
    ['8.8.8.8', true],
    ['2a00:1450:400e:80c::200e', true],
    ['0.0.0.0', false],
    ['127.0.0.1', false],
    ['100.64.0.1', false],
    ['192.0.2.1', false],
    ['198.18.0.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['::7f00:1', false],
    ['::ffff:8.8.8.8', false],
    ['::ffff:0:a00:1', false],
    ['64:ff9b::808:808', false],
    ['64:ff9b:1:a00:1::', false],
    ['2002:808:808::1', false],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', false],
    ['2a00:1450::200:5efe:a00:1', false],
    ['fe80::1', false],
    ['fec0::1', false],
    ['fd00::1', false],
    ['ff02::1', false],
    ['2001:db8::1', false],
    ['4000::1', false],
    ['crm.example.nl', false],
    ['', false],
  ])('%s is one that anybody may be asked at: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });

  it('is looked at more closely than by its range alone', () => {
    // The control: what the library that filters connections would let pass.
    for (const hidden of ['::7f00:1', '2a00:1450::5efe:a00:1']) {
      expect([ipaddr.parse(hidden).range(), isPublicAddress(hidden)]).toEqual(['unicast', false]);
    }
  });

  it('that has become private since is not asked', async () => {
    const path = place();
    const names = resolving({ 'turning.example.nl': [['127.0.0.1'], ['127.0.0.1'], ['10.0.0.1']] });
    try {
      const { id } = await subscribe(path, ['call.ended'], receiver.url(path, 'turning.example.nl'));
      await change();
      await settled(id, 'delivered');
      await change();
      const [failed] = await settled(id, 'failed');
      expect(failed).toMatchObject({ last_fault: 'address_refused', last_status: null });
      expect(receiver.at(path)).toHaveLength(1);
    } finally {
      names.undo();
    }
  });

  it('is found once and connected to, whatever its name means a moment later', async () => {
    const path = place();
    const inside = await Receiver.start('127.0.0.2', receiver.port);
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    const names = resolving({ 'rebinding.example.nl': answers });
    const url = receiver.url(path, 'rebinding.example.nl');
    try {
      expect(await get(WebhookSender).send(url, {}, '{}')).toEqual({ status: 204, fault: null });
      expect(names.asked).toHaveLength(1);
      expect([receiver.at(path).length, inside.at(path).length]).toEqual([1, 0]);
      // The control: who looks first, and then leaves the name to the connection, is led inside.
      const resolver = desk.api.app.get<HostResolver>(HOST_RESOLVER, { strict: false });
      names.asked.length = 0;
      await resolver.resolve('rebinding.example.nl');
      const careless = ((host, options, done) => {
        void resolver.resolve(host).then(([address = '']) => lookup(address, options, done as never));
      }) as NonNullable<http.RequestOptions['lookup']>;
      await new Promise((resolve, reject) => {
        http.request(url, { method: 'POST', lookup: careless }, resolve).on('error', reject).end('{}');
      });
      expect([receiver.at(path).length, inside.at(path).length]).toEqual([1, 1]);
    } finally {
      names.undo();
      await inside.stop();
    }
  });

  it('is one of the hosts that the operator named, if any are: when it is made, when it is changed, and at each try', async () => {
    const path = place();
    const names = resolving({ 'told.example.nl': [['127.0.0.1']], 'other.example.nl': [['127.0.0.1']] });
    const naming = (webhookHosts: readonly string[] | undefined) =>
      void Object.assign(get(Destinations), { config: changedConfig(desk.api.config, { webhookHosts }) });
    const [told, other] = [receiver.url(path, 'told.example.nl'), receiver.url(path, 'other.example.nl')];
    try {
      naming(['told.example.nl', '127.0.0.9']);
      for (const url of [other, receiver.url(path), 'http://sub.told.example.nl/', 'http://told.example.nl./']) {
        const { status, body } = await desk.post('admin', '/v1/webhooks', { url });
        expect([url, status, body.errors]).toEqual([
          url,
          400,
          [{ pointer: '/url', detail: 'must lead to a host in WEBHOOK_HOSTS' }],
        ]);
      }
      const { id } = await subscribe(path, ['call.ended'], told.replace('told', 'TOLD'));
      expect((await desk.send('admin', 'PATCH', `/v1/webhooks/${id}`, { url: other })).status).toBe(400);
      await change();
      await settled(id, 'delivered');

      // Taken off the list while it is subscribed.
      naming(['somebody.example.nl']);
      await change();
      const [failed] = await settled(id, 'failed');
      expect(failed).toMatchObject({ last_fault: 'address_refused', last_status: null });
      expect(receiver.at(path)).toHaveLength(1);

      // The control: without a list any host is told.
      naming(undefined);
      await desk.expectSuccess(desk.send('admin', 'PATCH', `/v1/webhooks/${id}`, { url: other }));
      await change();
      await arrived(path, 2);
    } finally {
      Object.assign(get(Destinations), { config: desk.api.config });
      names.undo();
    }
  });

  it('is held to its name by its certificate', async () => {
    const secure = await Receiver.start('127.0.0.1', 0, true);
    const names = resolving({ 'receiver.example.nl': [['127.0.0.1']], 'other.example.nl': [['127.0.0.1']] });
    const send = (host: string, ca?: string) => get(WebhookSender).send(secure.url('/', host), {}, '{}', ca);
    try {
      expect(await send('receiver.example.nl', CERTIFICATE)).toEqual({ status: 204, fault: null });
      const refused = { status: null, fault: 'certificate_refused' };
      expect(await send('receiver.example.nl')).toEqual(refused);
      expect(await send('other.example.nl', CERTIFICATE)).toEqual(refused);
      expect(secure.received).toHaveLength(1);
    } finally {
      names.undo();
      await secure.stop();
    }
  });

  it('may not be one of too many', async () => {
    const { id } = await subscribe(place());
    await desk.owner.query(
      `INSERT INTO webhooks (id, url, status, disabled_reason, secret_sealed, secret_key_id, epoch, heard, created_at, changed_at)
       SELECT gen_random_uuid(), url, 'disabled', 'by_hand', secret_sealed, secret_key_id, epoch, heard, now(), now()
       FROM webhooks, generate_series(1, 49) WHERE id = $1`,
      [id],
    );
    const refused = await desk.post('admin', '/v1/webhooks', { url: receiver.url('/x') });
    expect([refused.status, refused.body.code]).toEqual([409, 'invalid_state']);
  });
});

describe('what was heard', () => {
  it('up to a transaction is what was seen, without what still ran and what began later', () => {
    expect(heardUpTo('100:110:100,103,107', '105')).toBe('100:106:100,103');
    expect(heardUpTo('110:110:', '105')).toBe('106:106:');
    expect(heardUpTo('107:110:107', '105')).toBe('106:106:');
    expect(heardOfThePast('105')).toBe('106:106:');
    expect(() => heardUpTo('nonsense', '1')).toThrow('no snapshot');
  });
});
