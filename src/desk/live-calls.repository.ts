import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What of a call can change while an employee looks at it, as one value. */
export interface CallVersion {
  readonly id: string;
  readonly isOver: boolean;
  /** Another one whenever something on its page became otherwise. It says nothing by itself. */
  readonly version: string;
}

@Injectable()
export class LiveCallsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Of all these calls in one statement: by their ids, and by the indexes on a call's codes and a code's messages. What became
   * of a message counts for questions to holders alone: that a code to a caller left, or didn't, would tell whether we know them.
   */
  versions(ids: readonly string[]): Promise<CallVersion[]> {
    return this.dataSource.query(
      `SELECT c.id, (c.ended_at IS NOT NULL OR c.ends_at <= clock_timestamp()) AS "isOver",
         md5(concat_ws('|', c.handed_over_at, c.ended_at,
           (SELECT string_agg(concat_ws(',', k.id, k.state, k.counter, k.tries, k.expires_at <= clock_timestamp(),
               (SELECT string_agg(m.state, ' ' ORDER BY m.code_counter, m.queued_at) FROM messages m
                WHERE m.code_id = k.id AND k.purpose = 'action')), ';' ORDER BY k.issued_at, k.id)
             FROM codes k WHERE k.call_id = c.id AND k.purpose IN ('action', 'verification')),
           (SELECT string_agg(b.id || ' ' || b.state, ';' ORDER BY b.id) FROM obligations b WHERE b.call_id = c.id),
           (SELECT count(*) FROM statements s WHERE s.call_id = c.id),
           (SELECT count(*) FROM verifications v WHERE v.call_id = c.id))) AS version
       FROM calls c WHERE c.id = ANY ($1::uuid[])`,
      [ids],
    );
  }
}
