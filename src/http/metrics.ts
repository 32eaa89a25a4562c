import type { Pool } from 'pg';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const registry = new Registry();
const pools = new Set<Pool>();
collectDefaultMetrics({ register: registry, prefix: 'mandaat_' });

/** Labels come from closed lists and route patterns: never an id, a name or anything that a client chose. */
export const metrics = {
  registry,

  http: new Histogram({
    name: 'mandaat_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
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

  messages: new Counter({
    name: 'mandaat_messages_total',
    help: 'Messages by route and what became of them.',
    labelNames: ['route', 'event'] as const,
    registers: [registry],
  }),

  auditBatch: new Histogram({
    name: 'mandaat_audit_batch_records',
    help: 'Records in one append to the audit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
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
