/** An employee who is signed in to the desk. Its token is in their browser alone. */
export interface StaffSession {
  readonly id: string;
  readonly agentId: string;
  /** Roles that the provider named when they signed in, as far as the map of roles knows them. */
  readonly roles: readonly string[];
  /** The call that they opened last; null = none yet. */
  readonly callId: string | null;
}
