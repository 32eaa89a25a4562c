import base from './jest.config.js';

/**
 * What happens when processes, the database, the disk or the network fail. Slow, and rough on a machine that others use:
 * `npm test` leaves it out. Run with `--runInBand`: each file kills and stalls what it measures.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/faults/*.fault.ts'],
  globalSetup: '<rootDir>/test/faults/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/faults/support/global-teardown.ts',
  // Every case by its name: one that this machine can't run says so there.
  verbose: true,
  testTimeout: 300_000,
};
