import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';

const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
/** What an ISATAP address has before the IPv4 address that it leads to (RFC 5214), under whatever prefix. */
const ISATAP = [0x0000, 0x0200];
const ISATAP_MARK = 0x5efe;

/**
 * An address that leads to the public Internet and nowhere else. One that has another address inside (mapped and compatible
 * IPv4, NAT64, 6to4, Teredo, ISATAP) is none, whatever it has inside: who receives webhooks has an address of their own.
 *
 * @param address without brackets; a name is none
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  // Also mapped, NAT64, 6to4 and Teredo addresses are of ranges of their own.
  if (parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv4) return true;
  const { parts } = parsed;
  const isIsatap = ISATAP.includes(parts[4] ?? 0) && parts[5] === ISATAP_MARK;
  // What nobody has given out yet, and IPv4 addresses written in IPv6, are outside.
  return parsed.match(GLOBAL_UNICAST) && !isIsatap;
}
