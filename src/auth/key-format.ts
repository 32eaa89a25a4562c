import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const KEY_ENVIRONMENTS = ['live', 'test', 'demo'] as const;
/** Where a key is meant to be used. It lets people and secret scanners tell a harmless key from a harmful one. */
export type KeyEnvironment = (typeof KEY_ENVIRONMENTS)[number];

/** The parts of a key that may be known: the secret stays in the text. */
export interface ParsedKey {
  readonly environment: KeyEnvironment;
  /** Names the key in the database, in the audit and towards people. Not a secret. */
  readonly id: string;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
/** 24 of 62 characters: 142 bits. With that much chance in it a plain hash at rest is enough; nobody can guess it. */
const SECRET_LENGTH = 24;
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6;

const SHAPE = new RegExp(
  `^(mdt_(${KEY_ENVIRONMENTS.join('|')})_([0-9A-Za-z]{${ID_LENGTH}})_[0-9A-Za-z]{${SECRET_LENGTH}})_([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`,
);

/** A new key, `mdt_<environment>_<id>_<secret>_<checksum>`: its text is shown once, only its hash is stored. */
export function mintKey(environment: KeyEnvironment): {
  readonly id: string;
  readonly text: string;
  readonly hash: Buffer;
} {
  const id = randomText(ID_LENGTH);
  const stem = `mdt_${environment}_${id}_${randomText(SECRET_LENGTH)}`;
  const text = `${stem}_${checksum(stem)}`;
  return { id, text, hash: hashKey(text) };
}

/**
 * Null when the text is no key. The checksum isn't a protection: it catches typing errors and cut-off keys before
 * they cost a look-up, and lets scanners of leaked secrets be certain.
 */
export function parseKey(text: string): ParsedKey | null {
  const match = SHAPE.exec(text);
  if (match === null) return null;
  const [, stem = '', environment, id = '', sum] = match;
  return checksum(stem) === sum ? { environment: environment as KeyEnvironment, id } : null;
}

/** SHA-256 of the whole text, so that the hash of one environment or id never fits another. */
export function hashKey(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

function checksum(stem: string): string {
  let rest = crc32(stem);
  let text = '';
  while (text.length < CHECKSUM_LENGTH) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return text;
}
