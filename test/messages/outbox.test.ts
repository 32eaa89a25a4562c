import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createLog, nestLogger } from '../../src/http/log.ts';
import { GatewaySender } from '../../src/messages/gateway.sender.ts';
import { OutboxRunner } from '../../src/messages/outbox.runner.ts';
import { SmtpSender } from '../../src/messages/smtp.sender.ts';
import type { QueuedMessage, TemplateValues } from '../../src/messages/template-values.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { Receiver } from '../support/receiver.ts';
import { eventually, Outbox, type Recipient } from './outbox.ts';
import { startGateway, startMailServer, type Gateway, type MailServer } from './stations.ts';

const PHONE = '+447700900123';
const LINK = 'https://mandaat.example.nl/c/voorbeeld';

let database: TestDatabase;
let gateway: Gateway;
let mail: MailServer;
let outbox: Outbox;
let holder: Recipient;
const undeliverable: QueuedMessage[] = [];
let verification: TemplateValues['verification_code'] | 'drop';

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startGateway();
  mail = await startMailServer();
  outbox = await Outbox.start({
    databaseUrl: database.appUrl,
    smsGatewayUrl: gateway.url,
    smsGatewayToken: 'voorbeeld-token-1234',
    smsFrom: 'Voorbeeld',
    smtpUrl: mail.url,
    smtpFrom: 'mandaat@example.nl',
    organisationName: 'Coöperatie Voorbeeld',
  });
  outbox.messages.provide('verification_code', async () => verification);
  outbox.messages.provide('contact_changed', async () => ({ kind: 'phone', changedAt: new Date() }));
  outbox.messages.provide('blocked', async () => ({ caller: 'P. Verzonnen', blockedAt: new Date() }));
  outbox.messages.onUndeliverable('verification_code', async (message) => void undeliverable.push(message));
  holder = await outbox.person('phone', PHONE);
});

afterAll(async () => {
  await outbox.stop();
  await Promise.all([gateway.stop(), mail.stop()]);
  await database.drop();
});

beforeEach(() => {
  gateway.requests.length = 0;
  gateway.script = [];
  mail.mails.length = 0;
  mail.refusals = [];
  undeliverable.length = 0;
  verification = {
    code: '048213',
    agent: { role: 'klantenservice', pseudonym: 'Merel' },
    expiresAt: new Date(Date.now() + 300_000),
    link: LINK,
  };
});

const sms = (to: Recipient = holder) =>
  ({ template: 'verification_code', ...to, route: 'sms', language: 'nl' }) as const;

describe('the outbox', () => {
  it('sends an SMS once, with its id, and notes the gateway reference', async () => {
    const id = await outbox.enqueue(sms());
    expect(await outbox.settled(id)).toEqual({
      state: 'sent',
      attempts: 1,
      provider_ref: 'gw-1',
      last_error: null,
    });
    expect(gateway.requests).toHaveLength(1);
    const [request] = gateway.requests;
    expect(request?.headers).toMatchObject({ authorization: 'Bearer voorbeeld-token-1234', 'idempotency-key': id });
    expect(request?.body).toMatchObject({ id, type: 'sms', from: 'Voorbeeld', to: PHONE, language: 'nl' });
    expect(request?.body.text).toMatch(/^Code 048213\. .*Merel \(klantenservice\).*nooit om deze code te vragen/);
  });

  it('sends nothing of a transaction that was rolled back', async () => {
    let id = '';
    await expect(
      outbox.dataSource.transaction(async (tx) => {
        id = await outbox.messages.enqueue(tx, sms(), new Date());
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    // The queue works in order: once a later message arrived, the earlier one will not.
    const later = await outbox.enqueue(sms());
    await outbox.settled(later);
    expect(gateway.requests.map(({ body }) => body.id)).toEqual([later]);
    await expect(outbox.row(id)).rejects.toThrow('no such message');
  });

  it('tries again after the gateway failed, and stops once it was taken', async () => {
    gateway.script = [500, 429];
    const id = await outbox.enqueue(sms());
    expect(await outbox.settled(id)).toMatchObject({ state: 'sent', attempts: 3 });
    expect(gateway.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([id, id, id]);
  });

  it('tries again under the same id when the answer was lost', async () => {
    gateway.script = ['reset'];
    const id = await outbox.enqueue(sms());
    expect(await outbox.settled(id)).toMatchObject({ state: 'sent', attempts: 2, last_error: null });
    expect(gateway.requests.map(({ body }) => body.id)).toEqual([id, id]);
  });

  it('does not wait for a gateway that says nothing', async () => {
    gateway.script = ['silence'];
    const id = await outbox.enqueue(sms());
    const late = await eventually(async () => {
      const row = await outbox.row(id);
      return row.attempts === 1 ? row : null;
    });
    expect(late).toMatchObject({ state: 'queued', last_error: 'timed_out' });
    expect(await outbox.settled(id)).toMatchObject({ state: 'sent' });
  });

  it('gives up after the last try and says so, without the words of the gateway', async () => {
    gateway.script = [503, 503, 503, 503, 503, 503];
    const id = await outbox.enqueue(sms());
    expect(await outbox.settled(id)).toMatchObject({ state: 'failed', attempts: 5, last_error: 'tries_exhausted' });
    expect(undeliverable.map((message) => message.id)).toEqual([id]);
    expect(gateway.requests).toHaveLength(5);
  });

  it.each([400, 404, 422, 302])('never tries again after a %d', async (status) => {
    gateway.script = [status];
    const id = await outbox.enqueue(sms());
    expect(await outbox.settled(id)).toMatchObject({
      state: 'failed',
      attempts: 1,
      last_error: `rejected_${status}`,
    });
    expect(undeliverable).toHaveLength(1);
    expect(gateway.requests).toHaveLength(1);
  });

  it('waits for a process with the new token where the gateway no longer takes the old one', async () => {
    const fresh = await createTestDatabase();
    const settings = { databaseUrl: fresh.appUrl, smsGatewayUrl: gateway.url, smsFrom: 'Voorbeeld' };
    const token = (text: string) =>
      Outbox.start({ ...settings, smsGatewayToken: text }, { noticeDelays: [20, 1_000, 2_000, 4_000] });
    const provide = ({ messages }: Outbox): void => messages.provide('verification_code', async () => verification);
    // Changed at the provider, which is told nothing of us.
    gateway.script = Array.from({ length: 12 }, () => (response) => {
      response.writeHead(response.req.headers.authorization === 'Bearer nieuw-token-1234' ? 200 : 401);
      response.end('{"id":"gw-1"}');
    });
    const old = await token('oud-token-12345');
    provide(old);
    const id = await old.enqueue(sms(await old.person('phone', PHONE)));
    await eventually(() => gateway.requests[1] ?? null);
    await old.stop();
    const renewed = await token('nieuw-token-1234');
    provide(renewed);
    expect(await renewed.settled(id)).toMatchObject({ state: 'sent', provider_ref: 'gw-1' });
    const tokens = gateway.requests.map(({ headers }) => headers.authorization);
    expect([tokens[0], tokens.at(-1)]).toEqual(['Bearer oud-token-12345', 'Bearer nieuw-token-1234']);
    await renewed.stop();
    await fresh.drop();
  }, 60_000);

  it('takes an endless or unreadable yes for a yes', async () => {
    gateway.script = [
      (response) => {
        response.writeHead(200);
        response.write(Buffer.alloc(200_000, 'x'));
        response.end('{');
      },
    ];
    const id = await outbox.enqueue(sms());
    expect(await outbox.settled(id)).toMatchObject({ state: 'sent', provider_ref: null });
  });

  it('drops a message that its room no longer wants sent', async () => {
    verification = 'drop';
    const id = await outbox.enqueue(sms());
    expect(await outbox.settled(id)).toMatchObject({ state: 'dropped', attempts: 0 });
    expect(gateway.requests).toHaveLength(0);
    expect(undeliverable).toHaveLength(0);
  });

  it('refuses a country that is not on the list before anything leaves', async () => {
    const abroad = await outbox.person('phone', '+33639980123');
    const id = await outbox.enqueue(sms(abroad));
    expect(await outbox.settled(id)).toMatchObject({ state: 'failed', last_error: 'country_not_allowed' });
    expect(gateway.requests).toHaveLength(0);
    expect(undeliverable).toHaveLength(1);
  });

  it('sends no code to a contact point that was replaced, but does send the news of it', async () => {
    const moved = await outbox.person('phone', '+447700900456');
    await outbox.dataSource.query('UPDATE contact_points SET ended_at = now() WHERE id = $1', [moved.contactPointId]);
    const code = await outbox.enqueue(sms(moved));
    const news = await outbox.enqueue({ ...sms(moved), template: 'contact_changed' });
    expect(await outbox.settled(code)).toMatchObject({ state: 'failed', last_error: 'no_contact_point' });
    expect(await outbox.settled(news)).toMatchObject({ state: 'sent' });
  });

  it("never sends to somebody else's contact point", async () => {
    const other = await outbox.person('phone', '+447700900789');
    const id = await outbox.enqueue({ ...sms(), contactPointId: other.contactPointId });
    expect(await outbox.settled(id)).toMatchObject({ state: 'failed', last_error: 'no_contact_point' });
    expect(gateway.requests).toHaveLength(0);
  });

  it('calls a route that nobody configured undeliverable', async () => {
    const home = await outbox.person('postal', 'Verzonnenstraat 1, 0000 AA Voorbeeldstad');
    const id = await outbox.enqueue({ ...sms(home), route: 'letter' });
    expect(await outbox.settled(id)).toMatchObject({ state: 'failed', last_error: 'not_configured' });
  });

  it('speaks a code through the same gateway', async () => {
    const id = await outbox.enqueue({ ...sms(), route: 'voice' });
    await outbox.settled(id);
    expect(gateway.requests[0]?.body).toMatchObject({
      type: 'voice',
      text: expect.stringContaining('0, 4, 8, 2, 1, 3'),
    });
  });

  it('keeps recipient, name and code out of what the database stores in the clear', async () => {
    gateway.script = [400];
    await outbox.settled(await outbox.enqueue(sms()));
    const [{ stored }] = await outbox.dataSource.query<[{ stored: string }]>(
      `SELECT coalesce((SELECT string_agg(m::text, '') FROM messages m), '') ||
              coalesce((SELECT string_agg(j::text, '') FROM graphile_worker._private_jobs j), '') AS stored`,
    );
    for (const secret of [PHONE, '447700900123', 'Fictief', '048213', 'voorbeeld-token']) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe('e-mail', () => {
  it('waits for a process with the new password where the mail server no longer takes the old one', async () => {
    const fresh = await createTestDatabase();
    const strict = await startMailServer('nieuw-wachtwoord');
    const by = (password: string) =>
      Outbox.start(
        {
          databaseUrl: fresh.appUrl,
          smtpUrl: strict.url.replace('//', `//mandaat:${password}@`),
          smtpFrom: 'post@example.nl',
        },
        { noticeDelays: [20, 1_000, 2_000, 4_000] },
      );
    const provide = ({ messages }: Outbox): void => messages.provide('verification_code', async () => verification);
    const old = await by('oud-wachtwoord');
    provide(old);
    const reader = await old.person('email', 'h.fictief@example.nl');
    const id = await old.enqueue({ template: 'verification_code', ...reader, route: 'email', language: 'nl' });
    await eventually(() => strict.passwords[1] ?? null);
    await old.stop();
    expect(strict.mails).toHaveLength(0);
    const renewed = await by('nieuw-wachtwoord');
    provide(renewed);
    expect(await renewed.settled(id)).toMatchObject({ state: 'sent' });
    expect([strict.passwords[0], strict.passwords.at(-1)]).toEqual(['oud-wachtwoord', 'nieuw-wachtwoord']);
    expect(strict.mails.map(({ to }) => to)).toEqual([['h.fictief@example.nl']]);
    await renewed.stop();
    await strict.stop();
    await fresh.drop();
  }, 60_000);

  it.each([
    ['nl', 'Uw code van Coöperatie Voorbeeld', 'Beste Zoë Fictief,', 'U heeft nu contact'],
    ['en', 'Your code from Coöperatie Voorbeeld', 'Dear Zoë Fictief,', 'You are now in contact'],
  ] as const)('arrives once, readable, in %s', async (language, subject, greeting, sentence) => {
    const reader = await outbox.person('email', 'zoe.fictief@example.nl', 'Zoë Fictief');
    const id = await outbox.enqueue({ template: 'verification_code', ...reader, route: 'email', language });
    expect(await outbox.settled(id)).toMatchObject({ state: 'sent', provider_ref: `<${id}@example.nl>` });
    expect(mail.mails).toHaveLength(1);
    const { parsed, raw, to } = mail.mails[0]!;
    expect(to).toEqual(['zoe.fictief@example.nl']);
    expect(parsed.messageId).toBe(`<${id}@example.nl>`);
    expect(parsed.from).toMatchObject({ name: 'Coöperatie Voorbeeld', address: 'mandaat@example.nl' });
    expect(parsed.subject).toBe(subject);
    expect(parsed.html).toBeUndefined();
    for (const part of [greeting, sentence, '048213', LINK, '+49 30 23125 000', 'klantenservice@example.nl']) {
      expect(parsed.text).toContain(part);
    }
    expect(raw).toMatch(/^Content-Type: text\/plain; charset=utf-8\r$/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(raw).toMatch(new RegExp(`^Content-Language: ${language}\r$`, 'm'));
    // Subjects are kept in the logs of every mail server on the way.
    expect(parsed.subject).not.toContain('048213');
  });

  it('is tried again when the server is busy, and not when it knows no such mailbox', async () => {
    const reader = await outbox.person('email', 'j.verzonnen@example.nl');
    const message = { template: 'verification_code', ...reader, route: 'email', language: 'nl' } as const;
    mail.refusals = [{ code: 451, text: 'busy' }];
    expect(await outbox.settled(await outbox.enqueue(message))).toMatchObject({ state: 'sent', attempts: 2 });
    mail.refusals = [{ code: 550, text: 'no such mailbox' }];
    expect(await outbox.settled(await outbox.enqueue(message))).toMatchObject({
      state: 'failed',
      attempts: 1,
      last_error: 'rejected_550',
    });
  });
});

describe('a certificate that nobody trusts', () => {
  const parcel = {
    id: 'f8b2d1c0-0000-4000-8000-000000000001',
    route: 'email',
    recipient: 'h.fictief@example.nl',
    language: 'nl',
    subject: 'Uw code',
    text: 'Code 048213',
    link: null,
    letter: null,
  } as const;

  it.each(['smtps', 'starttls'] as const)('of a mail server with %s is told as such', async (security) => {
    const strict = await startMailServer(null, security);
    const send = async (url: string): Promise<unknown> => {
      const sender = new SmtpSender({ url, from: 'post@example.nl', fromName: 'Fictief' });
      const result = await sender.send(parcel);
      sender.close();
      return result;
    };
    try {
      expect(await send(strict.url)).toEqual({ outcome: 'failed', fault: 'certificate_refused' });
      expect(strict.mails).toHaveLength(0);
      // The control: it was the certificate, and nothing else.
      const careless = `${strict.url}${strict.url.includes('?') ? '&' : '?'}tls.rejectUnauthorized=false`;
      expect(await send(careless)).toMatchObject({ outcome: 'sent' });
    } finally {
      await strict.stop();
    }
    expect(await send(strict.url)).toEqual({ outcome: 'failed', fault: 'connection_failed' });
  });

  it('stands in the log and with the message, of the gateway too', async () => {
    const fresh = await createTestDatabase();
    const secure = await Receiver.start('127.0.0.1', 0, true);
    const strict = await startMailServer(null, 'smtps');
    const own = await Outbox.start(
      {
        databaseUrl: fresh.appUrl,
        smsGatewayUrl: secure.url('/messages'),
        smsGatewayToken: 'voorbeeld-token-1234',
        smsFrom: 'Voorbeeld',
        smtpUrl: strict.url,
        smtpFrom: 'post@example.nl',
      },
      { noticeDelays: [60_000] },
    );
    own.messages.provide('verification_code', async () => verification);
    const lines: string[] = [];
    own.module.useLogger(nestLogger(createLog('warn', { write: (line) => void lines.push(line) })));
    try {
      const phone = await own.enqueue(sms(await own.person('phone', PHONE)));
      const reader = await own.person('email', 'h.fictief@example.nl');
      const inbox = await own.enqueue({ ...sms(reader), route: 'email' });
      for (const id of [phone, inbox]) {
        const row = await eventually(async () => {
          const now = await own.row(id);
          return now.attempts === 1 ? now : null;
        });
        expect(row).toMatchObject({ state: 'queued', last_error: 'certificate_refused' });
        const told = lines.map((line) => JSON.parse(line)).filter(({ messageId }) => messageId === id);
        expect(told).toEqual([
          expect.objectContaining({ event: 'message_postponed', code: 'certificate_refused', level: 'warn' }),
        ]);
      }
      expect(lines.join('')).not.toContain(PHONE);
      expect(secure.received).toHaveLength(0);
    } finally {
      await own.stop();
      await Promise.all([secure.stop(), strict.stop()]);
      await fresh.drop();
    }
  }, 60_000);

  it('is another thing than a gateway that is not there', async () => {
    const secure = await Receiver.start('127.0.0.1', 0, true);
    const sender = new GatewaySender({ url: secure.url('/messages'), token: 'voorbeeld-token-1234', from: 'Fictief' });
    const message = { ...parcel, route: 'sms', recipient: PHONE } as const;
    expect(await sender.send(message)).toEqual({ outcome: 'failed', fault: 'certificate_refused' });
    await secure.stop();
    expect(await sender.send(message)).toEqual({ outcome: 'failed', fault: 'connection_failed' });
  });
});

describe('the daily cap', () => {
  it('stops paid messages and nothing else', async () => {
    const own = await createTestDatabase();
    const capped = await Outbox.start({
      databaseUrl: own.appUrl,
      smsGatewayUrl: gateway.url,
      smsGatewayToken: 'voorbeeld-token-1234',
      smsFrom: 'Voorbeeld',
      smtpUrl: mail.url,
      smtpFrom: 'mandaat@example.nl',
      smsPerDay: 1,
    });
    capped.messages.provide('blocked', async () => ({ caller: 'P. Verzonnen', blockedAt: new Date() }));
    const phone = await capped.person('phone', PHONE);
    const inbox = await capped.person('email', 'h.fictief@example.nl');
    const paid = { template: 'blocked', ...phone, route: 'sms', language: 'nl' } as const;
    const first = await capped.settled(await capped.enqueue(paid));
    const second = await capped.settled(await capped.enqueue(paid));
    const free = await capped.settled(await capped.enqueue({ ...paid, ...inbox, route: 'email' }));
    await capped.stop();
    await own.drop();
    expect(first.state).toBe('sent');
    expect(second).toMatchObject({ state: 'failed', last_error: 'daily_cap_reached' });
    expect(free.state).toBe('sent');
  });
});

describe('stopping', () => {
  it('finishes what is being sent and leaves the rest to the next start', async () => {
    const own = await createTestDatabase();
    const settings = {
      databaseUrl: own.appUrl,
      smsGatewayUrl: gateway.url,
      smsGatewayToken: 'voorbeeld-token-1234',
      smsFrom: 'Voorbeeld',
    };
    const first = await Outbox.start(settings);
    first.messages.provide('blocked', async () => ({ caller: 'P. Verzonnen', blockedAt: new Date() }));
    const phone = await first.person('phone', PHONE);
    gateway.script = [(response) => void setTimeout(() => response.writeHead(200).end('{}'), 500)];
    const running = await first.enqueue({ template: 'blocked', ...phone, route: 'sms', language: 'nl' });
    await eventually(() => (gateway.requests.length === 1 ? true : null));
    await first.stop();

    const second = await Outbox.start(settings);
    second.messages.provide('blocked', async () => ({ caller: 'P. Verzonnen', blockedAt: new Date() }));
    const row = await second.row(running);
    const waiting = await second.enqueue({ template: 'blocked', ...phone, route: 'sms', language: 'nl' });
    const next = await second.settled(waiting);
    await second.stop();
    await own.drop();
    expect(row.state).toBe('sent');
    expect(next.state).toBe('sent');
    expect(gateway.requests).toHaveLength(2);
  });
});

describe('a database that fails for a while', () => {
  it('stops the sending only for that while, and sends nothing twice', async () => {
    const own = await createTestDatabase();
    const owner = new Client({ connectionString: own.ownerUrl });
    await owner.connect();
    const settings = { smsGatewayUrl: gateway.url, smsGatewayToken: 'voorbeeld-token-1234', smsFrom: 'Voorbeeld' };
    const resumed = await Outbox.start({ databaseUrl: own.appUrl, ...settings }, { staleAfter: 300 });
    resumed.messages.provide('blocked', async () => ({ caller: 'P. Verzonnen', blockedAt: new Date() }));
    const phone = await resumed.person('phone', PHONE);
    const message = { template: 'blocked', ...phone, route: 'sms', language: 'nl' } as const;
    const runner = resumed.module.get(OutboxRunner);

    // The message goes out, and then the queue can't take its job away.
    await owner.query('REVOKE DELETE ON graphile_worker._private_jobs FROM mandaat_app');
    const first = await resumed.enqueue(message);
    await resumed.settled(first);
    await eventually(() => (runner.isRunning ? null : true));
    await owner.query('GRANT DELETE ON graphile_worker._private_jobs TO mandaat_app');
    await eventually(() => (runner.isRunning ? true : null));
    const second = await resumed.settled(await resumed.enqueue(message));
    const emptied = await eventually(async () => {
      const { rows } = await owner.query('SELECT 1 FROM graphile_worker._private_jobs');
      return rows.length === 0 ? true : null;
    });
    await owner.end();
    await resumed.stop();
    await own.drop();
    expect(second.state).toBe('sent');
    expect(emptied).toBe(true);
    expect(gateway.requests).toHaveLength(2);
  });
});
