import type { ComponentChildren, VNode } from 'preact';

import { deskStylesheetPath } from '../pages/desk-stylesheet.ts';
import type { Page } from '../pages/page.ts';
import { Form } from '../pages/portal-layout.tsx';
import { stylesheetPath } from '../pages/stylesheet.ts';
import { text } from '../pages/text.ts';
import { DeskNavigation } from './desk-navigation.tsx';

export interface DeskLayoutProps {
  readonly page: Page;
  readonly title: string;
  readonly hasErrors?: boolean;
  /** Where the language is switched, when this page answers a form and has no address of its own. */
  readonly ownPath?: string;
  readonly scripts?: readonly string[];
  readonly children: ComponentChildren;
}

/** Every page of the desk: dense, as it stands beside another program, and calm. */
export function DeskLayout({
  page,
  title,
  hasErrors = false,
  ownPath,
  scripts = [],
  children,
}: DeskLayoutProps): VNode {
  const { language, sender, path, reader } = page;
  const other = language === 'nl' ? 'en' : 'nl';
  return (
    <html lang={language} class="govuk-template">
      <head>
        <meta charset="utf-8" />
        <title>{`${hasErrors ? `${text(language, 'shell.error')} ` : ''}${title} – ${text(language, 'desk.name')} – ${sender.name}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <link rel="stylesheet" href={stylesheetPath} />
        <link rel="stylesheet" href={deskStylesheetPath} />
        {scripts.map((script) => (
          <script key={script} src={script} defer />
        ))}
      </head>
      <body class="govuk-template__body desk">
        <a href="#main" class="govuk-skip-link">
          {text(language, 'shell.skip')}
        </a>
        <header class="desk-bar">
          <span class="desk-bar__name">
            {sender.name} <span class="desk-bar__place">{text(language, 'desk.name')}</span>
          </span>
          {reader === null ? null : <DeskNavigation page={page} />}
          <div class="desk-bar__who">
            <nav aria-label={text(language, 'shell.language')}>
              <a class="desk-bar__link" href={`${ownPath ?? path}?lang=${other}`} lang={other} hreflang={other}>
                {text(language, 'shell.other')}
              </a>
            </nav>
            {reader === null ? null : (
              <>
                <span>{text(language, 'desk.signed_in_as', { name: reader.name ?? '' })}</span>
                <Form page={page} action="/desk/sign-out">
                  <button type="submit" class="desk-bar__link desk-bar__button">
                    {text(language, 'desk.sign_out')}
                  </button>
                </Form>
              </>
            )}
          </div>
        </header>
        <main id="main" class="desk-main" tabindex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
}
