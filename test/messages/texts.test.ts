import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CODE_ROUTES, LANGUAGES, type CodeRoute, type Language } from '../../src/policy/vocabulary.ts';
import { fitToGsm, neutralise, smsSegments } from '../../src/messages/neutral-text.ts';
import { renderMessage, type MessageSender } from '../../src/messages/render-message.ts';
import {
  MANDATE_CHANGES,
  TEMPLATES,
  type TemplateName,
  type TemplateValues,
} from '../../src/messages/template-values.ts';
import { runs } from '../support/runs.ts';

const SENDER: MessageSender = {
  name: 'Voorbeeld Telecom',
  address: 'Voorbeeldplein 1, 0000 XX Voorbeeldstad',
  phone: '+49 30 23125 000',
  email: 'klantenservice@example.nl',
  publicUrl: 'https://mandaat.example.nl',
};
const LINK = 'https://mandaat.example.nl/c/Q3p2Vx8LrT0aWcYd1ZfKgA';
/** 14:30 in Amsterdam, where it is winter. */
const NOW = new Date('2026-11-21T13:30:00Z');
const IN_FIVE_MINUTES = new Date('2026-11-21T13:35:00Z');
const IN_A_WEEK = new Date('2026-11-28T13:30:00Z');
/** Midnight in Amsterdam: the day before is the last that counts. */
const IN_A_YEAR = new Date('2027-11-20T23:00:00Z');

const agent = { role: 'klantenservice', pseudonym: 'Merel' };
const action = {
  title: 'Contract opzeggen',
  properties: [
    { title: 'Reden', value: 'verhuizing' },
    { title: 'Bedrag', value: 1250.5 },
    { title: 'Meteen', value: true },
  ],
};
const mandate = {
  scopes: ['Facturen en betalingen', 'Storingen'],
  contracts: ['C-1001', 'C-1002'],
  mandateRef: 'M-7K2Q-9XYZ',
  endsAt: IN_A_YEAR,
};

const VALUES: TemplateValues = {
  action_code: {
    code: '048213',
    actions: [action],
    caller: { is: 'other', name: 'P. Verzonnen' },
    agent,
    expiresAt: IN_FIVE_MINUTES,
    link: LINK,
  },
  action_question: {
    actions: [action],
    caller: { is: 'other', name: 'P. Verzonnen' },
    agent,
    expiresAt: IN_FIVE_MINUTES,
    link: LINK,
  },
  mandate_code: {
    code: '048213',
    holder: null,
    proxy: 'P. Verzonnen',
    ...mandate,
    mayPassOn: false,
    startsAt: NOW,
    agent,
    expiresAt: IN_FIVE_MINUTES,
    link: LINK,
  },
  verification_code: { code: '048213', agent, expiresAt: IN_FIVE_MINUTES, link: LINK },
  sign_in_code: { code: '048213', expiresAt: IN_FIVE_MINUTES },
  contact_code: {
    code: '048213',
    reader: 'known',
    change: 'added',
    kind: 'phone',
    masked: '123',
    agent: null,
    expiresAt: IN_FIVE_MINUTES,
  },
  acceptance_code: { code: '048213', holder: null, proxy: 'P. Verzonnen', ...mandate, expiresAt: IN_A_WEEK },
  invitation: { holder: 'H. Fictief', giver: null, ...mandate, startsAt: NOW, acceptBefore: IN_A_WEEK, link: LINK },
  action_executed: { actions: [action], caller: { is: 'other', name: 'P. Verzonnen' }, agent, executedAt: NOW },
  mandate_asked: { proxy: 'P. Verzonnen', ...mandate, startsAt: NOW, answerBefore: IN_A_WEEK, link: LINK },
  mandate_changed: {
    change: 'withdrawn',
    reader: 'holder',
    other: 'P. Verzonnen',
    mandateRef: 'M-7K2Q-9XYZ',
    changedAt: NOW,
  },
  mandate_ending: { reader: 'holder', other: 'P. Verzonnen', mandateRef: 'M-7K2Q-9XYZ', endsAt: IN_A_WEEK, link: LINK },
  contact_changed: { kind: 'email', changedAt: NOW },
  authenticator_changed: { change: 'added', changedAt: NOW },
  passkey_changed: { change: 'added', changedAt: NOW },
  blocked: { caller: 'P. Verzonnen', blockedAt: NOW },
  assisted: {
    agent,
    at: NOW,
    acts: [
      { title: 'Uw machtigingen bekijken', lines: ['M-7K2Q-9XYZ: aan P. Verzonnen'] },
      { title: 'Een machtiging intrekken', lines: [] },
    ],
  },
  statement_corrected: {
    right: { title: 'Opzegging', properties: [{ title: 'Datum', value: '31 december 2026' }] },
    agent,
    saidAt: NOW,
  },
  unblocked: { caller: 'P. Verzonnen', liftedAt: NOW },
  life_event: { event: 'bankruptcy', stage: 'recorded', at: NOW },
  representation: {
    representation: 'bewind',
    change: 'recorded',
    reader: 'holder',
    other: 'P. Verzonnen',
    at: NOW,
  },
};

const AMOUNT: Record<Language, string> = { nl: '1.250,5', en: '1,250.5' };
const YES: Record<Language, string> = { nl: 'Meteen: ja', en: 'Meteen: yes' };
const LAST_DAY: Record<Language, string> = { nl: '20 november 2027', en: '20 November 2027' };
const NEVER_ASK: Record<Language, RegExp> = {
  nl: /[Ww]ij (bellen of mailen|vragen) u nooit (zelf |uit onszelf )?om deze code/,
  en: /[Ww]e never (call or mail you |ask (you )?)(to ask )?for this code/,
};
const NAMED = ['"?P\\. Verzonnen"?'];
const ACTION = ['Contract opzeggen', 'Reden: "verhuizing"'];
const MANDATE = ['Facturen en betalingen', 'Storingen', 'M-7K2Q-9XYZ'];
const CONTRACTS = ['C-1001', 'C-1002'];

/** What each template must say, whatever the language and route. */
const CONTENT: Record<TemplateName, readonly string[]> = {
  action_code: [...NAMED, ...ACTION, 'Merel \\(klantenservice\\)', '14:35'],
  action_question: [...NAMED, ...ACTION, 'Merel \\(klantenservice\\)', '14:35', 'toegangssleutel|passkey|sterk|strong'],
  mandate_code: [...NAMED, ...MANDATE.slice(0, 2), ...CONTRACTS, 'Merel \\(klantenservice\\)', '14:35'],
  verification_code: ['Merel \\(klantenservice\\)', '14:35'],
  sign_in_code: ['Mijn machtigingen|My mandates', '14:35'],
  contact_code: ['telefoonnummer dat eindigt op 123|phone number that ends in 123', 'toevoegen|add', '14:35'],
  acceptance_code: [...NAMED, ...MANDATE.slice(0, 2), ...CONTRACTS, '28 [Nn]ovember 2026'],
  invitation: ['"?H\\. Fictief"?', ...MANDATE, '28 [Nn]ovember 2026'],
  mandate_asked: [...NAMED, ...MANDATE.slice(0, 2), ...CONTRACTS, '28 [Nn]ovember 2026'],
  action_executed: [...NAMED, ...ACTION, 'Merel \\(klantenservice\\)', '21 [Nn]ovember 2026', '14:30'],
  mandate_changed: [...NAMED, 'M-7K2Q-9XYZ', '21 [Nn]ovember 2026', '14:30', 'ingetrokken|withdrawn'],
  mandate_ending: [...NAMED, 'M-7K2Q-9XYZ', '2[78] [Nn]ovember 2026', 'stopt|ends'],
  contact_changed: ['e-mailadres|e-mail address', '21 [Nn]ovember 2026', '14:30'],
  passkey_changed: ['toegangssleutel.*toegevoegd|passkey was added', '21 [Nn]ovember 2026', '14:30'],
  authenticator_changed: ['app met codes aan u gekoppeld|app with codes was linked to you', '7 da', '14:30'],
  blocked: [...NAMED, '21 [Nn]ovember 2026', '14:30', 'geblokkeerd|blocked'],
  life_event: ['faillissement|bankruptcy', '21 [Nn]ovember 2026', '14:30', 'vastgelegd|recorded'],
  representation: [...NAMED, 'bewindvoerder', '21 [Nn]ovember 2026', '14:30', 'vastgelegd|recorded'],
  assisted: ['Merel \\(klantenservice\\)', '14:30', 'Uw machtigingen bekijken', 'Een machtiging intrekken'],
  statement_corrected: [
    'Opzegging \\(Datum: "31 december 2026"\\)',
    'Merel \\(klantenservice\\)',
    '21 [Nn]ovember 2026',
    '14:30',
    'niet klopt|not right',
  ],
  unblocked: [...NAMED, '21 [Nn]ovember 2026', '14:30', 'niet meer geblokkeerd|no longer blocked'],
};

const isCode = (template: TemplateName): boolean => template.endsWith('_code');
const hasActions = (template: TemplateName): boolean =>
  ['action_code', 'action_question', 'action_executed'].includes(template);

function render<Name extends TemplateName>(
  template: Name,
  route: CodeRoute,
  language: Language,
  values: TemplateValues[Name] = VALUES[template],
) {
  return renderMessage(template, values, { route, language, name: 'H. Fictief', queuedAt: NOW }, SENDER);
}

const every = TEMPLATES.flatMap((template) =>
  LANGUAGES.flatMap((language) => CODE_ROUTES.map((route) => [template, language, route] as const)),
);

describe('a code about a mandate', () => {
  it.each(LANGUAGES.flatMap((language) => CODE_ROUTES.map((route) => [language, route] as const)))(
    'in %s by %s says so when the reader asked for it themselves, and names no employee',
    (language, route) => {
      const { text } = render('mandate_code', route, language, { ...VALUES.mandate_code, agent: null });
      expect(text).toMatch(/U vroeg dit zelf op Mijn machtigingen|You asked for this yourself on My mandates/);
      expect(text).not.toMatch(/[Mm]edewerker is|Medewerker:|employee is|Employee:/);
    },
  );
});

describe('every message', () => {
  it.each(every)('%s in %s by %s says who, what, by whom, when, and how to object', (template, language, route) => {
    const { subject, text } = render(template, route, language);
    for (const part of CONTENT[template]) expect(text).toMatch(new RegExp(part));
    expect(text).toContain('Voorbeeld Telecom');
    expect(subject).toContain('Voorbeeld Telecom');
    expect(subject).not.toContain('048213');
    if (hasActions(template)) {
      expect(text).toContain(AMOUNT[language]);
      expect(text).toContain(YES[language]);
    }
    if (template === 'mandate_code' || template === 'acceptance_code' || template === 'invitation') {
      expect(text).toContain(LAST_DAY[language]);
    }
    // A way to say no that works: the page, or a telephone number.
    expect(text.includes(LINK) || text.includes('+49 30 23125 000')).toBe(true);
    // No link but our own, and nothing left unfilled.
    expect(text.replaceAll(LINK, '')).not.toMatch(/https?:|www\.|[{}]|undefined|null|NaN/);
  });

  it.each(every.filter(([template]) => isCode(template)))(
    '%s in %s by %s gives the code, and says that we never ask for it',
    (template, language, route) => {
      const { text } = render(template, route, language);
      const spoken = text.match(/0, 4, 8, 2, 1, 3/g)?.length;
      if (route === 'voice') expect(spoken).toBe(2);
      else expect(text.match(/048213/g)).toHaveLength(1);
      expect(text).toMatch(NEVER_ASK[language]);
      // The code first: before anything that was filled in by somebody else.
      if (route === 'sms') expect(text.startsWith('Code 048213.')).toBe(true);
    },
  );

  it.each(every.filter(([, , route]) => route === 'email' || route === 'letter'))(
    '%s in %s by %s greets the reader and ends with the whole sender',
    (template, language, route) => {
      const { text } = render(template, route, language);
      expect(text).toMatch(/^(Beste|Dear) H\. Fictief,\n\n/);
      const [phone, email] = language === 'nl' ? ['Telefoon', 'E-mail'] : ['Phone', 'E-mail'];
      const block = `${SENDER.name}\n${SENDER.address}\n${phone}: ${SENDER.phone}\n${email}: ${SENDER.email}`;
      expect(text.endsWith(block)).toBe(true);
    },
  );

  it.each(every.filter(([, , route]) => route === 'sms'))(
    '%s in %s by %s fits in three parts',
    (template, language) => {
      expect(smsSegments(render(template, 'sms', language).text)).toBeLessThanOrEqual(3);
    },
  );

  /** A screen's own, and codes that belong to a call: none of them is written on paper. */
  const NEVER_ON_PAPER: ReadonlySet<TemplateName> = new Set(['action_code', 'action_question', 'sign_in_code']);
  /** Asked for in a call: who asked on a page types it there. */
  const IN_A_CALL: TemplateValues = { ...VALUES, contact_code: { ...VALUES.contact_code, agent } };

  it.each(
    every.filter(
      ([template, , route]) =>
        (route === 'letter' && !NEVER_ON_PAPER.has(template)) || (route === 'voice' && template !== 'sign_in_code'),
    ),
  )('%s in %s by %s needs no screen, and has a number to call', (template, language, route) => {
    const { text, link, letter } = render(template, route, language, IN_A_CALL[template]);
    expect(text).not.toMatch(/deze pagina|this page|op Mijn machtigingen|on My mandates|Log in\b|Sign in\b|https?:/);
    expect(text).toContain('+49 30 23125 000');
    expect([link === null, letter === null]).toEqual(
      route === 'letter' ? [true, false] : [!('link' in VALUES[template]), true],
    );
  });

  it.each(LANGUAGES)(
    'in %s writes the ten digits of a letter in two halves, and speaks every digit by itself',
    (language) => {
      const values = { ...VALUES.mandate_code, code: '0482136795' };
      const { letter, text } = render('mandate_code', 'letter', language, values);
      expect(letter?.code).toBe('04821 36795');
      expect(text).toContain('04821 36795');
      const spoken = render('mandate_code', 'voice', language, values).text;
      expect(spoken.match(/0, 4, 8, 2, 1, 3, 6, 7, 9, 5/g)).toHaveLength(2);
    },
  );

  it('has no code in what is not a code', () => {
    for (const [template, language, route] of every.filter(([name]) => !isCode(name))) {
      expect(render(template, route, language).text).not.toMatch(/\d{6}(?![ -])/);
    }
  });

  it('tells every kind of change apart, to either side', () => {
    for (const language of LANGUAGES) {
      for (const route of CODE_ROUTES) {
        const texts = MANDATE_CHANGES.flatMap((change) =>
          (['holder', 'proxy'] as const).map(
            (reader) => render('mandate_changed', route, language, { ...VALUES.mandate_changed, change, reader }).text,
          ),
        );
        expect(new Set(texts).size).toBe(MANDATE_CHANGES.length * 2);
      }
    }
  });

  it('says so when the reader is on the line, or when nobody knows who is', () => {
    const text = (caller: TemplateValues['action_code']['caller'], language: Language) =>
      render('action_code', 'email', language, { ...VALUES.action_code, caller }).text;
    expect(text({ is: 'recipient' }, 'nl')).toContain('U vraagt ons zelf om dit te doen');
    expect(text({ is: 'recipient' }, 'en')).toContain('You ask us yourself to do this');
    expect(text({ is: 'other', name: null }, 'nl')).toContain('Iemand die wij niet kennen vraagt ons');
    expect(text({ is: 'other', name: null }, 'en')).toContain('Somebody we do not know asks us');
  });

  it('gives times in Amsterdam, with the date once it is another day', () => {
    const text = (expiresAt: Date) =>
      render('verification_code', 'sms', 'nl', { ...VALUES.verification_code, expiresAt }).text;
    expect(text(new Date('2026-11-21T22:59:00Z'))).toContain('tot 23:59 uur.');
    expect(text(new Date('2026-11-21T23:01:00Z'))).toContain('tot 22 november 2026 om 00:01 uur.');
    // Summer time.
    const summer = { ...VALUES.contact_changed, changedAt: new Date('2026-07-01T12:00:00Z') };
    expect(render('contact_changed', 'email', 'en', summer).text).toContain('1 July 2026 at 14:00');
  });

  it('points to the page when an SMS is too small for all of it', () => {
    const long = { title: 'Reden', value: `omdat ${'x'.repeat(100)}` };
    const values = { ...VALUES.action_code, actions: [{ title: 'Contract opzeggen', properties: [long] }] };
    expect(render('action_code', 'sms', 'nl', values).text).toContain('lees eerst de pagina');
    expect(render('action_code', 'sms', 'nl').text).not.toContain('lees eerst de pagina');
    expect(render('action_code', 'email', 'nl', values).text).toContain(long.value);
    const many = { ...VALUES.action_code, actions: Array.from({ length: 9 }, () => action) };
    expect(render('action_code', 'sms', 'en', many).text).toMatch(/and 6 more.*read the page first/);
  });

  it('about what somebody passes on says for whom, and never that it is for the reader', () => {
    for (const template of ['mandate_code', 'acceptance_code'] as const) {
      for (const route of ['sms', 'voice', 'email', 'letter'] as const) {
        for (const language of ['nl', 'en'] as const) {
          const { text } = render(template, route, language, { ...VALUES[template], holder: 'V. Anders' });
          expect(text).toMatch(/(namens|arrange for|on behalf of) "?V\. Anders/);
          expect(text).not.toMatch(/namens u\b|for you\b/);
          expect(render(template, route, language).text).not.toContain('Anders');
        }
      }
    }
  });

  it('about a mandate of many contracts says how many more there are, and an e-mail names them all', () => {
    const contracts = Array.from({ length: 6 }, (_, at) => `C-100${at}`);
    for (const template of ['mandate_code', 'acceptance_code'] as const) {
      const values = { ...VALUES[template], contracts };
      const sms = render(template, 'sms', 'nl', values).text;
      expect(sms).toContain('Contract: C-1000; C-1001; en nog 4');
      if (template === 'mandate_code') expect(sms).toContain('lees eerst de pagina');
      for (const contract of contracts) expect(render(template, 'email', 'nl', values).text).toContain(contract);
    }
  });

  it('refuses a link that leads elsewhere', () => {
    for (const link of ['https://evil.example/c/1', 'https://mandaat.example.nl.evil.example/c/1', 'javascript:1']) {
      expect(() => render('action_code', 'sms', 'nl', { ...VALUES.action_code, link })).toThrow('this service alone');
    }
  });
});

describe('text that people gave us', () => {
  it.each([
    ['www.evil.example', 'www. evil. example'],
    ['http://evil.example/x', 'http: //evil. example/x'],
    ['evil．example', 'evil. example'],
    ['evil\u00ad.exa\u200bmple', 'evil. example'],
    ['mailto:x@evil.example', 'mailto: x@evil. example'],
    ['10.20.30.40', '10. 20. 30. 40'],
    ['P. "Baas" Verzonnen', "P. 'Baas' Verzonnen"],
    ['regel 1\r\n\r\nCode 111111', 'regel 1 Code 111111'],
    ['\u202ednoces', 'dnoces'],
    ['<b>vet</b>', 'bvet/b'],
    ['12.50', '12.50'],
    ['㋀﹕', '1月'],
    ['Zoë van der Fictief-Ångström', 'Zoë van der Fictief-Ångström'],
  ])('%j becomes %j', (given, wanted) => {
    expect(neutralise(given)).toBe(wanted);
  });

  it('never adds a line, a link, a quote or an unseen character to a message', () => {
    const clean = render('action_code', 'email', 'nl').text;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        const caller = { is: 'other', name } as const;
        const { text } = render('action_code', 'email', 'nl', { ...VALUES.action_code, caller });
        expect(text.split('\n')).toHaveLength(clean.split('\n').length);
        expect(text.match(/"/g)).toHaveLength(clean.match(/"/g)!.length);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(text.replaceAll(LINK, '')).not.toMatch(/\p{L}:\S|:\/\/\p{L}/u);
      }),
      runs(300),
    );
  });

  it('stays in the alphabet of SMS where it can', () => {
    expect(fitToGsm('Zoë – ‘hoi’… é Ł Ж')).toBe("Zoe - 'hoi'... é Ł Ж");
    expect(smsSegments('a'.repeat(160))).toBe(1);
    expect(smsSegments('a'.repeat(161))).toBe(2);
    expect(smsSegments('€'.repeat(81))).toBe(2);
    expect(smsSegments('Ж'.repeat(71))).toBe(2);
  });
});
