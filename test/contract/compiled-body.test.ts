import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';

import { CheckRequest, OpenCallRequest } from '../../src/calls/calls.dto.ts';
import { AttemptRequest } from '../../src/confirmations/confirmations.dto.ts';
import { CompiledBodies } from '../../src/http/compiled-body.ts';
import { CHANNELS } from '../../src/policy/vocabulary.ts';
import { runs } from '../support/runs.ts';

const RUNS = runs(7000);

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ minLength: 60, maxLength: 240, unit: 'grapheme' }),
  fc.constantFrom('', 'invoice.explain', 'a.b.c', 'Invoice.explain', '😀'.repeat(64), '😀'.repeat(65), 'C-1'),
);
const junk = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.array(fc.integer(), { maxLength: 2 }),
  fc.object(),
);
/** Mostly right, sometimes anything. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: junk }, { weight: 1, arbitrary: text });
const maybeMore = (shape: Record<string, fc.Arbitrary<unknown>>, required: string[]): fc.Arbitrary<object> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.record(shape, { requiredKeys: required }) },
    { weight: 1, arbitrary: fc.record({ ...shape, extra: junk }, { requiredKeys: [] }) },
  );

const properties = fc.dictionary(fc.constantFrom('amount', 'note', 'x'), fc.oneof(fc.integer(), text, fc.boolean()));
const action = maybeMore(
  { name: mostly(fc.constantFrom('invoice.explain', 'sim.replace')), properties: mostly(properties) },
  ['name'],
);
const actions = mostly(
  fc.array(fc.oneof({ weight: 9, arbitrary: action }, { weight: 1, arbitrary: junk }), { maxLength: 7 }),
);

const BODIES = {
  CheckRequest: {
    of: CheckRequest,
    body: maybeMore({ actions, purpose: mostly(fc.constantFrom('advise', 'execute')) }, []),
  },
  OpenCallRequest: {
    of: OpenCallRequest,
    body: maybeMore(
      {
        channel: mostly(fc.constantFrom(...CHANNELS)),
        contract_ref: mostly(fc.constantFrom('C-1', 'C-5001')),
        claim: mostly(
          maybeMore(
            {
              as: mostly(fc.constantFrom('holder', 'proxy')),
              mandate_ref: mostly(text),
              calling_number: mostly(text),
              name: mostly(text),
            },
            ['as'],
          ),
        ),
        case_ref: mostly(fc.constantFrom('CASE-77', 'Z-1')),
        language: mostly(fc.constantFrom('nl', 'en')),
      },
      ['channel', 'contract_ref', 'claim'],
    ),
  },
  AttemptRequest: {
    of: AttemptRequest,
    body: maybeMore({ code: mostly(fc.constantFrom('123456', '12 34 56')), call_id: mostly(fc.uuid()), actions }, [
      'code',
    ]),
  },
} as const;

describe.each(Object.entries(BODIES))('the compiled schema of %s', (_name, { of, body }) => {
  const compiled = new CompiledBodies();

  it('recognises no body that the decorators refuse, and nearly all that they accept', () => {
    const seen = { accepted: 0, recognised: 0, refused: 0 };
    fc.assert(
      fc.property(body, (candidate) => {
        const plain: unknown = JSON.parse(JSON.stringify(candidate));
        const isAccepted =
          validateSync(plainToInstance(of as new () => object, plain), {
            whitelist: true,
            forbidNonWhitelisted: true,
            forbidUnknownValues: true,
          }).length === 0;
        const isRecognised = compiled.read(of, plain) !== null;
        if (isRecognised) expect(isAccepted).toBe(true);
        seen[isAccepted ? 'accepted' : 'refused'] += 1;
        if (isRecognised) seen.recognised += 1;
      }),
      RUNS,
    );
    // Both sides were really tried, and the fast way is the usual one. A null for an optional field goes the slow way.
    expect(seen.refused).toBeGreaterThan(RUNS.numRuns / 20);
    expect(seen.accepted).toBeGreaterThan(RUNS.numRuns / 20);
    expect(seen.recognised).toBeGreaterThan(seen.accepted * 0.8);
  });
});
