import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Document, type Operation } from '../attack/document.ts';
import { type Recipe, World } from '../attack/world.ts';
import { type Answer, Desk, lastingHeaders } from '../support/desk.ts';

const ABSENT_ID = '11111111-2222-4333-8444-555555555555';
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** How parameters and bodies call what belongs to one agent's call. */
const OF_A_CALL = new Set(['call_id', 'confirmation_id', 'verification_id', 'request_id']);
/** Of everybody, or tried as other people's in `sweep.test.ts`. A new name in a path has to be put in one of both. */
const OF_NO_CALL = new Set([
  'activation_id',
  'agent_ref',
  'attestation_id',
  'contract_ref',
  'crm_ref',
  'delivery_id',
  'hash',
  'id',
  'key_id',
  'mandate_id',
  'record_id',
  'token',
]);
/** No agent's key is taken there, as `sweep.test.ts` shows. */
const NOT_FOR_AGENTS = new Set(['POST /access/v1/search/resource', 'POST /access/v1/search/subject']);
/** Its token binds the call in which it was given out: nobody has one for a call that never was. A test of its own below. */
const BOUND = 'POST /access/v1/requests';

/**
 * What belongs to whose call it is would need another call than the one of these tests (a holder's own, or one about a
 * mandate that nobody has accepted): they are refused too, once the call was found to be theirs.
 */
const REFUSED_TO_OWNER: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['POST /v1/mandates', [400, 'validation_failed']],
  ['POST /v1/mandates/{id}/acceptance', [409, 'invalid_state']],
  ['POST /v1/mandates/{id}/invitation', [409, 'invalid_state']],
  ['POST /v1/registrations', [400, 'validation_failed']],
]);

const document = new Document();

function callsInPath({ parameters }: Operation): readonly string[] {
  return parameters.filter(({ in: place, name }) => place === 'path' && OF_A_CALL.has(name)).map(({ name }) => name);
}

/** By its own name, or in the context of the standard. */
function hasCallInBody({ bodies }: Operation): boolean {
  const { properties = {} } = document.resolve(Object.values(bodies)[0] ?? {});
  return Object.keys(properties).some((name) => OF_A_CALL.has(name) || name === 'context');
}

/** Every operation that names an agent's call, or what belongs to one. */
const operations = document.operations.filter(
  (operation) =>
    (callsInPath(operation).length > 0 || hasCallInBody(operation)) &&
    !operation.template.startsWith('/v1/me/') &&
    !NOT_FOR_AGENTS.has(operation.route),
);

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await Desk.open();
  world = await World.at(desk, () => Promise.reject(new Error('nobody signs in here')));
});
afterAll(() => desk?.close());

interface Request {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What agent A-1 would send in their own call. Recipes that name none name one here, as what is said on the line. */
async function requestOf({ route }: Operation): Promise<Request> {
  const recipe: Recipe | null = await world.recipe(route);
  if (recipe === null) throw new Error('no right request is known');
  const { path = {}, query = {}, headers = {}, body } = recipe;
  const request = { path, query, headers, body };
  if (recipe.scope === 'agent' && idsOf(request).length > 0) return request;
  const { mandateId, callId } = await world.ownCall();
  const { paper: _, ...said } = body as Record<string, unknown>;
  return {
    ...request,
    path: 'id' in path ? { id: mandateId } : path,
    body: { ...said, ...('form' in said ? { form: 'oral' } : {}), call_id: callId },
  };
}

/** The ids of a request that belong to a call, in the path and at any depth of the body. */
function idsOf({ path, body }: Request): readonly string[] {
  const ids: string[] = [];
  JSON.stringify([path, body], (name, value: unknown) => {
    if (OF_A_CALL.has(name) && typeof value === 'string') ids.push(value);
    return value;
  });
  return [...new Set(ids)];
}

function send(operation: Operation, request: Request, agent: string): Promise<Answer> {
  const path = operation.template.replaceAll(/\{(\w+)\}/g, (_, name: string) => request.path[name] ?? '');
  const query = new URLSearchParams(request.query).toString();
  const headers = { ...request.headers, 'mandaat-agent': agent };
  return desk.send('agent', operation.method, query === '' ? path : `${path}?${query}`, request.body, headers);
}

/** All of an answer but what no two answers share: ids and moments. */
function seen(answer: Answer): unknown {
  const text = JSON.stringify(answer.body)
    .replaceAll(UUID, '<id>')
    .replaceAll(INSTANT, '<at>')
    .replaceAll(/"(requestId|request_id)":"[^"]*"/g, '"$1":""');
  return [answer.status, text, lastingHeaders(answer)];
}

/** The same with some of these ids replaced by one that never was: each alone, and all. */
function absentVariants(request: Request): readonly Request[] {
  const ids = idsOf(request);
  const sets = ids.length > 1 ? [...ids.map((id) => [id]), ids] : [ids];
  return sets.map(
    (gone) => JSON.parse(gone.reduce((text, id) => text.replaceAll(id, ABSENT_ID), JSON.stringify(request))) as Request,
  );
}

describe("Another agent's", () => {
  it('call has each of its names in one of two lists: a new one is looked at', () => {
    const names = new Set(
      document.operations.flatMap(({ parameters }) =>
        parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name),
      ),
    );
    expect([...names].filter((name) => !OF_A_CALL.has(name) && !OF_NO_CALL.has(name))).toEqual([]);
    // None anywhere else: one would have to be asked with the other's.
    const elsewhere = document.operations.flatMap(({ route, parameters }) =>
      parameters
        .filter(({ in: place, name }) => place !== 'path' && OF_A_CALL.has(name))
        .map(({ name }) => [route, name]),
    );
    expect(elsewhere).toEqual([]);
    expect(operations.map(({ route }) => route).filter((route) => !world.hasRecipe(route))).toEqual([]);
    expect(operations.length).toBeGreaterThan(30);
  });

  it.each(operations.filter(({ route }) => route !== BOUND).map((operation) => [operation.route, operation] as const))(
    'is as absent as one that never was: %s',
    async (_route, operation) => {
      const request = await requestOf(operation);
      expect(idsOf(request).length).toBeGreaterThan(0);
      // Another agent asks first: what they did would show in the answer to whose it is.
      const foreign = await send(operation, request, 'A-2');
      for (const gone of absentVariants(request)) {
        expect(seen(await send(operation, gone, 'A-2'))).toEqual(seen(foreign));
      }
      const own = await send(operation, request, 'A-1');
      const refusal = REFUSED_TO_OWNER.get(operation.route);
      if (refusal === undefined) expect(own.status).toBeLessThan(300);
      else expect([own.status, own.body.code]).toEqual(refusal);
      if (callsInPath(operation).length > 0) expect(foreign.status).toBe(404);
      // This test can tell: whose it is gets another answer to the very same.
      expect(seen(own)).not.toEqual(seen(foreign));
    },
  );

  it(`call is named in vain with a token of one's own, and its token serves nobody else: ${BOUND}`, async () => {
    const operation = operations.find(({ route }) => route === BOUND);
    if (operation === undefined) throw new Error('the route is gone');
    const theirs = await requestOf(operation);
    expect((await send(operation, theirs, 'A-2')).body.type).toMatch(/:invalid_denial_binding$/);
    expect((await send(operation, theirs, 'A-1')).status).toBe(202);

    const own = await requestOf(operation);
    const [ownId = ''] = idsOf(own);
    await desk.owner.query(
      "UPDATE calls SET agent_id = (SELECT id FROM agents WHERE agent_ref = 'A-2') WHERE id = $1",
      [ownId],
    );
    const naming = (id: string): Request => JSON.parse(JSON.stringify(own).replaceAll(ownId, id)) as Request;
    const foreign = await send(operation, naming((await world.ownCall()).callId), 'A-2');
    expect(foreign.status).toBe(400);
    expect(seen(await send(operation, naming(ABSENT_ID), 'A-2'))).toEqual(seen(foreign));
    expect((await send(operation, own, 'A-2')).status).toBe(202);
  });
});
