import type { VNode } from 'preact';

import { dayOf, lastDayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Panel, SummaryList } from '../pages/parts.tsx';
import { PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { acceptanceError, AcceptanceErrors, type AcceptanceFault, AcceptanceForm } from './acceptance-pages.tsx';
import { Scopes } from './held-parts.tsx';
import type { Invitation } from './invitations.service.ts';

export interface InvitationPageProps {
  readonly page: Page;
  readonly invitation: Invitation;
  /** Of this page. */
  readonly path: string;
  readonly fault?: AcceptanceFault;
}

/** Who invites, what for, until when; and how to say yes. */
export function InvitationPage({ page, invitation, path, fault }: InvitationPageProps): VNode {
  const { language } = page;
  const { ref, scopes, startsAt, endsAt, acceptBefore } = invitation;
  const holder = invitation.holder ?? text(language, 'held.somebody');
  const giver = invitation.giver ?? holder;
  const title = text(language, 'invitation.title', { holder: giver });
  const error = acceptanceError(fault, page, giver);
  return (
    <PortalLayout page={page} title={title} hasErrors={error !== undefined}>
      <AcceptanceErrors language={language} fault={fault} error={error} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">
        {invitation.giver === null
          ? text(language, 'invitation.intro', { holder })
          : text(language, 'invitation.intro_for', { giver, holder })}
      </p>
      <SummaryList
        rows={[
          { key: text(language, 'held.from'), value: dayOf(startsAt, language) },
          { key: text(language, 'held.until'), value: lastDayOf(endsAt, language) },
          { key: text(language, 'invitation.answer_before'), value: momentOf(acceptBefore, language) },
          { key: text(language, 'held.ref'), value: ref },
        ]}
      />
      <h2 class="govuk-heading-m">{text(language, 'invitation.may')}</h2>
      <p class="govuk-body">{text(language, 'held.may_intro', { holder })}</p>
      <Scopes language={language} scopes={scopes} />
      <h2 class="govuk-heading-m">{text(language, 'acceptance.title')}</h2>
      <Answer page={page} invitation={invitation} holder={giver} path={path} error={error} />
      <h2 class="govuk-heading-m">{text(language, 'invitation.no_title')}</h2>
      <p class="govuk-body">{text(language, 'invitation.no_text')}</p>
    </PortalLayout>
  );
}

interface AnswerProps {
  readonly page: Page;
  readonly invitation: Invitation;
  /** Who has the code. */
  readonly holder: string;
  readonly path: string;
  readonly error: string | undefined;
}

function Answer({ page, invitation, holder, path, error }: AnswerProps): VNode {
  const { language } = page;
  const { mandateId, acceptBefore, triesLeft, needsSignIn } = invitation;
  if (triesLeft === 0) return <p class="govuk-body">{text(language, 'acceptance.over', { holder })}</p>;
  if (needsSignIn) {
    return (
      <>
        <p class="govuk-body">{text(language, 'invitation.sign_in_text', { holder })}</p>
        <p class="govuk-body">
          <a class="govuk-link" href={`/portal/held/${mandateId}`}>
            {text(language, 'invitation.sign_in')}
          </a>
        </p>
      </>
    );
  }
  return (
    <>
      <p class="govuk-body">{text(language, 'acceptance.intro', { holder })}</p>
      <AcceptanceForm page={page} action={path} holder={holder} until={acceptBefore} error={error} />
    </>
  );
}

export interface InvitationEndProps {
  readonly page: Page;
}

/** For a link that leads to nothing any more, whatever the reason. */
export function InvitationOverPage({ page }: InvitationEndProps): VNode {
  const { language } = page;
  const title = text(language, 'invitation.over_title');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'invitation.over_text')}</p>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/held">
          {text(language, 'held.title')}
        </a>
      </p>
    </PortalLayout>
  );
}

/** After accepting by the link alone: how it goes on for somebody whom we know by nothing that has aged. */
export function AcceptedPage({ page }: InvitationEndProps): VNode {
  const { language, sender } = page;
  const title = text(language, 'recognition.accepted');
  return (
    <PortalLayout page={page} title={title}>
      <Panel title={title} />
      <h2 class="govuk-heading-m">{text(language, 'recognition.title')}</h2>
      <p class="govuk-body">{text(language, 'recognition.not_yet')}</p>
      <p class="govuk-body">
        {text(language, 'recognition.new')} {text(language, 'recognition.new_call', { phone: sender.phone })}
      </p>
    </PortalLayout>
  );
}
