import type { Properties } from './policy.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Canonical JSON after RFC 8785: sorted keys, no white space, ECMAScript numbers. Members that are `undefined` are
 * left out. Two values have the same text exactly when they are the same, which is what a binding stands on.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).toSorted()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function isList(value: Exclude<Json, string | number | boolean | null>): value is readonly Json[] {
  return Array.isArray(value);
}

/** Names one action with its exact properties. Injective: equal keys mean equal questions. */
export function actionKey(name: string, properties: Properties): string {
  return canonicalJson([name, properties]);
}

/** What a one-time code is about. Alter any member and the code no longer fits. */
export interface CodeBinding {
  readonly purpose: 'action' | 'mandate' | 'verification' | 'acceptance' | 'sign_in' | 'support' | 'contact';
  readonly codeId: string;
  readonly personId: string;
  readonly contactPointId: string | null;
  /** For a support code: the session that it speaks for. */
  readonly sessionId?: string;
  readonly callId: string | null;
  readonly agentId: string | null;
  readonly mandateId: string | null;
  readonly mandateRevision: number | null;
  /** Keys of the exact actions, in any order. */
  readonly actionKeys: readonly string[];
}

/** The text from which a code's secret is derived with the server's key. Order of the actions does not matter. */
export function canonicalBinding(binding: CodeBinding): string {
  return canonicalJson({ ...binding, actionKeys: binding.actionKeys.toSorted() });
}
