import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asciiJson } from './ascii-json.ts';
import { sendProblem } from './problem.filter.ts';
import { keyLimitOf } from './rate-limit.guard.ts';

/**
 * A second door to one hot route, for requests that are as usual: same service, same answer, without the guards, pipes
 * and interceptors that a framework puts before a controller. Those cost as much as the whole check.
 *
 * The controller stays: it declares the route (scopes, body, answer), and answers whatever is not as usual.
 */
export interface FastLane {
  readonly method: 'POST';
  /** As the router spells it: `/v1/calls/:call_id/checks`. */
  readonly url: string;
  /**
   * Says who calls on the request itself, as the guard does.
   *
   * @returns how to get the JSON of the answer, bytes of ASCII, status 200; null when the request is not as usual: the controller answers it
   */
  recognise(request: FastifyRequest): (() => Promise<Buffer>) | null;
}

/** Opens it. Must be called before the controllers' routes are there. */
export function openFastLane(fastify: FastifyInstance, lane: FastLane): void {
  fastify.addHook('onRoute', (route) => {
    if (route.method !== lane.method || route.url !== lane.url) return;
    const ordinary = route.handler;
    // Both doors write alike, or the length of an answer would tell which one it came by.
    route.onSend = (_request, _reply, payload, done) =>
      done(null, typeof payload === 'string' ? asciiJson(payload) : payload);
    route.handler = function answer(request, reply) {
      const work = lane.recognise(request);
      if (work === null) return ordinary.call(this, request, reply);
      void run(work, request, reply);
      return undefined;
    };
  });
}

const JSON_TYPE = 'application/json; charset=utf-8';

async function run(work: () => Promise<Buffer>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  try {
    keyLimitOf(request.server).count(request, reply);
    const bytes = await work();
    // The time limit may have come first.
    if (reply.sent) return;
    const headers = reply.header('content-type', JSON_TYPE).header('content-length', bytes.length).getHeaders();
    // Past the framework's own way out, which has nothing to add to bytes.
    reply.raw.writeHead(200, headers as OutgoingHttpHeaders);
    reply.hijack();
    reply.raw.end(bytes);
  } catch (error) {
    sendProblem(error, request, reply);
  }
}
