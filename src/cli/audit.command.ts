import { Command } from 'commander';
import { addCheckpointCommands, verifyWithCheckpoints } from './checkpoint.command.ts';
import { Failure } from './failure.ts';
import { note, print, table, withProgress } from './output.ts';

export function auditCommand(): Command {
  const audit = new Command('audit').description('the proof of what was decided and done');

  audit
    .command('verify')
    .description('recompute every hash of every chain')
    .option('--checkpoint <place>', 'a checkpoint, or the folder of them: also finds what was cut off or written anew')
    .option('--key <file>', 'public keys (JWK or JWK set) to trust instead of those in CHECKPOINT_KEYS')
    .action(async ({ checkpoint, key }: { checkpoint?: string; key?: string }) => {
      if (checkpoint !== undefined) return verifyWithCheckpoints(checkpoint, key);
      const [{ withDatabase }, { VerificationModule }, { AuditVerifier }] = await Promise.all([
        import('./application.ts'),
        import('../audit/verification.module.ts'),
        import('../audit/audit-verifier.ts'),
      ]);
      const { chains, records, faults } = await withDatabase([VerificationModule], (application) =>
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
    .command('retention')
    .description('the whole months that are older than AUDIT_MONTHS; says what it would do, unless --detach')
    .option('--detach', 'verify everything, then take these months out of the audit')
    .action(async ({ detach = false }: { detach?: boolean }) => {
      const { CLI_ACTOR, withDatabase } = await import('./application.ts');
      const [{ RetentionModule }, { VerificationModule }, { AuditRetention }, { AuditVerifier }] = await Promise.all([
        import('../audit/retention.module.ts'),
        import('../audit/verification.module.ts'),
        import('../audit/retention.service.ts'),
        import('../audit/audit-verifier.ts'),
      ]);
      const { keptFrom, months, heldBack, uncovered, anchors } = await withDatabase(
        [RetentionModule, VerificationModule],
        async (application, { ownerUrl }) => {
          const retention = application.get(AuditRetention);
          const plan = await retention.plan(ownerUrl);
          if (!detach || plan.months.length === 0) return plan;
          const { faults } = await withProgress('records', (show) => application.get(AuditVerifier).verify(show));
          if (faults.length > 0) throw new Failure('Nothing was detached: the audit does not hold. See audit verify.');
          return retention.detach(ownerUrl, CLI_ACTOR);
        },
      );
      const since = keptFrom.toISOString().slice(0, 7);
      if (months.length === 0 && uncovered.length === 0)
        note(`Nothing to detach: no whole month lies before ${since}.`);
      else if (months.length > 0) {
        const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
        print(
          table(
            ['table', 'records, about', 'size'],
            months.map(({ name, estimate, bytes }) => [name, String(estimate), megabytes(bytes)]),
          ),
        );
        for (const { chainId, sequence } of anchors) print(`chain ${chainId} begins behind record ${sequence}`);
        note(
          detach
            ? 'Detached. The tables lie in the schema audit_archive until you have archived or dropped them.'
            : `These lie before ${since}. --detach takes them out of the audit.`,
        );
      }
      for (const { name } of heldBack) note(`Held back: in ${name} a chain goes on after records that are kept.`);
      if (uncovered.length > 0) {
        const names = uncovered.map(({ name }) => name).join(', ');
        throw new Failure(
          `Not detached: ${names}. No checkpoint covers all of its records: run audit checkpoint first.`,
        );
      }
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

  addCheckpointCommands(audit);
  return audit;
}
