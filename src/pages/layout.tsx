import type { ComponentChildren, VNode } from 'preact';
import { render } from 'preact-render-to-string';
import type { Organisation } from '../config/organisation.ts';
import type { Language } from '../policy/vocabulary.ts';
import { stylesheetPath } from './stylesheet.ts';
import { text } from './text.ts';

export interface LayoutProps {
  readonly language: Language;
  /** Of this page; the sender's name is put behind it. */
  readonly title: string;
  readonly sender: Organisation;
  /** This page in the other language; none → no switch. */
  readonly otherLanguageHref?: string;
  /** The page has a fault to tell: its title says so first, as screen readers read that first. */
  readonly hasErrors?: boolean;
  /** Load the page again after this many seconds. */
  readonly refreshSeconds?: number;
  /** What comes before all else, behind the skip link. */
  readonly first?: ComponentChildren;
  /** Where one can go from here, under the header. */
  readonly navigation?: ComponentChildren;
  /** Scripts of ours; every page works without them, or says what to do instead. */
  readonly scripts?: readonly string[];
  readonly children: ComponentChildren;
}

/** Every page: language, skip link, sender, one column of large type; no script but for passkeys. */
export function Layout(props: LayoutProps): VNode {
  const {
    language,
    title,
    sender,
    otherLanguageHref,
    hasErrors = false,
    refreshSeconds,
    first,
    navigation,
    children,
  } = props;
  const { scripts = [] } = props;
  const other: Language = language === 'nl' ? 'en' : 'nl';
  return (
    <html lang={language} class="govuk-template">
      <head>
        <meta charset="utf-8" />
        <title>{`${hasErrors ? `${text(language, 'shell.error')} ` : ''}${title} – ${sender.name}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {/* A page behind a message is nobody else's business, nor is its address. */}
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        {refreshSeconds === undefined ? null : <meta http-equiv="refresh" content={String(refreshSeconds)} />}
        <link rel="stylesheet" href={stylesheetPath} />
        {scripts.map((path) => (
          <script key={path} src={path} defer />
        ))}
      </head>
      <body class="govuk-template__body">
        <a href="#main" class="govuk-skip-link">
          {text(language, 'shell.skip')}
        </a>
        {first}
        <header class="mandaat-header">
          <div class="govuk-width-container mandaat-header__row">
            <span class="mandaat-header__name">{sender.name}</span>
            {otherLanguageHref === undefined ? null : (
              <nav aria-label={text(language, 'shell.language')}>
                <a class="govuk-link govuk-link--inverse" href={otherLanguageHref} lang={other} hreflang={other}>
                  {text(language, 'shell.other')}
                </a>
              </nav>
            )}
          </div>
        </header>
        {navigation}
        <div class="govuk-width-container">
          <main id="main" class="govuk-main-wrapper" tabindex={-1}>
            {children}
          </main>
        </div>
        <footer class="mandaat-footer">
          <div class="govuk-width-container">
            <h2 class="govuk-heading-s">{text(language, 'shell.contact')}</h2>
            <address class="govuk-body mandaat-text">
              {`${sender.name}\n${sender.address}\n${sender.phone}\n${sender.email}`}
            </address>
          </div>
        </footer>
      </body>
    </html>
  );
}

/** The page as a complete document. Everything in it was escaped, unless somebody wrote raw HTML: don't. */
export function renderPage(page: VNode): string {
  return `<!doctype html>${render(page)}`;
}

/** What the controller of a page answers with. */
export const HTML = 'text/html; charset=utf-8';
