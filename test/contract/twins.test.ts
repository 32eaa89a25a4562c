import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { PAGES } from '../support/pages.ts';

/**
 * What each form of the self-service does, as an operation of the API: there is nothing that only pages can do. A form that is missing
 * here fails until its operation is named.
 */
const TWINS: Readonly<Record<string, string>> = {
  'POST /portal/sign-in': 'POST /v1/me/sign-ins',
  'POST /portal/sign-in/code': 'POST /v1/me/sign-ins/{id}/attempts',
  'POST /portal/sign-in/passkey': 'POST /v1/me/passkey-sign-ins/attempts',
  // The screens of one grant; the last sends it.
  'POST /portal/mandates/new': 'POST /v1/me/mandates',
  'POST /portal/mandates/new/{draft}/who': 'POST /v1/me/mandates',
  'POST /portal/mandates/new/{draft}/what': 'POST /v1/me/mandates',
  'POST /portal/mandates/new/{draft}/when': 'POST /v1/me/mandates',
  'POST /portal/mandates/new/{draft}/check': 'POST /v1/me/mandates',
  'POST /portal/mandates/{id}/code': 'POST /v1/me/mandates/{id}/confirmations',
  'POST /portal/mandates/{id}/confirm': 'POST /v1/me/mandates/{id}/confirmations/{confirmation_id}/attempts',
  'POST /portal/mandates/{id}/invite': 'POST /v1/me/mandates/{id}/invitation',
  'POST /portal/mandates/{id}/suspend': 'POST /v1/me/mandates/{id}/suspend',
  'POST /portal/mandates/{id}/resume': 'POST /v1/me/mandates/{id}/resume',
  'POST /portal/mandates/{id}/withdraw': 'POST /v1/me/mandates/{id}/withdraw',
  'POST /portal/mandates/{id}/change': 'PATCH /v1/me/mandates/{id}',
  'POST /portal/ways/contact/new': 'POST /v1/me/contact-changes',
  'POST /portal/ways/contact/{id}/removal': 'POST /v1/me/contact-changes',
  'POST /portal/ways/contact/{id}/shared': 'PUT /v1/me/contact-points/{id}/shared',
  'POST /portal/ways/contact/{id}/code': 'POST /v1/me/contact-changes/{id}/attempts',
  'POST /portal/ways/contact/{id}/resend': 'POST /v1/me/contact-changes/{id}/codes',
  'POST /portal/ways/contact/{id}/cancel': 'DELETE /v1/me/contact-changes/{id}',
  'POST /portal/ways/authenticator': 'POST /v1/me/authenticator',
  'POST /portal/ways/authenticator/confirmation': 'POST /v1/me/authenticator/confirmation',
  'POST /portal/ways/authenticator/removal': 'DELETE /v1/me/authenticator',
  'POST /portal/ways/passkeys': 'POST /v1/me/passkeys',
  'POST /portal/ways/passkeys/{id}/removal': 'DELETE /v1/me/passkeys/{id}',
  'POST /portal/prove/code': 'POST /v1/me/proofs/codes',
  'POST /portal/prove/code/attempts': 'POST /v1/me/proofs/codes/{id}/attempts',
  'POST /portal/prove/authenticator': 'POST /v1/me/proofs/authenticator',
  'POST /portal/prove/passkey': 'POST /v1/me/proofs/passkey',
  'POST /portal/sessions/end-others': 'POST /v1/me/sessions/end-others',
  'POST /portal/sessions/{id}/end': 'DELETE /v1/me/sessions/{id}',
  'POST /portal/sign-out': 'DELETE /v1/me/sessions/{id}',
  'POST /portal/invitations/{token}': 'POST /v1/me/invitations/{token}/acceptance',
  'POST /portal/requests/new': 'POST /v1/me/mandate-requests',
  'POST /portal/asked/{id}/approve': 'POST /v1/me/asked/{id}/approve',
  'POST /portal/asked/{id}/decline': 'POST /v1/me/asked/{id}/decline',
  'POST /portal/held/{id}/acceptance': 'POST /v1/me/mandates/{id}/acceptance',
  'POST /portal/held/{id}/renounce': 'POST /v1/me/mandates/{id}/renounce',
  'POST /portal/questions/{confirmation_id}/yes': 'POST /v1/me/confirmations/{confirmation_id}/approve',
  'POST /portal/questions/{confirmation_id}/no': 'POST /v1/me/confirmations/{confirmation_id}/decline',
  'POST /portal/calls/support-code': 'POST /v1/me/support-code',
  'POST /portal/preferences': 'PUT /v1/me/preferences',
  'POST /portal/preferences/ask-first': 'PUT /v1/me/ask-first',
  'POST /portal/organisations/{id}/mandates': 'POST /v1/me/organisations/{id}/mandates',
  'POST /portal/organisations/{id}/mandates/{mandate_id}/withdrawal':
    'POST /v1/me/organisations/{id}/mandates/{mandate_id}/withdraw',
  'POST /portal/software': 'POST /v1/me/software',
  'POST /portal/software/{id}/revocation': 'POST /v1/me/software/{id}/revoke',
  'POST /portal/activity/{id}': 'POST /v1/me/activity/{id}/incidents',
};

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, Record<string, unknown>> };
const operations = new Set(
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  ),
);

describe('What the pages of the self-service do', () => {
  it('the API does too, every form of it', () => {
    const forms = Object.keys(PAGES).filter((route) => route.startsWith('POST /portal'));
    expect(Object.keys(TWINS).toSorted()).toEqual(forms.toSorted());
    for (const [form, operation] of Object.entries(TWINS)) {
      expect([form, operation, operations.has(operation)]).toEqual([form, operation, true]);
    }
  });

  it('is all that the API does with something of theirs: what changes anything has a form', () => {
    const twins = new Set(Object.values(TWINS));
    const changes = [...operations].filter((one) => /^(POST|PUT|PATCH|DELETE) \/v1\/me/.test(one));
    // A page asks a passkey its question in the answer that shows it; what is passed on goes by the screens of a grant.
    const others = [
      'POST /v1/me/passkey-sign-ins',
      'POST /v1/me/passkeys/questions',
      'POST /v1/me/proofs/passkey-questions',
      'POST /v1/me/mandates/{id}/sub-mandates',
    ];
    expect(changes.filter((one) => !twins.has(one)).toSorted()).toEqual(others.toSorted());
  });
});
