import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { SessionsRepository } from '../../src/sessions/sessions.repository.ts';
import { startSibling, type TestApp } from '../support/app.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { changed } from '../support/two-desks.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { until } from '../support/until.ts';
import { Visitor } from '../support/visitor.ts';

/** Two instances on one database: inside one, what is recorded is done one after the other. */
let desk: Desk;
let second: Desk;
let sibling: TestApp;

/** Nobody writes a session while this is held. */
const GATE = 471_100;
const PUBLIC_URL = 'http://localhost:3000';
const OCCURRED = { occurred_on: '2026-01-20', reported_by: 'relative' };
const EVIDENCE = {
  form: 'register',
  source: 'Burgerlijke stand Voorbeeldstad',
  reference: 'OV-2026-3',
  sha256: 'a'.repeat(64),
  dated_on: '2026-01-15',
};

beforeAll(async () => {
  desk = await Desk.open({ publicUrl: PUBLIC_URL });
  sibling = await startSibling(desk.api);
  second = desk.at(sibling);
  // Between the look at whether somebody lives and their session there is time for another process.
  await desk.owner.query(`
    CREATE FUNCTION hesitate() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_advisory_xact_lock(${GATE}); RETURN NEW; END';
    CREATE TRIGGER sessions_hesitate BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION hesitate()`);
});
afterAll(async () => {
  await sibling.stop();
  await desk.close();
});

function by(there: Desk, agent: string, path: string, body: unknown = {}): Promise<Answer> {
  return there.expectSuccess(there.post('agent', path, body, { 'mandaat-agent': agent }));
}

/** How many transactions wait for another. */
async function waiting(): Promise<number> {
  const here = '(SELECT oid FROM pg_database WHERE datname = current_database())';
  const { rows } = await desk.owner.query<{ n: number }>(
    `SELECT count(DISTINCT l.pid)::integer AS n FROM pg_locks l
     WHERE NOT l.granted AND (l.database = ${here} OR l.pid IN (SELECT pid FROM pg_locks WHERE database = ${here}))`,
  );
  return rows[0]?.n ?? 0;
}

/** Somebody with a passkey, which they add after proving two contact points. */
async function passkeyOf(visitor: Visitor, personId: string, phone: string): Promise<SoftwarePasskey> {
  const me = await visitor.signIn(phone);
  const { rows } = await desk.owner.query<{ id: string }>(
    "SELECT id FROM contact_points WHERE person_id = $1 AND kind = 'email'",
    [personId],
  );
  const asked = await desk.expectSuccess(me.send('POST', '/v1/me/proofs/codes', { contact_point_id: rows[0]?.id }));
  const path = `/v1/me/proofs/codes/${asked.body.id}/attempts`;
  const proved = await desk.expectSuccess(me.send('POST', path, { code: await desk.codeOf(asked.body.id) }));
  const device = new SoftwarePasskey({ origin: PUBLIC_URL, rpId: 'localhost' });
  const here = visitor.as(proved.body.token);
  const question = await desk.expectSuccess(here.send('POST', '/v1/me/passkeys/questions'));
  const credential = device.add(question.body.options);
  await desk.expectSuccess(here.send('POST', '/v1/me/passkeys', { credential }));
  return device;
}

/** Signs in at one instance; at the other something happens while the session is being written. Whether it lives after both. */
async function isSignedIn(
  ref: string,
  phone: string,
  prepare: (ref: string) => Promise<() => Promise<unknown>>,
): Promise<boolean> {
  const email = `${ref}@example.nl`;
  const personId = await desk.person(ref, { phone, email, name: 'D. Fictief' });
  const visitor = new Visitor(desk);
  const device = await passkeyOf(visitor, personId, phone);
  const meanwhile = await prepare(ref);
  const nobody = visitor.as('');
  const { body: asked } = await nobody.send('POST', '/v1/me/passkey-sign-ins', undefined, { authorization: '' });
  const answer = { secret: asked.secret, credential: device.show(asked.options) };
  await desk.owner.query('SELECT pg_advisory_lock($1)', [GATE]);
  const signingIn = nobody.send('POST', '/v1/me/passkey-sign-ins/attempts', answer, { authorization: '' });
  await until(async () => (await waiting()) === 1);
  let isOver = false;
  const happening = meanwhile().then(() => (isOver = true));
  await until(async () => isOver || (await waiting()) === 2);
  await desk.owner.query('SELECT pg_advisory_unlock($1)', [GATE]);
  await happening;
  expect((await signingIn).body.accepted).toBe(true);
  const { rows } = await desk.owner.query<{ ended: boolean }>(
    "SELECT ended_at IS NOT NULL AS ended FROM sessions WHERE person_id = $1 AND 'passkey' = ANY (methods)",
    [personId],
  );
  expect(rows).toHaveLength(1);
  return rows[0]?.ended === false;
}

/** Reported; to be approved by somebody else. */
async function dying(ref: string): Promise<() => Promise<unknown>> {
  const report = { person: ref, kind: 'death', ...OCCURRED, evidence: EVIDENCE };
  const { body: event } = await by(desk, 'A-1', '/v1/life-events', report);
  return () => by(second, 'A-2', `/v1/life-events/${event.id}/approve`);
}

function signingOut(ref: string): Promise<() => Promise<unknown>> {
  return Promise.resolve(() => second.expectSuccess(second.post('crm', `/v1/people/${ref}/sign-out`)));
}

describe('Who signs in while another process approves that they died', () => {
  it('is signed out as soon as that is in force', async () => {
    expect(await isSignedIn('P-1', '+44 7700 900171', dying)).toBe(false);
  });

  it('would stay signed in if nobody held the person meanwhile: this test can tell', async () => {
    const sessions = desk.api.app.get(SessionsRepository, { strict: false });
    const careless = [{ of: sessions, does: { holdPerson: () => Promise.resolve() } }];
    expect(await changed(careless, () => isSignedIn('P-2', '+44 7700 900172', dying))).toBe(true);
  });
});

describe('Who signs in while the CRM signs them out in another process', () => {
  it('is signed out by its answer', async () => {
    expect(await isSignedIn('P-3', '+44 7700 900173', signingOut)).toBe(false);
  });

  it('would stay signed in if that waited for nobody: this test can tell', async () => {
    const sessions = sibling.app.get(SessionsRepository, { strict: false });
    const careless = [{ of: sessions, does: { holdSignIns: () => Promise.resolve() } }];
    expect(await changed(careless, () => isSignedIn('P-4', '+44 7700 900174', signingOut))).toBe(true);
  });
});
