import type { ComponentChildren, VNode } from 'preact';

import { callPath } from '../desk/desk-paths.ts';
import { DeskLayout } from '../desk/desk-layout.tsx';
import type { Page } from '../pages/page.ts';
import { text, type TextKey } from '../pages/text.ts';
import { helpPath, type HelpSaid } from './help-said.ts';

export interface HelpLayoutProps {
  readonly page: Page;
  readonly callId: string;
  readonly title: TextKey;
  readonly said: HelpSaid | null;
  /** Without the list of pages: nothing was begun. */
  readonly isClosed?: boolean;
  /** The page that this one stands in for, when it answers a form. */
  readonly ownPath?: string;
  readonly hasErrors?: boolean;
  readonly children: ComponentChildren;
}

const PAGES: readonly (readonly [path: string, key: TextKey])[] = [
  ['/given', 'help.given'],
  ['/held', 'help.held'],
  ['/questions', 'help.questions'],
  ['/preferences', 'help.preferences'],
  ['/activity', 'help.activity'],
];

/** Every page of the caller's self-service, at the desk. */
export function HelpLayout(props: HelpLayoutProps): VNode {
  const { page, callId, title, said, isClosed = false, ownPath = page.path, hasErrors = false, children } = props;
  const { language } = page;
  const base = helpPath(callId);
  return (
    <DeskLayout page={page} title={text(language, title)} ownPath={ownPath} hasErrors={hasErrors}>
      <div class="desk-head">
        <h1 class="desk-title">{text(language, title)}</h1>
        <a class="govuk-link" href={callPath(callId)}>
          {text(language, 'help.back')}
        </a>
      </div>
      <p class="desk-said" role="status">
        <span>{said === null ? '' : text(language, `help.said.${said}`)}</span>
      </p>
      {isClosed ? null : (
        <nav class="desk-card" aria-label={text(language, 'help.pages')}>
          <p class="desk-buttons">
            {PAGES.map(([path, key]) => (
              <a
                key={path}
                class="govuk-link desk-choice"
                href={`${base}${path}`}
                aria-current={ownPath === `${base}${path}` ? 'page' : undefined}
              >
                {text(language, key)}
              </a>
            ))}
          </p>
          <p class="desk-small">{text(language, 'help.look')}</p>
        </nav>
      )}
      {children}
    </DeskLayout>
  );
}
