import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { CHANGE_TYPES } from '../../src/audit/changes.ts';
import { ChangesRepository } from '../../src/changes/changes.repository.ts';
import { ChangesService } from '../../src/changes/changes.service.ts';
import { WEBHOOK_DEFAULTS, WEBHOOK_OPTIONS, type WebhookOptions } from '../../src/webhooks/webhook-options.ts';
import { makeKey } from '../support/app.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { Receiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';
import { documentedTypes } from '../support/webhook-types.ts';

const HOLDER_PHONE = '+49 30 23125 001';
const PROXY_PHONE = '+49 30 23125 002';

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER_PHONE });
  await desk.person('P-2', { name: 'Joost Voorbeeld', phone: PROXY_PHONE });
  await desk.contract('C-1', ['P-1']);
});
afterAll(() => desk.close());

interface Told {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly data: Record<string, unknown>;
}

/** The feed stops where somebody on the same server is still at it, and other tests are: unless they are what it is about. */
async function feed(
  query: Record<string, string>,
  mayBeHeldBack = false,
): Promise<{ changes: Told[]; next: string; has_more: boolean }> {
  const held = `SELECT FROM changes WHERE epoch = (SELECT max(id) FROM change_epochs)
    AND tx >= pg_snapshot_xmin(pg_current_snapshot()) LIMIT 1`;
  if (!mayBeHeldBack) await until(async () => (await desk.owner.query(held)).rowCount === 0, 30_000);
  const { body } = await desk.expectSuccess(desk.get('crm', `/v1/changes?${new URLSearchParams(query).toString()}`));
  return body;
}

async function withdraw(id: string, body: object = {}): Promise<void> {
  const { headers } = await desk.get('crm', `/v1/mandates/${id}`);
  const match = { 'if-match': headers.get('etag') ?? '' };
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`, body, match));
}

describe('the change feed', () => {
  it('tells what changed, in order, by references alone, and where to go on', async () => {
    const { next: start } = await feed({ after: 'now' });
    const mandate = await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1']);
    const { body: opened } = await desk.expectSuccess(desk.open('C-1', { number: PROXY_PHONE }));
    const callId = opened.call.id;
    await desk.identify(callId);
    await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [{ name: 'contract.terminate' }] }),
    );
    await withdraw(mandate.id);
    const contact_points = [{ kind: 'phone', value: '+49 30 23125 009' }];
    await desk.put('crm', '/v1/people/P-2', {
      kind: 'person',
      name: 'Joost Voorbeeld',
      language: 'nl',
      contact_points,
    });

    const { changes, next, has_more: hasMore } = await feed({ after: start });
    expect(hasMore).toBe(false);
    expect(changes.map(({ type }) => type)).toEqual([
      'mandate.granted',
      'call.opened',
      'confirmation.asked',
      'mandate.withdrawn',
      'confirmation.cancelled',
      'contact.changed',
    ]);
    const [granted, call, asked, withdrawn, cancelled, contact] = changes.map(({ data }) => data);
    expect(granted).toEqual({ mandate_id: mandate.id });
    expect(call).toEqual({ call_id: callId });
    expect(asked).toEqual({ call_id: callId, confirmation_id: expect.any(String) });
    expect(withdrawn).toEqual({ mandate_id: mandate.id, revision: expect.any(Number) });
    expect(cancelled).toEqual({ confirmation_id: asked?.['confirmation_id'] });
    expect(contact).toEqual({ crm_ref: 'P-2' });
    // Nothing is told of what a caller proved, nor of codes for other purposes, nor who anybody is.
    const text = JSON.stringify(changes);
    for (const secret of ['Hanna', 'Joost', '23125', 'identify', 'silent']) expect(text).not.toContain(secret);
    expect(await feed({ after: next })).toEqual({ changes: [], next: expect.any(String), has_more: false });
    expect((await feed({ after: changes[3]?.id ?? '' })).changes).toEqual(changes.slice(4));
  });

  it('leaves nothing out and tells nothing twice, page by page, of all types or some', async () => {
    const types = 'mandate.granted,mandate.withdrawn';
    const whole = await feed({ limit: '100' });
    const some = await feed({ limit: '100', types });
    expect(some.changes).toEqual(whole.changes.filter(({ type }) => types.includes(type)));
    expect(some.changes.length).toBeGreaterThan(0);
    for (const query of [{}, { types }] as Record<string, string>[]) {
      const pages: Told[] = [];
      for (let after: string | null = null; ;) {
        const page = await feed({ limit: '2', ...query, ...(after === null ? {} : { after }) });
        pages.push(...page.changes);
        after = page.next;
        if (!page.has_more) break;
      }
      expect(pages).toEqual('types' in query ? some.changes : whole.changes);
    }
  });

  it('waits for what began earlier and commits later, which a number alone would leave out', async () => {
    const { next: start } = await feed({ after: 'now' });
    const other = new Client({ connectionString: desk.api.database.ownerUrl });
    await other.connect();
    const INSERT = `INSERT INTO changes (epoch, at, type, data) VALUES ((SELECT max(id) FROM change_epochs), now(), $1, '{}') RETURNING n`;
    try {
      await other.query('BEGIN');
      const slow = await other.query<{ n: string }>(INSERT, ['call.opened']);
      const quick = await desk.owner.query<{ n: string }>(INSERT, ['call.ended']);
      // The control: who went on by numbers would now be past the slow one, and never see it.
      const { rows } = await desk.owner.query<{ n: string }>('SELECT max(n) AS n FROM changes');
      expect([BigInt(rows[0]?.n ?? 0), BigInt(quick.rows[0]?.n ?? 0) > BigInt(slow.rows[0]?.n ?? 0)]).toEqual([
        BigInt(quick.rows[0]?.n ?? 0),
        true,
      ]);
      const early = await feed({ after: start }, true);
      expect(early.changes).toEqual([]);
      await other.query('COMMIT');
      expect((await feed({ after: early.next })).changes.map(({ type }) => type)).toEqual([
        'call.opened',
        'call.ended',
      ]);
    } finally {
      await other.end();
    }
  });

  it('tells nothing twice of what settles while it is being asked', async () => {
    const { next: start } = await feed({ after: 'now' });
    const repository = desk.api.app.get(ChangesRepository);
    const latest = repository.latest.bind(repository);
    repository.latest = async () => {
      const place = await latest();
      await desk.owner.query(
        "INSERT INTO changes (epoch, at, type, data) VALUES ((SELECT max(id) FROM change_epochs), now(), 'call.ended', '{}')",
      );
      return place;
    };
    let { changes, next } = await feed({ after: start }).finally(() => (repository.latest = latest));
    const told = [...changes];
    // What runs in another database of this server can hold it up.
    await until(async () => {
      if (told.length > 0) return true;
      ({ changes, next } = await feed({ after: next }));
      told.push(...changes);
      return false;
    });
    expect(told.map(({ type }) => type)).toEqual(['call.ended']);
    expect((await feed({ after: next })).changes).toEqual([]);
  });

  it('says what did not happen of nothing that was rolled back', async () => {
    const { next: start } = await feed({ after: 'now' });
    const refused = await desk.post('crm', '/v1/mandates', {
      holder: 'P-1',
      proxy: 'P-1',
      scopes: ['billing'],
      contracts: ['C-1'],
      form: 'portal',
    });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect((await feed({ after: start })).changes).toEqual([]);
  });

  it.each([
    ['a token that is none', { after: 'nonsense' }, 400],
    [
      'a token with numbers that are none',
      { after: Buffer.from('1.99999999999999999999.1.1').toString('base64url') },
      400,
    ],
    ['a token from too long ago', { after: Buffer.from('1.5.5.1000').toString('base64url') }, 409],
    ['a type that is none', { types: 'mandate.eaten' }, 400],
    ['a limit of nothing', { limit: '0' }, 400],
    ['a limit of too much', { limit: '101' }, 400],
  ])('refuses %s', async (_, query, status) => {
    expect(
      (await desk.get('crm', `/v1/changes?${new URLSearchParams(query as Record<string, string>).toString()}`)).status,
    ).toBe(status);
  });

  it('names every type, and no other, in its documentation of them', async () => {
    expect([...(await documentedTypes()).keys()].toSorted()).toEqual([...CHANGE_TYPES]);
  });

  it('forgets what is older than 30 days, and nothing else', async () => {
    await desk.owner.query(
      `INSERT INTO changes (epoch, at, type, data) VALUES (1, now() - interval '31 days', 'call.ended', '{"old": true}'),
        (1, now() - interval '29 days', 'call.ended', '{"kept": true}')`,
    );
    await desk.api.app.get(ChangesService).clear();
    const { rows } = await desk.owner.query<{ data: object }>(
      `SELECT data FROM changes WHERE data ?| ARRAY['old', 'kept']`,
    );
    expect(rows).toEqual([{ data: { kept: true } }]);
  });
});

describe('a withdrawal', () => {
  const BOUND = 5_000;

  it('is with a healthy subscriber within 5 s, by the service’s own timer', async () => {
    // As it is deployed: nothing here hurries it, and nobody runs a round by hand.
    expect(desk.api.app.get<WebhookOptions>(WEBHOOK_OPTIONS, { strict: false })).toEqual(WEBHOOK_DEFAULTS);
    expect(WEBHOOK_DEFAULTS.tick).toBeLessThanOrEqual(BOUND / 5);
    const receiver = await Receiver.start();
    // When it arrived, by the clock that the change was written with.
    const arrived = new Map<string, Promise<number>>();
    receiver.answer('/healthy', (response, _, request) => {
      const at = desk.owner.query<{ at: Date }>('SELECT clock_timestamp() AS at');
      arrived.set(
        String(request.headers['webhook-id']),
        at.then(({ rows }) => rows[0]?.at.getTime() ?? Number.POSITIVE_INFINITY),
      );
      response.writeHead(204).end();
    });
    // Another one never answers: that is no business of who does.
    receiver.answer('/hanging', () => {});
    const made: string[] = [];
    for (const path of ['/hanging', '/healthy']) {
      const webhook = { url: receiver.url(path), types: ['mandate.withdrawn'] };
      made.push((await desk.expectSuccess(desk.post('admin', '/v1/webhooks', webhook))).body.id);
    }
    try {
      const ids: string[] = [];
      // At several moments of the second in which it looks once.
      for (const scope of ['billing', 'faults', 'subscription']) {
        ids.push((await desk.mandate('P-1', 'P-2', [scope], ['C-1'])).id);
        await withdraw(ids.at(-1) ?? '');
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      await until(() => arrived.size === ids.length, 4 * BOUND);
      const { rows } = await desk.owner.query<{ at: Date }>(
        `SELECT at FROM changes WHERE type = 'mandate.withdrawn' AND data ->> 'mandate_id' = ANY ($1)`,
        [ids],
      );
      expect(rows).toHaveLength(ids.length);
      expect(receiver.at('/hanging').length).toBeGreaterThan(0);
      for (const [id, at] of arrived) {
        const [, , , changedAt] = Buffer.from(id, 'base64url').toString().split('.');
        const late = (await at) - Number(changedAt);
        expect([late >= 0, late <= BOUND]).toEqual([true, true]);
      }
    } finally {
      for (const id of made) await desk.expectSuccess(desk.send('admin', 'DELETE', `/v1/webhooks/${id}`));
      await receiver.stop();
    }
  }, 60_000);
});

describe('a token that an answer must have seen', () => {
  const check = async (token: string): Promise<Answer> => {
    const { body } = await desk.expectSuccess(desk.open('C-1', { number: HOLDER_PHONE, as: 'holder' }));
    return desk.post('agent', `/v1/calls/${body.call.id}/checks`, { purpose: 'advise' }, { 'mandaat-at-least': token });
  };
  const tokenOf = (epoch: number, tx: string, n = '1'): string =>
    Buffer.from(`${epoch}.${tx}.${n}.${Date.now()}`).toString('base64url');

  it('lets through what has seen it, and nothing that has not', async () => {
    const mandate = await desk.mandate('P-1', 'P-2', ['faults'], ['C-1']);
    const { next: before } = await feed({ after: 'now' });
    await withdraw(mandate.id);
    const [withdrawn] = (await feed({ after: before })).changes;
    expect((await check(withdrawn?.id ?? '')).status).toBe(200);
    const future = await check(tokenOf(1, '18446744073709551000'));
    expect(future).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(future.headers.get('retry-after')).toBe('1');
    expect((await check('nonsense')).status).toBe(400);
    const question = { subject: { type: 'person', id: 'P-2' }, resource: { type: 'contract', id: 'C-1' } };
    const search = await desk.post('agent', '/access/v1/search/action', question, {
      'mandaat-at-least': tokenOf(9, '3'),
    });
    expect(search.status).toBe(503);
  });

  it('is asked for by every question of the standard, and never answered by what has not seen it', async () => {
    const { body } = await desk.expectSuccess(desk.open('C-1', { number: HOLDER_PHONE, as: 'holder' }));
    const context = { call_id: body.call.id };
    const [subject, action, resource] = [
      { type: 'person', id: 'P-1' },
      { name: 'fault.outage' },
      { type: 'contract', id: 'C-1' },
    ];
    const { text } = await makeKey(desk.api, 'crm', { maySearch: true });
    const { next: seen } = await feed({ after: 'now' });
    const questions = {
      evaluation: { subject, action, resource, context },
      evaluations: { subject, resource, context, evaluations: [{ action }, { action }] },
      'search/subject': { subject: { type: 'person' }, action, resource, context },
      'search/resource': { subject, action, resource: { type: 'contract' }, context },
      'search/action': { subject, resource, context },
    };
    for (const [path, question] of Object.entries(questions)) {
      const ask = (token?: string): Promise<Answer> =>
        desk.post('crm', `/access/v1/${path}`, question, {
          authorization: `Bearer ${text}`,
          ...(token === undefined ? {} : { 'mandaat-at-least': token }),
        });
      const [without, known, future, broken] = [
        await ask(),
        await ask(seen),
        await ask(tokenOf(1, '18446744073709551000')),
        await ask('nonsense'),
      ];
      expect([path, without.status, known.status, future.status, broken.status]).toEqual([path, 200, 200, 503, 400]);
      expect([future.body.code, future.headers.get('retry-after')]).toEqual(['unavailable', '1']);
      // Nothing that looks like an answer.
      for (const name of ['decision', 'evaluations', 'results']) expect(future.body).not.toHaveProperty(name);
    }
  });

  it('knows after a restore what it kept of before, and goes on in order', async () => {
    const { changes, next } = await feed({ limit: '100' });
    const last = changes.at(-1)?.id ?? '';
    await desk.owner.query('INSERT INTO change_epochs (began_at) VALUES (now())');
    // Its transactions may have lower numbers than before: a dump was read into another server.
    await desk.owner.query(
      `INSERT INTO changes (epoch, tx, at, type, data) VALUES ((SELECT max(id) FROM change_epochs), '3', now(), 'call.ended', '{}')`,
    );
    expect((await feed({ after: next })).changes.map(({ type }) => type)).toEqual(['call.ended']);
    // And what was before may have higher numbers than any that this server has given out.
    await desk.owner.query(
      `INSERT INTO changes (epoch, tx, at, type, data) VALUES (1, '1000000000000000', now(), 'call.opened', '{"late": true}')`,
    );
    expect((await feed({ after: next })).changes.map(({ type }) => type)).toEqual(['call.opened', 'call.ended']);
    expect((await check(last)).status).toBe(200);
    expect((await check(tokenOf(1, '18446744073709551000'))).status).toBe(503);
  });
});
