import type { Answer, Desk } from './desk.ts';

/** Somebody who is signed in, by the API. */
export interface Me {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
}

/** What a browser got. */
export interface PageSeen {
  readonly status: number;
  readonly text: string;
  /** Where it is sent, when it is. */
  readonly location: string | null;
  readonly headers: Headers;
}

/** Comes to the self-service from outside: by the API, or as a browser without a script. */
export class Visitor {
  constructor(readonly desk: Desk) {}

  async tryToAsk(contact: string, more: Record<string, unknown> = {}): Promise<Answer> {
    return this.#send('POST', '/v1/me/sign-ins', { contact, ...more });
  }

  async ask(contact: string, more: Record<string, unknown> = {}): Promise<Answer['body']> {
    const answer = await this.tryToAsk(contact, more);
    if (answer.status !== 202) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  attempt(id: string, code: string): Promise<Answer> {
    return this.#send('POST', `/v1/me/sign-ins/${id}/attempts`, { code });
  }

  /** With the code that arrives at this contact point. */
  async signIn(contact: string, more: Record<string, unknown> = {}): Promise<Me> {
    const asked = await this.ask(contact, more);
    const { body } = await this.attempt(asked.id, await this.desk.codeOf(asked.id));
    if (body.accepted !== true) throw new Error('the code was not accepted');
    return this.as(body.token);
  }

  as(token: string): Me {
    const send: Me['send'] = (method, path, body, headers = {}) =>
      this.#send(method, path, body, { authorization: `Bearer ${token}`, ...headers });
    return { send, get: (path) => send('GET', path) };
  }

  browser(): PlainBrowser {
    return new PlainBrowser(this.desk);
  }

  async #send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.desk.api.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  }
}

/** Keeps cookies and the token of the last form, and follows no redirect by itself. */
export class PlainBrowser {
  readonly #cookies = new Map<string, string>();
  formToken = '';

  constructor(private readonly desk: Desk) {}

  cookie(name: string): string | undefined {
    return this.#cookies.get(`mandaat-${name}`);
  }

  /** What somebody puts there by hand; empty = takes it away. */
  put(name: string, value: string): void {
    if (value === '') this.#cookies.delete(`mandaat-${name}`);
    else this.#cookies.set(`mandaat-${name}`, value);
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<PageSeen> {
    return this.#fetch(path, { headers });
  }

  /** A form of ours: with the token of the page that was looked at last. */
  submit(path: string, fields: Readonly<Record<string, string>>): Promise<PageSeen> {
    return this.post(path, { form_token: this.formToken, ...fields });
  }

  post(path: string, fields: Readonly<Record<string, string>>): Promise<PageSeen> {
    return this.#fetch(path, { method: 'POST', body: new URLSearchParams({ ...fields }) });
  }

  /** With the code that arrives at this contact point. */
  async signIn(contact: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.get('/portal/sign-in');
    await this.submit('/portal/sign-in', { contact, ...more });
    await this.get('/portal/sign-in/code');
    const id = this.cookie('sign-in')?.split('.')[0] ?? '';
    const entered = await this.submit('/portal/sign-in/code', { code: await this.desk.codeOf(id) });
    if (entered.status !== 303) throw new Error(`not signed in: ${entered.status}`);
    await this.get('/portal');
  }

  async #fetch(path: string, init: RequestInit): Promise<PageSeen> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.desk.api.url}${path}`, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, decodeURIComponent(value));
    }
    const text = await response.text();
    this.formToken = /name="form_token" value="([^"]*)"/.exec(text)?.[1] ?? this.formToken;
    const { headers } = response;
    return { status: response.status, text, location: headers.get('location'), headers };
  }
}
