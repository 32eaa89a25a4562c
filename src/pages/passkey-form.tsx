import type { ComponentChildren, VNode } from 'preact';

import type { Page } from './page.ts';
import { FORM_TOKEN } from './form-tokens.ts';
import { Button } from './parts.tsx';
import { text } from './text.ts';

export interface PasskeyFormProps {
  readonly page: Page;
  readonly action: string;
  /** `add` makes a new one, `show` shows one that is there. */
  readonly does: 'add' | 'show';
  /** For the browser, as the library for passkeys made them. */
  readonly options: object;
  readonly children?: ComponentChildren;
}

/** A form that the script fills in: see `passkey-script.ts`. Without the script, or without passkeys, it says so instead. */
export function PasskeyForm({ page, action, does, options, children }: PasskeyFormProps): VNode {
  const { language, formToken } = page;
  return (
    <>
      <p class="govuk-body" id="passkey-without">
        {text(language, 'passkey.without')}
      </p>
      <div id="passkey-failed" role="alert" hidden>
        <p class="govuk-error-message">{text(language, 'passkey.failed')}</p>
      </div>
      <form method="post" action={action} data-passkey={does} data-options={JSON.stringify(options)} hidden>
        <input type="hidden" name={FORM_TOKEN} value={formToken} />
        <input type="hidden" name="credential" value="" />
        {children}
        <Button>{text(language, does === 'add' ? 'passkey.add_now' : 'passkey.show_now')}</Button>
      </form>
    </>
  );
}
