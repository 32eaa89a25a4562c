import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Principal, PrincipalScope } from '../auth/principal.ts';
import { AppError, type Fault } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { Contract } from '../holders/person.ts';
import { isSamePerson, type CallerId, type ContractId, type HolderId } from '../policy/ids.ts';
import type { Policy } from '../policy/policy.ts';
import { isOnlyByLaw } from '../policy/scopes.ts';
import { callerStrength, lowest } from '../policy/strength.ts';
import type { Level, PersonKind } from '../policy/vocabulary.ts';
import { MandateCalls } from './mandate-calls.ts';
import { type MandateScope, REGISTERED_FORMS, type RegisteredForm } from './mandate.ts';
import type { MandateCall } from './mandates.repository.ts';

export interface Pair {
  readonly holderId: HolderId;
  readonly proxyId: CallerId;
}

/** The two, and what they are. */
export interface NamedPair extends Pair {
  readonly holderKind: PersonKind;
  readonly proxyKind: PersonKind;
}

/** What a grant names besides its terms. */
interface Given {
  readonly form: RegisteredForm;
  readonly call_id: string | null;
  readonly is_taken_down?: true;
}

/**
 * Reads what a request asks for into what is known here. What is wrong is added to `faults`, so that a client learns of
 * everything at once; what comes back is then of no use.
 */
@Injectable()
export class MandateTerms {
  constructor(
    private readonly holders: HoldersService,
    private readonly calls: MandateCalls,
  ) {}

  /** Null when there is a fault. Who is signed in is one of the two: to others nobody has these references. */
  async pair(
    tx: EntityManager,
    holderRef: string,
    proxyRef: string,
    { person }: Principal,
    faults: Fault[],
  ): Promise<NamedPair | null> {
    let holder = await this.holders.personByRef(tx, holderRef);
    const proxy = await this.holders.personByRef(tx, proxyRef);
    if (person !== undefined && holder?.id !== person.id && proxy?.id !== person.id) holder = null;
    if (holder === null) faults.push({ pointer: '/holder', detail: 'Nobody has this reference.' });
    if (proxy === null) faults.push({ pointer: '/proxy', detail: 'Nobody has this reference.' });
    if (holder === null || proxy === null) return null;
    // The two parts of a mandate: here, and nowhere else in this room, a person becomes a holder or a caller.
    const pair = {
      holderId: holder.id as HolderId,
      proxyId: proxy.id as CallerId,
      holderKind: holder.kind,
      proxyKind: proxy.kind,
    };
    if (!isSamePerson(pair.holderId, pair.proxyId)) return pair;
    faults.push({ pointer: '/proxy', detail: 'Nobody needs a mandate from themselves: name somebody else.' });
    return null;
  }

  /** @param known scopes that the mandate has: they keep the version whose text the holder saw */
  scopes(policy: Policy, names: readonly string[], known: readonly MandateScope[], faults: Fault[]): MandateScope[] {
    const versions = new Map(known.map((scope) => [scope.name, scope.version]));
    return names.flatMap((name, at) => {
      const version = versions.get(name) ?? policy.scopes.get(name)?.version;
      if (!versions.has(name) && isOnlyByLaw(policy, name)) {
        faults.push({ pointer: `/scopes/${at}`, detail: ONLY_BY_LAW });
        return [];
      }
      if (version !== undefined) return [{ name, version }];
      const right = [...policy.scopes.keys()].join(', ');
      faults.push({ pointer: `/scopes/${at}`, detail: `The policy has no such scope. It has: ${right}.` });
      return [];
    });
  }

  /** A contract of somebody else and one that doesn't exist are the same fault. `known` ones may have ended. */
  async contracts(
    tx: EntityManager,
    now: Date,
    refs: readonly string[],
    holderId: HolderId,
    known: readonly { readonly id: ContractId; readonly ref: string }[],
    faults: Fault[],
  ): Promise<ContractId[]> {
    const ids: ContractId[] = [];
    for (const [at, ref] of refs.entries()) {
      const kept = known.find((contract) => contract.ref === ref);
      const contract = kept === undefined ? await this.holders.contractByRef(tx, ref) : null;
      const detail = contract === null ? NOT_HELD : whyNotGrantable(contract, holderId, now);
      if (kept !== undefined) ids.push(kept.id);
      else if (contract !== null && detail === null) ids.push(contract.id);
      else faults.push({ pointer: `/contracts/${at}`, detail: detail ?? NOT_HELD });
    }
    return ids;
  }

  /**
   * The call in which it is registered: needed by agents, and for what is said on the phone. Calls of others look like none.
   *
   * @throws AppError `validation_failed` at once to an agent without one: outside a call they learn nothing of anybody
   */
  async call(
    tx: EntityManager,
    now: Date,
    { form, call_id: callId, is_taken_down: isTakenDown }: Given,
    principal: Principal,
    faults: Fault[],
  ): Promise<MandateCall | null> {
    // What came on paper came in no call.
    const isAgent = principal.scope === 'agent' && !(isTakenDown === true && form !== 'oral');
    if (callId === null && !isAgent && form !== 'oral') return null;
    const call = await this.calls.own(tx, now, { principal, callId });
    if (call === null) {
      const detail =
        callId === null ? 'Name the open call in which this is asked.' : 'This is no open call of this agent.';
      faults.push({ pointer: '/call_id', detail });
      if (isAgent) throw refusal(faults);
    }
    return call;
  }

  /**
   * The strength of the session in which the holder said so: on the phone 0 when only the proxy says it, as a claim gives no
   * rights. In the self-service 0 as well until the holder has confirmed it, unless their session is an approval by itself.
   */
  sessionStrength(
    now: Date,
    form: RegisteredForm,
    call: MandateCall | null,
    principal: Principal,
    pair: Pair,
    contractIds: readonly ContractId[],
    faults: Fault[],
  ): Level {
    const { person } = principal;
    if (person !== undefined) return pair.holderId === person.id && isApproval(principal) ? principal.strength : 0;
    if (call === null) return principal.strength;
    const fault = (detail: string): Level => {
      faults.push({ pointer: '/call_id', detail });
      return 0;
    };
    if (!contractIds.includes(call.contractId)) return fault('The contract of this call is not among the contracts.');
    const isHolder = isSamePerson(pair.holderId, call.callerId);
    if (!isHolder && call.callerId !== pair.proxyId) return fault('Neither the holder nor the proxy is on the line.');
    if (form !== 'oral') return principal.strength;
    if (!isHolder) return 0;
    const level = callerStrength(call.verifications, now.getTime());
    return level === 0 ? fault('Verify in this call that it is the holder.') : lowest(principal.strength, level);
  }
}

/** Whether what a person says in this session needs no code any more: they proved two factors, or more. */
export function isApproval({ person, strength }: Principal): boolean {
  return person !== undefined && strength >= APPROVAL;
}

/** A yes to a mandate comes over a phone or by letter: an e-mail would prove no more than the mandate's own form. */
export const CONFIRMATION_LEVEL = 2;

/** The strength at which a session is as good as a confirmation. */
const APPROVAL = 3;

const ONLY_BY_LAW =
  'No holder gives this: the law gives it to an executor, once a death is proven. Record a representation (executor) instead.';

const NOT_HELD = 'The holder has no contract with this reference.';

function whyNotGrantable(contract: Contract, holderId: HolderId, now: Date): string | null {
  if (!contract.holderIds.includes(holderId)) return NOT_HELD;
  return contract.endedAt === null || contract.endedAt > now ? null : 'This contract has ended.';
}

/**
 * Which proof a key may register: an agent what people say, the CRM what its portal saw, and deeds and court orders
 * only a session of the highest strength. Nothing counts for more than the session anyway; this keeps wrong papers out.
 *
 * @throws AppError `forbidden`, `validation_failed` when the proof's place is missing
 */
export function requireForm({ scope, strength }: Principal, form: RegisteredForm, evidenceRef: string | null): void {
  const isDeed = form === 'notarial' || form === 'court';
  const forms: Readonly<Record<PrincipalScope, readonly RegisteredForm[]>> = {
    // Papers are taken down with a colleague: see the room of registrations.
    agent: ['oral'],
    crm: strength === 4 ? REGISTERED_FORMS : ['oral', 'email', 'letter', 'portal', 'eid'],
    admin: strength === 4 ? ['notarial', 'court'] : [],
    privacy: [],
    // The holder, in person. Their session says what it is worth.
    person: ['portal'],
  };
  const own = forms[scope];
  if (!own.includes(form)) {
    const may = own.length === 0 ? 'none' : own.join(', ');
    throw new AppError(
      'forbidden',
      `Forms that this key may register: ${may}. Papers that an agent has are for /v1/registrations; deeds and court orders need strength 4.`,
    );
  }
  if (isDeed && evidenceRef === null) {
    throw refusal([{ pointer: '/evidence_ref', detail: 'A deed or court order needs its reference.' }]);
  }
}

export function refusal(faults: readonly Fault[]): AppError {
  return new AppError('validation_failed', 'Some fields are not as they should be; errors says which.', { faults });
}
