import { asciiJson } from '../http/ascii-json.ts';
import type { Decision, Levels, NextStep } from '../policy/decision.ts';
import { obligationId } from '../policy/obligations.ts';
import type { ObligationRule, Policy } from '../policy/policy.ts';
import { REASON_CATEGORY } from '../policy/reasons.ts';
import type { Language, Reason } from '../policy/vocabulary.ts';
import { isOwing, obligationResponse, requiredProperties } from './calls.dto.ts';
import { decisionId } from './check-record.ts';
import type { Check } from './checks.service.ts';

/** What a policy says in one language, as pieces of JSON that come again in every answer. */
interface Words {
  readonly actions: Map<string, ActionWords>;
  readonly obligations: WeakMap<ObligationRule, string>;
}

interface ActionWords {
  readonly name: string;
  readonly properties: string;
  readonly reasons: Map<Reason, string>;
}

const wordsOf = new WeakMap<Policy, Record<Language, Words>>();

/**
 * The JSON of `CheckResponse.of` (a test compares them), for the hot route: what a policy says is put into JSON once. It
 * keeps words, never decisions. In ASCII, see `asciiJson`.
 */
export function checkText(check: Check, language: Language): string {
  const { id, callId, purpose, policy } = check;
  const words = wordsIn(policy, language);
  const decidedAt = new Date(check.decidedAt).toISOString();
  let text = `{"id":"${id}","call_id":"${callId}","purpose":"${purpose}","policy":"${policy.hash}","decided_at":"${decidedAt}","language":"${language}","decisions":[`;
  let validUntil = Number.NaN;
  let validUntilText = '';
  for (const [index, decision] of check.decisions.entries()) {
    // Most of them are valid equally long.
    if (decision.validUntil !== validUntil) {
      ({ validUntil } = decision);
      validUntilText = new Date(validUntil).toISOString();
    }
    if (index > 0) text += ',';
    text += decisionText(check, decision, index, language, words, validUntilText);
  }
  return `${text}]}`;
}

function decisionText(
  check: Check,
  decision: Decision,
  index: number,
  language: Language,
  words: Words,
  validUntil: string,
): string {
  const { action, outcome, reason, authority } = decision;
  const said = actionWords(words, check.policy, action, language);
  const because = isOwing(decision.nextSteps)
    ? reasonText(reason, check.policy.owingSentence[language])
    : reasonWords(said, check.policy, reason, action, language);
  const mandateIds = 'mandates' in authority ? authority.mandates.map(({ id }) => `"${id}"`).join(',') : '';
  const byLaw =
    'representations' in authority ? `,"representation_ids":["${authority.representations.join('","')}"]` : '';
  const executionId = check.executions[action];
  const owed = executionId === undefined ? null : decisionId(check.id, index);
  const execution = executionId === undefined ? '' : `,"execution_id":"${executionId}"`;
  return `{"id":"${decisionId(check.id, index)}",${said.name},"outcome":"${outcome}",${because},"next_steps":${nextStepsText(decision.nextSteps)},"had":${levelsText(decision.had)},"required":${levelsText(decision.required)},"authority":{"kind":"${authority.kind}","mandate_ids":[${mandateIds}]${byLaw}},"required_properties":${said.properties},"obligations":${obligationsText(decision.obligations, owed, words, language)},"valid_until":"${validUntil}"${execution}}`;
}

function actionWords({ actions }: Words, policy: Policy, action: string, language: Language): ActionWords {
  const known = actions.get(action);
  if (known !== undefined) return known;
  const rule = policy.actions.get(action);
  const made: ActionWords = {
    name: `"action":${textOf(action)},"title":${textOf(rule?.title[language] ?? action)}`,
    properties: textOf(requiredProperties(policy, action)),
    reasons: new Map(),
  };
  // Somebody may ask for actions that nobody has heard of, and each once: nothing of those is kept.
  if (rule !== undefined) actions.set(action, made);
  return made;
}

function reasonWords(
  { reasons }: ActionWords,
  policy: Policy,
  reason: Reason,
  action: string,
  language: Language,
): string {
  const known = reasons.get(reason);
  if (known !== undefined) return known;
  const made = reasonText(reason, policy.sentence(reason, action, language));
  reasons.set(reason, made);
  return made;
}

function reasonText(reason: Reason, sentence: string): string {
  return `"reason":"${reason}","category":"${REASON_CATEGORY[reason]}","sentence":${textOf(sentence)}`;
}

function nextStepsText(steps: readonly NextStep[]): string {
  const [first, ...others] = steps;
  if (first === undefined) return '[]';
  let text = `[${nextStepText(first)}`;
  for (const step of others) text += `,${nextStepText(step)}`;
  return `${text}]`;
}

/** The words in a step are codes of ours: there is nothing to escape. */
function nextStepText({ type, channels, methods, holders, obligations }: NextStep): string {
  let text = `{"type":"${type}"`;
  if (channels !== undefined) text += `,"channels":${codesText(channels)}`;
  if (methods !== undefined) text += `,"methods":${codesText(methods)}`;
  if (holders !== undefined) text += `,"holders":${holders.length}`;
  if (obligations !== undefined) {
    text += `,"obligations":[${obligations.map((one) => `{"id":"${one.id}","type":"${one.type}"}`).join(',')}]`;
  }
  return `${text}}`;
}

function codesText(codes: readonly string[]): string {
  return codes.length === 0 ? '[]' : `["${codes.join('","')}"]`;
}

/** @param owed the decision on which something was done, so that receipts can be given; null = nothing was */
function obligationsText(
  obligations: readonly ObligationRule[],
  owed: string | null,
  words: Words,
  language: Language,
): string {
  if (owed !== null) {
    return textOf(obligations.map((one, place) => obligationResponse(one, language, obligationId(owed, place))));
  }
  const [first, ...others] = obligations;
  if (first === undefined) return '[]';
  let text = `[${obligationText(first, words, language)}`;
  for (const obligation of others) text += `,${obligationText(obligation, words, language)}`;
  return `${text}]`;
}

function obligationText(obligation: ObligationRule, { obligations }: Words, language: Language): string {
  const known = obligations.get(obligation);
  if (known !== undefined) return known;
  const made = textOf(obligationResponse(obligation, language));
  obligations.set(obligation, made);
  return made;
}

function textOf(value: unknown): string {
  return asciiJson(JSON.stringify(value));
}

/** By the three levels as the digits of one number; five levels have an axis. */
const LEVELS_TEXTS: readonly string[] = Array.from(
  { length: 5 ** 3 },
  (_, place) =>
    `{"mandate":${Math.floor(place / 25)},"caller":${Math.floor(place / 5) % 5},"confirmation":${place % 5}}`,
);

function levelsText({ mandate, caller, confirmation }: Levels): string {
  return LEVELS_TEXTS[mandate * 25 + caller * 5 + confirmation] ?? '';
}

function wordsIn(policy: Policy, language: Language): Words {
  const known = wordsOf.get(policy) ?? { nl: noWords(), en: noWords() };
  wordsOf.set(policy, known);
  return known[language];
}

function noWords(): Words {
  return { actions: new Map(), obligations: new WeakMap() };
}
