import { Injectable } from '@nestjs/common';

import { AuditReader } from '../audit/audit-reader.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { type CheckRecord, replay } from './check-record.ts';

/** A recorded check whose decisions come out differently when they are taken again. */
export interface Difference {
  readonly recordId: string;
  readonly chainId: number;
  readonly sequence: bigint;
  readonly actions: readonly string[];
}

/** Takes every recorded decision again from its own record and compares. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly audit: AuditReader,
    private readonly policies: PolicyDocuments,
  ) {}

  /** @param onProgress records read so far, and how many there are */
  async replayAll(
    onProgress: (done: number, total: number) => void = () => undefined,
  ): Promise<{ readonly checks: number; readonly decisions: number; readonly differences: readonly Difference[] }> {
    const tally = { checks: 0, decisions: 0 };
    const differences: Difference[] = [];
    await this.audit.each(async ({ id, chainId, sequence, kind, body: text }) => {
      if (!kind.startsWith('check.')) return;
      const body = JSON.parse(text) as CheckRecord;
      const actions = replay(await this.policies.byHash(body.policy), body, id);
      tally.checks += 1;
      tally.decisions += body.decisions.length;
      if (actions.length > 0) differences.push({ recordId: id, chainId, sequence, actions });
    }, onProgress);
    return { ...tally, differences };
  }
}
