import { DatabaseError } from 'pg';

/** The five characters by which PostgreSQL names an error; `undefined` for an error that isn't PostgreSQL's. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}
