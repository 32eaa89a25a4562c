import type { Config } from './config.ts';

/** Who is responsible: named in every message and on every page. */
export interface Organisation {
  readonly name: string;
  readonly address: string;
  readonly phone: string;
  readonly email: string;
}

export function organisationOf(config: Config): Organisation {
  return {
    name: config.organisationName,
    address: config.organisationAddress,
    phone: config.organisationPhone,
    email: config.organisationEmail,
  };
}
