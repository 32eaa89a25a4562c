import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { OwnPoints } from '../holders/own-points.service.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { acceptanceCode, isAcceptanceCode } from './acceptance-code.ts';
import type { InvitedMandate } from './grants.service.ts';
import { InvitationLinks } from './invitation-links.service.ts';
import type { Asker } from './mandate-calls.ts';
import { MandateNotices } from './mandate-notices.ts';
import { entryOf, MandateRegister } from './mandate-register.ts';
import { ACCEPTANCE_TRIES, type MandateRecord, personOn, viewOf } from './mandate.ts';
import { MandatesRepository } from './mandates.repository.ts';
import { inGroups } from './spoken-code.ts';

export interface Acceptance {
  readonly isAccepted: boolean;
  /** 0: this invitation can't be accepted any more. */
  readonly triesLeft: number;
}

export interface ShownCode {
  /** In groups, as people read it out. */
  readonly code: string;
  readonly expiresAt: Date;
}

/** What a link invites to. */
export interface LinkedInvitation {
  readonly mandate: MandateRecord;
  /** Whether the proxy has to sign in to accept: they have a contact point to which a code can go. */
  readonly needsSignIn: boolean;
}

/** Who tries: null = whoever came by the link of the invitation. */
type Acceptor = Asker | null;

/** The proxy's yes: they type a code that only the holder was sent, which shows that the two are in touch. */
@Injectable()
export class AcceptanceService {
  constructor(
    private readonly audit: AuditService,
    private readonly repository: MandatesRepository,
    private readonly register: MandateRegister,
    private readonly notices: MandateNotices,
    private readonly codes: CodesService,
    private readonly ring: KeyRing,
    private readonly policies: PolicyDocuments,
    private readonly dataSource: DataSource,
    private readonly holders: HoldersService,
    private readonly links: InvitationLinks,
    private readonly points: OwnPoints,
  ) {}

  /**
   * One try. Counted in a transaction of its own before anything is compared: a request that dies has used its try up, and
   * of many guesses at once five are compared. Neither a new invitation nor other terms give tries back.
   *
   * @throws AppError `not_found`, `invalid_state` when the mandate waits for nobody, or no longer
   */
  accept(id: string, typed: string, asker: Asker): Promise<Acceptance> {
    return this.attempt(() => Promise.resolve(id), typed, asker);
  }

  /** What the link of an invitation invites to; null for what waits for nobody, and for a link that we did not make. */
  async invited(token: string): Promise<LinkedInvitation | null> {
    const { manager } = this.dataSource;
    return this.invitedIn(manager, new Date(await this.repository.clock(manager)), token);
  }

  /**
   * The same try by who came by the link in the invitation and is not signed in. Only where the proxy has no contact point yet
   * to which a code could go: the link shows that they got the message, and the code that they are in touch with the holder.
   * Who can sign in has to: a link is passed on too easily.
   *
   * @throws AppError `not_found`, `forbidden` to a proxy who can sign in, `invalid_state`
   */
  acceptByLink(token: string, typed: string): Promise<Acceptance> {
    return this.attempt(
      async (tx, now) => {
        const invited = await this.invitedIn(tx, now, token);
        if (invited === null) throw new AppError('not_found', 'This invitation waits for nobody.');
        if (invited.needsSignIn) throw new AppError('forbidden', 'Sign in to accept this mandate.');
        return invited.mandate.id;
      },
      typed,
      null,
    );
  }

  private async invitedIn(manager: EntityManager, now: Date, token: string): Promise<LinkedInvitation | null> {
    const mandate = await this.links.find(manager, token);
    if (mandate === null) return null;
    const kinds = ['phone', 'email'] as const;
    const point = await this.holders.usableContactPoint(manager, mandate.proxyId, now, { kinds });
    return { mandate, needsSignIn: point !== null };
  }

  private async attempt(
    idOf: (tx: EntityManager, now: Date) => Promise<string>,
    typed: string,
    asker: Acceptor,
  ): Promise<Acceptance> {
    const { mandate, isCounted } = await this.countTry(idOf, asker);
    const triesLeft = ACCEPTANCE_TRIES - mandate.acceptanceTries;
    const { acceptanceKeyId: keyId } = mandate;
    if (!isCounted || keyId === null || !isAcceptanceCode(this.ring, { ...mandate, keyId }, typed)) {
      return { isAccepted: false, triesLeft };
    }
    await this.activate(mandate, asker);
    return { isAccepted: true, triesLeft };
  }

  /**
   * Sends the acceptance code and the invitation again: the same code, until the same moment, with the tries that are left.
   *
   * @throws AppError `not_found`, `invalid_state`, `code_budget_exhausted`, `no_usable_contact_point` when neither side can be reached
   */
  async invite(id: string, asker: Asker): Promise<InvitedMandate> {
    const { limits } = await this.policies.current();
    return this.audit.record(async (tx, now) => {
      const mandate = await this.register.lock(tx, now, id, asker, 'invite');
      await this.notices.requireBudget(tx, now, mandate);
      const invited = await this.notices.invite(tx, now, mandate);
      if (!invited.giver && !invited.proxy) {
        throw new AppError('no_usable_contact_point', 'Neither side has a contact point that has aged.');
      }
      const view = viewOf(mandate, now.getTime(), limits.decayMonths);
      const entry = entryOf('mandate.invited', mandate, asker, { holder: invited.giver, proxy: invited.proxy });
      return { result: { mandate: view, invited }, entries: [entry] };
    });
  }

  /**
   * The acceptance code, for the eyes of who gives it alone: they pass it on to the proxy. Every look is recorded.
   *
   * @throws AppError `not_found`, `invalid_state` when nothing waits for the proxy, or its key was taken out
   */
  showCode(id: string, asker: Asker): Promise<ShownCode> {
    return this.audit.record(async (tx, now) => {
      const mandate = await this.register.lock(tx, now, id, asker, 'invite');
      const { acceptanceKeyId: keyId, acceptBefore } = mandate;
      if (asker.principal.person?.id !== personOn(mandate, 'giver'))
        throw new AppError('not_found', 'There is no such mandate.');
      if (keyId === null || acceptBefore === null || !this.ring.has(keyId)) {
        throw new AppError('invalid_state', 'There is no code any more. Grant it anew.');
      }
      const code = inGroups(acceptanceCode(this.ring, { ...mandate, keyId }));
      const expiresAt = new Date(Math.min(acceptBefore, mandate.endsAt));
      return { result: { code, expiresAt }, entries: [entryOf('mandate.code_shown', mandate, asker, {})] };
    });
  }

  private countTry(
    idOf: (tx: EntityManager, now: Date) => Promise<string>,
    asker: Acceptor,
  ): Promise<{ mandate: MandateRecord; isCounted: boolean }> {
    return this.audit.record(async (tx, now) => {
      const id = await idOf(tx, now);
      const isCounted = await this.repository.takeAcceptanceTry(tx, id, now);
      const mandate = await this.register.lock(tx, now, id, asker, 'accept');
      const { acceptanceKeyId: keyId } = mandate;
      if (keyId !== null && !this.ring.has(keyId)) {
        throw new AppError('invalid_state', 'The key of its code was taken out. The holder has to grant it anew.');
      }
      const kind = isCounted ? 'mandate.acceptance_attempted' : 'mandate.acceptance_refused';
      const entry = entryOf(kind, mandate, asker ?? invitee(mandate), { tries: mandate.acceptanceTries });
      return { result: { mandate, isCounted }, entries: [entry] };
    });
  }

  #shown(tx: EntityManager, now: Date, { proxyId, createdAt }: MandateRecord): Promise<string | null> {
    return this.points.show(tx, now, proxyId, new Date(createdAt));
  }

  /** Only the very terms whose code was typed: what was withdrawn or widened since is not accepted. */
  private activate(counted: MandateRecord, asker: Acceptor): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const mandate = await this.register.lock(tx, now, counted.id, asker, 'accept');
      if (mandate.termsRevision !== counted.termsRevision) {
        throw new AppError('invalid_state', 'The mandate was changed meanwhile; the holder got a new code.');
      }
      const revision = mandate.revision + 1;
      const ended = { acceptBefore: null, acceptanceKeyId: null };
      await this.repository.update(tx, mandate.id, { state: 'active', acceptedAt: now, revision, ...ended });
      const cancelled = await this.codes.cancelOfMandate(tx, now, mandate.id);
      await this.notices.tellGivers(tx, now, mandate, 'accepted');
      const accepted = entryOf('mandate.accepted', mandate, asker ?? invitee(mandate), { revision, cancelled });
      const shown = asker === null ? await this.#shown(tx, now, mandate) : null;
      return { result: undefined, entries: shown === null ? [accepted] : [accepted, shownEntry(mandate, shown)] };
    });
  }
}

function shownEntry(mandate: MandateRecord, contactPointId: string): AuditEntry {
  const personIds = [mandate.proxyId];
  return { kind: 'contact.shown', actor: invitee(mandate), personIds, body: { contactPointId } };
}

/** How the audit names who came by the link of an invitation. */
function invitee(mandate: MandateRecord): string {
  return `proxy:${mandate.proxyId}`;
}
