import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { generateSync } from 'otplib';
import { CheckpointService } from '../../src/audit/checkpoint.service.ts';
import type { KeyScope } from '../../src/auth/principal.ts';
import { stylesheetPath } from '../../src/pages/stylesheet.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { agentRecipes } from './agent-recipes.ts';
import { authzenRecipes } from './authzen-recipes.ts';
import { canaryRecipes } from './canary-recipes.ts';
import { signIn } from './household.ts';
import { legalRecipes } from './legal-recipes.ts';
import { ownRecipes } from './own-recipes.ts';
import { POLICY, policyRecipes } from './policy-recipes.ts';
import { representingRecipes } from './representing-recipes.ts';
import { webhookRecipes } from './webhook-recipes.ts';

/** A request that should succeed, before anything is done to it. */
export interface Recipe {
  readonly scope: KeyScope | 'person' | 'none' | null;
  /** Of who is signed in, or a key of their own; left out, the scope's. */
  readonly token?: string;
  /** Values of the path's parameters. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text goes out as it is. */
  readonly body?: unknown;
  readonly type?: string;
}

/** The token of an employee who signed in with this role. */
export type Staff = (agentRef: string, role: string) => Promise<string>;

/** Names of what a client knows: each is a list that grows while the service answers. */
export const POOLS = [
  'people',
  'contracts',
  'agents',
  'calls',
  'mandates',
  'mandateRefs',
  'confirmations',
  'verifications',
  'requests',
  'blocks',
  'hashes',
  'scopes',
  'actions',
  'codes',
  'phones',
  'own',
  'files',
] as const;
export type Pool = (typeof POOLS)[number];

/** Which pool a field of this name comes from, in requests and in answers. */
export const POOL_OF: Readonly<Record<string, Pool>> = {
  crm_ref: 'people',
  holder: 'people',
  proxy: 'people',
  caller: 'people',
  holders: 'people',
  contract_ref: 'contracts',
  contracts: 'contracts',
  agent_ref: 'agents',
  'Mandaat-Agent': 'agents',
  call_id: 'calls',
  mandate_ref: 'mandateRefs',
  mandate_id: 'mandates',
  after: 'mandates',
  confirmation_id: 'confirmations',
  verification_id: 'verifications',
  request_id: 'requests',
  attestation_id: 'files',
  hash: 'hashes',
  scopes: 'scopes',
  code: 'codes',
  totp: 'codes',
  calling_number: 'phones',
  contact_point_id: 'own',
  entry_id: 'own',
  incident_id: 'files',
};

/** What the run calls its people; no answer to an agent, no problem and no log may hold it. */
export const CANARY_NAME = 'Kanariana';
const CANARY_RANGES = ['49221 4710', '4969 90009', '4940 66969', '4989 99998'];
/** Its numbers without blanks, and without the country. */
export const CANARY_DIGITS: readonly string[] = CANARY_RANGES.map((range) => range.replace(/^49/, '').replace(' ', ''));
export const CANARY_STREET = 'Kanariekade';
/** Stands in what agents write down, which they may read again. In no problem and no log either. */
export const CANARY_NOTE = 'Kanarienotitie';

const MOST = 400;
/** Used up slowly, so that most requests need no preparation of their own. */
const USES = 8;
const SESSION_USES = 60;
/** People are registered in lots. */
const STOCK = 150;
/** Of each lot, these are known to every request, which may change them. */
const KNOWN_PAIRS = 20;
const AGO = '2020-01-01T00:00:00Z';

export interface Pair {
  readonly holder: string;
  readonly holderEmail: string;
  readonly proxy: string;
  readonly contract: string;
  readonly proxyPhone: string;
  readonly proxyEmail: string;
}

/** A desk with people on it, and what a client that works there has learnt. */
export class World {
  readonly known: Readonly<Record<Pool, string[]>> = Object.fromEntries(
    POOLS.map((pool) => [pool, []]),
  ) as unknown as Record<Pool, string[]>;
  private serial = 0;
  /** Another world at the same desk has other people. */
  private readonly tag = randomUUID().slice(0, 4);
  private readonly pairs: Pair[] = [];
  private stock: Promise<void> | null = null;
  private proven: Promise<string> | null = null;
  private signedIn: { readonly token: string; uses: number } | null = null;
  private open: { pair: Pair; mandateId: string; callId: string; uses: number } | null = null;

  private constructor(
    readonly desk: Desk,
    readonly staff: Staff,
  ) {}

  static async at(desk: Desk, staff: Staff): Promise<World> {
    const world = new World(desk, staff);
    world.learn('agents', 'A-1', 'A-2');
    const { body } = await desk.get('crm', '/v1/policies/current');
    world.learn('hashes', body.hash);
    world.learn('scopes', ...body.scopes.map(({ name }: { name: string }) => name));
    world.learn('actions', ...body.actions.map(({ name }: { name: string }) => name));
    world.learn('codes', '123456', '00000000');
    return world;
  }

  learn(pool: Pool, ...values: readonly unknown[]): void {
    const list = this.known[pool];
    for (const value of values) {
      if (typeof value !== 'string' || value === '' || list.includes(value)) continue;
      list.push(value);
      if (list.length > MOST) list.shift();
    }
  }

  /** One of what is known, whichever number is asked for. */
  one(pool: Pool, index: number): string {
    const list = this.known[pool];
    return list[index % Math.max(1, list.length)] ?? '11111111-2222-4333-8444-555555555555';
  }

  /** Everything that an answer tells, for later requests. */
  learnFrom(template: string, body: unknown): void {
    if (typeof body !== 'object' || body === null) return;
    for (const [name, value] of Object.entries(body)) {
      const pool = name === 'id' ? idPool(template) : POOL_OF[name];
      if (pool !== undefined) this.learn(pool, ...[value].flat());
      if (typeof value === 'object') this.learnFrom(name === 'call' ? '/v1/calls' : template, value);
    }
  }

  hasRecipe(route: string): boolean {
    return route in this.recipes;
  }

  /** What an agent, an admin or a CRM would send on this route when all is well. */
  async recipe(route: string): Promise<Recipe | null> {
    const make = this.recipes[route];
    return make === undefined ? null : this.persist(make);
  }

  /**
   * Other requests may have ended the call that is shared, answered its code, or changed the policy, or the people whom they know
   * of: these run out.
   */
  private async persist<Made>(make: () => Promise<Made>): Promise<Made> {
    for (let left = KNOWN_PAIRS; ; left -= 1) {
      try {
        return await make();
      } catch (error) {
        if (left === 0) throw error;
        this.open = null;
        await this.restorePolicy();
      }
    }
  }

  /** The policy that everything else needs. */
  async restorePolicy(): Promise<void> {
    await this.desk.post('admin', '/v1/policies', { document: POLICY });
  }

  next(): number {
    this.serial += 1;
    return this.serial;
  }

  name(of: 'holder' | 'proxy' | 'other' = 'other'): string {
    return `${CANARY_NAME} ${{ holder: 'Houder', proxy: 'Gemachtigde', other: 'Nieuw' }[of]}`;
  }

  /** The token of somebody who is signed in and asks this and that: their requests may end their session. */
  async somebody(): Promise<string> {
    if (this.signedIn === null || this.signedIn.uses >= SESSION_USES) {
      const sign = async (): Promise<string> => {
        const { holder, holderEmail } = (await this.activeMandate()).pair;
        const token = await signIn(this, holderEmail);
        await this.strengthen(holder);
        return token;
      };
      this.signedIn = { token: await this.persist(sign), uses: 0 };
    }
    this.signedIn.uses += 1;
    return this.signedIn.token;
  }

  /** From now on this person's sessions count as much as one with two factors, which were shown just now. */
  async strengthen(ref: string): Promise<void> {
    await this.desk.owner.query(
      `UPDATE sessions SET strength = 3, proved_at = now() WHERE ended_at IS NULL
       AND person_id = (SELECT id FROM people WHERE crm_ref = $1)`,
      [ref],
    );
  }

  /** Whoever it was is not signed in any more. */
  forgetSomebody(): void {
    this.signedIn = null;
  }

  email(): string {
    return `${CANARY_NAME.toLowerCase()}.${this.tag}.${this.next()}@example.nl`;
  }

  phone(): string {
    this.serial += 1;
    const range = CANARY_RANGES[Math.floor(this.serial / 1000) % CANARY_RANGES.length] ?? '';
    const number = `+${range}${String(this.serial % 1000).padStart(3, '0')}`;
    this.learn('phones', number);
    return number;
  }

  /** Two people and a contract of the first, whom nobody used before. */
  async pair(): Promise<Pair> {
    this.stock ??= this.supply().catch((error: unknown) => {
      this.stock = null;
      throw error;
    });
    await this.stock;
    const pair = this.pairs.pop();
    if (pair !== undefined) return pair;
    this.stock = null;
    return this.pair();
  }

  private async supply(): Promise<void> {
    const lines: object[] = [];
    for (let count = 0; count < STOCK; count += 1) {
      this.serial += 1;
      const [holder, proxy, contract] = [
        `P-H${this.tag}-${this.serial}`,
        `P-P${this.tag}-${this.serial}`,
        `C-${this.tag}-${this.serial}`,
      ];
      const proxyPhone = this.phone();
      const [holderEmail, proxyEmail] = [this.email(), this.email()];
      const postal = {
        kind: 'postal',
        value: `${CANARY_STREET} ${this.serial}, 0000 XX Nergenshuizen`,
        verified_at: AGO,
      };
      const point = (value: string): object => ({ kind: 'phone', value, verified_at: AGO });
      const email = (value: string): object => ({ kind: 'email', value, verified_at: AGO });
      const person = { type: 'person', kind: 'person' };
      lines.push(
        {
          ...person,
          crm_ref: holder,
          name: this.name('holder'),
          language: 'nl',
          contact_points: [point(this.phone()), email(holderEmail), postal],
        },
        {
          ...person,
          crm_ref: proxy,
          name: this.name('proxy'),
          language: 'en',
          contact_points: [point(proxyPhone), email(proxyEmail)],
        },
        {
          type: 'contract',
          contract_ref: contract,
          joint_rule: 'any',
          holders: [holder],
          properties: { status: 'active' },
        },
      );
      this.pairs.push({ holder, holderEmail, proxy, contract, proxyPhone, proxyEmail });
    }
    const upload = (): Promise<Response> =>
      fetch(`${this.desk.api.url}/v1/imports`, {
        method: 'POST',
        headers: { authorization: this.desk.authorization('crm'), 'content-type': 'application/x-ndjson' },
        body: lines.map((line) => JSON.stringify(line)).join('\n'),
      });
    // A connection that was idle while requests were made up is closed in the moment in which it is used; an import twice is one.
    const response = await upload().catch(upload);
    const report = (await response.json()) as { imported?: number };
    if (report.imported !== lines.length) throw new Error(`not imported: ${JSON.stringify(report)}`);
    await this.desk.owner.query('UPDATE contact_points SET changed_at = $1 WHERE changed_at > $1', [AGO]);
    for (const { holder, proxy, contract } of this.pairs.slice(0, KNOWN_PAIRS)) {
      this.learn('people', holder, proxy);
      this.learn('contracts', contract);
    }
  }

  async ok(answer: Promise<Answer>): Promise<Answer['body']> {
    return (await this.desk.expectSuccess(answer)).body;
  }

  private grant(
    pair: Pair,
    scopes: readonly string[] = ['billing', 'subscription', 'faults'],
  ): Promise<Answer['body']> {
    const { holder, proxy, contract } = pair;
    const body = { holder, proxy, scopes, contracts: [contract], form: 'portal' };
    return this.ok(this.desk.post('crm', '/v1/mandates', body));
  }

  async activeMandate(): Promise<{ pair: Pair; id: string }> {
    const pair = await this.pair();
    const { id } = await this.desk.mandate(pair.holder, pair.proxy, ['billing', 'subscription'], [pair.contract]);
    this.learn('mandates', id);
    return { pair, id };
  }

  /** A call in which the proxy proved who they are; used a few times over. */
  private async call(isFresh = false): Promise<{ pair: Pair; mandateId: string; callId: string }> {
    if (!isFresh && this.open !== null && this.open.uses < USES) {
      this.open.uses += 1;
      return this.open;
    }
    const { pair, id } = await this.activeMandate();
    this.open = { pair, mandateId: id, callId: await this.openCall(pair), uses: 0 };
    return this.open;
  }

  private async openCall(pair: Pair): Promise<string> {
    const { call } = await this.ok(this.desk.open(pair.contract, { number: pair.proxyPhone }));
    await this.provePossession(call.id);
    this.learn('calls', call.id);
    return call.id;
  }

  /** One that nobody else asks anything in. */
  async ownCall(): Promise<{ pair: Pair; mandateId: string; callId: string }> {
    const made = await this.call(true);
    this.open = null;
    return made;
  }

  /** The caller typed a code that went to their own number. */
  async provePossession(callId: string): Promise<void> {
    await this.desk.owner.query(
      `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at)
       SELECT gen_random_uuid(), $1, caller_id, 'code', 'sms', now() FROM calls WHERE id = $1`,
      [callId],
    );
  }

  private async asked(): Promise<{ callId: string; id: string; mandateId: string }> {
    const { callId, mandateId } = await this.call();
    await this.forgetBudgets();
    const body = { actions: [{ name: 'contract.terminate' }] };
    const { confirmations } = await this.ok(this.desk.post('agent', `/v1/calls/${callId}/confirmations`, body));
    const [{ id }] = confirmations;
    this.learn('confirmations', id);
    return { callId, id, mandateId };
  }

  /** Something was done with which something else has to be. */
  private async owed(): Promise<{ callId: string; id: string }> {
    const pair = await this.pair();
    await this.desk.mandate(pair.holder, pair.proxy, ['faults'], [pair.contract]);
    const callId = await this.openCall(pair);
    const asked = { purpose: 'execute', actions: [{ name: 'line.test' }] };
    const { decisions } = await this.ok(this.desk.post('agent', `/v1/calls/${callId}/checks`, asked));
    const id = decisions[0].obligations[0]?.id;
    if (id === undefined) throw new Error(`nothing is owed: ${decisions[0].reason}`);
    return { callId, id };
  }

  private async codeOf(id: string): Promise<string> {
    const code = await this.desk.codeOf(id);
    this.learn('codes', code);
    return code;
  }

  private async link(): Promise<string> {
    const { id } = await this.asked();
    const { link } = await this.desk.message('code_id', id);
    return new URL(link ?? '').pathname.split('/').at(-1) ?? '';
  }

  /** A check that stands under a signed checkpoint. */
  private async prove(): Promise<string> {
    const { callId } = await this.call();
    const { id } = await this.ok(this.desk.check(callId, null));
    await this.signAudit();
    return id;
  }

  async signAudit(): Promise<void> {
    await this.desk.api.app.get(CheckpointService, { strict: false }).make();
  }

  async forgetBudgets(): Promise<void> {
    await this.desk.owner.query('DELETE FROM code_budget_entries');
  }

  /** Enrols an app; answers what it shows now. */
  private async enrolled(): Promise<{ ref: string; code: string }> {
    const { holder } = await this.pair();
    await this.forgetBudgets();
    const { otpauth_uri: uri } = await this.ok(this.desk.post('crm', `/v1/people/${holder}/authenticator`));
    const secret = new URL(uri).searchParams.get('secret') ?? '';
    return { ref: holder, code: generateSync({ strategy: 'totp', secret }) };
  }

  private person(): Record<string, unknown> {
    return {
      kind: 'person',
      name: `${CANARY_NAME} ${this.serial}`,
      language: 'nl',
      contact_points: [
        { kind: 'phone', value: this.phone(), verified_at: '2026-01-12T10:00:00+01:00' },
        { kind: 'postal', value: `${CANARY_STREET} 1, 0000 XX Nergenshuizen` },
      ],
    };
  }

  private readonly recipes: Readonly<Record<string, () => Promise<Recipe>>> = {
    ...ownRecipes(this),
    ...legalRecipes(this),
    ...webhookRecipes(this),
    ...policyRecipes(this),
    ...agentRecipes(this),
    ...canaryRecipes(this),
    ...authzenRecipes(this),
    ...representingRecipes(this),
    'GET /.well-known/jwks.json': async () => ({ scope: null }),
    'GET /.well-known/authzen-configuration': async () => ({ scope: null }),
    'GET /v1/changes': async () => ({ scope: 'crm', query: { after: 'now' } }),
    'GET /v1/audit/checkpoint-keys': async () => ({ scope: 'privacy' }),
    'POST /v1/calls/{call_id}/reverse-verification': async () => {
      const { callId } = await this.call();
      return { scope: 'agent', path: { call_id: callId } };
    },
    'GET /health/live': async () => ({ scope: null }),
    'GET /v1/audit/records/{record_id}/proof': async () => {
      this.proven ??= this.prove();
      return { scope: 'privacy', path: { record_id: await this.proven } };
    },
    'GET /health/ready': async () => ({ scope: null }),
    'PUT /v1/agents/{agent_ref}': async () => {
      this.serial += 1;
      const agent_ref = `A-F${this.serial % 50}`;
      return { scope: 'admin', path: { agent_ref }, body: { role: 'agent', team: 'Verzonnen', is_active: true } };
    },
    'GET /v1/agents/{agent_ref}': async () => ({ scope: 'admin', path: { agent_ref: 'A-1' } }),
    'PUT /v1/people/{crm_ref}': async () => {
      this.serial += 1;
      return { scope: 'crm', path: { crm_ref: `P-F${this.serial % 80}` }, body: this.person() };
    },
    'GET /v1/people/{crm_ref}': async () => {
      const { pair } = await this.call();
      return { scope: 'privacy', path: { crm_ref: pair.holder } };
    },
    'GET /v1/people/{crm_ref}/contact-points/history': async () => {
      const { pair } = await this.call();
      return { scope: 'crm', path: { crm_ref: pair.holder } };
    },
    'POST /v1/people/{crm_ref}/sign-out': async () => {
      const { holder } = await this.pair();
      return { scope: 'crm', path: { crm_ref: holder } };
    },
    'POST /v1/people/{crm_ref}/authenticator': async () => {
      const { holder } = await this.pair();
      return { scope: 'crm', path: { crm_ref: holder } };
    },
    'POST /v1/people/{crm_ref}/authenticator/confirmation': async () => {
      const { ref, code } = await this.enrolled();
      return { scope: 'crm', path: { crm_ref: ref }, body: { code } };
    },
    'DELETE /v1/people/{crm_ref}/authenticator': async () => {
      const { ref } = await this.enrolled();
      return { scope: 'crm', path: { crm_ref: ref } };
    },
    'PUT /v1/contracts/{contract_ref}': async () => {
      const { pair } = await this.call();
      this.serial += 1;
      const body = { joint_rule: 'all', holders: [pair.holder, pair.proxy], properties: { product: 'internet', n: 1 } };
      return { scope: 'crm', path: { contract_ref: `C-F${this.serial % 80}` }, body };
    },
    'GET /v1/contracts/{contract_ref}': async () => {
      const { pair } = await this.call();
      return { scope: 'admin', path: { contract_ref: pair.contract } };
    },
    'POST /v1/imports': async () => {
      this.serial += 1;
      const ref = `P-I${this.serial}`;
      if (this.serial % 2 === 0) {
        const rows = [
          'type,crm_ref,kind,name,language,phone,contract_ref,joint_rule,holders,property.product',
          `person,${ref},person,"${CANARY_NAME}, Rij",nl,${this.phone()},,,,`,
          `contract,,,,,,C-I${this.serial},any,${ref},internet`,
        ];
        return { scope: 'crm', body: rows.join('\n'), type: 'text/csv' };
      }
      const lines = [
        { type: 'person', crm_ref: ref, ...this.person() },
        { type: 'contract', contract_ref: `C-I${this.serial}`, joint_rule: 'any', holders: [ref] },
      ];
      return {
        scope: 'crm',
        body: lines.map((line) => JSON.stringify(line)).join('\n'),
        type: 'application/x-ndjson',
      };
    },
    'POST /v1/mandates': async () => {
      const { holder, proxy, contract } = await this.pair();
      return { scope: 'crm', body: { holder, proxy, scopes: ['billing'], contracts: [contract], form: 'portal' } };
    },
    'GET /v1/mandates': async () => {
      const { pair } = await this.call();
      return { scope: 'crm', query: { holder: pair.holder, limit: '10' } };
    },
    'GET /v1/mandates/{id}': async () => ({ scope: 'crm', path: { id: (await this.call()).mandateId } }),
    'PATCH /v1/mandates/{id}': async () => {
      const { id } = await this.activeMandate();
      return { scope: 'crm', path: { id }, headers: { 'if-match': '"1"' }, body: { scopes: ['billing'] } };
    },
    'POST /v1/mandates/{id}/withdraw': async () => {
      const { mandateId, callId } = await this.ownCall();
      return { scope: 'agent', path: { id: mandateId }, body: { call_id: callId } };
    },
    'POST /v1/mandates/{id}/renounce': async () => {
      const { mandateId, callId } = await this.ownCall();
      return { scope: 'agent', path: { id: mandateId }, body: { call_id: callId } };
    },
    'POST /v1/mandates/{id}/refuse': async () => {
      return { scope: 'admin', path: { id: (await this.activeMandate()).id } };
    },
    'POST /v1/mandates/{id}/suspend': async () => {
      return { scope: 'crm', path: { id: (await this.activeMandate()).id }, body: {} };
    },
    'POST /v1/mandates/{id}/resume': async () => {
      const { id } = await this.activeMandate();
      await this.ok(this.desk.post('crm', `/v1/mandates/${id}/suspend`, {}));
      return { scope: 'crm', path: { id } };
    },
    'POST /v1/mandates/{id}/confirmations': async () => {
      const { mandateId } = await this.call();
      await this.forgetBudgets();
      return { scope: 'crm', path: { id: mandateId }, body: {} };
    },
    'POST /v1/mandates/{id}/acceptance': async () => {
      const { id, holder } = await this.grant(await this.pair());
      const { rows } = await this.desk.owner.query<{ id: string }>('SELECT id FROM people WHERE crm_ref = $1', [
        holder,
      ]);
      const { body } = await this.desk.message('person_id', rows[0]?.id ?? '', 'acceptance_code');
      const [code = ''] = /\b[2-9B-Z]{4}-?[2-9B-Z]{4}\b/.exec(body.replaceAll(', ', '')) ?? [];
      this.learn('codes', code);
      return { scope: 'crm', path: { id }, body: { code } };
    },
    'POST /v1/mandates/{id}/invitation': async () => {
      const { id } = await this.grant(await this.pair());
      return { scope: 'crm', path: { id }, body: {} };
    },
    'POST /v1/blocks': async () => {
      const { holder, proxy } = await this.pair();
      return { scope: 'crm', body: { holder, caller: proxy } };
    },
    'GET /v1/blocks': async () => ({ scope: 'privacy', query: { holder: (await this.call()).pair.holder } }),
    'DELETE /v1/blocks/{id}': async () => {
      const { holder, proxy } = await this.pair();
      const { id } = await this.ok(this.desk.post('crm', '/v1/blocks', { holder, caller: proxy }));
      return { scope: 'crm', path: { id } };
    },
    'POST /v1/calls': async () => {
      const { pair } = await this.call();
      const claim = { as: 'proxy', calling_number: pair.proxyPhone, name: `${CANARY_NAME} Gemachtigde` };
      return { scope: 'agent', body: { channel: 'phone', contract_ref: pair.contract, claim, case_ref: 'CASE-1' } };
    },
    'POST /v1/calls/{call_id}/caller': async () => {
      const { pair, callId } = await this.ownCall();
      return { scope: 'agent', path: { call_id: callId }, body: { as: 'holder', calling_number: pair.proxyPhone } };
    },
    'GET /v1/calls/{call_id}': async () => ({ scope: 'agent', path: { call_id: (await this.call()).callId } }),
    'POST /v1/calls/{call_id}/checks': async () => {
      const { callId } = await this.call();
      this.serial += 1;
      const asked = { name: 'payment.plan', properties: { amount: 25.5, months: 6 } };
      const bodies = [
        {},
        { actions: [asked, { name: 'invoice.explain' }] },
        { purpose: 'execute', actions: [{ name: 'invoice.explain' }] },
        {
          purpose: 'execute',
          actions: [{ name: 'fault.report', properties: { description: `${CANARY_STREET} lekt` } }],
        },
      ];
      return { scope: 'agent', path: { call_id: callId }, body: bodies[this.serial % bodies.length] };
    },
    'GET /v1/calls/{call_id}/obligations': async () => ({
      scope: 'agent',
      path: { call_id: (await this.call()).callId },
    }),
    'POST /v1/calls/{call_id}/receipts': async () => {
      const { callId, id } = await this.owed();
      const body = { obligation_id: id, status: 'done', note: `${CANARY_NOTE} lekt` };
      return { scope: 'agent', path: { call_id: callId }, body };
    },
    'GET /v1/calls/{call_id}/statements': async () => ({
      scope: 'agent',
      path: { call_id: (await this.call()).callId },
    }),
    'POST /v1/calls/{call_id}/statements': async () => {
      // A call has a hundred at most.
      const { callId } = await this.call(true);
      this.serial += 1;
      const amount = { cents: 2995, currency: 'EUR' };
      const bodies = [
        { subject: 'price', source: 'terms', amount, crm_value: { amount } },
        { subject: 'term', source: 'crm', date: '2026-12-31', crm_value: { date: '2026-11-30' }, said_anyway: true },
        { subject: 'other', source: 'own_knowledge', text: `${CANARY_NOTE} lekt` },
      ];
      return { scope: 'agent', path: { call_id: callId }, body: bodies[this.serial % bodies.length] };
    },
    'POST /v1/calls/{call_id}/incidents': async () => {
      const { callId } = await this.call(true);
      return { scope: 'agent', path: { call_id: callId }, body: { type: 'other', text: `${CANARY_NOTE} lekt` } };
    },
    'GET /v1/agents/me/log/{call_id}': async () => ({
      scope: 'agent',
      path: { call_id: (await this.call()).callId },
    }),
    'POST /v1/calls/{call_id}/assistance': async () => ({
      scope: 'agent',
      path: { call_id: (await this.ownCall()).callId },
    }),
    'POST /v1/calls/{call_id}/end': async () => {
      const { callId } = await this.ownCall();
      return { scope: 'agent', path: { call_id: callId } };
    },
    'POST /v1/calls/{call_id}/confirmations': async () => {
      const { callId } = await this.call();
      await this.forgetBudgets();
      return { scope: 'agent', path: { call_id: callId }, body: { actions: [{ name: 'contract.terminate' }] } };
    },
    'GET /v1/confirmations/{confirmation_id}': async () => {
      return { scope: 'agent', path: { confirmation_id: (await this.asked()).id } };
    },
    'POST /v1/confirmations/{confirmation_id}/attempts': async () => {
      const { id, callId } = await this.asked();
      const body = { code: await this.codeOf(id), call_id: callId, actions: [{ name: 'contract.terminate' }] };
      return { scope: 'agent', path: { confirmation_id: id }, body };
    },
    'POST /v1/confirmations/{confirmation_id}/resend': async () => {
      return { scope: 'agent', path: { confirmation_id: (await this.asked()).id } };
    },
    'POST /v1/confirmations/{confirmation_id}/cancel': async () => {
      return { scope: 'agent', path: { confirmation_id: (await this.asked()).id } };
    },
    'POST /v1/calls/{call_id}/verifications': async () => {
      const { callId } = await this.call();
      await this.forgetBudgets();
      this.serial += 1;
      const body = this.serial % 2 === 0 ? { method: 'code' } : { method: 'totp', totp: '123 456' };
      return { scope: 'agent', path: { call_id: callId }, body };
    },
    'POST /v1/calls/{call_id}/verifications/{verification_id}/attempts': async () => {
      const { callId } = await this.call();
      await this.forgetBudgets();
      const { id } = await this.ok(this.desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }));
      this.learn('verifications', id);
      const path = { call_id: callId, verification_id: id };
      return { scope: 'agent', path, body: { code: await this.codeOf(id) } };
    },
    'GET /c/{token}': async () => ({ scope: null, path: { token: await this.link() }, query: { lang: 'en' } }),
    'POST /c/{token}': async () => {
      const { id } = await this.asked();
      const { link } = await this.desk.message('code_id', id);
      const token = new URL(link ?? '').pathname.split('/').at(-1) ?? '';
      return { scope: null, path: { token }, body: `code=${await this.codeOf(id)}`, type: FORM };
    },
    'POST /c/{token}/no': async () => {
      const token = await this.link();
      // Who is blocked can't be asked about again.
      this.open = null;
      return { scope: null, path: { token }, body: 'block=yes', type: FORM };
    },
    'GET /assets/{file}': async () => ({ scope: null, path: { file: path.basename(stylesheetPath) } }),
    'GET /docs/openapi.json': async () => ({ scope: null }),
    'GET /metrics': async () => ({ scope: null }),
    'GET /demo/inbox': async () => ({ scope: null }),
    'GET /demo/inbox.json': async () => ({ scope: null }),
  };
}

const FORM = 'application/x-www-form-urlencoded';

const FILES =
  /^\/v1\/(life-events|representations|incidents|registrations|unmaskings|canar|leaver-alarms|agents|attestations)/;

/** Which pool an `id` on this route comes from. */
export function idPool(template: string): Pool | undefined {
  if (template.endsWith('/verifications')) return 'verifications';
  if (template.includes('/confirmations')) return 'confirmations';
  if (template.startsWith('/v1/mandates') || template.startsWith('/v1/me/mandates')) return 'mandates';
  if (template.startsWith('/v1/me')) return 'own';
  if (template.startsWith('/access/v1/requests')) return 'requests';
  if (FILES.test(template)) return 'files';
  if (template.startsWith('/v1/blocks')) return 'blocks';
  if (template.startsWith('/v1/calls')) return 'calls';
  return undefined;
}
