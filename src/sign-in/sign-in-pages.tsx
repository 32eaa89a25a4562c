import type { VNode } from 'preact';

import { momentOf } from '../pages/moments.ts';
import { withBack } from '../pages/own-path.ts';
import type { Page } from '../pages/page.ts';
import { Button, CodeInput, ErrorSummary, Radios, TextInput } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { SignInForm } from './sign-in.dto.ts';

const DIGITS = 6;

export interface SignInPageProps {
  readonly page: Page;
  /** Where to go afterwards; null = the start. */
  readonly back: string | null;
  /** What the customers' own login is called; null = there is none. */
  readonly login: string | null;
  readonly hasPasskeys: boolean;
  readonly typed?: SignInForm;
  readonly fault?: 'contact' | 'budget';
}

/** Where to send the code. */
export function SignInPage({ page, back, login, hasPasskeys, typed = {}, fault }: SignInPageProps): VNode {
  const { language, sender } = page;
  const title = text(language, 'sign_in.title');
  const contactFault = fault === 'contact' ? text(language, 'sign_in.no_contact') : undefined;
  const errors =
    fault === undefined
      ? []
      : [
          fault === 'contact'
            ? { text: text(language, 'sign_in.no_contact'), field: 'contact' }
            : { text: text(language, 'sign_in.budget', { phone: sender.phone }) },
        ];
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined}>
      <ErrorSummary language={language} errors={errors} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'sign_in.intro')}</p>
      <Form page={page} action="/portal/sign-in">
        {back === null ? null : <input type="hidden" name="back" value={back} />}
        <TextInput
          language={language}
          name="contact"
          label={text(language, 'sign_in.contact')}
          hint={text(language, 'sign_in.contact_hint')}
          value={typed.contact ?? ''}
          autocomplete="username"
          error={contactFault}
        />
        <TextInput
          language={language}
          name="customer"
          label={text(language, 'sign_in.customer')}
          hint={text(language, 'sign_in.customer_hint')}
          value={typed.customer ?? ''}
          autocomplete="off"
        />
        <Radios
          name="how"
          legend={text(language, 'sign_in.how')}
          chosen={typed.how === 'voice' ? 'voice' : 'text'}
          options={[
            { value: 'text', label: text(language, 'sign_in.how_text') },
            { value: 'voice', label: text(language, 'sign_in.how_voice') },
          ]}
        />
        <Button>{text(language, 'sign_in.send')}</Button>
      </Form>
      {login === null && !hasPasskeys ? null : (
        <>
          <h2 class="govuk-heading-m">{text(language, 'login.other_ways')}</h2>
          <ul class="govuk-list">
            {login === null ? null : (
              <li>
                <a class="govuk-link" href={withBack('/portal/sign-in/openid', back)}>
                  {text(language, 'login.with', { name: login })}
                </a>
              </li>
            )}
            {hasPasskeys ? (
              <li>
                <a class="govuk-link" href={withBack('/portal/sign-in/passkey', back)}>
                  {text(language, 'passkey.sign_in')}
                </a>
              </li>
            ) : null}
          </ul>
        </>
      )}
      <h2 class="govuk-heading-m">{text(language, 'sign_in.without_title')}</h2>
      <p class="govuk-body">{text(language, 'sign_in.without_text', { phone: sender.phone })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/limits">
          {text(language, 'limits.title')}
        </a>
      </p>
    </PortalLayout>
  );
}

export interface CodePageProps {
  readonly page: Page;
  readonly back: string | null;
  /** Until when the code works. */
  readonly until: Date;
  /** Where the code goes, and where one asks for another. */
  readonly action?: string;
  readonly again?: string;
  /** What the button says. */
  readonly enter?: TextKey;
  readonly fault?: { readonly is: 'empty' | 'over' } | { readonly is: 'wrong'; readonly triesLeft: number };
}

/** Where to type it. */
export function CodePage(props: CodePageProps): VNode {
  const { page, back, until, action = '/portal/sign-in/code', again = '/portal/sign-in', fault } = props;
  const { enter = 'sign_in.enter' } = props;
  const { language } = page;
  const title = text(language, 'sign_in.code_title');
  const error = fault === undefined ? undefined : faultText(fault, page);
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined}>
      <ErrorSummary language={language} errors={error === undefined ? [] : [{ text: error, field: 'code' }]} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'sign_in.code_sent')}</p>
      <Form page={page} action={action}>
        {back === null ? null : <input type="hidden" name="back" value={back} />}
        <CodeInput
          language={language}
          label={text(language, 'sign_in.code')}
          hint={text(language, 'sign_in.code_hint', { until: momentOf(until, language) })}
          digits={DIGITS}
          {...(error === undefined ? {} : { error })}
        />
        <Button>{text(language, enter)}</Button>
      </Form>
      <p class="govuk-body">{text(language, 'sign_in.none_text')}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={again}>
          {text(language, 'sign_in.again')}
        </a>
      </p>
    </PortalLayout>
  );
}

function faultText(fault: NonNullable<CodePageProps['fault']>, { language }: Page): string {
  switch (fault.is) {
    case 'empty':
      return text(language, 'sign_in.code_empty');
    case 'over':
      return text(language, 'sign_in.code_over');
    case 'wrong':
      return text(language, 'sign_in.code_wrong', { tries: fault.triesLeft });
  }
}
