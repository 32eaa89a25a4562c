import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.ts';
import { AGENT_HEADER } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { IncidentEntity } from './incident.entity.ts';
import { type Incident, MOST_OF_CALL, type ReportedType } from './incident.ts';
import { IncidentsRepository } from './incidents.repository.ts';
import { textPlace } from './incidents.service.ts';

/** What agents came across in their calls, for who deals with incidents. Nobody else reads it. */
@Injectable()
export class CallIncidents {
  constructor(
    private readonly audit: AuditService,
    private readonly calls: CallsService,
    private readonly holders: HoldersService,
    private readonly repository: IncidentsRepository,
  ) {}

  /**
   * By the agent of the call, in it or afterwards.
   *
   * @param id the same one again reports nothing more
   * @throws AppError `not_found`, `invalid_state` where too much was reported, `malformed_request` for a key that acts for no agent
   */
  async report(
    callId: string,
    { agent, ...by }: Principal,
    { type, text }: { readonly type: ReportedType; readonly text: string },
    id: string = randomUUID(),
  ): Promise<Incident> {
    if (agent === null) {
      throw new AppError('malformed_request', `Somebody reports it: name the agent by the header ${AGENT_HEADER}.`);
    }
    const principal: Principal = { agent, ...by };
    const call = await this.calls.get(callId, principal);
    if (call.agentId !== agent.id) throw new AppError('not_found', 'There is no such call.');
    return this.audit.record(async (tx, now) => {
      const contract = await this.holders.contractById(tx, call.contractId);
      const [personId] = contract?.holderIds ?? [];
      if (contract === null || personId === undefined) throw new Error('a call about no contract, or one of nobody');
      const recordId = randomUUID();
      const kind = 'incident.reported';
      const row: IncidentEntity = {
        id,
        personId,
        recordId,
        recordKind: kind,
        textSealed: await this.holders.seal(tx, personId, text, textPlace(id)),
        state: 'open',
        openedAt: now,
        closedAt: null,
        type,
        callId,
        reportedBy: agent.id,
        noteSealed: null,
        closedBy: null,
      };
      if ((await this.repository.countOfCall(tx, callId)) >= MOST_OF_CALL) {
        throw new AppError('invalid_state', `From one call ${MOST_OF_CALL} incidents at most are reported.`);
      }
      if (!(await this.repository.insert(tx, row))) {
        const there = await this.repository.find(tx, id);
        const isSame =
          there?.callId === callId &&
          there.type === type &&
          (await this.holders.open(tx, there.personId, there.textSealed, textPlace(id))) === text;
        if (!isSame)
          throw new AppError('conflict', 'This id is that of another report, which stays. Send this one with its own.');
        return { result: reportedOf(there, text), entries: [] };
      }
      const entry = {
        id: recordId,
        kind,
        actor: actorOf(principal),
        callId,
        personIds: contract.holderIds,
        body: { incidentId: id, incident: type },
      };
      return { result: reportedOf(row, text), entries: [entry] };
    });
  }
}

/** To who reported it. */
function reportedOf(row: IncidentEntity, text: string): Incident {
  const { id, recordId, recordKind, type, callId, state, openedAt, closedAt } = row;
  return { id, personId: row.personId, recordId, recordKind, type, callId, text, state, openedAt, closedAt };
}
