import { CanaryWatch } from '../../src/canaries/canary-watch.service.ts';
import type { Recipe, World } from './world.ts';

/** What is sent about customers who do not exist: of whom no other request knows. */
export function canaryRecipes(world: World): Readonly<Record<string, () => Promise<Recipe>>> {
  const marked = async (): Promise<{ person: string; id: string }> => {
    const person = (await world.pair()).holder;
    await world.ok(world.desk.post('admin', '/v1/canaries', { person }));
    const canaries: { id: string; person: string }[] = (await world.desk.get('admin', '/v1/canaries')).body;
    const found = canaries.find((canary) => canary.person === person);
    if (found === undefined) throw new Error('not marked');
    return found;
  };
  const touched = async (): Promise<string> => {
    const { person, id } = await marked();
    await world.desk.expectSuccess(world.desk.get('crm', `/v1/people/${person}`));
    await world.desk.api.app.get(CanaryWatch, { strict: false }).look();
    const text = 'SELECT id FROM canary_alarms WHERE canary_id = $1';
    const { rows } = await world.desk.owner.query<{ id: string }>(text, [id]);
    if (rows[0] === undefined) throw new Error('nobody was told');
    return rows[0].id;
  };
  return {
    'POST /v1/canaries': async () => ({ scope: 'admin', body: { person: (await world.pair()).holder } }),
    'GET /v1/canaries': async () => ({ scope: 'admin' }),
    'DELETE /v1/canaries/{id}': async () => ({ scope: 'admin', path: { id: (await marked()).id } }),
    'GET /v1/canary-alarms': async () => ({ scope: 'privacy', query: { state: 'open', limit: '10' } }),
    'POST /v1/canary-alarms/{id}/close': async () => ({ scope: 'privacy', path: { id: await touched() } }),
  };
}
