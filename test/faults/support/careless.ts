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

/** Answers by the facts that it read first, and says that they are as old as those it should have read. */
export const FACTS_KEPT = `
  import { FactsRepository } from './dist/src/calls/facts.repository.js';
  const { load } = FactsRepository.prototype;
  const kept = new Map();
  FactsRepository.prototype.load = async function (client, callIds, now) {
    const fresh = await load.call(this, client, callIds, now);
    for (const [id, loaded] of fresh) if (!kept.has(id)) kept.set(id, loaded);
    // What says how old it is would be refused when it is recorded.
    return new Map([...fresh].map(([id, { at }]) => [id, { ...kept.get(id), at }]));
  };
`;

/** Counts tries where the next process does not find them. */
export const TRIES_IN_MEMORY = `
  import { CodesRepository } from './dist/src/codes/codes.repository.js';
  const tries = new Map();
  CodesRepository.prototype.takeTry = async function (tx, id) {
    const code = await this.find(tx, id);
    const made = tries.get(id) ?? 0;
    if (code?.state !== 'pending' || made >= 5) return null;
    tries.set(id, made + 1);
    return Object.assign(code, { tries: made + 1 });
  };
`;

/** Looks at budget, tries and state before it writes them, and holds nothing meanwhile. */
export const LOOKING_FIRST = `
  import { setTimeout as wait } from 'node:timers/promises';
  import { CodesRepository } from './dist/src/codes/codes.repository.js';
  const { lockBudget } = CodesRepository.prototype;
  CodesRepository.prototype.lockBudget = function (tx, ...rest) {
    const query = (sql, values) => (sql.includes('FOR NO KEY UPDATE') ? Promise.resolve([]) : tx.query(sql, values));
    return lockBudget.call(this, { query }, ...rest);
  };
  CodesRepository.prototype.takeTry = async function (tx, id) {
    const code = await this.find(tx, id);
    if (code?.state !== 'pending' || code.tries >= 5) return null;
    await wait(150);
    await tx.query('UPDATE codes SET tries = $2 WHERE id = $1', [id, code.tries + 1]);
    return Object.assign(code, { tries: code.tries + 1 });
  };
  CodesRepository.prototype.approve = async function (tx, id, counter, now) {
    const code = await this.find(tx, id);
    if (code?.state !== 'pending') return null;
    await wait(300);
    await tx.query("UPDATE codes SET state = 'approved', answered_at = $2 WHERE id = $1", [id, now]);
    return this.find(tx, id);
  };
`;
