interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Gathers what arrives while a batch reads into the next one. A lone item pays no timer: it starts a batch at once. One
 * batch reads at a time; the one before it may still be being written.
 */
export class Batcher<Item, Answer> {
  private waiting: Waiting<Item, Answer>[] = [];
  private isReading = false;

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
    if (!this.isReading) this.begin();
    return answer;
  }

  private begin(): void {
    const batch = this.waiting.splice(0, this.maximum);
    this.isReading = batch.length > 0;
    if (!this.isReading) return;
    let isNextDue = true;
    void this.answer(batch, () => {
      if (isNextDue) this.begin();
      isNextDue = false;
    });
  }

  private async answer(batch: readonly Waiting<Item, Answer>[], next: () => void): Promise<void> {
    try {
      const answers = await this.run(
        batch.map(({ item }) => item),
        next,
      );
      for (const [index, { settle }] of batch.entries()) settle(answers[index] as Answer);
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
    next();
  }
}
