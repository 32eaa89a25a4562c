import * as lines from './letter-lines.ts';
import type { Lines } from './letter-lines.ts';

/** How a function of the self-service is used without a screen. */
export type NonDigital =
  /** An employee calls the very same operation in an assisted session; a letter tells what was done and answered. */
  | { readonly by: 'employee'; readonly lines: Lines<never> }
  /** It is a screen's own; this does the same on the phone or by letter. */
  | { readonly by: 'instead'; readonly operation: string };

const employee = (row: Lines<never>): NonDigital => ({ by: 'employee', lines: row });
const instead = (operation: string): NonDigital => ({ by: 'instead', operation });

/** Who has no screen signs in nowhere: on the phone they say a code from their own telephone, or call from its number. */
const IDENTIFIED = instead('POST /v1/calls/{call_id}/verifications');

/**
 * Every operation below `/v1/me` by its id, and its way without a screen. What is not here no employee can call for somebody.
 * A test holds this list against the OpenAPI document, and uses each row.
 */
export const NON_DIGITAL: Readonly<Record<string, NonDigital>> = {
  signInsAsk: IDENTIFIED,
  signInsAttempt: IDENTIFIED,
  passkeySignInsAsk: IDENTIFIED,
  passkeySignInsAttempt: IDENTIFIED,
  waysSendCode: IDENTIFIED,
  waysAttempt: IDENTIFIED,
  waysProveByApp: IDENTIFIED,
  waysAskForPasskey: IDENTIFIED,
  waysProveByPasskey: IDENTIFIED,
  // What an app, a passkey or a support code shows, the code to their own number shows as well.
  waysEnrol: IDENTIFIED,
  waysConfirm: IDENTIFIED,
  waysAskToAdd: IDENTIFIED,
  waysAdd: IDENTIFIED,
  supportCodesIssue: IDENTIFIED,
  supportCodesShow: IDENTIFIED,
  meGet: employee(lines.me),
  meList: employee(lines.sessions),
  meEnd: employee(lines.nothing),
  meEndOthers: employee(lines.nothing),
  waysList: employee(lines.ways),
  waysRemoveApp: employee(lines.nothing),
  waysRemovePasskey: employee(lines.nothing),
  // Read to them: what is on a list, and later is not, would tell what was withdrawn in silence.
  myMandatesList: employee(lines.nothing),
  myMandatesGet: employee(lines.mandate),
  // An employee's word for what the holder gives needs a second employee.
  myMandatesGrant: instead('POST /v1/registrations'),
  myMandatesChange: employee(lines.changedMandate),
  myMandatesAskAgain: employee(lines.nothing),
  myMandatesConfirm: employee(lines.typed),
  // For the holder's eyes alone: it is sent to them, by letter if need be.
  myMandatesAcceptanceCode: instead('POST /v1/me/mandates/{id}/invitation'),
  myMandatesInvite: employee(lines.changedMandate),
  myMandatesSubMandates: employee(lines.nothing),
  // Theirs to give on: the code that confirms it comes to themselves, as it does for whoever has a screen.
  myMandatesPassOn: employee(lines.changedMandate),
  myMandatesSuspend: employee(lines.mandate),
  myMandatesResume: employee(lines.mandate),
  myMandatesWithdraw: employee(lines.mandate),
  heldMandatesAccept: employee(lines.typed),
  heldMandatesRenounce: employee(lines.mandate),
  invitationsGet: instead('POST /v1/mandates/{id}/acceptance'),
  invitationsAccept: instead('POST /v1/mandates/{id}/acceptance'),
  recognitionNumbers: employee(lines.numbers),
  mandateRequestsAsk: employee(lines.request),
  mandateRequestsList: employee(lines.requests),
  askedList: employee(lines.nothing),
  askedApprove: employee(lines.approved),
  askedDecline: employee(lines.nothing),
  ownConfirmationsList: employee(lines.questions),
  ownConfirmationsGet: employee(lines.question),
  ownConfirmationsApprove: employee(lines.typed),
  ownConfirmationsDecline: employee(lines.nothing),
  // The employee reads the code out; who has no page to compare it with calls the number on our letters.
  ownCallsList: instead('POST /v1/calls/{call_id}/reverse-verification'),
  // What happened in silence is in the log as well: it was read, says the letter, and no more.
  activityList: employee(lines.nothing),
  activityExport: instead('GET /v1/me/activity'),
  // A file for a computer to check: who has none asks who keeps the audit for it.
  activityProof: instead('GET /v1/audit/records/{record_id}/proof'),
  ownIncidentsReport: employee(lines.reported),
  ownIncidentsList: employee(lines.incidents),
  ownLifeLifeEvents: employee(lines.lifeEvents),
  ownLifeRepresentations: employee(lines.representations),
  softwareList: employee(lines.software),
  // Its secret is for whoever runs it, and for no employee: paper names software that the CRM knows.
  softwareDeclare: instead('POST /v1/registrations'),
  softwareRevoke: employee(lines.nothing),
  organisationsList: employee(lines.organisations),
  organisationsGet: employee(lines.organisation),
  organisationsMandates: employee(lines.nothing),
  organisationsGrant: instead('POST /v1/registrations'),
  // For the eyes of who speaks for it: it is sent to the organisation, by letter if need be.
  organisationsAcceptanceCode: instead('POST /v1/mandates/{id}/invitation'),
  organisationsWithdraw: employee(lines.mandate),
  organisationsActivity: employee(lines.nothing),
  preferencesGet: employee(lines.preferences),
  preferencesSave: employee(lines.preferences),
  askFirstGet: employee(lines.askFirst),
  askFirstSave: employee(lines.askFirst),
  contactChangesList: employee(lines.points),
  contactChangesShare: employee(lines.nothing),
  contactChangesPropose: employee(lines.change),
  contactChangesGet: employee(lines.change),
  contactChangesCancel: employee(lines.nothing),
  contactChangesResend: employee(lines.nothing),
  contactChangesAttempt: employee(lines.changeTyped),
};
