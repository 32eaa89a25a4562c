import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { KeyScope } from '../../src/auth/principal.ts';
import { UPLOAD_LIMIT } from '../../src/holders/import-upload.ts';
import { makeKey, startTestApp, type TestApp } from '../support/app.ts';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface PointBody {
  readonly id: string;
  readonly kind: string;
  readonly value: string;
  readonly verified_at: string | null;
  readonly changed_at: string;
  readonly ended_at: string | null;
}

let api: TestApp;
let owner: pg.Client;
const tokens = new Map<KeyScope, string>();
const PHONE = '+44 7700 900301';
const HOME = 'Voorbeeldstraat 12, 0000 XX Nergenshuizen';
const VERIFIED = '2024-03-04T10:00:00.000Z';

beforeAll(async () => {
  api = await startTestApp();
  for (const scope of ['agent', 'crm', 'admin', 'privacy'] as const) {
    tokens.set(scope, (await makeKey(api, scope)).text);
  }
  owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await owner?.end();
  await api?.stop();
});

async function call(method: string, route: string, body?: unknown, scope: KeyScope = 'crm'): Promise<Answer> {
  const response = await fetch(`${api.url}${route}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens.get(scope)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function upload(body: string | Uint8Array<ArrayBuffer>, type = 'application/x-ndjson'): Promise<Answer> {
  const response = await fetch(`${api.url}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.get('crm')}`, 'content-type': type },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function person(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    kind: 'person',
    name: 'Hanna Voorbeeld',
    language: 'nl',
    contact_points: [
      { kind: 'phone', value: PHONE, verified_at: VERIFIED },
      { kind: 'email', value: 'hanna.voorbeeld@example.nl' },
      { kind: 'postal', value: HOME, verified_at: VERIFIED },
    ],
    ...changes,
  };
}

function withPoints(...points: Record<string, unknown>[]): Record<string, unknown> {
  return person({ contact_points: points });
}

async function points(ref: string): Promise<PointBody[]> {
  return (await call('GET', `/v1/people/${ref}`)).body['contact_points'] as PointBody[];
}

async function history(ref: string): Promise<PointBody[]> {
  const { body } = await call('GET', `/v1/people/${ref}/contact-points/history`);
  return body['contact_points'] as PointBody[];
}

function pointers(answer: Answer): string[] {
  return (answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
}

async function idOf(ref: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM people WHERE crm_ref = $1', [ref]);
  return rows[0]?.id ?? '';
}

async function records(ref: string): Promise<{ kind: string; body: string }[]> {
  const { rows } = await owner.query<{ kind: string; body: string }>(
    'SELECT kind, body FROM audit_records WHERE $1 = ANY (person_ids) ORDER BY chain_id, sequence',
    [await idOf(ref)],
  );
  return rows;
}

async function messages(ref: string): Promise<{ template: string; route: string; contact_point_id: string }[]> {
  const { rows } = await owner.query<{ template: string; route: string; contact_point_id: string }>(
    'SELECT template, route, contact_point_id FROM messages WHERE person_id = $1 ORDER BY route',
    [await idOf(ref)],
  );
  return rows;
}

describe('registering a person', () => {
  it('answers 201 the first time, 200 afterwards, and changes nothing the second time', async () => {
    const first = await call('PUT', '/v1/people/H-1', person());
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ crm_ref: 'H-1', kind: 'person', name: 'Hanna Voorbeeld', language: 'nl' });
    const before = await history('H-1');
    expect(await call('PUT', '/v1/people/H-1', person())).toEqual({ status: 200, body: first.body });
    expect(await history('H-1')).toEqual(before);
    expect((await records('H-1')).filter(({ kind }) => kind !== 'lookup').map(({ kind }) => kind)).toEqual([
      'person.created',
    ]);
  });

  it('takes every spelling of a number for the same number, and keeps one', async () => {
    await call('PUT', '/v1/people/H-2', withPoints({ kind: 'phone', value: '+44 7700 900302' }));
    const before = await history('H-2');
    for (const value of ['0044 7700 900302', '+44 (0)7700-900302', '+447700900302', ' +44.7700.900.302 ']) {
      expect((await call('PUT', '/v1/people/H-2', withPoints({ kind: 'phone', value }))).status).toBe(200);
    }
    expect(await history('H-2')).toEqual(before);
    expect(before.map(({ value }) => value)).toEqual(['+447700900302']);
    const both = ['+44 7700 900302', '0044 7700 900302'].map((value) => ({ kind: 'phone', value }));
    expect((await call('PUT', '/v1/people/H-2', withPoints(...both))).body['contact_points']).toHaveLength(1);
  });

  it('keeps an e-mail alias as it is, and takes no other case for a change', async () => {
    const of = (value: string): Record<string, unknown> => withPoints({ kind: 'email', value });
    await call('PUT', '/v1/people/H-3', of('Hanna+Telecom@EXAMPLE.nl'));
    expect((await points('H-3')).map(({ value }) => value)).toEqual(['Hanna+Telecom@example.nl']);
    await call('PUT', '/v1/people/H-3', of('hanna+telecom@example.nl'));
    expect(await history('H-3')).toHaveLength(1);
    await call('PUT', '/v1/people/H-3', of('hanna@example.nl'));
    expect(await history('H-3')).toHaveLength(2);
  });

  it('takes no other case, comma or spacing of an address for a move', async () => {
    await call('PUT', '/v1/people/H-4', withPoints({ kind: 'postal', value: HOME }));
    await call(
      'PUT',
      '/v1/people/H-4',
      withPoints({ kind: 'postal', value: 'voorbeeldstraat  12 0000 xx NERGENSHUIZEN' }),
    );
    expect(await history('H-4')).toHaveLength(1);
    await call('PUT', '/v1/people/H-4', withPoints({ kind: 'postal', value: HOME.replace('12', '13') }));
    expect((await history('H-4')).map(({ ended_at: end }) => end === null)).toEqual([false, true]);
  });

  it('keeps the history of a value that changes, and begins its age anew whatever is said about it', async () => {
    await call('PUT', '/v1/people/H-5', withPoints({ kind: 'phone', value: PHONE, verified_at: VERIFIED }));
    const [before] = await points('H-5');
    expect(before?.changed_at).toBe(VERIFIED);
    const started = Date.now() - 1_000;
    await call('PUT', '/v1/people/H-5', withPoints({ kind: 'phone', value: '+44 7700 900305', verified_at: VERIFIED }));
    const [old, now] = await history('H-5');
    expect(old).toMatchObject({ id: before?.id, value: '+447700900301' });
    expect(Date.parse(old?.ended_at ?? '')).toBeGreaterThan(started);
    expect(now).toMatchObject({ value: '+447700900305', verified_at: VERIFIED, ended_at: null });
    expect(Date.parse(now?.changed_at ?? '')).toBeGreaterThan(started);
    // And back again: what it was before doesn't make it old.
    await call('PUT', '/v1/people/H-5', withPoints({ kind: 'phone', value: PHONE, verified_at: VERIFIED }));
    expect(Date.parse((await points('H-5'))[0]?.changed_at ?? '')).toBeGreaterThan(started);
    expect(await history('H-5')).toHaveLength(3);
  });

  it('ends a contact point that is left out', async () => {
    await call('PUT', '/v1/people/H-6', person());
    await call('PUT', '/v1/people/H-6', withPoints({ kind: 'phone', value: PHONE }));
    expect((await points('H-6')).map(({ kind }) => kind)).toEqual(['phone']);
    expect(await history('H-6')).toHaveLength(3);
  });

  it('notes a later verification without making the value new, and forgets it only when told so', async () => {
    const put = (verified: object): Promise<Answer> =>
      call('PUT', '/v1/people/H-7', withPoints({ kind: 'phone', value: PHONE, ...verified }));
    await put({});
    const [before] = await points('H-7');
    expect(before?.verified_at).toBeNull();
    await put({ verified_at: '2026-01-02T03:04:05+01:00' });
    expect(await points('H-7')).toEqual([{ ...before, verified_at: '2026-01-02T02:04:05.000Z' }]);
    await put({});
    expect((await points('H-7'))[0]?.verified_at).toBe('2026-01-02T02:04:05.000Z');
    await put({ verified_at: null });
    expect(await points('H-7')).toEqual([before]);
  });

  it('registers one person when the same request comes 64 times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 64 }, () => call('PUT', '/v1/people/H-8', person())));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => b - a);
    expect(statuses).toEqual([201, ...Array.from({ length: 63 }, () => 200)]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await history('H-8')).toHaveLength(3);
  });

  it.each([
    ['a sentence around a number', { kind: 'phone', value: 'bel +44 7700 900301' }, '/contact_points/0/value'],
    ['an extension', { kind: 'phone', value: '+44 7700 900301 ext 5' }, '/contact_points/0/value'],
    ['a premium number', { kind: 'phone', value: '0900 1234' }, '/contact_points/0/value'],
    ['two at signs', { kind: 'email', value: 'a@b@example.nl' }, '/contact_points/0/value'],
    ['an address on two lines', { kind: 'postal', value: 'Voorbeeldstraat 12\nNergens' }, '/contact_points/0/value'],
    ['an overlong address', { kind: 'postal', value: 'x'.repeat(301) }, '/contact_points/0/value'],
    ['a hidden character', { kind: 'email', value: 'ha\u200Bnna@example.nl' }, '/contact_points/0/value'],
    ['an unknown kind', { kind: 'fax', value: '+44 7700 900301' }, '/contact_points/0/kind'],
    [
      'a verification to come',
      { kind: 'phone', value: PHONE, verified_at: '2999-01-01T00:00:00Z' },
      '/contact_points/0/verified_at',
    ],
    ['a day without time', { kind: 'phone', value: PHONE, verified_at: '2024-01-01' }, '/contact_points/0/verified_at'],
    [
      'a day that does not exist',
      { kind: 'phone', value: PHONE, verified_at: '2024-02-30T00:00:00Z' },
      '/contact_points/0/verified_at',
    ],
    ['a field too many', { kind: 'phone', value: PHONE, note: 'x' }, '/contact_points/0/note'],
  ])('refuses %s, and says where', async (_, point, pointer) => {
    const answer = await call('PUT', '/v1/people/H-9', withPoints(point));
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(pointers(answer)).toEqual([pointer]);
    expect(JSON.stringify(answer.body)).not.toContain(point.value);
    expect((await call('GET', '/v1/people/H-9')).status).toBe(404);
  });

  it.each([
    ['a name with a control character', person({ name: 'Hanna\u0007' }), '/name'],
    ['a blank name', person({ name: '  ' }), '/name'],
    ['an overlong name', person({ name: 'x'.repeat(201) }), '/name'],
    ['an unknown language', person({ language: 'fr' }), '/language'],
    [
      'two addresses of record',
      withPoints({ kind: 'postal', value: HOME }, { kind: 'postal', value: `${HOME} 2` }),
      '/contact_points',
    ],
    [
      'eleven contact points',
      withPoints(...Array.from({ length: 11 }, (_, at) => ({ kind: 'phone', value: `+44 7700 9004${10 + at}` }))),
      '/contact_points',
    ],
    ['a contact point that is a text', person({ contact_points: ['x'] }), '/contact_points'],
  ])('refuses %s', async (_, body, pointer) => {
    const answer = await call('PUT', '/v1/people/H-9', body);
    expect(answer.status).toBe(400);
    expect(pointers(answer)[0]?.startsWith(pointer)).toBe(true);
  });

  it('takes names that look alike in Unicode for the same name', async () => {
    await call('PUT', '/v1/people/H-10', person({ name: 'Ren\u00E9e  Verzonnen ' }));
    const again = await call('PUT', '/v1/people/H-10', person({ name: 'Rene\u0301e Verzonnen' }));
    expect(again.body['name']).toBe('Ren\u00E9e Verzonnen');
    expect((await records('H-10')).map(({ kind }) => kind)).toEqual(['person.created']);
  });
});

describe('a change of contact', () => {
  it('is told on the old and on the new number, and recorded without the numbers', async () => {
    await call('PUT', '/v1/people/T-1', withPoints({ kind: 'phone', value: PHONE, verified_at: VERIFIED }));
    expect(await messages('T-1')).toEqual([]);
    await call('PUT', '/v1/people/T-1', withPoints({ kind: 'phone', value: '+49 30 23125 301' }));
    const [old, now] = await history('T-1');
    expect(await messages('T-1')).toEqual([
      { template: 'contact_changed', route: 'sms', contact_point_id: old?.id },
      { template: 'contact_changed', route: 'voice', contact_point_id: now?.id },
    ]);
    const entry = (await records('T-1')).find(({ kind }) => kind === 'contact.changed');
    expect(entry?.body).toContain(old?.id);
    expect(entry?.body).toContain(now?.id);
    expect(entry?.body).not.toMatch(/7700|23125/);
  });

  it('is told on the points that stay when one only comes', async () => {
    await call('PUT', '/v1/people/T-2', withPoints({ kind: 'email', value: 'oud@example.nl', verified_at: VERIFIED }));
    const [email] = await points('T-2');
    await call(
      'PUT',
      '/v1/people/T-2',
      withPoints({ kind: 'email', value: 'oud@example.nl' }, { kind: 'phone', value: PHONE }),
    );
    expect(await messages('T-2')).toMatchObject([{ route: 'email', contact_point_id: email?.id }, { route: 'sms' }]);
  });

  it('is told to nobody when what changed was neither verified nor aged', async () => {
    await call('PUT', '/v1/people/T-3', withPoints({ kind: 'phone', value: PHONE }));
    await call('PUT', '/v1/people/T-3', withPoints({ kind: 'phone', value: '+44 7700 900303' }));
    expect(await messages('T-3')).toEqual([]);
  });
});

describe('looking somebody up', () => {
  it('needs the exact reference, and there is no list', async () => {
    await call('PUT', '/v1/people/L-1', person());
    expect((await call('GET', '/v1/people/l-1')).status).toBe(404);
    expect((await call('GET', '/v1/people/L-%25')).status).toBe(400);
    expect((await call('GET', '/v1/people')).status).toBe(404);
    expect((await call('GET', '/v1/contracts')).status).toBe(404);
  });

  it('is recorded for the person to see, and a look-up that finds nobody is counted', async () => {
    await call('PUT', '/v1/people/L-2', person());
    await call('GET', '/v1/people/L-2', undefined, 'privacy');
    await call('GET', '/v1/people/L-2/contact-points/history', undefined, 'admin');
    const seen = (await records('L-2')).filter(({ kind }) => kind === 'lookup');
    expect(seen).toHaveLength(2);
    expect(seen[0]?.body).toContain('"person"');
    expect(seen[1]?.body).toContain('"contact_point_history"');
    const count = async (): Promise<number> =>
      (await owner.query(`SELECT 1 FROM audit_records WHERE kind = 'lookup' AND person_ids = '{}'`)).rowCount ?? 0;
    const before = await count();
    expect((await call('GET', '/v1/people/nobody')).status).toBe(404);
    expect(await count()).toBe(before + 1);
  });

  it('is not for agents', async () => {
    await call('PUT', '/v1/people/L-3', person());
    expect((await call('GET', '/v1/people/L-3', undefined, 'agent')).status).toBe(403);
    expect((await call('GET', '/v1/contracts/L-3', undefined, 'privacy')).status).toBe(403);
    expect((await call('PUT', '/v1/people/L-3', person(), 'privacy')).status).toBe(403);
  });
});

describe('a contract', () => {
  const contract = {
    joint_rule: 'all',
    holders: ['C-H2', 'C-H1'],
    properties: { product: 'internet', seats: 3, has_email: true },
  };

  beforeAll(async () => {
    for (const ref of ['C-H1', 'C-H2']) await call('PUT', `/v1/people/${ref}`, person());
  });

  it('keeps its holders in order, and changes nothing when said again', async () => {
    const first = await call('PUT', '/v1/contracts/K-1', contract);
    expect(first).toEqual({
      status: 201,
      body: { contract_ref: 'K-1', resource_type: 'contract', ...contract, ended_at: null },
    });
    expect(await call('PUT', '/v1/contracts/K-1', contract)).toEqual({ status: 200, body: first.body });
    expect((await call('GET', '/v1/contracts/K-1')).body).toEqual(first.body);
    expect((await records('C-H1')).filter(({ kind }) => kind.startsWith('contract.'))).toHaveLength(1);
  });

  it('takes new holders in the place of the earlier ones, for all of them to see', async () => {
    await call('PUT', '/v1/contracts/K-2', contract);
    await call('PUT', '/v1/contracts/K-2', {
      joint_rule: 'any',
      holders: ['C-H1'],
      ended_at: '2026-02-01T00:00:00+01:00',
    });
    expect((await call('GET', '/v1/contracts/K-2')).body).toEqual({
      contract_ref: 'K-2',
      joint_rule: 'any',
      resource_type: 'contract',
      holders: ['C-H1'],
      properties: {},
      ended_at: '2026-01-31T23:00:00.000Z',
    });
    expect((await records('C-H2')).at(-1)?.kind).toBe('contract.changed');
  });

  it('names the holder who is not registered', async () => {
    const answer = await call('PUT', '/v1/contracts/K-3', { joint_rule: 'any', holders: ['C-H1', 'C-H3'] });
    expect(answer.status).toBe(400);
    expect(pointers(answer)).toEqual(['/holders/1']);
    expect((await call('GET', '/v1/contracts/K-3')).status).toBe(404);
  });

  it.each([
    ['no holders', { holders: [] }, '/holders'],
    ['a holder twice', { holders: ['C-H1', 'C-H1'] }, '/holders'],
    ['an object as property', { properties: { a: {} } }, '/properties'],
    ['a property name with capitals', { properties: { Product: 'x' } }, '/properties'],
    ['properties that are null', { properties: null }, '/properties'],
    ['an unknown rule', { joint_rule: 'most' }, '/joint_rule'],
  ])('refuses %s', async (_, changes, pointer) => {
    const answer = await call('PUT', '/v1/contracts/K-4', { joint_rule: 'any', holders: ['C-H1'], ...changes });
    expect(answer.status).toBe(400);
    expect(pointers(answer)).toEqual([pointer]);
  });
});

describe('an import over HTTP', () => {
  it('keeps the good lines and numbers the bad ones, without repeating what stood there', async () => {
    const lines = [
      JSON.stringify({ type: 'person', crm_ref: 'I-1', ...person() }),
      '{"type":"person",',
      '',
      JSON.stringify({
        type: 'person',
        crm_ref: 'I-2',
        ...person({ contact_points: [{ kind: 'phone', value: 'geheim' }] }),
      }),
      JSON.stringify({ type: 'contract', contract_ref: 'IC-1', joint_rule: 'any', holders: ['I-1'] }),
      JSON.stringify({ type: 'contract', contract_ref: 'IC-2', joint_rule: 'any', holders: ['I-2'] }),
      JSON.stringify({ type: 'animal' }),
      JSON.stringify({ type: 'person', crm_ref: 'I-3', ...person() }),
    ];
    const answer = await upload(lines.join('\n'));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ lines: 7, imported: 3, unchanged: 0, error_count: 4, resumed_after: 0 });
    const errors = answer.body['errors'] as { line: number; detail: string }[];
    expect(errors.map(({ line }) => line)).toEqual([2, 4, 6, 7]);
    expect(errors[1]?.detail).toMatch(/^\/contact_points\/0\/value: must be a phone number/);
    expect(errors[2]?.detail).toMatch(/^\/holders\/0: must be the crm_ref of somebody/);
    expect(JSON.stringify(errors)).not.toContain('geheim');
    expect((await upload(lines.join('\n'))).body).toMatchObject({ imported: 0, unchanged: 3, error_count: 4 });
  });

  it('reads the CSV of the examples', async () => {
    const file = new Uint8Array(await readFile(path.join('examples', 'crm-export.csv')));
    expect((await upload(file, 'text/csv')).body).toMatchObject({ lines: 19, imported: 19, error_count: 0 });
    expect((await call('GET', '/v1/contracts/C-6003')).body).toMatchObject({
      joint_rule: 'all',
      holders: ['P-2001', 'P-2002'],
      properties: { product: 'television', status: 'active' },
    });
    expect((await points('P-2004')).map(({ value }) => value)).toContain('+496990009021');
    expect((await upload(file, 'text/csv; charset=utf-8')).body).toMatchObject({ imported: 0, unchanged: 19 });
  });

  it('refuses CSV with an unknown column, and keeps the rows that are well-formed', async () => {
    const unknown = await upload('type,crm_ref,iban\nperson,X-1,x\n', 'text/csv');
    expect(unknown).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    const rows = [
      'type,crm_ref,kind,name,language',
      'person,X-1,person,Wolk Fictief,nl',
      'person,X-2',
      'person,X-3,person,"Lamp ""Fel"" Fictief",en',
    ];
    const partly = await upload(rows.join('\r\n'), 'text/csv');
    expect(partly.body).toMatchObject({ lines: 3, imported: 2, errors: [{ line: 3 }] });
    expect((await call('GET', '/v1/people/X-3')).body['name']).toBe('Lamp "Fel" Fictief');
  });

  it('refuses the rows of a CSV that are no UTF-8, and keeps the others, whatever letters they have', async () => {
    const header = 'type,crm_ref,kind,name,language\n';
    const bytes = Buffer.concat([
      Buffer.from(`${header}person,UTF-1,person,Zoë Fictief,nl\n`),
      // As an export in Windows-1252 has it.
      Buffer.from('person,UTF-2,person,Zoë Fictief,nl\n', 'latin1'),
      Buffer.from('person,UTF-3,person,Łucja Fictief,nl\n'),
    ]);
    const { body } = await upload(new Uint8Array(bytes), 'text/csv');
    expect(body).toMatchObject({
      lines: 3,
      imported: 2,
      error_count: 1,
      errors: [{ line: 3, detail: 'is not valid UTF-8' }],
    });
    expect((await call('GET', '/v1/people/UTF-1')).body['name']).toBe('Zoë Fictief');
    expect((await call('GET', '/v1/people/UTF-2')).status).toBe(404);
    expect((await call('GET', '/v1/people/UTF-3')).body['name']).toBe('Łucja Fictief');

    const latin = Buffer.from('type,crm_ref,kind,näme,language\nperson,UTF-4,person,Wolk Fictief,nl\n', 'latin1');
    const refused = await upload(new Uint8Array(latin), 'text/csv');
    expect([refused.status, refused.body['detail']]).toEqual([
      400,
      'The header is not usable: the first line is not valid UTF-8.',
    ]);
    expect((await call('GET', '/v1/people/UTF-4')).status).toBe(404);
  });

  it('refuses every other type of body, also one that pretends to be a file', async () => {
    expect((await upload('{}', 'application/json')).status).toBe(415);
    expect((await upload('{"format":"csv","stream":"x"}', 'application/json')).status).toBe(415);
    expect((await upload('x', 'application/xml')).status).toBe(415);
    const response = await fetch(`${api.url}/v1/people/H-1`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${tokens.get('crm')}`, 'content-type': 'text/csv' },
      body: 'x',
    });
    expect(response.status).toBe(415);
  });

  it('takes a body far beyond the limit of other routes, and refuses one beyond its own', async () => {
    const padding = `${' '.repeat(60_000)}\n`;
    const line = JSON.stringify({ type: 'person', crm_ref: 'I-9', ...person() });
    expect((await upload(`${padding.repeat(100)}${line}`)).body).toMatchObject({ lines: 1, imported: 1 });
    const huge = await upload(new Uint8Array(UPLOAD_LIMIT + 1).fill(0x20)).catch((error: unknown) => error);
    // The answer may be lost while the rest is still being sent.
    if (!(huge instanceof Error)) expect(huge).toMatchObject({ status: 413 });
    expect((await call('GET', '/v1/people/I-9')).status).toBe(200);
  });
});
