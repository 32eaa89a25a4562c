import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import { LookUps } from '../reach/look-ups.service.ts';
import { type Block, BlocksRepository } from './blocks.repository.ts';
import { refusal } from './mandate-terms.ts';

/**
 * "No, and never this person again." A block denies by itself, whatever the caller holds: mandates neither end nor change, and
 * count again once it is lifted.
 */
@Injectable()
export class BlocksService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: BlocksRepository,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
    private readonly notices: Notices,
    private readonly lookUps: LookUps,
  ) {}

  onModuleInit(): void {
    this.messages.provide('blocked', async ({ parameters }) => {
      const { name } = await this.holders.describe(this.dataSource.manager, String(parameters.callerId));
      return { caller: name ?? '—', blockedAt: new Date(String(parameters.blockedAt)) };
    });
    this.messages.provide('unblocked', async ({ parameters }) => {
      const { name } = await this.holders.describe(this.dataSource.manager, String(parameters.callerId));
      return { caller: name ?? '—', liftedAt: new Date(String(parameters.liftedAt)) };
    });
  }

  async isBlocked(manager: EntityManager, holderId: string, callerId: string): Promise<boolean> {
    return (await this.repository.find(manager, holderId, callerId)) !== null;
  }

  /**
   * Blocks, in the caller's transaction, and tells the holder. Nothing to record when the block stands already.
   *
   * @param actor the holder, when left out
   */
  async block(
    tx: EntityManager,
    now: Date,
    holderId: string,
    callerId: string,
    actor = `holder:${holderId}`,
  ): Promise<AuditEntry[]> {
    const blockId = await this.repository.insert(tx, holderId, callerId, now);
    if (blockId === null) return [];
    const parameters = { callerId, blockedAt: now.toISOString() };
    await this.notices.send(tx, now, holderId, { template: 'blocked', parameters });
    // In the holder's log alone: the blocked person learns of it by no answer and no log.
    return [{ kind: 'block.set', actor, personIds: [holderId], body: { blockId, callerId } }];
  }

  /**
   * The same for the CRM, by references. A block that stands already is answered as it is.
   *
   * @throws AppError `validation_failed`
   */
  set(holderRef: string, callerRef: string, actor: string): Promise<Block> {
    return this.audit.record(async (tx, now) => {
      const holder = await this.holders.personByRef(tx, holderRef);
      const caller = await this.holders.personByRef(tx, callerRef);
      if (holder === null || caller === null || holder.id === caller.id) {
        const unknown = { detail: 'Nobody has this reference.' };
        throw refusal([
          ...(holder === null ? [{ pointer: '/holder', ...unknown }] : []),
          ...(caller === null ? [{ pointer: '/caller', ...unknown }] : []),
          ...(holder !== null && holder.id === caller?.id
            ? [{ pointer: '/caller', detail: 'Name somebody else.' }]
            : []),
        ]);
      }
      const entries = await this.block(tx, now, holder.id, caller.id, actor);
      const block = await this.repository.find(tx, holder.id, caller.id);
      if (block === null) throw new Error('A block went away inside a transaction.');
      return { result: block, entries };
    });
  }

  /**
   * Tells the holder too: whom they refused can be let in again by somebody in their name.
   *
   * @throws AppError `not_found` when there is none, or it was lifted before
   */
  lift(id: string, actor: string): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const lifted = await this.repository.lift(tx, id, now);
      if (lifted === null) throw new AppError('not_found', 'There is no such block.');
      const { holderId, callerId } = lifted;
      const parameters = { callerId, liftedAt: now.toISOString() };
      await this.notices.send(tx, now, holderId, { template: 'unblocked', parameters });
      const body = { blockId: id, callerId };
      return { result: undefined, entries: [{ kind: 'block.lifted', actor, personIds: [holderId], body }] };
    });
  }

  /** Those that stand, the newest first; recorded as a look-up. Nobody by that reference is an empty list. */
  list(holderRef: string, principal: Principal): Promise<Block[]> {
    return this.lookUps.of(holderRef, principal, async (tx, _now, holderId) => {
      const result = holderId === null ? [] : await this.repository.list(tx, holderId);
      const body = { what: 'blocks', isFound: result.length > 0 };
      return { result, entries: [lookUpEntry(actorOf(principal), holderId === null ? [] : [holderId], body)] };
    });
  }
}
