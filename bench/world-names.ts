import type { Client } from 'pg';
import { BlindIndex } from '../src/crypto/blind-index.ts';
import type { KeyRing } from '../src/crypto/key-ring.ts';
import { PersonKeys } from '../src/crypto/person-keys.ts';
import { namePlace, valuePlace } from '../src/holders/holders.service.ts';
import { normaliseName, normaliseValue } from '../src/holders/normalise.ts';
import type { BenchCall } from './world.ts';

/** Numbers that no person will ever have: reserved by the Bundesnetzagentur for films. A thousand each. */
const RESERVED = ['+493023125', '+496990009', '+494066969', '+492214710', '+498999998'];

/** Real names, numbers and addresses, sealed as the service seals them. Comes back with each person's number. */
export async function giveNames(
  client: Client,
  calls: readonly BenchCall[],
  ring: KeyRing,
): Promise<ReadonlyMap<string, string>> {
  const keys = new PersonKeys(ring);
  const index = new BlindIndex(ring);
  const people = [...new Set(calls.flatMap(({ holderId, callerId }) => [holderId, callerId]))];
  const { rows: points } = await client.query<{ id: string; person_id: string; kind: 'phone' | 'email' | 'postal' }>(
    'SELECT id, person_id, kind FROM contact_points WHERE person_id = ANY ($1)',
    [people],
  );
  const numbers = new Map(people.map((id, position) => [id, reservedNumber(position)]));
  const rows = people.map((id, position) => {
    const name = `Fictief Verzonnen ${position}`;
    const key = keys.create(id);
    return { key, name: keys.seal(key, name, namePlace(id)), nameIndex: index.of('name', normaliseName(name)) };
  });
  await client.query(
    `UPDATE people p SET name_sealed = r.name, name_index = r.name_index, key_wrapped = r.key
     FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[]) AS r (id, name, name_index, key) WHERE p.id = r.id`,
    [
      people,
      rows.map(({ name }) => name),
      rows.map(({ nameIndex }) => nameIndex),
      rows.map(({ key }) => key.keyWrapped),
    ],
  );
  const keyOf = new Map(rows.map(({ key }) => [key.id, key]));
  const sealed = points.map(({ id, person_id, kind }, position) => {
    const key = keyOf.get(person_id);
    const text = {
      phone: numbers.get(person_id) ?? '',
      email: `b${position}@example.nl`,
      postal: `Voorbeeldstraat ${position}`,
    };
    const value = normaliseValue(kind, text[kind]);
    if (key === undefined || value === null) throw new Error(`The bench made up a ${kind} that is none.`);
    return { value: keys.seal(key, value.value, valuePlace(id)), index: index.of(kind, value.indexed) };
  });
  await client.query(
    `UPDATE contact_points p SET value_sealed = r.value, value_index = r.value_index
     FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS r (id, value, value_index) WHERE p.id = r.id`,
    [points.map(({ id }) => id), sealed.map(({ value }) => value), sealed.map(({ index: at }) => at)],
  );
  return numbers;
}

function reservedNumber(position: number): string {
  const range = RESERVED[Math.floor(position / 1_000)];
  if (range === undefined) throw new Error('There are not that many reserved numbers.');
  return `${range}${String(position % 1_000).padStart(3, '0')}`;
}
