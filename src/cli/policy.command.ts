import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';

import type { PolicyHash } from '../policy/ids.ts';
import type { LoadedPolicy, PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { Failure } from './failure.ts';
import { note, print, withProgress } from './output.ts';

interface Placed {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

export function policyCommand(): Command {
  const policy = new Command('policy').description('the organisation’s policy document');

  policy
    .command('check')
    .argument('<file>', 'YAML; assertions beside it (NAME.assertions.yaml) are run too')
    .description('name every mistake as file:line:column; needs no database')
    .action(async (file: string) => {
      const { checkPolicyFile } = await import('../policy-documents/check-policy-file.ts');
      const { hash, files, compared } = await checkPolicyFile(file);
      const faults = files.flatMap((checked) => checked.faults.map((fault) => describe(checked.file, fault)));
      if (faults.length > 0) {
        print(faults.join('\n'));
        throw new Failure(`${faults.length} mistake(s).`);
      }
      note(`Right; ${compared} answer(s) compared with assertions. The policy's hash:`);
      print(hash ?? '');
    });

  policy
    .command('load')
    .argument('<file>', 'YAML')
    .option('--at <moment>', 'at a moment to come, with its zone (default: now)', momentOf)
    .description('check a document and bring it into force, in every process')
    .action(async (file: string, { at = null }: { at?: Date | null }) => {
      const text = await readFile(file, 'utf8');
      // Named by their places first: what the service itself says of them has no file.
      const { compilePolicy } = await import('../policy-documents/compile-policy.ts');
      const compiled = compilePolicy(text);
      if ('faults' in compiled) {
        print(compiled.faults.map((fault) => describe(file, fault)).join('\n'));
        throw new Failure(`${compiled.faults.length} mistake(s); nothing was loaded.`);
      }
      tell(await withPolicies((policies, actor) => policies.load(text, actor, at)));
    });

  policy
    .command('list')
    .description('what is planned, what is in force, and what was')
    .action(async () => {
      const planned = await withPolicies((policies) => policies.activations());
      for (const { id, hash, name, startsAt, state } of planned) {
        print([id, startsAt.toISOString(), state.padEnd(9), hash, name].join('  '));
      }
    });

  policy
    .command('activate')
    .argument('<hash>', 'of a policy that is known: see policy list')
    .option('--at <moment>', 'at a moment to come, with its zone (default: now)', momentOf)
    .description('bring a policy of before into force again, in every process')
    .action(async (hash: string, { at = null }: { at?: Date | null }) => {
      if (!/^[0-9a-f]{64}$/.test(hash)) throw new Failure('That is no hash of a policy: see policy list.');
      tell(await withPolicies((policies, actor) => policies.activate(hash as PolicyHash, actor, at)));
    });

  policy
    .command('cancel')
    .argument('<id>', 'of what is planned: see policy list')
    .description('call off what is planned')
    .action(async (id: string) => {
      if (!/^[1-9]\d{0,17}$/.test(id)) throw new Failure('That is no id of an activation: see policy list.');
      await withPolicies((policies, actor) => policies.cancel(id, actor));
      note('Called off.');
    });

  policy
    .command('dry-run')
    .argument('<file>', 'YAML')
    .option('--days <number>', 'how far back, 1 to 31', daysOf, 7)
    .description('what would change: the checks of the last days, decided again under this document')
    .action(async (file: string, { days }: { days: number }) => {
      const text = await readFile(file, 'utf8');
      const { withApplication } = await import('./application.ts');
      const [{ CallsModule }, { PolicyDocumentsModule }, { DryRunService }] = await Promise.all([
        import('../calls/calls.module.ts'),
        import('../policy-documents/policy-documents.module.ts'),
        import('../calls/dry-run.service.ts'),
      ]);
      const run = await withApplication([PolicyDocumentsModule, CallsModule], (application) =>
        withProgress('records', (show) =>
          application.get(DryRunService).run(text, days, Infinity, (done) => {
            show(done, done);
          }),
        ),
      );
      for (const { action, was, wouldBe, count, decisionIds } of run.changes) {
        const [before, after] = [was, wouldBe].map(({ outcome, reason }) => `${outcome} (${reason})`);
        print(`${String(count).padStart(6)}  ${action}: ${before} → ${after}, such as ${decisionIds[0]}`);
      }
      for (const { action, property, detail, count, decisionIds } of run.broken) {
        print(
          `${String(count).padStart(6)}  ${action}: refused for ${property} (${detail}), such as ${decisionIds[0]}`,
        );
      }
      for (const name of run.newActions) print(`   new  ${name}`);
      for (const name of run.removedActions) print(`  gone  ${name}`);
      note(
        `${run.differing} of ${run.decisions} decision(s) in ${run.checks} check(s) since ${run.from.toISOString()} would differ.`,
      );
    });

  return policy;
}

function describe(file: string, { line, column, message, hint }: Placed): string {
  return `${file}:${line}:${column}: ${message} ${hint}`.trimEnd();
}

async function withPolicies<T>(work: (policies: PolicyDocuments, actor: string) => Promise<T>): Promise<T> {
  const { CLI_ACTOR, withApplication } = await import('./application.ts');
  const [{ PolicyDocumentsModule }, { PolicyDocuments: token }] = await Promise.all([
    import('../policy-documents/policy-documents.module.ts'),
    import('../policy-documents/policy-documents.service.ts'),
  ]);
  return withApplication([PolicyDocumentsModule], (application) => work(application.get(token), CLI_ACTOR));
}

function tell({ policy, isChanged, scheduled }: LoadedPolicy): void {
  if (scheduled !== null) note(`Planned for ${scheduled.startsAt.toISOString()}, as ${scheduled.id}:`);
  else note(isChanged ? 'In force now:' : 'Was in force already:');
  print(policy.hash);
}

function momentOf(text: string): Date {
  const moment = new Date(text);
  if (/T.*(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(moment.getTime())) return moment;
  throw new InvalidArgumentError('Give a moment with its zone, such as 2026-12-01T06:00:00+01:00.');
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 31) return days;
  throw new InvalidArgumentError('Give a whole number from 1 to 31.');
}
