import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { LetterFolderSender } from '../../src/messages/letter-folder.sender.ts';
import { letterOf } from '../../src/messages/letter-of.ts';
import type { PrintedLetter } from '../../src/messages/letter.ts';
import { printable, printLetter } from '../../src/messages/print-letter.ts';
import { renderMessage } from '../../src/messages/render-message.ts';
import type { Parcel } from '../../src/messages/sender.ts';
import type { TemplateName, TemplateValues } from '../../src/messages/template-values.ts';
import type { Language } from '../../src/policy/vocabulary.ts';
import { pdfText } from './pdf-text.ts';

const SENDER = {
  name: 'Voorbeeld Telecom',
  address: 'Voorbeeldplein 1, 0000 XX Voorbeeldstad',
  phone: '+49 30 23125 000',
  email: 'klantenservice@example.nl',
  publicUrl: 'https://mandaat.example.nl',
};
const ID = '1b6f0f3e-6f0e-4d8e-9a63-0d7c1c7a9f10';
const NOW = new Date('2026-11-21T13:30:00Z');

const MANDATE: TemplateValues['mandate_code'] = {
  holder: null,
  code: '1369077046',
  proxy: 'P. Verzonnen',
  scopes: ['Facturen en betalingen', 'Storingen'],
  contracts: ['C-1001'],
  mayPassOn: false,
  mandateRef: 'M-7K2Q-9XYZ',
  startsAt: NOW,
  endsAt: new Date('2027-11-20T23:00:00Z'),
  agent: { role: 'klantenservice', pseudonym: 'Merel' },
  expiresAt: new Date('2026-12-12T13:30:00Z'),
  link: 'https://mandaat.example.nl/c/voorbeeld',
};

interface Reader {
  readonly language?: Language;
  readonly isLargeType?: boolean;
  readonly name?: string | null;
  readonly address?: string;
}

async function print<Name extends TemplateName>(
  template: Name,
  values: TemplateValues[Name],
  { language = 'nl', isLargeType = false, name = 'Zoë Fictief-Yıldız', address }: Reader = {},
): Promise<PrintedLetter> {
  const envelope = { route: 'letter', language, name, queuedAt: NOW } as const;
  const { letter, subject } = renderMessage(template, values, envelope, SENDER);
  if (letter === null) throw new Error('no letter');
  const to = address ?? 'Voorbeeldstraat 12, 0000 XX Nergenshuizen';
  return printLetter(letterOf(letter, envelope, { id: ID, subject, address: to, isLargeType, sender: SENDER }));
}

/** Without the breaks of lines, which depend on the size of type. */
async function words(letter: Promise<PrintedLetter>): Promise<string> {
  return pdfText((await letter).pdf).replaceAll(/\s+/g, ' ');
}

const SAYS = {
  nl: [
    'Uw code is 13690 77046',
    'machtigt u "P. Verzonnen"',
    'Facturen en betalingen',
    'M-7K2Q-9XYZ geldt van 21 november 2026 tot en met 20 november 2027',
    'Onze medewerker is Merel (klantenservice)',
    'De code werkt tot 12 december 2026 om 14:30 uur',
    'Wij bellen of mailen u nooit om deze code te vragen',
    'Zeg nee: bel ons op +49 30 23125 000, of schrijf ons een brief',
    'Datum: 21 november 2026',
    `Ons kenmerk: ${ID}`,
    'Telefoon: +49 30 23125 000',
  ],
  en: [
    'Your code is 13690 77046',
    'you authorise "P. Verzonnen"',
    'Facturen en betalingen',
    'M-7K2Q-9XYZ is valid from 21 November 2026 up to and including 20 November 2027',
    'Our employee is Merel (klantenservice)',
    'The code works until 12 December 2026 at 14:30',
    'We never call or mail you to ask for this code',
    'Say no: call us on +49 30 23125 000, or write us a letter',
    'Date: 21 November 2026',
    `Our reference: ${ID}`,
    'Phone: +49 30 23125 000',
  ],
} as const;

describe('a letter', () => {
  it.each([
    ['nl', false],
    ['nl', true],
    ['en', false],
    ['en', true],
  ] as const)('in %s, large type %s, says what, who, until when, and how to say no', async (language, isLargeType) => {
    const whole = await words(print('mandate_code', MANDATE, { language, isLargeType }));
    const text = whole.replaceAll(/(Pagina|Page) \d (van|of) \d /g, '');
    for (const part of SAYS[language]) expect(text).toContain(part);
    // Whom it is for, and from whom it is, above the address and beside it.
    expect(text).toContain('Zoë Fictief-Yıldız Voorbeeldstraat 12 0000 XX Nergenshuizen');
    expect(text).toContain('Voorbeeld Telecom · Voorbeeldplein 1, 0000 XX Voorbeeldstad');
    expect(text).toContain('Voorbeeldplein 1 0000 XX Voorbeeldstad');
    // Nobody types a link off paper.
    expect(text).not.toMatch(/https?:/);
    expect(text).not.toContain('\uFFFD');
  });

  it('is larger for who reads large type', async () => {
    const ordinary = await print('mandate_code', MANDATE);
    const large = await print('mandate_code', MANDATE, { isLargeType: true });
    expect(ordinary.pages).toBe(1);
    expect(large.pages).toBe(2);
    expect(await words(Promise.resolve(large))).toContain('Pagina 2 van 2');
    expect(await words(Promise.resolve(ordinary))).not.toContain('Pagina');
  });

  it.each(['nl', 'en'] as const)('in %s can be read aloud: tagged, with its language and title', async (language) => {
    const { pdf } = await print('mandate_code', MANDATE, { language });
    const raw = pdf.toString('latin1');
    expect(raw).toContain(`/Lang (${language === 'nl' ? 'nl-NL' : 'en-GB'})`);
    expect(raw).toMatch(/\/MarkInfo (\d+ 0 R|<<\s*\/Marked true)/);
    expect(raw).toContain('/DisplayDocTitle true');
    expect(raw).toContain('/StructTreeRoot');
    for (const tag of ['/S /H1', '/S /P', '/S /LI', '/S /LBody']) expect(raw).toContain(tag);
    expect(raw).toContain('pdfuaid');
    // Nothing that a reader lacks: both fonts are inside.
    expect(raw.match(/\/FontFile2/g)).toHaveLength(2);
    expect(raw).not.toContain('Helvetica');
  });

  it('is the same to the byte when it is made again', async () => {
    const [first, second] = [await print('mandate_code', MANDATE), await print('mandate_code', MANDATE)];
    expect(first.pdf.equals(second.pdf)).toBe(true);
  });

  it('carries an acceptance code and news too', async () => {
    const acceptance = { ...MANDATE, code: 'K7QP-2MFD' };
    expect(await words(print('acceptance_code', acceptance))).toContain('De code is K7QP-2MFD');
    const news = await words(print('blocked', { caller: 'P. Verzonnen', blockedAt: NOW }, { name: null }));
    expect(news).toContain('Beste klant,');
    expect(news).toContain('U heeft "P. Verzonnen" geblokkeerd op 21 november 2026 om 14:30 uur');
  });

  it('keeps a long address inside the window', async () => {
    const address = Array.from({ length: 12 }, (_, at) => `regel ${at}`).join(', ');
    const { pdf, pages } = await print('mandate_code', MANDATE, { address });
    expect(pages).toBe(1);
    expect(pdfText(pdf).replaceAll(/\s+/g, ' ')).toContain('regel 3 regel 4, regel 5, regel 6');
  });

  it('prints every letter that people here have in their names, and no empty box', async () => {
    const font = await glyphs();
    const names = 'Zoë Łukasz Çağlar Şükrü Dvořák Žižka Ørsted Åsa Bjørn Þór Ĳsbrand Müller Straße';
    expect(printable(names)).toBe(names);
    // Without its accent, or a question mark: other scripts, and what the font lacks.
    expect(printable('Ōta Ĝ Ж 山')).toBe('Ota G ? ?');
    for (let codePoint = 0x20; codePoint < 0x2ff0; codePoint += 1) {
      for (const character of printable(String.fromCodePoint(codePoint))) {
        if (!font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)) throw new Error(`no glyph for ${character}`);
      }
    }
  });
});

/** The font itself, read by the library that pdfkit reads it with. */
async function glyphs(): Promise<{ hasGlyphForCodePoint(codePoint: number): boolean }> {
  const require = createRequire(import.meta.url);
  const fontkit = createRequire(require.resolve('pdfkit'))('fontkit') as {
    openSync(path: string): { hasGlyphForCodePoint(codePoint: number): boolean };
  };
  const name = '@expo-google-fonts/atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf';
  return fontkit.openSync(require.resolve(name));
}

describe('the folder of letters', () => {
  it('is cleared of what a killed process left unfinished, once it is an hour old', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'letters-'));
    try {
      const age = async (name: string, minutes: number): Promise<void> => {
        const at = Date.now() / 1000 - minutes * 60;
        await writeFile(path.join(folder, name), 'half');
        await utimes(path.join(folder, name), at, at);
      };
      const other = ID.replace('1b', '2c');
      await age(`.${other}.pdf.part`, 61);
      await age(`.${other}.json.part`, 61);
      await age(`.${ID.replace('1b', '3d')}.pdf.part`, 59);
      await age('.print-house.part', 61);
      await age(`${other}.pdf`, 61);
      const letter = await print('mandate_code', MANDATE);
      const parcel = { id: ID, language: 'nl', letter } as Parcel;
      const sent = { outcome: 'sent', providerRef: `${ID}.pdf` };
      expect(await new LetterFolderSender(folder).send(parcel)).toEqual(sent);
      const left = [`.${ID.replace('1b', '3d')}.pdf.part`, '.print-house.part', `${other}.pdf`];
      expect((await readdir(folder)).toSorted()).toEqual([...left, `${ID}.pdf`, `${ID}.json`].toSorted());
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
