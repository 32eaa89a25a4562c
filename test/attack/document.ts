import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** As much of JSON Schema as our own document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly example?: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}

/** What the document says an answer of one status looks like. */
export interface Documented {
  /** Of which it has one; empty = it has no body. */
  readonly types: readonly string[];
  /** Null = nothing is said of the body. */
  readonly isRight: ValidateFunction | null;
}

export interface Operation {
  /** `POST /v1/calls/{call_id}/checks`. */
  readonly route: string;
  readonly method: string;
  readonly template: string;
  readonly parameters: readonly Parameter[];
  /** By content type. */
  readonly bodies: Readonly<Record<string, Schema>>;
  readonly answers: ReadonlyMap<number, Documented>;
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface RawOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media & { readonly $ref?: string }>>;
}

interface Raw {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Media>>;
  };
}

const FILE = path.resolve(import.meta.dirname, '../../openapi.json');

/** Our own OpenAPI document, as clients get it. */
export class Document {
  readonly operations: readonly Operation[];
  private readonly raw = JSON.parse(readFileSync(FILE, 'utf8')) as Raw;
  private readonly ajv: Ajv2020;

  constructor() {
    this.ajv = new Ajv2020({ strict: false, allErrors: false });
    addFormats.default(this.ajv);
    this.ajv.addSchema(closed(this.raw), 'document');
    this.operations = Object.entries(this.raw.paths).flatMap(([template, item]) =>
      Object.entries(item).map(([method, operation]) => this.operation(template, method.toUpperCase(), operation)),
    );
  }

  /** The schema that a reference names. */
  resolve(schema: Schema): Schema {
    const name = schema.$ref?.replace('#/components/schemas/', '');
    const found = name === undefined ? schema : this.raw.components.schemas[name];
    if (found === undefined) throw new Error(`The document lacks ${schema.$ref}.`);
    return found;
  }

  /** Which operation answers this request, if any. */
  find(method: string, target: string): Operation | null {
    const [asked = ''] = target.split('?');
    const isOf = ({ template }: Operation): boolean =>
      new RegExp(`^${template.replaceAll(/[.]/g, String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked);
    const fitting = this.operations.filter((operation) => operation.method === method && isOf(operation));
    // A fixed path goes before one with a parameter, as in the router.
    return fitting.toSorted((one, two) => one.parameters.length - two.parameters.length)[0] ?? null;
  }

  private operation(template: string, method: string, operation: RawOperation): Operation {
    const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
      ([type, { schema = {} }]) => [type, schema] as const,
    );
    const answers = Object.entries(operation.responses).map(([status, response]) => {
      const shared = response.$ref?.replace('#/components/responses/', '');
      const { content } = shared === undefined ? response : (this.raw.components.responses[shared] ?? {});
      const types = Object.keys(content ?? {});
      const schema = Object.entries(content ?? {}).find(([type]) => type.endsWith('json'))?.[1].schema;
      const isRight = schema === undefined ? null : this.ajv.compile(pointed(closed(schema)) as Schema);
      return [Number(status), { types, isRight }] as const;
    });
    return {
      route: `${method} ${template}`,
      method,
      template,
      parameters: (operation.parameters ?? []).filter(
        // One header, told in two spellings.
        ({ name }, at, all) => all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) === at,
      ),
      bodies: Object.fromEntries(bodies),
      answers: new Map(answers),
    };
  }
}

/** A field that the document doesn't name is one that leaks: every object with named members has no others. */
function closed(node: unknown): object {
  return JSON.parse(JSON.stringify(node), (_key, value: unknown) =>
    isSchemaOfObject(value) && !('additionalProperties' in value) ? { ...value, additionalProperties: false } : value,
  ) as object;
}

function isSchemaOfObject(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'object' &&
    'properties' in value &&
    typeof value.properties === 'object'
  );
}

/** References of a part, so that they point into the whole. */
function pointed(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? `document${value}` : value,
  );
}
