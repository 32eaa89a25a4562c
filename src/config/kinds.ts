import { isIP } from 'node:net';
import { isEmail, isISO31661Alpha2, isIn, isInt, length, max, min } from 'class-validator';
import type { Kind } from './setting.ts';

/** One master key of the ring. */
export interface KeyEntry {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

export function wholeNumber(least: number, most: number): Kind<number> {
  return {
    bounds: `a whole number from ${least} to ${most}`,
    // `Number` alone would also read '0x10', '1e3' and ' '.
    read: (value) => (/^\d{1,9}$/.test(value) ? Number(value) : Number.NaN),
    accepts: (value) => isInt(value) && min(value, least) && max(value, most),
  };
}

export const flag: Kind<unknown> = {
  bounds: 'true or false',
  read: (value) => (value === 'true' ? true : value === 'false' ? false : value),
  accepts: (value) => typeof value === 'boolean',
};

export function oneOf(values: readonly string[]): Kind<string> {
  return {
    bounds: `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`,
    read: (value) => value,
    accepts: (value) => isIn(value, values),
  };
}

export function text(least: number, most: number): Kind<string> {
  return {
    bounds: least === 1 ? `text of at most ${most} characters` : `text of ${least} to ${most} characters`,
    read: (value) => value,
    // A line break in one of these could add a header to a message.
    accepts: (value) => length(value, least, most) && !/\p{Cc}/u.test(value),
  };
}

export const emailAddress: Kind<string> = {
  bounds: 'an e-mail address',
  read: (value) => value,
  accepts: (value) => isEmail(value),
};

export const smsSender: Kind<string> = {
  bounds: 'a phone number like +31…, or a name of 3 to 11 letters and digits',
  read: (value) => value,
  accepts: (value) => /^(\+[1-9]\d{6,14}|[A-Za-z0-9]{3,11})$/.test(value),
};

export const hostName: Kind<string> = {
  bounds: 'an address or host name to listen on',
  read: (value) => value,
  accepts: (value) => isIP(value) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(value),
};

export const hosts: Kind<readonly string[]> = {
  bounds:
    'a list of hosts as they stand in an address (crm.example.nl, 203.0.113.7, [2001:db8::7]), separated by commas; no port, no *',
  read: (value) => list(value).map((host) => host.toLowerCase()),
  accepts: (value) => value.length > 0 && value.every(isHost),
};

/** As `URL` tells it, so that the two can be compared. */
function isHost(value: string): boolean {
  const address = `https://${value}/`;
  return !value.includes('*') && URL.canParse(address) && new URL(address).hostname === value;
}

/** @param schemes without the colon */
export function url(...schemes: string[]): Kind<string> {
  return {
    bounds: `an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    read: (value) => value,
    accepts: (value) => URL.canParse(value) && schemes.some((scheme) => value.startsWith(`${scheme}://`)),
  };
}

export const publicAddress: Kind<string> = {
  bounds: 'an address that begins with https:// or http://, without a query, a fragment or a password',
  read: (value) => value.replace(/\/+$/, ''),
  accepts: (value) => /^https?:\/\//.test(value) && URL.canParse(value) && !/[?#@\s]/.test(value),
};

export const countries: Kind<readonly string[]> = {
  bounds: 'a list of two-letter country codes, separated by commas',
  read: list,
  accepts: (value) => value.length > 0 && value.every((code) => isISO31661Alpha2(code) && code === code.toUpperCase()),
};

export const proxies: Kind<readonly string[]> = {
  bounds: 'a list of addresses or networks (10.0.0.1, 10.0.0.0/24), separated by commas; never everybody',
  read: list,
  accepts: (value) => value.every(isNetwork),
};

export const keyList: Kind<readonly KeyEntry[]> = {
  bounds:
    'a list of id:key, separated by commas; the key is 32 random bytes in base64, the id 1 to 32 of a-z, 0-9 and -',
  read: readKeyList,
  accepts: (value) => value.length > 0 && new Set(value.map(({ id }) => id)).size === value.length,
};

/** @returns [] when the text can't be read */
export function readKeyList(value: string): readonly KeyEntry[] {
  const entries = list(value).map((item) => {
    const [, id, encoded] = /^([a-z0-9-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/.exec(item) ?? [];
    // `from` reads both base64 alphabets; 43 characters are exactly 32 bytes.
    return id === undefined || encoded === undefined ? null : { id, key: Buffer.from(encoded, 'base64') };
  });
  return entries.includes(null) ? [] : entries.filter((entry) => entry !== null);
}

function list(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function isNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  // /0 would believe whatever anybody says about where they come from.
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128))
  );
}
