import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { AuditModule } from '../../src/audit/audit.module.ts';
import { AuditService } from '../../src/audit/audit.service.ts';
import { AuthModule } from '../../src/auth/auth.module.ts';
import { KeysService } from '../../src/auth/keys.service.ts';
import { changedConfig, type Config } from '../../src/config/config.ts';
import { ConfigModule } from '../../src/config/config.module.ts';
import { CryptoModule } from '../../src/crypto/crypto.module.ts';
import { DatabaseModule } from '../../src/database/database.module.ts';
import { createApp } from '../../src/http/http.ts';
import { HttpModule } from '../../src/http/http.module.ts';
import { IdempotencyModule } from '../../src/idempotency/idempotency.module.ts';
import { compilePolicy, type PolicyFault } from '../../src/policy-documents/compile-policy.ts';
import { PolicyAtStart } from '../../src/policy-documents/policy-at-start.ts';
import { PolicyDocumentsModule } from '../../src/policy-documents/policy-documents.module.ts';
import { PolicyDocumentsRepository } from '../../src/policy-documents/policy-documents.repository.ts';
import { PolicyDocuments } from '../../src/policy-documents/policy-documents.service.ts';
import schema from '../../policies/schema.json' with { type: 'json' };
import type { Policy, Properties } from '../../src/policy/policy.ts';
import { CHANNELS, OBLIGATION_TYPES, REASONS } from '../../src/policy/vocabulary.ts';
import { testConfig } from '../support/config.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** A small policy without a mistake, to break. */
const SOUND = `format: 1
name: klein
limits: { decision_seconds: 300, confirmation_minutes: 15, decay_months: 12, address_of_record_days: 30 }
contract_properties: { status: string }
channels:
  phone: { accepts_proxies: true }
  chat: { accepts_proxies: true }
  whatsapp: { accepts_proxies: true }
  email: { accepts_proxies: true }
  video: { accepts_proxies: true }
  desk: { accepts_proxies: true }
  letter: { accepts_proxies: true }
  social: { accepts_proxies: false, alternatives: [phone] }
scopes:
  bills:
    version: 1
    title: { nl: Facturen, en: Bills }
    text: { nl: Over facturen praten., en: Talk about bills. }
    never_includes: { nl: Betalen., en: Paying. }
actions:
  invoice.explain:
    scope: bills
    title: { nl: Uitleggen, en: Explain }
    channels: [phone]
    proxy: { mandate: 2, caller: 2, confirmation: 0 }
    holder: { caller: 2, confirmation: 0 }
    safe_alternative: invoice.copy
  invoice.copy:
    scope: bills
    title: { nl: Kopie, en: Copy }
    channels: [phone, desk]
    proxy: { mandate: 2, caller: 2, confirmation: 0 }
    holder: { caller: 2, confirmation: 0 }
    safe_delivery: { maximum: 3, per_days: 30 }
    obligations: [{ type: deliver_to_record }, { type: notify_holder }]
  credit.give:
    scope: bills
    title: { nl: Tegoed, en: Credit }
    channels: [phone]
    proxy: never
    holder: { caller: 1, confirmation: 0 }
    properties:
      amount: { type: number, title: { nl: Bedrag, en: Amount }, required: true, minimum: 0, maximum: 100 }
      note: { type: string, title: { nl: Notitie, en: Note }, max_length: 50 }
      iban: { type: string, title: { nl: Rekening, en: Account }, personal: true }
    condition: action.properties.amount <= 50
sentences:
${REASONS.map((reason) => `  ${reason}: { nl: 'Nee tegen {action}.', en: 'No to {action}.' }`)
  .join('\n')
  .replace(
    "unknown_action: { nl: 'Nee tegen {action}.', en: 'No to {action}.' }",
    'unknown_action: { nl: Onbekend., en: Unknown. }',
  )}
`;

/** Stands in a broken text where the mistake must be reported. */
const HERE = '¦';

function place(marked: string): { text: string; line: number; column: number } {
  const before = marked.slice(0, marked.indexOf(HERE)).split('\n');
  return { text: marked.replace(HERE, ''), line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function broken(from: string, to: string): string {
  if (!SOUND.includes(from)) throw new Error(`The sound policy has no "${from}".`);
  return SOUND.replace(from, () => to);
}

function faultsOf(text: string): readonly PolicyFault[] {
  const result = compilePolicy(text);
  return 'faults' in result ? result.faults : [];
}

function compiled(text: string): Policy {
  const result = compilePolicy(text);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.policy;
}

function condition(source: string): string {
  return broken('condition: action.properties.amount <= 50', `condition: ${source}`);
}

/** One mistake each: what it is, what stands there, what it is broken into (the mark shows where), what is said. */
const MISTAKES: readonly (readonly [string, string, string, RegExp])[] = [
  // The YAML itself.
  ['an unclosed bracket', 'channels: [phone]\n    proxy', 'channels: [phone\n    ¦proxy', /not valid YAML/],
  ['a name twice', 'name: klein\n', 'name: klein\n¦name: groot\n', /stands here twice/],
  ['an alias', 'scope: bills\n    title: { nl: Kopie', 'scope: ¦*x\n    title: { nl: Kopie', /An alias is not allowed/],
  ['an anchor', 'name: klein', 'name: &x ¦klein', /An anchor is not allowed/],
  ['an unknown tag', 'name: klein', 'name: ¦!geheim klein', /not valid YAML/],
  ['two documents', 'format: 1\n', 'format: 1\n¦---\nformat: 1\n', /not valid YAML/],
  ['a prototype name', '  credit.give:', '  ¦__proto__: {}\n  credit.give:', /"__proto__" is reserved/],
  ['a name that every object has', 'note: { type', '¦constructor: { type', /"constructor" is reserved/],
  // The schema.
  ['another format', 'format: 1', 'format: ¦2', /not allowed/],
  ['a missing member', '  bills:\n    version: 1\n', '  ¦bills:\n', /"version" is missing/],
  ['a missing language', 'title: { nl: Facturen, en: Bills }', '¦title: { nl: Facturen }', /"en" is missing/],
  ['an unknown member', 'properties:\n', '¦propertys: {}\n    properties:\n', /"propertys" is not known/],
  ['an empty text', 'title: { nl: Facturen,', "title: { nl: ¦'',", /fewer than 1 char/],
  ['a level that is none', 'proxy: { mandate: 2,', 'proxy: { mandate: ¦5,', /not in the list/],
  ['a word where a level belongs', 'proxy: { mandate: 2,', 'proxy: { mandate: ¦twee,', /not in the list/],
  ['another word than never', 'proxy: never', 'proxy: ¦sometimes', /not allowed/],
  [
    'a requirement without an axis',
    'proxy: { mandate: 2, caller: 2, confirmation: 0 }',
    '¦proxy: { mandate: 2, caller: 2 }',
    /"confirmation" is missing/,
  ],
  [
    'a recording that says not what for',
    'scope: bills\n    title: { nl: Uitleggen',
    'scope: bills\n    recording: ¦true\n    title: { nl: Uitleggen',
    /has to say for what it is made/,
  ],
  ['no channel', 'channels: [phone]', 'channels: ¦[]', /fewer than 1 items/],
  ['an unknown channel', 'channels: [phone, desk]', 'channels: [phone, ¦fax]', /not in the list/],
  ['a channel twice', 'channels: [phone, desk]', 'channels: ¦[phone, phone]', /stands here twice/],
  ['a channel without a rule', 'channels:\n  phone: { accepts_proxies: true }\n', '¦channels:\n', /"phone" is missing/],
  [
    'a list where a mapping belongs',
    'safe_delivery: { maximum: 3, per_days: 30 }',
    'safe_delivery: ¦[3, 30]',
    /not a mapping/,
  ],
  ['an action name that ends in a dot', '  credit.give:', '  ¦credit.:', /right form/],
  [
    'an action on a type of resource that there is not',
    'holder: { caller: 1, confirmation: 0 }\n    properties',
    'holder: { caller: 1, confirmation: 0 }\n    resource_type: ¦record\n    properties',
    /no resource type "record"/,
  ],
  [
    'a trusted property of a resource that is not declared',
    'contract_properties: { status: string }',
    'contract_properties: { status: string }\nresource_types: { contract: { trusted_properties: { resource: [¦state] } } }',
    /"state" is trusted and not declared/,
  ],
  [
    'a trusted property of a subject that is not declared',
    'contract_properties: { status: string }',
    'contract_properties: { status: string }\nresource_types: { contract: { trusted_properties: { subject: [¦status] } } }',
    /"status" is trusted and not declared/,
  ],
  [
    'a word of the enforcing side for more than it can know',
    'contract_properties: { status: string }',
    'contract_properties: { status: string }\nresource_types: { contract: { without_call: { channel: desk, vouched_caller: ¦3 } } }',
    /more than 2/,
  ],
  [
    'a subject that is no kind of people',
    'contract_properties: { status: string }',
    'contract_properties: { status: string }\nsubject_types: { user: ¦animal }',
    /not in the list/,
  ],
  [
    'a condition on a property of a person that is not declared',
    'action.properties.amount <= 50',
    'subject.properties.¦role == "a"',
    /"role", which is not declared/,
  ],
  ['a decision that is fresh too long', 'decision_seconds: 300', 'decision_seconds: ¦301', /more than 300/],
  ['a confirmation that lasts too long', 'confirmation_minutes: 15', 'confirmation_minutes: ¦61', /more than 60/],
  ['a decay after more than a year', 'decay_months: 12', 'decay_months: ¦13', /more than 12/],
  [
    'an address of record that is too young',
    'address_of_record_days: 30',
    'address_of_record_days: ¦29',
    /less than 30/,
  ],
  ['a delivery cap per week', 'per_days: 30', 'per_days: ¦7', /less than 30/],
  ['half a month', 'decay_months: 12', 'decay_months: ¦1.5', /not a whole number/],
  [
    'an obligation that is none',
    '{ type: notify_holder }]',
    '{ type: notify_holder }, { type: ¦pray }]',
    /not in the list/,
  ],
  // The meaning.
  [
    'an unknown scope',
    'scope: bills\n    title: { nl: Tegoed',
    'scope: ¦biling\n    title: { nl: Tegoed',
    /no scope "biling"/,
  ],
  [
    'a scope without actions',
    'scopes:\n',
    'scopes:\n  ¦empty: { version: 1, title: { nl: a, en: a }, text: { nl: a, en: a }, never_includes: { nl: a, en: a } }\n',
    /No action stands/,
  ],
  [
    'an alternative that accepts no proxies',
    'chat: { accepts_proxies: true }',
    'chat: { accepts_proxies: true, alternatives: [¦social] }',
    /accepts no proxies/,
  ],
  [
    'a flag that no agent can have, on a channel',
    'chat: { accepts_proxies: true }',
    'chat: { accepts_proxies: true, agent: { not_flagged: [¦no_chat] } }',
    /No agent can have "no_chat"/,
  ],
  [
    'an attestation that no agent can have, for an action',
    'proxy: never',
    'agent: { attestations: [¦training] }\n    proxy: never',
    /No agent can have "training"/,
  ],
  ['a rule for agents that says nothing', 'proxy: never', 'agent: ¦{}\n    proxy: never', /./],
  [
    'a channel that sends nobody anywhere',
    'social: { accepts_proxies: false, alternatives: [phone] }',
    '¦social: { accepts_proxies: false }',
    /offers them nothing/,
  ],
  [
    'a channel that sends to itself',
    'alternatives: [phone]',
    'alternatives: [phone, ¦social]',
    /no alternative to itself/,
  ],
  ['a proxy on no channel for proxies', 'channels: [phone, desk]', 'channels: ¦[social]', /None of these channels/],
  [
    'something sensitive on a messaging app',
    'channels: [phone, desk]',
    'sensitive: true\n    channels: [phone, ¦whatsapp]',
    /never asked or given on whatsapp/,
  ],
  [
    'a confirmation that nobody reaches',
    'holder: { caller: 1, confirmation: 0 }',
    'holder: { caller: 1, confirmation: ¦4 }',
    /No holder can confirm/,
  ],
  [
    'a caller level that nobody reaches',
    'holder: { caller: 1, confirmation: 0 }',
    'holder: { caller: ¦4, confirmation: 0 }',
    /No caller can be identified/,
  ],
  [
    'a mandate of an unrecognised caller',
    'proxy: { mandate: 2, caller: 2,',
    'proxy: { mandate: 2, caller: ¦0,',
    /worth nothing/,
  ],
  [
    'a holder who need not be recognised',
    'holder: { caller: 2, confirmation: 0 }',
    'holder: { caller: ¦1, confirmation: 0 }',
    /say that one is the holder/,
  ],
  [
    'an action of whoever says to be the holder',
    'holder: { caller: 1, confirmation: 0 }',
    'holder: { caller: ¦0, confirmation: 0 }',
    /everybody may say/,
  ],
  ['bounds on a word', 'max_length: 50', '¦minimum: 1', /Only a number has a minimum/],
  ['a length of a number', 'maximum: 100', '¦max_length: 9', /Only a string has a length/],
  ['bounds the wrong way round', 'minimum: 0,', 'minimum: ¦101,', /minimum is above/],
  [
    'an announcement of nothing',
    '{ type: notify_holder }]',
    '{ type: notify_holder }, ¦{ type: announce }]',
    /nothing to announce/,
  ],
  [
    'a text that nobody says',
    '{ type: notify_holder }]',
    '{ type: notify_holder, ¦text: { nl: a, en: a } }]',
    /Only announce has a text/,
  ],
  [
    'an obligation twice',
    '{ type: notify_holder }]',
    '{ type: notify_holder }, ¦{ type: notify_holder }]',
    /stands here twice/,
  ],
  [
    'a receipt of what the service does itself',
    '{ type: notify_holder }]',
    '{ type: notify_holder, receipt_required: ¦true }]',
    /sent by the service itself/,
  ],
  [
    'safe delivery to nowhere',
    '    safe_delivery: { maximum: 3, per_days: 30 }\n    obligations: [{ type: deliver_to_record }, ',
    '    ¦safe_delivery: { maximum: 3, per_days: 30 }\n    obligations: [',
    /nothing says so/,
  ],
  [
    'safe delivery behind the holder’s back',
    '    safe_delivery: { maximum: 3, per_days: 30 }\n    obligations: [{ type: deliver_to_record }, { type: notify_holder }]',
    '    ¦safe_delivery: { maximum: 3, per_days: 30 }\n    obligations: [{ type: deliver_to_record }]',
    /told of every safe delivery/,
  ],
  [
    'delivery that is not safe',
    '    proxy: never\n',
    '    proxy: never\n    obligations: [¦{ type: deliver_to_record }]\n',
    /Only an action with safe delivery/,
  ],
  [
    'an alternative without safe delivery',
    'safe_alternative: invoice.copy',
    'safe_alternative: ¦credit.give',
    /no action of this scope with safe delivery/,
  ],
  // Conditions: the mark stands inside the expression.
  ['a condition that breaks off', 'action.properties.amount <= 50', 'action.properties.amount <=¦', /Unexpected token/],
  [
    'an undeclared property',
    'action.properties.amount <= 50',
    'action.properties.¦amont <= 50',
    /"amont", which is not declared/,
  ],
  [
    'an undeclared property by index',
    'action.properties.amount <= 50',
    'action.properties[¦"amont"] <= 50',
    /"amont", which is not declared/,
  ],
  [
    'an undeclared property of the contract',
    'action.properties.amount <= 50',
    'contract.properties.¦kind == "a"',
    /"kind", which is not declared/,
  ],
  ['a personal property', 'action.properties.amount <= 50', 'action.properties.¦iban == "x"', /personal data/],
  [
    'a property that may be absent',
    'action.properties.amount <= 50',
    'action.properties.¦note == "x"',
    /may be absent/,
  ],
  [
    'a comparison of unlike things',
    'action.properties.amount <= 50',
    '¦action.properties.amount <= "50"',
    /no such overload/,
  ],
  [
    'a whole number beside a decimal',
    'action.properties.amount <= 50',
    '¦action.properties.amount == 50',
    /double == int/,
  ],
  ['who is calling', 'action.properties.amount <= 50', '¦caller.level >= 2', /Unknown variable: caller/],
  ['a condition that is no question', 'action.properties.amount <= 50', '¦action.properties.amount', /gives double/],
  ['a pattern', 'action.properties.amount <= 50', '¦call.channel.matches("(a+)+$")', /"matches" is not available/],
  [
    'a loop',
    'condition: action.properties.amount <= 50',
    'condition: "¦[1, 2].exists(x, x > 1)"',
    /"exists" is not available/,
  ],
  [
    'a way round the types',
    'action.properties.amount <= 50',
    '¦dyn(action).properties.iban == "x"',
    /"dyn" is not available/,
  ],
  [
    'a mistake on the second line of a block',
    'condition: action.properties.amount <= 50',
    'condition: |\n      action.properties.amount <= 50 &&\n      action.properties.¦amont > 1',
    /"amont"/,
  ],
  [
    'a mistake between quotes',
    'condition: action.properties.amount <= 50',
    "condition: 'action.properties.¦amont > 1'",
    /"amont"/,
  ],
  // Sentences.
  [
    'a reason that is none',
    '  internal_error:',
    '  ¦because: { nl: a, en: b }\n  internal_error:',
    /no reason "because"/,
  ],
  ['an open brace', "no_mandate: { nl: 'Nee tegen {action}.'", "no_mandate: { nl: 'Nee tegen ¦{action.'", /braces/],
  [
    'another placeholder',
    "no_mandate: { nl: 'Nee tegen {action}.'",
    "no_mandate: { nl: 'Nee tegen ¦{naam}.'",
    /placeholder is not known/,
  ],
  [
    'a formatted placeholder',
    "no_mandate: { nl: 'Nee tegen {action}.'",
    "no_mandate: { nl: 'Nee tegen ¦{action, number}.'",
    /placeholder is not known/,
  ],
  [
    'privacy where it is not true',
    "no_mandate: { nl: 'Nee tegen {action}.'",
    "no_mandate: { nl: 'Nee, ¦privacy.'",
    /not about privacy/,
  ],
  [
    'the title of an unknown action',
    'unknown_action: { nl: Onbekend.',
    "unknown_action: { nl: 'Wat is ¦{action}?'",
    /no title to name/,
  ],
  [
    'the title of an action where something else comes first',
    'sentences:',
    "owing_sentence: { nl: 'Eerst iets voor ¦{action}.', en: First this. }\nsentences:",
    /the same for every action/,
  ],
];

describe('a policy document', () => {
  it('without a mistake compiles', () => {
    expect(faultsOf(SOUND)).toEqual([]);
  });

  it.each(MISTAKES)('with %s is refused at the right line and column', (_, from, to, message) => {
    const { text, line, column } = place(broken(from, to));
    expect(faultsOf(text)).toEqual([
      {
        line,
        column,
        path: expect.any(String),
        message: expect.stringMatching(message),
        hint: expect.stringMatching(/./),
      },
    ]);
  });

  it('says a line and column that an editor shows, and the path', () => {
    expect(faultsOf(broken('decay_months: 12', 'decay_months: 13'))).toEqual([
      {
        line: 3,
        column: 74,
        path: '/limits/decay_months',
        message: 'This is more than 12.',
        hint: 'A mandate at strength 2 decays to 1 this long after its last confirmation. Months, 1 to 12.',
      },
    ]);
  });

  it('reports every mistake at once, in the order of the document', () => {
    const text = SOUND.replace('decay_months: 12', 'decay_months: 13')
      .replace('alternatives: [phone]', 'alternatives: [social]')
      .replace('scope: bills\n    title: { nl: Kopie', 'scope: biling\n    title: { nl: Kopie')
      .replace('proxy: never', 'proxy: maybe')
      .replace('action.properties.amount <= 50', 'action.properties.amont <= 50 && action.properties.iban == ""')
      .replace("no_mandate: { nl: 'Nee tegen {action}.'", "no_mandate: { nl: 'Nee tegen {naam}.'");
    const faults = faultsOf(text);
    expect(faults.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '3 /limits/decay_months',
      '13 /channels/social/alternatives/0',
      '27 /actions/invoice.explain/safe_alternative',
      '29 /actions/invoice.copy/scope',
      '40 /actions/credit.give/proxy',
      '46 /actions/credit.give/condition',
      '46 /actions/credit.give/condition',
      '49 /sentences/no_mandate/nl',
    ]);
    const places = faults.map(({ line, column }) => line * 1000 + column);
    expect(places).toEqual(places.toSorted((first, second) => first - second));
  });

  it.each(REASONS)('without a sentence for %s is refused', (reason) => {
    const text = SOUND.split('\n')
      .filter((line) => !line.startsWith(`  ${reason}: `))
      .join('\n');
    expect(faultsOf(text)).toEqual([
      expect.objectContaining({ line: 47, column: 1, message: `The reason "${reason}" has no sentence.` }),
    ]);
  });

  it('that is empty, nested without end, too long or a bomb is refused, not read forever', () => {
    const bomb = ['a: &a [x, x]', ...Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a, *a]`)].join('\n');
    for (const text of [
      '',
      '[]',
      'null',
      '['.repeat(100_000),
      `${SOUND}#${'x'.repeat(300_000)}`,
      bomb,
      '\0',
      '\uD800',
    ]) {
      expect(faultsOf(text)).not.toEqual([]);
    }
    expect(faultsOf(`${SOUND}#${'x'.repeat(300_000)}`)[0]?.hint).toMatch(/At most 262144/);
  });

  it('is named by the SHA-256 of its bytes: the same bytes always, one changed space never', () => {
    const { hash } = compiled(SOUND);
    expect(hash).toBe(createHash('sha256').update(Buffer.from(SOUND, 'utf8')).digest('hex'));
    expect(compiled(SOUND).hash).toBe(hash);
    expect(compiled(`${SOUND} `).hash).not.toBe(hash);
  });

  it('can give new words to a scope under a higher version only', () => {
    const published = [...compiled(SOUND).scopes.values()];
    const reworded = SOUND.replace('en: Talk about bills.', 'en: Talk about all bills.');
    expect(compilePolicy(SOUND, published)).toHaveProperty('policy');
    const refused = compilePolicy(reworded, published);
    expect('faults' in refused ? refused.faults : []).toEqual([
      expect.objectContaining({ line: 16, column: 14, path: '/scopes/bills/version' }),
    ]);
    expect(compilePolicy(reworded.replace('version: 1', 'version: 2'), published)).toHaveProperty('policy');
  });

  it('compiles to what it says', () => {
    const policy = compiled(SOUND);
    expect([...policy.actions.keys()]).toEqual(['invoice.explain', 'invoice.copy', 'credit.give']);
    expect(policy.limits).toEqual({
      decisionSeconds: 300,
      confirmationMinutes: 15,
      decayMonths: 12,
      addressOfRecordDays: 30,
    });
    expect(policy.channels.get('social')).toEqual({ acceptsProxies: false, alternatives: ['phone'], agent: null });
    expect(policy.actions.get('credit.give')).toMatchObject({
      proxy: null,
      holder: { mandate: 0, caller: 1, confirmation: 0 },
      isHighImpact: false,
      isLowRisk: false,
      isRecording: false,
      agentRoles: null,
      agent: null,
      safeDelivery: null,
    });
    expect(policy.actions.get('invoice.copy')?.safeDelivery).toEqual({ maximum: 3, perDays: 30 });
    expect(policy.actions.get('invoice.explain')?.safeAlternative).toBe('invoice.copy');
    expect(policy.actions.get('credit.give')?.properties.get('note')).toMatchObject({
      maxLength: 50,
      isRequired: false,
    });
    expect(policy.actions.get('credit.give')?.properties.get('iban')).toMatchObject({
      maxLength: 200,
      isPersonal: true,
    });
  });

  it('knows what agents can have, and what is asked of them where', () => {
    const agents = 'agents: { skills: [sorting], flags: [tired] }\n';
    const rule = 'agent: { skills: [sorting], not_flagged: [tired] }';
    const policy = compiled(
      broken(
        'channels:\n  phone: { accepts_proxies: true }',
        `${agents}channels:\n  phone: { accepts_proxies: true, ${rule} }`,
      ),
    );
    expect(policy.agentWords).toEqual({ skills: ['sorting'], attestations: [], flags: ['tired'] });
    expect(policy.channels.get('phone')?.agent).toEqual({
      skills: ['sorting'],
      attestations: [],
      notFlagged: ['tired'],
    });
    expect(compiled(SOUND).agentWords).toEqual({ skills: [], attestations: [], flags: [] });
  });

  it('has a schema whose lists are the closed lists of the domain', () => {
    expect(schema.$defs.channel.enum).toEqual(CHANNELS);
    expect(schema.properties.channels.required).toEqual(CHANNELS);
    expect(Object.keys(schema.properties.channels.properties)).toEqual(CHANNELS);
    expect([...schema.$defs.obligation.properties.type.enum].toSorted()).toEqual([...OBLIGATION_TYPES].toSorted());
  });

  it('that comes with the product points at the schema that comes with the product', () => {
    expect(readFileSync('policies/telecom.yaml', 'utf8')).toMatch(/^# yaml-language-server: \$schema=.\/schema.json\n/);
  });
});

describe('a condition', () => {
  const ask = (source: string, properties: Properties, contract: Properties = {}): boolean | 'error' | undefined =>
    compiled(condition(source))
      .actions.get('credit.give')
      ?.condition?.evaluate({
        action: { name: 'credit.give', properties },
        contract: { properties: contract },
        resource: { properties: contract },
        subject: { properties: {} },
        call: { channel: 'phone' },
      });

  it('reads what is known of the resource, by either name, and of the subject', () => {
    const text = condition(
      `'has(subject.properties.role) && subject.properties.role == resource.properties.status && resource.properties.status == contract.properties.status'`,
    ).replace('contract_properties', 'person_properties: { role: string }\ncontract_properties');
    const { condition: rule } = compiled(text).actions.get('credit.give') ?? {};
    const input = { action: { name: 'credit.give', properties: {} }, call: { channel: 'phone' as const } };
    const active = { properties: { status: 'active' } };
    const of = (role: Properties): boolean | 'error' | undefined =>
      rule?.evaluate({ ...input, contract: active, resource: active, subject: { properties: role } });
    expect(of({ role: 'active' })).toBe(true);
    expect(of({ role: 'other' })).toBe(false);
    expect(of({})).toBe(false);
  });

  it('compares amounts with and without cents', () => {
    const source = 'action.properties.amount <= 50';
    expect(ask(source, { amount: 50 })).toBe(true);
    expect(ask(source, { amount: 49.99 })).toBe(true);
    expect(ask(source, { amount: 0 })).toBe(true);
    expect(ask(source, { amount: 50.01 })).toBe(false);
    expect(ask('action.properties.amount == 50.0', { amount: 50 })).toBe(true);
    expect(ask("'action.properties.amount in [10.0, 20.0]'", { amount: 20 })).toBe(true);
  });

  it('reads the channel, the contract, and a property that may be absent when it asks first', () => {
    expect(ask(`'call.channel in ["phone", "desk"]'`, { amount: 1 })).toBe(true);
    expect(ask('contract.properties.status == "active"', { amount: 1 }, { status: 'active' })).toBe(true);
    const guarded = `'!has(action.properties.note) || action.properties.note.startsWith("ok")'`;
    expect(ask(guarded, { amount: 1 })).toBe(true);
    expect(ask(guarded, { amount: 1, note: 'no' })).toBe(false);
  });

  it('that fails answers error and never throws', () => {
    expect(ask('action.properties.amount <= 50', {})).toBe('error');
    expect(ask('action.properties.amount <= 50', { amount: '50' })).toBe('error');
    expect(ask('contract.properties.status != "blocked"', { amount: 1 })).toBe('error');
    expect(ask('contract.properties.status != "blocked"', { amount: 1 }, { status: 7 })).toBe('error');
    expect(ask('int(action.properties.amount) / 0 == 1', { amount: 1 })).toBe('error');
  });

  it('that is too large to be bounded is refused', () => {
    const long = Array.from({ length: 40 }, (_, n) => `action.properties.amount > ${n}`).join(' || ');
    expect(faultsOf(condition(`'${long}'`))).not.toEqual([]);
    expect(faultsOf(condition(`'${'('.repeat(60)}true${')'.repeat(60)}'`))).not.toEqual([]);
  });
});

/** The service as far as policies need it. */
@Module({})
class Service {}

async function start(config: Config): Promise<NestFastifyApplication> {
  const imports = [
    ConfigModule.with(config),
    DatabaseModule,
    HttpModule,
    AuditModule,
    CryptoModule,
    AuthModule,
    IdempotencyModule,
    PolicyDocumentsModule,
  ];
  return createApp(config, { module: { module: Service, imports } });
}

describe('the policies of a running service', () => {
  let database: TestDatabase;
  let config: Config;
  let app: NestFastifyApplication;
  let request: ReturnType<typeof supertest>;
  let admin: string;
  let crm: string;
  let telecom: string;
  const policies = (): PolicyDocuments => app.get(PolicyDocuments);

  beforeAll(async () => {
    database = await createTestDatabase();
    config = testConfig({ databaseUrl: database.appUrl });
    app = await start(config);
    await app.listen(0, '127.0.0.1');
    request = supertest(await app.getUrl());
    const makeKey = async (scope: 'admin' | 'crm'): Promise<string> =>
      (await app.get(KeysService).create({ name: `test ${scope}`, scope }, 'system:test')).text;
    admin = await makeKey('admin');
    crm = await makeKey('crm');
    telecom = (await policies().current()).hash;
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  /** What another process would see: nothing is kept in its memory yet. */
  function otherProcess(repository = new PolicyDocumentsRepository()): PolicyDocuments {
    return new PolicyDocuments(app.get(DataSource), repository, app.get(AuditService));
  }

  async function rows(query: string): Promise<readonly Record<string, unknown>[]> {
    return app.get(DataSource).query(query);
  }

  function atStart(policyFile: string): PolicyAtStart {
    return new PolicyAtStart(policies(), changedConfig(config, { policyFile }), app.get(HttpAdapterHost));
  }

  const folders: string[] = [];
  async function fileWith(text: string): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'mandaat-policy-'));
    folders.push(folder);
    await writeFile(path.join(folder, 'policy.yaml'), text);
    return path.join(folder, 'policy.yaml');
  }

  it('begin with the operator’s file', async () => {
    expect(telecom).toBe(compiled(readFileSync('policies/telecom.yaml', 'utf8')).hash);
    expect(await rows('SELECT hash FROM policy_activations')).toEqual([{ hash: telecom }]);
  });

  it('refuse a document with mistakes whole: all are told, what was in force stays, nothing is written', async () => {
    const bad = SOUND.replace('decay_months: 12', 'decay_months: 13').replace('proxy: never', 'proxy: maybe');
    const before = await rows('SELECT count(*) FROM audit_records');
    const answer = await request.post('/v1/policies').auth(admin, { type: 'bearer' }).type('text/yaml').send(bad);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'validation_failed',
      errors: [
        {
          pointer: '/limits/decay_months',
          detail: expect.stringMatching(/^line 3, column 74: This is more than 12\./),
        },
        { pointer: '/actions/credit.give/proxy', detail: expect.stringMatching(/^line 40, column 12: /) },
      ],
    });
    expect((await policies().current()).hash).toBe(telecom);
    expect((await otherProcess().current()).hash).toBe(telecom);
    expect(await rows('SELECT count(*) FROM policies')).toEqual([{ count: '1' }]);
    expect(await rows('SELECT count(*) FROM audit_records')).toEqual(before);
  });

  it('bring a new document into force, at once and in every process, and record who did', async () => {
    const { hash } = compiled(SOUND);
    const other = otherProcess();
    expect((await other.current()).hash).toBe(telecom);
    const answer = await request.post('/v1/policies').auth(admin, { type: 'bearer' }).type('text/yaml').send(SOUND);
    const now = { starts_at: null, activation_id: null };
    expect([answer.status, answer.body]).toEqual([200, { hash, is_changed: true, ...now }]);
    expect((await policies().current()).hash).toBe(hash);
    expect((await other.current()).hash).toBe(hash);
    const [record] = await rows(
      `SELECT actor, body FROM audit_records WHERE kind = 'policy.loaded' ORDER BY sequence DESC`,
    );
    expect(record?.['actor']).toMatch(/^key:/);
    expect(JSON.parse(String(record?.['body']))).toMatchObject({ hash, previous: telecom, name: 'klein' });
  });

  it('make no new version of the same bytes', async () => {
    const before = await rows('SELECT count(*) FROM audit_records');
    const answer = await request.post('/v1/policies').auth(admin, { type: 'bearer' }).send({ document: SOUND });
    expect(answer.body).toMatchObject({ hash: compiled(SOUND).hash, is_changed: false });
    expect(await rows('SELECT count(*) FROM policy_activations')).toEqual([{ count: '2' }]);
    expect(await rows('SELECT count(*) FROM audit_records')).toEqual(before);
  });

  it('keep the words that holders agreed to, across documents', async () => {
    const reworded = SOUND.replace('en: Talk about bills.', 'en: Talk about all bills.');
    const answer = await request.post('/v1/policies').auth(admin, { type: 'bearer' }).type('text/yaml').send(reworded);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { pointer: '/scopes/bills/version', detail: expect.stringMatching(/^line 16, column 14: /) },
    ]);
  });

  it('become one version when two processes load the same document at once', async () => {
    const text = SOUND.replace('name: klein', 'name: samen');
    const loaded = await Promise.all([policies().load(text, 'test'), otherProcess().load(text, 'test')]);
    expect(loaded.filter(({ isChanged }) => isChanged)).toHaveLength(1);
    expect(await rows(`SELECT count(*) FROM policies WHERE name = 'samen'`)).toEqual([{ count: '1' }]);
    await policies().load(SOUND, 'test');
  });

  describe('at a moment to come', () => {
    const LATER = SOUND.replace('name: klein', 'name: later');
    const later = compiled(LATER).hash;
    const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
    const asAdmin = (method: 'get' | 'post' | 'delete', path_: string): supertest.Test =>
      request[method](`/v1/${path_}`).auth(admin, { type: 'bearer' });
    const activate = (hash: string, startsAt?: string): supertest.Test =>
      asAdmin('post', 'policy-activations').send({ hash, starts_at: startsAt });
    const states = async (): Promise<string[]> =>
      (await asAdmin('get', 'policy-activations')).body.activations.map(
        ({ name, state }: Record<string, string>) => `${name} ${state}`,
      );
    /** The hour passes. */
    const pass = (id: string): Promise<unknown> =>
      owner.query(`UPDATE policy_activations SET activated_at = now() WHERE id = $1`, [id]);
    let owner: pg.Client;
    beforeAll(async () => {
      owner = new pg.Client({ connectionString: database.ownerUrl });
      await owner.connect();
    });
    afterAll(() => owner.end());

    /** What rules in another process, which knows by heart what ruled before, in the hour before the moment and after it. */
    async function ruled(other: PolicyDocuments, text: string): Promise<readonly string[]> {
      await other.current();
      const answer = await asAdmin('post', `policies?starts_at=${inAnHour()}`).type('text/yaml').send(text);
      expect([answer.status, answer.body]).toMatchObject([
        200,
        { hash: compiled(text).hash, starts_at: expect.any(String), activation_id: expect.stringMatching(/^\d+$/) },
      ]);
      const before = (await other.current()).hash;
      expect((await states()).slice(0, 2)).toEqual([`${compiled(text).name} scheduled`, 'klein in_force']);
      await pass(answer.body.activation_id);
      return [before, (await other.current()).hash];
    }

    it('are planned, change nothing until then, and then rule in every process', async () => {
      const { hash: before } = await policies().current();
      expect(await ruled(otherProcess(), LATER)).toEqual([before, later]);
      expect((await policies().current()).hash).toBe(later);
      expect((await states()).slice(0, 2)).toEqual(['later in_force', 'klein replaced']);
    });

    it('are missed by a process that looked when it started, and then no more (positive control)', async () => {
      await policies().load(SOUND, 'test');
      const { hash: before } = await policies().current();
      const repository = new PolicyDocumentsRepository();
      const atStart = repository.activeHash(app.get(DataSource).manager);
      const deaf = otherProcess(Object.assign(repository, { activeHash: () => atStart }));
      expect(await ruled(deaf, SOUND.replace('name: klein', 'name: gemist'))).toEqual([before, before]);
    });

    it('go back to the one of before, which needs no document', async () => {
      const { hash } = compiled(SOUND);
      const answer = await activate(hash);
      expect([answer.status, answer.body]).toMatchObject([200, { hash, is_changed: true }]);
      expect((await policies().current()).hash).toBe(hash);
      expect((await activate(hash)).body).toMatchObject({ is_changed: false });
      expect((await activate('0'.repeat(64))).status).toBe(404);
    });

    it('are called off until their moment comes, and never after', async () => {
      const { hash: before } = await policies().current();
      const planned = await activate(later, inAnHour());
      const { activation_id: id } = planned.body;
      expect((await asAdmin('delete', `policy-activations/${id}`)).status).toBe(204);
      expect((await states())[0]).toBe('later cancelled');
      await pass(id);
      expect((await policies().current()).hash).toBe(before);
      expect((await states())[0]).toBe('later cancelled');
      expect((await asAdmin('delete', `policy-activations/${id}`)).body).toMatchObject({ code: 'invalid_state' });
      const second = await activate(later, inAnHour());
      await pass(second.body.activation_id);
      expect((await asAdmin('delete', `policy-activations/${second.body.activation_id}`)).status).toBe(409);
      expect((await policies().current()).hash).toBe(later);
      await activate(before);
      for (const nothing of ['0', '999999', 'x', '9'.repeat(40)]) {
        expect((await asAdmin('delete', `policy-activations/${nothing}`)).status).toBe(404);
      }
      const kinds = await rows(
        `SELECT kind FROM audit_records WHERE kind LIKE 'policy.%' ORDER BY sequence DESC LIMIT 5`,
      );
      expect(kinds.map(({ kind }) => kind)).toEqual([
        'policy.loaded',
        'policy.scheduled',
        'policy.cancelled',
        'policy.scheduled',
        'policy.loaded',
      ]);
    });

    it.each([
      ['a moment that has passed', '2020-01-01T00:00:00Z'],
      ['one too far ahead', '2999-01-01T00:00:00Z'],
      ['one without a zone', '2027-01-01T00:00:00'],
      ['a day', '2027-01-01'],
      ['no moment at all', 'soon'],
    ])('are not planned for %s', async (_, moment) => {
      const before = await rows('SELECT count(*) FROM policy_activations');
      const answer = await asAdmin('post', `policies?starts_at=${moment}`).type('text/yaml').send(LATER);
      expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
      expect(await rows('SELECT count(*) FROM policy_activations')).toEqual(before);
    });
  });

  it('that were replaced do not come back by a restart', async () => {
    await atStart('policies/telecom.yaml').onApplicationBootstrap();
    expect((await policies().current()).hash).toBe(compiled(SOUND).hash);
  });

  it('take over a file that is new when the service starts', async () => {
    const text = SOUND.replace('name: klein', 'name: nieuw');
    await atStart(await fileWith(text)).onApplicationBootstrap();
    expect((await policies().current()).name).toBe('nieuw');
  });

  it('stay in force when the file is broken or gone at the start', async () => {
    const { hash } = await policies().current();
    await atStart(await fileWith('format: 2')).onApplicationBootstrap();
    await atStart('/nowhere/policy.yaml').onApplicationBootstrap();
    expect((await policies().current()).hash).toBe(hash);
  });

  it('keep a service without any policy from starting', async () => {
    const empty = await createTestDatabase();
    const changes = { databaseUrl: empty.appUrl, policyFile: await fileWith('format: 2') };
    await expect(start(changedConfig(config, changes))).rejects.toThrow(
      /POLICY_FILE can't be used, and there is no earlier policy[^]*line 1, column 9/,
    );
    await empty.drop();
  });

  it('are checked without being loaded', async () => {
    const bad = await request
      .post('/v1/policies/check')
      .auth(admin, { type: 'bearer' })
      .send({ document: SOUND.replace('decay_months: 12', 'decay_months: 13') });
    expect(bad.status).toBe(200);
    expect(bad.body).toMatchObject({ is_valid: false, hash: null, faults: [{ line: 3, column: 74 }] });
    const good = await request.post('/v1/policies/check').auth(admin, { type: 'bearer' }).send({ document: SOUND });
    expect(good.body).toEqual({ is_valid: true, hash: compiled(SOUND).hash, faults: [] });
  });

  it('are shown in the language of who asks, now and by an old hash', async () => {
    const english = await request
      .get(`/v1/policies/${telecom}`)
      .auth(crm, { type: 'bearer' })
      .set('Accept-Language', 'en-GB');
    expect(english.status).toBe(200);
    expect(english.body).toMatchObject({ hash: telecom, language: 'en' });
    expect(english.body.actions).toContainEqual(
      expect.objectContaining({ name: 'invoice.explain', title: 'Explain a bill', has_safe_delivery: false }),
    );
    const current = await request.get('/v1/policies/current').auth(crm, { type: 'bearer' });
    expect(current.body).toMatchObject({ name: 'nieuw', language: 'nl' });
    expect(current.body.scopes[0]).toMatchObject({ title: 'Facturen', excludes: 'Betalen.' });
  });

  it('that never were are not found', async () => {
    for (const hash of ['0'.repeat(64), 'nope', `${telecom.toUpperCase()}x`]) {
      const answer = await request.get(`/v1/policies/${hash}`).auth(crm, { type: 'bearer' });
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    }
  });

  it.each<[string, object]>([
    ['no document', {}],
    ['a number', { document: 3 }],
    ['another field', { document: 'x', extra: 1 }],
    ['a list', ['x']],
  ])('refuse a body with %s', async (_, body) => {
    const answer = await request.post('/v1/policies').auth(admin, { type: 'bearer' }).send(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
  });

  it('are read as YAML by no other route', async () => {
    const answer = await request.put('/v1/agents/x').auth(admin, { type: 'bearer' }).type('text/yaml').send('role: x');
    expect(answer.status).toBe(415);
  });

  it('are loaded by administrators only', async () => {
    const answer = await request.post('/v1/policies').auth(crm, { type: 'bearer' }).type('text/yaml').send(SOUND);
    expect(answer.status).toBe(403);
  });

  it('that were changed in the database behind our back are not used', async () => {
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query('UPDATE policies SET document = document || $1 WHERE name = $2', ['\n', 'nieuw']);
    await owner.end();
    await expect(otherProcess().current()).rejects.toThrow(/was changed in the database/);
  });
});
