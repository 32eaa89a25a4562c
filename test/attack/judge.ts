import type { Document, Operation } from './document.ts';
import type { Got, Sent } from './wire.ts';
import { CANARY_DIGITS, CANARY_NAME, CANARY_NOTE, CANARY_STREET } from './world.ts';

/** One way in which an answer is not what the document promises. */
export interface Violation {
  /** Same for the same mistake, whatever the request. */
  readonly what: string;
  readonly route: string;
}

/** Routes that the document leaves out on purpose: pages for people, and what operators read. */
const PAGES: Readonly<Record<string, readonly number[]>> = {
  'GET /c/{token}': [200, 400, 404, 413],
  'POST /c/{token}': [200, 303, 400, 404, 413, 415],
  'POST /c/{token}/no': [200, 303, 400, 404, 413, 415],
  'GET /assets/{file}': [200, 400, 404, 413],
  'GET /docs/openapi.json': [200, 400, 404],
  'GET /metrics': [200, 400, 404],
  'GET /demo/inbox': [200, 400],
  'GET /demo/inbox.json': [200, 400],
};

export function pageOperations(): readonly Operation[] {
  return Object.keys(PAGES).map((route) => {
    const [method = '', template = ''] = route.split(' ');
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    return {
      route,
      method,
      template,
      parameters: names.map((name) => ({ name, in: 'path' as const, schema: { type: 'string' } })),
      bodies: {},
      answers: new Map(),
    };
  });
}

/** What is wrong with an answer; empty when it is as documented. */
export function judge(document: Document, sent: Sent, got: Got): readonly Violation[] {
  const found: string[] = [];
  const operation = document.find(sent.method === 'HEAD' ? 'GET' : sent.method, sent.target);
  const page = operation === null ? pageOf(sent) : null;
  const route = operation?.route ?? page ?? 'no route';
  const isProblem = got.headers['content-type']?.startsWith('application/problem+json') === true;
  if (got.status === 0) return [{ what: `no answer: ${got.text}`, route }];
  if (got.status >= 500) found.push(`status ${got.status}`);
  if (got.headers['x-request-id'] === undefined) found.push('no X-Request-Id');
  if (got.headers['x-content-type-options'] !== 'nosniff') found.push('no nosniff');
  if (got.headers['set-cookie'] !== undefined) found.push('a cookie');
  if (operation !== null) found.push(...documentedFaults(document, operation, sent, got));
  else if (page !== null) {
    if (!(PAGES[page] ?? []).includes(got.status)) found.push(`status ${got.status} of a page`);
  } else if (![400, 404, 408, 413, 415].includes(got.status))
    found.push(`status ${got.status} where there is no route`);
  const echo = echoOf(sent);
  const isEcho = echo !== null && got.headers['x-request-id'] === echo;
  if (echo !== null && operation !== null && got.status < 300 && !isEcho) found.push('the id of another request');
  if (isProblem && sent.method !== 'HEAD') found.push(...problemFaults(got, isEcho));
  if (got.status >= 400 && page === null && !isProblem) found.push(`an error of type ${got.headers['content-type']}`);
  // Who is signed in reads about themselves, whatever header they send with it.
  const isForAgent = operation !== null && sent.headers['mandaat-agent'] !== undefined && !route.includes(' /v1/me');
  if ((isProblem || isForAgent) && !isOfPersonRoute(route)) {
    // What agents wrote down comes back to them; a problem repeats nothing.
    const leak = leaksIn(got.text).find((one) => isProblem || one !== CANARY_NOTE);
    if (leak !== undefined) found.push(`personal data: ${leak}`);
  }
  return found.map((what) => ({ what, route }));
}

/** Of the registers themselves, whose job is to tell who somebody is. */
function isOfPersonRoute(route: string): boolean {
  return route.startsWith('GET /v1/people') || route.startsWith('PUT /v1/people');
}

function pageOf({ method, target }: Sent): string | null {
  const [asked = ''] = target.split('?');
  for (const route of Object.keys(PAGES)) {
    const [wanted, template = ''] = route.split(' ');
    const pattern = new RegExp(`^${template.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);
    if ((wanted === method || (wanted === 'GET' && method === 'HEAD')) && pattern.test(asked)) return route;
  }
  return asked.startsWith('/docs') || asked === '/openapi.json' ? 'GET /docs/openapi.json' : null;
}

function documentedFaults(document: Document, operation: Operation, sent: Sent, got: Got): string[] {
  const documented = operation.answers.get(got.status);
  if (documented === undefined) return [`status ${got.status} is not documented`];
  if (sent.method === 'HEAD') return [];
  if (documented.types.length === 0) return got.text === '' ? [] : ['a body that is not documented'];
  const type = got.headers['content-type']?.split(';')[0];
  if (type === undefined || !documented.types.includes(type))
    return [`type ${type}, documented is ${documented.types.join(', ')}`];
  if (!type.endsWith('json')) return [];
  const body = parsed(got.text);
  if (body === undefined) return ['not JSON'];
  if (documented.isRight === null || documented.isRight(body)) return [];
  return (documented.isRight.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `schema: ${instancePath.replaceAll(/\/\d+/g, '/#')} ${message} ${JSON.stringify(params).slice(0, 80)}`,
  );
}

/** What the standard decision API gives back of the client's; null = it makes an id itself, as every other route does. */
function echoOf({ target, headers }: Sent): string | null {
  const given = headers['x-request-id'];
  const id = typeof given === 'string' && target.startsWith('/access/v1/') ? given.trim() : '';
  return /^[\x20-\x7e]{1,200}$/.test(id) ? id : null;
}

function problemFaults(got: Got, isEcho: boolean): string[] {
  const problem = parsed(got.text) as { status?: unknown; requestId?: unknown; code?: unknown } | undefined;
  if (problem === undefined) return ['a problem that is not JSON'];
  return [
    ...(problem.status === got.status ? [] : ['a problem of another status']),
    // In the log it is ours, whatever the header gives back.
    ...(isEcho || problem.requestId === got.headers['x-request-id'] ? [] : ['a problem of another request']),
    ...(got.headers['cache-control'] === 'no-store' ? [] : ['a problem that may be kept']),
    ...(got.headers['etag'] === undefined ? [] : ['a problem with an ETag']),
  ];
}

/** Which pieces of personal data of this run a text holds. */
export function leaksIn(text: string): readonly string[] {
  // As somebody might write a number: the digits of two fields of a line are not one.
  const numbers = [...text.matchAll(/\d(?:[^\da-z":{},]{0,3}\d)+/gi)].map(([written]) => written.replaceAll(/\D/g, ''));
  const lower = text.toLowerCase();
  const words = [CANARY_NAME, CANARY_STREET, CANARY_NOTE].filter((word) => lower.includes(word.toLowerCase()));
  return [...words, ...CANARY_DIGITS.filter((digits) => numbers.some((number) => number.includes(digits)))];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
