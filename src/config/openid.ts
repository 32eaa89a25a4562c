import type { Level } from '../policy/vocabulary.ts';
import type { Config } from './config.ts';
import { isThisMachine } from './production.ts';
import type { Kind } from './setting.ts';

/** What people with a role of the OpenID provider may use here. */
export interface RoleGrant {
  /** As the provider names it. */
  readonly role: string;
  readonly scope: 'agent' | 'crm' | 'admin' | 'privacy';
  /** Nothing that is registered in such a session counts for more than this. */
  readonly strength: Level;
}

/** As for keys of these scopes: what a sign-in proves beyond that is for the operator to say. */
const DEFAULT_STRENGTH = { agent: 1, crm: 2, admin: 2, privacy: 0 } as const satisfies Record<
  RoleGrant['scope'],
  Level
>;

/** Signatures with a public key only: whoever can check a MAC (HS256) can make one, and `none` anybody can make. */
const ALGORITHMS = new Set('RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' '));
const MOST_GRANTS = 50;

/** Kept to the letter: a token's `iss` is compared with it, and a slash at its end makes it another issuer. */
export const issuerAddress: Kind<string> = {
  bounds: 'an address that begins with https:// (http:// on this machine), without a query, a fragment or a password',
  read: (value) => value,
  accepts: (value) =>
    value.length <= 300 && /^https?:\/\/[^\s?#@\\"]+$/.test(value) && URL.canParse(value) && isSafe(new URL(value)),
};

/** A list of names that the provider chose; none with what would end a header's value in quotes. */
function names(what: string): Kind<readonly string[]> {
  return {
    bounds: `a list of ${what}, separated by commas, at most ${MOST_GRANTS} of at most 200 letters, digits and signs without blanks`,
    read: (value) => value.split(',').map((item) => item.trim()),
    accepts: (value) =>
      value.length > 0 &&
      value.length <= MOST_GRANTS &&
      value.every((name) => /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,200}$/.test(name)),
  };
}

export const clientNames = names('ids of clients');
export const acrNames = names('acr values');

export const algorithms: Kind<readonly string[]> = {
  bounds: `a list of ${[...ALGORITHMS].join(', ')}, separated by commas`,
  read: (value) => value.split(',').map((item) => item.trim()),
  accepts: (value) => value.length > 0 && value.every((name) => ALGORITHMS.has(name)),
};

export const claimName: Kind<string> = {
  bounds: 'the name of a claim, or a path of names with dots (realm_access.roles), of at most 200 characters',
  read: (value) => value,
  accepts: (value) => /^[\w:/.-]{1,200}$/.test(value),
};

export const roleMap: Kind<readonly RoleGrant[]> = {
  bounds:
    'a list of role=scope or role=scope:strength, separated by commas; the scope is agent, crm, admin or privacy, the strength 0 to 4',
  read: readRoleMap,
  accepts: (value) =>
    value.length > 0 &&
    value.length <= MOST_GRANTS &&
    new Set(value.map(({ role, scope }) => `${scope} ${role}`)).size === value.length,
};

/** @returns [] when the text can't be read */
function readRoleMap(value: string): readonly RoleGrant[] {
  const grants = value.split(',').map((item) => {
    const match = /^([^\s,=]{1,128})=(agent|crm|admin|privacy)(?::([0-4]))?$/.exec(item.trim());
    if (match === null) return null;
    const scope = match[2] as RoleGrant['scope'];
    const strength = match[3] === undefined ? DEFAULT_STRENGTH[scope] : (Number(match[3]) as Level);
    return Object.freeze<RoleGrant>({ role: match[1] ?? '', scope, strength });
  });
  return grants.includes(null) ? [] : grants.filter((grant) => grant !== null);
}

/** What a sign-in at the customers' provider is worth. */
export interface AcrGrant {
  /** Authentication context class reference, as the provider names it. */
  readonly acr: string;
  readonly strength: Level;
}

export const acrMap: Kind<readonly AcrGrant[]> = {
  bounds: 'a list of acr=strength, separated by commas; the strength is 2, 3 or 4, and no acr stands there twice',
  read: readAcrMap,
  accepts: (value) =>
    value.length > 0 && value.length <= MOST_GRANTS && new Set(value.map(({ acr }) => acr)).size === value.length,
};

/** @returns [] when the text can't be read */
function readAcrMap(value: string): readonly AcrGrant[] {
  const grants = value.split(',').map((item) => {
    const match = /^([^\s,]{1,200})=([234])$/.exec(item.trim());
    return match === null
      ? null
      : Object.freeze<AcrGrant>({ acr: match[1] ?? '', strength: Number(match[2]) as Level });
  });
  return grants.includes(null) ? [] : grants.filter((grant) => grant !== null);
}

/** What is missing or doesn't go together at the customers' provider. Without a map nobody could say what its word is worth. */
export function loginFaults(config: Config): string[] {
  const { loginIssuer: issuer } = config;
  const needed = {
    LOGIN_OIDC_CLIENT_ID: config.loginClientId,
    LOGIN_OIDC_CLIENT_SECRET: config.loginClientSecret,
    LOGIN_OIDC_ACR_MAP: config.loginAcrMap,
  };
  if (issuer === undefined) {
    return Object.entries(needed)
      .filter(([, value]) => value !== undefined)
      .map(([variable]) => `LOGIN_OIDC_ISSUER is missing: ${variable} needs it.`);
  }
  const faults = Object.entries(needed)
    .filter(([, value]) => value === undefined)
    .map(([variable]) => `${variable} is missing: LOGIN_OIDC_ISSUER needs it.`);
  if (config.production && issuer.startsWith('http://')) {
    faults.push('LOGIN_OIDC_ISSUER must begin with https:// in production.');
  }
  return faults;
}

/** What is missing or doesn't go together. Without an audience any token of the issuer, for whatever service, would do. */
export function openIdFaults(config: Config): string[] {
  const { oidcIssuer: issuer } = config;
  const needed = { OIDC_AUDIENCE: config.oidcAudience, OIDC_ROLE_MAP: config.oidcRoleMap };
  if (issuer === undefined) {
    return Object.entries({ ...needed, OIDC_CLIENTS: config.oidcClients, OIDC_ACR: config.oidcAcr })
      .filter(([, value]) => value !== undefined)
      .map(([variable]) => `OIDC_ISSUER is missing: ${variable} needs it.`);
  }
  const faults = Object.entries(needed)
    .filter(([, value]) => value === undefined)
    .map(([variable]) => `${variable} is missing: OIDC_ISSUER needs it.`);
  if (config.production && issuer.startsWith('http://')) {
    faults.push('OIDC_ISSUER must begin with https:// in production.');
  }
  return faults;
}

/** Whole origins, written as browsers do: a path or a star in one would allow what nobody meant. */
export const frameOrigins: Kind<readonly string[]> = {
  bounds: 'a list of origins such as https://crm.example.nl (http:// on this machine), separated by commas',
  read: (value) => (value === '' ? [] : value.split(',').map((item) => item.trim())),
  accepts: (value) =>
    value.length <= MOST_GRANTS &&
    value.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin && isSafe(new URL(origin))),
};

/** The desk takes the same provider, and believes it by the same rules, as staff tokens. */
export function deskFaults(config: Config): string[] {
  const { deskClientId, deskClientSecret, deskFrameOrigins, oidcIssuer } = config;
  const faults: string[] = [];
  const needs = (variable: string, value: unknown, because: string): void => {
    if (value === undefined) faults.push(`${variable} is missing: ${because} needs it.`);
  };
  if (deskClientId !== undefined) {
    needs('DESK_OIDC_CLIENT_SECRET', deskClientSecret, 'DESK_OIDC_CLIENT_ID');
    needs('OIDC_ISSUER', oidcIssuer, 'DESK_OIDC_CLIENT_ID');
  }
  if (deskClientSecret !== undefined) needs('DESK_OIDC_CLIENT_ID', deskClientId, 'DESK_OIDC_CLIENT_SECRET');
  if (config.production && deskFrameOrigins.some((origin) => origin.startsWith('http://'))) {
    faults.push('DESK_FRAME_ORIGINS must begin with https:// in production.');
  }
  return faults;
}

/** Keys that come over a network in plain text are anybody's keys. */
export function isSafe(address: URL): boolean {
  return address.protocol === 'https:' || (address.protocol === 'http:' && isThisMachine(address.hostname));
}
