import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  Logger,
  type Type,
  UseGuards,
} from '@nestjs/common';

import { type Enforcement, enforceRequest, type RequiredQuestion } from './enforce.ts';

/** A provider of this token says how to enforce: `{ provide: ENFORCEMENT, useValue: { mandaat, questionOf } }`. */
export const ENFORCEMENT = Symbol('mandaat enforcement');

export interface NestEnforcement extends Enforcement {
  /** Who asks for what, out of the request; never out of what the caller may write, such as a role. */
  readonly questionOf: (context: ExecutionContext) => RequiredQuestion | Promise<RequiredQuestion>;
}

/** Each requirement is a guard of its own: of two, on a controller and its handler, both are asked, once each. */
function guardFor(action: string): Type<CanActivate> {
  @Injectable()
  class ActionGuard implements CanActivate {
    private readonly logger = new Logger('Mandaat');

    constructor(@Inject(ENFORCEMENT) private readonly enforcement: NestEnforcement) {}

    /** @throws HttpException 403 with the decision, 409 for what was done before, 503 where nobody could decide */
    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<Parameters<typeof enforceRequest>[3]>();
      const { questionOf, ...enforcement } = this.enforcement;
      const enforced = await enforceRequest(
        enforcement,
        action,
        () => questionOf(context),
        request,
        (error) => {
          this.logger.error(error);
        },
      );
      if (enforced.isPermitted) return true;
      throw new HttpException(enforced.refusal, enforced.refusal.status);
    }
  }
  return ActionGuard;
}

/** `@RequireAction('contract.terminate')`: what has to be permitted before this handler, or every one of a controller, runs. */
export function RequireAction(action: string): ReturnType<typeof UseGuards> {
  return UseGuards(guardFor(action));
}
