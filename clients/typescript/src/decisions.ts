import type { MandaatClient } from './client.ts';
import type { components } from './schema.ts';

type Schemas = components['schemas'];

/** Whom, what and in which call: the words of OpenID AuthZEN, see `docs/authzen.md`. */
export interface Question {
  /** `person`, `organisation` or `software` by the CRM's reference; or `caller` by the call's id. */
  readonly subject: Schemas['IdentifiedEntity'];
  readonly action: Schemas['NamedAction'];
  readonly resource: Schemas['IdentifiedEntity'];
  readonly context?: {
    readonly call_id?: string;
    /** `advise`: may it be done? `execute`: it is being done now: decided again, recorded, confirmations used up. */
    readonly purpose?: 'advise' | 'execute';
    readonly supported_obligations?: readonly string[];
    readonly sign?: boolean;
    /** Of the request in which this is asked: kept with the record of the decision. */
    readonly traceparent?: string;
  };
}

/** In which call a question is; undefined = in none. */
export function callOf({ subject, context }: Pick<Question, 'subject' | 'context'>): string | undefined {
  return context?.call_id ?? (subject.type === 'caller' ? subject.id : undefined);
}

export type Obligation = Schemas['AuthzenObligation'];

/** What the service answered, as far as an enforcing system reads it. */
export interface Answer {
  /** The decision's own id; absent where the question could not be weighed. */
  readonly id?: string;
  readonly outcome?: string;
  readonly reason?: string;
  /** For the caller, in their language. */
  readonly sentence?: string;
  readonly next_steps?: readonly { readonly type: string }[];
  readonly valid_until?: string;
  readonly obligations?: readonly Obligation[];
  readonly signature?: string;
  readonly error?: { readonly status: number; readonly message: string };
}

/** There are three: a permit is only what the service called one, in so many words. */
export type Decision =
  | {
      readonly kind: 'permit';
      readonly answer: Answer;
      /** It was done under the same idempotency key before, and is told again: not to be done once more. */
      readonly isReplayed: boolean;
    }
  | { readonly kind: 'deny'; readonly answer: Answer }
  /** Nobody decided: the service was not reached, failed, or said something else. Never a permit. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

export interface EvaluateOptions {
  /** For `execute`: what a repetition of this request has in common with it. It is done once. */
  readonly idempotencyKey?: string;
  /** A place in the change feed that the answer must have seen. */
  readonly atLeast?: string;
}

/** Asks, and fails closed: whatever goes wrong is told as `unavailable`, nothing is thrown and nothing permitted. */
export async function evaluate(
  mandaat: MandaatClient,
  question: Question,
  { idempotencyKey, atLeast }: EvaluateOptions = {},
): Promise<Decision> {
  try {
    const { data, error, response } = await mandaat.POST('/access/v1/evaluation', {
      body: { ...question, context: { ...question.context } },
      headers: {
        ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
        ...(atLeast === undefined ? {} : { 'Mandaat-At-Least': atLeast }),
      },
    });
    if (data === undefined) return { kind: 'unavailable', cause: error };
    return decisionOf(data, response.headers.has('Idempotency-Replayed'));
  } catch (cause) {
    return { kind: 'unavailable', cause };
  }
}

/**
 * Reports what became of an obligation that came with something that was done. The same report again changes nothing.
 *
 * @param obligationId as it came with the permit
 * @returns whether the service has it; nothing is thrown
 */
export async function reportObligation(
  mandaat: MandaatClient,
  callId: string,
  obligationId: string,
  status: 'done' | 'failed',
  note?: string,
): Promise<boolean> {
  try {
    const { response } = await mandaat.POST('/v1/calls/{call_id}/receipts', {
      params: { path: { call_id: callId } },
      body: { obligation_id: obligationId, status, ...(note === undefined ? {} : { note }) },
    });
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * Those of these obligations that nobody has reported done.
 *
 * @param all as they came with something that was done
 * @returns all of them where the service could not say; nothing is thrown
 */
export async function stillOwed(
  mandaat: MandaatClient,
  callId: string,
  all: readonly Obligation[],
): Promise<readonly Obligation[]> {
  if (all.length === 0) return all;
  try {
    const { data } = await mandaat.GET('/v1/calls/{call_id}/obligations', { params: { path: { call_id: callId } } });
    const done = data?.obligations.filter(({ status }) => status === 'done').map(({ id }) => id) ?? [];
    return all.filter(({ id }) => !done.includes(id));
  } catch {
    return all;
  }
}

function decisionOf(data: unknown, isReplayed: boolean): Decision {
  const { decision, context } = isObject(data) ? data : {};
  const answer: Answer = isObject(context) ? context : {};
  if (decision === false) return { kind: 'deny', answer };
  // A permit that says of itself that something was wrong, or that is over, is none.
  const isOver = typeof answer.valid_until === 'string' && Date.parse(answer.valid_until) <= Date.now();
  if (decision === true && answer.outcome === 'permit' && answer.error === undefined && !isOver) {
    return { kind: 'permit', answer, isReplayed };
  }
  return { kind: 'unavailable', cause: new Error('The answer is no decision.') };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
