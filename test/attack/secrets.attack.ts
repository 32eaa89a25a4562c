import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';
import { KEY_SCOPES, type KeyScope } from '../../src/auth/principal.ts';
import { createLog } from '../../src/http/log.ts';
import { Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { type CompiledProject, compileProject } from '../support/program.ts';
import { Document } from './document.ts';
import { everyWay } from './every-way.ts';
import { Wire } from './wire.ts';

const HOLDER = {
  name: 'Zwaantje Kanariehuis-Özgür',
  phone: '+49 30 23125 411',
  email: 'Zwaantje.Kanarie+nota@example.nl',
  postal: 'Kanariedreef 4711 bis, 0000 ZZ Nergenshuizen',
};
const PROXY = { name: 'Diederik Kanariepiet', phone: '+49 30 23125 412', email: 'd.kanariepiet@example.nl' };
/** A name and a number that only a caller ever said. */
const SAID = { name: 'Quintus Kanariekweker', phone: '+49 30 23125 413' };
const PROPERTY = 'kanarievogel zingt bij de router';

const logged: string[] = [];
/** What the service answered where nobody should be told who somebody is. */
const told: string[] = [];
const codes = new Set<string>();
const secrets = new Map<string, string>();
let provider: OpenIdProvider;
let desk: Desk;
let callId: string;

beforeAll(async () => {
  const publicUrl = 'http://localhost';
  provider = await OpenIdProvider.start(publicUrl);
  const log = createLog('trace', { write: (line: string) => void logged.push(line) });
  desk = await Desk.open({ publicUrl, ...provider.settings }, { log });
  for (const scope of KEY_SCOPES) {
    const [, , , secret = ''] = desk.authorization(scope).split('_');
    secrets.set(`secret of the key ${scope}`, secret);
  }
  for (const [who, person] of Object.entries({ holder: HOLDER, proxy: PROXY, caller: SAID })) {
    for (const [kind, value] of Object.entries(person)) secrets.set(`${kind} of the ${who}`, value);
  }
  secrets.set('a personal property', PROPERTY);
  await story();
  await everyWay(desk, provider, keep);
  await codesThatArrived();
  await everyField();
});
afterAll(async () => {
  await desk?.close();
  await provider?.stop();
});

/** Digits alone are a code: they are looked for by themselves. */
function keep(what: string, secret: string): void {
  expect([what, secret.length >= 6]).toEqual([what, true]);
  if (/^\d{6,8}$/.test(secret)) codes.add(secret);
  else secrets.set(what, secret);
}

/** Everything that a desk does with people, so that every kind of personal data has gone every way. */
async function story(): Promise<void> {
  await desk.person('P-1', HOLDER);
  const proxyId = await desk.person('P-2', PROXY);
  await desk.contract('C-1', ['P-1']);
  const enrolled = await desk.expectSuccess(desk.post('crm', '/v1/people/P-2/authenticator'));
  const secret = new URL(enrolled.body.otpauth_uri).searchParams.get('secret') ?? '';
  secrets.set('secret of the authenticator app', secret);
  const totp = generateSync({ strategy: 'totp', secret });
  codes.add(totp);
  await desk.expectSuccess(desk.post('crm', '/v1/people/P-2/authenticator/confirmation', { code: totp }));

  const terms = { holder: 'P-1', proxy: 'P-2', contracts: ['C-1'], form: 'portal' };
  const pending = await desk.expectSuccess(desk.post('crm', '/v1/mandates', { ...terms, scopes: ['appointments'] }));
  const holderId =
    (await desk.owner.query<{ id: string }>("SELECT id FROM people WHERE crm_ref = 'P-1'")).rows[0]?.id ?? '';
  const { body } = await desk.message('person_id', holderId, 'acceptance_code');
  const [code = ''] = /\b[2-9B-Z]{4}-?[2-9B-Z]{4}\b/.exec(body.replaceAll(', ', '')) ?? [];
  expect(code).toMatch(/^[2-9B-Z]{4}-?[2-9B-Z]{4}$/);
  secrets.set('the acceptance code', code.replace('-', ''));
  const acceptance = `/v1/mandates/${pending.body.id}/acceptance`;
  expect((await desk.post('crm', acceptance, { code })).body).toMatchObject({ accepted: true });

  const { ref } = await desk.mandate('P-1', 'P-2', ['billing', 'subscription', 'faults'], ['C-1']);
  const opened = await desk.open('C-1', { number: PROXY.phone, name: PROXY.name, mandateRef: ref });
  callId = opened.body.call.id;
  await desk.identify(callId);
  await desk.confirm(callId, [{ name: 'contract.terminate' }]);
  await desk.expectSuccess(desk.check(callId, null));
  const report = { name: 'fault.report', properties: { description: PROPERTY } };
  await desk.expectSuccess(desk.check(callId, [report, 'contract.terminate'], 'execute'));
  await desk.open('C-1', { number: SAID.phone, name: SAID.name });
  await desk.open('C-1', { number: HOLDER.phone, name: HOLDER.name, as: 'holder' });
  await desk.expectSuccess(desk.post('crm', '/v1/blocks', { holder: 'P-1', caller: 'P-2' }));
  await desk.message('person_id', proxyId);
  await desk.message('person_id', proxyId);
}

/** What stands in the messages that people got. */
async function codesThatArrived(): Promise<void> {
  const { rows } = await desk.owner.query<{ body: string }>('SELECT body FROM demo_inbox');
  for (const { body: text } of rows) {
    for (const digits of text.replaceAll(/(?<=\b\d), (?=\d\b)|(?<=\d) (?=\d)/g, '').match(/\b\d{6}\b|\b\d{8}\b/g) ?? [])
      codes.add(digits);
  }
}

/** Each secret in each place of each route: nearly all are refused, and none may be repeated. */
async function everyField(): Promise<void> {
  const document = new Document();
  const wire = new Wire(desk.api.url);
  const values = [...secrets.values(), ...codes];
  let turn = 0;
  const next = (): string => values[(turn += 1) % values.length] ?? '';
  // The id of a request is the client's own and told to everybody: what a person is called or where they are never passes for one.
  const people = [HOLDER, PROXY, SAID].flatMap((one) => Object.values(one));
  const person = (): string => people[turn % people.length] ?? '';
  for (const { method, template, bodies, parameters } of document.operations) {
    if (!template.startsWith('/v1/') || template === '/v1/imports') continue;
    const schema = document.resolve(Object.values(bodies)[0] ?? {});
    const fields = [...Object.keys(schema.properties ?? {}), 'field_that_is_none'];
    for (const field of fields) {
      const path = template.replaceAll(/\{(\w+)\}/g, () => encodeURIComponent(next()));
      const query = parameters
        .filter(({ in: place }) => place === 'query')
        .map(({ name }) => `${name}=${encodeURIComponent(next())}`);
      for (const scope of ['crm', 'agent', 'admin'] as const satisfies readonly KeyScope[]) {
        const answer = await wire.send({
          method,
          target: `${path}?${query.join('&')}`,
          headers: {
            authorization: desk.authorization(scope),
            ...(scope === 'agent' ? { 'mandaat-agent': 'A-1' } : {}),
            ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
            'x-request-id': header(person()),
            'if-match': header(next()),
            'idempotency-key': header(next()),
          },
          body: method === 'GET' ? null : Buffer.from(JSON.stringify({ [field]: next(), [next()]: next() })),
        });
        expect([method, template, answer.status >= 200 && answer.status < 500]).toEqual([method, template, true]);
        told.push(answer.text === '' ? '' : JSON.stringify(withoutPointers(JSON.parse(answer.text))));
      }
    }
  }
  wire.close();
  for (const path of [
    `/v1/calls/${callId}?name=${encodeURIComponent(HOLDER.name)}`,
    `/c/${encodeURIComponent(HOLDER.email)}`,
    '/docs/openapi.json',
    '/metrics',
    '/health/ready',
  ]) {
    const answer = await desk.get('agent', path);
    told.push(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }
}

/** A header may hold one byte a character. */
function header(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '');
}

/** The name of a field that the client made up is told back to it: that is how it finds its mistake. */
function withoutPointers(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body ?? null), (key, value: unknown) => (key === 'pointer' ? '' : value));
}

/** Every way in which a text may lie somewhere: plain, in another alphabet, in another case, without its blanks. */
function spellingsOf(secret: string): readonly string[] {
  const digits = secret.replaceAll(/\D/g, '');
  const texts = new Set([secret, secret.normalize('NFD'), secret.replaceAll(' ', '')]);
  // A number alone is one only where it is long enough not to be anything else.
  if (/^\+[\d ]+$/.test(secret))
    for (const one of [`+${digits}`, `00${digits}`, digits, digits.slice(2)]) texts.add(one);
  const spelt = [...texts].flatMap((text) => {
    const bytes = Buffer.from(text);
    // Inside a longer text base64 begins at any of three places; the ends depend on the neighbours.
    const base64 = [0, 1, 2].flatMap((shift) => {
      const whole = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replaceAll('=', '');
      const middle = whole.slice(shift === 0 ? 0 : shift + 1, -2);
      return [middle, middle.replaceAll('+', '-').replaceAll('/', '_')];
    });
    return [
      text,
      bytes.toString('hex'),
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
      ...base64.filter(({ length }) => length >= 8),
    ];
  });
  return [...new Set(spelt.map((text) => text.toLowerCase()))];
}

/** Where a secret stands in one of the texts. */
function leaks(texts: Iterable<readonly [string, string]>): string[] {
  const wanted = [...secrets].map(([what, secret]) => [what, spellingsOf(secret)] as const);
  const found = new Set<string>();
  for (const [place, text] of texts) {
    const lower = text.toLowerCase();
    for (const [what, spellings] of wanted)
      if (spellings.some((one) => lower.includes(one))) found.add(`${place}: ${what}`);
    for (const code of codes) {
      // By itself, and no part of an id, a hash, a moment or a fraction.
      if (new RegExp(`(?<![0-9a-f.:+-])${code}(?![0-9a-f.:-])`).test(lower)) found.add(`${place}: a code`);
    }
  }
  return [...found];
}

/** All that a dump of the database would hold, column by column, bytes as text and as hexadecimal. */
async function* dump(): AsyncGenerator<readonly [string, string]> {
  const { rows } = await desk.owner.query<{ place: string; name: string; type: string }>(`
    SELECT format('%I.%I', table_schema, table_name) AS place, column_name AS name, data_type AS type
    FROM information_schema.columns
    -- The inbox stands for the phones and mailboxes of people.
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_name <> 'demo_inbox'`);
  for (const { place, name, type } of rows) {
    const text =
      type === 'bytea' ? `encode("${name}", 'escape') || ' ' || encode("${name}", 'hex')` : `"${name}"::text`;
    const found = await desk.owner.query<{ text: string | null }>(`SELECT ${text} AS text FROM ${place}`);
    for (const row of found.rows) if (row.text !== null) yield [`${place}.${name}`, row.text];
  }
}

/** Sealed columns of which a dump would show nothing. */
async function emptyColumns(): Promise<string[]> {
  const { rows } = await desk.owner.query<{ place: string; name: string }>(`
    SELECT format('%I.%I', table_schema, table_name) AS place, column_name AS name
    FROM information_schema.columns WHERE column_name LIKE '%\\_sealed' AND data_type = 'bytea'`);
  expect(rows.length).toBeGreaterThan(15);
  const empty: string[] = [];
  for (const { place, name } of rows) {
    const found = await desk.owner.query(`SELECT FROM ${place} WHERE length("${name}") > 0 LIMIT 1`);
    if (found.rowCount === 0) empty.push(`${place}.${name}`);
  }
  return empty;
}

async function dumped(): Promise<(readonly [string, string])[]> {
  const all: (readonly [string, string])[] = [];
  for await (const one of dump()) all.push(one);
  return all;
}

describe('Personal data, codes and keys that went every way', () => {
  it('stand in no line of the log, at the most verbose level', () => {
    expect(logged.length).toBeGreaterThan(300);
    expect(logged.join('')).toContain('"level":"debug"');
    expect(leaks(logged.map((line) => ['log', line] as const))).toEqual([]);
  });

  it('are kept in every column that is sealed: none is looked through in vain', async () => {
    expect(await emptyColumns()).toEqual([]);
    // This test can tell.
    await desk.owner.query('BEGIN');
    await desk.owner.query('UPDATE incidents SET note_sealed = NULL');
    expect(await emptyColumns()).toEqual(['public.incidents.note_sealed']);
    await desk.owner.query('ROLLBACK');
  });

  it('stand in no column of any table, in no alphabet', async () => {
    const all = await dumped();
    expect(all.length).toBeGreaterThan(500);
    expect(leaks(all)).toEqual([]);
  });

  it('are repeated in no answer to an agent, no problem, no metric and no document', () => {
    expect(told.length).toBeGreaterThan(200);
    expect(leaks(told.map((text) => ['answer', text] as const))).toEqual([]);
  });

  it.each([
    ['plainly', (text: string) => text],
    ['in capitals', (text: string) => text.toUpperCase()],
    ['in hexadecimal', (text: string) => Buffer.from(`x${text}y`).toString('hex')],
    ['in base64', (text: string) => Buffer.from(`xy${text}zz`).toString('base64')],
    ['in base64 for addresses', (text: string) => Buffer.from(`x${text}zz`).toString('base64url')],
    ['in an address', (text: string) => encodeURIComponent(text)],
  ])('would be found if they stood there %s: this test can tell', async (_how, spell) => {
    for (const secret of secrets.values()) {
      expect(leaks([['here', `{"msg":"${spell(secret)}"}`]])).not.toEqual([]);
    }
    const planted = spell(HOLDER.name);
    await desk.owner.query('UPDATE calls SET case_ref = $1 WHERE id = $2', [planted, callId]);
    expect(leaks(await dumped())).toEqual(['public.calls.case_ref: name of the holder']);
    await desk.owner.query('UPDATE calls SET case_ref = NULL WHERE id = $1', [callId]);
  });
});

describe('What a crash prints', () => {
  let project: CompiledProject;
  beforeAll(async () => {
    project = await compileProject(['src/http']);
  });
  afterAll(() => project?.remove());

  const canary = `kanarie-${randomBytes(4).toString('hex')}@example.nl`;
  const crash = `
    const error = Object.assign(new Error('duplicate key: ${canary}', { cause: new TypeError('${canary}') }), {
      code: '23505', detail: 'Key (x)=(${canary})', parameters: ['${canary}'], query: 'INSERT ${canary}' });`;

  async function outputOf(source: string): Promise<{ readonly text: string; readonly ended: number | string }> {
    const program = await project.start(source);
    let text = '';
    program.child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
    program.child.stderr?.on('data', (data: Buffer) => (text += data.toString()));
    return { ended: await program.ended, text };
  }

  it.each([
    ['an error that nobody catches', 'setTimeout(() => { throw error; });'],
    ['a promise that nobody awaits', 'void Promise.reject(error);'],
    ['a text that is thrown', `setTimeout(() => { throw '${canary}'; });`],
  ])('of %s is one line of the log, without what was in it, and the process ends', async (_what, fail) => {
    const { text, ended } = await outputOf(`
      import { createLog, logCrash } from './src/http/log.js';
      logCrash(createLog('info'));
      ${crash} ${fail} setTimeout(() => undefined, 60_000);`);
    expect(ended).toBe(1);
    expect(text).toContain('"msg":"crashed"');
    expect(text).not.toContain('kanarie');
  });

  it('would hold all of it otherwise: this test can tell', async () => {
    const { text, ended } = await outputOf(`${crash} void Promise.reject(error);`);
    expect(ended).not.toBe(0);
    expect(text).toContain(canary);
  });
});
