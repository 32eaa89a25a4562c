import { readFile } from 'node:fs/promises';
import { readAssertions, runAssertion } from './assertions.ts';
import { compilePolicy, type PolicyFault } from './compile-policy.ts';

/** What a check of a file came to: the policy's own mistakes, then what its assertions found. */
export interface PolicyFileCheck {
  /** Null when the policy has mistakes. */
  readonly hash: string | null;
  readonly files: readonly { readonly file: string; readonly faults: readonly PolicyFault[] }[];
  /** How many answers were compared. */
  readonly compared: number;
}

/** `policies/telecom.yaml` has its assertions in `policies/telecom.assertions.yaml`. */
function assertionsFile(policyFile: string): string {
  return `${policyFile.replace(/\.ya?ml$/, '')}.assertions.yaml`;
}

/**
 * Checks a policy document, and runs the assertions that lie beside it, if any.
 *
 * @throws Error when the policy file can't be read
 */
export async function checkPolicyFile(policyFile: string): Promise<PolicyFileCheck> {
  const result = compilePolicy(await readFile(policyFile, 'utf8'));
  if ('faults' in result) return { hash: null, files: [{ file: policyFile, faults: result.faults }], compared: 0 };

  const { policy } = result;
  const files = [{ file: policyFile, faults: [] as readonly PolicyFault[] }];
  const beside = assertionsFile(policyFile);
  const text = await readBeside(beside);
  if (text === null) return { hash: policy.hash, files, compared: 0 };

  const read = readAssertions(text, policy);
  if ('faults' in read)
    return { hash: policy.hash, files: [...files, { file: beside, faults: read.faults }], compared: 0 };
  const faults = read.assertions.flatMap((assertion) => runAssertion(policy, assertion));
  const compared = read.assertions.reduce((sum, { expect }) => sum + expect.size, 0);
  return { hash: policy.hash, files: [...files, { file: beside, faults }], compared };
}

async function readBeside(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
