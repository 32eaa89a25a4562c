import base from './jest.config.js';

/**
 * What only shows in a large database. Building it takes some minutes to half an hour;
 * `MANDAAT_LARGE_HOLDERS=100000` makes it a tenth of that.
 *
 * @type {import('jest').Config}
 */
export default { ...base, testMatch: ['<rootDir>/test/large/*.large.ts'] };
