import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { deriveCode } from '../src/codes/code-derivation.ts';
import { actionKey } from '../src/policy/binding.ts';
import type { BenchCall, World } from './world.ts';

/** A code that a holder has been sent, so to say. */
export interface PreparedCode {
  readonly id: string;
  readonly call: BenchCall;
  readonly value: string;
}

const DIGITS = 6;

/** Open codes about these actions, one after the other over the calls that are there for codes. */
export async function prepareCodes(
  world: World,
  count: number,
  asked: readonly { readonly name: string }[],
): Promise<readonly PreparedCode[]> {
  const actions = asked.map(({ name }) => ({ name, key: actionKey(name, {}) }));
  const place = { keyId: world.ring.currentKeyId, counter: 0, digits: DIGITS };
  const codes = Array.from({ length: count }, (_, turn): PreparedCode => {
    const call = world.codeCalls[turn % world.codeCalls.length];
    if (call === undefined) throw new Error('There are no calls for codes.');
    const id = randomUUID();
    const binding = {
      purpose: 'action',
      codeId: id,
      personId: call.holderId,
      contactPointId: call.phoneId,
      callId: call.id,
      agentId: call.agentId,
      mandateId: call.mandateId,
      mandateRevision: 1,
      actionKeys: actions.map(({ key }) => key),
    } as const;
    return { id, call, value: deriveCode(world.ring, binding, place) };
  });
  const client = new Client({ connectionString: world.ownerUrl, application_name: 'mandaat bench' });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO codes (id, purpose, person_id, contact_point_id, route, call_id, agent_id, caller_id, mandate_id,
         mandate_revision, actions, key_id, digits, issued_at, expires_at)
       SELECT r.id, 'action', r.person, r.point, 'sms', r.call, r.agent, r.caller, r.mandate, 1, $8, $9, $10, now(),
         now() + interval '1 hour'
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[])
         AS r (id, person, point, call, agent, caller, mandate)`,
      [
        codes.map(({ id }) => id),
        codes.map(({ call }) => call.holderId),
        codes.map(({ call }) => call.phoneId),
        codes.map(({ call }) => call.id),
        codes.map(({ call }) => call.agentId),
        codes.map(({ call }) => call.callerId),
        codes.map(({ call }) => call.mandateId),
        JSON.stringify(actions),
        place.keyId,
        DIGITS,
      ],
    );
  } finally {
    await client.end();
  }
  return codes;
}
