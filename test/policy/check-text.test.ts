import { describe, expect, it } from '@jest/globals';
import { CheckResponse } from '../../src/calls/calls.dto.ts';
import { checkText } from '../../src/calls/check-text.ts';
import type { Check } from '../../src/calls/checks.service.ts';
import { asciiJson } from '../../src/http/ascii-json.ts';
import { compilePolicy } from '../../src/policy-documents/compile-policy.ts';
import { decide } from '../../src/policy/decide.ts';
import { LANGUAGES } from '../../src/policy/vocabulary.ts';
import { NOW } from '../support/facts.ts';
import { factsOf, questionOf } from './case-facts.ts';
import { readCaseFiles } from './case-format.ts';

describe('the text of an answer', () => {
  it('is to the letter what the answer class says, in every golden case and both languages, again and again', async () => {
    let texts = 0;
    for (const { policy: document, cases } of await readCaseFiles()) {
      const compiled = compilePolicy(document);
      if ('faults' in compiled) throw new Error('a golden policy is wrong');
      for (const one of cases) {
        const facts = factsOf(one, NOW);
        const decisions = one.ask.map((asked) =>
          decide(compiled.policy, facts, questionOf(asked, one.in_general), NOW),
        );
        const check: Check = {
          id: '00000000-0000-4000-8000-000000000001',
          callId: facts.call.id,
          purpose: 'advise',
          policy: compiled.policy,
          language: 'nl',
          decidedAt: NOW,
          decisions,
          isCallerKnown: true,
          executions: texts % 2 === 0 ? {} : { [decisions[0]?.action ?? '']: '00000000-0000-4000-8000-000000000002' },
        };
        for (const language of LANGUAGES) {
          const text = checkText(check, language);
          expect(text).toBe(asciiJson(JSON.stringify(CheckResponse.of(check, language))));
          expect(text).toMatch(/^[\x20-\x7E]*$/);
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(CheckResponse.of(check, language))));
          texts += 1;
        }
      }
    }
    expect(texts).toBeGreaterThan(200);
  });

  it('escapes the name of an action that nobody has heard of', async () => {
    const [file] = await readCaseFiles();
    const compiled = compilePolicy(file?.policy ?? '');
    if ('faults' in compiled) throw new Error('a golden policy is wrong');
    const [one] = file?.cases ?? [];
    const facts = factsOf(one!, NOW);
    const action = 'a."b\\\n</script>';
    const decision = { ...decide(compiled.policy, facts, { action: 'no.such', properties: {} }, NOW), action };
    const check: Check = {
      id: 'x',
      callId: facts.call.id,
      purpose: 'advise',
      policy: compiled.policy,
      language: 'en',
      decidedAt: NOW,
      decisions: [decision],
      isCallerKnown: true,
      executions: {},
    };
    expect(checkText(check, 'en')).toBe(asciiJson(JSON.stringify(CheckResponse.of(check, 'en'))));
  });
});
