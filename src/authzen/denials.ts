import { isDeepStrictEqual } from 'node:util';

import { Injectable } from '@nestjs/common';
import { errors } from 'jose';
import type { ClientBase } from 'pg';

import { AuditReader } from '../audit/audit-reader.ts';
import type { CheckRecord } from '../calls/check-record.ts';
import { decisionId } from '../calls/check-record.ts';
import { ChecksService } from '../calls/checks.service.ts';
import { prepareQuestions } from '../calls/questions.ts';
import { Config } from '../config/config.ts';
import { SigningKeys } from '../crypto/signing-keys.ts';
import { AppError } from '../errors.ts';
import { canonicalJson } from '../policy/binding.ts';
import { bindingHash, BOUND_MEMBERS } from './access-request.ts';
import { type EvaluationRequest, isUuid } from './evaluation.ts';
import type { AskedItem } from './submission.ts';

/** What the signed text says of itself. */
const TYPE = 'mandaat-denial+jwt';
/** The one way to resolve a denial: the holder is asked. */
const TEMPLATE = 'holder_confirmation';

/** Milliseconds for which a decision is fresh at the very most: what was recorded before that is over. */
const LONGEST = 600_000;
const OTHER = 'Subject, resource, action or context.call_id are not those that were denied.';

/** A denial as we find it. */
interface Denied {
  readonly id: string;
  readonly until: number;
}

/** What a denial says that can be lifted by a yes. */
export interface RequestableDenial {
  readonly evaluation_id: string;
  readonly evaluated_at: string;
  readonly access_request: {
    readonly template: string;
    readonly expires_at: string;
    readonly binding_token: string;
  };
}

/** What the enforcing side gives back of it. */
export interface PresentedDenial {
  readonly evaluation_id?: string;
  readonly expires_at?: string;
  readonly binding_token?: string;
}

/**
 * Denials that the holder can lift, and the proof of one. A denial leaves nothing behind but its record: what was denied comes back
 * in a token that we signed.
 */
@Injectable()
export class Denials {
  private readonly keys: SigningKeys;
  private readonly issuer: string;
  /** Where requests are made, and whom the tokens are for. */
  readonly endpoint: string;

  constructor(
    config: Config,
    private readonly audit: AuditReader,
    private readonly checks: ChecksService,
  ) {
    this.keys = new SigningKeys(config.decisionKeys);
    this.issuer = config.publicUrl;
    this.endpoint = `${config.publicUrl.replace(/\/$/, '')}/access/v1/requests`;
  }

  /**
   * @param request as it was weighed
   * @param id of the decision, under which the audit has it
   * @param at when it was decided
   * @param until when it is stale
   */
  async requestable(
    request: EvaluationRequest,
    id: string,
    at: number,
    until: number,
  ): Promise<RequestableDenial | null> {
    const expiresAt = wholeSeconds(until);
    if (expiresAt <= at) return null;
    const claims = {
      iss: this.issuer,
      aud: this.endpoint,
      iat: Math.floor(at / 1000),
      exp: expiresAt / 1000,
      jti: id,
      evaluation_id: id,
      binding_context_members: BOUND_MEMBERS,
      binding_hash: bindingHash(request),
    };
    return {
      evaluation_id: id,
      evaluated_at: new Date(at).toISOString(),
      access_request: {
        template: TEMPLATE,
        expires_at: new Date(expiresAt).toISOString(),
        binding_token: await this.keys.sign(canonicalJson(claims), TYPE),
      },
    };
  }

  /**
   * The evaluation that denied exactly this request: by our signature, or without it by our record.
   *
   * @throws AppError `invalid_denial_binding`, `expired_denial`
   */
  async require(item: AskedItem, callId: string, client: ClientBase, now: Date): Promise<string> {
    const { binding_token: token, evaluation_id: named, expires_at: echoed = '' } = item.denial;
    const found =
      token === undefined
        ? await this.recorded(item, named ?? '', callId, client, now)
        : await this.signed(item, token, now);
    const until = Date.parse(echoed);
    if (Math.min(until, found.until) <= now.getTime()) throw expired();
    if (until !== found.until) throw notBound('expires_at is not that of the denial.');
    if (named !== undefined && named !== found.id) throw notBound('evaluation_id is not that of the denial.');
    return found.id;
  }

  private async signed({ weighed }: AskedItem, token: string, now: Date): Promise<Denied> {
    const claims = await this.claimsOf(token, now);
    if (claims['binding_hash'] !== bindingHash(weighed)) throw notBound(OTHER);
    return { id: String(claims['evaluation_id']), until: Number(claims['exp']) * 1000 };
  }

  /** What the record keeps of a question, held against this one. It doesn't know which properties of a request were trusted. */
  private async recorded(
    { weighed, named, asked, policy }: AskedItem,
    id: string,
    callId: string,
    client: ClientBase,
    now: Date,
  ): Promise<Denied> {
    const [checkId = ''] = id.split('.');
    if (id !== decisionId(checkId, 0) || !isUuid(checkId)) throw notBound('Send binding_token or evaluation_id.');
    const found = await this.audit.find(client, [checkId], new Date(now.getTime() - LONGEST));
    const record = found === null ? null : (JSON.parse(found.body) as Partial<CheckRecord>);
    const { facts, asked: was, decisions } = record ?? {};
    const [decision] = decisions ?? [];
    if (facts === undefined || decision?.[1] !== 'ask_holder') throw notBound('There is no such denial.');
    const [prepared] = prepareQuestions(policy, [asked], this.checks.conceal);
    const isSame =
      facts.call.id === callId &&
      facts.contract.id === named.contractId &&
      (named.callerId === undefined || named.callerId === facts.caller.id) &&
      weighed.subject.properties === undefined &&
      weighed.resource.properties === undefined &&
      isDeepStrictEqual(was, [[prepared?.question.action, prepared?.question.properties]]);
    if (!isSame) throw notBound(OTHER);
    return { id, until: wholeSeconds(decision[4]) };
  }

  private async claimsOf(token: string, at: Date): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.keys.verify(token, { type: TYPE, issuer: this.issuer, audience: this.endpoint, at });
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expired();
      if (error instanceof errors.JOSEError) throw notBound('The binding_token is not one of ours.');
      throw error;
    }
  }
}

/** A token knows no finer time. */
function wholeSeconds(time: number): number {
  return Math.floor(time / 1000) * 1000;
}

export function notBound(detail: string): AppError {
  return new AppError('invalid_denial_binding', detail);
}

export function expired(): AppError {
  return new AppError('expired_denial', 'Ask for the decision again, and request on its denial.');
}
