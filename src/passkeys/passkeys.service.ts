import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';

import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, type SignedIn, signedInOf } from '../auth/principal.ts';
import { Config } from '../config/config.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import type { PersonId } from '../policy/ids.ts';
import { ChallengesService, randomSecret } from '../sessions/challenges.service.ts';
import { type OpenedSession, SessionsService } from '../sessions/sessions.service.ts';
import { type Credential, credentialOf, hashOfCredential, readAnswer, verifiable } from './credential.ts';
import type { PasskeyEntity } from './passkey.entity.ts';
import { PasskeysRepository } from './passkeys.repository.ts';

/** With all that reads certificates it takes as much memory as the rooms of the service: until the first passkey it is not there. */
const webauthn = () => import('@simplewebauthn/server');

/** More than anybody has devices. */
const MOST = 10;
/** Milliseconds that a browser waits for the person. */
const PATIENCE = 4 * 60_000;

export interface Passkey {
  readonly id: string;
  readonly addedAt: Date;
  readonly usedAt: Date | null;
}

export type PasskeyProof = ({ readonly accepted: true } & OpenedSession) | { readonly accepted: false };

/** What an answer of a browser was found to say. */
interface Shown {
  readonly passkey: PasskeyEntity;
  readonly count: number;
}

/**
 * Passkeys (WebAuthn): for people who are recognised by their device, which asks them for a finger, a face or a PIN. Two
 * factors in one: strength 3. A challenge is good for one answer, within five minutes, from whom it was given to.
 */
@Injectable()
export class PasskeysService implements OnModuleInit {
  private readonly logger = new Logger(PasskeysService.name);
  readonly #origin: string;
  readonly #host: string;

  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly challenges: ChallengesService,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
    private readonly notices: Notices,
    private readonly sessions: SessionsService,
    private readonly repository: PasskeysRepository,
  ) {
    const { origin, hostname } = new URL(config.publicUrl);
    this.#origin = origin;
    this.#host = hostname;
  }

  onModuleInit(): void {
    this.messages.provide('passkey_changed', async ({ parameters: { change, changedAt } }) => ({
      change: change === 'removed' ? 'removed' : 'added',
      changedAt: new Date(String(changedAt)),
    }));
  }

  /** Passkeys belong to a name: under a bare address there are none. */
  get isPossible(): boolean {
    return isIP(this.#host.replaceAll(/[[\]]/g, '')) === 0;
  }

  /** A person's own, the oldest first. */
  async list(personId: PersonId): Promise<readonly Passkey[]> {
    return (await this.repository.list(this.dataSource.manager, personId)).map(passkeyOf);
  }

  /**
   * What a browser needs to make a passkey.
   *
   * @throws AppError `proof_required`, `conflict` when there are too many
   */
  async beginAdding(principal: Principal): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const person = signedInOf(principal);
    const { crmRef, name, known } = await this.audit.record(async (tx, now) => {
      await this.sessions.requireProof(tx, now, person, 'enrol');
      const mine = await this.repository.list(tx, person.id);
      requireRoom(mine);
      const credentials: Credential[] = [];
      for (const one of mine) credentials.push(await this.open(tx, one));
      return { result: { ...(await this.holders.describe(tx, person.id)), known: credentials }, entries: [] };
    });
    const { generateRegistrationOptions } = await webauthn();
    return generateRegistrationOptions({
      rpName: this.config.organisationName,
      rpID: this.#host,
      userName: crmRef,
      userDisplayName: name ?? crmRef,
      userID: new Uint8Array(Buffer.from(person.id.replaceAll('-', ''), 'hex')),
      challenge: bytesOf(await this.challenges.make('passkey', addingBy(person))),
      timeout: PATIENCE,
      attestationType: 'none',
      excludeCredentials: known.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /**
   * Every other session of its owner ends.
   *
   * @param answer of the browser, as JSON
   * @throws AppError `proof_required`, `validation_failed` when it is no answer to what was asked, `conflict`
   */
  async add(principal: Principal, answer: string): Promise<Passkey> {
    const person = signedInOf(principal);
    const credential = await this.#verifyNew(person, answer);
    if (credential === null) {
      this.#logRefusal();
      const faults = [
        { pointer: '/credential', detail: 'must be the answer to a challenge of this session, in 5 minutes' },
      ];
      throw new AppError('validation_failed', 'This is no passkey that can be added.', { faults });
    }
    return this.audit.record(async (tx, now) => {
      await this.sessions.requireProof(tx, now, person, 'enrol');
      requireRoom(await this.repository.list(tx, person.id));
      const id = randomUUID();
      const row: PasskeyEntity = {
        id,
        personId: person.id,
        credentialHash: hashOfCredential(credential.id),
        credentialSealed: await this.holders.seal(tx, person.id, JSON.stringify(credential), sealedPlace(id)),
        signCount: String(credential.count),
        addedAt: now,
        usedAt: null,
        endedAt: null,
      };
      await this.repository.insert(tx, row);
      await this.#tell(tx, now, person.id, 'added');
      const entry = entryOf('passkey.added', actorOf(principal), row);
      return { result: passkeyOf(row), entries: [entry, ...(await this.#endOthers(tx, now, principal))] };
    });
  }

  /**
   * Every other session of its owner ends. A fresh proof of any strength is enough: whose telephone was stolen has e-mail alone.
   *
   * @throws AppError `not_found` for one that is not theirs, `proof_required`
   */
  remove(principal: Principal, id: string): Promise<void> {
    const person = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      await this.sessions.requireProof(tx, now, person, 'change');
      if (!(await this.repository.end(tx, id, person.id, now)))
        throw new AppError('not_found', 'There is no such passkey.');
      await this.#tell(tx, now, person.id, 'removed');
      const entry = entryOf('passkey.removed', actorOf(principal), { id, personId: person.id });
      return { result: undefined, entries: [entry, ...(await this.#endOthers(tx, now, principal))] };
    });
  }

  /**
   * What a browser needs to show a passkey. It names none: the device knows which it has, and nobody learns from it who is
   * known here.
   *
   * @param current who is signed in and proves it once more; null = a visitor
   * @returns with a secret to bring back along with the answer; null for who is signed in, whose session does for that
   */
  async ask(
    current: SignedIn | null,
  ): Promise<{ readonly options: PublicKeyCredentialRequestOptionsJSON; readonly secret: string | null }> {
    const secret = current === null ? randomSecret() : null;
    const challenge = await this.challenges.make('passkey', shownBy(current, secret));
    const { generateAuthenticationOptions } = await webauthn();
    const options = await generateAuthenticationOptions({
      rpID: this.#host,
      challenge: bytesOf(challenge),
      timeout: PATIENCE,
      userVerification: 'required',
      allowCredentials: [],
    });
    return { options, secret };
  }

  /**
   * Whatever is wrong with an answer, nobody is told what.
   *
   * @param answer of the browser, as JSON
   * @param secret what {@link ask} gave; null for who is signed in
   */
  async prove(answer: string, secret: string | null, current: SignedIn | null): Promise<PasskeyProof> {
    const shown = current === null && secret === null ? null : await this.#verify(answer, shownBy(current, secret));
    if (shown === null || (current !== null && current.id !== shown.passkey.personId)) {
      this.#logRefusal();
      return { accepted: false };
    }
    const { passkey, count } = shown;
    const personId = passkey.personId as PersonId;
    return this.audit.record<PasskeyProof>(async (tx, now) => {
      // As if there were no such passkey.
      if (await this.sessions.hasDied(tx, personId)) return { result: { accepted: false }, entries: [] };
      if (!(await this.repository.takeCount(tx, passkey.id, count, now))) {
        // Two devices count apart: one of them is a copy.
        return { result: { accepted: false }, entries: [entryOf('passkey.refused', 'visitor', passkey)] };
      }
      const proof = { method: 'passkey', level: 3 } as const;
      const { entries, ...opened } =
        current === null
          ? await this.sessions.open(tx, now, personId, proof)
          : await this.sessions.prove(tx, now, { id: current.sessionId, personId }, proof);
      return { result: { accepted: true, ...opened }, entries };
    });
  }

  async #verifyNew(person: SignedIn, text: string): Promise<(Credential & { readonly count: number }) | null> {
    const answer = readAnswer(text);
    if (answer === null) return null;
    const { verifyRegistrationResponse } = await webauthn();
    try {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: answer,
        expectedChallenge: (challenge) => this.#take(addingBy(person), challenge),
        expectedOrigin: this.#origin,
        expectedRPID: this.#host,
        requireUserVerification: true,
      });
      if (!verified) return null;
      const { credential } = registrationInfo;
      return { ...credentialOf(credential), count: credential.counter };
    } catch (error) {
      return this.#refused(error);
    }
  }

  async #verify(text: string, boundTo: string): Promise<Shown | null> {
    const answer = readAnswer(text);
    if (answer === null) return null;
    const { manager } = this.dataSource;
    const passkey = await this.repository.byCredential(manager, hashOfCredential(answer.id));
    if (passkey === null || !isOf(passkey.personId, answer)) return null;
    const { verifyAuthenticationResponse } = await webauthn();
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: answer,
        expectedChallenge: (challenge) => this.#take(boundTo, challenge),
        expectedOrigin: this.#origin,
        expectedRPID: this.#host,
        requireUserVerification: true,
        credential: verifiable(await this.open(manager, passkey)),
      });
      return verified ? { passkey, count: authenticationInfo.newCounter } : null;
    } catch (error) {
      return this.#refused(error);
    }
  }

  /** Used up before anything else is looked at. */
  async #take(boundTo: string, challenge: string): Promise<boolean> {
    return (await this.challenges.take('passkey', boundTo, challenge)) !== null;
  }

  /** The library throws at whatever is wrong with an answer; a failing database is no fault of the answer. */
  #refused(error: unknown): null {
    if (error instanceof AppError || (error as { driverError?: unknown }).driverError !== undefined) throw error;
    return null;
  }

  /** Without a record: nobody is known to have tried, and anybody could fill the audit. */
  #logRefusal(): void {
    this.logger.log({ event: 'passkey_refused' });
  }

  private async open(tx: EntityManager, { id, personId, credentialSealed }: PasskeyEntity): Promise<Credential> {
    return JSON.parse(await this.holders.open(tx, personId, credentialSealed, sealedPlace(id))) as Credential;
  }

  #endOthers(tx: EntityManager, now: Date, principal: Principal): Promise<AuditEntry[]> {
    const { id, sessionId } = signedInOf(principal);
    return this.sessions.endAll(tx, now, id, { but: sessionId, actor: actorOf(principal) });
  }

  async #tell(tx: EntityManager, now: Date, personId: string, change: 'added' | 'removed'): Promise<void> {
    const parameters = { change, changedAt: now.toISOString() };
    await this.notices.send(tx, now, personId, { template: 'passkey_changed', parameters });
  }
}

/** A discoverable passkey says whose it is; one that says somebody else's was made up. */
function isOf(personId: string, { response }: AuthenticationResponseJSON): boolean {
  const { userHandle } = response;
  return (
    userHandle === undefined || userHandle === Buffer.from(personId.replaceAll('-', ''), 'hex').toString('base64url')
  );
}

/** @throws AppError `conflict` */
function requireRoom(passkeys: readonly unknown[]): void {
  if (passkeys.length >= MOST) throw new AppError('conflict', `There are ${MOST} passkeys: remove one first.`);
}

function addingBy({ sessionId }: SignedIn): string {
  return `adding ${sessionId}`;
}

function shownBy(current: SignedIn | null, secret: string | null): string {
  return current === null ? `visitor ${secret ?? ''}` : `session ${current.sessionId}`;
}

/** The library writes challenges in base64url, as they are given out and come back. */
function bytesOf(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(challenge, 'base64url'));
}

function sealedPlace(id: string): ReturnType<typeof placeOf> {
  return placeOf('passkeys', 'credential_sealed', id);
}

function passkeyOf({ id, addedAt, usedAt }: PasskeyEntity): Passkey {
  return { id, addedAt, usedAt };
}

function entryOf(
  kind: string,
  actor: string,
  { id, personId }: Pick<PasskeyEntity, 'id' | 'personId'>,
): { kind: string; actor: string; personIds: string[]; body: { passkeyId: string } } {
  return { kind, actor, personIds: [personId], body: { passkeyId: id } };
}
