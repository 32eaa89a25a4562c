import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { Failure } from './failure.ts';
import { note, print } from './output.ts';

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
    .description('check a document and bring it into force, in every process')
    .action(async (file: string) => {
      const { CLI_ACTOR, withApplication } = await import('./application.ts');
      const text = await readFile(file, 'utf8');
      // Named by their places first: what the service itself says of them has no file.
      const { compilePolicy } = await import('../policy-documents/compile-policy.ts');
      const compiled = compilePolicy(text);
      if ('faults' in compiled) {
        print(compiled.faults.map((fault) => describe(file, fault)).join('\n'));
        throw new Failure(`${compiled.faults.length} mistake(s); nothing was loaded.`);
      }
      const [{ PolicyDocumentsModule }, { PolicyDocuments }] = await Promise.all([
        import('../policy-documents/policy-documents.module.ts'),
        import('../policy-documents/policy-documents.service.ts'),
      ]);
      const { policy: loaded, isChanged } = await withApplication([PolicyDocumentsModule], (application) =>
        application.get(PolicyDocuments).load(text, CLI_ACTOR),
      );
      note(isChanged ? 'In force now:' : 'Was in force already:');
      print(loaded.hash);
    });

  return policy;
}

function describe(file: string, { line, column, message, hint }: Placed): string {
  return `${file}:${line}:${column}: ${message} ${hint}`.trimEnd();
}
