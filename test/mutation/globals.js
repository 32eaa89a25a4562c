import { createRequire } from 'node:module';

/**
 * What pure tests use of Jest's globals, for a process that loads them once and then runs them for each mutant: a list of
 * named functions, and Jest's own `expect`.
 */
const require = createRequire(import.meta.url);
export const { expect } = createRequire(require.resolve('@jest/globals'))('expect');

/** Every test that was said, in order: its whole name, and what it does. */
export const tests = [];
const names = [];

export function describe(name, define) {
  names.push(name);
  define();
  names.pop();
}
describe.each = each(describe);

export function it(name, run) {
  tests.push({ id: `${tests.length} ${[...names, name].join(' › ')}`, run });
}
it.each = each(it);
it.skip = () => undefined;

/** A row that is a list is spread over the parameters. */
function each(say) {
  return (rows) => (name, body) => {
    for (const [at, row] of rows.entries()) say(`${name} #${at}`, () => body(...(Array.isArray(row) ? row : [row])));
  };
}
