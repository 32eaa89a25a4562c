import { createHash, randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { appendRecords, ensureChain, lockChain } from '../src/audit/audit.repository.ts';

/** A chain of its own: no service appends to it. */
const CHAIN = 1_000_000;
/** Months over which the records lie, the current one included: a table that has been in use for a year. */
const MONTHS = 12;
const CHUNK = 5_000;

/**
 * Records of the size of a check's, in a chain that `audit verify` accepts: hashed and written by the service's own code,
 * some thousands a transaction.
 *
 * @param client as the owner: it makes months that are over
 * @param onProgress records so far
 */
export async function seedRecords(
  client: ClientBase,
  count: number,
  onProgress: (done: number) => void,
): Promise<void> {
  if (count === 0) return;
  const now = new Date();
  const from = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS + 1);
  for (let month = 0; month < MONTHS; month += 1) {
    const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - month));
    await client.query('SELECT audit_records_make_month($1)', [day.toISOString().slice(0, 10)]);
  }
  await ensureChain(client, CHAIN);
  for (let done = 0; done < count;) {
    const size = Math.min(CHUNK, count - done);
    const entries = Array.from({ length: size }, (_, at) => ({
      id: randomUUID(),
      kind: 'check.advised',
      actor: `agent:${randomUUID()}`,
      callId: randomUUID(),
      personIds: [randomUUID(), randomUUID()],
      // As long as a check's body, and no easier to compress.
      body: { text: bodyOf(done + at) },
    }));
    await client.query('BEGIN');
    const head = await lockChain(client, CHAIN);
    await appendRecords(client, head, entries, new Date(Math.floor(from + ((now.getTime() - from) * done) / count)));
    await client.query('COMMIT');
    onProgress((done += size));
  }
}

function bodyOf(number: number): string {
  return createHash('sha256').update(String(number)).digest('hex').repeat(18);
}
