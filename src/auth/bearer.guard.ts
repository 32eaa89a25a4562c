import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { ACCESS, AGENT_HEADER, type Access, type AuthenticatedRequest } from './access.decorators.ts';
import { AgentsService } from './agents.service.ts';
import { BearerStrategy } from './bearer.strategy.ts';
import type { LiveKey } from './keys.repository.ts';
import { KeysService } from './keys.service.ts';
import type { Agent, Principal } from './principal.ts';

const BEARER = /^Bearer (\S+)$/;

/** Stands before every route: who calls, may they use it, and for which agent do they act? */
@Injectable()
export class BearerGuard extends AuthGuard() {
  constructor(
    private readonly reflector: Reflector,
    private readonly agents: AgentsService,
    private readonly keys: KeysService,
    strategy: BearerStrategy,
  ) {
    super({ defaultStrategy: strategy.registeredAs, property: 'key' });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest & { key: LiveKey }>();
    // The strategy's machinery costs more than all the rest of a check: a key that it let in a moment ago goes past it.
    const known = this.keys.known(BEARER.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (known === null) await super.canActivate(context);
    else request.key = known;
    const { key } = request;
    // Nothing said means nobody: the application doesn't even start with such a route (see AccessSweep).
    if (access === undefined || !access.includes(key.scope)) throw wrongScope(access ?? [], key);
    const agent = await this.agentOf(key, request.headers[AGENT_HEADER.toLowerCase()]);
    request.principal = Object.freeze<Principal>({ keyId: key.id, scope: key.scope, strength: key.strength, agent });
    return true;
  }

  /** Whatever was wrong with the key is said to nobody. */
  override handleRequest<User = LiveKey>(error: unknown, key: User | false | null | undefined): User {
    if (error !== null && error !== undefined) throw error;
    if (key) return key;
    throw new AppError('unauthenticated', 'This needs a valid key: Authorization: Bearer mdt_….');
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

function activeAgent(agent: Agent | null): Agent {
  if (agent === null) {
    throw new AppError(
      'forbidden',
      'This agent is not known here: register them first, by PUT /v1/agents/{ref} with an admin key.',
    );
  }
  if (!agent.isActive) {
    throw new AppError(
      'forbidden',
      'This agent is not active: activate them first, by PUT /v1/agents/{ref} with an admin key.',
    );
  }
  return agent;
}

function wrongScope(access: readonly string[], key: LiveKey): AppError {
  const needed = access.length === 0 ? 'another scope' : `scope ${access.join(' or ')}`;
  return new AppError('forbidden', `This needs a key of ${needed}; this one has scope ${key.scope}.`);
}
