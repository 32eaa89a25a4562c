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
  /** For a staff token, which has no key, `staff-` and the id of its agent: one share of the rate limit for a person. */
  readonly keyId: string;
  /** The OpenID issuer of a staff token; absent for a key. */
  readonly issuer?: string;
  readonly scope: KeyScope;
  /** Nothing that is registered in this session counts for more than this. */
  readonly strength: Level;
  /** The agent that the key is bound to or acts for (header `Mandaat-Agent`); null for keys that act for none. */
  readonly agent: Agent | null;
}

/**
 * How the audit names who did something: `key:<id>`, and before it `agent:<uuid>` where somebody acts. The key is always
 * told: what a stolen one did must be found, whichever agents it named. Who came with a staff token, and so with the
 * provider's word for who they are, is `agent:<uuid> issuer:<address>`.
 */
export function actorOf({ agent, keyId, issuer }: Principal): string {
  if (issuer !== undefined && agent !== null) return `agent:${agent.id} issuer:${issuer}`;
  return agent === null ? `key:${keyId}` : `agent:${agent.id} key:${keyId}`;
}
