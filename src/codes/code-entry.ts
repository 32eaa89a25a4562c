import type { AuditEntry } from '../audit/audit.service.ts';
import { metrics } from '../http/metrics.ts';
import type { Code } from './code.ts';

/** What the audit tells of a code: `code.<event>`, which is counted too. */
export function entryOf(kind: string, code: Code, actor: string, body: Record<string, unknown>): AuditEntry {
  metrics.codes.inc({ purpose: code.purpose, event: kind.slice('code.'.length) });
  return {
    kind,
    actor,
    callId: code.callId,
    personIds: [...new Set([code.personId, code.callerId].filter((id) => id !== null))],
    body: { codeId: code.id, purpose: code.purpose, ...body },
  };
}
