import { CONTRACT, type PropertyType, type Scope } from '../policy/policy.ts';
import { REASON_CATEGORY } from '../policy/reasons.ts';
import { LANGUAGES, REASONS, RECORDING_PURPOSES, type Channel, type Level, type Texts } from '../policy/vocabulary.ts';
import { reachableCallerStrength } from '../policy/strength.ts';
import { VERIFICATION_METHODS } from '../policy/vocabulary.ts';
import { compileCondition, type ConditionScope, type ReadableProperty } from './condition.ts';
import { entries, member, members } from './policy-document.ts';
import { compileSentence } from './sentence.ts';
import type { DocumentFault, Path, YamlDocument } from './yaml-document.ts';

type Report = YamlDocument['fault'];

/** Apps of others, where nothing is asked or given that identifies somebody: not by choice of this organisation. */
const MESSAGING_APPS: ReadonlySet<unknown> = new Set<Channel>(['whatsapp', 'social']);

/** What can be reached at all: no policy may ask for more, or its action could never be done. */
const STRONGEST_CONFIRMATION: Level = 3;
const EVERYTHING = { verifications: [], methods: VERIFICATION_METHODS, signInLevel: 4 } as const;
const STRONGEST_CALLER = reachableCallerStrength(EVERYTHING, 0);

const PRIVACY_WORDS = /privacy|\bAVG\b|\bGDPR\b/i;

/** Everything that a schema can't say, over a document that may have other mistakes. */
export function checkMeaning(value: unknown, published: readonly Scope[], report: Report): DocumentFault[] {
  return [
    ...checkChannels(value, report),
    ...checkAgents(value, report),
    ...checkScopes(value, published, report),
    ...members(member(value, 'actions')).flatMap(([name, action]) => [
      ...checkPlace(value, name, action, report),
      ...checkLevels(name, action, report),
      ...checkProperties(name, action, report),
      ...checkRecording(name, action, report),
      ...checkCondition(value, name, action, report),
      ...checkObligations(name, action, report),
      ...checkDelivery(value, name, action, report),
    ]),
    ...checkResourceTypes(value, report),
    ...checkRepresentations(value, report),
    ...checkSentences(value, report),
    ...checkOwingSentence(value, report),
  ];
}

/** A no is to a purpose: without one in every request there would be nothing to compare it with. */
function checkRecording(name: string, action: unknown, report: Report): DocumentFault[] {
  const purpose = member(member(action, 'properties'), 'purpose');
  const isNamed = member(purpose, 'type') === 'string' && member(purpose, 'required') === true;
  if (member(action, 'recording') !== true || isNamed) return [];
  const hint = `Add the property purpose, a required string: ${RECORDING_PURPOSES.join(' or ')}.`;
  return [report(['actions', name, 'recording'], 'value', 'A recording has to say for what it is made.', hint)];
}

/** Names are told once, so that a misspelt one is seen: a flag that nobody can have would exclude nobody. */
function checkAgents(value: unknown, report: Report): DocumentFault[] {
  const rules: readonly (readonly [Path, unknown])[] = [
    ...members(member(value, 'channels')).map(([name, rule]) => [['channels', name], rule] as const),
    ...members(member(value, 'actions')).map(([name, action]) => [['actions', name], action] as const),
  ];
  const words = [
    { part: 'skills', among: 'skills' },
    { part: 'attestations', among: 'attestations' },
    { part: 'not_flagged', among: 'flags' },
  ];
  return rules.flatMap(([path, rule]) =>
    words.flatMap(({ part, among }) => {
      const known = entries(member(member(value, 'agents'), among));
      return entries(member(member(rule, 'agent'), part)).flatMap((word, at) => {
        if (typeof word !== 'string' || known.includes(word)) return [];
        const hint = `Add it under agents, ${among}; now there: ${known.join(', ') || 'none'}.`;
        return [report([...path, 'agent', part, String(at)], 'value', `No agent can have "${word}".`, hint)];
      });
    }),
  );
}

function checkChannels(value: unknown, report: Report): DocumentFault[] {
  const channels = member(value, 'channels');
  return members(channels).flatMap(([name, rule]) => {
    const path = ['channels', name];
    const alternatives = entries(member(rule, 'alternatives'));
    const faults = alternatives.flatMap((alternative, index) => {
      const accepts =
        typeof alternative === 'string' ? member(member(channels, alternative), 'accepts_proxies') : undefined;
      const place = [...path, 'alternatives', String(index)];
      if (alternative === name) {
        return [report(place, 'value', 'A channel is no alternative to itself.', 'Name another channel.')];
      }
      return accepts === false
        ? [report(place, 'value', `"${String(alternative)}" accepts no proxies.`, 'Name a channel that does.')]
        : [];
    });
    if (member(rule, 'accepts_proxies') === false && alternatives.length === 0) {
      const hint = 'Add alternatives: a refusal always names a way that works.';
      faults.push(report(path, 'key', `"${name}" refuses proxies and offers them nothing instead.`, hint));
    }
    return faults;
  });
}

function checkScopes(value: unknown, published: readonly Scope[], report: Report): DocumentFault[] {
  const used = new Set(members(member(value, 'actions')).map(([, action]) => member(action, 'scope')));
  return members(member(value, 'scopes')).flatMap(([name, scope]) => {
    const faults: DocumentFault[] = [];
    if (!used.has(name)) {
      faults.push(report(['scopes', name], 'key', `No action stands in the scope "${name}".`, 'Use it or remove it.'));
    }
    const earlier = published.find((one) => one.name === name && one.version === member(scope, 'version'));
    if (earlier !== undefined && !isSameScope(earlier, scope)) {
      const message = `Version ${earlier.version} of the scope "${name}" was published with other words.`;
      const hint = 'Holders agreed to those words: give the new ones a higher version.';
      faults.push(report(['scopes', name, 'version'], 'value', message, hint));
    }
    return faults;
  });
}

function isSameScope(scope: Scope, draft: unknown): boolean {
  const isSame = (texts: Texts, other: unknown): boolean =>
    LANGUAGES.every((language) => texts[language] === member(other, language));
  return (
    isSame(scope.title, member(draft, 'title')) &&
    isSame(scope.text, member(draft, 'text')) &&
    isSame(scope.excludes, member(draft, 'never_includes')) &&
    (scope.mayBePassedOn || member(draft, 'may_be_passed_on') === false)
  );
}

function checkPlace(value: unknown, name: string, action: unknown, report: Report): DocumentFault[] {
  const faults: DocumentFault[] = [];
  const path = ['actions', name];
  const scope = member(action, 'scope');
  const scopes = members(member(value, 'scopes')).map(([known]) => known);
  if (typeof scope === 'string' && !scopes.includes(scope)) {
    faults.push(
      report([...path, 'scope'], 'value', `There is no scope "${scope}".`, `Known are: ${scopes.join(', ')}.`),
    );
  }
  const channels = entries(member(action, 'channels'));
  if (member(action, 'sensitive') === true) {
    channels.forEach((channel, index) => {
      if (!MESSAGING_APPS.has(channel)) return;
      const message = `Something sensitive is never asked or given on ${String(channel)}.`;
      faults.push(report([...path, 'channels', String(index)], 'value', message, 'Remove this channel.'));
    });
  }
  const servesProxies = channels.some(
    (channel) =>
      typeof channel === 'string' && member(member(member(value, 'channels'), channel), 'accepts_proxies') !== false,
  );
  if (channels.length > 0 && !servesProxies && !isNever(action)) {
    const hint = 'Add a channel that accepts proxies, or write proxy: never.';
    faults.push(report([...path, 'channels'], 'value', 'None of these channels accepts proxies.', hint));
  }
  return faults;
}

function isNever(action: unknown): boolean {
  return member(action, 'proxy') === 'never';
}

function checkLevels(name: string, action: unknown, report: Report): DocumentFault[] {
  const faults: DocumentFault[] = [];
  const level = (part: string, axis: string): number => {
    const found = member(member(action, part), axis);
    return typeof found === 'number' ? found : 0;
  };
  const add = (part: string, axis: string, message: string, hint: string): void => {
    faults.push(report(['actions', name, part, axis], 'value', message, hint));
  };
  for (const part of ['proxy', 'holder']) {
    if (level(part, 'caller') > STRONGEST_CALLER) {
      const hint = `Callers reach ${STRONGEST_CALLER} at most: a code and an authenticator app.`;
      add(part, 'caller', 'No caller can be identified this well.', hint);
    }
    if (level(part, 'confirmation') > STRONGEST_CONFIRMATION) {
      const hint = `Holders reach ${STRONGEST_CONFIRMATION} at most: in a session of their own. A code reaches 2.`;
      add(part, 'confirmation', 'No holder can confirm this strongly.', hint);
    }
  }
  if (level('proxy', 'mandate') > 0 && level('proxy', 'caller') === 0) {
    const hint = 'Ask at least 1: else everybody who says to be the proxy is.';
    add('proxy', 'caller', 'A mandate is worth nothing without a recognised caller.', hint);
  }
  const holder = member(member(action, 'holder'), 'caller');
  if (typeof holder === 'number' && holder < level('proxy', 'caller')) {
    const hint = `Ask at least ${level('proxy', 'caller')}, as of a proxy.`;
    add('holder', 'caller', 'It would be enough to say that one is the holder.', hint);
  }
  if (holder === 0 && isNever(action)) {
    add('holder', 'caller', 'Only the holder may, and everybody may say to be the holder.', 'Ask at least 1.');
  }
  return faults;
}

function checkProperties(name: string, action: unknown, report: Report): DocumentFault[] {
  return members(member(action, 'properties')).flatMap(([property, rule]) => {
    const path = ['actions', name, 'properties', property];
    const type = member(rule, 'type');
    const faults: DocumentFault[] = [];
    const add = (part: string, message: string, hint: string): void => {
      if (member(rule, part) !== undefined) faults.push(report([...path, part], 'key', message, hint));
    };
    if (type !== 'number') {
      add('minimum', 'Only a number has a minimum.', 'Remove it, or make the type number.');
      add('maximum', 'Only a number has a maximum.', 'Remove it, or make the type number.');
    }
    if (type !== 'string') add('max_length', 'Only a string has a length.', 'Remove it, or make the type string.');
    const [minimum, maximum] = [member(rule, 'minimum'), member(rule, 'maximum')];
    if (typeof minimum === 'number' && typeof maximum === 'number' && minimum > maximum) {
      faults.push(report([...path, 'minimum'], 'value', 'The minimum is above the maximum.', `At most ${maximum}.`));
    }
    return faults;
  });
}

function checkCondition(value: unknown, name: string, action: unknown, report: Report): DocumentFault[] {
  const source = member(action, 'condition');
  if (typeof source !== 'string') return [];
  const compiled = compileCondition(source, conditionScope(value, action));
  if ('evaluate' in compiled) return [];
  return compiled.map(({ offset, message, hint }) =>
    report(['actions', name, 'condition'], 'value', message, hint, offset),
  );
}

/** What the condition of this action may read. */
export function conditionScope(value: unknown, action: unknown): ConditionScope {
  const contract = declaredTypes(value, 'contract_properties');
  const person = declaredTypes(value, 'person_properties');
  const own = new Map<string, ReadableProperty>();
  for (const [property, rule] of members(member(action, 'properties'))) {
    const type = member(rule, 'type');
    if (!isPropertyType(type)) continue;
    own.set(property, {
      type,
      isRequired: member(rule, 'required') === true,
      isPersonal: member(rule, 'personal') === true,
    });
  }
  return { action: own, contract, person };
}

function declaredTypes(value: unknown, part: string): ReadonlyMap<string, PropertyType> {
  const declared = new Map<string, PropertyType>();
  for (const [property, type] of members(member(value, part))) if (isPropertyType(type)) declared.set(property, type);
  return declared;
}

function isPropertyType(type: unknown): type is PropertyType {
  return type === 'string' || type === 'number' || type === 'boolean';
}

function checkObligations(name: string, action: unknown, report: Report): DocumentFault[] {
  const seen = new Set<unknown>();
  return entries(member(action, 'obligations')).flatMap((obligation, index) => {
    const path = ['actions', name, 'obligations', String(index)];
    const type = member(obligation, 'type');
    const text = member(obligation, 'text');
    const faults: DocumentFault[] = [];
    if (seen.has(type)) {
      faults.push(report(path, 'value', `The obligation "${String(type)}" stands here twice.`, 'Keep one of the two.'));
    }
    seen.add(type);
    if (type === 'announce' && text === undefined) {
      faults.push(report(path, 'value', 'There is nothing to announce.', 'Add text: the sentence to say, nl and en.'));
    }
    if (type !== 'announce' && text !== undefined) {
      faults.push(report([...path, 'text'], 'key', 'Only announce has a text.', 'Remove it.'));
    }
    if (type === 'notify_holder' && member(obligation, 'receipt_required') === true) {
      const message = 'The notice is sent by the service itself: nobody else can report it done.';
      faults.push(report([...path, 'receipt_required'], 'value', message, 'Remove it.'));
    }
    return faults;
  });
}

function checkDelivery(value: unknown, name: string, action: unknown, report: Report): DocumentFault[] {
  const faults: DocumentFault[] = [];
  const path: Path = ['actions', name];
  const types = entries(member(action, 'obligations')).map((obligation) => member(obligation, 'type'));
  const hasDelivery = member(action, 'safe_delivery') !== undefined;
  const delivery = [...path, 'safe_delivery'];
  if (hasDelivery && !types.includes('deliver_to_record')) {
    const hint = 'Add the obligation deliver_to_record.';
    faults.push(report(delivery, 'key', 'Safe delivery goes to the address of record, and nothing says so.', hint));
  }
  if (hasDelivery && !types.includes('notify_holder')) {
    const hint = 'Add the obligation notify_holder.';
    faults.push(report(delivery, 'key', 'The holder is told of every safe delivery, and nothing says so.', hint));
  }
  if (!hasDelivery && types.includes('deliver_to_record')) {
    const place = [...path, 'obligations', String(types.indexOf('deliver_to_record'))];
    const hint = 'Add safe_delivery with its cap, or remove the obligation.';
    faults.push(
      report(place, 'value', 'Only an action with safe delivery is delivered to the address of record.', hint),
    );
  }
  const alternative = member(action, 'safe_alternative');
  if (typeof alternative === 'string') {
    const other = member(member(value, 'actions'), alternative);
    if (member(other, 'safe_delivery') === undefined || member(other, 'scope') !== member(action, 'scope')) {
      const message = `"${alternative}" is no action of this scope with safe delivery.`;
      faults.push(report([...path, 'safe_alternative'], 'value', message, 'Name one that is, or remove this.'));
    }
  }
  return faults;
}

function checkResourceTypes(value: unknown, report: Report): DocumentFault[] {
  const types = members(member(value, 'resource_types'));
  const known = [CONTRACT, ...types.map(([name]) => name)];
  const actions = members(member(value, 'actions')).flatMap(([name, action]) => {
    const type = member(action, 'resource_type');
    if (typeof type !== 'string' || known.includes(type)) return [];
    const path = ['actions', name, 'resource_type'];
    return [report(path, 'value', `There is no resource type "${type}".`, `Known are: ${known.join(', ')}.`)];
  });
  const trusted = types.flatMap(([name, type]) =>
    [
      { of: 'resource', part: 'contract_properties' },
      { of: 'subject', part: 'person_properties' },
    ].flatMap(({ of, part }) => {
      const declared = declaredTypes(value, part);
      return entries(member(member(type, 'trusted_properties'), of)).flatMap((property, at) => {
        if (typeof property !== 'string' || declared.has(property)) return [];
        const path = ['resource_types', name, 'trusted_properties', of, String(at)];
        const hint = `Declare it under ${part}; now there: ${[...declared.keys()].join(', ') || 'none'}.`;
        return [report(path, 'value', `"${property}" is trusted and not declared.`, hint)];
      });
    }),
  );
  return [...actions, ...trusted];
}

function checkRepresentations(value: unknown, report: Report): DocumentFault[] {
  const known = members(member(value, 'scopes')).map(([name]) => name);
  return members(member(value, 'representations')).flatMap(([kind, scopes]) =>
    entries(scopes).flatMap((scope, at) => {
      if (typeof scope !== 'string' || known.includes(scope)) return [];
      const hint = `Known are: ${known.join(', ')}.`;
      return [report(['representations', kind, String(at)], 'value', `There is no scope "${scope}".`, hint)];
    }),
  );
}

function checkSentences(value: unknown, report: Report): DocumentFault[] {
  const sentences = member(value, 'sentences');
  const missing = REASONS.filter((reason) => member(sentences, reason) === undefined).map((reason) =>
    report(['sentences'], 'key', `The reason "${reason}" has no sentence.`, 'Add one in nl and en.'),
  );
  const written = members(sentences).flatMap(([reason, texts]) => checkSentence(reason, texts, report));
  return [...missing, ...written];
}

function checkSentence(name: string, texts: unknown, report: Report): DocumentFault[] {
  const path = ['sentences', name];
  const reason = REASONS.find((known) => known === name);
  if (reason === undefined) {
    return [report(path, 'key', `There is no reason "${name}".`, `Known are: ${REASONS.join(', ')}.`)];
  }
  const isNameless = reason === 'unknown_action' ? 'An unknown action has no title to name.' : null;
  return checkTexts(path, texts, REASON_CATEGORY[reason] === 'privacy', isNameless, report);
}

function checkOwingSentence(value: unknown, report: Report): DocumentFault[] {
  const texts = member(value, 'owing_sentence');
  return checkTexts(['owing_sentence'], texts, false, 'This sentence is the same for every action.', report);
}

/** @param isNameless why the sentence can't name the action; null = it can */
function checkTexts(
  path: Path,
  texts: unknown,
  isAboutPrivacy: boolean,
  isNameless: string | null,
  report: Report,
): DocumentFault[] {
  return LANGUAGES.flatMap((language) => {
    const text = member(texts, language);
    if (typeof text !== 'string') return [];
    const place = [...path, language];
    const faults: DocumentFault[] = [];
    const privacy = text.search(PRIVACY_WORDS);
    if (privacy !== -1 && !isAboutPrivacy) {
      const message = 'This refusal is not about privacy, so it must not say so.';
      faults.push(report(place, 'value', message, 'Say the true reason.', privacy));
    }
    const compiled = compileSentence(text, language);
    if (!('render' in compiled)) {
      faults.push(...compiled.map(({ offset, message, hint }) => report(place, 'value', message, hint, offset)));
    } else if (isNameless !== null && compiled.namesAction) {
      const hint = 'Leave {action} out of this sentence.';
      faults.push(report(place, 'value', isNameless, hint, text.indexOf('{action}')));
    }
    return faults;
  });
}
