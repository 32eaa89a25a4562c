import type { Config, Needs } from './config.ts';
import { isNetwork } from './kinds.ts';
import { isPrivateNetwork } from './networks.ts';
import { settings } from './setting.ts';
import { isTrialKey } from './trial-keys.ts';

const REQUIRED = [
  'DATABASE_URL',
  'PUBLIC_URL',
  'MANDAAT_KEYS',
  'CHECKPOINT_KEYS',
  'DECISION_KEYS',
  'CHECKPOINT_FOLDER',
  'ORGANISATION_NAME',
  'ORGANISATION_ADDRESS',
  'ORGANISATION_PHONE',
  'ORGANISATION_EMAIL',
];
const OF_DATABASE = ['DATABASE_URL'];

/** More than anybody speaks with in an hour. */
const MOST_HOLDERS_PER_HOUR = 500;

/**
 * What may be in a trial and not in production (fail closed: better no service than an open one).
 *
 * @param given what the operator set; undefined = the default is used
 */
export function productionFaults(
  config: Config,
  given: (variable: string) => string | undefined,
  needs: Needs,
): string[] {
  const faults: string[] = [];
  for (const variable of needs === 'everything' ? REQUIRED : OF_DATABASE) {
    const fallback = settings.find((setting) => setting.variable === variable)?.default;
    const value = given(variable);
    if (value === undefined) faults.push(`${variable} is missing: production needs it.`);
    else if (value === fallback) faults.push(`${variable} still has its example value: production needs your own.`);
  }
  if (config.demoInbox) {
    faults.push('DEMO_INBOX must be false in production: it keeps readable messages instead of sending them.');
  }
  if (config.agentHoldersPerHour > MOST_HOLDERS_PER_HOUR) {
    faults.push(`AGENT_HOLDERS_PER_HOUR must be at most ${MOST_HOLDERS_PER_HOUR} in production.`);
  }
  for (const variable of ['DATABASE_URL', 'DATABASE_OWNER_URL']) {
    const value = given(variable);
    if (value !== undefined && URL.canParse(value) && isUncheckedDatabase(new URL(value))) {
      faults.push(`${variable} must have sslmode=verify-full: its host is not this machine.`);
    }
  }
  // Plain HTTP is for one machine: what listens to a network has a proxy in front that ends TLS.
  if (needs === 'everything' && !isThisMachine(config.host) && (config.trustedProxies ?? []).length === 0) {
    faults.push('TRUSTED_PROXIES is missing: HOST is not this machine, and a proxy of yours has to end TLS in front.');
  }
  if (given('PUBLIC_URL')?.startsWith('http://')) faults.push('PUBLIC_URL must begin with https:// in production.');
  if (config.smsGatewayUrl?.startsWith('http://')) {
    faults.push('SMS_GATEWAY_URL must begin with https:// in production.');
  }
  if (config.smtpUrl !== undefined && URL.canParse(config.smtpUrl) && isPlainTextMail(new URL(config.smtpUrl))) {
    faults.push('SMTP_URL must begin with smtps://, or have ?requireTLS=true: its host is not this machine.');
  }
  if (config.smtpUrl !== undefined && URL.canParse(config.smtpUrl)) {
    faults.push(...weakeningMail(new URL(config.smtpUrl)));
  }
  // Node looks at this one by itself, for every connection.
  if (given('NODE_TLS_REJECT_UNAUTHORIZED') === '0') {
    faults.push('NODE_TLS_REJECT_UNAUTHORIZED must not be 0 in production: no certificate would be checked.');
  }
  if ((config.accessCallbacks ?? []).some(({ endpoint }) => endpoint.startsWith('http://'))) {
    faults.push('ACCESS_CALLBACKS must hold addresses that begin with https:// in production.');
  }
  for (const network of config.webhookNetworks ?? []) {
    // One that can't be read is a fault of its own.
    if (isNetwork(network) && !isPrivateNetwork(network)) {
      faults.push(
        'WEBHOOK_NETWORKS must hold private networks alone: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fc00::/7, or parts of them.',
      );
    }
  }
  const rings = {
    MANDAAT_KEYS: config.keyRing ?? [],
    CHECKPOINT_KEYS: config.checkpointKeys ?? [],
    DECISION_KEYS: config.decisionKeys ?? [],
  };
  for (const [variable, entries] of Object.entries(rings)) {
    for (const { id, key } of entries) {
      if (isTrialKey(id)) faults.push(`${variable} holds a trial key: make a key of your own for production.`);
      // 32 random bytes have some 30 different ones; fewer than 16 happens to nobody by chance.
      else if (new Set(key).size < 16) faults.push(`${variable} holds a key that is not random.`);
    }
  }
  const pairs = [
    ['CHECKPOINT_KEYS', 'MANDAAT_KEYS'],
    ['DECISION_KEYS', 'MANDAAT_KEYS'],
    ['DECISION_KEYS', 'CHECKPOINT_KEYS'],
  ] as const;
  for (const [one, other] of pairs) {
    if (rings[one].some(({ key }) => rings[other].some((taken) => taken.key.equals(key)))) {
      faults.push(`${one} holds a key of ${other}: a key is for one thing alone.`);
    }
  }
  return [...new Set(faults)];
}

/**
 * What production allows, and is wider than it need be: sentences for the log at the start.
 */
export function productionWarnings(config: Config): string[] {
  const warnings: string[] = [];
  if (!config.production || config.oidcIssuer === undefined) return warnings;
  if (config.agentKeys === 'any') {
    warnings.push(
      'AGENT_KEYS is any: employees have tokens of their own, and a shared key of scope agent can still name any of them.',
    );
  }
  if (config.oidcClients === undefined) {
    warnings.push(
      'OIDC_CLIENTS names no client: whichever client of the provider gets a token for OIDC_AUDIENCE can bring it, with all roles of its person.',
    );
  }
  return warnings;
}

/**
 * Whether somebody in between could pass for the database. Also the parameters count: the driver lets `?host=` win over the host
 * in front, and the last of several. What it makes of `require` and `verify-ca` depends on its version and on `uselibpqcompat`:
 * one mode alone checks certificate and name in all of them.
 */
function isUncheckedDatabase(address: URL): boolean {
  const host = address.searchParams.getAll('host').at(-1) ?? address.hostname;
  if (host === '') return true;
  return !isThisMachine(host) && address.searchParams.getAll('sslmode').at(-1) !== 'verify-full';
}

function isPlainTextMail(address: URL): boolean {
  if (address.protocol === 'smtps:' || isThisMachine(address.hostname)) return false;
  return address.searchParams.getAll('requireTLS').at(-1) !== 'true';
}

/** The library takes settings of TLS from the address, and with `service` another server than the address names. */
function weakeningMail(address: URL): string[] {
  const names = [...address.searchParams.keys()];
  const faults: string[] = [];
  if (!isThisMachine(address.hostname) && names.some((name) => name.startsWith('tls.'))) {
    faults.push('SMTP_URL must have no parameter that begins with tls.: its host is not this machine.');
  }
  if (names.includes('service')) faults.push('SMTP_URL must name its host, and have no parameter service.');
  return faults;
}

/** @param host as in an address: an IPv6 one may stand in brackets */
export function isThisMachine(host: string): boolean {
  return (
    host.startsWith('/') ||
    host === 'localhost' ||
    host === '[::1]' ||
    host === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}
