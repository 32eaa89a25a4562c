import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditEntry } from '../audit/audit.service.ts';
import { actorOf } from '../auth/principal.ts';
import { CodesService } from '../codes/codes.service.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import type { Evidence } from '../policy/facts.ts';
import type { MandateState } from '../policy/vocabulary.ts';
import { type Asker, MandateCalls } from './mandate-calls.ts';
import { makeMandateRef } from './mandate-ref.ts';
import { refusal } from './mandate-terms.ts';
import {
  hearersOf,
  INVITATION_LIFE,
  isLasting,
  type MandateRecord,
  moveFrom,
  personOn,
  provenState,
  stateAt,
  type Verb,
} from './mandate.ts';
import { type MandateChanges, MandatesRepository, type NewMandate } from './mandates.repository.ts';

/** The steps that every change of a mandate is made of, each inside the caller's recorded transaction. */
@Injectable()
export class MandateRegister {
  constructor(
    private readonly repository: MandatesRepository,
    private readonly calls: MandateCalls,
    private readonly codes: CodesService,
    private readonly ring: KeyRing,
  ) {}

  /**
   * The mandate as it is at `now`, locked for a change.
   *
   * @param asker null = the holder by their own answer, or the proxy by the link of their invitation
   * @throws AppError `not_found`, `invalid_state`, `validation_failed` when an agent names no call
   */
  async lock(tx: EntityManager, now: Date, id: string, asker: Asker | null, verb: Verb): Promise<MandateRecord> {
    if (asker?.principal.scope === 'agent' && asker.callId === null) {
      throw refusal([{ pointer: '/call_id', detail: 'Name your open call about this mandate.' }]);
    }
    const mandate = await this.repository.lock(tx, id);
    const isReached = asker === null || (await this.calls.reaches(tx, now, mandate, asker, verb));
    if (mandate === null || !isReached) throw new AppError('not_found', 'There is no such mandate.');
    const current = { ...mandate, ...stateAt(mandate, now.getTime()) };
    if (verb === 'change' && mandate.parent !== undefined) {
      throw new AppError('invalid_state', 'What was passed on is not changed: end it, and have another given.');
    }
    if (moveFrom(current.state, verb) === null) {
      throw new AppError('invalid_state', `A mandate in state ${current.state} does not allow this.`);
    }
    return current;
  }

  /** A mandate that this transaction knows to exist. */
  async read(tx: EntityManager, id: string): Promise<MandateRecord> {
    const mandate = await this.repository.find(tx, id);
    if (mandate === null) throw new Error('A mandate went away inside a transaction.');
    return mandate;
  }

  /** @returns the new mandate's id */
  async insert(tx: EntityManager, mandate: Omit<NewMandate, 'id' | 'mandateRef'>): Promise<string> {
    for (;;) {
      const id = randomUUID();
      if (await this.repository.insert(tx, { ...mandate, id, mandateRef: makeMandateRef() })) return id;
    }
  }

  /** What waits for somebody, and until when: an invitation also gets the key that its code is derived with. */
  waiting(state: MandateState, isOral: boolean, now: Date): Pick<NewMandate, 'acceptBefore' | 'acceptanceKeyId'> {
    // An oral mandate's own 24 hours are shorter.
    const isAwaited = state === 'pending_acceptance' || (state === 'draft' && !isOral);
    return {
      acceptBefore: isAwaited ? new Date(now.getTime() + INVITATION_LIFE) : null,
      acceptanceKeyId: state === 'pending_acceptance' ? this.ring.currentKeyId : null,
    };
  }

  /** What was accepted no longer is: other terms wait for the proxy, with tries of their own. Until then nothing counts. */
  withhold(now: Date): MandateChanges {
    const state = 'pending_acceptance';
    return { state, acceptedAt: null, acceptanceTries: 0, ...this.waiting(state, false, now) };
  }

  /** What new proof changes in a mandate: a draft moves on, an oral mandate gets the end that was asked for. */
  proof(mandate: MandateRecord, evidence: Pick<Evidence, 'form' | 'sessionStrength'>, now: Date): MandateChanges {
    if (evidence.sessionStrength === 0) return {};
    const isOral = mandate.callId !== null;
    const state = mandate.state === 'draft' ? provenState(evidence, isOral, mandate.isToSoftware) : mandate.state;
    return {
      ...(state === mandate.state ? {} : { state, ...this.waiting(state, isOral, now) }),
      ...(mandate.askedEndsAt === null || !isLasting(evidence.form)
        ? {}
        : { endsAt: new Date(mandate.askedEndsAt), askedEndsAt: null }),
    };
  }

  /**
   * Writes down that time has ended mandates of this pair. The exclusion constraint reads no clock: without this an
   * invitation that nobody accepted would stand in the way of the next.
   */
  async endOverdue(
    tx: EntityManager,
    now: Date,
    pair: { readonly holderId: string; readonly proxyId: string },
  ): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (const id of await this.repository.overdue(tx, pair.holderId, pair.proxyId, now)) {
      const mandate = await this.read(tx, id);
      const { endedAt } = stateAt(mandate, now.getTime());
      const ending = { state: 'ended', ending: 'expired', endedAt: new Date(endedAt ?? now) } as const;
      await this.repository.update(tx, id, { ...ending, revision: mandate.revision + 1 });
      const cancelled = await this.codes.cancelOfMandate(tx, now, id);
      entries.push(entryOf('mandate.expired', mandate, 'system', { endedAt: ending.endedAt, cancelled }));
    }
    return entries;
  }
}

/**
 * A silent end stands in the holder's log alone.
 *
 * @param by who asked, and in which call, or an actor of our own
 */
export function entryOf(
  kind: string,
  mandate: MandateRecord,
  by: Asker | string,
  body: Readonly<Record<string, unknown>>,
): AuditEntry {
  const actor = typeof by === 'string' ? by : actorOf(by.principal);
  const callId = (typeof by === 'string' ? null : by.callId) ?? mandate.callId;
  return { kind, actor, callId, personIds: personsOf(mandate), body: { mandateId: mandate.id, ...body } };
}

/**
 * Whoever is answered with mandates of others has looked them up, whatever else they asked for.
 *
 * @param named whom they asked about: looked at also where there is no mandate
 */
export function lookUpsOf(
  { principal, callId }: Asker,
  mandates: readonly MandateRecord[],
  named?: string,
): AuditEntry[] {
  // Who looks at their own has looked nobody up.
  if (principal.scope === 'person') return [];
  const personIds = new Set([...(named === undefined ? [] : [named]), ...mandates.flatMap(personsOf)]);
  const mandateIds = mandates.map((mandate) => mandate.id);
  const body = { what: 'mandate', isFound: mandates.length > 0, mandateIds };
  return [{ ...lookUpEntry(actorOf(principal), [...personIds], body), callId }];
}

/** What a record says of a mandate's terms. */
export function recordedTerms(mandate: MandateRecord): Record<string, unknown> {
  return {
    scopes: mandate.scopeVersions,
    contractIds: mandate.contractIds,
    startsAt: new Date(mandate.startsAt),
    endsAt: new Date(mandate.askedEndsAt ?? mandate.endsAt),
    mayPassOn: mandate.mayPassOn,
    whilePartner: mandate.isWhilePartner,
    ...(mandate.contactRule === null ? {} : { contactRule: mandate.contactRule }),
  };
}

/** What the proxy may not know of does not stand in their log either. Whoever passed it on comes last. */
function personsOf(mandate: MandateRecord): string[] {
  if (mandate.isSilent) return [mandate.holderId];
  return hearersOf(mandate).map((side) => personOn(mandate, side));
}
