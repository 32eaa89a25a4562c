import { hash, randomBytes } from 'node:crypto';

const SHAPE = /^mds_([0-9a-f]{32})_[\w-]{43}$/;

/** A session's token, `mds_<id>_<secret>`, with 256 bits of chance: a plain hash at rest is enough. */
export function mintSessionToken(id: string): { readonly text: string; readonly hash: Buffer } {
  const text = `mds_${id.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`;
  return { text, hash: hashToken(text) };
}

export function isSessionToken(text: string): boolean {
  return text.startsWith('mds_');
}

/** The id of its session; null when the text is no token. */
export function sessionIdOf(text: string): string | null {
  const id = SHAPE.exec(text)?.[1];
  return id === undefined ? null : id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function hashToken(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
