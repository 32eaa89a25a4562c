/**
 * Branded identifiers. Swapping a holder and a caller is *the* bug of this domain, so the compiler refuses it;
 * the one place where the two may be compared is {@link isSamePerson}.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A person, organisation or software agent, whatever part it plays. UUID. */
export type PersonId = Branded<'person'>;
/** A person in the part of a contract's holder. UUID. */
export type HolderId = Branded<'person'> & { readonly part: 'holder' };
/** A person in the part of the one on the line. UUID. */
export type CallerId = Branded<'person'> & { readonly part: 'caller' };
export type ContractId = Branded<'contract'>;
export type MandateId = Branded<'mandate'>;
export type RepresentationId = Branded<'representation'>;
export type CallId = Branded<'call'>;
export type AgentId = Branded<'agent'>;
export type ConfirmationId = Branded<'confirmation'>;
/** A decision's id, a dot, and a place in its list of obligations. */
export type ObligationId = Branded<'obligation'>;
/** SHA-256 of the policy document's bytes, 64 lower-case hexadecimal digits. */
export type PolicyHash = Branded<'policy'>;

/** Milliseconds since 1970-01-01T00:00:00Z, read from the database's clock. */
export type Instant = number;

/** True when the holder is on the line in person. */
export function isSamePerson(holder: HolderId, caller: CallerId | null): boolean {
  return (holder as string) === (caller as string | null);
}
