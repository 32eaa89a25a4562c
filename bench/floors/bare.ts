/** Floor b: bare Fastify, a POST, a static answer. The most that this machine answers over HTTP. */
import fastify from 'fastify';

const app = fastify();

app.post('/v1/calls/:call_id/checks', () => ({ decision: true }));

await app.listen({ port: Number(process.env['PORT']) });
