import { Command } from 'commander';
import { Failure } from './failure.ts';
import { note } from './output.ts';

export function contractCommand(): Command {
  const contract = new Command('contract').description(
    'the files that are written from the code: openapi.json, .env.example, the table in README.md, migrations/schema.sql, examples/crm-export.ndjson',
  );

  contract
    .command('write')
    .description('write them')
    .action(async () => {
      const { staleFiles, writeFiles } = await import('./contract-files.ts');
      const stale = await staleFiles(process.cwd());
      await writeFiles(process.cwd(), stale);
      note(stale.length === 0 ? 'They are current.' : `Written: ${stale.map(({ name }) => name).join(', ')}.`);
    });

  contract
    .command('check')
    .description('fail when one of them differs from the code')
    .action(async () => {
      const { staleFiles } = await import('./contract-files.ts');
      const stale = await staleFiles(process.cwd());
      if (stale.length === 0) return note('They are current.');
      const names = stale.map(({ name, line }) => `${name} (first difference in line ${line})`).join(', ');
      throw new Failure(`Not current: ${names}. Run "npm run cli contract write" and look at what changed.`);
    });

  return contract;
}
