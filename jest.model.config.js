import base from './jest.config.js';

process.env.MANDAAT_MODEL_RUNS ??= '600';
process.env.MANDAAT_LINEARIZABILITY_ROUNDS ??= '300';

/**
 * The model's many stories, every planted fault, and many concurrent histories: some twenty minutes.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/model/**/*.test.ts', '<rootDir>/test/database/linearizability.test.ts'],
};
