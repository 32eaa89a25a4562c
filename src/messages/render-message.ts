import type { Organisation } from '../config/organisation.ts';
import type { MessageKey } from './catalogue.nl.ts';
import { fitToGsm } from './neutral-text.ts';
import type { AgentOnMessage, TemplateName, TemplateValues } from './template-values.ts';
import { Writer, type Envelope } from './writer.ts';

/** Who sends: named in every message, and as a block in every e-mail and letter. */
export interface MessageSender extends Organisation {
  /** The only place that a link may lead to, without a slash at the end. */
  readonly publicUrl: string;
}

export interface RenderedMessage {
  readonly subject: string;
  readonly text: string;
  /** The page to answer on; null when there is none. */
  readonly link: string | null;
  /** What a letter is laid out from; null on every other road. */
  readonly letter: LetterText | null;
}

/** The parts of a letter's text. */
export interface LetterText {
  readonly greeting: string;
  readonly body: string;
  readonly closing: string;
  readonly senderLines: readonly string[];
  /** As it stands in the body; null = there is none. */
  readonly code: string | null;
}

type Filled = Readonly<Record<string, string>>;

/** The message as the reader gets it. */
export function renderMessage<Name extends TemplateName>(
  template: Name,
  values: TemplateValues[Name],
  envelope: Envelope,
  sender: MessageSender,
): RenderedMessage {
  const writer = new Writer(envelope);
  const link = 'link' in values ? ownLink(values.link, sender.publicUrl) : null;
  const own = FILL[template](values, writer);
  const filled: Filled = {
    ...own,
    organisation: sender.name,
    call: sender.phone,
    link: link ?? '',
    shortened: writer.isShortened ? 'yes' : 'no',
  };
  const subject = writer.text(`${template}.subject`, filled);
  const { route } = envelope;
  switch (route) {
    case 'sms':
      return { subject, text: fitToGsm(writer.text(`${template}.sms`, filled)), link, letter: null };
    case 'voice':
      return { subject, text: writer.text(`${template}.voice`, filled), link, letter: null };
    case 'email': {
      const parts = page(writer.text(`${template}.body`, filled), writer, envelope, sender);
      return { subject, text: textOf(parts, sender), link, letter: null };
    }
    case 'letter': {
      // Nobody types a link off paper.
      const key = template in ON_PAPER ? `${template}.letter` : `${template}.body`;
      const parts = page(writer.text(key as MessageKey, filled), writer, envelope, sender);
      return { subject, text: textOf(parts, sender), link: null, letter: { ...parts, code: own.code ?? null } };
    }
  }
}

/** Templates that say something else where there is no link to follow. */
const ON_PAPER = {
  mandate_code: true,
  verification_code: true,
  invitation: true,
  mandate_asked: true,
  mandate_ending: true,
} as const satisfies Partial<Record<TemplateName, true>>;

/** Each template's values under the names that the catalogues use. */
const FILL: { readonly [Name in TemplateName]: (values: TemplateValues[Name], writer: Writer) => Filled } = {
  action_code: (values, writer) => ({
    ...code(values.code),
    ...writer.caller(values.caller),
    actions: writer.actions(values.actions),
    agent: writer.agent(values.agent),
    until: writer.deadline(values.expiresAt),
  }),
  action_question: (values, writer) => ({
    ...writer.caller(values.caller),
    actions: writer.actions(values.actions),
    agent: writer.agent(values.agent),
    until: writer.deadline(values.expiresAt),
  }),
  mandate_code: (values, writer) => ({
    ...code(values.code),
    ...onBehalf(values.holder, writer),
    proxy: writer.name(values.proxy),
    scopes: writer.list(values.scopes),
    contracts: writer.references(values.contracts),
    mandateRef: values.mandateRef,
    starts: writer.date(values.startsAt),
    ends: writer.lastDay(values.endsAt),
    passOn: values.mayPassOn ? 'yes' : 'no',
    ...asker(values.agent, writer),
    until: writer.deadline(values.expiresAt),
  }),
  verification_code: (values, writer) => ({
    ...code(values.code),
    agent: writer.agent(values.agent),
    until: writer.deadline(values.expiresAt),
  }),
  sign_in_code: (values, writer) => ({ ...code(values.code), until: writer.deadline(values.expiresAt) }),
  contact_code: (values, writer) => ({
    ...code(values.code),
    reader: values.reader,
    change: values.change,
    kind: values.kind,
    masked: writer.name(values.masked),
    ...asker(values.agent, writer),
    until: writer.deadline(values.expiresAt),
  }),
  acceptance_code: (values, writer) => ({
    ...code(values.code),
    ...onBehalf(values.holder, writer),
    proxy: writer.name(values.proxy),
    scopes: writer.list(values.scopes),
    contracts: writer.references(values.contracts),
    mandateRef: values.mandateRef,
    ends: writer.lastDay(values.endsAt),
    until: writer.deadline(values.expiresAt),
  }),
  invitation: (values, writer) => ({
    holder: writer.name(values.holder),
    giver: writer.name(values.giver ?? values.holder),
    isPassedOn: values.giver === null ? 'no' : 'yes',
    scopes: writer.list(values.scopes),
    mandateRef: values.mandateRef,
    starts: writer.date(values.startsAt),
    ends: writer.lastDay(values.endsAt),
    acceptBefore: writer.deadline(values.acceptBefore),
  }),
  action_executed: (values, writer) => ({
    ...writer.caller(values.caller),
    actions: writer.actions(values.actions),
    agent: writer.agent(values.agent),
    at: writer.moment(values.executedAt),
  }),
  statement_corrected: (values, writer) => ({
    right: writer.actions([values.right]),
    agent: writer.agent(values.agent),
    at: writer.moment(values.saidAt),
  }),
  mandate_asked: (values, writer) => ({
    proxy: writer.name(values.proxy),
    scopes: writer.list(values.scopes),
    contracts: writer.references(values.contracts),
    starts: writer.date(values.startsAt),
    ends: writer.lastDay(values.endsAt),
    until: writer.deadline(values.answerBefore),
  }),
  mandate_changed: (values, writer) => ({
    change: values.change,
    reader: values.reader,
    other: writer.name(values.other),
    mandateRef: values.mandateRef,
    at: writer.moment(values.changedAt),
  }),
  mandate_ending: (values, writer) => ({
    reader: values.reader,
    other: writer.name(values.other),
    mandateRef: values.mandateRef,
    ends: writer.lastDay(values.endsAt),
  }),
  contact_changed: (values, writer) => ({ kind: values.kind, at: writer.moment(values.changedAt) }),
  passkey_changed: (values, writer) => ({ change: values.change, at: writer.moment(values.changedAt) }),
  authenticator_changed: (values, writer) => ({ change: values.change, at: writer.moment(values.changedAt) }),
  blocked: (values, writer) => ({ caller: writer.name(values.caller), at: writer.moment(values.blockedAt) }),
  life_event: (values, writer) => ({ event: values.event, stage: values.stage, at: writer.moment(values.at) }),
  representation: (values, writer) => ({
    representation: values.representation,
    change: values.change,
    reader: values.reader,
    other: writer.name(values.other),
    at: writer.moment(values.at),
  }),
  assisted: (values, writer) => ({
    agent: writer.agent(values.agent),
    at: writer.moment(values.at),
    acts: writer.sections(values.acts),
    titles: writer.list(values.acts.map(({ title }) => title)),
  }),
  unblocked: (values, writer) => ({ caller: writer.name(values.caller), at: writer.moment(values.liftedAt) }),
};

/** Who has it asked: the reader themselves, or an employee. */
function asker(agent: AgentOnMessage | 'contact' | null, writer: Writer): Filled {
  if (agent === 'contact') return { asker: 'contact', agent: '' };
  return agent === null ? { asker: 'self', agent: '' } : { asker: 'agent', agent: writer.agent(agent) };
}

/** For whom the reader gives it: themselves, or who gave it to them. */
function onBehalf(holder: string | null, writer: Writer): Filled {
  return holder === null ? { isPassedOn: 'no', holder: '' } : { isPassedOn: 'yes', holder: writer.name(holder) };
}

function code(value: string): Filled {
  return {
    // Ten digits are copied off paper, in two halves.
    code: value.replace(/^(\d{5})(\d{5})$/, '$1 $2'),
    spokenCode: Array.from(value.replaceAll('-', '')).join(', '),
  };
}

/** A greeting above, the sender below. */
function page(
  body: string,
  writer: Writer,
  envelope: Envelope,
  { phone, email }: Organisation,
): Omit<LetterText, 'code'> {
  const greeting =
    envelope.name === null
      ? writer.text('greeting_unnamed')
      : writer.text('greeting', { name: writer.name(envelope.name) });
  const senderLines = [writer.text('phone_line', { phone }), writer.text('email_line', { email })];
  return { greeting, body, closing: writer.text('closing'), senderLines };
}

function textOf({ greeting, body, closing, senderLines }: Omit<LetterText, 'code'>, sender: Organisation): string {
  return [greeting, body, [closing, sender.name, sender.address, ...senderLines].join('\n')].join('\n\n');
}

/** @throws Error when the link would lead anywhere but to this service */
function ownLink(link: string, publicUrl: string): string {
  const { href } = new URL(link);
  if (!href.startsWith(`${publicUrl}/`)) throw new Error('A message may link to this service alone.');
  return href;
}
