import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditEntry } from '../audit/audit.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import type { MandateChange } from '../messages/template-values.ts';
import type { MandateEnding } from '../policy/vocabulary.ts';
import type { Asker } from './mandate-calls.ts';
import { MandateNotices } from './mandate-notices.ts';
import { entryOf, MandateRegister, recordedTerms } from './mandate-register.ts';
import { hearersOf, type MandateRecord, personOn } from './mandate.ts';
import { MandatesRepository } from './mandates.repository.ts';

export interface Ending {
  readonly ending: MandateEnding;
  readonly change: MandateChange;
  readonly kind: string;
}

export const ENDINGS = {
  withdraw: { ending: 'withdrawn_by_holder', change: 'withdrawn', kind: 'mandate.withdrawn' },
  renounce: { ending: 'renounced_by_proxy', change: 'renounced', kind: 'mandate.renounced' },
  refuse: { ending: 'refused_by_organisation', change: 'refused', kind: 'mandate.refused' },
} as const satisfies Record<string, Ending>;

export const BY_LIFE_EVENT: Ending = { ending: 'life_event', change: 'ended', kind: 'mandate.ended' };
/** Of a sub-mandate, by who had given it. */
export const BY_GIVER: Ending = { ...ENDINGS.withdraw, ending: 'withdrawn_by_proxy' };

/** How a sub-mandate ends with what it was made from. */
function endingUnder(ending: Ending): Ending {
  return ending.ending === 'renounced_by_proxy' ? BY_GIVER : ending;
}

/**
 * What happens to a mandate happens to what was made from it. Checks follow from the parent alone, in the same moment; here it
 * is written down, so that people see it, and so that what is lost stays lost when the parent becomes more again.
 */
@Injectable()
export class MandateEndings {
  constructor(
    private readonly repository: MandatesRepository,
    private readonly register: MandateRegister,
    private readonly notices: MandateNotices,
    private readonly codes: CodesService,
  ) {}

  /**
   * Ends it, and what was made from it. One that has ended already stays as it is. In the caller's transaction, which has locked
   * it.
   *
   * @param deadId nobody writes to them; null = everybody lives
   */
  async end(
    tx: EntityManager,
    now: Date,
    mandate: MandateRecord,
    how: Ending,
    isSilent: boolean,
    by: Asker | string,
    deadId: string | null = null,
  ): Promise<AuditEntry[]> {
    if (mandate.state === 'ended') return [];
    const { ending, change, kind } = how;
    const revision = mandate.revision + 1;
    await this.repository.update(tx, mandate.id, { state: 'ended', ending, isSilent, endedAt: now, revision });
    const cancelled = await this.codes.cancelOfMandate(tx, now, mandate.id);
    const told = hearersOf(mandate).filter((side) => !isSilent && personOn(mandate, side) !== deadId);
    for (const side of told) await this.notices.tell(tx, now, mandate, side, change);
    const entries = [entryOf(kind, { ...mandate, isSilent }, by, { revision, isSilent, cancelled })];
    for (const id of await this.repository.lockSubMandates(tx, mandate.id)) {
      const sub = await this.register.read(tx, id);
      entries.push(...(await this.end(tx, now, sub, endingUnder(how), isSilent, by, deadId)));
    }
    return entries;
  }

  /** Who is asked whether they give it says no. Silence is the holder's, about what is theirs. */
  endDeclined(tx: EntityManager, now: Date, mandate: MandateRecord, by: Asker | string): Promise<AuditEntry[]> {
    const isOwn = mandate.parent === undefined;
    return this.end(tx, now, mandate, isOwn ? ENDINGS.withdraw : BY_GIVER, isOwn, by);
  }

  /** After a change of a mandate: what was made from it is made less too, and ends where nothing is left. */
  async follow(tx: EntityManager, now: Date, parent: MandateRecord, by: Asker | string): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (const id of await this.repository.lockSubMandates(tx, parent.id)) {
      const sub = await this.register.read(tx, id);
      const left = leftUnder(parent, sub);
      if (left === null) entries.push(...(await this.end(tx, now, sub, ENDINGS.withdraw, false, by)));
      else if (left.isLess) entries.push(await this.#narrow(tx, now, sub, left, by));
    }
    return entries;
  }

  async #narrow(
    tx: EntityManager,
    now: Date,
    sub: MandateRecord,
    { scopes, contractIds, endsAt }: Left,
    by: Asker | string,
  ): Promise<AuditEntry> {
    const revision = sub.revision + 1;
    await this.repository.update(tx, sub.id, { endsAt: new Date(endsAt), revision });
    await this.repository.setScopes(tx, sub.id, scopes);
    await this.repository.setContracts(tx, sub.id, contractIds);
    const cancelled = await this.codes.cancelOfMandate(tx, now, sub.id);
    const after = await this.register.read(tx, sub.id);
    for (const side of hearersOf(after)) await this.notices.tell(tx, now, after, side, 'changed');
    const { termsRevision, state } = after;
    const body = { difference: 'narrower', revision, termsRevision, state, form: null, cancelled };
    return entryOf('mandate.changed', after, by, { ...recordedTerms(after), ...body });
  }
}

interface Left {
  readonly scopes: MandateRecord['scopeVersions'];
  readonly contractIds: MandateRecord['contractIds'];
  readonly endsAt: number;
  readonly isLess: boolean;
}

/** Null: nothing is left of it. */
function leftUnder(parent: MandateRecord, sub: MandateRecord): Left | null {
  const scopes = sub.scopeVersions.filter(({ name }) => parent.scopes.includes(name));
  const contractIds = sub.contractIds.filter((id) => parent.contractIds.includes(id));
  const endsAt = Math.min(sub.endsAt, parent.endsAt);
  if (!parent.mayPassOn || scopes.length === 0 || contractIds.length === 0 || endsAt <= sub.startsAt) return null;
  const isLess =
    scopes.length < sub.scopes.length || contractIds.length < sub.contractIds.length || endsAt < sub.endsAt;
  return { scopes, contractIds, endsAt, isLess };
}
