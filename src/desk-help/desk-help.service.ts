import { Injectable } from '@nestjs/common';

import { type Acted, AssistanceService } from '../assistance/assistance.service.ts';
import type { Principal } from '../auth/principal.ts';
import { DeskCalls } from '../desk/desk-calls.service.ts';
import { AppError } from '../errors.ts';
import type { PersonId } from '../policy/ids.ts';
import type { Language } from '../policy/vocabulary.ts';

/** The assisted session of a call, for its employee at the desk: the one that the API opens, found by the call. */
@Injectable()
export class DeskHelp {
  constructor(
    private readonly desk: DeskCalls,
    private readonly assistance: AssistanceService,
  ) {}

  /** @returns whether a letter will tell them. @throws AppError `not_found`, `call_ended`, `proof_required` */
  async begin(callId: string, employee: Principal): Promise<boolean> {
    await this.desk.require(callId, employee);
    return (await this.assistance.open(callId, employee)).letter !== null;
  }

  /** In whose place the employee acts in this call; null = they have to begin (anew). @throws AppError `not_found` */
  async current(callId: string, employee: Principal): Promise<Principal | null> {
    const { callerId } = await this.desk.require(callId, employee);
    return this.assistance.current(callId, callerId as PersonId | null, employee);
  }

  /** Before a form is said to be wrong. @throws AppError `not_found`, `proof_required` where they have to begin (anew) */
  async require(callId: string, employee: Principal): Promise<Principal> {
    const person = await this.current(callId, employee);
    if (person === null) throw new AppError('proof_required', 'Nothing was begun in this call, or it is over.');
    return person;
  }

  /** One operation of the self-service. @throws AppError `proof_required` where they have to begin anew, and what the operation throws */
  async act<Answer>(
    callId: string,
    employee: Principal,
    operation: string,
    work: (person: Principal, language: Language) => Promise<Answer>,
  ): Promise<Acted<Answer>> {
    const person = await this.require(callId, employee);
    return this.assistance.act(operation, person, (language) => work(person, language));
  }
}
