/** Time as a device sees it: instructions retired, and timers that fire at an icount. */
export interface Clock {
  now(): number;
  /** Makes a timer; `name` is unique per machine and appears in saved state. The callback runs between two instructions. */
  timer(name: string, onDue: () => void, purpose?: TimerPurpose): Timer;
}

/** What brings a timer's moment: time that passes, or something that was asked for or typed and is on its way to the guest. */
export type TimerPurpose = 'time' | 'answer';

/** One timer. Arming replaces the earlier deadline; a deadline at or before now fires before the next instruction. */
export interface Timer {
  arm(deadlineIcount: number): void;
  cancel(): void;
  /** The deadline, or undefined when it isn't armed. */
  readonly deadline: number | undefined;
}
