import type { FastifyReply, FastifyRequest } from 'fastify';

import { AppError } from '../errors.ts';
import type { Cookies } from '../pages/cookies.ts';
import type { AskedSignIn, SignInAttempt } from './sign-in.service.ts';

/** Seconds that a browser keeps which code it asked for. Longer than any code lives. */
const ASKED_FOR = 30 * 60;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Which code this browser asked for, and until when it works. */
export interface Asked {
  readonly id: string;
  readonly until: Date;
}

export function keepAsked(cookies: Cookies, reply: FastifyReply, { id, expiresAt }: AskedSignIn): void {
  cookies.set(reply, 'sign-in', `${id}.${expiresAt.getTime()}`, ASKED_FOR);
}

/** Null when it asked for none. */
export function askedBy(cookies: Cookies, request: FastifyRequest): Asked | null {
  const [id = '', at = ''] = cookies.get(request, 'sign-in')?.split('.') ?? [];
  const until = new Date(Number(at));
  return UUID.test(id) && !Number.isNaN(until.getTime()) ? { id, until } : null;
}

/** On a page a sign-in that is gone is as over as one whose tries are. */
export async function attemptOnPage(attempt: Promise<SignInAttempt>): Promise<SignInAttempt> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'invalid_state')) {
      return { accepted: false, triesLeft: 0 };
    }
    throw error;
  }
}

/** What a page of a code says of a try that was not accepted. */
export function faultOfTry({
  triesLeft,
}: {
  readonly triesLeft: number;
}): { readonly is: 'over' } | { readonly is: 'wrong'; readonly triesLeft: number } {
  return triesLeft === 0 ? { is: 'over' } : { is: 'wrong', triesLeft };
}
