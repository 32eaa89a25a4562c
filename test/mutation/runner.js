import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { commonTokens, declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import fc from 'fast-check';

import { collect, runHooks, runTest } from './globals.js';

/** On a machine that others use, everything takes longer: then more patience tells what hangs from what waits. */
const BUSY = Number(process.env.MANDAAT_PATIENCE ?? 1);
/** A test that takes longer, in milliseconds, than so many times its usual time and a while hangs. */
const PATIENCE = { times: 4 * BUSY, more: 4_000 * BUSY };
/** As {@link PATIENCE}, for a file to open or close: an application cuts off its running requests after 10 s. */
const OPENING = 30_000 * BUSY;
const CLOSING = 12_000 * BUSY;
/** Tests after which a file is opened anew: a database in which everything has happened hundreds of times is slow. */
const TESTS_AT_A_TIME = 400;

/**
 * A test runner for Stryker that keeps the tests loaded, with the application and the database that their files open, and
 * runs those that reach a mutant. Jest loads and starts everything anew for each mutant, which takes seconds, and there
 * are thousands. What a mutant changes while modules load is loaded anew here, too.
 *
 * What one mutant leaves behind must not speak for the next: a failure counts only when the same test passes without the
 * mutant, on what the failing one left or on a fresh start of its file.
 */
class LoadedRunner {
  #context = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});
  #generation = 0;
  /** Loaded with no mutant in force. */
  #isClean = false;
  #tests = [];
  /** What a test took when nothing was wrong, in milliseconds, by its id. */
  #usual = new Map();
  /** Where the mutants were that a test has killed, by its id. */
  #kills = new Map();
  /** Tests that fail, by their id, where they or others have run before. */
  #onlyFresh = new Set();
  /** How many tests an open file has run. */
  #open = new Map();

  constructor({ loaded, mutate }) {
    this.options = { ...loaded, tests: testsOf(loaded.tests, mutate) };
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    process.env.MANDAAT_LAW_SHARE ??= '0.05';
    register('./hooks.js', import.meta.url);
    // The same worlds for every mutant; and a broken law need not be shown at its smallest.
    fc.configureGlobal({ seed: 1, endOnFailure: true });
    if (this.options.database !== true) return;
    // An application that a mutant broke may fail in the middle of nothing. The tests say what it is worth.
    for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => undefined);
    const { default: startServer } = await import(urlOf('test/support/global-setup.ts'));
    await startServer();
  }

  async dispose() {
    await this.#closeAll();
    await globalThis.stopTestServer?.();
  }

  async dryRun() {
    await this.#load();
    const results = [];
    for (const test of this.#tests) {
      const { id } = test;
      const begin = () => (this.#context.currentTestId = id);
      let failure = await this.#run(test, undefined, begin);
      this.#context.currentTestId = undefined;
      if (failure !== null) {
        // A busy machine may be too slow for it once.
        await this.#close(test.file);
        failure = await this.#run(test, undefined, begin);
        this.#context.currentTestId = undefined;
      }
      const timeSpentMs = this.#usual.get(id) ?? 0;
      const outcome = failure === null ? { status: 0 } : { status: 1, failureMessage: failure };
      results.push({ id, name: id, timeSpentMs, ...outcome });
    }
    return { status: 'complete', tests: results, mutantCoverage: this.#context.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    const isStatic = mutantActivation === 'static';
    if (!isStatic && !this.#isClean) await this.#load();
    const hitCount = hitLimit === undefined ? undefined : 0;
    Object.assign(this.#context, { hitLimit, hitCount });
    try {
      if (isStatic) {
        this.#context.activeMutant = activeMutant.id;
        await this.#load();
      }
      return await this.#kill(activeMutant, testFilter, isStatic);
    } catch (error) {
      // The tests could not even be loaded with it.
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    } finally {
      this.#context.activeMutant = undefined;
      if (isStatic) this.#isClean = false;
    }
  }

  async #load() {
    await this.#closeAll();
    this.#generation += 1;
    this.#tests = [];
    for (const name of this.options.tests) {
      const { file, tests } = await collect(name, () => import(`${urlOf(name)}?generation=${this.#generation}`));
      const isLeftOut = ({ id }) => this.options.leaveOut?.some((part) => id.includes(part)) === true;
      this.#tests.push(...tests.filter((test) => !isLeftOut(test)).map((test) => ({ ...test, file })));
    }
    this.#isClean = true;
  }

  async #kill({ id: mutant, fileName, location }, testFilter, isStatic) {
    let left = this.options.secondsPerMutant === undefined ? Infinity : this.options.secondsPerMutant * 1_000;
    const place = { fileName, line: location.start.line };
    let nrOfTests = 0;
    for (const test of this.#inOrder(testFilter, place)) {
      if (left < 0) break;
      left -= this.#usual.get(test.id) ?? 0;
      nrOfTests += 1;
      const failureMessage = await (isStatic ? this.#run(test, mutant) : this.#fault(test, mutant));
      const { hitCount, hitLimit } = this.#context;
      if (hitLimit !== undefined && hitCount > hitLimit) return { status: 'timeout', reason: 'it would never end' };
      if (failureMessage === null) continue;
      this.#kills.set(test.id, [...(this.#kills.get(test.id) ?? []), place]);
      return { status: 'killed', killedBy: [test.id], failureMessage, nrOfTests };
    }
    return { status: 'survived', nrOfTests };
  }

  /** One failure is enough: the quickest come first, and what has killed others, the more the nearer those were. */
  #inOrder(testFilter, place) {
    const wanted = testFilter === undefined ? null : new Set(testFilter);
    const worth = ({ fileName, line }) => (fileName === place.fileName ? 20 / (1 + Math.abs(line - place.line)) : 0);
    const worths = (id) => (this.#kills.get(id) ?? []).reduce((sum, kill) => sum + 1 + worth(kill), 1);
    const rank = ({ id }) => (this.#usual.get(id) ?? 0) / worths(id);
    return this.#tests
      .filter(({ id }) => wanted === null || wanted.has(id))
      .toSorted((one, two) => rank(one) - rank(two));
  }

  /** What a test finds wrong with a mutant, and with nothing else; null = nothing. */
  async #fault(test, mutant) {
    if (!this.#onlyFresh.has(test.id)) {
      const failure = await this.#run(test, mutant);
      if (failure === null || (await this.#run(test)) === null) return failure;
      // Something that was left behind is in its way: from now on its file is opened anew for it.
      this.#onlyFresh.add(test.id);
    }
    await this.#close(test.file);
    const failure = await this.#run(test, mutant);
    if (failure === null) return null;
    await this.#close(test.file);
    return (await this.#run(test)) === null ? failure : null;
  }

  /** What was wrong; null = nothing. Its file is opened without the mutant. */
  async #run(test, mutant, onOpen = () => undefined) {
    const { file, id } = test;
    if ((this.#open.get(file) ?? 0) >= TESTS_AT_A_TIME) await this.#close(file);
    const isReloaded = this.#context.activeMutant !== undefined;
    try {
      if (!this.#open.has(file)) await within(OPENING, runHooks(file, 'beforeAll'));
    } catch (error) {
      return textOf(error);
    }
    this.#open.set(file, (this.#open.get(file) ?? 0) + 1);
    onOpen();
    const usual = this.#usual.get(id);
    const startedAt = performance.now();
    if (!isReloaded) this.#context.activeMutant = mutant;
    try {
      await within(usual === undefined ? 120_000 : usual * PATIENCE.times + PATIENCE.more, runTest(test));
      if (usual === undefined) this.#usual.set(id, performance.now() - startedAt);
      return null;
    } catch (error) {
      if (!isReloaded) this.#context.activeMutant = undefined;
      // What hangs goes on, and would get in the way of whatever is asked of the same application.
      if (error instanceof TooSlow) await this.#close(file);
      return textOf(error);
    } finally {
      if (!isReloaded) this.#context.activeMutant = undefined;
    }
  }

  async #close(file) {
    if (!this.#open.delete(file)) return;
    await within(CLOSING, runHooks(file, 'afterAll')).catch(() => undefined);
  }

  async #closeAll() {
    for (const file of this.#open.keys()) await this.#close(file);
  }
}

class TooSlow extends Error {}

async function within(milliseconds, work) {
  let timer;
  const end = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new TooSlow(`not done after ${Math.round(milliseconds)} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** The files that test something of what is mutated. */
function testsOf(tests, mutate) {
  // Of a file its name, of a pattern what comes before its first wild part.
  const begins = mutate.map((pattern) => /^[^*{[?(:]*/.exec(pattern)[0]);
  const isWanted = (room) => begins.some((begin) => begin.startsWith(room) || room.startsWith(begin));
  return Object.keys(tests).filter((name) => tests[name].some(isWanted));
}

function urlOf(name) {
  return pathToFileURL(path.resolve(name)).href;
}

function textOf(error) {
  return error instanceof Error ? error.message : String(error);
}

function createRunner(options) {
  return new LoadedRunner(options);
}
createRunner.inject = [commonTokens.options];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'loaded', createRunner)];

export const strykerValidationSchema = {
  type: 'object',
  properties: {
    loaded: {
      description: 'For the test runner "loaded".',
      type: 'object',
      additionalProperties: false,
      required: ['tests'],
      properties: {
        tests: {
          description:
            'Files, each with the beginnings of what it tests. Where none of that is mutated, it is left out.',
          type: 'object',
          additionalProperties: { type: 'array', items: { type: 'string' } },
        },
        leaveOut: { description: 'Parts of names of tests.', type: 'array', items: { type: 'string' } },
        database: { description: 'Whether they need one.', type: 'boolean' },
        secondsPerMutant: { description: 'What these have not killed, survives.', type: 'number' },
      },
    },
  },
};
