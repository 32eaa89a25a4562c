import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readAssertions, runAssertion, type Assertion } from '../../src/policy-documents/assertions.ts';
import { checkPolicyFile } from '../../src/policy-documents/check-policy-file.ts';
import { compilePolicy } from '../../src/policy-documents/compile-policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { CHANNELS, LANGUAGES, REASONS } from '../../src/policy/vocabulary.ts';

const FILE = 'policies/telecom.yaml';
const ASSERTIONS = readFileSync('policies/telecom.assertions.yaml', 'utf8');
const policy = compiled(readFileSync(FILE, 'utf8'));
const assertions = read(ASSERTIONS);

function compiled(text: string): Policy {
  const result = compilePolicy(text);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults, null, 2));
  return result.policy;
}

function read(text: string, about = policy): readonly Assertion[] {
  const result = readAssertions(text, about);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults, null, 2));
  return result.assertions;
}

describe('the telecom policy', () => {
  it.each(assertions.map((assertion) => [assertion.name, assertion] as const))('holds: %s', (_, assertion) => {
    expect(runAssertion(policy, assertion)).toEqual([]);
  });

  it('is asserted for every action, so that no action is added without saying what it should do', () => {
    const asserted = new Set(assertions.flatMap(({ expect: wanted }) => [...wanted.keys()]));
    expect([...policy.actions.keys()].filter((name) => !asserted.has(name))).toEqual([]);
  });

  it('has at least 30 actions in its 9 scopes', () => {
    expect(policy.actions.size).toBeGreaterThanOrEqual(30);
    expect([...policy.scopes.keys()]).toEqual([
      'billing',
      'appointments',
      'faults',
      'subscription',
      'sim_and_number',
      'personal_data',
      'mailbox_support',
      'complaints',
      'bereavement',
    ]);
  });

  it('has a sentence in both languages for every reason and action, with nothing left to fill in', () => {
    for (const reason of REASONS) {
      for (const language of LANGUAGES) {
        for (const action of [...policy.actions.keys(), 'not.known']) {
          expect(policy.sentence(reason, action, language)).toMatch(/^[^{}]+[.]$/);
        }
      }
    }
  });

  it('names the action in the sentence, in the language of the caller', () => {
    expect(policy.sentence('no_mandate', 'invoice.explain', 'nl')).toContain('“Een factuur uitleggen”');
    expect(policy.sentence('no_mandate', 'invoice.explain', 'en')).toContain('“Explain a bill”');
    expect(policy.sentence('no_mandate', 'not.known', 'en')).toContain('“this”');
  });

  it('offers nothing about a person where everybody reads along', () => {
    const inPublic = [...policy.actions.values()].filter(({ channels }) => channels.includes('social'));
    expect(inPublic.map(({ name }) => name)).toEqual(['fault.outage']);
  });

  it('never lets anything of high impact pass without the holder being told', () => {
    for (const action of policy.actions.values()) {
      if (action.isHighImpact) expect(action.obligations.map(({ type }) => type)).toContain('notify_holder');
    }
  });

  it('knows every channel', () => {
    expect([...policy.channels.keys()]).toEqual(CHANNELS);
  });
});

describe('assertions', () => {
  it('find a policy that became looser, and point at the expectation', () => {
    const text = readFileSync(FILE, 'utf8');
    const looser = compiled(text.replace('action.properties.amount <= 50', 'action.properties.amount <= 500'));
    const faults = read(ASSERTIONS, looser).flatMap((assertion) => runAssertion(looser, assertion));
    expect(faults.map(({ message }) => message)).toEqual([
      'goodwill.credit: the outcome should be "deny" and is "permit".',
      'goodwill.credit: the reason should be "condition_failed" and is "permitted".',
    ]);
    const line = ASSERTIONS.split('\n')[(faults[0]?.line ?? 0) - 1];
    expect(line).toContain('goodwill.credit: { properties: { amount: 50.01 }');
    expect(faults[0]?.column).toBe(7);
  });

  it.each([
    ['an unknown action', 'expect: { invoice.nope: permit }', 4, 15, 'The policy has no action "invoice.nope".'],
    ['an unknown outcome', 'expect: { invoice.copy: perhaps }', 4, 29, 'This value is not in the list.'],
    [
      'an unknown reason',
      'expect: { invoice.copy: { outcome: deny, reason: because } }',
      4,
      54,
      'There is no reason "because".',
    ],
    [
      'an unknown scope',
      'given: { mandate: { scopes: [nope] } }\n    expect: { invoice.copy: deny }',
      4,
      34,
      'The policy has no scope "nope".',
    ],
    [
      'an unknown skill',
      'given: { agent_skills: [nope] }\n    expect: { invoice.copy: deny }',
      4,
      29,
      'The policy knows no "nope" of agents.',
    ],
    ['nothing expected', 'given: {}', 3, 5, '"expect" is missing.'],
    [
      'an unknown member',
      'given: { chanel: phone }\n    expect: { invoice.copy: deny }',
      4,
      14,
      '"chanel" is not known here.',
    ],
  ])('that hold %s are refused with the place', (_, member, line, column, message) => {
    const text = `format: 1\nassertions:\n  - name: x\n    ${member}\n`;
    const result = readAssertions(text, policy);
    expect('faults' in result ? result.faults : []).toEqual([expect.objectContaining({ line, column, message })]);
  });

  it('that lie beside a policy file run with its check', async () => {
    const check = await checkPolicyFile(FILE);
    expect(check.hash).toBe(policy.hash);
    expect(check.files).toEqual([
      { file: FILE, faults: [] },
      { file: 'policies/telecom.assertions.yaml', faults: [] },
    ]);
    expect(check.compared).toBeGreaterThanOrEqual(60);
  });
});
