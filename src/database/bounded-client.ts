import { Client, type ClientConfig } from 'pg';

/**
 * An answer may take four of these to arrive, 5 s: more than the database itself allows for a statement (2 s), so that they
 * pass only when the way back is broken. Counted in steps, because a process that stood still finds its timers due before
 * it has read what had arrived meanwhile: that is one step, not all of them. Milliseconds.
 */
export const ANSWER_STEP = 1_250;
const ANSWER_STEPS = 4;

/**
 * A connection that gives up when no answer comes. The database's own limits don't help where the network has lost the
 * other side without a word: whoever waited there would wait for as long as the operating system does, a quarter of an
 * hour and more, and with it everybody behind. The whole connection goes, because nobody can tell what would still arrive
 * on it.
 */
export class BoundedClient extends Client {
  #limit: NodeJS.Timeout | undefined;

  constructor(config?: string | ClientConfig) {
    super(config);
    const settle = (): void => clearTimeout(this.#limit);
    this.on('drain', settle).on('end', settle).on('error', settle);
    // Typed loosely, as the driver overloads it in every way: it is passed on as it came.
    const query = this.query.bind(this) as (...asked: unknown[]) => unknown;
    this.query = ((...asked: unknown[]) => {
      clearTimeout(this.#limit);
      this.#wait(ANSWER_STEPS);
      return query(...asked);
    }) as Client['query'];
  }

  #wait(steps: number): void {
    this.#limit = setTimeout(() => {
      if (steps > 1) this.#wait(steps - 1);
      else this.#giveUp();
    }, ANSWER_STEP);
  }

  #giveUp(): void {
    const { connection } = this as unknown as { connection: { stream: { destroy(): void } } };
    connection.stream.destroy();
  }
}
