import base from './jest.config.js';

process.env.MANDAAT_MODEL_RUNS ??= '600';
process.env.MANDAAT_LINEARIZABILITY_ROUNDS ??= '300';
process.env.MANDAAT_CONSISTENCY_ROUNDS ??= '3000';

/**
 * The model's many stories, every planted fault, many concurrent histories, and withdrawals by the thousand: half an hour.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/model/**/*.test.ts', '<rootDir>/test/database/{linearizability,consistency}.test.ts'],
};
