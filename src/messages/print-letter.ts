import { createRequire } from 'node:module';
import type { Letter, PrintedLetter } from './letter.ts';

const require = createRequire(import.meta.url);
/** Drawn to keep 0 and O, 1, l and I apart, for people who see badly (SIL Open Font License). */
const FAMILY = '@expo-google-fonts/atkinson-hyperlegible-next';
const FONTS = {
  regular: require.resolve(`${FAMILY}/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf`),
  bold: require.resolve(`${FAMILY}/700Bold/AtkinsonHyperlegibleNext_700Bold.ttf`),
} as const;
type Font = keyof typeof FONTS;

/** Points in a millimetre. */
const MM = 72 / 25.4;
/** DIN 5008 form B: A4 folded twice, the address behind a window at the left of a DL or C5/6 envelope. Millimetres. */
const PAGE = { left: 25, right: 20, top: 20, bottom: 25, width: 210, height: 297 } as const;
const WINDOW = { left: 25, width: 80, note: 57, address: 63, lines: 6 } as const;
const BLOCK = { left: 115, top: 32 } as const;
const BODY_TOP = 103;
const FOLDS = [105, 210] as const;

/** Points. Large type is 18, as associations of people with low vision ask for. */
const SIZES = {
  ordinary: { text: 11, subject: 12.5, code: 22, small: 9 },
  large: { text: 18, subject: 20, code: 32, small: 14 },
} as const;
/** What the window holds; the sorting machine reads it. */
const ADDRESS_SIZE = 11;

/** Its types don't know this subset yet. */
const ACCESSIBLE: object = { subset: 'PDF/UA' };

/** The letter as an accessible PDF: tagged, with its language and title, and with its fonts inside. */
export async function printLetter(letter: Letter): Promise<PrintedLetter> {
  // Loaded for the first letter: where none is printed nobody needs the memory.
  const { default: Printer } = await import('pdfkit');
  const document = new Printer({
    size: 'A4',
    margins: { top: PAGE.top * MM, bottom: PAGE.bottom * MM, left: PAGE.left * MM, right: PAGE.right * MM },
    font: FONTS.regular,
    bufferPages: true,
    pdfVersion: '1.7',
    ...ACCESSIBLE,
    tagged: true,
    displayTitle: true,
    lang: letter.language === 'nl' ? 'nl-NL' : 'en-GB',
    info: {
      Title: letter.subject,
      Author: letter.sender.name,
      Creator: 'Mandaat',
      Producer: 'Mandaat',
      CreationDate: letter.writtenAt,
    },
  });
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  const isWritten = new Promise<void>((resolve, reject) => {
    document.on('end', resolve);
    document.on('error', reject);
  });
  for (const [name, file] of Object.entries(FONTS)) document.registerFont(name, file);
  new Page(document, letter).write();
  const { count: pages } = document.bufferedPageRange();
  document.end();
  await isWritten;
  return { pdf: Buffer.concat(parts), pages };
}

/** Places text and tags it, in the order in which it is to be read aloud. */
class Page {
  readonly #document: PDFKit.PDFDocument;
  readonly #letter: Letter;
  readonly #sizes: (typeof SIZES)[keyof typeof SIZES];
  readonly #root: PDFKit.PDFStructureElement;

  constructor(document: PDFKit.PDFDocument, letter: Letter) {
    this.#document = document;
    this.#letter = letter;
    this.#sizes = letter.isLargeType ? SIZES.large : SIZES.ordinary;
    this.#root = document.struct('Document');
    document.addStructure(this.#root);
  }

  write(): void {
    const { sender, senderLines, recipient, lines, subject, greeting, body, closing } = this.#letter;
    const { text, subject: heading, small } = this.#sizes;
    // Once more above the address, small: where it goes when it can't be delivered.
    this.#artifact(() => {
      this.#at(WINDOW.left, WINDOW.note, WINDOW.width);
      this.#say('regular', 7, `${sender.name} · ${sender.address}`, { height: 9, ellipsis: true });
    });
    this.#at(WINDOW.left, WINDOW.address, WINDOW.width);
    this.#lines('regular', ADDRESS_SIZE, addressed(recipient));
    this.#at(BLOCK.left, BLOCK.top, PAGE.width - PAGE.right - BLOCK.left);
    this.#lines('bold', Math.min(text, 14), [sender.name]);
    this.#lines('regular', small, [...linesOf(sender.address), ...senderLines]);
    this.#at(PAGE.left, BODY_TOP, PAGE.width - PAGE.left - PAGE.right);
    this.#lines('regular', small, lines);
    this.#gap(1);
    this.#block('H1', () => this.#say('bold', heading, subject));
    this.#gap(1);
    this.#block('P', () => this.#say('regular', text, greeting));
    for (const paragraph of body.split('\n\n')) {
      this.#gap(0.7);
      this.#paragraph(paragraph);
    }
    this.#gap(0.7);
    this.#lines('regular', text, [closing, sender.name]);
    this.#root.end();
    this.#finish();
  }

  /** Text above, below or between the items of a list; the code stands out. */
  #paragraph(paragraph: string): void {
    const { code } = this.#letter;
    const { text, code: large } = this.#sizes;
    let items: string[] = [];
    const list = (): void => {
      if (items.length > 0) this.#list(items);
      items = [];
    };
    for (const line of paragraph.split('\n')) {
      if (line.startsWith('- ')) {
        items.push(line.slice(2));
        continue;
      }
      list();
      if (code !== null && line.includes(code)) {
        const [before = '', after = ''] = line.split(code);
        this.#lines('regular', text, before.trim() === '' ? [] : [before.trim()]);
        this.#block('P', () => this.#say('bold', large, code, { characterSpacing: 1.5 }));
        this.#lines('regular', text, after.replace(/^\.\s*/, '') === '' ? [] : [after.trim()]);
      } else this.#block('P', () => this.#say('regular', text, line));
    }
    list();
  }

  #list(items: readonly string[]): void {
    const { text } = this.#sizes;
    // What a structure holds is written when it gets its place in the tree, in order.
    const entries = items.map((item) => {
      const body = this.#document.struct('LBody', {}, () => this.#say('regular', text, `•  ${item}`));
      return this.#document.struct('LI', {}, [body]);
    });
    this.#root.add(this.#document.struct('L', {}, entries));
  }

  /** Each a paragraph of its own: read aloud as one, their words would run together. */
  #lines(font: Font, size: number, lines: readonly string[]): void {
    for (const line of lines) this.#block('P', () => this.#say(font, size, line));
  }

  #block(tag: 'P' | 'H1', write: () => void): void {
    this.#root.add(this.#document.struct(tag, {}, write));
  }

  /** Nobody needs it read aloud. */
  #artifact(write: () => void): void {
    this.#document.markContent('Artifact', { type: 'Layout' });
    write();
    this.#document.endMarkedContent();
  }

  #say(font: Font, size: number, text: string, options: PDFKit.Mixins.TextOptions = {}): void {
    this.#document
      .font(font)
      .fontSize(size)
      .fillColor('black')
      .text(printable(text), { lineGap: size * 0.25, width: this.#width, ...options });
  }

  #width = (PAGE.width - PAGE.left - PAGE.right) * MM;

  #at(left: number, top: number, width: number): void {
    this.#width = width * MM;
    this.#document.x = left * MM;
    this.#document.y = top * MM;
  }

  #gap(lines: number): void {
    this.#document.y += lines * this.#sizes.text;
  }

  /** Page numbers, and marks where it is folded. */
  #finish(): void {
    const { count } = this.#document.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.#document.switchToPage(page);
      // What stands below the margin must not begin another page.
      this.#document.page.margins.bottom = 0;
      this.#artifact(() => {
        if (page === 0) {
          this.#document.lineWidth(0.3);
          for (const fold of FOLDS)
            this.#document
              .moveTo(5 * MM, fold * MM)
              .lineTo(9 * MM, fold * MM)
              .stroke('#777777');
        }
        if (count === 1) return;
        this.#at(PAGE.left, PAGE.height - 15, PAGE.width - PAGE.left - PAGE.right);
        this.#say('regular', this.#sizes.small, this.#letter.page(page + 1, count));
      });
    }
  }
}

/** What the window shows. A window holds six lines: whatever is more shares the last one. */
function addressed({ name, address }: Letter['recipient']): string[] {
  const lines = [...(name === null ? [] : [name]), ...linesOf(address)];
  return lines.length <= WINDOW.lines
    ? lines
    : [...lines.slice(0, WINDOW.lines - 1), lines.slice(WINDOW.lines - 1).join(', ')];
}

/** An address is kept on one line. */
function linesOf(address: string): string[] {
  return address.split(/,\s*/).filter((line) => line !== '');
}

/** What the font has, and of the Latin letters those that it lacks. A test compares both with the font itself. */
const KNOWN = /[\u{20}-\u{7E}\u{A0}-\u{17F}\u{218}-\u{21B}–—‘’‚“”„•…€]/u;
const LACKING = /[\u{AD}µĈĉĔĕĜĝĤĥĨĩĬĭĴĵĸĿŀŉŊŋŌōŎŏŖŗŜŝŦŧŨũŬŭſ]/u;

/** Letters that the font lacks lose their accents; what still can't be printed is a question mark, never an empty box. */
export function printable(text: string): string {
  return Array.from(text.normalize('NFC'))
    .map((character) => {
      if (character === '\n' || isKnown(character)) return character;
      const bare = character.normalize('NFD').replaceAll(/\p{M}/gu, '');
      return bare !== '' && Array.from(bare).every(isKnown) ? bare : '?';
    })
    .join('');
}

function isKnown(character: string): boolean {
  return KNOWN.test(character) && !LACKING.test(character);
}
