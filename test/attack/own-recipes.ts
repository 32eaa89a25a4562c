import { Visitor } from '../support/visitor.ts';
import { digits, Household, signIn } from './household.ts';
import type { Recipe, World } from './world.ts';

type Recipes = Readonly<Record<string, () => Promise<Recipe>>>;

/** Lists and settings that anybody may look at who is signed in. */
const READ = [
  '',
  '/sessions',
  '/calls',
  '/confirmations',
  '/recognition',
  '/mandate-requests',
  '/asked',
  '/life-events',
  '/representations',
  '/ways',
  '/activity',
  '/activity/export',
  '/incidents',
  '/preferences',
  '/ask-first',
  '/contact-points',
];

/** What holders and proxies send from their own pages when all is well. */
export function ownRecipes(world: World): Recipes {
  let home: Household | null = null;
  /** People who are signed in: the same for some requests, unless what is asked ends their session or leaves nothing to ask. */
  const at = async (isFresh = false): Promise<Household> => {
    if (isFresh || home === null || home.isUsedUp) {
      const fresh = await Household.at(world);
      if (isFresh) return fresh;
      home = fresh;
    }
    home.uses += 1;
    return home;
  };
  const own = (token: string, more: Omit<Recipe, 'scope' | 'token'> = {}): Recipe => ({
    scope: 'person',
    token,
    ...more,
  });
  const anybody = (more: Omit<Recipe, 'scope'>): Recipe => ({ scope: 'none', ...more });
  const reading = READ.map((path) => [`GET /v1/me${path}`, async () => own((await at()).holder)] as const);

  return {
    ...Object.fromEntries(reading),

    'POST /v1/me/sign-ins': async () => {
      await world.forgetBudgets();
      return anybody({ body: { contact: (await world.pair()).proxyEmail } });
    },
    'POST /v1/me/sign-ins/{id}/attempts': async () => {
      await world.forgetBudgets();
      const { id } = await new Visitor(world.desk).ask((await at()).pair.holderEmail);
      return anybody({ path: { id }, body: { code: await world.desk.codeOf(id) } });
    },
    'POST /v1/me/passkey-sign-ins': async () => anybody({}),
    'POST /v1/me/passkey-sign-ins/attempts': async () => {
      const device = await (await at(true)).passkey();
      const { body } = await new Visitor(world.desk)
        .as('')
        .send('POST', '/v1/me/passkey-sign-ins', undefined, { authorization: '' });
      return anybody({ body: { secret: body.secret, credential: device.show(body.options) } });
    },
    'POST /v1/me/sessions/end-others': async () => {
      const { holder, pair } = await at(true);
      await signIn(world, pair.holderEmail);
      return own(holder);
    },
    'DELETE /v1/me/sessions/{id}': async () => {
      const { holder, pair } = await at();
      const other = await signIn(world, pair.holderEmail);
      const sessions = (await new Visitor(world.desk).as(other).get('/v1/me/sessions')).body;
      const { id } = sessions.find((one: { is_current: boolean }) => one.is_current);
      return own(holder, { path: { id } });
    },

    'POST /v1/me/proofs/codes': async () => {
      const house = await at();
      const contact_point_id = await house.pointId();
      await world.forgetBudgets();
      return own(house.holder, { body: { contact_point_id } });
    },
    'POST /v1/me/proofs/codes/{id}/attempts': async () => {
      const house = await at(true);
      const point = { contact_point_id: await house.pointId() };
      const { id } = await house.ask(house.holder, 'POST', '/v1/me/proofs/codes', point);
      return own(house.holder, { path: { id }, body: { code: await world.desk.codeOf(id) } });
    },
    'POST /v1/me/proofs/authenticator': async () => {
      const house = await at(true);
      return own(house.holder, { body: { code: await house.confirmedApp() } });
    },
    'POST /v1/me/proofs/passkey-questions': async () => {
      const house = await at(true);
      await house.passkey();
      return own(house.holder);
    },
    'POST /v1/me/proofs/passkey': async () => {
      const house = await at(true);
      const device = await house.passkey();
      const { options } = await house.ask(house.holder, 'POST', '/v1/me/proofs/passkey-questions');
      return own(house.holder, { body: { credential: device.show(options) } });
    },
    'POST /v1/me/authenticator': async () => {
      const house = await at(true);
      await house.strengthen();
      return own(house.holder);
    },
    'POST /v1/me/authenticator/confirmation': async () => {
      const house = await at(true);
      return own(house.holder, { body: { code: digits(await house.app()) } });
    },
    'DELETE /v1/me/authenticator': async () => {
      const house = await at(true);
      await house.confirmedApp();
      return own(house.holder);
    },
    'POST /v1/me/passkeys/questions': async () => {
      const house = await at();
      await house.strengthen();
      return own(house.holder);
    },
    'POST /v1/me/passkeys': async () => {
      const house = await at(true);
      await house.strengthen();
      const { options } = await house.ask(house.holder, 'POST', '/v1/me/passkeys/questions');
      return own(house.holder, { body: { credential: house.device().add(options) } });
    },
    'DELETE /v1/me/passkeys/{id}': async () => {
      const house = await at(true);
      await house.passkey();
      const { passkeys } = await house.ask(house.holder, 'GET', '/v1/me/ways');
      return own(house.holder, { path: { id: passkeys[0].id } });
    },

    'GET /v1/me/mandates': async () => own((await at()).holder, { query: { side: 'holder', limit: '10' } }),
    'POST /v1/me/mandates': async () => {
      const house = await at();
      await world.forgetBudgets();
      return own(house.holder, { body: house.wish(world.phone()) });
    },
    'GET /v1/me/mandates/{id}': async () => {
      const { proxy, mandateId } = await at();
      return own(proxy, { path: { id: mandateId } });
    },
    'PATCH /v1/me/mandates/{id}': async () => {
      const { holder, mandateId } = await at(true);
      return own(holder, { path: { id: mandateId }, headers: { 'if-match': '"1"' }, body: { scopes: ['billing'] } });
    },
    'POST /v1/me/mandates/{id}/confirmations': async () => {
      const { holder, mandateId } = await at();
      await world.forgetBudgets();
      return own(holder, { path: { id: mandateId }, body: {} });
    },
    'POST /v1/me/mandates/{id}/confirmations/{confirmation_id}/attempts': async () => {
      const house = await at(true);
      const { id, confirmation } = await house.ask(house.holder, 'POST', '/v1/me/mandates', house.wish(world.phone()));
      const code = await world.desk.codeOf(confirmation.id);
      return own(house.holder, { path: { id, confirmation_id: confirmation.id }, body: { code } });
    },
    'GET /v1/me/mandates/{id}/acceptance-code': async () => {
      const house = await at();
      return own(house.holder, { path: { id: (await house.given()).id } });
    },
    'POST /v1/me/mandates/{id}/invitation': async () => {
      const house = await at(true);
      const { id } = await house.given();
      return own(house.holder, { path: { id } });
    },
    'POST /v1/me/mandates/{id}/suspend': async () => {
      const { holder, mandateId } = await at(true);
      return own(holder, { path: { id: mandateId } });
    },
    'POST /v1/me/mandates/{id}/resume': async () => {
      const house = await at(true);
      await house.ask(house.holder, 'POST', `/v1/me/mandates/${house.mandateId}/suspend`);
      return own(house.holder, { path: { id: house.mandateId } });
    },
    'POST /v1/me/mandates/{id}/withdraw': async () => {
      const { holder, mandateId } = await at(true);
      return own(holder, { path: { id: mandateId }, body: { silent: world.next() % 2 === 0 } });
    },
    'POST /v1/me/mandates/{id}/renounce': async () => {
      const { proxy, mandateId } = await at(true);
      return own(proxy, { path: { id: mandateId } });
    },
    'POST /v1/me/mandates/{id}/acceptance': async () => {
      const house = await at(true);
      await house.strengthen();
      const proxy = { name: world.name('proxy'), contact: { kind: 'phone', value: house.pair.proxyPhone } };
      const wish = { proxy, scopes: ['faults'], contracts: [house.pair.contract] };
      const { id } = await house.ask(house.holder, 'POST', '/v1/me/mandates', wish);
      const { code } = await house.ask(house.holder, 'GET', `/v1/me/mandates/${id}/acceptance-code`);
      return own(house.proxy, { path: { id }, body: { code } });
    },
    'GET /v1/me/invitations/{token}': async () => anybody({ path: { token: (await invitation(await at())).token } }),
    'POST /v1/me/invitations/{token}/acceptance': async () => {
      const { token, code } = await invitation(await at());
      return anybody({ path: { token }, body: { code } });
    },

    'POST /v1/me/mandate-requests': async () => {
      const { proxy, pair } = await at(true);
      await world.forgetBudgets();
      return own(proxy, { body: { holder: pair.holder, contracts: [pair.contract], scopes: ['faults'] } });
    },
    'POST /v1/me/asked/{id}/approve': async () => {
      const house = await at(true);
      const id = await house.request();
      await world.forgetBudgets();
      return own(house.holder, { path: { id }, body: {} });
    },
    'POST /v1/me/asked/{id}/decline': async () => {
      const house = await at(true);
      return own(house.holder, { path: { id: await house.request() }, body: { block: world.next() % 2 === 0 } });
    },

    'POST /v1/me/support-code': async () => {
      await world.forgetBudgets();
      return own((await at()).proxy);
    },
    'GET /v1/me/support-code': async () => {
      const house = await at();
      await house.ask(house.proxy, 'POST', '/v1/me/support-code');
      return own(house.proxy);
    },
    'GET /v1/me/confirmations/{confirmation_id}': async () => {
      const house = await at();
      return own(house.holder, { path: { confirmation_id: await house.asked() } });
    },
    'POST /v1/me/confirmations/{confirmation_id}/approve': async () => {
      const house = await at();
      const id = await house.asked();
      return own(house.holder, { path: { confirmation_id: id }, body: { code: await world.desk.codeOf(id) } });
    },
    'POST /v1/me/confirmations/{confirmation_id}/decline': async () => {
      const house = await at(true);
      const path = { confirmation_id: await house.asked() };
      return own(house.holder, { path, body: { block: world.next() % 2 === 0 } });
    },

    'GET /v1/me/activity/{id}/proof': async () => {
      const house = await at();
      const { entries } = await house.ask(house.holder, 'GET', '/v1/me/activity');
      await world.signAudit();
      return own(house.holder, { path: { id: entries[0].id } });
    },
    'POST /v1/me/activity/{id}/incidents': async () => {
      const house = await at();
      const { entries } = await house.ask(house.holder, 'GET', '/v1/me/activity');
      return own(house.holder, { path: { id: entries[0].id }, body: { text: 'Dit was ik niet.' } });
    },
    'PUT /v1/me/preferences': async () => {
      const body = { language: 'en', large_type: true, declined: ['voice'], safe_hours: { from: 9, until: 17 } };
      return own((await at()).holder, { body });
    },
    'PUT /v1/me/ask-first': async () => {
      const house = await at();
      await house.strengthen();
      const { groups } = await house.ask(house.holder, 'GET', '/v1/me/ask-first');
      return own(house.holder, { body: { scopes: [groups[0].scope] } });
    },
    'PUT /v1/me/contact-points/{id}/shared': async () => {
      const house = await at();
      return own(house.holder, { path: { id: await house.pointId() }, body: { shared: false } });
    },
    'POST /v1/me/contact-changes': async () => {
      const house = await at(true);
      await house.strengthen();
      await world.forgetBudgets();
      return own(house.holder, { body: { kind: 'email', value: `nieuw.${world.next()}@example.nl` } });
    },
    'GET /v1/me/contact-changes/{id}': async () => {
      const house = await at(true);
      return own(house.holder, { path: { id: await house.change() } });
    },
    'DELETE /v1/me/contact-changes/{id}': async () => {
      const house = await at(true);
      return own(house.holder, { path: { id: await house.change() } });
    },
    'POST /v1/me/contact-changes/{id}/codes': async () => {
      const house = await at(true);
      const id = await house.change();
      await world.forgetBudgets();
      return own(house.holder, { path: { id }, body: { side: 'known' } });
    },
    'POST /v1/me/contact-changes/{id}/attempts': async () => {
      const house = await at(true);
      const id = await house.change();
      const { rows } = await world.desk.owner.query<{ id: string }>(
        'SELECT known_code_id AS id FROM contact_changes WHERE id = $1',
        [id],
      );
      const code = await world.desk.codeOf(rows[0]?.id ?? '');
      return own(house.holder, { path: { id }, body: { side: 'known', code } });
    },
  };

  /** The link in the invitation of somebody to whom no code can go yet, and what the holder tells them. */
  async function invitation(house: Household): Promise<{ readonly token: string; readonly code: string }> {
    const { id, code } = await house.given();
    const { rows } = await world.desk.owner.query<{ id: string }>('SELECT proxy_id AS id FROM mandates WHERE id = $1', [
      id,
    ]);
    const { link } = await world.desk.message('person_id', rows[0]?.id ?? '', 'invitation');
    return { token: new URL(link ?? '').pathname.split('/').at(-1) ?? '', code };
  }
}
