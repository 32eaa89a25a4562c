import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { AuditVerifier } from '../../src/audit/audit-verifier.ts';
import { QueryListener } from '../support/captured-queries.ts';
import { Desk } from '../support/desk.ts';
import { fillFurther, tellFurtherStory } from '../support/further-story.ts';
import { fillDesk, tellHotStory } from '../support/hot-story.ts';
import { HOUSEKEEPING, readPlans, shapesOf, writePlans } from '../support/plans-on-file.ts';
import { growingWalks, plansOf, type Plan } from '../support/plans.ts';

const HOLDERS = Number(process.env.MANDAAT_LARGE_HOLDERS ?? 1_000_000);
/** `MANDAAT_WRITE_PLANS=1` after a hot query was changed on purpose. */
const IS_WRITING = process.env.MANDAAT_WRITE_PLANS === '1';
const RECORDS = Number(process.env.MANDAAT_LARGE_RECORDS ?? 200_000);
/** Building takes the longest. Milliseconds. */
const HOURS = 4 * 3_600_000;

const listener = new QueryListener();
let desk: Desk;
let client: Client;
let plans: ReadonlyMap<string, Plan>;

beforeAll(async () => {
  desk = await Desk.open();
  let told = 0;
  await fillDesk(desk, { holders: HOLDERS, records: RECORDS }, (done, total) => {
    const percent = Math.floor((done / total) * 100);
    if (percent !== told && percent % 10 === 0) process.stderr.write(`built ${percent} %\n`);
    told = percent;
  });
  await fillFurther(desk);
  await tellFurtherStory(desk, await tellHotStory(desk, listener), listener);
  client = new Client({ connectionString: desk.api.database.appUrl });
  await client.connect();
  plans = await plansOf(
    client,
    listener.captured.map(({ text }) => text).filter((text) => !HOUSEKEEPING.some((part) => text.includes(part))),
  );
}, HOURS);
afterAll(async () => {
  listener.stop();
  await client.end();
  await desk.close();
}, HOURS);

describe(`With ${HOLDERS.toLocaleString('en')} holders`, () => {
  it('the hot queries walk through no table that grows', () => {
    const walks = [...plans].flatMap(([text, plan]) => growingWalks(plan).map((table) => `${table}: ${text}`));
    expect(walks).toEqual([]);
  });

  it('their plans are those on file, where these are of as many', async () => {
    if (IS_WRITING) await writePlans(HOLDERS, plans);
    const { holders, shapes } = await readPlans();
    const found = shapesOf(plans);
    // Of another size they may well differ.
    expect(Object.fromEntries(found)).toEqual(holders === HOLDERS ? Object.fromEntries(shapes) : expect.anything());
  });
});

describe(`With ${RECORDS.toLocaleString('en')} records over a year`, () => {
  it(
    'the audit verifies, whatever month a record lies in',
    async () => {
      const { faults, records } = await desk.api.app.get(AuditVerifier, { strict: false }).verify();
      expect(faults).toEqual([]);
      expect(records).toBeGreaterThan(RECORDS);
    },
    HOURS,
  );
});
