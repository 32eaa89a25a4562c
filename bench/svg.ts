/** Colours by role, for light and dark. An image has no page around it: it brings its own ground. */
const STYLE = `
    svg { --ground: #ffffff; --ink: #16191d; --faint: #5b6470; --line: #c9ced6; --one: #1d5fbf; --two: #9a5b00; --good: #18794e; --bad: #c02626; }
    @media (prefers-color-scheme: dark) {
      svg { --ground: #14171b; --ink: #eceff3; --faint: #a5afbb; --line: #444c57; --one: #6ea8ff; --two: #f0b35a; --good: #5fd39a; --bad: #ff8a80; }
    }
    text { font: 13px system-ui, sans-serif; fill: var(--ink); }
    .head { font-size: 16px; font-weight: 600; }
    .faint { fill: var(--faint); font-size: 12px; }
    .end { text-anchor: end; }
    .middle { text-anchor: middle; }`;

export const WIDTH = 860;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function text(x: number, y: number, words: string, kind = ''): string {
  return `<text x="${at(x)}" y="${at(y)}"${kind === '' ? '' : ` class="${kind}"`}>${escaped(words)}</text>`;
}

/** @param colour one of the roles above */
export function bar({ x, y, width, height }: Box, colour: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(width, 1))}" height="${height}" rx="2" fill="var(--${colour})"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, colour: string, dashes = ''): string {
  const dashed = dashes === '' ? '' : ` stroke-dasharray="${dashes}"`;
  return `<path d="M${at(x1)} ${at(y1)}L${at(x2)} ${at(y2)}" stroke="var(--${colour})" stroke-width="1.5"${dashed}/>`;
}

export function image(title: string, description: string, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
  <title id="title">${escaped(title)}</title>
  <desc id="desc">${escaped(description)}</desc>
  <style>${STYLE}
  </style>
  <rect width="${WIDTH}" height="${height}" fill="var(--ground)"/>
  ${parts.join('\n  ')}
</svg>
`;
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
