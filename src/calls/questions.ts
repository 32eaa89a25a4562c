import { AppError, type Fault } from '../errors.ts';
import { looksLikeSecret } from '../holders/secret-words.ts';
import type { Question } from '../policy/facts.ts';
import { CONTRACT, type Policy, type PropertyRule, type PropertyValue } from '../policy/policy.ts';

/** An action as it was asked, with its properties in the clear. */
export interface AskedAction {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A question as it is decided and recorded, and what a person may read of it. */
export interface PreparedQuestion {
  /** Personal properties are replaced by keyed values: equal values stay equal, and nothing can be read from them. */
  readonly question: Question;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

/** Makes a keyed value of a personal property. */
export type Conceal = (text: string) => string;

/**
 * Checks properties against the policy's declarations. `asked` null = every action on this type of
 * resource in general, without properties.
 *
 * @throws AppError `validation_failed` with a fault for each mistake
 */
export function prepareQuestions(
  policy: Policy,
  asked: readonly AskedAction[] | null,
  conceal: Conceal,
  resourceType: string = CONTRACT,
): readonly PreparedQuestion[] {
  if (asked === null) return everyQuestion(policy, resourceType).map((question) => ({ question, properties: {} }));
  const faults: Fault[] = [];
  const names = new Set<string>();
  const prepared = asked.map((action, index): PreparedQuestion => {
    const pointer = `/actions/${index}`;
    if (names.has(action.name)) {
      faults.push({ pointer: `${pointer}/name`, detail: `"${action.name}" is asked twice; ask each action once.` });
    }
    names.add(action.name);
    const rule = policy.actions.get(action.name);
    // An action that nobody knows is answered, not refused: the decision says so.
    if (rule === undefined) return { question: { action: action.name, properties: {} }, properties: {} };
    return prepare(action, rule.properties, conceal, pointer, faults);
  });
  if (faults.length > 0) {
    throw new AppError('validation_failed', 'The properties of an action are not as the policy declares them.', {
      faults,
    });
  }
  return prepared;
}

/** Every action that can be done on this, in general, in the policy's order. */
export function everyQuestion(policy: Policy, resourceType: string = CONTRACT): readonly Question[] {
  return [...policy.actions.values()].flatMap((rule) =>
    rule.resourceType === resourceType ? [{ action: rule.name, properties: null }] : [],
  );
}

function prepare(
  asked: AskedAction,
  rules: ReadonlyMap<string, PropertyRule>,
  conceal: Conceal,
  pointer: string,
  faults: Fault[],
): PreparedQuestion {
  const properties: Record<string, PropertyValue> = {};
  const concealed: Record<string, PropertyValue> = {};
  for (const [name, value] of Object.entries(asked.properties)) {
    const place = `${pointer}/properties/${name}`;
    const rule = rules.get(name);
    if (rule === undefined) {
      const known = [...rules.keys()].join(', ') || 'none';
      faults.push({ pointer: place, detail: `The policy declares no such property; declared: ${known}.` });
      continue;
    }
    const fault = faultOf(value, rule) ?? secretIn(value);
    if (fault !== null) faults.push({ pointer: place, detail: fault });
    else {
      properties[name] = value as PropertyValue;
      concealed[name] = rule.isPersonal ? conceal(JSON.stringify([asked.name, name, value])) : (value as PropertyValue);
    }
  }
  for (const [name, rule] of rules) {
    if (rule.isRequired && !Object.hasOwn(asked.properties, name)) {
      faults.push({ pointer: `${pointer}/properties/${name}`, detail: neededDetail(rule) });
    }
  }
  return { question: { action: asked.name, properties: concealed }, properties };
}

/** What is wrong with a property. */
export interface PropertyFault {
  readonly property: string;
  readonly detail: string;
}

/**
 * Why a question of before would be a broken request under another policy; null = it would be answered.
 *
 * @param policy the other one
 * @param was by which it was asked: what is personal there stands in the record as a keyed value, of which the kind alone is known
 */
export function brokenUnder(policy: Policy, was: Policy, { action, properties }: Question): PropertyFault | null {
  const rules = policy.actions.get(action)?.properties;
  if (rules === undefined || properties === null) return null;
  const before = was.actions.get(action)?.properties;
  for (const [property, value] of Object.entries(properties)) {
    const rule = rules.get(property);
    if (rule === undefined) return { property, detail: 'The policy declares no such property.' };
    const known = before?.get(property);
    const isOtherKind = known?.type !== rule.type;
    const detail = known?.isPersonal !== true ? faultOf(value, rule) : isOtherKind ? `Give a ${rule.type}.` : null;
    if (detail !== null) return { property, detail };
  }
  const missing = [...rules].find(([name, rule]) => rule.isRequired && !Object.hasOwn(properties, name));
  return missing === undefined ? null : { property: missing[0], detail: neededDetail(missing[1]) };
}

function neededDetail({ type }: PropertyRule): string {
  return `Give this ${type}: the policy needs it.`;
}

/** Not the policy's to declare: nobody here is to know it, and the person who is asked reads what stands here. */
function secretIn(value: unknown): string | null {
  return typeof value === 'string' && looksLikeSecret(value) ? 'Give text without a password or a code.' : null;
}

function faultOf(value: unknown, rule: PropertyRule): string | null {
  if (typeof value !== rule.type) return `Give a ${rule.type}.`;
  if (typeof value === 'string') {
    if (value.length > rule.maxLength) return `Give at most ${rule.maxLength} characters.`;
    // What can't be seen can't be confirmed: the holder must read exactly what they say yes to.
    return /[\p{Cc}\p{Cf}\p{Cs}]/u.test(value) ? 'Give text without control or invisible characters.' : null;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'Give a finite number.';
    if (rule.minimum !== null && value < rule.minimum) return `Give a number of at least ${rule.minimum}.`;
    if (rule.maximum !== null && value > rule.maximum) return `Give a number of at most ${rule.maximum}.`;
  }
  return null;
}
