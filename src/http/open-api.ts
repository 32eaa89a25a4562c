import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance, onSendHookHandler } from 'fastify';
import { ERROR_CODES } from '../errors.ts';
import { describeForms } from './open-api-forms.ts';
import { PROBLEM_TYPE, PROBLEMS } from './problem.filter.ts';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Responses = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>;

const STAFF_TOKEN =
  'Where the organisation has set up its sign-in service (OIDC_ISSUER): an access token that a registered agent got for ' +
  'this service (RFC 9068). It says who acts, so Mandaat-Agent is left out. Its roles say which scope it has.';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/**
 * The OpenAPI 3.1 document of every route. Complete only from compiled code: the compiler plugin is what reads the
 * comments and types of the `*.dto.ts` and `*.controller.ts` files.
 */
export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const description =
    'Call-time authority for a customer-service desk: who may have what done on whose contract, right now, and what has ' +
    'to happen first. A refusal is an answer (200 with a decision); errors are for broken requests.';
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Mandaat')
    .setDescription(description)
    .setVersion('1')
    .setLicense('EUPL-1.2', 'https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'mdt_<environment>_<id>_<secret>_<checksum>' })
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: STAFF_TOKEN }, 'staff')
    .build();
  describeForms();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Fault: faultSchema, Problem: problemSchema },
    responses: { ...document.components?.responses, ...problemResponses() },
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      operation.parameters &&= withoutDoubles(operation.parameters);
      operation.responses = { ...operation.responses, ...problemsOf(path, method, operation) };
      // Said of every operation, so that nobody takes a forgotten one for an open one.
      operation.security ??= [];
      // Either will do; which roles may use what is for each deployment to say.
      if (operation.security.length > 0) operation.security = [...operation.security, { staff: [] }];
    }
  }
  return document;
}

/** Swagger UI at `/docs`, and the document itself at `/docs/openapi.json`; made when somebody first asks. */
export function serveDocs(app: INestApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
  // Before its routes are made: each of them gets it, and no other.
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/docs' || route.url.startsWith('/docs/')) route.onSend = nameCharset;
  });
  SwaggerModule.setup('docs', app, () => buildOpenApi(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Mandaat API',
  });
}

/** Swagger UI leaves it out of its page and of the script that starts it. */
const nameCharset: onSendHookHandler = (_request, reply, payload, done) => {
  const type = reply.getHeader('content-type');
  if (type === 'text/html' || type === 'application/javascript') void reply.type(`${type}; charset=utf-8`);
  done(null, payload);
};

/** `AgentsController`, `put` → `agentsPut`: what a generated client calls the operation. */
export function operationIdFactory(controller: string, method: string): string {
  const room = controller.replace(/Controller$/, '');
  return `${room.charAt(0).toLowerCase()}${room.slice(1)}${method.charAt(0).toUpperCase()}${method.slice(1)}`;
}

/** Which errors this operation can answer with, from what it takes. */
function problemsOf(path: string, method: (typeof METHODS)[number], operation: Operation): Responses {
  const parameters = (operation.parameters ?? []).flatMap((parameter) => ('in' in parameter ? [parameter] : []));
  const takes = (name: string): boolean => parameters.some((parameter) => parameter.name.toLowerCase() === name);
  const isSecured = (operation.security ?? []).length > 0;
  const statuses = [
    // Whatever the route: a query may have a forbidden name, an address a NUL or no end, and a body may come unasked.
    400,
    413,
    415,
    ...(isSecured ? [401, 403] : []),
    ...(path.includes('{') ? [404] : []),
    ...(isSecured && method !== 'get' ? [409] : []),
    ...(takes('if-match') ? [412, 428] : []),
    ...(method === 'get' ? [] : [408]),
    ...(takes('idempotency-key') ? [422] : []),
    429,
    500,
    503,
  ];
  // Named at the route itself, where the rules above can't know it: said in full here.
  const named = Object.keys(operation.responses)
    .map(Number)
    .filter((status) => status >= 400);
  return Object.fromEntries(
    [...new Set([...statuses, ...named])].map((status) => [
      status,
      { $ref: `#/components/responses/Problem${status}` },
    ]),
  );
}

/** A header that is read and described is told twice, the first time as if it were required; the description stays. */
function withoutDoubles(parameters: NonNullable<Operation['parameters']>): NonNullable<Operation['parameters']> {
  const nameOf = (parameter: (typeof parameters)[number]): string =>
    'in' in parameter ? `${parameter.in} ${parameter.name.toLowerCase()}` : parameter.$ref;
  return parameters.filter(
    (parameter, at) => !parameters.slice(at + 1).some((other) => nameOf(other) === nameOf(parameter)),
  );
}

function problemResponses(): Responses {
  const statuses = [...new Set(ERROR_CODES.map((code) => PROBLEMS[code].status))].toSorted((one, two) => one - two);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = ERROR_CODES.filter((code) => PROBLEMS[code].status === status);
      const description = codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' ');
      return [
        `Problem${status}`,
        { description, content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } } },
      ];
    }),
  );
}

const faultSchema = {
  type: 'object',
  description: 'One fault in a request.',
  required: ['pointer', 'detail'],
  properties: {
    pointer: { type: 'string', description: 'JSON pointer to the place in the request.' },
    detail: { type: 'string', description: 'What is wrong, and what would be right.' },
  },
};

const problemSchema = {
  type: 'object',
  description: 'A problem (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: {
      type: 'string',
      format: 'uri',
      description: '`urn:mandaat:problem:` and the code; for access requests the address of their profile.',
    },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    code: { type: 'string', enum: [...ERROR_CODES], description: 'What a program decides by.' },
    requestId: {
      type: 'string',
      description:
        'Name it when you ask us about it. It is the `X-Request-Id` of the answer; below `/access/v1` that header gives back ' +
        'your own as it came, and this is ours.',
    },
    errors: { type: 'array', items: { $ref: '#/components/schemas/Fault' } },
  },
};
