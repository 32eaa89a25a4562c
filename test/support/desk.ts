import { Client } from 'pg';

import type { PrincipalScope } from '../../src/auth/principal.ts';
import { makeKey, startTestApp, type TestApp } from './app.ts';

/** A parsed answer: what the tests look at. */
export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever the API answers, and fails when it isn't there
  readonly body: any;
  readonly headers: Headers;
}

export interface CallOptions {
  readonly channel?: string;
  readonly as?: 'holder' | 'proxy';
  readonly number?: string;
  readonly name?: string;
  readonly mandateRef?: string;
  readonly agent?: string;
}

/** What a check asks: a name, or a name with properties. */
export type Asked = string | { readonly name: string; readonly properties: Record<string, unknown> };

/** All but counters, the clock and the request's own id. */
export function lastingHeaders({ headers }: Answer): readonly (readonly [string, string])[] {
  const passing = ['date', 'x-request-id', 'ratelimit-remaining', 'ratelimit-reset'];
  return [...headers].filter(([name]) => !passing.includes(name)).toSorted();
}

/** Aged well beyond every minimum. */
const LONG_AGO = '2020-01-01T00:00:00Z';

/** A help desk that talks to the whole application over HTTP, and may arrange the past in the database as its owner. */
export class Desk {
  private constructor(
    readonly api: TestApp,
    private readonly tokens: Partial<Record<PrincipalScope, string>>,
    readonly owner: Client,
  ) {}

  static async open(...how: Parameters<typeof startTestApp>): Promise<Desk> {
    const api = await startTestApp(...how);
    const tokens: Partial<Record<PrincipalScope, string>> = {};
    for (const scope of ['agent', 'crm', 'admin', 'privacy'] as const) tokens[scope] = (await makeKey(api, scope)).text;
    const owner = new Client({ connectionString: api.database.ownerUrl });
    await owner.connect();
    const desk = new Desk(api, tokens, owner);
    await desk.put('admin', '/v1/agents/A-1', { role: 'agent', team: 'service', is_active: true });
    await desk.put('admin', '/v1/agents/A-2', { role: 'agent', team: 'service', is_active: true });
    return desk;
  }

  async close(): Promise<void> {
    await this.owner.end();
    await this.api.stop();
  }

  /** The same desk, at another instance on the same database. Close the first one only. */
  at(api: TestApp): Desk {
    return new Desk(api, this.tokens, this.owner);
  }

  /** The same desk after everybody left its database: another instance, a new connection. Close it like the first. */
  async again(api: TestApp): Promise<Desk> {
    const owner = new Client({ connectionString: api.database.ownerUrl });
    await owner.connect();
    return new Desk(api, this.tokens, owner);
  }

  /** From now on scope `person` is whoever has this token. */
  signedIn(token: string): void {
    this.tokens.person = token;
  }

  /** For requests that are written by hand. */
  authorization(scope: PrincipalScope): string {
    const token = this.tokens[scope];
    if (token === undefined) throw new Error('nobody is signed in at this desk');
    return `Bearer ${token}`;
  }

  async send(
    scope: PrincipalScope,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.api.url}${path}`, {
      method,
      headers: {
        authorization: this.authorization(scope),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(scope === 'agent' ? { 'mandaat-agent': 'A-1' } : {}),
        ...headers,
      },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  }

  get(scope: PrincipalScope, path: string): Promise<Answer> {
    return this.send(scope, 'GET', path);
  }
  put(scope: PrincipalScope, path: string, body: unknown): Promise<Answer> {
    return this.expectSuccess(this.send(scope, 'PUT', path, body));
  }
  post(scope: PrincipalScope, path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(scope, 'POST', path, body, headers);
  }

  async expectSuccess(answer: Promise<Answer>): Promise<Answer> {
    const settled = await answer;
    if (settled.status >= 300) throw new Error(`${settled.status} ${JSON.stringify(settled.body)}`);
    return settled;
  }

  /** A person with contact points that have aged, unless `isFresh`. Answers the id. */
  async person(
    ref: string,
    options: {
      name?: string;
      phone?: string;
      email?: string;
      postal?: string;
      language?: string;
      isFresh?: boolean;
    } = {},
  ): Promise<string> {
    const { name = `${ref} Voorbeeld`, language = 'nl', isFresh = false } = options;
    const points = (['phone', 'email', 'postal'] as const).flatMap((kind) =>
      options[kind] === undefined ? [] : [{ kind, value: options[kind], verified_at: LONG_AGO }],
    );
    await this.put('crm', `/v1/people/${ref}`, { kind: 'person', name, language, contact_points: points });
    const { rows } = await this.owner.query<{ id: string }>('SELECT id FROM people WHERE crm_ref = $1', [ref]);
    const id = rows[0]?.id ?? '';
    if (!isFresh) {
      await this.owner.query('UPDATE contact_points SET changed_at = $2 WHERE person_id = $1', [id, LONG_AGO]);
    }
    return id;
  }

  async contract(
    ref: string,
    holders: readonly string[],
    options: { jointRule?: 'any' | 'all'; properties?: Record<string, unknown> } = {},
  ): Promise<void> {
    const { jointRule = 'any', properties = { product: 'internet', status: 'active' } } = options;
    await this.put('crm', `/v1/contracts/${ref}`, { joint_rule: jointRule, holders, properties });
  }

  /** A mandate that is active and confirmed by code, at strength 2. */
  async mandate(
    holder: string,
    proxy: string,
    scopes: readonly string[],
    contracts: readonly string[],
  ): Promise<{ readonly id: string; readonly ref: string }> {
    const granted = await this.expectSuccess(
      this.post('crm', '/v1/mandates', { holder, proxy, scopes, contracts, form: 'portal' }),
    );
    const { id, mandate_ref: ref } = granted.body;
    await this.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [id]);
    return { id, ref };
  }

  /** Opens a call as agent A-1. */
  open(contract: string, options: CallOptions = {}): Promise<Answer> {
    const { channel = 'phone', as = 'proxy', agent = 'A-1' } = options;
    return this.post(
      'agent',
      '/v1/calls',
      {
        channel,
        contract_ref: contract,
        claim: {
          as,
          ...(options.number === undefined ? {} : { calling_number: options.number }),
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(options.mandateRef === undefined ? {} : { mandate_ref: options.mandateRef }),
        },
      },
      { 'mandaat-agent': agent },
    );
  }

  check(callId: string, asked: readonly Asked[] | null, purpose: 'advise' | 'execute' = 'advise'): Promise<Answer> {
    const actions = asked?.map((action) => (typeof action === 'string' ? { name: action } : action));
    return this.post('agent', `/v1/calls/${callId}/checks`, { purpose, ...(actions === undefined ? {} : { actions }) });
  }

  /** One decision of a check. */
  async decide(callId: string, asked: Asked, purpose: 'advise' | 'execute' = 'advise'): Promise<Answer['body']> {
    const { body } = await this.expectSuccess(this.check(callId, [asked], purpose));
    return body.decisions[0];
  }

  /** Identifies the caller by a code to their own number. */
  async identify(callId: string): Promise<void> {
    const sent = await this.expectSuccess(this.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }));
    const code = await this.codeOf(sent.body.id);
    const path = `/v1/calls/${callId}/verifications/${sent.body.id}/attempts`;
    const answer = await this.expectSuccess(this.post('agent', path, { code }));
    if (answer.body.accepted !== true) throw new Error('the code was not accepted');
  }

  /** The code in the newest message about this code, as it arrived. */
  async codeOf(codeId: string): Promise<string> {
    const message = await this.message('code_id', codeId);
    // Spoken ones come digit by digit.
    const code = /\b\d{6,8}\b/.exec(message.body.replaceAll(/(?<=\b\d), (?=\d\b)|(?<=\d) (?=\d)/g, ''));
    if (code === null) throw new Error(`no code in: ${message.body}`);
    return code[0];
  }

  /** Until it was found out where each verification goes, or that it goes nowhere. */
  addressed(): Promise<void> {
    return this.#done("SELECT FROM graphile_worker.jobs WHERE task_identifier = 'address_code'");
  }

  /** Until nothing is left to send. */
  sent(): Promise<void> {
    return this.#done('SELECT FROM graphile_worker.jobs');
  }

  async #done(left: string): Promise<void> {
    for (let wait = 0; wait < 2_000; wait += 1) {
      if ((await this.owner.query(left)).rowCount === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error('the queue is not empty');
  }

  /** The newest message that arrived, by a column of `messages`. */
  async message(
    column: 'code_id' | 'person_id',
    value: string,
    template?: string,
  ): Promise<{ readonly body: string; readonly link: string | null; readonly subject: string | null }> {
    for (let wait = 0; wait < 200; wait += 1) {
      const { rows } = await this.owner.query<{ body: string; link: string | null; subject: string | null }>(
        `SELECT i.body, i.link, i.subject FROM messages m JOIN demo_inbox i ON i.message_id = m.id
         WHERE m.${column} = $1 AND ($2::text IS NULL OR m.template = $2)
           AND m.id = (SELECT n.id FROM messages n WHERE n.${column} = $1 AND ($2::text IS NULL OR n.template = $2)
             ORDER BY n.queued_at DESC, n.code_counter DESC NULLS LAST LIMIT 1)`,
        [value, template ?? null],
      );
      if (rows[0] !== undefined) return rows[0];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('no message arrived');
  }

  /** The letter about an assisted session, as if its time had come. */
  async assistedLetter(sessionId: string): Promise<{ body: string; link: string | null; subject: string | null }> {
    const { rows } = await this.owner.query<{ id: string }>(
      "SELECT id FROM messages WHERE template = 'assisted' AND parameters->>'sessionId' = $1",
      [sessionId],
    );
    await this.owner.query(
      `SELECT graphile_worker.add_job('send_message', json_build_object('messageId', $1::text), job_key => 'message:' || $1::text)`,
      [rows[0]?.id],
    );
    const sent = 'SELECT body, link, subject FROM demo_inbox WHERE message_id = $1';
    for (let wait = 0; wait < 400; wait += 1) {
      const found = await this.owner.query<{ body: string; link: string | null; subject: string | null }>(sent, [
        rows[0]?.id,
      ]);
      if (found.rows[0] !== undefined) return found.rows[0];
      const { rows: states } = await this.owner.query<{ state: string }>('SELECT state FROM messages WHERE id = $1', [
        rows[0]?.id,
      ]);
      if (states[0]?.state === 'dropped') return { body: '', link: null, subject: 'dropped' };
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('no letter');
  }

  /** Asks the holder and answers with the right code, as the agent types it. */
  async confirm(
    callId: string,
    actions: readonly { name: string; properties?: Record<string, unknown> }[],
  ): Promise<void> {
    const asked = await this.expectSuccess(this.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
    for (const { id } of asked.body.confirmations) {
      const code = await this.codeOf(id);
      const answer = await this.post('agent', `/v1/confirmations/${id}/attempts`, { code, call_id: callId, actions });
      if (answer.body.accepted !== true) throw new Error(`not accepted: ${JSON.stringify(answer.body)}`);
    }
  }
}
