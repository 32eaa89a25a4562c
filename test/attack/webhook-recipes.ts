import type { Recipe, World } from './world.ts';

/** Nobody listens there; a webhook that is disabled is told nothing anyway. */
const NOWHERE = 'http://127.0.0.1:9/hooks';

/** What an administrator sends who has another system told of changes. */
export function webhookRecipes(world: World): Readonly<Record<string, () => Promise<Recipe>>> {
  /** There may be fifty, and a run makes more. The newest stay: another request may be about to use them. */
  const room = (): Promise<unknown> =>
    world.desk.owner.query(
      'DELETE FROM webhooks WHERE id IN (SELECT id FROM webhooks ORDER BY created_at DESC OFFSET 25)',
    );
  const made = async (): Promise<string> => {
    await room();
    const { body } = await world.desk.expectSuccess(world.desk.post('admin', '/v1/webhooks', { url: NOWHERE }));
    return body.id;
  };
  const sent = async (): Promise<Record<string, string>> => {
    const id = await made();
    const { body } = await world.desk.expectSuccess(world.desk.post('admin', `/v1/webhooks/${id}/test`));
    return { id, delivery_id: body.id };
  };
  const of = (method: string, verb: string, body?: unknown): Readonly<Record<string, () => Promise<Recipe>>> => ({
    [`${method} /v1/webhooks/{id}${verb}`]: async () => ({
      scope: 'admin',
      path: { id: await made() },
      ...(body === undefined ? {} : { body }),
    }),
  });
  return {
    'POST /v1/webhooks': async () => {
      await room();
      return { scope: 'admin', body: { url: NOWHERE, types: ['mandate.withdrawn'], description: 'CRM' } };
    },
    'GET /v1/webhooks': async () => ({ scope: 'admin' }),
    ...of('GET', ''),
    ...of('PATCH', '', { status: 'disabled' }),
    ...of('DELETE', ''),
    ...of('POST', '/rotate', { overlap_hours: 0 }),
    ...of('POST', '/test'),
    ...of('POST', '/replay', { since: '2026-01-01T00:00:00Z' }),
    ...of('GET', '/deliveries'),
    'POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay': async () => ({ scope: 'admin', path: await sent() }),
  };
}
