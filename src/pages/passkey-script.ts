import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * The only script of ours: asks the browser for a passkey, and sends what it answers with the form that it stands in. The
 * form is hidden until then: see `PasskeyForm`.
 */
const OWN = `(() => {
  'use strict';
  const form = document.querySelector('form[data-passkey]');
  const library = window.SimpleWebAuthnBrowser;
  if (form === null || library === undefined || !library.browserSupportsWebAuthn()) return;
  const failed = document.getElementById('passkey-failed');
  const button = form.querySelector('button');
  document.getElementById('passkey-without').hidden = true;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    failed.hidden = true;
    try {
      const optionsJSON = JSON.parse(form.dataset.options);
      const ask = form.dataset.passkey === 'add' ? library.startRegistration : library.startAuthentication;
      form.elements.namedItem('credential').value = JSON.stringify(await ask({ optionsJSON }));
      form.submit();
    } catch {
      button.disabled = false;
      failed.hidden = false;
    }
  });
})();
`;

/** As its makers publish it for browsers, without the way to its source, which we don't serve. */
function library(): string {
  const main = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
  const file = path.join(path.dirname(main), '../dist/bundle/index.umd.min.js');
  return readFileSync(file, 'utf8').replaceAll(/\/\/# sourceMappingURL=.*/g, '');
}

/** Its address changes with its content, so that browsers may keep it for ever. */
function addressOf(content: string): string {
  return `/assets/${createHash('sha256').update(content).digest('hex').slice(0, 16)}.js`;
}

export const passkeyLibrary: string = library();
export const passkeyLibraryPath: string = addressOf(passkeyLibrary);
export const passkeyScript: string = OWN;
export const passkeyScriptPath: string = addressOf(passkeyScript);
/** Both, in the order in which they are needed. */
export const passkeyScripts: readonly string[] = [passkeyLibraryPath, passkeyScriptPath];
