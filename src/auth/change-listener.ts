import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type Client, escapeIdentifier, type Pool } from 'pg';
import { BoundedClient } from '../database/bounded-client.ts';
import { PG_POOL } from '../database/database.module.ts';
import { metrics } from '../http/metrics.ts';

/** What other processes tell us about; each is the name of a PostgreSQL notification channel. */
export type ChangeChannel = 'api_keys_changed' | 'agents_changed' | 'canaries_changed';

/** Milliseconds between two attempts to listen again. */
const RETRY = 1_000;
/** Milliseconds between two questions whether the database is still there. */
const BEAT = 500;
/**
 * For how many milliseconds an answered question shows that news would have come: all of before it arrived ahead of its
 * answer. A connection that dies without a word is believed for as long as this, and so are keys that are in memory.
 * Shorter, and a process that has much to do would take its own lateness for a lost connection, and get more to do.
 */
const TRUST = 4 * BEAT;

/**
 * Hears from the database what any process has just changed, on a connection of its own. While it does not hear
 * (`isListening` is false), nobody may use anything from memory that a change could make wrong.
 */
@Injectable()
export class ChangeListener implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ChangeListener.name);
  private readonly handlers = new Map<string, (() => void)[]>();
  private client: Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private beat: NodeJS.Timeout | undefined;
  private isClosed = false;
  /** Until when news would have come, by `performance.now()`: not a moment longer for a process that stood still. */
  private trustedUntil = -Infinity;

  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  get isListening(): boolean {
    return performance.now() < this.trustedUntil;
  }

  /** Calls `handler` after each change, and whenever changes may have been missed. Call it from a constructor. */
  onChange(channel: ChangeChannel, handler: () => void): void {
    this.handlers.set(channel, [...(this.handlers.get(channel) ?? []), handler]);
  }

  async onModuleInit(): Promise<void> {
    await this.listen();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.retry);
    clearInterval(this.beat);
    await this.client?.end();
  }

  private async listen(): Promise<void> {
    // Not one of the pool's: it would be one less for the requests. The options object itself, because a copy of it
    // lacks the password, which the pool hides from enumeration.
    const client = new BoundedClient(this.pool.options);
    this.client = client;
    client.on('error', () => undefined); // 'end' follows, and is dealt with
    client.on('end', () => {
      if (this.client === client) this.lost();
    });
    client.on('notification', ({ channel }) => this.handlers.get(channel)?.forEach((handler) => handler()));
    try {
      await client.connect();
      for (const channel of this.handlers.keys()) await client.query(`LISTEN ${escapeIdentifier(channel)}`);
      // Changes before this moment went unheard.
      this.forgetEverything();
      await this.ask(client);
      let isAsking = false;
      const beat = async (): Promise<void> => {
        metrics.listening.set(Number(this.isListening));
        if (isAsking) return;
        isAsking = true;
        // One that fails is not answered: nothing more has to be known here, and 'end' follows.
        await this.ask(client).catch(() => undefined);
        isAsking = false;
      };
      if (this.client === client) this.beat = setInterval(() => void beat(), BEAT).unref();
    } catch {
      // A client whose connect failed emits no 'end'.
      if (this.client === client) this.lost();
      await client.end().catch(() => undefined);
    }
  }

  /** Whether the database is still there. News of before this question are heard ahead of its answer. */
  private async ask(client: Client): Promise<void> {
    const asked = performance.now();
    await client.query("SELECT 'listening'");
    if (this.client !== client) return;
    this.trustedUntil = asked + TRUST;
    metrics.listening.set(1);
  }

  private lost(): void {
    this.client = undefined;
    this.trustedUntil = -Infinity;
    clearInterval(this.beat);
    metrics.listening.set(0);
    this.forgetEverything();
    if (this.isClosed) return;
    this.logger.warn('Not listening to changes of keys and agents: each request looks them up until this is mended.');
    this.retry = setTimeout(() => void this.listen(), RETRY).unref();
  }

  private forgetEverything(): void {
    for (const handlers of this.handlers.values()) for (const handler of handlers) handler();
  }
}
