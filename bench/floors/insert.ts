/** Floor d: floor c and one durable insert before the answer. The plain way, done well. */
import fastify from 'fastify';
import { Pool } from 'pg';

const app = fastify();
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 4 });

app.post<{ Params: { call_id: string } }>('/v1/calls/:call_id/checks', async ({ params, body }) => {
  const { rows } = await pool.query<{ claim: string; isOpen: boolean }>({
    name: 'call',
    text: 'SELECT claim, ends_at > now() AS "isOpen" FROM calls WHERE id = $1',
    values: [params.call_id],
  });
  const answer = { call_id: params.call_id, claim: rows[0]?.claim, decision: rows[0]?.isOpen === true };
  await pool.query({
    name: 'record',
    text: 'INSERT INTO bench_records (call_id, recorded_at, body) VALUES ($1, now(), $2)',
    values: [params.call_id, JSON.stringify({ asked: body, answer })],
  });
  return answer;
});

await app.listen({ port: Number(process.env['PORT']) });
