/** Where employees work. */
export const DESK = '/desk';
/** Where they sign in to it. */
export const DESK_SIGN_IN = '/desk/sign-in';
/** Where the provider sends them back to; it has to be registered there. */
export const DESK_RETURN = '/desk/sign-in/back';

/** What people and agents reported, for who deals with it. */
export const DESK_INCIDENTS = '/desk/incidents';
/** Who an agent is, for two people together. */
export const DESK_UNMASKINGS = '/desk/unmaskings';

/** The page of one call. */
export function callPath(callId: string): string {
  return `${DESK}/calls/${callId}`;
}

/** Where somebody wanted to go before they had to sign in: a page of the desk, or nothing. */
export function ownDeskPath(back: unknown): string | null {
  return typeof back === 'string' && back.length <= 300 && /^\/desk(\/[\w/-]*)?(\?[\w=&.-]*)?$/.test(back)
    ? back
    : null;
}

export function withDeskBack(path: string, back: string | null): string {
  const own = ownDeskPath(back);
  return own === null || own === DESK ? path : `${path}?back=${encodeURIComponent(own)}`;
}
