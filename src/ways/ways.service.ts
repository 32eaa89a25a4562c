import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { type ContactPoint, masked } from '../holders/contact-point.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { type Passkey, PasskeysService } from '../passkeys/passkeys.service.ts';
import { mayEnrol } from '../sessions/session.ts';
import { SessionsService, signedOut } from '../sessions/sessions.service.ts';
import { type AskedSignIn, SignInService } from '../sign-in/sign-in.service.ts';
import { type Authenticator, AuthenticatorsService } from '../verifications/authenticators.service.ts';

/** A contact point as far as its owner needs to see it to tell it from another: the browser may be anybody's. */
export interface MaskedPoint {
  readonly id: string;
  readonly kind: 'phone' | 'email';
  /** The last three digits, or the first letter and the domain. */
  readonly masked: string;
  /** Codes go to it: it has not changed for 7 days, and its country is one that we send to. */
  readonly isUsable: boolean;
}

/** How somebody can show who they are. */
export interface Ways {
  readonly points: readonly MaskedPoint[];
  readonly authenticator: Authenticator | null;
  readonly passkeys: readonly Passkey[];
  /** Whether this session is worth a new passkey or app; if not, a code to a second contact point is wanted first. */
  readonly mayEnrol: boolean;
}

/** How somebody who is signed in can show who they are, and showing it once more with a code. */
@Injectable()
export class WaysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly holders: HoldersService,
    private readonly sessions: SessionsService,
    private readonly signIns: SignInService,
    private readonly authenticators: AuthenticatorsService,
    private readonly passkeys: PasskeysService,
  ) {}

  async of(principal: Principal): Promise<Ways> {
    const { id, sessionId } = signedInOf(principal);
    const session = (await this.sessions.list(id)).find((one) => one.id === sessionId);
    if (session === undefined) throw signedOut();
    const usable = (await this.usable(id)).map((point) => point.id);
    const points = await this.holders.contactPoints(this.dataSource.manager, id);
    return {
      points: points.flatMap((point) => (point.kind === 'postal' ? [] : [maskedOf(point, usable.includes(point.id))])),
      authenticator: await this.authenticators.find(id),
      passkeys: await this.passkeys.list(id),
      mayEnrol: mayEnrol(session),
    };
  }

  /**
   * Sends a code to one of their own contact points, to show once more that it is them: as when they signed in.
   *
   * @throws AppError `not_found` for a contact point that is not theirs or takes no codes, `code_budget_exhausted`
   */
  async sendCode(principal: Principal, contactPointId: string, isSpoken: boolean): Promise<AskedSignIn> {
    const { id } = signedInOf(principal);
    const point = (await this.usable(id)).find((one) => one.id === contactPointId);
    if (point === undefined) throw new AppError('not_found', 'There is no such contact point.');
    const { crmRef } = await this.holders.describe(this.dataSource.manager, id);
    return this.signIns.ask({ contact: point.value, customer: crmRef, isSpoken });
  }

  /** By the database's clock, like everything that ages. */
  private usable(personId: string): Promise<readonly ContactPoint[]> {
    return this.audit.record(async (tx, now) => ({
      result: await this.holders.usableContactPoints(tx, personId, now, { kinds: ['phone', 'email'] }),
      entries: [],
    }));
  }
}

function maskedOf(point: ContactPoint, isUsable: boolean): MaskedPoint {
  return { id: point.id, kind: point.kind === 'phone' ? 'phone' : 'email', masked: masked(point), isUsable };
}
