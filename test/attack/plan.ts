import fc from 'fast-check';
import { KEY_SCOPES, type KeyScope } from '../../src/auth/principal.ts';
import type { Document, Operation, Schema } from './document.ts';
import { change, type Change, type Damage, DAMAGES, hostileText } from './hostile.ts';
import { idPool, POOL_OF, type Pool } from './world.ts';

/** What is generated; which ids it names is known only when it is sent. */
export interface Plan {
  readonly route: string;
  /** `recipe`: a request that should succeed. `schema`: whatever the document allows. */
  readonly base: 'recipe' | 'schema';
  readonly body: unknown;
  readonly parameters: Readonly<Record<string, string>>;
  /** Things done to the body. */
  readonly changes: readonly { readonly where: number; readonly change: Change }[];
  readonly damage: Damage | null;
  /** One parameter of the path or the query that is something else. */
  readonly parameter: { readonly where: number; readonly text: string } | null;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly method: string | null;
  readonly scope: KeyScope | 'person' | 'none' | 'garbage' | null;
  /** Sent twice at once. */
  readonly isDouble: boolean;
}

/** Stands for a value that an earlier answer told. */
interface Known {
  readonly known: Pool;
  readonly index: number;
}

export function isKnown(value: unknown): value is Known {
  return typeof value === 'object' && value !== null && 'known' in value && 'index' in value;
}

function knownOf(pool: Pool): fc.Arbitrary<Known> {
  return fc.nat(10_000).map((index) => ({ known: pool, index }));
}

/** Right values for a schema. Names that mean something take what earlier answers told, mostly. */
export function valueOf(document: Document, given: Schema, name = ''): fc.Arbitrary<unknown> {
  const schema = document.resolve(given);
  const type = Array.isArray(schema.type) ? schema.type : [schema.type];
  const options = schema.oneOf ?? schema.anyOf;
  if (options !== undefined) return fc.oneof(...options.map((option) => valueOf(document, option, name)));
  if (type.length > 1) {
    return fc.oneof(...type.map((one: string) => valueOf(document, { ...schema, type: one }, name)));
  }
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (type[0]) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000 }),
        ...(schema.maximum === undefined ? [fc.double({ noNaN: true, noDefaultInfinity: true })] : []),
      );
    case 'array':
      return fc.array(valueOf(document, schema.items ?? {}, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, (schema.minItems ?? 0) + 4),
      });
    case 'object':
      return objectOf(document, schema);
    default:
      return textOf(schema, name);
  }
}

function objectOf(
  document: Document,
  { properties = {}, required = [], additionalProperties }: Schema,
): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valueOf(document, schema, name)]),
  );
  const named = fc.record(members, { requiredKeys: [...required] });
  if (typeof additionalProperties !== 'object') return named;
  const name = fc.constantFrom('amount', 'months', 'product', 'folder', 'description', 'path', 'status', 'x_1');
  return fc.dictionary(name, valueOf(document, additionalProperties), { maxKeys: 4 });
}

function textOf(schema: Schema, name: string): fc.Arbitrary<unknown> {
  const { pattern, format, minLength = 0, maxLength = 80 } = schema;
  const own =
    pattern === undefined
      ? format === 'uuid'
        ? fc.uuid()
        : format === 'date-time' || name.endsWith('_at')
          ? fc.oneof(moments(), fc.constantFrom('2026-12-01', '2027-06-30', '2020-01-01T00:00:00Z'))
          : fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 80) })
      : fc.stringMatching(new RegExp(pattern));
  const pool = POOL_OF[name] ?? (name === 'name' && pattern !== undefined ? 'actions' : undefined);
  return fc.oneof(
    { weight: pool === undefined ? 0 : 12, arbitrary: pool === undefined ? own : knownOf(pool) },
    { weight: schema.example === undefined ? 0 : 2, arbitrary: fc.constant(schema.example) },
    { weight: 2, arbitrary: own },
  );
}

function moments(): fc.Arbitrary<string> {
  return fc
    .date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString());
}

/** The pool of a parameter in the path. */
export function poolOf(template: string, name: string): Pool | undefined {
  return name === 'id' ? idPool(template) : POOL_OF[name];
}

const rare = <Value>(weight: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.oneof({ weight: 100 - weight, arbitrary: fc.constant(null) }, { weight, arbitrary });

/** A header may hold one byte a character, and no line. */
const headerText = hostileText.map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 600));

const HEADERS: readonly (readonly [string, readonly (string | readonly string[])[]])[] = [
  [
    'content-type',
    [
      'text/plain',
      'application/json; charset=utf-7',
      'application/json;charset=latin1',
      'APPLICATION/JSON',
      '',
      'application/json, text/yaml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'text/yaml',
      'text/csv',
      'application/x-ndjson',
      '\tapplication/json',
      'application/json;',
    ],
  ],
  ['content-encoding', ['gzip', 'br', 'identity', 'x']],
  ['if-match', ['"1"', '"2"', 'W/"1"', '*', '"1", "2"', '1', '"0"', '"-1"', '"99999999999999999999"', ['"1"', '"2"']]],
  ['idempotency-key', ['fuzz-1', 'fuzz-2', '', ' ', 'x'.repeat(256), 'é', ['a', 'b'], "'; --"]],
  ['mandaat-agent', ['A-1', 'A-2', 'a-1', 'A-1 ', 'A-404', '', ['A-1', 'A-2'], '__proto__']],
  ['accept', ['text/html', 'application/xml', '*/*;q=0', '']],
  ['accept-language', ['en', 'nl;q=0', 'xx, yy;q=9', 'x'.repeat(2_000), '*', ',,,']],
  ['x-http-method-override', ['DELETE', 'PUT']],
  ['x-forwarded-for', ['127.0.0.1', '::1', 'x'.repeat(500), '1.1.1.1, 2.2.2.2']],
  ['forwarded', ['for=127.0.0.1', 'for="_x"']],
  ['x-request-id', ['short', 'x'.repeat(64), '<b>', '31612345678']],
  ['expect', ['100-continue']],
  ['range', ['bytes=0-1']],
  ['origin', ['https://example.nl', 'null']],
  ['cookie', ['a=b', '__proto__=x']],
  ['host', ['example.nl', '']],
];

const headers: fc.Arbitrary<Readonly<Record<string, string | readonly string[]>>> = fc
  .array(
    fc
      .constantFrom(...HEADERS)
      .chain(([name, values]) =>
        fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(...values).map((value) => [name, value] as const) },
          { weight: 1, arbitrary: headerText.map((value) => [name, value] as const) },
        ),
      ),
    { maxLength: 2 },
  )
  .map((pairs) => Object.fromEntries(pairs));

const query = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.constantFrom(
            'holder',
            'proxy',
            'limit',
            'after',
            'mandate_ref',
            'lang',
            '__proto__',
            'constructor',
            'x',
            'holder[]',
            'a[b][c]',
          ),
          hostileText,
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((pairs) => pairs.map(([name, text]) => `${name}=${encode(text)}`).join('&')),
  },
);

/** Percent-encoded; a lone half goes out as the bytes of a replacement, as every encoder writes it. */
export function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** A request of one operation. */
export function planOf(document: Document, { route, template, parameters, bodies }: Operation): fc.Arbitrary<Plan> {
  const schemas = Object.entries(bodies).map(([type, schema]) => ({ type, schema }));
  const [main] = schemas;
  const body = main === undefined ? fc.constant(undefined) : valueOf(document, main.schema);
  const values = Object.fromEntries(
    parameters.map((parameter) => {
      const pool = parameter.in === 'path' ? poolOf(template, parameter.name) : undefined;
      return [parameter.name, pool === undefined ? valueOf(document, parameter.schema, parameter.name) : knownOf(pool)];
    }),
  );
  const required = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
  const shared = {
    route: fc.constant(route),
    body,
    parameters: fc.record(values, { requiredKeys: required }) as fc.Arbitrary<Record<string, string>>,
    method: rare(2, fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST', 'TRACE')),
    isDouble: rare(6, fc.constant(true)).map((value) => value ?? false),
  };
  const untouched = fc.record({
    ...shared,
    base: fc.constantFrom('recipe', 'schema'),
    changes: fc.constant([]),
    damage: fc.constant(null),
    parameter: fc.constant(null),
    query: fc.constant(''),
    headers: fc.constant({}),
    method: fc.constant(null),
    scope: fc.constant(null),
  });
  const broken = fc.record({
    ...shared,
    base: fc.constantFrom('recipe', 'schema', 'schema'),
    changes: fc.array(fc.record({ where: fc.nat(1_000), change }), { maxLength: 2 }),
    damage: rare(12, fc.constantFrom(...DAMAGES)),
    parameter: rare(25, fc.record({ where: fc.nat(10), text: hostileText })),
    query,
    headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: headers }),
    scope: rare(8, fc.constantFrom(...KEY_SCOPES, 'person' as const, 'none' as const, 'garbage' as const)),
  });
  return fc.oneof({ weight: 2, arbitrary: untouched }, { weight: 5, arbitrary: broken });
}
