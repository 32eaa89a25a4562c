import { randomUUID, timingSafeEqual } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import type { PersonId } from '../policy/ids.ts';
import { hashToken, mintSessionToken, sessionIdOf } from './session-token.ts';
import type { SessionEntity } from './session.entity.ts';
import type { Level } from '../policy/vocabulary.ts';
import { type Assistance, FRESH, mayEnrol, type Proof, type Session, strengthWith } from './session.ts';
import { SessionsRepository } from './sessions.repository.ts';

/** A session with the text that opens it, which nobody can show again. */
export interface OpenedSession {
  readonly session: Session;
  readonly token: string;
}

const HOUR = 60 * 60_000;
/** Sessions of one person's own at once: more than anybody has devices. */
const MOST = 10;
/** What a session is worth in which an employee acts: as much as a telephone. */
const ASSISTED: Level = 2;
/** How long an ended session stays. Milliseconds. */
const KEPT = 30 * 24 * HOUR;

/** Who is signed in to the self-service: opened by a proof, short, and ended at once when somebody says so. */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger(SessionsService.name);

  constructor(
    private readonly config: Config,
    private readonly audit: AuditService,
    private readonly repository: SessionsRepository,
  ) {}

  /** Those of these who don't sign in themselves: software, an organisation with contact persons, and the dead. */
  absent(tx: EntityManager, personIds: readonly string[]): Promise<readonly string[]> {
    return this.repository.absent(tx, personIds);
  }

  /** Whether their death is in force: proven, and not reversed. A report is none yet, as who lives can say so. */
  hasDied(tx: EntityManager, personId: PersonId): Promise<boolean> {
    return this.repository.hasDied(tx, personId);
  }

  /**
   * In the transaction that accepts the proof. Always a new token: one that was there before the proof gains nothing. Of more
   * than {@link MOST} sessions the oldest ends.
   *
   * @throws AppError `forbidden` to who does not sign in themselves, whatever they prove it with
   */
  async open(
    tx: EntityManager,
    now: Date,
    personId: PersonId,
    { method, level, contactPointId }: Proof,
  ): Promise<OpenedSession & { readonly entries: readonly AuditEntry[] }> {
    await this.#requirePresent(tx, personId);
    const ended = await this.#endOldest(tx, now, personId);
    const id = randomUUID();
    const { text, hash } = mintSessionToken(id);
    const row: SessionEntity = {
      id,
      personId,
      tokenHash: hash,
      methods: [method],
      contactPointIds: contactPointId === undefined ? [] : [contactPointId],
      strength: level,
      openedAt: now,
      provedAt: now,
      usedAt: now,
      expiresAt: new Date(now.getTime() + this.config.sessionHours * HOUR),
      endedAt: null,
      callId: null,
      agentId: null,
    };
    await this.repository.insert(tx, row);
    const entry = entryOf('session.opened', row, { method, strength: level });
    return { session: sessionOf(row), token: text, entries: [...ended, entry] };
  }

  /**
   * A session for the employee of a call, who does in it what the person on the line asks for. It is worth 2, whatever was proved,
   * and over with the call.
   *
   * @param provedAt when the caller last proved who they are, in this call: some changes need that within {@link FRESH}
   * @throws AppError `forbidden`, as {@link open}
   */
  async openAssisted(
    tx: EntityManager,
    now: Date,
    personId: PersonId,
    { agentId, callId }: Assistance,
    { provedAt, expiresAt }: { readonly provedAt: Date; readonly expiresAt: Date },
  ): Promise<OpenedSession & { readonly entries: readonly AuditEntry[] }> {
    await this.#requirePresent(tx, personId);
    const id = randomUUID();
    const { text, hash } = mintSessionToken(id);
    const row: SessionEntity = {
      id,
      personId,
      tokenHash: hash,
      methods: ['employee'],
      contactPointIds: [],
      strength: ASSISTED,
      openedAt: provedAt,
      provedAt,
      usedAt: now,
      expiresAt,
      endedAt: null,
      callId,
      agentId,
    };
    await this.repository.insert(tx, row);
    const entry = entryOf('session.opened', row, { method: 'employee', strength: ASSISTED });
    return { session: sessionOf(row), token: text, entries: [entry] };
  }

  /**
   * Another proof by somebody who is signed in. The session gets a new token; the old one is dead.
   *
   * @throws AppError `unauthenticated` when it ended meanwhile
   */
  async prove(
    tx: EntityManager,
    now: Date,
    session: Pick<Session, 'id' | 'personId'>,
    proof: Proof,
  ): Promise<OpenedSession & { readonly entries: readonly AuditEntry[] }> {
    const row = await this.repository.lock(tx, session.id, session.personId);
    if (row === null) throw signedOut();
    const { text, hash } = mintSessionToken(row.id);
    const { contactPointId } = proof;
    const changes = {
      tokenHash: hash,
      methods: [...new Set([...row.methods, proof.method])],
      contactPointIds: [
        ...new Set([...row.contactPointIds, ...(contactPointId === undefined ? [] : [contactPointId])]),
      ],
      strength: strengthWith(row, proof),
      provedAt: now,
    };
    await this.repository.update(tx, row.id, changes);
    const proved = Object.assign(row, changes);
    const entry = entryOf('session.proved', proved, { method: proof.method, strength: proved.strength });
    return { session: sessionOf(proved), token: text, entries: [entry] };
  }

  /**
   * The session of a request, inside a transaction: nobody ends it before that ends.
   *
   * @throws AppError `unauthenticated` when it ended meanwhile
   */
  async require(
    tx: EntityManager,
    { sessionId, id }: { readonly id: PersonId; readonly sessionId: string },
  ): Promise<Session> {
    const row = await this.repository.lock(tx, sessionId, id);
    if (row === null) throw signedOut();
    return sessionOf(row);
  }

  /**
   * In the transaction that changes how somebody is reached or recognised.
   *
   * @param forWhat `change`: a proof within {@link FRESH}; `enrol`: besides, one that is worth a new passkey or app
   * @throws AppError `proof_required`, `unauthenticated` when the session ended meanwhile
   */
  async requireProof(
    tx: EntityManager,
    now: Date,
    person: { readonly id: PersonId; readonly sessionId: string },
    forWhat: 'change' | 'enrol',
  ): Promise<void> {
    const session = await this.require(tx, person);
    if (now.getTime() - session.provedAt.getTime() > FRESH) {
      throw new AppError('proof_required', 'Show once more that it is you: it was more than 10 minutes ago.');
    }
    if (forWhat === 'enrol' && !mayEnrol(session)) {
      throw new AppError(
        'proof_required',
        'Show more first: sign in at strength 3, or at 2 and with a code to a second contact point.',
      );
    }
  }

  /** Null for anything but the token of a live session. */
  async authenticate(token: string): Promise<Session | null> {
    const id = sessionIdOf(token);
    const row = id === null ? null : await this.repository.use(id, this.#idleSeconds);
    return row !== null && timingSafeEqual(row.tokenHash, hashToken(token)) ? sessionOf(row) : null;
  }

  /** The live session in which this employee acts for this person in this call: the one of the newest proof. Null = there is none. */
  async assisted(personId: PersonId, { callId, agentId }: Assistance): Promise<Session | null> {
    const id = await this.repository.assisted(personId, this.#idleSeconds, callId, agentId);
    const row = id === null ? null : await this.repository.use(id, this.#idleSeconds);
    return row === null ? null : sessionOf(row);
  }

  /** A person's live sessions, the newest first. */
  list(personId: PersonId): Promise<readonly Session[]> {
    return this.audit.record(async (tx) => ({
      result: (await this.repository.list(tx, personId, this.#idleSeconds)).map(sessionOf),
      entries: [],
    }));
  }

  /**
   * Ends one of a person's own sessions, without another proof: it only shuts out. One that has ended already is not theirs any
   * more.
   *
   * @throws AppError `not_found`
   */
  end(id: string, personId: PersonId): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const row = await this.repository.lock(tx, id, personId);
      if (row === null) throw new AppError('not_found', 'There is no such session.');
      await this.repository.update(tx, id, { endedAt: now });
      return { result: undefined, entries: [entryOf('session.ended', row, {})] };
    });
  }

  /**
   * Ends all sessions of who is signed in but the one that they are in.
   *
   * @throws AppError `unauthenticated` when that ended meanwhile
   */
  endOthers(person: { readonly id: PersonId; readonly sessionId: string }, actor: string): Promise<void> {
    return this.audit.record(async (tx, now) => {
      await this.holdSignIns(tx, person.id);
      await this.require(tx, person);
      return { result: undefined, entries: await this.endAll(tx, now, person.id, { but: person.sessionId, actor }) };
    });
  }

  /**
   * Ends the session that this token opens, whosever it is; any other text ends nothing. Never fails: whoever leaves is away, and
   * whoever signed in anew is in, with a code that serves once. What could not be ended ends by itself, or at `/portal/sessions`.
   */
  async endOf(token: string): Promise<void> {
    try {
      const session = await this.authenticate(token);
      if (session === null) return;
      await this.audit.record(async (tx, now) => {
        const row = await this.repository.lock(tx, session.id, session.personId);
        if (row === null) return { result: undefined, entries: [] };
        await this.repository.update(tx, row.id, { endedAt: now });
        return { result: undefined, entries: [entryOf('session.ended', row, {})] };
      });
    } catch (error) {
      this.logger.warn({ event: 'session_not_ended', err: error });
    }
  }

  /**
   * Ends all of a person's sessions, in the caller's transaction: such as when a contact point or a passkey changed.
   *
   * @param but the one that goes on; null = none does
   * @param actor who ends them
   */
  async endAll(
    tx: EntityManager,
    now: Date,
    personId: PersonId,
    { but, actor }: { readonly but: string | null; readonly actor: string },
  ): Promise<AuditEntry[]> {
    const ended = await this.repository.endAll(tx, personId, now, but);
    return ended.map((row) => ({ ...entryOf('session.ended', row, {}), actor }));
  }

  /**
   * Ends the sessions in which a code of one of these contact points was typed, in the transaction that ends those points.
   *
   * @param pointIds contact points of any people, still on file
   */
  async endProvedBy(
    tx: EntityManager,
    now: Date,
    pointIds: readonly string[],
    actor: string,
  ): Promise<readonly AuditEntry[]> {
    if (pointIds.length === 0) return [];
    const ended = await this.repository.endProvedBy(tx, pointIds, now);
    return ended.map((row) => ({ ...entryOf('session.ended', row, { reason: 'contact_ended' }), actor }));
  }

  /** Until the caller's transaction ends nobody signs in as this person; who did so at the same time has their session by now. */
  holdSignIns(tx: EntityManager, personId: PersonId): Promise<void> {
    return this.repository.holdSignIns(tx, personId);
  }

  /** After a restore that lost something: nobody knows who signed out meanwhile. */
  async endPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly entries: readonly AuditEntry[] }> {
    const { last, ended } = await this.repository.endPage(tx, now, after);
    return { last, entries: ended.map((row) => entryOf('session.ended', row, { reason: 'restored' })) };
  }

  /** What ended a month ago says nothing that the audit doesn't. */
  @Interval(HOUR)
  async forget(): Promise<void> {
    try {
      await this.repository.forget(new Date(Date.now() - KEPT));
    } catch (error) {
      this.logger.warn({ event: 'sessions_not_cleared', err: error });
    }
  }

  /** Their death can't be approved before the transaction of the session ends. */
  async #requirePresent(tx: EntityManager, personId: PersonId): Promise<void> {
    await this.repository.holdPerson(tx, personId);
    if ((await this.absent(tx, [personId])).length === 0) return;
    throw new AppError('forbidden', 'This customer does not sign in themselves.');
  }

  /** Room for one more. What an employee opened for them in a call is none of theirs. */
  async #endOldest(tx: EntityManager, now: Date, personId: PersonId): Promise<AuditEntry[]> {
    const rows = await this.repository.list(tx, personId, this.#idleSeconds);
    const own = rows.filter(({ callId }) => callId === null);
    const entries: AuditEntry[] = [];
    for (const row of own.slice(MOST - 1)) {
      if (await this.repository.end(tx, row.id, now))
        entries.push(entryOf('session.ended', row, { reason: 'too_many' }));
    }
    return entries;
  }

  get #idleSeconds(): number {
    return this.config.sessionIdleMinutes * 60;
  }
}

/** The session of a request is over: sign in again. */
export function signedOut(): AppError {
  return new AppError('unauthenticated', 'You are signed out. Sign in again.');
}

function sessionOf(row: SessionEntity): Session {
  const { id, methods, contactPointIds, strength, openedAt, provedAt, usedAt, expiresAt, agentId, callId } = row;
  const personId = row.personId as PersonId;
  const assistance = agentId === null || callId === null ? null : { agentId, callId };
  return { id, personId, methods, contactPointIds, strength, openedAt, provedAt, usedAt, expiresAt, assistance };
}

function entryOf(
  kind: string,
  { id, personId, agentId, callId }: SessionEntity,
  body: Record<string, unknown>,
): AuditEntry {
  const person = `person:${personId} session:${id}`;
  return {
    kind,
    actor: agentId === null ? person : `agent:${agentId} ${person}`,
    callId,
    personIds: [personId],
    body: { sessionId: id, ...body },
  };
}
