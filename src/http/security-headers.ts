import helmet from '@fastify/helmet';
import { fastify } from 'fastify';

type Headers = Readonly<Record<string, string>>;

export interface SecurityHeaders {
  readonly everywhere: Headers;
  /** Swagger UI puts styles and small pictures into its page: looser there, and only there. */
  readonly docs: Headers;
  /** The desk may stand in a frame on the pages of the organisation's own CRM. */
  readonly desk: Headers;
}

/**
 * What keeps browsers from guessing, framing and telling. Helmet works it out, once: asked anew for every request it took
 * as long as all the rest of a small one.
 *
 * @param isHttps whether this is reached by https: then browsers are told never to try anything else
 * @param frameOrigins whose pages may show the desk in a frame
 * @param exitUrl where the form leads by which somebody leaves at once: browsers follow no other form to another site
 */
export async function securityHeaders(
  isHttps: boolean,
  exitUrl: string,
  frameOrigins: readonly string[],
): Promise<SecurityHeaders> {
  const directives = {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'", new URL(exitUrl).origin],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
  };
  const once = fastify();
  await once.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    // About plug-ins and browsers that are gone.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    xDnsPrefetchControl: false,
  });
  const docs = { ...directives, styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'] };
  const isFramed = frameOrigins.length > 0;
  const desk = { ...directives, formAction: ["'self'"], ...(isFramed ? { frameAncestors: [...frameOrigins] } : {}) };
  once.get('/', () => '');
  // The older header knows no list: where there is one, it would forbid everybody.
  once.get(
    '/desk',
    {
      helmet: {
        contentSecurityPolicy: { useDefaults: false, directives: desk },
        ...(isFramed ? { frameguard: false } : {}),
      },
    },
    () => '',
  );
  once.get('/docs', { helmet: { contentSecurityPolicy: { useDefaults: false, directives: docs } } }, () => '');
  const headers = { everywhere: await headersOf('/'), docs: await headersOf('/docs'), desk: await headersOf('/desk') };
  await once.close();
  return headers;

  async function headersOf(path: string): Promise<Headers> {
    const answer = await once.inject(path);
    const wanted = Object.entries(answer.headers).filter(([name]) => !OF_THE_ANSWER.has(name));
    return Object.fromEntries(wanted.map(([name, value]) => [name, String(value)]));
  }
}

const OF_THE_ANSWER = new Set(['content-type', 'content-length', 'date', 'connection']);
