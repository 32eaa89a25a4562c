import { IsBoolean, IsOptional, Matches } from 'class-validator';
import { IsLeftOutOr, IsLine, IsReference } from '../holders/field-rules.ts';
import type { AgentDetails } from './agents.repository.ts';
import type { Agent } from './principal.ts';

/** Which agent a route is about. */
export class AgentParams {
  /**
   * The organisation's own reference of the agent, best an employee number; case counts. Never a name or an address.
   * @example A-17
   */
  @IsReference()
  agent_ref: string;
}

/** What the organisation says about one of its agents: the whole of it, each time. */
export class AgentRequest {
  /**
   * The agent's role, as the policy names it and as holders may see it. Never a person's name.
   * @example employee
   */
  @Matches(/^[a-z][a-z0-9_.-]{0,39}$/, {
    message: 'must be 1 to 40 lower-case letters, digits, dots, hyphens or underscores, beginning with a letter',
  })
  role: string;

  /**
   * The agent's team, as holders may see it. None when left out or null.
   * @example Klantenservice Utrecht
   */
  @IsOptional()
  @IsLine(80)
  team?: string | null;

  /** False shuts the agent out, whatever key they use, from the next request on. True when left out. */
  @IsLeftOutOr(IsBoolean())
  is_active?: boolean;

  toDetails(): AgentDetails {
    return { role: this.role, team: this.team ?? null, isActive: this.is_active ?? true };
  }
}

/** An agent as administrators see them. */
export class AgentResponse {
  agent_ref: string;

  /**
   * What holders see instead of a name. Made once, and never changed.
   * @example K7QX
   */
  pseudonym: string;

  role: string;

  team: string | null;

  is_active: boolean;

  static of(agent: Agent): AgentResponse {
    const { ref, pseudonym, role, team, isActive } = agent;
    return Object.assign(new AgentResponse(), { agent_ref: ref, pseudonym, role, team, is_active: isActive });
  }
}
