import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { HoldersService } from '../holders/holders.service.ts';
import { AcceptanceService } from '../mandates/acceptance.service.ts';
import { ACCEPTANCE_TRIES } from '../mandates/mandate.ts';
import { MandateNotices, type ScopeInWords } from '../mandates/mandate-notices.ts';
import type { Language } from '../policy/vocabulary.ts';

/** What somebody reads who comes by the link in an invitation: no more than the message itself told them. */
export interface Invitation {
  readonly mandateId: string;
  readonly ref: string;
  /** Who invites; null once they were erased. */
  readonly holder: string | null;
  /** Who passes the holder's mandate on, and has the code; null = the holder. */
  readonly giver: string | null;
  /** In the reader's language. */
  readonly scopes: readonly ScopeInWords[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** It can be accepted before this moment. */
  readonly acceptBefore: Date;
  /** 0 to 5. */
  readonly triesLeft: number;
  /** Whether the proxy has to sign in to accept. */
  readonly needsSignIn: boolean;
}

/** Invitations, for who has the link and may not be signed in. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly acceptance: AcceptanceService,
    private readonly holders: HoldersService,
    private readonly notices: MandateNotices,
  ) {}

  /** Null for what waits for nobody, and for a link that we did not make. */
  async find(token: string, language: Language): Promise<Invitation | null> {
    const invited = await this.acceptance.invited(token);
    if (invited === null) return null;
    const { mandate, needsSignIn } = invited;
    const { id, ref, holderId, startsAt, endsAt, acceptBefore, acceptanceTries } = mandate;
    const { manager } = this.dataSource;
    const { name } = await this.holders.describe(manager, holderId);
    const { parent } = mandate;
    return {
      mandateId: id,
      ref,
      holder: name,
      giver: parent === undefined ? null : (await this.holders.describe(manager, parent.proxyId)).name,
      scopes: await this.notices.inWords(mandate, language),
      startsAt: new Date(startsAt),
      endsAt: new Date(endsAt),
      acceptBefore: new Date(Math.min(acceptBefore ?? endsAt, endsAt)),
      triesLeft: ACCEPTANCE_TRIES - acceptanceTries,
      needsSignIn,
    };
  }
}
