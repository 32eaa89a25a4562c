import { Command } from 'commander';
import { note } from './output.ts';

export function databaseCommand(): Command {
  const database = new Command('database').description('the database itself');
  database
    .command('migrate')
    .description('bring the tables up to date, as the role in DATABASE_OWNER_URL')
    .action(async () => {
      const [{ configFromEnvironment }, { openDatabase }] = await Promise.all([
        import('../config/environment.ts'),
        import('../database/boot.ts'),
      ]);
      // Opening migrates wherever it may; where it may not and something is missing, it says so.
      const opened = await openDatabase(configFromEnvironment(), () => undefined);
      await opened.stop();
      note('The database is up to date.');
    });
  return database;
}
