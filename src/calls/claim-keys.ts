import type { BlindIndex } from '../crypto/blind-index.ts';
import { normaliseName } from '../holders/normalise.ts';
import type { E164 } from '../holders/phone-number.ts';

/** What a caller says of themselves, each in its one spelling. */
interface Claimed {
  readonly number: E164 | null;
  readonly name: string | null;
  readonly mandateRef: string | null;
}

/**
 * One keyed hash for each thing claimed, in one order for everybody, as their budgets are locked in turn. A name counts
 * about one contract, as it points at nobody elsewhere.
 */
export function claimKeysOf(index: BlindIndex, contractId: string, { number, name, mandateRef }: Claimed): Buffer[] {
  const claims = [
    number === null ? null : ['number', number],
    name === null ? null : ['name', contractId, normaliseName(name)],
    mandateRef === null ? null : ['mandate', mandateRef],
  ];
  return claims
    .filter((claim) => claim !== null)
    .map((claim) => index.of('claim', JSON.stringify(claim)))
    .toSorted((one, other) => one.compare(other));
}
