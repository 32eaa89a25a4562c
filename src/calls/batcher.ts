/**
 * Gathers what arrives while a batch is in flight into the next one. A lone item pays no timer: it starts a batch at
 * once. One batch is in flight at a time.
 */
export class Batcher<Item, Answer> {
  private waiting: {
    readonly item: Item;
    readonly settle: (answer: Answer) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  private isRunning = false;

  /**
   * @param run answers every item of a batch, in order; when it throws, every item of the batch fails with that
   * @param maximum the most items in one batch
   */
  constructor(
    private readonly run: (items: readonly Item[]) => Promise<readonly Answer[]>,
    private readonly maximum: number,
  ) {}

  add(item: Item): Promise<Answer> {
    const answer = new Promise<Answer>((settle, fail) => this.waiting.push({ item, settle, fail }));
    if (!this.isRunning) void this.drain();
    return answer;
  }

  private async drain(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.maximum);
      try {
        const answers = await this.run(batch.map(({ item }) => item));
        for (const [index, { settle }] of batch.entries()) settle(answers[index] as Answer);
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    this.isRunning = false;
  }
}
