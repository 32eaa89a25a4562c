import type { Answer, Desk } from '../support/desk.ts';
import type { OpenIdProvider } from '../support/openid-provider.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { PlainBrowser, Visitor } from '../support/visitor.ts';

const EVIDENCE = {
  form: 'court',
  source: 'Rechtbank Kanariestad',
  reference: 'Kanariezaak 4711',
  sha256: 'a'.repeat(64),
  dated_on: '2026-01-15',
};
const HOLDER = { name: 'Gijsbrecht Kanarievink', phone: '+49 30 23125 421', email: 'gijsbrecht.kanarie@example.nl' };
const STREET = 'Kanariesteeg 4712, 0000 ZZ Nergenshuizen';
const PROXY = { name: 'Philippina Kanariezang', phone: '+49 30 23125 422', email: 'philippina.kanarie@example.nl' };
const WARD = { name: 'Ottoline Kanarieveer', phone: '+49 30 23125 423' };

/**
 * What people do in the self-service and employees at the desk, so that every kind of text that is kept sealed is there, and every
 * kind of secret was shown once.
 *
 * @param keep is told each of them
 */
export async function everyWay(
  desk: Desk,
  provider: OpenIdProvider,
  keep: (what: string, secret: string) => void,
): Promise<void> {
  for (const [who, person] of Object.entries({ householder: HOLDER, helper: PROXY, ward: WARD })) {
    for (const [kind, value] of Object.entries(person)) keep(`${kind} of the ${who}`, value);
  }
  keep('address of the householder', STREET);
  const holderId = await desk.person('P-11', { ...HOLDER, postal: STREET });
  await desk.person('P-12', PROXY);
  await desk.person('P-13', WARD);
  await desk.contract('C-11', ['P-11']);
  const ok = async (answer: Promise<Answer>): Promise<Answer['body']> => (await desk.expectSuccess(answer)).body;
  const free = (): Promise<unknown> => desk.owner.query('DELETE FROM code_budget_entries');
  const { id: mandateId } = await desk.mandate('P-11', 'P-12', ['billing', 'faults'], ['C-11']);
  const visitor = new Visitor(desk);

  /** Signs in; the session counts for the most that there is. */
  async function signIn(contact: string): Promise<string> {
    await free();
    const { id } = await visitor.ask(contact);
    const { body } = await visitor.attempt(id, await desk.codeOf(id));
    await desk.owner.query('UPDATE sessions SET strength = 3, proved_at = now()');
    keep('a session of the self-service', body.token);
    return body.token;
  }
  const tokens = { holder: await signIn(HOLDER.phone), proxy: await signIn(PROXY.phone) };
  const send = async (who: keyof typeof tokens, method: string, path: string, body?: unknown) => {
    await free();
    return ok(visitor.as(tokens[who]).send(method, `/v1/me${path}`, body));
  };

  await inTheSelfService();
  await atTheDesk();
  await betweenSystems();

  async function inTheSelfService(): Promise<void> {
    const browser = new PlainBrowser(desk);
    await free();
    await browser.signIn(HOLDER.email);
    keep('a session on pages', browser.cookie('session') ?? '');
    const named = { name: 'Wendelmoet Kanariekooi', contact: 'wendelmoet.kanarie@example.nl' };
    await browser.get('/portal/mandates/new');
    const draft = await browser.submit('/portal/mandates/new', named);
    if (draft.status !== 303) throw new Error(`no draft: ${draft.status}`);
    keep('name in a draft', named.name);
    keep('address in a draft', named.contact);

    const { origin, hostname } = new URL(desk.api.config.publicUrl);
    const device = new SoftwarePasskey({ origin, rpId: hostname });
    const { options } = await send('holder', 'POST', '/passkeys/questions');
    const credential = device.add(options);
    await send('holder', 'POST', '/passkeys', { credential });
    keep('id of a passkey', device.id);
    keep('id of a passkey, as bytes', Buffer.from(device.id, 'base64url').toString('hex'));

    const fresh = 'nieuw.kanarie@example.nl';
    await send('holder', 'POST', '/contact-changes', { kind: 'email', value: fresh });
    keep('a contact point that waits for its codes', fresh);

    await send('proxy', 'POST', '/mandate-requests', { holder: 'P-11', contracts: ['C-11'], scopes: ['subscription'] });

    const operator = { kind: 'email', value: 'maker.kanarie@example.nl' };
    const program = { name: 'Kanarieboekhouder', operator, scopes: ['subscription'], contracts: ['C-11'] };
    const software = await send('holder', 'POST', '/software', program);
    keep('secret of software', software.secret);
    keep('operator of software', operator.value);
    keep('name of software', program.name);

    const text = 'Kanariemelding van wie dit niet was';
    const { entries } = await send('holder', 'GET', '/activity');
    const reported = await send('holder', 'POST', `/activity/${entries[0].id}/incidents`, { text });
    keep('text of a holder about what happened', text);
    const note = 'Kanarienotitie van wie het afhandelde';
    const path = `/v1/incidents/${reported.incident_id ?? reported.id}/close`;
    await ok(desk.post('privacy', path, { note }));
    keep('note of a colleague', note);
  }

  async function atTheDesk(): Promise<void> {
    const browser = new PlainBrowser(desk);
    provider.roles.set('A-1', ['desk-agent']);
    const start = await browser.get('/desk/sign-in/start');
    provider.atKeyboard = 'A-1';
    const back = new URL(await provider.walkBack(start.location ?? ''));
    await browser.get(`${back.pathname}${back.search}`);
    keep('a session at the desk', browser.cookie('staff') ?? '');
    if ((await browser.get('/desk')).status !== 200) throw new Error('not signed in at the desk');
    const { accessToken } = await provider.signIn('A-1', ['desk-agent']);
    const authorization = `Bearer ${accessToken}`;
    await ok(desk.send('crm', 'GET', '/v1/policies/current', undefined, { authorization }));
    keep('a token of an employee', accessToken);

    const { call } = await ok(desk.open('C-11', { number: PROXY.phone }));
    const path = `/v1/calls/${call.id}`;
    const { code: spoken } = await send('proxy', 'POST', '/support-code');
    keep('a support code', spoken);
    const heard = await ok(
      desk.post('agent', `${path}/verifications`, { method: 'support_code', support_code: spoken }),
    );
    if (heard.state !== 'approved') throw new Error(`the support code is ${heard.state}`);
    const said = 'Kanarieprijs die iemand noemde';
    // An answer that may be asked for again is kept, and holds it.
    const statement = { subject: 'other', source: 'own_knowledge', text: said };
    await ok(desk.post('agent', `${path}/statements`, statement, { 'idempotency-key': 'every-way' }));
    keep('what an employee said', said);
    const seen = 'Kanarievoorval van een medewerker';
    await ok(desk.post('agent', `${path}/incidents`, { type: 'other', text: seen }));
    keep('what an employee reported', seen);
    const { obligations } = await desk.decide(call.id, 'line.test', 'execute');
    const owed = 'Kanariereden waarom het niet lukte';
    await ok(
      desk.post('agent', `${path}/receipts`, { obligation_id: obligations[0].id, status: 'failed', note: owed }),
    );
    keep('note of what could not be done', owed);

    await byLetter();

    const event = { person: 'P-13', kind: 'curatele', occurred_on: '2026-01-20', reported_by: 'relative' };
    await ok(desk.post('agent', '/v1/life-events', { ...event, evidence: EVIDENCE }));
    keep('who says so of a life event', EVIDENCE.source);
    keep('reference of a paper', EVIDENCE.reference);
  }

  /** Who has no telephone reads a letter out, and an employee does for them what they would do on a screen. */
  async function byLetter(): Promise<void> {
    await free();
    const first = (await ok(desk.open('C-11', { as: 'holder' }))).call;
    await ok(desk.post('agent', `/v1/calls/${first.id}/verifications`, { method: 'letter' }));
    await desk.sent();
    const { body: letter } = await desk.message('person_id', holderId, 'verification_code');
    const [written = ''] = /(\d{5}) (\d{5})/.exec(letter) ?? [];
    keep('code of a letter', written.replace(' ', ''));
    keep('code of a letter, as it is printed', written);
    const later = (await ok(desk.open('C-11', { as: 'holder' }))).call;
    const read = { method: 'letter_code', letter_code: written };
    const { state } = await ok(desk.post('agent', `/v1/calls/${later.id}/verifications`, read));
    if (state !== 'approved') throw new Error(`the letter is ${state}`);
    const { token } = await ok(desk.post('agent', `/v1/calls/${later.id}/assistance`));
    keep('a session for somebody else', token);
    await free();
    await ok(visitor.as(token).send('POST', `/v1/me/mandates/${mandateId}/withdraw`, {}));
  }

  async function betweenSystems(): Promise<void> {
    const { id, secret } = await ok(desk.post('admin', '/v1/webhooks', { url: 'http://127.0.0.1:9/hooks' }));
    keep('secret of a webhook', secret.replace('whsec_', ''));
    const rotated = await ok(desk.post('admin', `/v1/webhooks/${id}/rotate`, { overlap_hours: 24 }));
    keep('new secret of a webhook', rotated.secret.replace('whsec_', ''));
    const enrolled = await ok(desk.post('crm', '/v1/people/P-11/authenticator'));
    const app = new URL(enrolled.otpauth_uri).searchParams.get('secret') ?? '';
    keep('secret of an app that waits for its first code', app);
  }
}
