import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CODE_PURPOSES, type CodePurpose, isBySession, isLinked, isSent, mayBeDecoy } from '../../src/codes/code.ts';
import { requireKey } from '../../src/codes/code-derivation.ts';
import { aCode } from '../support/a-code.ts';
import { KeyRing } from '../../src/crypto/key-ring.ts';
import { CODE_ROUTES, type CodeRoute, LEVELS } from '../../src/policy/vocabulary.ts';

// What the purpose, the road and the key of a code decide by themselves.

const purposesOf = (fits: (purpose: CodePurpose) => boolean) => CODE_PURPOSES.filter((purpose) => fits(purpose));

describe('a code', () => {
  it('may be a decoy where who it is for may not be known: at a verification, and at signing in', () => {
    expect(purposesOf(mayBeDecoy)).toEqual(['verification', 'sign_in']);
  });

  it('has a page behind its message, unless it is typed where it was asked for', () => {
    expect(purposesOf((purpose) => isLinked(aCode({ purpose })))).toEqual(['action', 'mandate', 'verification']);
  });

  it('that nobody gets has no page', () => {
    for (const changes of [{ personId: null }, { contactPointId: null }]) {
      expect([isSent(aCode(changes)), isLinked(aCode(changes))]).toEqual([false, false]);
    }
    expect([isSent(aCode()), isLinked(aCode())]).toEqual([true, true]);
  });
});

describe('a question whose road proves less than the yes must be', () => {
  const levelsBy = (route: CodeRoute) => LEVELS.filter((level) => isBySession({ purpose: 'action', route, level }));

  it('is answered in a session: by e-mail from 2, by any other road from 3', () => {
    expect(CODE_ROUTES.map((route) => [route, levelsBy(route)])).toEqual([
      ['sms', [3, 4]],
      ['voice', [3, 4]],
      ['email', [2, 3, 4]],
      ['letter', [3, 4]],
    ]);
  });

  it('is one about an action: every other code is sent', () => {
    expect(purposesOf((purpose) => isBySession({ purpose, route: 'email', level: 3 }))).toEqual(['action']);
  });
});

describe('a key that was taken out of the ring', () => {
  const ring = new KeyRing([{ id: 'b', key: randomBytes(32) }]);

  it('takes its codes with it, and says what to do', () => {
    expect(() => requireKey(ring, aCode({ keyId: 'a' }))).toThrow(
      expect.objectContaining({ code: 'invalid_state', message: expect.stringContaining('Ask for a new code') }),
    );
    expect(() => requireKey(ring, aCode({ keyId: 'b' }))).not.toThrow();
  });
});
