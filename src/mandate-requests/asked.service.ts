import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import type { Code } from '../codes/code.ts';
import { AppError } from '../errors.ts';
import { BlocksService } from '../mandates/blocks.service.ts';
import { MandateNotices } from '../mandates/mandate-notices.ts';
import { isApproval } from '../mandates/mandate-terms.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { type OwnMandate, MyMandatesService } from '../my-mandates/my-mandates.service.ts';
import type { CodeRoute, Language } from '../policy/vocabulary.ts';
import { MandateRequestsRepository } from './mandate-requests.repository.ts';

/** What others asked of somebody: the holder's yes, or their no. */
@Injectable()
export class AskedService {
  constructor(
    private readonly audit: AuditService,
    private readonly repository: MandateRequestsRepository,
    private readonly mandates: MandatesService,
    private readonly mine: MyMandatesService,
    private readonly blocks: BlocksService,
    private readonly notices: MandateNotices,
  ) {}

  /** What waits for the reader's answer, the newest first. */
  async list(principal: Principal, language: Language): Promise<readonly OwnMandate[]> {
    const own: OwnMandate[] = [];
    for (const id of await this.#open(principal)) own.push(await this.mine.get(id, principal, language));
    return own;
  }

  /** @throws AppError `not_found` for what waits for no answer of the reader */
  async get(id: string, principal: Principal, language: Language): Promise<OwnMandate> {
    await this.#require(id, principal);
    return this.mine.get(id, principal, language);
  }

  /**
   * The holder's yes: at once in a session that is an approval by itself; else they are sent a code, and nothing counts until
   * they typed it. Then the proxy is invited, as for every mandate.
   *
   * @returns the code that they have to type; null = none
   * @throws AppError `not_found`, `code_budget_exhausted`, `no_usable_contact_point`
   */
  async approve(id: string, principal: Principal, route: CodeRoute | null): Promise<Code | null> {
    await this.#require(id, principal);
    const asker = { principal, callId: null };
    return this.audit.record<Code | null>(async (tx, now) => {
      await this.notices.requireSelfBudget(tx, now, signedInOf(principal).id);
      if (!isApproval(principal)) return this.mandates.askHolderIn(tx, now, id, asker, route);
      return { result: null, entries: await this.mandates.approveIn(tx, now, id, asker) };
    });
  }

  /**
   * The holder's no. The asker is not told: to them it lapses, as if nobody had read it.
   *
   * @param isBlocking never this person again: their requests reach this holder no more, and every call of theirs is refused
   * @throws AppError `not_found`
   */
  async decline(id: string, principal: Principal, isBlocking: boolean): Promise<void> {
    await this.#require(id, principal);
    const { id: holderId } = signedInOf(principal);
    await this.audit.record(async (tx, now) => {
      const { proxyId, entries } = await this.mandates.declineIn(tx, now, id, { principal, callId: null });
      if (!isBlocking) return { result: undefined, entries };
      const blocked = await this.blocks.block(tx, now, holderId, proxyId, actorOf(principal));
      return { result: undefined, entries: [...entries, ...blocked] };
    });
  }

  #open(principal: Principal): Promise<readonly string[]> {
    const { id } = signedInOf(principal);
    return this.audit.record(async (tx, now) => ({ result: await this.repository.open(tx, id, now), entries: [] }));
  }

  async #require(id: string, principal: Principal): Promise<void> {
    if (!(await this.#open(principal)).includes(id)) throw new AppError('not_found', 'Nobody asks this of you.');
  }
}
