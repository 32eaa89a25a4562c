import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { FactsRepository } from '../src/calls/facts.repository.ts';
import { decide } from '../src/policy/decide.ts';
import type { Policy } from '../src/policy/policy.ts';
import { compilePolicy } from '../src/policy-documents/compile-policy.ts';
import type { World } from './world.ts';

const POLICY_FILE = 'policies/telecom.yaml';
const CALLS = 200;
/** Decisions between two looks at the clock. */
const STRIDE = 2_000;

/** The policy that the service loads, too. */
export async function readPolicy(): Promise<Policy> {
  const result = compilePolicy(await readFile(POLICY_FILE, 'utf8'));
  if ('faults' in result) throw new Error(`${POLICY_FILE} has mistakes.`);
  return result.policy;
}

/** Decisions a second on one core: every action for real callers, with no I/O and no answer. One figure a round. */
export async function decideAlone(world: World, policy: Policy, rounds: number, seconds: number): Promise<number[]> {
  const client = new Client({ connectionString: world.appUrl, application_name: 'mandaat bench' });
  await client.connect();
  const now = new Date();
  const asked = world.calls.slice(0, CALLS).map(({ id }) => ({ callId: id, agentId: null }));
  const loaded = [...(await new FactsRepository().load(client, asked, now)).values()];
  await client.end();
  if (loaded.length !== asked.length) throw new Error('Some calls have no facts.');
  const questions = [...policy.actions.keys()].map((action) => ({ action, properties: {} }));
  const pairs = loaded.flatMap(({ facts }) => questions.map((question) => ({ facts, question })));
  // Something has to depend on the decisions, or none of them need be taken.
  let permits = 0;
  const run = (length: number): number => {
    const start = performance.now();
    let decisions = 0;
    for (let elapsed = 0; elapsed < length * 1000; elapsed = performance.now() - start) {
      for (let turn = 0; turn < STRIDE; turn += 1) {
        const pair = pairs[(decisions + turn) % pairs.length];
        if (pair !== undefined && decide(policy, pair.facts, pair.question, now.getTime()).outcome === 'permit') {
          permits += 1;
        }
      }
      decisions += STRIDE;
    }
    return (decisions * 1000) / (performance.now() - start);
  };
  run(1);
  const figures = Array.from({ length: rounds }, () => run(Math.min(seconds, 2)));
  if (permits === 0) throw new Error('Nothing was permitted.');
  return figures;
}
