import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { isSamePerson } from '../policy/ids.ts';
import { ContactPersons } from './contact-persons.service.ts';
import { isOpenTo, type MandateRecord, type Verb } from './mandate.ts';
import { type MandateCall, MandatesRepository } from './mandates.repository.ts';

/** Who asks, and in which call; null = in none. */
export interface Asker {
  readonly principal: Principal;
  readonly callId: string | null;
}

/**
 * Agents reach people's mandates in a call about them and in no other way; whoever names a call must be in it. Who is signed
 * in reaches their own, without one.
 */
@Injectable()
export class MandateCalls {
  constructor(
    private readonly repository: MandatesRepository,
    private readonly contacts: ContactPersons,
  ) {}

  /** The open call of this very agent. Calls of others look like none. */
  async own(tx: EntityManager, now: Date, { principal, callId }: Asker): Promise<MandateCall | null> {
    const call = callId === null ? null : await this.repository.findCall(tx, callId, now);
    return call !== null && call.isOpen && principal.agent?.id === call.agentId ? call : null;
  }

  /**
   * Whether this mandate exists for the asker: to an agent only in a call about one of its contracts, with its holder or its
   * proxy on the line, and never once it was withdrawn in silence; to who is signed in only for what their side may do.
   *
   * @param verb null = to look at it
   */
  async reaches(
    tx: EntityManager,
    now: Date,
    mandate: MandateRecord | null,
    asker: Asker,
    verb: Verb | null,
  ): Promise<boolean> {
    if (asker.principal.scope === 'person') {
      // Who is signed in is in no call.
      if (mandate === null || asker.callId !== null) return false;
      if (!isOpenTo(mandate, signedInOf(asker.principal).id, verb)) return false;
      // In an organisation's place, for as long as they speak for it.
      return this.contacts.stillSpeaks(tx, now, asker.principal);
    }
    const isAgent = asker.principal.scope === 'agent';
    if (!isAgent && asker.callId === null) return mandate !== null;
    const call = await this.own(tx, now, asker);
    if (mandate === null || call === null || (isAgent && mandate.isSilent)) return false;
    const isSide = isSamePerson(mandate.holderId, call.callerId) || mandate.proxyId === call.callerId;
    return isSide && mandate.contractIds.includes(call.contractId);
  }
}
