import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
  type Document,
  type Node,
} from 'yaml';

/** One mistake in a document: where it is, what is wrong, and what would be right. */
export interface DocumentFault {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** JSON Pointer into the document. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

export type Path = readonly string[];

/** `key` points at the name of a member, `value` at what it holds. */
type Part = 'key' | 'value';

export interface YamlDocument {
  /** The document as plain data; `undefined` when it can't be read as YAML at all. */
  readonly value: unknown;
  /** Mistakes in the YAML itself and against the schema, in no order. */
  readonly faults: readonly DocumentFault[];
  /** Names a place in the document; `offset` counts characters inside a text. */
  readonly fault: (path: Path, part: Part, message: string, hint: string, offset?: number) => DocumentFault;
}

/** Longest document in characters: a bound on the work of reading it. */
const LONGEST_DOCUMENT = 256 * 1024;

/** Reads YAML 1.2 and checks it against a compiled schema. Finds every mistake, throws none. */
export function readYaml(text: string, validate: ValidateFunction): YamlDocument {
  if (text.length > LONGEST_DOCUMENT) {
    return unreadable(`The document has ${text.length} characters.`, `At most ${LONGEST_DOCUMENT} are read.`);
  }
  const lines = new LineCounter();
  try {
    return read(text, validate, lines);
  } catch (error) {
    // The parser recurses: a document nested thousands deep ends its stack.
    if (error instanceof RangeError) return unreadable('The document is nested too deep.', 'Nest it less deep.');
    throw error;
  }
}

function unreadable(message: string, hint: string): YamlDocument {
  const fault = { line: 1, column: 1, path: '', message, hint };
  return { value: undefined, faults: [fault], fault: () => fault };
}

function read(text: string, validate: ValidateFunction, lines: LineCounter): YamlDocument {
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? { line: 1, column: 1 } : { line, column: col };
  };
  const faults: DocumentFault[] = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    path: '',
    message:
      error.code === 'DUPLICATE_KEY' ? 'This name stands here twice.' : `This is not valid YAML: ${error.message}.`,
    hint:
      error.code === 'DUPLICATE_KEY' ? 'Keep one of the two.' : 'Correct it; the rest is checked once it can be read.',
  }));
  const fault: YamlDocument['fault'] = (path, part, message, hint, offset) => ({
    ...at(offsetOf(document, text, path, part, offset)),
    path: pointer(path),
    message,
    hint,
  });
  const references = referenceFaults(document, at);
  faults.push(...references);
  const isBroken = [...document.errors, ...document.warnings].some((error) => error.code !== 'DUPLICATE_KEY');
  if (isBroken || references.length > 0) return { value: undefined, faults, fault };

  const value: unknown = document.toJS();
  const reserved = reservedNames(document, at);
  faults.push(...reserved);
  if (!validate(value)) {
    // Whatever else is wrong with such a name, it has to go.
    const isOther = (found: DocumentFault): boolean =>
      reserved.every(({ line, column }) => found.line !== line || found.column !== column);
    faults.push(...schemaFaults(validate.errors ?? [], validate.schema, fault).filter(isOther));
  }
  return { value, faults, fault };
}

/** Anchors and aliases would let a short text grow without bound, and would hide where a rule comes from. */
function referenceFaults(
  document: Document,
  at: (offset: number) => { line: number; column: number },
): DocumentFault[] {
  const faults: DocumentFault[] = [];
  const refuse = (node: Node, what: string): void => {
    faults.push({
      ...at(node.range?.[0] ?? 0),
      path: '',
      message: `${what} is not allowed here.`,
      hint: 'Write the value out: every part of the document reads by itself.',
    });
  };
  visit(document, {
    Alias: (_, node) => refuse(node, 'An alias'),
    Node: (_, node) => {
      if ('anchor' in node && node.anchor !== undefined) refuse(node, 'An anchor');
    },
  });
  return faults;
}

/** Names that every JavaScript object answers to: looked up by name, they would be found where nobody wrote them. */
function reservedNames(document: Document, at: (offset: number) => { line: number; column: number }): DocumentFault[] {
  const faults: DocumentFault[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || typeof pair.key.value !== 'string' || !(pair.key.value in Object.prototype)) return;
      faults.push({
        ...at(pair.key.range?.[0] ?? 0),
        path: '',
        message: `The name "${pair.key.value}" is reserved.`,
        hint: 'Choose another name.',
      });
    },
  });
  return faults;
}

/** Sorts by place and drops what was said twice about one place. */
export function inOrder(faults: readonly DocumentFault[]): readonly DocumentFault[] {
  const seen = new Map<string, DocumentFault>();
  for (const fault of faults) seen.set(`${fault.line}:${fault.column}:${fault.message}`, fault);
  return [...seen.values()].toSorted(
    (first, second) =>
      first.line - second.line || first.column - second.column || (first.message < second.message ? -1 : 1),
  );
}

function pointer(path: Path): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function pathOf(instancePath: string): Path {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Follows a path as far as the document goes: a missing member is reported on what should hold it. */
function offsetOf(document: Document, text: string, path: Path, part: Part, inside: number | undefined): number {
  let node: unknown = document.contents;
  let key: Node | undefined;
  for (const [index, name] of path.entries()) {
    const next = childOf(node, name);
    if (next === undefined) break;
    key = next.key ?? (isNode(next.value) ? next.value : undefined);
    node = next.value;
    if (part === 'key' && index === path.length - 1) return key?.range?.[0] ?? 0;
  }
  // An empty value has no text of its own.
  const isEmpty = isScalar(node) && node.range != null && node.range[0] === node.range[1];
  if (!isNode(node) || isEmpty) return key?.range?.[0] ?? 0;
  return inside === undefined ? (node.range?.[0] ?? 0) : offsetInside(node, text, inside);
}

function childOf(node: unknown, name: string): { key?: Node; value: unknown } | undefined {
  if (isSeq(node)) return { value: node.items[Number(name)] };
  if (!isMap(node)) return undefined;
  // Of two members with one name the later one counts, as it does in the data.
  const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === name);
  return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value };
}

/** Where a character of a text stands in the source: exact unless escapes or folding changed the text. */
function offsetInside(node: Node, text: string, inside: number): number {
  const [start, end] = node.range ?? [0, 0];
  if (!isScalar(node) || typeof node.value !== 'string') return start;
  if (node.type === Scalar.BLOCK_LITERAL) {
    const before = node.value.slice(0, inside).split('\n');
    const body = text.indexOf('\n', start) + 1;
    const source = text.slice(body, end).split('\n');
    const indent = source.find((line) => line.trim() !== '')?.search(/\S/) ?? 0;
    const earlier = source.slice(0, before.length - 1).reduce((sum, line) => sum + line.length + 1, 0);
    return body + earlier + indent + (before.at(-1)?.length ?? 0);
  }
  const verbatim = text.slice(start, end).indexOf(node.value);
  return verbatim === -1 ? start : start + verbatim + inside;
}

function schemaFaults(errors: readonly ErrorObject[], schema: unknown, fault: YamlDocument['fault']): DocumentFault[] {
  // These two only say that something inside them, which is reported too, went wrong.
  return errors
    .filter(({ keyword }) => keyword !== 'propertyNames' && keyword !== 'if')
    .map((error) => {
      const path = pathOf(error.instancePath);
      const { message, hint, member } = explain(error, schema);
      if (error.propertyName !== undefined) return fault([...path, error.propertyName], 'key', message, hint);
      if (error.keyword === 'additionalProperties') return fault([...path, member ?? ''], 'key', message, hint);
      return fault(path, error.keyword === 'required' ? 'key' : 'value', message, hint);
    });
}

interface SchemaPart {
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly $defs?: Readonly<Record<string, SchemaPart>>;
}

function explain(error: ErrorObject, schema: unknown): { message: string; hint: string; member?: string } {
  const parent = (error.parentSchema ?? {}) as SchemaPart;
  const described = parent.description ?? '';
  const parameters = error.params as Readonly<Record<string, unknown>>;
  const name = error.propertyName;
  const limit = String(parameters['limit']);
  switch (error.keyword) {
    case 'required': {
      const missing = String(parameters['missingProperty']);
      return {
        message: `"${missing}" is missing.`,
        hint: describe(parent.properties?.[missing], schema),
        member: missing,
      };
    }
    case 'additionalProperties': {
      const extra = String(parameters['additionalProperty']);
      const known = Object.keys(parent.properties ?? {}).join(', ');
      return { message: `"${extra}" is not known here.`, hint: `Known are: ${known}.`, member: extra };
    }
    case 'type':
      return { message: `This is not ${article(String(parameters['type']))}.`, hint: described };
    case 'enum': {
      const allowed = (parameters['allowedValues'] as readonly unknown[]).join(', ');
      return { message: 'This value is not in the list.', hint: `Allowed are: ${allowed}.` };
    }
    case 'const':
      return { message: 'This value is not allowed.', hint: `Write: ${String(parameters['allowedValue'])}.` };
    case 'pattern':
      return { message: `"${name ?? 'This'}" does not have the right form.`, hint: described };
    case 'minimum':
      return { message: `This is less than ${limit}.`, hint: described };
    case 'maximum':
      return { message: `This is more than ${limit}.`, hint: described };
    case 'uniqueItems':
      return { message: 'An entry stands here twice.', hint: 'Keep one of the two.' };
    default:
      // minItems, maxItems, minLength, maxLength, minProperties, maxProperties: ajv's own words are plain enough.
      return { message: `This ${error.message ?? 'is not right'}.`, hint: described };
  }
}

function describe(part: SchemaPart | undefined, schema: unknown): string {
  if (part === undefined) return 'Add it.';
  const definition = (schema as SchemaPart).$defs?.[part.$ref?.split('/').at(-1) ?? ''];
  return part.description ?? definition?.description ?? 'Add it.';
}

function article(type: string): string {
  const names: Readonly<Record<string, string>> = { object: 'a mapping', array: 'a list', integer: 'a whole number' };
  return names[type] ?? `a ${type}`;
}
