import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { LANGUAGES, type Language } from '../policy/vocabulary.ts';

/** The language that a client asks for by `Accept-Language`; `otherwise` when it asks for none that we speak. */
export function preferredLanguage(acceptLanguage: string | undefined, otherwise: Language): Language {
  if (acceptLanguage === undefined) return otherwise;
  const [best] = new Negotiator({ headers: { 'accept-language': acceptLanguage } }).languages([
    otherwise,
    ...LANGUAGES,
  ]);
  return LANGUAGES.find((language) => language === best) ?? otherwise;
}

/** The language in which a client of the API reads; Dutch when it asks for none that we speak. */
export const AskedLanguage = createParamDecorator((_: unknown, context: ExecutionContext): Language => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return preferredLanguage(headers['accept-language'], 'nl');
});
