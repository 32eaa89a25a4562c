import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';

import { MINIMUM_AGE_DAYS } from '../holders/contact-point.ts';
import { AuthenticatorEntity } from './authenticator.entity.ts';
import { VerificationEntity } from './verification.entity.ts';

/**
 * Days between the first code from an app that the CRM enrolled and the first one that identifies: as long as a new telephone
 * waits. Who added it in a session had to show more, and waits for nothing.
 */
const AGEING_DAYS = MINIMUM_AGE_DAYS.phone;
/** Rows that one step of going through a whole table looks at. */
const PAGE = 500;

/** An app that no longer counts, and whose it was. */
export interface EndedAuthenticator {
  readonly id: string;
  readonly personId: string;
  /** The CRM's reference of its owner. */
  readonly ownerRef: string;
}

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

  /** Of the next rows behind `after`, ends every app that counts or is being enrolled. `last`: null = there are no more. */
  async endPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly ended: readonly EndedAuthenticator[] }> {
    const [row] = await tx.query<[{ last: string | null; ended: EndedAuthenticator[] }]>(
      `WITH page AS (SELECT id FROM authenticators WHERE id > $1 ORDER BY id LIMIT ${PAGE}), changed AS (
         UPDATE authenticators a SET ended_at = $2 FROM page
         WHERE a.id = page.id AND a.ended_at IS NULL RETURNING a.id, a.person_id
       )
       SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
         (SELECT coalesce(json_agg(json_build_object('id', c.id, 'personId', p.id, 'ownerRef', p.crm_ref) ORDER BY c.id), '[]')
          FROM changed c JOIN people p ON p.id = c.person_id) AS ended`,
      [after, now],
    );
    return row;
  }

  /** Accepts a time step once. False when this or a later one was accepted before, whoever races. */
  async takeStep(tx: EntityManager, id: string, step: number, now: Date): Promise<boolean> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE authenticators SET last_step = $2, confirmed_at = coalesce(confirmed_at, $3),
         usable_from = coalesce(usable_from,
           $3::timestamptz + CASE WHEN session_id IS NULL THEN interval '${AGEING_DAYS} days' ELSE interval '0' END)
       WHERE id = $1 AND ended_at IS NULL AND last_step < $2 RETURNING id`,
      [id, step, now],
    );
    return rows.length === 1;
  }
}
