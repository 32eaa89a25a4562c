import { AppError } from '../errors.ts';
import { RequestValidationPipe } from '../http/validation.pipe.ts';
import { EvaluationRequest, type EvaluationsRequest } from './authzen.dto.ts';

const pipe = new RequestValidationPipe(true);

/** Each evaluation with the defaults in the places that it leaves open; or what is wrong with it. */
export function readEvaluations(request: EvaluationsRequest): Promise<readonly (EvaluationRequest | AppError)[]> {
  const { subject, action, resource, context, evaluations = [] } = request;
  const defaults = { subject, action, resource, context };
  return Promise.all(evaluations.map((one) => readOne(defaults, one)));
}

/** The request as one question, where it has no evaluations. @throws AppError `validation_failed` */
export async function readSingle({
  subject,
  action,
  resource,
  context,
}: EvaluationsRequest): Promise<EvaluationRequest> {
  return (await pipe.transform(withoutGaps({ subject, action, resource, context }), AS_ONE)) as EvaluationRequest;
}

const AS_ONE = { type: 'body', metatype: EvaluationRequest } as const;

async function readOne(defaults: object, one: unknown): Promise<EvaluationRequest | AppError> {
  if (typeof one !== 'object' || one === null || Array.isArray(one)) {
    return new AppError('validation_failed', 'An evaluation is an object.');
  }
  try {
    return (await pipe.transform(withoutGaps({ ...defaults, ...one }), AS_ONE)) as EvaluationRequest;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function withoutGaps(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Doing is repeated from memory, asking never. */
export function isExecution(body: unknown): boolean {
  const context = memberOf(body, 'context');
  return memberOf(context, 'purpose') === 'execute';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? value[name as keyof typeof value] : undefined;
}
