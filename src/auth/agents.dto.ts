import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsOptional, Matches } from 'class-validator';
import { IsDay, IsLeftOutOr, IsLine, IsReference } from '../holders/field-rules.ts';
import { dateInAmsterdam, readMoment } from '../mandates/mandate-period.ts';
import type { SaidOfAgent } from './agents.service.ts';
import type { Agent } from './principal.ts';

/** A name as policies have them. */
export const AGENT_WORD = /^[a-z][a-z0-9_-]{0,59}$/;
export const WORD_RULE = 'must be a name of the policy: a lower-case letter, then letters, digits, _ or -, at most 60';

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

  /** What the agent can, by the names of the policy in force; [] = nothing. Left out, it stays as it is. */
  @IsLeftOutOr(IsArray(), ArrayMaxSize(50), ArrayUnique(), Matches(AGENT_WORD, { each: true, message: WORD_RULE }))
  @ApiPropertyOptional({ type: [String], example: ['mailbox'] })
  skills?: string[];

  /** What keeps the agent from something, by the names of the policy in force; [] = nothing. Left out, it stays as it is. */
  @IsLeftOutOr(IsArray(), ArrayMaxSize(50), ArrayUnique(), Matches(AGENT_WORD, { each: true, message: WORD_RULE }))
  @ApiPropertyOptional({ type: [String], example: ['no_video'] })
  flags?: string[];

  /**
   * The last day on which the agent works here, in Europe/Amsterdam; null = nobody knows of one. Left out, it stays as it is. They
   * are watched before it, and have no access after it.
   * @example 2026-12-31
   */
  @IsOptional()
  @IsDay()
  leaves_on?: string | null;

  toDetails(): SaidOfAgent {
    const { role, team = null, is_active: isActive = true, skills, flags, leaves_on: day } = this;
    const leaving = day === undefined ? {} : { leavesAt: day === null ? null : endOfDay(day) };
    return {
      role,
      team,
      isActive,
      ...leaving,
      ...(skills === undefined ? {} : { skills }),
      ...(flags === undefined ? {} : { flags }),
    };
  }
}

/** The midnight after it. */
function endOfDay(day: string): Date {
  return new Date(readMoment(day, 1) ?? Number.NaN);
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

  /** The last day on which they work here; null = nobody knows of one. */
  @ApiProperty({ format: 'date', type: String, nullable: true })
  leaves_on: string | null;

  skills: string[];

  flags: string[];

  static of(agent: Agent): AgentResponse {
    const { ref, pseudonym, role, team, isActive, leavesAt, skills, flags } = agent;
    const day = leavesAt === null ? null : dateInAmsterdam(leavesAt.getTime() - 1);
    const members = { agent_ref: ref, pseudonym, role, team, is_active: isActive, leaves_on: day, skills, flags };
    return Object.assign(new AgentResponse(), members);
  }
}
