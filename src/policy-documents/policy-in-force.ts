/** SQL: the hash of the policy in force at this moment. One row, whatever was planned. */
export const policyInForceSql = (now: string): string =>
  `SELECT hash FROM policy_activations WHERE activated_at <= ${now} AND cancelled_at IS NULL
    ORDER BY activated_at DESC, id DESC LIMIT 1`;
