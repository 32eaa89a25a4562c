import { Injectable, type PipeTransform } from '@nestjs/common';
import { AppError } from '../errors.ts';

/**
 * The text of a policy document: the body itself when it came as YAML, else the member `document` of a JSON body.
 *
 * @throws AppError `validation_failed`
 */
@Injectable()
export class PolicyTextPipe implements PipeTransform<unknown, string> {
  transform(body: unknown): string {
    if (typeof body === 'string') return body;
    const members = Object.entries(typeof body === 'object' && body !== null ? body : {});
    const [first, ...others] = members;
    if (first?.[0] === 'document' && typeof first[1] === 'string' && others.length === 0) return first[1];
    throw new AppError('validation_failed', 'Send the policy as YAML, or as JSON with the one field document.', {
      faults: [{ pointer: '/document', detail: 'must be the text of a policy document, and the only field' }],
    });
  }
}
