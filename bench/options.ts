import { availableParallelism } from 'node:os';

/** What a run measures, and how long. */
export interface BenchOptions {
  readonly holders: number;
  /** Audit records that stand in the database before the first request. */
  readonly records: number;
  readonly rounds: number;
  /** Seconds of each measurement. */
  readonly seconds: number;
  /** Seconds of load that each row gets once, before anything counts. */
  readonly warmUp: number;
  readonly connections: readonly number[];
  /** Names of rows; null = all. */
  readonly only: readonly string[] | null;
  readonly folder: string;
  /** Where the service writes a CPU profile when it stops; null = none. */
  readonly cpuProfile: string | null;
}

/** Small enough to be filled in seconds; what is larger is measured beside a world of this size. */
export const DEFAULT_HOLDERS = 10_000;

/** Number of connections at which the rates are compared. */
export const MOST_CONNECTIONS = 64;

/** Cores that the service, the database and the load generator share. */
export const CORES = availableParallelism();
