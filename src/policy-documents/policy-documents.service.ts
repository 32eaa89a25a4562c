import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { AppError } from '../errors.ts';
import type { PolicyHash } from '../policy/ids.ts';
import type { Policy, Scope } from '../policy/policy.ts';
import { compilePolicy, type CompileResult, type PolicyFault } from './compile-policy.ts';
import { PolicyDocumentsRepository } from './policy-documents.repository.ts';

/** What loading came to. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** False when this policy was in force already: nothing was written then. */
  readonly isChanged: boolean;
}

/** Compiled policies kept in memory: the one in force and those that calls of today were decided under. */
const KEPT = 16;

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
   * Checks a document and brings it into force. The same bytes as those in force write nothing.
   *
   * @throws AppError `validation_failed` with every mistake; what was in force stays
   */
  async load(text: string, actor: string): Promise<LoadedPolicy> {
    // Before anything is locked: most mistakes need no other policy to be seen.
    accept(compilePolicy(text));
    return this.audit.record<LoadedPolicy>(async (tx, now) => {
      await this.repository.lock(tx);
      const policy = accept(compilePolicy(text, await this.publishedScopes(tx)));
      const previous = await this.repository.activeHash(tx);
      if (previous === policy.hash) return { result: { policy, isChanged: false }, entries: [] };
      await this.repository.activate(tx, policy, text, now);
      const body = { hash: policy.hash, previous, name: policy.name };
      return { result: { policy, isChanged: true }, entries: [{ kind: 'policy.loaded', actor, body }] };
    });
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
   * @throws AppError `unavailable` before the first one was loaded
   */
  async current(): Promise<Policy> {
    const hash = await this.activeHash();
    if (hash === null) throw new AppError('unavailable', 'There is no policy yet.');
    return this.byHash(hash);
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
