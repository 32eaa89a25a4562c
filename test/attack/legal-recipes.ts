import type { Recipe, World } from './world.ts';

/** A second employee: nobody approves what they recorded. */
const OTHER = { 'mandaat-agent': 'A-2' };

const EVIDENCE = {
  form: 'court',
  source: 'Rechtbank Voorbeeldstad',
  reference: 'VZ-2026-17',
  sha256: 'a'.repeat(64),
  dated_on: '2026-01-15',
};

/** What employees send who record what somebody said or wrote, what happened in their life, and who represents them by law. */
export function legalRecipes(world: World): Readonly<Record<string, () => Promise<Recipe>>> {
  const ok = async (path: string, body: unknown): Promise<{ readonly id: string }> =>
    (await world.desk.expectSuccess(world.desk.post('agent', path, body))).body;
  const event = async (): Promise<Record<string, unknown>> => ({
    person: (await world.pair()).holder,
    kind: 'curatele',
    occurred_on: '2026-01-20',
    reported_by: 'relative',
    evidence: EVIDENCE,
  });
  const representation = async (): Promise<Record<string, unknown>> => {
    const { holder, proxy } = await world.pair();
    return { holder, representative: proxy, kind: 'curatele', ends_at: '2031-01-01', evidence: EVIDENCE };
  };
  const registration = async (): Promise<Record<string, unknown>> => {
    const { holder, proxy, contract } = await world.pair();
    const paper = { reference: 'PV-2026-31', sha256: 'c'.repeat(64) };
    return { holder, proxy, scopes: ['billing'], contracts: [contract], form: 'letter', paper };
  };
  const made: Readonly<Record<string, () => Promise<string>>> = {
    'life-events': async () => (await ok('/v1/life-events', await event())).id,
    representations: async () => (await ok('/v1/representations', await representation())).id,
    registrations: async () => (await ok('/v1/registrations', await registration())).id,
  };
  const approved = async (what: string): Promise<string> => {
    const id = (await made[what]?.()) ?? '';
    await world.desk.expectSuccess(world.desk.post('agent', `/v1/${what}/${id}/approve`, {}, OTHER));
    return id;
  };
  /** What a second employee decides about. */
  const decided = (what: string, reader: 'agent' | 'privacy'): Readonly<Record<string, () => Promise<Recipe>>> => {
    const at = async (): Promise<Pick<Recipe, 'path'>> => ({ path: { id: (await made[what]?.()) ?? '' } });
    return {
      [`GET /v1/${what}`]: async () => ({ scope: reader }),
      [`GET /v1/${what}/{id}`]: async () => ({ scope: reader, ...(await at()) }),
      [`POST /v1/${what}/{id}/approve`]: async () => ({ scope: 'agent', ...(await at()), headers: OTHER }),
      [`POST /v1/${what}/{id}/reject`]: async () => ({ scope: 'agent', ...(await at()), headers: OTHER }),
    };
  };
  const of = (what: string): Readonly<Record<string, () => Promise<Recipe>>> => ({
    ...decided(what, 'privacy'),
    [`POST /v1/${what}/{id}/evidence`]: async () => ({
      scope: 'agent',
      path: { id: (await made[what]?.()) ?? '' },
      body: { ...EVIDENCE, reference: 'VZ-2026-18', sha256: 'b'.repeat(64) },
    }),
  });
  return {
    ...of('life-events'),
    ...of('representations'),
    ...decided('registrations', 'agent'),
    'POST /v1/registrations': async () => ({ scope: 'agent', body: await registration() }),
    'POST /v1/life-events': async () => ({ scope: 'agent', body: await event() }),
    'POST /v1/representations': async () => ({ scope: 'agent', body: await representation() }),
    'POST /v1/life-events/{id}/contests': async () => ({
      scope: 'agent',
      path: { id: await approved('life-events') },
      body: { text: 'Zo is het niet gegaan.' },
    }),
    'POST /v1/life-events/{id}/reversals': async () => ({
      scope: 'agent',
      path: { id: await approved('life-events') },
      body: { occurred_on: '2026-02-20', reported_by: 'relative', evidence: EVIDENCE },
    }),
    'POST /v1/representations/comparisons': async () => {
      const { holder, proxy } = await world.pair();
      const entries = [{ holder, representative: proxy, kind: 'bewind', starts_at: '2026-01-01' }];
      return { scope: 'privacy', body: { looked_up: [holder], entries } };
    },
    'POST /v1/representations/imports': async () => {
      const { holder, proxy } = await world.pair();
      const entries = [{ holder, representative: proxy, kind: 'bewind', ends_at: '2031-01-01' }];
      return { scope: 'agent', body: { evidence: { ...EVIDENCE, form: 'register' }, entries } };
    },
    'POST /v1/representations/{id}/revoke': async () => ({
      scope: 'agent',
      path: { id: await approved('representations') },
    }),
    'GET /v1/incidents': async () => ({ scope: 'privacy', query: { limit: '10' } }),
    'POST /v1/incidents/{id}/close': async () => {
      const text = { text: 'Zo is het niet gegaan.' };
      const path = `/v1/life-events/${await approved('life-events')}/contests`;
      const { body } = await world.desk.expectSuccess(world.desk.post('agent', path, text));
      return { scope: 'privacy', path: { id: body.incident_id } };
    },
  };
}
