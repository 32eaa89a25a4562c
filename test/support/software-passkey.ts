import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Flags of authenticator data: present, verified, with a credential. */
const PRESENT = 0x01;
const VERIFIED = 0x04;
const WITH_CREDENTIAL = 0x40;

export interface SoftwarePasskeyOptions {
  readonly origin: string;
  readonly rpId: string;
}

/** What a test may have the device do wrong. */
export interface Misbehaviour {
  readonly origin?: string;
  readonly rpId?: string;
  /** Whether it asked for a finger, a face or a PIN. */
  readonly isVerified?: boolean;
  readonly count?: number;
  readonly userHandle?: string;
  /** Signs with the key of another. */
  readonly key?: KeyObject;
  readonly type?: string;
}

/** A device with one passkey (ES256), written by hand: it answers what a browser would. */
export class SoftwarePasskey {
  readonly id = randomBytes(32).toString('base64url');
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  count = 0;
  userHandle = '';

  constructor(private readonly options: SoftwarePasskeyOptions) {}

  get key(): KeyObject {
    return this.#pair.privateKey;
  }

  /** The answer to `navigator.credentials.create`, as JSON text. */
  add(options: { challenge: string; user: { id: string } }, wrong: Misbehaviour = {}): string {
    this.userHandle = options.user.id;
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, id, this.#coseKey()]);
    const data = Buffer.concat([this.#data(WITH_CREDENTIAL, wrong), credential]);
    const attestation = cborMap([
      [cborText('fmt'), cborText('none')],
      [cborText('attStmt'), cborMap([])],
      [cborText('authData'), cborBytes(data)],
    ]);
    const client = this.#client(wrong.type ?? 'webauthn.create', options.challenge, wrong);
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** The answer to `navigator.credentials.get`, as JSON text. */
  show(options: { challenge: string }, wrong: Misbehaviour = {}): string {
    this.count += 1;
    const data = this.#data(0, wrong);
    const client = this.#client(wrong.type ?? 'webauthn.get', options.challenge, wrong);
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', signed, wrong.key ?? this.key).toString('base64url'),
      userHandle: wrong.userHandle ?? this.userHandle,
    });
  }

  #answer(response: object): string {
    const { id } = this;
    return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
  }

  #client(type: string, challenge: string, { origin = this.options.origin }: Misbehaviour): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  #data(flags: number, { rpId = this.options.rpId, isVerified = true, count = this.count }: Misbehaviour): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    const all = flags | PRESENT | (isVerified ? VERIFIED : 0);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.of(all), counter]);
  }

  /** RFC 9053: an elliptic curve key (2) for ES256 (-7) on P-256 (1). */
  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#pair.publicKey.export({ format: 'jwk' });
    return cborMap([
      [Buffer.of(0x01), Buffer.of(0x02)],
      [Buffer.of(0x03), Buffer.of(0x26)],
      [Buffer.of(0x20), Buffer.of(0x01)],
      [Buffer.of(0x21), cborBytes(Buffer.from(x, 'base64url'))],
      [Buffer.of(0x22), cborBytes(Buffer.from(y, 'base64url'))],
    ]);
  }
}

function cborHead(major: number, size: number): Buffer {
  if (size < 24) return Buffer.of((major << 5) | size);
  return size < 256 ? Buffer.of((major << 5) | 24, size) : Buffer.of((major << 5) | 25, size >> 8, size & 0xff);
}

function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([cborHead(2, bytes.length), bytes]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([cborHead(3, Buffer.byteLength(text)), Buffer.from(text)]);
}

function cborMap(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([cborHead(5, entries.length), ...entries.flat()]);
}
