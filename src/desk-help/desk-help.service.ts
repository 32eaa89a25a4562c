import { Injectable } from '@nestjs/common';

import { type Acted, AssistanceService } from '../assistance/assistance.service.ts';
import type { Principal } from '../auth/principal.ts';
import { DeskCalls } from '../desk/desk-calls.service.ts';
import { AppError } from '../errors.ts';
import { type PageAnswer, seeOther } from '../pages/page.ts';
import type { PersonId } from '../policy/ids.ts';
import type { Language } from '../policy/vocabulary.ts';
import { helped, helpPath, type HelpSaid } from './help-said.ts';

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

  /** A page of the caller's; the first one where they have to begin (anew). @throws AppError `not_found` */
  async show(
    callId: string,
    employee: Principal,
    work: (person: Principal) => Promise<PageAnswer>,
  ): Promise<PageAnswer> {
    const person = await this.current(callId, employee);
    return person === null ? seeOther(`${helpPath(callId)}?said=over`) : work(person);
  }

  /** Does something for the caller, and goes back to the page it was done on. @throws AppError `not_found` */
  do(
    callId: string,
    employee: Principal,
    page: string,
    work: (person: Principal) => Promise<HelpSaid>,
  ): Promise<PageAnswer> {
    return helped(callId, page, async () => {
      const person = await this.current(callId, employee);
      // Before a form is said to be wrong.
      if (person === null) throw new AppError('proof_required', 'Nothing was begun in this call, or it is over.');
      return work(person);
    });
  }

  /** One operation of the self-service, in the caller's place. @throws AppError what the operation throws */
  act<Answer>(
    person: Principal,
    operation: string,
    work: (language: Language) => Promise<Answer>,
  ): Promise<Acted<Answer>> {
    return this.assistance.act(operation, person, work);
  }
}
