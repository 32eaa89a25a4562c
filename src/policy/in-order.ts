import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Facts, Question } from './facts.ts';
import type { Instant } from './ids.ts';
import { owing } from './obligations.ts';
import type { Policy } from './policy.ts';

/**
 * Decides what is to be done in one request: in the order asked, each as if what was permitted before it had been done already.
 * A yes of the holder and the caps of safe delivery are each action's own, and each action is asked once: what carries over from
 * one to the next is what came with its permit.
 *
 * @param decisionIdOf the id of a decision, by its place from 0: what is owed is named by it
 * @param one how one is decided
 */
export function decideInOrder(
  policy: Policy,
  facts: Facts,
  questions: readonly Question[],
  now: Instant,
  decisionIdOf: (place: number) => string,
  one: typeof decide = decide,
): readonly Decision[] {
  let known = facts;
  return questions.map((question, place) => {
    const decision = one(policy, known, question, now);
    const scope = policy.actions.get(question.action)?.scope;
    // Nothing comes with what is no permit.
    if (scope !== undefined) known = owing(known, decision, scope, decisionIdOf(place));
    return decision;
  });
}
