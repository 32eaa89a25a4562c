import { AGENT_HEADER } from '../src/auth/access.decorators.ts';
import type { Policy } from '../src/policy/policy.ts';
import type { BenchRequest } from './load.ts';
import { prepareCodes } from './prepared-codes.ts';
import type { BenchCall, World } from './world.ts';

/** What answers a row: one of the floors, or the service on the world of this run. */
export type Target = 'bare' | 'select' | 'insert' | 'tutorial' | 'service' | 'two services' | 'service on the baseline';

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly about: string;
  readonly target: Target;
  /** Numbers of connections at which it makes sense; null = all that were asked for. */
  readonly connections: readonly number[] | null;
  readonly isRight: (body: string) => boolean;
  /** Requests for every connection of one measurement. */
  readonly requests: (world: World, connections: number) => Promise<readonly (readonly BenchRequest[])[]>;
  /** Each request can be made once: a measurement is a number of requests, not a time. */
  readonly isOnce: boolean;
}

/** Different requests of one measurement, over all connections; and for one of them. */
const REQUESTS = { all: 6_400, each: 400 } as const;
/** Codes of one measurement for each connection, for connections = 1 and more. */
const CODES = { alone: 300, most: 1_280 } as const;

const THREE = JSON.stringify({
  actions: [
    { name: 'invoice.explain' },
    { name: 'contract.change' },
    { name: 'goodwill.credit', properties: { amount: 25 } },
  ],
});
const ALL = '{}';
/** A permit for every caller who is known, with a notice to the holder. */
const EXECUTED = JSON.stringify({
  purpose: 'execute',
  actions: [{ name: 'goodwill.credit', properties: { amount: 25 } }],
});
/** Of the standard's own batch. */
const TOGETHER = 20;
const ASKED = [{ name: 'contract.change' }];

function holds(body: string, what: string, times: number): boolean {
  return body.split(what).length === times + 1;
}

function checkRow(target: Target, name: string, about: string, connections: readonly number[] | null = null): Row {
  return {
    name,
    about,
    target,
    connections,
    isOnce: false,
    isRight: (body) => holds(body, '"outcome":"', 3) && !body.includes('internal_error'),
    requests: checks(THREE),
  };
}

function floorRow(target: Target, name: string, about: string): Row {
  return { ...checkRow(target, name, about), isRight: (body) => body.includes('"decision":true') };
}

export function rowsOf({ actions }: Policy): readonly Row[] {
  const count = actions.size;
  // One that needs more said about it is asked about alone.
  const plain = [...actions].filter(([, { properties }]) => properties.size === 0);
  const together = plain.slice(0, TOGETHER).map(([name]) => ({ action: { name } }));
  return [
    floorRow('bare', 'b', 'bare Fastify, static answer'),
    floorRow('select', 'c', 'Fastify + pg, one prepared select, no record'),
    floorRow('insert', 'd', 'c + one durable insert'),
    floorRow('tutorial', 'T', 'Nest + TypeORM, findOne + save'),
    checkRow('service', 'check-three', 'check of three actions'),
    {
      ...checkRow('service', 'check-all', `check of all ${count} actions`),
      isRight: (body) => holds(body, '"outcome":"', count) && !body.includes('internal_error'),
      requests: checks(ALL),
    },
    {
      ...checkRow('service', 'execute', 'execute one action, notify the holder'),
      isRight: (body) => holds(body, '"execution_id":"', 1),
      requests: shared(
        (call) => checkOf(call, EXECUTED),
        (call) => call.callingNumber !== null && !call.isJoint,
      ),
    },
    {
      ...checkRow('service', 'open-call', `open a call, check all ${count} actions`),
      isRight: (body) => body.includes('"call":{') && holds(body, '"outcome":"', count),
      requests: shared(openingOf, (call) => call.callingNumber !== null),
    },
    {
      ...checkRow('service', 'attempt', 'confirmation attempt with the right code'),
      isOnce: true,
      isRight: (body) => body.includes('"accepted":true'),
      requests: attempts,
    },
    {
      ...checkRow('service', 'evaluate', 'AuthZEN evaluation of one action'),
      isRight: (body) => holds(body, '"decision":', 1) && !body.includes('"error"'),
      requests: asking('evaluation', { action: { name: 'invoice.explain' } }),
    },
    {
      ...checkRow('service', 'evaluate-20', `AuthZEN evaluations of ${together.length} actions`),
      isRight: (body) => holds(body, '"decision":', together.length) && !body.includes('"error"'),
      requests: asking('evaluations', { evaluations: together }),
    },
    {
      ...checkRow('service', 'search-action', `AuthZEN search among all ${count} actions`),
      isRight: (body) => body.includes('"results":[{'),
      requests: asking('search/action', {}),
    },
    checkRow('two services', 'check-three-2', 'check of three actions, two processes', [64]),
    checkRow('service on the baseline', 'check-three-small', 'check of three actions, 10k holders, no records'),
  ];
}

function headersOf(world: World, call: BenchCall): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    authorization: `Bearer ${world.apiKey}`,
    [AGENT_HEADER.toLowerCase()]: call.agentRef,
  };
}

type Made = Omit<BenchRequest, 'headers'>;

function checkOf(call: BenchCall, body: string): Made {
  return { path: `/v1/calls/${call.id}/checks`, body };
}

function openingOf(call: BenchCall): Made {
  const claim = { as: 'proxy', calling_number: call.callingNumber };
  return { path: '/v1/calls', body: JSON.stringify({ channel: 'phone', contract_ref: call.contractRef, claim }) };
}

function checks(body: string): Row['requests'] {
  return shared(
    (call) => checkOf(call, body),
    () => true,
  );
}

/** The standard's question about whoever is on the line, by the references that a CRM has. */
function asking(path: string, more: object): Row['requests'] {
  return shared(
    ({ id, callerRef, contractRef }) => ({
      path: `/access/v1/${path}`,
      body: JSON.stringify({
        subject: { type: 'person', id: callerRef },
        resource: { type: 'contract', id: contractRef },
        context: { call_id: id },
        ...more,
      }),
    }),
    () => true,
  );
}

/** Connections take turns through the calls, so that they ask about different ones. */
function shared(make: (call: BenchCall) => Made, isFit: (call: BenchCall) => boolean): Row['requests'] {
  return (world, connections) => {
    const calls = world.calls.filter(isFit);
    const length = Math.max(1, Math.min(REQUESTS.each, Math.floor(Math.min(REQUESTS.all, calls.length) / connections)));
    const lists = Array.from({ length: connections }, (_, connection) =>
      Array.from({ length }, (__, turn) => calls[(turn * connections + connection) % calls.length])
        .filter((call) => call !== undefined)
        .map((call) => ({ ...make(call), headers: headersOf(world, call) })),
    );
    return Promise.resolve(lists);
  };
}

async function attempts(world: World, connections: number): Promise<readonly (readonly BenchRequest[])[]> {
  const each = connections === 1 ? CODES.alone : Math.ceil(CODES.most / connections);
  const codes = await prepareCodes(world, each * connections, ASKED);
  return Array.from({ length: connections }, (_, connection) =>
    codes.slice(connection * each, (connection + 1) * each).map(({ id, call, value }) => ({
      path: `/v1/confirmations/${id}/attempts`,
      headers: headersOf(world, call),
      body: JSON.stringify({ code: value, call_id: call.id, actions: ASKED }),
    })),
  );
}
