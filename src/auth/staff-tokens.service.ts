import { Injectable, Logger } from '@nestjs/common';
import { errors, jwtVerify } from 'jose';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { readClaims, NoStaffToken, type StaffToken } from './staff-claims.ts';
import { StaffKeys } from './staff-keys.ts';

/** Characters. What is longer isn't looked into; Node reads 16 KiB of headers in all. */
const LONGEST_TOKEN = 8_192;
/** Seconds that the clocks of the provider and of this machine may differ. */
const LEEWAY = 30;

/** Reads access tokens of the configured OpenID issuer (JWTs by RFC 9068). */
@Injectable()
export class StaffTokensService {
  private readonly logger = new Logger(StaffTokensService.name);

  constructor(
    private readonly config: Config,
    private readonly keys: StaffKeys,
  ) {}

  /**
   * Null says no more than that, on purpose: whoever tries tokens learns nothing from the answer. The log says why.
   *
   * The one thing here that goes by this machine's clock and not by the database's: the provider stamped the token by a
   * third one anyway, and each request would have to ask. A clock that is wrong by more than the leeway makes fresh
   * tokens fail, or ended ones last that much longer.
   *
   * @throws AppError `unavailable` when its key isn't known and the provider can't be asked: never a permit
   */
  async verify(text: string): Promise<StaffToken | null> {
    const { oidcIssuer: issuer, oidcAudience: audience, oidcTokenType: tokenType } = this.config;
    // The audience is compulsory at start-up; without one the library would accept any.
    if (issuer === undefined || audience === undefined) return null;
    try {
      if (text.length > LONGEST_TOKEN) throw new NoStaffToken('It is too long.');
      const { payload, protectedHeader } = await jwtVerify(text, (header) => this.keys.keyFor(header), {
        issuer,
        audience,
        algorithms: [...this.config.oidcAlgorithms],
        ...(tokenType === 'at+jwt' ? { typ: tokenType } : {}),
        requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
        clockTolerance: LEEWAY,
        // Also refuses what was issued in the future.
        maxTokenAge: this.longestLife,
        currentDate: new Date(Date.now()),
      });
      return readClaims(protectedHeader, payload, {
        tokenType,
        audience,
        clients: this.clients,
        longestLife: this.longestLife,
        agentClaim: this.config.oidcAgentClaim,
        rolesClaim: this.config.oidcRolesClaim,
      });
    } catch (error) {
      if (error instanceof AppError) throw error;
      // Whatever a token makes the library throw, it is the token's fault, and the answer is no.
      this.logger.log(`A staff token was refused: ${reasonOf(error)}`);
      return null;
    }
  }

  private get clients(): ReadonlySet<string> | null {
    const { oidcClients, deskClientId } = this.config;
    if (oidcClients === undefined) return null;
    return new Set(deskClientId === undefined ? oidcClients : [...oidcClients, deskClientId]);
  }

  private get longestLife(): number {
    return this.config.oidcTokenMinutes * 60;
  }
}

/** Codes and names of claims alone: a message of the library might come to hold a value one day. */
function reasonOf(error: unknown): string {
  if (error instanceof NoStaffToken) return error.message;
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return `${error.code} ${error.claim}`;
  }
  return error instanceof errors.JOSEError ? error.code : 'it cannot be read';
}
