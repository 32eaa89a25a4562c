/** Hours of a day in Europe/Amsterdam in which messages may arrive: from 0 to 24, half-open, the first before the last. */
export interface SafeHours {
  readonly from: number;
  readonly until: number;
}

const HOUR_MS = 3_600_000;
const HOUR = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Amsterdam', hour: '2-digit', hourCycle: 'h23' });

/** The first moment from `now` on that lies in them: `now` itself, or the beginning of an hour. Clocks that change count. */
export function nextSafeMoment(now: Date, hours: SafeHours | null): Date {
  if (hours === null) return now;
  const isSafe = (at: Date): boolean => {
    const hour = Number(HOUR.format(at));
    return hour >= hours.from && hour < hours.until;
  };
  let at = now;
  // Amsterdam's hours begin with those of UTC. One that a clock leaps over comes again the next day.
  for (let left = 50; left > 0 && !isSafe(at); left -= 1) {
    at = new Date((Math.floor(at.getTime() / HOUR_MS) + 1) * HOUR_MS);
  }
  return at;
}
