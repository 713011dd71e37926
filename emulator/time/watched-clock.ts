import type { Clock } from './clock.ts';

/** The same time with the same timers; `onArm` hears of each that is armed. */
export function watchedClock(clock: Clock, onArm: () => void): Clock {
  return {
    now: () => clock.now(),
    timer: (name, onDue, purpose) => {
      const timer = clock.timer(name, onDue, purpose);
      return {
        arm: (deadlineIcount) => {
          onArm();
          timer.arm(deadlineIcount);
        },
        cancel: () => timer.cancel(),
        get deadline() {
          return timer.deadline;
        },
      };
    },
  };
}
