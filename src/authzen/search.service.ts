import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.ts';
import { actorOf } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { lookUpEntry } from '../holders/people.service.ts';
import { canonicalJson, type Json } from '../policy/binding.ts';
import type { ActionSearchRequest, PageRequest, ResourceSearchRequest, SubjectSearchRequest } from './authzen.dto.ts';
import { ReachService, type Refusal } from '../reach/reach.service.ts';
import { contextOf, type Entity, type EvaluationRequest } from './evaluation.ts';
import { type Asker, EvaluationsService, obligationsIn } from './evaluations.service.ts';
import { type NamedPerson, NamesRepository } from './names.repository.ts';
import type { Obligation } from './obligations.ts';
import { kindOf, type Known } from './request-reader.ts';

export interface Found {
  readonly type?: string;
  readonly id?: string;
  readonly name?: string;
  readonly obligations?: readonly Obligation[];
}

export interface FoundPage {
  readonly page: { readonly next_token: string; readonly count: number; readonly total?: number };
  readonly results: readonly Found[];
}

/** The most results in one answer. */
const MOST = 100;
/** The most candidates that one request weighs: whoever needs more asks for the next page, which may then be a short one. */
const MOST_WEIGHED = 300;

/** Where a search goes on: after this reference or number, with the same everything. */
interface Place {
  readonly after: string;
  readonly limit: number;
}

/**
 * Who, on what, and what: each answer is weighed as a question of its own, so what is found is what a question about it would
 * permit. Only ever inside one named resource or of one named person: nobody gets a list of all. Outside a call the people whom
 * the first two reach count as looked up; one that names what there is not, or finds nobody, counts as one more.
 */
@Injectable()
export class SearchService {
  constructor(
    private readonly evaluations: EvaluationsService,
    private readonly names: NamesRepository,
    private readonly audit: AuditService,
    private readonly reach: ReachService,
  ) {}

  /** What this subject may have done on this resource, in general, in the policy's order. */
  async actions({ subject, resource, context, page }: ActionSearchRequest, asker: Asker): Promise<FoundPage> {
    const question = { subject, resource, context: advising(subject, context) };
    const { after, limit } = placeOf('action', question, page);
    const permitted = await this.evaluations.permitted(question, asker);
    const rest = permitted.filter(({ place }) => place > (after === '' ? -1 : Number(after)));
    const shown = rest.slice(0, limit);
    const last = shown.at(-1);
    return pageOf(
      shown.map(({ name, obligations }) => foundOf({ name }, obligations)),
      last !== undefined && rest.length > limit
        ? tokenOf('action', question, { after: String(last.place), limit })
        : '',
      permitted.length,
    );
  }

  /**
   * Who may have this done, of those who have to do with this resource. Who is found counts. Who is only weighed does not: they
   * are not told.
   *
   * @throws AppError `rate_limited` for who has looked up enough people for now
   */
  async subjects(request: SubjectSearchRequest, asker: Asker): Promise<FoundPage> {
    const { subject, action, resource, page } = request;
    const { type, properties } = subject;
    const context = advising(null, request.context);
    const of = (id: string): EvaluationRequest => ({ subject: { type, id, properties }, action, resource, context });
    const found = await this.search('subject', of, page, asker, async ({ policy, resources }, after, limit) => {
      const kind = kindOf(policy, type);
      const named = resources.get(resource.id);
      if (kind === undefined || named === undefined) return [];
      return this.names.peopleOf(named.holderIds, kind, after, limit);
    });
    if (isInCall(of(''))) return found;
    const { people } = await this.evaluations.find(found.results.map(({ id = '' }) => of(id)));
    await this.count([...people.values()], asker, true);
    return found;
  }

  /**
   * On what this subject may have this done, of what they have to do with. The subject counts.
   *
   * @throws AppError `rate_limited` for who has looked up enough people for now
   */
  async resources(request: ResourceSearchRequest, asker: Asker): Promise<FoundPage> {
    const { subject, action, resource, page } = request;
    const { type, properties } = resource;
    const context = advising(subject, request.context);
    const of = (id: string): EvaluationRequest => ({ subject, action, resource: { type, id, properties }, context });
    if (!isInCall(of(''))) {
      const { people } = await this.evaluations.find([of('')]);
      await this.count([...people.values()], asker, false);
    }
    return this.search('resource', of, page, asker, async ({ policy, people }, after, limit) => {
      const person = people.get(subject.id);
      if (person === undefined || kindOf(policy, subject.type) !== person.kind) return [];
      return this.names.resourcesOf(person.id, type, after, limit);
    });
  }

  /**
   * That somebody looked at these people, before it is answered.
   *
   * @param people none = a guess
   * @param isWeighed the decisions about them are on record already
   */
  private async count(people: readonly NamedPerson[], { principal }: Asker, isWeighed: boolean): Promise<void> {
    const ids = people.map(({ id }) => id);
    const isFound = ids.length > 0;
    const actor = actorOf(principal);
    const over = await this.audit.record(async (tx, now) => {
      const refusal = await this.reach.lookUp(tx, now, actor, isFound ? ids : null);
      const looked = isFound && isWeighed ? [] : [lookUpEntry(actor, ids, { what: 'search', isFound })];
      return { result: refusal, entries: refusal === null ? looked : [refusal.entry] };
    });
    if (over !== null) throw over.neverFits ? inSmallerPages(over, ids.length) : over.error;
  }

  /** Goes through the candidates by reference until the page is full, there are none left, or it has weighed enough. */
  private async search(
    searched: 'subject' | 'resource',
    questionOn: (id: string) => EvaluationRequest,
    page: PageRequest | undefined,
    asker: Asker,
    candidatesAfter: (known: Known, after: string, limit: number) => Promise<readonly string[]>,
  ): Promise<FoundPage> {
    // Whatever id was given for what is searched is ignored.
    const nobody = questionOn('');
    const { type } = nobody[searched];
    const { after: start, limit } = placeOf(searched, nobody, page);
    const named = await this.evaluations.find([nobody]);
    const results: Found[] = [];
    let after = start;
    for (let weighed = 0; weighed < MOST_WEIGHED && results.length < limit;) {
      // One more than there is room for tells whether there are more.
      const room = limit - results.length;
      const refs = await candidatesAfter(named, after, room + 1);
      const questions = refs.slice(0, room).map(questionOn);
      const known = await this.evaluations.find(questions);
      const answers = await Promise.all(questions.map((one) => this.evaluations.evaluate(one, known, asker)));
      for (const [index, answer] of answers.entries()) {
        const id = refs[index] ?? '';
        if (answer.decision) results.push(foundOf({ type, id }, obligationsIn(answer)));
      }
      if (refs.length <= room) return pageOf(results, '', start === '' ? results.length : undefined);
      after = refs[room - 1] ?? after;
      weighed += room;
    }
    return pageOf(results, tokenOf(searched, nobody, { after, limit }));
  }
}

/** The context of what is only asked: a search does nothing, and what is found is not signed. @throws AppError `validation_failed` */
function advising(subject: Entity | null, context: EvaluationRequest['context']): EvaluationRequest['context'] {
  if (contextOf(subject, context).purpose === 'execute') {
    const detail = 'A search asks what is possible, and does nothing: leave it out.';
    throw new AppError('validation_failed', detail, { faults: [{ pointer: '/context/purpose', detail }] });
  }
  return context === undefined ? undefined : { ...context, sign: false };
}

function isInCall({ subject, context }: EvaluationRequest): boolean {
  return contextOf(subject, context).callId !== null;
}

/** To wait helps nobody whose page has more people than an hour has room for. */
function inSmallerPages({ error: { code, message, retryAfter } }: Refusal, count: number): AppError {
  const detail = `${message} This page has ${count} of them: ask for fewer with page.limit.`;
  return new AppError(code, detail, retryAfter === undefined ? {} : { retryAfter });
}

function foundOf(found: Found, obligations: readonly Obligation[]): Found {
  return obligations.length === 0 ? found : { ...found, obligations };
}

/** @param total of all pages together, where that is known: what was not looked at yet was not weighed either */
function pageOf(results: readonly Found[], token: string, total?: number): FoundPage {
  const counted = total === undefined ? {} : { total };
  return { page: { next_token: token, count: results.length, ...counted }, results };
}

/** What must stay the same from page to page. */
function fingerprint(searched: string, question: object): string {
  const plain = JSON.parse(JSON.stringify({ searched, question })) as Json;
  return createHash('sha256').update(canonicalJson(plain)).digest('base64url');
}

/** No secret: it says where to go on, and is of use with the same question alone. */
function tokenOf(searched: string, question: object, { after, limit }: Place): string {
  return Buffer.from(JSON.stringify([after, limit, fingerprint(searched, question)])).toString('base64url');
}

/** @throws AppError `validation_failed` for a token of another question or with another limit, or none of ours */
function placeOf(searched: string, question: object, { token, limit }: PageRequest = {}): Place {
  const wanted = limit === undefined || limit === 0 ? undefined : Math.min(limit, MOST);
  if (token === undefined || token === '') return { after: '', limit: wanted ?? MOST };
  const [after, kept, print] = partsOf(token);
  if (print !== fingerprint(searched, question) || (wanted !== undefined && wanted !== kept)) {
    const detail = 'Send the token with the same question and the same limit as before, or leave it out to begin anew.';
    throw new AppError('validation_failed', detail, { faults: [{ pointer: '/page/token', detail }] });
  }
  return { after, limit: kept };
}

function partsOf(token: string): readonly [after: string, limit: number, print: string] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(parts)) {
      const [after, limit, print] = parts as unknown[];
      const isPlace = typeof after === 'string' && /^[\x21-\x7e]{1,200}$/.test(after);
      const isLimit = typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MOST;
      if (isPlace && isLimit && typeof print === 'string') return [after, limit, print];
    }
  } catch {
    // Not ours.
  }
  return ['', 0, ''];
}
