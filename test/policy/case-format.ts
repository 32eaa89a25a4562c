import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { Properties } from '../../src/policy/policy.ts';
import type {
  Category,
  Channel,
  CodeRoute,
  ContactRule,
  EvidenceForm,
  Level,
  LifeEventKind,
  MandateEnding,
  MandateState,
  NextStepType,
  ObligationType,
  Outcome,
  Reason,
  RepresentationKind,
  VerificationMethod,
  RecordingPurpose,
} from '../../src/policy/vocabulary.ts';

/**
 * A golden case: a world, a call in it, what is asked and what must be answered. It says nothing about how the world is
 * made, so that it can be built as plain facts and as rows behind the real API alike. `case.schema.json` says what each
 * member means; everything left out is unremarkable (see `case-facts.ts`).
 */
export interface Case {
  readonly name: string;
  /** Why only the pure function can be asked: the API can't make such a world. */
  readonly pure_because?: string;
  readonly world?: World;
  readonly call?: Call;
  readonly confirmations?: readonly CaseConfirmation[];
  /** Without properties, as the first answer of a call does for every action. */
  readonly in_general?: boolean;
  readonly ask: readonly Asked[];
  readonly want: readonly Wanted[];
  readonly record?: { readonly without: readonly string[] };
}

/** Signed and relative to the moment of the check, such as `-12mo+1ms`; or `now`. */
export type Moment = string;

export interface World {
  readonly contract?: {
    readonly joint_rule?: 'any' | 'all';
    readonly properties?: Properties;
    readonly holders?: readonly CaseHolder[];
  };
  readonly mandates?: readonly CaseMandate[];
  readonly contacts?: readonly CaseContact[];
  readonly life_events?: readonly CaseLifeEvent[];
  readonly representations?: readonly CaseRepresentation[];
  /** Since when it is unchanged; `none` when there is none. */
  readonly address_of_record?: Moment;
  readonly deliveries?: readonly { readonly action: string; readonly at: Moment }[];
}

export interface CaseLifeEvent {
  readonly kind: LifeEventKind;
  readonly of?: string;
  readonly lapses?: Moment;
}

export interface CaseRepresentation {
  readonly kind: RepresentationKind;
  readonly of?: string;
  readonly proven?: boolean;
  readonly starts?: Moment;
  readonly ends?: Moment;
}

export interface CaseHolder {
  readonly ref: string;
  readonly ask?: 'phone' | 'email' | 'none' | 'session';
  readonly blocked?: boolean;
  readonly ask_first?: readonly string[];
  readonly refused_recordings?: readonly RecordingPurpose[];
}

export interface CaseEvidence {
  readonly form?: EvidenceForm;
  readonly session_strength?: Level;
  readonly at?: Moment;
  readonly terms_revision?: number;
}

export interface CaseMandate extends Omit<CaseEvidence, 'terms_revision'> {
  readonly ref?: string;
  readonly holder?: string;
  readonly state?: MandateState;
  readonly ending?: MandateEnding;
  readonly silent?: boolean;
  readonly scopes?: readonly string[];
  readonly contracts?: readonly ('here' | 'elsewhere')[];
  readonly starts?: Moment;
  readonly ends?: Moment;
  readonly revision?: number;
  readonly terms_revision?: number;
  readonly call?: 'here' | 'elsewhere';
  readonly evidence?: readonly CaseEvidence[];
  readonly while_partner?: boolean;
  readonly contact_rule?: ContactRule;
  readonly from?: CaseParent;
}

/** Another contact person of the first holder, an organisation; their mandate has their name. */
export interface CaseContact extends Omit<
  CaseMandate,
  'ref' | 'holder' | 'ending' | 'silent' | 'call' | 'while_partner' | 'from'
> {
  readonly who: string;
  readonly ask?: CaseHolder['ask'];
}

/** What a sub-mandate was made from; its name is \`parent\`. */
export interface CaseParent extends Omit<CaseMandate, 'ref' | 'holder' | 'from'> {
  readonly may_pass_on?: boolean;
  readonly blocked?: boolean;
}

export interface CaseAgent {
  readonly role?: string;
  readonly active?: boolean;
  readonly skills?: readonly string[];
  readonly flags?: readonly string[];
  readonly attestations?: readonly CaseAttestation[];
}

export interface CaseAttestation {
  readonly kind: string;
  readonly channel?: Channel;
  readonly issued?: Moment;
  readonly expires?: Moment;
}

export interface Call {
  readonly channel?: Channel;
  readonly claim?: 'holder' | 'proxy';
  readonly caller?: string;
  readonly verified?: readonly CaseVerification[];
  readonly recognisable_by?: readonly ('code' | 'totp' | 'passkey')[];
  readonly agent?: CaseAgent;
  readonly ends?: Moment;
  /** By the action that it came with. */
  readonly owed?: readonly {
    readonly action: string;
    readonly scope: string;
    readonly state?: 'open' | 'failed' | 'done';
    readonly needs_receipt?: boolean;
  }[];
  readonly software?: { readonly ceiling?: 1 | 2 | 3; readonly announced?: boolean };
}

export type VerifiedBy = 'calling_number' | 'totp' | 'call_back' | `code:${CodeRoute}` | `support_code:${2 | 3 | 4}`;
export type CaseVerification = VerifiedBy | { readonly by: VerifiedBy; readonly at: Moment };

export interface CaseConfirmation {
  readonly holder?: string;
  readonly answer?: 'approved' | 'declined';
  readonly route?: CodeRoute;
  readonly session?: 3 | 4;
  readonly at?: Moment;
  readonly about?: string;
  readonly revision?: number;
  readonly caller?: string;
  readonly used?: boolean;
  readonly actions: readonly Asked[];
}

export type Asked = string | { readonly action: string; readonly properties: Properties };

export interface Wanted {
  readonly action: string;
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly category?: Category;
  readonly next_steps?: readonly NextStepType[];
  readonly channels?: readonly Channel[];
  readonly methods?: readonly VerificationMethod[];
  readonly asks?: readonly string[];
  readonly had?: readonly [Level, Level, Level];
  readonly required?: readonly [Level, Level, Level];
  readonly authority?: 'none' | 'holder' | 'mandate' | 'representation' | 'confirmation' | 'safe_delivery';
  readonly mandates?: readonly string[];
  readonly obligations?: readonly ObligationType[];
  readonly uses?: number;
  readonly valid_for?: number;
}

export interface CaseFile {
  readonly theme: string;
  /** Text of the policy document that these cases are decided by. */
  readonly policy: string;
  readonly cases: readonly Case[];
}

const FOLDER = path.join(import.meta.dirname, 'cases');

/** Reads every file of cases. A misspelt member would silently test something else, so each is held against the schema. */
export async function readCaseFiles(): Promise<readonly CaseFile[]> {
  const schema: unknown = JSON.parse(await readFile(path.join(import.meta.dirname, 'case.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false }).compile<{
    policy: string;
    cases: Case[];
  }>(schema as object);
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.cases.yaml'));
  return Promise.all(
    names.toSorted().map(async (name) => {
      const content: unknown = parse(await readFile(path.join(FOLDER, name), 'utf8'));
      if (!validate(content)) {
        const faults = validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`);
        throw new Error(`${name}: ${faults?.join('; ')}`);
      }
      const policy = await readFile(path.join(FOLDER, content.policy), 'utf8');
      return { theme: name.replace('.cases.yaml', ''), policy, cases: content.cases };
    }),
  );
}
