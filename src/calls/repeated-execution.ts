import { createHash } from 'node:crypto';

import type { AuditReader } from '../audit/audit-reader.ts';
import type { ClientBase } from 'pg';
import type { CheckRecord } from './check-record.ts';

const DAY = 86_400_000;

/** What an execution under this id did, in a day at most. */
export interface EarlierExecution {
  readonly id: string;
  readonly record: CheckRecord;
}

/**
 * The id of an execution that its client gave a key. The record of it is written with the execution, so a repetition finds
 * it whatever became of the first answer: the commit that nobody heard of, the process that died.
 *
 * @param operation the request as its client names it
 */
export function executionCheckId(operation: string, now: Date): string {
  return idOf(operation, Math.floor(now.getTime() / DAY));
}

/** Null when this was not done in the last 24 hours. Inside the transaction that would do it, behind its locks. */
export async function findEarlier(
  audit: AuditReader,
  client: ClientBase,
  operation: string,
  now: Date,
): Promise<EarlierExecution | null> {
  const today = Math.floor(now.getTime() / DAY);
  // A key counts for 24 hours, so for the rest of the day it came and for a part of the next.
  const ids = [idOf(operation, today), idOf(operation, today - 1)];
  const found = await audit.find(client, ids, new Date(now.getTime() - DAY));
  return found === null ? null : { id: found.id, record: JSON.parse(found.body) as CheckRecord };
}

/** RFC 9562, version 8: a UUID that is made of a hash. */
function idOf(operation: string, day: number): string {
  const bytes = createHash('sha256').update(`${operation} ${day}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
