import path from 'node:path';
import { inspect } from 'node:util';
import { validateSync } from 'class-validator';
import { type CallbackEndpoint, callbackList } from './callback-list.ts';
import {
  countries,
  emailAddress,
  flag,
  hostName,
  hosts,
  keyList,
  oneOf,
  proxies,
  publicAddress,
  smsSender,
  text,
  url,
  wholeNumber,
  type KeyEntry,
} from './kinds.ts';
import {
  acrMap,
  type AcrGrant,
  acrNames,
  algorithms,
  claimName,
  clientNames,
  issuerAddress,
  deskFaults,
  frameOrigins,
  loginFaults,
  openIdFaults,
  roleMap,
  type RoleGrant,
} from './openid.ts';
import { productionFaults } from './production.ts';
import { withSecretsFromFiles } from './secret-files.ts';
import { FromEnvironment, settings } from './setting.ts';
import { trialSigningKeys, trialKeys } from './trial-keys.ts';

export { settings };

const DEFAULT_PORT = '3000';
const DEFAULT_DATA_FOLDER = '.data';

/**
 * Everything the operator can set, read once from the environment, validated and frozen. Injectable.
 * A field that may be unset is `undefined` then.
 */
export class Config {
  @FromEnvironment(
    'NODE_ENV',
    {
      ...oneOf(['production', 'development', 'test']),
      read: (value) => (value === 'production' ? true : ['development', 'test'].includes(value) ? false : null),
      accepts: (value: unknown) => typeof value === 'boolean',
    },
    { default: 'development', about: 'production refuses every convenience that is only safe in a trial.' },
  )
  readonly production: boolean;

  @FromEnvironment('PORT', wholeNumber(0, 65_535), {
    default: DEFAULT_PORT,
    about: 'Port to listen on; 0 lets the system pick.',
  })
  readonly port: number;

  @FromEnvironment('HOST', hostName, {
    default: '127.0.0.1',
    about:
      'Address to listen on. In production another one than this machine needs TRUSTED_PROXIES: there is no TLS here.',
  })
  readonly host: string;

  @FromEnvironment('PUBLIC_URL', publicAddress, {
    defaultInWords: 'http://localhost:PORT',
    about: 'Where holders reach this service: the links in messages begin with it. https in production.',
  })
  readonly publicUrl: string;

  @FromEnvironment('EXIT_URL', url('https'), {
    default: 'https://www.knmi.nl/',
    about:
      'Where the button leads by which somebody leaves the pages for holders at once: a site that anybody may be looking at, ' +
      'such as the weather.',
  })
  readonly exitUrl: string;

  @FromEnvironment('DATABASE_URL', url('postgres', 'postgresql'), {
    about:
      'The database, as the role that the application works as. Unset: an embedded PostgreSQL in DATA_FOLDER. ' +
      'Required in production, with sslmode=verify-full unless it is on this machine.',
    isSecret: true,
  })
  readonly databaseUrl: string | undefined;

  @FromEnvironment('DATABASE_OWNER_URL', url('postgres', 'postgresql'), {
    about:
      'The same database as the role that owns the tables, for migrations at start-up, by the same rules. ' +
      'Unset in production: migrations are not run. Best set for `database migrate` and `audit retention` alone.',
    isSecret: true,
  })
  readonly databaseOwnerUrl: string | undefined;

  @FromEnvironment('DATABASE_POOL_SIZE', wholeNumber(1, 50), {
    default: '4',
    about: 'Connections of this process. More is rarely faster.',
  })
  readonly databasePoolSize: number;

  @FromEnvironment('DATA_FOLDER', text(1, 1_000), {
    default: DEFAULT_DATA_FOLDER,
    about: 'Where the embedded database and the trial keys live.',
  })
  readonly dataFolder: string;

  @FromEnvironment('POLICY_FILE', text(1, 1_000), {
    default: 'policies/telecom.yaml',
    about: 'The policy that is loaded at start-up when the database has none.',
  })
  readonly policyFile: string;

  @FromEnvironment('MANDAAT_KEYS', keyList, {
    defaultInWords: 'made once, in DATA_FOLDER/keys',
    about:
      'The master keys. The first seals; the others still open what they sealed. Lost keys are lost names: keep a copy. ' +
      'Required in production.',
    isSecret: true,
  })
  readonly keyRing: readonly KeyEntry[];

  @FromEnvironment('CHECKPOINT_KEYS', keyList, {
    defaultInWords: 'made from MANDAAT_KEYS',
    about:
      'The keys (Ed25519 seeds) that sign checkpoints of the audit. The first signs; the others are still published, so that ' +
      'older checkpoints verify. Never those of MANDAAT_KEYS. Required in production.',
    isSecret: true,
  })
  readonly checkpointKeys: readonly KeyEntry[];

  @FromEnvironment('DECISION_KEYS', keyList, {
    defaultInWords: 'made from MANDAAT_KEYS',
    about:
      'The keys (Ed25519 seeds) that sign decisions for those who ask for it. The first signs; all are published at ' +
      '/.well-known/jwks.json. Keys of their own. Required in production.',
    isSecret: true,
  })
  readonly decisionKeys: readonly KeyEntry[];

  @FromEnvironment('CHECKPOINT_FOLDER', text(1, 1_000), {
    defaultInWords: 'checkpoints, in DATA_FOLDER',
    about:
      'Where checkpoints are written, a file each. Best on storage where files can be added and not changed, away from the ' +
      'database. Required in production.',
  })
  readonly checkpointFolder: string;

  @FromEnvironment('CHECKPOINT_MINUTES', wholeNumber(1, 1_440), {
    default: '10',
    about: 'A checkpoint is made this often when something was recorded since the last one.',
  })
  readonly checkpointMinutes: number;

  @FromEnvironment('ORGANISATION_NAME', text(1, 80), {
    default: 'Voorbeeld Telecom',
    about: 'Who sends the messages. Required in production, like the three below.',
  })
  readonly organisationName: string;

  @FromEnvironment('ORGANISATION_ADDRESS', text(1, 200), {
    default: 'Voorbeeldplein 1, 0000 XX Voorbeeldstad',
    about: 'Postal address, in every message.',
  })
  readonly organisationAddress: string;

  @FromEnvironment('ORGANISATION_PHONE', text(3, 30), {
    default: '+49 30 23125 000',
    about: 'Phone number, in every message.',
  })
  readonly organisationPhone: string;

  @FromEnvironment('ORGANISATION_EMAIL', emailAddress, {
    default: 'klantenservice@example.nl',
    about: 'E-mail address, in every message.',
  })
  readonly organisationEmail: string;

  @FromEnvironment('SMTP_URL', url('smtps', 'smtp'), {
    about:
      'Mail server, with user and password when it needs them. In production smtps://, or smtp:// with ?requireTLS=true, and no ' +
      'parameters tls.…, which could switch checking its certificate off. Production needs this or SMS_GATEWAY_URL.',
    isSecret: true,
  })
  readonly smtpUrl: string | undefined;

  @FromEnvironment('SMTP_FROM', emailAddress, { about: 'Sender of e-mail; required with SMTP_URL.' })
  readonly smtpFrom: string | undefined;

  @FromEnvironment('SMS_GATEWAY_URL', url('https', 'http'), {
    about: 'HTTP gateway for SMS and spoken messages. https in production.',
  })
  readonly smsGatewayUrl: string | undefined;

  @FromEnvironment('SMS_GATEWAY_TOKEN', text(16, 500), {
    about: 'Bearer token for that gateway; required with SMS_GATEWAY_URL.',
    isSecret: true,
  })
  readonly smsGatewayToken: string | undefined;

  @FromEnvironment('SMS_FROM', smsSender, { about: 'Sender of an SMS; required with SMS_GATEWAY_URL.' })
  readonly smsFrom: string | undefined;

  @FromEnvironment('DEMO_INBOX', flag, {
    defaultInWords: 'true, but false in production',
    about: 'Keep every message in the database, to be read on a page, instead of sending it. Production refuses it.',
  })
  readonly demoInbox: boolean;

  @FromEnvironment('ALLOWED_COUNTRIES', countries, {
    default: 'NL,BE,DE,GB',
    about: 'Countries whose phone numbers may get a code. The short list is what stops premium-rate fraud.',
  })
  readonly allowedCountries: readonly string[];

  @FromEnvironment('SMS_PER_DAY', wholeNumber(0, 1_000_000), {
    default: '2000',
    about: 'SMS in one day (UTC). When it is reached they stop, and the next road is offered; 0 closes the road.',
  })
  readonly smsPerDay: number;

  @FromEnvironment('VOICE_PER_DAY', wholeNumber(0, 1_000_000), {
    default: '500',
    about: 'The same for spoken messages; 0 when the gateway speaks none.',
  })
  readonly voicePerDay: number;

  @FromEnvironment('LETTERS_PER_DAY', wholeNumber(0, 1_000_000), {
    default: '500',
    about: 'The same for letters.',
  })
  readonly lettersPerDay: number;

  @FromEnvironment('MESSAGE_CENTS_PER_DAY', wholeNumber(0, 100_000_000), {
    default: '100000',
    about: 'What all of these together may cost in one day (UTC), in cents: the most that fraud can cost.',
  })
  readonly messageCentsPerDay: number;

  @FromEnvironment('SMS_CENTS', wholeNumber(0, 10_000), {
    default: '8',
    about: 'Price of one part of an SMS, in cents; a long message has several.',
  })
  readonly smsCents: number;

  @FromEnvironment('VOICE_CENTS', wholeNumber(0, 10_000), {
    default: '20',
    about: 'Price of a spoken message, in cents.',
  })
  readonly voiceCents: number;

  @FromEnvironment('LETTER_CENTS', wholeNumber(0, 10_000), {
    default: '150',
    about: 'Price of a letter, in cents.',
  })
  readonly letterCents: number;

  @FromEnvironment('LETTER_FOLDER', text(1, 1_000), {
    about:
      'Where letters are put as PDF, each with a manifest, for a print house to fetch. They hold codes: nobody else may ' +
      'read it. Unset: no letters.',
  })
  readonly letterFolder: string | undefined;

  @FromEnvironment('CODE_MINUTES', wholeNumber(1, 10), { default: '5', about: 'How long a code can be used.' })
  readonly codeMinutes: number;

  @FromEnvironment('CALL_MINUTES', wholeNumber(1, 480), { default: '60', about: 'After this a call ends by itself.' })
  readonly callMinutes: number;

  @FromEnvironment('OBLIGATION_MINUTES', wholeNumber(1, 480), {
    default: '15',
    about:
      'Subscribers are told of an obligation that needs a receipt and has none after this long, or after its call: obligation.open.',
  })
  readonly obligationMinutes: number;

  @FromEnvironment('SESSION_IDLE_MINUTES', wholeNumber(1, 60), {
    default: '15',
    about: 'After this long without a request somebody who is signed in to the self-service is signed out.',
  })
  readonly sessionIdleMinutes: number;

  @FromEnvironment('SESSION_HOURS', wholeNumber(1, 12), {
    default: '2',
    about: 'After this long everybody has to sign in again, however busy they are.',
  })
  readonly sessionHours: number;

  @FromEnvironment('AUDIT_MONTHS', wholeNumber(15, 1_200), {
    default: '84',
    about:
      'Months of audit that `audit retention` keeps beside the current one. The default spans a mandate of five years and ' +
      'what is visible of it afterwards.',
  })
  readonly auditMonths: number;

  @FromEnvironment('TRUSTED_PROXIES', proxies, {
    default: '',
    about: 'Proxies in front, whose X-Forwarded-For is believed. Empty: nobody.',
  })
  readonly trustedProxies: readonly string[];

  @FromEnvironment('RATE_LIMIT', wholeNumber(10, 100_000_000), {
    default: '30000',
    about:
      'Requests a minute from one address or one key, per process. It protects the service; limits that protect people are fixed.',
  })
  readonly rateLimit: number;

  @FromEnvironment('AGENT_HOLDERS_PER_HOUR', wholeNumber(1, 1_000_000), {
    default: '40',
    about:
      'Different customers about whom one agent may open calls, look at files or file something, in an hour, whatever they do. Above 500 production ' +
      'refuses to start: then it protects nobody.',
  })
  readonly agentHoldersPerHour: number;

  @FromEnvironment('LEAVER_WATCH_DAYS', wholeNumber(1, 180), {
    default: '30',
    about: 'From how many days before their last one on employees who leave are watched (`leaves_on` of an agent).',
  })
  readonly leaverWatchDays: number;

  @FromEnvironment('LEAVER_CONTRACTS_PER_DAY', wholeNumber(1, 1_000_000), {
    default: '80',
    about:
      'Contracts about which an employee who leaves opens calls in a day, above which there is an alarm, whatever they do. There is ' +
      'one before that, above 10 and twice what they used to.',
  })
  readonly leaverContractsPerDay: number;

  @FromEnvironment('KEY_PEOPLE_PER_HOUR', wholeNumber(1, 1_000_000), {
    default: '600',
    about:
      'Different people whom one key may look up in an hour outside calls, by their reference or that of a contract: who they are, ' +
      'and their mandates, blocks, life events and representations; and whom its searches (AuthZEN) name or find. Imports and ' +
      'decisions are not counted.',
  })
  readonly keyPeoplePerHour: number;

  @FromEnvironment('VISITOR_LIMIT', wholeNumber(1, 1_000_000), {
    default: '30',
    about:
      'Codes for signing in that one address may ask for or try in a minute, per process. What protects one person is fixed.',
  })
  readonly visitorLimit: number;

  @FromEnvironment('AGENT_KEYS', oneOf(['any', 'bound']), {
    default: 'any',
    about:
      'bound takes keys of scope agent only where they are bound to one agent (keys create --agent). any also takes those of a whole desk, ' +
      'which name the agent by a header that nobody proves. Where OIDC_ISSUER is set production warns of any.',
  })
  readonly agentKeys: string;

  @FromEnvironment('OIDC_ISSUER', issuerAddress, {
    about:
      'OpenID provider of the staff, exactly as its tokens name it. Unset: keys alone. https in production. ' +
      'See docs/staff-tokens.md.',
  })
  readonly oidcIssuer: string | undefined;

  @FromEnvironment('OIDC_AUDIENCE', text(1, 200), {
    about: 'Our own name in the `aud` of an access token; no client may have it. Required with OIDC_ISSUER.',
  })
  readonly oidcAudience: string | undefined;

  @FromEnvironment('OIDC_ROLE_MAP', roleMap, {
    about:
      'Which roles may do what. Of several that fit a route, the first in this list counts. Required with OIDC_ISSUER.',
  })
  readonly oidcRoleMap: readonly RoleGrant[] | undefined;

  @FromEnvironment('OIDC_ROLES_CLAIM', claimName, {
    default: 'roles',
    about: 'Claim with the roles: a list of texts, or one text with spaces between.',
  })
  readonly oidcRolesClaim: string;

  @FromEnvironment('OIDC_AGENT_CLAIM', claimName, {
    default: 'sub',
    about: 'Claim with the reference of the agent, as registered here. Nobody may be able to choose their own.',
  })
  readonly oidcAgentClaim: string;

  @FromEnvironment('OIDC_CLIENTS', clientNames, {
    about:
      'Clients of that provider whose access tokens are taken. That of the desk always is. Unset: every client that gets a token for ' +
      'OIDC_AUDIENCE, and production warns of it at the start.',
  })
  readonly oidcClients: readonly string[] | undefined;

  @FromEnvironment('OIDC_ACR', acrNames, {
    about:
      'Ways of signing in (`acr`), one of which an access token has to show, and the ID token of who signs in to the desk. Unset: nobody ' +
      'looks, and no more than one factor is assumed. See docs/staff-tokens.md.',
  })
  readonly oidcAcr: readonly string[] | undefined;

  @FromEnvironment('OIDC_ALGORITHMS', algorithms, {
    default: 'RS256,PS256,ES256,EdDSA',
    about: 'Signatures that are accepted. Never none, never one with a shared secret.',
  })
  readonly oidcAlgorithms: readonly string[];

  @FromEnvironment('OIDC_TOKEN_TYPE', oneOf(['at+jwt', 'JWT']), {
    default: 'at+jwt',
    about: 'JWT also accepts access tokens of a provider that does not mark them as such in their header (RFC 9068).',
  })
  readonly oidcTokenType: string;

  @FromEnvironment('OIDC_TOKEN_MINUTES', wholeNumber(1, 720), {
    default: '60',
    about: 'Longest life of an access token that is accepted, whatever the provider says.',
  })
  readonly oidcTokenMinutes: number;

  @FromEnvironment('LOGIN_OIDC_ISSUER', issuerAddress, {
    about:
      "OpenID provider of the customers (the organisation's own login, or a broker of eIDs), exactly as its tokens name it. " +
      'Unset: codes and passkeys alone. https in production. See docs/signing-in.md.',
  })
  readonly loginIssuer: string | undefined;

  @FromEnvironment('LOGIN_OIDC_CLIENT_ID', text(1, 200), {
    about: 'Our own name there, as a client. Required with LOGIN_OIDC_ISSUER, like the secret and the map.',
  })
  readonly loginClientId: string | undefined;

  @FromEnvironment('LOGIN_OIDC_CLIENT_SECRET', text(16, 500), { about: 'Our secret there.', isSecret: true })
  readonly loginClientSecret: string | undefined;

  @FromEnvironment('LOGIN_OIDC_ACR_MAP', acrMap, {
    about:
      'What each way of signing in there (`acr`) is worth here. They are asked for in this order. Another one is refused.',
  })
  readonly loginAcrMap: readonly AcrGrant[] | undefined;

  @FromEnvironment('LOGIN_OIDC_PERSON_CLAIM', claimName, {
    default: 'customer_ref',
    about:
      "Claim of the ID token with the CRM's reference of the person, as registered here. Nobody may be able to choose their own.",
  })
  readonly loginPersonClaim: string;

  @FromEnvironment('LOGIN_OIDC_SCOPE', text(1, 200), {
    default: 'openid',
    about: 'Scopes to ask for there, with spaces between; openid is one of them.',
  })
  readonly loginScope: string;

  @FromEnvironment('LOGIN_OIDC_NAME', text(1, 80), {
    about: 'What customers call it: "Sign in with …". Unset: ORGANISATION_NAME.',
  })
  readonly loginName: string | undefined;

  @FromEnvironment('DESK_OIDC_CLIENT_ID', text(1, 200), {
    about:
      'Our own name as a client at OIDC_ISSUER, where employees sign in to the desk (/desk). Unset: there is no desk. ' +
      'See docs/desk.md.',
  })
  readonly deskClientId: string | undefined;

  @FromEnvironment('DESK_OIDC_CLIENT_SECRET', text(16, 500), {
    about: 'Our secret there. Required with DESK_OIDC_CLIENT_ID.',
    isSecret: true,
  })
  readonly deskClientSecret: string | undefined;

  @FromEnvironment('DESK_OIDC_SCOPE', text(1, 500), {
    default: 'openid',
    about: 'Scopes to ask for there, with spaces between; openid is one of them.',
  })
  readonly deskScope: string;

  @FromEnvironment('DESK_OIDC_RESOURCE', text(1, 300), {
    about:
      'Resource to ask an access token for (RFC 8707), where the provider wants it named: most often OIDC_AUDIENCE. Unset: none is named.',
  })
  readonly deskResource: string | undefined;

  @FromEnvironment('DESK_IDLE_MINUTES', wholeNumber(5, 120), {
    default: '30',
    about: 'After this long in which an employee did nothing they are signed out of the desk.',
  })
  readonly deskIdleMinutes: number;

  @FromEnvironment('DESK_HOURS', wholeNumber(1, 12), {
    default: '8',
    about:
      'This long after an employee showed the provider who they are, they have to sign in to the desk again, and their roles are read again.',
  })
  readonly deskHours: number;

  @FromEnvironment('DESK_FRAME_ORIGINS', frameOrigins, {
    default: '',
    about:
      'Origins (https://crm.example.nl) whose pages may show the desk in a frame, separated by commas. Empty: nobody. ' +
      'No other page can be framed.',
  })
  readonly deskFrameOrigins: readonly string[];

  @FromEnvironment('WEBHOOK_NETWORKS', proxies, {
    defaultInWords: 'this machine; in production none',
    about:
      'Networks that webhooks may lead to beside public addresses (10.1.0.0/16). Production takes private ones alone: neither this ' +
      'machine nor its neighbours, where the keys of clouds are.',
  })
  readonly webhookNetworks: readonly string[];

  @FromEnvironment('WEBHOOK_HOSTS', hosts, {
    about:
      'The only hosts that webhooks may lead to, so that nobody with a key has changes told elsewhere. A host in WEBHOOK_NETWORKS has to stand here ' +
      'too. Unset: any.',
  })
  readonly webhookHosts: readonly string[] | undefined;

  @FromEnvironment('WEBHOOK_OVERLAP_HOURS', wholeNumber(0, 168), {
    default: '24',
    about: 'How long messages to a webhook are signed with the old secret, too, after a new one was made.',
  })
  readonly webhookOverlapHours: number;

  @FromEnvironment('WEBHOOK_FAILING_DAYS', wholeNumber(1, 30), {
    default: '5',
    about: 'After so many days in which nothing arrived a webhook is disabled.',
  })
  readonly webhookFailingDays: number;

  @FromEnvironment('ACCESS_CALLBACKS', callbackList, {
    default: '',
    about:
      'Addresses that may be told of the end of an access request (`callback`), each with the secret that its messages are signed with: ' +
      'https://crm.example.nl/hooks/requests whsec_…. While the secret changes, the new one and behind it the old one. Empty: none.',
    isSecret: true,
  })
  readonly accessCallbacks: readonly CallbackEndpoint[];

  @FromEnvironment('LOG_LEVEL', oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent']), {
    default: 'info',
    about: 'How much is logged. No level logs personal data.',
  })
  readonly logLevel: string;

  /** It holds secrets: whoever prints it by mistake gets nothing. */
  toJSON(): string {
    return '[configuration]';
  }

  [inspect.custom](): string {
    return '[configuration]';
  }
}

/** Why the service refuses to start: every fault at once, naming variables, never values. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * How much must be set in production. A command that only speaks to the database needs its address: then nobody has to
 * hand it keys, and the keys that are not set are empty lists.
 */
export type Needs = 'everything' | 'database';

/**
 * Reads and checks the whole configuration; what is set is checked whatever is needed. Outside production, without
 * MANDAAT_KEYS, it makes the trial keys (a file in the data folder) when they aren't there.
 *
 * @throws ConfigError listing everything that is wrong
 */
export function loadConfig(env: NodeJS.ProcessEnv, needs: Needs = 'everything'): Config {
  const { env: filled, faults: fileFaults, unread } = withSecretsFromFiles(env);
  const given = (variable: string): string | undefined => filled[variable]?.trim() || undefined;
  const ownAddress = `http://localhost:${given('PORT') ?? DEFAULT_PORT}`;
  const derived: Record<string, string> = {
    // A port that is wrong is one fault, not two.
    PUBLIC_URL: URL.canParse(ownAddress) ? ownAddress : 'http://localhost',
    DEMO_INBOX: given('NODE_ENV') === 'production' ? 'false' : 'true',
    WEBHOOK_NETWORKS: given('NODE_ENV') === 'production' ? '' : '127.0.0.0/8,::1/128',
    CHECKPOINT_FOLDER: path.join(given('DATA_FOLDER') ?? DEFAULT_DATA_FOLDER, 'checkpoints'),
  };
  const isMadeBelow = (property: string): boolean =>
    (property === 'keyRing' && given('MANDAAT_KEYS') === undefined) ||
    (property === 'checkpointKeys' && given('CHECKPOINT_KEYS') === undefined) ||
    (property === 'decisionKeys' && given('DECISION_KEYS') === undefined);

  const config = new Config();
  for (const { variable, field, default: fixed, read } of settings) {
    const value = given(variable) ?? fixed ?? derived[variable];
    Object.assign(config, { [field]: value === undefined ? undefined : read(value) });
  }

  const broken = validateSync(config, { forbidUnknownValues: true });
  const found = [
    ...broken.flatMap(({ constraints, property }) =>
      // Unset keys are no fault of shape: production says that they are missing, a trial makes them below.
      isMadeBelow(property) ? [] : Object.values(constraints ?? {}),
    ),
    ...combinationFaults(config, needs),
    ...(config.production ? productionFaults(config, given, needs) : []),
  ];
  // What should have come from a file is not missing as well: one fault is enough.
  const isOfFile = (fault: string): boolean =>
    fault.includes('missing') && unread.some((variable) => fault.includes(variable));
  const faults = [...fileFaults, ...found.filter((fault) => !isOfFile(fault))];
  if (faults.length > 0) throw new ConfigError(faults);
  if (given('MANDAAT_KEYS') === undefined) {
    Object.assign(config, { keyRing: config.production ? [] : trialKeys(config.dataFolder) });
  }
  const forTrial = config.production ? [] : config.keyRing;
  if (given('CHECKPOINT_KEYS') === undefined) {
    Object.assign(config, { checkpointKeys: trialSigningKeys(forTrial, 'checkpoints') });
  }
  if (given('DECISION_KEYS') === undefined) {
    Object.assign(config, { decisionKeys: trialSigningKeys(forTrial, 'decisions') });
  }
  return freeze(config);
}

/** The same configuration with some fields changed; they are not checked again. */
export function changedConfig(config: Config, changes: Partial<Config>): Config {
  return freeze(Object.assign(new Config(), config, changes));
}

function combinationFaults(config: Config, needed: Needs): string[] {
  const faults: string[] = [];
  const needs = (variable: string, value: unknown, because: string): void => {
    if (value === undefined) faults.push(`${variable} is missing: ${because} needs it.`);
  };
  if (config.smtpUrl !== undefined) needs('SMTP_FROM', config.smtpFrom, 'SMTP_URL');
  if (config.smsGatewayUrl !== undefined) {
    needs('SMS_GATEWAY_TOKEN', config.smsGatewayToken, 'SMS_GATEWAY_URL');
    needs('SMS_FROM', config.smsFrom, 'SMS_GATEWAY_URL');
  }
  const isSender = config.demoInbox || config.smtpUrl !== undefined || config.smsGatewayUrl !== undefined;
  if (needed === 'everything' && !isSender) {
    faults.push('SMTP_URL and SMS_GATEWAY_URL are both missing: without one of them no message can be sent.');
  }
  if (config.databaseOwnerUrl !== undefined && config.databaseUrl === undefined) {
    faults.push('DATABASE_URL is missing: DATABASE_OWNER_URL needs it.');
  }
  return [...faults, ...openIdFaults(config), ...loginFaults(config), ...deskFaults(config)];
}

function freeze(config: Config): Config {
  for (const value of Object.values(config)) {
    if (Array.isArray(value)) Object.freeze(value);
  }
  return Object.freeze(config);
}
