import type { RegisterValues, StopReason } from '../../traces/index.ts';

/** What a scenario waited for in vain, and where the guest was then. Plain data for reports. */
export interface UnmetWait {
  readonly waitedFor: string; // "the text "ready" on the screen"
  readonly ending: StopReason; // 'instruction-limit' when the wait's limit passed
  readonly icount: number;
  readonly place: string; // function and source line, "kalloc+0x4 (heap.c:12)"
  readonly registers: RegisterValues;
  readonly screen: readonly string[]; // rows with text
}

/** Thrown by a driver to leave a scenario whose wait isn't met; caught by the recorder, which closes the recording. */
export class UnmetWaitError extends Error {
  readonly wait: UnmetWait;

  constructor(wait: UnmetWait) {
    super(`waited for ${wait.waitedFor} in vain: at icount ${wait.icount}, in ${wait.place}`);
    this.name = 'UnmetWaitError';
    this.wait = wait;
  }
}
