import { generateSync } from 'otplib';
import type { Answer } from '../support/desk.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { until } from '../support/until.ts';
import { type Me, Visitor } from '../support/visitor.ts';
import type { Pair, World } from './world.ts';

/** Used up slowly, as signing in costs the most. */
const USES = 8;

/** A holder and their proxy, with a mandate and a contract, who are signed in at their own pages. */
export class Household {
  uses = 0;

  private constructor(
    private readonly world: World,
    readonly pair: Pair,
    readonly mandateId: string,
    readonly holder: string,
    readonly proxy: string,
  ) {}

  static async at(world: World): Promise<Household> {
    const { pair, id } = await world.activeMandate();
    const holder = await signIn(world, pair.holderEmail);
    const proxy = await signIn(world, pair.proxyEmail);
    return new Household(world, pair, id, holder, proxy);
  }

  get isUsedUp(): boolean {
    return this.uses >= USES;
  }

  strengthen(): Promise<void> {
    return this.world.strengthen(this.pair.holder);
  }

  /** What they asked for before, which has to succeed. */
  async ask(token: string, method: string, path: string, body?: unknown): Promise<Answer['body']> {
    await this.world.forgetBudgets();
    return (await this.world.desk.expectSuccess(this.as(token).send(method, path, body))).body;
  }

  as(token: string): Me {
    return new Visitor(this.world.desk).as(token);
  }

  /** A mandate that the holder gives somebody new, and that waits to be accepted. Its code for that, too. */
  async given(): Promise<{ readonly id: string; readonly code: string; readonly phone: string }> {
    await this.strengthen();
    const phone = this.world.phone();
    const { id } = await this.ask(this.holder, 'POST', '/v1/me/mandates', this.wish(phone));
    const { code } = await this.ask(this.holder, 'GET', `/v1/me/mandates/${id}/acceptance-code`);
    this.world.learn('mandates', id);
    this.world.learn('codes', code);
    return { id, code, phone };
  }

  /** What somebody fills in who gives a mandate. */
  wish(phone: string): Record<string, unknown> {
    const proxy = { name: this.world.name(), contact: { kind: 'phone', value: phone } };
    return { proxy, scopes: ['billing'], contracts: [this.pair.contract] };
  }

  /** An app of the holder: its secret shows digits. */
  async app(): Promise<string> {
    await this.strengthen();
    const { otpauth_uri: uri } = await this.ask(this.holder, 'POST', '/v1/me/authenticator');
    return new URL(uri).searchParams.get('secret') ?? '';
  }

  async confirmedApp(): Promise<string> {
    const secret = await this.app();
    await this.ask(this.holder, 'POST', '/v1/me/authenticator/confirmation', { code: digits(secret) });
    // A step is taken once.
    await this.world.desk.owner.query('UPDATE authenticators SET last_step = last_step - 10 WHERE ended_at IS NULL');
    return digits(secret);
  }

  async passkey(): Promise<SoftwarePasskey> {
    await this.strengthen();
    const device = this.device();
    const { options } = await this.ask(this.holder, 'POST', '/v1/me/passkeys/questions');
    await this.ask(this.holder, 'POST', '/v1/me/passkeys', { credential: device.add(options) });
    return device;
  }

  device(): SoftwarePasskey {
    const { origin, hostname } = new URL(this.world.desk.api.config.publicUrl);
    return new SoftwarePasskey({ origin, rpId: hostname });
  }

  /** Something that an agent asks the holder of while the proxy is on the line. */
  async asked(): Promise<string> {
    const { body } = await this.world.desk.expectSuccess(
      this.world.desk.open(this.pair.contract, { number: this.pair.proxyPhone }),
    );
    await this.world.provePossession(body.call.id);
    await this.world.forgetBudgets();
    const wanted = { actions: [{ name: 'contract.terminate' }] };
    const path = `/v1/calls/${body.call.id}/confirmations`;
    const answer = await this.world.desk.expectSuccess(this.world.desk.post('agent', path, wanted));
    return answer.body.confirmations[0].id;
  }

  /** A contact point of the holder's that waits for its codes. */
  async change(): Promise<string> {
    await this.strengthen();
    const wish = { kind: 'email', value: `nieuw.${this.world.next()}@example.nl` };
    return (await this.ask(this.holder, 'POST', '/v1/me/contact-changes', wish)).id;
  }

  /** A mandate that the proxy asks for, as it stands at the holder's. */
  async request(): Promise<string> {
    const wish = { holder: this.pair.holder, contracts: [this.pair.contract], scopes: ['faults'] };
    await this.ask(this.proxy, 'POST', '/v1/me/mandate-requests', wish);
    // It is addressed after the answer. The queue is never empty here: only this is waited for.
    let id = '';
    await until(async () => {
      id = (await this.ask(this.holder, 'GET', '/v1/me/asked'))[0]?.id ?? '';
      return id !== '';
    }, 20_000);
    return id;
  }

  async pointId(): Promise<string> {
    const { contact_points: points } = await this.ask(this.holder, 'GET', '/v1/me/ways');
    return points.find(({ kind }: { kind: string }) => kind === 'phone').id;
  }
}

/** What an app shows now. */
export function digits(secret: string): string {
  return generateSync({ strategy: 'totp', secret });
}

/**
 * By a code that arrives at an address, of which there are enough; the session then counts as one by phone. Answers its token.
 */
export async function signIn(world: World, email: string): Promise<string> {
  await world.forgetBudgets();
  const visitor = new Visitor(world.desk);
  const { id } = await visitor.ask(email);
  const { body } = await visitor.attempt(id, await world.desk.codeOf(id));
  if (body.accepted !== true) throw new Error('not signed in');
  await world.desk.owner.query('UPDATE sessions SET strength = 2 WHERE id = $1', [body.session.id]);
  return body.token;
}
