import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError; bounds are the service's to check */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is needed.');
  return Number(text);
}
