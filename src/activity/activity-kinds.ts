import type { PersonRecord } from '../audit/audit-reader.ts';
import type { TextKey } from '../pages/text.ts';

/** By what people look for something that happened. */
export const ACTIVITY_CATEGORIES = ['looked_up', 'decided', 'done', 'said', 'changed', 'codes', 'signed_in'] as const;
export type ActivityCategory = (typeof ACTIVITY_CATEGORIES)[number];

/** How one kind of record is told to the people whom it concerns. */
export interface Telling {
  readonly category: ActivityCategory;
  /**
   * To the first of them alone. A code about a mandate names its proxy too, who must not learn from its answer that the mandate
   * ended in silence.
   */
  readonly isToFirst?: true;
  readonly text: TextKey;
}

/**
 * Every kind of record that names a person. `hidden`: another record tells the same. A kind that is not here yet is told
 * without saying what it was.
 */
export const TELLINGS: Readonly<Record<string, Telling | 'hidden'>> = {
  lookup: { category: 'looked_up', text: 'activity.lookup' },
  'call.opened': { category: 'looked_up', text: 'activity.call' },
  'call.handed_over': { category: 'looked_up', text: 'activity.call' },
  'check.advised': { category: 'decided', text: 'activity.check' },
  'check.executed': { category: 'done', text: 'activity.executed' },
  'obligation.done': { category: 'done', text: 'activity.obligation.done' },
  'obligation.failed': { category: 'done', text: 'activity.obligation.failed' },
  'statement.recorded': { category: 'said', text: 'activity.statement.recorded' },
  'statement.corrected': { category: 'said', text: 'activity.statement.corrected' },
  // Whoever has to see to it is told; the people whom it concerns hear what became of it.
  'obligation.open': 'hidden',
  'code.issued': { category: 'codes', isToFirst: true, text: 'activity.code.issued' },
  'code.addressed': { category: 'codes', isToFirst: true, text: 'activity.code.addressed' },
  'code.resent': { category: 'codes', isToFirst: true, text: 'activity.code.resent' },
  // Each try has its outcome in a record of its own.
  'code.tried': 'hidden',
  'code.approved': { category: 'codes', isToFirst: true, text: 'activity.code.approved' },
  'code.approved_in_session': { category: 'codes', isToFirst: true, text: 'activity.code.approved_in_session' },
  'code.declined': { category: 'codes', isToFirst: true, text: 'activity.code.declined' },
  'code.cancelled': { category: 'codes', isToFirst: true, text: 'activity.code.cancelled' },
  'code.failed': { category: 'codes', isToFirst: true, text: 'activity.code.failed' },
  'code.refused': { category: 'codes', isToFirst: true, text: 'activity.code.refused' },
  'code.undeliverable': { category: 'codes', isToFirst: true, text: 'activity.code.undeliverable' },
  'caller.verified': { category: 'decided', text: 'activity.caller_verified' },
  'reverse_code.shown': { category: 'decided', text: 'activity.reverse_code' },
  'support_code.issued': { category: 'codes', text: 'activity.support_code.issued' },
  'support_code.tried': { category: 'decided', text: 'activity.support_code.tried' },
  'letter_code.tried': { category: 'decided', text: 'activity.letter_code.tried' },
  'call_back.tried': { category: 'decided', text: 'activity.call_back.tried' },
  'totp.tried': { category: 'decided', text: 'activity.totp_tried' },
  'authenticator.enrolled': { category: 'changed', text: 'activity.authenticator.enrolled' },
  'authenticator.tried': 'hidden',
  'authenticator.confirmed': { category: 'changed', text: 'activity.authenticator.confirmed' },
  'authenticator.removed': { category: 'changed', text: 'activity.authenticator.removed' },
  'software.declared': { category: 'changed', text: 'activity.software.declared' },
  'software.revoked': { category: 'changed', text: 'activity.software.revoked' },
  'assistance.used': { category: 'done', text: 'activity.assistance.used' },
  'registration.recorded': { category: 'changed', text: 'activity.registration.recorded' },
  'registration.approved': { category: 'changed', text: 'activity.registration.approved' },
  'registration.rejected': { category: 'changed', text: 'activity.registration.rejected' },
  'mandate.granted': { category: 'changed', text: 'activity.mandate.granted' },
  'mandate.changed': { category: 'changed', text: 'activity.mandate.changed' },
  'mandate.confirmed': { category: 'changed', text: 'activity.mandate.confirmed' },
  'mandate.invited': { category: 'changed', text: 'activity.mandate.invited' },
  'mandate.accepted': { category: 'changed', text: 'activity.mandate.accepted' },
  'mandate.acceptance_attempted': { category: 'changed', text: 'activity.mandate.acceptance_attempted' },
  'mandate.acceptance_refused': { category: 'changed', text: 'activity.mandate.acceptance_refused' },
  'mandate.withdrawn': { category: 'changed', text: 'activity.mandate.withdrawn' },
  'mandate.renounced': { category: 'changed', text: 'activity.mandate.renounced' },
  'mandate.refused': { category: 'changed', text: 'activity.mandate.refused' },
  'mandate.suspended': { category: 'changed', text: 'activity.mandate.suspended' },
  'mandate.resumed': { category: 'changed', text: 'activity.mandate.resumed' },
  'mandate.expired': { category: 'changed', text: 'activity.mandate.expired' },
  'mandate.reminded': { category: 'changed', text: 'activity.mandate.reminded' },
  'mandate.ended': { category: 'changed', text: 'activity.mandate.ended' },
  'life_event.recorded': { category: 'changed', text: 'activity.life_event.recorded' },
  'life_event.reversal_recorded': { category: 'changed', text: 'activity.life_event.reversal_recorded' },
  'life_event.evidence_added': { category: 'changed', text: 'activity.life_event.evidence_added' },
  'life_event.approved': { category: 'changed', text: 'activity.life_event.approved' },
  'life_event.rejected': { category: 'changed', text: 'activity.life_event.rejected' },
  // The event itself is told.
  'life_event.codes_cancelled': 'hidden',
  'representation.recorded': { category: 'changed', text: 'activity.representation.recorded' },
  'representation.evidence_added': { category: 'changed', text: 'activity.representation.evidence_added' },
  'representation.approved': { category: 'changed', text: 'activity.representation.approved' },
  'representation.rejected': { category: 'changed', text: 'activity.representation.rejected' },
  'representation.revoked': { category: 'changed', text: 'activity.representation.revoked' },
  'mandate.approved': { category: 'changed', isToFirst: true, text: 'activity.mandate.approved' },
  'mandate.code_shown': { category: 'looked_up', isToFirst: true, text: 'activity.mandate.code_shown' },
  'mandate.requested': { category: 'changed', text: 'activity.requested' },
  'passkey.added': { category: 'changed', text: 'activity.passkey.added' },
  'passkey.removed': { category: 'changed', text: 'activity.passkey.removed' },
  'passkey.refused': { category: 'signed_in', text: 'activity.passkey.refused' },
  'sign_in.refused': { category: 'signed_in', text: 'activity.sign_in_refused' },
  'block.set': { category: 'changed', text: 'activity.block.set' },
  'block.lifted': { category: 'changed', text: 'activity.block.lifted' },
  'preferences.changed': { category: 'changed', text: 'activity.preferences' },
  'ask_first.changed': { category: 'changed', text: 'activity.ask_first' },
  'contact.change_asked': { category: 'changed', text: 'activity.contact.asked' },
  'contact.change_cancelled': { category: 'changed', text: 'activity.contact.cancelled' },
  'contact.shown': { category: 'changed', text: 'activity.contact.shown' },
  'contact.shared': { category: 'changed', text: 'activity.contact.shared' },
  'contact.changed': { category: 'changed', text: 'activity.contact.changed' },
  'person.created': { category: 'changed', text: 'activity.person.created' },
  'person.changed': { category: 'changed', text: 'activity.person.changed' },
  'contract.created': { category: 'changed', text: 'activity.contract.created' },
  'contract.changed': { category: 'changed', text: 'activity.contract.changed' },
  'import.applied': { category: 'changed', text: 'activity.import.applied' },
  'session.opened': { category: 'signed_in', text: 'activity.session.opened' },
  'session.proved': { category: 'signed_in', text: 'activity.session.proved' },
  'session.ended': { category: 'signed_in', text: 'activity.session.ended' },
  'incident.opened': { category: 'changed', text: 'activity.incident.opened' },
  // For who deals with it. Somebody may be in danger who is seen to have said something.
  'incident.reported': 'hidden',
  'incident.closed': { category: 'changed', text: 'activity.incident.closed' },
};

const OTHER: Telling = { category: 'changed', text: 'activity.other' };

function namesOf(isWanted: (telling: Telling) => boolean): readonly string[] {
  return Object.entries(TELLINGS).flatMap(([kind, telling]) =>
    telling !== 'hidden' && isWanted(telling) ? [kind] : [],
  );
}

export const HIDDEN_KINDS = Object.keys(TELLINGS).filter((kind) => TELLINGS[kind] === 'hidden');
export const KINDS_TO_FIRST = namesOf((telling) => telling.isToFirst === true);

/** The kinds of one category; what we have no words for is a change. */
export function kindsOf(category: ActivityCategory | null): {
  readonly are: 'in' | 'not_in';
  readonly names: readonly string[];
} {
  if (category === null) return { are: 'not_in', names: [] };
  if (category === OTHER.category) return { are: 'not_in', names: namesOf((telling) => telling.category !== category) };
  return { are: 'in', names: namesOf((telling) => telling.category === category) };
}

/** How a record is told to this person; null = not at all. */
export function tellingOf({ kind, personIds }: PersonRecord, personId: string): Telling | null {
  const telling = TELLINGS[kind] ?? OTHER;
  if (telling === 'hidden' || (telling.isToFirst === true && personIds[0] !== personId)) return null;
  return telling;
}
