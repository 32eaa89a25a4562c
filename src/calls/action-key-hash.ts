import { createHash } from 'node:crypto';

/** How a used confirmation names its action: keys may be long, an index entry may not. */
export function actionKeyHash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
