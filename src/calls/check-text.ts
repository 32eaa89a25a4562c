import { asciiJson } from '../http/ascii-json.ts';
import type { Decision, Levels, NextStep } from '../policy/decision.ts';
import type { Policy } from '../policy/policy.ts';
import type { Language } from '../policy/vocabulary.ts';
import { obligationResponse, requiredProperties } from './calls.dto.ts';
import { type Check, decisionId } from './checks.service.ts';

/** Pieces of JSON that come again in every answer of one policy in one language. */
type Pieces = Map<string, string>;

const piecesOf = new WeakMap<Policy, Record<Language, Pieces>>();

/**
 * The JSON of `CheckResponse.of` (a test compares them), for the hot route: what a policy says is put into JSON once. It
 * keeps words, never decisions. In ASCII, see `asciiJson`.
 */
export function checkText(check: Check, language: Language): string {
  const pieces = piecesIn(check.policy, language);
  let validUntil = Number.NaN;
  let validUntilText = '';
  const decisions = check.decisions.map((decision, index) => {
    // Most of them are valid equally long.
    if (decision.validUntil !== validUntil) {
      ({ validUntil } = decision);
      validUntilText = new Date(validUntil).toISOString();
    }
    return decisionText(check, decision, index, language, pieces, validUntilText);
  });
  const { id, callId, purpose, policy } = check;
  const decidedAt = new Date(check.decidedAt).toISOString();
  return `{"id":"${id}","call_id":"${callId}","purpose":"${purpose}","policy":"${policy.hash}","decided_at":"${decidedAt}","language":"${language}","decisions":[${decisions.join(',')}]}`;
}

function decisionText(
  check: Check,
  decision: Decision,
  index: number,
  language: Language,
  pieces: Pieces,
  validUntil: string,
): string {
  const { action, outcome, reason, category, authority, nextSteps, obligations } = decision;
  const { policy } = check;
  // Somebody may ask for actions that nobody has heard of, and each once: nothing of those is kept.
  const kept = policy.actions.has(action) ? pieces : new Map<string, string>();
  const said = pieceOf(
    kept,
    `${outcome} ${reason} ${action}`,
    () =>
      `"action":${textOf(action)},"title":${textOf(policy.actions.get(action)?.title[language] ?? action)},"outcome":"${outcome}","reason":"${reason}","category":"${category}","sentence":${textOf(policy.sentence(reason, action, language))}`,
  );
  const properties = pieceOf(kept, action, () => textOf(requiredProperties(policy, action)));
  const mandateIds = authority.kind === 'mandate' ? authority.mandates.map(({ id }) => `"${id}"`).join(',') : '';
  const executionId = check.executions[action];
  const execution = executionId === undefined ? '' : `,"execution_id":"${executionId}"`;
  return `{"id":"${decisionId(check.id, index)}",${said},"next_steps":${nextStepsText(nextSteps)},"had":${levelsText(decision.had)},"required":${levelsText(decision.required)},"authority":{"kind":"${authority.kind}","mandate_ids":[${mandateIds}]},"required_properties":${properties},"obligations":${obligationsText(obligations, language)},"valid_until":"${validUntil}"${execution}}`;
}

function nextStepsText(steps: readonly NextStep[]): string {
  return `[${steps.map(nextStepText).join(',')}]`;
}

/** The words in a step are codes of ours: there is nothing to escape. */
function nextStepText({ type, channels, methods, holders }: NextStep): string {
  const more = [
    channels === undefined ? '' : `,"channels":${codesText(channels)}`,
    methods === undefined ? '' : `,"methods":${codesText(methods)}`,
    holders === undefined ? '' : `,"holders":${holders.length}`,
  ];
  return `{"type":"${type}"${more.join('')}}`;
}

function codesText(codes: readonly string[]): string {
  return codes.length === 0 ? '[]' : `["${codes.join('","')}"]`;
}

function obligationsText(obligations: Decision['obligations'], language: Language): string {
  return obligations.length === 0 ? '[]' : textOf(obligations.map((one) => obligationResponse(one, language)));
}

function textOf(value: unknown): string {
  return asciiJson(JSON.stringify(value));
}

function levelsText({ mandate, caller, confirmation }: Levels): string {
  return `{"mandate":${mandate},"caller":${caller},"confirmation":${confirmation}}`;
}

function piecesIn(policy: Policy, language: Language): Pieces {
  const known = piecesOf.get(policy) ?? { nl: new Map(), en: new Map() };
  piecesOf.set(policy, known);
  return known[language];
}

function pieceOf(pieces: Pieces, name: string, make: () => string): string {
  const known = pieces.get(name);
  if (known !== undefined) return known;
  const made = make();
  pieces.set(name, made);
  return made;
}
