import express, { type ErrorRequestHandler, type Express, type Request } from 'express';

import { type Inbox, receiveHooks } from './hooks.ts';
import { requireAction } from '../typescript/src/express.ts';
import type { MandaatClient, Obligation, RequiredQuestion } from '../typescript/src/index.ts';

/** What this CRM keeps of a contract. */
export interface Contract {
  readonly ref: string;
  isEnded: boolean;
  /** Work that it will do for somebody, by the mandate that it was asked under. */
  planned: { readonly what: string; readonly mandateId: string }[];
}

/** The call in which an employee works; a real CRM knows it from the employee's own session. */
export const CALL_HEADER = 'crm-call';

/**
 * A CRM's own API for its employees' screens. It keeps no copy of who may do what: it asks at the moment of doing, and
 * whatever is not permitted never reaches a handler.
 *
 * @param show puts on the employee's screen what they have to say; throws when they could not
 * @param inbox of the webhook that tells it what changed
 */
export function createCrm(
  mandaat: MandaatClient,
  contracts: ReadonlyMap<string, Contract>,
  show: (sentence: string) => void,
  inbox: Inbox,
): Express {
  const crm = express();
  crm.disable('x-powered-by');

  receiveHooks(crm, inbox, ({ type, data }) => {
    if (isStopping(type)) dropPlanned(contracts.values(), new Set([data['mandate_id']]));
  });

  // Reading is advice: it can be had again and again.
  crm.get('/contracts/:ref/invoices', require('invoice.explain', 'advise'), (_request, response) => {
    response.json({ invoices: [{ month: '2026-10', amount: '42.50', currency: 'EUR' }] });
  });
  crm.post('/contracts/:ref/end', require('contract.terminate', 'execute'), (request, response) => {
    const contract = contractOf(request);
    contract.isEnded = true;
    response.json({ ended: contract.ref });
  });
  crm.post('/contracts/:ref/block-sim', require('sim.block', 'execute'), (request, response) => {
    response.json({ blocked: contractOf(request).ref });
  });
  // The connection may drop: the caller hears that first. The middleware reports that they did.
  crm.post('/contracts/:ref/test-line', require('line.test', 'execute'), (request, response) => {
    response.json({ tested: contractOf(request).ref });
  });
  const failed: ErrorRequestHandler = (_error, _request, response, _next) => {
    response.status(500).json({ title: 'The CRM failed' });
  };
  crm.use(failed);
  return crm;

  function require(action: string, purpose: 'advise' | 'execute'): ReturnType<typeof requireAction> {
    const announce = ({ properties }: Obligation): void => show(String(properties['text']));
    return requireAction({ mandaat, obligations: { announce } }, action, (request) => questionOf(request, purpose));
  }

  function contractOf({ params }: Request): Contract {
    const contract = contracts.get(String(params['ref']));
    if (contract === undefined) throw new Error('There is no such contract.');
    return contract;
  }
}

/** Whoever is on the line in this employee's call, on the contract of the address. */
function questionOf(request: Request, purpose: 'advise' | 'execute'): RequiredQuestion {
  const callId = request.header(CALL_HEADER);
  if (callId === undefined) throw new Error('No call is open on this screen.');
  return {
    subject: { type: 'caller', id: callId },
    resource: { type: 'contract', id: String(request.params['ref']) },
    context: { call_id: callId, purpose },
  };
}

/**
 * The other road to what changed, for a CRM that was away or restored: reads on from the place that it kept, and misses nothing. Comes
 * back with where to go on.
 */
export async function readChanges(
  mandaat: MandaatClient,
  contracts: Iterable<Contract>,
  after: string,
): Promise<{ readonly next: string; readonly dropped: readonly string[] }> {
  const stopped = new Set<unknown>();
  let next = after;
  for (let hasMore = true; hasMore;) {
    const { data } = await mandaat.GET('/v1/changes', { params: { query: { after: next } } });
    if (data === undefined) throw new Error('The changes could not be read.');
    for (const { type, data: about } of data.changes) if (isStopping(type)) stopped.add(about['mandate_id']);
    next = data.next;
    hasMore = data.has_more;
  }
  return { next, dropped: dropPlanned(contracts, stopped) };
}

/** Work that was planned under a mandate is dropped when that ends. Twice is as good as once. */
function dropPlanned(contracts: Iterable<Contract>, stopped: ReadonlySet<unknown>): readonly string[] {
  const dropped: string[] = [];
  for (const contract of contracts) {
    dropped.push(...contract.planned.filter(({ mandateId }) => stopped.has(mandateId)).map(({ what }) => what));
    contract.planned = contract.planned.filter(({ mandateId }) => !stopped.has(mandateId));
  }
  return dropped;
}

/** Types of changes after which a mandate is worth nothing, for now or for good. */
export const STOPPING = [
  'mandate.withdrawn',
  'mandate.suspended',
  'mandate.renounced',
  'mandate.refused',
  'mandate.expired',
  'mandate.ended',
] as const;

function isStopping(type: string): boolean {
  return STOPPING.some((one) => one === type);
}
