import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Asking, HOLDER_PHONE, PLAN, TERMINATE, wrong } from '../support/asking.ts';
import { Desk } from '../support/desk.ts';
import { Visitor } from '../support/visitor.ts';

let desk: Desk;
let asking: Asking;

beforeAll(async () => {
  desk = await Desk.open();
  asking = await Asking.at(desk);
});
afterAll(() => desk?.close());

interface Page {
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
}

/** As a browser without scripts and without a key. */
async function browse(path: string, form?: Readonly<Record<string, string>>): Promise<Page> {
  const response = await fetch(`${desk.api.url}${path}`, {
    redirect: 'manual',
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  });
  return { status: response.status, html: await response.text(), headers: response.headers };
}

/** Submits, and goes where the answer leads. */
async function submit(path: string, form: Readonly<Record<string, string>>): Promise<Page> {
  const answer = await browse(path, form);
  expect(answer.status).toBe(303);
  return browse(answer.headers.get('location') ?? '');
}

function titleOf({ html }: Page): string | undefined {
  return /<h1[^>]*>([^<]*)<\/h1>/.exec(html)?.[1];
}

/** Where the page's own forms lead. */
function formsOf({ html }: Page): string[] {
  return [...html.matchAll(/<form method="post" action="([^"]*)"/g)].map((match) => match[1] ?? '');
}

/** Who the audit says did this to a code. */
async function actorsOf(codeId: string, kind: string): Promise<readonly string[]> {
  const { rows } = await desk.owner.query<{ actor: string }>(
    `SELECT actor FROM audit_records WHERE kind = $2 AND body::jsonb ->> 'codeId' = $1`,
    [codeId, kind],
  );
  return rows.map(({ actor }) => actor);
}

/** Codes that gave a mandate proof. */
async function evidenceOf(mandateId: string): Promise<readonly string[]> {
  const { rows } = await desk.owner.query<{ reference: string }>(
    "SELECT reference FROM mandate_evidence WHERE mandate_id = $1 AND form = 'code'",
    [mandateId],
  );
  return rows.map(({ reference }) => reference);
}

async function asked(actions = [PLAN]) {
  const fresh = await asking.fresh(actions);
  return { ...fresh, page: await asking.page(fresh.id) };
}

describe('the page behind a message', () => {
  const WORDS = {
    nl: {
      title: 'Vindt u dit goed?',
      parts: [
        'Een betalingsregeling afspreken',
        'Bedrag in euro: 250,5',
        'Aantal maanden: 6',
        'Het abonnement opzeggen',
        'Willem Verzonnen',
        'De code werkt tot',
        'Wij bellen u nooit om deze code te vragen.',
        'Nee, en blokkeer deze persoon',
        'Voorbeeld Telecom',
      ],
    },
    en: {
      title: 'Do you agree to this?',
      parts: [
        'Agree on a payment plan',
        'Amount in euros: 250.5',
        'Number of months: 6',
        'End the subscription',
        'Willem Verzonnen',
        'The code works until',
        'We never call you to ask for this code.',
        'No, and block this person',
        'Voorbeeld Telecom',
      ],
    },
  } as const;

  it.each(['nl', 'en'] as const)('shows in %s all that the holder says yes or no to', async (language) => {
    const { page, code } = await asked([PLAN, TERMINATE]);
    const shown = await browse(`${page}?lang=${language}`);
    const { rows } = await desk.owner.query<{ agent: string }>(
      "SELECT pseudonym || ' (agent)' AS agent FROM agents WHERE agent_ref = 'A-1'",
    );
    expect(shown.html).toContain(rows[0]?.agent);
    expect(shown.status).toBe(200);
    expect(shown.html).toContain(`<html lang="${language}"`);
    expect(titleOf(shown)).toBe(WORDS[language].title);
    for (const part of WORDS[language].parts) expect(shown.html).toContain(part);
    // It is about these, and not about the mandate under which they are asked.
    expect(shown.html).not.toContain(asking.mandate.ref);
    expect(shown.html).not.toContain(code);
  });

  it('speaks the language of the holder when none is asked for', async () => {
    const { page } = await asked();
    expect((await browse(page)).html).toContain('<html lang="nl"');
  });

  it('rounds nothing: what is bound to the last decimal is shown to the last decimal', async () => {
    const { page } = await asked([{ name: PLAN.name, properties: { amount: 99.99996, months: 6 } }]);
    expect((await browse(page)).html).toContain('Bedrag in euro: 99,99996');
  });

  it('is kept by nobody and framed by nobody, sends no address on, and runs no script', async () => {
    const { page, code } = await asked();
    const wrongAnswer = () => browse(page, { code: wrong(code) });
    for (const shown of [await browse(page), await wrongAnswer(), await browse(`/c/${randomUUID()}.0.x`)]) {
      expect(shown.headers.get('cache-control')).toBe('no-store');
      expect(shown.headers.get('referrer-policy')).toBe('no-referrer');
      const policy = shown.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("form-action 'self'");
      expect(policy).not.toContain('unsafe');
      expect(shown.html).not.toMatch(/<script|\son\w+=/);
      expect(shown.html).toContain('noindex');
    }
  });

  it('changes nothing by being looked at, however often', async () => {
    const { page, id, callId, code } = await asked();
    for (let look = 0; look < 7; look += 1) await browse(page);
    const head = await fetch(`${desk.api.url}${page}`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect((await browse(`${page}/no`)).status).toBe(404);
    expect((await browse(`${page}?code=${code}`)).status).not.toBe(303);
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: 5 });
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(true);
  });

  it('takes the code through its own form, and then tells so', async () => {
    const { page, callId, code, id } = await asked();
    const [yes] = formsOf(await browse(page));
    const done = await submit(yes ?? '', { code: `${code.slice(0, 3)} ${code.slice(3)}` });
    expect(titleOf(done)).toBe('U hebt ja gezegd');
    expect(done.html).not.toContain('name="code"');
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'permit' });

    // The back button and once more: it ended well, and nothing is wrong.
    const again = await browse(page, { code });
    expect(titleOf(again)).toBe('U hebt ja gezegd');
    expect(again.html).not.toContain('<title>Fout');
    expect(await asking.recorded(id, 'code.approved')).toBe(1);
    expect(await actorsOf(id, 'code.approved')).toEqual([`holder:${asking.holderId}`]);
    // A yes to an action says nothing about the mandate.
    expect(await evidenceOf(asking.mandate.id)).toEqual([]);
  });

  it('offers no block to a holder who asked for it themselves, and takes none', async () => {
    await asking.forgetBudgets();
    const { id: callId } = (await desk.open('C-1', { as: 'holder', number: HOLDER_PHONE })).body.call;
    await desk.identify(callId);
    const page = await asking.page(await asking.ask(callId, [TERMINATE]));
    const shown = await browse(page);
    expect(shown.html).toContain('Nee');
    expect(shown.html).not.toContain('blokkeer');
    const done = await submit(`${page}/no?lang=nl`, { block: 'yes' });
    expect(titleOf(done)).toBe('U hebt nee gezegd');
    expect((await desk.owner.query('SELECT 1 FROM blocks WHERE lifted_at IS NULL')).rows).toEqual([]);
  });

  it('says what is wrong with a code, and how many tries are left; the last one ends it', async () => {
    const { page, code } = await asked();
    const empty = await browse(page, { code: '  ' });
    expect(empty).toMatchObject({ status: 200 });
    expect(empty.html).toContain('Vul de code uit het bericht in');
    for (let left = 4; left >= 1; left -= 1) {
      const answer = await browse(page, { code: wrong(code, left) });
      expect(answer.status).toBe(200);
      expect(answer.html).toContain(`U kunt het nog ${left} keer proberen.`);
      expect(answer.html).toContain('<title>Fout');
      expect(answer.html).not.toContain(wrong(code, left));
    }
    expect(titleOf(await browse(page, { code: wrong(code, 7) }))).toBe('Te vaak een verkeerde code');
    expect(titleOf(await browse(page, { code }))).toBe('Te vaak een verkeerde code');
  });

  it('shares its tries with the desk: both are the same attempt', async () => {
    const { page, id, callId, code } = await asked();
    for (let by = 1; by <= 3; by += 1) await asking.attempt(id, wrong(code, by), callId);
    expect((await browse(page, { code: wrong(code, 4) })).html).toContain('nog 1 keer');
    await browse(page, { code: wrong(code, 5) });
    expect((await asking.attempt(id, code, callId)).body).toMatchObject({ accepted: false, state: 'tries_exhausted' });
  });

  it('takes a no, which stands: the action is denied in this call, and can not be asked again', async () => {
    const { page, id, callId, code } = await asked();
    const [, no] = formsOf(await browse(page));
    expect(titleOf(await submit(no ?? '', { block: 'no' }))).toBe('U hebt nee gezegd');
    expect((await asking.attempt(id, code, callId)).body).toMatchObject({ accepted: false, state: 'declined' });
    expect(await actorsOf(id, 'code.declined')).toEqual([`holder:${asking.holderId}`]);
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'deny', reason: 'holder_declined' });
    const again = await desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [PLAN] });
    expect(again.status).toBe(409);
    // The page then still offers the block.
    expect(formsOf(await browse(page))).toEqual([`${page}/no?lang=nl`]);
  });

  it('takes a no with a block, which holds in every later call', async () => {
    const { page, callId } = await asked();
    const done = await submit(`${page}/no?lang=en`, { block: 'yes' });
    expect(titleOf(done)).toBe('You said no');
    expect(done.html).toContain('This person is blocked.');
    expect(formsOf(done)).toEqual([]);
    for (const call of [callId, await asking.call()]) {
      expect(await asking.decide(call, { name: 'invoice.explain' })).toMatchObject({
        outcome: 'deny',
        reason: 'holder_block',
      });
    }
    await desk.owner.query('UPDATE blocks SET lifted_at = now() WHERE lifted_at IS NULL');
  });

  it('lets somebody who said yes block the caller afterwards', async () => {
    const { page, callId, code } = await asked();
    const done = await submit(page, { code });
    const [block] = formsOf(done);
    const blocked = await submit(block ?? '', { block: 'yes' });
    expect(titleOf(blocked)).toBe('U hebt ja gezegd');
    expect(blocked.html).toContain('Deze persoon is geblokkeerd.');
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'deny', reason: 'holder_block' });
    await desk.owner.query('UPDATE blocks SET lifted_at = now() WHERE lifted_at IS NULL');
  });

  const ENDINGS: readonly [string, string, (id: string, callId: string) => Promise<unknown>][] = [
    ['expired', 'De code is verlopen', (id) => sql('UPDATE codes SET expires_at = now() WHERE id = $1', id)],
    ['cancelled', 'De vraag is ingetrokken', (id) => desk.post('agent', `/v1/confirmations/${id}/cancel`)],
    ['superseded', 'Er is een nieuwe vraag', (_id, callId) => asking.ask(callId)],
    [
      'undeliverable',
      'Het bericht kwam niet aan',
      (id) => sql("UPDATE codes SET state = 'undeliverable', answered_at = now() WHERE id = $1", id),
    ],
  ];
  function sql(text: string, id: string): Promise<unknown> {
    return desk.owner.query(text, [id]);
  }

  it.each(ENDINGS)('tells that the code is %s, and takes no code any more', async (_state, title, end) => {
    const { page, id, callId, code } = await asked();
    await end(id, callId);
    const shown = await browse(page);
    expect(shown.status).toBe(200);
    expect(titleOf(shown)).toBe(title);
    expect(shown.html).not.toContain('name="code"');
    expect(titleOf(await browse(page, { code }))).toBe(title);
    expect(await asking.recorded(id, 'code.approved')).toBe(0);
  });

  it('is gone after a resend: only the link in the newest message works', async () => {
    const { page, id } = await asked();
    await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${id}/resend`));
    const old = await browse(page);
    expect(old.status).toBe(404);
    expect(titleOf(old)).toBe('Deze link werkt niet meer');
    expect((await browse(`${page}/no`, { block: 'yes' })).status).toBe(404);
    const newest = await asking.page(id);
    expect(newest).not.toBe(page);
    expect((await browse(newest)).status).toBe(200);
  });

  it('does not look at a code when too many were wrong today, and says so', async () => {
    const { page, id, code } = await asked();
    await asking.useUp('failure', 10, '3 hours');
    const refused = await browse(page, { code });
    expect(refused).toMatchObject({ status: 200 });
    expect(refused.html).toContain('Er zijn vandaag te veel verkeerde codes ingevuld.');
    expect(refused.html).not.toContain('Deze code klopt niet');
    expect((await browse(`${page}?lang=en`, { code })).html).toContain('Too many wrong codes were entered today');
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: 5 });
    await asking.forgetBudgets();
    expect(titleOf(await submit(page, { code }))).toBe('U hebt ja gezegd');
  });

  it.each([
    ['its code was answered', (id: string) => ended(id, 'answered_at')],
    ['its code expired unanswered', (id: string) => ended(id, 'expires_at')],
  ])('is gone a week after %s, and tells nothing any more', async (_what, end) => {
    const { page, id } = await asked();
    const ago = await end(id);
    await ago('6 days 23 hours 59 minutes');
    expect((await browse(page)).status).toBe(200);
    await ago('7 days');
    const gone = await browse(page);
    expect([gone.status, titleOf(gone)]).toEqual([404, 'Deze link werkt niet meer']);
    expect(gone.html).not.toContain('Willem');
    expect((await browse(`${page}/no`, { block: 'yes' })).status).toBe(404);
  });

  async function ended(id: string, column: 'answered_at' | 'expires_at'): Promise<(ago: string) => Promise<unknown>> {
    if (column === 'answered_at') await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${id}/cancel`));
    return (ago) => desk.owner.query(`UPDATE codes SET ${column} = now() - $2::interval WHERE id = $1`, [id, ago]);
  }

  it('is gone with the number that it was sent to: whoever has that now learns nothing', async () => {
    const { page, id, code } = await asked();
    const end = (endedAt: string) =>
      desk.owner.query(
        `UPDATE contact_points SET ended_at = ${endedAt} WHERE id = (SELECT contact_point_id FROM codes WHERE id = $1)`,
        [id],
      );
    await end('now()');
    expect((await browse(page)).status).toBe(404);
    expect((await browse(page, { code })).status).toBe(404);
    expect((await browse(`${page}/no`, { block: 'no' })).status).toBe(404);
    await end('NULL');
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: 5 });
    expect((await browse(page)).status).toBe(200);
  });

  it('is gone with the key that it was made with, and is no error', async () => {
    const { page, id } = await asked();
    await desk.owner.query("UPDATE codes SET key_id = 'retired' WHERE id = $1", [id]);
    expect((await browse(page)).status).toBe(404);
  });

  it('is gone for every link that we did not make, alike', async () => {
    const { page, id, code } = await asked();
    const [, counter, mac] = page.split('.');
    const flipped = `${mac?.startsWith('A') ? 'B' : 'A'}${mac?.slice(1)}`;
    const other = (await asked()).page.slice(3, 39);
    const paths = [
      `/c/${id}.${counter}.${flipped}`,
      `/c/${id}.${counter}.`,
      `/c/${id}.${counter}`,
      `/c/${id}`,
      `/c/${id}.1.${mac}`,
      `/c/${id}.00.${mac}`,
      `/c/${id}.${counter}.${mac}.more`,
      `/c/${id}.${counter}.${mac}%20`,
      `/c/${id.toUpperCase()}.${counter}.${mac}`,
      `/c/${other}.${counter}.${mac}`,
      `/c/${randomUUID()}.${counter}.${mac}`,
      `/c/x`,
      `/c/' OR 1=1`,
    ];
    const bodies = new Set<string>();
    for (const path of paths) {
      for (const answer of [await browse(path), await browse(path, { code })]) {
        expect([path, answer.status]).toEqual([path, 404]);
        bodies.add(answer.html);
      }
      expect((await browse(`${path}/no`, { block: 'yes' })).status).toBe(404);
    }
    expect(bodies.size).toBe(1);
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: 5 });
    // Positive control: the link itself works.
    expect((await browse(page)).status).toBe(200);
  });

  it('answers rubbish without an error of its own', async () => {
    const { page, id } = await asked();
    const post = async (path: string, init: RequestInit) =>
      (await fetch(`${desk.api.url}${path}`, { method: 'POST', redirect: 'manual', ...init })).status;
    expect(await post(page, {})).toBeLessThan(500);
    expect(await post(`${page}/no`, {})).toBe(400);
    expect(await post(`${page}/no`, { body: new URLSearchParams({ block: 'maybe' }) })).toBe(400);
    expect(await post(page, { body: new URLSearchParams({ code: '1'.repeat(2000) }) })).toBe(400);
    expect(await post(page, { body: 'code=1&code=2', headers: FORM })).toBe(400);
    expect(await post(page, { body: '__proto__[x]=1', headers: FORM })).toBe(400);
    // A broken language is no reason to send a holder away.
    expect((await browse(`${page}?lang=fr`)).status).toBe(200);
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: 5 });
  });
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

  it('escapes what others wrote', async () => {
    await desk.person('P-7', { name: '<b onclick="x">Boef</b>', phone: '+49 30 23125 107' });
    const mandate = await desk.mandate('P-1', 'P-7', ['sim_and_number'], ['C-1']);
    await asking.forgetBudgets();
    const callId = (await desk.open('C-1', { mandateRef: mandate.ref })).body.call.id;
    await desk.identify(callId);
    const page = await asking.page(await asking.ask(callId, [{ name: 'sim.puk' }]));
    const { html } = await browse(page);
    expect(html).toContain('&lt;b onclick=');
    expect(html).not.toContain('<b onclick');
  });
});

describe('the page behind a code that says who somebody is', () => {
  async function verifying() {
    await asking.forgetBudgets();
    const callId = (await desk.open('C-1', { mandateRef: asking.mandate.ref })).body.call.id;
    const { body } = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }),
    );
    return { callId, id: body.id as string, page: await asking.page(body.id), code: await desk.codeOf(body.id) };
  }

  it('takes no code: the page can not know who is on the line', async () => {
    const { page, code, callId, id } = await verifying();
    expect(await actorsOf(id, 'code.addressed')).toEqual(['system']);
    const shown = await browse(page);
    expect(titleOf(shown)).toBe('Hebt u nu contact met ons?');
    expect(shown.html).not.toContain('name="code"');
    expect((await browse(page, { code })).status).toBe(404);
    // Nor is it a confirmation that somebody could look at or answer.
    expect((await asking.get(id)).status).toBe(404);
    const path = `/v1/calls/${callId}/verifications/${id}/attempts`;
    expect((await desk.post('agent', path, { code })).body).toMatchObject({ accepted: true });
  });

  it('takes a no, after which the code identifies nobody', async () => {
    const { page, code, callId, id } = await verifying();
    expect(titleOf(await submit(`${page}/no?lang=en`, { block: 'no' }))).toBe('You said no');
    const path = `/v1/calls/${callId}/verifications/${id}/attempts`;
    expect((await desk.post('agent', path, { code })).body).toMatchObject({ accepted: false, state: 'declined' });
    expect((await desk.decide(callId, 'invoice.explain')).had.caller).toBe(0);
  });
});

describe('the page behind a code about a mandate', () => {
  /** Granted on paper, and asked about: by an agent in a call, or by the CRM. */
  async function mandated(callId: string | null) {
    await asking.forgetBudgets();
    const grant = { holder: 'P-1', proxy: 'P-2', scopes: ['faults'], contracts: ['C-1'], form: 'letter' };
    const { id: mandateId, mandate_ref: ref } = (await desk.expectSuccess(desk.post('crm', '/v1/mandates', grant)))
      .body;
    const scope = callId === null ? 'crm' : 'agent';
    const body = callId === null ? {} : { call_id: callId };
    const question = await desk.expectSuccess(desk.post(scope, `/v1/mandates/${mandateId}/confirmations`, body));
    const { id } = question.body;
    const message = await desk.message('code_id', id);
    return { mandateId, ref, id, message: message.body, page: await asking.page(id), code: await desk.codeOf(id) };
  }

  it('shows what the mandate is, and no agent where the organisation itself asks; a yes is proof of it', async () => {
    const { mandateId, ref, id, message, page, code } = await mandated(null);
    expect(message).toContain('Voorbeeld Telecom (ons eigen systeem)');
    const shown = await browse(page);
    for (const part of ['Willem Verzonnen', ref, 'C-1']) expect(shown.html).toContain(part);
    expect(shown.html).not.toContain('(agent)');
    expect(shown.html).toContain('Nee, en blokkeer deze persoon');
    expect(await evidenceOf(mandateId)).toEqual([]);
    await submit(page, { code });
    expect(await evidenceOf(mandateId)).toEqual([id]);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${mandateId}/withdraw`));
  });

  it('names the agent who asked; a no ends the mandate, and not only the code', async () => {
    const { mandateId, id, message, page } = await mandated(await asking.call());
    expect(message).toMatch(/\(agent\)/);
    expect((await browse(page)).html).toContain('(agent)');
    await submit(`${page}/no?lang=nl`, { block: 'no' });
    expect((await desk.get('crm', `/v1/mandates/${mandateId}`)).body).toMatchObject({ state: 'ended' });
    expect(await actorsOf(id, 'code.declined')).toEqual([`holder:${asking.holderId}`]);
    expect(await evidenceOf(mandateId)).toEqual([]);
    expect((await desk.owner.query('SELECT 1 FROM blocks WHERE lifted_at IS NULL')).rows).toEqual([]);
  });

  it('names the employee to whoever has one ask for them at the desk, and nobody to whoever asks by themselves', async () => {
    await asking.forgetBudgets();
    await desk.person('P-5', { name: 'V. Derde' });
    const { id: mandateId } = await desk.mandate('P-1', 'P-5', ['faults'], ['C-1']);
    const { id: callId } = (await desk.open('C-1', { as: 'holder', number: HOLDER_PHONE })).body.call;
    await desk.identify(callId);
    const { body: opened } = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/assistance`));
    const visitor = new Visitor(desk);
    const sessions = [visitor.as(opened.token), await visitor.signIn(HOLDER_PHONE)];
    const told: string[] = [];
    for (const [at, me] of sessions.entries()) {
      await asking.forgetBudgets();
      const more = { scopes: ['faults', at === 0 ? 'personal_data' : 'appointments'], contracts: ['C-1'] };
      const { status, body } = await me.send('PATCH', `/v1/me/mandates/${mandateId}`, more, { 'if-match': '"1"' });
      expect([status, body.confirmation]).toEqual([200, expect.objectContaining({ digits: 6 })]);
      const { rows } = await desk.owner.query<{ isOwn: boolean; pseudonym: string | null }>(
        `SELECT c.caller_id = c.person_id AS "isOwn", a.pseudonym FROM codes c LEFT JOIN agents a ON a.id = c.agent_id
         WHERE c.id = $1`,
        [body.confirmation.id],
      );
      expect(rows).toEqual([{ isOwn: true, pseudonym: at === 0 ? expect.any(String) : null }]);
      const message = await desk.message('code_id', body.confirmation.id, 'mandate_code');
      told.push(message.body);
      if (at === 0) expect(message.body).toContain(`${rows[0]?.pseudonym} (agent)`);
    }
    expect(told.map((text) => text.includes('U vroeg dit zelf op Mijn machtigingen.'))).toEqual([false, true]);
    expect(told.map((text) => text.includes('(agent)'))).toEqual([true, false]);
  });
});
