import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, type ApiHeaderOptions } from '@nestjs/swagger';
import { REFERENCE } from '../holders/field-rules.ts';
import type { StaffSession } from '../staff/staff-session.ts';
import type { Principal, PrincipalScope } from './principal.ts';

/** Names the employee for whom a key acts. */
export const AGENT_HEADER = 'Mandaat-Agent';

/** Who may use a route: everybody, or who has a key of one of these scopes, or (`person`) is signed in. */
export type Access = 'public' | readonly PrincipalScope[];

/** Where the two decorators below leave what they say; the nearest one to the route counts. */
export const ACCESS = Symbol('access');

/** Where {@link Page} and {@link DeskPage} leave their mark. */
export const PAGE = Symbol('page');
export type PageKind = 'portal' | 'desk';

/** A page for people: who is signed in is in a cookie, and in nothing else. */
export const Page = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(PAGE, 'portal' satisfies PageKind), SetMetadata(ACCESS, ['person'] satisfies Access));

/** A page for employees: who is signed in to the desk is in a cookie of its own, and in nothing else. */
export const DeskPage = (scopes: readonly PrincipalScope[]): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(PAGE, 'desk' satisfies PageKind), SetMetadata(ACCESS, [...scopes] satisfies Access));

/** What a role must be mapped to for the pages about calls and files. */
export const CALL_SCOPES = ['agent', 'crm'] as const;
/** For those about incidents, and about who an agent is. */
export const PRIVACY_SCOPES = ['privacy'] as const;
/** Any of these opens the desk. */
export const DESK_SCOPES = [...CALL_SCOPES, ...PRIVACY_SCOPES] as const;

/** A request that has passed the guard. Absent on public routes. */
export interface AuthenticatedRequest {
  principal?: Principal;
  /**
   * Whose credential it is, as in {@link Principal.keyId}, from the moment when that was found to be true: what is refused after that
   * is logged and counted as theirs. Absent while nobody looked, and for a wrong secret.
   */
  knownAs?: string;
  /** On pages of the desk. */
  staffSession?: StaffSession;
}

/** Opens a route, or all of a controller's, to everybody. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, 'public' satisfies Access);

/**
 * Says which keys may use a route, or all of a controller's. No scope includes another. A route with neither this nor
 * {@link Public} keeps the application from starting.
 */
export function Scopes(...scopes: [PrincipalScope, ...PrincipalScope[]]): MethodDecorator & ClassDecorator {
  const named = scopes.filter((scope) => scope === 'agent' || scope === 'crm');
  return applyDecorators(
    SetMetadata(ACCESS, scopes satisfies Access),
    ApiBearerAuth(),
    ...(named.length === 0 ? [] : [ApiHeader(agentHeader(named))]),
  );
}

/** The {@link Principal} of this request, from its credential. Only on routes with {@link Scopes}. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  // Our own mistake (a public route that wants to know who calls), so no AppError: a 500 with a full log.
  if (principal === undefined) throw new Error('This route is public: there is no principal.');
  return principal;
});

function agentHeader(scopes: readonly PrincipalScope[]): ApiHeaderOptions {
  const rules: Record<string, string> = {
    agent: 'Required with a key of scope agent that is not bound to one agent.',
    crm: 'Optional with a key of scope crm, which may act for an agent.',
  };
  const description = ['Reference of the registered agent who acts.', ...scopes.map((scope) => rules[scope])].join(' ');
  return { name: AGENT_HEADER, required: false, description, schema: { type: 'string', pattern: REFERENCE.source } };
}
