import { metrics } from '../http/metrics.ts';
import type { Decision } from '../policy/decision.ts';

/** Counts decisions by outcome and reason, many before they are published: finding the counter takes longer than adding to it. */
export class DecisionTally {
  private readonly groups = new Map<string, { readonly of: Decision; size: number }>();

  static count(decisions: readonly Decision[]): void {
    const tally = new DecisionTally();
    tally.add(decisions);
    tally.publish();
  }

  add(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      const name = `${decision.outcome} ${decision.reason}`;
      const group = this.groups.get(name);
      if (group === undefined) this.groups.set(name, { of: decision, size: 1 });
      else group.size += 1;
    }
  }

  publish(): void {
    for (const { of, size } of this.groups.values())
      metrics.decisions.inc({ outcome: of.outcome, reason: of.reason }, size);
  }
}
