import type { JWTHeaderParameters, JWTPayload } from 'jose';

/** What is believed of a staff token, once its signature, issuer, audience and times were checked. */
export interface StaffToken {
  /** Unverified as a reference: nobody may be registered under it. */
  readonly agentRef: string;
  readonly roles: ReadonlySet<string>;
  /** How they signed in, as the provider names it; null = it does not say. */
  readonly acr: string | null;
}

export interface ClaimRules {
  readonly tokenType: string;
  /** Seconds. */
  readonly longestLife: number;
  readonly audience: string;
  /** Whose tokens are taken; null = those of every client. */
  readonly clients: ReadonlySet<string> | null;
  readonly agentClaim: string;
  readonly rolesClaim: string;
}

/** A reason why a token is no access token of a person, in words of ours: it goes into the log. */
export class NoStaffToken extends Error {
  override readonly name = 'NoStaffToken';
}

const MOST_ROLES = 500;
/**
 * What an access token has no use for: marks of an ID token (OpenID Connect Core 1.0, sections 2 and 3.3.2.11) and of a
 * logout token. RFC 9068, section 4: a resource server must not take one of those for an access token.
 */
const FOREIGN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
const TYPES = new Set([undefined, 'jwt', 'application/jwt', 'at+jwt', 'application/at+jwt']);

/**
 * Whether these claims are those of an access token that a person got for us, and what they say of that person.
 *
 * @throws NoStaffToken
 */
export function readClaims(header: JWTHeaderParameters, claims: JWTPayload, rules: ClaimRules): StaffToken {
  refuseForeign(header, claims, rules);
  const { iat = 0, exp = 0, sub, cnf, act } = claims;
  // Revocation reaches us at the latest when a token ends (an agent who is set inactive is out at once).
  if (exp - iat > rules.longestLife || exp <= iat) throw new NoStaffToken('Its life is out of bounds.');
  // RFC 9449, section 7.1, and RFC 8705, section 3: who shows such a token must show its key too, and nobody asked them.
  if (cnf !== undefined) throw new NoStaffToken('It is bound to a key of its client.');
  if (act !== undefined) throw new NoStaffToken('Somebody else acts for its subject.');
  if (!isText(sub)) throw new NoStaffToken('It has no subject.');
  const client = clientOf(claims);
  // RFC 9068, section 5: what a client got for itself has the client's name as subject, which may be anybody's reference.
  if (sub === client) throw new NoStaffToken('It is of a client and not of a person.');
  // The provider gives every client a token that asks for our audience, some small one too that nobody thought of here.
  if (rules.clients?.has(client) === false) throw new NoStaffToken('It was made for another client.');
  const agentRef = claimAt(claims, rules.agentClaim);
  if (!isText(agentRef)) throw new NoStaffToken('It does not say which agent.');
  return { agentRef, roles: rolesIn(claimAt(claims, rules.rolesClaim)), acr: acrOf(claims) };
}

/** Null where an access token or an ID token doesn't say how its person signed in. */
export function acrOf({ acr }: JWTPayload): string | null {
  return isText(acr) ? acr : null;
}

/** @param wanted undefined = nobody looks */
export function isEnough({ acr }: Pick<StaffToken, 'acr'>, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || (acr !== null && wanted.includes(acr));
}

/** The bounds of whom it was made for, and as what. */
function refuseForeign(header: JWTHeaderParameters, claims: JWTPayload, rules: ClaimRules): void {
  const isStrict = rules.tokenType === 'at+jwt';
  // With `at+jwt` the type was checked along with the signature.
  if (!isStrict && !TYPES.has(header.typ?.toLowerCase())) throw new NoStaffToken('Its type is another.');
  // Keycloak marks its ID and refresh tokens here, and gives all of them the type JWT.
  if (claims.typ !== undefined && claims.typ !== 'Bearer') {
    throw new NoStaffToken('It says that it is another kind of token.');
  }
  if (FOREIGN_CLAIMS.some((name) => claims[name] !== undefined)) throw new NoStaffToken('It is an ID token.');
  if (isStrict && (!isText(claims.jti) || !isText(claims.client_id))) {
    throw new NoStaffToken('It lacks what RFC 9068 asks for.');
  }
  // An ID token is for its client; an access token is never for the client that fetches it.
  if (clientOf(claims) === rules.audience) throw new NoStaffToken('Its client is its audience.');
}

/** @throws NoStaffToken when none is named, or two */
function clientOf({ client_id: clientId, azp, appid }: JWTPayload): string {
  const named = new Set([clientId, azp, appid].filter((name) => name !== undefined));
  const [client] = named;
  if (named.size !== 1 || !isText(client)) throw new NoStaffToken('It does not say which client it was made for.');
  return client;
}

/** A claim by its name, which may hold dots itself, or else by its path. Own members only. */
export function claimAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** A list of texts, or one text with spaces between. Whatever else stands there is no role. */
function rolesIn(value: unknown): ReadonlySet<string> {
  const roles: readonly unknown[] = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  if (roles.length > MOST_ROLES) throw new NoStaffToken('It has too many roles.');
  return new Set(roles.filter(isText));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 300;
}
