import type { ChangeChannel, ChangeListener } from './change-listener.ts';

/** What a look-up found, and for how many milliseconds at most it stays true by itself. */
export interface Found<Value> {
  readonly value: Value;
  readonly keepFor: number;
}

/** Milliseconds after which everything is looked up again, should a notification ever get lost. */
const LONGEST = 5_000;
/** More entries than any desk has keys or agents: only there so that memory is bounded. */
const MOST_ENTRIES = 10_000;

/**
 * Keeps what was found for at most 5 s. Any change on the channel empties it at once, in every process. While changes
 * can't be heard nothing of it counts, and what was not found is never kept.
 */
export class FreshCache<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly until: number }>();
  private readonly lookUps = new Map<string, Promise<Value | null>>();
  private generation = 0;

  constructor(
    private readonly listener: ChangeListener,
    channel: ChangeChannel,
  ) {
    listener.onChange(channel, () => this.clear());
  }

  async get(key: string, lookUp: () => Promise<Found<Value> | null>): Promise<Value | null> {
    const known = this.peek(key);
    if (known !== null) return known;
    if (!this.listener.isListening) return (await lookUp())?.value ?? null;
    // Requests that miss together look it up once.
    const running = this.lookUps.get(key);
    if (running !== undefined) return running;
    const started = this.lookUpAndKeep(key, lookUp);
    this.lookUps.set(key, started);
    const forget = (): void => {
      if (this.lookUps.get(key) === started) this.lookUps.delete(key);
    };
    started.then(forget, forget);
    return started;
  }

  /** What is known without looking it up; null when that must be done. */
  peek(key: string): Value | null {
    const entry = this.entries.get(key);
    return entry !== undefined && this.listener.isListening && performance.now() < entry.until ? entry.value : null;
  }

  clear(): void {
    this.generation += 1;
    this.entries.clear();
    this.lookUps.clear();
  }

  private async lookUpAndKeep(key: string, lookUp: () => Promise<Found<Value> | null>): Promise<Value | null> {
    const { generation } = this;
    // Counted from before the look-up: a slow answer must not live longer than it says.
    const since = performance.now();
    const found = await lookUp();
    if (found === null) return null;
    // Something changed while we looked: the answer may be from before that, so it serves this request alone.
    if (generation === this.generation && this.listener.isListening) {
      if (this.entries.size >= MOST_ENTRIES) this.entries.clear();
      this.entries.set(key, { value: found.value, until: since + Math.min(found.keepFor, LONGEST) });
    }
    return found.value;
  }
}
