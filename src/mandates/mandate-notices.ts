import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { LETTER } from '../codes/code.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices, TO_ANY_POINT } from '../messages/notices.service.ts';
import type { MandateChange, NoticeName, QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { CodeRoute, Language } from '../policy/vocabulary.ts';
import { acceptanceCode } from './acceptance-code.ts';
import { InvitationLinks } from './invitation-links.service.ts';
import { isSelfMade, type MandateRecord, personOn, type Side, sidesOf, stateAt } from './mandate.ts';
import { MandatesRepository } from './mandates.repository.ts';
import { inGroups } from './spoken-code.ts';

/** A scope in the reader's words. */
export interface ScopeInWords {
  readonly title: string;
  /** What it lets the proxy do, and what it never includes; null when the policy has this scope no more. */
  readonly text: string | null;
  readonly excludes: string | null;
}

/** Who gets a message about an invitation; false = there is nowhere safe to send it, or enough was sent. */
export type Invited = Readonly<Record<'giver' | 'proxy', boolean>>;

interface Awaiting {
  readonly mandate: MandateRecord;
  readonly keyId: string;
  readonly acceptBefore: Date;
}

/** Invitations to one person, and acceptance codes to one person, by whatever mandates. */
const SENDS = { most: 3, window: 10 * 60_000 } as const;
/** Invitations that one person has sent from the self-service: nobody floods others in our name. */
const SELF_SENDS = { most: 10, window: 24 * 60 * 60_000 } as const;
/** The code goes to who gives it, who passes it on. */
const TEMPLATE_TO = { giver: 'acceptance_code', proxy: 'invitation' } as const;

/**
 * What people hear about their mandates. Only over contact points that have aged: who has just taken over somebody's
 * number gets neither a code nor the news. Codes are derived at the moment of sending.
 */
@Injectable()
export class MandateNotices implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
    private readonly notices: Notices,
    private readonly policies: PolicyDocuments,
    private readonly links: InvitationLinks,
    private readonly repository: MandatesRepository,
  ) {}

  onModuleInit(): void {
    this.messages.provide('acceptance_code', (message) => this.acceptance(message));
    this.messages.provide('invitation', (message) => this.invitation(message));
    this.messages.provide('mandate_changed', (message) => this.change(message));
    this.messages.provide('mandate_ending', (message) => this.ending(message));
  }

  /** Tells one side what happened. Nothing is queued for somebody whom we can't safely reach. */
  async tell(tx: EntityManager, now: Date, mandate: MandateRecord, side: Side, change: MandateChange): Promise<void> {
    await this.send(tx, now, mandate, side, 'mandate_changed', { change, changedAt: now.toISOString() });
  }

  /** Also to whoever did it: somebody else may have done it in their name. */
  async tellAll(tx: EntityManager, now: Date, mandate: MandateRecord, change: MandateChange): Promise<void> {
    for (const side of sidesOf(mandate)) await this.tell(tx, now, mandate, side, change);
  }

  /** All sides but the proxy's. */
  async tellGivers(tx: EntityManager, now: Date, mandate: MandateRecord, change: MandateChange): Promise<void> {
    for (const side of sidesOf(mandate)) if (side !== 'proxy') await this.tell(tx, now, mandate, side, change);
  }

  /** Who gave it and its proxy, that it ends by itself soon. */
  async tellEnding(tx: EntityManager, now: Date, mandate: MandateRecord): Promise<void> {
    const parameters = { endsAt: new Date(mandate.endsAt).toISOString() };
    for (const side of ['giver', 'proxy'] as const) {
      await this.send(tx, now, mandate, side, 'mandate_ending', parameters);
    }
  }

  /** A mandate that waits for its proxy for the first time. The holder hears it, where somebody else passed it on. */
  async offer(tx: EntityManager, now: Date, mandate: MandateRecord): Promise<Invited> {
    if (mandate.parent !== undefined) await this.tell(tx, now, mandate, 'holder', 'passed_on');
    return this.invite(tx, now, mandate);
  }

  /** The acceptance code to who gives it, the invitation to the proxy: three of each in ten minutes a person. */
  async invite(tx: EntityManager, now: Date, mandate: MandateRecord): Promise<Invited> {
    const parameters = { termsRevision: mandate.termsRevision };
    const invite = async (side: keyof Invited): Promise<CodeRoute | null> =>
      (await this.isExhausted(tx, now, mandate, side))
        ? null
        : this.send(tx, now, mandate, side, TEMPLATE_TO[side], parameters);
    const [giver, proxy] = [await invite('giver'), await invite('proxy')];
    if (giver === 'letter' || proxy === 'letter') await this.waitForPost(tx, now, mandate);
    return { giver: giver !== null, proxy: proxy !== null };
  }

  /** What waits for somebody's answer waits longer when they are asked by letter. */
  async waitForPost(tx: EntityManager, now: Date, { id, acceptBefore }: MandateRecord): Promise<void> {
    const until = now.getTime() + LETTER.days * 24 * 60 * 60_000;
    if (acceptBefore === null || acceptBefore >= until) return;
    await this.repository.update(tx, id, { acceptBefore: new Date(until) });
  }

  /**
   * Before somebody gives or sends anything from the self-service.
   *
   * @throws AppError `code_budget_exhausted` when this person has had enough invitations sent today
   */
  async requireSelfBudget(tx: EntityManager, now: Date, giverId: string): Promise<void> {
    const since = new Date(now.getTime() - SELF_SENDS.window);
    if ((await this.repository.countSelfSends(tx, giverId, since)) < SELF_SENDS.most) return;
    throw new AppError(
      'code_budget_exhausted',
      `You had ${SELF_SENDS.most} invitations sent today. Wait until tomorrow.`,
      {
        retryAfter: SELF_SENDS.window / 1_000,
      },
    );
  }

  /** @throws AppError `code_budget_exhausted` when either side was sent enough */
  async requireBudget(tx: EntityManager, now: Date, mandate: MandateRecord): Promise<void> {
    if (isSelfMade(mandate)) await this.requireSelfBudget(tx, now, personOn(mandate, 'giver'));
    for (const side of ['giver', 'proxy'] as const) {
      if (!(await this.isExhausted(tx, now, mandate, side))) continue;
      throw new AppError(
        'code_budget_exhausted',
        `The ${side === 'giver' ? 'holder' : side} was sent ${SENDS.most} of these in 10 minutes. Wait a while.`,
        {
          retryAfter: SENDS.window / 1_000,
        },
      );
    }
  }

  private async isExhausted(
    tx: EntityManager,
    now: Date,
    mandate: MandateRecord,
    side: keyof Invited,
  ): Promise<boolean> {
    const since = new Date(now.getTime() - SENDS.window);
    return (await this.repository.countSends(tx, personOn(mandate, side), TEMPLATE_TO[side], since)) >= SENDS.most;
  }

  private async send(
    tx: EntityManager,
    now: Date,
    mandate: MandateRecord,
    side: Side,
    template: NoticeName,
    parameters: Readonly<Record<string, string | number>>,
  ): Promise<CodeRoute | null> {
    // The acceptance code shows that the two are in touch: on a phone that both read it would show nothing.
    // The holder gave us this contact point to invite them at: nobody knows yet whose it is.
    const isGiven = template === 'invitation' && isSelfMade(mandate);
    return this.notices.send(tx, now, personOn(mandate, side), {
      template,
      parameters: { ...parameters, ...(isGiven ? { [TO_ANY_POINT]: 1 } : {}), mandateId: mandate.id },
      ...(template === 'acceptance_code' ? { notSharedWith: mandate.proxyId } : {}),
    });
  }

  private async acceptance(message: QueuedMessage): Promise<TemplateValues['acceptance_code'] | 'drop'> {
    const awaiting = await this.awaiting(message);
    // A key that was taken out takes its codes with it.
    if (awaiting === null || !this.ring.has(awaiting.keyId)) return 'drop';
    const { mandate, keyId, acceptBefore } = awaiting;
    return {
      code: inGroups(acceptanceCode(this.ring, { ...mandate, keyId })),
      holder: mandate.parent === undefined ? null : await this.nameOf(mandate, 'holder'),
      proxy: await this.nameOf(mandate, 'proxy'),
      scopes: await this.titles(mandate, message.language),
      contracts: mandate.contracts.map((contract) => contract.ref),
      mandateRef: mandate.ref,
      endsAt: new Date(mandate.endsAt),
      expiresAt: acceptBefore,
    };
  }

  private async invitation(message: QueuedMessage): Promise<TemplateValues['invitation'] | 'drop'> {
    const awaiting = await this.awaiting(message);
    if (awaiting === null) return 'drop';
    const { mandate, keyId, acceptBefore } = awaiting;
    return {
      holder: await this.nameOf(mandate, 'holder'),
      giver: mandate.parent === undefined ? null : await this.nameOf(mandate, 'giver'),
      scopes: await this.titles(mandate, message.language),
      mandateRef: mandate.ref,
      startsAt: new Date(mandate.startsAt),
      endsAt: new Date(mandate.endsAt),
      acceptBefore,
      link: this.links.of({ ...mandate, acceptanceKeyId: keyId }),
    };
  }

  private async change(message: QueuedMessage): Promise<TemplateValues['mandate_changed'] | 'drop'> {
    const { change, changedAt, mandateId } = message.parameters;
    const mandate = await this.repository.find(this.dataSource.manager, String(mandateId));
    if (mandate === null) return 'drop';
    const reader = message.personId === mandate.proxyId ? 'proxy' : 'holder';
    // Silence came after this was queued: what has not been said yet stays unsaid.
    if (mandate.isSilent && message.personId !== mandate.holderId) return 'drop';
    return {
      change: change as MandateChange,
      reader,
      other: await this.nameOf(mandate, reader === 'holder' ? 'proxy' : 'holder'),
      mandateRef: mandate.ref,
      changedAt: new Date(String(changedAt)),
    };
  }

  private async ending(message: QueuedMessage): Promise<TemplateValues['mandate_ending'] | 'drop'> {
    const { mandateId, endsAt } = message.parameters;
    const { manager } = this.dataSource;
    const mandate = await this.repository.find(manager, String(mandateId));
    // Ended, or renewed, since this was queued.
    if (mandate === null || new Date(mandate.endsAt).toISOString() !== endsAt) return 'drop';
    const { state } = stateAt(mandate, await this.repository.clock(manager));
    if (state !== 'active' && state !== 'suspended') return 'drop';
    const reader = message.personId === mandate.proxyId ? 'proxy' : 'holder';
    return {
      reader,
      other: await this.nameOf(mandate, reader === 'holder' ? 'proxy' : 'holder'),
      mandateRef: mandate.ref,
      endsAt: new Date(mandate.endsAt),
      link: `${this.config.publicUrl}/portal/${reader === 'holder' ? 'mandates' : 'held'}/${mandate.id}`,
    };
  }

  /** The mandate, if it still waits for the proxy under the terms that this message was queued about. */
  private async awaiting(message: QueuedMessage): Promise<Awaiting | null> {
    const { manager } = this.dataSource;
    const { mandateId, termsRevision } = message.parameters;
    const mandate = await this.repository.find(manager, String(mandateId));
    if (mandate === null || mandate.acceptanceKeyId === null || mandate.acceptBefore === null) return null;
    const { state } = stateAt(mandate, await this.repository.clock(manager));
    if (state !== 'pending_acceptance' || mandate.termsRevision !== termsRevision) return null;
    const acceptBefore = new Date(Math.min(mandate.acceptBefore, mandate.endsAt));
    return { mandate, keyId: mandate.acceptanceKeyId, acceptBefore };
  }

  /** An erased person has no name any more. */
  private async nameOf(mandate: MandateRecord, side: Side): Promise<string> {
    const { name } = await this.holders.describe(this.dataSource.manager, personOn(mandate, side));
    return name ?? '—';
  }

  /** What the scopes let the proxy do under the policy in force; a scope that it has no more keeps its name. */
  async inWords({ scopes }: Pick<MandateRecord, 'scopes'>, language: Language): Promise<ScopeInWords[]> {
    const policy = await this.policies.current();
    return scopes.map((name) => {
      const scope = policy.scopes.get(name);
      if (scope === undefined) return { title: name, text: null, excludes: null };
      return { title: scope.title[language], text: scope.text[language], excludes: scope.excludes[language] };
    });
  }

  private async titles(mandate: MandateRecord, language: Language): Promise<string[]> {
    return (await this.inWords(mandate, language)).map((scope) => scope.title);
  }
}
