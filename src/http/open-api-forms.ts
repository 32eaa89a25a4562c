import { ApiProperty, DECORATORS } from '@nestjs/swagger';
import { getMetadataStorage, IS_LENGTH, IS_NOT_EMPTY, IS_UUID, MATCHES, MAX_LENGTH, MIN_LENGTH } from 'class-validator';

/** What a text, or an object of texts, has to look like: members of a JSON schema. Lengths in characters. */
export interface Form {
  readonly pattern?: string;
  readonly format?: 'date' | 'date-time' | 'uuid';
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxProperties?: number;
}

/** Among the constraints of a rule of our own: what the document says of it. */
export class SaidForm {
  constructor(readonly form: Form) {}
}

/** A rule of a field, as class-validator keeps it. */
interface Rule {
  readonly name?: string;
  readonly propertyName: string;
  readonly constraints?: readonly unknown[];
  /** About each member of a list. */
  readonly each: boolean;
}

type Described = new () => object;

/** What the compiler plugin leaves in a class: its fields, in the order of the source. */
const FIELDS = '_OPENAPI_METADATA_FACTORY';
const NUMBERS: ReadonlySet<unknown> = new Set([Number, 'integer', 'number']);

/**
 * Has the OpenAPI document say of each text in a request what the decorators demand that read it. From these themselves: what the
 * document says and what is refused can't differ. Before the document is made, as often as one likes.
 *
 * @throws Error for a pattern with a flag that a schema can't have
 */
export function describeForms(): void {
  for (const [target, rules] of rulesOfAll()) {
    keepOrder(target);
    for (const rule of rules) {
      const form = formOf(rule);
      if (Object.keys(form).length > 0 && isAboutText(target, rule)) {
        ApiProperty(form)(target.prototype as object, rule.propertyName);
      }
    }
  }
}

/** No other way leads to the rules of every class. */
function rulesOfAll(): ReadonlyMap<Described, readonly Rule[]> {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    readonly validationMetadatas: ReadonlyMap<Described, readonly Rule[]>;
  };
  return validationMetadatas;
}

function formOf({ name, constraints: [first, second] = [] }: Rule): Form {
  if (first instanceof SaidForm) return first.form;
  switch (name) {
    case MATCHES:
      return { pattern: sourceOf(first as RegExp) };
    case IS_UUID:
      return { format: 'uuid' };
    case IS_LENGTH:
      return { minLength: first as number, maxLength: second as number };
    case MAX_LENGTH:
      return { maxLength: first as number };
    case MIN_LENGTH:
      return { minLength: first as number };
    case IS_NOT_EMPTY:
      return { minLength: 1 };
    default:
      return {};
  }
}

function sourceOf({ source, flags }: RegExp): string {
  if (flags !== '' && flags !== 'u') throw new Error(`no schema has the flags of /${source}/${flags}`);
  return source;
}

/** Not about a number in a query, which is a text to us alone; nor about each part of a list that is sent as one text. */
function isAboutText({ prototype }: Described, { propertyName, each }: Rule): boolean {
  const said = Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, prototype as object, propertyName) as
    { readonly type?: unknown; readonly isArray?: boolean } | undefined;
  if (each && said?.type === String) return said.isArray === true;
  return !NUMBERS.has(said?.type);
}

/** Fields that are described here come where the source has them, and not before all others. */
function keepOrder(target: Described): void {
  const fields = (target as { readonly [FIELDS]?: () => object })[FIELDS];
  if (fields === undefined) return;
  const key = DECORATORS.API_MODEL_PROPERTIES_ARRAY;
  const known = (Reflect.getMetadata(key, target.prototype as object) ?? []) as readonly string[];
  const names = Object.keys(fields()).map((name) => `:${name}`);
  Reflect.defineMetadata(key, [...new Set([...known, ...names])], target.prototype as object);
}
