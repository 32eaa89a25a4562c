import { makeKey } from '../support/app.ts';
import type { Pair, Recipe, World } from './world.ts';

const EXPLAIN = { name: 'invoice.explain' };

/** What systems send that enforce decisions, by the standard. */
export function authzenRecipes(world: World): Readonly<Record<string, () => Promise<Recipe>>> {
  let searching: Promise<string> | null = null;
  const question = ({ pair, callId }: { pair: Pair; callId: string }, action: object): Record<string, unknown> => ({
    subject: { type: 'person', id: pair.proxy },
    action,
    resource: { type: 'contract', id: pair.contract },
    context: { call_id: callId },
  });
  const ofKey = async (body: object): Promise<Recipe> => {
    searching ??= makeKey(world.desk.api, 'crm', { maySearch: true }).then(({ text }) => text);
    return { scope: 'crm', token: await searching, body };
  };
  /** What a holder may lift, as it is asked for. */
  const wish = async (): Promise<Record<string, unknown>> => {
    const asked = question(await world.ownCall(), { name: 'contract.terminate' });
    const { context } = await world.ok(world.desk.post('agent', '/access/v1/evaluation', asked));
    const { evaluation_id, evaluated_at, reason, access_request: offered } = context;
    if (offered === undefined) throw new Error(`nobody can be asked: ${reason}`);
    const { expires_at, binding_token, template } = offered;
    await world.forgetBudgets();
    return { ...asked, denial: { evaluation_id, evaluated_at, reason, expires_at, binding_token, template } };
  };
  const wished = async (): Promise<string> => {
    const { task } = await world.ok(world.desk.post('agent', '/access/v1/requests', await wish()));
    world.learn('requests', task.id);
    return task.id;
  };
  return {
    'POST /access/v1/evaluation': async () => ({ scope: 'agent', body: question(await world.ownCall(), EXPLAIN) }),
    'POST /access/v1/evaluations': async () => {
      const evaluations = [{ action: EXPLAIN }, { action: { name: 'contract.terminate' } }];
      return { scope: 'agent', body: { ...question(await world.ownCall(), EXPLAIN), evaluations } };
    },
    'POST /access/v1/search/subject': async () =>
      ofKey({ ...question(await world.ownCall(), EXPLAIN), subject: { type: 'person' } }),
    'POST /access/v1/search/resource': async () =>
      ofKey({ ...question(await world.ownCall(), EXPLAIN), resource: { type: 'contract' } }),
    'POST /access/v1/search/action': async () => {
      const { action: _action, ...body } = question(await world.ownCall(), EXPLAIN);
      return { scope: 'agent', body };
    },
    'POST /access/v1/requests': async () => ({ scope: 'agent', body: await wish() }),
    'GET /access/v1/requests/{request_id}': async () => ({ scope: 'agent', path: { request_id: await wished() } }),
    'POST /access/v1/requests/{request_id}/cancel': async () => ({
      scope: 'agent',
      path: { request_id: await wished() },
    }),
  };
}
