import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import type { ContactPointKind } from '../holders/contact-point.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { tidy } from '../holders/normalise.ts';
import { MandateNotices } from '../mandates/mandate-notices.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { GrantingService, type OwnGrant, type OwnGranted } from '../my-mandates/granting.service.ts';
import { ProxiesService } from '../my-mandates/proxies.service.ts';
import type { Level } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { AuthenticatorsService } from '../verifications/authenticators.service.ts';
import { SoftwareRepository } from './software.repository.ts';

/** How far the word of software may count: its holder chooses, and 3 is the most. */
export const CEILINGS = [1, 2, 3] as const satisfies readonly Level[];
export type Ceiling = (typeof CEILINGS)[number];
export const USUAL_CEILING: Ceiling = 2;

/** Who made it or runs it: whom to reach when it does something wrong. */
export interface Operator {
  readonly kind: ContactPointKind;
  readonly value: string;
}

/** What a holder declares, and what it may do from the beginning. */
export interface Declaration extends Omit<OwnGrant, 'proxy' | 'may_pass_on' | 'while_partner'> {
  readonly name: string;
  readonly operator: Operator;
  readonly ceiling: Ceiling;
}

export interface Software {
  readonly id: string;
  /** Null once it was erased. */
  readonly name: string | null;
  readonly operator: Operator;
  readonly ceiling: Level;
  readonly declaredAt: Date;
}

/** The secret is told this once. */
export interface Declared {
  readonly software: Software;
  /** Base32, of 160 bits: its codes are TOTP of 6 digits, a new one every 30 seconds. */
  readonly secret: string;
  readonly granted: OwnGranted;
}

/** Software that calls for the one who is signed in. */
@Injectable()
export class SoftwareService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly policies: PolicyDocuments,
    private readonly repository: SoftwareRepository,
    private readonly holders: HoldersService,
    private readonly proxies: ProxiesService,
    private readonly granting: GrantingService,
    private readonly mandates: MandatesService,
    private readonly notices: MandateNotices,
    private readonly authenticators: AuthenticatorsService,
  ) {}

  /** What is in use. */
  async list(principal: Principal): Promise<readonly Software[]> {
    const { manager } = this.dataSource;
    const rows = await this.repository.list(manager, signedInOf(principal).id);
    const names = await this.holders.names(
      manager,
      rows.map(({ personId }) => personId),
    );
    return Promise.all(
      rows.map(async ({ personId, ceiling, operatorSealed, declaredAt }) => ({
        id: personId,
        name: names.get(personId) ?? null,
        operator: JSON.parse(
          await this.holders.open(manager, personId, operatorSealed, operatorPlace(personId)),
        ) as Operator,
        ceiling,
        declaredAt,
      })),
    );
  }

  /**
   * One transaction: the software, its secret, its mandate, and the code that confirms that, unless the session is proof enough.
   * It accepts nothing: once the holder gave the mandate, it counts.
   *
   * @throws AppError as `GrantingService.grant`
   */
  async declare(declaration: Declaration, principal: Principal): Promise<Declared> {
    const { name, operator, ceiling, ...terms } = declaration;
    const person = signedInOf(principal);
    const policy = await this.policies.current();
    const actor = actorOf(principal);
    return this.audit.record<Declared>(async (tx, now) => {
      await this.notices.requireSelfBudget(tx, now, person.id);
      const { language } = await this.holders.describe(tx, person.id);
      const { ref, personId: id, entries } = await this.proxies.registerSoftware(tx, now, name, language, actor);
      const sealed = await this.holders.seal(tx, id, JSON.stringify(operator), operatorPlace(id));
      const row = { personId: id, holderId: person.id, ceiling, declaredAt: now, endedAt: null };
      await this.repository.insert(tx, { ...row, operatorSealed: sealed });
      const secret = await this.authenticators.issueIn(tx, now, id, person.sessionId);
      const declared: AuditEntry = {
        kind: 'software.declared',
        actor,
        personIds: [person.id, id],
        body: { softwareId: id, ceiling },
      };
      const grant = { ...terms, may_pass_on: false, while_partner: false };
      const granted = await this.granting.grantTo(tx, now, ref, grant, principal, policy);
      return {
        result: {
          software: { id, name: tidy(name), operator, ceiling, declaredAt: now },
          secret,
          granted: granted.result,
        },
        entries: [...entries, declared, ...granted.entries],
      };
    });
  }

  /**
   * At once and for good: its secret is worth nothing any more, and every mandate that the holder gave it ends. Saying it again
   * changes nothing.
   *
   * @throws AppError `not_found` also for what is somebody else's
   */
  revoke(id: string, principal: Principal): Promise<void> {
    const { id: holderId } = signedInOf(principal);
    return this.audit.record(async (tx, now) => {
      const known = await this.repository.lock(tx, id, holderId);
      if (known === null) throw new AppError('not_found', 'There is no such software.');
      if (known.endedAt !== null) return { result: undefined, entries: [] };
      await this.repository.end(tx, id, now);
      await this.authenticators.revokeIn(tx, now, id);
      const pair = { holderId, proxyId: id };
      const ended = await this.mandates.withdrawAllIn(tx, now, pair, { principal, callId: null });
      const entry: AuditEntry = {
        kind: 'software.revoked',
        actor: actorOf(principal),
        personIds: [holderId, id],
        body: { softwareId: id },
      };
      return { result: undefined, entries: [entry, ...ended] };
    });
  }
}

function operatorPlace(personId: string): ReturnType<typeof placeOf> {
  return placeOf('software_callers', 'operator_sealed', personId);
}
