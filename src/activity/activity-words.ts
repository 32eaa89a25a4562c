import type { PersonRecord } from '../audit/audit-reader.ts';
import type { Agent } from '../auth/principal.ts';
import { everyText, text, type TextKey } from '../pages/text.ts';
import type { Policy } from '../policy/policy.ts';
import { type Channel, type Language, type Outcome, OUTCOMES } from '../policy/vocabulary.ts';
import { SIGN_IN_METHODS } from '../sessions/session.ts';
import { factsInWords } from '../statements/statement-words.ts';
import { type Statement, STATEMENT_SUBJECTS } from '../statements/statement.ts';
import { type Telling } from './activity-kinds.ts';

/** What has to be known besides a record to tell it. */
export interface Around {
  readonly personId: string;
  /** Of people whom the reader knows by a mandate. */
  readonly names: ReadonlyMap<string, string>;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly calls: ReadonlyMap<string, { readonly channel: Channel; readonly caseRef: string | null }>;
  /** What was said, by its id. */
  readonly statements: ReadonlyMap<string, Statement>;
  readonly policies: ReadonlyMap<string, Policy>;
  /** In force now: for records that name none. */
  readonly policy: Policy;
  readonly language: Language;
}

/** Who did something, as far as the one whom it concerns may know. */
export type Who =
  | { readonly is: 'agent'; readonly pseudonym: string; readonly role: string; readonly team: string | null }
  | { readonly is: 'person'; readonly name: string | null }
  | { readonly is: 'you' | 'signed_in' | 'system' | 'visitor' };

const AGENT = /^agent:(\S+)/;
const PERSON = /^(holder|person):(\S+)/;

/** The agent or person in an actor: see `actorOf`. */
export function actorIn(actor: string): { readonly agentId: string | null; readonly personId: string | null } {
  return { agentId: AGENT.exec(actor)?.[1] ?? null, personId: PERSON.exec(actor)?.[2] ?? null };
}

export function whoOf({ actor }: PersonRecord, { personId, names, agents }: Around): Who {
  const { agentId, personId: by } = actorIn(actor);
  const agent = agentId === null ? undefined : agents.get(agentId);
  if (agent !== undefined) {
    return { is: 'agent', pseudonym: agent.pseudonym, role: agent.role, team: agent.team };
  }
  if (by === personId) return { is: actor.startsWith('person:') ? 'signed_in' : 'you' };
  if (by !== null) return { is: 'person', name: names.get(by) ?? null };
  return { is: actor === 'visitor' ? 'visitor' : 'system' };
}

export function whoInWords(who: Who, language: Language): string {
  switch (who.is) {
    case 'agent': {
      const { pseudonym, role, team } = who;
      return text(language, 'activity.who.agent', { pseudonym, role, team: team ?? 'none' });
    }
    case 'person':
      return who.name ?? text(language, 'activity.who.somebody');
    case 'you':
    case 'signed_in':
    case 'system':
    case 'visitor':
      return text(language, `activity.who.${who.is}`);
  }
}

/** One sentence, and what more there is to say. Of a record's body it tells words of closed lists, and nothing else. */
export interface Told {
  readonly sentence: string;
  readonly details: readonly string[];
}

export function toldOf(record: PersonRecord, telling: Telling, around: Around): Told {
  const { kind, body, personIds } = record;
  const { language, personId, names } = around;
  const room = kind.split('.')[0];
  const plain = (values: Record<string, string | number> = {}): string => text(language, telling.text, values);
  const nameOf = (id: unknown): string =>
    (typeof id === 'string' ? names.get(id) : undefined) ?? text(language, 'activity.somebody');
  if (telling.text === 'activity.other') return { sentence: plain(), details: [] };
  if (kind === 'lookup') return { sentence: plain({ what: word(body['what']) }), details: [] };
  if (room === 'call') {
    const { callerId } = body;
    const name = typeof callerId === 'string' ? names.get(callerId) : undefined;
    const who = callerId === personId ? 'you' : name === undefined ? 'other' : 'named';
    return { sentence: plain({ who, name: name ?? '' }), details: [] };
  }
  if (room === 'obligation') return { sentence: plain(), details: [titleOf(body['action'], around)] };
  if (room === 'statement') return toldStatement(record, telling, around);
  if (room === 'assistance') {
    const key = `assisted.${word(body['operation'])}`;
    const what = key in everyText ? text(language, key as TextKey) : word(body['operation']);
    return { sentence: plain({ what }), details: [] };
  }
  if (room === 'check') return toldCheck(record, telling, around);
  if (room === 'code') {
    const actions = Array.isArray(body['actions']) ? body['actions'].map((name) => titleOf(name, around)) : [];
    return { sentence: plain({ purpose: word(body['purpose']) }), details: actions };
  }
  // What was asked for is no mandate yet, and whom it was asked of is nobody's business here.
  if (room === 'mandate' && kind !== 'mandate.requested') {
    const [holder, proxy] = personIds;
    // Nobody else is named: it is not given yet; or it ended, and the other side was not told.
    if (proxy === undefined) {
      const alone = body['state'] === 'draft' ? 'activity.mandate.draft' : 'activity.mandate.silent';
      return { sentence: text(language, alone), details: [] };
    }
    const side = personId === holder ? 'holder' : personId === proxy ? 'proxy' : 'giver';
    const other = side === 'proxy' ? holder : proxy;
    return { sentence: text(language, 'activity.mandate', { side, other: nameOf(other), what: plain() }), details: [] };
  }
  if (room === 'block') return { sentence: plain({ other: nameOf(body['callerId']) }), details: [] };
  if (room === 'life_event') {
    const isReversal = typeof body['reversesId'] === 'string' ? 'yes' : 'no';
    return { sentence: plain({ event: word(body['event']), isReversal }), details: [] };
  }
  if (room === 'representation') {
    const side = personIds[0] === personId ? 'holder' : 'representative';
    const other = nameOf(personIds.find((id) => id !== personId));
    return { sentence: plain({ representation: word(body['representation']), side, other }), details: [] };
  }
  if (room === 'session') {
    const method = SIGN_IN_METHODS.find((one) => one === body['method']);
    return { sentence: plain({ method: method === undefined ? '' : text(language, `method.${method}`) }), details: [] };
  }
  return { sentence: plain({ method: word(body['method']) }), details: [] };
}

function toldCheck({ kind, body }: PersonRecord, telling: Telling, around: Around): Told {
  const { language } = around;
  const decisions = Array.isArray(body['decisions']) ? (body['decisions'] as readonly (readonly unknown[])[]) : [];
  const outcomes = decisions.map(([action, outcome]) => ({ action, outcome: outcomeOf(outcome) }));
  const count = (wanted: Outcome): number => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const sentence = text(language, telling.text, { count: count('permit') });
  if (body['asked'] === null) {
    const counts = Object.fromEntries(OUTCOMES.map((one) => [one, count(one)]));
    return { sentence, details: [text(language, 'activity.check_all', counts)] };
  }
  const policy = around.policies.get(String(body['policy'])) ?? around.policy;
  const details = outcomes.map(({ action, outcome }) => {
    const told = kind === 'check.executed' && outcome === 'permit' ? 'done' : outcome;
    return text(language, `activity.outcome.${told}` satisfies TextKey, {
      action: titleOf(action, { policy, language }),
    });
  });
  return { sentence, details };
}

/** What was said is sealed with the key of its holder: it stands in no record. */
function toldStatement({ body }: PersonRecord, telling: Telling, { language, statements }: Around): Told {
  const subject = STATEMENT_SUBJECTS.find((one) => one === body['subject']) ?? 'other';
  const facts = statements.get(word(body['statementId']))?.facts ?? null;
  return {
    sentence: text(language, telling.text, { subject: text(language, `said.subject.${subject}`) }),
    details: facts === null ? [] : factsInWords(facts, language),
  };
}

function outcomeOf(value: unknown): Outcome {
  return OUTCOMES.find((one) => one === value) ?? 'deny';
}

function titleOf(name: unknown, { policy, language }: Pick<Around, 'policy' | 'language'>): string {
  return policy.actions.get(String(name))?.title[language] ?? String(name);
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** In which contact and about which case; null = in none. */
export function whyInWords(
  call: { readonly channel: Channel; readonly caseRef: string | null } | null,
  language: Language,
): string | null {
  if (call === null) return null;
  const channel = text(language, `channel.${call.channel}`);
  return text(language, 'activity.why.call', { channel, case: call.caseRef ?? 'none' });
}
