import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type IDToken,
} from 'openid-client';
import type { EntityManager } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { claimAt } from '../auth/staff-claims.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { OpenIdProvider } from '../openid/openid-provider.ts';
import type { PersonId } from '../policy/ids.ts';
import type { Level } from '../policy/vocabulary.ts';
import { ChallengesService, randomSecret } from '../sessions/challenges.service.ts';
import type { Session } from '../sessions/session.ts';
import { type OpenedSession, SessionsService } from '../sessions/sessions.service.ts';

/** The {@link OpenIdProvider} of the customers. */
export const LOGIN_PROVIDER = Symbol('login provider');

/** Where the provider sends people back to; it has to be registered there. */
export const LOGIN_RETURN = '/portal/sign-in/openid/back';

/**
 * Why somebody who comes back from the provider is not let in. `unknown`: it is no customer of ours; `weak`: it was proved in
 * a way that counts for nothing here; `other`: it is somebody else than who is signed in; `cancelled`: they went back
 * themselves; `failed`: this is no answer to a question of ours, or an answer that came before.
 */
export type LoginRefusal = 'unknown' | 'weak' | 'other' | 'cancelled' | 'failed';

export type LoginOutcome =
  ({ readonly accepted: true } & OpenedSession) | { readonly accepted: false; readonly why: LoginRefusal };

/** Who the provider says it is. */
interface Login {
  readonly personRef: string;
  readonly acr: string;
}

/**
 * Signing in at the organisation's own customer login, or at a broker of eIDs: the authorization code flow of OpenID Connect,
 * with PKCE, a state that comes back once, and a nonce, all of which only the browser that set out can bring back.
 */
@Injectable()
export class LoginService {
  private readonly logger = new Logger(LoginService.name);

  constructor(
    private readonly config: Config,
    private readonly ring: KeyRing,
    @Inject(LOGIN_PROVIDER) private readonly provider: OpenIdProvider,
    private readonly challenges: ChallengesService,
    private readonly audit: AuditService,
    private readonly holders: HoldersService,
    private readonly sessions: SessionsService,
  ) {}

  get isConfigured(): boolean {
    return this.provider.isConfigured;
  }

  /**
   * @param sessionId the session that it is to prove once more; null = a new one
   * @returns where to send the browser, and a secret for it to keep
   * @throws AppError `not_found` when no provider is configured, `unavailable` when it can't be asked
   */
  async begin(sessionId: string | null): Promise<{ readonly address: string; readonly secret: string }> {
    const provider = await this.provider.get();
    const secret = randomSecret();
    const state = await this.challenges.make('openid', boundTo(secret, sessionId));
    const { nonce, verifier } = this.#derived(secret);
    const address = buildAuthorizationUrl(provider, {
      redirect_uri: this.#returnAddress.href,
      scope: this.config.loginScope,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      acr_values: (this.config.loginAcrMap ?? []).map(({ acr }) => acr).join(' '),
      // Who finds a browser open that was used there this morning has proved nothing.
      prompt: 'login',
      max_age: '0',
    });
    return { address: address.href, secret };
  }

  /**
   * @param query as the browser brought it back, with its `?`
   * @param secret what {@link begin} gave to this browser; null = it has none
   * @param current whose session it is to prove once more; null = a new one
   * @throws AppError `unavailable` when the provider can't be asked
   */
  async finish(
    query: string,
    secret: string | null,
    current: Pick<Session, 'id' | 'personId'> | null,
  ): Promise<LoginOutcome> {
    const answer = new URL(query, this.#returnAddress);
    const state = answer.searchParams.get('state');
    if (secret === null || state === null) return refused('failed');
    const age = await this.challenges.take('openid', boundTo(secret, current?.id ?? null), state);
    if (age === null) return refused('failed');
    const login = await this.#exchange(answer, secret, state, age);
    if (typeof login === 'string') return refused(login);
    return this.audit.record<LoginOutcome>(async (tx, now) => {
      const level = this.config.loginAcrMap?.find(({ acr }) => acr === login.acr)?.strength;
      const personId = await this.#personOf(tx, login);
      const why = personId === null ? 'unknown' : level === undefined ? 'weak' : whyNot(personId, current);
      if (personId === null || level === undefined || why !== null) {
        const personIds = personId === null ? [] : [personId];
        const entry = { kind: 'sign_in.refused', actor: 'visitor', personIds, body: { method: 'openid', why } };
        return { result: refused(why ?? 'failed'), entries: [entry] };
      }
      const { entries, ...opened } = await this.#prove(tx, now, personId, level, current);
      return { result: { accepted: true, ...opened }, entries };
    });
  }

  #prove(
    tx: EntityManager,
    now: Date,
    personId: PersonId,
    level: Level,
    current: Pick<Session, 'id' | 'personId'> | null,
  ): ReturnType<SessionsService['open']> {
    const proof = { method: 'openid', level } as const;
    return current === null
      ? this.sessions.open(tx, now, personId, proof)
      : this.sessions.prove(tx, now, current, proof);
  }

  /** @throws AppError `unavailable` */
  async #exchange(answer: URL, secret: string, state: string, age: number): Promise<Login | LoginRefusal> {
    const provider = await this.provider.get();
    const { nonce, verifier } = this.#derived(secret);
    try {
      const tokens = await authorizationCodeGrant(provider, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        // They proved it since they set out.
        maxAge: age,
      });
      return this.#read(tokens.claims());
    } catch (error) {
      if (error instanceof AuthorizationResponseError && error.error === 'access_denied') return 'cancelled';
      // Names and codes alone: the rest may hold what stood in a token.
      const { name, code = '' } = error as Error & { code?: string };
      this.logger.warn(`A sign-in at the customers' OpenID provider failed: ${name} ${code}`);
      return 'failed';
    }
  }

  #read(claims: IDToken | undefined): Login | LoginRefusal {
    if (claims === undefined) return 'failed';
    const personRef = claimAt(claims, this.config.loginPersonClaim);
    if (typeof personRef !== 'string' || personRef === '') return 'unknown';
    return typeof claims.acr === 'string' ? { personRef, acr: claims.acr } : 'weak';
  }

  /** Null for somebody who is unknown here, was erased, or has died. */
  async #personOf(tx: EntityManager, { personRef }: Login): Promise<PersonId | null> {
    const known = await this.holders.personByRef(tx, personRef);
    if (known === null) return null;
    const { name } = await this.holders.describe(tx, known.id);
    return name === null || (await this.sessions.hasDied(tx, known.id)) ? null : known.id;
  }

  /** Derived from what the browser alone keeps, so that nothing of it is stored here. */
  #derived(secret: string): { readonly nonce: string; readonly verifier: string } {
    const of = (part: string): string => this.ring.mac('openid-login', `${part} ${secret}`).toString('base64url');
    return { nonce: of('nonce'), verifier: of('verifier') };
  }

  get #returnAddress(): URL {
    return new URL(LOGIN_RETURN, this.config.publicUrl);
  }
}

function boundTo(secret: string, sessionId: string | null): string {
  return `${secret} ${sessionId ?? ''}`;
}

function whyNot(personId: PersonId, current: Pick<Session, 'personId'> | null): LoginRefusal | null {
  return current !== null && current.personId !== personId ? 'other' : null;
}

function refused(why: LoginRefusal): LoginOutcome {
  return { accepted: false, why };
}
