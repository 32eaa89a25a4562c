import { Injectable } from '@nestjs/common';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { KeysService } from '../auth/keys.service.ts';
import type { Agent } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { CodesService } from '../codes/codes.service.ts';

export interface ShutOut {
  readonly agent: Agent;
  /** Ids of the keys that were revoked, and of the calls that were ended. */
  readonly keys: readonly string[];
  readonly calls: readonly string[];
  /** How many codes died. */
  readonly codes: number;
}

/**
 * Ends all that an agent has, in one transaction. It holds the agent first, as opening a call does: a call is either there and
 * ends, or is not opened any more. A check reads the agent's state with everything else, so none that begins afterwards permits,
 * in whichever process and whether or not it has heard.
 */
@Injectable()
export class KillSwitch {
  constructor(
    private readonly audit: AuditService,
    private readonly agents: AgentsService,
    private readonly keys: KeysService,
    private readonly calls: CallsService,
    private readonly codes: CodesService,
  ) {}

  /**
   * @param actor see `actorOf`
   * @throws AppError `not_found`
   */
  async shutOut(ref: string, actor: string): Promise<ShutOut> {
    const shutOut = await this.audit.record(async (tx, now) => {
      const { agent, wasActive, sessions } = await this.agents.shutOut(tx, now, ref, actor);
      const keys = await this.keys.revokeOf(tx, now, agent.id);
      // Calls before their codes, as everybody else takes them.
      const calls = await this.calls.endOf(tx, now, agent.id);
      const cancelled = await this.codes.cancelOfAgent(tx, now, agent.id);
      const result = { agent, keys, calls, codes: cancelled.length };
      const ended = keys.length + calls.length + cancelled.length + sessions.length;
      if (!wasActive && ended === 0) return { result, entries: [] };
      const entries: AuditEntry[] = [
        { kind: 'agent.shut_out', actor, body: { agentId: agent.id } },
        ...sessions,
        ...keys.map((keyId) => ({ kind: 'key.revoked', actor, body: { keyId } })),
        ...calls.map((callId) => {
          const own = cancelled.filter((code) => code.callId === callId).map(({ id }) => id);
          return { kind: 'call.ended', actor, callId, body: { cancelled: own, reason: 'shut_out' } };
        }),
        // Asked for in a call that has ended before, or in none.
        ...cancelled
          .filter(({ callId }) => callId === null || !calls.includes(callId))
          .map(({ id, purpose, personId, callId }) => ({
            kind: 'code.cancelled',
            actor,
            callId,
            personIds: personId === null ? [] : [personId],
            body: { codeId: id, purpose },
          })),
      ];
      return { result, entries };
    });
    // Our own next request must not depend on how fast the notifications come back.
    this.agents.forget();
    this.keys.forget();
    return shutOut;
  }
}
