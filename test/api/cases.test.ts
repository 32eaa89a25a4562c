import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type CheckRecord, replay } from '../../src/calls/check-record.ts';
import { PolicyDocuments } from '../../src/policy-documents/policy-documents.service.ts';
import { readCaseFiles } from '../policy/case-format.ts';
import { arrange, askOverHttp, toldIn, toldOf } from '../policy/case-runner-http.ts';
import { wantedRecord } from '../policy/case-runner.ts';
import { type Answer, Desk } from '../support/desk.ts';

const FILES = await readCaseFiles();

describe('the golden cases, over HTTP', () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open({ policyFile: path.join(import.meta.dirname, '../policy/cases/policy.yaml') });
  });
  afterAll(() => desk.close());

  /** The record of a check, word for word. */
  async function recordOf(checkId: string): Promise<string> {
    const { rows } = await desk.owner.query<{ body: string }>('SELECT body FROM audit_records WHERE id = $1', [
      checkId,
    ]);
    return rows[0]?.body ?? '';
  }

  it('are most of them', () => {
    const cases = FILES.flatMap((file) => file.cases);
    const pure = cases.filter(({ pure_because: reason }) => reason !== undefined);
    expect(pure.length).toBeLessThan(cases.length / 4);
  });

  describe.each(FILES)('about $theme', ({ cases }) => {
    const real = cases.filter(({ pure_because: reason }) => reason === undefined);

    it.each(real)('$name', async (one) => {
      const arranged = await arrange(desk, one);
      const { body: check } = await askOverHttp(desk, one, arranged);
      const told: Answer['body'][] =
        one.in_general === true
          ? one.want.map(({ action }) => check.decisions.find((decision: Answer['body']) => decision.action === action))
          : check.decisions;
      expect(told.map((decision, at) => toldOf(decision, one.want[at]!, check.decided_at, arranged))).toEqual(
        one.want.map(toldIn),
      );
      for (const decision of told) expect(decision.sentence).not.toBe('');

      const text = await recordOf(check.id);
      const record = JSON.parse(text) as CheckRecord;
      const wanted = wantedRecord(one).map(({ action, outcome, reason }) => [action, outcome, reason]);
      const recorded = record.decisions.map(([action, outcome, reason]) => [action, outcome, reason]);
      expect(record.policy).toBe(check.policy);
      if (one.in_general === true) expect(recorded).toEqual(expect.arrayContaining(wanted));
      else expect(recorded).toEqual(wanted);
      for (const personal of one.record?.without ?? []) expect(text).not.toContain(personal);
      // Years later it is decided again from this record alone.
      const policy = await desk.api.app.get(PolicyDocuments).byHash(record.policy);
      expect(replay(policy, record, check.id)).toEqual([]);
    });
  });
});
