import { Injectable } from '@nestjs/common';

import { Config } from '../config/config.ts';
import { SigningKeys } from '../crypto/signing-keys.ts';
import { canonicalJson, type Json } from '../policy/binding.ts';
import type { Context, EvaluationRequest } from './evaluation.ts';
import type { Evaluated } from './evaluations.service.ts';

/** What the signed text says of itself. */
const TYPE = 'mandaat-decision+jwt';

/**
 * Decisions that can be shown to somebody else: what was asked and what was answered, as claims in canonical JSON (RFC 8785)
 * under an Ed25519 signature (JWS). A permit is no bearer right, signed or not: it says what was decided, until when.
 */
@Injectable()
export class SignedDecisions {
  private readonly keys: SigningKeys;

  constructor(private readonly config: Config) {
    this.keys = new SigningKeys(config.decisionKeys);
  }

  /** The public halves, as a JWK set. */
  get jwks(): SigningKeys['jwks'] {
    return this.keys.jwks;
  }

  /**
   * The same answer with its signature. What could not be weighed was not decided, and stays as it is.
   *
   * @param request as it was weighed
   * @param ignored what was sent and counted for nothing, by place and name alone: who verifies tells it from what was left out
   */
  async sign(
    request: EvaluationRequest,
    ignored: readonly string[],
    { callId, purpose }: Context,
    answer: Evaluated,
  ): Promise<Evaluated> {
    const { id, decided_at: decidedAt, valid_until: validUntil } = answer.context;
    if (typeof id !== 'string' || typeof decidedAt !== 'string' || typeof validUntil !== 'string') return answer;
    const { subject, action, resource } = request;
    const context = { ...(callId === null ? {} : { call_id: callId }), purpose };
    const claims = {
      iss: this.config.publicUrl,
      jti: id,
      iat: seconds(decidedAt),
      exp: seconds(validUntil),
      request: { subject, action, resource, context },
      ignored,
      ...answer,
    };
    // What goes over the wire: members that are left out, and class instances as plain objects.
    const plain = JSON.parse(JSON.stringify(claims)) as Json;
    const signature = await this.keys.sign(canonicalJson(plain), TYPE);
    return { ...answer, context: { ...answer.context, signature } };
  }
}

function seconds(moment: string): number {
  return Math.floor(Date.parse(moment) / 1000);
}
