import { AppError } from '../errors.ts';

/** Something that the person at the keyboard can mend: shown without a stack, and the program ends with 1. */
export class Failure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Failure';
  }
}

/** What an error means to the person at the keyboard. Only our own mistakes come with a stack. */
export function explain(error: unknown): string {
  if (error instanceof AppError) {
    return [error.message, ...error.faults.map(({ pointer, detail }) => `- ${nameOf(pointer)}${detail}`)].join('\n');
  }
  if (!(error instanceof Error)) return String(error);
  const isOurMistake = [TypeError, RangeError, ReferenceError].some((mistake) => error instanceof mistake);
  return isOurMistake ? (error.stack ?? error.message) : error.message;
}

function nameOf(pointer: string): string {
  return pointer === '' ? '' : `${pointer.slice(1)}: `;
}
