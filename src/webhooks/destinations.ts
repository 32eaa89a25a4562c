import { Inject, Injectable } from '@nestjs/common';

import { Config } from '../config/config.ts';
import { isInNetwork } from '../config/networks.ts';
import { isPublicAddress } from './outbound-address.ts';
import { HOST_RESOLVER, type HostResolver } from './resolver.ts';

/** Where a request goes: the address itself, found once. */
export interface Destination {
  readonly address: string;
  /** It is one of those that the operator opened, and no public one. */
  readonly isInside: boolean;
}

/** Which addresses may be asked. Whoever registers one may mean harm, or may be deceived about where it leads. */
@Injectable()
export class Destinations {
  constructor(
    private readonly config: Config,
    @Inject(HOST_RESOLVER) private readonly resolver: HostResolver,
  ) {}

  /** What is wrong with the address as it is written; null = nothing. */
  faultOf(url: string): string | null {
    if (!URL.canParse(url)) return 'must be an address such as "https://crm.example.nl/mandaat"';
    const { protocol, username, password, hash } = new URL(url);
    const isAllowed = protocol === 'https:' || (protocol === 'http:' && !this.config.production);
    if (!isAllowed) return 'must begin with https://';
    if (username !== '' || password !== '') return 'must have no user and no password: messages are signed';
    return hash === '' ? null : 'must have no part behind #: it is not sent';
  }

  /**
   * What is wrong with a webhook leading to this host; null = nothing. The operator may have named those that are told. Callbacks of
   * access requests have a list of their own.
   *
   * @param url without a {@link faultOf}
   */
  hostFault(url: string): string | null {
    const { webhookHosts } = this.config;
    if (webhookHosts === undefined || webhookHosts.includes(new URL(url).hostname)) return null;
    return 'must lead to a host in WEBHOOK_HOSTS';
  }

  /**
   * Finds out, once, where this host is now. Of its addresses the first that may be asked.
   *
   * @param hostname as in a `URL`: an IPv6 address stands in brackets
   */
  async find(hostname: string): Promise<Destination | 'not_resolved' | 'address_refused'> {
    const addresses = await this.resolver.resolve(hostname.replaceAll(/^\[|\]$/g, ''));
    if (addresses.length === 0) return 'not_resolved';
    for (const address of addresses) {
      if (isPublicAddress(address)) return { address, isInside: false };
      if (isInNetwork(address, this.config.webhookNetworks)) return { address, isInside: true };
    }
    return 'address_refused';
  }

  /** What is wrong with where this host is now; null = nothing. */
  async placeFault(hostname: string): Promise<string | null> {
    const found = await this.find(hostname);
    if (found === 'not_resolved') return 'must name a host that the name servers know';
    if (found === 'address_refused') return 'must lead to a public address, or to a network in WEBHOOK_NETWORKS';
    return null;
  }
}
