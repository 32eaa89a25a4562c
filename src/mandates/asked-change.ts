import type { ActionDetails } from '../codes/code-request.ts';
import type { ContractId } from '../policy/ids.ts';
import type { Period } from './mandate-period.ts';
import type { MandateScope } from './mandate.ts';

/** What a mandate is about, and for how long. */
export interface Terms {
  readonly scopes: readonly MandateScope[];
  readonly contractIds: readonly ContractId[];
  /** The holder lets the proxy pass it on. */
  readonly mayPassOn: boolean;
  /** The period that was asked for. */
  readonly period: Period;
}

/** What a code is about that lets a mandate be more than it was. */
export const CHANGE = 'mandate.change';

/** The terms as the code is bound to them: another set is another code. */
export function detailsOf({ scopes, contractIds, mayPassOn, period }: Terms): ActionDetails {
  return {
    name: CHANGE,
    properties: {
      scopes: scopes.map(({ name, version }) => `${name}@${version}`).join(' '),
      contracts: contractIds.join(' '),
      may_pass_on: mayPassOn,
      starts_at: new Date(period.startsAt).toISOString(),
      ends_at: new Date(period.endsAt).toISOString(),
    },
  };
}

/** Null when these are details of something else. */
export function termsOf(details: ActionDetails | undefined): Terms | null {
  if (details?.name !== CHANGE) return null;
  const { scopes, contracts, starts_at: startsAt, ends_at: endsAt } = details.properties;
  return {
    scopes: wordsOf(scopes).map((word) => {
      const at = word.lastIndexOf('@');
      return { name: word.slice(0, at), version: Number(word.slice(at + 1)) };
    }),
    contractIds: wordsOf(contracts) as ContractId[],
    mayPassOn: details.properties.may_pass_on === true,
    period: { startsAt: Date.parse(String(startsAt)), endsAt: Date.parse(String(endsAt)) },
  };
}

function wordsOf(words: unknown): string[] {
  return String(words).split(' ');
}
