import { type DatedPlace, tokenOf } from './change-token.ts';

/** A change as it is stored. */
export interface ChangeRow extends DatedPlace {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Of the person that it is about, as the CRM knows them. */
  readonly personRef: string | null;
  /** Of the agent that it is about, as the organisation knows them. */
  readonly agentRef: string | null;
}

/** One change, as a subscriber reads it. */
export interface ToldChange {
  /** Its token: what came after it is asked for with this. */
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The same on both roads, the feed and the webhooks. A person and an agent go by the organisation's own references. */
export function told({ type, at, personRef, agentRef, ...row }: ChangeRow): ToldChange {
  const { person_id: personId, agent_id: agentId, ...data } = row.data;
  const person = personId === undefined ? {} : { crm_ref: personRef };
  const agent = agentId === undefined ? {} : { agent_ref: agentRef };
  return { id: tokenOf({ ...row, at }), type, at, data: { ...data, ...person, ...agent } };
}
