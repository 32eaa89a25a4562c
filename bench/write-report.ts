import { newestResults } from './results.ts';
import { staleDocuments, writeReport } from './report.ts';

/** `npm run bench:report`: the newest results into the documents; `-- --check` only says whether they fit their data. */
if (process.argv.includes('--check')) {
  const stale = await staleDocuments();
  console.log(
    stale.length === 0 ? 'Table, chart and data agree.' : `Not made from docs/performance.json: ${stale.join(', ')}`,
  );
  if (stale.length > 0) process.exitCode = 1;
} else {
  const results = await newestResults();
  if (results.length === 0) throw new Error('There are no results yet: npm run bench -- --whole');
  console.log(`From ${results.map(({ part, at }) => `${part} of ${at}`).join(', ')}`);
  console.log(`Written: ${(await writeReport(results)).join(', ')}`);
}
