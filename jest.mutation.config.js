import base from './jest.config.js';

/**
 * For mutants of what needs the database: the tests of codes, confirmations and the audit alone. Each mutant is a run of
 * its own with a server of its own, unless `TEST_DATABASE_URL` names one.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: [
    ...['codes', 'audit'].map((name) => `<rootDir>/test/database/${name}.test.ts`),
    ...['confirmations', 'confirmation-page'].map((name) => `<rootDir>/test/api/${name}.test.ts`),
  ],
};
