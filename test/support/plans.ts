import type { ClientBase } from 'pg';

/** Part of what EXPLAIN tells of one step of a plan. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Join Type'?: string;
  readonly Operation?: string;
  readonly Plans?: readonly Node[];
}

export interface Plan {
  /** One line a step, without costs and estimates; the months of the audit as one. */
  readonly shape: string;
  /** Tables that it reads or writes. */
  readonly tables: ReadonlySet<string>;
  /** Tables that it walks through from one end: all rows, or all entries of an index. */
  readonly walked: ReadonlySet<string>;
}

/** The plan that the application's statements get: the generic one, whatever the parameters. */
export async function planOf(client: ClientBase, text: string): Promise<Plan> {
  const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Node }] }>(
    `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text.replace('<n>', '1')}`,
  );
  const root = rows[0]?.['QUERY PLAN'][0].Plan;
  if (root === undefined) throw new Error(`no plan of: ${text}`);
  const nodes = flat(root);
  return {
    shape: shapeOf(root, 0).join('\n'),
    tables: new Set(nodes.map((node) => node['Relation Name']).filter((name) => name !== undefined)),
    walked: new Set(
      nodes.filter(isWalk).map((node) => withoutMonth(node['Relation Name'] ?? node['Index Name'] ?? '')),
    ),
  };
}

function isWalk(node: Node): boolean {
  const isIndex = /^(Index Scan|Index Only Scan|Bitmap Index Scan)$/.test(node['Node Type']);
  return node['Node Type'] === 'Seq Scan' || (isIndex && node['Index Cond'] === undefined);
}

function flat(node: Node): readonly Node[] {
  return [node, ...(node.Plans ?? []).flatMap(flat)];
}

function shapeOf(node: Node, depth: number): readonly string[] {
  const join = node['Join Type'] === undefined || node['Join Type'] === 'Inner' ? '' : ` ${node['Join Type']}`;
  const index = node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`;
  const table = node['Relation Name'] === undefined ? '' : ` on ${node['Relation Name']}`;
  const whole = isWalk(node) && node['Node Type'] !== 'Seq Scan' ? ' (all of it)' : '';
  const line = `${'  '.repeat(depth)}${node.Operation ?? node['Node Type']}${join}${index}${table}${whole}`;
  const parts = (node.Plans ?? []).map((child) => shapeOf(child, depth + 1).join('\n'));
  return [withoutMonth(line), ...parts.filter((part, at) => part !== parts[at - 1])];
}

function withoutMonth(name: string): string {
  return name.replaceAll(/audit_records_(\d{4}_\d\d|other)/g, 'audit_records_<month>');
}

/**
 * Tables that don't grow with holders, calls or time, or are kept short: the desk's own staff and keys, the policies, a
 * row a writer, a row a day, the queue's own lists; and the checkpoints, which are taken now and then beside all this.
 */
const SMALL = new Set([
  'agents',
  'api_keys',
  'policies',
  'policy_activations',
  'change_epochs',
  'audit_chains',
  'audit_checkpoints',
  'message_days',
  // An hour of whom the staff reached, as many a head as the cap.
  'reaches',
  '_private_tasks',
  '_private_job_queues',
  '_private_known_crontabs',
]);

/** What it walks through of tables that grow: nothing, or it slows down as they do. */
export function growingWalks({ walked }: Plan): readonly string[] {
  return [...walked].filter((table) => !SMALL.has(table));
}

/** The plans of these statements, each once. */
export async function plansOf(client: ClientBase, texts: Iterable<string>): Promise<ReadonlyMap<string, Plan>> {
  const plans = new Map<string, Plan>();
  for (const text of new Set(texts)) plans.set(text, await planOf(client, text));
  return plans;
}
