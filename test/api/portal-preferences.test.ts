import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { nextSafeMoment } from '../../src/holders/safe-hours.ts';
import { Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';

const PHONE = '+44 7700 900161';
const EMAIL = 'voorkeur@example.nl';
const ANY_TIME = { language: 'nl', large_type: false, declined: [], safe_hours: null };

let desk: Desk;
let visitor: Visitor;
let me: Me;
let personId: string;

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  personId = await desk.person('P-1', { name: 'Vera Voorbeeld', phone: PHONE, email: EMAIL });
  await desk.person('P-2', { name: 'Willem Verzonnen', phone: '+44 7700 900162' });
  await desk.contract('C-1', ['P-1']);
  me = await visitor.signIn(PHONE);
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.owner.query('DELETE FROM code_budget_entries');
  expect((await save(ANY_TIME)).status).toBe(200);
});

function save(preferences: unknown): ReturnType<Me['send']> {
  return me.send('PUT', '/v1/me/preferences', preferences);
}

/** News for the holder: where it went, and whether it waits. */
async function notice(): Promise<{ readonly route: string; readonly state: string } | null> {
  const since = (await desk.owner.query<{ now: Date }>('SELECT clock_timestamp() AS now')).rows[0]?.now;
  const { id } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`));
  const { rows } = await desk.owner.query<{ route: string; state: string }>(
    `SELECT route, state FROM messages WHERE person_id = $1 AND template = 'mandate_changed' AND queued_at >= $2
     ORDER BY queued_at DESC LIMIT 1`,
    [personId, since],
  );
  return rows[0] ?? null;
}

async function waiting(): Promise<readonly Date[]> {
  const { rows } = await desk.owner.query<{ run_at: Date }>(
    "SELECT run_at FROM graphile_worker.jobs WHERE run_at > now() + interval '1 minute'",
  );
  return rows.map((row) => row.run_at);
}

describe('preferences', () => {
  it('are read and saved by their person, and recorded', async () => {
    const wanted = { language: 'en', large_type: true, declined: ['voice'], safe_hours: { from: 9, until: 18 } };
    const answered = { ...wanted, refused_recordings: [] };
    expect((await save(wanted)).body).toEqual(answered);
    expect((await me.get('/v1/me/preferences')).body).toEqual(answered);
    const { body } = await me.send('GET', '/v1/me/activity?category=changed&limit=1');
    expect(body.entries[0]).toMatchObject({ sentence: 'Your preferences were changed.', who: { is: 'signed_in' } });
    for (const wrong of [
      { ...ANY_TIME, declined: ['fax'] },
      { ...ANY_TIME, declined: ['sms', 'sms'] },
      { ...ANY_TIME, safe_hours: { from: 18, until: 9 } },
      { ...ANY_TIME, safe_hours: { from: 0, until: 25 } },
      { ...ANY_TIME, language: 'de' },
    ]) {
      expect([wrong, (await save(wrong)).status]).toEqual([wrong, 400]);
    }
  });

  it('stay as they are when the CRM says something else', async () => {
    await save({ ...ANY_TIME, language: 'en', large_type: true });
    const points = [
      { kind: 'phone', value: PHONE, verified_at: '2020-01-01T00:00:00Z' },
      { kind: 'email', value: EMAIL, verified_at: '2020-01-01T00:00:00Z' },
    ];
    const person = {
      kind: 'person',
      name: 'Vera Voorbeeld',
      language: 'nl',
      large_type: false,
      contact_points: points,
    };
    await desk.put('crm', '/v1/people/P-1', person);
    expect((await me.get('/v1/me/preferences')).body).toMatchObject({ language: 'en', large_type: true });
  });

  it('need a fresh proof: whoever silences messages acts behind somebody’s back', async () => {
    await desk.owner.query(
      "UPDATE sessions SET opened_at = opened_at - interval '11 minutes', proved_at = proved_at - interval '11 minutes'",
    );
    const { status, body } = await save({ ...ANY_TIME, declined: ['sms'] });
    expect([status, body.code]).toEqual([409, 'proof_required']);
    await desk.owner.query('UPDATE sessions SET proved_at = now() WHERE ended_at IS NULL');
    expect((await save(ANY_TIME)).status).toBe(200);
  });

  it('leave no road without saying so', async () => {
    const none = { ...ANY_TIME, declined: ['sms', 'voice', 'email', 'letter'] };
    const { status, body } = await save(none);
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({
      pointer: '/declined',
      detail: expect.stringContaining('unreachable: true'),
    });
    expect((await me.get('/v1/me/preferences')).body.declined).toEqual([]);
    expect((await save({ ...none, unreachable: true })).status).toBe(200);
    expect(await notice()).toBeNull();
  });
});

describe('a declined road', () => {
  it('is none for news', async () => {
    expect(await notice()).toMatchObject({ route: 'sms' });
    await save({ ...ANY_TIME, declined: ['sms'] });
    expect(await notice()).toMatchObject({ route: 'voice' });
    await save({ ...ANY_TIME, declined: ['sms', 'voice'] });
    expect(await notice()).toMatchObject({ route: 'email' });
  });

  it('is the last one for a code: it goes there when no other is strong enough', async () => {
    const opened = await desk.open('C-1', { as: 'holder', number: PHONE });
    const verify = async (): Promise<string> => {
      const sent = await desk.expectSuccess(
        desk.post('agent', `/v1/calls/${opened.body.call.id}/verifications`, { method: 'code' }),
      );
      await desk.codeOf(sent.body.id);
      const { rows } = await desk.owner.query<{ route: string }>('SELECT route FROM messages WHERE code_id = $1', [
        sent.body.id,
      ]);
      return rows[0]?.route ?? '';
    };
    await save({ ...ANY_TIME, declined: ['sms'] });
    expect(await verify()).toBe('voice');
    await save({ ...ANY_TIME, declined: ['sms', 'voice'] });
    expect(['sms', 'voice']).toContain(await verify());
  });
});

describe('safe hours', () => {
  it('keep news waiting, and no code', async () => {
    const hour = Number(
      new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Amsterdam', hour: '2-digit', hourCycle: 'h23' }).format(),
    );
    // Two hours from now at the earliest, or early tomorrow.
    const from = hour < 20 ? hour + 2 : 3;
    await desk.sent();
    await save({ ...ANY_TIME, safe_hours: { from, until: from + 1 } });
    expect(await notice()).toMatchObject({ route: 'sms', state: 'queued' });
    const [at, ...others] = await waiting();
    expect(others).toEqual([]);
    expect(at).toEqual(nextSafeMoment(new Date(), { from, until: from + 1 }));
    await visitor.signIn(EMAIL);
    await desk.owner.query('DELETE FROM graphile_worker._private_jobs');
  });

  it.each([
    ['2026-11-22T05:00:00Z', { from: 9, until: 18 }, '2026-11-22T08:00:00.000Z'],
    ['2026-11-22T08:30:00Z', { from: 9, until: 18 }, '2026-11-22T08:30:00.000Z'],
    ['2026-11-22T17:00:00Z', { from: 9, until: 18 }, '2026-11-23T08:00:00.000Z'],
    // The night in which the clock goes back, and the one in which an hour is left out.
    ['2026-10-24T22:30:00Z', { from: 9, until: 18 }, '2026-10-25T08:00:00.000Z'],
    ['2026-03-28T22:30:00Z', { from: 9, until: 18 }, '2026-03-29T07:00:00.000Z'],
    ['2026-03-28T23:30:00Z', { from: 2, until: 3 }, '2026-03-30T00:00:00.000Z'],
  ])('at %s begin in Amsterdam: %j', (now, hours, expected) => {
    expect(nextSafeMoment(new Date(now), hours).toISOString()).toBe(expected);
  });
});

describe('asking first', () => {
  const choose = (scopes: readonly string[]): ReturnType<Me['send']> => me.send('PUT', '/v1/me/ask-first', { scopes });
  const chosen = async (): Promise<readonly string[]> =>
    (await me.get('/v1/me/ask-first')).body.groups
      .filter((group: { ask_first: boolean }) => group.ask_first)
      .map(({ scope }: { scope: string }) => scope);

  it('makes what a mandate permits wait for the holder’s yes, for that group alone', async () => {
    const { ref } = await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1']);
    const callId = (await desk.open('C-1', { mandateRef: ref })).body.call.id;
    await desk.identify(callId);
    expect((await desk.decide(callId, 'invoice.explain')).outcome).toBe('permit');
    expect((await choose(['billing'])).body.groups).toContainEqual(
      expect.objectContaining({ scope: 'billing', title: 'Facturen en betalingen', ask_first: true }),
    );
    const asked = await desk.decide(callId, 'invoice.explain');
    expect(asked).toMatchObject({ outcome: 'ask_holder', reason: 'holder_confirmation_required' });
    await desk.confirm(callId, [{ name: 'invoice.explain' }]);
    expect(await desk.decide(callId, 'invoice.explain', 'execute')).toMatchObject({ outcome: 'permit' });
    // Each yes is for once.
    expect((await desk.decide(callId, 'invoice.explain', 'execute')).outcome).toBe('ask_holder');
    expect((await choose([])).status).toBe(200);
    expect((await desk.decide(callId, 'invoice.explain')).outcome).toBe('permit');
    const { body } = await me.get('/v1/me/activity?category=changed&limit=1');
    expect(body.entries[0].sentence).toBe('U koos waarover wij u eerst vragen.');
  });

  it('is taken back by nobody with an e-mail alone, nor without a fresh proof; and is about groups that there are', async () => {
    expect((await choose(['billing', 'faults'])).status).toBe(200);
    const weak = await visitor.signIn(EMAIL);
    const takeBack = (scopes: readonly string[]) => weak.send('PUT', '/v1/me/ask-first', { scopes });
    expect(await takeBack(['billing'])).toMatchObject({ status: 409, body: { code: 'proof_required' } });
    expect((await takeBack(['billing', 'faults', 'subscription'])).status).toBe(200);
    expect(await chosen()).toEqual(expect.arrayContaining(['billing', 'faults', 'subscription']));
    expect(await choose(['billing', 'nothing'])).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/scopes/1' }] },
    });
    for (const wrong of [{ scopes: ['billing', 'billing'] }, { scopes: 'billing' }, {}, { scopes: ['A B'] }]) {
      expect([wrong, (await me.send('PUT', '/v1/me/ask-first', wrong)).status]).toEqual([wrong, 400]);
    }
    await desk.owner.query(
      "UPDATE sessions SET opened_at = opened_at - interval '11 minutes', proved_at = proved_at - interval '11 minutes'",
    );
    expect((await choose([])).body.code).toBe('proof_required');
    await desk.owner.query('UPDATE sessions SET proved_at = now() WHERE ended_at IS NULL');
    expect((await choose([])).status).toBe(200);
    expect(await chosen()).toEqual([]);
  });

  it('is chosen on a page', async () => {
    const browser = visitor.browser();
    await browser.signIn(PHONE);
    expect((await browser.get('/portal/preferences')).text).toContain('href="/portal/preferences/ask-first"');
    const groups = (await browser.get('/portal/preferences/ask-first')).text;
    expect(groups).toContain('Facturen en betalingen');
    // Nobody asks the dead.
    expect(groups).not.toContain('overlijden');
    const saved = await browser.submit('/portal/preferences/ask-first', { 'scope.faults': 'yes', 'scope.none': 'yes' });
    expect(saved.location).toBe('/portal/preferences/ask-first?saved=yes');
    expect((await browser.get(saved.location ?? '')).text).toContain('Wij hebben uw keuze bewaard.');
    expect(await chosen()).toEqual(['faults']);
    await browser.submit('/portal/preferences/ask-first', {});
    expect(await chosen()).toEqual([]);
    // Nobody can be asked whose telephone is too new: that is said.
    await desk.owner.query('UPDATE contact_points SET changed_at = now() WHERE person_id = $1', [personId]);
    expect((await me.get('/v1/me/ask-first')).body.can_be_asked).toBe(false);
    expect((await browser.get('/portal/preferences/ask-first')).text).toContain('Let op: wij kennen');
    await desk.owner.query("UPDATE contact_points SET changed_at = '2020-01-01' WHERE person_id = $1", [personId]);
  });
});

describe('the choice about recordings', () => {
  const training = { name: 'recording.start', properties: { purpose: 'training' } };
  const proof = { name: 'recording.start', properties: { purpose: 'contract_proof' } };

  /** What an agent hears who wants to record the holder for each purpose. */
  async function answers(callId: string): Promise<readonly string[]> {
    const decisions = [await desk.decide(callId, training), await desk.decide(callId, proof)];
    return decisions.map((one: { outcome: string; reason: string }) => `${one.outcome} ${one.reason}`);
  }

  it('is to be asked each time, until they refuse for good: an agent hears no at once, and the yes of before is none', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await save({ ...ANY_TIME, refused_recordings: [] });
    const { body } = await desk.open('C-1', { as: 'holder', number: PHONE });
    const callId = body.call.id;
    await desk.identify(callId);
    const asked = 'ask_holder holder_confirmation_required';
    expect(await answers(callId)).toEqual([asked, asked]);
    await desk.confirm(callId, [training]);
    expect(await answers(callId)).toEqual(['permit permitted', asked]);

    expect((await save({ ...ANY_TIME, refused_recordings: ['training'] })).body.refused_recordings).toEqual([
      'training',
    ]);
    expect(await answers(callId)).toEqual(['deny holder_declined', asked]);
    const done = await desk.decide(callId, training, 'execute');
    expect(done).toMatchObject({ outcome: 'deny', reason: 'holder_declined', next_steps: [{ type: 'letter' }] });
    // Who doesn't know of this choice leaves it as it was.
    expect((await save(ANY_TIME)).body.refused_recordings).toEqual(['training']);
    expect((await save({ ...ANY_TIME, refused_recordings: ['everything'] })).status).toBe(400);
    // Another call on another day hears the same.
    const again = await desk.open('C-1', { as: 'holder' });
    expect((await answers(again.body.call.id))[0]).toBe('deny holder_declined');
  });

  it('is made on the page too', async () => {
    const browser = visitor.browser();
    await browser.signIn(EMAIL);
    await browser.get('/portal/preferences');
    await browser.submit('/portal/preferences', { language: 'nl', refused_contract_proof: 'yes' });
    expect((await me.get('/v1/me/preferences')).body.refused_recordings).toEqual(['contract_proof']);
    const { text } = await browser.get('/portal/preferences');
    expect(/<input[^>]*name="refused_contract_proof"[^>]*>/.exec(text)?.[0]).toContain('checked');
    await browser.submit('/portal/preferences', { language: 'nl' });
    expect((await me.get('/v1/me/preferences')).body.refused_recordings).toEqual([]);
  });
});

describe('the page', () => {
  it('saves the same, keeps what was typed when it is wrong, and asks before it leaves no road', async () => {
    const browser = visitor.browser();
    await browser.signIn(EMAIL);
    const page = await browser.get('/portal/preferences');
    expect(page.text).toContain('Uw voorkeuren');
    const wrong = await browser.submit('/portal/preferences', { language: 'nl', safe_from: '18', safe_until: '9' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('Vul twee hele uren in');
    expect(wrong.text).toContain('value="18"');
    const chosen = { language: 'nl', declined_sms: 'yes', declined_voice: 'yes', safe_from: '8', safe_until: '20' };
    const saved = await browser.submit('/portal/preferences', chosen);
    expect(saved.location).toBe('/portal/preferences?saved=yes');
    expect((await me.get('/v1/me/preferences')).body).toEqual({
      language: 'nl',
      large_type: false,
      declined: ['sms', 'voice'],
      safe_hours: { from: 8, until: 20 },
      refused_recordings: [],
    });
    const all = {
      language: 'nl',
      declined_sms: 'yes',
      declined_voice: 'yes',
      declined_email: 'yes',
      declined_letter: 'yes',
    };
    const asked = await browser.submit('/portal/preferences', all);
    expect(asked.status).toBe(400);
    expect(asked.text).toContain('name="unreachable"');
    const sure = await browser.submit('/portal/preferences', { ...all, unreachable: 'yes' });
    expect(sure.status).toBe(303);
    expect((await browser.get(sure.location ?? '')).text).toContain('Wij hebben uw voorkeuren bewaard.');
  });
});
