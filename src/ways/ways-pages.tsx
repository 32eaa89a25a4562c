import type { VNode } from 'preact';

import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, CodeInput, ErrorSummary, SummaryList } from '../pages/parts.tsx';
import { PasskeyForm } from '../pages/passkey-form.tsx';
import { passkeyScripts } from '../pages/passkey-script.ts';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { QrCode } from '../pages/qr-code.tsx';
import { text } from '../pages/text.ts';
import type { Passkey } from '../passkeys/passkeys.service.ts';
import type { Authenticator, Enrolment } from '../verifications/authenticators.service.ts';
import { pointText } from './point-text.ts';
import type { Ways } from './ways.service.ts';

export interface WaysPageProps {
  readonly page: Page;
  readonly ways: Ways;
  readonly arePasskeysPossible: boolean;
  /** A passkey or app has just come or gone. */
  readonly isChanged: boolean;
}

/** How the reader signs in. */
export function WaysPage({ page, ways, arePasskeysPossible, isChanged }: WaysPageProps): VNode {
  const { language } = page;
  const title = text(language, 'portal.ways');
  const { points, authenticator, passkeys, mayEnrol } = ways;
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      {isChanged ? (
        <p class="govuk-body" role="status">
          <strong>{text(language, 'ways.changed')}</strong>
        </p>
      ) : null}
      <p class="govuk-body">{text(language, 'ways.intro')}</p>
      {mayEnrol ? null : (
        <>
          <div class="govuk-inset-text">{text(language, 'ways.more_needed')}</div>
          <p class="govuk-body">
            <a class="govuk-link" href="/portal/prove?back=/portal/ways">
              {text(language, 'ways.prove')}
            </a>
          </p>
        </>
      )}
      <h2 class="govuk-heading-m">{text(language, 'ways.codes')}</h2>
      {points.length === 0 ? <p class="govuk-body">{text(language, 'ways.no_codes')}</p> : null}
      <ul class="govuk-list govuk-list--bullet">
        {points.map((point) => (
          <li key={point.id}>
            {pointText(language, point)}
            {point.isUsable ? null : `: ${text(language, 'ways.too_new')}`}
          </li>
        ))}
      </ul>
      {points.some(({ kind }) => kind === 'phone') ? (
        <p class="govuk-body">{text(language, 'ways.number_risk')}</p>
      ) : null}
      <p class="govuk-body">
        {text(language, 'ways.codes_change')}{' '}
        <a class="govuk-link" href="/portal/ways/contact">
          {text(language, 'contact.title')}
        </a>
      </p>
      <h2 class="govuk-heading-m">{text(language, 'ways.passkeys')}</h2>
      {passkeys.length === 0 ? <p class="govuk-body">{text(language, 'ways.no_passkeys')}</p> : null}
      {passkeys.map((passkey) => (
        <OnePasskey key={passkey.id} page={page} passkey={passkey} />
      ))}
      {arePasskeysPossible ? (
        <p class="govuk-body">
          <a class="govuk-link" href="/portal/ways/passkeys/new">
            {text(language, 'ways.add_passkey')}
          </a>
        </p>
      ) : null}
      <h2 class="govuk-heading-m">{text(language, 'ways.app')}</h2>
      <App page={page} authenticator={authenticator} />
    </PortalLayout>
  );
}

function OnePasskey({ page, passkey }: { readonly page: Page; readonly passkey: Passkey }): VNode {
  const { language } = page;
  const added = momentOf(passkey.addedAt, language);
  return (
    <section>
      <SummaryList
        rows={[
          { key: text(language, 'ways.added'), value: added },
          {
            key: text(language, 'ways.used'),
            value: passkey.usedAt === null ? text(language, 'ways.never') : momentOf(passkey.usedAt, language),
          },
        ]}
      />
      <Form page={page} action={`/portal/ways/passkeys/${passkey.id}/removal`}>
        <Button kind="secondary">
          {text(language, 'ways.remove_passkey')}{' '}
          <span class="govuk-visually-hidden">{text(language, 'ways.remove_hidden', { moment: added })}</span>
        </Button>
      </Form>
    </section>
  );
}

function App({ page, authenticator }: { readonly page: Page; readonly authenticator: Authenticator | null }): VNode {
  const { language } = page;
  if (authenticator === null) {
    return (
      <>
        <p class="govuk-body">{text(language, 'ways.no_app')}</p>
        <Form page={page} action="/portal/ways/authenticator">
          <Button kind="secondary">{text(language, 'ways.add_app')}</Button>
        </Form>
      </>
    );
  }
  return (
    <>
      <SummaryList
        rows={[
          { key: text(language, 'ways.added'), value: momentOf(authenticator.confirmedAt, language) },
          { key: text(language, 'ways.usable_from'), value: momentOf(authenticator.usableFrom, language) },
        ]}
      />
      <Form page={page} action="/portal/ways/authenticator/removal">
        <Button kind="secondary">{text(language, 'ways.remove_app')}</Button>
      </Form>
    </>
  );
}

export interface AddAppPageProps {
  readonly page: Page;
  readonly enrolment: Enrolment;
  /** The picture of it: dark squares, row by row. */
  readonly squares: readonly (readonly boolean[])[];
  readonly fault?: 'empty' | 'wrong';
}

/** Adding an authenticator app: the picture, the same in letters, and its first code. */
export function AddAppPage({ page, enrolment, squares, fault }: AddAppPageProps): VNode {
  const { language } = page;
  const title = text(language, 'ways.add_app_title');
  const error = fault === undefined ? undefined : text(language, `ways.app_${fault}`);
  const steps = ['ways.app_step_install', 'ways.app_step_scan', 'ways.app_step_type'] as const;
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined} ownPath="/portal/ways/authenticator">
      <ErrorSummary language={language} errors={error === undefined ? [] : [{ text: error, field: 'code' }]} />
      <h1 class="govuk-heading-l">{title}</h1>
      <ol class="govuk-list govuk-list--number">
        {steps.map((step) => (
          <li key={step}>{text(language, step)}</li>
        ))}
      </ol>
      <QrCode title={text(language, 'ways.qr')} squares={squares} />
      <p class="govuk-body">
        {text(language, 'ways.secret')} <code class="mandaat-code">{enrolment.secret.match(/.{1,4}/g)?.join(' ')}</code>
      </p>
      <p class="govuk-body">{text(language, 'ways.secret_warning')}</p>
      <Form page={page} action="/portal/ways/authenticator/confirmation">
        <CodeInput
          language={language}
          label={text(language, 'ways.app_code')}
          digits={6}
          {...(error === undefined ? {} : { error })}
        />
        <Button>{text(language, 'ways.app_confirm')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/ways">
          {text(language, 'ways.not_now')}
        </a>
      </p>
    </PortalLayout>
  );
}

export interface AddPasskeyPageProps {
  readonly page: Page;
  readonly options: object;
  readonly isRefused?: boolean;
}

/** Adding a passkey: the browser does it, and asks for a finger, a face or a PIN. */
export function AddPasskeyPage({ page, options, isRefused = false }: AddPasskeyPageProps): VNode {
  const { language } = page;
  const title = text(language, 'passkey.add_title');
  return (
    <PortalLayout
      page={page}
      title={title}
      hasErrors={isRefused}
      ownPath="/portal/ways/passkeys/new"
      scripts={passkeyScripts}
    >
      <ErrorSummary language={language} errors={isRefused ? [{ text: text(language, 'passkey.refused') }] : []} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'passkey.what')}</p>
      <p class="govuk-body">{text(language, 'passkey.shared_device')}</p>
      <PasskeyForm page={page} action="/portal/ways/passkeys" does="add" options={options} />
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/ways">
          {text(language, 'ways.not_now')}
        </a>
      </p>
    </PortalLayout>
  );
}
