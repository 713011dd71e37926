import { assert } from '../base/assert.ts';
import type { Clock, Timer, TimerPurpose } from './clock.ts';

/** The armed timers in the order they will fire. */
export type SchedulerState = readonly { readonly name: string; readonly deadline: number }[];

/**
 * The machine's clock: timers that fire at an icount, in the order of their deadlines, those of one deadline in the
 * order they were armed. A PC has a handful of timers, so the queue is a sorted array.
 */
export class Scheduler implements Clock {
  readonly #now: () => number;
  readonly #onEarlier: () => void;
  readonly #timers = new Map<string, QueuedTimer>();
  #queue: QueuedTimer[] = [];

  /** `onEarlier` is called when a timer is armed that fires before all others: the engine has to stop sooner. */
  constructor(now: () => number, onEarlier: () => void) {
    this.#now = now;
    this.#onEarlier = onEarlier;
  }

  now(): number {
    return this.#now();
  }

  timer(name: string, onDue: () => void, purpose: TimerPurpose = 'time'): Timer {
    assert(!this.#timers.has(name), `two timers are called "${name}"`);
    const timer = new QueuedTimer(name, onDue, purpose, this);
    this.#timers.set(name, timer);
    return timer;
  }

  /** The icount of the next timer; Infinity when none is armed. */
  nextDeadline(): number {
    return this.#queue.length === 0 ? Number.POSITIVE_INFINITY : this.#queue[0].queuedDeadline;
  }

  /** Is something on its way to the guest that no passing of time alone would bring? */
  get isAnswerComing(): boolean {
    return this.#queue.some(({ purpose }) => purpose === 'answer');
  }

  /** Fires what is due, including what the callbacks arm for now. */
  runDue(): void {
    while (this.nextDeadline() <= this.#now()) this.#queue.shift()?.fire();
  }

  save(): SchedulerState {
    return this.#queue.map(({ name, queuedDeadline }) => ({ name, deadline: queuedDeadline }));
  }

  /** Arms exactly the timers of `state`. Devices don't arm timers in their own load(). */
  load(state: SchedulerState): void {
    for (const timer of this.#timers.values()) timer.cancel();
    for (const { name, deadline } of state) {
      const timer = this.#timers.get(name);
      assert(timer !== undefined, `the saved timer "${name}" belongs to no device`);
      timer.arm(deadline);
    }
  }

  /** For QueuedTimer: puts a timer behind those of the same deadline. */
  enqueue(timer: QueuedTimer): void {
    const later = this.#queue.findIndex((other) => other.queuedDeadline > timer.queuedDeadline);
    const position = later < 0 ? this.#queue.length : later;
    this.#queue.splice(position, 0, timer);
    if (position === 0) this.#onEarlier();
  }

  /** For QueuedTimer. */
  dequeue(timer: QueuedTimer): void {
    this.#queue = this.#queue.filter((other) => other !== timer);
  }
}

class QueuedTimer implements Timer {
  readonly name: string;
  readonly purpose: TimerPurpose;
  readonly #onDue: () => void;
  readonly #scheduler: Scheduler;
  #isArmed = false;
  queuedDeadline = 0;

  constructor(name: string, onDue: () => void, purpose: TimerPurpose, scheduler: Scheduler) {
    this.name = name;
    this.purpose = purpose;
    this.#onDue = onDue;
    this.#scheduler = scheduler;
  }

  get deadline(): number | undefined {
    return this.#isArmed ? this.queuedDeadline : undefined;
  }

  arm(deadlineIcount: number): void {
    assert(Number.isSafeInteger(deadlineIcount), `timer "${this.name}" is armed for ${deadlineIcount}`);
    this.cancel();
    this.#isArmed = true;
    this.queuedDeadline = deadlineIcount;
    this.#scheduler.enqueue(this);
  }

  cancel(): void {
    if (!this.#isArmed) return;
    this.#isArmed = false;
    this.#scheduler.dequeue(this);
  }

  /** For Scheduler, which has taken the timer out of the queue. */
  fire(): void {
    this.#isArmed = false;
    this.#onDue();
  }
}
