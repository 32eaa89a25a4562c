import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditReader } from '../audit/audit-reader.ts';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, type Agent, type Principal, signedInOf } from '../auth/principal.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import type { Channel } from '../policy/vocabulary.ts';
import type { CallEntity } from './call.entity.ts';
import { CallsRepository } from './calls.repository.ts';
import { CallsService } from './calls.service.ts';

/** A call that goes on with somebody who is signed in, as they may know it. */
export interface OwnCall {
  readonly id: string;
  readonly channel: Channel;
  readonly openedAt: Date;
  readonly agent: Agent | null;
  /** What the agent must be able to read out. */
  readonly code: string;
}

/** Kinds of records by which somebody comes to a call. */
const ARRIVALS = ['call.opened', 'call.handed_over'];
/** More calls than anybody has at a time. */
const MOST = 20;

/**
 * "Am I really talking to you?" The agent's screen and the caller's own page show the same six digits, for this call and this
 * caller alone. Somebody who pretends to be the organisation can't read them out; somebody who pretends to be the caller hears
 * digits that are on nobody's page but the caller's, and only while that call lasts.
 */
@Injectable()
export class ReverseVerification {
  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly audit: AuditService,
    private readonly reader: AuditReader,
    private readonly agents: AgentsService,
    private readonly calls: CallsService,
    private readonly repository: CallsRepository,
  ) {}

  /**
   * What the agent reads out. For a caller whom nobody knows it is as good a code, on nobody's page: the answer tells nothing.
   *
   * @throws AppError `not_found`, `call_ended`
   */
  show(callId: string, principal: Principal): Promise<string> {
    return this.audit.record(async (tx, now) => {
      const call = await this.calls.requireOpen(tx, callId, principal, now);
      const entry: AuditEntry = {
        kind: 'reverse_code.shown',
        actor: actorOf(principal),
        callId,
        personIds: call.callerId === null ? [] : [call.callerId],
        body: {},
      };
      return { result: this.#codeOf(call), entries: [entry] };
    });
  }

  /** The calls that go on now with this person on the line, the newest first. */
  async own(principal: Principal): Promise<readonly OwnCall[]> {
    const { id } = signedInOf(principal);
    const { manager } = this.dataSource;
    const now = await this.repository.clock(manager);
    const records = await this.reader.ofPerson({
      personId: id,
      from: new Date(now.getTime() - this.config.callMinutes * 60_000),
      to: new Date(now.getTime() + 1),
      after: null,
      kinds: { are: 'in', names: ARRIVALS },
      hidden: [],
      toFirst: [],
      limit: MOST,
    });
    const ids = [...new Set(records.flatMap(({ callId }) => (callId === null ? [] : [callId])))];
    const found = ids.length === 0 ? [] : await this.repository.findAll(manager, ids);
    const open = found.filter((call) => call.callerId === id && (call.endedAt ?? call.endsAt) > now);
    const newest = open.toSorted((first, second) => second.openedAt.getTime() - first.openedAt.getTime());
    return Promise.all(newest.map((call) => this.#ownCallOf(call)));
  }

  async #ownCallOf(call: CallEntity): Promise<OwnCall> {
    const { id, channel, openedAt, agentId } = call;
    return { id, channel, openedAt, agent: await this.agents.byId(agentId), code: this.#codeOf(call) };
  }

  /** Another one for whoever the call is handed over to. */
  #codeOf({ id, callerId }: Pick<CallEntity, 'id' | 'callerId'>): string {
    const mac = this.ring.mac('reverse-verification', JSON.stringify([id, callerId]), this.ring.indexKeyId);
    return String(mac.readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
  }
}
