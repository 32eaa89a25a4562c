import { AppError } from '../errors.ts';

/** Where a change stands: in which epoch, transaction, and place. Numbers that don't fit JavaScript's are texts. */
export interface ChangePlace {
  readonly epoch: number;
  readonly tx: string;
  readonly n: string;
}

/** A place among the changes, and when it was. */
export interface DatedPlace extends ChangePlace {
  readonly at: Date;
}

/** Characters that no token has more of. */
export const LONGEST_TOKEN = 200;

/** Opaque to whoever keeps it; a number in it that is no number would be a broken statement. */
const PARTS = /^(\d{1,9})\.(\d{1,20})\.(\d{1,19})\.(\d{1,15})$/;

export function tokenOf({ epoch, tx, n, at }: DatedPlace): string {
  return Buffer.from(`${epoch}.${tx}.${n}.${at.getTime()}`).toString('base64url');
}

/** @throws AppError `validation_failed` for what is none of ours */
export function readToken(token: string, pointer: string): DatedPlace {
  const [, epoch, tx, n, at] = PARTS.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (epoch !== undefined && tx !== undefined && n !== undefined && at !== undefined) {
    const isInBounds = BigInt(tx) < 2n ** 64n && BigInt(n) < 2n ** 63n;
    if (isInBounds) return { epoch: Number(epoch), tx, n, at: new Date(Number(at)) };
  }
  const detail = 'Give a token as the change feed or a webhook gave it.';
  throw new AppError('validation_failed', detail, { faults: [{ pointer, detail }] });
}
