import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../config/config.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import { type DayUse, MessageDaysRepository, type PaidRoute } from './message-days.repository.ts';
import { smsSegments } from './neutral-text.ts';

/** What may go out in one day, by road and in money: the most that fraud can cost. E-mail costs nothing. */
@Injectable()
export class MessageCaps {
  private readonly most: Readonly<Record<PaidRoute, number>>;
  readonly #price: Readonly<Record<PaidRoute, number>>;

  constructor(
    private readonly config: Config,
    private readonly repository: MessageDaysRepository,
  ) {
    this.most = { sms: config.smsPerDay, voice: config.voicePerDay, letter: config.lettersPerDay };
    this.#price = { sms: config.smsCents, voice: config.voiceCents, letter: config.letterCents };
  }

  /**
   * Counts a message, once however often it is tried, before it is sent: of many at once no more go out than may.
   *
   * @param text decides how many parts an SMS has
   * @returns false when the cap is reached: then nothing was counted
   */
  async take(messageId: string, route: CodeRoute, text: string): Promise<boolean> {
    if (route === 'email') return true;
    const cents = this.#price[route] * (route === 'sms' ? smsSegments(text) : 1);
    const caps = { most: this.most[route], mostCents: this.config.messageCentsPerDay };
    return this.repository.take(messageId, route, cents, caps);
  }

  /** The provider refused it, so it cost nothing. */
  giveBack(messageId: string): Promise<void> {
    return this.repository.giveBack(messageId);
  }

  /** The roads on which one more message would go out now. Asked beforehand: {@link take} decides. */
  async open(manager: EntityManager): Promise<ReadonlySet<CodeRoute>> {
    const use = await this.repository.today(manager);
    const paid = (['sms', 'voice', 'letter'] as const).filter((route) => this.#isOpen(route, use));
    return new Set<CodeRoute>([...paid, 'email']);
  }

  #isOpen(route: PaidRoute, use: DayUse): boolean {
    return use[route] < this.most[route] && use.cents + this.#price[route] <= this.config.messageCentsPerDay;
  }
}
