import { AgentsService } from '../../src/auth/agents.service.ts';
import type { Agent } from '../../src/auth/principal.ts';
import { FactsRepository } from '../../src/calls/facts.repository.ts';
import type { LoadedFacts } from '../../src/calls/loaded-facts.ts';
import type { Alteration } from './two-desks.ts';

/**
 * What somebody would write who finds a query too slow: the positive controls of what must be gone at once. Whatever was read first
 * is believed for good.
 */

/** The facts of each call. */
export const keepsFacts: Alteration = (app) => {
  const facts = app.get(FactsRepository, { strict: false });
  const kept = new Map<string, LoadedFacts>();
  const load: FactsRepository['load'] = async (client, callIds, now) => {
    const fresh = await FactsRepository.prototype.load.call(facts, client, callIds, now);
    for (const [id, loaded] of fresh) if (!kept.has(id)) kept.set(id, loaded);
    // What says how old it is would be refused when it is recorded.
    return new Map([...fresh].map(([id, { at }]) => [id, { ...kept.get(id)!, at }]));
  };
  return [{ of: facts, does: { load } }];
};

/** Each agent, as whoever asks is known by. */
export const keepsAgents: Alteration = (app) => {
  const agents = app.get(AgentsService, { strict: false });
  const kept = new Map<string, Agent>();
  const byRef: AgentsService['byRef'] = async (ref) => {
    const agent = kept.get(ref) ?? (await AgentsService.prototype.byRef.call(agents, ref));
    if (agent !== null) kept.set(ref, agent);
    return agent;
  };
  return [{ of: agents, does: { byRef, known: (ref: string) => kept.get(ref) ?? null } }];
};
