import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EntityManager } from 'typeorm';

import { ExecutionsRepository } from '../../src/calls/executions.repository.ts';
import type { LoadedFacts } from '../../src/calls/loaded-facts.ts';
import { FactsRepository } from '../../src/calls/facts.repository.ts';
import { CodesRepository } from '../../src/codes/codes.repository.ts';
import type { Facts } from '../../src/policy/facts.ts';
import type { Alteration, Altered } from '../support/two-desks.ts';

/**
 * What somebody might write, and the reference must notice: each is one rule of product.md broken, at both instances.
 */
export const FAULTS = {
  'a confirmation is not used up': (app) => [
    { of: of(app, ExecutionsRepository), does: { use: () => Promise.resolve() } },
  ],

  'a yes to other terms counts': factsBy((facts) => ({
    ...facts,
    confirmations: facts.confirmations.map((one) => {
      const mandate = facts.mandates.find(({ id }) => id === one.mandateId);
      return { ...one, mandateRevision: mandate?.revision ?? one.mandateRevision };
    }),
  })),

  'a suspended mandate counts': factsBy((facts) => ({
    ...facts,
    mandates: facts.mandates.map((one) => (one.state === 'suspended' ? { ...one, state: 'active' as const } : one)),
  })),

  'evidence never ages': factsBy((facts) => ({
    ...facts,
    mandates: facts.mandates.map((one) => ({
      ...one,
      evidence: one.evidence.map((proof) => ({ ...proof, at: facts.call.endsAt - 3_600_000 })),
    })),
  })),

  'facts are kept for a call': (app) => {
    const repository = of(app, FactsRepository);
    const kept = new Map<string, LoadedFacts>();
    const load: FactsRepository['load'] = async (client, callIds, now) => {
      const fresh = await FactsRepository.prototype.load.call(repository, client, callIds, now);
      for (const [id, one] of fresh) if (!kept.has(id)) kept.set(id, one);
      // What says how old it is would be refused when it is recorded.
      return new Map([...fresh].map(([id, { at }]) => [id, { ...kept.get(id)!, at }]));
    };
    return [{ of: repository, does: { load } }];
  },

  'a new code has new tries': codesBy((repository) => ({
    raiseCounter: async (...all: Parameters<CodesRepository['raiseCounter']>) => {
      await all[0].query('UPDATE codes SET tries = 0 WHERE id = $1', [all[1]]);
      return CodesRepository.prototype.raiseCounter.apply(repository, all);
    },
  })),

  'a code outlives a change of its mandate': codesBy((repository) => ({
    settleOpen: (...all: Parameters<CodesRepository['settleOpen']>) =>
      all[2] === 'cancelled' && all[1].mandateId !== undefined
        ? Promise.resolve([])
        : CodesRepository.prototype.settleOpen.apply(repository, all),
  })),

  'a code lives a millisecond too long': codesBy((repository) => {
    const changed = async (tx: EntityManager, id: string, set: string, values: readonly unknown[]) => {
      const where = "id = $1 AND state = 'pending' AND tries <= 5 AND expires_at >= $2";
      const [rows] = await tx.query<[unknown[], number]>(`UPDATE codes SET ${set} WHERE ${where} RETURNING id`, [
        id,
        ...values,
      ]);
      return rows.length === 0 ? null : repository.find(tx, id);
    };
    return {
      takeTry: (tx: EntityManager, id: string, now: Date) => changed(tx, id, 'tries = tries + 1', [now]),
      approve: (tx: EntityManager, id: string, _counter: number, now: Date) =>
        changed(tx, id, "state = 'approved', answered_at = $2", [now]),
    };
  }),

  'the budget of ten minutes is one of nine': codesBy((repository) => ({
    lockBudget: (...all: Parameters<CodesRepository['lockBudget']>) =>
      CodesRepository.prototype.lockBudget.call(repository, all[0], all[1], new Date(all[2].getTime() + 60_000)),
  })),
} satisfies Record<string, Alteration>;

function factsBy(change: (facts: Facts) => Facts): Alteration {
  return (app) => {
    const repository = of(app, FactsRepository);
    const load: FactsRepository['load'] = async (...query) => {
      const loaded = await FactsRepository.prototype.load.apply(repository, query);
      return new Map([...loaded].map(([id, one]) => [id, { ...one, facts: change(one.facts) }]));
    };
    return [{ of: repository, does: { load } }];
  };
}

function codesBy(does: (repository: CodesRepository) => Altered['does']): Alteration {
  return (app) => {
    const repository = of(app, CodesRepository);
    return [{ of: repository, does: does(repository) }];
  };
}

function of<T extends object>(app: NestFastifyApplication, what: abstract new (...all: never[]) => T): T {
  return app.get<T>(what, { strict: false });
}
