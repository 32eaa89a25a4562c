import { Environment, type ASTNode, type ObjectSchema } from '@marcbachmann/cel-js';
import type { Condition, PropertyType } from '../policy/policy.ts';

/** A property as far as a condition is concerned. */
export interface ReadableProperty {
  readonly type: PropertyType;
  readonly isRequired: boolean;
  readonly isPersonal: boolean;
}

export interface ConditionScope {
  readonly action: ReadonlyMap<string, ReadableProperty>;
  readonly contract: ReadonlyMap<string, PropertyType>;
  readonly person: ReadonlyMap<string, PropertyType>;
}

export interface ConditionFault {
  /** Characters from the start of the expression. */
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/** JSON knows one kind of number, so every number is a double; `<`, `<=`, `>` and `>=` compare it with whole ones too. */
const CEL_TYPES = { string: 'string', number: 'double', boolean: 'bool' } as const;

/**
 * Functions whose work is bounded by the length of the expression and its input. Left out on purpose: `matches`
 * (backtracks without bound), every loop (nests to any size), and `dyn` (escapes the type check).
 */
const FUNCTIONS = new Set(['has', 'size', 'int', 'double', 'string', 'contains', 'startsWith', 'endsWith']);

const LIMITS = { maxAstNodes: 200, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 4 };

/** Checks and compiles one condition. The answer of `evaluate` is a boolean or `error`: it never throws. */
export function compileCondition(source: string, scope: ConditionScope): Condition | readonly ConditionFault[] {
  const environment = environmentOf(scope);
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = environment.parse(source);
  } catch (error) {
    return [{ ...placeOf(error), hint: 'Write a CEL expression, such as: action.properties.amount <= 50' }];
  }
  const faults = [...readFaults(parsed.ast, scope), ...functionFaults(parsed.ast)];
  if (faults.length > 0) return faults;

  const checked = parsed.check();
  if (checked.error !== undefined) return [{ ...placeOf(checked.error), hint: typeHint(checked.error.summary) }];
  if (checked.type !== 'bool') {
    const message = `The condition gives ${checked.type ?? 'something else'}, not true or false.`;
    return [{ offset: 0, message, hint: 'Compare: end with a question that is true or false.' }];
  }
  return {
    source,
    evaluate(input) {
      try {
        const answer: unknown = parsed({ ...input });
        return typeof answer === 'boolean' ? answer : 'error';
      } catch {
        return 'error';
      }
    },
  };
}

/** Personal properties are no part of it: a condition could tell them one true or false at a time. */
function environmentOf(scope: ConditionScope): Environment {
  const properties: Record<string, string> = {};
  for (const [name, { type, isPersonal }] of scope.action) if (!isPersonal) properties[name] = CEL_TYPES[type];
  const typed = (declared: ReadonlyMap<string, PropertyType>): Record<string, string> =>
    Object.fromEntries([...declared].map(([name, type]) => [name, CEL_TYPES[type]]));
  const variable = (name: string, schema: ObjectSchema): { name: string; schema: ObjectSchema } => ({ name, schema });
  return new Environment({ limits: LIMITS })
    .registerVariable(variable('action', { name: 'string', properties }))
    .registerVariable(variable('contract', { properties: typed(scope.contract) }))
    .registerVariable(variable('resource', { properties: typed(scope.contract) }))
    .registerVariable(variable('subject', { properties: typed(scope.person) }))
    .registerVariable(variable('call', { channel: 'string' }));
}

/** What has properties, and where those are declared. */
const PLACES = {
  action: 'the properties of this action',
  contract: 'contract_properties',
  resource: 'contract_properties',
  subject: 'person_properties',
} as const;

interface Read {
  readonly of: keyof typeof PLACES;
  readonly name: string;
  readonly offset: number;
}

function readFaults(ast: ASTNode, scope: ConditionScope): ConditionFault[] {
  const nodes = [...walk(ast)];
  const guarded = new Set<string>();
  for (const node of nodes) {
    if (node.op !== 'call' || node.args[0] !== 'has') continue;
    const read = node.args[1].map(readOf)[0];
    if (read != null) guarded.add(`${read.of}.${read.name}`);
  }
  return nodes.flatMap((node) => {
    const read = readOf(node);
    const problem = read === null ? null : problemOf(read, scope, guarded);
    return read === null || problem === null ? [] : [{ offset: read.offset, ...problem }];
  });
}

function problemOf(
  { of, name }: Read,
  scope: ConditionScope,
  guarded: ReadonlySet<string>,
): { message: string; hint: string } | null {
  const declared = { action: scope.action, contract: scope.contract, resource: scope.contract, subject: scope.person }[
    of
  ];
  if (!declared.has(name)) {
    const place = PLACES[of];
    const known = [...declared.keys()].join(', ') || 'none';
    return {
      message: `The condition reads "${name}", which is not declared.`,
      hint: `Declare it under ${place}; now there: ${known}.`,
    };
  }
  const property = of === 'action' ? scope.action.get(name) : undefined;
  if (property?.isPersonal === true) {
    return {
      message: `The condition reads "${name}", which is personal data.`,
      hint: 'A condition reads only what may be recorded as it is: leave it out.',
    };
  }
  if (property?.isRequired === false && !guarded.has(`${of}.${name}`)) {
    return {
      message: `The condition reads "${name}", which may be absent: it would then fail and deny.`,
      hint: `Make the property required, or ask first: has(action.properties.${name}) && …`,
    };
  }
  return null;
}

/** `action.properties.x`, `action.properties["x"]`, and the same of the resource and the subject. */
function readOf(node: ASTNode): Read | null {
  const name = memberName(node);
  if (name === null || (node.op !== '.' && node.op !== '[]')) return null;
  const holder = node.args[0];
  if (holder.op !== '.' || holder.args[1] !== 'properties' || holder.args[0].op !== 'id') return null;
  const of = holder.args[0].args;
  if (typeof of !== 'string' || !isPlace(of)) return null;
  const offset = node.op === '.' ? node.range.end - name.length : node.args[1].range.start;
  return { of, name, offset };
}

function isPlace(name: string): name is keyof typeof PLACES {
  return Object.hasOwn(PLACES, name);
}

function memberName(node: ASTNode): string | null {
  if (node.op === '.') return node.args[1];
  if (node.op !== '[]' || node.args[1].op !== 'value') return null;
  return typeof node.args[1].args === 'string' ? node.args[1].args : null;
}

function functionFaults(ast: ASTNode): ConditionFault[] {
  return [...walk(ast)].flatMap((node) => {
    if (node.op !== 'call' && node.op !== 'rcall') return [];
    const name = node.args[0];
    if (FUNCTIONS.has(name)) return [];
    return [
      {
        offset: node.range.start,
        message: `The function "${name}" is not available in conditions.`,
        hint: `Available are: ${[...FUNCTIONS].join(', ')}.`,
      },
    ];
  });
}

function* walk(part: unknown): Generator<ASTNode> {
  if (Array.isArray(part)) {
    for (const one of part) yield* walk(one);
  } else if (isAst(part)) {
    yield part;
    yield* walk(part.args);
  }
}

function isAst(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}

function placeOf(error: unknown): { offset: number; message: string } {
  const { range, summary } = error as { range?: { start: number }; summary?: string };
  return { offset: range?.start ?? 0, message: `The condition is not right: ${summary ?? 'it cannot be read'}.` };
}

function typeHint(summary: string): string {
  if (summary.includes('double') && summary.includes('int')) {
    return 'Numbers are decimals: write 50.0 instead of 50 beside ==, + or in a list. <, <=, > and >= take both.';
  }
  return 'A condition may read action.properties, resource.properties, subject.properties and call.channel, and compares like with like.';
}
