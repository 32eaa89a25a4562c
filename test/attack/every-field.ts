import { ACTION_NAME } from '../../src/authzen/request-reader.ts';
import { Document, type Operation, type Schema } from './document.ts';
import { Wire } from './wire.ts';

export interface Told {
  readonly route: string;
  readonly sender: string;
  readonly status: number;
  readonly text: string;
}

interface Planting {
  /** The next of all secrets. */
  readonly secret: () => string;
  /** The next that never passes for the id of a request. */
  readonly person: () => string;
  /** What stands in the header of each who asks; null = nothing. */
  readonly senders: Readonly<Record<string, string | null>>;
  /** An open call of A-1, and of whom and what it is: the standard's questions are asked in it. */
  readonly call: { readonly id: string; readonly caller: string; readonly contract: string };
}

interface Sent {
  readonly type: string;
  readonly text: string;
}

/**
 * Each secret in each place of each operation of our own document, for whoever may ask: nearly all are refused, and none may be
 * repeated. Nothing comes of it: every body has a member that it may not have.
 */
export async function everyField(url: string, planting: Planting): Promise<readonly Told[]> {
  const { secret, person, senders } = planting;
  const document = new Document();
  const wire = new Wire(url);
  const told: Told[] = [];
  for (const operation of document.operations) {
    const { method, template, route, parameters } = operation;
    for (const body of bodiesOf(document, operation, planting)) {
      const path = template.replaceAll(/\{\w+\}/g, () => encodeURIComponent(secret()));
      const query = parameters
        .filter(({ in: place }) => place === 'query')
        .map(({ name }) => `${name}=${encodeURIComponent(secret())}`);
      for (const [sender, authorization] of Object.entries(senders)) {
        const { status, text } = await wire.send({
          method,
          target: `${path}?${query.join('&')}`,
          headers: {
            ...(authorization === null ? {} : { authorization }),
            ...(sender === 'agent' ? { 'mandaat-agent': 'A-1' } : {}),
            ...(body === null ? {} : { 'content-type': body.type }),
            'x-request-id': header(person()),
            'if-match': header(secret()),
            'idempotency-key': header(secret()),
          },
          body: body === null ? null : Buffer.from(body.text),
        });
        told.push({ route, sender, status, text: withoutPointers(text) });
      }
    }
  }
  wire.close();
  return told;
}

/** Each member by itself, as a text and as deep as it is, then all at once. */
function bodiesOf(document: Document, { method, template, bodies }: Operation, planting: Planting): (Sent | null)[] {
  const { secret } = planting;
  if (method === 'GET') return [null];
  const json = (value: object): Sent => ({
    type: 'application/json',
    text: JSON.stringify({ ...value, [secret()]: secret() }),
  });
  if (template === '/v1/imports') return files(document, planting);
  const { properties = {} } = document.resolve(Object.values(bodies)[0] ?? {});
  const full = (schema: Schema): unknown => filled(document, schema, secret);
  const members = Object.entries(properties).flatMap(([name, schema]) => {
    const value = full(schema);
    return [json({ [name]: secret() }), ...(typeof value === 'object' ? [json({ [name]: value })] : [])];
  });
  const whole = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, full(schema)]));
  const standard = template.startsWith('/access/') ? QUESTIONS.map((one) => json({ ...whole, ...one(planting) })) : [];
  return [json({ field_that_is_none: secret() }), ...members, json(whole), ...standard];
}

/**
 * What the standard asks, of the right kinds, with a secret in one place after the other. Others wrote it, and it takes no notice
 * of what it doesn't know.
 */
const QUESTIONS = (['subject', 'resource', 'action', 'properties', 'call', 'all'] as const).flatMap((where) =>
  // A secret may be longer than a name may be: the next one is not.
  Array.from({ length: 3 }, () => ({ secret, call }: Planting): object => {
    const at = (place: string, right: string): string => {
      if (![place, 'all'].includes(where)) return right;
      let planted = secret();
      // What passes for the name of an action is recorded as one.
      while (place === 'action' && ACTION_NAME.test(planted)) planted = secret();
      return planted;
    };
    const one = (): object => ({
      subject: { type: 'person', id: at('subject', call.caller), properties: { [secret()]: secret() } },
      action: { name: at('action', 'fault.report'), properties: { description: at('properties', 'Het hapert.') } },
      resource: { type: 'contract', id: at('resource', call.contract), properties: { product: secret() } },
    });
    const context = { call_id: at('call', call.id), [secret()]: secret() };
    return { ...one(), context, evaluations: [one(), { subject: secret() }] };
  }),
);

/** Files of customers, in which every line has a cell that can't be used. */
function files(document: Document, { secret }: Planting): Sent[] {
  const put = document.operations.find(({ route }) => route === 'PUT /v1/people/{crm_ref}');
  const person = filled(document, Object.values(put?.bodies ?? {})[0] ?? {}, secret) as object;
  const lines = [
    { type: 'person', crm_ref: secret(), ...person, field_that_is_none: secret() },
    { type: 'contract', contract_ref: secret(), joint_rule: secret(), holders: [secret()], properties: secret() },
    { type: secret() },
    secret(),
  ];
  const columns = 'type,crm_ref,kind,name,language,phone,email,postal,contract_ref,joint_rule,holders,property.product';
  const quoted = (): string => `"${secret()}"`;
  const row = (type: string): string =>
    columns
      .split(',')
      .map((_, at) => (at === 0 ? type : quoted()))
      .join(',');
  return [
    { type: 'application/x-ndjson', text: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n${secret()}` },
    { type: 'text/csv', text: [columns, row('person'), row('contract'), row(quoted()), `"${secret()}`].join('\n') },
  ];
}

/** Of the right shape, with a secret in the place of every text, every number and every truth. */
function filled(document: Document, given: Schema, secret: () => string, depth = 0): unknown {
  const schema = document.resolve(given);
  const [option] = schema.oneOf ?? schema.anyOf ?? [];
  if (option !== undefined) return filled(document, option, secret, depth);
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  const types = [schema.type].flat();
  if (depth > 5) return secret();
  if (types.includes('array')) return [filled(document, schema.items ?? {}, secret, depth + 1)];
  if (!types.includes('object')) return secret();
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [
    name,
    filled(document, member, secret, depth + 1),
  ]);
  return members.length > 0 ? Object.fromEntries(members) : { note: secret() };
}

/** A header may hold one byte a character. */
function header(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '');
}

/** The name of a field that the client made up is told back to it: that is how it finds its mistake. */
function withoutPointers(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  return JSON.stringify(JSON.parse(text), (key, value: unknown) => (key === 'pointer' ? '' : value));
}
