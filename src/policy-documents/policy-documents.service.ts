import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { AppError } from '../errors.ts';
import type { PolicyHash } from '../policy/ids.ts';
import type { Policy, Scope } from '../policy/policy.ts';
import { compilePolicy, type CompileResult, type PolicyFault } from './compile-policy.ts';
import { type Activation, PolicyDocumentsRepository } from './policy-documents.repository.ts';

/** What loading came to. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** False when this policy was in force already: nothing was written then. */
  readonly isChanged: boolean;
  /** The activation, where it is for later. */
  readonly scheduled: { readonly id: string; readonly startsAt: Date } | null;
}

/** An activation, and what it is at this moment. */
export interface PlannedPolicy extends Activation {
  readonly state: 'scheduled' | 'in_force' | 'replaced' | 'cancelled';
}

/** Compiled policies kept in memory: the one in force and those that calls of today were decided under. */
const KEPT = 16;
/** How far ahead a policy may be planned, in days: who planned it should still be there. */
const FURTHEST_DAYS = 366;
/** Calling off takes a while itself: nothing may have been decided under what was then never in force. Milliseconds. */
const LAST_CALL = 10_000;
/** Activations that are told. */
const TOLD = 100;
const DAY = 86_400_000;

/** The policies that this organisation has or had in force. The database says which one rules, for every process. */
@Injectable()
export class PolicyDocuments {
  private readonly compiled = new Map<PolicyHash, Policy>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly repository: PolicyDocumentsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Checks a document and brings it into force, now or at a moment to come. The same bytes as those in force write nothing now.
   *
   * @param startsAt null = now
   * @throws AppError `validation_failed` with every mistake, or for a moment that is none; what was in force stays
   */
  async load(text: string, actor: string, startsAt: Date | null = null): Promise<LoadedPolicy> {
    // Before anything is locked: most mistakes need no other policy to be seen.
    accept(compilePolicy(text));
    return this.audit.record<LoadedPolicy>(async (tx, now) => {
      await this.repository.lock(tx);
      const policy = accept(compilePolicy(text, await this.publishedScopes(tx)));
      await this.repository.keep(tx, policy, text, now);
      return this.start(tx, now, policy, actor, startsAt);
    });
  }

  /**
   * Brings a policy that was in force before, or was planned, into force: to go back to it is this.
   *
   * @param startsAt null = now
   * @throws AppError `not_found`; `validation_failed` for a moment that is none; `invalid_state` for one that this version can't read
   */
  async activate(hash: PolicyHash, actor: string, startsAt: Date | null = null): Promise<LoadedPolicy> {
    return this.audit.record<LoadedPolicy>(async (tx, now) => {
      await this.repository.lock(tx);
      const document = await this.repository.findDocument(tx, hash);
      if (document === null) throw new AppError('not_found', 'There is no policy with this hash.');
      const compiled = compilePolicy(document, await this.publishedScopes(tx));
      if ('faults' in compiled) {
        throw new AppError(
          'invalid_state',
          'This policy was written for another version of the service: load it anew.',
        );
      }
      return this.start(tx, now, compiled.policy, actor, startsAt);
    });
  }

  /**
   * Calls off what was planned.
   *
   * @throws AppError `not_found`; `invalid_state` when its moment has come, or it was called off before
   */
  async cancel(id: string, actor: string): Promise<void> {
    await this.audit.record(async (tx, now) => {
      await this.repository.lock(tx);
      const found = await this.repository.activation(tx, id);
      if (found === null) throw new AppError('not_found', 'There is no such activation.');
      if (found.cancelledAt !== null) throw new AppError('invalid_state', 'It was called off before.');
      if (found.startsAt.getTime() - now.getTime() < LAST_CALL) {
        throw new AppError(
          'invalid_state',
          'Its moment has come, or is seconds away. To go back, bring the policy of before into force.',
        );
      }
      await this.repository.cancel(tx, id, now);
      const body = {
        hash: found.hash,
        name: found.name,
        activationId: Number(id),
        startsAt: found.startsAt.toISOString(),
      };
      return { result: undefined, entries: [{ kind: 'policy.cancelled', actor, body }] };
    });
  }

  /** What is planned, what is in force, and what was; the latest first, at most 100. */
  async activations(): Promise<readonly PlannedPolicy[]> {
    const all = await this.repository.activations(this.dataSource.manager, TOLD);
    const ruling = all.find(({ cancelledAt, isAhead }) => cancelledAt === null && !isAhead);
    return all.map((one) => ({ ...one, state: stateOf(one, ruling) }));
  }

  private async start(
    tx: EntityManager,
    now: Date,
    policy: Policy,
    actor: string,
    startsAt: Date | null,
  ): Promise<{ result: LoadedPolicy; entries: AuditEntry[] }> {
    const { hash, name } = policy;
    // Behind the lock: whoever waited for it must not begin in the past.
    const from = startsAt ?? (await this.repository.clock(tx));
    if (startsAt !== null) {
      requireAhead(startsAt, now);
      const id = await this.repository.activate(tx, hash, startsAt);
      const body = { hash, name, activationId: Number(id), startsAt: startsAt.toISOString() };
      const result = { policy, isChanged: true, scheduled: { id, startsAt } };
      return { result, entries: [{ kind: 'policy.scheduled', actor, body }] };
    }
    const previous = await this.repository.activeHash(tx);
    if (previous === hash) return { result: { policy, isChanged: false, scheduled: null }, entries: [] };
    await this.repository.activate(tx, hash, from);
    const body = { hash, previous, name };
    return { result: { policy, isChanged: true, scheduled: null }, entries: [{ kind: 'policy.loaded', actor, body }] };
  }

  /** Every mistake that loading this document would be refused for. Writes nothing. */
  async check(text: string): Promise<CompileResult> {
    return compilePolicy(text, await this.publishedScopes(this.dataSource.manager));
  }

  /** The hash of the policy in force; null before the first one. */
  async activeHash(): Promise<PolicyHash | null> {
    return this.repository.activeHash(this.dataSource.manager);
  }

  /** Whether this policy is or was in force. */
  async isKnown(hash: PolicyHash): Promise<boolean> {
    return (await this.repository.findDocument(this.dataSource.manager, hash)) !== null;
  }

  /**
   * The policy in force at this moment, in every process.
   *
   * @param manager as in {@link byHash}
   * @throws AppError `unavailable` before the first one was loaded
   */
  async current(manager: EntityManager = this.dataSource.manager): Promise<Policy> {
    const hash = await this.repository.activeHash(manager);
    if (hash === null) throw new AppError('unavailable', 'There is no policy yet.');
    return this.byHash(hash, manager);
  }

  /**
   * A policy that is or was in force.
   *
   * @param manager inside a transaction its own: waiting there for a second connection would stop a pool of one
   * @throws AppError `not_found`
   */
  async byHash(hash: PolicyHash, manager: EntityManager = this.dataSource.manager): Promise<Policy> {
    return this.kept(hash) ?? (await this.read(manager, hash));
  }

  /** A policy that has been read before, without waiting for anything; null when it must be read. */
  kept(hash: PolicyHash): Policy | null {
    const kept = this.compiled.get(hash);
    if (kept === undefined) return null;
    // Moved to the end: the first one is the one that was not asked for the longest.
    this.compiled.delete(hash);
    this.compiled.set(hash, kept);
    return kept;
  }

  private async read(manager: EntityManager, hash: PolicyHash): Promise<Policy> {
    const document = await this.repository.findDocument(manager, hash);
    if (document === null) throw new AppError('not_found', 'There is no policy with this hash.');
    const result = compilePolicy(document);
    if ('faults' in result || result.policy.hash !== hash) {
      throw new Error(`The stored policy ${hash} can't be read by this version, or was changed in the database.`);
    }
    this.compiled.set(hash, result.policy);
    const [oldest] = this.compiled.keys();
    if (this.compiled.size > KEPT && oldest !== undefined) this.compiled.delete(oldest);
    return result.policy;
  }

  /**
   * Every version of every scope that holders may have agreed to. A stored policy that this version can't read is left
   * out: else it would keep its successor from being loaded.
   */
  private async publishedScopes(manager: EntityManager): Promise<readonly Scope[]> {
    const scopes: Scope[] = [];
    for (const hash of await this.repository.allHashes(manager)) {
      const result = compilePolicy((await this.repository.findDocument(manager, hash)) ?? '');
      if ('policy' in result) scopes.push(...result.policy.scopes.values());
    }
    return scopes;
  }
}

function stateOf(one: Activation, ruling: Activation | undefined): PlannedPolicy['state'] {
  if (one.cancelledAt !== null) return 'cancelled';
  if (one.isAhead) return 'scheduled';
  return one === ruling ? 'in_force' : 'replaced';
}

function requireAhead(startsAt: Date, now: Date): void {
  const ahead = startsAt.getTime() - now.getTime();
  if (ahead > 0 && ahead <= FURTHEST_DAYS * DAY) return;
  const detail = `Give a moment to come, at most ${FURTHEST_DAYS} days ahead; leave it out for now.`;
  throw new AppError('validation_failed', 'A policy can’t start then.', {
    faults: [{ pointer: '/starts_at', detail }],
  });
}

function accept(result: CompileResult): Policy {
  if ('policy' in result) return result.policy;
  const { faults } = result;
  throw new AppError('validation_failed', `The policy has ${faults.length} mistake(s); errors lists them.`, {
    faults: faults.map((fault) => ({ pointer: fault.path, detail: describeFault(fault) })),
  });
}

/** One line for people: where, what is wrong, what would be right. */
function describeFault({ line, column, message, hint }: PolicyFault): string {
  return `line ${line}, column ${column}: ${message} ${hint}`.trimEnd();
}
