import { createRequire } from 'node:module';

/**
 * What tests use of Jest's globals, for a process that loads their files once and then runs single tests of them for each
 * mutant: trees of named functions and hooks, and Jest's own `expect`, spies and fake clock.
 */
const fromGlobals = createRequire(createRequire(import.meta.url).resolve('@jest/globals'));
export const { expect } = fromGlobals('expect');

const { ModuleMocker } = fromGlobals('jest-mock');
const { ModernFakeTimers } = createRequire(fromGlobals.resolve('@jest/environment'))('@jest/fake-timers');
const mocker = new ModuleMocker(globalThis);
const clock = new ModernFakeTimers({ config: { fakeTimers: {}, rootDir: process.cwd() }, global: globalThis });
export const jest = {
  spyOn: (...what) => mocker.spyOn(...what),
  restoreAllMocks: () => mocker.restoreAllMocks(),
  useFakeTimers: (config) => clock.useFakeTimers(config),
  useRealTimers: () => clock.useRealTimers(),
};

/** A `describe`, or a whole file, which has no outer one. */
class Block {
  hooks = { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] };

  constructor(name, outer) {
    this.name = name;
    this.outer = outer;
  }

  /** From the file inwards. */
  path() {
    return this.outer === null ? [this] : [...this.outer.path(), this];
  }
}

let block = null;
let said = [];

/** What `load` says: its tests in their order, each with its whole name, and the file around them. */
export async function collect(name, load) {
  block = new Block(name, null);
  said = [];
  const file = block;
  await load();
  return { file, tests: said };
}

export function describe(name, define) {
  block = new Block(name, block);
  define();
  block = block.outer;
}
describe.each = each(describe);

export function it(name, run) {
  const names = [...block.path().map((one) => one.name), name];
  said.push({ id: `${names[0]} #${said.length} ${names.slice(1).join(' › ')}`, block, run });
}
it.each = each(it);
it.skip = () => undefined;

export const beforeAll = (run) => void block.hooks.beforeAll.push(run);
export const beforeEach = (run) => void block.hooks.beforeEach.push(run);
export const afterEach = (run) => void block.hooks.afterEach.unshift(run);
export const afterAll = (run) => void block.hooks.afterAll.unshift(run);

export async function runHooks(of, which) {
  for (const hook of of.hooks[which]) await hook();
}

/** One test in its blocks. The file's own `beforeAll` and `afterAll` are left out: it stays open from test to test. */
export async function runTest(test) {
  const path = test.block.path();
  const opened = [];
  const prepared = [];
  try {
    for (const one of path.slice(1)) {
      opened.unshift(one);
      await runHooks(one, 'beforeAll');
    }
    for (const one of path) {
      prepared.unshift(one);
      await runHooks(one, 'beforeEach');
    }
    await test.run();
  } finally {
    for (const one of prepared) await runHooks(one, 'afterEach');
    for (const one of opened) await runHooks(one, 'afterAll');
  }
}

/** A row that is a list is spread over the parameters. */
function each(say) {
  return (rows) => (name, body) => {
    for (const [at, row] of rows.entries()) say(`${name} #${at}`, () => body(...(Array.isArray(row) ? row : [row])));
  };
}
