/** The service's own address without a slash at its end; it may have a path. @throws TypeError for what is no address */
export function baseOf(url: string | URL): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.replace(/\/+$/, '');
}
