import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { Api } from '../../src/demo/api.ts';
import { EIGHT_DIGITS, messageTo } from '../../src/demo/story.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

const HOLDER = '+447700900123';
const HOSTILE = '<script>alert(1)</script>"@example.nl';

let api: TestApp;

beforeAll(async () => {
  api = await startTestApp();
  const client = new Client({ connectionString: api.database.ownerUrl });
  await client.connect();
  await client.query(
    `INSERT INTO demo_inbox (message_id, route, recipient, subject, body, link, received_at) VALUES
       (gen_random_uuid(), 'sms', $1, 'Older', 'Code 048213. Older', 'http://localhost/c/one', '2026-11-21T12:00:00Z'),
       (gen_random_uuid(), 'sms', $1, 'Newer', 'Code 951753. Newer', NULL, '2026-11-21T12:01:00Z'),
       (gen_random_uuid(), 'email', $2, '<b>Hostile</b>', E'line <i>1</i>\\nline 2', NULL, '2026-11-21T12:02:00Z')`,
    [HOLDER, HOSTILE],
  );
  await client.end();
});

afterAll(() => api.stop());

describe('the demo inbox', () => {
  it('lists the newest first, as data for scripts', async () => {
    const { status, body, headers } = await api.request.get('/demo/inbox.json');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body.messages.map((message: { subject: string }) => message.subject)).toEqual([
      '<b>Hostile</b>',
      'Newer',
      'Older',
    ]);
    expect(body.messages[2]).toEqual({
      id: expect.any(String),
      route: 'sms',
      recipient: HOLDER,
      subject: 'Older',
      body: 'Code 048213. Older',
      link: 'http://localhost/c/one',
      receivedAt: '2026-11-21T12:00:00.000Z',
      hasLetter: false,
    });
  });

  it("shows one recipient's messages", async () => {
    const { body } = await api.request.get('/demo/inbox.json').query({ recipient: HOLDER });
    expect(body.messages).toHaveLength(2);
    const page = await api.request.get('/demo/inbox').query({ recipient: HOLDER });
    expect(page.text).toContain('Code 048213');
    expect(page.text).not.toContain('Hostile');
    const none = await api.request.get('/demo/inbox.json').query({ recipient: '+44770090012' });
    expect(none.body.messages).toEqual([]);
  });

  it('is a page that says what it is, and runs nothing', async () => {
    const { status, text, headers } = await api.request.get('/demo/inbox');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).toMatch(/^<!doctype html><html lang="en"/);
    expect(text).toContain('>Sandbox</strong>');
    expect(text.indexOf('Newer')).toBeLessThan(text.indexOf('Older'));
    expect(text).not.toMatch(/<script|<b>|<i>|style=/);
    expect(text).toContain('&lt;b>Hostile&lt;/b>');
  });

  it('loads itself again only when asked to', async () => {
    const still = await api.request.get('/demo/inbox').query({ recipient: HOLDER });
    expect(still.text).not.toContain('http-equiv="refresh"');
    const [, more] = /href="([^"]+)">Load this page again/.exec(still.text)!;
    const moving = await api.request.get(more!.replaceAll('&amp;', '&'));
    expect(moving.text).toContain('<meta http-equiv="refresh" content="5"');
    expect(moving.text).not.toContain('Hostile');
  });

  it('brings its stylesheet, without the font that is not ours', async () => {
    const { text } = await api.request.get('/demo/inbox');
    const [, path] = /<link rel="stylesheet" href="([^"]+)"/.exec(text)!;
    const css = await api.request.get(path!);
    expect(css.status).toBe(200);
    expect(css.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(css.headers['cache-control']).toContain('immutable');
    expect(css.text).toContain('.govuk-button');
    expect(css.text).not.toMatch(/GDS Transport|@font-face|url\(/);
    expect((await api.request.get('/assets/other.css')).status).toBe(404);
  });

  it.each([
    ['two recipients', 'recipient=a&recipient=b'],
    ['an unknown parameter', 'other=1'],
    ['a recipient that is too long', `recipient=${'x'.repeat(321)}`],
  ])('refuses %s', async (_what, query) => {
    expect((await api.request.get(`/demo/inbox.json?${query}`)).status).toBe(400);
  });
});

describe('without a sandbox', () => {
  it('has no such pages', async () => {
    const real = await startTestApp({ demoInbox: false });
    const answers = await Promise.all(
      ['/demo/inbox', '/demo/inbox.json', `/demo/sign-in/${randomUUID()}/123456`].map(
        async (path) => (await real.request.get(path)).status,
      ),
    );
    await real.stop();
    expect(answers).toEqual([404, 404, 404]);
  });
});

it('is read by the demo as its reader does: the code with which a message begins, and no digits of a link', async () => {
  const client = new Client({ connectionString: api.database.ownerUrl });
  await client.connect();
  const arrives = (recipient: string, body: string): Promise<unknown> =>
    client.query(
      `INSERT INTO demo_inbox (message_id, route, recipient, body, received_at) VALUES (gen_random_uuid(), 'sms', $1, $2, now())`,
      [recipient, body],
    );
  try {
    const recipient = '+447700900124';
    await arrives(recipient, 'Code 048213. Say no: http://localhost/c/20261123-0000-4000-8000-000000000000.0.x');
    const looking = messageTo(new Api(api.url, 'none'), recipient, EIGHT_DIGITS);
    await wait(300);
    await arrives(recipient, 'Code 87654321. Say no: http://localhost/c/20261124-0000-4000-8000-000000000000.0.x');
    expect((await looking).found).toBe('87654321');
  } finally {
    await client.end();
  }
});
