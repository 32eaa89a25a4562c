import base from './jest.config.js';

process.env.MANDAAT_LAW_SHARE ??= '60';
process.env.MANDAAT_LAW_SEED ??= 'random';

const { globalSetup: _setup, globalTeardown: _teardown, ...pure } = base;

/**
 * Every law and rule that is asked of generated values, with new ones each time, and many of them: a quarter of an hour.
 *
 * @type {import('jest').Config}
 */
export default {
  ...pure,
  testMatch: [
    'audit/merkle',
    'contract/compiled-body',
    'crypto/keys',
    'messages/texts',
    'policy/binding',
    'policy/laws',
    'policy/strength',
  ].map((name) => `<rootDir>/test/${name}.test.ts`),
  testTimeout: 3_600_000,
};
