import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.ts';
import { AGENT_HEADER } from './access.decorators.ts';
import { AgentsService } from './agents.service.ts';
import { KeysService } from './keys.service.ts';
import { mustBeBound, type Principal, principalOfKey, type PrincipalScope } from './principal.ts';

/** A key, as its text begins; a staff token never does. */
const BEARER = /^Bearer (mdt_\S+)$/;
const AGENT = AGENT_HEADER.toLowerCase();

/**
 * Who calls, when nothing has to be looked up: the key and the agent were seen a moment ago, and nothing was heard of
 * them since. The strategy's machinery costs more than all the rest of a check.
 */
@Injectable()
export class KnownCallers {
  constructor(
    private readonly keys: KeysService,
    private readonly agents: AgentsService,
    private readonly config: Config,
  ) {}

  /**
   * @param access the scopes that may use the route
   * @returns null when anything has to be looked up or is not as it should be: the guard finds out what
   */
  find(headers: IncomingHttpHeaders, access: readonly PrincipalScope[]): Principal | null {
    const key = this.keys.known(BEARER.exec(headers.authorization ?? '')?.[1] ?? '');
    const ref = headers[AGENT];
    // A key that is bound to one agent is an exception to these rules, and left to the guard.
    if (key === null || key.agentId !== null || !access.includes(key.scope)) return null;
    if (ref === undefined) {
      return key.scope === 'agent' ? null : principalOfKey(key, null);
    }
    if ((key.scope !== 'agent' && key.scope !== 'crm') || typeof ref !== 'string') return null;
    if (mustBeBound(key.scope, this.config)) return null;
    const agent = this.agents.known(ref);
    if (agent?.isActive !== true) return null;
    return principalOfKey(key, agent);
  }
}
