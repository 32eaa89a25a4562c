import { describe, expect, it } from '@jest/globals';
import { compilePolicy } from '../../src/policy-documents/compile-policy.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { NOW } from '../support/facts.ts';
import { factsOf, questionOf } from './case-facts.ts';
import { readCaseFiles } from './case-format.ts';
import { seenOf } from './case-runner.ts';

const FILES = await readCaseFiles();

function compile(document: string): Policy {
  const result = compilePolicy(document);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.policy;
}

describe('the golden cases', () => {
  it('are at least 130, each with a name of its own', () => {
    const names = FILES.flatMap(({ cases }) => cases.map(({ name }) => name));
    expect(names.length).toBeGreaterThanOrEqual(130);
    expect(new Set(names).size).toBe(names.length);
  });

  describe.each(FILES)('about $theme', ({ policy: document, cases }) => {
    const policy = compile(document);

    it.each(cases)('$name', (one) => {
      const facts = factsOf(one, NOW);
      const decisions = one.ask.map((asked) => decide(policy, facts, questionOf(asked, one.in_general), NOW));
      expect(decisions.map((decision, at) => seenOf(decision, one.want[at]!, NOW))).toEqual(one.want);
    });
  });
});
