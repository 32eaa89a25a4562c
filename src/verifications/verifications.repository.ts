import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';

import { MINIMUM_AGE_DAYS } from '../holders/contact-point.ts';
import { AuthenticatorEntity } from './authenticator.entity.ts';
import { VerificationEntity } from './verification.entity.ts';

/** Days between the first code from an app and the first one that identifies: as long as a new telephone waits. */
const AGEING_DAYS = MINIMUM_AGE_DAYS.phone;

@Injectable()
export class VerificationsRepository {
  async insert(tx: EntityManager, verification: VerificationEntity): Promise<void> {
    await tx.insert(VerificationEntity, verification);
  }

  liveAuthenticator(tx: EntityManager, personId: string): Promise<AuthenticatorEntity | null> {
    return tx.findOneBy(AuthenticatorEntity, { personId, endedAt: IsNull() });
  }

  async insertAuthenticator(tx: EntityManager, authenticator: AuthenticatorEntity): Promise<void> {
    await tx.insert(AuthenticatorEntity, authenticator);
  }

  async endAuthenticator(tx: EntityManager, id: string, now: Date): Promise<void> {
    await tx.update(AuthenticatorEntity, { id }, { endedAt: now });
  }

  /** Accepts a time step once. False when this or a later one was accepted before, whoever races. */
  async takeStep(tx: EntityManager, id: string, step: number, now: Date): Promise<boolean> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE authenticators SET last_step = $2, confirmed_at = coalesce(confirmed_at, $3),
         usable_from = coalesce(usable_from, $3::timestamptz + interval '${AGEING_DAYS} days')
       WHERE id = $1 AND ended_at IS NULL AND last_step < $2 RETURNING id`,
      [id, step, now],
    );
    return rows.length === 1;
  }
}
