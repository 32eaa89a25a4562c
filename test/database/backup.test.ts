import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { AuditVerifier } from '../../src/audit/audit-verifier.ts';
import { CheckpointConflictError, CheckpointFolder, readCheckpointFiles } from '../../src/audit/checkpoint-folder.ts';
import { CheckpointKeys } from '../../src/audit/checkpoint-keys.ts';
import { CheckpointService } from '../../src/audit/checkpoint.service.ts';
import { type CheckpointVerification, CheckpointVerifier } from '../../src/audit/checkpoint-verifier.ts';
import type { Config } from '../../src/config/config.ts';
import { OUTBOX_NAME } from '../../src/messages/messages.repository.ts';
import { atKeyboard, backedUp, dropCopies, restarted, restored } from '../support/backups.ts';
import { Desk } from '../support/desk.ts';
import { Visitor } from '../support/visitor.ts';
import { generateSync } from 'otplib';

const HOLDER = '+493023125701';

interface Mandate {
  readonly id: string;
  readonly ref: string;
  readonly contract: string;
  readonly phone: string;
}

/** A mandate that stays, one that is withdrawn after the backup, and one that nobody has accepted. */
interface World {
  readonly kept: Mandate;
  readonly withdrawn: Mandate;
  readonly waiting: string;
  /** A call of before the backup, with a code that nobody has typed. */
  readonly callId: string;
  readonly verificationId: string;
  readonly code: string;
  /** Of the app that the first proxy had before the backup. */
  readonly secret: string;
  /** Of a session that was open. */
  readonly token: string;
}

let folder: string;
/** The desk as it is now: each restart makes another one. */
let desk: Desk;
let world: World;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mandaat-checkpoints-'));
  desk = await Desk.open({ checkpointFolder: folder });
  world = await aWorld();
  await exportCheckpoint();
}, 180_000);

afterAll(async () => {
  await desk?.close();
  await dropCopies(desk);
  await rm(folder, { recursive: true, force: true });
});

async function aWorld(): Promise<World> {
  await desk.person('H-1', { phone: HOLDER });
  const mandates: Mandate[] = [];
  for (const [at, contract] of ['C-1', 'C-2'].entries()) {
    const phone = `+49302312571${at}`;
    await desk.person(`P-${at}`, { phone });
    await desk.contract(contract, ['H-1']);
    mandates.push({ ...(await desk.mandate('H-1', `P-${at}`, ['billing'], [contract])), contract, phone });
  }
  const [kept, withdrawn] = mandates;
  if (kept === undefined || withdrawn === undefined) throw new Error('two mandates were to be made');
  await desk.person('P-9', { phone: '+493023125719' });
  const asked = { holder: 'H-1', proxy: 'P-9', scopes: ['billing'], contracts: ['C-1'], form: 'portal' };
  const waiting = await desk.expectSuccess(desk.post('crm', '/v1/mandates', asked));
  const law = { holder: 'P-9', representative: 'P-1', kind: 'parental_authority', ends_at: '2035-01-01' };
  const evidence = {
    form: 'register',
    source: 'Voorbeeldregister',
    reference: 'R-1',
    sha256: '0'.repeat(64),
    dated_on: '2026-01-15',
  };
  const filed = await desk.expectSuccess(desk.post('agent', '/v1/representations', { ...law, evidence }));
  const approve = `/v1/representations/${filed.body.id}/approve`;
  await desk.expectSuccess(desk.post('agent', approve, {}, { 'mandaat-agent': 'A-2' }));
  const callId = await call(kept);
  const sent = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }));
  const code = await desk.codeOf(sent.body.id);
  const enrolled = await desk.expectSuccess(desk.post('crm', '/v1/people/P-0/authenticator'));
  const secret = new URL(enrolled.body.otpauth_uri).searchParams.get('secret') ?? '';
  // As after its first code, a week ago.
  await desk.owner.query('UPDATE authenticators SET confirmed_at = enrolled_at, usable_from = enrolled_at');
  const visitor = new Visitor(desk);
  const signIn = await visitor.ask(HOLDER);
  const { body } = await visitor.attempt(signIn.id, await desk.codeOf(signIn.id));
  return {
    token: body.token,
    kept,
    withdrawn,
    waiting: waiting.body.id,
    callId,
    verificationId: sent.body.id,
    code,
    secret,
  };
}

async function call({ ref, contract, phone }: Mandate): Promise<string> {
  const { body } = await desk.expectSuccess(desk.open(contract, { number: phone, mandateRef: ref }));
  return body.call.id;
}

/** What this proxy, identified anew, may have explained: the outcome of a check in a call of their own. */
async function mayBeTold(mandate: Mandate): Promise<string> {
  const callId = await call(mandate);
  await desk.identify(callId);
  return (await desk.decide(callId, 'invoice.explain')).outcome;
}

async function typeOldCode(): Promise<{ readonly status: number; readonly accepted: unknown }> {
  const { callId, verificationId, code } = world;
  const { status, body } = await desk.post('agent', `/v1/calls/${callId}/verifications/${verificationId}/attempts`, {
    code,
  });
  return { status, accepted: body.accepted };
}

/** Whether the app of the proxy who stays identifies them. */
async function showApp(): Promise<unknown> {
  const callId = await call(world.kept);
  const totp = generateSync({ strategy: 'totp', secret: world.secret });
  const path = `/v1/calls/${callId}/verifications`;
  return (await desk.expectSuccess(desk.post('agent', path, { method: 'totp', totp }))).body.state;
}

async function exportCheckpoint(): Promise<void> {
  await desk.api.app.get(CheckpointService).make();
  await desk.api.app.get(CheckpointFolder).export();
}

async function compare(): Promise<CheckpointVerification> {
  const { app, config } = desk.api;
  const keys = new CheckpointKeys(config.checkpointKeys);
  return app.get(CheckpointVerifier).verify(await readCheckpointFiles(folder), keys);
}

async function whileStopped(work: () => Promise<void>, settings: Partial<Config> = {}): Promise<void> {
  desk = await restarted(desk, work, settings);
}

async function backUp(): Promise<void> {
  desk = await backedUp(desk);
}

async function restore(): Promise<void> {
  desk = await restored(desk);
}

/** `database restored`. Answers what it printed. */
async function makeSafe(): Promise<string> {
  const { printed, failure } = await atKeyboard(desk, ['database', 'restored']);
  if (failure !== null) throw failure;
  return printed;
}

/** What the last run of it recorded beside each change. */
async function recorded(): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await desk.owner.query<{ kind: string; actor: string; body: string }>(
    `SELECT kind, actor, body FROM audit_records WHERE kind = 'database.restored' OR body LIKE '%"reason":"restored"%'
     ORDER BY chain_id, sequence`,
  );
  return rows.map(({ kind, actor, body }) => ({ ...(JSON.parse(body) as object), kind, actor }));
}

describe('Restoring a backup', () => {
  it('that has everything is whole, and fits the checkpoints that were exported', async () => {
    await backUp();
    await restore();
    expect(await desk.api.app.get(AuditVerifier).verify()).toMatchObject({ faults: [] });
    expect(await compare()).toMatchObject({ faults: [], checkpointFaults: [], checkpoints: 1 });
    expect(await mayBeTold(world.withdrawn)).toBe('permit');
  }, 180_000);

  it('that lacks the newest part looks whole by itself, and only the checkpoints show what is gone', async () => {
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${world.withdrawn.id}/withdraw`));
    expect(await mayBeTold(world.withdrawn)).not.toBe('permit');
    expect((await desk.send('crm', 'DELETE', '/v1/people/P-0/authenticator')).status).toBe(204);
    await exportCheckpoint();
    await restore();
    expect(await desk.api.app.get(AuditVerifier).verify()).toMatchObject({ faults: [] });
    const { checkpointFaults } = await compare();
    expect(checkpointFaults.map(({ fault }) => fault)).toEqual(
      expect.arrayContaining(['truncated', 'not_in_database']),
    );
    // The service notices by itself, and overwrites nothing.
    await expect(desk.api.app.get(CheckpointFolder).export()).rejects.toThrow(CheckpointConflictError);
  }, 180_000);

  it('control: without more, what was taken back since is in force again', async () => {
    expect(await mayBeTold(world.withdrawn)).toBe('permit');
    expect(await typeOldCode()).toEqual({ status: 200, accepted: true });
    expect(await showApp()).toBe('approved');
    expect((await new Visitor(desk).as(world.token).get('/v1/me')).status).toBe(200);
  }, 180_000);

  it('is made safe by a command: nothing that was open stays open, and no mandate or app counts', async () => {
    const later = await mkdtemp(path.join(tmpdir(), 'mandaat-checkpoints-'));
    try {
      await restore();
      await expect(makeSafe()).rejects.toMatchObject({ code: 'invalid_state' });
      expect(await recorded()).toEqual([]);
      const printed: string[] = [];
      await whileStopped(
        async () => {
          // One that lost its chain when the database was restarted, and takes messages out of the queue again.
          const forgotten = new Client({ connectionString: desk.api.database.appUrl, application_name: OUTBOX_NAME });
          await forgotten.connect();
          await expect(makeSafe()).rejects.toMatchObject({ code: 'invalid_state' });
          // A message that waited when the backup was made.
          await forgotten.query(
            "UPDATE messages SET state = 'queued', settled_at = NULL WHERE id = (SELECT id FROM messages LIMIT 1)",
          );
          await forgotten.end();
          // What was done is not done again.
          printed.push(await makeSafe(), await makeSafe());
        },
        { checkpointFolder: later },
      );
      const lines = [
        [world.kept.ref, 'H-1', 'P-0', 'suspended'],
        [world.withdrawn.ref, 'H-1', 'P-1', 'suspended'],
        [expect.any(String), 'H-1', 'P-9', 'ended'],
        ['authenticator', 'P-0', '', 'ended'],
        ['representation', 'P-9', 'P-1', 'ended'],
      ];
      const shown = printed[0]!
        .trim()
        .split('\n')
        .map((line) => line.split('\t'));
      expect(shown).toHaveLength(lines.length);
      expect(shown).toEqual(expect.arrayContaining(lines));
      expect(printed[1]).toBe('');
      const records = await recorded();
      expect(records.at(-1)).toEqual({
        kind: 'database.restored',
        actor: 'cli',
        messages: 1,
        codes: 1,
        calls: expect.any(Number),
        authenticators: 1,
        sessions: 1,
        representations: 1,
        suspended: 2,
        ended: 1,
      });
      const count = (kind: string): number => records.filter((record) => record['kind'] === kind).length;
      expect(count('database.restored')).toBe(1);
      expect(count('mandate.suspended')).toBe(2);
      expect(count('mandate.refused')).toBe(1);
      expect(count('representation.revoked')).toBe(1);
      expect(count('code.cancelled')).toBe(1);
      expect(count('authenticator.removed')).toBe(1);
      // Also of a run that was interrupted: those are in no other record.
      const dropped = records.filter(({ kind }) => kind === 'messages.dropped');
      expect(dropped.map(({ messages }) => messages)).toEqual([1]);
      expect(count('call.ended')).toBe(records.at(-1)!['calls']);
      for (const mandate of [world.kept, world.withdrawn]) expect(await mayBeTold(mandate)).not.toBe('permit');
      expect(await typeOldCode()).not.toMatchObject({ accepted: true });
      expect(await showApp()).not.toBe('approved');
      expect((await new Visitor(desk).as(world.token).get('/v1/me')).status).toBe(401);
      expect((await desk.check(world.callId, ['invoice.explain'])).status).toBe(409);
      expect((await desk.get('crm', `/v1/mandates/${world.waiting}`)).body).toMatchObject({
        state: 'ended',
        ending: 'refused_by_organisation',
      });

      await desk.expectSuccess(desk.post('crm', `/v1/mandates/${world.kept.id}/resume`));
      expect(await mayBeTold(world.kept)).toBe('permit');
      await exportCheckpoint();
      expect(await desk.api.app.get(AuditVerifier).verify()).toMatchObject({ faults: [] });
      expect(await readCheckpointFiles(later)).toHaveLength(2);
    } finally {
      await rm(later, { recursive: true, force: true });
    }
  }, 180_000);
});

describe('A master key that was taken out too early', () => {
  it('takes the codes and invitations that it made with it, and nothing breaks', async () => {
    const opened = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: HOLDER }));
    const callId = opened.body.call.id as string;
    const sent = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }));
    await desk.person('P-8', { phone: '+493023125718' });
    const asked = { holder: 'H-1', proxy: 'P-8', scopes: ['billing'], contracts: ['C-1'], form: 'portal' };
    const invited = await desk.expectSuccess(desk.post('crm', '/v1/mandates', asked));
    const waiting = invited.body.id as string;
    // The people's keys stay under the key that they had: it is the row's key that is missing here.
    await desk.owner.query("UPDATE codes SET key_id = 'gone' WHERE id = $1", [sent.body.id]);
    await desk.owner.query("UPDATE mandates SET acceptance_key_id = 'gone' WHERE id = $1", [waiting]);

    const typed = `/v1/calls/${callId}/verifications/${sent.body.id}/attempts`;
    expect(await desk.post('agent', typed, { code: '123456' })).toMatchObject({
      status: 409,
      body: { code: 'invalid_state' },
    });
    const accepted = await desk.post('crm', `/v1/mandates/${waiting}/acceptance`, { code: 'BCDF-GHJK' });
    expect(accepted).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    const { rows } = await desk.owner.query<{ tries: number; acceptance_tries: number }>(
      'SELECT c.tries, m.acceptance_tries FROM codes c, mandates m WHERE c.id = $1 AND m.id = $2',
      [sent.body.id, waiting],
    );
    expect(rows).toEqual([{ tries: 0, acceptance_tries: 0 }]);
  });
});
