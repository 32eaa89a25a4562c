import { readFile } from 'node:fs/promises';

import { Command } from 'commander';

import type { CheckpointFault } from '../audit/checkpoint-verifier.ts';
import type { CheckpointVerificationKeys } from '../audit/checkpoint-keys.ts';
import { Failure } from './failure.ts';
import { note, print, withProgress } from './output.ts';

/** Adds what belongs to checkpoints to `audit`. */
export function addCheckpointCommands(audit: Command): void {
  audit
    .command('checkpoint')
    .description('sign where every chain stands, and write what CHECKPOINT_FOLDER lacks')
    .action(async () => {
      const { withApplication } = await import('./application.ts');
      const [{ CheckpointService }, { CheckpointFolder }] = await Promise.all([
        import('../audit/checkpoint.service.ts'),
        import('../audit/checkpoint-folder.ts'),
      ]);
      await withApplication([], async (application) => {
        const made = await withProgress('records', (show) =>
          application.get(CheckpointService).make(0, (done) => show(done, done)),
        );
        note(made === null ? 'Nothing was recorded since the last checkpoint.' : `Made checkpoint ${made.number}.`);
        note(`Wrote ${await application.get(CheckpointFolder).export()} file(s).`);
        if (made !== null) print(made.jws);
      });
    });

  audit
    .command('keys')
    .description('the public keys of checkpoints as a JWK set, for --key')
    .action(async () => {
      print(JSON.stringify((await ownKeys('set it, as this prints the public halves of its keys')).jwks, null, 2));
    });

  audit
    .command('proof')
    .argument('<record_id>', 'the record to prove')
    .description('print the record, and the proof that it was there when the newest checkpoint was signed')
    .action(async (recordId: string) => {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(recordId))
        throw new Failure('This is no id of a record.');
      const { withApplication } = await import('./application.ts');
      const { CheckpointProofs } = await import('../audit/checkpoint-proof.ts');
      const proof = await withApplication([], (application) => application.get(CheckpointProofs).prove(recordId, true));
      print(JSON.stringify(proof, null, 2));
    });

  audit
    .command('verify-proof')
    .argument('<file>', 'what audit proof printed, or the API answered')
    .option('--key <file>', 'public keys (JWK or JWK set) to trust instead of those in CHECKPOINT_KEYS')
    .description('check a proof; needs no database')
    .action(async (file: string, { key }: { key?: string }) => {
      const { verifyProof } = await import('../audit/inclusion-proof.ts');
      const result = await verifyProof(await readFile(file, 'utf8'), await keysFrom(key));
      if (typeof result === 'string') throw new Failure(`The proof does not hold: ${result}.`);
      const { proof, checkpoint } = result;
      const place = `in chain ${proof.chain} as number ${proof.sequence}`;
      const signed = `when checkpoint ${checkpoint.number} was signed, ${checkpoint.takenAt.toISOString()}`;
      if (proof.record === undefined) {
        note(`The proof holds: a record with the hash ${proof.record_hash} was ${place} ${signed}.`);
        note(`It shows neither what that record says nor that its id is ${proof.record_id}, as the file has it.`);
      } else note(`The proof holds: record ${proof.record_id} was ${place} ${signed}.`);
    });
}

/** `audit verify --checkpoint`. @throws Failure when anything doesn't fit */
export async function verifyWithCheckpoints(place: string, keyFile: string | undefined): Promise<void> {
  const [{ withDatabase }, { VerificationModule }, { CheckpointVerifier }, { readCheckpointFiles }] = await Promise.all(
    [
      import('./application.ts'),
      import('../audit/verification.module.ts'),
      import('../audit/checkpoint-verifier.ts'),
      import('../audit/checkpoint-folder.ts'),
    ],
  );
  const [files, keys] = await Promise.all([readCheckpointFiles(place), keysFrom(keyFile)]);
  const { chains, records, checkpoints, faults, checkpointFaults } = await withDatabase(
    [VerificationModule],
    (application) => withProgress('records', (show) => application.get(CheckpointVerifier).verify(files, keys, show)),
  );
  for (const { chainId, sequence, recordId, fault } of faults) {
    print(`chain ${chainId}, record ${sequence}${recordId === null ? '' : ` (${recordId})`}: ${fault}`);
  }
  for (const fault of checkpointFaults) print(`${fault.file}: ${placeOf(fault)}${fault.fault}`);
  if (faults.length + checkpointFaults.length > 0) {
    throw new Failure(`The audit does not hold: ${faults.length + checkpointFaults.length} fault(s).`);
  }
  note(`The audit holds: ${records} record(s) in ${chains} chain(s), as ${checkpoints} checkpoint(s) say.`);
}

function placeOf({ fault, chainId, sequence, upTo }: CheckpointFault): string {
  if (chainId === null) return '';
  if (sequence === null) return `chain ${chainId}: `;
  if (upTo === null) return `chain ${chainId}, record ${sequence}: `;
  return `chain ${chainId}, ${fault === 'truncated' ? 'records' : 'a record from'} ${sequence} to ${upTo}: `;
}

async function keysFrom(file: string | undefined): Promise<CheckpointVerificationKeys> {
  if (file === undefined) return ownKeys('set it, or give the public keys (audit keys prints them) with --key');
  const { readPublicKeys } = await import('../audit/checkpoint-keys.ts');
  return readPublicKeys(await readFile(file, 'utf8'));
}

/** @param wayOut what to do where they are not set */
async function ownKeys(wayOut: string): Promise<CheckpointVerificationKeys> {
  const [{ configFromEnvironment }, { CheckpointKeys }] = await Promise.all([
    import('../config/environment.ts'),
    import('../audit/checkpoint-keys.ts'),
  ]);
  const { checkpointKeys } = configFromEnvironment('database');
  if (checkpointKeys.length === 0) {
    throw new Failure(`CHECKPOINT_KEYS is missing: ${wayOut}.`);
  }
  return new CheckpointKeys(checkpointKeys);
}
