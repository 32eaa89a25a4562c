import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

import { OUTCOMES, REASONS, type Outcome, type Reason } from '../policy/vocabulary.ts';
import type { Answer, BrokenQuestions, ChangedAnswers, DryRun } from './dry-run.service.ts';

const DAYS = 7;

export class DryRunQuery {
  /** How many days back. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(1)
  @Max(31)
  @ApiPropertyOptional({ minimum: 1, maximum: 31, default: DAYS })
  days: number = DAYS;
}

export class AnswerResponse {
  @ApiProperty({ enum: OUTCOMES })
  outcome: Outcome;

  @ApiProperty({ enum: REASONS })
  reason: Reason;

  static of({ outcome, reason }: Answer): AnswerResponse {
    return Object.assign(new AnswerResponse(), { outcome, reason });
  }
}

/** Decisions that were one thing and would be another. */
export class ChangedAnswersResponse {
  action: string;

  was: AnswerResponse;

  would_be: AnswerResponse;

  count: number;

  /** Up to five of them, by the ids of their decisions. */
  decision_ids: string[];

  static of({ action, was, wouldBe, count, decisionIds }: ChangedAnswers): ChangedAnswersResponse {
    const answers = { was: AnswerResponse.of(was), would_be: AnswerResponse.of(wouldBe) };
    return Object.assign(new ChangedAnswersResponse(), { action, ...answers, count, decision_ids: [...decisionIds] });
  }
}

/** Questions that were answered and would be refused as broken (400) in a check of a call. */
export class BrokenQuestionsResponse {
  action: string;

  /**
   * It is missing, out of its bounds, of another kind, or declared no more. Of personal ones the bounds are not looked at. One that is declared
   * no more is refused in a check of a call; the standard API would leave it out and answer. The record does not tell by which a question came.
   */
  property: string;

  /** What the asking side would be told. */
  detail: string;

  count: number;

  /** Up to five of them, by the ids of their decisions. */
  decision_ids: string[];

  static of({ action, property, detail, count, decisionIds }: BrokenQuestions): BrokenQuestionsResponse {
    const plain = { action, property, detail, count, decision_ids: [...decisionIds] };
    return Object.assign(new BrokenQuestionsResponse(), plain);
  }
}

/** What a policy would have answered to what was really asked. */
export class DryRunResponse {
  /** Of the document that was tried. */
  hash: string;

  @ApiProperty({ format: 'date-time' })
  from: string;

  checks: number;

  decisions: number;

  /** Decisions that would differ, and those that there would not be: `changes` and `broken` together. */
  differing: number;

  /** False: there were more than 5,000 checks; the newest were looked at. The command `policy dry-run` looks at all. */
  is_complete: boolean;

  /** The most frequent first. */
  changes: ChangedAnswersResponse[];

  /** The most frequent first. */
  broken: BrokenQuestionsResponse[];

  /** Actions that are not in the policy in force. */
  new_actions: string[];

  /** Actions of the policy in force that are not in this one. */
  removed_actions: string[];

  static of(run: DryRun): DryRunResponse {
    return Object.assign(new DryRunResponse(), {
      hash: run.hash,
      from: run.from.toISOString(),
      checks: run.checks,
      decisions: run.decisions,
      differing: run.differing,
      is_complete: run.isComplete,
      changes: run.changes.map((change) => ChangedAnswersResponse.of(change)),
      broken: run.broken.map((one) => BrokenQuestionsResponse.of(one)),
      new_actions: [...run.newActions],
      removed_actions: [...run.removedActions],
    });
  }
}
