import { Household, signIn } from './household.ts';
import type { Recipe, World } from './world.ts';

/** Used up slowly, as signing in costs the most. */
const USES = 8;

interface Organisation {
  readonly id: string;
  readonly contract: string;
  readonly contactPerson: string;
  /** Of their contact person. */
  readonly token: string;
  uses: number;
}

/** What people send who speak for an organisation, pass on what they may do, or have software call for them. */
export function representingRecipes(world: World): Readonly<Record<string, () => Promise<Recipe>>> {
  const own = (token: string, more: Omit<Recipe, 'scope' | 'token'> = {}): Recipe => ({
    scope: 'person',
    token,
    ...more,
  });
  let known: Organisation | null = null;
  const organisation = async (): Promise<Organisation> => {
    if (known === null || known.uses >= USES) known = await found(world);
    known.uses += 1;
    await world.strengthen(known.contactPerson);
    return known;
  };
  const wish = (contract: string): Record<string, unknown> => ({
    proxy: { name: world.name(), contact: { kind: 'phone', value: world.phone() } },
    scopes: ['billing'],
    contracts: [contract],
  });
  const send = async (token: string, path: string, body: unknown): Promise<{ readonly id: string }> => {
    await world.forgetBudgets();
    return world.ok(world.desk.post('crm', path, body, { authorization: `Bearer ${token}` }));
  };
  const given = async (): Promise<Recipe> => {
    const { id, contract, token } = await organisation();
    const mandate = await send(token, `/v1/me/organisations/${id}/mandates`, wish(contract));
    return own(token, { path: { id, mandate_id: mandate.id } });
  };
  const ofIt = async (): Promise<Recipe> => {
    const { id, token } = await organisation();
    return own(token, { path: { id } });
  };

  /** A proxy who may pass on what they hold. */
  const passing = async (): Promise<Household> => {
    const house = await Household.at(world);
    await world.desk.owner.query('UPDATE mandates SET may_pass_on = true WHERE id = $1', [house.mandateId]);
    await world.strengthen(house.pair.proxy);
    await world.forgetBudgets();
    return house;
  };

  const program = (contract: string): Record<string, unknown> => ({
    name: 'Verzonnen boekhoudprogramma',
    operator: { kind: 'email', value: 'maker@example.nl' },
    scopes: ['faults'],
    contracts: [contract],
  });
  const holding = async (): Promise<Household> => {
    const house = await Household.at(world);
    await house.strengthen();
    return house;
  };
  return {
    'GET /v1/me/organisations': async () => own((await organisation()).token),
    'GET /v1/me/organisations/{id}': ofIt,
    'GET /v1/me/organisations/{id}/mandates': ofIt,
    'GET /v1/me/organisations/{id}/activity': ofIt,
    'POST /v1/me/organisations/{id}/mandates': async () => {
      const { id, contract, token } = await organisation();
      await world.forgetBudgets();
      return own(token, { path: { id }, body: wish(contract) });
    },
    'GET /v1/me/organisations/{id}/mandates/{mandate_id}/acceptance-code': given,
    'POST /v1/me/organisations/{id}/mandates/{mandate_id}/withdraw': given,

    'GET /v1/me/mandates/{id}/sub-mandates': async () => {
      const { proxy, mandateId } = await passing();
      return own(proxy, { path: { id: mandateId } });
    },
    'POST /v1/me/mandates/{id}/sub-mandates': async () => {
      const { proxy, pair, mandateId } = await passing();
      return own(proxy, { path: { id: mandateId }, body: wish(pair.contract) });
    },

    'GET /v1/me/software': async () => own((await holding()).holder),
    'POST /v1/me/software': async () => {
      const { holder, pair } = await holding();
      await world.forgetBudgets();
      return own(holder, { body: program(pair.contract) });
    },
    'POST /v1/me/software/{id}/revoke': async () => {
      const { holder, pair } = await holding();
      return own(holder, { path: { id: (await send(holder, '/v1/me/software', program(pair.contract))).id } });
    },
  };
}

/** Of which somebody is the contact person, with a mandate that is strong enough to give others in its name at once. */
async function found(world: World): Promise<Organisation> {
  const { desk } = world;
  const { proxy, proxyEmail } = await world.pair();
  const [ref, contract] = [`O-${proxy}`, `C-O-${proxy}`];
  const body = { kind: 'organisation', name: world.name('holder'), language: 'nl', contact_points: [] };
  await desk.put('crm', `/v1/people/${ref}`, body);
  await desk.contract(contract, [ref]);
  const terms = { scopes: ['billing', 'subscription'], contracts: [contract], contact_rule: 'several' };
  const mandate = { holder: ref, proxy, ...terms, form: 'portal' };
  const { id } = await world.ok(desk.post('crm', '/v1/mandates', mandate));
  await desk.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [id]);
  await desk.owner.query('UPDATE mandate_evidence SET session_strength = 3 WHERE mandate_id = $1', [id]);
  const token = await signIn(world, proxyEmail);
  const { rows } = await desk.owner.query<{ id: string }>('SELECT id FROM people WHERE crm_ref = $1', [ref]);
  return { id: rows[0]?.id ?? '', contract, contactPerson: proxy, token, uses: 0 };
}
