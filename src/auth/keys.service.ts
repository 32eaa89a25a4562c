import { timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { Config } from '../config/config.ts';
import { AppError, type Fault } from '../errors.ts';
import type { Level } from '../policy/vocabulary.ts';
import { AgentsService } from './agents.service.ts';
import { ChangeListener } from './change-listener.ts';
import { FreshCache, type Found } from './fresh-cache.ts';
import { hashKey, mintKey, parseKey, type KeyEnvironment } from './key-format.ts';
import { KeysRepository, type ApiKey, type ListedKey, type LiveKey, type StoredKey } from './keys.repository.ts';
import { type KeyScope, mustBeBound } from './principal.ts';

export type { ApiKey } from './keys.repository.ts';

export interface NewKey {
  /** What people call it: "telephony EU", never a person's name. 1 to 80 characters. */
  readonly name: string;
  readonly scope: KeyScope;
  /** Strength of the sessions it opens. Default: agent 1, crm 2, admin 2, privacy 0. */
  readonly strength?: Level | undefined;
  /** Lets a key of scope `crm` search with the standard decision API. Default false. */
  readonly maySearch?: boolean | undefined;
  /** Binds a key of scope `agent` to one agent. */
  readonly agentRef?: string | undefined;
  /** Days that it lives. Default 365, at most 730. */
  readonly days?: number | undefined;
  /** Default `live` in production, else `test`. Production refuses all but `live` ones. */
  readonly environment?: KeyEnvironment | undefined;
}

export interface Rotation {
  /** Hours that the old key still works beside the new one, 0 to 720. Default 24. */
  readonly overlapHours?: number | undefined;
  /** As in {@link NewKey}. */
  readonly days?: number | undefined;
  readonly environment?: KeyEnvironment | undefined;
}

/** The text is here and nowhere else: who loses it needs another key. */
export interface MintedKey {
  readonly key: ApiKey;
  readonly text: string;
}

const DEFAULT_STRENGTH: Readonly<Record<KeyScope, Level>> = { agent: 1, crm: 2, admin: 2, privacy: 0 };
const DEFAULT_DAYS = 365;
const LONGEST_DAYS = 730;
const DEFAULT_OVERLAP_HOURS = 24;
const LONGEST_OVERLAP_HOURS = 720;

const HOUR = 3_600_000;

@Injectable()
export class KeysService {
  private readonly logger = new Logger(KeysService.name);
  private readonly cache: FreshCache<LiveKey>;

  constructor(
    private readonly repository: KeysRepository,
    private readonly agents: AgentsService,
    private readonly audit: AuditService,
    private readonly config: Config,
    listener: ChangeListener,
  ) {
    this.cache = new FreshCache(listener, 'api_keys_changed');
  }

  /** A key that was authenticated a moment ago and of which nothing was heard since; null = authenticate it. */
  known(text: string): LiveKey | null {
    return this.cache.peek(hashKey(text).toString('base64'));
  }

  /**
   * The key with this text, if it lives. Null says no more than that, on purpose: unknown, wrong secret, expired and
   * revoked take the same way (nothing of them is kept, so each costs one look-up) and get the same answer. The log says which.
   */
  async authenticate(text: string): Promise<LiveKey | null> {
    const parsed = parseKey(text);
    if (parsed === null) return null;
    // Keys made for a trial are handled carelessly: they end where real data begins.
    if (this.config.production && parsed.environment !== 'live') return this.refused('trial');
    const hash = hashKey(text);
    return this.cache.get(hash.toString('base64'), () => this.findLive(parsed.id, hash));
  }

  /** @throws AppError `validation_failed` for values out of bounds; `not_found` for an unknown agent */
  async create(wanted: NewKey, actor: string): Promise<MintedKey> {
    refuse([...faultsOf(wanted), ...this.#unboundFaults(wanted)]);
    const agent = wanted.agentRef === undefined ? null : await this.agents.get(wanted.agentRef);
    return this.audit.record(async (tx, now) => {
      const minted = this.mint(
        {
          name: wanted.name,
          scope: wanted.scope,
          strength: wanted.strength ?? DEFAULT_STRENGTH[wanted.scope],
          maySearch: wanted.maySearch ?? false,
          agentId: agent?.id ?? null,
          rotatedFrom: null,
        },
        wanted,
        now,
      );
      await this.repository.insert(tx, minted.key, minted.hash);
      return { result: minted, entries: [{ kind: 'key.created', actor, body: bodyOf(minted.key) }] };
    });
  }

  /** What nobody could use is not made. */
  #unboundFaults({ scope, agentRef }: NewKey): Fault[] {
    if (agentRef !== undefined || !mustBeBound(scope, this.config)) return [];
    return [{ pointer: '/agentRef', detail: 'The agent whose key it is: no other keys are taken here (AGENT_KEYS).' }];
  }

  async list(): Promise<ListedKey[]> {
    return this.repository.list();
  }

  /**
   * Until the transaction ends the key can't be revoked, and nobody else counts on it.
   *
   * @throws AppError `unauthenticated` when it was revoked since the request came
   */
  async hold(tx: EntityManager, id: string): Promise<void> {
    const key = await this.repository.lock(tx, id);
    if (key === null || key.revokedAt !== null) throw new AppError('unauthenticated', 'This key was revoked.');
  }

  /**
   * A new key with the rights of the old one. The old one ends after the overlap, or when it would have ended anyway.
   * Two of a line live at once, never three: a key whose predecessor still lives is not rotated.
   *
   * @throws AppError `not_found`; `invalid_state` when the key is dead, has been rotated, its predecessor lives, or no such key is taken any more
   */
  async rotate(id: string, rotation: Rotation, actor: string): Promise<MintedKey> {
    refuse(faultsOf(rotation));
    const minted = await this.audit.record(async (tx, now) => {
      const old = await this.repository.lock(tx, id);
      if (old === null) throw unknownKey();
      if (!isLive(old, now)) throw new AppError('invalid_state', 'This key has ended: create a new one instead.');
      const successor = await this.repository.findSuccessor(tx, id);
      if (successor !== null) {
        throw new AppError(
          'invalid_state',
          `This key was rotated to ${successor.id}: rotate that one, or revoke it first.`,
        );
      }
      // Locked too, so that nobody brings it back to life or ends it while we look.
      const predecessor = old.rotatedFrom === null ? null : await this.repository.lock(tx, old.rotatedFrom);
      if (predecessor !== null && isLive(predecessor, now)) {
        throw new AppError(
          'invalid_state',
          `The key that this one replaces, ${predecessor.id}, lives until ${predecessor.expiresAt.toISOString()}: ` +
            'revoke it first, or wait.',
        );
      }
      const { name, scope, strength, maySearch, agentId } = old;
      if (agentId === null && mustBeBound(scope, this.config)) {
        throw new AppError(
          'invalid_state',
          'Keys that are not bound to one agent are not taken here (AGENT_KEYS): create one for the agent instead.',
        );
      }
      const fresh = this.mint({ name, scope, strength, maySearch, agentId, rotatedFrom: id }, rotation, now);
      const overlap = (rotation.overlapHours ?? DEFAULT_OVERLAP_HOURS) * HOUR;
      // A period is never empty, not even for a key that is rotated in the very moment of its making.
      const end = Math.max(old.createdAt.getTime() + 1, now.getTime() + overlap);
      const oldEndsAt = new Date(Math.min(old.expiresAt.getTime(), end));
      await this.repository.insert(tx, fresh.key, fresh.hash);
      await this.repository.expire(tx, id, oldEndsAt);
      await this.repository.notify(tx, id);
      const body = { ...bodyOf(fresh.key), oldExpiresAt: oldEndsAt.toISOString() };
      return { result: fresh, entries: [{ kind: 'key.rotated', actor, body }] };
    });
    this.cache.clear();
    return minted;
  }

  /**
   * Ends the key at once, in every process. Revoking it again changes nothing.
   *
   * @throws AppError `not_found`
   */
  async revoke(id: string, actor: string): Promise<ApiKey> {
    const revoked = await this.audit.record(async (tx, now) => {
      const key = await this.repository.lock(tx, id);
      if (key === null) throw unknownKey();
      if (key.revokedAt !== null) return { result: key, entries: [] };
      await this.repository.revoke(tx, id, now);
      await this.repository.notify(tx, id);
      return { result: { ...key, revokedAt: now }, entries: [{ kind: 'key.revoked', actor, body: { keyId: id } }] };
    });
    // Our own next request must not depend on how fast the notification comes back.
    this.cache.clear();
    return revoked;
  }

  /** Ends the keys that are bound to an agent. Call {@link forget} after the transaction. Their ids. */
  async revokeOf(tx: EntityManager, now: Date, agentId: string): Promise<readonly string[]> {
    const ids = await this.repository.revokeOf(tx, agentId, now);
    for (const id of ids) await this.repository.notify(tx, id);
    return ids;
  }

  /** What is in this process's memory; others forget when they hear of a change. */
  forget(): void {
    this.cache.clear();
  }

  private async findLive(id: string, hash: Buffer): Promise<Found<LiveKey> | null> {
    const stored = await this.repository.find(id);
    const { state, scope, strength, maySearch, agentId } = stored;
    const isSame = timingSafeEqual(hash, stored.hash);
    // What names no key of ours is the client's own words: they stay out of the log.
    if (state === 'unknown') return this.refused(state);
    if (!isSame) return this.refused('wrong_secret', id);
    if (state !== 'live') return this.refused(state, id);
    return { value: { id, scope, strength, maySearch, agentId }, keepFor: stored.livesFor };
  }

  /** @param keyId of a key of ours; anybody may have named it who has seen it somewhere: ids are no secrets */
  private refused(code: 'trial' | 'wrong_secret' | Exclude<StoredKey['state'], 'live'>, keyId?: string): null {
    this.logger.log({ event: 'key_refused', code, keyId });
    return null;
  }

  private mint(
    rights: Pick<ApiKey, 'name' | 'scope' | 'strength' | 'maySearch' | 'agentId' | 'rotatedFrom'>,
    wanted: Pick<NewKey, 'days' | 'environment'>,
    now: Date,
  ): MintedKey & { readonly hash: Buffer } {
    const { id, text, hash } = mintKey(wanted.environment ?? (this.config.production ? 'live' : 'test'));
    const expiresAt = new Date(now.getTime() + (wanted.days ?? DEFAULT_DAYS) * 24 * HOUR);
    return { key: { id, ...rights, createdAt: now, expiresAt, revokedAt: null }, text, hash };
  }
}

function isLive(key: ApiKey, now: Date): boolean {
  return key.revokedAt === null && now < key.expiresAt;
}

function unknownKey(): AppError {
  return new AppError('not_found', 'No key has this id.');
}

/** The name is left out: people write other people's names into it. */
function bodyOf(key: ApiKey): Record<string, unknown> {
  const { id, scope, strength, maySearch, agentId, rotatedFrom, expiresAt } = key;
  return {
    keyId: id,
    scope,
    strength,
    ...(maySearch ? { maySearch } : {}),
    agentId,
    rotatedFrom,
    expiresAt: expiresAt.toISOString(),
  };
}

function faultsOf(wanted: Partial<NewKey> & Rotation): Fault[] {
  const { name, scope, maySearch, agentRef, days, overlapHours } = wanted;
  const faults: Fault[] = [];
  if (name !== undefined && (name.trim() === '' || !/^[^\p{Cc}]{1,80}$/u.test(name))) {
    faults.push({ pointer: '/name', detail: 'A name of 1 to 80 characters, without control characters.' });
  }
  if (maySearch === true && scope !== 'crm') {
    faults.push({ pointer: '/maySearch', detail: 'Only a key of scope crm may search.' });
  }
  if (agentRef !== undefined && scope !== 'agent') {
    faults.push({ pointer: '/agentRef', detail: 'Only a key of scope agent is bound to an agent.' });
  }
  if (days !== undefined && !isWithin(days, 1, LONGEST_DAYS)) {
    faults.push({ pointer: '/days', detail: `A whole number of days from 1 to ${LONGEST_DAYS}.` });
  }
  if (overlapHours !== undefined && !isWithin(overlapHours, 0, LONGEST_OVERLAP_HOURS)) {
    faults.push({ pointer: '/overlapHours', detail: `A whole number of hours from 0 to ${LONGEST_OVERLAP_HOURS}.` });
  }
  return faults;
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new AppError('validation_failed', 'The key cannot be made like this.', { faults });
}
