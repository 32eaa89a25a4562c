import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { ImportFormat, ImportReport } from '../holders/import.service.ts';
import { Failure } from './failure.ts';
import { note, print, withProgress } from './output.ts';

interface ImportOptions {
  readonly format?: ImportFormat;
  readonly json?: true;
}

export function importCommand(): Command {
  return new Command('import')
    .argument('<file>', 'an export of the CRM; people before the contracts that name them')
    .description('register people and contracts; goes on where it was when it is interrupted and called again')
    .addOption(new Option('--format <format>', 'told by the name when left out').choices(['ndjson', 'csv']))
    .option('--json', 'print the report as JSON')
    .action(async (file: string, { format, json }: ImportOptions) => {
      const { CLI_ACTOR, withApplication } = await import('./application.ts');
      // Before a database is opened for a file that isn't there.
      const { size } = await stat(file);
      const [{ RegisterModule }, { ImportService }] = await Promise.all([
        import('../holders/register.module.ts'),
        import('../holders/import.service.ts'),
      ]);
      const report = await withApplication([RegisterModule], (application) =>
        withProgress('bytes', (show) =>
          application.get(ImportService).importFile(file, {
            actor: CLI_ACTOR,
            ...(format === undefined ? {} : { format }),
            onProgress: ({ bytes }) => show(bytes, size),
          }),
        ),
      );
      if (json === true) print(JSON.stringify(report, null, 2));
      else describe(file, report);
      if (report.errorCount > 0) throw new Failure(`${report.errorCount} line(s) were not imported.`);
    });
}

function describe(file: string, { lines, imported, unchanged, errors, errorCount, resumedAfter }: ImportReport): void {
  for (const { line, detail } of errors) print(`${file}:${line}: ${detail}`);
  if (errorCount > errors.length) print(`… and ${errorCount - errors.length} more`);
  if (resumedAfter > 0) note(`An interrupted import went on after line ${resumedAfter}.`);
  note(`${lines} line(s): ${imported} imported, ${unchanged} unchanged, ${errorCount} with mistakes.`);
}
