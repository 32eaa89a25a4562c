import { Command } from 'commander';
import { Failure } from './failure.ts';
import { note, print, withProgress } from './output.ts';

export function auditCommand(): Command {
  const audit = new Command('audit').description('the proof of what was decided and done');

  audit
    .command('verify')
    .description('recompute every hash of every chain')
    .action(async () => {
      const { withApplication } = await import('./application.ts');
      const { AuditVerifier } = await import('../audit/audit-verifier.ts');
      const { chains, records, faults } = await withApplication([], (application) =>
        withProgress('records', (show) => application.get(AuditVerifier).verify(show)),
      );
      for (const { chainId, sequence, recordId, fault } of faults) {
        print(`chain ${chainId}, record ${sequence}${recordId === null ? '' : ` (${recordId})`}: ${fault}`);
      }
      if (faults.length > 0)
        throw new Failure(`The audit does not hold: ${faults.length} of ${chains} chain(s) are broken.`);
      note(`The audit holds: ${records} record(s) in ${chains} chain(s).`);
    });

  audit
    .command('replay')
    .description('take every recorded decision again from its own record, and compare')
    .action(async () => {
      const { withApplication } = await import('./application.ts');
      const [{ CallsModule }, { PolicyDocumentsModule }, { ReplayService }] = await Promise.all([
        import('../calls/calls.module.ts'),
        import('../policy-documents/policy-documents.module.ts'),
        import('../calls/replay.service.ts'),
      ]);
      const { checks, decisions, differences } = await withApplication(
        [PolicyDocumentsModule, CallsModule],
        (application) => withProgress('records', (show) => application.get(ReplayService).replayAll(show)),
      );
      for (const { chainId, sequence, recordId, actions } of differences) {
        print(`chain ${chainId}, record ${sequence} (${recordId}): ${actions.join(', ')}`);
      }
      if (differences.length > 0)
        throw new Failure(`${differences.length} of ${checks} check(s) came out differently.`);
      note(`${decisions} decision(s) of ${checks} check(s) came out the same.`);
    });

  return audit;
}
