import type { VNode } from 'preact';

import { withBack } from '../pages/own-path.ts';
import type { Page } from '../pages/page.ts';
import { Button, CodeInput, ErrorSummary, Radios } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { pointText } from './point-text.ts';
import type { Ways } from './ways.service.ts';

export type ProveFault = 'no_point' | 'budget' | 'app_empty' | 'app_wrong';

export interface ProvePageProps {
  readonly page: Page;
  readonly ways: Ways;
  /** What the customers' own login is called; null = there is none. */
  readonly login: string | null;
  readonly back: string | null;
  readonly fault?: ProveFault;
}

/** Every way there is to show once more that it is you. */
export function ProvePage({ page, ways, login, back, fault }: ProvePageProps): VNode {
  const { language } = page;
  const title = text(language, 'prove.title');
  const points = ways.points.filter(({ isUsable }) => isUsable);
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined} ownPath="/portal/prove">
      <ErrorSummary language={language} errors={fault === undefined ? [] : [faultText(page, fault, points[0]?.id)]} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'prove.intro')}</p>
      {ways.mayEnrol ? null : <p class="govuk-body">{text(language, 'prove.second')}</p>}
      {points.length === 0 ? null : (
        <>
          <h2 class="govuk-heading-m">{text(language, 'prove.by_code')}</h2>
          <Form page={page} action="/portal/prove/code">
            <Back path={back} />
            <Radios
              name="point"
              legend={text(language, 'prove.point')}
              chosen={points.length === 1 ? (points[0]?.id ?? null) : null}
              options={points.map((point) => ({ value: point.id, label: pointText(language, point) }))}
            />
            <Radios
              name="how"
              legend={text(language, 'sign_in.how')}
              chosen="text"
              options={[
                { value: 'text', label: text(language, 'sign_in.how_text') },
                { value: 'voice', label: text(language, 'sign_in.how_voice') },
              ]}
            />
            <Button>{text(language, 'sign_in.send')}</Button>
          </Form>
        </>
      )}
      {ways.authenticator === null ? null : (
        <>
          <h2 class="govuk-heading-m">{text(language, 'prove.by_app')}</h2>
          <Form page={page} action="/portal/prove/authenticator">
            <Back path={back} />
            <CodeInput
              language={language}
              label={text(language, 'ways.app_code')}
              digits={6}
              {...(fault === 'app_empty' || fault === 'app_wrong' ? { error: text(language, `ways.${fault}`) } : {})}
            />
            <Button>{text(language, 'prove.enter')}</Button>
          </Form>
        </>
      )}
      <Others page={page} ways={ways} login={login} back={back} />
    </PortalLayout>
  );
}

function Others({ page, ways, login, back }: Pick<ProvePageProps, 'page' | 'ways' | 'login' | 'back'>): VNode | null {
  const { language } = page;
  const links = [
    ...(ways.passkeys.length === 0
      ? []
      : [{ href: withBack('/portal/prove/passkey', back), text: text(language, 'prove.by_passkey') }]),
    ...(login === null
      ? []
      : [
          {
            href: `/portal/sign-in/openid?prove=yes${back === null ? '' : `&back=${encodeURIComponent(back)}`}`,
            text: text(language, 'prove.by_login', { name: login }),
          },
        ]),
  ];
  if (links.length === 0) return null;
  return (
    <>
      <h2 class="govuk-heading-m">{text(language, 'prove.by_other')}</h2>
      <ul class="govuk-list">
        {links.map((link) => (
          <li key={link.href}>
            <a class="govuk-link" href={link.href}>
              {link.text}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Back({ path }: { readonly path: string | null }): VNode | null {
  return path === null ? null : <input type="hidden" name="back" value={path} />;
}

function faultText(
  { language, sender }: Page,
  fault: ProveFault,
  firstPoint: string | undefined,
): { readonly text: string; readonly field?: string } {
  switch (fault) {
    case 'no_point':
      return {
        text: text(language, 'prove.no_point'),
        ...(firstPoint === undefined ? {} : { field: `point-${firstPoint}` }),
      };
    case 'budget':
      return { text: text(language, 'sign_in.budget', { phone: sender.phone }) };
    case 'app_empty':
    case 'app_wrong':
      return { text: text(language, `ways.${fault}`), field: 'code' };
  }
}
