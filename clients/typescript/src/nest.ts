import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  Logger,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import { type Enforcement, enforceRequest, type RequiredQuestion } from './enforce.ts';

const REQUIRED = 'mandaat:required-action';

/** A provider of this token says how to enforce: `{ provide: ENFORCEMENT, useValue: { mandaat, questionOf } }`. */
export const ENFORCEMENT = Symbol('mandaat enforcement');

export interface NestEnforcement extends Enforcement {
  /** Who asks for what, out of the request; never out of what the caller may write, such as a role. */
  readonly questionOf: (context: ExecutionContext) => RequiredQuestion | Promise<RequiredQuestion>;
}

/** Lets a handler run only for what the service permits. For one handler, or for every one of a controller. */
@Injectable()
export class MandaatGuard implements CanActivate {
  private readonly logger = new Logger(MandaatGuard.name);

  constructor(
    private readonly reflector: Reflector,
    @Inject(ENFORCEMENT) private readonly enforcement: NestEnforcement,
  ) {}

  /** @throws HttpException 403 with the decision, 503 where nobody could decide */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const action = this.reflector.getAllAndOverride<string | undefined>(REQUIRED, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (action === undefined) throw new Error('MandaatGuard guards a handler that requires no action.');
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

/** `@RequireAction('contract.terminate')`: what has to be permitted before this handler runs. */
export function RequireAction(action: string): ReturnType<typeof applyDecorators> {
  return applyDecorators(SetMetadata(REQUIRED, action), UseGuards(MandaatGuard));
}
