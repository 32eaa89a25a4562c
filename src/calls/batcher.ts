interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/** Batches under way at once: one that reads, and one that is being written. */
const MOST_UNDER_WAY = 2;

/**
 * Gathers items into batches. A lone item pays no timer: it begins as soon as everything that arrived with it has been
 * heard. While a batch is under way, the next one begins when it is as large, or when that one is done. So two of the same
 * size take turns under load, and many share the fixed price of a batch; else who comes back first is a batch of their own.
 */
export class Batcher<Item, Answer> {
  private waiting: Waiting<Item, Answer>[] = [];
  /** Sizes of the batches that were begun and not yet answered, oldest first. */
  private readonly underWay: number[] = [];
  private isReading = false;
  private isDue = false;

  /**
   * @param run answers every item of a batch, in order; when it throws, every item of the batch fails with that. It calls
   *   `onRead` when the next batch may begin; once it has settled that one may anyway
   * @param maximum the most items in one batch
   */
  constructor(
    private readonly run: (items: readonly Item[], onRead: () => void) => Promise<readonly Answer[]>,
    private readonly maximum: number,
  ) {}

  add(item: Item): Promise<Answer> {
    const answer = new Promise<Answer>((settle, fail) => this.waiting.push({ item, settle, fail }));
    if (!this.isDue) {
      this.isDue = true;
      setImmediate(() => {
        this.isDue = false;
        this.beginIfDue();
      });
    }
    return answer;
  }

  private beginIfDue(): void {
    const last = this.underWay.at(-1);
    const enough = Math.min(last ?? 1, this.maximum);
    if (this.isReading || this.underWay.length >= MOST_UNDER_WAY || this.waiting.length < enough) return;
    const batch = this.waiting.splice(0, this.maximum);
    this.underWay.push(batch.length);
    this.isReading = true;
    let wasRead = false;
    void this.answer(batch, () => {
      if (wasRead) return;
      wasRead = true;
      this.isReading = false;
      this.beginIfDue();
    });
  }

  private async answer(batch: readonly Waiting<Item, Answer>[], onRead: () => void): Promise<void> {
    try {
      const answers = await this.run(
        batch.map(({ item }) => item),
        onRead,
      );
      for (const [index, { settle }] of batch.entries()) settle(answers[index] as Answer);
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
    this.underWay.splice(this.underWay.indexOf(batch.length), 1);
    onRead();
    this.beginIfDue();
  }
}
