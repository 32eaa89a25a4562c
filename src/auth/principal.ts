import type { Config } from '../config/config.ts';
import type { AgentId, PersonId } from '../policy/ids.ts';
import type { Level } from '../policy/vocabulary.ts';
import type { Session } from '../sessions/session.ts';

/** What a key may be used for. */
export const KEY_SCOPES = ['agent', 'crm', 'admin', 'privacy'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Whether keys of this scope are taken only where they are bound to one agent (`AGENT_KEYS`). */
export function mustBeBound(scope: KeyScope, { agentKeys }: Pick<Config, 'agentKeys'>): boolean {
  return scope === 'agent' && agentKeys === 'bound';
}

/** Who a route is for: a key's scope, or a person who is signed in to the self-service. */
export const PRINCIPAL_SCOPES = [...KEY_SCOPES, 'person'] as const;
export type PrincipalScope = (typeof PRINCIPAL_SCOPES)[number];

/** Somebody who is signed in to the self-service. */
export interface SignedIn {
  readonly id: PersonId;
  readonly sessionId: string;
  /** When they last proved who they are. */
  readonly provedAt: Date;
  /** The employee who acts for them, and in which call; null = they act themselves. */
  readonly assistance: { readonly agentId: string; readonly callId: string } | null;
  /** Who is really there, where `id` is an organisation in whose place they act; left out = nobody else. */
  readonly speakerId?: PersonId;
}

/** The employee who acts. Holders see role, team and pseudonym; the reference stays inside. */
export interface Agent {
  readonly id: AgentId;
  readonly ref: string;
  readonly pseudonym: string;
  readonly role: string;
  readonly team: string | null;
  /** False from the end of their last day on, too. */
  readonly isActive: boolean;
  /** The end of their last day; null = nobody said that they leave. */
  readonly leavesAt: Date | null;
  /** By the names of the policy, each once, in the order of the alphabet. */
  readonly skills: readonly string[];
  readonly flags: readonly string[];
}

/** Who calls this API. It comes from the credential alone, never from a body. */
export interface Principal {
  /**
   * For a staff token, which has no key, `staff-` and the id of its agent, and `session-` and its id for who is signed in:
   * one share of the rate limit for a person.
   */
  readonly keyId: string;
  /** The OpenID issuer of a staff token; absent for a key. */
  readonly issuer?: string;
  readonly scope: PrincipalScope;
  /** Present exactly with scope `person`. */
  readonly person?: SignedIn;
  /** Nothing that is registered in this session counts for more than this. */
  readonly strength: Level;
  /** Present and true for a key that may search with the standard decision API. */
  readonly maySearch?: boolean;
  /**
   * The agent that the key is bound to or acts for (header `Mandaat-Agent`), or who acts for the person of an assisted session;
   * null for keys that act for none, and for who is signed in themselves.
   */
  readonly agent: Agent | null;
}

/** {@link Principal.keyId} of who is signed in. */
export function knownBySession(sessionId: string): string {
  return `session-${sessionId}`;
}

/** {@link Principal.keyId} of an employee without a key; null = nobody is registered under what their token says. */
export function knownByToken(agent: Pick<Agent, 'id'> | null): string {
  return `staff-${agent?.id ?? 'unknown'}`;
}

/** Who comes with a key, and for whom. */
export function principalOfKey(
  { id, scope, strength, maySearch }: Pick<Principal, 'scope' | 'strength' | 'maySearch'> & { readonly id: string },
  agent: Agent | null,
): Principal {
  return { keyId: id, scope, strength, ...(maySearch === true ? { maySearch } : {}), agent };
}

/** Who is signed in, or the employee who acts for them in a call. */
export function principalOfSession(
  { id, personId, strength, provedAt, assistance }: Session,
  agent: Agent | null,
): Principal {
  const person = { id: personId, sessionId: id, provedAt, assistance };
  return Object.freeze<Principal>({ keyId: knownBySession(id), scope: 'person', strength, agent, person });
}

/**
 * How the audit names who did something: `key:<id>`, and before it `agent:<uuid>` where somebody acts. The key is always
 * told: what a stolen one did must be found, whichever agents it named. Who came with a staff token, and so with the
 * provider's word for who they are, is `agent:<uuid> issuer:<address>`; who is signed in, `person:<uuid> session:<uuid>`, after
 * the `agent:<uuid>` who acts for them in a call. Whoever acts in the place of an organisation is named themselves.
 */
export function actorOf({ agent, keyId, issuer, person }: Principal): string {
  if (person !== undefined) {
    const own = `person:${person.speakerId ?? person.id} session:${person.sessionId}`;
    return person.assistance === null ? own : `agent:${person.assistance.agentId} ${own}`;
  }
  if (issuer !== undefined && agent !== null) return `agent:${agent.id} issuer:${issuer}`;
  return agent === null ? `key:${keyId}` : `agent:${agent.id} key:${keyId}`;
}

/** The person of a request on a route for people alone. */
export function signedInOf({ person }: Principal): SignedIn {
  // Our own mistake, as the guard lets nobody else in.
  if (person === undefined) throw new Error('This route is for people who are signed in.');
  return person;
}

/** Whose calls a request may see: null = every agent's. An agent sees their own alone. */
export function agentWhoseCalls({ scope, agent }: Principal): string | null {
  if (scope !== 'agent') return null;
  if (agent === null) throw new Error('an agent request without an agent');
  return agent.id;
}
