import fc from 'fast-check';

/** Texts that have broken somebody's service: each class once or twice. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\t\n\r',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfffy',
  '\ufeff',
  '\u202egnp.exe',
  '\u200b\u200d',
  'e\u0301'.repeat(20),
  'ﬀ①Ⅷ',
  'Ｐ-1',
  'Р-1', // the first letter is Cyrillic
  'İıſK', // letters that change their number when cased
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'undefined',
  'null',
  'NaN',
  'true',
  '0',
  '-0',
  '-1',
  '1e999',
  '9007199254740993',
  '9'.repeat(40),
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '{11111111-2222-4333-8444-555555555555}',
  "'; DROP TABLE people; --",
  "' OR '1'='1",
  '%',
  '_%',
  String.raw`\x00`,
  String.raw`\u0000`,
  '${7*7}{{7*7}}<%= 7*7 %>#{7*7}',
  '{name, select, other {{code}}}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'a\r\nSet-Cookie: x=y',
  '../../../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '%2e%2e',
  '//example.nl',
  'http://169.254.169.254/',
  '=1+1',
  '@SUM(1)',
  '2026-02-30',
  '2026-02-30T25:61:61Z',
  '2026-01-01T00:00:00',
  '0000-00-00',
  '+275760-09-13T00:00:00.001Z',
  '-271821-04-20T00:00:00.000Z',
  '9999-12-31T23:59:59.999+14:00',
  '1970-01-01T00:00:00Z',
  '+49 30 23125 ext. 7',
  '+' + '1'.repeat(30),
  '٠١٢٣٤٥٦٧٨٩',
  'a@b',
  '"a b"@example.nl',
  'a@[127.0.0.1]',
  'x'.repeat(65),
  'x'.repeat(256),
  'x'.repeat(5_000),
  '😀'.repeat(100),
  '*',
  '"1"',
  'W/"1"',
  'billing',
  'admin',
];

const NUMBERS: readonly unknown[] = [0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, -(2 ** 53), 5e-324, 2 ** 31, 2 ** 63, 101];

/** Any text, mostly a hostile one. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
);

function nested(depth: number, isList: boolean): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = isList ? [value] : { a: value };
  return value;
}

/** Any JSON value in the place of a right one. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], { length: 1 }, ['x', 'x']),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ depth: fc.integer({ min: 5, max: 40 }), isList: fc.boolean() })
      .map(({ depth, isList }) => nested(depth, isList)),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 20, max: 300 }).map((length) => Array.from({ length }, () => 'x')) },
);

/** How the text of a body is damaged after it was made. */
export const DAMAGES = [
  'cut',
  'twice',
  'byte order mark',
  'invalid UTF-8',
  'name twice',
  'name twice, escaped',
  'prototype',
  'constructor',
  'deep',
  'comment',
  'single quotes',
  'huge number',
  'empty',
  'lone half',
  'white space',
  'too long',
] as const;
export type Damage = (typeof DAMAGES)[number];

/** The bytes of a body after one thing was done to it. */
export function damaged(text: string, damage: Damage): Buffer {
  const inside = text.startsWith('{') && text.length > 2 ? `,${text.slice(1)}` : '}';
  const firstName = /^\{"([^"\\]+)":/.exec(text)?.[1] ?? 'a';
  switch (damage) {
    case 'cut':
      return Buffer.from(text).subarray(0, Math.floor(text.length / 2));
    case 'twice':
      return Buffer.from(text + text);
    case 'byte order mark':
      return Buffer.from(`\ufeff${text}`);
    case 'invalid UTF-8':
      return Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xc3, 0x28, 0xff), Buffer.from(`"${inside}`)]);
    case 'name twice':
      return Buffer.from(`{"${firstName}":null${inside}`);
    case 'name twice, escaped':
      return Buffer.from(
        `{"\\u00${firstName.charCodeAt(0).toString(16).padStart(2, '0')}${firstName.slice(1)}":1${inside}`,
      );
    case 'prototype':
      return Buffer.from(`{"__proto__":{"isAdmin":true}${inside}`);
    case 'constructor':
      return Buffer.from(`{"constructor":{"prototype":{"scope":"admin"}}${inside}`);
    case 'deep':
      return Buffer.from(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}${inside}`);
    case 'comment':
      return Buffer.from(`/* */${text}//`);
    case 'single quotes':
      return Buffer.from(text.replaceAll('"', "'"));
    case 'huge number':
      return Buffer.from(`{"a":1e99999${inside}`);
    case 'empty':
      return Buffer.alloc(0);
    case 'lone half':
      return Buffer.from(`{"\\udc00":"\\ud83d"${inside}`);
    case 'white space':
      return Buffer.from(` \r\n\t${text}\n\n`);
    case 'too long':
      return Buffer.from(`${text}${' '.repeat(70_000)}`);
  }
}

/** One thing done to one place of a JSON value. */
export type Change =
  | { readonly kind: 'drop' | 'twice' | 'wrap' | 'spell' | 'null' }
  | { readonly kind: 'put'; readonly value: unknown }
  | { readonly kind: 'add'; readonly name: string; readonly value: unknown };

export const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: hostileValue.map((value) => ({ kind: 'put', value }) as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('drop', 'twice', 'wrap', 'spell', 'null').map((kind) => ({ kind }) as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.oneof(fc.constantFrom('isAdmin', 'scope', 'agent_id', 'toString', 'id', 'Code', 'strength'), hostileText),
        hostileValue,
      )
      .map(([name, value]) => ({ kind: 'add', name, value }) as const),
  },
);

type Place = readonly (string | number)[];

function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([name, member]) => placesOf(member, [...place, name]))];
}

/** @param where which place, modulo how many there are; the whole value is one of them */
export function changed(value: unknown, where: number, done: Change): unknown {
  const places = placesOf(value);
  const place = places[where % places.length] ?? [];
  const copy: { whole: unknown } = { whole: structuredClone(value) };
  let parent: Record<string | number, unknown> = copy;
  let name: string | number = 'whole';
  for (const step of place) {
    parent = parent[name] as Record<string | number, unknown>;
    name = step;
  }
  const target = parent[name];
  switch (done.kind) {
    case 'put':
      parent[name] = done.value;
      break;
    case 'null':
      parent[name] = null;
      break;
    case 'drop':
      if (place.length > 0) Reflect.deleteProperty(parent, name);
      break;
    case 'wrap':
      parent[name] = [target];
      break;
    case 'twice':
      parent[name] = Array.isArray(target)
        ? [...target, ...target]
        : typeof target === 'string'
          ? target + target
          : target;
      break;
    case 'spell':
      parent[name] = typeof target === 'string' ? respelt(target, where) : target;
      break;
    case 'add':
      if (typeof target === 'object' && target !== null && !Array.isArray(target)) {
        Object.defineProperty(target, done.name, { value: done.value, enumerable: true, configurable: true });
      }
      break;
  }
  return copy.whole;
}

const SPELLINGS: readonly ((text: string) => string)[] = [
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => ` ${text}`,
  (text) => `${text} `,
  (text) => `${text}\n`,
  (text) => text.normalize('NFD'),
  (text) => text.replaceAll(/[!-~]/g, (one) => String.fromCodePoint(one.codePointAt(0)! + 0xfee0)),
  (text) => text.replaceAll('P', 'Р').replaceAll('a', 'а').replaceAll('e', 'е'),
  (text) => text.split('').join('\u200b'),
  (text) => text.replaceAll('-', '\u2010'),
  (text) => text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit))),
];

/** The same to a reader, another text to a machine. */
export function respelt(text: string, which: number): string {
  return (SPELLINGS[which % SPELLINGS.length] ?? String)(text);
}
