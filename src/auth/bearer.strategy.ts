import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-http-bearer';
import type { LiveKey } from './keys.repository.ts';
import { KeysService } from './keys.service.ts';
import { isSessionToken } from '../sessions/session-token.ts';
import type { Session } from '../sessions/session.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import type { StaffToken } from './staff-claims.ts';
import { StaffTokensService } from './staff-tokens.service.ts';

/** `Authorization: Bearer <key, staff token or session token>`, and nothing else. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy) implements OnModuleDestroy {
  /**
   * Passport keeps strategies by name in one place for the whole process: under a common name, a second application in
   * this process would have its keys looked up in the other's database. And it has to be a name: given a strategy
   * itself, passport uses that one object for all requests at once, and lets one in with another's key.
   */
  readonly registeredAs = `bearer ${randomUUID()}`;

  constructor(
    private readonly keys: KeysService,
    private readonly staff: StaffTokensService,
    private readonly sessions: SessionsService,
  ) {
    super();
    passport.unuse(this.name);
    passport.use(this.registeredAs, this);
  }

  onModuleDestroy(): void {
    passport.unuse(this.registeredAs);
  }

  /**
   * The library also takes a key from the query and from the body. Those end up in logs and histories, so it gets to
   * see the one header only.
   */
  override authenticate(request: Parameters<Strategy<never>['authenticate']>[0], options?: object): void {
    const { authorization } = request.headers;
    super.authenticate({ headers: { authorization } } as typeof request, options);
  }

  async validate(text: string): Promise<LiveKey | StaffToken | Session | false> {
    if (isSessionToken(text)) return (await this.sessions.authenticate(text)) ?? false;
    // The parts of a JWT stand between dots; a key has none.
    return (await (text.includes('.') ? this.staff.verify(text) : this.keys.authenticate(text))) ?? false;
  }
}
