import { AppError } from '../errors.ts';

/**
 * Work that is too costly for much of it at once in one process. What comes beyond is refused and not queued: who waits would hold a
 * connection, and nobody knows for how long.
 */
export class FewAtOnce {
  #running = 0;

  /**
   * @param most how many may run
   * @param detail what is told to whoever comes beyond
   * @param retryAfter seconds after which it makes sense to come again
   */
  constructor(
    private readonly most: number,
    private readonly detail: string,
    private readonly retryAfter: number,
  ) {}

  /** @throws AppError `unavailable` when as many run already */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.most) {
      throw new AppError('unavailable', this.detail, { retryAfter: this.retryAfter });
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}
