import type { IncidentResponse, ReportedResponse } from '../activity/incidents.dto.ts';
import type { MyConfirmationResponse } from '../confirmations/own-confirmations.dto.ts';
import type {
  ChangeAttemptResponse,
  ContactChangeResponse,
  OwnPointResponse,
  OwnPointsResponse,
} from '../contact-changes/contact-changes.dto.ts';
import type { RecognisedNumberResponse } from '../held-mandates/held-mandates.dto.ts';
import type { OwnLifeEventResponse, OwnRepresentationResponse } from '../life-events/own-life.dto.ts';
import type { ApprovedResponse, MandateRequestResponse } from '../mandate-requests/mandate-requests.dto.ts';
import type { ChangedMyMandateResponse } from '../my-mandates/granting.dto.ts';
import type { MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import { dayOf, lastDayOf, momentOf } from '../pages/moments.ts';
import { text, type TextKey } from '../pages/text.ts';
import { type Language, RECORDING_PURPOSES } from '../policy/vocabulary.ts';
import type { MeResponse } from '../portal/me.dto.ts';
import type { AskFirstResponse } from '../preferences/ask-first.dto.ts';
import type { PreferencesResponse } from '../preferences/preferences.dto.ts';
import type { SessionResponse } from '../sign-in/sign-in.dto.ts';
import type { OrganisationResponse } from '../organisations/organisations.dto.ts';
import type { SoftwareResponse } from '../software/software.dto.ts';
import type { WaysResponse } from '../ways/ways.dto.ts';

/** Says what was answered in lines of a letter, from the very answer of the API. Null: the letter must not tell this act at all. */
export type Lines<Answer> = (answer: Answer, say: Say) => readonly string[] | null;

/** Texts, days and moments in the reader's language. */
export class Say {
  constructor(readonly language: Language) {}

  text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
    return text(this.language, key, values);
  }
  day(at: string): string {
    return dayOf(new Date(at), this.language);
  }
  lastDay(at: string): string {
    return lastDayOf(new Date(at), this.language);
  }
  moment(at: string): string {
    return momentOf(new Date(at), this.language);
  }
  /** At least a line: that there was nothing is an answer too. */
  some(lines: readonly string[]): readonly string[] {
    return lines.length === 0 ? [this.text('assisted.line.none')] : lines;
  }
}

/** What was done is all that there is to say. */
export const nothing = (): readonly string[] => [];

const mandateLine = (one: MyMandateResponse, say: Say): string =>
  say.text('assisted.line.mandate', {
    ref: one.mandate_ref,
    side: one.side,
    other: (one.side === 'holder' ? one.proxy : one.holder) ?? say.text('mandates.nobody'),
    scopes: one.scopes.map(({ title }) => title).join(', '),
    contracts: one.contracts.join(', '),
    ends: say.lastDay(one.ends_at),
    state: say.text(`state.${one.state}`),
  });

/** Withdrawn in silence: a letter may be opened by the one who must not know. */
export const mandate: Lines<MyMandateResponse> = (one, say) => (one.is_silent ? null : [mandateLine(one, say)]);

export const changedMandate: Lines<ChangedMyMandateResponse> = (one, say) => [
  mandateLine(one, say),
  ...(one.confirmation === null ? [] : [say.text('assisted.line.code')]),
];

export const approved: Lines<ApprovedResponse> = ({ mandate: one, confirmation }, say) => [
  mandateLine(one, say),
  ...(confirmation === null ? [] : [say.text('assisted.line.code')]),
];

export const typed: Lines<{ readonly accepted: boolean }> = ({ accepted }, say) => [
  say.text('assisted.line.accepted', { accepted: accepted ? 'yes' : 'no' }),
];

export const request: Lines<MandateRequestResponse> = (one, say) => [
  say.text('assisted.line.request', {
    day: say.day(one.asked_at),
    contracts: one.contracts.join(', '),
    state: say.text(`requests.state.${one.state}`, { day: say.lastDay(one.expires_at) }),
  }),
];

export const requests: Lines<MandateRequestResponse[]> = (all, say) =>
  say.some(all.flatMap((one) => request(one, say) ?? []));

const incidentLine = ({ opened_at, text: words, state }: IncidentResponse, say: Say): string =>
  say.text('assisted.line.incident', { day: say.day(opened_at), text: words ?? '', state });

export const reported: Lines<ReportedResponse> = (one, say) => [
  incidentLine(one, say),
  ...(one.stopped.length === 0 ? [] : [say.text('assisted.line.stopped', { refs: one.stopped.join(', ') })]),
];

export const incidents: Lines<IncidentResponse[]> = (all, say) => say.some(all.map((one) => incidentLine(one, say)));

export const question: Lines<MyConfirmationResponse> = ({ actions, asked_by: by, caller }, say) => [
  say.text('assisted.line.question', {
    actions: actions
      .map(({ title, properties }) =>
        [title, ...properties.map((one) => `${one.title} ${String(one.value)}`)].join(', '),
      )
      .join('; '),
    by,
    caller: caller ?? say.text('life.nobody'),
  }),
];

export const questions: Lines<MyConfirmationResponse[]> = (all, say) =>
  say.some(all.flatMap((one) => question(one, say) ?? []));

export const lifeEvents: Lines<OwnLifeEventResponse[]> = (all, say) =>
  say.some(
    all.map(({ kind, is_reversal: isReversal, occurred_on: on, state, suspends_until: until }) => {
      const event = say.text(`life.event.${kind}`);
      const what = isReversal ? say.text('life.reversal', { what: event }) : event;
      return `${say.day(on)}: ${what}. ${say.text(`life.state.${state}`, { until: until === null ? '' : say.moment(until) })}`;
    }),
  );

export const representations: Lines<OwnRepresentationResponse[]> = (all, say) =>
  say.some(
    all.map(({ kind, side, other, state }) => {
      const named = other ?? say.text('life.nobody');
      return `${say.text('life.representation', { kind, side, other: named })}. ${say.text(`life.standing.${state}`)}`;
    }),
  );

export const me: Lines<MeResponse> = ({ ref, name }) => [`${name ?? ''} (${ref})`];

export const sessions: Lines<SessionResponse[]> = (all, say) =>
  all.map(({ opened_at, methods }) =>
    say.text('assisted.line.session', {
      moment: say.moment(opened_at),
      methods: methods.map((method) => say.text(`method.${method}`)).join(', '),
    }),
  );

export const ways: Lines<WaysResponse> = ({ contact_points: points, authenticator, passkeys }, say) =>
  say.some([
    ...points.map(({ kind, masked }) => say.text(`ways.${kind}`, { masked })),
    ...(authenticator === null ? [] : [say.text('assisted.line.app', { day: say.day(authenticator.added_at) })]),
    ...passkeys.map(({ added_at }) => say.text('assisted.line.passkey', { day: say.day(added_at) })),
  ]);

export const numbers: Lines<RecognisedNumberResponse[]> = (all, say) =>
  say.some(
    all.map(({ ending, counts }) => say.text('assisted.line.number', { ending, counts: counts ? 'yes' : 'no' })),
  );

export const preferences: Lines<PreferencesResponse> = (one, say) => [
  `${say.text('preferences.language')} ${say.text(`preferences.language_${one.language}`)}`,
  say.text('assisted.line.type', { large: one.large_type ? 'yes' : 'no' }),
  ...one.declined.map((route) => say.text(`preferences.declined_${route}`)),
  ...(one.safe_hours === null
    ? []
    : [say.text('assisted.line.hours', { from: one.safe_hours.from, until: one.safe_hours.until })]),
  ...RECORDING_PURPOSES.map((purpose) =>
    say.text('assisted.line.recording', { purpose, refused: one.refused_recordings.includes(purpose) ? 'yes' : 'no' }),
  ),
];

export const askFirst: Lines<AskFirstResponse> = ({ groups }, say) =>
  groups.map(({ title, ask_first }) => say.text('assisted.line.ask_first', { title, asked: ask_first ? 'yes' : 'no' }));

export const software: Lines<SoftwareResponse[]> = (all, say) =>
  say.some(
    all.map(({ name, declared_at: at }) =>
      say.text('assisted.line.software', { name: name ?? say.text('mandates.nobody'), day: say.day(at) }),
    ),
  );

export const organisation: Lines<OrganisationResponse> = ({ name, rule, contracts }, say) => [
  say.text('assisted.line.organisation', {
    name: name ?? say.text('mandates.nobody'),
    contracts: contracts.join(', '),
    rule: say.text(`organisation.rule_${rule}`),
  }),
];

export const organisations: Lines<OrganisationResponse[]> = (all, say) =>
  say.some(all.flatMap((one) => organisation(one, say) ?? []));

const pointLine = ({ kind, masked, is_shared: isShared }: OwnPointResponse, say: Say): string => {
  const point = say.text(`ways.${kind}`, { masked });
  return isShared ? say.text('assisted.line.shared', { point }) : point;
};

export const change: Lines<ContactChangeResponse> = ({ added, ended }, say) => [
  ...(added === null ? [] : [say.text('assisted.line.comes', { masked: added })]),
  ...(ended === null ? [] : [say.text('assisted.line.goes', { masked: ended })]),
];

export const points: Lines<OwnPointsResponse> = ({ contact_points: all, waiting }, say) =>
  say.some([...all.map((one) => pointLine(one, say)), ...waiting.flatMap((one) => change(one, say) ?? [])]);

export const changeTyped: Lines<ChangeAttemptResponse> = (one, say) => [
  ...(typed(one, say) ?? []),
  ...(one.done ? [say.text('assisted.line.done')] : []),
];
