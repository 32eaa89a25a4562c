import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';

import type { Channel } from '../policy/vocabulary.ts';
import { factsOf, type LoadedFacts } from './loaded-facts.ts';
import type { FactsRow } from './facts-rows.ts';
import { FACTS_AT, FACTS_NOW, FACTS_OF_SUBJECTS_NOW } from './facts-sql.ts';

/** A call, and the agent whose it must be; null = whoever's it is. */
export interface AskedCall {
  readonly callId: string;
  readonly agentId: string | null;
}

/** Somebody about whom is asked without a call, and what a call would say about it. */
export interface AskedSubject {
  /** Of this question alone. */
  readonly id: string;
  readonly channel: Channel;
  readonly claim: 'holder' | 'proxy';
  /** The employee for whom a system asks; null = for none. */
  readonly agentId: string | null;
  readonly callerId: string | null;
  readonly contractId: string;
}

@Injectable()
export class FactsRepository {
  /**
   * Facts by the call's id; unknown calls and those of other agents are left out.
   *
   * @param now null = the moment of reading, for what is read outside a transaction
   */
  async load(
    client: Pick<ClientBase, 'query'>,
    asked: readonly AskedCall[],
    now: Date | null,
  ): Promise<ReadonlyMap<string, LoadedFacts>> {
    const values = [asked.map(({ callId }) => callId), asked.map(({ agentId }) => agentId)];
    const query =
      now === null
        ? { name: 'calls-facts-now', text: FACTS_NOW, values }
        : { name: 'calls-facts', text: FACTS_AT, values: [...values, now] };
    return this.read(client, query);
  }

  /** The same without calls, by the ids of the subjects that were asked about; those of unknown contracts are left out. */
  loadSubjects(
    client: Pick<ClientBase, 'query'>,
    subjects: readonly AskedSubject[],
  ): Promise<ReadonlyMap<string, LoadedFacts>> {
    const values = [JSON.stringify(subjects)];
    return this.read(client, { name: 'calls-facts-of-subjects', text: FACTS_OF_SUBJECTS_NOW, values });
  }

  private async read(
    client: Pick<ClientBase, 'query'>,
    query: { readonly name: string; readonly text: string; readonly values: unknown[] },
  ): Promise<ReadonlyMap<string, LoadedFacts>> {
    const { rows } = await client.query<FactsRow>(query);
    return new Map(rows.flatMap(factsOf).map((loaded) => [loaded.facts.call.id, loaded]));
  }

  /**
   * Before doing something: nothing that this call's decision stands on may change until it is done. Withdrawals and
   * other executions wait, or were first and are seen.
   */
  async lock(client: ClientBase, callId: string): Promise<void> {
    await client.query({
      name: 'calls-lock-contract',
      text: 'SELECT 1 FROM contracts WHERE id = (SELECT contract_id FROM calls WHERE id = $1) FOR UPDATE',
      values: [callId],
    });
    // What the holder gave before what was made from it: who ends one with all that hangs on it has the same order.
    await client.query({
      name: 'calls-lock-mandates',
      text: `SELECT 1 FROM mandates WHERE id = ANY (ARRAY (
          SELECT unnest(ARRAY[m.id, m.parent_id]) FROM mandates m
          WHERE m.proxy_id = (SELECT caller_id FROM calls WHERE id = $1)
          -- Whoever joins the caller may be taken out meanwhile too.
          UNION ALL SELECT m.id FROM calls c JOIN contract_holders h ON h.contract_id = c.contract_id
            JOIN mandates m ON m.holder_id = h.holder_id AND m.contact_rule IS NOT NULL AND m.state = 'active'
          WHERE c.id = $1))
        ORDER BY parent_id IS NOT NULL, id FOR SHARE`,
      values: [callId],
    });
    await client.query({
      name: 'calls-lock-codes',
      text: 'SELECT 1 FROM codes WHERE call_id = $1 ORDER BY id FOR UPDATE',
      values: [callId],
    });
  }
}
