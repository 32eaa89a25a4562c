import { isDeepStrictEqual } from 'node:util';

import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';

import { baseOf } from './address.ts';
import { type Answer, callOf, type Question } from './decisions.ts';

/** A decision that was signed, for exactly one question, and is not over. */
export interface VerifiedDecision {
  readonly decision: boolean;
  readonly context: Answer;
  readonly request: Question;
  /** Until when it holds. */
  readonly expiresAt: Date;
}

/** A signature that shows nothing: altered, of somebody else, over, or about another question. */
export class NotVerified extends Error {
  override readonly name = 'NotVerified';
}

type SignedClaims = Omit<VerifiedDecision, 'expiresAt'> & {
  /** Properties that were sent and counted for nothing, as JSON pointers. */
  readonly ignored?: readonly string[];
};

const TYPE = 'mandaat-decision+jwt';

/**
 * Keys are read again after five minutes, as the service says; and before that for one that is not among them, which anybody can make
 * up: so not again within half a minute. Milliseconds.
 */
const KEYS = { cacheMaxAge: 300_000, cooldownDuration: 30_000 } as const;

/** Verifies decisions that were asked for with `context.sign`, by the keys that the service publishes. */
export class DecisionVerifier {
  private readonly issuer: string;

  /**
   * @param url the service's own address, as it stands in the `iss` of what it signs
   * @param keys for tests and for who keeps the keys themselves; else they are fetched, and fetched again for a new one
   */
  constructor(
    url: string | URL,
    private readonly keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(`${baseOf(url)}/.well-known/jwks.json`), KEYS),
  ) {
    this.issuer = baseOf(url);
  }

  /**
   * @param question what is about to be done: a decision about anything else is refused
   * @throws NotVerified when it shows nothing; whatever `fetch` throws where the keys could not be had
   */
  async verify(signature: string, question: Question): Promise<VerifiedDecision> {
    const payload = await this.read(signature);
    const { decision, context, request, ignored = [], exp } = payload as JWTPayload & SignedClaims;
    if (typeof decision !== 'boolean' || exp === undefined) throw new NotVerified('It says no decision.');
    if (!isAbout(request, ignored, question)) throw new NotVerified('It is about another question.');
    return { decision, context, request, expiresAt: new Date(exp * 1000) };
  }

  private async read(signature: string): Promise<JWTPayload> {
    try {
      const options = { issuer: this.issuer, typ: TYPE, algorithms: ['EdDSA'], requiredClaims: ['exp', 'iat', 'jti'] };
      return (await jwtVerify(signature, this.keys, options)).payload;
    } catch (cause) {
      const isNetwork = cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError);
      if (isNetwork) throw cause;
      throw new NotVerified('The signature shows nothing.', { cause });
    }
  }
}

/** The same, but for what the service says that it took no account of: that may be in the question, and nothing else may. */
function isAbout(signed: Question, ignored: readonly string[], question: Question): boolean {
  return isDeepStrictEqual(coreOf(signed, []), coreOf(question, ignored));
}

function coreOf({ subject, action, resource, context }: Question, ignored: readonly string[]): object {
  const weighed = (part: string, properties: Readonly<Record<string, unknown>> = {}): object =>
    Object.fromEntries(Object.entries(properties).filter(([name]) => !ignored.includes(pointerTo(part, name))));
  return {
    subject: [subject.type, subject.id, weighed('subject', subject.properties)],
    resource: [resource.type, resource.id, weighed('resource', resource.properties)],
    action: [action.name, weighed('action', action.properties)],
    callId: callOf({ subject, context })?.toLowerCase(),
    purpose: context?.purpose ?? 'advise',
  };
}

/** RFC 6901. */
function pointerTo(part: string, name: string): string {
  return `/${part}/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
