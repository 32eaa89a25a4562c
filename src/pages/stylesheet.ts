import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,arial,sans-serif';

/** Our own look over govuk-frontend's: its colours by its custom properties, and larger, plainer type. */
const OWN = `
:root {
  --govuk-brand-colour: #14505c;
  --govuk-link-colour: #0b5a8a;
  --govuk-link-hover-colour: #06344f;
  --govuk-link-visited-colour: #54319f;
  --govuk-success-colour: #14505c;
  --govuk-template-background-colour: #f2f5f5;
  --govuk-surface-background-colour: #f2f5f5;
}
html { font-size: 112.5%; }
body { font-family: ${SYSTEM_FONTS}; overflow-wrap: anywhere; hyphens: auto; hyphenate-limit-chars: 12 4 4; }
.mandaat-header { background: var(--govuk-brand-colour); color: #fff; padding: 1rem 0; }
.mandaat-header__row { display: flex; flex-wrap: wrap; gap: .5rem 2rem; justify-content: space-between; align-items: baseline; }
.mandaat-header__name { font-weight: 700; font-size: 1.333rem; }
.mandaat-footer { background: var(--govuk-template-background-colour); border-top: 1px solid #8a9a9d; padding: 1.5rem 0 2.5rem; }
.mandaat-code { letter-spacing: .2em; font-variant-numeric: tabular-nums; }
.mandaat-reader { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding: .5rem 0; }
.mandaat-link-button { background: none; border: 0; padding: 0; font: inherit; color: var(--govuk-link-colour); text-decoration: underline; cursor: pointer; min-height: 1.5rem; }
.mandaat-link-button:focus { outline: 3px solid transparent; background: #fd0; color: #0b0c0c; box-shadow: 0 -2px #fd0, 0 4px #0b0c0c; text-decoration: none; }
.mandaat-places { width: 100%; }
.mandaat-places__list { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; margin: 0; padding: .5rem 0; }
.mandaat-places__list li { padding: .25rem 0; border-bottom: .25rem solid transparent; }
.mandaat-places__list .mandaat-places__here { border-color: var(--govuk-brand-colour); font-weight: 700; }
.mandaat-leave { background: #fff; text-align: right; padding: .25rem 0; }
.mandaat-leave__button { background: #b3261e; color: #fff; border: 0; padding: .5rem 1rem; font: inherit; font-weight: 700; cursor: pointer; min-height: 2.75rem; }
.mandaat-leave__button:focus { outline: 3px solid transparent; background: #fd0; color: #0b0c0c; box-shadow: inset 0 0 0 3px #0b0c0c; }
.mandaat-qr { display: block; width: 100%; max-width: 16rem; height: auto; margin-bottom: 1.5rem; }
.mandaat-text { white-space: pre-wrap; margin: 0; font-style: normal; hyphens: none; }
`;

/**
 * govuk-frontend without its font, which is licensed to gov.uk alone, and without references to files that we don't
 * serve; then our own rules.
 */
function build(): string {
  const file = createRequire(import.meta.url).resolve('govuk-frontend/dist/govuk/govuk-frontend.min.css');
  const theirs = readFileSync(file, 'utf8')
    .replaceAll(/@font-face\{[^}]*\}/g, '')
    .replaceAll(/\/\*![^]*?\*\//g, '')
    .replaceAll(/GDS Transport,arial,sans-serif/g, SYSTEM_FONTS)
    .replaceAll(/url\(\/assets\/[^)]*\)/g, 'none')
    .replaceAll(/\/\*# sourceMappingURL=.*?\*\//g, '');
  return theirs + OWN;
}

export const stylesheet: string = build();

/** Its address changes with its content, so that browsers may keep it for ever. */
export const stylesheetPath = `/assets/${createHash('sha256').update(stylesheet).digest('hex').slice(0, 16)}.css`;
