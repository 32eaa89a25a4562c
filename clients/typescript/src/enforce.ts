import type { MandaatClient } from './client.ts';
import {
  type Answer,
  callOf,
  evaluate,
  type Obligation,
  type Question,
  reportObligation,
  stillOwed,
} from './decisions.ts';

/** Does what a permit asks for, before the action is done. Throws, or rejects, when it could not. */
export type Performer = (obligation: Obligation) => unknown;

/** How a system enforces. */
export interface Enforcement {
  readonly mandaat: MandaatClient;
  /**
   * What this system can do of what a permit may ask for: by the `name` of a custom obligation, or by its type. A permit with
   * another one is refused by the service: some things are permitted for nothing but what comes with them. Left out: none.
   */
  readonly obligations?: Readonly<Record<string, Performer>>;
}

/** Why a request does not get through, as a problem document (RFC 9457). */
export interface Refusal {
  readonly type: 'about:blank';
  readonly status: 403 | 409 | 503;
  readonly title: string;
  readonly code: 'not_permitted' | 'done_before' | 'no_decision' | 'obligation_failed';
  readonly detail: string;
  /** The service's own answer, with the sentence for the caller and the next steps. */
  readonly decision?: Answer;
  /**
   * With `done_before`: what came with it and was not reported done, because the answer to the first request got lost, perhaps. The
   * service waits for it: see to it and report it with `reportObligation`.
   */
  readonly owed?: readonly Obligation[];
}

/** Which request is in whose name; the action comes from where it is required. */
export type RequiredQuestion = Omit<Question, 'action'> & {
  readonly properties?: Record<string, unknown>;
  /** A place in the change feed, or the id of a webhook's message, that the answer must have seen. */
  readonly atLeast?: string;
};

export type Enforced =
  | {
      readonly isPermitted: true;
      readonly answer: Answer;
      /** Carried out, and the service could not be told: report them again, or it waits for them. */
      readonly unreported: readonly Obligation[];
    }
  | { readonly isPermitted: false; readonly refusal: Refusal };

/**
 * Asks, carries out what the permit asks for, and reports that it was done, or could not be. Whatever goes wrong is a refusal.
 *
 * Asked with the purpose `execute` unless the question says otherwise: a permit is for now, recorded, and used up.
 */
export async function enforce(
  { mandaat, obligations = {} }: Enforcement,
  action: string,
  { properties, context, atLeast, ...question }: RequiredQuestion,
  idempotencyKey?: string,
): Promise<Enforced> {
  const decision = await evaluate(
    mandaat,
    {
      ...question,
      action: { name: action, ...(properties === undefined ? {} : { properties }) },
      context: {
        purpose: 'execute',
        supported_obligations: Object.keys(obligations),
        ...context,
      },
    },
    {
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(atLeast === undefined ? {} : { atLeast }),
    },
  );
  if (decision.kind === 'unavailable') {
    return refused(503, 'no_decision', 'Nobody could decide this now, so it is not done. Try again.');
  }
  const { answer } = decision;
  if (decision.kind === 'deny') {
    const detail = answer.error?.message ?? answer.sentence ?? 'This is not permitted now.';
    return refused(403, 'not_permitted', detail, answer);
  }
  // Advice owes nothing: there is nothing to report of it.
  const callId = context?.purpose === 'advise' ? undefined : callOf({ ...question, context });
  if (decision.isReplayed) {
    const all = answer.obligations ?? [];
    const owed = callId === undefined ? all : await stillOwed(mandaat, callId, all);
    return refused(409, 'done_before', 'This was done before, under the same Idempotency-Key.', answer, owed);
  }
  const report = async ({ id }: Obligation, status: 'done' | 'failed'): Promise<boolean> =>
    callId === undefined || (await reportObligation(mandaat, callId, id, status));
  const unreported: Obligation[] = [];
  for (const obligation of answer.obligations ?? []) {
    try {
      await performerOf(obligation, obligations)(obligation);
    } catch {
      await report(obligation, 'failed');
      return refused(503, 'obligation_failed', `What has to come with it failed: ${nameOf(obligation)}.`, answer);
    }
    if (!(await report(obligation, 'done'))) unreported.push(obligation);
  }
  return { isPermitted: true, answer, unreported };
}

/** Of any framework whose requests have headers as Node has them. */
export async function enforceRequest(
  enforcement: Enforcement,
  action: string,
  questionOf: () => RequiredQuestion | Promise<RequiredQuestion>,
  { headers }: { readonly headers: Readonly<Record<string, string | string[] | undefined>> },
  onFailure: (error: unknown) => void,
): Promise<Enforced> {
  try {
    const { 'idempotency-key': key } = headers;
    return await enforce(enforcement, action, await questionOf(), typeof key === 'string' ? key : undefined);
  } catch (error) {
    onFailure(error);
    const detail = 'What to ask could not be told from this request, so it is not done.';
    const refusal = { type: 'about:blank', status: 503, title: 'No decision', code: 'no_decision', detail } as const;
    return { isPermitted: false, refusal };
  }
}

function performerOf(obligation: Obligation, performers: Readonly<Record<string, Performer>>): Performer {
  const performer = [nameOf(obligation), obligation.type].find((name) => Object.hasOwn(performers, name));
  if (performer === undefined) throw new Error('nobody performs it');
  return performers[performer] as Performer;
}

/** A custom obligation goes by its own name. */
function nameOf({ type, properties }: Obligation): string {
  return typeof properties['name'] === 'string' ? properties['name'] : type;
}

const TITLES = { 403: 'Not permitted', 409: 'Done before', 503: 'No decision' } as const;

function refused(
  status: Refusal['status'],
  code: Refusal['code'],
  detail: string,
  decision?: Answer,
  owed?: readonly Obligation[],
): Enforced {
  const refusal: Refusal = {
    type: 'about:blank',
    status,
    title: TITLES[status],
    code,
    detail,
    ...(decision === undefined ? {} : { decision }),
    ...(owed === undefined ? {} : { owed }),
  };
  return { isPermitted: false, refusal };
}
