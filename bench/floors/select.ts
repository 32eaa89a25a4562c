/** Floor c: Fastify and `pg`, one prepared select by primary key. Nothing is recorded. */
import fastify from 'fastify';
import { Pool } from 'pg';

const app = fastify();
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 4 });

app.post<{ Params: { call_id: string } }>('/v1/calls/:call_id/checks', async ({ params }) => {
  const { rows } = await pool.query<{ claim: string; isOpen: boolean }>({
    name: 'call',
    text: 'SELECT claim, ends_at > now() AS "isOpen" FROM calls WHERE id = $1',
    values: [params.call_id],
  });
  return { call_id: params.call_id, claim: rows[0]?.claim, decision: rows[0]?.isOpen === true };
});

await app.listen({ port: Number(process.env['PORT']) });
