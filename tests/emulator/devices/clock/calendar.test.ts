import fc from 'fast-check';
import { expect, it } from 'vitest';
import { calendarTimeAt, dayOfWeekAt, secondsOf } from '../../../../emulator/devices/clock/calendar.ts';

/** The host's own calendar is the referee. */
const hostDate = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
const EPOCH = secondsOf({ year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0 });

it('agrees with the Gregorian calendar from year 1 to 9999, both ways and in weekdays', () => {
  fc.assert(
    fc.property(hostDate, (date) => {
      const time = {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
      };
      const seconds = EPOCH + Math.floor(date.getTime() / 1000);
      expect(secondsOf(time)).toBe(seconds);
      expect(calendarTimeAt(seconds)).toEqual(time);
      expect(dayOfWeekAt(seconds)).toBe(date.getUTCDay() + 1);
    }),
    { numRuns: 2000 },
  );
});

it('agrees on every day of 400 years', () => {
  for (let day = 0; day < 146_097; day += 1) {
    const { year, month, day: dayOfMonth } = calendarTimeAt(EPOCH + day * 86_400);
    const host = new Date(day * 86_400_000);
    const agrees =
      year === host.getUTCFullYear() && month === host.getUTCMonth() + 1 && dayOfMonth === host.getUTCDate();
    if (!agrees) expect.fail(`${host.toISOString()} became ${year}-${month}-${dayOfMonth}`);
  }
});

it('a field beyond its range carries into the next', () => {
  const time = { year: 2023, month: 13, day: 32, hour: 24, minute: 60, second: 75 };
  expect(calendarTimeAt(secondsOf(time))).toEqual({ year: 2024, month: 2, day: 2, hour: 1, minute: 1, second: 15 });
});
