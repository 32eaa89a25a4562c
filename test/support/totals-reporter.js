import { writeFileSync, writeSync } from 'node:fs';

/**
 * Ends a run with one line that a machine can read: `N passed, N failed, N skipped`. The files in which something failed
 * are written to the file that FAILED_TEST_FILES names, one a line.
 */
export default class TotalsReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    // A file that can't even load runs no test: it counts as a failure, or it would go unseen.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    if (process.env.FAILED_TEST_FILES) {
      const files = results.testResults.filter(
        ({ numFailingTests, testExecError }) => numFailingTests || testExecError,
      );
      writeFileSync(process.env.FAILED_TEST_FILES, files.map(({ testFilePath }) => `${testFilePath}\n`).join(''));
    }
    // Jest prints its own summary after every reporter; at exit nobody comes after us.
    process.once('exit', () =>
      writeSync(1, `\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`),
    );
  }
}
