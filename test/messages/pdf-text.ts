import { inflateSync } from 'node:zlib';

interface PdfObject {
  readonly id: string;
  readonly head: string;
  readonly stream: string | null;
}

/** The words of a PDF as our letters are made: every string, through the font's own map back to Unicode. */
export function pdfText(pdf: Buffer): string {
  const objects = objectsOf(pdf);
  const byId = new Map(objects.map((one) => [one.id, one]));
  const maps = new Map<string, ReadonlyMap<string, string>>();
  for (const { id, head } of objects) {
    const map = /\/ToUnicode (\d+) 0 R/.exec(head)?.[1];
    if (map !== undefined) maps.set(id, unicodeOf(byId.get(map)?.stream ?? ''));
  }
  const fonts = new Map<string, ReadonlyMap<string, string>>();
  for (const { head } of objects) {
    for (const [, name = '', id = ''] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = maps.get(id);
      if (map !== undefined) fonts.set(name, map);
    }
  }
  return objects.map(({ stream }) => (stream?.includes('BT') === true ? shown(stream, fonts) : '')).join('\n');
}

function shown(stream: string, fonts: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  let font: ReadonlyMap<string, string> = new Map();
  const lines: string[] = [];
  for (const [, name, shows] of stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[(.*?)\] TJ/g)) {
    if (name !== undefined) font = fonts.get(name) ?? font;
    if (shows === undefined) continue;
    const glyphs = [...shows.matchAll(/<([0-9a-f]+)>/gi)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
    lines.push(glyphs.map((glyph) => font.get(glyph.toLowerCase()) ?? '\uFFFD').join(''));
  }
  return lines.join('\n');
}

function unicodeOf(cmap: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [, first = '', list = ''] of cmap.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[(.*?)\]/gis)) {
    for (const [at, [, hex = '']] of [...list.matchAll(/<([0-9a-f]+)>/gi)].entries()) {
      const text = Buffer.from(hex, 'hex').swap16().toString('utf16le');
      map.set((Number.parseInt(first, 16) + at).toString(16).padStart(4, '0'), text);
    }
  }
  return map;
}

function objectsOf(pdf: Buffer): readonly PdfObject[] {
  return [...pdf.toString('latin1').matchAll(/(\d+) 0 obj\n(.*?)\nendobj/gs)].map(([, id = '', content = '']) => {
    const [head = '', rest] = content.split('\nstream\n');
    if (rest === undefined) return { id, head, stream: null };
    const bytes = Buffer.from(rest.replace(/\nendstream$/, ''), 'latin1');
    return { id, head, stream: (head.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1') };
  });
}
