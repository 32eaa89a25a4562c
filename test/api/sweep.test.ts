import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';

import { KEY_SCOPES, type KeyScope, PRINCIPAL_SCOPES, type PrincipalScope } from '../../src/auth/principal.ts';
import { buildOpenApi } from '../../src/http/open-api.ts';
import { StaffSessions } from '../../src/staff/staff-sessions.service.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { isOf } from '../browser/screens.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { PAGES } from '../support/pages.ts';
import { type PlainBrowser, Visitor } from '../support/visitor.ts';

/**
 * Who may use which route. Written down a second time on purpose: a route that is missing here, or whose scopes change,
 * fails until somebody says that it is meant.
 */
const ACCESS: Readonly<Record<string, 'public' | readonly PrincipalScope[]>> = {
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': 'public',
  'GET /assets/{file}': 'public',
  'GET /v1/audit/checkpoint-keys': 'public',
  'GET /v1/audit/records/{record_id}/proof': ['privacy'],
  'GET /demo/inbox': 'public',
  'GET /demo/inbox.json': 'public',
  'GET /demo/inbox/{message_id}/letter.pdf': 'public',
  'GET /demo/sign-in/{id}/{code}': 'public',
  'GET /c/{token}': 'public',
  'POST /c/{token}': 'public',
  'POST /c/{token}/no': 'public',
  'POST /portal/leave': 'public',
  'PUT /v1/agents/{agent_ref}': ['admin'],
  'GET /v1/agents/{agent_ref}': ['admin'],
  'POST /v1/agents/{agent_ref}/shut-out': ['admin'],
  'POST /v1/agents/{agent_ref}/attestations': ['admin'],
  'GET /v1/agents/{agent_ref}/attestations': ['admin'],
  'DELETE /v1/agents/{agent_ref}/attestations/{attestation_id}': ['admin'],
  'GET /v1/attestations/expiring': ['admin'],
  'GET /v1/agents/me/log': ['agent', 'crm'],
  'GET /v1/agents/me/log/{call_id}': ['agent', 'crm'],
  'POST /v1/keys/{key_id}/revoke': ['admin'],
  'POST /v1/canaries': ['admin'],
  'GET /v1/canaries': ['admin'],
  'DELETE /v1/canaries/{id}': ['admin'],
  'GET /v1/canary-alarms': ['privacy'],
  'POST /v1/canary-alarms/{id}/close': ['privacy'],
  'GET /v1/leaver-alarms': ['privacy'],
  'POST /v1/unmaskings': ['privacy'],
  'GET /v1/unmaskings': ['privacy'],
  'GET /v1/unmaskings/{id}': ['privacy'],
  'POST /v1/unmaskings/{id}/approve': ['privacy'],
  'POST /v1/unmaskings/{id}/reject': ['privacy'],
  'POST /v1/leaver-alarms/{id}/close': ['privacy'],
  'PUT /v1/people/{crm_ref}': ['crm', 'admin'],
  'GET /v1/people/{crm_ref}': ['crm', 'admin', 'privacy'],
  'GET /v1/people/{crm_ref}/contact-points/history': ['crm', 'admin', 'privacy'],
  'POST /v1/people/{crm_ref}/sign-out': ['crm', 'admin'],
  'POST /v1/people/{crm_ref}/authenticator': ['crm'],
  'DELETE /v1/people/{crm_ref}/authenticator': ['crm'],
  'POST /v1/people/{crm_ref}/authenticator/confirmation': ['crm'],
  'PUT /v1/contracts/{contract_ref}': ['crm', 'admin'],
  'GET /v1/contracts/{contract_ref}': ['crm', 'admin'],
  'POST /v1/imports': ['crm', 'admin'],
  'POST /v1/policies': ['admin'],
  'POST /v1/policies/check': ['admin'],
  'POST /v1/policies/dry-run': ['admin'],
  'GET /v1/policy-activations': ['admin'],
  'POST /v1/policy-activations': ['admin'],
  'DELETE /v1/policy-activations/{activation_id}': ['admin'],
  'GET /v1/policies/current': ['agent', 'crm', 'admin'],
  'GET /v1/policies/{hash}': ['agent', 'crm', 'admin'],
  'POST /v1/mandates': ['agent', 'crm', 'admin'],
  'GET /v1/mandates': ['crm', 'admin', 'privacy'],
  'GET /v1/mandates/{id}': ['crm', 'admin', 'privacy'],
  'PATCH /v1/mandates/{id}': ['agent', 'crm', 'admin'],
  'POST /v1/mandates/{id}/withdraw': ['agent', 'crm'],
  'POST /v1/mandates/{id}/renounce': ['agent', 'crm'],
  'POST /v1/mandates/{id}/refuse': ['crm', 'admin'],
  'POST /v1/mandates/{id}/suspend': ['agent', 'crm'],
  'POST /v1/mandates/{id}/resume': ['crm'],
  'POST /v1/mandates/{id}/confirmations': ['agent', 'crm'],
  'POST /v1/mandates/{id}/acceptance': ['agent', 'crm'],
  'POST /v1/mandates/{id}/invitation': ['agent', 'crm'],
  'POST /v1/blocks': ['crm'],
  'GET /v1/blocks': ['crm', 'privacy'],
  'DELETE /v1/blocks/{id}': ['crm'],
  'GET /.well-known/authzen-configuration': 'public',
  'GET /.well-known/jwks.json': 'public',
  'POST /access/v1/evaluation': ['agent', 'crm'],
  'POST /access/v1/evaluations': ['agent', 'crm'],
  'POST /access/v1/requests': ['agent', 'crm'],
  'GET /access/v1/requests/{request_id}': ['agent', 'crm'],
  'POST /access/v1/requests/{request_id}/cancel': ['agent', 'crm'],
  'POST /access/v1/search/action': ['agent', 'crm'],
  'POST /access/v1/search/resource': ['crm'],
  'POST /access/v1/search/subject': ['crm'],
  'POST /v1/calls': ['agent', 'crm'],
  'GET /v1/changes': ['crm'],
  'POST /v1/webhooks': ['admin'],
  'GET /v1/webhooks': ['admin'],
  'GET /v1/webhooks/{id}': ['admin'],
  'PATCH /v1/webhooks/{id}': ['admin'],
  'DELETE /v1/webhooks/{id}': ['admin'],
  'POST /v1/webhooks/{id}/rotate': ['admin'],
  'POST /v1/webhooks/{id}/test': ['admin'],
  'GET /v1/webhooks/{id}/deliveries': ['admin'],
  'POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay': ['admin'],
  'POST /v1/webhooks/{id}/replay': ['admin'],
  'GET /v1/calls/{call_id}': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/caller': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/checks': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/end': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/receipts': ['agent', 'crm'],
  'GET /v1/calls/{call_id}/obligations': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/statements': ['agent', 'crm'],
  'GET /v1/calls/{call_id}/statements': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/incidents': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/confirmations': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/verifications': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/verifications/{verification_id}/attempts': ['agent', 'crm'],
  'GET /v1/confirmations/{confirmation_id}': ['agent', 'crm'],
  'POST /v1/confirmations/{confirmation_id}/attempts': ['agent', 'crm'],
  'POST /v1/confirmations/{confirmation_id}/resend': ['agent', 'crm'],
  'POST /v1/confirmations/{confirmation_id}/cancel': ['agent', 'crm'],
  'POST /v1/me/sign-ins': 'public',
  'POST /v1/me/sign-ins/{id}/attempts': 'public',
  'POST /v1/me/passkey-sign-ins': 'public',
  'POST /v1/me/passkey-sign-ins/attempts': 'public',
  'GET /v1/me': ['person'],
  'GET /v1/me/ways': ['person'],
  'POST /v1/me/proofs/codes': ['person'],
  'POST /v1/me/proofs/codes/{id}/attempts': ['person'],
  'POST /v1/me/proofs/authenticator': ['person'],
  'POST /v1/me/proofs/passkey-questions': ['person'],
  'POST /v1/me/proofs/passkey': ['person'],
  'POST /v1/me/authenticator': ['person'],
  'POST /v1/me/authenticator/confirmation': ['person'],
  'DELETE /v1/me/authenticator': ['person'],
  'POST /v1/me/passkeys/questions': ['person'],
  'POST /v1/me/passkeys': ['person'],
  'DELETE /v1/me/passkeys/{id}': ['person'],
  'GET /v1/me/sessions': ['person'],
  'POST /v1/me/sessions/end-others': ['person'],
  'DELETE /v1/me/sessions/{id}': ['person'],
  'GET /v1/me/mandates': ['person'],
  'GET /v1/me/mandates/{id}': ['person'],
  'POST /v1/me/mandates': ['person'],
  'PATCH /v1/me/mandates/{id}': ['person'],
  'GET /v1/me/mandates/{id}/sub-mandates': ['person'],
  'POST /v1/me/mandates/{id}/sub-mandates': ['person'],
  'POST /v1/me/mandates/{id}/confirmations': ['person'],
  'POST /v1/me/mandates/{id}/confirmations/{confirmation_id}/attempts': ['person'],
  'GET /v1/me/mandates/{id}/acceptance-code': ['person'],
  'POST /v1/me/mandates/{id}/invitation': ['person'],
  'POST /v1/me/mandates/{id}/suspend': ['person'],
  'POST /v1/me/mandates/{id}/resume': ['person'],
  'POST /v1/me/mandates/{id}/withdraw': ['person'],
  'POST /v1/me/mandates/{id}/acceptance': ['person'],
  'POST /v1/me/mandates/{id}/renounce': ['person'],
  'GET /v1/me/recognition': ['person'],
  'POST /v1/me/mandate-requests': ['person'],
  'GET /v1/me/mandate-requests': ['person'],
  'GET /v1/me/asked': ['person'],
  'POST /v1/me/asked/{id}/approve': ['person'],
  'POST /v1/me/asked/{id}/decline': ['person'],
  'GET /v1/me/invitations/{token}': 'public',
  'POST /v1/me/invitations/{token}/acceptance': 'public',
  'GET /v1/me/activity': ['person'],
  'GET /v1/me/activity/export': ['person'],
  'GET /v1/me/activity/{id}/proof': ['person'],
  'POST /v1/me/activity/{id}/incidents': ['person'],
  'GET /v1/me/incidents': ['person'],
  'POST /v1/calls/{call_id}/reverse-verification': ['agent', 'crm'],
  'GET /v1/me/calls': ['person'],
  'GET /v1/me/confirmations': ['person'],
  'GET /v1/me/confirmations/{confirmation_id}': ['person'],
  'POST /v1/me/confirmations/{confirmation_id}/approve': ['person'],
  'POST /v1/me/confirmations/{confirmation_id}/decline': ['person'],
  'POST /v1/me/support-code': ['person'],
  'GET /v1/me/support-code': ['person'],
  'GET /v1/me/preferences': ['person'],
  'PUT /v1/me/preferences': ['person'],
  'GET /v1/me/life-events': ['person'],
  'GET /v1/me/representations': ['person'],
  'POST /v1/life-events': ['agent', 'crm'],
  'GET /v1/life-events': ['agent', 'crm', 'privacy'],
  'GET /v1/life-events/{id}': ['agent', 'crm', 'privacy'],
  'POST /v1/life-events/{id}/evidence': ['agent', 'crm'],
  'POST /v1/life-events/{id}/approve': ['agent', 'crm'],
  'POST /v1/life-events/{id}/reject': ['agent', 'crm'],
  'POST /v1/life-events/{id}/contests': ['agent', 'crm'],
  'POST /v1/life-events/{id}/reversals': ['agent', 'crm'],
  'POST /v1/representations': ['agent', 'crm'],
  'GET /v1/representations': ['agent', 'crm', 'privacy'],
  'POST /v1/representations/comparisons': ['crm', 'privacy'],
  'POST /v1/representations/imports': ['agent', 'crm'],
  'GET /v1/representations/{id}': ['agent', 'crm', 'privacy'],
  'POST /v1/representations/{id}/evidence': ['agent', 'crm'],
  'POST /v1/representations/{id}/approve': ['agent', 'crm'],
  'POST /v1/representations/{id}/reject': ['agent', 'crm'],
  'POST /v1/representations/{id}/revoke': ['agent', 'crm'],
  'POST /v1/calls/{call_id}/assistance': ['agent', 'crm'],
  'POST /v1/registrations': ['agent', 'crm'],
  'GET /v1/registrations': ['agent', 'crm'],
  'GET /v1/registrations/{id}': ['agent', 'crm'],
  'POST /v1/registrations/{id}/approve': ['agent', 'crm'],
  'POST /v1/registrations/{id}/reject': ['agent', 'crm'],
  'GET /v1/me/ask-first': ['person'],
  'GET /v1/me/organisations': ['person'],
  'GET /v1/me/organisations/{id}': ['person'],
  'GET /v1/me/organisations/{id}/mandates': ['person'],
  'POST /v1/me/organisations/{id}/mandates': ['person'],
  'GET /v1/me/organisations/{id}/mandates/{mandate_id}/acceptance-code': ['person'],
  'POST /v1/me/organisations/{id}/mandates/{mandate_id}/withdraw': ['person'],
  'GET /v1/me/organisations/{id}/activity': ['person'],
  'GET /v1/me/software': ['person'],
  'POST /v1/me/software': ['person'],
  'POST /v1/me/software/{id}/revoke': ['person'],
  'GET /v1/me/contact-points': ['person'],
  'PUT /v1/me/contact-points/{id}/shared': ['person'],
  'POST /v1/me/contact-changes': ['person'],
  'GET /v1/me/contact-changes/{id}': ['person'],
  'POST /v1/me/contact-changes/{id}/codes': ['person'],
  'POST /v1/me/contact-changes/{id}/attempts': ['person'],
  'DELETE /v1/me/contact-changes/{id}': ['person'],
  'PUT /v1/me/ask-first': ['person'],
  'GET /v1/incidents': ['privacy'],
  'POST /v1/incidents/{id}/close': ['privacy'],
};

/** Where one is sent to sign in. */
const SIGN_INS = { person: '/portal/sign-in', staff: '/desk/sign-in' } as const;

/** Well-formed and absent. */
const PARAMETERS: Readonly<Record<string, string>> = {
  agent_ref: 'A-404',
  key_id: 'AbsentAbsent',
  crm_ref: 'P-404',
  contract_ref: 'C-404',
  hash: '0'.repeat(64),
  token: `${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}.0.x`,
  file: 'absent.css',
  code: '000000',
};
const ABSENT_ID = '11111111-2222-4333-8444-555555555555';

/** About nobody: there is one policy, the keys are for everybody, and webhooks are the organisation's own. */
const NO_LISTS = new Set(['GET /v1/policies/current', 'GET /v1/audit/checkpoint-keys', 'GET /v1/webhooks']);
/** Of everybody on purpose: what waits for who deals with it, and with what, recorded in the log of each. */
const WORK_LISTS = new Set([
  'GET /v1/changes',
  // Of agents, and not of holders; the log of who asks.
  'GET /v1/attestations/expiring',
  'GET /v1/agents/me/log',
  'GET /v1/leaver-alarms',
  'GET /v1/unmaskings',
  // Of nobody who exists.
  'GET /v1/canaries',
  'GET /v1/canary-alarms',
  'GET /v1/incidents',
  'GET /v1/life-events',
  'GET /v1/representations',
  'GET /v1/registrations',
  'GET /v1/policy-activations',
]);

/** What is about the one who asks is a list of nobody else's. */
function isList(route: string): boolean {
  return route.startsWith('GET /v1/') && !route.includes('{') && ACCESS[route]?.includes('person') !== true;
}

/** Bodies that are no JSON object of ours: files and documents, read by their own readers. */
const DOCUMENT_ROUTES = new Set([
  'POST /v1/imports',
  'POST /v1/policies',
  'POST /v1/policies/check',
  'POST /v1/policies/dry-run',
]);

let provider: OpenIdProvider;
let desk: Desk;
let documented: readonly { readonly route: string; readonly hasBody: boolean }[];

beforeAll(async () => {
  provider = await OpenIdProvider.start();
  desk = await Desk.open(provider.settings);
  await desk.person('P-ME', { phone: '+44 7700 900190' });
  const visitor = new Visitor(desk);
  const asked = await visitor.ask('+44 7700 900190');
  desk.signedIn((await visitor.attempt(asked.id, await desk.codeOf(asked.id))).body.token);
  documented = Object.entries(buildOpenApi(desk.api.app).paths).flatMap(([path, item]) =>
    (['get', 'put', 'post', 'patch', 'delete'] as const).flatMap((method) => {
      const operation = item[method];
      return operation === undefined
        ? []
        : [{ route: `${method.toUpperCase()} ${path}`, hasBody: operation.requestBody !== undefined }];
    }),
  );
});
afterAll(async () => {
  await desk.close();
  await provider.stop();
});

/** `POST /v1/calls/{call_id}/end` → method and an address of something that isn't there. */
function absent(route: string): { readonly method: string; readonly path: string } {
  const [method = '', template = ''] = route.split(' ');
  return { method, path: template.replaceAll(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? ABSENT_ID) };
}

/** What the controllers really answer, documented or not. */
function routesOfControllers(): string[] {
  const { app } = desk.api;
  const scanner = app.get(MetadataScanner, { strict: false });
  return app
    .get(DiscoveryService, { strict: false })
    .getControllers()
    .flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prefix = Reflect.getMetadata(PATH_METADATA, metatype) as string;
      const prototype = metatype.prototype as Record<string, () => unknown>;
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        const path = handler === undefined ? undefined : (Reflect.getMetadata(PATH_METADATA, handler) as string);
        if (handler === undefined || path === undefined) return [];
        const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
        const whole = `/${prefix}/${path}`.replaceAll(/\/+/g, '/').replace(/\/$/, '');
        return [`${method} ${whole.replaceAll(/:(\w+)/g, '{$1}')}`];
      });
    });
}

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Exclude<Schemas[string], { $ref: string }>;

interface Nested {
  readonly route: string;
  /** The names on the way to it; 0 = into the only one of a list. */
  readonly at: readonly (string | 0)[];
  readonly kind: 'object' | 'list';
  readonly holdsObjects: boolean;
}

/** Every object and every list inside a JSON body, at every depth. From the document on file: only compiled code knows all types. */
function nestedMembers(): readonly Nested[] {
  const { paths, components } = JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenAPIObject;
  const resolved = (schema: Schemas[string]): Schema => {
    if ('$ref' in schema) return resolved(components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] ?? {});
    const [only] = schema.allOf ?? schema.anyOf ?? [];
    return only === undefined ? schema : resolved(only);
  };
  const inside = (route: string, schema: Schema, way: readonly (string | 0)[]): Nested[] =>
    Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
      const one = resolved(member);
      const at = [...way, name];
      const types = [one.type].flat();
      if (types.includes('object'))
        return [{ route, at, kind: 'object', holdsObjects: false } as const, ...inside(route, one, at)];
      if (!types.includes('array')) return [];
      const items = resolved(one.items ?? {});
      const holdsObjects = items.properties !== undefined;
      return [{ route, at, kind: 'list', holdsObjects } as const, ...inside(route, items, [...at, 0])];
    });
  return Object.entries(paths).flatMap(([path, item]) =>
    (['put', 'post', 'patch'] as const).flatMap((method) => {
      const body = item[method]?.requestBody;
      const schema = body !== undefined && 'content' in body ? body.content['application/json']?.schema : undefined;
      const route = `${method.toUpperCase()} ${path}`;
      return schema === undefined || DOCUMENT_ROUTES.has(route) ? [] : inside(route, resolved(schema), []);
    }),
  );
}

async function bare(method: string, path: string, authorization?: string): Promise<Answer> {
  const response = await fetch(`${desk.api.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { 'mandaat-agent': 'A-1', ...(authorization === undefined ? {} : { authorization }) },
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}

async function recordCount(): Promise<number> {
  const { rows } = await desk.owner.query<{ count: number }>('SELECT count(*)::integer AS count FROM audit_records');
  return rows[0]?.count ?? -1;
}

describe('Every route', () => {
  it('is in the table of this test, and every one of /v1 in the OpenAPI document', () => {
    const routes = routesOfControllers();
    expect(routes.toSorted()).toEqual(Object.keys({ ...ACCESS, ...PAGES }).toSorted());
    const own = (route: string): boolean => route.includes(' /v1/');
    expect(
      documented
        .map(({ route }) => route)
        .filter(own)
        .toSorted(),
    ).toEqual(routes.filter(own).toSorted());
  });

  it('is refused without a key and with one that we never made, and does nothing then', async () => {
    const before = await recordCount();
    const made = (await desk.get('crm', '/v1/policies/current')).status;
    expect(made).toBe(200);
    const garbage = [
      'Bearer garbage',
      'Bearer mdt_test_00000000_00000000000000000000000000000000_000000',
      `Bearer ${await provider.forge({ aud: 'https://crm.example.nl/' })}`,
      'Basic eDp5',
    ];
    const answers: Record<string, readonly number[]> = {};
    for (const [route, access] of Object.entries(ACCESS)) {
      const { method, path } = absent(route);
      const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
      const got = await Promise.all(
        [undefined, ...garbage].flatMap((authorization) => methods.map((each) => bare(each, path, authorization))),
      );
      answers[route] = [...new Set(got.map(({ status }) => status))];
      if (access === 'public') {
        expect(answers[route]).not.toContain(401);
        expect(answers[route]).not.toContain(403);
      } else {
        expect([route, answers[route]]).toEqual([route, [401]]);
        for (const { headers } of got) expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
    }
    expect(await recordCount()).toBe(before);
  });

  it('takes the scopes of the table and no other, and refuses before it looks anything up', async () => {
    const before = await recordCount();
    const found: Record<string, PrincipalScope[]> = {};
    const refused: [string, PrincipalScope][] = [];
    for (const [route, access] of Object.entries(ACCESS)) {
      if (access === 'public') continue;
      const { method, path } = absent(route);
      found[route] = [];
      for (const scope of PRINCIPAL_SCOPES) {
        if (access.includes(scope)) continue;
        const answer = await desk.send(scope, method, path);
        if (answer.status === 403 && answer.body.code === 'forbidden') refused.push([route, scope]);
        else found[route].push(scope);
      }
    }
    expect(await recordCount()).toBe(before);
    const wanted = Object.entries(ACCESS).flatMap(([route, access]) =>
      access === 'public'
        ? []
        : PRINCIPAL_SCOPES.filter((scope) => !access.includes(scope)).map((scope) => [route, scope]),
    );
    expect(refused).toEqual(wanted);

    for (const [route, access] of Object.entries(ACCESS)) {
      if (access === 'public') continue;
      const { method, path } = absent(route);
      for (const scope of access) {
        const { status } = await desk.send(scope, method, path);
        if (status !== 401 && status !== 403 && status < 500) found[route]?.push(scope);
      }
    }
    const declared = Object.entries(ACCESS).flatMap(([route, access]) =>
      access === 'public' ? [] : [[route, access.toSorted()]],
    );
    expect(Object.entries(found).map(([route, scopes]) => [route, scopes.toSorted()])).toEqual(declared);
  });

  it('of the pages shows nothing to who is not signed in there, whatever else they have', async () => {
    const before = await recordCount();
    const credentials = [undefined, ...PRINCIPAL_SCOPES.map((scope) => desk.authorization(scope))];
    const wrong: unknown[] = [];
    for (const [route, access] of Object.entries(PAGES)) {
      const { method, path } = absent(route);
      for (const authorization of credentials) {
        const response = await fetch(`${desk.api.url}${path}`, {
          method,
          redirect: 'manual',
          headers: authorization === undefined ? {} : { authorization },
        });
        const location = response.headers.get('location');
        const isRight =
          access !== 'public'
            ? response.status === 303 && location?.startsWith(SIGN_INS[access]) === true
            : // A form that no page of ours made changes nothing.
              method === 'POST'
              ? response.status === 403
              : [200, 404].includes(response.status) || Object.values<string>(SIGN_INS).includes(location ?? '');
        if (!isRight) wrong.push([route, authorization?.slice(0, 11), response.status, location]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await recordCount()).toBe(before);
  });

  describe('with somebody signed in', () => {
    const mine = '+44 7700 900190';
    let visitor: Visitor;
    let browser: PlainBrowser;
    beforeAll(async () => {
      visitor = new Visitor(desk);
      browser = visitor.browser();
      await desk.owner.query('DELETE FROM code_budget_entries');
      await browser.signIn(mine);
    });

    it('of the pages takes no form that none of them made, for this session', async () => {
      const other = visitor.browser();
      await other.get('/portal/sign-in');
      const before = await recordCount();
      const wrong: unknown[] = [];
      const forms = Object.entries(PAGES).filter(([route, access]) => route.startsWith('POST') && access === 'person');
      expect(forms.length).toBeGreaterThan(30);
      for (const [route] of forms) {
        const { path } = absent(route);
        for (const token of [undefined, '', 'x', other.formToken]) {
          const { status } = await browser.post(path, token === undefined ? {} : { form_token: token });
          if (status !== 403) wrong.push([route, token, status]);
        }
      }
      expect(wrong).toEqual([]);
      expect(await recordCount()).toBe(before);
      // The same with the token of its own page is no forgery any more (positive control).
      expect((await browser.submit(`/portal/mandates/${ABSENT_ID}/suspend`, {})).status).toBe(404);
    });

    it('of the pages lets no style or script of others in, no frame around it, no other origin read it, and nobody keep it', async () => {
      const employee = visitor.browser();
      const roles = (provider.settings.oidcRoleMap ?? []).map(({ role }) => role);
      const { rows } = await desk.owner.query<{ id: string }>("SELECT id FROM agents WHERE agent_ref = 'A-1'");
      employee.put(
        'staff',
        await desk.api.app.get(StaffSessions, { strict: false }).open(rows[0]?.id ?? '', roles, new Date()),
      );
      const wrong: unknown[] = [];
      const looked = { public: 0, person: 0, staff: 0 };
      for (const [route, access] of Object.entries(PAGES)) {
        if (!route.startsWith('GET')) continue;
        const reader = access === 'staff' ? employee : browser;
        const { headers, status } = await reader.get(absent(route).path, { origin: 'https://elders.example.nl' });
        if (headers.has('access-control-allow-origin')) wrong.push([route, 'another origin']);
        if (status >= 300 && status < 400) continue;
        looked[access] += 1;
        const policy = headers.get('content-security-policy') ?? '';
        const isRight =
          policy.includes("default-src 'none'") &&
          policy.includes("frame-ancestors 'none'") &&
          !/unsafe-(inline|eval)|\*/.test(policy) &&
          headers.get('cache-control')?.includes('no-store') === true &&
          headers.get('x-content-type-options') === 'nosniff';
        if (!isRight) wrong.push([route, status, policy, headers.get('cache-control')]);
      }
      expect(wrong).toEqual([]);
      expect(looked.public).toBeGreaterThan(2);
      expect(looked.person).toBeGreaterThan(20);
      expect(looked.staff).toBeGreaterThan(15);
    });

    it('knows a session by a cookie that no script reads and no other site sends, and by none that was there before', async () => {
      const planted = visitor.browser();
      await desk.owner.query('DELETE FROM code_budget_entries');
      await planted.get('/portal/sign-in');
      const fixed = browser.cookie('session') ?? '';
      planted.put('session', 'mine.before');
      await planted.submit('/portal/sign-in', { contact: mine });
      await planted.get('/portal/sign-in/code');
      const id = planted.cookie('sign-in')?.split('.')[0] ?? '';
      const entered = await planted.submit('/portal/sign-in/code', { code: await desk.codeOf(id) });
      const line = entered.headers.getSetCookie().find((one) => one.includes('session=')) ?? '';
      expect(line).toMatch(/; HttpOnly/i);
      expect(line).toMatch(/; SameSite=(Lax|Strict)/i);
      expect(planted.cookie('session')).not.toBe('mine.before');
      expect(planted.cookie('session')).not.toBe(fixed);
      planted.put('session', 'mine.before');
      expect((await planted.get('/portal')).location).toMatch(/^\/portal\/sign-in/);
    });

    it('about something of somebody else answers as if there were no such thing', async () => {
      const owner = '+44 7700 900191';
      await desk.owner.query('DELETE FROM code_budget_entries');
      await desk.person('P-OWN', { phone: owner, name: 'E. Eigen' });
      await desk.contract('C-OWN', ['P-OWN']);
      await desk.person('P-ASKS', { phone: '+44 7700 900192', name: 'V. Vraag' });
      await desk.person('P-GAVE', { phone: '+44 7700 900193', name: 'G. Gever' });
      await desk.contract('C-GAVE', ['P-GAVE']);
      await desk.put('crm', '/v1/people/O-OWN', {
        kind: 'organisation',
        name: 'Verzonnen',
        language: 'nl',
        contact_points: [],
      });
      await desk.contract('C-ORG', ['O-OWN']);
      const them = await visitor.signIn(owner);
      await desk.owner.query(
        "UPDATE sessions SET strength = 3 WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-OWN')",
      );
      const { id: given, ref } = await desk.mandate('P-OWN', 'P-ASKS', ['subscription'], ['C-OWN']);
      const { id: held } = await desk.mandate('P-GAVE', 'P-OWN', ['billing'], ['C-GAVE']);
      const spoken = {
        holder: 'O-OWN',
        proxy: 'P-OWN',
        scopes: ['billing'],
        contracts: ['C-ORG'],
        contact_rule: 'several',
      };
      const contact = await desk.expectSuccess(desk.post('crm', '/v1/mandates', { ...spoken, form: 'portal' }));
      await desk.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [
        contact.body.id,
      ]);
      const opened = await desk.open('C-OWN', { number: '+44 7700 900192', mandateRef: ref });
      await desk.identify(opened.body.call.id);
      const actions = [{ name: 'contract.terminate' }];
      const asked = await desk.expectSuccess(
        desk.post('agent', `/v1/calls/${opened.body.call.id}/confirmations`, { actions }),
      );
      const asks = await visitor.signIn('+44 7700 900192');
      await asks.send('POST', '/v1/me/mandate-requests', { contracts: ['C-OWN'], scopes: ['billing'] });
      await desk.sent();
      const ended = { ends_at: '2027-06-30' };
      const program = { name: 'Hulp', operator: { kind: 'email', value: 'maker@example.nl' }, scopes: ['faults'] };
      const software = await desk.expectSuccess(
        them.send('POST', '/v1/me/software', { ...program, contracts: ['C-OWN'], ...ended }),
      );
      const { entries } = (await them.get('/v1/me/activity')).body;
      await desk.owner.query(
        `INSERT INTO passkeys (id, person_id, credential_hash, credential_sealed, sign_count, added_at)
         SELECT gen_random_uuid(), id, sha256('eigen'), 'x', 0, now() FROM people WHERE crm_ref = 'P-OWN'`,
      );
      const report = await desk.expectSuccess(
        them.send('POST', `/v1/me/activity/${entries[0].id}/incidents`, { text: 'Dit was ik niet.' }),
      );
      const points = (await them.get('/v1/me/contact-points')).body.contact_points;
      const change = await desk.expectSuccess(
        them.send('POST', '/v1/me/contact-changes', { kind: 'email', value: 'eigen@example.nl' }),
      );
      const only = async (text: string): Promise<string> =>
        (await desk.owner.query<{ id: string }>(text)).rows[0]?.id ?? '';
      const own: Readonly<Record<string, string>> = {
        mandates: given,
        held,
        asked: (await them.get('/v1/me/asked')).body[0].id,
        confirmations: asked.body.confirmations[0].id,
        questions: asked.body.confirmations[0].id,
        sessions: (await them.get('/v1/me/sessions')).body[0].id,
        organisations: await only("SELECT id FROM people WHERE crm_ref = 'O-OWN'"),
        software: software.body.id,
        activity: entries[0].id,
        reports: report.body.id,
        passkeys: await only("SELECT id FROM passkeys WHERE credential_hash = sha256('eigen')"),
        'contact-points': points[0].id,
        contact: change.body.id,
        'contact-changes': change.body.id,
      };
      /** What a request needs to get as far as looking something up. */
      const BODIES: Readonly<Record<string, unknown>> = {
        'PATCH /v1/me/mandates/{id}': { ends_at: '2027-01-31' },
        'POST /v1/me/mandates/{id}/sub-mandates': {
          proxy: { name: 'O. Ander', contact: { kind: 'phone', value: '+44 7700 900194' } },
          scopes: ['billing'],
          contracts: ['C-OWN'],
        },
        'POST /v1/me/mandates/{id}/confirmations/{confirmation_id}/attempts': { code: '000000' },
        'POST /v1/me/mandates/{id}/acceptance': { code: 'AAAA-AAAA' },
        'POST /v1/me/activity/{id}/incidents': { text: 'Dit was ik niet.' },
        'POST /v1/me/organisations/{id}/mandates': {
          proxy: { name: 'O. Ander', contact: { kind: 'phone', value: '+44 7700 900194' } },
          scopes: ['billing'],
          contracts: ['C-ORG'],
        },
        'PUT /v1/me/contact-points/{id}/shared': { shared: true },
        'POST /v1/me/contact-changes/{id}/codes': { side: 'new' },
        'POST /v1/me/contact-changes/{id}/attempts': { side: 'new', code: '000000' },
        'POST /v1/me/proofs/codes/{id}/attempts': { code: '000000' },
      };
      // Such as a change of a contact point, which wants a proof of today.
      await desk.owner.query('UPDATE sessions SET strength = 3, proved_at = now()');
      const looked: string[] = [];
      const wrong: unknown[] = [];
      const before = await recordCount();
      for (const route of Object.keys({ ...ACCESS, ...PAGES })) {
        const access = ACCESS[route] ?? PAGES[route];
        const isTheirs = access === 'person' || (Array.isArray(access) && access.includes('person'));
        if (!isTheirs || !route.includes('{') || route.includes('{draft}') || route.includes('proofs/codes')) continue;
        const [method = '', template = ''] = route.split(' ');
        const isPoint = /contact\/\{id\}\/(removal|shared)$/.test(template);
        const at = (ids: Readonly<Record<string, string>>): string =>
          (isPoint
            ? template.replace('contact/{id}', `contact/${ids['contact-points'] ?? ABSENT_ID}`)
            : template
          ).replaceAll(/([\w-]+)\/\{(\w+)\}/g, (_, room: string) => `${room}/${ids[room] ?? ABSENT_ID}`);
        if (at(own).includes(ABSENT_ID) && !template.includes('confirmation_id') && !template.includes('mandate_id')) {
          wrong.push([route, 'nothing of theirs was tried']);
        }
        const answers: string[] = [];
        for (const path of [at(own), at({})]) {
          const shown = (text: string): string =>
            text
              .replaceAll(/name="form_token" value="[^"]*"/g, '')
              .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '')
              .replaceAll(/"(request_id|instance)":"[^"]*"/g, '');
          if (path.startsWith('/portal')) {
            if (method === 'POST') await browser.get('/portal');
            const { status, text, location } = await (method === 'POST'
              ? browser.submit(path, path.endsWith('/no') ? { block: 'no' } : {})
              : browser.get(path));
            answers.push(shown(`${status} ${location ?? ''} ${text}`));
          } else {
            const body = method === 'GET' || method === 'DELETE' ? undefined : (BODIES[route] ?? {});
            const answer = await desk.send('person', method, path, body, { 'if-match': '"1"' });
            answers.push(shown(`${answer.status} ${JSON.stringify(answer.body)}`));
          }
        }
        if (method === 'GET' && route.includes(' /v1/') && !route.includes('{mandate_id}')) {
          // What is tried is there, for whose it is (positive control).
          const { status } = await them.get(at(own));
          if (status === 404) wrong.push([route, 'it is not there for its owner either']);
        }
        const [theirs = '', absentOne = ''] = answers;
        if (theirs !== absentOne) wrong.push([route, theirs.slice(0, 200), absentOne.slice(0, 200)]);
        looked.push(`${theirs.slice(0, 3)} ${route}`);
      }
      expect(wrong).toEqual([]);
      expect(looked.filter((one) => !one.startsWith('404'))).toEqual([]);
      expect(looked.length).toBeGreaterThan(50);
      expect(await recordCount()).toBe(before);
    });
  });

  /** Pages from the first page of the self-service, the one after sending included, as `browser/portal.test.ts` counts them. */
  const GIVING = 6;
  /** What people have a right to, beside giving: to see, to stop, to object, to be left alone, to take with them. */
  const RIGHTS = [
    'GET /portal/activity/export',
    'GET /portal/activity/{id}/proof',
    'POST /portal/activity/{id}',
    'POST /portal/mandates/{id}/suspend',
    'POST /portal/mandates/{id}/withdraw',
    'POST /portal/mandates/{id}/change',
    'POST /portal/held/{id}/renounce',
    'POST /portal/asked/{id}/decline',
    'POST /portal/questions/{confirmation_id}/no',
    'POST /portal/calls/support-code',
    'POST /portal/preferences',
    'POST /portal/preferences/ask-first',
    'POST /portal/sessions/{id}/end',
    'POST /portal/sign-out',
    'POST /portal/ways/contact/new',
    'POST /portal/ways/contact/{id}/removal',
    'POST /portal/ways/contact/{id}/shared',
    'POST /portal/ways/passkeys/{id}/removal',
    'POST /portal/software/{id}/revocation',
    'POST /portal/organisations/{id}/mandates/{mandate_id}/withdrawal',
    'GET /portal/life',
    'GET /portal/limits',
  ];

  it('of the self-service that is a right takes no more steps than giving a mandate', async () => {
    const reader = new Visitor(desk).browser();
    await desk.owner.query('DELETE FROM code_budget_entries');
    await reader.signIn('+44 7700 900191');
    await desk.owner.query('UPDATE sessions SET strength = 3, proved_at = now()');
    const routes = Object.keys(PAGES)
      .filter((route) => !route.includes('*'))
      .toSorted((one, other) => one.split('{').length - other.split('{').length);
    const routeOf = (method: string, path: string): string =>
      routes.find((route) => route.startsWith(`${method} `) && isOf(route.slice(method.length + 1), path)) ?? '';
    const steps = new Map([['GET /portal', 0]]);
    const way = ['/portal'];
    for (const path of way) {
      const taken = steps.get(routeOf('GET', path)) ?? 0;
      const { text } = await reader.get(path);
      const links = [...text.matchAll(/<a [^>]*href="(\/portal[^"?#]*)/g)].map(([, to = '']) => ['GET', to] as const);
      const forms = [...text.matchAll(/<form [^>]*action="(\/portal[^"?#]*)/g)].map(
        ([, to = '']) => ['POST', to] as const,
      );
      for (const [method, to] of [...links, ...forms]) {
        const route = routeOf(method, to);
        if (route === '' || steps.has(route)) continue;
        steps.set(route, taken + 1);
        if (method === 'GET' && !route.endsWith('/export')) way.push(to);
      }
    }
    const counted = RIGHTS.map((route) => [route, steps.get(route) ?? Infinity] as const);
    expect(counted.filter(([, count]) => count > GIVING)).toEqual([]);
    expect(steps.get('POST /portal/mandates/new')).toBe(2);
  });

  it('takes a staff token whose role is mapped to one of its scopes, and no other', async () => {
    const before = await recordCount();
    const tokenOf = async (role: string, sub = 'A-1') => `Bearer ${await provider.forge({ sub, roles: [role] })}`;
    const tokens = Object.fromEntries(
      await Promise.all(
        (provider.settings.oidcRoleMap ?? []).map(async ({ role, scope }) => [scope, await tokenOf(role)] as const),
      ),
    ) as Record<KeyScope, string>;
    const strangers = [await tokenOf('another role'), await tokenOf('desk-lead', 'A-404')];
    const wrong: unknown[] = [];
    const admitted: [string, string][] = [];
    for (const [route, access] of Object.entries(ACCESS)) {
      if (access === 'public') continue;
      const { method, path } = absent(route);
      for (const authorization of strangers) {
        const { status, body } = await bare(method, path, authorization);
        if (status !== 403 || body.code !== 'forbidden') wrong.push([route, status]);
      }
      for (const scope of KEY_SCOPES) {
        if (access.includes(scope)) admitted.push([route, scope]);
        else {
          const { status, body } = await bare(method, path, tokens[scope]);
          if (status !== 403 || body.code !== 'forbidden') wrong.push([route, scope, status]);
        }
      }
    }
    expect(await recordCount()).toBe(before);
    for (const [route, scope] of admitted) {
      const { method, path } = absent(route);
      const { status } = await bare(method, path, tokens[scope as KeyScope]);
      if (status === 401 || status === 403 || status >= 500) wrong.push([route, scope, status]);
    }
    expect(wrong).toEqual([]);
  });

  it('that takes a JSON object refuses a field that it does not know, and names it', async () => {
    const routes = documented.filter(({ route, hasBody }) => hasBody && !DOCUMENT_ROUTES.has(route));
    expect(routes.length).toBeGreaterThanOrEqual(13);
    for (const { route } of routes) {
      const { method, path } = absent(route);
      const access = ACCESS[route] ?? 'public';
      const [scope = 'crm'] = access === 'public' ? [] : access;
      for (const field of ['unknown_field', 'isAdmin', 'agent_id', 'Code']) {
        const answer = await desk.send(scope, method, path, { [field]: 'x' }, { 'if-match': '"1"' });
        expect([route, answer.status]).toEqual([route, 400]);
        // Others wrote this wire, and it ignores what it doesn't know: its own test says so.
        if (route.includes(' /access/v1/')) continue;
        const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
        expect([route, pointers]).toEqual([route, expect.arrayContaining([`/${field}`])]);
      }
      for (const text of ['{"__proto__":{"scope":"admin"}}', '{"constructor":{"prototype":{}}}']) {
        const response = await fetch(`${desk.api.url}${path}`, {
          method,
          headers: {
            authorization: desk.authorization(scope),
            'content-type': 'application/json',
            'if-match': '"1"',
            ...(scope === 'agent' ? { 'mandaat-agent': 'A-1' } : {}),
          },
          body: text,
        });
        expect([route, text, response.status]).toEqual([route, text, 400]);
      }
    }
  });

  it('that takes a nested object refuses unknown fields inside it', async () => {
    const claim = { as: 'proxy' };
    const call = { channel: 'phone', contract_ref: 'C-404', claim };
    const unknown = [
      ['/v1/calls', { ...call, claim: { ...claim, verified: true } }, '/claim/verified'],
      [
        `/v1/calls/${ABSENT_ID}/checks`,
        { actions: [{ name: 'invoice.copy', outcome: 'permit' }] },
        '/actions/0/outcome',
      ],
      [`/v1/calls/${ABSENT_ID}/confirmations`, { actions: [{ name: 'invoice.copy', key: 'x' }] }, '/actions/0/key'],
    ] as const;
    for (const [path, body, pointer] of unknown) {
      const answer = await desk.post('agent', path, body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual([expect.objectContaining({ pointer })]);
    }
  });

  it('refuses a list where an object is meant, and the other way round, at every depth, and says what is meant', async () => {
    const wrong: unknown[] = [];
    const tried = { object: 0, list: 0 };
    for (const { route, at, kind, holdsObjects } of nestedMembers()) {
      const { method, path } = absent(route);
      const access = ACCESS[route] ?? 'public';
      const [scope = 'crm'] = access === 'public' ? [] : access;
      const pointer = `/${at.join('/')}`;
      const refused = async (value: unknown, place: string, meant: RegExp): Promise<void> => {
        const body = at.reduceRight<unknown>((inner, name) => (name === 0 ? [inner] : { [name]: inner }), value);
        const answer = await desk.send(scope, method, path, body, { 'if-match': '"1"' });
        const faults: { pointer: string; detail: string }[] = answer.body.errors ?? [];
        const here = faults.filter((fault) => fault.pointer === place).map(({ detail }) => detail);
        // Every sentence is about what is meant, so that none of them leads astray.
        const isSaid = here.length > 0 && here.every((detail) => meant.test(detail));
        if (answer.status !== 400 || !isSaid) wrong.push([route, JSON.stringify(body), answer.status, here]);
      };
      tried[kind] += 1;
      if (kind === 'object') {
        for (const value of [[], [{}], 'text', 1]) await refused(value, pointer, /^must be an object/);
      } else {
        for (const value of [{}, { 0: {} }]) await refused(value, pointer, /must be an array/);
        if (holdsObjects)
          for (const value of [[[]], [['text']], ['text']]) await refused(value, pointer, /^must hold objects/);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried.object).toBeGreaterThan(40);
    expect(tried.list).toBeGreaterThan(25);
  });

  it('of a list needs to be told whose: nobody gets everything', async () => {
    for (const route of Object.keys(ACCESS).filter((name) => isList(name) && !WORK_LISTS.has(name))) {
      const { path } = absent(route);
      const access = ACCESS[route];
      const scope = access?.includes('admin') === true && !access.includes('crm') ? 'admin' : 'crm';
      const answer = await desk.get(scope, path);
      if (NO_LISTS.has(route)) expect([route, answer.status]).toEqual([route, 200]);
      else expect([route, answer.status]).toEqual([route, 400]);
      for (const wide of ['holder=%25', 'holder=*', 'holder=', 'proxy=', 'mandate_ref=', 'holder[]=P-1', 'limit=100']) {
        const { status, body } = await desk.get('crm', `${path}?${wide}`);
        if (NO_LISTS.has(route)) continue;
        const isEmpty =
          status === 200 && Object.values(body as object).every((part) => part === null || part.length === 0);
        expect([route, wide, isEmpty || status === 400]).toEqual([route, wide, true]);
      }
    }
    for (const path of [
      '/v1/people',
      '/v1/contracts',
      '/v1/calls',
      '/v1/agents',
      '/v1/confirmations',
      '/v1/policies',
    ]) {
      expect([path, (await desk.get('crm', path)).status]).toEqual([path, 404]);
      expect([path, (await desk.get('admin', path)).status]).toEqual([path, 404]);
    }
  });
});
