import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import type { Desk } from '../support/desk.ts';
import { CHROMIUM, HOW_TO_GET_ONE } from './browser.ts';
import { PLACES } from './screens.ts';
import { SelfService, sayIn } from './self-service.ts';

if (CHROMIUM === null) process.stderr.write(`SKIPPED test/browser/portal: ${HOW_TO_GET_ONE}\n`);
const inABrowser = CHROMIUM === null ? describe.skip : describe;

const PHONE = '+44 7700 900161';

let at: SelfService;
let desk: Desk;

inABrowser(`the self-service${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(async () => {
    at = await SelfService.open();
    desk = at.desk;
    await desk.person('P-1', { phone: PHONE, name: 'H. Fictief' });
    await desk.contract('C-1', ['P-1']);
  }, 60_000);
  afterAll(() => at?.close());
  afterEach(async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    expect(at.complaints()).toEqual([]);
  });

  describe.each(['nl', 'en'] as const)('in %s, with the keyboard alone', (language) => {
    const say = sayIn(language);

    it('lets somebody in with a code, shows where they are signed in, and lets them out', async () => {
      const me = await at.reader(language);
      await me.goto('/portal');
      expect(await me.heading()).toBe(say('sign_in.title'));
      await me.look('sign-in');
      await me.press(`button "${say('sign_in.send')}"`);
      expect(await me.text()).toContain(say('sign_in.no_contact'));
      await me.look('sign-in-fault');
      await me.type(say('sign_in.contact'), PHONE);
      await me.press(`button "${say('sign_in.send')}"`);
      expect(await me.heading()).toBe(say('sign_in.code_title'));
      await me.look('sign-in-code');
      await me.type(say('sign_in.code'), '000000');
      await me.press(`button "${say('sign_in.enter')}"`);
      expect(await me.text()).toContain(say('sign_in.code_wrong', { tries: 4 }));
      await me.look('sign-in-code-fault');
      await me.type(say('sign_in.code'), await at.codeFor());
      await me.press(`button "${say('sign_in.enter')}"`);
      expect(await me.heading()).toBe(say('home.welcome'));
      await me.look('home');
      await me.press(`link "${say('portal.settings')}"`);
      await me.press(`link "${say('portal.sessions')}"`);
      expect(await me.text()).toContain(say('sessions.this'));
      await me.look('sessions');
      await me.press(`button "${say('portal.sign_out')}"`);
      expect(await me.heading()).toBe(say('sign_in.title'));
      await me.page.goBack();
      await me.page.reload();
      expect(await me.heading()).toBe(say('sign_in.title'));
      expect(me.faults).toEqual([]);
    });

    it('gives, accepts, is asked, looks back, asks questions and takes back; no right takes more steps than giving', async () => {
      const scope = language === 'nl' ? 'Facturen en betalingen' : 'Faults';
      const proxyName = `G. Voorbeeld ${language}`;
      const proxyPhone = language === 'nl' ? '+44 7700 900162' : '+44 7700 900163';
      await desk.person(`P-${language}`, { name: proxyName, phone: proxyPhone });
      /** Pages that each thing took, from the first page of the self-service. */
      const steps: Record<string, number> = {};

      let me = await at.reader(language);
      const start = async (): Promise<void> => {
        await me.goto('/portal');
        me.loads = 0;
      };

      // Giving, as far as the code to pass on.
      await at.signIn(me, PHONE);
      await me.press(`link "${say('mandates.give')}"`);
      await me.look('give-who');
      await me.press(`button "${say('grant.next')}"`);
      expect(await me.text()).toContain(say('grant.no_name'));
      await me.look('give-who-fault');
      me.loads -= 1;
      await me.type(say('grant.name'), proxyName);
      await me.type(say('grant.contact'), proxyPhone);
      await me.press(`button "${say('grant.next')}"`);
      expect(await me.heading()).toBe(say('grant.what_title', { name: proxyName }));
      await me.look('give-what');
      await me.tick(scope);
      await me.press(`button "${say('grant.next')}"`);
      await me.look('give-when');
      if (!(await me.page.getByLabel(say('grant.contract', { ref: 'C-1' })).isChecked())) {
        await me.tick(say('grant.contract', { ref: 'C-1' }));
      }
      await me.press(`button "${say('grant.next')}"`);
      expect(await me.text()).toContain(scope);
      await me.look('give-check');
      await me.goto(new URL(me.page.url()).pathname.replace('/check', '/who'));
      await me.look('give-who-again');
      await me.page.goBack();
      me.loads -= 1;
      await me.press(`button "${say('grant.send')}"`);
      await me.look('give-code');
      const { rows } = await desk.owner.query<{ id: string; mandate_id: string }>(
        "SELECT id, mandate_id FROM codes WHERE purpose = 'mandate' ORDER BY issued_at DESC LIMIT 1",
      );
      await me.type(say('grant.code'), await desk.codeOf(rows[0]?.id ?? ''));
      await me.press(`button "${say('grant.code_button')}"`);
      expect(await me.heading()).toBe(say('grant.done_title'));
      await me.look('give-done');
      steps.give = me.loads;
      const code = await me.page.locator('.mandaat-code').innerText();

      // Accepting.
      me = await at.reader(language);
      await at.signIn(me, proxyPhone);
      await me.press(`link "${say('portal.mandates')}"`);
      await me.press(`link "${say('held.title')}"`);
      await me.look('held-waiting');
      await me.press(`link "${say('held.look')}`);
      await me.look('held-accept');
      await me.type(say('acceptance.code'), 'AAAA-AAAA');
      await me.press(`button "${say('acceptance.accept')}"`);
      expect(await me.text()).toContain(say('acceptance.wrong', { tries: 4 }));
      await me.look('held-accept-fault');
      me.loads -= 1;
      await me.type(say('acceptance.code'), code);
      await me.press(`button "${say('acceptance.accept')}"`);
      expect(await me.text()).toContain(say('recognition.accepted'));
      await me.look('held-accepted');
      steps.accept = me.loads;
      await me.press(`link "${say('recognition.support_do')}"`);
      expect(await me.text()).toContain(say('support.get'));
      await start();
      await me.press(`link "${say('portal.mandates')}"`);
      await me.press(`link "${say('held.title')}"`);
      await me.press(`link "${say('held.look')}`);
      await me.press(`link "${say('held.renounce')}"`);
      await me.look('held-renounce');
      await me.press(`link "${say('held.keep')}"`);
      steps['lay down'] = me.loads;

      // Being asked, while the proxy is on the line.
      const { body: given } = await desk.get('crm', `/v1/mandates/${rows[0]?.mandate_id}`);
      const action = language === 'nl' ? 'payment.arrangement' : 'fault.report';
      const opened = await desk.open('C-1', { number: proxyPhone, mandateRef: given.mandate_ref });
      await desk.owner.query('DELETE FROM code_budget_entries');
      await desk.identify(opened.body.call.id);
      await desk.check(opened.body.call.id, [action]);
      await desk.open('C-1', { as: 'holder', number: PHONE });

      // Looking back, and saying that something is not right.
      me = await at.reader(language);
      await at.signIn(me, PHONE);
      await me.press(`link "${say('portal.activity')}"`);
      await me.look('activity');
      steps['see who looked'] = me.loads;
      await me.press(`link "${say('activity.question')}`);
      await me.look('activity-question');
      await me.press(`link "${say('proof.download')}"`);
      await me.look('activity-no-proof');
      await me.press(`link "${say('proof.back')}"`);
      me.loads -= 2;
      await me.press(`button "${say('incident.send')}"`);
      expect(await me.text()).toContain(say('incident.text_fault'));
      await me.look('activity-question-fault');
      me.loads -= 1;
      await me.type(say('incident.text'), language === 'nl' ? 'Dit was ik niet.' : 'This was not me.');
      await me.press(`button "${say('incident.send')}"`);
      expect(await me.heading()).toBe(say('incident.done'));
      await me.look('activity-reported');
      steps['say that it is not right'] = me.loads;

      // "Am I really talking to you?"
      await start();
      await me.press(`link "${say('portal.contact')}"`);
      await me.look('questions-none');
      await me.press(`link "${say('portal.calls')}"`);
      expect(await me.text()).toContain(say('calls.code'));
      await me.look('calls-one');
      steps['ask who is calling'] = me.loads;

      // Stopping it for now, and for good.
      await start();
      await me.press(`link "${proxyName}`);
      await me.look('mandate');
      await me.press(`button "${say('mandate.suspend')}"`);
      expect(await me.text()).toContain(say('state.suspended'));
      steps['stop for now'] = me.loads;
      await me.press(`link "${say('mandate.change')}"`);
      await me.look('mandate-change');
      await start();
      await me.press(`link "${proxyName}`);
      await me.press(`link "${say('mandate.withdraw')}"`);
      await me.look('mandate-withdraw');
      await me.choose(say('withdraw.silent'));
      await me.press(`button "${say('withdraw.button')}"`);
      expect(await me.text()).toContain(say('mandate.silent'));
      await me.look('mandate-withdrawn');
      steps.withdraw = me.loads;

      expect(me.faults).toEqual([]);
      const { give = 0, ...rights } = steps;
      expect(give).toBe(6);
      for (const [right, count] of Object.entries(rights)) expect([right, count <= give]).toEqual([right, true]);
    });

    it('answers the question that waits', async () => {
      const proxyPhone = language === 'nl' ? '+44 7700 900164' : '+44 7700 900165';
      await desk.person(`Q-${language}`, { name: `V. Vraag ${language}`, phone: proxyPhone });
      const mandate = await desk.mandate('P-1', `Q-${language}`, ['subscription'], ['C-1']);
      const opened = await desk.open('C-1', { number: proxyPhone, mandateRef: mandate.ref });
      const callId = opened.body.call.id;
      await desk.identify(callId);
      const actions = [{ name: 'contract.terminate' }];
      const asked = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
      const me = await at.reader(language);
      await at.signIn(me, PHONE);
      expect(await me.text()).toContain(say('questions.waiting', { n: 1 }));
      await me.look('home-asked');
      await me.press(`link "${say('questions.answer')}"`);
      await me.look('questions');
      await me.press(`link "${say('questions.answer')}`);
      await me.look('question');
      await me.press(`button "${say('confirm.yes')}"`);
      expect(await me.text()).toContain(say('confirm.empty'));
      await me.look('question-fault');
      await me.type(say('confirm.code'), await desk.codeOf(asked.body.confirmations[0].id));
      await me.press(`button "${say('confirm.yes')}"`);
      expect(await me.heading()).toBe(say('confirm.ended.approved.title'));
      await me.look('question-answered');
      expect(me.faults).toEqual([]);
      expect((await desk.decide(callId, 'contract.terminate')).outcome).toBe('permit');
    });

    it('asks for a code to read out, and chooses: asked first, never recorded, reached elsewhere', async () => {
      const phone = language === 'nl' ? '+44 7700 900166' : '+44 7700 900167';
      const ref = `S-${language}`;
      const personId = await desk.person(ref, {
        name: `K. Keuze ${language}`,
        phone,
        postal: 'Nergensweg 1, 0000 XX Nergenshuizen',
      });
      await desk.contract(`C-${ref}`, [ref]);
      const me = await at.reader(language);
      await at.signIn(me, phone);

      // A code to read out on the phone.
      await me.press(`link "${say('portal.contact')}"`);
      await me.press(`link "${say('portal.calls')}"`);
      await me.press(`button "${say('support.get')}"`);
      const shown = await me.page.locator('.mandaat-code').innerText();
      await me.look('calls-support-code');
      const opened = await desk.open(`C-${ref}`, { as: 'holder', number: phone });
      const path = `/v1/calls/${opened.body.call.id}/verifications`;
      const read = await desk.post('agent', path, { method: 'support_code', support_code: shown });
      expect(read.body.state).toBe('approved');

      // Asked first.
      await me.press(`link "${say('portal.settings')}"`);
      await me.press(`link "${say('ask_first.title')}"`);
      await me.tick(language === 'nl' ? 'Storingen' : 'Faults');
      await me.press(`button "${say('preferences.save')}"`);
      expect(await me.text()).toContain(say('ask_first.saved'));
      await me.look('ask-first-saved');

      // Never recorded, and hours that are none.
      await me.press(`link "${say('ask_first.back')}"`);
      await me.tick(say('preferences.refused_training'));
      await me.press(`button "${say('preferences.save')}"`);
      expect(await me.text()).toContain(say('preferences.saved'));
      const recording = { name: 'recording.start', properties: { purpose: 'training' } };
      expect((await desk.decide(opened.body.call.id, recording)).reason).toBe('holder_declined');
      await me.type(say('preferences.safe_from'), '18');
      await me.type(say('preferences.safe_until'), '9');
      await me.press(`button "${say('preferences.save')}"`);
      expect(await me.text()).toContain(say('preferences.hours_fault'));
      await me.look('preferences-fault');

      // Reached at another address.
      await me.press(`link "${say('portal.ways')}"`);
      await me.press(`link "${say('contact.title')}"`);
      await me.press(`link "${say('contact.add')}"`);
      await me.look('contact-add');
      await me.press(`button "${say('contact.send')}"`);
      expect(await me.text()).toContain(say('contact.fault_value'));
      await me.look('contact-add-fault');
      await me.type(say('contact.value'), `keuze.${language}@example.nl`);
      await me.press(`button "${say('contact.send')}"`);
      expect(await me.heading()).toBe(say('contact.codes_title'));
      await me.look('contact-codes');
      await me.type(say('contact.label_known'), '000000');
      await me.press(`button "${say('prove.enter')}"`);
      expect(await me.text()).toContain(say('contact.code_wrong', { count: 4 }));
      await me.look('contact-codes-fault');
      const { rows } = await desk.owner.query<{ known: string; new: string }>(
        'SELECT known_code_id AS known, new_code_id AS new FROM contact_changes WHERE person_id = $1',
        [personId],
      );
      for (const side of ['known', 'new'] as const) {
        await me.type(say(`contact.label_${side}`), await desk.codeOf(rows[0]?.[side] ?? ''));
        await me.press(`button "${say('prove.enter')}"`);
      }
      await me.look('contact-changed');
      expect(await me.text()).toContain(say('contact.changed'));
      await me.press(`button "${say('contact.remove')}`);
      expect(await me.text()).toContain(say('contact.fault_last', { phone: desk.api.config.organisationPhone }));
      await me.look('contact-fault');
      expect(me.faults).toEqual([]);
    });

    it('reads what is recorded about their life, and says that it is not right', async () => {
      const phone = language === 'nl' ? '+44 7700 900168' : '+44 7700 900169';
      const ref = `L-${language}`;
      await desk.person(ref, { name: `L. Leven ${language}`, phone });
      const event = { person: ref, kind: 'bewind', occurred_on: '2026-01-20', reported_by: 'relative' };
      await desk.expectSuccess(desk.post('agent', '/v1/life-events', event));
      await desk.person(`${ref}-2`, { name: 'R. Rechter' });
      const representative = { holder: ref, representative: `${ref}-2`, kind: 'bewind', ends_at: '2031-01-01' };
      await desk.expectSuccess(desk.post('agent', '/v1/representations', representative));
      const me = await at.reader(language);
      await at.signIn(me, phone);
      await me.press(`link "${say('portal.activity')}"`);
      await me.press(`link "${say('life.title')}"`);
      expect(await me.text()).toContain(say('life.event.bewind'));
      await me.look('life-events');
      await me.press(`link "${say('life.question')}`);
      await me.look('life-question');
      await me.type(say('incident.text'), language === 'nl' ? 'Dit klopt niet.' : 'This is not right.');
      await me.press(`button "${say('incident.send')}"`);
      expect(await me.heading()).toBe(say('incident.done'));
      expect((await desk.get('privacy', '/v1/incidents')).body.incidents.at(-1)).toMatchObject({ person: ref });
      expect(me.faults).toEqual([]);
    });

    it('speaks for an organisation, and lets a program call', async () => {
      const phone = language === 'nl' ? '+44 7700 900171' : '+44 7700 900172';
      const [ref, organisation] = [`O-${language}`, `B-${language}`];
      await desk.person(ref, { name: `O. Fictief ${language}`, phone });
      const points = [{ kind: 'phone', value: '+44 7700 900173', verified_at: '2020-01-01T00:00:00Z' }];
      const name = `Verzonnen Bakkerij ${language}`;
      const who = { kind: 'organisation', name, language, contact_points: points };
      await desk.put('crm', `/v1/people/${organisation}`, who);
      await desk.owner.query("UPDATE contact_points SET changed_at = '2020-01-01'");
      await desk.contract(`C-${organisation}`, [organisation]);
      await desk.contract(`C-${ref}`, [ref]);
      const terms = { scopes: ['billing'], contracts: [`C-${organisation}`], contact_rule: 'several', form: 'portal' };
      const wish = { holder: organisation, proxy: ref, ...terms };
      const { body } = await desk.expectSuccess(desk.post('crm', '/v1/mandates', wish));
      await desk.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [body.id]);
      const scope = language === 'nl' ? 'Facturen en betalingen' : 'Bills and payments';

      const me = await at.reader(language);
      await at.signIn(me, phone);
      await me.press(`link "${say('portal.mandates')}"`);
      await me.press(`link "${say('held.title')}"`);
      await me.press(`link "${say('organisations.title')}"`);
      await me.look('organisations');
      await me.press(`link "${name}"`);
      await me.look('organisation');
      await me.press(`link "${say('organisation.give')}"`);
      await me.look('organisation-give');
      await me.press(`button "${say('organisation.give')}"`);
      expect(await me.text()).toContain(say('grant.no_name'));
      await me.look('organisation-give-fault');
      await me.type(say('grant.name'), 'P. Anders');
      await me.type(say('grant.contact'), '+44 7700 900174');
      await me.tick(scope);
      await me.tick(say('grant.contract', { ref: `C-${organisation}` }));
      await me.press(`button "${say('organisation.give')}"`);
      expect(await me.text()).toContain(say('organisation.asked'));
      await me.look('organisation-asked');
      await me.press(`button "${say('organisation.withdraw', { name: 'P. Anders' })}"`);
      expect(await me.text()).toContain(say('organisation.withdrawn'));

      await me.goto('/portal/mandates');
      await me.press(`link "${say('software.title')}"`);
      await me.look('software-none');
      await me.press(`link "${say('software.declare')}"`);
      await me.look('software-declare');
      await me.press(`button "${say('software.declare')}"`);
      await me.look('software-fault');
      await me.type(say('software.name'), 'Rekenhulp');
      await me.type(say('software.contact'), 'maker@example.nl');
      await me.tick(scope);
      await me.tick(say('grant.contract', { ref: `C-${ref}` }));
      await me.press(`button "${say('software.declare')}"`);
      expect(await me.heading()).toBe(say('software.done_title'));
      await me.look('software-declared');
      await me.goto('/portal/software');
      await me.look('software');
      await me.press(`button "${say('software.revoke', { name: 'Rekenhulp' })}"`);
      expect(await me.text()).toContain(say('software.revoked'));
      expect(me.faults).toEqual([]);
    });

    it('reads every place that the navigation names', async () => {
      const me = await at.reader(language);
      await at.signIn(me, PHONE);
      const named = (name: string): Promise<string[]> =>
        me.page
          .getByRole('navigation', { name, exact: true })
          .getByRole('link')
          .evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
      const areas = await named(say('portal.navigation'));
      expect(areas.length).toBe(5);
      const places = [...areas];
      for (const [area, key] of [
        ['/portal/mandates', 'portal.mandates'],
        ['/portal/questions', 'portal.contact'],
        ['/portal/activity', 'portal.activity'],
        ['/portal/preferences', 'portal.settings'],
      ] as const) {
        await me.goto(area);
        places.push(...(await named(say(key))).filter((place) => place !== area));
      }
      expect(places.length).toBe(12);
      for (const place of places) expect(Object.keys(PLACES).concat('/portal')).toContain(place);
      for (const [place, name] of Object.entries(PLACES)) {
        await me.goto(place.replace('*', 'nowhere'));
        expect([place, await me.page.getByRole('heading', { level: 1 }).count()]).toEqual([place, 1]);
        await me.look(name);
      }
      // Nobody's mandate, and the code to show once more that it is them.
      await me.goto('/portal/mandates/11111111-2222-4333-8444-555555555555');
      await me.look('mandate-absent');
      await me.goto('/portal/prove?back=/portal/ways');
      await me.press(`button "${say('sign_in.send')}"`);
      await me.look('prove-code');
      await me.type(say('sign_in.code'), await at.codeFor());
      await me.press(`button "${say('prove.enter')}"`);
      expect(await me.heading()).toBe(say('portal.ways'));
      expect(me.faults).toEqual([]);
    });

    it('lets somebody accept by the link in an invitation, to whom no code can go yet', async () => {
      const ref = `N-${language}`;
      const id = await desk.person(ref, {
        name: `N. Nieuw ${language}`,
        phone: `+44 7700 90017${language === 'nl' ? 5 : 6}`,
      });
      await desk.owner.query("UPDATE messages SET queued_at = queued_at - interval '1 hour'");
      const terms = { holder: 'P-1', proxy: ref, scopes: ['billing'], contracts: ['C-1'], form: 'portal' };
      const { body: mandate } = await desk.expectSuccess(desk.post('crm', '/v1/mandates', terms));
      const { link } = await desk.message('person_id', id, 'invitation');
      const { rows } = await desk.owner.query<{ id: string }>("SELECT id FROM people WHERE crm_ref = 'P-1'");
      const { body: told } = await desk.message('person_id', rows[0]?.id ?? '', 'acceptance_code');
      await desk.owner.query("UPDATE contact_points SET changed_at = now() - interval '1 day' WHERE person_id = $1", [
        id,
      ]);
      const me = await at.reader(language);
      await me.goto(new URL(link ?? '').pathname);
      await me.look('invitation');
      await me.type(say('acceptance.code'), /\b[2-9B-Z]{4}-[2-9B-Z]{4}\b/.exec(told)?.[0] ?? '');
      await me.press(`button "${say('acceptance.accept')}"`);
      expect(await me.heading()).toBe(say('recognition.accepted'));
      await me.look('invitation-accepted');
      const { body: given } = await desk.get('crm', `/v1/mandates/${mandate.id}`);
      expect(given.state).toBe('active');
      expect(me.faults).toEqual([]);
    });
  });
});
