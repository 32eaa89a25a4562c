import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSamePerson } from '../../src/policy/ids.ts';
import { REASON_CATEGORY } from '../../src/policy/reasons.ts';
import {
  callerStrength,
  highest,
  isBoundToOtherCall,
  lowest,
  mandateStrength,
  monthsAfter,
  reachableCallerStrength,
  routeLevel,
  yesLevel,
} from '../../src/policy/strength.ts';
import {
  CATEGORIES,
  CODE_ROUTES,
  EVIDENCE_FORMS,
  type Level,
  LEVELS,
  REASONS,
  VERIFICATION_METHODS,
} from '../../src/policy/vocabulary.ts';
import { aMandate, anEvidence, aVerification, DAY, id, NOW } from '../support/facts.ts';
import { runs } from '../support/runs.ts';

describe('months after a moment', () => {
  it.each([
    ['2026-01-15T10:30:00.123Z', 1, '2026-02-15T10:30:00.123Z'],
    ['2026-01-31T23:59:59.999Z', 1, '2026-02-28T23:59:59.999Z'],
    ['2027-12-31T00:00:00.000Z', 2, '2028-02-29T00:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', 12, '2029-02-28T12:00:00.000Z'],
    ['2027-02-28T12:00:00.000Z', 12, '2028-02-28T12:00:00.000Z'],
    ['2026-11-30T12:00:00.000Z', 3, '2027-02-28T12:00:00.000Z'],
    ['2026-03-29T00:30:00.000Z', 7, '2026-10-29T00:30:00.000Z'],
    ['2026-08-31T12:00:00.000Z', 1, '2026-09-30T12:00:00.000Z'],
  ])('%s and %i more are %s', (from, months, to) => {
    expect(new Date(monthsAfter(Date.parse(from), months)).toISOString()).toBe(to);
  });

  it('never go back in time, and twelve are at most a leap year', () => {
    const moment = fc.integer({ min: Date.UTC(2000), max: Date.UTC(2100) });
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 12 }), (at, months) => {
        const after = monthsAfter(at, months);
        expect(after).toBeGreaterThanOrEqual(at + months * 28 * DAY);
        expect(after).toBeLessThanOrEqual(at + Math.min(months * 31, 366) * DAY);
      }),
      runs(300),
    );
  });
});

describe('the ceilings that no policy can lift', () => {
  const CEILINGS = { oral: 1, email: 1, letter: 1, code: 2, portal: 3, eid: 4, notarial: 4, court: 4 } as const;
  const matrix = EVIDENCE_FORMS.flatMap((form) => LEVELS.map((session) => [form, session] as const));

  it.each(matrix)('evidence by %s in a session of %i proves the lower of both', (form, sessionStrength) => {
    const mandate = aMandate({ evidence: [anEvidence({ form, sessionStrength })] });
    expect(mandateStrength(mandate, NOW, 12).level).toBe(Math.min(CEILINGS[form], sessionStrength));
  });

  it('an e-mail reaches 1; SMS, voice and letter reach 2', () => {
    expect(CODE_ROUTES.map((route) => [route, routeLevel(route)])).toEqual([
      ['sms', 2],
      ['voice', 2],
      ['email', 1],
      ['letter', 2],
    ]);
  });

  it('a yes in a session of 3 or 4 is worth that, and in a weaker one nothing; without a session, what the road is', () => {
    const worth = LEVELS.map((sessionStrength) => yesLevel({ route: 'email', sessionStrength }));
    expect(worth).toEqual([0, 0, 0, 3, 4]);
    expect(yesLevel({ route: 'email', sessionStrength: null })).toBe(1);
    expect(yesLevel({ route: 'sms', sessionStrength: null })).toBe(2);
    // As recorded before there were such sessions.
    expect(yesLevel({ route: 'sms' } as Parameters<typeof yesLevel>[0])).toBe(2);
  });

  it('a code that took no road identifies nobody', () => {
    expect(callerStrength([aVerification({ route: null })], NOW)).toBe(0);
  });

  it('a support code is worth what its session was, 3 at most, and nothing where an e-mail opened that', () => {
    const level = (sessionStrength?: Level) =>
      callerStrength(
        [
          aVerification({
            method: 'support_code',
            route: null,
            ...(sessionStrength === undefined ? {} : { sessionStrength }),
          }),
        ],
        NOW,
      );
    expect([level(), level(0), level(1), level(2), level(3), level(4)]).toEqual([0, 0, 0, 2, 3, 3]);
  });

  it('a support code adds to no other proof, as it may stand on the same telephone or app', () => {
    const support = aVerification({ method: 'support_code', route: null, sessionStrength: 2 });
    for (const other of [aVerification(), aVerification({ method: 'totp', route: null })]) {
      expect(callerStrength([support, other], NOW)).toBe(2);
    }
  });

  it('who answers at the number of record is identified as by a code to it, and that is one telephone and no second factor', () => {
    const back = aVerification({ method: 'call_back', route: null });
    expect(callerStrength([back], NOW)).toBe(2);
    expect(callerStrength([back, aVerification()], NOW)).toBe(2);
    expect(callerStrength([back, aVerification({ method: 'totp', route: null })], NOW)).toBe(3);
  });

  it('no number of proofs identifies a caller at 4', () => {
    const verification = fc.record({
      method: fc.constantFrom(...VERIFICATION_METHODS),
      route: fc.option(fc.constantFrom(...CODE_ROUTES)),
      sessionStrength: fc.constantFrom(...LEVELS),
      at: fc.constantFrom(NOW, NOW - DAY),
    });
    fc.assert(
      fc.property(fc.array(verification), (verifications) => {
        expect(callerStrength(verifications, NOW)).toBeLessThanOrEqual(3);
      }),
      runs(300),
    );
  });
});

describe('the strength of a mandate', () => {
  const code = (at: number) => anEvidence({ form: 'code', at });

  it('of 2 says when it falls', () => {
    const at = NOW - 100 * DAY;
    expect(mandateStrength(aMandate({ evidence: [code(at)] }), NOW, 12)).toEqual({
      level: 2,
      until: monthsAfter(at, 12),
    });
  });

  it('of 2 falls sooner where the policy says so', () => {
    const mandate = aMandate({ evidence: [code(NOW - 40 * DAY)] });
    expect(mandateStrength(mandate, NOW, 1)).toEqual({ level: 1, until: null });
    expect(mandateStrength(mandate, NOW, 2).level).toBe(2);
  });

  it('of 3 does not fall, though a code stands beside it', () => {
    const mandate = aMandate({ evidence: [code(NOW - 400 * DAY), anEvidence()] });
    expect(mandateStrength(mandate, NOW, 12)).toEqual({ level: 3, until: null });
  });
});

describe('an oral mandate', () => {
  const oral = anEvidence({ form: 'oral' });

  it('is bound to its call, and to no other', () => {
    const mandate = aMandate({ callId: id.call('before'), evidence: [oral] });
    expect(isBoundToOtherCall(mandate, id.call('before'), NOW)).toBe(false);
    expect(isBoundToOtherCall(mandate, id.call('now'), NOW)).toBe(true);
  });

  it('is bound to its call though there is no evidence at all', () => {
    expect(isBoundToOtherCall(aMandate({ callId: id.call('before'), evidence: [] }), id.call('now'), NOW)).toBe(true);
  });

  it('is free once there is better evidence about the same terms', () => {
    const mandate = aMandate({ callId: id.call('before'), evidence: [oral, anEvidence({ form: 'code' })] });
    expect(isBoundToOtherCall(mandate, id.call('now'), NOW)).toBe(false);
  });
});

describe('what a caller could reach', () => {
  it('is never less than what they have', () => {
    const methods = fc.subarray([...VERIFICATION_METHODS]);
    fc.assert(
      fc.property(methods, methods, (done, open) => {
        const verifications = done.map((method) => aVerification({ method, route: method === 'code' ? 'sms' : null }));
        const reachable = reachableCallerStrength({ verifications, methods: open, signInLevel: 2 }, NOW);
        expect(reachable).toBeGreaterThanOrEqual(callerStrength(verifications, NOW));
      }),
      runs(300),
    );
  });

  it.each([
    [[], 0],
    [['calling_number'], 1],
    [['code'], 2],
    [['totp'], 2],
    [['calling_number', 'code'], 2],
    [['code', 'totp'], 3],
  ] as const)('by %j is %i', (methods, level) => {
    expect(reachableCallerStrength({ verifications: [], methods }, NOW)).toBe(level);
  });

  it('by a support code is what a session of theirs would be worth', () => {
    const reachable = (signInLevel: Level) =>
      reachableCallerStrength({ verifications: [], methods: ['code', 'support_code'], signInLevel }, NOW);
    expect([reachable(0), reachable(2), reachable(3)]).toEqual([2, 2, 3]);
  });
});

describe('the closed lists', () => {
  it('have a category for every reason, and say privacy only where somebody else would be shown', () => {
    expect(Object.keys(REASON_CATEGORY).toSorted()).toEqual([...REASONS].toSorted());
    for (const category of Object.values(REASON_CATEGORY)) expect(CATEGORIES).toContain(category);
    expect(REASONS.filter((reason) => REASON_CATEGORY[reason] === 'privacy')).toEqual([
      'outside_case_scope',
      'necessity_missing',
      'consent_not_free',
    ]);
  });

  it('know a lower and a higher level', () => {
    for (const first of LEVELS) {
      for (const second of LEVELS) {
        expect([lowest(first, second), highest(first, second)]).toEqual([
          Math.min(first, second),
          Math.max(first, second),
        ]);
      }
    }
  });

  it('never take nobody for a holder', () => {
    expect(isSamePerson(id.holder('anna'), null)).toBe(false);
    expect(isSamePerson(id.holder('anna'), id.caller('bert'))).toBe(false);
    expect(isSamePerson(id.holder('anna'), id.caller('anna'))).toBe(true);
  });
});
