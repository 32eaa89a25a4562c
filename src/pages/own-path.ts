/** Where somebody wanted to go before they had to prove who they are: a page of ours, or nothing. */
export function ownPath(back: unknown): string | null {
  return typeof back === 'string' && /^\/portal(\/[\w/-]*)?(\?[\w=&.-]*)?$/.test(back) ? back : null;
}

export function withBack(path: string, back: string | null): string {
  return back === null ? path : `${path}?back=${encodeURIComponent(back)}`;
}
