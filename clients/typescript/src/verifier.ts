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
    const { decision, context, request, exp } = payload as JWTPayload & Omit<VerifiedDecision, 'expiresAt'>;
    if (typeof decision !== 'boolean' || exp === undefined) throw new NotVerified('It says no decision.');
    if (!isAbout(request, question)) throw new NotVerified('It is about another question.');
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

/** Properties that count for nothing are not signed; those of the action that the policy declares are. */
function isAbout(signed: Question, question: Question): boolean {
  return (
    isDeepStrictEqual(coreOf(signed), coreOf(asSigned(question, signed))) &&
    isPartOf(signed.subject.properties, question.subject.properties) &&
    isPartOf(signed.resource.properties, question.resource.properties)
  );
}

/** A place in a register of processing decides nothing: it is signed only where the policy declares it as a property. */
function asSigned(question: Question, signed: Question): Question {
  const { processing_activity_id: activity, ...properties } = question.action.properties ?? {};
  const isDeclared = signed.action.properties?.['processing_activity_id'] !== undefined;
  return activity === undefined || isDeclared ? question : { ...question, action: { ...question.action, properties } };
}

function coreOf({ subject, action, resource, context }: Question): object {
  return {
    subject: [subject.type, subject.id],
    resource: [resource.type, resource.id],
    action: [action.name, { ...action.properties }],
    callId: callOf({ subject, context })?.toLowerCase(),
    purpose: context?.purpose ?? 'advise',
  };
}

function isPartOf(some: Readonly<Record<string, unknown>> = {}, all: Readonly<Record<string, unknown>> = {}): boolean {
  return Object.entries(some).every(([name, value]) => isDeepStrictEqual(value, all[name]));
}
