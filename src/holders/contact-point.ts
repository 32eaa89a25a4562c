export const CONTACT_POINT_KINDS = ['phone', 'email', 'postal'] as const;
export type ContactPointKind = (typeof CONTACT_POINT_KINDS)[number];

/** A phone number, e-mail address or postal address of a person. The postal one is the address of record. */
export interface ContactPoint {
  readonly id: string;
  readonly kind: ContactPointKind;
  /** Readable; a phone number is E.164. */
  readonly value: string;
  /** When it was last shown to be the person's own; null = never. */
  readonly verifiedAt: Date | null;
  /** Since when it has had this value. */
  readonly changedAt: Date;
  /** Others read it too, as its person says: nothing goes there, no news and no code. */
  readonly isShared: boolean;
  /** Null while it is in use. Only histories hold ended ones. */
  readonly endedAt: Date | null;
}

const DAY = 24 * 60 * 60 * 1_000;

/**
 * Days that a contact point must have been unchanged before anything secret goes there: who takes over a number or
 * an address must wait, and the holder hears of the change in the meantime. No caller can ask for less.
 */
export const MINIMUM_AGE_DAYS = { phone: 7, email: 7, postal: 30 } as const satisfies Record<ContactPointKind, number>;

/** When it has been unchanged long enough. */
export function agesAt({ kind, changedAt }: Pick<ContactPoint, 'kind' | 'changedAt'>): Date {
  return new Date(changedAt.getTime() + MINIMUM_AGE_DAYS[kind] * DAY);
}

/** As much of it as its owner needs to tell it from another: a browser may be anybody's. */
export function masked({ kind, value }: Pick<ContactPoint, 'kind' | 'value'>): string {
  const letters = Array.from(value);
  switch (kind) {
    case 'phone':
      return value.slice(-3);
    case 'email':
      return `${letters[0] ?? ''}…${value.slice(value.lastIndexOf('@'))}`;
    case 'postal':
      return `${letters.slice(0, 3).join('')}…`;
  }
}

/** @param minimumDays more days than the minimum of its kind; fewer mean the minimum */
export function isAged(point: Pick<ContactPoint, 'kind' | 'changedAt'>, now: Date, minimumDays = 0): boolean {
  const days = Math.max(minimumDays, MINIMUM_AGE_DAYS[point.kind]);
  return point.changedAt.getTime() + days * DAY <= now.getTime();
}
