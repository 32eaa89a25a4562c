import type { AgentStanding } from './facts.ts';
import type { Instant } from './ids.ts';
import { type Inquiry, NO_LEVELS, refuse, type Verdict } from './inquiry.ts';
import type { AgentRule } from './policy.ts';
import type { Reason } from './vocabulary.ts';

const NOTHING: AgentStanding = { skills: [], flags: [], attestations: [] };

/**
 * Whether this agent may do this here: by their role, skills and flags, and by what they have attested. What comes after is
 * decided for as long as their attestations last. Source: requirements C7, C10, I4.
 *
 * @param goOn what is decided where the agent may
 */
export function heedAgent(inquiry: Inquiry, goOn: () => Verdict): Verdict {
  const { policy, facts, rule } = inquiry;
  const { channel, isAgentActive, agentRole, agent = NOTHING } = facts.call;
  const isInRole = rule.agentRoles === null || rule.agentRoles.includes(agentRole);
  const rules = [policy.channels.get(channel)?.agent, rule.agent].filter((one) => one != null);
  if (!isAgentActive || !isInRole || !rules.every((one) => isFit(agent, one))) return notBy('agent_not_allowed');
  const kinds = new Set(rules.flatMap(({ attestations }) => attestations));
  let until = Number.POSITIVE_INFINITY;
  for (const kind of kinds) {
    const { isCurrent, boundary } = attested(inquiry, agent, kind);
    if (!isCurrent) return notBy('attestation_expired', boundary);
    until = Math.min(until, boundary);
  }
  const verdict = goOn();
  return { ...verdict, boundary: Math.min(until, verdict.boundary ?? until) };
}

/** A colleague may. Not said is why this one may not: it is none of the caller's business. */
function notBy(reason: Reason, boundary?: Instant): Verdict {
  return refuse(reason, NO_LEVELS, NO_LEVELS, [{ type: 'call_back' }], boundary);
}

function isFit({ skills, flags }: AgentStanding, rule: AgentRule): boolean {
  return (
    rule.skills.every((skill) => skills.includes(skill)) &&
    !rule.notFlagged.some((excluding) => flags.includes(excluding))
  );
}

/** Whether an attestation of this kind counts now, and until when that stays so. */
function attested(
  { facts, now }: Inquiry,
  { attestations }: AgentStanding,
  kind: string,
): { readonly isCurrent: boolean; readonly boundary: Instant } {
  const here = attestations.filter(
    (one) => one.kind === kind && (one.channel === null || one.channel === facts.call.channel) && now < one.expiresAt,
  );
  const current = here.filter(({ issuedAt }) => issuedAt <= now);
  return current.length > 0
    ? { isCurrent: true, boundary: Math.max(...current.map(({ expiresAt }) => expiresAt)) }
    : { isCurrent: false, boundary: Math.min(...here.map(({ issuedAt }) => issuedAt)) };
}
