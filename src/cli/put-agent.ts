import type { INestApplicationContext } from '@nestjs/common';
import { AgentParams, AgentRequest } from '../auth/agents.dto.ts';
import { AgentsService, type PutAgent } from '../auth/agents.service.ts';
import { RequestValidationPipe } from '../http/validation.pipe.ts';

/**
 * By the same rules as the route.
 *
 * @throws AppError `validation_failed`
 */
export async function putAgentByHand(
  application: INestApplicationContext,
  ref: string,
  said: Record<string, unknown>,
  actor: string,
): Promise<PutAgent> {
  const pipe = new RequestValidationPipe();
  await pipe.transform({ agent_ref: ref }, { type: 'param', metatype: AgentParams });
  const request = (await pipe.transform(said, { type: 'body', metatype: AgentRequest })) as AgentRequest;
  return application.get(AgentsService).put(ref, request.toDetails(), actor);
}
