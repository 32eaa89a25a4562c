import { randomUUID } from 'node:crypto';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';

import { bindingOf, deriveCode } from '../../src/codes/code-derivation.ts';
import { CodeLinks } from '../../src/codes/code-links.service.ts';
import type { Code } from '../../src/codes/code.ts';
import { CodesService } from '../../src/codes/codes.service.ts';
import { KeyRing } from '../../src/crypto/key-ring.ts';
import { acceptanceCode } from '../../src/mandates/acceptance-code.ts';
import { MandatesRepository } from '../../src/mandates/mandates.repository.ts';
import { wrong } from '../support/asking.ts';
import type { Answer, Desk } from '../support/desk.ts';
import type { FrozenClock } from './frozen-clock.ts';
import {
  type Action,
  ACTIONS,
  type Attempted,
  type Contract,
  CONTRACTS,
  type DecisionView,
  type MandateView,
  type Refused,
  type Scope,
  type Side,
  type Terms,
} from './reference.ts';

/** Which of the two instances is asked. */
export type Instance = 0 | 1;

/** Real ones for the caller's network to show: reserved for fiction, and one for each world. */
const PHONES = ['+49 30 23125', '+49 69 90009', '+49 40 66969', '+49 89 99998'].flatMap((prefix) =>
  Array.from({ length: 999 }, (_, at) => `${prefix} ${String(at + 1).padStart(3, '0')}`),
);
const HOLDER_PHONE = '+44 7700 900101';

/** The service, spoken to in the words of the reference: two instances, on a clock that stands still. */
export class Real {
  private static worlds = 0;
  readonly mandates: string[] = [];
  readonly codes: string[] = [];
  readonly calls: string[] = [];

  private constructor(
    private readonly desks: readonly [Desk, Desk],
    private readonly clock: FrozenClock,
    private readonly world: string,
    private readonly phone: string,
  ) {}

  /** New people and contracts: what an earlier world did to its own can't reach them. */
  static async begin(desks: readonly [Desk, Desk], clock: FrozenClock): Promise<Real> {
    await clock.set(clock.start);
    const number = Real.worlds;
    Real.worlds += 1;
    const phone = PHONES[number];
    if (phone === undefined) throw new Error(`one run holds ${PHONES.length} worlds, shrinking included`);
    const world = `W${number}`;
    const real = new Real(desks, clock, world, phone);
    const [desk] = desks;
    await patiently(() => desk.person(real.ref('holder'), { phone: HOLDER_PHONE }));
    await patiently(() => desk.person(real.ref('proxy'), { phone }));
    for (const one of CONTRACTS) await patiently(() => desk.contract(real.contract(one), [real.ref('holder')]));
    return real;
  }

  moveClock(at: number): Promise<void> {
    return this.clock.set(at);
  }

  // --- mandates ------------------------------------------------------------------------------------------------------

  async grant(
    at: Instance,
    form: 'portal' | 'letter' | 'oral',
    terms: Terms,
    startsAt: number,
    endsAt: number,
    call: number | null,
  ): Promise<MandateView | Refused> {
    const body = {
      holder: this.ref('holder'),
      proxy: this.ref('proxy'),
      scopes: terms.scopes,
      contracts: terms.contracts.map((one) => this.contract(one)),
      starts_at: new Date(startsAt).toISOString(),
      ends_at: new Date(endsAt).toISOString(),
      form,
      ...(call === null ? {} : { call_id: this.calls[call] }),
    };
    const answer = await this.desks[at].post(form === 'oral' ? 'agent' : 'crm', '/v1/mandates', body);
    if (answer.status === 201) this.mandates.push(answer.body.id);
    return this.mandateOf(answer);
  }

  /** @param which the code as it is now, as it was for the first terms, or another one */
  async accept(at: Instance, mandate: number, which: 'now' | 'first' | 'wrong') {
    const { app } = this.desks[at].api;
    const { manager } = app.get(DataSource);
    const record = await patiently(() => find(app, MandatesRepository).find(manager, this.mandates[mandate] ?? ''));
    // What waits for nobody has no code: whatever is typed is refused.
    const keyId = record?.acceptanceKeyId;
    const terms = which === 'first' ? { termsRevision: 1 } : {};
    const code =
      record === null || typeof keyId !== 'string' || which === 'wrong'
        ? '2222-2222'
        : acceptanceCode(find(app, KeyRing), { ...record, ...terms, keyId });
    const answer = await this.desks[at].post('crm', `${this.mandate(mandate)}/acceptance`, { code });
    return refusedOr(answer, ({ accepted, tries_left: triesLeft }) => ({ accepted, triesLeft }));
  }

  async end(at: Instance, mandate: number, verb: 'withdraw' | 'renounce' | 'refuse', isSilent: boolean) {
    const body = verb === 'withdraw' ? { silent: isSilent } : {};
    return this.mandateOf(await this.desks[at].post('crm', `${this.mandate(mandate)}/${verb}`, body));
  }

  async switch(at: Instance, mandate: number, verb: 'suspend' | 'resume') {
    return this.mandateOf(await this.desks[at].post('crm', `${this.mandate(mandate)}/${verb}`));
  }

  async change(
    at: Instance,
    mandate: number,
    seen: number,
    { scopes, contracts, endsAt }: Partial<Terms> & { readonly endsAt?: number | undefined },
    form: 'portal' | 'letter' | null,
  ): Promise<MandateView | Refused> {
    const body = {
      ...(scopes === undefined ? {} : { scopes }),
      ...(contracts === undefined ? {} : { contracts: contracts.map((one) => this.contract(one)) }),
      ...(endsAt === undefined ? {} : { ends_at: new Date(endsAt).toISOString() }),
      ...(form === null ? {} : { form }),
    };
    const headers = { 'if-match': `"${seen}"` };
    return this.mandateOf(await this.desks[at].send('crm', 'PATCH', this.mandate(mandate), body, headers));
  }

  async lookAtMandate(at: Instance, mandate: number): Promise<MandateView | Refused> {
    return this.mandateOf(await this.desks[at].get('crm', this.mandate(mandate)));
  }

  async block(at: Instance): Promise<void> {
    const body = { holder: this.ref('holder'), caller: this.ref('proxy') };
    refusedOr(await this.desks[at].post('crm', '/v1/blocks', body), () => undefined);
  }

  async unblock(at: Instance): Promise<void> {
    const desk = this.desks[at];
    const list = await desk.get('crm', `/v1/blocks?holder=${this.ref('holder')}`);
    if (list.status === 503) throw new Busy();
    for (const { id } of list.body.blocks ?? []) {
      refusedOr(await desk.send('crm', 'DELETE', `/v1/blocks/${id}`), () => undefined);
    }
  }

  // --- calls and checks ----------------------------------------------------------------------------------------------

  async open(at: Instance, contract: Contract, claim: Side, how: 'number' | 'nothing'): Promise<void> {
    const number = claim === 'proxy' && how === 'number' ? { number: this.phone } : {};
    const answer = await this.desks[at].open(this.contract(contract), { as: claim, ...number });
    refusedOr(answer, ({ call }) => this.calls.push(call.id));
  }

  async hangUp(at: Instance, call: number): Promise<void> {
    refusedOr(await this.desks[at].post('agent', `/v1/calls/${this.calls[call]}/end`), () => undefined);
  }

  async check(
    at: Instance,
    call: number,
    actions: readonly Action[],
    purpose: 'advise' | 'execute',
  ): Promise<readonly DecisionView[] | Refused> {
    const asked = actions.map((action) => askedOf(action));
    const answer = await this.desks[at].check(this.calls[call] ?? '', asked, purpose);
    return refusedOr(answer, ({ decisions }) =>
      (decisions as Answer['body'][]).map(({ outcome, reason, valid_until, execution_id }) => {
        if ((execution_id !== undefined) !== (purpose === 'execute' && outcome === 'permit')) {
          throw new Error(`${purpose} was answered ${outcome} with execution ${execution_id}`);
        }
        return { outcome, reason, validUntil: Date.parse(valid_until) };
      }),
    );
  }

  /** How often anything was done in this world. */
  async executions(): Promise<number> {
    const { rows } = await this.desks[0].owner.query<{ count: number }>(
      'SELECT count(*)::integer AS count FROM executions WHERE call_id = ANY ($1)',
      [this.calls],
    );
    return rows[0]?.count ?? 0;
  }

  // --- codes ---------------------------------------------------------------------------------------------------------

  async askAboutAction(at: Instance, call: number, action: Action) {
    const body = { actions: [askedOf(action)] };
    const answer = await this.desks[at].post('agent', `/v1/calls/${this.calls[call]}/confirmations`, body);
    return this.asked(answer, answer.body.confirmations?.[0]);
  }

  async askAboutMandate(at: Instance, mandate: number) {
    const answer = await this.desks[at].post('crm', `${this.mandate(mandate)}/confirmations`);
    return this.asked(answer, answer.body);
  }

  async askCaller(at: Instance, call: number) {
    const answer = await this.desks[at].post('agent', `/v1/calls/${this.calls[call]}/verifications`, {
      method: 'code',
    });
    // Its turn has come before anything else happens: the queue goes by another clock than this story.
    if (answer.status === 201) await find(this.desks[at].api.app, CodesService).address(answer.body.id, 0);
    return this.asked(answer, answer.body);
  }

  /**
   * @param which what was sent last, what was sent before that, another one, or the right one for another action
   */
  async attempt(
    at: Instance,
    index: number,
    which: 'right' | 'old' | 'wrong' | 'elsewhere',
  ): Promise<Attempted | Refused> {
    const code = await this.row(at, index);
    const ring = find(this.desks[at].api.app, KeyRing);
    const counter = which === 'old' ? code.counter - 1 : code.counter;
    const isSent = code.contactPointId !== null && counter >= 0;
    const value = isSent ? deriveCode(ring, bindingOf(code), { ...code, counter }) : '000000';
    return this.attempted(at, code, which === 'wrong' ? wrong(value) : value, which === 'elsewhere');
  }

  private async attempted(at: Instance, code: Code, value: string, isElsewhere: boolean): Promise<Attempted | Refused> {
    const desk = this.desks[at];
    const path = `/v1/confirmations/${code.id}/attempts`;
    const about = isElsewhere ? ['contract.renew'] : code.actions.map(({ name }) => name);
    const actions = about.map((name) => ({ name, properties: propertiesOf(name) }));
    const answer = await (code.purpose === 'verification'
      ? desk.post('agent', `/v1/calls/${code.callId}/verifications/${code.id}/attempts`, { code: value })
      : code.purpose === 'mandate'
        ? desk.post('crm', path, { code: value, ...(isElsewhere ? { actions } : {}) })
        : desk.post('agent', path, { code: value, call_id: code.callId, actions }));
    return refusedOr(answer, ({ accepted, state, tries_left: triesLeft }) => ({ accepted, state, triesLeft }));
  }

  /** On the page behind the message, as its reader does. */
  async decline(at: Instance, index: number, alsoBlock: boolean): Promise<{ done: true } | Refused> {
    const { app, url } = this.desks[at].api;
    const page = new URL(find(app, CodeLinks).of(await this.row(at, index))).pathname;
    const { status } = await fetch(`${url}${page}/no`, {
      method: 'POST',
      body: new URLSearchParams({ block: alsoBlock ? 'yes' : 'no' }),
      redirect: 'manual',
    });
    if (status === 303) return { done: true };
    if (status === 404) return { error: 'not_found' };
    if (status === 503) throw new Busy();
    throw new Error(`the page answered ${status}`);
  }

  async resend(at: Instance, index: number) {
    const answer = await this.desks[at].post('crm', `/v1/confirmations/${this.codes[index]}/resend`);
    return refusedOr(answer, ({ expires_at }) => ({ expiresAt: Date.parse(expires_at) }));
  }

  async cancel(at: Instance, index: number): Promise<{ done: true } | Refused> {
    const answer = await this.desks[at].post('crm', `/v1/confirmations/${this.codes[index]}/cancel`);
    return refusedOr(answer, () => ({ done: true as const }));
  }

  async lookAtCode(at: Instance, index: number) {
    const answer = await this.desks[at].get('crm', `/v1/confirmations/${this.codes[index]}`);
    return refusedOr(answer, ({ state, tries_left: triesLeft, expires_at }) => ({
      state,
      triesLeft,
      expiresAt: Date.parse(expires_at),
    }));
  }

  private asked(answer: Answer, code: Answer['body']): { expiresAt: number } | Refused {
    return refusedOr(answer, () => {
      this.codes.push(code.id);
      return { expiresAt: Date.parse(code.expires_at) };
    });
  }

  private async row(at: Instance, index: number): Promise<Code> {
    const { app } = this.desks[at].api;
    const { manager } = app.get(DataSource);
    const code = await patiently(() => find(app, CodesService).find(manager, this.codes[index] ?? ''));
    if (code === null) throw new Error('a code went away');
    return code;
  }

  private mandateOf(answer: Answer): MandateView | Refused {
    return refusedOr(answer, (body) => ({
      state: body.state,
      ending: body.ending,
      isSilent: body.is_silent,
      revision: body.revision,
      startsAt: Date.parse(body.starts_at),
      endsAt: Date.parse(body.ends_at),
      askedEndsAt: momentOf(body.asked_ends_at),
      acceptBefore: momentOf(body.accept_before),
      strength: body.strength.level,
      until: momentOf(body.strength.until),
      scopes: body.scopes.map(({ scope }: { scope: Scope }) => scope).toSorted(),
      contracts: body.contracts.map((ref: string) => CONTRACTS.find((one) => this.contract(one) === ref)).toSorted(),
    }));
  }

  private ref(side: Side): string {
    return `${this.world}-${side}`;
  }

  private contract(contract: Contract): string {
    return `${this.world}-${contract}`;
  }

  private mandate(index: number): string {
    return `/v1/mandates/${this.mandates[index] ?? randomUUID()}`;
  }
}

/** Too much was going on. Nobody knows whether it was done: the story can't go on. */
export class Busy extends Error {}

function refusedOr<T>({ status, body }: Answer, read: (body: Answer['body']) => T): T | Refused {
  if (status < 300) return read(body);
  if (status === 503) throw new Busy();
  // Whatever it is, it is compared: a 5xx is no answer of the reference.
  return { error: body.code };
}

/** What changes nothing, or the same when it is done twice, can be tried again. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 5; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

function askedOf(action: Action): { readonly name: string; readonly properties: Record<string, unknown> } {
  return { name: ACTIONS[action].name, properties: { ...ACTIONS[action].properties } };
}

function propertiesOf(name: string): Readonly<Record<string, unknown>> {
  return Object.values(ACTIONS).find((one) => one.name === name)?.properties ?? {};
}

function momentOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}

function find<T>(app: NestFastifyApplication, what: abstract new (...all: never[]) => T): T {
  return app.get<T>(what, { strict: false });
}
