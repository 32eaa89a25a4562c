import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import { ReachService } from './reach.service.ts';

/** What was found, and how it is recorded. */
export interface LookedUp<Found> {
  readonly result: Found;
  readonly entries: readonly AuditEntry[];
}

/** Who has each of the references that were named; null = nobody. */
export type Named = ReadonlyMap<string, string | null>;

/** What there is of somebody, outside calls, for who knows their reference: counted, and recorded before it is answered. */
@Injectable()
export class LookUps {
  constructor(
    private readonly audit: AuditService,
    private readonly holders: HoldersService,
    private readonly reach: ReachService,
  ) {}

  /** {@link ofAll} for one reference. @param read what to answer; null = nobody has this reference */
  of<Found>(
    personRef: string,
    principal: Principal,
    read: (tx: EntityManager, now: Date, personId: string | null) => Promise<LookedUp<Found | AppError>>,
  ): Promise<Found> {
    return this.ofAll<Found>([personRef], principal, (tx, now, people) => read(tx, now, people.get(personRef) ?? null));
  }

  /**
   * Several people at once. Everybody counts once; each reference that nobody has counts as one more.
   *
   * @param read what to answer. An error is thrown once it stands in the record that somebody looked: to return it, and throw none
   * @throws AppError `rate_limited` for who has looked up enough people for now
   */
  async ofAll<Found>(
    personRefs: readonly string[],
    principal: Principal,
    read: (tx: EntityManager, now: Date, people: Named) => Promise<LookedUp<Found | AppError>>,
  ): Promise<Found> {
    const found = await this.audit.record<Found | AppError>(async (tx, now) => {
      const people = new Map<string, string | null>();
      for (const ref of new Set(personRefs)) people.set(ref, (await this.holders.personByRef(tx, ref))?.id ?? null);
      const reached = [...new Set([...people.values()].map((id) => id ?? randomUUID()))];
      const { agent, scope } = principal;
      const actor = actorOf(principal);
      // To an agent it is one customer more, whether they called or not.
      const over =
        scope === 'agent' && agent !== null
          ? await this.reach.call(tx, now, agent.id, reached, actor)
          : await this.reach.lookUp(tx, now, actor, reached);
      return over === null
        ? read(tx, now, people)
        : { result: over.neverFits ? inParts(over.error, reached.length) : over.error, entries: [over.entry] };
    });
    if (found instanceof AppError) throw found;
    return found;
  }
}

/** To wait helps nobody who names more people at once than an hour has room for. */
function inParts({ code, message, retryAfter }: AppError, count: number): AppError {
  const detail = `${message} This names ${count} of them at once: send it in parts.`;
  return new AppError(code, detail, retryAfter === undefined ? {} : { retryAfter });
}

/** One record that names who was found, and one for each reference that nobody has. */
export function lookUpEntries(
  principal: Principal,
  people: Named,
  body: { readonly what: string; readonly isFound: boolean },
): readonly AuditEntry[] {
  const actor = actorOf(principal);
  const ids = [...people.values()];
  const found = [...new Set(ids.filter((id) => id !== null))];
  const missed = ids.filter((id) => id === null).map(() => lookUpEntry(actor, [], { ...body, isFound: false }));
  return found.length === 0 ? missed : [...missed, lookUpEntry(actor, found, body)];
}
