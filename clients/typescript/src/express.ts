import type { Request, RequestHandler } from 'express';

import type { Answer } from './decisions.ts';
import { type Enforcement, enforceRequest, type RequiredQuestion } from './enforce.ts';

const permits = new WeakMap<Request, Answer>();

/**
 * Lets a request through that the service permits, and no other:
 *
 *     app.post('/contracts/:ref/end', requireAction(enforcement, 'contract.terminate', questionOf), endContract);
 *
 * A refusal is a problem document: 403 with the decision, 503 where nobody could decide. A question that can't be made of
 * the request is a 503 too, and told to `onFailure`. The header `Idempotency-Key` is passed on.
 *
 * @param questionOf who asks for what, out of the request; never out of what the caller may write, such as a role
 */
export function requireAction(
  enforcement: Enforcement,
  action: string,
  questionOf: (request: Request) => RequiredQuestion | Promise<RequiredQuestion>,
  onFailure: (error: unknown) => void = () => {},
): RequestHandler {
  return async (request, response, next) => {
    const enforced = await enforceRequest(enforcement, action, () => questionOf(request), request, onFailure);
    if (enforced.isPermitted) {
      permits.set(request, enforced.answer);
      next();
      return;
    }
    response.status(enforced.refusal.status).type('application/problem+json').send(JSON.stringify(enforced.refusal));
  };
}

/** What the request was permitted with: the decision's id for the system's own log, its obligations. */
export function permitOf(request: Request): Answer | undefined {
  return permits.get(request);
}
