import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { DataSource } from 'typeorm';
import { DeliveryRoutes } from '../../src/messages/delivery-routes.ts';
import { DeliveryService } from '../../src/messages/delivery.service.ts';
import { MessageCaps } from '../../src/messages/message-caps.ts';
import { MessageDaysRepository } from '../../src/messages/message-days.repository.ts';
import { MessagesRepository } from '../../src/messages/messages.repository.ts';
import { MessagesService } from '../../src/messages/messages.service.ts';
import { startSibling, type TestApp } from '../support/app.ts';
import { Asking, PLAN, TERMINATE } from '../support/asking.ts';
import { Desk } from '../support/desk.ts';
import { eventually, QUICK } from './outbox.ts';
import { pdfText } from './pdf-text.ts';
import { type Gateway, type MailServer, startGateway, startMailServer } from './stations.ts';

let gateway: Gateway;
let mail: MailServer;
let folder: string;
let policies: string;
let desk: Desk;
let sibling: TestApp;
let asking: Asking;

/** As the example, but for one action: the holder's yes to it needs no more than 1. */
async function mildPolicy(file: string): Promise<string> {
  const text = await readFile('policies/telecom.yaml', 'utf8');
  const mild = text.replace(/(\n {2}payment\.postpone:\n(?: {4}.*\n)*? {4}proxy: \{[^}]*confirmation: )0 \}/, '$11 }');
  expect(mild).not.toBe(text);
  await writeFile(file, mild);
  return file;
}

beforeAll(async () => {
  [gateway, mail, folder, policies] = await Promise.all([
    startGateway(),
    startMailServer(),
    mkdtemp(path.join(tmpdir(), 'mandaat-letters-')),
    mkdtemp(path.join(tmpdir(), 'mandaat-policy-')),
  ]);
  desk = await Desk.open({
    demoInbox: false,
    smsGatewayUrl: gateway.url,
    smsGatewayToken: 'voorbeeld-token-1234',
    smsFrom: 'Voorbeeld',
    smtpUrl: mail.url,
    smtpFrom: 'mandaat@example.nl',
    letterFolder: folder,
    policyFile: await mildPolicy(path.join(policies, 'mild.yaml')),
  });
  sibling = await startSibling(desk.api);
  for (const { app } of [desk.api, sibling]) {
    Object.assign(app.get(DeliveryService, { strict: false }), { options: QUICK });
  }
  asking = await Asking.at(desk);
}, 120_000);

afterAll(async () => {
  await sibling?.stop();
  await desk?.close();
  await Promise.all([
    gateway?.stop(),
    mail?.stop(),
    ...[folder, policies].map((place) => rm(place, { recursive: true, force: true })),
  ]);
});

beforeEach(async () => {
  await eventually(
    async () => ((await sql("SELECT 1 FROM messages WHERE state = 'queued'")).length === 0 ? true : null),
    60_000,
  );
  gateway.requests.length = 0;
  gateway.script = [];
  mail.mails.length = 0;
  mail.refusals = [];
  await sql('DELETE FROM message_days');
  await asking.forgetBudgets();
});

async function sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await desk.owner.query(text, values)).rows as Row[];
}

/** A private part of the application, to look at or to break. */
function part<T extends object>(token: new (...parameters: never[]) => T, app: TestApp = desk.api): T {
  return app.app.get<T>(token, { strict: false });
}

function arrives(id: string, state: string): Promise<true> {
  return eventually(async () => ((await asking.get(id)).body.state === state ? true : null), 60_000);
}

function codeIn(text: unknown): string {
  return /\b\d{6,8}\b/.exec(String(text).replaceAll(/(?<=\b\d), (?=\d\b)|(?<=\d), (?=\d)/g, ''))?.[0] ?? '';
}

const resend = (id: string, body: object = {}, agent = 'A-1') =>
  desk.post('agent', `/v1/confirmations/${id}/resend`, body, { 'mandaat-agent': agent });

/** Postal and e-mail beside a mobile phone. */
async function holder(
  ref: string,
  last: string,
  options: { readonly postal?: string; readonly largeType?: boolean } = {},
): Promise<string> {
  const id = await desk.person(ref, {
    name: `Holder ${last} Fictief`,
    phone: `+44 7700 9002${last}`,
    email: `holder.${last}@example.nl`,
    postal: options.postal ?? `Voorbeeldstraat ${last}, 0000 XX Nergenshuizen`,
  });
  if (options.largeType === true) await sql('UPDATE people SET large_type = true WHERE id = $1', [id]);
  return id;
}

describe('a code whose message fails', () => {
  it('says why, offers the spoken message, and dies when that is chosen', async () => {
    gateway.script = [400];
    const callId = await asking.call();
    const id = await asking.ask(callId);
    await arrives(id, 'undeliverable');
    const first = codeIn(gateway.requests[0]?.body.text);
    const { body } = await asking.get(id);
    expect(body).toMatchObject({
      route: 'sms',
      delivery: { route: 'sms', state: 'failed', fault: 'rejected' },
      next_routes: ['voice'],
      next_steps: [],
    });
    expect(JSON.stringify(body)).not.toContain('900101');

    const sends = await asking.used('send');
    const again = await desk.expectSuccess(resend(id, { route: 'voice' }));
    expect(again.body).toMatchObject({ id, state: 'pending', route: 'voice', next_routes: [] });
    expect(await asking.used('send')).toBe(sends + 1);
    const spoken = await eventually(() => gateway.requests.find(({ body: sent }) => sent.type === 'voice') ?? null);
    const second = codeIn(spoken.body.text);
    expect(second).toHaveLength(6);
    // Digit by digit, and twice.
    expect(String(spoken.body.text).split(second.split('').join(', '))).toHaveLength(3);
    if (first !== second) {
      expect((await asking.attempt(id, first, callId)).body).toMatchObject({ accepted: false, state: 'pending' });
    }
    expect((await asking.attempt(id, second, callId)).body.accepted).toBe(true);
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'permit' });
    const records = await sql<{ kind: string; route: string; fault: string }>(
      `SELECT kind, body::jsonb ->> 'route' AS route, body::jsonb ->> 'fault' AS fault FROM audit_records
       WHERE body::jsonb ->> 'codeId' = $1 AND kind IN ('code.undeliverable', 'code.resent')`,
      [id],
    );
    expect(records).toEqual(
      expect.arrayContaining([
        { kind: 'code.undeliverable', route: 'sms', fault: 'rejected' },
        { kind: 'code.resent', route: 'voice', fault: null },
      ]),
    );
  });

  it('is never offered a road that proves too little, and says what to do when none is left', async () => {
    await holder('P-10', '10');
    await desk.contract('C-10', ['P-10']);
    const { ref } = await desk.mandate('P-10', 'P-2', ['billing'], ['C-10']);
    const { id: callId } = (await desk.open('C-10', { mandateRef: ref })).body.call;
    await sql(
      `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at) VALUES (gen_random_uuid(), $1, $2, 'code', 'sms', now())`,
      [callId, asking.proxyId],
    );
    gateway.script = [400, 400];
    const id = await asking.ask(callId);
    await arrives(id, 'undeliverable');
    // E-mail reaches 1 and this needs 2; a letter takes longer than a call.
    expect((await asking.get(id)).body.next_routes).toEqual(['voice']);
    for (const route of ['email', 'letter']) {
      expect(await resend(id, { route })).toMatchObject({
        status: 409,
        body: {
          code: 'no_usable_contact_point',
          detail: 'No code can be sent by this road. These are open: voice.',
        },
      });
    }
    expect(mail.mails).toHaveLength(0);
    await desk.expectSuccess(resend(id, { route: 'voice' }));
    await arrives(id, 'undeliverable');
    expect((await asking.get(id)).body).toMatchObject({ next_routes: [], next_steps: ['letter', 'call_back'] });
    expect((await resend(id, { route: 'sms' })).status).toBe(409);
  });

  it('is offered e-mail where the yes needs no more than 1, last, and the yes that comes back by it counts', async () => {
    const postpone = { name: 'payment.postpone', properties: { days: 10 } };
    await holder('P-58', '58');
    await desk.contract('C-58', ['P-58']);
    const { ref } = await desk.mandate('P-58', 'P-2', ['billing'], ['C-58']);
    const { id: callId } = (await desk.open('C-58', { mandateRef: ref })).body.call;
    await sql(
      `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at) VALUES (gen_random_uuid(), $1, $2, 'code', 'sms', now())`,
      [callId, asking.proxyId],
    );
    expect(await asking.decide(callId, postpone)).toMatchObject({ outcome: 'ask_holder' });
    gateway.script = [400, 400];
    const id = await asking.ask(callId, [postpone]);
    await arrives(id, 'undeliverable');
    expect((await asking.get(id)).body.next_routes).toEqual(['voice', 'email']);
    await desk.expectSuccess(resend(id, { route: 'voice' }));
    await arrives(id, 'undeliverable');
    expect((await asking.get(id)).body.next_routes).toEqual(['email']);
    expect((await desk.expectSuccess(resend(id, { route: 'email' }))).body).toMatchObject({
      state: 'pending',
      route: 'email',
      next_routes: [],
    });
    const sent = await eventually(() => mail.mails[0] ?? null);
    expect(sent.to).toEqual(['holder.58@example.nl']);
    const code = codeIn(sent.parsed.text);
    expect((await asking.attempt(id, code, callId, { actions: [postpone] })).body).toMatchObject({ accepted: true });
    expect(await asking.decide(callId, postpone)).toMatchObject({ outcome: 'permit' });
  });

  it('is worth what the stronger of two actions needs, whichever comes first: then no e-mail is offered', async () => {
    const postpone = { name: 'payment.postpone', properties: { days: 10 } };
    await holder('P-56', '56');
    await desk.contract('C-56', ['P-56']);
    const { ref } = await desk.mandate('P-56', 'P-2', ['billing'], ['C-56']);
    const { id: callId } = (await desk.open('C-56', { mandateRef: ref })).body.call;
    await sql(
      `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at) VALUES (gen_random_uuid(), $1, $2, 'code', 'sms', now())`,
      [callId, asking.proxyId],
    );
    for (const [actions, level, routes] of [
      [[postpone], 1, ['voice', 'email']],
      [[PLAN], 2, ['voice']],
      [[PLAN, postpone], 2, ['voice']],
      [[postpone, PLAN], 2, ['voice']],
    ] as const) {
      await asking.forgetBudgets();
      const id = await asking.ask(callId, actions);
      expect(await sql('SELECT level FROM codes WHERE id = $1', [id])).toEqual([{ level }]);
      expect((await asking.get(id)).body.next_routes).toEqual(routes);
    }
  });

  it('is not asked again once its call has ended, nor when its mandate has changed, nor by another agent', async () => {
    gateway.script = [400, 400];
    const ended = await asking.call();
    const first = await asking.ask(ended);
    await arrives(first, 'undeliverable');
    expect((await resend(first, { route: 'voice' }, 'A-2')).status).toBe(404);
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${ended}/end`));
    expect(await resend(first, { route: 'voice' })).toMatchObject({ status: 409, body: { code: 'call_ended' } });
    const second = await asking.ask(await asking.call());
    await arrives(second, 'undeliverable');
    await sql('UPDATE mandates SET revision = revision + 1 WHERE id = $1', [asking.mandate.id]);
    expect(await resend(second, { route: 'voice' })).toMatchObject({
      status: 409,
      body: { code: 'invalid_state', detail: 'This question is no longer open. Ask anew.' },
    });
    expect((await asking.get(second)).body.state).toBe('undeliverable');
  });
});

describe('a code about a mandate', () => {
  async function letters(): Promise<string[]> {
    return (await readdir(folder)).toSorted();
  }

  it('goes by letter: longer, for three weeks, redeemed by whoever takes the call', async () => {
    await holder('P-11', '11', { largeType: true });
    await desk.contract('C-11', ['P-11']);
    const { id: mandateId } = await desk.mandate('P-11', 'P-2', ['billing'], ['C-11']);
    const url = `/v1/mandates/${mandateId}/confirmations`;
    const asked = await desk.expectSuccess(desk.post('crm', url, { route: 'letter' }));
    expect(asked.body).toMatchObject({ route: 'letter', digits: 10 });
    const days = (Date.parse(asked.body.expires_at) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(20.9);
    expect(days).toBeLessThanOrEqual(21.01);
    const { id } = asked.body;
    await eventually(async () => ((await asking.get(id)).body.delivery?.state === 'sent' ? true : null), 60_000);

    const names = await letters();
    expect(names).toHaveLength(2);
    const manifest = JSON.parse(await readFile(path.join(folder, names[0] ?? ''), 'utf8'));
    expect(manifest).toMatchObject({ file: names[1], paper: 'A4', language: 'nl', pages: 2 });
    expect(JSON.stringify(manifest)).not.toMatch(/Fictief|Nergens/);
    const text = pdfText(await readFile(path.join(folder, manifest.file))).replaceAll(/\s+/g, ' ');
    expect(text).toContain('Holder 11 Fictief Voorbeeldstraat 11 0000 XX Nergenshuizen');
    const code = /\b\d{5} \d{5}\b/.exec(text)?.[0] ?? '';

    // Not the agent who asked: the CRM did, and weeks later anybody answers the telephone.
    const attempt = (typed: string) => desk.post('agent', `/v1/confirmations/${id}/attempts`, { code: typed });
    expect((await attempt('00000 00000')).body).toMatchObject({ accepted: false, tries_left: 4 });
    expect((await attempt(code)).body).toMatchObject({ accepted: true, state: 'approved' });
    const [evidence] = await sql(
      "SELECT form, session_strength FROM mandate_evidence WHERE mandate_id = $1 AND form = 'code'",
      [mandateId],
    );
    expect(evidence).toEqual({ form: 'code', session_strength: 2 });
  });

  it('is undeliverable in the end when no letter can be stored, and says so', async () => {
    await holder('P-59', '59');
    await desk.contract('C-59', ['P-59']);
    const { id: mandateId } = await desk.mandate('P-59', 'P-2', ['billing'], ['C-59']);
    const away = `${folder}-away`;
    await rename(folder, away);
    const path = `/v1/mandates/${mandateId}/confirmations`;
    const { body } = await desk.expectSuccess(desk.post('crm', path, { route: 'letter' }));
    await arrives(body.id, 'undeliverable').finally(() => rename(away, folder));
    expect((await asking.get(body.id)).body).toMatchObject({
      route: 'letter',
      delivery: { route: 'letter', state: 'failed', fault: 'unreachable' },
    });
    // It stays so, and a letter that is asked for anew arrives.
    expect(await asking.recorded(body.id, 'code.undeliverable')).toBe(1);
    const anew = await desk.expectSuccess(desk.post('crm', path, { route: 'letter' }));
    await eventually(
      async () => ((await asking.get(anew.body.id)).body.delivery?.state === 'sent' ? true : null),
      60_000,
    );
    expect((await asking.get(body.id)).body.state).toBe('undeliverable');
  });

  it('does not go to the address that the proxy lives at, nor by a road that proves too little', async () => {
    const postal = 'Samenweg 1, 0000 XX Nergenshuizen';
    await holder('P-12', '12', { postal });
    await holder('P-13', '13', { postal });
    await desk.contract('C-12', ['P-12']);
    const { id } = await desk.mandate('P-12', 'P-13', ['billing'], ['C-12']);
    for (const route of ['letter', 'email']) {
      const answer = await desk.post('crm', `/v1/mandates/${id}/confirmations`, { route });
      expect(answer).toMatchObject({ status: 409, body: { code: 'no_usable_contact_point' } });
    }
    expect((await desk.post('crm', `/v1/mandates/${id}/confirmations`, { route: 'fax' })).status).toBe(400);
    expect((await desk.post('crm', `/v1/mandates/${id}/confirmations`)).body.route).toBe('sms');
  });

  it('does not go by letter where the mandate would be over before the answer may come', async () => {
    await holder('P-16', '16');
    await desk.contract('C-16', ['P-16']);
    const { id } = await desk.mandate('P-16', 'P-2', ['billing'], ['C-16']);
    const byLetter = async (ends: string): Promise<number> => {
      await sql('UPDATE mandates SET ends_at = now() + $2::interval WHERE id = $1', [id, ends]);
      return (await desk.post('crm', `/v1/mandates/${id}/confirmations`, { route: 'letter' })).status;
    };
    expect(await byLetter('20 days 23 hours')).toBe(409);
    expect(await byLetter('21 days 1 hour')).toBe(201);
  });

  it('does not go by letter where nobody prints them', async () => {
    const routes = part(DeliveryRoutes);
    const senders = Reflect.get(routes, 'senders') as { of(route: string): object | null };
    Object.assign(routes, { senders: { of: (route: string) => (route === 'letter' ? null : senders.of(route)) } });
    await holder('P-14', '14');
    await desk.contract('C-14', ['P-14']);
    const { id } = await desk.mandate('P-14', 'P-2', ['billing'], ['C-14']);
    const answer = await desk.post('crm', `/v1/mandates/${id}/confirmations`, { route: 'letter' });
    Object.assign(routes, { senders });
    expect(answer).toMatchObject({ status: 409, body: { code: 'no_usable_contact_point' } });
  });
});

describe('a question that takes another road', () => {
  const voice = { route: 'voice' };

  it('may still be open, keeps its length, and has no road left once it was answered', async () => {
    const callId = await asking.call();
    const id = await asking.ask(callId, [TERMINATE]);
    expect((await asking.get(id)).body.next_routes).toEqual(['voice']);
    expect((await desk.expectSuccess(resend(id, voice))).body).toMatchObject({ state: 'pending', route: 'voice' });
    const spoken = await eventually(() => gateway.requests.find(({ body: sent }) => sent.type === 'voice') ?? null);
    const code = codeIn(spoken.body.text);
    // High impact: eight digits, also when they are spoken.
    expect(code).toHaveLength(8);
    expect((await asking.attempt(id, code, callId, { actions: [TERMINATE] })).body.accepted).toBe(true);
    expect((await asking.get(id)).body).toMatchObject({ state: 'approved', next_routes: [] });
    expect(await resend(id, { route: 'sms' })).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
  });

  it('takes the place of the one that was asked meanwhile: there is never a choice of codes', async () => {
    gateway.script = [400];
    const callId = await asking.call();
    const lost = await asking.ask(callId);
    await arrives(lost, 'undeliverable');
    const newer = await asking.ask(callId);
    await desk.expectSuccess(resend(lost, voice));
    expect((await asking.get(newer)).body.state).toBe('superseded');
    expect((await asking.get(lost)).body.state).toBe('pending');
  });

  it('is not asked for whoever is on the line now, when that is somebody else', async () => {
    gateway.script = [400];
    const callId = await asking.call();
    const id = await asking.ask(callId);
    await arrives(id, 'undeliverable');
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/caller`, { as: 'holder' }));
    expect(await resend(id, voice)).toMatchObject({
      status: 409,
      body: { code: 'invalid_state', detail: 'Somebody else is on the line now. Ask anew.' },
    });
    expect((await asking.get(id)).body.state).toBe('undeliverable');
  });

  it('about a mandate has ten digits by letter and six again elsewhere, and waits for the post', async () => {
    await holder('P-15', '15');
    await desk.contract('C-15', ['P-15']);
    const { id: mandateId } = await desk.mandate('P-15', 'P-2', ['billing'], ['C-15']);
    await sql("UPDATE mandates SET accept_before = now() + interval '1 day' WHERE id = $1", [mandateId]);
    const path = `/v1/mandates/${mandateId}/confirmations`;
    const { id } = (await desk.expectSuccess(desk.post('crm', path))).body;
    const [before] = await sql<{ digits: number }>('SELECT digits FROM codes WHERE id = $1', [id]);
    for (const [route, digits, waits] of [
      ['voice', before?.digits, false],
      ['letter', 10, true],
      ['voice', before?.digits, true],
    ] as const) {
      await asking.forgetBudgets();
      await desk.expectSuccess(desk.post('crm', `/v1/confirmations/${id}/resend`, { route }));
      const [now] = await sql<object>(
        `SELECT c.digits, m.accept_before > now() + interval '20 days' AS waits
         FROM codes c JOIN mandates m ON m.id = c.mandate_id WHERE c.id = $1`,
        [id],
      );
      expect(now).toEqual({ digits, waits });
    }
  });
});

describe('news', () => {
  async function block(holderRef: string): Promise<string> {
    const answer = await desk.expectSuccess(desk.post('crm', '/v1/blocks', { holder: holderRef, caller: 'P-2' }));
    return answer.body.id;
  }

  function rowsOf(personId: string): Promise<{ route: string; state: string; last_error: string | null }[]> {
    return sql(
      "SELECT route, state, last_error FROM messages WHERE person_id = $1 AND template = 'blocked' ORDER BY queued_at",
      [personId],
    );
  }

  function settled(personId: string, count: number) {
    return eventually(async () => {
      const rows = await rowsOf(personId);
      return rows.length >= count && rows.every(({ state }) => state !== 'queued') ? rows : null;
    }, 60_000);
  }

  it('goes by the next road by itself, once for each, until a letter', async () => {
    const id = await holder('P-15', '15');
    gateway.script = [400, 404];
    mail.refusals = [{ code: 550, text: 'no such mailbox' }];
    await block('P-15');
    expect(await settled(id, 4)).toEqual([
      { route: 'sms', state: 'failed', last_error: 'rejected_400' },
      { route: 'voice', state: 'failed', last_error: 'rejected_404' },
      { route: 'email', state: 'failed', last_error: 'rejected_550' },
      { route: 'letter', state: 'sent', last_error: null },
    ]);
  });

  it('waits for what passes, and takes the next road only when it does not', async () => {
    const id = await holder('P-16', '16');
    gateway.script = [503, 429];
    await block('P-16');
    expect(await settled(id, 1)).toEqual([{ route: 'sms', state: 'sent', last_error: null }]);
    expect(mail.mails).toHaveLength(0);
  });

  /** The database fails once, at the moment when the next road is queued. */
  async function interrupted(person: string, last: string): Promise<{ route: string; state: string }[]> {
    const id = await holder(person, last);
    gateway.script = [400, 400];
    let isFirst = true;
    const originals = [desk.api, sibling].map((app) => {
      const service = part(MessagesService, app);
      const original = service.enqueue.bind(service);
      Object.assign(service, {
        enqueue: (tx: EntityManager, message: { readonly earlierRoutes?: readonly string[] }, now: Date) => {
          if ((message.earlierRoutes ?? []).length > 0 && isFirst) {
            isFirst = false;
            return Promise.reject(new Error('the connection broke'));
          }
          return original(tx, message as never, now);
        },
      });
      return () => Reflect.deleteProperty(service, 'enqueue');
    });
    await block(person);
    await eventually(() => (isFirst ? null : true), 60_000);
    // The queue's own second try comes after some seconds; then nothing is left to do.
    await eventually(
      async () => ((await sql('SELECT 1 FROM graphile_worker._private_jobs')).length === 0 ? true : null),
      60_000,
    );
    const rows = await rowsOf(id);
    for (const restore of originals) restore();
    return rows.map(({ route, state }) => ({ route, state }));
  }

  it('is neither lost nor doubled when that is interrupted', async () => {
    expect(await interrupted('P-17', '17')).toEqual([
      { route: 'sms', state: 'failed' },
      { route: 'voice', state: 'sent' },
    ]);
  }, 120_000);

  it('would be lost if failure and next road were two transactions', async () => {
    const restores = [desk.api, sibling].map((app) => {
      const repository = part(MessagesRepository, app);
      const manager = part(DataSource, app).manager;
      const careless = async (work: (tx: EntityManager, now: Date) => Promise<void>) => work(manager, new Date());
      Object.assign(repository, { transaction: careless });
      return () => Reflect.deleteProperty(repository, 'transaction');
    });
    const rows = await interrupted('P-18', '18');
    for (const restore of restores) restore();
    expect(rows).toEqual([{ route: 'sms', state: 'failed' }]);
  }, 120_000);
});

describe('the caps of a day', () => {
  const CAPS = { most: 5, mostCents: 1_000_000 };

  /** Rows that nobody sends: they are only counted. */
  async function rows(count: number): Promise<string[]> {
    const found = await sql<{ id: string }>(
      `INSERT INTO messages (id, template, person_id, contact_point_id, route, language, state, queued_at)
       SELECT gen_random_uuid(), 'blocked', p.person_id, p.id, 'sms', 'nl', 'dropped', now()
       FROM (SELECT id, person_id FROM contact_points LIMIT 1) p, generate_series(1, $1) RETURNING id`,
      [count],
    );
    return found.map(({ id }) => id);
  }

  async function race(
    take: (repository: MessageDaysRepository, app: TestApp, id: string) => Promise<boolean>,
  ): Promise<number> {
    const apps = [desk.api, sibling];
    const taken = (await rows(24)).map((id, at) => {
      const app = apps[at % 2] ?? desk.api;
      return take(part(MessageDaysRepository, app), app, id).catch(() => false);
    });
    return (await Promise.all(taken)).filter(Boolean).length;
  }

  it('hold when two processes send at once', async () => {
    expect(await race((repository, _, id) => repository.take(id, 'sms', 8, CAPS))).toBe(5);
    expect(await sql('SELECT sms, cents::int AS cents FROM message_days')).toEqual([{ sms: 5, cents: 40 }]);
  });

  it('hold for money as well', async () => {
    const caps = { most: 1_000, mostCents: 30 };
    expect(await race((repository, _, id) => repository.take(id, 'sms', 8, caps))).toBe(3);
  });

  it('would not hold if they were read first and written later', async () => {
    const careless = async (repository: MessageDaysRepository, app: TestApp): Promise<boolean> => {
      const { manager } = part(DataSource, app);
      const { sms } = await repository.today(manager);
      if (sms >= CAPS.most) return false;
      await new Promise((resolve) => setTimeout(resolve, 100));
      await manager.query(
        `INSERT INTO message_days (day, sms) VALUES ((now() AT TIME ZONE 'UTC')::date, 1)
         ON CONFLICT (day) DO UPDATE SET sms = message_days.sms + 1`,
      );
      return true;
    };
    expect(await race(careless)).toBeGreaterThan(5);
  });

  it('count a message once, whatever the tries, and give back what a provider refused', async () => {
    const repository = part(MessageDaysRepository);
    const [id = ''] = await rows(1);
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await repository.take(id, 'sms', 8, CAPS)).toBe(true);
    expect(await sql('SELECT sms FROM message_days')).toEqual([{ sms: 1 }]);
    await repository.giveBack(id);
    await repository.giveBack(id);
    expect(await sql('SELECT sms, cents::int AS cents FROM message_days')).toEqual([{ sms: 0, cents: 0 }]);
  });

  it('close a road: a code takes the next one, and the agent sees none that is closed', async () => {
    const caps = part(MessageCaps);
    const most = Reflect.get(caps, 'most') as Record<string, number>;
    Object.assign(caps, { most: { ...most, sms: 0 } });
    const callId = await asking.call();
    const id = await asking.ask(callId);
    const { body } = await asking.get(id);
    Object.assign(caps, { most: { ...most, sms: 0, voice: 0 } });
    const path = `/v1/calls/${await asking.call()}/confirmations`;
    const refused = await desk.post('agent', path, { actions: [PLAN] });
    Object.assign(caps, { most });
    expect(body).toMatchObject({ route: 'voice', next_routes: [] });
    expect(refused).toMatchObject({ status: 409, body: { code: 'no_usable_contact_point' } });
    expect(refused.body.detail).toContain('no road that is open today');
  });

  it('are told of every verification alike, before anybody looks where it goes', async () => {
    const caps = part(MessageCaps);
    const most = Reflect.get(caps, 'most') as Record<string, number>;
    const said = async (closed: Record<string, number>): Promise<unknown[]> => {
      await asking.forgetBudgets();
      Object.assign(caps, { most: { ...most, ...closed } });
      const routes: unknown[] = [];
      for (const claim of [{ mandateRef: asking.mandate.ref }, { number: '+49 30 23125 995' }]) {
        const { id } = (await desk.open('C-1', claim)).body.call;
        const sent = await desk.post('agent', `/v1/calls/${id}/verifications`, { method: 'code' });
        routes.push(sent.body.route);
      }
      await desk.addressed();
      Object.assign(caps, { most });
      return routes;
    };
    expect(await said({})).toEqual(['sms', 'sms']);
    expect(await said({ sms: 0 })).toEqual(['voice', 'voice']);
    expect(await said({ voice: 0 })).toEqual(['sms', 'sms']);
    // Where nothing is open either says as much.
    expect(await said({ sms: 0, voice: 0 })).toEqual(['sms', 'sms']);
  });

  it('leave a question by e-mail to who can sign in well enough to answer it, and to nobody else', async () => {
    const holderId = await holder('P-57', '57');
    await desk.contract('C-57', ['P-57']);
    const { ref } = await desk.mandate('P-57', 'P-2', ['billing'], ['C-57']);
    const { id: callId } = (await desk.open('C-57', { mandateRef: ref })).body.call;
    await sql(
      `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at) VALUES (gen_random_uuid(), $1, $2, 'code', 'sms', now())`,
      [callId, asking.proxyId],
    );
    const caps = part(MessageCaps);
    const most = Reflect.get(caps, 'most') as Record<string, number>;
    const ask = () => desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [PLAN] });
    Object.assign(caps, { most: { ...most, sms: 0, voice: 0 } });
    const without = await ask();
    // An app needs a code to a telephone beside it, and that road is closed.
    await sql(
      `INSERT INTO authenticators (id, person_id, secret_sealed, enrolled_at, confirmed_at, usable_from)
       VALUES (gen_random_uuid(), $1, 'x', now(), now(), now())`,
      [holderId],
    );
    const withApp = await ask();
    await sql(
      `INSERT INTO passkeys (id, person_id, credential_hash, credential_sealed, sign_count, added_at)
       VALUES (gen_random_uuid(), $1, sha256('roads'), 'x', 0, now())`,
      [holderId],
    );
    const withPasskey = await ask();
    Object.assign(caps, { most });
    for (const answer of [without, withApp]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'no_usable_contact_point' } });
    }
    expect(withPasskey.status).toBe(201);
    const sent = await asking.get(withPasskey.body.confirmations[0].id);
    expect(sent.body).toMatchObject({ route: 'email' });
  });
});
