import { Command } from 'commander';
import { note, print, withProgress } from './output.ts';

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
      const opened = await openDatabase(configFromEnvironment('database'), () => undefined);
      await opened.stop();
      note('The database is up to date.');
    });

  database
    .command('restored')
    .description(
      'after a restore that lost something: nothing that was open stays open, and no mandate, app or representation counts',
    )
    .action(async () => {
      const [{ CLI_ACTOR, withApplication }, { RestoreModule }, { RestoredDatabase }] = await Promise.all([
        import('./application.ts'),
        import('../restore/restore.module.ts'),
        import('../restore/restored-database.service.ts'),
      ]);
      const { messages, codes, calls, authenticators, sessions, representations, suspended, ended } =
        await withApplication([RestoreModule], (application) =>
          withProgress('parts', (show) =>
            application.get(RestoredDatabase).makeSafe(CLI_ACTOR, {
              onMandate: ({ ref, holder, proxy, state }) => print([ref, holder, proxy, state].join('\t')),
              onAuthenticator: (ownerRef) => print(['authenticator', ownerRef, '', 'ended'].join('\t')),
              onRepresentation: (holder, representative) =>
                print(['representation', holder, representative, 'ended'].join('\t')),
              onProgress: show,
            }),
          ),
        );
      note(
        `Ended ${calls} call(s), ${codes} code(s), ${sessions} session(s) and ${ended} mandate(s) that nobody had accepted; suspended ${suspended} ` +
          `mandate(s); ended ${authenticators} authenticator app(s) and ${representations} representation(s) by law; dropped ${messages} message(s). Nobody was told: mandates, ` +
          "apps and representations are printed, with the CRM's references of holder and proxy, or of the owner.",
      );
    });
  return database;
}
