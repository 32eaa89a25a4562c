/** This process is fit for what was asked. */
export class HealthResponse {
  /** @example ok */
  status: 'ok';

  /**
   * What was looked at.
   * @example ["database", "migrations"]
   */
  checked: string[];
}
