import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SignInEntity } from './sign-in.entity.ts';

@Injectable()
export class SignInsRepository {
  async insert(tx: EntityManager, signIn: SignInEntity): Promise<void> {
    await tx.insert(SignInEntity, signIn);
    // What is over is of no use to anybody: some of it goes with each new one.
    await tx.query(
      `DELETE FROM sign_ins WHERE code_id IN
         (SELECT code_id FROM sign_ins WHERE asked_at < $1::timestamptz - interval '1 day' LIMIT 10)`,
      [signIn.askedAt],
    );
  }

  /** Those of these people who don't sign in themselves. */
  async spokenFor(tx: EntityManager, personIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT p.id FROM people p WHERE p.id = ANY ($1::uuid[]) AND (p.kind = 'software' OR EXISTS (
         SELECT FROM mandates m WHERE m.holder_id = p.id AND m.contact_rule IS NOT NULL AND m.state = 'active'
           AND m.starts_at <= now() AND now() < m.ends_at))`,
      [personIds],
    );
    return rows.map(({ id }) => id);
  }

  find(tx: EntityManager, codeId: string): Promise<SignInEntity | null> {
    return tx.findOneBy(SignInEntity, { codeId });
  }
}
