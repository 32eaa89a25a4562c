import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actionKey, canonicalBinding, canonicalJson, type CodeBinding } from '../../src/policy/binding.ts';
import { runs } from '../support/runs.ts';

type Json = Parameters<typeof canonicalJson>[0];

/** RFC 8785, appendix B: a double's bits, and how it is written. */
const NUMBERS = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
] as const;

describe('canonical JSON', () => {
  it.each(NUMBERS)('writes the double %s as %s', (bits, written) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(written);
  });

  it('writes the example of RFC 8785, section 3.2.2', () => {
    const source = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalJson(JSON.parse(source) as Json)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts keys by their UTF-16 code units, as in RFC 8785, section 3.2.3', () => {
    const source: Json = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(source)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
  });

  it('sorts keys within keys, and leaves lists in their order', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 'x'], a: {} })).toBe('{"a":{},"b":[{"c":2,"d":1},"x"]}');
  });

  it('leaves out what is undefined', () => {
    expect(canonicalJson({ b: undefined, a: 1, c: { d: undefined } })).toBe('{"a":1,"c":{}}');
  });

  it('says what JSON says, whatever the order of the keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        const text = canonicalJson(plain);
        expect(JSON.parse(text)).toEqual(plain);
        expect(canonicalJson(reversed(plain))).toBe(text);
      }),
      runs(1000),
    );
  });
});

/** The same value with the members of every object in the opposite order. */
function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one: Json) => reversed(one));
  const members = Object.entries(value as Record<string, Json>).map(
    ([key, member]) => [key, reversed(member)] as const,
  );
  return Object.fromEntries(members.toReversed());
}

describe('the key of an action', () => {
  const properties = fc.dictionary(
    fc.string({ maxLength: 3 }),
    fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0),
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
    ),
    { maxKeys: 3, noNullPrototype: true },
  );
  const question = fc.record({ name: fc.string({ maxLength: 4 }), properties });

  it('is the same for equal questions alone', () => {
    fc.assert(
      fc.property(question, question, (first, second) => {
        const isEqual = JSON.stringify(sorted(first)) === JSON.stringify(sorted(second));
        expect(actionKey(first.name, first.properties) === actionKey(second.name, second.properties)).toBe(isEqual);
      }),
      runs(2000),
    );
  });

  it('gives the whole question back', () => {
    fc.assert(
      fc.property(question, ({ name, properties: given }) => {
        expect(JSON.parse(actionKey(name, given))).toEqual(JSON.parse(JSON.stringify([name, given])));
      }),
      runs(300),
    );
  });

  it.each([
    ['a number and the text of it', { amount: 1 }, { amount: '1' }],
    ['true and the text of it', { is_new: true }, { is_new: 'true' }],
    ['a name that holds a quotation mark', { 'a":1,"b': 2 }, { a: 1, b: 2 }],
    ['nothing and an empty text', {}, { note: '' }],
    ['letters in another case', { product: 'Fibre' }, { product: 'fibre' }],
    ['a space at the end', { product: 'fibre ' }, { product: 'fibre' }],
    ['composed and decomposed letters', { product: 'caf\u00e9' }, { product: 'cafe\u0301' }],
  ])('differs for %s', (_, first, second) => {
    expect(actionKey('contract.change', first)).not.toBe(actionKey('contract.change', second));
  });

  it('does not let a name run over into the properties', () => {
    expect(actionKey('a', { b: 'c' })).not.toBe(actionKey('a",{"b":"c"}]', {}));
  });
});

function sorted({ name, properties }: { name: string; properties: object }): unknown {
  return [name, Object.entries(properties).toSorted(([first], [second]) => (first < second ? -1 : 1))];
}

describe('the binding of a code', () => {
  const binding: CodeBinding = {
    purpose: 'action',
    codeId: 'code',
    personId: 'holder',
    contactPointId: 'telephone',
    callId: 'call',
    agentId: 'agent',
    mandateId: 'mandate',
    mandateRevision: 1,
    actionKeys: ['["a",{}]', '["b",{}]'],
  };

  it('does not depend on the order of the actions', () => {
    expect(canonicalBinding({ ...binding, actionKeys: binding.actionKeys.toReversed() })).toBe(
      canonicalBinding(binding),
    );
  });

  it.each([
    ['purpose', 'mandate'],
    ['codeId', 'other'],
    ['personId', 'other'],
    ['contactPointId', 'other'],
    ['contactPointId', null],
    ['callId', 'other'],
    ['callId', null],
    ['agentId', 'other'],
    ['agentId', null],
    ['mandateId', 'other'],
    ['mandateId', null],
    ['mandateRevision', 2],
    ['mandateRevision', null],
    ['actionKeys', ['["a",{}]']],
    ['actionKeys', ['["a",{}]', '["b",{}]', '["b",{}]']],
    ['actionKeys', []],
  ])('is another one when %s is %p', (member, value) => {
    expect(canonicalBinding({ ...binding, [member]: value })).not.toBe(canonicalBinding(binding));
  });

  it('leaves the list of actions as it was', () => {
    const actionKeys = Object.freeze(['["b",{}]', '["a",{}]']);
    expect(() => canonicalBinding({ ...binding, actionKeys })).not.toThrow();
  });
});
