import { Scheduler } from '../../../emulator/time/scheduler.ts';

/** A scheduler whose icount the test moves; timers fire at exactly their deadlines, as in the machine's run loop. */
export class TestClock {
  icount = 0;
  readonly scheduler = new Scheduler(
    () => this.icount,
    () => undefined,
  );

  advance(instructions: number): void {
    const target = this.icount + instructions;
    this.scheduler.runDue();
    while (this.scheduler.nextDeadline() <= target) {
      this.icount = this.scheduler.nextDeadline();
      this.scheduler.runDue();
    }
    this.icount = target;
  }
}
