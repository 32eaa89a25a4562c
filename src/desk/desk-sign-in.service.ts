import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
} from 'openid-client';

import { AuditService } from '../audit/audit.service.ts';
import { DESK_SCOPES } from '../auth/access.decorators.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { acrOf, isEnough, type StaffToken } from '../auth/staff-claims.ts';
import { StaffTokensService } from '../auth/staff-tokens.service.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { OpenIdProvider } from '../openid/openid-provider.ts';
import { ChallengesService, randomSecret } from '../sessions/challenges.service.ts';
import { StaffSessions } from '../staff/staff-sessions.service.ts';
import { DESK_RETURN } from './desk-paths.ts';

/** The {@link OpenIdProvider} of the employees, with us as its client. */
export const DESK_PROVIDER = Symbol('desk provider');

/**
 * Why somebody who comes back from the provider is not let in. `unknown`: no active employee is registered here under what
 * the provider says of them; `weak`: they signed in there in a way that does not count here; `role`: none of their roles opens the
 * desk; `cancelled`: they went back themselves; `failed`: this
 * is no answer to a question of ours, or an answer that came before.
 */
export type DeskRefusal = 'unknown' | 'weak' | 'role' | 'cancelled' | 'failed';

/** What the provider says of who signed in there. */
interface ShownStaff {
  readonly staff: StaffToken;
  /** When they showed it who they are. */
  readonly provedAt: Date;
}

export type DeskSignInOutcome =
  { readonly accepted: true; readonly token: string } | { readonly accepted: false; readonly why: DeskRefusal };

/**
 * Employees sign in at the provider of their staff tokens: the authorization code flow of OpenID Connect, with PKCE, a state
 * that comes back once, and a nonce, all of which only the browser that set out can bring back. Who they are and what they may
 * do is in the access token that comes with it, and is read there by the very rules of the API: see `StaffTokensService`.
 */
@Injectable()
export class DeskSignIn {
  private readonly logger = new Logger(DeskSignIn.name);

  constructor(
    private readonly config: Config,
    private readonly ring: KeyRing,
    @Inject(DESK_PROVIDER) private readonly provider: OpenIdProvider,
    private readonly challenges: ChallengesService,
    private readonly tokens: StaffTokensService,
    private readonly agents: AgentsService,
    private readonly sessions: StaffSessions,
    private readonly audit: AuditService,
  ) {}

  get isConfigured(): boolean {
    return this.provider.isConfigured;
  }

  /**
   * @param isAnew they have to show there once more who they are: somebody has just signed out in this browser
   * @returns where to send the browser, and a secret for it to keep
   * @throws AppError `not_found` when no provider is configured, `unavailable` when it can't be asked
   */
  async begin(isAnew: boolean): Promise<{ readonly address: string; readonly secret: string }> {
    const provider = await this.provider.get();
    const secret = randomSecret();
    const state = await this.challenges.make('openid', boundTo(secret));
    const { nonce, verifier } = this.#derived(secret);
    const address = buildAuthorizationUrl(provider, {
      redirect_uri: this.#returnAddress.href,
      scope: this.config.deskScope,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      // Once a shift is enough, but not the shift before, and not so long ago that they would be out again in no time.
      max_age: String(this.#longest),
      ...(isAnew ? { prompt: 'login' } : {}),
      ...(this.config.oidcAcr === undefined ? {} : { acr_values: this.config.oidcAcr.join(' ') }),
      ...this.#resource,
    });
    return { address: address.href, secret };
  }

  /**
   * @param query as the browser brought it back, with its `?`
   * @param secret what {@link begin} gave to this browser; null = it has none
   * @param replaced the token that this browser had of the desk, which ends; null = none
   * @throws AppError `unavailable` when the provider can't be asked
   */
  async finish(query: string, secret: string | null, replaced: string | null): Promise<DeskSignInOutcome> {
    const answer = new URL(query, this.#returnAddress);
    const state = answer.searchParams.get('state');
    const age = secret === null || state === null ? null : await this.challenges.take('openid', boundTo(secret), state);
    if (secret === null || state === null || age === null) return refused('failed');
    const shown = await this.#exchange(answer, secret, state);
    if (typeof shown === 'string') return refused(shown);
    const { staff, provedAt } = shown;
    const grants = (this.config.oidcRoleMap ?? []).filter(({ role }) => staff.roles.has(role));
    const agent = await this.agents.byRef(staff.agentRef);
    const isRole = grants.some(({ scope }) => DESK_SCOPES.some((one) => one === scope));
    const isStrong = isEnough(staff, this.config.oidcAcr);
    const why = agent?.isActive !== true ? 'unknown' : !isStrong ? 'weak' : isRole ? null : 'role';
    if (agent === null || why !== null) {
      await this.#refuse(why ?? 'unknown', agent?.id ?? null);
      return refused(why ?? 'unknown');
    }
    const roles = [...new Set(grants.map(({ role }) => role))];
    return { accepted: true, token: await this.sessions.open(agent.id, roles, provedAt, replaced) };
  }

  /** @throws AppError `unavailable` */
  async #exchange(answer: URL, secret: string, state: string): Promise<ShownStaff | DeskRefusal> {
    const provider = await this.provider.get();
    const { nonce, verifier } = this.#derived(secret);
    try {
      const tokens = await authorizationCodeGrant(
        provider,
        answer,
        {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          maxAge: this.#longest,
          idTokenExpected: true,
        },
        this.#resource,
      );
      // Its `sub` is not compared with the ID token's: some providers give one person another one for each audience. Both come
      // from the provider's own answer to this very code.
      const staff = await this.tokens.verify(tokens.access_token);
      const claims = tokens.claims();
      const provedAt = claims?.auth_time;
      if (staff === null || provedAt === undefined) return 'failed';
      // How they signed in is what the ID token is about; not every provider tells it in the other one.
      return { staff: { ...staff, acr: acrOf(claims ?? {}) }, provedAt: new Date(provedAt * 1000) };
    } catch (error) {
      if (error instanceof AuthorizationResponseError && error.error === 'access_denied') return 'cancelled';
      // Names and codes alone: the rest may hold what stood in a token.
      const { name, code = '' } = error as Error & { code?: string };
      this.logger.warn(`A sign-in to the desk failed: ${name} ${code}`);
      return 'failed';
    }
  }

  #refuse(why: DeskRefusal, agentId: string | null): Promise<void> {
    const entry = { kind: 'staff_sign_in.refused', actor: 'visitor', body: { agentId, why } };
    return this.audit.record(() => Promise.resolve({ result: undefined, entries: [entry] }));
  }

  /** Derived from what the browser alone keeps, so that nothing of it is stored here. */
  #derived(secret: string): { readonly nonce: string; readonly verifier: string } {
    const of = (part: string): string => this.ring.mac('desk-login', `${part} ${secret}`).toString('base64url');
    return { nonce: of('nonce'), verifier: of('verifier') };
  }

  get #resource(): Record<string, string> {
    const { deskResource } = this.config;
    return deskResource === undefined ? {} : { resource: deskResource };
  }

  /** Seconds since somebody showed the provider who they are: an eighth of the longest session is always left. */
  get #longest(): number {
    return (this.config.deskHours * 60 * 60 * 7) / 8;
  }

  get #returnAddress(): URL {
    return new URL(DESK_RETURN, this.config.publicUrl);
  }
}

/** Not to be taken for what a customer's sign-in is bound to. */
function boundTo(secret: string): string {
  return `staff ${secret}`;
}

function refused(why: DeskRefusal): DeskSignInOutcome {
  return { accepted: false, why };
}
