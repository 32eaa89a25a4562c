import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Recipe, World } from './world.ts';

/** The one that everything else needs. */
export const POLICY = readFileSync(path.resolve(import.meta.dirname, '../../policies/telecom.yaml'), 'utf8');

/** Far enough that nothing planned comes into force while it runs. */
const SOON = 300 * 86_400_000;

/** What an administrator sends who has a policy checked, tried, planned and loaded. */
export function policyRecipes(world: World): Readonly<Record<string, () => Promise<Recipe>>> {
  const document = async (): Promise<Recipe> =>
    world.next() % 2 === 0
      ? { scope: 'admin', body: POLICY, type: 'text/yaml' }
      : { scope: 'admin', body: { document: POLICY } };
  const planned = (): Record<string, string> => ({
    hash: world.one('hashes', 0),
    starts_at: new Date(Date.now() + SOON + world.next()).toISOString(),
  });
  return {
    'POST /v1/policies': document,
    'POST /v1/policies/check': async () =>
      world.next() % 2 === 0 ? { scope: 'admin', body: POLICY.slice(0, 5_000), type: 'text/yaml' } : document(),
    'POST /v1/policies/dry-run': async () => ({ ...(await document()), query: { days: '1' } }),
    'GET /v1/policies/current': async () => ({ scope: 'agent', headers: { 'accept-language': 'en' } }),
    'GET /v1/policies/{hash}': async () => ({ scope: 'crm', path: { hash: world.one('hashes', 0) } }),
    'GET /v1/policy-activations': async () => ({ scope: 'admin' }),
    'POST /v1/policy-activations': async () => ({ scope: 'admin', body: planned() }),
    'DELETE /v1/policy-activations/{activation_id}': async () => {
      const { activation_id } = await world.ok(world.desk.post('admin', '/v1/policy-activations', planned()));
      return { scope: 'admin', path: { activation_id } };
    },
  };
}
