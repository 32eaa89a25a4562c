import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { CodeAnswers } from '../codes/code-answers.service.ts';
import { type Code, LETTER } from '../codes/code.ts';
import { CodesService } from '../codes/codes.service.ts';
import { AppError } from '../errors.ts';
import type { ContactPoint, ContactPointKind } from '../holders/contact-point.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { normaliseValue, VALUE_HELP } from '../holders/normalise.ts';
import { OwnPoints } from '../holders/own-points.service.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import type { ContactChangeEntity } from './contact-change.entity.ts';
import { ContactChangesRepository } from './contact-changes.repository.ts';

/** Where a code went: to a contact point that we knew, or to the one that is new. */
export type Side = 'known' | 'new';

/** What somebody wants to change. */
export interface ContactWish {
  /** What comes; null = something only goes. */
  readonly add: { readonly kind: ContactPointKind; readonly value: string } | null;
  /** What goes; null = something only comes. A new address of record takes the place of the old one by itself. */
  readonly endedId: string | null;
  /** Where it is confirmed; null = at what goes, or else at the best. */
  readonly confirmAtId: string | null;
  /** Have the codes spoken. */
  readonly isSpoken: boolean;
}

/** A change that waits for its codes. */
export interface WaitingChange {
  readonly id: string;
  readonly kind: ContactPointKind;
  readonly added: ContactPoint | null;
  readonly ended: ContactPoint | null;
  /** Where it is confirmed. */
  readonly known: ContactPoint | null;
  readonly isKnownConfirmed: boolean;
  readonly isNewConfirmed: boolean;
  readonly expiresAt: Date;
}

export type ChangeAttempt =
  { readonly accepted: true; readonly isDone: boolean } | { readonly accepted: false; readonly triesLeft: number };

const HOUR = 60 * 60_000;
/** How long a change waits: long enough for another code; an address, for the post. Milliseconds. */
const LIFE = { phone: HOUR, email: HOUR, postal: (LETTER.days + 1) * 24 * HOUR } as const;
/** The strength of the session in which a phone number or an address changes: an e-mail must not become more than it is. */
const STRONG = 2;

/**
 * Contact points that people change themselves. A code to one that has aged confirms the change, a code to the new one shows
 * that it is theirs; then both are told, and the new one gets no other code until it has aged.
 */
@Injectable()
export class ContactChangesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: ContactChangesRepository,
    private readonly codes: CodesService,
    private readonly answers: CodeAnswers,
    private readonly holders: HoldersService,
    private readonly points: OwnPoints,
    private readonly sessions: SessionsService,
  ) {}

  /** All that somebody has, and those of them by which a change can be confirmed. */
  own(principal: Principal): Promise<{ readonly points: readonly ContactPoint[]; readonly usable: readonly string[] }> {
    const { id } = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      const usable = (await this.#usable(tx, now, id)).map((point) => point.id);
      return { result: { points: await this.holders.contactPoints(tx, id), usable }, entries: [] };
    });
  }

  /** Those that wait, the oldest first. */
  waiting(principal: Principal): Promise<readonly WaitingChange[]> {
    const { id } = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      const rows = await this.repository.list(tx, id, now);
      return { result: await Promise.all(rows.map((row) => this.#shown(tx, row))), entries: [] };
    });
  }

  /** @throws AppError `not_found` */
  async get(principal: Principal, id: string): Promise<WaitingChange> {
    const change = (await this.waiting(principal)).find((one) => one.id === id);
    if (change === undefined) throw noSuchChange();
    return change;
  }

  /**
   * Sends the codes. Nothing changes before both are back.
   *
   * @throws AppError `proof_required` without a fresh proof, and for a phone number or an address in a session of strength 1;
   * `validation_failed`, `not_found` for what is not theirs, `no_usable_contact_point` when nothing of theirs has aged,
   * `invalid_state` when nothing would be left by which they can be reached, `code_budget_exhausted`
   */
  async propose(principal: Principal, wish: ContactWish): Promise<WaitingChange> {
    const person = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      await this.sessions.requireProof(tx, now, person, 'change');
      const { strength } = await this.sessions.require(tx, person);
      const { ended, kind } = await this.#read(tx, person.id, wish);
      if (kind !== 'email' && strength < STRONG) {
        throw new AppError('proof_required', 'An e-mail says too little for this. Show it with a telephone first.');
      }
      const usable = await this.#usable(tx, now, person.id);
      const known = knownOf(usable, ended, wish.confirmAtId);
      const addedId = wish.add === null ? null : await this.#proposed(tx, now, person.id, wish.add);
      const ask = (pointId: string) => this.#send(tx, now, principal, pointId, wish.isSpoken);
      const asked = await ask(known.id);
      const fresh = addedId === null ? null : await ask(addedId);
      const row: ContactChangeEntity = {
        personId: person.id,
        kind,
        id: randomUUID(),
        addedId,
        endedId: ended?.id ?? null,
        knownCodeId: asked.code.id,
        knownConfirmedAt: null,
        newCodeId: fresh?.code.id ?? null,
        newConfirmedAt: null,
        askedAt: now,
        expiresAt: new Date(now.getTime() + LIFE[kind]),
      };
      await this.repository.replace(tx, row);
      const body = { changeId: row.id, kind, addedId, endedId: row.endedId };
      const entry = entryOf('contact.change_asked', principal, body);
      return {
        result: await this.#shown(tx, row),
        entries: [entry, asked.entry, ...(fresh === null ? [] : [fresh.entry])],
      };
    });
  }

  /**
   * Another code to the same contact point; the one before is dead.
   *
   * @throws AppError `not_found`, `invalid_state` when this side is confirmed already, `code_budget_exhausted`
   */
  async resend(principal: Principal, id: string, side: Side, isSpoken: boolean): Promise<void> {
    await this.audit.record(async (tx, now) => {
      const row = await this.#require(tx, now, principal, id);
      const { contactPointId } = await this.codes.require(tx, openCodeOf(row, side));
      const { code, entry } = await this.#send(tx, now, principal, contactPointId, isSpoken);
      await this.repository.update(tx, row, side === 'known' ? { knownCodeId: code.id } : { newCodeId: code.id });
      return { result: undefined, entries: [entry] };
    });
  }

  /**
   * One of five tries at one of the two codes. When both were right the change is made, both contact points are told, and
   * every other session of this person ends.
   *
   * @throws AppError `not_found`, `invalid_state` when this side is confirmed already, or the change is over
   */
  async attempt(principal: Principal, id: string, side: Side, typed: string): Promise<ChangeAttempt> {
    const person = signedInOf(principal);
    const codeId = await this.audit.record(async (tx, now) => ({
      result: openCodeOf(await this.#require(tx, now, principal, id), side),
      entries: [],
    }));
    let isDone = false;
    const attempt = await this.answers.attempt(codeId, typed, null, actorOf(principal), async (tx, now, approved) => {
      const row = await this.#require(tx, now, principal, id);
      if (openCodeOf(row, side) !== approved.id) throw over();
      const confirmed = side === 'known' ? { knownConfirmedAt: now } : { newConfirmedAt: now };
      const isKnownRight = side === 'known' || row.knownConfirmedAt !== null;
      const isNewRight = side === 'new' || row.newConfirmedAt !== null || row.addedId === null;
      if (!isKnownRight || !isNewRight) {
        await this.repository.update(tx, row, confirmed);
        return [];
      }
      // Another one may have gone, or be read by others, since this was asked for.
      const ended = row.endedId === null ? null : await this.holders.contactPoint(tx, row.endedId);
      if (ended !== null) knownOf(await this.#usable(tx, now, person.id), ended, null);
      isDone = true;
      await this.repository.remove(tx, row);
      const entry = await this.points.change(tx, now, actorOf(principal), person.id, row);
      const others = { but: person.sessionId, actor: actorOf(principal) };
      return [entry, ...(await this.sessions.endAll(tx, now, person.id, others))];
    });
    return attempt.accepted ? { accepted: true, isDone } : { accepted: false, triesLeft: attempt.triesLeft };
  }

  /** @throws AppError `not_found` */
  async cancel(principal: Principal, id: string): Promise<void> {
    await this.audit.record(async (tx, now) => {
      const row = await this.#require(tx, now, principal, id);
      await this.repository.remove(tx, row);
      return { result: undefined, entries: [entryOf('contact.change_cancelled', principal, { changeId: id })] };
    });
  }

  /**
   * Says that others read a contact point too, or no longer. From then on nothing goes there, no news and no code; when it is
   * theirs alone again it is as new. An e-mail is enough to say so: whose telephone somebody else holds has nothing better, and
   * nobody is told, as that somebody would be.
   *
   * @throws AppError `proof_required` without a fresh proof, and for taking it back in a session of strength 1; `not_found`,
   * `invalid_state` when no other one would be left that codes go to
   */
  async share(principal: Principal, pointId: string, isShared: boolean): Promise<void> {
    const person = signedInOf(principal);
    await this.audit.record(async (tx, now) => {
      await this.sessions.requireProof(tx, now, person, 'change');
      const point = (await this.holders.contactPoints(tx, person.id)).find(({ id }) => id === pointId);
      if (point === undefined) throw noSuchPoint();
      if (point.isShared === isShared) return { result: undefined, entries: [] };
      const { strength } = await this.sessions.require(tx, person);
      if (!isShared && strength < STRONG) {
        throw new AppError('proof_required', 'An e-mail says too little for this. Show it with a telephone first.');
      }
      // Nothing goes there as it is; said to be theirs alone again, it would count as shown.
      if (point.verifiedAt === null && isShared) {
        throw new AppError('invalid_state', 'Nobody has shown yet that this is theirs, so no code goes there.');
      }
      if (isShared) knownOf(await this.#usable(tx, now, person.id), point, null);
      await this.points.share(tx, now, pointId, isShared);
      const entry = entryOf('contact.shared', principal, { contactPointId: pointId, isShared });
      return { result: undefined, entries: [entry] };
    });
  }

  /** For the message: what its code is about. Null when nobody waits for it any more. */
  async about(
    personId: string,
    codeId: string,
  ): Promise<{ readonly change: WaitingChange; readonly side: Side } | null> {
    const { manager } = this.dataSource;
    const rows = await this.repository.list(manager, personId, await this.codes.clock());
    const row = rows.find(({ knownCodeId, newCodeId }) => knownCodeId === codeId || newCodeId === codeId);
    if (row === undefined) return null;
    return { change: await this.#shown(manager, row), side: row.newCodeId === codeId ? 'new' : 'known' };
  }

  async #read(
    tx: EntityManager,
    personId: string,
    { add, endedId }: ContactWish,
  ): Promise<{ readonly ended: ContactPoint | null; readonly kind: ContactPointKind }> {
    const points = await this.holders.contactPoints(tx, personId);
    const named = points.find((point) => point.id === endedId) ?? null;
    if (endedId !== null && (named === null || (add !== null && add.kind !== named.kind))) throw noSuchPoint();
    if (add === null && named === null) throw noSuchPoint();
    if (add === null && named?.kind === 'postal') {
      throw new AppError('invalid_state', 'Letters are the last way to reach you: give another address instead.');
    }
    const ended = add?.kind === 'postal' ? (points.find(({ kind }) => kind === 'postal') ?? null) : named;
    return { ended, kind: add?.kind ?? named?.kind ?? 'email' };
  }

  async #proposed(
    tx: EntityManager,
    now: Date,
    personId: string,
    { kind, value }: NonNullable<ContactWish['add']>,
  ): Promise<string> {
    const normalised = normaliseValue(kind, value);
    const point = { kind, value: normalised?.value ?? '' } as ContactPoint;
    if (normalised !== null && this.holders.isReachable(point)) {
      return this.points.propose(tx, now, personId, kind, normalised);
    }
    const detail = normalised === null ? VALUE_HELP[kind] : 'must be a phone number of a country that we send to';
    throw new AppError('validation_failed', 'This contact point cannot be added.', {
      faults: [{ pointer: '/value', detail }],
    });
  }

  #usable(tx: EntityManager, now: Date, personId: string): Promise<ContactPoint[]> {
    return this.holders.usableContactPoints(tx, personId, now, { kinds: ['phone', 'email'] });
  }

  async #send(
    tx: EntityManager,
    now: Date,
    principal: Principal,
    pointId: string,
    isSpoken: boolean,
  ): Promise<{ readonly code: Code; readonly entry: AuditEntry }> {
    const { result, entry } = await this.codes.issue(tx, now, {
      purpose: 'contact',
      personId: signedInOf(principal).id,
      pointId,
      callId: null,
      agentId: principal.agent?.id ?? null,
      callerId: null,
      claimKeys: [],
      mandate: null,
      actions: [],
      details: [],
      digits: 6,
      level: 0,
      isSpoken,
      actor: actorOf(principal),
    });
    return { code: result, entry };
  }

  async #require(tx: EntityManager, now: Date, principal: Principal, id: string): Promise<ContactChangeEntity> {
    const row = await this.repository.lock(tx, signedInOf(principal).id, id, now);
    if (row === null) throw noSuchChange();
    return row;
  }

  async #shown(manager: EntityManager, row: ContactChangeEntity): Promise<WaitingChange> {
    const pointOf = (id: string | null): Promise<ContactPoint | null> =>
      id === null ? Promise.resolve(null) : this.holders.contactPoint(manager, id);
    const known = await this.codes.find(manager, row.knownCodeId);
    return {
      id: row.id,
      kind: row.kind,
      added: await pointOf(row.addedId),
      ended: await pointOf(row.endedId),
      known: await pointOf(known?.contactPointId ?? null),
      isKnownConfirmed: row.knownConfirmedAt !== null,
      isNewConfirmed: row.newConfirmedAt !== null,
      expiresAt: row.expiresAt,
    };
  }
}

/**
 * Where the change is confirmed: at what goes, where that has aged, or at another.
 *
 * @param usable what has aged
 */
function knownOf(
  usable: readonly ContactPoint[],
  ended: ContactPoint | null,
  confirmAtId: string | null,
): ContactPoint {
  const chosen = usable.find((point) => point.id === confirmAtId);
  if (confirmAtId !== null && chosen === undefined) throw noSuchPoint();
  const known = chosen ?? usable.find((point) => point.id === ended?.id) ?? usable[0];
  if (known === undefined) {
    throw new AppError('no_usable_contact_point', 'Nothing that we know of you has aged: call us to change it.');
  }
  const isLast = ended !== null && ended.kind !== 'postal' && usable.every((point) => point.id === ended.id);
  if (isLast) {
    throw new AppError(
      'invalid_state',
      'This is the last one that codes go to. Add another first, and remove this one after 7 days.',
    );
  }
  return known;
}

function openCodeOf(row: ContactChangeEntity, side: Side): string {
  const codeId = side === 'known' ? row.knownCodeId : row.newCodeId;
  const confirmedAt = side === 'known' ? row.knownConfirmedAt : row.newConfirmedAt;
  if (codeId === null || confirmedAt !== null) throw over();
  return codeId;
}

function entryOf(kind: string, principal: Principal, body: Record<string, unknown>): AuditEntry {
  return { kind, actor: actorOf(principal), personIds: [signedInOf(principal).id], body };
}

function noSuchChange(): AppError {
  return new AppError('not_found', 'There is no such change, or it is over.');
}

function noSuchPoint(): AppError {
  return new AppError('not_found', 'There is no such contact point.');
}

function over(): AppError {
  return new AppError('invalid_state', 'This code is not wanted any more.');
}
