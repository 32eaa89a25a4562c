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

  find(tx: EntityManager, codeId: string): Promise<SignInEntity | null> {
    return tx.findOneBy(SignInEntity, { codeId });
  }
}
