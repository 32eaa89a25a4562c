import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditEntry } from '../audit/audit.service.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { translateDatabaseError } from '../database/constraint-errors.ts';
import { AppError, type Fault } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { KnownPerson } from '../holders/person.ts';
import { Capacity } from '../life-events/capacity.service.ts';
import type { CallerId } from '../policy/ids.ts';
import { mayBePassedOn } from '../policy/passed-on.ts';
import type { Policy } from '../policy/policy.ts';
import { GrantsService, type InvitedMandate } from './grants.service.ts';
import { type AskedPeriod, dateInAmsterdam, type Period, readPeriod } from './mandate-period.ts';
import { MandateRegister } from './mandate-register.ts';
import { isApproval, refusal } from './mandate-terms.ts';
import type { MandateRecord } from './mandate.ts';

/** What a proxy lets somebody else do with a mandate that they hold. */
export interface SubGrant extends AskedPeriod {
  /** The CRM's reference of who gets it. */
  readonly proxy: string;
  /** Of those that the mandate has. */
  readonly scopes: readonly string[];
  /** References, of those that the mandate has. */
  readonly contracts: readonly string[];
}

/** A proxy lets somebody else do it, where the holder said that they may: one step, and never more than they have. */
@Injectable()
export class SubMandatesService {
  constructor(
    private readonly register: MandateRegister,
    private readonly grants: GrantsService,
    private readonly holders: HoldersService,
    private readonly capacity: Capacity,
  ) {}

  /**
   * In the caller's recorded transaction. It begins like every mandate that somebody gives in a session of their own.
   *
   * @throws AppError `not_found`, `invalid_state` for a mandate that does not count now or who cannot get it, `forbidden` where the holder did not let
   * the proxy pass it on, `validation_failed`
   */
  async grantIn(
    tx: EntityManager,
    now: Date,
    parentId: string,
    asked: SubGrant,
    principal: Principal,
    policy: Policy,
  ): Promise<{ readonly result: InvitedMandate; readonly entries: AuditEntry[] }> {
    const { id: giverId } = signedInOf(principal);
    const parent = await this.register.lock(tx, now, parentId, { principal, callId: null }, 'pass_on');
    if (parent.isSetAside) throw new AppError('invalid_state', 'The mandate that you hold rests.');
    if (!parent.mayPassOn) throw new AppError('forbidden', 'The holder did not let you pass this mandate on.');
    await this.capacity.requireOwnWord(tx, now, giverId);
    const faults: Fault[] = [];
    const scopes = scopesWithin(parent, asked.scopes, policy, faults);
    const contractIds = contractsWithin(parent, asked.contracts, faults);
    const period = periodWithin(parent, asked, now, faults);
    const proxy = await this.proxyOf(tx, parent, asked.proxy, faults);
    if (period === null || proxy === null || faults.length > 0) throw refusal(faults);
    const grant = {
      pair: { holderId: parent.holderId, proxyId: proxy.id as CallerId },
      parentId: parent.id,
      scopes,
      contractIds,
      // One step.
      mayPassOn: false,
      whilePartner: false,
      contactRule: null,
      isToSoftware: proxy.kind === 'software',
      period,
      // What a weaker session says is proven by the code that goes to who says it.
      sessionStrength: isApproval(principal) ? principal.strength : 0,
      unconfirmedEnd: null,
    } as const;
    const evidence = { form: 'portal', evidence_ref: null, call_id: null } as const;
    try {
      return await this.grants.giveIn(tx, now, grant, evidence, principal, policy);
    } catch (error) {
      throw unsaid(error);
    }
  }

  private async proxyOf(
    tx: EntityManager,
    parent: MandateRecord,
    ref: string,
    faults: Fault[],
  ): Promise<KnownPerson | null> {
    const proxy = await this.holders.personByRef(tx, ref);
    const taken: readonly string[] = [parent.holderId, parent.proxyId];
    if (proxy !== null && !taken.includes(proxy.id)) return proxy;
    faults.push({ pointer: '/proxy', detail: 'Name somebody else than yourself and the one whom you act for.' });
    return null;
  }
}

/** What else somebody may do for the holder is not for who passes something on to know. */
function unsaid(error: unknown): unknown {
  const translated = translateDatabaseError(error);
  const isOverlap = translated instanceof AppError && translated.code === 'mandate_overlaps';
  return isOverlap ? new AppError('invalid_state', 'This cannot be passed on to this person now.') : error;
}

function scopesWithin(
  parent: MandateRecord,
  names: readonly string[],
  policy: Policy,
  faults: Fault[],
): MandateRecord['scopeVersions'] {
  return names.flatMap((name, at) => {
    const scope = parent.scopeVersions.find((one) => one.name === name);
    if (scope !== undefined && mayBePassedOn(policy, name)) return [scope];
    const detail =
      scope === undefined
        ? 'The mandate that you hold does not have this.'
        : 'Nobody may pass this on: do it yourself.';
    faults.push({ pointer: `/scopes/${at}`, detail });
    return [];
  });
}

function contractsWithin(
  parent: MandateRecord,
  refs: readonly string[],
  faults: Fault[],
): MandateRecord['contractIds'] {
  return refs.flatMap((ref, at) => {
    const contract = parent.contracts.find((one) => one.ref === ref);
    if (contract !== undefined) return [contract.id];
    faults.push({ pointer: `/contracts/${at}`, detail: 'The mandate that you hold is not about this contract.' });
    return [];
  });
}

/** Until the mandate itself ends, when nothing else is asked. A beginning that is too early becomes the mandate's own. */
function periodWithin(parent: MandateRecord, asked: AskedPeriod, now: Date, faults: Fault[]): Period | null {
  const own: Period = { startsAt: Math.max(parent.startsAt, now.getTime()), endsAt: parent.endsAt };
  const read = readPeriod(asked, now.getTime(), own);
  if ('faults' in read) {
    faults.push(...read.faults);
    return null;
  }
  // A day that is asked counts whole, and the mandate may end in the middle of its last one.
  const lastDay = (end: number): string => dateInAmsterdam(end - 1);
  if (read.endsAt > parent.endsAt && lastDay(read.endsAt) !== lastDay(parent.endsAt)) {
    faults.push({ pointer: '/ends_at', detail: 'The mandate that you hold ends sooner.' });
    return null;
  }
  return { startsAt: Math.max(read.startsAt, parent.startsAt), endsAt: Math.min(read.endsAt, parent.endsAt) };
}
