import type { Code } from '../../src/codes/code.ts';

/** When its tests look at it. */
export const NOW = new Date('2026-03-16T10:30:00.000Z');

/** An open code about an action, by text message, for another minute. */
export function aCode(changes: Partial<Code> = {}): Code {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    purpose: 'action',
    personId: 'person',
    contactPointId: 'point',
    route: 'sms',
    level: 2,
    callId: 'call',
    agentId: 'agent',
    callerId: 'caller',
    claimKeys: [],
    mandateId: null,
    mandateRevision: null,
    actions: [],
    detailsSealed: null,
    keyId: 'a',
    digits: 6,
    counter: 0,
    tries: 0,
    state: 'pending',
    sessionStrength: null,
    issuedAt: NOW,
    expiresAt: new Date(NOW.getTime() + 60_000),
    answeredAt: null,
    ...changes,
  };
}
