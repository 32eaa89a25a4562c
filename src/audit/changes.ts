import type { AuditEntry } from './audit.repository.ts';

/** What a subscriber hears: that something changed, and by which references to read it. Never what it says, nor about whom. */
export interface Change {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Which members of a record are references, under the names of the API. */
type References = Readonly<Record<string, string>>;

const MANDATE: References = { mandateId: 'mandate_id', revision: 'revision' };
const CALL: References = {};
const LIFE_EVENT: References = { lifeEventId: 'life_event_id' };
const REPRESENTATION: References = { representationId: 'representation_id' };

/** Kinds of records that subscribers hear of, with their references. What is not here stays inside. */
const PUBLISHED: Readonly<Record<string, References>> = {
  'mandate.granted': MANDATE,
  'mandate.confirmed': MANDATE,
  'mandate.approved': MANDATE,
  'mandate.accepted': MANDATE,
  'mandate.changed': MANDATE,
  'mandate.suspended': MANDATE,
  'mandate.resumed': MANDATE,
  'mandate.withdrawn': MANDATE,
  'mandate.renounced': MANDATE,
  'mandate.refused': MANDATE,
  'mandate.expired': MANDATE,
  'mandate.ended': MANDATE,
  'call.opened': CALL,
  'call.handed_over': CALL,
  'call.ended': CALL,
  'contact.changed': { personId: 'person_id' },
  'incident.opened': { incidentId: 'incident_id' },
  'incident.reported': { incidentId: 'incident_id' },
  'incident.canary': { alarmId: 'alarm_id' },
  'incident.leaver': { alarmId: 'alarm_id' },
  'incident.closed': { incidentId: 'incident_id' },
  'life_event.recorded': LIFE_EVENT,
  'life_event.approved': LIFE_EVENT,
  'life_event.rejected': LIFE_EVENT,
  'life_event.reversal_recorded': LIFE_EVENT,
  'representation.recorded': REPRESENTATION,
  'representation.approved': REPRESENTATION,
  'representation.rejected': REPRESENTATION,
  'representation.revoked': REPRESENTATION,
  'agent.shut_out': { agentId: 'agent_id' },
  'key.revoked': { keyId: 'key_id' },
  'obligation.open': { obligationId: 'obligation_id' },
  'policy.loaded': { hash: 'policy' },
  'policy.scheduled': { hash: 'policy', startsAt: 'starts_at' },
  'policy.cancelled': { hash: 'policy', startsAt: 'starts_at' },
  'webhook.disabled': { webhookId: 'webhook_id', reason: 'reason' },
};

/** What becomes of a holder's question about actions. Codes for other purposes are nobody's business but their owner's. */
const CONFIRMATIONS: Readonly<Record<string, string>> = {
  'code.issued': 'confirmation.asked',
  'code.approved': 'confirmation.approved',
  'code.approved_in_session': 'confirmation.approved',
  'code.declined': 'confirmation.declined',
  'code.cancelled': 'confirmation.cancelled',
  'code.undeliverable': 'confirmation.undeliverable',
  'code.failed': 'confirmation.failed',
};

/** What is cancelled beside something else stands in its record, by id alone. */
const CANCELLED = 'confirmation.cancelled';

/** A checkpoint has no record: it is over all of them. */
const CHECKPOINT = 'audit.checkpoint';

/** Every type that there is, for subscribers to choose from. */
export const CHANGE_TYPES: readonly string[] = [
  ...new Set([...Object.keys(PUBLISHED), ...Object.values(CONFIRMATIONS), CHECKPOINT]),
].toSorted();

/** The signed checkpoint itself: whoever keeps it elsewhere can hold it against us later. */
export function changeOfCheckpoint({ number, jws }: { readonly number: number; readonly jws: string }): Change {
  return { type: CHECKPOINT, data: { number, checkpoint: jws } };
}

/** What subscribers hear of these records, in their order. */
export function changesOf(entries: readonly AuditEntry[]): readonly Change[] {
  return entries.flatMap((entry) => [...ownChange(entry), ...cancelledBeside(entry)]);
}

function ownChange({ kind, callId = null, body }: AuditEntry): readonly Change[] {
  // A wrong try is no change; the last one is.
  if (kind === 'code.failed' && body['state'] !== 'tries_exhausted') return [];
  const confirmation = body['purpose'] === 'action' ? CONFIRMATIONS[kind] : undefined;
  const type = confirmation ?? (kind in PUBLISHED ? kind : undefined);
  if (type === undefined) return [];
  const references = confirmation === undefined ? (PUBLISHED[kind] ?? {}) : { codeId: 'confirmation_id' };
  const named = Object.entries(references).flatMap(([member, name]) =>
    body[member] === undefined ? [] : [[name, body[member]] as const],
  );
  return [{ type, data: { ...(callId === null ? {} : { call_id: callId }), ...Object.fromEntries(named) } }];
}

/** The codes of a call or a mandate die with it. Ids of codes for other purposes are among them, and mean nothing to anybody. */
function cancelledBeside({ callId = null, body }: AuditEntry): readonly Change[] {
  const { cancelled } = body;
  if (!Array.isArray(cancelled)) return [];
  return cancelled.map((id: unknown) => ({
    type: CANCELLED,
    data: { ...(callId === null ? {} : { call_id: callId }), confirmation_id: id },
  }));
}
