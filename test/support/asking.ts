import { type Answer, type Asked, type Desk } from './desk.ts';

export const HOLDER_PHONE = '+44 7700 900101';
export const PROXY_PHONE = '+44 7700 900102';

export interface AskedAction {
  readonly name: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export const TERMINATE: AskedAction = { name: 'contract.terminate' };
export const PLAN: AskedAction = { name: 'payment.plan', properties: { amount: 250.5, months: 6 } };

/** What an attempt names; what is left out is as it was asked. */
export interface Try {
  readonly callId?: string;
  readonly actions?: readonly AskedAction[];
  readonly agent?: string;
}

/** Hanna holds C-1, Willem may act for her: everything that a code to her is about. */
export class Asking {
  private constructor(
    readonly desk: Desk,
    readonly holderId: string,
    readonly proxyId: string,
    readonly mandate: { readonly id: string; readonly ref: string },
  ) {}

  static async at(desk: Desk, language = 'nl'): Promise<Asking> {
    const holderId = await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER_PHONE, language });
    const proxyId = await desk.person('P-2', { name: 'Willem Verzonnen', phone: PROXY_PHONE });
    await desk.contract('C-1', ['P-1']);
    const scopes = ['billing', 'subscription', 'sim_and_number'];
    return new Asking(desk, holderId, proxyId, await desk.mandate('P-1', 'P-2', scopes, ['C-1']));
  }

  /** An open call in which Willem was identified, by a code to his own number. */
  async call(agent = 'A-1'): Promise<string> {
    const opened = await this.desk.expectSuccess(this.desk.open('C-1', { mandateRef: this.mandate.ref, agent }));
    const { id } = opened.body.call;
    await this.desk.owner.query(
      `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at)
       VALUES (gen_random_uuid(), $1, $2, 'code', 'sms', now())`,
      [id, this.proxyId],
    );
    return id;
  }

  /** Asks Hanna; answers the code's id. */
  async ask(callId: string, actions: readonly AskedAction[] = [PLAN]): Promise<string> {
    const path = `/v1/calls/${callId}/confirmations`;
    const { body } = await this.desk.expectSuccess(this.desk.post('agent', path, { actions }));
    return body.confirmations[0].id;
  }

  /** Asked in a new call, with the code that arrived. Earlier sends and failures are made long ago first. */
  async fresh(
    actions: readonly AskedAction[] = [PLAN],
  ): Promise<{ readonly callId: string; readonly id: string; readonly code: string }> {
    await this.forgetBudgets();
    const callId = await this.call();
    const id = await this.ask(callId, actions);
    return { callId, id, code: await this.desk.codeOf(id) };
  }

  attempt(id: string, code: string, callId: string, { actions = [PLAN], agent = 'A-1', ...other }: Try = {}) {
    const path = `/v1/confirmations/${id}/attempts`;
    const body = { code, call_id: other.callId ?? callId, actions };
    return this.desk.post('agent', path, body, { 'mandaat-agent': agent });
  }

  get(id: string): Promise<Answer> {
    return this.desk.get('crm', `/v1/confirmations/${id}`);
  }

  decide(callId: string, { name, properties = {} }: AskedAction, purpose: 'advise' | 'execute' = 'advise') {
    const asked: Asked = { name, properties };
    return this.desk.decide(callId, asked, purpose);
  }

  /** The path of the page behind the newest message about this code. */
  async page(id: string): Promise<string> {
    const { link } = await this.desk.message('code_id', id);
    if (link === null) throw new Error('the message has no link');
    return new URL(link).pathname;
  }

  /** Two days go by, for the budgets alone. */
  async forgetBudgets(): Promise<void> {
    await this.desk.owner.query("UPDATE code_budget_entries SET at = at - interval '2 days'");
  }

  /** Sends and failures that count today. */
  async used(kind: 'send' | 'failure', personId = this.holderId): Promise<number> {
    const { rows } = await this.desk.owner.query<{ count: number }>(
      `SELECT count(*)::int FROM code_budget_entries WHERE person_id = $1 AND kind = $2 AND at > now() - interval '1 day'`,
      [personId, kind],
    );
    return rows[0]?.count ?? 0;
  }

  async useUp(kind: 'send' | 'failure', count: number, ago: string, personId = this.holderId): Promise<void> {
    await this.desk.owner.query(
      `INSERT INTO code_budget_entries (person_id, kind, code_id, at)
       SELECT $1, $2, gen_random_uuid(), now() - $3::interval FROM generate_series(1, $4)`,
      [personId, kind, ago, count],
    );
  }

  /** How often the audit tells this of a code. */
  async recorded(codeId: string, kind: string): Promise<number> {
    const { rows } = await this.desk.owner.query<{ count: number }>(
      `SELECT count(*)::int FROM audit_records WHERE kind = $2 AND body::jsonb ->> 'codeId' = $1`,
      [codeId, kind],
    );
    return rows[0]?.count ?? 0;
  }
}

/** A code of the same length that is another one. */
export function wrong(code: string, by = 1): string {
  const next = (BigInt(code) + BigInt(by)) % 10n ** BigInt(code.length);
  return next.toString().padStart(code.length, '0');
}
