import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditVerifier } from '../../src/audit/audit-verifier.ts';
import type { Config } from '../../src/config/config.ts';
import { BlindIndex } from '../../src/crypto/blind-index.ts';
import { KeyRing, type RingEntry } from '../../src/crypto/key-ring.ts';
import { EXAMPLE_OPTIONS, exampleExport, exampleLines } from '../../src/holders/example-export.ts';
import { HoldersService } from '../../src/holders/holders.service.ts';
import { ImportService, type ImportProgress } from '../../src/holders/import.service.ts';
import { normaliseName, normaliseValue } from '../../src/holders/normalise.ts';
import { PeopleService } from '../../src/holders/people.service.ts';
import { PersonKeyRotation } from '../../src/holders/person-key-rotation.service.ts';
import { countryOf, isFixedLine, parsePhone, type E164 } from '../../src/holders/phone-number.ts';
import type { ContactPointRecord, PersonRecord } from '../../src/holders/records.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

const ACTOR = 'system:test';
const EXAMPLE = path.join('examples', 'crm-export.ndjson');
const DAY = 86_400_000;

let api: TestApp;
let owner: pg.Client;
let folder: string;

beforeAll(async () => {
  api = await startTestApp();
  owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  folder = await mkdtemp(path.join(tmpdir(), 'mandaat-holders-'));
});

afterAll(async () => {
  await owner?.end();
  await api?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

function entry(id: string): RingEntry {
  return { id, key: randomBytes(32) };
}

function point(kind: ContactPointRecord['kind'], value: string, verifiedAt?: Date | null): ContactPointRecord {
  const normalised = normaliseValue(kind, value);
  if (normalised === null) throw new Error(`${value} is no ${kind}`);
  return { kind, ...normalised, ...(verifiedAt === undefined ? {} : { verifiedAt }) };
}

function record(crmRef: string, ...contactPoints: ContactPointRecord[]): PersonRecord {
  return { crmRef, kind: 'person', name: 'Hanna Voorbeeld', language: 'nl', contactPoints };
}

function personLine(crmRef: string): string {
  return `${JSON.stringify({ type: 'person', crm_ref: crmRef, kind: 'person', name: 'Wolk Fictief', language: 'nl', contact_points: [] })}\n`;
}

async function count(table: string): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(`SELECT count(*)::integer AS count FROM ${table}`);
  return rows[0]?.count ?? -1;
}

describe('the example export', () => {
  it('is what the generator makes, byte by byte', async () => {
    expect(await readFile(EXAMPLE, 'utf8')).toBe([...exampleLines(EXAMPLE_OPTIONS)].join(''));
  });

  it('has 2,000 holders and 2,500 contracts, with reserved numbers and domains alone', () => {
    const all = [...exampleExport(EXAMPLE_OPTIONS)];
    const people = all.filter((one) => one.type === 'person');
    expect(people).toHaveLength(2_000);
    expect(all).toHaveLength(4_500);
    const reserved = /^\+(447700900|493023125|496990009|494066969|492214710|498999998)\d{3}$/;
    for (const { kind, value } of people.flatMap((one) => one.contact_points)) {
      if (kind === 'phone') expect(parsePhone(value)).toMatch(reserved);
      if (kind === 'email') expect(value).toMatch(/@([a-z]+\.)?example\.nl$/);
      if (kind === 'postal') expect(value).toMatch(/, 0\d{3} [XY]{2} /);
    }
  });

  it('is imported whole, and changes nothing the second time', async () => {
    const seen: ImportProgress[] = [];
    const first = await api.app
      .get(ImportService)
      .importFile(EXAMPLE, { actor: ACTOR, onProgress: (one) => seen.push(one) });
    expect(first).toEqual({ lines: 4_500, imported: 4_500, unchanged: 0, errors: [], errorCount: 0, resumedAfter: 0 });
    expect(await count('people')).toBe(2_000);
    expect(await count('contracts')).toBe(2_500);
    expect(await count('messages')).toBe(0);
    expect(seen).toHaveLength(23);
    expect(seen.at(-1)).toMatchObject({
      line: 4_500,
      imported: 4_500,
      bytes: Buffer.byteLength(await readFile(EXAMPLE)),
    });
    const again = await api.app.get(ImportService).importFile(EXAMPLE, { actor: ACTOR });
    expect(again).toMatchObject({ lines: 4_500, imported: 0, unchanged: 4_500, errorCount: 0, resumedAfter: 0 });
    const entries = await owner.query(`SELECT 1 FROM audit_records WHERE kind = 'import.applied'`);
    expect(entries.rowCount).toBe(46);
  });

  it('lies in the database without one readable value', async () => {
    const values = [...exampleExport(EXAMPLE_OPTIONS)].flatMap((one) =>
      one.type === 'contract'
        ? []
        : [
            one.name,
            ...one.contact_points.flatMap(({ kind, value }) => [
              value,
              normaliseValue(kind as 'phone', value)?.indexed ?? '',
            ]),
          ],
    );
    const tables = await owner.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'graphile_worker')`,
    );
    let text = '';
    for (const { name } of tables.rows) {
      // bytea is shown as hexadecimal; `escape` shows what is readable in it.
      await owner.query(`SET bytea_output = 'escape'`);
      const rows = await owner.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      text += rows.rows.map(({ row }) => row).join('\n');
    }
    expect(text).toContain('P-1001');
    expect(text.length).toBeGreaterThan(1_000_000);
    // The cast, and then every 25th.
    const some = [...new Set(values)].filter((value, at) => value !== '' && (at < 25 || at % 25 === 0));
    expect(some.length).toBeGreaterThan(200);
    expect(some.filter((value) => text.includes(value))).toEqual([]);
  });

  it('leaves an audit chain that verifies', async () => {
    expect((await api.app.get(AuditVerifier).verify()).faults).toEqual([]);
  });
});

describe('finding people', () => {
  it('goes by every spelling of a number, and finds the whole family', async () => {
    const { manager } = api.app.get(DataSource);
    const holders = api.app.get(HoldersService);
    await api.app.get(PeopleService).put(record('F-1', point('phone', '+44 7700 900042')), ACTOR);
    await api.app.get(PeopleService).put(record('F-2', point('phone', '0044 (0)7700 900042')), ACTOR);
    const family = await Promise.all(['F-1', 'F-2'].map(async (ref) => (await holders.personByRef(manager, ref))?.id));
    expect(new Set(await idsByPhone(holders, manager, '+447700900042'))).toEqual(new Set(family));
    expect(await idsByPhone(holders, manager, '+447700900043')).toEqual([]);
  });

  it('goes by name among the people named, whatever its case, accents and dots', async () => {
    const { manager } = api.app.get(DataSource);
    const holders = api.app.get(HoldersService);
    const ids = await Promise.all(
      ['P-1001', 'P-1002'].map(async (ref) => (await holders.personByRef(manager, ref))?.id ?? ''),
    );
    expect(await holders.findByName(manager, ' HÁNNA  voorbeeld.', ids)).toEqual([ids[0]]);
    expect(await holders.findByName(manager, 'Hanna Voorbeeld', [ids[1] ?? ''])).toEqual([]);
    expect(await holders.findByName(manager, 'Hanna Voorbeeld', [])).toEqual([]);
    expect(normaliseName('J.-P.  de l’Éxample')).toBe(normaliseName('j p de l example'));
  });

  it('no longer goes by a number that has ended', async () => {
    const { manager } = api.app.get(DataSource);
    await api.app.get(PeopleService).put(record('F-3', point('phone', '+44 7700 900044')), ACTOR);
    await api.app.get(PeopleService).put(record('F-3'), ACTOR);
    expect(await idsByPhone(api.app.get(HoldersService), manager, '+447700900044')).toEqual([]);
  });
});

describe('a contact point for something secret', () => {
  const ago = (days: number): Date => new Date(Date.now() - days * DAY);
  const usable = async (
    ref: string,
    kinds: readonly ContactPointRecord['kind'][],
    minimumAgeDays?: number,
  ): Promise<string | null> => {
    const { manager } = api.app.get(DataSource);
    const holders = api.app.get(HoldersService);
    const id = (await holders.personByRef(manager, ref))?.id ?? '';
    const options = minimumAgeDays === undefined ? { kinds } : { kinds, minimumAgeDays };
    return (await holders.usableContactPoint(manager, id, new Date(), options))?.value ?? null;
  };
  const every = ['postal', 'email', 'phone'] as const;

  it('is a verified phone of 7 days, else an e-mail address, else an address of 30 days', async () => {
    const people = api.app.get(PeopleService);
    const email = point('email', 'a@example.nl', ago(8));
    await people.put(record('U-1', point('phone', '+44 7700 900051', ago(8)), email), ACTOR);
    expect(await usable('U-1', every)).toBe('+447700900051');
    expect(await usable('U-1', ['email'])).toBe('a@example.nl');
    await people.put(record('U-2', point('phone', '+44 7700 900052', ago(6)), email), ACTOR);
    expect(await usable('U-2', every)).toBe('a@example.nl');
    await people.put(record('U-3', point('phone', '+44 7700 900053'), point('postal', 'Nergensweg 1', ago(29))), ACTOR);
    expect(await usable('U-3', every)).toBeNull();
    await people.put(record('U-4', point('postal', 'Nergensweg 1', ago(31))), ACTOR);
    expect(await usable('U-4', every)).toBe('Nergensweg 1');
  });

  it('can be asked to be older than the minimum, never younger', async () => {
    await api.app.get(PeopleService).put(record('U-5', point('phone', '+44 7700 900055', ago(6))), ACTOR);
    expect(await usable('U-5', every, 0)).toBeNull();
    expect(await usable('U-1', ['phone'], 7)).toBe('+447700900051');
    expect(await usable('U-1', ['phone'], 9)).toBeNull();
  });

  it('is not one that somebody else reads too, when that must not be', async () => {
    const people = api.app.get(PeopleService);
    const [phone, email] = [point('phone', '+44 7700 900057', ago(9)), point('email', 'samen@example.nl', ago(9))];
    await people.put(record('U-7', phone, email), ACTOR);
    // Also when it is the other one's since today, and unverified.
    await people.put(record('U-8', point('phone', '0044 7700 900057', null)), ACTOR);
    await people.put(record('U-9', email), ACTOR);
    const { manager } = api.app.get(DataSource);
    const holders = api.app.get(HoldersService);
    const idOf = async (ref: string): Promise<string> => (await holders.personByRef(manager, ref))?.id ?? '';
    const goesTo = async (notSharedWith: string): Promise<string | undefined> => {
      const options = { kinds: every, notSharedWith: await idOf(notSharedWith) };
      return (await holders.usableContactPoint(manager, await idOf('U-7'), new Date(), options))?.value;
    };
    expect(await goesTo('U-8')).toBe('samen@example.nl');
    expect(await goesTo('U-9')).toBe('+447700900057');
    await people.put(record('U-8'), ACTOR);
    expect(await goesTo('U-8')).toBe('+447700900057');
  });

  it('is a mobile phone rather than one on the wall, however long that hangs there', async () => {
    const fixed = point('phone', '+49 30 23125 058', ago(900));
    await api.app.get(PeopleService).put(record('U-10', fixed, point('phone', '+44 7700 900058', ago(9))), ACTOR);
    expect(await usable('U-10', every)).toBe('+447700900058');
    await api.app.get(PeopleService).put(record('U-10', fixed), ACTOR);
    expect(await usable('U-10', every)).toBe('+493023125058');
  });

  it('is never a number in a country that the operator does not send to, nor one whose verification was taken back', async () => {
    const people = api.app.get(PeopleService);
    // 555-0100 to 555-0199 are kept free for fiction there.
    await people.put(
      record('U-6', point('phone', '+1 212 555 0100', ago(9)), point('email', 'b@example.nl', ago(9))),
      ACTOR,
    );
    expect(await usable('U-6', every)).toBe('b@example.nl');
    await people.put(record('U-1', point('phone', '+44 7700 900051', null)), ACTOR);
    expect(await usable('U-1', ['phone'])).toBeNull();
  });

  it('lies in a country, also when the number is reserved for fiction', () => {
    expect(countryOf('+447700900051' as E164)).toBe('GB');
    expect(countryOf('+493023125000' as E164)).toBe('DE');
    expect(countryOf('+881612345678' as E164)).toBeNull();
    expect([isFixedLine('+493023125000' as E164), isFixedLine('+447700900051' as E164)]).toEqual([true, false]);
  });
});

describe('a Dutch number', () => {
  it('is the same in every spelling that people use', () => {
    // Too regular to be given out.
    const mobile = [
      '06-00000000',
      '06 0000 0000',
      '+31 (0)6 00000000',
      '0031 6 00000000',
      '+31.6.0000.0000',
      '+31600000000',
    ];
    expect(new Set(mobile.map((text) => parsePhone(text)))).toEqual(new Set(['+31600000000']));
    const fixed = ['020-0000000', '(020) 000 00 00', '+31 (0)20 0000000', '0031 20 0000000'];
    expect(new Set(fixed.map((text) => parsePhone(text)))).toEqual(new Set(['+31200000000']));
  });

  it.each(['', '12', 'geen nummer', '020-0000000 toestel 3', '020-0000000;ext=3', '+999 123 4567', '0'.repeat(41)])(
    'is not %j',
    (text) => {
      expect(parsePhone(text)).toBeNull();
    },
  );
});

describe('an interrupted import', () => {
  it('goes on after the last batch that was committed, and keeps that batch', async () => {
    const file = path.join(folder, 'interrupted.ndjson');
    const lines = Array.from({ length: 700 }, (_, at) => (at === 650 ? 'broken\n' : personLine(`R-${at}`)));
    await writeFile(file, lines.join(''));
    const imports = api.app.get(ImportService);
    const before = await count('people');
    const stop = (progress: ImportProgress): void => {
      if (progress.line === 400) throw new Error('the power went out');
    };
    await expect(imports.importFile(file, { actor: ACTOR, onProgress: stop })).rejects.toThrow('the power went out');
    expect(await count('people')).toBe(before + 400);
    const rest = await imports.importFile(file, { actor: ACTOR });
    expect(rest).toMatchObject({ lines: 300, imported: 299, unchanged: 0, resumedAfter: 400, errorCount: 1 });
    expect(rest.errors).toEqual([{ line: 651, detail: 'This line is not valid JSON.' }]);
    expect(await count('people')).toBe(before + 699);
    expect(await imports.importFile(file, { actor: ACTOR })).toMatchObject({
      lines: 700,
      unchanged: 699,
      resumedAfter: 0,
    });
  });

  it('is another import when the file was altered', async () => {
    const file = path.join(folder, 'altered.ndjson');
    await writeFile(file, personLine('A-1').repeat(3));
    const imports = api.app.get(ImportService);
    const fail = (): void => {
      throw new Error('the power went out');
    };
    await expect(imports.importFile(file, { actor: ACTOR, onProgress: fail })).rejects.toThrow();
    await writeFile(file, `${personLine('A-1').repeat(3)}${personLine('A-2')}`);
    expect(await imports.importFile(file, { actor: ACTOR })).toMatchObject({ lines: 4, resumedAfter: 0 });
  });
});

describe('an import', () => {
  const importText = (text: string): ReturnType<ImportService['importStream']> =>
    api.app.get(ImportService).importStream(Readable.from([Buffer.from(text)]), 'ndjson', { actor: ACTOR });

  it('lets the last of several lines about the same person count', async () => {
    const named = (name: string): string => personLine('O-1').replace('Wolk Fictief', name);
    expect(await importText(`${named('Een')}${named('Twee')}${named('Drie')}`)).toMatchObject({
      lines: 3,
      imported: 3,
    });
    const { manager } = api.app.get(DataSource);
    const holders = api.app.get(HoldersService);
    const id = (await holders.personByRef(manager, 'O-1'))?.id ?? '';
    expect((await holders.describe(manager, id)).name).toBe('Drie');
  });

  it('passes over a line that is far too long, in little memory, and reads the next', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 0x61);
    function* chunks(): Generator<Buffer> {
      for (let at = 0; at < 100; at += 1) yield chunk;
      yield Buffer.from(`\n${personLine('O-2')}`);
    }
    const before = process.memoryUsage.rss();
    const report = await api.app.get(ImportService).importStream(Readable.from(chunks()), 'ndjson', { actor: ACTOR });
    expect(report).toMatchObject({
      lines: 2,
      imported: 1,
      errors: [{ line: 1, detail: 'is longer than 65536 bytes' }],
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(60 * 1024 * 1024);
  });

  it('reads lines that fall apart into single bytes, with a byte order mark and Windows line ends', async () => {
    const text = `\uFEFF${personLine('O-3').replace('Wolk', 'Zoë')}${personLine('O-4')}`.replaceAll('\n', '\r\n');
    const bytes = [...Buffer.from(text)].map((byte) => Buffer.of(byte));
    const report = await api.app.get(ImportService).importStream(Readable.from(bytes), 'ndjson', { actor: ACTOR });
    expect(report).toMatchObject({ lines: 2, imported: 2, errorCount: 0 });
  });

  it('shows the first 100 errors and counts them all', async () => {
    const report = await importText('x\n'.repeat(250));
    expect(report).toMatchObject({ lines: 250, errorCount: 250 });
    expect(report.errors.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  });

  it('refuses bytes that are not UTF-8, members named twice and prototypes, line by line', async () => {
    const bytes = Buffer.concat([
      Buffer.from(personLine('O-5').replace('Wolk', '§')).fill(0xff, 80, 81),
      Buffer.from(personLine('O-5').replace('{', '{"type":"person",')),
      Buffer.from(personLine('O-5').replace('{', '{"__proto__":{},')),
      Buffer.from(personLine('O-5')),
    ]);
    const report = await api.app.get(ImportService).importStream(Readable.from([bytes]), 'ndjson', { actor: ACTOR });
    expect(report).toMatchObject({ lines: 4, imported: 1, errorCount: 3 });
  });

  it('stops at a CSV quote that never ends, and keeps what came before it', async () => {
    const text = 'type,crm_ref,kind,name,language\nperson,O-6,person,Wolk Fictief,nl\nperson,O-7,person,"Wolk,nl\n';
    const report = await api.app
      .get(ImportService)
      .importStream(Readable.from([Buffer.from(text)]), 'csv', { actor: ACTOR });
    expect(report).toMatchObject({ imported: 1, errorCount: 1 });
    expect(report.errors[0]?.detail).toMatch(/not valid CSV/);
  });
});

describe('two processes', () => {
  it('that register the same person at once make one, without an error', async () => {
    const other = await startTestApp({ databaseUrl: api.database.appUrl });
    try {
      for (let round = 0; round < 10; round += 1) {
        const put = (app: TestApp): Promise<unknown>[] =>
          Array.from({ length: 4 }, () =>
            app.app.get(PeopleService).put(record(`W-${round}`, point('phone', '+44 7700 900060')), ACTOR),
          );
        const outcomes = (await Promise.all([...put(api), ...put(other)])) as { outcome: string }[];
        expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
      }
      const rows = await owner.query(`SELECT 1 FROM people WHERE crm_ref LIKE 'W-%'`);
      expect(rows.rowCount).toBe(10);
      const points = await owner.query(
        `SELECT 1 FROM contact_points JOIN people ON people.id = person_id WHERE crm_ref LIKE 'W-%'`,
      );
      expect(points.rowCount).toBe(10);
    } finally {
      await other.stop();
    }
  });
});

describe('a rotation of the key ring', () => {
  const old = entry('old');
  const fresh = entry('fresh');
  const restart = async (database: string, keyRing: readonly RingEntry[]): Promise<TestApp> =>
    startTestApp({ databaseUrl: database, keyRing } satisfies Partial<Config>);

  it('keeps people readable and findable, and lets the old key go afterwards', async () => {
    const home = await startTestApp({ keyRing: [old] });
    const url = home.database.appUrl;
    const lines = Array.from({ length: 1_200 }, (_, at) => Buffer.from(personLine(`K-${at}`)));
    await home.app.get(ImportService).importStream(Readable.from(lines), 'ndjson', { actor: ACTOR });
    await home.app.get(PeopleService).put(record('K-0', point('phone', '+44 7700 900070')), ACTOR);

    const during = await restart(url, [fresh, old]);
    const seen: number[] = [];
    const report = await during.app
      .get(PersonKeyRotation)
      .rewrapPersonKeys({ actor: ACTOR, onProgress: ({ done }) => seen.push(done) });
    expect(report).toEqual({ done: 1_200, total: 1_200 });
    expect(seen).toEqual([500, 1_000, 1_200]);
    expect(await during.app.get(PersonKeyRotation).rewrapPersonKeys({ actor: ACTOR })).toEqual({ done: 0, total: 0 });
    await during.stop();

    // The old bytes stay as the index entry alone.
    const after = await restart(url, [fresh, { ...old, id: 'index' }]);
    const { manager } = after.app.get(DataSource);
    const holders = after.app.get(HoldersService);
    const id = (await holders.personByRef(manager, 'K-0'))?.id;
    expect(await idsByPhone(holders, manager, '+447700900070')).toEqual([id]);
    expect((await holders.describe(manager, id ?? '')).name).toBe('Hanna Voorbeeld');
    expect(
      (await after.app.get(PeopleService).put(record('K-0', point('phone', '+44 7700 900070')), ACTOR)).outcome,
    ).toBe('unchanged');
    await after.stop();

    await expect(restart(url, [fresh])).rejects.toThrow(/another index key/);
    await expect(restart(url, [entry('other')])).rejects.toThrow(/MANDAAT_KEYS lacks "fresh"/);
    await home.stop();
  });

  it('has the blind index that the column holds', async () => {
    const index = new BlindIndex(new KeyRing(api.config.keyRing));
    const { rows } = await owner.query<{ name_index: Buffer }>(
      `SELECT name_index FROM people WHERE crm_ref = 'P-1001'`,
    );
    expect(rows[0]?.name_index).toEqual(index.of('name', 'hanna voorbeeld'));
  });
});

async function idsByPhone(holders: HoldersService, manager: EntityManager, number: string): Promise<string[]> {
  return (await holders.findByPhone(manager, number as E164, new Date())).map(({ id }) => id);
}
