import type { Server } from 'node:http';

/** How many requests a server is working on: Node counts a connection that has not asked anything yet as busy. */
export class RunningRequests {
  static readonly #ofServer = new WeakMap<Server, RunningRequests>();

  #count = 0;
  #waiting: (() => void)[] = [];

  static of(server: Server): RunningRequests {
    const known = RunningRequests.#ofServer.get(server) ?? new RunningRequests();
    RunningRequests.#ofServer.set(server, known);
    return known;
  }

  begin(): void {
    this.#count += 1;
  }

  end(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves as soon as nothing runs. */
  async none(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
