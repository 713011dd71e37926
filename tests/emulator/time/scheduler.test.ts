import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../../emulator/time/scheduler.ts';

function setUp() {
  const time = { icount: 0, earlier: 0 };
  const fired: string[] = [];
  const scheduler = new Scheduler(
    () => time.icount,
    () => {
      time.earlier++;
    },
  );
  const timer = (name: string) => scheduler.timer(name, () => fired.push(name));
  return { time, fired, scheduler, timer };
}

describe('Scheduler', () => {
  it('has no deadline while nothing is armed', () => {
    const { scheduler, timer } = setUp();
    expect(timer('a').deadline).toBeUndefined();
    expect(scheduler.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  it('fires what is due in the order of deadlines, equal ones in the order of arming', () => {
    const { time, fired, scheduler, timer } = setUp();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(timer);
    d.arm(11);
    c.arm(10);
    a.arm(10);
    b.arm(9);
    time.icount = 10;
    scheduler.runDue();
    expect(fired).toEqual(['b', 'c', 'a']);
    expect(scheduler.nextDeadline()).toBe(11);
  });

  it('arming again replaces the deadline and the place in the order', () => {
    const { time, fired, scheduler, timer } = setUp();
    const [a, b] = ['a', 'b'].map(timer);
    a.arm(5);
    b.arm(5);
    a.arm(5);
    time.icount = 5;
    scheduler.runDue();
    expect(fired).toEqual(['b', 'a']);
  });

  it('a timer that fired or was cancelled has no deadline', () => {
    const { time, fired, scheduler, timer } = setUp();
    const [a, b] = ['a', 'b'].map(timer);
    a.arm(5);
    b.arm(5);
    b.cancel();
    time.icount = 5;
    scheduler.runDue();
    expect([a.deadline, b.deadline, fired]).toEqual([undefined, undefined, ['a']]);
  });

  it('fires what a callback arms for now in the same run', () => {
    const { time, fired, scheduler, timer } = setUp();
    const second = timer('second');
    const first = scheduler.timer('first', () => second.arm(3));
    first.arm(4);
    time.icount = 4;
    scheduler.runDue();
    expect(fired).toEqual(['second']);
  });

  it('tells of a deadline before all others, and of no other', () => {
    const { time, timer } = setUp();
    const [a, b, c] = ['a', 'b', 'c'].map(timer);
    a.arm(10);
    b.arm(10);
    expect(time.earlier).toBe(1);
    c.arm(9);
    expect(time.earlier).toBe(2);
  });

  it('refuses a second timer of one name and a deadline that is no icount', () => {
    const { timer } = setUp();
    const a = timer('a');
    expect(() => timer('a')).toThrow('two timers are called "a"');
    expect(() => a.arm(1.5)).toThrow('1.5');
  });

  it('refuses saved timers that no device has', () => {
    expect(() => setUp().scheduler.load([{ name: 'lost', deadline: 1 }])).toThrow('"lost"');
  });

  it('continues in the same order after save and load', () => {
    const names = ['a', 'b', 'c', 'd'];
    const armings = fc.array(fc.tuple(fc.nat(3), fc.nat(4)));
    fc.assert(
      fc.property(armings, (steps) => {
        const original = setUp();
        const copy = setUp();
        const timers = names.map(original.timer);
        for (const name of names) copy.timer(name).arm(99);
        for (const [index, deadline] of steps) timers[index].arm(deadline);
        copy.scheduler.load(structuredClone(original.scheduler.save()));
        for (const side of [original, copy]) {
          side.time.icount = 4;
          side.scheduler.runDue();
        }
        expect(copy.fired).toEqual(original.fired);
        expect(copy.scheduler.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });
});
