import { describe, expect, test } from 'vitest';
import { IdleClock } from '../../../emulator/time/idle-clock.ts';

const make = (): IdleClock => new IdleClock({ lookIcount: 4, busyLimit: 1000 });

describe('the idle clock', () => {
  test('goes on by rests and by looks', () => {
    const clock = make();
    clock.rest(100);
    clock.look();
    expect(clock.now).toBe(104);
  });

  test('skips to a deadline, never back, and nowhere when there is none', () => {
    const clock = make();
    clock.rest(100);
    clock.skipTo(Number.POSITIVE_INFINITY);
    clock.skipTo(50);
    expect(clock.now).toBe(100);
    clock.skipTo(500);
    expect(clock.now).toBe(500);
  });

  test('a rest is no work: the busy limit comes later by it', () => {
    const clock = make();
    expect(clock.busyEnd).toBe(1000);
    clock.rest(100);
    expect(clock.busyEnd).toBe(1100);
    clock.restartLimit(1100);
    expect(clock.busyEnd).toBe(2100);
  });

  test("a limit that is reached counts, an answer of a drive at its own and a timer before don't", () => {
    const clock = new IdleClock({ lookIcount: 4, busyLimit: 1_000_000 });
    clock.restartLimit(500_000); // a timer was due
    clock.expectAnswer(600_000);
    clock.restartLimit(650_000); // the answer
    expect(clock.busyTicks).toBe(0);
    clock.expectAnswer(1_640_000); // the limit comes before that
    clock.restartLimit(1_650_000);
    expect(clock.busyTicks).toBe(1);
  });

  test('without a pace neither the next timer nor accesses move the busy limit', () => {
    const clock = make();
    clock.expectTimer(0, 8);
    expect([clock.noteAccess(), clock.busyEnd]).toEqual([false, 1000]);
  });

  test('at a pace the busy limit comes as soon as the work is done that fits before the next timer', () => {
    const clock = new IdleClock({ lookIcount: 4, busyLimit: 1000, workPerLook: 10 });
    clock.expectTimer(100, 40);
    expect(clock.busyEnd).toBe(200);
    expect([clock.noteAccess(), clock.busyEnd]).toEqual([true, 190]);
    clock.restartLimit(200);
    clock.expectTimer(200, Number.POSITIVE_INFINITY);
    expect(clock.busyEnd).toBe(1200);
    clock.expectTimer(200, 0); // already due
    expect(clock.busyEnd).toBe(210);
  });

  test('is saved, loaded and reset', () => {
    const clock = make();
    clock.rest(7);
    const other = make();
    other.load(clock.save());
    expect(other.save()).toEqual({ time: 7, busyEnd: 1007 });
    other.reset();
    expect(other.save()).toEqual(make().save());
  });
});
