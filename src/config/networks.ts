import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';

/** @param networks addresses, or networks such as `10.0.0.0/8`; an address inside of another one is in none */
export function isInNetwork(address: string, networks: readonly string[]): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  return networks.some((network) => {
    const [base, bits] = rangeOf(network);
    return base.kind() === parsed.kind() && parsed.match(base, bits);
  });
}

/** A network whose every address is one of somebody's own: neither of this machine, nor of its neighbours alone, nor public. */
export function isPrivateNetwork(network: string): boolean {
  const [base, bits] = rangeOf(network);
  const own =
    base.kind() === 'ipv4' ? ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'] : ['fc00::/7'];
  return own.some((range) => {
    const [start, least] = rangeOf(range);
    return bits >= least && base.match(start, least);
  });
}

function rangeOf(network: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (network.includes('/')) return ipaddr.parseCIDR(network);
  const address = ipaddr.parse(network);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
