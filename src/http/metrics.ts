import type { Pool } from 'pg';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const registry = new Registry();
const pools = new Set<Pool>();
collectDefaultMetrics({ register: registry, prefix: 'mandaat_' });

/**
 * Labels come from closed lists and route patterns: never an id, a name or anything that a client chose. A counter whose increase is an
 * alert stands at 0 from the start, with every value of its labels that is known then: one that begins at 1 has not increased.
 */
export const metrics = {
  registry,

  http: new Histogram({
    name: 'mandaat_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [registry],
  }),

  internalErrors: new Counter({
    name: 'mandaat_internal_errors_total',
    help: 'Requests that were answered 500: something failed inside. The log says what, and on which route.',
    registers: [registry],
  }),

  decisions: new Counter({
    name: 'mandaat_decisions_total',
    help: 'Decisions that were recorded and answered.',
    labelNames: ['outcome', 'reason'] as const,
    registers: [registry],
  }),

  codes: new Counter({
    name: 'mandaat_codes_total',
    help: 'Codes by what they are for and what became of them.',
    labelNames: ['purpose', 'event'] as const,
    registers: [registry],
  }),

  codeBudgets: new Counter({
    name: 'mandaat_code_budget_refusals_total',
    help: 'Codes not sent and tries not compared because a budget of somebody was used up.',
    registers: [registry],
  }),

  reachRefusals: new Counter({
    name: 'mandaat_reach_refusals_total',
    help: 'Calls and look-ups refused because an agent or a key had reached enough people in the hour.',
    labelNames: ['what'] as const,
    registers: [registry],
  }),

  canaries: new Counter({
    name: 'mandaat_canaries_touched_total',
    help: 'Times that somebody looked at a customer who does not exist, by what they did.',
    labelNames: ['via'] as const,
    registers: [registry],
  }),

  leavers: new Counter({
    name: 'mandaat_leaver_alarms_total',
    help: 'Days on which somebody who is about to leave looked at more customers than they used to.',
    registers: [registry],
  }),

  messages: new Counter({
    name: 'mandaat_messages_total',
    help: 'Tries at sending by route, what became of them, and what was wrong; no fault is an empty one.',
    labelNames: ['route', 'event', 'fault'] as const,
    registers: [registry],
  }),

  outboxRunning: new Gauge({
    name: 'mandaat_outbox_running',
    help: '1 while this process takes messages out of the queue.',
    registers: [registry],
  }),

  outboxDue: new Gauge({
    name: 'mandaat_outbox_due_messages',
    help: 'Messages that should have left by now, in the whole queue; as of the last look, every 15 seconds.',
    registers: [registry],
  }),

  outboxOverdue: new Gauge({
    name: 'mandaat_outbox_overdue_seconds',
    help: 'By how much the most overdue message is late, in the whole queue; as of the last look, every 15 seconds.',
    registers: [registry],
  }),

  webhooks: new Counter({
    name: 'mandaat_webhook_attempts_total',
    help: 'Tries at sending to webhooks by what became of them and what was wrong; no fault is an empty one.',
    labelNames: ['event', 'fault'] as const,
    registers: [registry],
  }),

  webhooksDisabled: new Gauge({
    name: 'mandaat_webhooks_disabled',
    help: 'Webhooks that were disabled because their address was gone or nothing arrived there for days.',
    registers: [registry],
  }),

  webhooksOverdue: new Gauge({
    name: 'mandaat_webhooks_overdue_seconds',
    help: 'By how much the most overdue message to a webhook is late; as of the last look, every second.',
    registers: [registry],
  }),

  listening: new Gauge({
    name: 'mandaat_changes_listening',
    help: '1 while this process hears of changed keys and agents; at 0 it looks them up for every request.',
    registers: [registry],
  }),

  auditBatch: new Histogram({
    name: 'mandaat_audit_batch_records',
    help: 'Records in one append to the audit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers: [registry],
  }),

  auditMonths: new Gauge({
    name: 'mandaat_audit_months_prepared_timestamp_seconds',
    help: 'When this process last saw to it that the audit has a partition for the months that come.',
    registers: [registry],
  }),

  checkpoints: new Counter({
    name: 'mandaat_checkpoints_total',
    help: 'Checkpoints of the audit that this process made, wrote to its folder, or could not make or write.',
    labelNames: ['event'] as const,
    registers: [registry],
  }),

  connections: new Gauge({
    name: 'mandaat_database_connections',
    help: 'Connections of this process by state; waiting = requests that wait for one.',
    labelNames: ['state'] as const,
    registers: [registry],
    collect() {
      let busy = 0;
      let idle = 0;
      let waiting = 0;
      for (const pool of pools) {
        busy += pool.totalCount - pool.idleCount;
        idle += pool.idleCount;
        waiting += pool.waitingCount;
      }
      this.set({ state: 'busy' }, busy);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  }),
};

/** Counts this pool's connections until the function that comes back is called. */
export function observePool(pool: Pool): () => void {
  pools.add(pool);
  return () => pools.delete(pool);
}
