import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Config } from '../config/config.ts';
import type { RoleGrant } from '../config/openid.ts';
import { AppError } from '../errors.ts';
import { AGENT_HEADER } from './access.decorators.ts';
import { activeAgent } from './active-agent.ts';
import { AgentsService } from './agents.service.ts';
import { knownByToken, type Principal, type PrincipalScope } from './principal.ts';
import { isEnough, type StaffToken } from './staff-claims.ts';

/** What somebody who signed in with a staff token may do, and as whom. */
@Injectable()
export class StaffAccess {
  constructor(
    private readonly config: Config,
    private readonly agents: AgentsService,
  ) {}

  get isConfigured(): boolean {
    return this.config.oidcIssuer !== undefined;
  }

  /**
   * As {@link admit}, for who brings a token: how they signed in is told by it, and has to be one of the ways that count.
   *
   * @throws AppError `unauthenticated` when it is another one, `forbidden`
   */
  async admitToken(
    token: StaffToken,
    access: readonly PrincipalScope[] | undefined,
    named: string | string[] | undefined,
    reply: FastifyReply,
  ): Promise<Principal> {
    const { oidcAcr = [] } = this.config;
    if (isEnough(token, this.config.oidcAcr)) return this.admit(token, access, named, reply);
    // RFC 9470, section 3: the token is good, and its person has to sign in once more, in one of these ways.
    const challenge = `error="insufficient_user_authentication", acr_values="${oidcAcr.join(' ')}"`;
    void reply.header('WWW-Authenticate', `Bearer realm="mandaat", ${challenge}`);
    throw new AppError(
      'unauthenticated',
      `This needs a token of a sign-in by one of these ways: ${oidcAcr.join(', ')}.`,
    );
  }

  /**
   * The first line of the role map that the person has and the route takes counts. Everybody who comes with a token is a
   * registered agent, administrators too: who is set inactive is out from the next request on, however long their token
   * lives.
   *
   * @param named what the header {@link AGENT_HEADER} says
   * @throws AppError `forbidden`
   */
  async admit(
    token: Pick<StaffToken, 'agentRef' | 'roles'>,
    access: readonly PrincipalScope[] | undefined,
    named: string | string[] | undefined,
    reply: FastifyReply,
  ): Promise<Principal> {
    const grants = this.config.oidcRoleMap ?? [];
    const fitting = grants.filter(({ scope }) => access?.includes(scope) === true);
    const grant = fitting.find(({ role }) => token.roles.has(role));
    if (grant === undefined) {
      // RFC 6750, section 3.1: the token is good, and yet not enough.
      void reply.header('WWW-Authenticate', 'Bearer realm="mandaat", error="insufficient_scope"');
      throw this.wrongRole(fitting);
    }
    if (named !== undefined && named !== token.agentRef) {
      throw new AppError(
        'forbidden',
        `This token is of another agent than ${AGENT_HEADER} names: leave the header out.`,
      );
    }
    const agent = activeAgent(await this.agents.byRef(token.agentRef));
    const { scope, strength } = grant;
    const { oidcIssuer: issuer } = this.config;
    return Object.freeze<Principal>({
      keyId: knownByToken(agent),
      scope,
      strength,
      agent,
      ...(issuer === undefined ? {} : { issuer }),
    });
  }

  private wrongRole(fitting: readonly RoleGrant[]): AppError {
    const claim = this.config.oidcRolesClaim;
    const roles = [...new Set(fitting.map(({ role }) => role))];
    return new AppError(
      'forbidden',
      roles.length === 0
        ? 'No role of the sign-in service is mapped to what this needs: use a key, or have one mapped (OIDC_ROLE_MAP).'
        : `This needs the role ${roles.join(' or ')} in the claim ${claim}; the token has none of these.`,
    );
  }
}
