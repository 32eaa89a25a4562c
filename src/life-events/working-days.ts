import { dateInAmsterdam, midnightInAmsterdam } from '../mandates/mandate-period.ts';
import type { Instant } from '../policy/ids.ts';

const DAY = 86_400_000;

/**
 * The end of the `count`-th Dutch working day after the day of `at`: at that moment the days are over. Neither Saturdays and
 * Sundays nor the days that the Algemene termijnenwet (article 3) names count.
 */
export function afterWorkingDays(at: Instant, count: number): Instant {
  let day = Date.parse(dateInAmsterdam(at));
  for (let left = count; left > 0;) {
    day += DAY;
    if (isWorkingDay(day)) left -= 1;
  }
  return midnightInAmsterdam(day + DAY);
}

/** @param day 00:00 UTC of the date */
function isWorkingDay(day: number): boolean {
  const date = new Date(day);
  const weekday = date.getUTCDay();
  return weekday !== 0 && weekday !== 6 && !isHoliday(date);
}

function isHoliday(date: Date): boolean {
  const name = date.toISOString().slice(5, 10);
  // King's Day moves to the 26th when the 27th is a Sunday: to a Saturday, which doesn't count anyway.
  if (['01-01', '04-27', '05-05', '12-25', '12-26'].includes(name)) return true;
  // Good Friday, the Mondays of Easter and Pentecost, Ascension.
  const afterEaster = (date.getTime() - easter(date.getUTCFullYear())) / DAY;
  return [-2, 1, 39, 50].includes(afterEaster);
}

/** Easter Sunday, 00:00 UTC: the Gregorian computus of Meeus. */
function easter(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const moon =
    (19 * golden +
      century -
      Math.floor(century / 4) -
      Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) +
      15) %
    30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor((year % 100) / 4) - moon - (year % 4)) % 7;
  const late = Math.floor((golden + 11 * moon + 22 * weekday) / 451);
  const sum = moon + weekday - 7 * late + 114;
  return Date.UTC(year, Math.floor(sum / 31) - 1, (sum % 31) + 1);
}
