import { randomUUID } from 'node:crypto';
import { makeKey } from '../support/app.ts';
import type { Recipe, World } from './world.ts';

/** Two employees of whom no other request knows: one asks, the other agrees. */
const ASKER = 'A-S1';
const OTHER = 'A-S2';

/** What is sent about employees: what they were trained in, what they leave behind, and who they are. */
export function agentRecipes(world: World): Readonly<Record<string, () => Promise<Recipe>>> {
  /** Somebody whom no other request needs. */
  const agent = async (agent_ref = `A-G${world.next()}`): Promise<string> => {
    await world.desk.put('admin', `/v1/agents/${agent_ref}`, { role: 'agent' });
    return agent_ref;
  };
  const attestation = (): Record<string, unknown> => ({
    kind: 'training',
    channel: 'video',
    expires_at: new Date(Date.now() + 20 * 86_400_000).toISOString(),
  });
  const attested = async (): Promise<{ agent_ref: string; attestation_id: string }> => {
    const agent_ref = await agent();
    const path = `/v1/agents/${agent_ref}/attestations`;
    return { agent_ref, attestation_id: (await world.ok(world.desk.post('admin', path, attestation()))).id };
  };
  const alarm = async (): Promise<string> => {
    const agent_ref = await agent();
    const id = randomUUID();
    await world.desk.owner.query(
      `INSERT INTO leaver_alarms (id, agent_id, day, reached, most, raised_at)
       SELECT $1, id, current_date, 11, 10, now() FROM agents WHERE agent_ref = $2`,
      [id, agent_ref],
    );
    return id;
  };

  /** A person has to ask who somebody is: by their own token. */
  const by = async (agent_ref: string, more: Omit<Recipe, 'scope' | 'token'> = {}): Promise<Recipe> => ({
    scope: 'privacy',
    token: await world.staff(await agent(agent_ref), 'desk-privacy'),
    ...more,
  });
  const question = async (): Promise<Record<string, unknown>> => {
    const { body } = await world.desk.expectSuccess(world.desk.get('admin', `/v1/agents/${await agent()}`));
    return { pseudonym: body.pseudonym, reason: 'complaint', case_ref: 'K-2026-118' };
  };
  const asked = async (): Promise<string> => {
    const authorization = `Bearer ${(await by(ASKER)).token}`;
    return (await world.ok(world.desk.post('privacy', '/v1/unmaskings', await question(), { authorization }))).id;
  };
  return {
    'GET /v1/agents/me/log': async () => ({ scope: 'agent', query: { limit: '10' } }),
    'POST /v1/agents/{agent_ref}/shut-out': async () => ({ scope: 'admin', path: { agent_ref: await agent() } }),
    'POST /v1/keys/{key_id}/revoke': async () => ({
      scope: 'admin',
      path: { key_id: (await makeKey(world.desk.api, 'agent')).key.id },
    }),

    'POST /v1/agents/{agent_ref}/attestations': async () => ({
      scope: 'admin',
      path: { agent_ref: await agent() },
      body: attestation(),
    }),
    'GET /v1/agents/{agent_ref}/attestations': async () => ({ scope: 'admin', path: await attested() }),
    'DELETE /v1/agents/{agent_ref}/attestations/{attestation_id}': async () => ({
      scope: 'admin',
      path: await attested(),
    }),
    'GET /v1/attestations/expiring': async () => ({ scope: 'admin', query: { within_days: '30', limit: '10' } }),

    'GET /v1/leaver-alarms': async () => ({ scope: 'privacy', query: { state: 'open', limit: '10' } }),
    'POST /v1/leaver-alarms/{id}/close': async () => ({ scope: 'privacy', path: { id: await alarm() } }),

    'POST /v1/unmaskings': async () => by(ASKER, { body: await question() }),
    'GET /v1/unmaskings': async () => by(OTHER),
    'GET /v1/unmaskings/{id}': async () => by(ASKER, { path: { id: await asked() } }),
    'POST /v1/unmaskings/{id}/approve': async () => by(OTHER, { path: { id: await asked() } }),
    'POST /v1/unmaskings/{id}/reject': async () => by(OTHER, { path: { id: await asked() } }),
  };
}
