import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { ensureChain, lockChain } from '../src/audit/audit.repository.ts';
import { type ChainHead, recordHash } from '../src/audit/chain.ts';
import { copyIn } from './copy-in.ts';

/** A chain of its own: no service appends to it. */
const CHAIN = 1_000_000;
/** Months over which the records lie, the current one included: a table that has been in use for a year. */
const MONTHS = 12;
const CHUNK = 1_000;
/** Different bodies: as many as it takes that no two neighbours are alike. */
const BODIES = 1_000;
const KIND = 'check.advised';

/**
 * Records of the size of a check's, in a chain that `audit verify` accepts: hashed by the service's own code, copied in a
 * month at a time.
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
  const monthStart = (ago: number): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago));
  await ensureChain(client, CHAIN);
  const bodies = Array.from({ length: BODIES }, () => JSON.stringify({ text: `${randomUUID()} `.repeat(31) }));
  for (let done = 0, month = 0; month < MONTHS; month += 1) {
    const ago = MONTHS - 1 - month;
    const [from, to] = [monthStart(ago), ago === 0 ? now : monthStart(ago - 1)];
    const size = Math.round((count * (month + 1)) / MONTHS) - done;
    await client.query('BEGIN');
    const { rows } = await client.query<{ is_new: boolean }>('SELECT audit_records_make_month($1) AS is_new', [
      from.toISOString().slice(0, 10),
    ]);
    const table = `audit_records_${from.toISOString().slice(0, 7).replace('-', '_')}`;
    const chain = new Chain(
      await lockChain(client, CHAIN),
      bodies,
      from.getTime(),
      (to.getTime() - from.getTime()) / size,
    );
    const started = done;
    await copyIn(
      client,
      // Into a table that is as new as this transaction rows may go as if they had always been there: no VACUUM for them.
      `COPY ${table} (chain_id, sequence, id, recorded_at, kind, call_id, person_ids, actor, body, previous_hash, hash)
       FROM STDIN${rows[0]?.is_new === true ? ' WITH (FREEZE)' : ''}`,
      chain.lines(size, (written) => onProgress(started + written)),
    );
    await client.query('UPDATE audit_chains SET sequence = $2, hash = $3 WHERE id = $1', [
      CHAIN,
      chain.head.sequence.toString(),
      chain.head.hash,
    ]);
    await client.query('COMMIT');
    done += size;
  }
}

/** Records, one behind the other, as lines for COPY. */
class Chain {
  #head: ChainHead;
  readonly #bodies: readonly string[];
  readonly #from: number;
  readonly #step: number;

  /**
   * @param from time of the first, in milliseconds
   * @param step milliseconds between two
   */
  constructor(head: ChainHead, bodies: readonly string[], from: number, step: number) {
    this.#head = head;
    this.#bodies = bodies;
    this.#from = from;
    this.#step = step;
  }

  get head(): ChainHead {
    return this.#head;
  }

  *lines(size: number, onProgress: (written: number) => void): Iterable<string> {
    for (let written = 0; written < size;) {
      let chunk = '';
      for (const last = Math.min(written + CHUNK, size); written < last; written += 1) chunk += this.#next(written);
      yield chunk;
      onProgress(written);
    }
  }

  #next(at: number): string {
    const { sequence: before, hash: previousHash } = this.#head;
    const record = {
      chainId: CHAIN,
      sequence: before + 1n,
      id: randomUUID(),
      recordedAt: new Date(Math.floor(this.#from + at * this.#step)),
      kind: KIND,
      callId: randomUUID(),
      personIds: [randomUUID(), randomUUID()],
      actor: `agent:${randomUUID()}`,
      body: this.#bodies[at % this.#bodies.length] ?? '',
      previousHash,
    };
    const hash = recordHash(record);
    this.#head = { chainId: CHAIN, sequence: record.sequence, hash };
    const { sequence, id, recordedAt, kind, callId, personIds, actor, body } = record;
    return `${CHAIN}\t${sequence}\t${id}\t${recordedAt.toISOString()}\t${kind}\t${callId}\t{${personIds.join()}}\t${actor}\t${body}\t\\\\x${previousHash.toString('hex')}\t\\\\x${hash.toString('hex')}\n`;
  }
}
