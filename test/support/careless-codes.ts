import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EntityManager } from 'typeorm';

import { AuditService } from '../../src/audit/audit.service.ts';
import { CodeAnswers } from '../../src/codes/code-answers.service.ts';
import type { CodeEntity } from '../../src/codes/code.entity.ts';
import { type BudgetOwner, CodesRepository } from '../../src/codes/codes.repository.ts';
import { SupportCodesRepository } from '../../src/codes/support-codes.repository.ts';
import { VerificationsRepository } from '../../src/verifications/verifications.repository.ts';
import { meet } from './meet.ts';
import type { Alteration } from './two-desks.ts';

/**
 * Codes as one would write them without thinking of a second process: the positive controls of the races. Each test that
 * passes with the real ones must fail with these.
 */

/** Reads the budget without a lock, and the tries before it writes them. */
export const carelessCounting: Alteration = (app) => {
  const repository = codesOf(app);
  return [
    {
      of: repository,
      does: {
        lockBudget: unlocked(repository),
        takeTry: async (tx: EntityManager, id: string): Promise<CodeEntity | null> => {
          const code = await repository.find(tx, id);
          if (code?.state !== 'pending' || code.tries >= 5) return null;
          await meet('try');
          await tx.query('UPDATE codes SET tries = $2 WHERE id = $1', [id, code.tries + 1]);
          return Object.assign(code, { tries: code.tries + 1 });
        },
      },
    },
  ];
};

/** Counts what was sent or failed, and lets others do the same before it adds to it. */
export const carelessBudgets: Alteration = (app) => {
  const repository = codesOf(app);
  return [{ of: repository, does: { lockBudget: unlocked(repository) } }];
};

/** Looks whether the code is open, and then ends it. */
export const carelessEnding: Alteration = (app) => {
  const repository = codesOf(app);
  const end = async (tx: EntityManager, id: string, state: string, now: Date): Promise<CodeEntity | null> => {
    const code = await repository.find(tx, id);
    if (code?.state !== 'pending') return null;
    await meet('ending');
    await tx.query('UPDATE codes SET state = $2, answered_at = $3 WHERE id = $1', [id, state, now]);
    return repository.find(tx, id);
  };
  return [
    {
      of: repository,
      does: {
        approve: (tx: EntityManager, id: string, _counter: number, now: Date) => end(tx, id, 'approved', now),
        settle: end,
      },
    },
  ];
};

/** Compares first, and counts what was wrong in the transaction that also tells it. */
export const comparesBeforeItCounts: Alteration = (app) => {
  const repository = codesOf(app);
  const service = app.get(CodeAnswers, { strict: false });
  const audit = app.get(AuditService, { strict: false });
  return [
    {
      of: repository,
      does: {
        takeTry: async (tx: EntityManager, id: string): Promise<CodeEntity | null> => {
          const code = await repository.find(tx, id);
          return code?.state === 'pending' && code.tries < 5 ? code : null;
        },
        addBudgetEntry: async (tx: EntityManager, owner: BudgetOwner, kind: 'send', codeId: string, now: Date) => {
          if (kind === 'send')
            await CodesRepository.prototype.addBudgetEntry.call(repository, tx, owner, kind, codeId, now);
        },
      },
    },
    {
      of: service,
      does: {
        fail: (code: CodeEntity, actor: string) =>
          audit.record(async (tx) => {
            await tx.query('UPDATE codes SET tries = tries + 1 WHERE id = $1', [code.id]);
            const result = { accepted: false, state: 'pending', triesLeft: 0, isBudgetSpent: false };
            return { result, entries: [{ kind: 'code.failed', actor, body: { codeId: code.id } }] };
          }),
      },
    },
  ];
};

/** Keeps tries, sends and failures in a memory of its own, one for each instance. */
export const countsInMemory: Alteration = (app) => {
  const repository = codesOf(app);
  const tries = new Map<string, number>();
  const used: { readonly owner: string; readonly kind: string; readonly codeId: string }[] = [];
  const usedBy = (owner: BudgetOwner, kind: string): number =>
    used.filter((entry) => entry.owner === JSON.stringify(owner) && entry.kind === kind).length;
  const does: Partial<CodesRepository> = {
    takeTry: async (tx, id) => {
      const code = await repository.find(tx, id);
      const made = tries.get(id) ?? 0;
      if (code?.state !== 'pending' || made >= 5) return null;
      tries.set(id, made + 1);
      return Object.assign(code, { tries: made + 1 });
    },
    lockBudget: (_tx, owner) => {
      const sends = usedBy(owner, 'send');
      return Promise.resolve({
        sendsInTenMinutes: sends,
        sendsInDay: sends,
        failuresInDay: usedBy(owner, 'failure'),
      });
    },
    addBudgetEntry: async (_tx, owner, kind, codeId) => {
      used.push({ owner: JSON.stringify(owner), kind, codeId });
    },
    giveBackFailure: async (_tx, _owner, codeId) => {
      used.splice(
        used.findLastIndex((entry) => entry.kind === 'failure' && entry.codeId === codeId),
        1,
      );
    },
  };
  return [{ of: repository, does }];
};

/** Asks this machine what time it is. */
export const ownClock: Alteration = (app) => {
  const repository = codesOf(app);
  const original = CodesRepository.prototype;
  return [
    {
      of: repository,
      does: {
        takeTry: (tx: EntityManager, id: string) => original.takeTry.call(repository, tx, id, new Date()),
        approve: (tx: EntityManager, id: string, counter: number) =>
          original.approve.call(repository, tx, id, counter, new Date()),
      },
    },
  ];
};

/** Reads the last time step before it writes the next. */
export const carelessSteps: Alteration = (app) => {
  const repository = app.get(VerificationsRepository, { strict: false });
  return [
    {
      of: repository,
      does: {
        takeStep: async (tx: EntityManager, id: string, step: number): Promise<boolean> => {
          const [row] = await tx.query<[{ last_step: string }]>('SELECT last_step FROM authenticators WHERE id = $1', [
            id,
          ]);
          if (Number(row.last_step) >= step) return false;
          await meet('step');
          await tx.query('UPDATE authenticators SET last_step = $2 WHERE id = $1', [id, step]);
          return true;
        },
      },
    },
  ];
};

/**
 * A try holds the person and goes on to the code; an answer holds the code and goes on to what refers to the person.
 * Careless is only to hold the person more strongly than is needed.
 */
export function guessMeetsAnswer(isCareless: boolean): Alteration {
  return (app) => {
    const repository = codesOf(app);
    const original = CodesRepository.prototype;
    return [
      {
        of: repository,
        does: {
          lockBudget: async (tx: EntityManager, owner: BudgetOwner, now: Date) => {
            if (isCareless && 'personId' in owner) {
              await tx.query('SELECT 1 FROM people WHERE id = $1 FOR UPDATE', [owner.personId]);
            }
            const use = await original.lockBudget.call(repository, tx, owner, now);
            await meet('locks');
            return use;
          },
          settle: async (...all: Parameters<CodesRepository['settle']>) => {
            const code = await original.settle.apply(repository, all);
            await meet('locks');
            return code;
          },
        },
      },
    ];
  };
}

/** Looks whether a support code was used, and then uses it. */
export const carelessSupport: Alteration = (app) => {
  const repository = app.get(SupportCodesRepository, { strict: false });
  const use: SupportCodesRepository['use'] = async (tx, { personId }, now) => {
    const [row] = await tx.query<{ used_at: Date | null }[]>('SELECT used_at FROM support_codes WHERE person_id = $1', [
      personId,
    ]);
    if (row?.used_at !== null) return false;
    await meet('support');
    await tx.query('UPDATE support_codes SET used_at = $2 WHERE person_id = $1', [personId, now]);
    return true;
  };
  return [{ of: repository, does: { use } }];
};

/** A withdrawal holds the mandate and goes on to its codes. Careless is a yes that holds the code before the mandate. */
export function yesMeetsWithdrawal(isCareless: boolean): Alteration {
  return (app) => {
    const repository = codesOf(app);
    const original = CodesRepository.prototype;
    // The careful yes waits for the withdrawal, and not here.
    const patience = isCareless ? 3_000 : 200;
    return [
      {
        of: repository,
        does: {
          settleOpen: async (...all: Parameters<CodesRepository['settleOpen']>) => {
            if (all[2] === 'cancelled') await meet('mandate', patience);
            return original.settleOpen.apply(repository, all);
          },
          approve: async (...all: Parameters<CodesRepository['approve']>) => {
            const code = await original.approve.apply(repository, all);
            await meet('mandate', patience);
            return code;
          },
          ...(isCareless ? { lockMandateOf: () => Promise.resolve() } : {}),
        },
      },
    ];
  };
}

function unlocked(repository: CodesRepository): CodesRepository['lockBudget'] {
  return async (tx, ...rest) => {
    const query = (sql: string, parameters: unknown[]): Promise<unknown> =>
      sql.includes('FOR NO KEY UPDATE') ? Promise.resolve([]) : tx.query(sql, parameters);
    const use = await CodesRepository.prototype.lockBudget.call(repository, { query } as EntityManager, ...rest);
    await meet('budget', 150);
    return use;
  };
}

function codesOf(app: NestFastifyApplication): CodesRepository {
  return app.get(CodesRepository, { strict: false });
}
