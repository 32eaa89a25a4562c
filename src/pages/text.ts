import IntlMessageFormat from 'intl-messageformat';

import type { Language } from '../policy/vocabulary.ts';
import { acceptanceTexts } from './texts/acceptance.ts';
import { assistanceTexts } from './texts/assistance.ts';
import { confirmationTexts } from './texts/confirmations.ts';
import { contactTexts } from './texts/contact.ts';
import { deskTexts } from './texts/desk.ts';
import { ownLogTexts } from './texts/own-log.ts';
import { filesTexts } from './texts/files.ts';
import { helpTexts } from './texts/help.ts';
import { heldTexts } from './texts/held.ts';
import { invitationTexts } from './texts/invitation.ts';
import { mandatesTexts } from './texts/mandates.ts';
import { organisationTexts } from './texts/organisations.ts';
import { passkeyTexts } from './texts/passkey.ts';
import { waysTexts } from './texts/ways.ts';
import { loginTexts } from './texts/login.ts';
import { activityTexts } from './texts/activity.ts';
import { callTexts } from './texts/calls.ts';
import { preferenceTexts } from './texts/preferences.ts';
import { lifeTexts } from './texts/life.ts';
import { limitsTexts } from './texts/limits.ts';
import { portalTexts } from './texts/portal.ts';
import { privacyTexts } from './texts/privacy.ts';
import { proofTexts } from './texts/proof.ts';
import { questionTexts } from './texts/questions.ts';
import { requestsTexts } from './texts/requests.ts';
import { signInTexts } from './texts/sign-in.ts';
import { shellTexts } from './texts/shell.ts';
import { softwareTexts } from './texts/software.ts';
import { statementTexts } from './texts/statements.ts';

/** A text in both languages, side by side: for who translates. In ICU's message format. */
export type Text = Readonly<Record<Language, string>>;

/** Every text of every page, by the area that it belongs to. */
const TEXTS = {
  ...shellTexts,
  ...confirmationTexts,
  ...portalTexts,
  ...signInTexts,
  ...acceptanceTexts,
  ...heldTexts,
  ...invitationTexts,
  ...mandatesTexts,
  ...requestsTexts,
  ...loginTexts,
  ...passkeyTexts,
  ...waysTexts,
  ...activityTexts,
  ...proofTexts,
  ...preferenceTexts,
  ...callTexts,
  ...questionTexts,
  ...lifeTexts,
  ...limitsTexts,
  ...contactTexts,
  ...assistanceTexts,
  ...softwareTexts,
  ...organisationTexts,
  ...deskTexts,
  ...filesTexts,
  ...helpTexts,
  ...ownLogTexts,
  ...statementTexts,
  ...privacyTexts,
} as const satisfies Readonly<Record<string, Text>>;
export type TextKey = keyof typeof TEXTS;

/** As in the messages: the day before the month. */
export const LOCALES: Readonly<Record<Language, string>> = { nl: 'nl-NL', en: 'en-GB' };

const formats = new Map<string, IntlMessageFormat>();

/** @throws Error when the text needs a value that isn't given */
export function text(language: Language, key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const name = `${language}.${key}`;
  let format = formats.get(name);
  if (format === undefined) {
    format = new IntlMessageFormat(TEXTS[key][language], LOCALES[language], undefined, { ignoreTag: true });
    formats.set(name, format);
  }
  return String(format.format({ ...values }));
}

/** For tests and translators: every key with its texts. */
export const everyText: Readonly<Record<string, Text>> = TEXTS;
