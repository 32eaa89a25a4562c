import { createPrivateKey, randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { CompactSign, decodeProtectedHeader } from 'jose';

import { type ChainedRecord, genesisHash, recordHash } from '../../src/audit/chain.ts';
import {
  type Checkpoint,
  checkpointHash,
  readPayload,
  readUnverified,
  writePayload,
} from '../../src/audit/checkpoint.ts';
import { CheckpointKeys, CheckpointVerificationKeys, readPublicKeys } from '../../src/audit/checkpoint-keys.ts';
import { type InclusionProof, verifyProof } from '../../src/audit/inclusion-proof.ts';
import { inclusionRanges, leafHash, rangeHash } from '../../src/audit/merkle.ts';
import { appendToTiles, nodesOf } from '../../src/audit/merkle-tiles.ts';

const SEED = Buffer.alloc(32, 7);
const keys = new CheckpointKeys([{ id: 'c1', key: SEED }]);
const stranger = new CheckpointKeys([{ id: 'x1', key: Buffer.alloc(32, 8) }]);
const hashOf = (text: string): Buffer => leafHash(Buffer.from(text));

const CHECKPOINT: Checkpoint = {
  number: 3,
  takenAt: new Date('2026-11-22T07:08:09.010Z'),
  previous: hashOf('previous'),
  chains: [
    { chainId: 1, size: 60, root: hashOf('root 1'), head: hashOf('head 1'), consistency: [hashOf('a'), hashOf('b')] },
    { chainId: 3, size: 5, root: hashOf('root 3'), head: hashOf('head 3'), consistency: [] },
  ],
};

/** What our own key signs, whatever it says. */
function signed(text: string, header: object = { typ: 'mandaat-checkpoint' }): Promise<string> {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), SEED]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: 'EdDSA', kid: 'c1', ...header }).sign(key);
}

describe('What a checkpoint says', () => {
  it('is written in words that others read, and read as it was written', () => {
    const hex = (text: string): string => hashOf(text).toString('hex');
    expect(JSON.parse(writePayload(CHECKPOINT))).toEqual({
      number: 3,
      taken_at: '2026-11-22T07:08:09.010Z',
      previous: hex('previous'),
      chains: [
        { chain: 1, size: 60, root: hex('root 1'), head: hex('head 1'), consistency: [hex('a'), hex('b')] },
        { chain: 3, size: 5, root: hex('root 3'), head: hex('head 3'), consistency: [] },
      ],
    });
    expect(readPayload(writePayload(CHECKPOINT))).toEqual(CHECKPOINT);
    const first = { ...CHECKPOINT, number: 1, previous: null, chains: [] };
    expect(JSON.parse(writePayload(first))).toMatchObject({ previous: null });
    expect(readPayload(writePayload(first))).toEqual(first);
  });

  const hash = 'ab'.repeat(32);
  const point = { chain: 2, size: 4, root: hash, head: hash, consistency: [hash] };
  const payload = { number: 2, taken_at: '2026-11-22T07:08:09.010Z', previous: hash, chains: [point] };
  const NO_HASHES = ['', 5, null, 'AB'.repeat(32), `${hash}0`, `0${hash}`, hash.slice(1), [hash], `${hash}\n`];
  const NO_COUNTS = [-1, 1.5, '1', null, 2 ** 53];
  const changes: readonly object[] = [
    ...[0, ...NO_COUNTS, undefined].map((number) => ({ number })),
    ...['yesterday', '', 5, null, undefined].map((taken_at) => ({ taken_at })),
    ...[...NO_HASHES.filter((value) => value !== null), undefined].map((previous) => ({ previous })),
    ...[undefined, null, {}, 'x', [null], ['x'], [5], [[]]].map((chains) => ({ chains })),
    ...[
      ...[0, ...NO_COUNTS, undefined].flatMap((count) => [{ chain: count }, { size: count }]),
      ...[...NO_HASHES, undefined].flatMap((value) => [{ root: value }, { head: value }]),
      ...[...NO_HASHES.filter((value) => !Array.isArray(value)), undefined].flatMap((value) => [
        { consistency: value },
        { consistency: [hash, value] },
      ]),
    ].map((change) => ({
      chains: [
        { ...point, chain: 1 },
        { ...point, ...change },
        { ...point, chain: 3 },
      ],
    })),
    { chains: [point, point] },
    { chains: [point, { ...point, chain: 1 }] },
    { chains: [{ ...point, chain: 1 }, { ...point, chain: 3 }, point] },
  ];

  it(`is none of ${changes.length} texts that are nearly one`, () => {
    expect(readPayload(JSON.stringify(payload))).toMatchObject({ number: 2, chains: [{ chainId: 2 }] });
    for (const change of changes) {
      expect([change, readPayload(JSON.stringify({ ...payload, ...change }))]).toEqual([change, null]);
    }
    for (const text of ['', '{', 'null', '1', '"x"', '[]', '{}'])
      expect([text, readPayload(text)]).toEqual([text, null]);
  });

  it('is read whoever signed it, and is nothing where there is no text', async () => {
    expect(readUnverified(await stranger.sign(CHECKPOINT))).toEqual(CHECKPOINT);
    for (const jws of ['', 'x', 'a.b.c', '..']) expect(readUnverified(jws)).toBeNull();
  });

  it('is named by the next one with its signature', async () => {
    const [ours, theirs] = [await keys.sign(CHECKPOINT), await stranger.sign(CHECKPOINT)];
    expect(checkpointHash(ours)).toHaveLength(32);
    expect(checkpointHash(ours).equals(checkpointHash(ours))).toBe(true);
    expect(checkpointHash(ours).equals(checkpointHash(theirs))).toBe(false);
  });
});

describe('The keys of checkpoints', () => {
  const open = new CheckpointVerificationKeys(keys.jwks);

  it('sign under a type of their own, and are published without what signs', async () => {
    const jws = await keys.sign(CHECKPOINT);
    expect(decodeProtectedHeader(jws)).toEqual({ alg: 'EdDSA', kid: 'c1', typ: 'mandaat-checkpoint' });
    expect(await open.read(jws)).toEqual(CHECKPOINT);
    const x = expect.stringMatching(/^[\w-]{43}$/);
    expect(keys.jwks).toEqual({ keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'c1', use: 'sig', alg: 'EdDSA', x }] });
    expect(() => new CheckpointKeys([])).toThrow('no key to sign with');
  });

  it('sign with the first, and know the others', async () => {
    const both = new CheckpointKeys([
      { id: 'c2', key: Buffer.alloc(32, 9) },
      { id: 'c1', key: SEED },
    ]);
    expect(decodeProtectedHeader(await both.sign(CHECKPOINT)).kid).toBe('c2');
    expect(await both.read(await keys.sign(CHECKPOINT))).toEqual(CHECKPOINT);
    expect(await open.read(await both.sign(CHECKPOINT))).toBe('unknown_key');
  });

  it('take nothing for a checkpoint that they signed for something else', async () => {
    const text = writePayload(CHECKPOINT);
    expect(await open.read(await signed(text))).toEqual(CHECKPOINT);
    expect(await open.read(await signed(text, { typ: 'mandaat-policy' }))).toBe('unreadable');
    expect(await open.read(await signed(text, {}))).toBe('unreadable');
    expect(await open.read(await signed('{}'))).toBe('unreadable');
    expect(await open.read('x')).toBe('unreadable');
    const [header, , signature] = (await signed(text)).split('.');
    const other = Buffer.from(text.replace('60', '61')).toString('base64url');
    expect(await open.read([header, other, signature].join('.'))).toBe('bad_signature');
  });

  it('take what an unknown key signed for our own only where it comes out of the database', async () => {
    expect(await keys.readOwn(await keys.sign(CHECKPOINT))).toEqual(CHECKPOINT);
    expect(await keys.readOwn(await stranger.sign(CHECKPOINT))).toEqual(CHECKPOINT);
    const forged = new CheckpointKeys([{ id: 'c1', key: Buffer.alloc(32, 8) }]);
    expect(await keys.readOwn(await forged.sign(CHECKPOINT))).toBeNull();
    expect(await keys.readOwn('x')).toBeNull();
  });

  it('are read as one or as a set, and nothing else is taken for one', () => {
    const [jwk] = keys.jwks.keys;
    expect(readPublicKeys(JSON.stringify(jwk)).jwks).toEqual(keys.jwks);
    expect(readPublicKeys(JSON.stringify(keys.jwks)).jwks).toEqual(keys.jwks);
    const { kid: _kid, ...nameless } = jwk!;
    const unfit: readonly unknown[] = [
      null,
      'x',
      5,
      [],
      {},
      nameless,
      { ...jwk, kid: 5 },
      { ...jwk, kty: 'EC' },
      { ...jwk, crv: 'X25519' },
      { ...jwk, d: SEED.toString('base64url') },
    ];
    for (const one of unfit) {
      for (const value of [one, { keys: [one] }, { keys: [jwk, one] }]) {
        expect(() => readPublicKeys(JSON.stringify(value))).toThrow('no public Ed25519 keys');
      }
    }
    for (const value of [{ keys: [] }, { keys: jwk }, { keys: null }]) {
      expect(() => readPublicKeys(JSON.stringify(value))).toThrow('no public Ed25519 keys');
    }
    expect(() => readPublicKeys('{')).toThrow('The key file is not JSON.');
  });
});

describe('The proof of one record', () => {
  /** As the database would have them. */
  function recordsOf(chainId: number, count: number): readonly (ChainedRecord & { readonly hash: Buffer })[] {
    const records: (ChainedRecord & { readonly hash: Buffer })[] = [];
    let previousHash = genesisHash(chainId);
    for (let sequence = 1; sequence <= count; sequence += 1) {
      const record = {
        chainId,
        sequence: BigInt(sequence),
        id: randomUUID(),
        recordedAt: new Date(Date.UTC(2026, 0, sequence)),
        kind: 'test.recorded',
        callId: sequence % 2 === 0 ? randomUUID() : null,
        personIds: sequence % 3 === 0 ? [randomUUID()] : [],
        actor: 'system:test',
        body: `{"at":${sequence},"outcome":"deny"}`,
        previousHash,
      };
      previousHash = recordHash(record);
      records.push({ ...record, hash: previousHash });
    }
    return records;
  }
  const chains = new Map([1, 2].map((chainId) => [chainId, recordsOf(chainId, 11 * chainId)]));
  const treeOf = (chainId: number, size: number) => {
    const leaves = (chains.get(chainId) ?? []).slice(0, size).map(({ hash }) => leafHash(hash));
    return nodesOf(appendToTiles(0, [], leaves));
  };

  function checkpointAt(size: number): Promise<string> {
    const points = [...chains].map(([chainId, records]) => ({
      chainId,
      size,
      root: rangeHash({ start: 0, end: size }, treeOf(chainId, size)),
      head: records[size - 1]!.hash,
      consistency: [],
    }));
    return keys.sign({ ...CHECKPOINT, chains: points });
  }

  async function proofOf(chainId: number, sequence: number, size = 11): Promise<InclusionProof> {
    const record = chains.get(chainId)![sequence - 1]!;
    return {
      record_id: record.id,
      chain: chainId,
      sequence,
      record_hash: record.hash.toString('hex'),
      path: inclusionRanges(sequence - 1, size).map((range) => rangeHash(range, treeOf(chainId, size)).toString('hex')),
      checkpoint: await checkpointAt(size),
      record: {
        recorded_at: record.recordedAt.toISOString(),
        kind: record.kind,
        call_id: record.callId,
        person_ids: record.personIds,
        actor: record.actor,
        body: record.body,
        previous_hash: record.previousHash.toString('hex'),
      },
    };
  }
  const open = new CheckpointVerificationKeys(keys.jwks);
  const verify = (proof: object | string): Promise<unknown> =>
    verifyProof(typeof proof === 'string' ? proof : JSON.stringify(proof), open);

  it('holds with the record and without it, from itself and the public key alone', async () => {
    for (const [chainId, sequence] of [
      [1, 1],
      [1, 6],
      [2, 11],
    ] as const) {
      const proof = await proofOf(chainId, sequence);
      const { record: _record, ...bare } = proof;
      expect(await verify(proof)).toEqual({ proof, checkpoint: expect.objectContaining({ number: 3 }) });
      expect(await verify(bare)).toEqual({ proof: bare, checkpoint: expect.objectContaining({ number: 3 }) });
    }
  });

  it('does not hold when anything in it is changed', async () => {
    const proof = await proofOf(1, 6);
    const other = await proofOf(1, 7);
    const content = proof.record!;
    const changes: readonly (readonly [string, object])[] = [
      ['not_included', { sequence: 7 }],
      ['not_included', { sequence: Number.MAX_SAFE_INTEGER }],
      ['not_included', { chain: 2 }],
      ['not_included', { chain: 9 }],
      ['not_included', { path: proof.path.slice(1) }],
      ['not_included', { path: proof.path.toReversed() }],
      ['not_included', { path: Array<string>(53).fill(proof.record_hash) }],
      ['not_included', { record_hash: other.record_hash }],
      ['not_included', { checkpoint: await checkpointAt(10) }],
      ['bad_signature', { checkpoint: `${proof.checkpoint.slice(0, -6)}AAAAAA` }],
      ['unreadable', { checkpoint: await signed('{}') }],
      ['unknown_key', { checkpoint: await stranger.sign(CHECKPOINT) }],
      ['altered', { record_id: other.record_id }],
      ['altered', { record: other.record }],
      ['altered', { record: { ...content, kind: 'test.other' } }],
      ['altered', { record: { ...content, body: content.body.replace('deny', 'permit') } }],
      ['altered', { record: { ...content, actor: 'system:else' } }],
      ['altered', { record: { ...content, call_id: randomUUID() } }],
      ['altered', { record: { ...content, call_id: null } }],
      ['altered', { record: { ...content, person_ids: [randomUUID()] } }],
      ['altered', { record: { ...content, previous_hash: proof.record_hash } }],
      ['altered', { record: { ...content, recorded_at: '2020-01-01T00:00:00.000Z' } }],
    ];
    for (const [fault, change] of changes) {
      expect([change, await verify({ ...proof, ...change })]).toEqual([change, fault]);
    }
  });

  it('is none when a part of it lacks, is of another form, or is one too many', async () => {
    const proof = await proofOf(1, 6);
    const content = proof.record!;
    const without = (whole: object, name: string): object =>
      Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name));
    const hash = proof.record_hash;
    const noHashes = [5, null, 'x', hash.toUpperCase(), `${hash}0`, `0${hash}`, hash.slice(1)];
    const malformed: readonly object[] = [
      ...Object.keys(without(proof, 'record')).map((name) => without(proof, name)),
      { ...proof, more: 1 },
      { ...proof, record_id: 5 },
      { ...proof, checkpoint: 5 },
      ...[0, -1, 1.5, '6', null, 2 ** 53].map((sequence) => ({ ...proof, sequence })),
      ...[0, 1.5, '1', null].map((chain) => ({ ...proof, chain })),
      ...noHashes.map((record_hash) => ({ ...proof, record_hash })),
      ...noHashes.map((value) => ({ ...proof, path: [...proof.path, value] })),
      ...[null, hash, {}, Array<string>(54).fill(hash)].map((path) => ({ ...proof, path })),
      ...[null, 5, [], 'x'].map((record) => ({ ...proof, record })),
      ...[
        ...Object.keys(content).map((name) => without(content, name)),
        { ...content, more: 1 },
        ...[5, '2026-01-06', '2026-01-06T00:00:00Z', ' 2026-01-06T00:00:00.000Z', '2026-13-01T00:00:00.000Z'].map(
          (recorded_at) => ({ ...content, recorded_at }),
        ),
        { ...content, kind: 5 },
        { ...content, call_id: 5 },
        { ...content, person_ids: 'x' },
        { ...content, person_ids: [5] },
        { ...content, actor: 5 },
        { ...content, body: 5 },
        ...noHashes.map((previous_hash) => ({ ...content, previous_hash })),
      ].map((record) => ({ ...proof, record })),
    ];
    for (const change of malformed) expect([change, await verify(change)]).toEqual([change, 'malformed']);
    for (const text of ['', 'null', '[]', '{}', '"x"']) expect(await verify(text)).toBe('malformed');
  });
});
