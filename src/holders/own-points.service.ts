import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditEntry } from '../audit/audit.service.ts';
import { BlindIndex } from '../crypto/blind-index.ts';
import { AppError } from '../errors.ts';
import { ContactChangeNotice } from './contact-change.ts';
import type { ContactPoint, ContactPointKind } from './contact-point.ts';
import { HoldersService, valuePlace } from './holders.service.ts';
import type { NormalisedValue } from './normalise.ts';
import { contactEntry } from './people-register.ts';
import { RegisterRepository } from './register.repository.ts';

/** As many as the CRM may give. */
const MOST = 10;

/**
 * Contact points that people begin and end themselves. What they chose stays, whatever the CRM's books say, until the CRM says
 * the same or says that it knows of the choice: see `PeopleRegister`.
 */
@Injectable()
export class OwnPoints {
  constructor(
    private readonly index: BlindIndex,
    private readonly holders: HoldersService,
    private readonly repository: RegisterRepository,
    private readonly notice: ContactChangeNotice,
  ) {}

  /**
   * A contact point that somebody says is theirs. It counts for nothing, and reaches nobody but for the code that shows it.
   *
   * @throws AppError `validation_failed` when it is theirs already, or they have too many
   */
  async propose(
    tx: EntityManager,
    now: Date,
    personId: string,
    kind: ContactPointKind,
    { value, indexed }: NormalisedValue,
  ): Promise<string> {
    const valueIndex = this.index.of(kind, indexed);
    const live =
      (await this.repository.knownPoints(tx, [personId])).get(personId)?.filter(({ isLive }) => isLive) ?? [];
    if (live.some((point) => point.kind === kind && point.valueIndex.equals(valueIndex))) {
      throw refused('is yours already');
    }
    if (live.length >= MOST) throw refused(`is one too many: you have ${MOST}. Remove another first`);
    const id = randomUUID();
    const valueSealed = await this.holders.seal(tx, personId, value, valuePlace(id));
    await this.repository.insertProposed(tx, { id, personId, kind, valueSealed, valueIndex, now });
    return id;
  }

  /**
   * Somebody came by a link that a message to them alone had. If they have had one telephone or e-mail address since before that
   * message, it went there: it is theirs. It counts once it has aged, from the day on which we first heard of it.
   *
   * @param since when the first message with that link may have gone out
   * @returns which; null when there was nothing to show
   */
  show(tx: EntityManager, now: Date, personId: string, since: Date): Promise<string | null> {
    return this.repository.showOnly(tx, personId, since, now);
  }

  /** Others read it too, or no longer: then it counts again once it has aged anew. */
  share(tx: EntityManager, now: Date, id: string, isShared: boolean): Promise<void> {
    return this.repository.setShared(tx, id, isShared, now);
  }

  /**
   * What was shown to be theirs begins, new from now on; what they gave up ends. Both are told, and so is nobody if the
   * transaction is rolled back.
   *
   * @returns what to record
   */
  async change(
    tx: EntityManager,
    now: Date,
    actor: string,
    personId: string,
    { addedId, endedId }: { readonly addedId: string | null; readonly endedId: string | null },
  ): Promise<AuditEntry> {
    const before = await this.holders.contactPoints(tx, personId);
    // Ended before the new one begins: a person has one address of record at a time.
    const added = addedId === null ? null : await this.holders.contactPoint(tx, addedId);
    const address = added?.kind === 'postal' ? before.find(({ kind }) => kind === 'postal') : undefined;
    for (const id of [endedId, address?.id ?? null]) if (id !== null) await this.repository.endOwn(tx, id, now);
    if (addedId !== null) await this.repository.beginOwn(tx, addedId, now);
    const after = await this.holders.contactPoints(tx, personId);
    const isIn = (list: readonly ContactPoint[], { id }: ContactPoint): boolean => list.some((one) => one.id === id);
    const change = {
      personId,
      language: (await this.holders.describe(tx, personId)).language,
      ended: before.filter((point) => !isIn(after, point)),
      added: after.filter((point) => !isIn(before, point)),
      kept: after.filter((point) => isIn(before, point)),
    };
    await this.notice.send(tx, now, change);
    return contactEntry(actor, change);
  }
}

function refused(detail: string): AppError {
  return new AppError('validation_failed', 'This contact point cannot be added.', {
    faults: [{ pointer: '/value', detail }],
  });
}
