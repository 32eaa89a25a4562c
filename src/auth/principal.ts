import type { AgentId } from '../policy/ids.ts';
import type { Level } from '../policy/vocabulary.ts';

/** What a key may be used for. */
export const KEY_SCOPES = ['agent', 'crm', 'admin', 'privacy'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** The employee who acts. Holders see role, team and pseudonym; the reference stays inside. */
export interface Agent {
  readonly id: AgentId;
  readonly ref: string;
  readonly pseudonym: string;
  readonly role: string;
  readonly team: string | null;
  readonly isActive: boolean;
}

/** Who calls this API. It comes from the credential alone, never from a body. */
export interface Principal {
  readonly keyId: string;
  readonly scope: KeyScope;
  /** Nothing that is registered in this session counts for more than this. */
  readonly strength: Level;
  /** The agent that the key is bound to or acts for (header `Mandaat-Agent`); null for keys that act for none. */
  readonly agent: Agent | null;
}

/**
 * How the audit names who did something: `key:<id>`, and before it `agent:<uuid>` where somebody acts. The key is always
 * told: what a stolen one did must be found, whichever agents it named.
 */
export function actorOf({ agent, keyId }: Principal): string {
  return agent === null ? `key:${keyId}` : `agent:${agent.id} key:${keyId}`;
}
