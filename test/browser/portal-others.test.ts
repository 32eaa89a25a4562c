import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';

import type { Desk } from '../support/desk.ts';
import { LoginProvider } from '../support/login-provider.ts';
import { CHROMIUM, HOW_TO_GET_ONE } from './browser.ts';
import { SelfService, sayIn } from './self-service.ts';

if (CHROMIUM === null) process.stderr.write(`SKIPPED test/browser/portal-others: ${HOW_TO_GET_ONE}\n`);
const inABrowser = CHROMIUM === null ? describe.skip : describe;

const PUBLIC_URL = 'http://localhost:8080';
/** Where somebody is who leaves at once. */
const AWAY = 'https://weer.example.nl/';

let provider: LoginProvider;
let at: SelfService;
let desk: Desk;

inABrowser(`the self-service, with others${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(async () => {
    provider = await LoginProvider.start(PUBLIC_URL);
    at = await SelfService.open({ ...provider.settings, publicUrl: PUBLIC_URL, exitUrl: AWAY });
    desk = at.desk;
  }, 60_000);
  afterAll(async () => {
    await at?.close();
    await provider?.stop();
  });
  afterEach(async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    expect(at.complaints()).toEqual([]);
  });

  describe.each(['nl', 'en'] as const)('in %s, with the keyboard alone', (language) => {
    const say = sayIn(language);
    /** People of one language are strangers to those of the other. */
    const phone = (last: number): string => `+44 7700 9001${language === 'nl' ? 7 : 8}${last}`;
    const scope = language === 'nl' ? 'Facturen en betalingen' : 'Bills and payments';

    it('lets somebody in by their login elsewhere, links an app, and lets them leave at once', async () => {
      const ref = `L-${language}`;
      await desk.person(ref, { phone: phone(5), name: `L. Elders ${language}` });
      provider.sitDown({ ref, acr: 'substantial' });
      const me = await at.reader(language);
      await me.page.route(AWAY, (route) => route.fulfill({ body: 'Zonnig.' }));
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
      await me.page.waitForURL(AWAY);
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
