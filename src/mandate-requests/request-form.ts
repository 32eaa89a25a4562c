import { REFERENCE } from '../holders/field-rules.ts';
import { tidy } from '../holders/normalise.ts';
import { readPeriod } from '../mandates/mandate-period.ts';
import { chosenOf } from '../pages/parts.tsx';
import type { TextKey } from '../pages/text.ts';
import type { AskedMandate } from './mandate-request.ts';
import { CONTRACTS_MOST } from './mandate-requests.dto.ts';

/** What a browser sent: flat fields, of which nothing is known yet. */
export type TypedRequest = Readonly<Record<string, string | undefined>>;

/** What is wrong with one field. */
export interface RequestFault {
  readonly field: 'holder' | 'contracts' | 'scope' | 'ends_at';
  readonly key: TextKey;
}

/** What the form asks for, or everything that is wrong with it. */
export function readRequest(
  typed: TypedRequest,
  now: Date,
): AskedMandate | { readonly faults: readonly RequestFault[] } {
  const { holder = '', contracts: list = '', ends_at: end = '' } = typed;
  const named = tidy(holder);
  const contracts = [...new Set(list.split(/[\s,;]+/).filter((ref) => ref !== ''))];
  const scopes = chosenOf(typed, 'scope');
  const until = end === '' ? undefined : end;
  const faults: RequestFault[] = [];
  if (named !== '' && !REFERENCE.test(named)) faults.push({ field: 'holder', key: 'requests.bad_holder' });
  const areReferences = contracts.every((ref) => REFERENCE.test(ref));
  if (contracts.length === 0 || contracts.length > CONTRACTS_MOST || !areReferences) {
    faults.push({ field: 'contracts', key: 'requests.bad_contracts' });
  }
  if (scopes.length === 0) faults.push({ field: 'scope', key: 'requests.bad_scopes' });
  if ('faults' in readPeriod({ ends_at: until }, now.getTime())) {
    faults.push({ field: 'ends_at', key: 'requests.bad_until' });
  }
  if (faults.length > 0) return { faults };
  return { holder: named === '' ? null : named, contracts, scopes, ...(until === undefined ? {} : { ends_at: until }) };
}
