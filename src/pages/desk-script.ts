import { createHash } from 'node:crypto';

/**
 * What keeps the page of a call as it is now: hears that it became otherwise, asks for it, and puts its parts in place. What
 * somebody is typing stays, and so does the keyboard's place. Where nothing is heard, such as behind a proxy that holds streams
 * back, it asks every few seconds whether it did. Without this script a link loads the page again.
 */
const OWN = `(() => {
  'use strict';
  const root = document.querySelector('[data-live]');
  if (root === null) return;
  const address = root.dataset.live;
  const said = document.getElementById('said');
  let version = root.dataset.version;
  let isAsking = false;
  let isMissed = false;
  let timer;
  let poller;
  let source;
  const bare = (part) => part.innerHTML.replace(/(name="(?:form_token|operation)" value=")[^"]*/g, '$1');
  function put(part, fresh) {
    const now = document.activeElement;
    const focused = part.contains(now) ? now.id : '';
    const typed = [...part.querySelectorAll('input[id]:not([type=hidden])')].map(({ id, value }) => [id, value]);
    const open = [...part.querySelectorAll('details[id][open]')].map(({ id }) => id);
    part.replaceChildren(...fresh.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    for (const [id, value] of typed) {
      const field = document.getElementById(id);
      if (field !== null && value !== '') field.value = value;
    }
    if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
  }
  async function refresh() {
    if (isAsking) {
      isMissed = true;
      return;
    }
    isAsking = true;
    try {
      const response = await fetch(address, { redirect: 'manual' });
      // Over, or somebody has to sign in: that is a page of its own. A proxy that answers for us is none.
      if (response.type === 'opaqueredirect' || [401, 403, 404].includes(response.status)) return location.reload();
      if (!response.ok) throw new Error('nobody answers');
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const fresh = page.querySelector('[data-live]');
      for (const part of root.querySelectorAll('[data-part]')) {
        const same = fresh?.querySelector('[data-part="' + part.dataset.part + '"]');
        if (same && bare(same) !== bare(part)) put(part, same);
      }
      const word = page.getElementById('said')?.textContent ?? '';
      if (said !== null && word !== '' && said.textContent !== word) said.textContent = word;
      version = fresh?.dataset.version ?? version;
      wait(Number(fresh?.dataset.fresh));
      if (source?.readyState === 1) poll(false);
    } catch {
      // Nobody answers: what is there stays until somebody does, and is of no version that there is.
      version = '';
      poll(true);
    }
    isAsking = false;
    if (isMissed) {
      isMissed = false;
      refresh();
    }
  }
  function wait(seconds) {
    clearTimeout(timer);
    if (seconds > 0) timer = setTimeout(refresh, seconds * 1000);
  }
  async function look() {
    if (document.hidden) return;
    try {
      const response = await fetch(address + '/live/state', { redirect: 'manual' });
      if (response.type === 'opaqueredirect' || [401, 403, 404].includes(response.status)) return location.reload();
      const state = await response.json();
      if (state.isOver === true) return location.replace(address);
      if (state.version !== version) refresh();
    } catch {
      // Nobody answers, or somebody on the way does.
    }
  }
  function poll(isDeaf) {
    if (isDeaf) poller ??= setInterval(look, 5000);
    else poller = clearInterval(poller);
  }
  function listen() {
    if (!('EventSource' in window)) return poll(true);
    source = new EventSource(address + '/live?version=' + encodeURIComponent(version));
    source.addEventListener('changed', (event) => {
      if (event.data !== version) refresh();
    });
    source.addEventListener('over', () => {
      source.close();
      location.replace(address);
    });
    source.addEventListener('open', () => poll(false));
    source.addEventListener('error', () => {
      poll(true);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, 15000);
    });
  }
  wait(Number(root.dataset.fresh));
  listen();
})();
`;

export const deskScript: string = OWN;
/** Its address changes with its content, so that browsers may keep it for ever. */
export const deskScriptPath = `/assets/${createHash('sha256').update(OWN).digest('hex').slice(0, 16)}.js`;

/** Finds out the hash of a file that stays where it is, and types it. Without this script one types it. */
const HASH = `(() => {
  'use strict';
  if (!window.crypto || !crypto.subtle) return;
  for (const place of document.querySelectorAll('[data-hash]')) {
    const field = document.getElementById(place.dataset.hash);
    const file = place.querySelector('input');
    place.hidden = false;
    file.addEventListener('change', async () => {
      if (file.files.length === 0) return;
      const digest = await crypto.subtle.digest('SHA-256', await file.files[0].arrayBuffer());
      field.value = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    });
  }
})();
`;

export const hashScript: string = HASH;
export const hashScriptPath = `/assets/${createHash('sha256').update(HASH).digest('hex').slice(0, 16)}.js`;
