import { AppError } from '../errors.ts';
import { RequestValidationPipe } from '../http/validation.pipe.ts';
import { ContractParams, ContractRequest } from './contracts.dto.ts';
import { PersonParams, PersonRequest } from './people.dto.ts';
import type { ContractRecord, PersonRecord } from './records.ts';

/** Longest line of a file, in bytes. */
export const LINE_LIMIT = 64 * 1024;

/** One line of a file, read but not checked; or what is wrong with it. Numbers begin at 1. */
export type ImportLine =
  { readonly line: number; readonly value: unknown } | { readonly line: number; readonly fault: string };

export type ImportRecord =
  | { readonly type: 'person'; readonly record: PersonRecord }
  | { readonly type: 'contract'; readonly record: ContractRecord };

const pipe = new RequestValidationPipe();

/**
 * Checks a line by the rules of the two PUT routes. `type` says which; the reference that a route has in its path stands
 * in the line.
 *
 * @returns what is wrong, in words, for a line that can't be used
 */
export async function readRecord(value: unknown): Promise<ImportRecord | string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const { type, crm_ref, contract_ref, ...rest } = value as Record<string, unknown>;
  try {
    switch (type) {
      case 'person': {
        const params = await check(PersonParams, { crm_ref });
        const request = await check(PersonRequest, contract_ref === undefined ? rest : { ...rest, contract_ref });
        return { type, record: request.toRecord(params.crm_ref) };
      }
      case 'contract': {
        const params = await check(ContractParams, { contract_ref });
        const request = await check(ContractRequest, crm_ref === undefined ? rest : { ...rest, crm_ref });
        return { type, record: request.toRecord(params.contract_ref) };
      }
      default:
        return '/type: must be "person" or "contract"';
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return inWords(error.faults);
  }
}

/** The first three faults: who sees those can mend the export. */
export function inWords(faults: AppError['faults']): string {
  return faults
    .slice(0, 3)
    .map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`))
    .join('; ');
}

async function check<T>(metatype: new () => T, value: object): Promise<T> {
  return (await pipe.transform(value, { type: 'body', metatype })) as T;
}
