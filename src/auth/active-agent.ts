import { AppError } from '../errors.ts';
import type { Agent } from './principal.ts';

/** @throws AppError `forbidden` when nobody has the reference, and when they were shut out */
export function activeAgent(agent: Agent | null): Agent {
  if (agent === null) {
    throw new AppError(
      'forbidden',
      'This agent is not known here: register them first, by PUT /v1/agents/{ref} with an admin key.',
    );
  }
  if (!agent.isActive) {
    throw new AppError(
      'forbidden',
      'This agent is not active: activate them first, by PUT /v1/agents/{ref} with an admin key.',
    );
  }
  return agent;
}
