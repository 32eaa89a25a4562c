// What `Service` loads before the program to break it: the positive controls.

/** Answers as if what it should have recorded had been: an error of the record, or of its COMMIT, is swallowed. */
export const SHRUGGING = `
  import pg from 'pg';
  // A pool hears of a lost connection by itself.
  for (const { prototype } of [pg.Client, pg.Pool]) {
    const { query } = prototype;
    prototype.query = function (config, ...rest) {
      const text = typeof config === 'string' ? config : config?.text;
      if (!/INTO audit_records|^COMMIT/.test(text ?? '')) return query.call(this, config, ...rest);
      // Its fifth parameter lists the records, {one,other}: as many as it should have written.
      const rowCount = text === 'COMMIT' ? null : config.values[4].split(',').length;
      const asIfDone = { command: 'INSERT', rows: [], fields: [], rowCount };
      const done = rest.at(-1);
      if (typeof done !== 'function') return query.call(this, config, ...rest).catch(() => asIfDone);
      return query.call(this, config, ...rest.slice(0, -1), (error, result) => done(null, error ? asIfDone : result));
    };
  }
`;

/** Does an execution again that comes again under its key, without looking whether it was done. */
export const FORGETFUL = `
  import { ChecksService } from './dist/src/calls/checks.service.js';
  const { execute } = ChecksService.prototype;
  ChecksService.prototype.execute = function (callId, principal, asked, operation, ...rest) {
    return execute.call(this, callId, principal, asked, null, ...rest);
  };
`;
