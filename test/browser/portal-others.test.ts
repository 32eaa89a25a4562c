import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { generateSync } from 'otplib';

import { CODE_ROUTES } from '../../src/policy/vocabulary.ts';
import type { Desk } from '../support/desk.ts';
import { LoginProvider } from '../support/login-provider.ts';
import { CHROMIUM, HOW_TO_GET_ONE } from './browser.ts';
import type { KeyboardReader } from './reader.ts';
import { SelfService, sayIn } from './self-service.ts';

if (CHROMIUM === null) process.stderr.write(`SKIPPED test/browser/portal-others: ${HOW_TO_GET_ONE}\n`);
const inABrowser = CHROMIUM === null ? describe.skip : describe;

const PUBLIC_URL = 'http://localhost:8080';
let provider: LoginProvider;
let at: SelfService;
let desk: Desk;
/** Where somebody is who leaves at once. */
const weather = createServer((_, response) => response.end('Zonnig.'));
let away: string;

inABrowser(`the self-service, with others${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(async () => {
    provider = await LoginProvider.start(PUBLIC_URL);
    await new Promise<void>((resolve) => weather.listen(0, '127.0.0.1', resolve));
    away = `http://127.0.0.1:${(weather.address() as AddressInfo).port}/`;
    at = await SelfService.open({ ...provider.settings, publicUrl: PUBLIC_URL, exitUrl: away });
    desk = at.desk;
  }, 60_000);
  afterAll(async () => {
    await at?.close();
    await provider?.stop();
    weather.close();
  });
  afterEach(async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    expect(at.complaints()).toEqual([]);
  });

  describe.each(['nl', 'en'] as const)('in %s, with the keyboard alone', (language) => {
    const say = sayIn(language);
    /** People of one language are strangers to those of the other. */
    const phone = (last: number): string => `+44 7700 9001${language === 'nl' ? 7 : 8}${last}`;
    const more = (last: number): string => `+44 7700 9002${language === 'nl' ? 0 : 1}${last}`;
    const scope = language === 'nl' ? 'Facturen en betalingen' : 'Bills and payments';

    it('lets somebody in by their login elsewhere, links an app, and lets them leave at once', async () => {
      const ref = `L-${language}`;
      await desk.person(ref, { phone: phone(5), name: `L. Elders ${language}` });
      provider.sitDown({ ref, acr: 'substantial' });
      const me = await at.reader(language);
      await me.goto('/portal');
      await me.look('login');
      await me.press(`link "${say('login.with', { name: 'Mijn Voorbeeld' })}"`);
      await me.page.waitForURL(/\/portal(\?|$)/);
      expect(await me.heading()).toBe(say('home.welcome'));

      await me.press(`link "${say('portal.settings')}"`);
      await me.press(`link "${say('portal.ways')}"`);
      await me.press(`button "${say('ways.add_app')}"`);
      await me.look('authenticator');
      const secret = (await me.page.locator('code.mandaat-code').innerText()).replaceAll(/\s/g, '');
      await me.press(`button "${say('ways.app_confirm')}"`);
      expect(await me.text()).toContain(say('ways.app_empty'));
      await me.look('authenticator-fault');
      await me.type(say('ways.app_code'), generateSync({ strategy: 'totp', secret }));
      await me.press(`button "${say('ways.app_confirm')}"`);
      expect(await me.text()).toContain(say('ways.remove_app'));
      await me.look('login-ways');

      await me.goto('/portal');
      await me.press(`button "${say('portal.leave')}"`);
      expect([me.page.url(), await me.page.locator('body').innerText()]).toEqual([away, 'Zonnig.']);
      await me.page.goBack();
      await me.goto('/portal/mandates');
      expect(await me.heading()).toBe(say('sign_in.title'));
      expect(me.faults).toEqual([]);
    });

    it('asks for a mandate, which its holder gives or refuses for ever', async () => {
      await desk.person(`H-${language}`, { phone: phone(6), name: `H. Fictief ${language}` });
      await desk.person(`V-${language}`, { phone: phone(7), name: `V. Vrager ${language}` });
      await desk.person(`W-${language}`, { phone: phone(3), name: `W. Vrager ${language}` });
      await desk.contract(`C-${language}`, [`H-${language}`]);
      const ask = async (by: number, isFirst: boolean): Promise<void> => {
        const me = await at.reader(language);
        await at.signIn(me, phone(by));
        await me.press(`link "${say('portal.mandates')}"`);
        await me.press(`link "${say('requests.title')}"`);
        await me.press(`link "${say('requests.new')}"`);
        if (isFirst) {
          await me.press(`button "${say('requests.send')}"`);
          expect(await me.text()).toContain(say('requests.bad_contracts'));
          await me.look('requests-fault');
        }
        await me.type(say('requests.contracts_label'), `C-${language}`);
        await me.tick(scope);
        await me.press(`button "${say('requests.send')}"`);
        expect(await me.heading()).toBe(say('requests.title'));
        if (isFirst) await me.look('requests-waiting');
        expect(me.faults).toEqual([]);
        await desk.sent();
      };

      await ask(7, true);
      let me = await at.reader(language);
      await at.signIn(me, phone(6));
      await me.press(`link "${say('portal.mandates')}"`);
      await me.press(`link "${say('asked.title')}"`);
      await me.look('asked-one');
      await me.press(`link "${say('asked.answer')}`);
      await me.look('asked-question');
      await me.press(`button "${say('asked.yes')}"`);
      await me.look('asked-code');
      const { rows } = await desk.owner.query<{ id: string }>(
        "SELECT id FROM codes WHERE purpose = 'mandate' ORDER BY issued_at DESC LIMIT 1",
      );
      await me.type(say('grant.code'), await desk.codeOf(rows[0]?.id ?? ''));
      await me.press(`button "${say('grant.code_button')}"`);
      expect(await me.heading()).toBe(say('grant.done_title'));

      await ask(3, false);
      me = await at.reader(language);
      await at.signIn(me, phone(6));
      await me.goto('/portal/asked');
      await me.press(`link "${say('asked.answer')}`);
      await me.press(`button "${say('asked.never')}"`);
      const { rows: blocks } = await desk.owner.query(
        `SELECT count(*)::integer AS blocks FROM blocks b JOIN people p ON p.id = b.holder_id WHERE p.crm_ref = $1`,
        [`H-${language}`],
      );
      expect(blocks).toEqual([{ blocks: 1 }]);
      expect(me.faults).toEqual([]);
    });

    it('gives at once where they are signed in strongly, to somebody new: stopped, resumed, changed, and laid down', async () => {
      const ref = `M-${language}`;
      await desk.person(ref, { phone: phone(1), name: `M. Gever ${language}` });
      await desk.contract(`M-${language}`, [ref]);
      const newcomer = phone(2);
      const other = language === 'nl' ? 'Storingen' : 'Faults';
      const signInStrongly = async (): Promise<KeyboardReader> => {
        const reader = await at.reader(language);
        provider.sitDown({ ref, acr: 'substantial' });
        await reader.goto('/portal');
        await reader.press(`link "${say('login.with', { name: 'Mijn Voorbeeld' })}"`);
        await reader.page.waitForURL(/\/portal(\?|$)/);
        return reader;
      };
      let me = await signInStrongly();
      await me.press(`link "${say('mandates.give')}"`);
      await me.type(say('grant.name'), 'N. Nieuweling');
      await me.type(say('grant.contact'), newcomer);
      await me.press(`button "${say('grant.next')}"`);
      await me.tick(scope);
      await me.press(`button "${say('grant.next')}"`);
      if (!(await me.page.getByLabel(say('grant.contract', { ref: `M-${language}` })).isChecked())) {
        await me.tick(say('grant.contract', { ref: `M-${language}` }));
      }
      await me.press(`button "${say('grant.next')}"`);
      await me.look('give-check-approve');
      // No code goes out: the session is proof enough.
      await me.press(`button "${say('grant.approve')}"`);
      expect(await me.heading()).toBe(say('grant.done_title'));
      const code = await me.page.locator('.mandaat-code').innerText();
      expect(me.faults).toEqual([]);

      // Somebody whom nobody knew comes by the invitation.
      const { rows } = await desk.owner.query<{ id: string; proxy: string; evidence: string }>(
        `SELECT m.id, m.proxy_id AS proxy FROM mandates m JOIN people p ON p.id = m.holder_id WHERE p.crm_ref = $1`,
        [ref],
      );
      const mandateId = rows[0]?.id ?? '';
      const proxy = rows[0]?.proxy ?? '';
      const { link } = await desk.message('person_id', proxy, 'invitation');
      me = await at.reader(language);
      await me.goto(new URL(link ?? '').pathname);
      await me.type(say('acceptance.code'), code);
      await me.press(`button "${say('acceptance.accept')}"`);
      expect(await me.heading()).toBe(say('recognition.accepted'));
      await desk.owner.query("UPDATE contact_points SET changed_at = now() - interval '8 days' WHERE person_id = $1", [
        proxy,
      ]);
      expect(me.faults).toEqual([]);

      // Stopped for now, switched on again, and more of it for longer.
      me = await signInStrongly();
      await me.goto(`/portal/mandates/${mandateId}`);
      await me.press(`button "${say('mandate.suspend')}"`);
      expect(await me.text()).toContain(say('state.suspended'));
      await me.press(`button "${say('mandate.resume')}"`);
      expect(await me.text()).toContain(say('state.active'));
      await me.press(`link "${say('mandate.change')}"`);
      await me.tick(other);
      const end = new Date(Date.now() + 2 * 365 * 86_400_000).toISOString().slice(0, 10);
      await me.typeDay(say('grant.until'), end);
      await me.press(`button "${say('change.button')}"`);
      expect(await me.text()).toContain(other);
      await me.look('mandate-changed');
      const { body: changed } = await desk.get('crm', `/v1/mandates/${mandateId}`);
      expect([
        changed.state,
        changed.scopes.map((one: { scope: string }) => one.scope).toSorted(),
        changed.strength.level,
      ]).toEqual(['active', ['billing', 'faults'], 3]);
      expect(Date.parse(changed.ends_at) - Date.parse(end)).toBeGreaterThan(0);
      expect(me.faults).toEqual([]);

      // The newcomer wants it no more, and the giver sees that.
      me = await at.reader(language);
      await at.signIn(me, newcomer);
      await me.goto(`/portal/held/${mandateId}`);
      await me.press(`link "${say('held.renounce')}"`);
      await me.press(`button "${say('held.renounce_yes')}"`);
      expect(await me.text()).toContain(say('held.ending.renounced_by_proxy'));
      await me.look('held-renounced');
      expect(me.faults).toEqual([]);
      me = await signInStrongly();
      await me.goto(`/portal/mandates/${mandateId}`);
      expect(await me.text()).toContain(say('ending.renounced_by_proxy'));
    });

    it('answers without a code where they are signed in strongly, says no, and stops what was not them', async () => {
      const [ref, contract] = [`A-${language}`, `E-${language}`];
      await desk.person(ref, { phone: phone(0), name: `A. Antwoord ${language}` });
      await desk.contract(contract, [ref]);
      /** A question of a proxy on the line. */
      const asked = async (last: number): Promise<{ callId: string; mandateId: string; ref: string }> => {
        const proxy = `${ref}-${last}`;
        await desk.person(proxy, { phone: more(last), name: `B. Beller ${last}` });
        const mandate = await desk.mandate(ref, proxy, ['subscription'], [contract]);
        const opened = await desk.open(contract, { number: more(last), mandateRef: mandate.ref });
        const callId = opened.body.call.id;
        await desk.identify(callId);
        const actions = [{ name: 'contract.terminate' }];
        await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
        return { callId, mandateId: mandate.id, ref: mandate.ref };
      };
      const first = await asked(1);
      const me = await at.reader(language);
      provider.sitDown({ ref, acr: 'substantial' });
      await me.goto('/portal');
      await me.press(`link "${say('login.with', { name: 'Mijn Voorbeeld' })}"`);
      await me.page.waitForURL(/\/portal(\?|$)/);
      await me.press(`link "${say('questions.answer')}"`);
      await me.press(`link "${say('questions.answer')}`);
      expect(await me.text()).toContain(say('questions.yes_text'));
      await me.look('question-strong');
      await me.press(`button "${say('confirm.yes')}"`);
      expect(await me.heading()).toBe(say('confirm.ended.approved.title'));
      expect((await desk.decide(first.callId, 'contract.terminate')).outcome).toBe('permit');

      const second = await asked(2);
      await me.goto('/portal/questions');
      await me.press(`link "${say('questions.answer')}`);
      expect(await me.text()).toContain(say('confirm.no_title'));
      await me.press(`button "${say('confirm.no_and_block')}"`);
      expect(await me.heading()).toBe(say('confirm.ended.declined.title'));
      expect(await me.text()).toContain(say('confirm.blocked'));
      await me.look('question-refused');
      expect((await desk.decide(second.callId, 'contract.terminate')).reason).toBe('holder_declined');
      const again = await desk.open(contract, { number: more(2), mandateRef: second.ref });
      expect((await desk.decide(again.body.call.id, 'contract.terminate')).reason).toBe('holder_block');

      // "This was not me", and that mandate ends with it.
      const stopped = await asked(3);
      await desk.check(stopped.callId, ['invoice.explain']);
      await me.goto('/portal/activity?category=decided');
      await me.press(`link "${say('activity.question')}`);
      await me.type(say('incident.text'), language === 'nl' ? 'Dit was ik niet.' : 'This was not me.');
      await me.choose(say('incident.stop_withdraw'));
      await me.press(`button "${say('incident.send')}"`);
      expect(await me.text()).toContain(say('incident.stopped', { count: 1 }));
      await me.look('activity-reported-stopped');
      const { body: over } = await desk.get('crm', `/v1/mandates/${stopped.mandateId}`);
      expect([over.state, over.ending]).toEqual(['ended', 'withdrawn_by_holder']);
      expect((await desk.decide(stopped.callId, 'contract.terminate')).outcome).toBe('deny');
      expect(me.faults).toEqual([]);
    });

    it('chooses how we write, keeps the log, and ends what is open elsewhere; by e-mail alone little can be done', async () => {
      const ref = `K-${language}`;
      const email = `k.${language}@example.nl`;
      const id = await desk.person(ref, { phone: more(4), email, name: `K. Kiezer ${language}` });
      const weak = await at.reader(language);
      await at.signIn(weak, email);
      await weak.goto('/portal/calls');
      expect(await weak.text()).toContain(say('support.too_weak'));
      await weak.look('calls-weak');
      expect(weak.faults).toEqual([]);
      await desk.owner.query("UPDATE sessions SET opened_at = opened_at - interval '1 hour' WHERE person_id = $1", [
        id,
      ]);

      // The session that the e-mail opened is still there, and is ended from here.
      const me = await at.reader(language);
      await at.signIn(me, more(4));
      await me.goto('/portal/sessions');
      expect(await me.text()).toContain(say('sessions.other'));
      expect(await me.text()).toContain(say('method.email'));
      await me.look('sessions-two');
      const buttons = me.page.getByRole('button', { name: say('sessions.end') });
      expect(await buttons.count()).toBe(2);
      const { rows } = await desk.owner.query<{ id: string }>(
        "SELECT id FROM sessions WHERE person_id = $1 AND methods = '{email}'",
        [id],
      );
      const theirs = me.page.locator(`form[action="/portal/sessions/${rows[0]?.id}/end"] button`);
      await me.press(`button "${(await theirs.innerText()).replaceAll(/\s+/g, ' ')}`);
      expect(await me.text()).toContain(say('sessions.this'));
      expect(await me.text()).not.toContain(say('sessions.other'));

      // Somebody else reads one of the two: nothing goes there, until they say that it is their own again.
      await me.goto('/portal/ways/contact');
      // The telephone: an e-mail address that has just become their own again is no way to reach them yet.
      const phone = me.page.locator('section', { hasNotText: '@' }).getByRole('button', { name: say('contact.share') });
      await me.press(`button "${(await phone.innerText()).replaceAll(/\s+/g, ' ')}`);
      expect(await me.text()).toContain(say('contact.is_shared'));
      await me.look('contact-shared');
      const shared = async (): Promise<unknown> =>
        (await desk.owner.query('SELECT FROM contact_points WHERE person_id = $1 AND is_shared', [id])).rowCount;
      expect(await shared()).toBe(1);
      await me.press(`button "${say('contact.unshare')}`);
      expect(await shared()).toBe(0);

      await me.goto('/portal/preferences');
      await me.choose(say(`preferences.language_${language === 'nl' ? 'en' : 'nl'}`));
      await me.tick(say('preferences.large_type'));
      for (const route of CODE_ROUTES) await me.tick(say(`preferences.declined_${route}`));
      await me.press(`button "${say('preferences.save')}"`);
      expect(await me.text()).toContain(say('preferences.unreachable_fault'));
      await me.look('preferences-unreachable');
      await me.tick(say('preferences.declined_letter'));
      await me.tick(say('preferences.declined_email'));
      await me.type(say('preferences.safe_from'), '9');
      await me.type(say('preferences.safe_until'), '18');
      await me.press(`button "${say('preferences.save')}"`);
      expect(await me.text()).toContain(say('preferences.saved'));
      expect(await me.page.getByLabel(say('preferences.safe_until')).inputValue()).toBe('18');
      const { rows: saved } = await desk.owner.query(
        'SELECT language, large_type AS large, declined_routes AS declined FROM people WHERE id = $1',
        [id],
      );
      expect(saved).toEqual([{ language: language === 'nl' ? 'en' : 'nl', large: true, declined: ['sms', 'voice'] }]);

      await me.goto('/portal/activity');
      await me.choose(say('activity.category.signed_in'));
      await me.press(`button "${say('activity.show')}"`);
      await me.look('activity-some');
      await me.tabTo(`link "${say('activity.download')}`);
      const [download] = await Promise.all([me.page.waitForEvent('download'), me.page.keyboard.press('Enter')]);
      expect(download.suggestedFilename()).toBe('activity.csv');
      const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
      expect(lines[0]).toBe('id,at,category,who,sentence,details,why');
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines.slice(1)) expect(line).toContain(',signed_in,');
      expect(me.faults).toEqual([]);
    });

    it('stops in silence: the other one sees nothing, and is told nothing', async () => {
      const [holder, proxy, contract] = [`Z-${language}`, `Y-${language}`, `Z-${language}`];
      await desk.person(holder, { phone: more(5), name: `Z. Stil ${language}` });
      await desk.person(proxy, { phone: more(6), name: `Y. Ander ${language}` });
      await desk.contract(contract, [holder]);
      const mandate = await desk.mandate(holder, proxy, ['billing'], [contract]);
      let me = await at.reader(language);
      await at.signIn(me, more(6));
      await me.goto('/portal/activity');
      const before = await me.page.getByRole('heading', { level: 2 }).count();
      await me.goto(`/portal/held/${mandate.id}`);
      expect(await me.heading()).toContain(`Z. Stil ${language}`);

      me = await at.reader(language);
      await at.signIn(me, more(5));
      await me.goto(`/portal/mandates/${mandate.id}/withdraw`);
      await me.press(`button "${say('withdraw.button')}"`);
      expect(await me.text()).toContain(say('withdraw.choose'));
      await me.look('mandate-withdraw-fault');
      await me.choose(say('withdraw.silent'));
      await me.press(`button "${say('withdraw.button')}"`);
      expect(me.faults).toEqual([]);
      await desk.sent();

      me = await at.reader(language);
      await desk.owner.query('DELETE FROM code_budget_entries');
      await at.signIn(me, more(6));
      await me.goto(`/portal/held/${mandate.id}`);
      await me.look('held-gone');
      expect(await me.text()).not.toContain(`Z. Stil ${language}`);
      await me.goto('/portal/held/ended');
      expect(await me.text()).toContain(say('held.none_ended'));
      await me.goto('/portal/activity');
      // Signing in once more is all that came to it.
      const entries = await me.page.getByRole('heading', { level: 2 }).allInnerTexts();
      const between = entries.slice(0, entries.length - before);
      for (const one of between) expect(one).not.toMatch(/machtiging|mandate/i);
      const opened = await desk.open(contract, { number: more(6), mandateRef: mandate.ref });
      await desk.identify(opened.body.call.id);
      const stranger = await desk.open(contract, { name: 'Niemand Bekend' });
      const told = await desk.decide(opened.body.call.id, 'invoice.explain');
      expect([told.outcome, told.reason]).toEqual(['deny', 'no_mandate']);
      expect(told.sentence).toBe((await desk.decide(stranger.body.call.id, 'invoice.explain')).sentence);
      expect(me.faults).toEqual([]);
    });

    it('passes on what its holder let it pass on, and takes it back', async () => {
      await desk.person(`G-${language}`, { phone: phone(8), name: `G. Gever ${language}` });
      await desk.person(`T-${language}`, { phone: phone(9), name: `T. Tussen ${language}` });
      await desk.contract(`D-${language}`, [`G-${language}`]);
      const { id } = await desk.mandate(`G-${language}`, `T-${language}`, ['billing', 'faults'], [`D-${language}`]);
      await desk.owner.query('UPDATE mandates SET may_pass_on = true WHERE id = $1', [id]);
      const me = await at.reader(language);
      await at.signIn(me, phone(9));
      await me.press(`link "${say('portal.mandates')}"`);
      await me.press(`link "${say('held.title')}"`);
      await me.press(`link "${say('held.look')}`);
      await me.look('held-to-pass-on');
      await me.press(`link "${say('pass_on.do')}"`);
      await me.type(say('grant.name'), 'O. Verzonnen');
      await me.type(say('grant.contact'), phone(4));
      await me.press(`button "${say('grant.next')}"`);
      await me.tick(scope);
      await me.press(`button "${say('grant.next')}"`);
      if (!(await me.page.getByLabel(say('grant.contract', { ref: `D-${language}` })).isChecked())) {
        await me.tick(say('grant.contract', { ref: `D-${language}` }));
      }
      await me.press(`button "${say('grant.next')}"`);
      await me.look('pass-on-check');
      await me.press(`button "${say('grant.send')}"`);
      const { rows } = await desk.owner.query<{ id: string }>(
        "SELECT id FROM codes WHERE purpose = 'mandate' ORDER BY issued_at DESC LIMIT 1",
      );
      await me.type(say('grant.code'), await desk.codeOf(rows[0]?.id ?? ''));
      await me.press(`button "${say('grant.code_button')}"`);
      expect(await me.heading()).toBe(say('grant.done_title'));
      await me.goto('/portal/held');
      await me.press(`link "${say('held.look')}`);
      expect(await me.text()).toContain('O. Verzonnen');
      await me.look('held-passed-on');
      await me.press('link "O. Verzonnen');
      await me.press(`link "${say('mandate.withdraw')}"`);
      await me.press(`button "${say('withdraw.button')}"`);
      expect(await me.text()).toContain(say('ending.withdrawn_by_proxy'));
      expect(me.faults).toEqual([]);
    });
  });
});
