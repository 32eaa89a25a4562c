import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';
import { KEY_SCOPES } from '../../src/auth/principal.ts';
import { createLog } from '../../src/http/log.ts';
import { makeKey } from '../support/app.ts';
import { Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { type CompiledProject, compileProject } from '../support/program.ts';
import { Visitor } from '../support/visitor.ts';
import { everyField } from './every-field.ts';
import { everyWay } from './every-way.ts';

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
const told: (readonly [string, string])[] = [];
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
  await everywhere();
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

/** Everything everywhere, by everybody: by somebody, too, who is signed in and whom none of it concerns. */
async function everywhere(): Promise<void> {
  const onlooker = '+49 30 23125 414';
  await desk.person('P-ONLOOKER', { name: 'Iemand Anders', phone: onlooker });
  const visitor = new Visitor(desk);
  await desk.owner.query('DELETE FROM code_budget_entries');
  const { id } = await visitor.ask(onlooker);
  const { token } = (await visitor.attempt(id, await desk.codeOf(id))).body;
  await desk.owner.query(
    `UPDATE sessions SET strength = 3, proved_at = now()
     WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-ONLOOKER')`,
  );
  keep('a session of somebody else', token);
  const searching = (await makeKey(desk.api, 'crm', { maySearch: true })).text;
  keep('secret of a key that may search', searching.split('_')[3] ?? '');
  const senders = {
    ...Object.fromEntries(KEY_SCOPES.map((scope) => [scope, desk.authorization(scope)])),
    'a crm that may search': `Bearer ${searching}`,
    'who is signed in': `Bearer ${token}`,
    nobody: null,
  };

  const values = [...secrets.values(), ...codes];
  // The id of a request is the client's own and told to everybody: what a person is called or where they are never passes for one.
  const people = [HOLDER, PROXY, SAID].flatMap((one) => Object.values(one));
  let turn = 0;
  const secret = (): string => values[(turn += 1) % values.length] ?? '';
  const person = (): string => people[turn % people.length] ?? '';
  const call = { id: callId, caller: 'P-2', contract: 'C-1' };
  for (const answer of await everyField(desk.api.url, { secret, person, senders, call })) {
    const { route, sender, status, text } = answer;
    expect([route, sender, status >= 200 && status < 500]).toEqual([route, sender, true]);
    told.push([`answer of ${route} to ${sender}`, text]);
  }
  for (const place of [
    `/v1/calls/${callId}?name=${encodeURIComponent(HOLDER.name)}`,
    `/c/${encodeURIComponent(HOLDER.email)}`,
    '/docs/openapi.json',
    '/metrics',
    '/health/ready',
  ]) {
    const { body } = await desk.get('agent', place);
    told.push([`answer of ${place}`, typeof body === 'string' ? body : JSON.stringify(body)]);
  }
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

  it('are repeated in no answer to any key, to somebody else who is signed in and to nobody, no metric and no document', () => {
    expect(told.length).toBeGreaterThan(3_500);
    for (const place of [
      'POST /access/v1/evaluations to agent',
      'POST /v1/imports to crm',
      'GET /v1/me to who is signed in',
    ])
      expect(told.map(([where]) => where)).toContain(`answer of ${place}`);
    expect(leaks(told)).toEqual([]);
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
    const folders = ['src', 'migrations', 'policies', 'clients'];
    project = await compileProject(folders, { into: 'dist', links: ['policies'] });
  });
  afterAll(() => project?.remove());

  const canary = `kanarie-${randomBytes(4).toString('hex')}@example.nl`;
  const crash = `
    const error = Object.assign(new Error('duplicate key: ${canary}', { cause: new TypeError('${canary}') }), {
      code: '23505', detail: 'Key (x)=(${canary})', parameters: ['${canary}'], query: 'INSERT ${canary}' });`;

  async function outputOf(source: string): Promise<{ readonly text: string; readonly ended: number | string }> {
    const { ended, printed, errors } = await (await project.start(source)).rest();
    return { ended, text: printed + errors };
  }

  it.each([
    ['an error that nobody catches', 'setTimeout(() => { throw error; });'],
    ['a promise that nobody awaits', 'void Promise.reject(error);'],
    ['a text that is thrown', `setTimeout(() => { throw '${canary}'; });`],
  ])('of %s is one line of the log, without what was in it, and the process ends', async (_what, fail) => {
    const { text, ended } = await outputOf(`
      import { createLog, logCrash } from './dist/src/http/log.js';
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

  describe('when the whole program dies of a request', () => {
    /** What nobody else sends: looked for in all that the program ever printed. */
    const number = '+49 30 23125 415';
    const sent = {
      name: 'Liesbeth Kanarieval',
      language: 'nl',
      kind: 'person',
      contact_points: [{ kind: 'phone', value: number, verified_at: '2026-01-12T10:00:00Z' }],
    };

    /**
     * Loaded before the program: once a body has been read, something that belongs to nobody throws an error which holds all of the
     * request, as a fault in a library would. `isSilenced`: nobody listens to what is not caught.
     */
    const preload = (isSilenced: boolean): string => `
      import http from 'node:http';
      const emit = http.Server.prototype.emit;
      http.Server.prototype.emit = function (event, request, ...rest) {
        if (event === 'request' && request.method === 'PUT') {
          let body = '';
          const tell = request.emit;
          request.emit = function (what, ...data) {
            if (what === 'data') body += data[0].toString();
            if (what === 'end') setImmediate(() => {
              const parts = { body, headers: request.headers, url: request.url };
              throw Object.assign(new Error(body, { cause: new TypeError(JSON.stringify(parts)) }), parts);
            });
            return tell.call(this, what, ...data);
          };
        }
        return emit.call(this, event, request, ...rest);
      };
      const on = process.on;
      if (${isSilenced}) process.on = function (event, ...rest) {
        return event === 'uncaughtException' ? this : on.call(this, event, ...rest);
      };`;

    async function dying(isSilenced: boolean): Promise<{ readonly text: string; readonly ended: number | string }> {
      const file = path.join(project.folder, `preload-${isSilenced}.mjs`);
      await writeFile(file, preload(isSilenced));
      const { appUrl } = desk.api.database;
      const ring = desk.api.config.keyRing.map(({ id, key }) => `${id}:${key.toString('base64')}`).join();
      const program = project.run('dist/src/main.js', [], {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        NODE_OPTIONS: `--import=${pathToFileURL(file).href}`,
        DATABASE_URL: appUrl,
        MANDAAT_KEYS: ring,
        DATA_FOLDER: path.join(project.folder, 'unused'),
        PORT: '0',
        PUBLIC_URL: 'http://localhost',
        LOG_LEVEL: 'debug',
      });
      const lines: string[] = [];
      let url: string | undefined;
      while (url === undefined) {
        lines.push(await program.line());
        url = /listens on (http:\S+);/.exec(lines.at(-1) ?? '')?.[1];
      }
      const authorization = desk.authorization('crm');
      const headers = { authorization, 'content-type': 'application/json' };
      const asked = { method: 'PUT', headers, body: JSON.stringify(sent) };
      const answer = fetch(`${url}/v1/people/P-CRASH`, asked).then(
        ({ status }) => status,
        () => 'none',
      );
      const { ended, printed, errors } = await program.rest();
      // It ended before it answered.
      expect(await answer).toBe('none');
      return { ended, text: [...lines, printed, errors].join('\n') };
    }

    const canaries = (): readonly string[] => {
      const [, , , secret = ''] = desk.authorization('crm').split('_');
      return [sent.name, number, secret].flatMap(spellingsOf);
    };

    it('is one line of the log, without anything that the request held', async () => {
      const { text, ended } = await dying(false);
      expect(ended).toBe(1);
      expect(text).toContain('"msg":"crashed"');
      expect(canaries().filter((one) => text.toLowerCase().includes(one))).toEqual([]);
    });

    it('would hold the name, the number and the key, were the program not told to keep silent: this test can tell', async () => {
      const { text, ended } = await dying(true);
      expect(ended).not.toBe(0);
      expect(text).not.toContain('"msg":"crashed"');
      for (const one of [sent.name, number, desk.authorization('crm')]) expect(text).toContain(one);
    });
  });
});
