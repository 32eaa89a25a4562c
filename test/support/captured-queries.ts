import pg from 'pg';

/** One statement as the application sent it. */
export interface Captured {
  /** White space collapsed; numbers of ours that stand in the text itself as `<n>`. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** The step of the story that was going on. */
  readonly during: string;
}

/**
 * Timers of the service ask too, whenever it is their time: checkpoints, the queue's length, jobs of dead workers, what is
 * cleared or reminded of. So do webhooks, the watches for canaries and leavers, and the queue, when it happens to note several jobs that are done
 * at once.
 */
const BESIDE =
  /audit_trees|LEFT JOIN audit_chains|audit_tiles|audit_checkpoints|FROM audit_records WHERE chain_id|pg_advisory_xact_lock\(\d|force_unlock_workers|AS due, |locked_at < now\(\) - interval|DELETE FROM (staff_)?sessions|DELETE FROM grant_drafts WHERE id IN|mandate_reminders|FROM webhooks w|webhook_deliveries WHERE|UPDATE webhooks SET previous|\(ends_at, id\) >|jobs as jobs using unnest\(|FROM canaries|UPDATE obligations b SET told_at|WITH leaving|is_active AND leaves_at <= now/;

type Query = (this: pg.Client, ...parameters: unknown[]) => unknown;

/**
 * Listens to what this process sends to the database as the application's role, over whichever library: all of them speak
 * through this driver. What is sent and answered stays as it is. Make it before the application: some connections keep
 * the method that they were born with.
 */
export class QueryListener {
  readonly captured: Captured[] = [];
  #during: string | null = null;
  readonly #role = new URL(process.env.MANDAAT_TEST_APP_URL ?? '').username;
  readonly #original: Query;

  constructor() {
    const prototype = pg.Client.prototype as unknown as { query: Query };
    const original = prototype.query;
    const hear = (client: unknown, first: unknown, second: unknown): void => this.#hear(client, first, second);
    this.#original = original;
    prototype.query = function query(...parameters) {
      hear(this, parameters[0], parameters[1]);
      return original.apply(this, parameters);
    };
  }

  /** Names the step that begins; null = nothing is kept. */
  step(name: string | null): void {
    this.#during = name;
  }

  stop(): void {
    (pg.Client.prototype as unknown as { query: Query }).query = this.#original;
  }

  #hear(client: unknown, first: unknown, second: unknown): void {
    if (this.#during === null || (client as { user: string }).user !== this.#role) return;
    const { text = '', values } =
      typeof first === 'string' ? { text: first } : (first as { text?: string; values?: readonly unknown[] });
    const given = values ?? (Array.isArray(second) ? (second as unknown[]) : []);
    // A message without parameters may hold several statements.
    const parts = given.length === 0 ? text.split(';') : [text];
    for (const part of parts) {
      const line = part
        .replaceAll(/--.*$/gm, '')
        .replaceAll(/\s+/g, ' ')
        .trim()
        .replace(/(?<=WHERE id = )\d+/, '<n>');
      if (/^(select|insert|update|delete|with)\b/i.test(line) && !BESIDE.test(line)) {
        this.captured.push({ text: line, values: given, during: this.#during });
      }
    }
  }
}
