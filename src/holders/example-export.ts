import { exampleCast } from './example-cast.ts';
import { FIRST_NAMES, ORGANISATIONS, PLACES, STREETS, SURNAMES } from './example-words.ts';

export interface ExampleOptions {
  /** People and organisations, the cast among them; at least 10. */
  readonly holders: number;
  /** At least as many as holders. */
  readonly contracts: number;
  /** The same seed gives the same file, byte by byte. A whole number. */
  readonly seed: number;
}

/** What `examples/crm-export.ndjson` was made with. */
export const EXAMPLE_OPTIONS: ExampleOptions = { holders: 2_000, contracts: 2_500, seed: 1 };

export interface ExamplePerson {
  readonly type: 'person';
  readonly crm_ref: string;
  readonly kind: 'person' | 'organisation';
  readonly name: string;
  readonly language: 'nl' | 'en';
  readonly contact_points: readonly { readonly kind: string; readonly value: string; readonly verified_at?: string }[];
}

export interface ExampleContract {
  readonly type: 'contract';
  readonly contract_ref: string;
  readonly joint_rule: 'any' | 'all';
  readonly holders: readonly string[];
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly ended_at?: string;
}

/**
 * A CRM's export with invented people: to try the service with, and to measure it. Nobody in it can exist: the names are
 * things, the addresses nowhere, the e-mail domain is reserved, and the numbers lie in the ranges that the German and British
 * regulators keep free for fiction. There are 6,000 of those, so beyond that people share them; families do anyway.
 */
export function* exampleExport({
  holders,
  contracts,
  seed,
}: ExampleOptions): Generator<ExamplePerson | ExampleContract> {
  const random = randomNumbers(seed);
  const cast = exampleCast();
  const people = cast.filter((one) => one.type === 'person');
  yield* people;
  const refs: string[] = [];
  let family: ExamplePerson | null = null;
  for (let number = people.length; number < holders; number += 1) {
    const person = examplePerson(number, random, family);
    family = person.kind === 'person' ? person : null;
    refs.push(person.crm_ref);
    yield person;
  }
  const agreed = cast.filter((one) => one.type === 'contract');
  yield* agreed;
  for (let number = agreed.length; number < contracts; number += 1) {
    const at = number - agreed.length;
    // Everybody has one; what is left goes to anybody.
    yield exampleContract(number, at < refs.length ? at : random(refs.length), refs, random);
  }
}

/** The lines of `examples/crm-export.ndjson`, one JSON object each, with its end. Some 1.1 MB for the default options. */
export function* exampleLines(options: ExampleOptions): Generator<string> {
  for (const one of exampleExport(options)) yield `${JSON.stringify(one)}\n`;
}

/** A whole number from 0 up to, but not including, `below`. */
type Random = (below: number) => number;

function examplePerson(number: number, random: Random, family: ExamplePerson | null): ExamplePerson {
  const crm_ref = `P-${10_000 + number}`;
  const isOrganisation = random(100) < 6;
  const isRelative = !isOrganisation && family !== null && random(100) < 12;
  const surname = isRelative ? surnameOf(family) : pick(SURNAMES, random);
  const first = pick(FIRST_NAMES, random);
  const name = isOrganisation ? `${pick(ORGANISATIONS, random)} ${surname} ${number}` : `${first} ${surname}`;
  const alias = random(100) < 10 ? '+mandaat' : '';
  const local = isOrganisation
    ? `kantoor.${number}`
    : `${first}.${surname}.${number}`.toLowerCase().replaceAll(' ', '');
  const shared = (kind: string): string | null =>
    isRelative ? (family.contact_points.find((point) => point.kind === kind)?.value ?? null) : null;
  const phone = shared('phone') ?? examplePhone(number, random(3));
  const address = shared('postal') ?? exampleAddress(random);
  const contact_points = [
    { kind: 'phone', value: phone, ...verification(90, random) },
    ...(random(100) < 85 ? [{ kind: 'email', value: `${local}${alias}@example.nl`, ...verification(80, random) }] : []),
    ...(random(100) < 95 ? [{ kind: 'postal', value: address, ...verification(92, random) }] : []),
  ];
  const kind = isOrganisation ? 'organisation' : 'person';
  return { type: 'person', crm_ref, kind, name, language: random(100) < 94 ? 'nl' : 'en', contact_points };
}

function exampleContract(number: number, at: number, refs: readonly string[], random: Random): ExampleContract {
  const product = pick(['internet', 'internet', 'mobile', 'mobile', 'television', 'landline'], random);
  const neighbour = refs[at === 0 ? 1 : at - 1];
  const isJoint = random(100) < 3 && neighbour !== undefined;
  const hasEnded = random(100) < 2;
  return {
    type: 'contract',
    contract_ref: `C-${50_000 + number}`,
    joint_rule: isJoint && random(2) === 0 ? 'all' : 'any',
    holders: [refs[at] ?? '', ...(isJoint ? [neighbour] : [])],
    properties: {
      product,
      status: hasEnded ? 'ended' : 'active',
      ...(product === 'internet' ? { has_email: random(100) < 70 } : {}),
    },
    ...(hasEnded ? { ended_at: moment(random) } : {}),
  };
}

/** `[what is dialled before, digits]`: each range has a thousand numbers. */
const PHONE_RANGES = [
  ['+44', '7700 900'],
  ['+49', '30 23125 '],
  ['+49', '69 90009 '],
  ['+49', '40 66969 '],
  ['+49', '221 4710 '],
  ['+49', '89 99998 '],
] as const;

/** The thousands take turns, so that numbers of each country are everywhere; the first hundred is the cast's. */
function examplePhone(number: number, spelling: number): string {
  const [country, area] = PHONE_RANGES[number % PHONE_RANGES.length] ?? PHONE_RANGES[0];
  const last = 200 + (Math.floor(number / PHONE_RANGES.length) % 800);
  const rest = `${area}${last}`;
  if (spelling === 0) return `${country} ${rest}`;
  return spelling === 1 ? `${country} (0)${rest}` : `${country}${rest}`.replaceAll(' ', '');
}

function exampleAddress(random: Random): string {
  const letters = pick(['XX', 'XY', 'YX', 'YY'], random);
  // No Dutch postcode begins with 0.
  const code = `0${String(random(1_000)).padStart(3, '0')} ${letters}`;
  return `${pick(STREETS, random)} ${1 + random(180)}, ${code} ${pick(PLACES, random)}`;
}

/** Aged for good, or nothing: what isn't verified counts as new on the day of the import. */
function verification(percent: number, random: Random): { verified_at?: string } {
  return random(100) < percent ? { verified_at: moment(random) } : {};
}

/** Somewhere in 2023 or 2024. */
function moment(random: Random): string {
  return new Date(Date.UTC(2023, 0, 1 + random(730), 8 + random(10), random(60))).toISOString();
}

function surnameOf(person: ExamplePerson): string {
  return person.name.slice(person.name.indexOf(' ') + 1);
}

function pick<T>(list: readonly [T, ...T[]] | readonly T[], random: Random): T {
  const found = list[random(list.length)];
  if (found === undefined) throw new Error('There is nothing to pick from.');
  return found;
}

/** Mulberry32: fast, and the same everywhere. Not for secrets. */
function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
