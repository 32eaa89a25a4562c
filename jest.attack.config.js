import base from './jest.config.js';

/**
 * The long attacks: thousands of generated requests, slow clients, timing and tampering. Some minutes, so not in `npm test`.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/attack/*.attack.ts'],
  // Timing is measured: one file at a time.
  maxWorkers: 1,
  testTimeout: 900_000,
};
