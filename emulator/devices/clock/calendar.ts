/** A date and time of day in the Gregorian calendar. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number; // 1-12
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAY_SECONDS = 86_400;
const ERA_DAYS = 146_097; // 400 years

/** Seconds since 1 March of year 0. A field beyond its range carries into the next one (minute 60 is the next hour). */
export function secondsOf({ year, month, day, hour, minute, second }: CalendarTime): number {
  const months = year * 12 + (month - 3);
  const shiftedYear = Math.floor(months / 12); // years from March to February put the leap day last
  const shiftedMonth = months - shiftedYear * 12;
  const days = daysBeforeYear(shiftedYear) + daysBeforeMonth(shiftedMonth) + day - 1;
  return days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
}

/** The inverse of secondsOf. */
export function calendarTimeAt(seconds: number): CalendarTime {
  const days = Math.floor(seconds / DAY_SECONDS);
  const secondOfDay = seconds - days * DAY_SECONDS;
  let shiftedYear = Math.floor((days * 400) / ERA_DAYS);
  if (daysBeforeYear(shiftedYear + 1) <= days) shiftedYear += 1;
  else if (daysBeforeYear(shiftedYear) > days) shiftedYear -= 1;
  const dayOfYear = days - daysBeforeYear(shiftedYear);
  const shiftedMonth = Math.floor((dayOfYear * 5 + 2) / 153);
  const isJanuaryOrFebruary = shiftedMonth >= 10;
  return {
    year: shiftedYear + (isJanuaryOrFebruary ? 1 : 0),
    month: shiftedMonth + (isJanuaryOrFebruary ? -9 : 3),
    day: dayOfYear - daysBeforeMonth(shiftedMonth) + 1,
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor(secondOfDay / 60) % 60,
    second: secondOfDay % 60,
  };
}

/** 1 for Sunday to 7 for Saturday. */
export function dayOfWeekAt(seconds: number): number {
  return ((Math.floor(seconds / DAY_SECONDS) + 3) % 7) + 1; // 1 March of year 0 was a Wednesday
}

function daysBeforeYear(shiftedYear: number): number {
  const leapDays = Math.floor(shiftedYear / 4) - Math.floor(shiftedYear / 100) + Math.floor(shiftedYear / 400);
  return shiftedYear * 365 + leapDays;
}

/** Months counted from March are 153 days in every five. */
function daysBeforeMonth(shiftedMonth: number): number {
  return Math.floor((shiftedMonth * 153 + 2) / 5);
}
