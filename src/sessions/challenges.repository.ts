import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { ChallengeEntity } from './challenge.entity.ts';

@Injectable()
export class ChallengesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By the database's clock, like everything that ends. What is over goes, some with each new one. */
  async insert(
    { valueHash, boundToHash, kind }: Pick<ChallengeEntity, 'valueHash' | 'boundToHash' | 'kind'>,
    seconds: number,
  ): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO challenges (value_hash, bound_to_hash, kind, made_at, expires_at)
       VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp() + $4 * interval '1 second')`,
      [valueHash, boundToHash, kind, seconds],
    );
    await this.dataSource.query(
      `DELETE FROM challenges WHERE value_hash IN
         (SELECT value_hash FROM challenges WHERE expires_at < clock_timestamp() LIMIT 10)`,
    );
  }

  /** One statement, committed by itself: of many that bring it back, one finds it. Seconds since it was made, else null. */
  async take({
    valueHash,
    boundToHash,
    kind,
  }: Pick<ChallengeEntity, 'valueHash' | 'boundToHash' | 'kind'>): Promise<number | null> {
    const [rows] = await this.dataSource.query<[{ age: string }[], number]>(
      `DELETE FROM challenges
       WHERE value_hash = $1 AND bound_to_hash = $2 AND kind = $3 AND expires_at > clock_timestamp()
       RETURNING ceil(extract(epoch FROM clock_timestamp() - made_at)) AS age`,
      [valueHash, boundToHash, kind],
    );
    const [row] = rows;
    return row === undefined ? null : Number(row.age);
  }
}
