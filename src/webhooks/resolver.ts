import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Finds the addresses of a host. */
export interface HostResolver {
  /** @returns addresses of both families; none when there are none, or nobody knows */
  resolve(host: string): Promise<readonly string[]>;
}

export const HOST_RESOLVER = Symbol('HOST_RESOLVER');

/**
 * Asks the name servers themselves. The system's own look-up runs on the few threads that files and keys need as well: some
 * hosts whose name servers don't answer would hold up the whole process.
 */
export class DnsResolver implements HostResolver {
  async resolve(host: string): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host];
    // It stands in a file and not in the name servers (RFC 6761).
    if (host === 'localhost' || host === 'localhost.') return ['127.0.0.1', '::1'];
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  }
}
