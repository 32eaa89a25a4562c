import { hash, randomBytes } from 'node:crypto';

/** Begins the token of who is signed in to the self-service. */
const PERSON = 'mds';

const SHAPE = /^([a-z]{3})_([0-9a-f]{32})_[\w-]{43}$/;

/** A session's token, `<prefix>_<id>_<secret>`, with 256 bits of chance: a plain hash at rest is enough. */
export function mintSessionToken(id: string, prefix = PERSON): { readonly text: string; readonly hash: Buffer } {
  const text = `${prefix}_${id.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`;
  return { text, hash: hashToken(text) };
}

export function isSessionToken(text: string): boolean {
  return text.startsWith(`${PERSON}_`);
}

/** The id of its session; null when the text is no token. */
export function sessionIdOf(text: string, prefix = PERSON): string | null {
  const [, begin, id] = SHAPE.exec(text) ?? [];
  return id === undefined || begin !== prefix
    ? null
    : id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function hashToken(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
