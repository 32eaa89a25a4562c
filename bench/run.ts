import { readPolicy } from './decide-alone.ts';
import { readRuns } from './command-line.ts';
import { marksOf } from './marks.ts';
import { printMarks, printSummaries } from './print.ts';
import { newestResults, type Result, writeResult } from './results.ts';
import { rowsOf } from './rows.ts';
import { writeReport } from './report.ts';
import { runOne } from './run-one.ts';
import { summarise } from './summary.ts';

const rows = rowsOf(await readPolicy());
const done: Result[] = [];
for (const run of readRuns(process.argv)) {
  console.log(`\n${run.part ?? 'this run'}`);
  try {
    const result = await runOne(run);
    done.push(result);
    // At once: what comes after it may fail.
    console.log(`Written: ${await writeResult(result)}`);
    printSummaries(rows, summarise(result.all));
    printMarks(marksOf([result]));
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}
if (done.some(({ part }) => part !== null))
  console.log(`Written: ${(await writeReport(await newestResults())).join(', ')}`);
