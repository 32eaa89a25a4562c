import { Injectable, type PipeTransform } from '@nestjs/common';
import { AppError } from '../errors.ts';
import type { PolicyHash } from '../policy/ids.ts';

/**
 * The hash of a policy. What can't be one names no policy.
 *
 * @throws AppError `not_found`
 */
@Injectable()
export class PolicyHashPipe implements PipeTransform<string, PolicyHash> {
  transform(hash: string): PolicyHash {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new AppError('not_found', 'There is no policy with this hash.');
    return hash as PolicyHash;
  }
}

/**
 * The id of an activation. What can't be one names none.
 *
 * @throws AppError `not_found`
 */
@Injectable()
export class ActivationIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!/^[1-9]\d{0,17}$/.test(id)) throw new AppError('not_found', 'There is no such activation.');
    return id;
  }
}
