/**
 * Every page that somebody can be on, and the look of a browser test that shows it, in both languages. A page that is missing
 * here fails `contract/screens.test.ts`; a look that is on another page than it says fails where it looks.
 */
export const SCREENS: Readonly<Record<string, string>> = {
  '/desk/*': 'desk-nowhere',
  '/desk': 'desk-open',
  '/desk/sign-in': 'desk-sign-in',
  '/desk/calls/{call_id}': 'desk-call',
  '/desk/calls/{call_id}/help': 'desk-help',
  '/desk/calls/{call_id}/help/given': 'desk-help-given',
  '/desk/calls/{call_id}/help/held': 'desk-help-held',
  '/desk/calls/{call_id}/help/questions': 'desk-help-questions',
  '/desk/calls/{call_id}/help/preferences': 'desk-help-preferences',
  '/desk/calls/{call_id}/help/activity': 'desk-help-activity',
  '/desk/log': 'desk-log',
  '/desk/log/{call_id}': 'desk-log-call',
  '/desk/incidents': 'desk-incidents',
  '/desk/unmaskings': 'desk-unmaskings',
  '/desk/unmaskings/{id}': 'desk-unmasking',
  '/desk/files': 'desk-files',
  '/desk/files/life-events/new': 'desk-new-event',
  '/desk/files/life-events/{id}': 'desk-event',
  '/desk/files/representations/new': 'desk-new-representation',
  '/desk/files/representations/import': 'desk-import',
  '/desk/files/representations/{id}': 'desk-representation',
  '/desk/files/registrations/new': 'desk-new-registration',
  '/desk/files/registrations/{id}': 'desk-registration',

  '/portal/sign-in': 'sign-in',
  '/portal/sign-in/code': 'sign-in-code',
  '/portal/sign-in/passkey': 'sign-in-passkey',
  '/portal': 'home',
  '/portal/mandates/new': 'give-who',
  '/portal/mandates/new/{draft}/who': 'give-who-again',
  '/portal/mandates/new/{draft}/what': 'give-what',
  '/portal/mandates/new/{draft}/when': 'give-when',
  '/portal/mandates/new/{draft}/check': 'give-check',
  '/portal/mandates/{id}': 'mandate',
  '/portal/mandates/{id}/code': 'give-code',
  '/portal/mandates/{id}/withdraw': 'mandate-withdraw',
  '/portal/mandates/{id}/change': 'mandate-change',
  '/portal/ways/contact/new': 'contact-add',
  '/portal/ways/contact/{id}': 'contact-codes',
  '/portal/ways/authenticator': 'authenticator',
  '/portal/ways/passkeys/new': 'passkey-new',
  '/portal/prove/code': 'prove-code',
  '/portal/prove/passkey': 'prove-passkey',
  '/portal/invitations/{token}': 'invitation',
  '/portal/invitations/accepted': 'invitation-accepted',
  '/portal/asked/{id}': 'asked-question',
  '/portal/held/{id}': 'held-accept',
  '/portal/held/{id}/recognition': 'held-accepted',
  '/portal/held/{id}/renounce': 'held-renounce',
  '/portal/questions/{confirmation_id}': 'question',
  '/portal/organisations/{id}': 'organisation',
  '/portal/organisations/{id}/new': 'organisation-give',
  '/portal/organisations/{id}/mandates/{mandate_id}/code': 'organisation-code',
  '/portal/software/new': 'software-declare',
  '/portal/activity/{id}': 'activity-question',
  // A file, once it is signed.
  '/portal/activity/{id}/proof': 'activity-no-proof',
  '/portal/activity/reports/{id}': 'activity-reported',
};

/** Pages that `portal.test.ts` goes to one after the other: whoever is signed in can be there. */
export const PLACES: Readonly<Record<string, string>> = {
  '/portal/*': 'nowhere',
  '/portal/mandates': 'mandates',
  '/portal/requests': 'requests',
  '/portal/requests/new': 'requests-new',
  '/portal/asked': 'asked',
  '/portal/held': 'held',
  '/portal/held/ended': 'held-ended',
  '/portal/held/recognition': 'held-recognition',
  '/portal/questions': 'questions-place',
  '/portal/calls': 'calls',
  '/portal/activity': 'activity-place',
  '/portal/life': 'life',
  '/portal/preferences': 'preferences',
  '/portal/preferences/ask-first': 'preferences-ask-first',
  '/portal/ways': 'ways',
  '/portal/ways/contact': 'ways-contact',
  '/portal/sessions': 'sessions-place',
  '/portal/organisations': 'organisations-place',
  '/portal/software': 'software-place',
  '/portal/prove': 'prove',
  '/portal/limits': 'limits',
};

/** What answers no page of its own. */
export const NO_SCREENS: Readonly<Record<string, string>> = {
  '/desk/sign-in/start': 'sends to the provider',
  '/desk/sign-in/back': 'comes from the provider, and sends on',
  '/desk/calls/{call_id}/live': 'a stream of events',
  '/desk/calls/{call_id}/live/state': 'two facts, for the script of the page',
  '/portal/activity/export': 'a file',
  '/portal/sign-in/openid': 'sends to the provider',
  '/portal/sign-in/openid/back': 'comes from the provider, and sends on',
};

/** Whether this address is one of the route: `/portal/held/{id}`, `/portal/*`. */
export function isOf(route: string, path: string): boolean {
  const pattern = route.replaceAll(/\{\w+\}/g, '[^/]+').replace('*', '.+');
  return new RegExp(`^${pattern}$`).test(path);
}
