import base from './jest.config.js';

process.env.MANDAAT_LAW_SHARE ??= '1';

const { globalSetup: _setup, globalTeardown: _teardown, ...pure } = base;

/**
 * The law, with every branch of it taken by a test that needs nothing but the law and its documents: no database is
 * started.
 *
 * @type {import('jest').Config}
 */
export default {
  ...pure,
  testMatch: ['binding', 'cases', 'decide', 'laws', 'strength'].map((name) => `<rootDir>/test/policy/${name}.test.ts`),
  collectCoverage: true,
  collectCoverageFrom: ['src/policy/**/*.ts'],
  coverageReporters: ['text', 'lcov'],
  coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
};
