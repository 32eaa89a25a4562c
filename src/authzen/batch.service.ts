import { Injectable, Logger } from '@nestjs/common';

import { AppError } from '../errors.ts';
import { appErrorOf } from '../http/problem.filter.ts';
import type { EvaluationRequest, EvaluationsRequest, Semantic } from './authzen.dto.ts';
import { isExecution, readEvaluations } from './batch.ts';
import { type Asker, denialOf, type Evaluated, EvaluationsService } from './evaluations.service.ts';
import type { Known } from './request-reader.ts';

/** Several questions in one request. Each stands for itself: what goes wrong with one is the answer to that one. */
@Injectable()
export class BatchService {
  private readonly logger = new Logger(BatchService.name);

  constructor(private readonly evaluations: EvaluationsService) {}

  /** In the order asked; shorter only where an answer settled the rest, which is then neither asked nor recorded. */
  async evaluate(request: EvaluationsRequest, asker: Asker): Promise<readonly Evaluated[]> {
    const semantic = request.options?.evaluations_semantic ?? 'execute_all';
    const read = await readEvaluations(request);
    const known = await this.evaluations.find(read.flatMap((one) => (one instanceof AppError ? [] : [one])));
    // What is done is done in the order asked; what is only asked goes together, in one batch.
    if (semantic === 'execute_all' && !read.some(isExecution)) {
      return Promise.all(read.map((one) => this.one(one, known, asker)));
    }
    const answers: Evaluated[] = [];
    for (const one of read) {
      const answer = await this.one(one, known, asker);
      answers.push(answer);
      if (settles(semantic, answer.decision)) break;
    }
    return answers;
  }

  private async one(read: EvaluationRequest | AppError, known: Known, asker: Asker): Promise<Evaluated> {
    try {
      if (read instanceof AppError) throw read;
      return await this.evaluations.evaluate(read, known, asker);
    } catch (thrown) {
      const error = appErrorOf(thrown);
      if (error.code === 'internal') this.logger.error({ event: 'evaluation_failed', err: thrown });
      return denialOf(error);
    }
  }
}

function settles(semantic: Semantic, decision: boolean): boolean {
  return (semantic === 'deny_on_first_deny' && !decision) || (semantic === 'permit_on_first_permit' && decision);
}
