import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { KeyRing, type RingSealed } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { canonicalJson } from '../policy/binding.ts';
import { IdempotencyRepository, type RequestName, type Reservation } from './idempotency.repository.ts';

/** The request itself: the same key with another one of these is a mistake of the client's. */
export interface NamedRequest extends RequestName {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** As parsed; the spelling of the JSON is not looked at. */
  readonly body: unknown;
}

/** An answer as it can be given again. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Either the answer of the first request, or the duty to `keep` or `release` what was reserved. */
export type Start =
  | { readonly answer: Answer }
  | {
      readonly reservation: Reservation;
      /** The same for every repetition of this request, and for no other request. */
      readonly operation: string;
    };

const CLEARING_INTERVAL = 3_600_000;
/** How often a name may be found taken and then free again before we give up: each time another request failed. */
const LOST_RACES = 3;

@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger(IdempotencyService.name);

  constructor(
    private readonly repository: IdempotencyRepository,
    private readonly keyRing: KeyRing,
  ) {}

  /**
   * @throws AppError `idempotency_key_reused` when another request has this key; `idempotency_in_progress` while the
   *   same one is being worked on
   */
  async start(request: NamedRequest): Promise<Start> {
    const { principal, key, method, path, body } = request;
    const requestHash = createHash('sha256')
      .update(canonicalJson([method, path, body === undefined ? null : (body as Parameters<typeof canonicalJson>[0])]))
      .digest();
    const operation = createHash('sha256')
      .update(canonicalJson([principal, key, requestHash.toString('hex')]))
      .digest('hex');
    for (let attempt = 0; attempt < LOST_RACES; attempt += 1) {
      const reservation = await this.repository.reserve({ principal, key }, requestHash);
      if (reservation !== null) return { reservation, operation };
      const taken = await this.repository.find({ principal, key });
      if (taken === null) continue; // released by a request that failed just now
      if (!taken.requestHash.equals(requestHash)) {
        throw new AppError(
          'idempotency_key_reused',
          'This Idempotency-Key came with another request before: use a new key for a new request.',
        );
      }
      if (taken.answer !== null) {
        const { keyId, sealed } = split(taken.answer);
        if (this.keyRing.has(keyId)) return { answer: this.open(request, keyId, sealed) };
        // Its key was taken out of the ring: nobody can give it again, so it is as if it had expired.
        await this.repository.forget({ principal, key }, taken.answer);
        continue;
      }
      break;
    }
    throw new AppError('idempotency_in_progress', 'The same request is being worked on: ask again in a moment.', {
      retryAfter: 1,
    });
  }

  /** Never fails: the work is done and its answer goes out, whether or not it could be kept. */
  async keep(reservation: Reservation, answer: Answer): Promise<void> {
    try {
      await this.repository.keep(reservation, answer.status, this.seal(reservation, answer));
    } catch (error) {
      this.logger.error(
        'An answer could not be kept for repetition.',
        error instanceof Error ? error.stack : undefined,
      );
    }
  }

  /** Never fails: what can't be released now is free after a minute anyway. */
  async release(reservation: Reservation): Promise<void> {
    try {
      await this.repository.release(reservation);
    } catch (error) {
      this.logger.warn({ event: 'reservation_not_released', err: error });
    }
  }

  /** What has expired counts no more by itself; this makes room. */
  @Interval(CLEARING_INTERVAL)
  async clearExpired(): Promise<void> {
    await this.repository.clearExpired().catch((error: unknown) => {
      this.logger.warn({ event: 'expired_answers_not_cleared', err: error });
    });
  }

  /** Answers hold personal data. `<length of key id><key id><sealed>`, as the ring rotates while answers are kept. */
  private seal(name: RequestName, answer: Answer): Buffer {
    const { keyId, sealed } = this.keyRing.seal(Buffer.from(JSON.stringify(answer)), placeOf(name));
    const id = Buffer.from(keyId);
    return Buffer.concat([Buffer.of(id.length), id, sealed]);
  }

  private open(name: RequestName, keyId: string, sealed: Buffer): Answer {
    const plain = this.keyRing.open({ keyId, sealed }, placeOf(name));
    return JSON.parse(plain.toString('utf8')) as Answer;
  }
}

function split(stored: Buffer): RingSealed {
  const length = stored.readUInt8(0);
  return { keyId: stored.toString('utf8', 1, 1 + length), sealed: stored.subarray(1 + length) };
}

/** A sealed answer that is moved to another principal or key can't be opened. */
function placeOf(name: RequestName): string {
  return canonicalJson(['idempotency', name.principal, name.key]);
}
