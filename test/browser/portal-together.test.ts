import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import type { Desk } from '../support/desk.ts';
import { CHROMIUM, HOW_TO_GET_ONE } from './browser.ts';
import type { KeyboardReader } from './reader.ts';
import { SelfService, sayIn } from './self-service.ts';

if (CHROMIUM === null) process.stderr.write(`SKIPPED test/browser/portal-together: ${HOW_TO_GET_ONE}\n`);
const inABrowser = CHROMIUM === null ? describe.skip : describe;

let at: SelfService;
let desk: Desk;

inABrowser(`contact persons together${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(async () => {
    at = await SelfService.open();
    desk = at.desk;
  }, 60_000);
  afterAll(() => at?.close());
  afterEach(async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    expect(at.complaints()).toEqual([]);
  });

  describe.each(['nl', 'en'] as const)('in %s, with the keyboard alone', (language) => {
    const say = sayIn(language);
    const phone = (last: number): string => `+44 7700 9001${language === 'nl' ? 2 : 3}${last}`;
    const scope = language === 'nl' ? 'Facturen en betalingen' : 'Bills and payments';
    const action = language === 'nl' ? 'Een factuur uitleggen' : 'Explain a bill';
    const name = `Verzonnen Drukkerij ${language}`;
    const [organisation, contract] = [`B-${language}`, `C-${language}`];

    beforeAll(async () => {
      const points = [{ kind: 'phone', value: phone(0), verified_at: '2020-01-01T00:00:00Z' }];
      const who = { kind: 'organisation', name, language, contact_points: points };
      await desk.put('crm', `/v1/people/${organisation}`, who);
      await desk.owner.query("UPDATE contact_points SET changed_at = '2020-01-01'");
      await desk.contract(contract, [organisation]);
      for (const [last, person] of [
        [1, 'E. Eerste'],
        [2, 'T. Tweede'],
      ] as const) {
        const ref = `P-${last}-${language}`;
        await desk.person(ref, { phone: phone(last), name: `${person} ${language}` });
        await desk.owner.query('UPDATE people SET language = $1 WHERE crm_ref = $2', [language, ref]);
        const wish = { holder: organisation, proxy: ref, scopes: ['billing', 'subscription'], contracts: [contract] };
        const { body } = await desk.expectSuccess(
          desk.post('crm', '/v1/mandates', { ...wish, contact_rule: 'joint', form: 'portal' }),
        );
        await desk.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [body.id]);
      }
    });

    /** The first one is on the line, and the second is asked. */
    async function asked(): Promise<{ readonly callId: string; readonly code: string }> {
      const { body } = await desk.expectSuccess(desk.open(contract, { number: phone(1) }));
      await desk.identify(body.call.id);
      // Alone the first can do nothing (the control).
      const alone = await desk.decide(body.call.id, 'invoice.explain');
      expect([alone.outcome, alone.reason]).toEqual(['ask_holder', 'joint_holder_missing']);
      const actions = [{ name: 'invoice.explain' }];
      const { body: sent } = await desk.expectSuccess(
        desk.post('agent', `/v1/calls/${body.call.id}/confirmations`, { actions }),
      );
      const { rows } = await desk.owner.query<{ id: string }>(
        `SELECT c.id FROM codes c JOIN people p ON p.id = c.person_id
         WHERE c.call_id = $1 AND c.purpose = 'action' AND p.crm_ref = $2`,
        [body.call.id, `P-2-${language}`],
      );
      // The second one alone is asked.
      expect(sent.confirmations.map(({ id }: { id: string }) => id)).toEqual([rows[0]?.id]);
      return { callId: body.call.id, code: await desk.codeOf(rows[0]?.id ?? '') };
    }

    async function toQuestion(me: KeyboardReader): Promise<void> {
      await at.signIn(me, phone(2));
      await me.press(`link "${say('questions.answer')}"`);
      await me.press(`link "${say('questions.answer')}`);
      expect(await me.text()).toContain(action);
    }

    it('one is on the line, and the other says yes or no in their own session', async () => {
      const first = await asked();
      const me = await at.reader(language);
      await toQuestion(me);
      // It says for whom, and who asks.
      expect(await me.text()).toContain(name);
      expect(await me.text()).toContain(`E. Eerste ${language}`);
      await me.look('joint-question');
      await me.type(say('confirm.code'), first.code === '000000' ? '000001' : '000000');
      await me.press(`button "${say('confirm.yes')}"`);
      expect((await desk.decide(first.callId, 'invoice.explain')).outcome).toBe('ask_holder');
      await me.type(say('confirm.code'), first.code);
      await me.press(`button "${say('confirm.yes')}"`);
      expect(await me.heading()).toBe(say('confirm.ended.approved.title'));
      expect((await desk.decide(first.callId, 'invoice.explain', 'execute')).outcome).toBe('permit');
      // Once: the next one needs both again.
      expect((await desk.decide(first.callId, 'invoice.explain')).outcome).not.toBe('permit');

      await desk.owner.query('DELETE FROM code_budget_entries');
      const second = await asked();
      const again = await at.reader(language);
      await toQuestion(again);
      await again.press(`button "${say('confirm.no')}"`);
      expect(await again.heading()).toBe(say('confirm.ended.declined.title'));
      expect((await desk.decide(second.callId, 'invoice.explain')).outcome).toBe('deny');
      expect([...me.faults, ...again.faults]).toEqual([]);
    });

    it('one gives a mandate for it, the other says yes by the code in their message, and the first passes the code on', async () => {
      const me = await at.reader(language);
      await at.signIn(me, phone(1));
      await me.goto('/portal/organisations');
      expect(await me.text()).toContain(say('organisation.rule_joint'));
      await me.press(`link "${name}"`);
      await me.look('organisation-joint');
      await me.press(`link "${say('organisation.give')}"`);
      expect(await me.text()).toContain(say('organisation.give_joint'));
      await me.type(say('grant.name'), 'P. Anders');
      await me.type(say('grant.contact'), phone(3));
      await me.tick(scope);
      await me.tick(say('grant.contract', { ref: contract }));
      await me.press(`button "${say('organisation.give')}"`);
      expect(await me.text()).toContain(say('organisation.asked'));
      // Nobody's code to pass on, as it waits for the other one.
      const passOn = `link "${say('organisation.code', { name: 'P. Anders' })}`;
      expect(await me.text()).not.toContain(say('organisation.code', { name: 'P. Anders' }));
      const { rows } = await desk.owner.query<{ id: string; mandate: string; ref: string }>(
        `SELECT c.id, c.mandate_id AS mandate, p.crm_ref AS ref FROM codes c JOIN people p ON p.id = c.person_id
         WHERE c.purpose = 'mandate' ORDER BY c.issued_at DESC LIMIT 1`,
      );
      const [{ id, mandate, ref } = { id: '', mandate: '', ref: '' }] = rows;
      expect(ref).toBe(`P-2-${language}`);
      await me.goto(`${new URL(me.page.url()).pathname}/mandates/${mandate}/code`);
      expect(await me.text()).not.toMatch(/[0-9A-Z]{4}-[0-9A-Z]{4}/);

      const other = await at.reader(language);
      const { link } = await desk.message('code_id', id);
      await other.goto(new URL(link ?? '').pathname);
      expect(await other.heading()).toBe(say('confirm.asked.mandate'));
      expect(await other.text()).toContain(name);
      await other.look('joint-grant');
      await other.type(say('confirm.code'), await desk.codeOf(id));
      await other.press(`button "${say('confirm.yes')}"`);
      await other.look('joint-grant-given');
      expect((await desk.get('crm', `/v1/mandates/${mandate}`)).body.state).toBe('pending_acceptance');

      const first = await at.reader(language);
      await desk.owner.query('DELETE FROM code_budget_entries');
      await at.signIn(first, phone(1));
      await first.goto('/portal/organisations');
      await first.press(`link "${name}"`);
      await first.press(passOn);
      expect(await first.heading()).toBe(say('grant.done_title'));
      expect(await first.page.locator('.mandaat-code').innerText()).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      await first.look('organisation-code');
      expect([...me.faults, ...other.faults, ...first.faults]).toEqual([]);
    });
  });
});
