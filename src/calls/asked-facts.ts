import { AppError, type Fault } from '../errors.ts';
import type { Facts } from '../policy/facts.ts';
import type { CallerId } from '../policy/ids.ts';
import type { Channel } from '../policy/vocabulary.ts';
import { CONTRACT, type Policy, type Properties, type PropertyType, type PropertyValue } from '../policy/policy.ts';

/** Of a property, in characters: as of one that is stored. */
const LONGEST_TEXT = 200;

/** Whom and what a system names that asks, and what it says of them. It is compared with what we know, and proves nothing. */
export interface Named {
  /** Null: none that there is. */
  readonly contractId: string | null;
  /** Null: nobody whom we know; left out: whoever is on the line. */
  readonly callerId?: CallerId | null;
  /** On which channel; left out: on the call's own. */
  readonly channel?: Channel;
  /** By name; none counts but those that the policy trusts. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly subject: Readonly<Record<string, unknown>>;
}

/**
 * What is known, for a question that names its subject and resource.
 *
 * @param isVouching the asking system has recognised the subject itself, outside a call
 * @throws AppError `conflict` for a call about another contract or on another channel, `invalid_state` where a call is needed and there is none,
 *   `validation_failed` for a trusted property of another type than the policy declares
 */
export function factsFor(facts: Facts, policy: Policy, named: Named | null, isVouching: boolean): Facts {
  if (named === null) return facts;
  if (facts.contract.id !== named.contractId) throw new AppError('conflict', 'This call is about another contract.');
  const { channel } = facts.call;
  if (named.channel !== undefined && named.channel !== channel) {
    throw new AppError('conflict', `This call is on the channel ${channel}.`);
  }
  const resourceType = facts.contract.type ?? CONTRACT;
  const { resource, subject } = trustedIn(policy, resourceType, named, isVouching);
  const type = policy.resourceTypes.get(resourceType);
  const isThem = named.callerId === undefined || named.callerId === facts.caller.id;
  const known = isThem ? facts : withoutCaller(facts);
  if (type === undefined) return known;
  const { contract, caller } = known;
  const isVouched = isVouching && caller.id !== null && type.vouchedLevel > 0;
  return {
    ...known,
    contract: resource === null ? contract : { ...contract, properties: { ...contract.properties, ...resource } },
    caller: {
      ...caller,
      ...(subject === null ? {} : { properties: { ...caller.properties, ...subject } }),
      ...(isVouched ? { vouchedLevel: type.vouchedLevel } : {}),
    },
  };
}

/**
 * The properties that count, whatever there is of that name: what is wrong with them can be told before anything is looked up.
 *
 * @param isVouching see {@link factsFor}
 * @throws AppError `invalid_state` where a call is needed and there is none, `validation_failed` for a trusted property of another type
 *   than the policy declares
 */
export function trustedIn(
  policy: Policy,
  resourceType: string,
  named: Pick<Named, 'resource' | 'subject'>,
  isVouching: boolean,
): { readonly resource: Properties | null; readonly subject: Properties | null } {
  const type = policy.resourceTypes.get(resourceType);
  if (isVouching && (type === undefined || type.channelWithoutCall === null)) {
    throw new AppError('invalid_state', 'This is decided in an open call alone: name it in context.call_id.');
  }
  if (type === undefined) return { resource: null, subject: null };
  const faults: Fault[] = [];
  const resource = trusted(named.resource, type.trusted.resource, '/resource/properties', faults);
  const subject = trusted(named.subject, type.trusted.subject, '/subject/properties', faults);
  if (faults.length > 0) {
    throw new AppError('validation_failed', 'A property is not as the policy declares it.', { faults });
  }
  return { resource, subject };
}

/** Somebody else than was asked about is on the line: for this question that is nobody whom we know. */
function withoutCaller({ call, contract, delivery, lifeEvents, openObligations, confirmations }: Facts): Facts {
  const caller = { id: null, verifications: [], methods: [] };
  const events = lifeEvents === undefined ? {} : { lifeEvents };
  // So does what is owed in it.
  const owed = openObligations === undefined ? {} : { openObligations };
  // A no that the holder gave in this call holds for whoever is said to be on the line.
  const declined = confirmations.filter(({ answer }) => answer === 'declined');
  return { call, contract, caller, mandates: [], confirmations: declined, delivery, ...events, ...owed };
}

function trusted(
  given: Readonly<Record<string, unknown>>,
  types: ReadonlyMap<string, PropertyType>,
  pointer: string,
  faults: Fault[],
): Properties | null {
  const counted: Record<string, PropertyValue> = {};
  for (const [name, type] of types) {
    if (!Object.hasOwn(given, name)) continue;
    const value = given[name];
    const isText = typeof value === 'string';
    if (typeof value !== type)
      faults.push({ pointer: `${pointer}/${name}`, detail: `Give a ${type}, or leave it out.` });
    else if (isText && (value.length > LONGEST_TEXT || /[\p{Cc}\p{Cf}\p{Cs}]/u.test(value))) {
      const detail = `Give at most ${LONGEST_TEXT} characters, none of them invisible.`;
      faults.push({ pointer: `${pointer}/${name}`, detail });
    } else counted[name] = value as PropertyValue;
  }
  return Object.keys(counted).length === 0 ? null : counted;
}
