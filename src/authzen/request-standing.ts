import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { CallsService } from '../calls/calls.service.ts';
import { type Code, type CodeState, stateAt } from '../codes/code.ts';
import { CodesService } from '../codes/codes.service.ts';
import { type AccessRequest, itemStatus, type RequestedItem } from './access-request.ts';

/** Where a request stands: its codes alone say so. */
@Injectable()
export class RequestStanding {
  constructor(
    private readonly codes: CodesService,
    private readonly calls: CallsService,
  ) {}

  /**
   * What its codes make of it; null = nothing new.
   *
   * @param minutes for which a yes counts
   * @param lost what a question is that did not arrive, as long as another road may still bring it there
   */
  async of(
    manager: EntityManager,
    now: Date,
    { codeIds, items, status, expiresAt }: AccessRequest,
    minutes: number,
    lost: CodeState = 'pending',
  ): Promise<readonly RequestedItem[] | null> {
    if (status !== 'pending') return null;
    const codes: Code[] = [];
    for (const id of codeIds) codes.push(await this.codes.known(manager, id));
    const states = new Map<string, CodeState>();
    for (const code of codes) states.set(code.id, await this.stateOf(manager, now, code, lost));
    const all = [...states.values()];
    const next = items.map((item): RequestedItem => {
      if (item.status !== 'pending') return item;
      const needed = item.needs.map((need) => codes.filter(({ id }) => [need].flat().includes(id)));
      const ended = itemStatus(
        needed.map((group) => group.flatMap(({ id }) => states.get(id) ?? [])),
        all,
      );
      if (ended !== 'approved') return { ...item, status: ended };
      // Of several who could, whoever said yes last.
      const times = needed.map((group) =>
        Math.max(...group.flatMap((code) => (code.state === 'approved' ? [(code.answeredAt ?? now).getTime()] : []))),
      );
      // As long as the first yes counts, in this call, and no longer than was asked for.
      const ends = [Math.min(...times) + minutes * 60_000, expiresAt.getTime()];
      if (item.wantedUntil !== null) ends.push(Date.parse(item.wantedUntil));
      const approvedAt = new Date(Math.max(...times)).toISOString();
      return { ...item, status: ended, approvedAt, approvedUntil: new Date(Math.min(...ends)).toISOString() };
    });
    return next.every((item, place) => item.status === items[place]?.status) ? null : next;
  }

  private async stateOf(manager: EntityManager, now: Date, code: Code, lost: CodeState): Promise<CodeState> {
    const state = stateAt(code, now);
    if (state !== 'undeliverable' || code.callId === null) return state;
    if (!(await this.calls.isWith(manager, code.callId, code.callerId, now))) return state;
    return (await this.codes.nextRoutes(manager, now, code)).length > 0 ? lost : state;
  }
}
