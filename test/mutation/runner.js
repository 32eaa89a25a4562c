import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

import { tests } from './globals.js';

/**
 * A test runner for Stryker that keeps the pure tests loaded and runs those that reach a mutant, which takes milliseconds;
 * Jest loads everything anew for each, which takes seconds, and there are a thousand mutants. What a mutant changes while
 * modules load is loaded anew here, too.
 */
class PureRunner {
  #context = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});
  #generation = 0;
  /** Loaded with no mutant in force. */
  #isClean = false;

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    process.env.MANDAAT_LAW_SHARE ??= '0.05';
    register('./hooks.js', import.meta.url);
  }

  async dryRun() {
    await this.#load();
    const results = [];
    for (const { id, run } of tests) {
      this.#context.currentTestId = id;
      const startedAt = performance.now();
      const failure = await failureOf(run);
      const timeSpentMs = performance.now() - startedAt;
      const outcome = failure === null ? { status: 0 } : { status: 1, failureMessage: failure };
      results.push({ id, name: id, timeSpentMs, ...outcome });
    }
    this.#context.currentTestId = undefined;
    return { status: 'complete', tests: results, mutantCoverage: this.#context.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    const isStatic = mutantActivation === 'static';
    if (!isStatic && !this.#isClean) await this.#load();
    const hitCount = hitLimit === undefined ? undefined : 0;
    Object.assign(this.#context, { activeMutant: activeMutant.id, hitLimit, hitCount });
    try {
      if (isStatic) await this.#load();
      return await this.#kill(testFilter);
    } catch (error) {
      // The tests could not even be loaded with it.
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    } finally {
      this.#context.activeMutant = undefined;
      if (isStatic) this.#isClean = false;
    }
  }

  async #load() {
    tests.length = 0;
    this.#generation += 1;
    const url = pathToFileURL(path.resolve('test/mutation/pure.ts'));
    url.search = `generation=${this.#generation}`;
    await import(url.href);
    this.#isClean = true;
  }

  async #kill(testFilter) {
    const wanted = testFilter === undefined ? null : new Set(testFilter);
    let nrOfTests = 0;
    for (const { id, run } of tests) {
      if (wanted !== null && !wanted.has(id)) continue;
      nrOfTests += 1;
      const failure = await failureOf(run);
      const { hitCount, hitLimit } = this.#context;
      if (hitLimit !== undefined && hitCount > hitLimit) return { status: 'timeout', reason: 'it would never end' };
      if (failure !== null) return { status: 'killed', killedBy: [id], failureMessage: failure, nrOfTests };
    }
    return { status: 'survived', nrOfTests };
  }
}

async function failureOf(run) {
  try {
    await run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function createRunner() {
  return new PureRunner();
}
createRunner.inject = [];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'pure', createRunner)];
