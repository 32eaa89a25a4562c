import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { keyLimitOf } from '../http/rate-limit.guard.ts';
import { Cookies } from '../pages/cookies.ts';
import { isSessionToken } from '../sessions/session-token.ts';
import type { Session } from '../sessions/session.ts';
import { SessionsService, signedOut } from '../sessions/sessions.service.ts';
import { StaffSessions } from '../staff/staff-sessions.service.ts';
import {
  ACCESS,
  AGENT_HEADER,
  type Access,
  type AuthenticatedRequest,
  PAGE,
  type PageKind,
} from './access.decorators.ts';
import { activeAgent } from './active-agent.ts';
import { AgentsService } from './agents.service.ts';
import { BearerStrategy } from './bearer.strategy.ts';
import type { LiveKey } from './keys.repository.ts';
import { KnownCallers } from './known-callers.ts';
import {
  type Agent,
  knownBySession,
  knownByToken,
  mustBeBound,
  type Principal,
  principalOfKey,
  principalOfSession,
} from './principal.ts';
import { StaffAccess } from './staff-access.ts';
import type { StaffToken } from './staff-claims.ts';

/** Stands before every route: who calls, may they use it, and for which agent do they act? */
@Injectable()
export class BearerGuard extends AuthGuard() {
  constructor(
    private readonly reflector: Reflector,
    private readonly agents: AgentsService,
    private readonly callers: KnownCallers,
    private readonly staff: StaffAccess,
    private readonly sessions: SessionsService,
    private readonly cookies: Cookies,
    private readonly staffSessions: StaffSessions,
    private readonly config: Config,
    strategy: BearerStrategy,
  ) {
    super({ defaultStrategy: strategy.registeredAs, property: 'key' });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & AuthenticatedRequest>();
    try {
      return await this.admits(context);
    } catch (error) {
      // What stands after this guard counts those who are let in: whoever tries what is not theirs uses up their own share too.
      if (request.knownAs !== undefined) keyLimitOf(request.server).count(request, http.getResponse<FastifyReply>());
      throw error;
    }
  }

  private async admits(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'public') return true;
    const request = context
      .switchToHttp()
      .getRequest<FastifyRequest & AuthenticatedRequest & { key: LiveKey | StaffToken | Session }>();
    const page = this.reflector.getAllAndOverride<PageKind | undefined>(PAGE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (page === 'portal') {
      request.principal = await this.ofCookie(request);
      return true;
    }
    if (page === 'desk') {
      request.principal = await this.ofStaffCookie(request, access, context.switchToHttp().getResponse());
      return true;
    }
    const known = this.callers.find(request.headers, access ?? []);
    if (known !== null) {
      request.principal = known;
      return true;
    }
    await super.canActivate(context);
    const { key } = request;
    if ('personId' in key) {
      request.knownAs = knownBySession(key.id);
      if (access?.includes('person') !== true) {
        throw new AppError('forbidden', 'This is not for people who are signed in: it needs a key.');
      }
      const agent = key.assistance === null ? null : activeAgent(await this.agents.byId(key.assistance.agentId));
      request.principal = principalOfSession(key, agent);
      return true;
    }
    if ('agentRef' in key) {
      const reply = context.switchToHttp().getResponse<FastifyReply>();
      request.knownAs = knownByToken(await this.agents.byRef(key.agentRef));
      const named = request.headers[AGENT_HEADER.toLowerCase()];
      request.principal = await this.staff.admitToken(key, access, named, reply);
      return true;
    }
    request.knownAs = key.id;
    // Nothing said means nobody: the application doesn't even start with such a route (see AccessSweep).
    if (access === undefined || !access.includes(key.scope)) throw wrongScope(access ?? [], key);
    const agent = await this.agentOf(key, request.headers[AGENT_HEADER.toLowerCase()]);
    request.principal = Object.freeze<Principal>(principalOfKey(key, agent));
    return true;
  }

  /** Whatever was wrong with the key is said to nobody. */
  override handleRequest<User = LiveKey | StaffToken | Session>(
    error: unknown,
    key: User | false | null | undefined,
  ): User {
    if (error !== null && error !== undefined) throw error;
    if (key) return key;
    const staff = this.staff.isConfigured ? ', or a valid staff token' : '';
    throw new AppError('unauthenticated', `This needs a valid key: Authorization: Bearer mdt_…${staff}.`);
  }

  /** No other credential opens a page: what a browser sends along by itself is this cookie alone. */
  private async ofCookie(request: FastifyRequest & AuthenticatedRequest): Promise<Principal> {
    const token = this.cookies.get(request, 'session');
    const session = token !== null && isSessionToken(token) ? await this.sessions.authenticate(token) : null;
    if (session !== null) request.knownAs = knownBySession(session.id);
    // Pages are for who is signed in themselves: an employee has the API, and a list of what they may do there.
    if (session === null || session.assistance !== null) throw signedOut();
    return principalOfSession(session, null);
  }

  /** The roles of the sign-in, weighed anew for each request as those of a staff token are: see {@link StaffAccess.admit}. */
  private async ofStaffCookie(
    request: FastifyRequest & AuthenticatedRequest,
    access: Access | undefined,
    reply: FastifyReply,
  ): Promise<Principal> {
    const token = this.cookies.get(request, 'staff');
    const session = token === null ? null : await this.staffSessions.authenticate(token, isByHand(request));
    const agent = session === null ? null : await this.agents.byId(session.agentId);
    if (session === null || agent === null) throw signedOut();
    request.staffSession = session;
    request.knownAs = knownByToken(agent);
    const signedIn = { agentRef: agent.ref, roles: new Set(session.roles) };
    return this.staff.admit(signedIn, access === 'public' ? [] : access, undefined, reply);
  }

  private async agentOf(key: LiveKey, header: string | string[] | undefined): Promise<Agent | null> {
    if (key.agentId !== null) {
      const bound = await this.agents.byId(key.agentId);
      if (bound !== null && header !== undefined && header !== bound.ref) {
        throw new AppError(
          'forbidden',
          `This key is bound to another agent than ${AGENT_HEADER} names: leave the header out.`,
        );
      }
      return activeAgent(bound);
    }
    if (key.scope === 'admin' || key.scope === 'privacy') {
      if (header === undefined) return null;
      throw new AppError(
        'malformed_request',
        `A key of scope ${key.scope} acts for no agent: leave ${AGENT_HEADER} out.`,
      );
    }
    if (mustBeBound(key.scope, this.config)) {
      throw new AppError(
        'forbidden',
        'Keys that are not bound to one agent are not taken here (AGENT_KEYS): have one made for this agent, or use a staff token.',
      );
    }
    if (header === undefined) {
      if (key.scope === 'crm') return null;
      throw new AppError(
        'malformed_request',
        `This key is not bound to one agent: name the agent who acts by the header ${AGENT_HEADER}.`,
      );
    }
    return activeAgent(typeof header === 'string' ? await this.agents.byRef(header) : null);
  }
}

/**
 * Whether somebody followed a link or sent a form. What a script of a page asks for, the browser marks so
 * (https://www.w3.org/TR/fetch-metadata/); one that says nothing is taken to be a person.
 */
function isByHand({ headers }: FastifyRequest): boolean {
  return (headers['sec-fetch-mode'] ?? 'navigate') === 'navigate';
}

function wrongScope(access: readonly string[], key: LiveKey): AppError {
  const scopes = access.filter((scope) => scope !== 'person');
  if (access.length > 0 && scopes.length === 0) {
    return new AppError(
      'forbidden',
      'This is for people who are signed in, by the token of their session: a key is none.',
    );
  }
  const needed = access.length === 0 ? 'another scope' : `scope ${scopes.join(' or ')}`;
  return new AppError('forbidden', `This needs a key of ${needed}; this one has scope ${key.scope}.`);
}
