import type { Trace } from '../calls/check-record.ts';
import { AppError } from '../errors.ts';
import { CHANNELS, type Channel, PURPOSES, type Purpose } from '../policy/vocabulary.ts';

/** An entity as a system names it. */
export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

export interface EvaluationRequest {
  readonly subject: Entity;
  readonly action: { readonly name: string; readonly properties?: Readonly<Record<string, unknown>> | undefined };
  readonly resource: Entity;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** Whoever is on the line, by the call's id. */
export const CALLER = 'caller';

/** The members of a context that mean something here. */
export interface Context {
  /** Null: outside a call. */
  readonly callId: string | null;
  readonly purpose: Purpose;
  /** Types of obligations that the asking side can perform; null = it doesn't say. */
  readonly supported: readonly unknown[] | null;
  /** The answer is to be signed. */
  readonly isSigned: boolean;
  /** What it says to be approved by; undefined = nothing. Nothing of it is believed. */
  readonly approval?: unknown;
}

/** In any case of its letters. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws AppError `validation_failed` */
export function contextOf(subject: Entity | null, context: Readonly<Record<string, unknown>> = {}): Context {
  const {
    call_id: named = null,
    purpose = 'advise',
    supported_obligations: supported = null,
    sign = false,
    approval,
  } = context;
  const onTheLine = subject?.type === CALLER ? subject.id : null;
  const callId = named ?? onTheLine;
  if (callId !== null && (typeof callId !== 'string' || !isUuid(callId))) {
    throw fault('/context/call_id', 'Give the id of an open call, a UUID.');
  }
  if (onTheLine !== null && callId !== onTheLine) {
    throw fault('/subject/id', 'A subject of type caller is named by the id of the call in context.call_id.');
  }
  const known = PURPOSES.find((one) => one === purpose);
  if (known === undefined) throw fault('/context/purpose', `Give one of ${PURPOSES.join(', ')}.`);
  if (supported !== null && !Array.isArray(supported)) {
    throw fault('/context/supported_obligations', 'Give a list of types of obligations.');
  }
  if (typeof sign !== 'boolean') throw fault('/context/sign', 'Give true or false.');
  return { callId: callId?.toLowerCase() ?? null, purpose: known, supported, isSigned: sign, approval };
}

/** https://www.w3.org/TR/trace-context/: version, trace, parent, flags. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** A name or an address in a register. No blanks, so that nobody is described in it. */
const ACTIVITY = /^[\w.:/#~-]{1,200}$/;

/** What the asking side knows the question by, for the record; undefined = nothing. What has another form is ignored, as any unknown member. */
export function traceOf(
  action: EvaluationRequest['action'] | null,
  context: EvaluationRequest['context'],
): Trace | undefined {
  const { traceparent } = context ?? {};
  const { processing_activity_id: activity } = action?.properties ?? {};
  const trace = {
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
    ...(typeof activity === 'string' && ACTIVITY.test(activity) ? { processingActivityId: activity } : {}),
  };
  return Object.keys(trace).length === 0 ? undefined : trace;
}

/** The channel that the action names; null = none. @throws AppError `validation_failed` */
export function channelOf(properties: Readonly<Record<string, unknown>> = {}): Channel | null {
  const { channel = null } = properties;
  if (channel === null) return null;
  const known = CHANNELS.find((one) => one === channel);
  if (known === undefined) throw fault('/action/properties/channel', `Give one of ${CHANNELS.join(', ')}.`);
  return known;
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function fault(pointer: string, detail: string): AppError {
  return new AppError('validation_failed', detail, { faults: [{ pointer, detail }] });
}
