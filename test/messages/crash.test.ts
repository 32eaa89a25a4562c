import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { compileProject, type CompiledProject } from '../support/program.ts';
import { eventually, Outbox } from './outbox.ts';
import { startGateway, type Gateway } from './stations.ts';

const TOKEN = 'voorbeeld-token-1234';

let database: TestDatabase;
let gateway: Gateway;
let project: CompiledProject;

beforeAll(async () => {
  [database, gateway, project] = await Promise.all([
    createTestDatabase(),
    startGateway(),
    compileProject(['src', 'migrations']),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all([project.remove(), gateway.stop()]);
  await database.drop();
});

/** Sends whatever waits, in a process of its own, until somebody kills it. */
const program = (isSending: boolean): string => `
  import 'reflect-metadata';
  import { NestFactory } from '@nestjs/core';
  import { Module } from '@nestjs/common';
  import { ConfigModule } from './src/config/config.module.js';
  import { loadConfig } from './src/config/config.js';
  import { CryptoModule } from './src/crypto/crypto.module.js';
  import { DatabaseModule } from './src/database/database.module.js';
  import { MessagesModule } from './src/messages/messages.module.js';
  import { MessagesService } from './src/messages/messages.service.js';
  import { OutboxRunner } from './src/messages/outbox.runner.js';

  const config = loadConfig(${JSON.stringify({
    NODE_ENV: 'test',
    MANDAAT_KEYS: `test:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`,
    DATABASE_URL: database.appUrl,
    DEMO_INBOX: 'false',
    SMS_GATEWAY_URL: gateway.url,
    SMS_GATEWAY_TOKEN: TOKEN,
    SMS_FROM: 'Voorbeeld',
  })});
  class Root {}
  Module({ imports: [ConfigModule.with(config), DatabaseModule, CryptoModule, MessagesModule] })(Root);
  const app = await NestFactory.createApplicationContext(Root, { logger: false });
  app.get(MessagesService).provide('blocked', async () => ({ caller: 'P. Verzonnen', blockedAt: new Date() }));
  if (${isSending}) await app.get(OutboxRunner).start();
  console.log('ready');
`;

describe('a process that is killed between the sending and the note of it', () => {
  it('leaves a message that another process sends again under the same id', async () => {
    // No runner of our own yet: the message must be taken by the process that dies.
    const settings = { databaseUrl: database.appUrl, smsGatewayUrl: gateway.url, smsGatewayToken: TOKEN };
    const outbox = await Outbox.prepare({ ...settings, smsFrom: 'Voorbeeld' }, { staleAfter: 1_000 });
    outbox.messages.provide('blocked', async () => ({ caller: 'P. Verzonnen', blockedAt: new Date() }));
    const phone = await outbox.person('phone', '+447700900123');
    const victim = await project.start(program(true));
    expect(await victim.line()).toBe('ready');

    gateway.script = ['silence'];
    const id = await outbox.enqueue({ template: 'blocked', ...phone, route: 'sms', language: 'nl' });
    await eventually(() => (gateway.requests.length === 1 ? true : null));
    victim.child.kill('SIGKILL');
    await victim.ended;
    expect(await outbox.row(id)).toMatchObject({ state: 'queued', attempts: 0 });

    await outbox.run();
    const row = await outbox.settled(id);
    await outbox.stop();
    expect(row).toMatchObject({ state: 'sent', provider_ref: 'gw-2' });
    expect(gateway.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([id, id]);
  });
});

describe('a command line', () => {
  it('sends nothing by itself', async () => {
    const outbox = await Outbox.prepare({ databaseUrl: database.appUrl });
    const phone = await outbox.person('phone', '+447700900123');
    const idle = await project.start(program(false));
    expect(await idle.line()).toBe('ready');
    const id = await outbox.enqueue({ template: 'blocked', ...phone, route: 'sms', language: 'nl' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await outbox.row(id)).toMatchObject({ state: 'queued', attempts: 0 });
    await outbox.stop();
  });
});
